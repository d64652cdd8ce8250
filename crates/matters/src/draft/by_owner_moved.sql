-- What was being written before.
INSERT INTO drafts (owner, id, dossier, procedure_key, channel, agency, reception, applicant, filer,
    answers, papers, return_way, post_address, visited, version, updated_at, touched_on)
  SELECT owner, id, dossier, procedure_key, channel, agency, reception, applicant, filer, answers,
    papers, return_way, '', visited, version, updated_at, updated_at / 86400000
  FROM drafts_before;
DROP TABLE drafts_before;
