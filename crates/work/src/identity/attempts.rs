//! Tries are counted in the database before they are made, so that neither many nodes nor many
//! requests at once give more of them. Keys are hashes: the table tells nothing about anybody.
//! Does not know: what is tried.
use jiff::Timestamp;
use kernel::Trouble;

use super::account::Command;
use super::{Account, Failure, Identity, Refusal, by, rules, views};

/// From where a password or a code is tried. Whoever guesses from elsewhere must not lock out the
/// browsers of those who were in before.
#[derive(Clone, Copy)]
pub(super) enum Whence<'a> {
    /// A browser by which this account was entered before: the digest of its secret.
    Known(&'a str),
    /// Any other, at this address.
    Strange(&'a str),
}

/// What is counted.
pub(super) enum Tried<'a> {
    /// A password for this door and login, whether there is such an account or not.
    Password(web::Kind, &'a str, Whence<'a>),
    /// The same from all strange browsers together, wherever they are.
    Strangers(web::Kind, &'a str),
    /// The password of an account in a session of its own.
    OwnPassword(&'a str),
    /// A code of the second step for this account; strange browsers are one.
    Code(&'a str, Whence<'a>),
    /// A one-time code for this login, from this address.
    OneTime(&'a str, &'a str),
    /// A number looked up at a counter, by this officer.
    CardLook(&'a str),
    /// A one-time code printed at a counter, by this officer.
    CardCode(&'a str),
    /// A sign-in from this address, by strange browsers.
    Address(&'a str),
    /// A registration from this address.
    Registration(&'a str),
}

impl Tried<'_> {
    fn key(&self) -> String {
        let plain = match self {
            Tried::Password(door, login, whence) => {
                let door = rules::door_word(*door);
                match whence {
                    Whence::Known(browser) => format!("password {door} {login} of {browser}"),
                    Whence::Strange(address) => format!("password {door} {login} from {address}"),
                }
            }
            Tried::Strangers(door, login) => {
                format!("password {} {login}", rules::door_word(*door))
            }
            Tried::OwnPassword(account) => format!("own password {account}"),
            Tried::Code(account, Whence::Known(browser)) => format!("code {account} of {browser}"),
            Tried::Code(account, Whence::Strange(_)) => format!("code {account}"),
            Tried::OneTime(login, address) => format!("one-time {login} from {address}"),
            Tried::CardLook(officer) => format!("card look {officer}"),
            Tried::CardCode(officer) => format!("card code {officer}"),
            Tried::Address(address) => format!("address {address}"),
            Tried::Registration(address) => format!("registration {address}"),
        };
        rules::secret_hash(&plain)
    }

    fn max(&self) -> i64 {
        match self {
            Tried::Password(..) | Tried::OwnPassword(_) | Tried::Code(..) | Tried::OneTime(..) => {
                rules::ACCOUNT_TRIES_MAX
            }
            Tried::CardLook(_) => rules::CARD_LOOKS_MAX,
            Tried::CardCode(_) => rules::CARD_CODES_MAX,
            Tried::Strangers(..) => rules::STRANGERS_TRIES_MAX,
            Tried::Address(_) => rules::ADDRESS_TRIES_MAX,
            Tried::Registration(_) => rules::REGISTRATIONS_MAX,
        }
    }
}

/// How a try was counted.
struct Counted {
    count: i64,
    since: Timestamp,
}

impl Identity {
    /// Counts these tries; refuses when one of them is one too many.
    pub(super) async fn count(&self, tried: &[Tried<'_>], now: Timestamp) -> Result<(), Failure> {
        for (one, counted) in tried.iter().zip(self.counted(tried, now).await?) {
            if counted.count > one.max() {
                let seconds = rules::seconds_left(counted.since, now);
                return Err(Refusal::TooManyTries { seconds }.into());
            }
        }
        Ok(())
    }

    async fn counted(&self, tried: &[Tried<'_>], now: Timestamp) -> Result<Vec<Counted>, Trouble> {
        let start = now - rules::TRIES_WINDOW;
        let counts = tried
            .iter()
            .map(|one| views::count_try(&one.key(), now, start));
        let written = self.db().write(counts.collect()).await?;
        let counted = written.iter().map(|written| {
            let row = written.rows.first();
            let (count, since) = row.map_or((0, now), |row| (row.int(0), row.time(1)));
            Counted { count, since }
        });
        Ok(counted.collect())
    }

    /// Counts a password of a strange browser for this account over all addresses. That such
    /// browsers must wait is kept once in a window, for whoever administers the agency.
    pub(super) async fn count_stranger(
        &self,
        tried: Tried<'_>,
        account: Option<&Account>,
        now: Timestamp,
    ) -> Result<(), Failure> {
        let max = tried.max();
        let counted = self.counted(&[tried], now).await?;
        let Some(Counted { count, since }) = counted.first().filter(|one| one.count > max) else {
            return Ok(());
        };
        if let Some(account) = account.filter(|_| *count == max + 1) {
            let until = *since + rules::TRIES_WINDOW;
            let stop = Command::StopStrangers { until };
            self.order(&account.id, stop, Vec::new(), by("system", now))
                .await?;
        }
        let seconds = rules::seconds_left(*since, now);
        Err(Refusal::TooManyTries { seconds }.into())
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
