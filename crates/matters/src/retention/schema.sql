-- Digests of files that entries of the journal name, in their body or in what people wrote beside it. A
-- reader keeps them; a file whose digest is neither here nor in a draft is nobody's.
CREATE TABLE files_named (
  digest TEXT PRIMARY KEY
) /* narrow */;
