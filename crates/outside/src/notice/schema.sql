-- What people were told and have read; folded from entries, filled again by a rebuild.
CREATE TABLE notices (
  person TEXT NOT NULL,
  number BIGINT NOT NULL,
  code TEXT NOT NULL,
  procedure_key TEXT NOT NULL,
  about TEXT NOT NULL,
  at BIGINT NOT NULL,
  read_at BIGINT,
  PRIMARY KEY (person, number)
) /* narrow */;
-- The count beside the name, asked on every page, and the unread ones on top of the list.
CREATE INDEX notices_unread ON notices (person, number) WHERE read_at IS NULL;
