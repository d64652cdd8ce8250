-- What a dossier is about, as a digest of the answers that say so (`[[same_matter]]`): dossiers
-- about the same are found without reading what people wrote. A view.
CREATE TABLE dossier_matters (
  matter TEXT NOT NULL,
  dossier_id TEXT NOT NULL,
  PRIMARY KEY (matter, dossier_id)
);
