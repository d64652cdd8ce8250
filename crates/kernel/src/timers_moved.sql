-- Those that were set in the table before.
INSERT INTO timers (stream, key, at) SELECT stream, key, at FROM timers_before;
DROP TABLE timers_before;
