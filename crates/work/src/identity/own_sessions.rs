//! The sessions of one account, seen and ended by the person themselves.
//! Does not know: the secrets of those sessions.
use jiff::Timestamp;
use kernel::Trouble;

use super::{Account, Failure, Identity, Session, rules, views};

impl Identity {
    /// The open sessions of an account, the latest used first.
    pub async fn open_sessions(
        &self,
        account: &Account,
        now: Timestamp,
    ) -> Result<Vec<Session>, Trouble> {
        let all = views::sessions_of(self.db(), &account.id).await?;
        Ok(all
            .into_iter()
            .filter(|session| rules::is_alive(session, now))
            .collect())
    }

    /// Ends one session of the account that `here` belongs to; another's changes nothing.
    pub async fn end_session(
        &self,
        here: &str,
        ended: &str,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let account = self.account_of(here).await?;
        self.db()
            .write(vec![views::end_session(&account.id, ended, now)])
            .await?;
        self.db().forget_lately();
        Ok(())
    }

    /// Ends every session of the account but this one.
    pub async fn end_other_sessions(&self, here: &str, now: Timestamp) -> Result<(), Failure> {
        let account = self.account_of(here).await?;
        self.db()
            .write(vec![views::end_other_sessions(&account.id, here, now)])
            .await?;
        self.db().forget_lately();
        Ok(())
    }

    /// How many recovery codes an account has left.
    pub async fn recovery_codes_left(&self, account: &Account) -> Result<i64, Trouble> {
        views::recovery_codes_left(self.db(), &account.id).await
    }
}
