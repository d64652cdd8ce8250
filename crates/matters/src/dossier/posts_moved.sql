-- What was given to an officer and to no position waits for everybody with the right.
UPDATE dossier_tasks SET officer = SUBSTR(queue, 9), queue = 'agency:' || agency || ' ' || act
 WHERE queue LIKE 'officer:%';
