-- Rows hold what somebody reads: of a dossier 25 columns instead of 35, of a task seven instead of nine, of a
-- receipt where its dossier is. What stands nowhere any more follows from the entries, as before.
ALTER TABLE dossiers RENAME TO dossiers_before;
DROP INDEX dossiers_book;
DROP INDEX dossiers_recent;
-- Numbers first: PostgreSQL finds what has a fixed width, and what stands before texts, at once.
CREATE TABLE dossiers (
  submitted_at BIGINT NOT NULL,
  reception_due_at BIGINT NOT NULL,
  changed_at BIGINT NOT NULL,
  overdue BIGINT NOT NULL,
  unlawful BIGINT NOT NULL,
  fee_due BIGINT NOT NULL,
  fee_paid BIGINT NOT NULL,
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  procedure_key TEXT NOT NULL,
  procedure_code TEXT NOT NULL,
  agency TEXT NOT NULL,
  reception_agency TEXT NOT NULL,
  channel TEXT NOT NULL,
  phase TEXT NOT NULL,
  applicant TEXT NOT NULL,
  applicant_name TEXT NOT NULL,
  -- The words of the name, folded, one space between them.
  applicant_folded TEXT NOT NULL,
  applicant_phone TEXT NOT NULL,
  applicant_address TEXT NOT NULL,
  received_by TEXT NOT NULL,
  accepted_at BIGINT,
  due_at BIGINT,
  finished_at BIGINT,
  delivered_at BIGINT
);
/* postgres */ ALTER TABLE dossiers SET (fillfactor = 70);
-- Who has a task is said by its queue.
ALTER TABLE dossier_tasks DROP COLUMN officer;
ALTER TABLE dossier_tasks DROP COLUMN opened_at;
-- A receipt is looked for by its number.
DROP INDEX dossier_receipts_dossier;
ALTER TABLE dossier_receipts DROP COLUMN amount;
ALTER TABLE dossier_receipts DROP COLUMN method;
ALTER TABLE dossier_receipts DROP COLUMN paid_at;
