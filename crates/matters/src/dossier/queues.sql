-- Open work stands in one tree, in the order of a queue: what anybody with the right may take, and what
-- an officer has. Who closes a task knows in which queue it stood.
ALTER TABLE dossier_tasks RENAME TO dossier_tasks_before;
DROP INDEX dossier_tasks_queue;
DROP INDEX dossier_tasks_officer;
CREATE TABLE dossier_tasks (
  queue TEXT NOT NULL,
  due_at BIGINT NOT NULL,
  dossier_id TEXT NOT NULL,
  task TEXT NOT NULL,
  act TEXT NOT NULL,
  agency TEXT NOT NULL,
  officer TEXT NOT NULL,
  opened_at BIGINT NOT NULL,
  procedure_code TEXT NOT NULL,
  PRIMARY KEY (queue, due_at, dossier_id, task)
) /* narrow */;
-- What is done leaves its row at the front of its queue, where each inbox passes it until it is cleared
-- away: not after a fifth of the table, but after a thousand.
/* postgres */ ALTER TABLE dossier_tasks
  SET (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
