-- Forms that came when their session was over, until their author has signed in again. Of the secret
-- that the browser holds only the SHA-256 is kept. Times are milliseconds since 1970 UTC.
CREATE TABLE kept_forms (
    secret_hash TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    form TEXT NOT NULL,
    until BIGINT NOT NULL
);
CREATE INDEX kept_forms_account ON kept_forms (account, until);
CREATE INDEX kept_forms_until ON kept_forms (until);
