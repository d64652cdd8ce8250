-- The rows that lists of dossiers show; folded from entries, emptied and filled again by a rebuild.
CREATE TABLE dossiers (
  id TEXT PRIMARY KEY,
  code TEXT NOT NULL UNIQUE,
  procedure_key TEXT NOT NULL,
  procedure_code TEXT NOT NULL,
  agency TEXT NOT NULL,
  reception_agency TEXT NOT NULL,
  return_agency TEXT NOT NULL,
  channel TEXT NOT NULL,
  applicant TEXT NOT NULL,
  filer TEXT NOT NULL,
  applicant_name TEXT NOT NULL,
  -- The words of the name, folded, one space between them.
  applicant_folded TEXT NOT NULL,
  applicant_phone TEXT NOT NULL,
  applicant_address TEXT NOT NULL,
  phase TEXT NOT NULL,
  status BIGINT NOT NULL,
  submitted_at BIGINT NOT NULL,
  reception_due_at BIGINT NOT NULL,
  reception_late BIGINT NOT NULL,
  accepted_at BIGINT,
  due_at BIGINT,
  legal_due_at BIGINT,
  finished_at BIGINT,
  delivered_at BIGINT,
  overdue BIGINT NOT NULL,
  unlawful BIGINT NOT NULL,
  apologised BIGINT NOT NULL,
  step TEXT NOT NULL,
  act TEXT NOT NULL,
  holder TEXT,
  fee_due BIGINT NOT NULL,
  fee_paid BIGINT NOT NULL,
  result_number TEXT,
  received_by TEXT NOT NULL,
  changed_at BIGINT NOT NULL
);
-- The follow-up book (form 07): an agency's dossiers in the order of acceptance.
CREATE INDEX dossiers_book ON dossiers (agency, accepted_at, id);
CREATE INDEX dossiers_phase ON dossiers (agency, phase);
-- Who may list a dossier, in the order of lists: keyset paging walks this index.
CREATE TABLE dossier_scopes (
  scope TEXT NOT NULL,
  submitted_at BIGINT NOT NULL,
  dossier_id TEXT NOT NULL,
  PRIMARY KEY (scope, submitted_at, dossier_id)
);
CREATE INDEX dossier_scopes_dossier ON dossier_scopes (dossier_id, scope);
-- Folded words of the applicant's name, the code and the telephone number.
CREATE TABLE dossier_words (
  word TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  PRIMARY KEY (word, dossier_id)
);
-- Open work, by what is due next: the inbox.
CREATE TABLE dossier_tasks (
  dossier_id TEXT NOT NULL,
  task TEXT NOT NULL,
  act TEXT NOT NULL,
  required_right TEXT NOT NULL,
  agency TEXT NOT NULL,
  officer TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  PRIMARY KEY (dossier_id, task)
);
CREATE INDEX dossier_tasks_pool ON dossier_tasks (agency, required_right, officer, due_at);
CREATE INDEX dossier_tasks_officer ON dossier_tasks (officer, due_at);
-- Receipts: a number is used once per agency and year.
CREATE TABLE dossier_receipts (
  agency TEXT NOT NULL,
  period TEXT NOT NULL,
  number TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  amount BIGINT NOT NULL,
  method TEXT NOT NULL,
  paid_at BIGINT NOT NULL,
  PRIMARY KEY (agency, period, number)
);
CREATE INDEX dossier_receipts_dossier ON dossier_receipts (dossier_id);
-- Counters of codes, receipts and results. No view: never emptied.
CREATE TABLE dossier_numbers (
  series TEXT NOT NULL,
  agency TEXT NOT NULL,
  period TEXT NOT NULL,
  next BIGINT NOT NULL,
  PRIMARY KEY (series, agency, period)
);
