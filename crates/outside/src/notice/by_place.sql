-- A notice is a row that the reader makes of a dossier's entry, numbered by the entry's place in the
-- log. Before, telling was an entry of its own, numbered for each person: the reader begins anew.
DELETE FROM notices;
DELETE FROM readers WHERE name = 'notice';
