-- Who has a task stands beside its queue: work stays with a position, whoever holds it.
ALTER TABLE dossier_tasks ADD COLUMN officer TEXT NOT NULL DEFAULT '';
