//! Tries are counted in the database before they are made, so that neither many nodes nor many
//! requests at once give more of them. Keys are hashes: the table tells nothing about anybody.
//! Does not know: what is tried.
use jiff::Timestamp;
use kernel::Trouble;

use super::{Failure, Identity, Refusal, rules, views};

/// What is counted.
pub(super) enum Tried<'a> {
    /// A password for this door and login, whether there is such an account or not.
    Password(web::Kind, &'a str),
    /// A code for this account.
    Code(&'a str),
    /// A sign-in from this address.
    Address(&'a str),
    /// A registration from this address.
    Registration(&'a str),
}

impl Tried<'_> {
    fn key(&self) -> String {
        let plain = match self {
            Tried::Password(door, login) => {
                format!("password {} {login}", rules::door_word(*door))
            }
            Tried::Code(account) => format!("code {account}"),
            Tried::Address(address) => format!("address {address}"),
            Tried::Registration(address) => format!("registration {address}"),
        };
        rules::secret_hash(&plain)
    }

    fn max(&self) -> i64 {
        match self {
            Tried::Password(..) | Tried::Code(_) => rules::ACCOUNT_TRIES_MAX,
            Tried::Address(_) => rules::ADDRESS_TRIES_MAX,
            Tried::Registration(_) => rules::REGISTRATIONS_MAX,
        }
    }
}

impl Identity {
    /// Counts these tries; refuses when one of them is one too many.
    pub(super) async fn count(&self, tried: &[Tried<'_>], now: Timestamp) -> Result<(), Failure> {
        let start = now - rules::TRIES_WINDOW;
        let counts = tried
            .iter()
            .map(|one| views::count_try(&one.key(), now, start));
        let written = self.db().write(counts.collect()).await?;
        for (one, written) in tried.iter().zip(&written) {
            let row = written.rows.first();
            let (count, since) = row.map_or((0, now), |row| (row.int(0), row.time(1)));
            if count > one.max() {
                let seconds = rules::seconds_left(since, now);
                return Err(Refusal::TooManyTries { seconds }.into());
            }
        }
        Ok(())
    }

    /// Forgets the tries of one key, after a good one.
    pub(super) async fn forget(&self, tried: Tried<'_>, now: Timestamp) -> Result<(), Trouble> {
        let start = now - rules::TRIES_WINDOW;
        self.db()
            .write(vec![views::forget_tries(&tried.key(), start)])
            .await?;
        Ok(())
    }

    /// Gives one try back: the key is shared, and this try was a good one.
    pub(super) async fn give_back(&self, tried: Tried<'_>) -> Result<(), Trouble> {
        self.db()
            .write(vec![views::give_back_try(&tried.key())])
            .await?;
        Ok(())
    }
}
