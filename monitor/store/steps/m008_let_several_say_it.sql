-- Keep a finding for each who says a sentence: until now one sentence could have one of a stance.

DROP VIEW current_findings;

CREATE TEMP TABLE kept AS SELECT * FROM findings;

DROP TABLE findings;

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
) STRICT;

INSERT INTO findings SELECT * FROM kept;

DROP TABLE kept;

CREATE UNIQUE INDEX findings_said
ON findings(version_id, revision_id, judge_id, stance, sentence, coalesce(asserted_by, ''));

CREATE INDEX findings_revision ON findings(revision_id, found_at);

CREATE INDEX findings_found ON findings(found_at);

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
  );
