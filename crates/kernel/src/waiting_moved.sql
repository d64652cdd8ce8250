-- Those that waited in the table before. (A migration of its own: PostgreSQL is told all statements of
-- one before the first runs.)
INSERT INTO entries_unplaced (stream, version, at)
    SELECT stream, version, at FROM entries_unplaced_before;
DROP TABLE entries_unplaced_before;
