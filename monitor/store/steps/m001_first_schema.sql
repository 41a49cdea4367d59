-- Create everything the first release stores.

CREATE TABLE feeds ( -- The feeds of config/feeds.yaml, and how polling each of them goes
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE, -- the address a person wrote
  name TEXT NOT NULL, -- the name a person gave it
  lang TEXT, -- the language a person stated; NULL: none stated
  listed INTEGER NOT NULL DEFAULT 1 CHECK (listed IN (0, 1)), -- 1: in the config now; 0: removed from it, kept for its entries
  etag TEXT, -- the validator to send back, verbatim; NULL: the server sends none
  last_modified TEXT, -- the other validator, verbatim; NULL: the server sends none
  next_check_at TEXT NOT NULL, -- when the feed is due again
  last_checked_at TEXT, -- the last try; NULL: never tried
  last_good_at TEXT, -- the last answer with a readable feed, or 304; NULL: never
  failures INTEGER NOT NULL DEFAULT 0 CHECK (failures >= 0), -- failed tries in a row; 0 after a good answer
  failing_since TEXT, -- the first of these failures; NULL: not failing
  last_error TEXT, -- why the last try failed, or what was wrong with a feed that could be read; NULL: nothing
  CHECK ((failures = 0) = (failing_since IS NULL))
) STRICT;

CREATE TABLE hosts ( -- Servers that asked to be left alone for a while
  host TEXT PRIMARY KEY, -- name and port
  not_before TEXT NOT NULL, -- no request to this host before
  reason TEXT NOT NULL -- what the server answered
) STRICT;

CREATE TABLE articles ( -- One row for each article address, however many feeds bring it
  id INTEGER PRIMARY KEY,
  url TEXT NOT NULL UNIQUE, -- the cleaned address a feed gave
  canonical_url TEXT UNIQUE, -- the address the page gives itself, or the one it was redirected to; NULL: not read
  outlet TEXT NOT NULL, -- who published it: the name on the page, or the host until it is read
  state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'read', 'failed', 'same')), -- pending: to be fetched; read: has a version; failed: given up; same: the page is another article
  same_as INTEGER REFERENCES articles(id), -- the article this address leads to; NULL unless state is same
  first_seen_at TEXT NOT NULL, -- when a feed first brought it
  feed_title TEXT NOT NULL, -- the headline in the feed that first brought it
  feed_published_at TEXT, -- the date in that feed; NULL: none stated
  tries INTEGER NOT NULL DEFAULT 0 CHECK (tries >= 0), -- failed tries so far
  next_try_at TEXT NOT NULL, -- not fetched before
  last_error TEXT, -- why the last try failed; NULL: it did not
  CHECK ((state = 'same') = (same_as IS NOT NULL))
) STRICT;

CREATE INDEX articles_pending ON articles(next_try_at) WHERE state = 'pending';

CREATE TABLE entries ( -- Which feed brought which article, and when
  feed_id INTEGER NOT NULL REFERENCES feeds(id),
  guid TEXT NOT NULL, -- the feed's own identifier of the item, or its address
  article_id INTEGER NOT NULL REFERENCES articles(id),
  title TEXT NOT NULL, -- the headline in this feed
  published_at TEXT, -- the date in this feed; NULL: none stated
  first_seen_at TEXT NOT NULL, -- when this feed first brought it
  PRIMARY KEY (feed_id, guid)
) STRICT, WITHOUT ROWID;

CREATE INDEX entries_article ON entries(article_id);

CREATE TABLE versions ( -- The text of an article as it stood when it was read; never changed afterwards
  id INTEGER PRIMARY KEY,
  article_id INTEGER NOT NULL REFERENCES articles(id),
  read_at TEXT NOT NULL, -- when the page was fetched
  page_url TEXT NOT NULL, -- the address after redirects
  title TEXT NOT NULL, -- the headline on the page
  author TEXT, -- NULL: the page names none
  published_at TEXT, -- the page's date of publication; NULL: the page states none
  modified_at TEXT, -- the page's date of change; NULL: the page states none
  lang TEXT, -- the language of the text; NULL: could not be told
  text TEXT NOT NULL, -- the article without its surroundings; offsets count its characters
  terms TEXT, -- the text with a space between CJK characters, for the full-text search; NULL: not needed
  content_hash TEXT NOT NULL, -- SHA-256 of title and text
  UNIQUE (article_id, content_hash)
) STRICT;

CREATE VIRTUAL TABLE versions_fts USING FTS5 (
  title, text, terms,
  content = 'versions', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2'
);

CREATE TRIGGER versions_fts_insert AFTER INSERT ON versions BEGIN
  INSERT INTO versions_fts (rowid, title, text, terms) VALUES (new.id, new.title, new.text, new.terms);
END;

CREATE TABLE sentences ( -- Where each sentence of a version stands
  version_id INTEGER NOT NULL REFERENCES versions(id),
  idx INTEGER NOT NULL CHECK (idx >= 0), -- its place in the article, from 0
  start INTEGER NOT NULL CHECK (start >= 0), -- offset of its first character in versions.text
  "end" INTEGER NOT NULL CHECK ("end" > start), -- offset behind its last character
  text_hash TEXT NOT NULL, -- SHA-256 of the sentence; the same sentence elsewhere has the same
  PRIMARY KEY (version_id, idx)
) STRICT, WITHOUT ROWID;

CREATE INDEX sentences_hash ON sentences(text_hash);

CREATE TABLE vectors ( -- The model's vector of each sentence text; copied text is embedded once
  text_hash TEXT NOT NULL, -- SHA-256 of the text
  model TEXT NOT NULL, -- name and version of the model
  vector BLOB NOT NULL, -- float32, length 1
  PRIMARY KEY (text_hash, model)
) STRICT, WITHOUT ROWID;

CREATE TABLE baselines ( -- The article that everything is compared with
  id INTEGER PRIMARY KEY CHECK (id = 1), -- one story, one database
  title TEXT NOT NULL, -- its headline
  lang TEXT NOT NULL, -- the language it is written in
  published TEXT, -- as precise as it is known: a year, a month or a day; NULL: unknown
  url TEXT -- NULL: not stated
) STRICT;

CREATE TABLE claims ( -- What is watched for: one fact of the baseline each
  id TEXT PRIMARY KEY, -- the name a person gave it, such as C1
  text TEXT NOT NULL, -- its wording now
  lang TEXT NOT NULL, -- the language of the wording
  watch INTEGER NOT NULL CHECK (watch IN (0, 1)), -- 0: kept without looking for it
  listed INTEGER NOT NULL CHECK (listed IN (0, 1)), -- 0: dropped from the claims file, kept for its findings
  position INTEGER NOT NULL -- its place in the claims file, from 0
) STRICT;

CREATE TABLE claim_revisions ( -- Each wording a claim has had; findings belong to a wording
  id INTEGER PRIMARY KEY,
  claim_id TEXT NOT NULL REFERENCES claims(id),
  text TEXT NOT NULL, -- the claim in this wording
  lang TEXT NOT NULL, -- the language of this wording
  since TEXT NOT NULL, -- when this wording was first used
  UNIQUE (claim_id, text, lang)
) STRICT;

CREATE TABLE judges ( -- Which model with which rules decided
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL, -- name and version of the model
  rules TEXT NOT NULL, -- version of the rules
  last_used_at TEXT NOT NULL, -- the judge used last is the one whose findings stand
  UNIQUE (model, rules)
) STRICT;

CREATE TABLE judgements ( -- That a version was judged for a claim, also when nothing was found
  version_id INTEGER NOT NULL REFERENCES versions(id),
  revision_id INTEGER NOT NULL REFERENCES claim_revisions(id),
  judge_id INTEGER NOT NULL REFERENCES judges(id),
  judged_at TEXT NOT NULL, -- when it was judged
  candidates INTEGER NOT NULL CHECK (candidates >= 0), -- sentences that were compared with the claim
  error TEXT, -- why the model gave no usable answer; NULL: it did
  PRIMARY KEY (version_id, revision_id, judge_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE findings ( -- One claim, one stance, one sentence that says so
  id INTEGER PRIMARY KEY,
  version_id INTEGER NOT NULL REFERENCES versions(id),
  revision_id INTEGER NOT NULL REFERENCES claim_revisions(id),
  judge_id INTEGER NOT NULL REFERENCES judges(id),
  stance TEXT NOT NULL CHECK (stance IN ('confirms', 'contradicts', 'updates', 'mentions')), -- what the sentence does to the claim
  manner TEXT NOT NULL CHECK (manner IN ('statement', 'denial', 'no-comment', 'unverified', 'hedge', 'plan')), -- how the sentence puts it
  sentence INTEGER NOT NULL CHECK (sentence >= 0), -- the sentence's place in the article, from 0
  start INTEGER NOT NULL CHECK (start >= 0), -- offset of the evidence in versions.text
  "end" INTEGER NOT NULL CHECK ("end" > start), -- offset behind its last character
  evidence TEXT NOT NULL CHECK (evidence <> ''), -- the sentence, word for word
  asserted_by TEXT, -- who says so, as written in the sentence; NULL: no pattern tells
  figure_old TEXT, -- the figure in the claim; NULL: no figure decided
  figure_new TEXT, -- the figure in the evidence; NULL: no figure decided
  score REAL NOT NULL CHECK (score BETWEEN 0 AND 1), -- how sure the decision is
  similarity REAL NOT NULL CHECK (similarity BETWEEN -1.001 AND 1.001), -- cosine of the two sentence vectors
  entails REAL NOT NULL, -- the model's probability that the sentence entails the claim
  neutral REAL NOT NULL, -- that it does neither
  contradicts REAL NOT NULL, -- that it contradicts the claim
  stances TEXT NOT NULL, -- JSON: the model's own probability for each stance; {} if it has no such output
  rules TEXT NOT NULL, -- JSON: names of the rules that decided, in order
  found_at TEXT NOT NULL, -- when it was found
  UNIQUE (version_id, revision_id, judge_id, stance, sentence)
) STRICT;

CREATE INDEX findings_revision ON findings(revision_id, found_at);

CREATE INDEX findings_found ON findings(found_at);

CREATE TABLE digests ( -- The daily digests as they were shown
  day TEXT PRIMARY KEY, -- the reader's local date
  since_at TEXT, -- the digest covers what was found after; NULL: it is the first
  until_at TEXT NOT NULL, -- and up to here
  body TEXT NOT NULL -- JSON: the digest
) STRICT;

CREATE TABLE rounds ( -- What each step did in each round
  id INTEGER PRIMARY KEY,
  step TEXT NOT NULL, -- poll, read, embed, judge or digest
  finished_at TEXT NOT NULL, -- when the step ended
  done INTEGER NOT NULL CHECK (done >= 0), -- rows worked off
  failed INTEGER NOT NULL CHECK (failed >= 0), -- rows that could not be
  note TEXT NOT NULL -- what a person may want to know; empty: nothing
) STRICT;

CREATE VIEW current_findings AS -- The findings that stand: by the newest version of the article, wording of the claim and judge that gave an answer
SELECT findings.id, claims.id AS claim_id, claims.text AS claim, findings.stance, findings.manner,
       findings.asserted_by, findings.evidence, findings.figure_old, findings.figure_new,
       round(findings.score, 3) AS score, articles.outlet, versions.title, articles.url, versions.lang,
       coalesce(versions.published_at, articles.feed_published_at) AS published_at, findings.found_at,
       findings.version_id, findings.revision_id, findings.judge_id, articles.id AS article_id
FROM findings
JOIN versions ON versions.id = findings.version_id
JOIN articles ON articles.id = versions.article_id
JOIN claim_revisions ON claim_revisions.id = findings.revision_id
JOIN claims ON claims.id = claim_revisions.claim_id
           AND claims.text = claim_revisions.text
           AND claims.lang = claim_revisions.lang
WHERE claims.listed = 1
  AND findings.version_id = (
    SELECT max(newest.id) FROM versions AS newest WHERE newest.article_id = versions.article_id
  )
  AND findings.judge_id = (
    SELECT judges.id FROM judgements JOIN judges ON judges.id = judgements.judge_id
    WHERE judgements.version_id = findings.version_id AND judgements.revision_id = findings.revision_id
      AND judgements.error IS NULL
    ORDER BY judges.last_used_at DESC, judges.id DESC LIMIT 1
  );
