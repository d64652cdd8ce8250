-- pgbench: the same event and update as ev1.sql in four round trips, as a program without batches
-- would send them. What `bench/run` holds an officer's step against.
\set id random(1, 200000)
BEGIN;
UPDATE bench_dossier SET version = version + 1, status = 'appraised' WHERE id = :id;
INSERT INTO bench_event (dossier, version, kind, body)
  SELECT id, version, 'step', repeat('x', 1000) FROM bench_dossier WHERE id = :id;
COMMIT;
