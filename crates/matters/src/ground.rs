//! The ground that every room of this and the higher floors stands on: the journal, the law, the
//! facts and the files, handed in once by the building.
use std::ops::Deref;
use std::sync::Arc;

use facts::agency::Offices;
use facts::blob::{Files, Kept, Received, Unkept};
use facts::place::Places;
use facts::procedure::Catalogue;
use jiff::Timestamp;
use kernel::{Ctx, Database, Failure, Handled, Journal, Statement, Trouble};
use web::{Unreceived, UploadedFile};

use crate::dossier::{Dossier, Law, Numbers, Order, Refusal, State};
use crate::letters::Letters;

/// What rooms share. Cheap to clone, as every request does.
#[derive(Clone)]
pub struct Ground(Arc<Shared>);

/// What the building hands in.
pub struct Shared {
    /// What happened.
    pub journal: Journal,
    /// The law of the dossier with its procedures and calendars.
    pub law: Arc<Law>,
    /// Provinces and communes.
    pub places: Arc<Places>,
    /// Agencies, positions and who holds them.
    pub offices: Offices,
    /// Uploaded papers and issued results.
    pub files: Files,
    /// The counters of codes, receipts and results.
    pub numbers: Arc<Numbers>,
    /// Papers to print.
    pub letters: Arc<Letters>,
    /// The address that people type, without a slash at its end.
    pub public_url: String,
}

impl Deref for Ground {
    type Target = Shared;

    fn deref(&self) -> &Shared {
        &self.0
    }
}

impl From<Shared> for Ground {
    fn from(shared: Shared) -> Self {
        Self(Arc::new(shared))
    }
}

impl Ground {
    /// The database, for the rooms' own views.
    #[must_use]
    pub fn db(&self) -> &Database {
        self.journal.db()
    }

    /// The database for lists and figures, which may be a little behind (decision 23). What
    /// somebody looks at right after their own act is asked of [`Ground::db`].
    #[must_use]
    pub fn lists(&self) -> Database {
        self.db().nearly()
    }

    /// All procedures.
    #[must_use]
    pub fn catalogue(&self) -> &Catalogue {
        &self.law.catalogue
    }

    /// Keeps a file that came with a form; its bytes were hashed on the way and are not copied.
    ///
    /// # Errors
    /// [`Unkept`]; nothing is kept then.
    pub async fn keep_upload(&self, upload: &UploadedFile) -> Result<Kept, Unkept> {
        match upload.fault {
            Some(Unreceived::TooLarge) => return Err(self.files.too_large()),
            Some(Unreceived::TooMuch) => return Err(Unkept::TooMuch),
            None => {}
        }
        let received = Received {
            path: upload.path(),
            digest: &upload.sha256,
            size: upload.bytes,
        };
        self.files.adopt(received).await
    }

    /// Gives an order to the dossier `id`.
    ///
    /// # Errors
    /// The rule that forbids it, or trouble of the database.
    pub async fn order(
        &self,
        id: &str,
        order: Order,
        ctx: Ctx,
    ) -> Result<Handled<State>, Failure<Refusal>> {
        self.order_along(id, order, ctx, Vec::new()).await
    }

    /// Makes a dossier of the draft `draft` with this order, once however often and from however
    /// many forms it is asked: the command has the draft's name, not the one that `ctx` brings. The
    /// dossier's id is given now, so that what is handed in one after the other lies together in
    /// every table. Statements of the same transaction end the draft.
    ///
    /// # Errors
    /// As [`Ground::order`].
    pub async fn begin(
        &self,
        draft: &str,
        order: Order,
        mut ctx: Ctx,
        along: Vec<Statement>,
    ) -> Result<Handled<State>, Failure<Refusal>> {
        ctx.command_id = begun_by(draft);
        let mut request = order.request(&dossier_id(ctx.now), ctx);
        request.along = along;
        self.journal.begin(&*self.law, request).await
    }

    /// The dossier that this draft has become, if it has, with its id.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn begun_from(&self, draft: &str) -> Result<Option<(String, Dossier)>, Trouble> {
        let command_id = begun_by(draft);
        let became = self.journal.changed_by(&*self.law, &command_id).await?;
        let Some(id) = became else {
            return Ok(None);
        };
        let (state, _) = self.journal.load(&*self.law, &id).await?;
        let dossier = state.dossier.map(Arc::unwrap_or_clone);
        Ok(dossier.map(|dossier| (id, dossier)))
    }

    /// As [`Ground::order`], with statements that belong to the same transaction, such as the end
    /// of the draft that became a dossier.
    ///
    /// # Errors
    /// As [`Ground::order`].
    pub async fn order_along(
        &self,
        id: &str,
        mut order: Order,
        ctx: Ctx,
        along: Vec<Statement>,
    ) -> Result<Handled<State>, Failure<Refusal>> {
        if let Some(officer) = order.command.officer() {
            order.named = Some(self.offices.viewer(officer, ctx.now).await?);
        }
        let mut request = order.request(id, ctx);
        request.along = along;
        self.journal.handle(&*self.law, request).await
    }
}

/// The id of the one command by which a draft becomes a dossier, however often its form is sent. No
/// form can send it: their ids have no slash.
#[must_use]
pub fn begun_by(draft: &str) -> String {
    format!("begin/{draft}")
}

/// A fresh id of a dossier, in the order of time.
fn dossier_id(now: Timestamp) -> String {
    let seconds = u64::try_from(now.as_second()).unwrap_or_default();
    let nanos = u32::try_from(now.subsec_nanosecond()).unwrap_or_default();
    let at = uuid::Timestamp::from_unix(uuid::NoContext, seconds, nanos);
    uuid::Uuid::new_v7(at).to_string()
}
