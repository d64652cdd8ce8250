-- What happened. Appended, never changed.
CREATE TABLE entries (
    stream TEXT NOT NULL,
    version BIGINT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    private TEXT,
    actor TEXT NOT NULL,
    office TEXT NOT NULL,
    command_id TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (stream, version)
);

-- Each command once: the answer to a double click.
CREATE TABLE commands (
    id TEXT PRIMARY KEY,
    stream TEXT NOT NULL,
    version BIGINT NOT NULL
) /* narrow */;

-- What people wrote, named by digest in the entry. Can be erased; the log stays whole.
CREATE TABLE vault (
    digest TEXT NOT NULL,
    stream TEXT NOT NULL,
    body TEXT NOT NULL,
    -- By stream first: streams of one time lie together, digests never do.
    PRIMARY KEY (stream, digest)
);

-- Committed entries that wait for their place in the log.
CREATE TABLE entries_unplaced (
    stream TEXT NOT NULL,
    version BIGINT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (stream, version)
) /* narrow */;

-- The log order, without gaps.
CREATE TABLE log (
    position BIGINT PRIMARY KEY,
    stream TEXT NOT NULL,
    version BIGINT NOT NULL
) /* narrow */;
CREATE UNIQUE INDEX log_by_entry ON log (stream, version);

CREATE TABLE timers (
    stream TEXT NOT NULL,
    key TEXT NOT NULL,
    at BIGINT NOT NULL,
    PRIMARY KEY (stream, key)
) /* narrow */;
CREATE INDEX timers_by_time ON timers (at, stream, key);

CREATE TABLE leases (
    name TEXT PRIMARY KEY,
    holder TEXT NOT NULL,
    until BIGINT NOT NULL
) /* narrow */;

-- How far each reader of the log has come.
CREATE TABLE readers (
    name TEXT PRIMARY KEY,
    position BIGINT NOT NULL
) /* narrow */;
