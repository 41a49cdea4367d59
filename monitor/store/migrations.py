"""Old schema → new schema: append-only steps; a released one is never edited.

The comment behind a column is its documentation: docs/store.md and the query pages are made from it.
"""

from __future__ import annotations

from sqlite_utils import Database, Migrations

migrations = Migrations("monitor")


@migrations()
def m001_first_schema(db: Database) -> None:
    """Create everything the first release stores."""
    for statement in _M001.split(";;"):
        db.conn.execute(statement)


_M001 = """
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
) STRICT
;;
CREATE TABLE hosts ( -- Servers that asked to be left alone for a while
  host TEXT PRIMARY KEY, -- name and port
  not_before TEXT NOT NULL, -- no request to this host before
  reason TEXT NOT NULL -- what the server answered
) STRICT
;;
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
) STRICT
;;
CREATE INDEX articles_pending ON articles(next_try_at) WHERE state = 'pending'
;;
CREATE TABLE entries ( -- Which feed brought which article, and when
  feed_id INTEGER NOT NULL REFERENCES feeds(id),
  guid TEXT NOT NULL, -- the feed's own identifier of the item, or its address
  article_id INTEGER NOT NULL REFERENCES articles(id),
  title TEXT NOT NULL, -- the headline in this feed
  published_at TEXT, -- the date in this feed; NULL: none stated
  first_seen_at TEXT NOT NULL, -- when this feed first brought it
  PRIMARY KEY (feed_id, guid)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX entries_article ON entries(article_id)
;;
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
) STRICT
;;
CREATE VIRTUAL TABLE versions_fts USING FTS5 (
  title, text, terms,
  content = 'versions', content_rowid = 'id',
  tokenize = 'unicode61 remove_diacritics 2'
)
;;
CREATE TRIGGER versions_fts_insert AFTER INSERT ON versions BEGIN
  INSERT INTO versions_fts (rowid, title, text, terms) VALUES (new.id, new.title, new.text, new.terms);
END
;;
CREATE TABLE sentences ( -- Where each sentence of a version stands
  version_id INTEGER NOT NULL REFERENCES versions(id),
  idx INTEGER NOT NULL CHECK (idx >= 0), -- its place in the article, from 0
  start INTEGER NOT NULL CHECK (start >= 0), -- offset of its first character in versions.text
  "end" INTEGER NOT NULL CHECK ("end" > start), -- offset behind its last character
  text_hash TEXT NOT NULL, -- SHA-256 of the sentence; the same sentence elsewhere has the same
  PRIMARY KEY (version_id, idx)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX sentences_hash ON sentences(text_hash)
;;
CREATE TABLE vectors ( -- The model's vector of each sentence text; copied text is embedded once
  text_hash TEXT NOT NULL, -- SHA-256 of the text
  model TEXT NOT NULL, -- name and version of the model
  vector BLOB NOT NULL, -- float32, length 1
  PRIMARY KEY (text_hash, model)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE baselines ( -- The article that everything is compared with
  id INTEGER PRIMARY KEY CHECK (id = 1), -- one story, one database
  title TEXT NOT NULL, -- its headline
  lang TEXT NOT NULL, -- the language it is written in
  published TEXT, -- as precise as it is known: a year, a month or a day; NULL: unknown
  url TEXT -- NULL: not stated
) STRICT
;;
CREATE TABLE claims ( -- What is watched for: one fact of the baseline each
  id TEXT PRIMARY KEY, -- the name a person gave it, such as C1
  text TEXT NOT NULL, -- its wording now
  lang TEXT NOT NULL, -- the language of the wording
  watch INTEGER NOT NULL CHECK (watch IN (0, 1)), -- 0: kept without looking for it
  listed INTEGER NOT NULL CHECK (listed IN (0, 1)), -- 0: dropped from the claims file, kept for its findings
  position INTEGER NOT NULL -- its place in the claims file, from 0
) STRICT
;;
CREATE TABLE claim_revisions ( -- Each wording a claim has had; findings belong to a wording
  id INTEGER PRIMARY KEY,
  claim_id TEXT NOT NULL REFERENCES claims(id),
  text TEXT NOT NULL, -- the claim in this wording
  lang TEXT NOT NULL, -- the language of this wording
  since TEXT NOT NULL, -- when this wording was first used
  UNIQUE (claim_id, text, lang)
) STRICT
;;
CREATE TABLE judges ( -- Which model with which rules decided
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL, -- name and version of the model
  rules TEXT NOT NULL, -- version of the rules
  last_used_at TEXT NOT NULL, -- the judge used last is the one whose findings stand
  UNIQUE (model, rules)
) STRICT
;;
CREATE TABLE judgements ( -- That a version was judged for a claim, also when nothing was found
  version_id INTEGER NOT NULL REFERENCES versions(id),
  revision_id INTEGER NOT NULL REFERENCES claim_revisions(id),
  judge_id INTEGER NOT NULL REFERENCES judges(id),
  judged_at TEXT NOT NULL, -- when it was judged
  candidates INTEGER NOT NULL CHECK (candidates >= 0), -- sentences that were compared with the claim
  error TEXT, -- why the model gave no usable answer; NULL: it did
  PRIMARY KEY (version_id, revision_id, judge_id)
) STRICT, WITHOUT ROWID
;;
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
) STRICT
;;
CREATE INDEX findings_revision ON findings(revision_id, found_at)
;;
CREATE INDEX findings_found ON findings(found_at)
;;
CREATE TABLE digests ( -- The daily digests as they were shown
  day TEXT PRIMARY KEY, -- the reader's local date
  since_at TEXT, -- the digest covers what was found after; NULL: it is the first
  until_at TEXT NOT NULL, -- and up to here
  body TEXT NOT NULL -- JSON: the digest
) STRICT
;;
CREATE TABLE rounds ( -- What each step did in each round
  id INTEGER PRIMARY KEY,
  step TEXT NOT NULL, -- poll, read, embed, judge or digest
  finished_at TEXT NOT NULL, -- when the step ended
  done INTEGER NOT NULL CHECK (done >= 0), -- rows worked off
  failed INTEGER NOT NULL CHECK (failed >= 0), -- rows that could not be
  note TEXT NOT NULL -- what a person may want to know; empty: nothing
) STRICT
;;
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
  )
"""


@migrations()
def m002_add_origins(db: Database) -> None:
    """Keep which agencies an article credits, and who copied whom."""
    for statement in _M002.split(";;"):
        db.conn.execute(statement)


_M002 = """
CREATE TABLE credits ( -- Which news agencies a version says its text comes from
  version_id INTEGER NOT NULL REFERENCES versions(id),
  agency TEXT NOT NULL, -- the agency's name, such as AFP
  words TEXT NOT NULL, -- what says so, as it stands on the page
  PRIMARY KEY (version_id, agency)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE origins ( -- Which article was first of those that copied each other; one row for each article that was compared
  article_id INTEGER PRIMARY KEY REFERENCES articles(id),
  version_id INTEGER NOT NULL REFERENCES versions(id), -- the version that was compared
  origin_id INTEGER NOT NULL REFERENCES articles(id), -- the first of them; the article itself if it is the first, or alone
  compared_by TEXT NOT NULL, -- rules and model of the comparison; others compare again
  moment TEXT NOT NULL, -- when the article was published, or first seen where that is unknown
  hashes BLOB NOT NULL, -- uint32: MinHash of the text
  gist BLOB NOT NULL -- float32, length 1: the direction of the sentence vectors together
) STRICT
;;
CREATE INDEX origins_moment ON origins(moment)
;;
CREATE INDEX origins_origin ON origins(origin_id)
;;
CREATE TABLE copies ( -- Pairs of articles of which one copies the other, or both a third
  article_id INTEGER NOT NULL REFERENCES articles(id),
  other_id INTEGER NOT NULL REFERENCES articles(id),
  kind TEXT NOT NULL CHECK (kind IN ('text', 'retold')), -- text: the same words; retold: translated or reworded, sentence by sentence
  share REAL NOT NULL CHECK (share BETWEEN 0 AND 1), -- how much of the shorter one stands in the longer
  PRIMARY KEY (article_id, other_id),
  CHECK (article_id < other_id)
) STRICT, WITHOUT ROWID
;;
CREATE INDEX copies_other ON copies(other_id)
"""


@migrations()
def m003_add_manners(db: Database) -> None:
    """Keep what makes a good guest: what a host asked for, how often a feed has news, what robots.txt allows."""
    for statement in _M003.split(";;"):
        db.conn.execute(statement)


# A column that is added carries its comment between /* and */: SQLite keeps nothing behind the last word.
_M003 = """
ALTER TABLE feeds ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)) /* 1: the config says not to ask it now */
;;
ALTER TABLE feeds ADD COLUMN gone_at TEXT /* when its server said that it is gone for good (410); NULL: it did not */
;;
ALTER TABLE feeds ADD COLUMN address TEXT /* where it is asked, after a permanent redirect that proved good; NULL: at its url */
;;
ALTER TABLE feeds ADD COLUMN moved_to TEXT /* where a permanent redirect leads that is not trusted yet; NULL: none */
;;
ALTER TABLE feeds ADD COLUMN moved_good INTEGER NOT NULL DEFAULT 0 CHECK (moved_good >= 0) /* good feeds in a row from there, each in another third of a day */
;;
ALTER TABLE feeds ADD COLUMN body_hash TEXT /* SHA-256 of the body that was read last; the same body is not read again; NULL: none yet */
;;
ALTER TABLE feeds ADD COLUMN full_at TEXT /* the last answer with a body; NULL: never. Long ago, it is asked without validators once */
;;
ALTER TABLE feeds ADD COLUMN every_s INTEGER CHECK (every_s > 0) /* seconds from one good poll to the next, as learnt from its news; NULL: not learnt yet */
;;
ALTER TABLE feeds ADD COLUMN wish_s INTEGER CHECK (wish_s > 0) /* seconds that its server or the feed itself asks to wait; NULL: neither asks */
;;
ALTER TABLE feeds ADD COLUMN last_news_at TEXT /* when it last brought an article that was new to it; NULL: never */
;;
ALTER TABLE feeds ADD COLUMN longest_silence_s INTEGER /* the longest time between two polls with news, while somebody asked; NULL: fewer than two so far */
;;
CREATE TABLE robots ( -- What the robots.txt of each host says, for a day
  host TEXT PRIMARY KEY, -- name and port
  fetched_at TEXT NOT NULL, -- when it was asked for
  rules TEXT, -- the file; NULL: there is none, all is allowed
  blocked INTEGER NOT NULL CHECK (blocked IN (0, 1)) -- 1: the server was not able to answer, so nothing is asked for the time being
) STRICT
;;
CREATE TABLE tallies ( -- How the polls of a day ended
  day TEXT NOT NULL, -- the date in UTC
  outcome TEXT NOT NULL, -- news, nothing new, not modified (304) or same body; else why it failed: an HTTP status such as 404, timeout, no address, refused (by the guard), redirects, too large, packing, no such host, no secure connection, no connection, broken off, no HTTP, no feed, not read (the parser was ended) or other
  polls INTEGER NOT NULL CHECK (polls > 0), -- how many ended so
  PRIMARY KEY (day, outcome)
) STRICT, WITHOUT ROWID
"""


@migrations()
def m004_add_addresses(db: Database) -> None:
    """Keep every address that leads to an article, and find articles by their text."""
    for statement in _M004.split(";;"):
        db.conn.execute(statement)


# Of two rows whose addresses differ in http and https, the one that was read keeps the address.
_M004 = """
CREATE TABLE addresses ( -- Every address known to lead to an article
  address TEXT PRIMARY KEY, -- without http:// or https://, which are one
  article_id INTEGER NOT NULL REFERENCES articles(id),
  sure INTEGER NOT NULL CHECK (sure IN (0, 1)) -- 1: a feed or the server led there; 0: only the page says so, and a feed's headline has to agree
) STRICT, WITHOUT ROWID
;;
CREATE INDEX addresses_article ON addresses(article_id)
;;
CREATE INDEX versions_content ON versions(content_hash)
;;
INSERT INTO addresses (address, article_id, sure)
SELECT substr(url, instr(url, '://') + 3), coalesce(same_as, (
         SELECT found.id FROM articles AS found
         WHERE found.canonical_url = articles.url AND found.state = 'read' AND articles.state <> 'read'
       ), id), 1
FROM articles
WHERE true
ORDER BY state = 'read' DESC, id
ON CONFLICT DO NOTHING
;;
INSERT INTO addresses (address, article_id, sure)
SELECT substr(canonical_url, instr(canonical_url, '://') + 3), id, 0
FROM articles
WHERE state = 'read' AND canonical_url IS NOT NULL
ORDER BY id
ON CONFLICT DO NOTHING
"""


@migrations()
def m005_add_utterances(db: Database) -> None:
    """Keep with a finding what sort of news it is, through whom it came, how firmly it was put, and of which day."""
    for statement in _M005.split(";;"):
        db.conn.execute(statement)


_M005 = """
ALTER TABLE findings ADD COLUMN kind TEXT /* what sort of news it is, such as denial, other-figure or correction; NULL: not read then */
;;
ALTER TABLE findings ADD COLUMN chain TEXT /* JSON: name and kind of each who passes it on, the outermost first, and of the speaker last where one is named; NULL: not read then */
;;
ALTER TABLE findings ADD COLUMN how TEXT /* what the speaker does, such as says or denies; NULL: not read then */
;;
ALTER TABLE findings ADD COLUMN firmness TEXT /* how sure the sentence is: fact, likely, possible, unverified or conditional; NULL: not read then */
;;
ALTER TABLE findings ADD COLUMN said_from TEXT /* the first day on which it may have been said, where its sentence says "last week"; else the same as said_on */
;;
ALTER TABLE findings ADD COLUMN said_on TEXT /* the last day on which it may have been said; NULL: not read then, or no day can be believed */
;;
ALTER TABLE findings ADD COLUMN dated INTEGER CHECK (dated IN (0, 1)) /* 1: the words of the sentence tell said_on; 0: it is the day of the article; NULL: not read then */
;;
DROP VIEW current_findings
;;
CREATE VIEW current_findings AS -- The findings that stand: by the newest version of the article, wording of the claim and judge that gave an answer
SELECT findings.id, claims.id AS claim_id, claims.text AS claim, findings.stance, findings.manner, findings.kind,
       findings.asserted_by, findings.chain, findings.how, findings.firmness, findings.said_from,
       findings.said_on, findings.dated,
       findings.evidence, findings.figure_old, findings.figure_new,
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
  )
"""


@migrations()
def m006_add_absences(db: Database) -> None:
    """Keep when nobody watched, and which digests a wrong clock made."""
    for statement in _M006.split(";;"):
        db.conn.execute(statement)


_M006 = """
CREATE TABLE absences ( -- When nobody watched, and why
  cause TEXT NOT NULL CHECK (cause IN ('stopped', 'network')), -- stopped: no round ended; network: no host could be reached
  since_at TEXT NOT NULL, -- the last moment before it at which all was well
  until_at TEXT NOT NULL CHECK (until_at > since_at), -- when the work went on
  PRIMARY KEY (cause, since_at)
) STRICT, WITHOUT ROWID
;;
CREATE TABLE unreached ( -- Hosts that could not be reached since any host last answered; several of them, and the network is away
  host TEXT PRIMARY KEY, -- name and port
  since_at TEXT NOT NULL -- the first of these tries
) STRICT
;;
ALTER TABLE digests ADD COLUMN taken_back INTEGER NOT NULL DEFAULT 0 CHECK (taken_back IN (0, 1)) /* 1: made while the clock was ahead; made again when its day comes */
"""


@migrations()
def m007_add_seconds(db: Database) -> None:
    """Keep how long each step took."""
    db.conn.execute(
        "ALTER TABLE rounds ADD COLUMN seconds REAL CHECK (seconds >= 0) /* how long the step took; NULL: not measured then */"
    )


@migrations()
def m008_let_several_say_it(db: Database) -> None:
    """Keep a finding for each who says a sentence: until now one sentence could have one of a stance."""
    (view,) = db.query("SELECT sql FROM sqlite_schema WHERE name = 'current_findings'")
    db.conn.execute("DROP VIEW current_findings")
    for statement in _M008.split(";;"):
        db.conn.execute(statement)
    db.conn.execute(view["sql"])


_M008 = """
CREATE TEMP TABLE kept AS SELECT * FROM findings
;;
DROP TABLE findings
;;
CREATE TABLE findings ( -- One claim, one stance, one sentence that says so, one who says it
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
  asserted_by TEXT, -- who says so, as written; NULL: nobody is named, or it stays open who "he" is
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
  kind TEXT, -- what sort of news it is, such as denial, other-figure or correction; NULL: not read then
  chain TEXT, -- JSON: name and kind of each who passes it on, the outermost first, and last of the speaker, also where it stays open who "he" is; NULL: not read then
  how TEXT, -- what the speaker does, such as says, denies, or acts (a court that sentences); NULL: not read then
  firmness TEXT, -- how sure the sentence is: fact, likely, possible, unverified or conditional; NULL: not read then
  said_from TEXT, -- the first day on which it may have been said, where its sentence says "last week"; else the same as said_on
  said_on TEXT, -- the last day on which it may have been said; NULL: not read then, or no day can be believed
  dated INTEGER CHECK (dated IN (0, 1)) -- 1: the words of the sentence tell said_on; 0: it is the day of the article; NULL: not read then
) STRICT
;;
INSERT INTO findings SELECT * FROM kept
;;
DROP TABLE kept
;;
CREATE UNIQUE INDEX findings_said
ON findings(version_id, revision_id, judge_id, stance, sentence, coalesce(asserted_by, ''))
;;
CREATE INDEX findings_revision ON findings(revision_id, found_at)
;;
CREATE INDEX findings_found ON findings(found_at)
"""
