-- A login is free again when its account was closed.
DROP INDEX accounts_login;
CREATE UNIQUE INDEX accounts_login ON accounts (door, login) WHERE closed_at IS NULL;
-- Accounts that were made before: nobody has compared them with a card. What stands under the same id
-- stays theirs, for it cannot be told apart; what is filed at the counter from now on does not.
UPDATE people SET origin = 'account'
  WHERE id IN (SELECT subject FROM accounts WHERE door = 'citizen');
