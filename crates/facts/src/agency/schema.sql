-- Agencies and who works there. Days are yyyy-mm-dd; valid_to is the first day on which it no longer
-- holds. Rights are words between commas: ",intake,deliver,".
CREATE TABLE agencies (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    level TEXT NOT NULL,
    place_code TEXT NOT NULL,
    parent TEXT,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    to_verify BIGINT NOT NULL
);
-- Older and other identifiers that messages still carry.
CREATE TABLE agency_aliases (
    alias TEXT PRIMARY KEY,
    agency TEXT NOT NULL
);
CREATE TABLE units (
    id TEXT PRIMARY KEY,
    agency TEXT NOT NULL,
    name TEXT NOT NULL,
    place BIGINT NOT NULL
);
CREATE INDEX units_agency ON units (agency);
CREATE TABLE positions (
    id TEXT PRIMARY KEY,
    unit TEXT NOT NULL,
    title TEXT NOT NULL,
    rights TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    place BIGINT NOT NULL
);
CREATE INDEX positions_unit ON positions (unit);
CREATE TABLE officers (
    id TEXT PRIMARY KEY,
    name TEXT NOT NULL,
    name_sort TEXT NOT NULL,
    email TEXT
);
CREATE TABLE appointments (
    officer TEXT NOT NULL,
    position TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    PRIMARY KEY (officer, position, valid_from)
);
CREATE INDEX appointments_position ON appointments (position);
CREATE TABLE delegations (
    from_position TEXT NOT NULL,
    to_officer TEXT NOT NULL,
    rights TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    basis TEXT NOT NULL,
    PRIMARY KEY (from_position, to_officer, valid_from)
);
CREATE INDEX delegations_officer ON delegations (to_officer);
