-- Each row stands in fewer trees: a task in the one by which it is found (nobody has it, or an officer
-- does), a dossier in the follow-up book once it was accepted.
DROP INDEX dossiers_book;
CREATE INDEX dossiers_book ON dossiers (agency, accepted_at, id) WHERE accepted_at IS NOT NULL;
DROP INDEX dossier_tasks_queue;
CREATE INDEX dossier_tasks_queue
  ON dossier_tasks (agency, act, due_at, dossier_id, task) WHERE officer = '';
DROP INDEX dossier_tasks_officer;
CREATE INDEX dossier_tasks_officer
  ON dossier_tasks (officer, due_at, dossier_id, task) WHERE officer <> '';
-- A dossier's row changes with each act: with room beside it, its new version stays on its page and no
-- index learns of it.
/* postgres */ ALTER TABLE dossiers SET (fillfactor = 70);
