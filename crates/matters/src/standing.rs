//! A dossier as it stands, for somebody who may see it: all that an act needs. Whoever may not see
//! it does not learn that it exists.
//!
//! Does not know: its history and what people wrote (`Journal::whole`).
use std::sync::Arc;

use facts::agency::Viewer;
use facts::procedure::Procedure;
use kernel::Trouble;

use crate::Ground;
use crate::dossier::views::id_of;
use crate::dossier::{Action, Code, Dossier, Facts, State, allowed};

/// A dossier as one viewer may act on it.
#[derive(Clone)]
pub struct Standing {
    /// Id of the stream.
    pub id: String,
    /// As it stands.
    pub dossier: Arc<Dossier>,
    /// The version that it started with.
    pub procedure: Arc<Procedure>,
    /// Everything this viewer may do now.
    pub allowed: Vec<Action>,
}

impl Standing {
    /// The dossier of this code as this node remembers it, if there is one that the viewer may see.
    /// For acting, not for showing: another node may know more, and the journal, which decides the
    /// act on what is really there, finds out.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn remembered(
        ground: &Ground,
        viewer: &Viewer,
        code: &str,
    ) -> Result<Option<Self>, Trouble> {
        let Some(id) = Self::id(ground, code).await? else {
            return Ok(None);
        };
        let state = ground.journal.remembered(&*ground.law, &id).await?;
        Self::of(ground, viewer, (id, state))
    }

    /// Id of the stream of this code; `None` for what is no code, or nobody's.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn id(ground: &Ground, code: &str) -> Result<Option<String>, Trouble> {
        match code.parse::<Code>() {
            Ok(code) => id_of(ground.db(), &code).await,
            Err(_) => Ok(None),
        }
    }

    /// The dossier `id` in this state, if the viewer may see it.
    ///
    /// # Errors
    /// [`Trouble`] when its procedure is not in the catalogue.
    pub fn of(
        ground: &Ground,
        viewer: &Viewer,
        (id, state): (String, State),
    ) -> Result<Option<Self>, Trouble> {
        let Some(dossier) = state.dossier else {
            return Ok(None);
        };
        let allowed = allowed(viewer, &Facts::of(&dossier));
        if !allowed.contains(&Action::View) {
            return Ok(None);
        }
        let key = &dossier.procedure;
        let missing = || Trouble::Broken(format!("dossier {}: no procedure {key}", dossier.code));
        let procedure = ground.catalogue().get(key).cloned();
        let procedure = procedure.ok_or_else(missing)?;
        Ok(Some(Self {
            id,
            dossier,
            procedure,
            allowed,
        }))
    }

    /// Whether this viewer may do it now.
    #[must_use]
    pub fn may(&self, action: Action) -> bool {
        self.allowed.contains(&action)
    }

    /// The code as text.
    #[must_use]
    pub fn code(&self) -> String {
        self.dossier.code.to_string()
    }
}
