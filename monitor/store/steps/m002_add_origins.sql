-- Keep which agencies an article credits, and who copied whom.

CREATE TABLE credits ( -- Which news agencies a version says its text comes from
  version_id INTEGER NOT NULL REFERENCES versions(id),
  agency TEXT NOT NULL, -- the agency's name, such as AFP
  words TEXT NOT NULL, -- what says so, as it stands on the page
  PRIMARY KEY (version_id, agency)
) STRICT, WITHOUT ROWID;

CREATE TABLE origins ( -- Which article was first of those that copied each other; one row for each article that was compared
  article_id INTEGER PRIMARY KEY REFERENCES articles(id),
  version_id INTEGER NOT NULL REFERENCES versions(id), -- the version that was compared
  origin_id INTEGER NOT NULL REFERENCES articles(id), -- the first of them; the article itself if it is the first, or alone
  compared_by TEXT NOT NULL, -- rules and model of the comparison; others compare again
  moment TEXT NOT NULL, -- when the article was published, or first seen where that is unknown
  hashes BLOB NOT NULL, -- uint32: MinHash of the text
  gist BLOB NOT NULL -- float32, length 1: the direction of the sentence vectors together
) STRICT;

CREATE INDEX origins_moment ON origins(moment);

CREATE INDEX origins_origin ON origins(origin_id);

CREATE TABLE copies ( -- Pairs of articles of which one copies the other, or both a third
  article_id INTEGER NOT NULL REFERENCES articles(id),
  other_id INTEGER NOT NULL REFERENCES articles(id),
  kind TEXT NOT NULL CHECK (kind IN ('text', 'retold')), -- text: the same words; retold: translated or reworded, sentence by sentence
  share REAL NOT NULL CHECK (share BETWEEN 0 AND 1), -- how much of the shorter one stands in the longer
  PRIMARY KEY (article_id, other_id),
  CHECK (article_id < other_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX copies_other ON copies(other_id);
