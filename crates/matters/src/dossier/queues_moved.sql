-- What was open before.
INSERT INTO dossier_tasks (queue, due_at, dossier_id, task, act, agency, officer, opened_at, procedure_code)
  SELECT CASE WHEN officer = '' THEN 'agency:' || agency || ' ' || act ELSE 'officer:' || officer END,
    due_at, dossier_id, task, act, agency, officer, opened_at, procedure_code
  FROM dossier_tasks_before;
DROP TABLE dossier_tasks_before;
