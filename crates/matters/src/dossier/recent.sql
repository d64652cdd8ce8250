-- What people apply for most, on the front page, is counted along this and not from all dossiers; new
-- ones come at its end. Some databases have it already: for a day it was part of `leaner.sql`.
CREATE INDEX IF NOT EXISTS dossiers_recent ON dossiers (submitted_at, procedure_code);
