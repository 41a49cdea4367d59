-- Keep what makes a good guest: what a host asked for, how often a feed has news, what robots.txt allows.
-- A column that is added carries its comment between /* and */: SQLite keeps nothing behind the last word.

ALTER TABLE feeds ADD COLUMN paused INTEGER NOT NULL DEFAULT 0 CHECK (paused IN (0, 1)) /* 1: the config says not to ask it now */;
ALTER TABLE feeds ADD COLUMN gone_at TEXT /* when its server said that it is gone for good (410); NULL: it did not */;
ALTER TABLE feeds ADD COLUMN address TEXT /* where it is asked, after a permanent redirect that proved good; NULL: at its url */;
ALTER TABLE feeds ADD COLUMN moved_to TEXT /* where a permanent redirect leads that is not trusted yet; NULL: none */;
ALTER TABLE feeds ADD COLUMN moved_good INTEGER NOT NULL DEFAULT 0 CHECK (moved_good >= 0) /* good feeds in a row from there, each in another third of a day */;
ALTER TABLE feeds ADD COLUMN body_hash TEXT /* SHA-256 of the body that was read last; the same body is not read again; NULL: none yet */;
ALTER TABLE feeds ADD COLUMN full_at TEXT /* the last answer with a body; NULL: never. Long ago, it is asked without validators once */;
ALTER TABLE feeds ADD COLUMN every_s INTEGER CHECK (every_s > 0) /* seconds from one good poll to the next, as learnt from its news; NULL: not learnt yet */;
ALTER TABLE feeds ADD COLUMN wish_s INTEGER CHECK (wish_s > 0) /* seconds that its server or the feed itself asks to wait; NULL: neither asks */;
ALTER TABLE feeds ADD COLUMN last_news_at TEXT /* when it last brought an article that was new to it; NULL: never */;
ALTER TABLE feeds ADD COLUMN longest_silence_s INTEGER /* the longest time between two polls with news, while somebody asked; NULL: fewer than two so far */;

CREATE TABLE robots ( -- What the robots.txt of each host says, for a day
  host TEXT PRIMARY KEY, -- name and port
  fetched_at TEXT NOT NULL, -- when it was asked for
  rules TEXT, -- the file; NULL: there is none, all is allowed
  blocked INTEGER NOT NULL CHECK (blocked IN (0, 1)) -- 1: the server was not able to answer, so nothing is asked for the time being
) STRICT;

CREATE TABLE tallies ( -- How the polls of a day ended
  day TEXT NOT NULL, -- the date in UTC
  outcome TEXT NOT NULL, -- news, nothing new, not modified (304) or same body; else why it failed: an HTTP status such as 404, timeout, no address, refused (by the guard), redirects, too large, packing, no such host, no secure connection, no connection, broken off, no HTTP, no feed, not read (the parser was ended) or other
  polls INTEGER NOT NULL CHECK (polls > 0), -- how many ended so
  PRIMARY KEY (day, outcome)
) STRICT, WITHOUT ROWID;
