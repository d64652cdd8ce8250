//! Forms that came when their session was over, kept for the account of that session and for the
//! browser that sent them, a short time. Nobody else is shown them.
//! Does not know: what a form is about, how it is shown again.
use jiff::{SignedDuration, Timestamp};
use kernel::Trouble;
use serde::{Deserialize, Serialize};
use web::{KEPT_SECONDS, KeptForm};

use super::{Identity, rules, views};

/// A form as it is stored.
#[derive(Serialize, Deserialize)]
struct Stored {
    path: String,
    page: String,
    fields: Vec<(String, String)>,
    had_files: bool,
}

impl Identity {
    pub(super) async fn keep_form(
        &self,
        holder: &str,
        form: KeptForm,
        now: Timestamp,
    ) -> Result<Option<String>, Trouble> {
        let session = views::session_by_hash(self.db(), &rules::secret_hash(holder)).await?;
        let Some(session) = session else {
            return Ok(None);
        };
        let stored = Stored {
            path: form.path,
            page: form.page,
            fields: form.fields,
            had_files: form.had_files,
        };
        let text = serde_json::to_string(&stored).map_err(|e| Trouble::Broken(e.to_string()))?;
        let secret = web::fresh_secret();
        let of = (rules::secret_hash(&secret), session.account);
        let until = now + SignedDuration::from_secs(KEPT_SECONDS);
        let put = views::put_kept((&of.0, &of.1), &text, until, now);
        self.db().write(put).await?;
        Ok(Some(secret))
    }

    pub(super) async fn kept_form(
        &self,
        secret: &str,
        holder: &str,
        now: Timestamp,
    ) -> Result<Option<KeptForm>, Trouble> {
        let session = views::session_by_hash(self.db(), &rules::secret_hash(holder)).await?;
        let Some(session) = session else {
            return Ok(None);
        };
        let of = (&*rules::secret_hash(secret), &*session.account);
        let Some(text) = views::kept(self.db(), of, now).await? else {
            return Ok(None);
        };
        let stored: Stored =
            serde_json::from_str(&text).map_err(|e| Trouble::Broken(e.to_string()))?;
        Ok(Some(KeptForm {
            path: stored.path,
            page: stored.page,
            fields: stored.fields,
            had_files: stored.had_files,
        }))
    }
}
