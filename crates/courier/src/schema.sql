-- What waits to go out of the house, and what became of it. `id` is made by who sends, so that one
-- cause is one message. A row that has ended keeps no destination, subject and body: they are
-- personal.
-- `next_at` is null once it has ended. Times are milliseconds since 1970 UTC.
CREATE TABLE outgoing (
    id TEXT PRIMARY KEY,
    lane TEXT NOT NULL,
    destination TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    unsubscribe TEXT NOT NULL,
    at BIGINT NOT NULL,
    tries BIGINT NOT NULL,
    next_at BIGINT,
    ended_at BIGINT,
    outcome TEXT NOT NULL
);
CREATE INDEX outgoing_due ON outgoing (lane, next_at) WHERE next_at IS NOT NULL;
CREATE INDEX outgoing_ended ON outgoing (ended_at) WHERE ended_at IS NOT NULL;
