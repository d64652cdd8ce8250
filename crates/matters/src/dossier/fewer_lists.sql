-- What a person owes is no list any more: a person has few dossiers, their list is walked whole.
DELETE FROM dossier_lists WHERE list LIKE 'person:% owing';
