-- Keep how long each step took.

ALTER TABLE rounds ADD COLUMN seconds REAL CHECK (seconds >= 0) /* how long the step took; NULL: not measured then */;
