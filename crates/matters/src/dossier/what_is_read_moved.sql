-- What stood in the wider table before, in the order of its key.
INSERT INTO dossiers (submitted_at, reception_due_at, changed_at, overdue, unlawful, fee_due, fee_paid, id, code,
    procedure_key, procedure_code, agency, reception_agency, channel, phase, applicant, applicant_name,
    applicant_folded, applicant_phone, applicant_address, received_by, accepted_at, due_at, finished_at, delivered_at)
  SELECT submitted_at, reception_due_at, changed_at, overdue, unlawful, fee_due, fee_paid, id, code,
    procedure_key, procedure_code, agency, reception_agency, channel, phase, applicant, applicant_name,
    applicant_folded, applicant_phone, applicant_address, received_by, accepted_at, due_at, finished_at, delivered_at
  FROM dossiers_before ORDER BY id;
DROP TABLE dossiers_before;
CREATE INDEX dossiers_book ON dossiers (agency, accepted_at, id) WHERE accepted_at IS NOT NULL;
CREATE INDEX dossiers_recent ON dossiers (submitted_at, procedure_code);
