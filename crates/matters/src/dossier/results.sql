-- Results: who has which number of an agency in a year; a view.
CREATE TABLE dossier_results (
  agency TEXT NOT NULL,
  period TEXT NOT NULL,
  number TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  PRIMARY KEY (agency, period, number, dossier_id)
);
-- A number is given once. No view: never emptied, for what was once given twice must not stop a
-- rebuild.
CREATE TABLE dossier_result_claims (
  agency TEXT NOT NULL,
  period TEXT NOT NULL,
  number TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  PRIMARY KEY (agency, period, number)
);
