//! Sessions as pages see them: who holds a session is identity's, how many notices they have not
//! read is notice's. Two floors that do not know each other meet here.
//!
//! Does not know: passwords, notices, pages.
use std::sync::Arc;

use facts::agency::Viewer;
use jiff::Timestamp;
use kernel::Database;
use web::{About, KeptForm, Kind, Sessions, SessionsAnswer};

/// Sessions with the number that stands beside the name.
pub struct WithUnread {
    /// Resolves the cookie.
    pub sessions: Arc<dyn Sessions>,
    /// Where notices are.
    pub db: Database,
}

impl Sessions for WithUnread {
    fn resolve<'a>(&'a self, secret: &'a str, now: Timestamp) -> SessionsAnswer<'a> {
        Box::pin(async move {
            let Some(mut signed) = self.sessions.resolve(secret, now).await? else {
                return Ok(None);
            };
            if let Some(viewer @ Viewer::Citizen { .. }) = signed.viewer.downcast_ref::<Viewer>() {
                let people: Vec<&str> = viewer.people().collect();
                let unread = outside::notice::unread(&self.db, &people).await;
                signed.unread = unread.map_err(|trouble| trouble.to_string())?;
            }
            Ok(Some(signed))
        })
    }

    fn ended<'a>(&'a self, secret: &'a str) -> About<'a, Option<Kind>> {
        self.sessions.ended(secret)
    }

    fn keep<'a>(
        &'a self,
        holder: &'a str,
        form: KeptForm,
        now: Timestamp,
    ) -> About<'a, Option<String>> {
        self.sessions.keep(holder, form, now)
    }

    fn kept<'a>(
        &'a self,
        secret: &'a str,
        holder: &'a str,
        now: Timestamp,
    ) -> About<'a, Option<KeptForm>> {
        self.sessions.kept(secret, holder, now)
    }

    fn forget_kept<'a>(&'a self, secret: &'a str) -> About<'a, ()> {
        self.sessions.forget_kept(secret)
    }
}
