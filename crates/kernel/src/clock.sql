-- The latest moment that the clock was believed at: a house in which nothing happens for weeks, or
-- that was switched off for some days, knows how far time has come.
CREATE TABLE clock (
    name TEXT PRIMARY KEY,
    at BIGINT NOT NULL
) /* narrow */;
