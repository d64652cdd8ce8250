-- Accounts and how they are entered. Times are milliseconds since 1970 UTC. Secrets of sessions, steps and
-- recovery are kept as SHA-256 only; passwords as Argon2id. An empty totp_secret means none.
CREATE TABLE accounts (
    id TEXT PRIMARY KEY,
    door TEXT NOT NULL,
    login TEXT NOT NULL,
    subject TEXT NOT NULL,
    display_name TEXT NOT NULL,
    password TEXT NOT NULL,
    password_at BIGINT NOT NULL,
    totp_secret BYTEA NOT NULL,
    totp_step BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    closed_at BIGINT
);
CREATE UNIQUE INDEX accounts_login ON accounts (door, login);
CREATE INDEX accounts_subject ON accounts (subject);
CREATE TABLE sessions (
    id TEXT PRIMARY KEY,
    secret_hash TEXT NOT NULL,
    account TEXT NOT NULL,
    door TEXT NOT NULL,
    subject TEXT NOT NULL,
    display_name TEXT NOT NULL,
    standing TEXT NOT NULL,
    address TEXT NOT NULL,
    device TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    seen_at BIGINT NOT NULL,
    ended_at BIGINT
);
CREATE UNIQUE INDEX sessions_secret ON sessions (secret_hash);
CREATE INDEX sessions_account ON sessions (account, created_at);
-- Between the password and the code of the second step, or while a device is being enrolled.
CREATE TABLE sign_in_steps (
    secret_hash TEXT PRIMARY KEY,
    account TEXT NOT NULL,
    totp_secret BYTEA NOT NULL,
    next_path TEXT NOT NULL,
    until BIGINT NOT NULL
);
-- One use each.
CREATE TABLE recovery_codes (
    account TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    used_at BIGINT,
    PRIMARY KEY (account, code_hash)
);
-- How often something was tried in the window that began at `since`; keys are hashes.
CREATE TABLE sign_in_tries (
    key TEXT PRIMARY KEY,
    count BIGINT NOT NULL,
    since BIGINT NOT NULL
);
CREATE INDEX sign_in_tries_since ON sign_in_tries (since);
