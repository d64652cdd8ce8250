-- Of a dossier that somebody filed for another: whom the office said it to be of, and who is told of
-- it since. Kept by the reader, filled again by a rebuild.
CREATE TABLE notice_applicants (
  dossier TEXT PRIMARY KEY,
  person TEXT NOT NULL
) /* narrow */;
