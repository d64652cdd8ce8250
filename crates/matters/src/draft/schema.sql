-- Applications and supplements that are still being written. Not journaled: nothing has happened in an
-- office yet. A row goes with its submission, by its owner's wish, or when nobody came back to it.
CREATE TABLE drafts (
  id TEXT PRIMARY KEY,
  owner TEXT NOT NULL,
  -- The dossier that is being supplemented; empty for a new application.
  dossier TEXT NOT NULL,
  procedure_key TEXT NOT NULL,
  channel TEXT NOT NULL,
  agency TEXT NOT NULL,
  reception TEXT NOT NULL,
  applicant TEXT NOT NULL,
  filer TEXT NOT NULL,
  answers TEXT NOT NULL,
  papers TEXT NOT NULL,
  return_way TEXT NOT NULL,
  visited TEXT NOT NULL,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX drafts_owner ON drafts (owner, updated_at);
CREATE INDEX drafts_age ON drafts (updated_at);
