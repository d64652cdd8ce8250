-- The fields of government (lĩnh vực) that a unit or a position handles, words between commas; empty: all of
-- its agency, all of its unit.
ALTER TABLE units ADD COLUMN fields TEXT NOT NULL DEFAULT '';
ALTER TABLE positions ADD COLUMN fields TEXT NOT NULL DEFAULT '';
-- Which procedures belong to a field, as the catalogue says; written anew when the program starts.
CREATE TABLE field_procedures (
    field TEXT NOT NULL,
    procedure_code TEXT NOT NULL,
    PRIMARY KEY (field, procedure_code)
);
