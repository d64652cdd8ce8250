-- Entries that wait for their place are found by their time: a leader who comes late, to millions of
-- them, takes the next few without looking at the rest. That each waits once, `entries` sees to.
ALTER TABLE entries_unplaced RENAME TO entries_unplaced_before;
CREATE TABLE entries_unplaced (
    stream TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (at, stream, version)
) /* narrow */;
