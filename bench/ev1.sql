-- pgbench: the least that one durable step costs PostgreSQL: an event of one KiB and an update, in
-- one round trip. What `bench/run` holds the program's rates against, in the same run.
\set id random(1, 200000)
WITH moved AS (
  UPDATE bench_dossier SET version = version + 1, status = 'appraised' WHERE id = :id
  RETURNING id, version
)
INSERT INTO bench_event (dossier, version, kind, body)
SELECT id, version, 'step', repeat('x', 1000) FROM moved;
