-- Who looked at what people wrote without having work on the dossier, by the agency whose dossier it is.
CREATE TABLE dossier_looks (
    agency TEXT NOT NULL,
    looked_at BIGINT NOT NULL,
    dossier_id TEXT NOT NULL,
    officer TEXT NOT NULL,
    office TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (agency, looked_at, dossier_id, officer)
);
