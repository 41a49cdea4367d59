-- Keep when nobody watched, and which digests a wrong clock made.

CREATE TABLE absences ( -- When nobody watched, and why
  cause TEXT NOT NULL CHECK (cause IN ('stopped', 'network')), -- stopped: no round ended; network: no host could be reached
  since_at TEXT NOT NULL, -- the last moment before it at which all was well
  until_at TEXT NOT NULL CHECK (until_at > since_at), -- when the work went on
  PRIMARY KEY (cause, since_at)
) STRICT, WITHOUT ROWID;

CREATE TABLE unreached ( -- Hosts that could not be reached since any host last answered; several of them, and the network is away
  host TEXT PRIMARY KEY, -- name and port
  since_at TEXT NOT NULL -- the first of these tries
) STRICT;

ALTER TABLE digests ADD COLUMN taken_back INTEGER NOT NULL DEFAULT 0 CHECK (taken_back IN (0, 1)) /* 1: made while the clock was ahead; made again when its day comes */;
