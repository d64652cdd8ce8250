//! Browsers that were in before: each holds a secret of its own in a cookie, of which the digest is
//! kept with the accounts that were entered by it. Their wrong tries are counted apart.
//! Does not know: cookies, what is tried.
use jiff::Timestamp;
use kernel::Trouble;

use super::attempts::Whence;
use super::{Account, Begun, Client, Identity, rules, views};

impl Client {
    /// The digest of the browser's secret; of a browser without one too, which is then nobody's.
    pub(super) fn browser_digest(&self) -> String {
        rules::secret_hash(&self.browser)
    }
}

impl Identity {
    /// From where this account, or one that does not exist, is tried.
    pub(super) async fn whence<'a>(
        &self,
        account: Option<&Account>,
        (client, digest): (&'a Client, &'a str),
        now: Timestamp,
    ) -> Result<Whence<'a>, Trouble> {
        let strange = Whence::Strange(&client.address);
        if client.browser.is_empty() {
            return Ok(strange);
        }
        // Asked also where there is no account: looking takes as long.
        let id = account.map_or("", |account| account.id.as_str());
        let since = now - rules::BROWSER_LIFE;
        let known = views::is_known_browser(self.db(), (digest, id), since).await?;
        Ok(if known {
            Whence::Known(digest)
        } else {
            strange
        })
    }

    /// Begins a session of this browser and remembers the browser under a fresh secret: whoever
    /// planted the old one in it learns nothing.
    pub(super) async fn begin(
        &self,
        account: &Account,
        client: &Client,
        now: Timestamp,
    ) -> Result<Begun, Trouble> {
        let browser = web::fresh_secret();
        let (old, new) = (client.browser_digest(), rules::secret_hash(&browser));
        let remember = views::remember_browser((&old, &new), &account.id, now);
        self.db().write(remember).await?;
        Ok(Begun {
            secret: self.begin_session(account, client, now).await?,
            browser,
            next_path: String::new(),
            recovery_codes: Vec::new(),
        })
    }
}
