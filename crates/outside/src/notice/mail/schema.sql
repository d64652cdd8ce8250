-- Who gets mail how often: by a digest of the address, never the address. No row: at each change, in
-- Vietnamese.
CREATE TABLE mail_choices (
    address TEXT PRIMARY KEY,
    pace TEXT NOT NULL,
    language TEXT NOT NULL,
    chosen_at BIGINT NOT NULL
);
-- What the links of mails are made with; one row.
CREATE TABLE mail_secret (
    id BIGINT PRIMARY KEY,
    secret TEXT NOT NULL
);
