-- Whose word a description is: the office's, which compared it with the papers, or an account's own.
-- Only the office's has the number; of accounts several may claim it, and none is found by it.
-- `confirmed_as`: the person on file whom the office confirmed an account to be.
ALTER TABLE people ADD COLUMN origin TEXT NOT NULL DEFAULT 'office';
ALTER TABLE people ADD COLUMN confirmed_as TEXT;
DROP INDEX people_personal_id;
DROP INDEX people_tax_code;
CREATE UNIQUE INDEX people_personal_id ON people (personal_id)
  WHERE valid_to IS NULL AND origin = 'office';
CREATE UNIQUE INDEX people_tax_code ON people (tax_code)
  WHERE valid_to IS NULL AND origin = 'office';
CREATE INDEX people_confirmed_as ON people (confirmed_as) WHERE confirmed_as IS NOT NULL;
CREATE INDEX people_any_personal_id ON people (personal_id);
CREATE INDEX people_any_tax_code ON people (tax_code);
