-- A draft stands in one tree by whose it is and its name: listing, opening and ending it walk the same
-- pages. When it was touched is kept by the day, so that sending in one more page of a form changes the
-- row and no index.
ALTER TABLE drafts RENAME TO drafts_before;
DROP INDEX drafts_owner;
DROP INDEX drafts_age;
CREATE TABLE drafts (
  owner TEXT NOT NULL,
  id TEXT NOT NULL,
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
  -- Where the post delivers; empty: where the applicant lives.
  post_address TEXT NOT NULL,
  visited TEXT NOT NULL,
  version BIGINT NOT NULL,
  updated_at BIGINT NOT NULL,
  -- Days from 1 January 1970 to `updated_at`, in UTC.
  touched_on BIGINT NOT NULL,
  PRIMARY KEY (owner, id)
);
CREATE INDEX drafts_touched ON drafts (touched_on);
-- With room beside it, a draft's new version stays on its page.
/* postgres */ ALTER TABLE drafts SET (fillfactor = 50);
