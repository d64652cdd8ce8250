-- Lists by name take the place of scopes and of words: whatever an officer filters or searches by
-- is a list of its own, walked in its order. All rows are folded from entries; a rebuild fills
-- these tables again.
DROP TABLE dossier_scopes;
DROP TABLE dossier_words;
DROP INDEX dossiers_phase;
-- On which lists a dossier stands, in the order of lists: keyset paging walks the key.
CREATE TABLE dossier_lists (
  list TEXT NOT NULL,
  submitted_at BIGINT NOT NULL,
  dossier_id TEXT NOT NULL,
  PRIMARY KEY (list, submitted_at, dossier_id)
) /* narrow */;
-- Open work, by what is due next: the inbox walks one queue of an agency, or one officer's tasks.
DROP TABLE dossier_tasks;
CREATE TABLE dossier_tasks (
  dossier_id TEXT NOT NULL,
  task TEXT NOT NULL,
  act TEXT NOT NULL,
  agency TEXT NOT NULL,
  officer TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  opened_at BIGINT NOT NULL,
  procedure_code TEXT NOT NULL,
  PRIMARY KEY (dossier_id, task)
);
CREATE INDEX dossier_tasks_queue
  ON dossier_tasks (agency, act, officer, due_at, dossier_id, task);
CREATE INDEX dossier_tasks_officer ON dossier_tasks (officer, due_at, dossier_id, task);
