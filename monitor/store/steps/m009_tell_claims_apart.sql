-- Keep which claim a sentence is about, what a model said of a pair, and which claims a judge knew.

ALTER TABLE findings ADD COLUMN about REAL CHECK (about BETWEEN 0 AND 1) /* how likely the sentence is about this claim, and not about another or nothing; NULL: not asked then */;
ALTER TABLE findings ADD COLUMN rival TEXT /* the id of another claim that the sentence may be about; NULL: none, or not asked then */;

CREATE TABLE scores ( -- What a model said of a sentence beside a claim: asked once, however often rules and other claims change
  pair_hash TEXT NOT NULL, -- SHA-256 of the sentence, the claim as it is read, and the sentence before
  model TEXT NOT NULL, -- name and version of the model
  scores TEXT NOT NULL, -- JSON: entails, neutral, contradicts, and by stance where the model tells them apart
  PRIMARY KEY (pair_hash, model)
) STRICT, WITHOUT ROWID;

-- A judge is now one who knew certain claims; UNIQUE cannot be changed in place. Those who judged before knew the claims of their day.
PRAGMA defer_foreign_keys = ON;

CREATE TEMP TABLE kept AS SELECT * FROM judges;

DROP TABLE judges;

CREATE TABLE judges ( -- Who judges: a model, the rules around it, and the claims it chose among
  id INTEGER PRIMARY KEY,
  model TEXT NOT NULL, -- name and version of the models
  rules TEXT NOT NULL, -- version of the rules
  claims TEXT NOT NULL, -- SHA-256 of the claims that were watched, as they were read; empty: not kept then
  last_used_at TEXT NOT NULL, -- the newest judge is the one that counts
  UNIQUE (model, rules, claims)
) STRICT;

INSERT INTO judges (id, model, rules, claims, last_used_at) SELECT id, model, rules, '', last_used_at FROM kept;

DROP TABLE kept;
