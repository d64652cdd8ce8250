-- People and organisations. Times of validity are days (yyyy-mm-dd); a birth date is yyyy, yyyy-mm or
-- yyyy-mm-dd, as far as it is known.
CREATE TABLE people (
    id TEXT PRIMARY KEY,
    kind TEXT NOT NULL,
    personal_id TEXT,
    tax_code TEXT,
    name TEXT NOT NULL,
    name_folded TEXT NOT NULL,
    name_sort TEXT NOT NULL,
    birth TEXT,
    sex TEXT,
    phone TEXT,
    email TEXT,
    address_line TEXT,
    commune TEXT,
    province TEXT,
    valid_from TEXT NOT NULL,
    valid_to TEXT
);
-- One number, one person, as long as the record holds.
CREATE UNIQUE INDEX people_personal_id ON people (personal_id) WHERE valid_to IS NULL;
CREATE UNIQUE INDEX people_tax_code ON people (tax_code) WHERE valid_to IS NULL;
CREATE INDEX people_name ON people (name_sort);
