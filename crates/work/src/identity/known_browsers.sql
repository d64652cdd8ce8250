-- Browsers by which an account was entered. Of a browser's secret only the SHA-256 is kept. Times are
-- milliseconds since 1970 UTC.
CREATE TABLE known_browsers (
    secret_hash TEXT NOT NULL,
    account TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    PRIMARY KEY (secret_hash, account)
);
CREATE INDEX known_browsers_account ON known_browsers (account, seen_at);
CREATE INDEX sign_in_steps_account ON sign_in_steps (account);
