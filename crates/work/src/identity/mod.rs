//! Identity: who may come in, how they prove who they are, and which sessions are open.
//!
//! Officers sign in with a name and a password, then a code of their telephone (TOTP). Citizens
//! sign in with their personal number, organisations with their tax code. A session resolves on
//! every request to the [`Viewer`] with the posts in force at that moment.
//! Does not know: what a viewer may do with a dossier, nor the screens behind the door.
pub mod account;
pub mod administer;
mod attempts;
mod browsers;
mod card;
mod codes;
mod kept;
mod one_time;
mod own_sessions;
mod pages;
mod proofs;
mod registration;
mod rules;
mod second_step;
mod sign_in;
mod views;
mod words;

use std::sync::Arc;

use account::Accounts;
use facts::agency::Viewer;
use facts::people;
use jiff::Timestamp;
use kernel::{Ctx, Database, Handled, Migration, Request, Statement, Trouble};
use matters::Ground;
use web::{About, KeptForm, Kind, PasswordTrouble, Passwords, Sessions, SessionsAnswer, Signed};

pub use codes::HandedOver;
pub use pages::people::people_routes;
pub use pages::routes;
pub use registration::{NewOrganisation, NewPerson};
pub use rules::{PasswordFault, Refusal};
pub use second_step::code_at;
pub use sign_in::{Begun, Client, Credentials, Entered};
pub use views::{Account, Session};

/// The tables of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "work/0001_identity",
        sql: include_str!("schema.sql"),
    },
    Migration {
        name: "work/0002_known_browsers",
        sql: include_str!("known_browsers.sql"),
    },
    Migration {
        name: "work/0003_kept_forms",
        sql: include_str!("kept_forms.sql"),
    },
    // A closed account leaves its login free; accounts that people made themselves are unconfirmed.
    Migration {
        name: "work/0004_unconfirmed_accounts",
        sql: include_str!("unconfirmed.sql"),
    },
];

/// Whether officers need a second step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SecondStep {
    /// Every officer enrols a device at the first sign-in (TCVN 14423:2026 asks for it).
    Required,
    /// Only where somebody has enrolled one: for a demonstration and for load tests.
    WhenEnrolled,
}

/// The room's door: clones share everything.
#[derive(Clone)]
pub struct Identity(Arc<Inner>);

struct Inner {
    ground: Ground,
    passwords: Passwords,
    officers_second_step: SecondStep,
}

/// Why an act of this room did not happen.
#[derive(Debug)]
pub enum Failure {
    /// A rule says no; the person can do something about it.
    Refusal(Refusal),
    /// Too many passwords are being checked, or one could not be.
    Password(PasswordTrouble),
    /// The world failed.
    Trouble(Trouble),
}

impl From<Refusal> for Failure {
    fn from(refusal: Refusal) -> Failure {
        Failure::Refusal(refusal)
    }
}

impl From<PasswordTrouble> for Failure {
    fn from(trouble: PasswordTrouble) -> Failure {
        Failure::Password(trouble)
    }
}

impl From<Trouble> for Failure {
    fn from(trouble: Trouble) -> Failure {
        Failure::Trouble(trouble)
    }
}

impl Identity {
    /// On this ground; hashing in the pool that the whole program shares.
    pub fn new(ground: Ground, passwords: Passwords, officers: SecondStep) -> Identity {
        Identity(Arc::new(Inner {
            ground,
            passwords,
            officers_second_step: officers,
        }))
    }

    fn db(&self) -> &Database {
        self.0.ground.db()
    }

    /// What happens to the account `id`, with the rows that no entry may hold, as one transaction.
    async fn order(
        &self,
        id: &str,
        command: account::Command,
        along: Vec<Statement>,
        ctx: Ctx,
    ) -> Result<Handled<account::State>, Failure> {
        let request = Request {
            id: id.to_owned(),
            command,
            private: None,
            along,
            ctx,
        };
        let answer = self.0.ground.journal.handle(&Accounts, request).await;
        answer.map_err(|failure| match failure {
            kernel::Failure::Refused(refusal) => Failure::Refusal(refusal),
            kernel::Failure::Trouble(trouble) => Failure::Trouble(trouble),
        })
    }

    /// The session of this cookie secret with its viewer, or nothing when it is over.
    async fn signed(&self, secret: &str, now: Timestamp) -> Result<Option<Signed>, Trouble> {
        let hash = rules::secret_hash(secret);
        let Some(session) = views::session_by_hash(self.db(), &hash).await? else {
            return Ok(None);
        };
        if !rules::is_alive(&session, now) {
            return Ok(None);
        }
        if rules::is_worth_noting(session.seen_at, now) {
            self.db()
                .write(vec![views::session_seen(&session.id, now)])
                .await?;
            views::forget_session(self.db(), &hash);
        }
        let viewer = self.viewer(&session, now).await?;
        Ok(Some(signed(session, viewer)))
    }

    async fn viewer(&self, session: &Session, now: Timestamp) -> Result<Viewer, Trouble> {
        match session.door {
            Kind::Citizen => Ok(Viewer::Citizen {
                person: session.subject.clone(),
                confirmed_as: people::views::confirmed_as(self.db(), &session.subject).await?,
            }),
            Kind::Officer => self.0.ground.offices.viewer(&session.subject, now).await,
        }
    }
}

fn signed(session: Session, viewer: Viewer) -> Signed {
    let all = viewer.posts().iter().flat_map(|post| post.rights.iter());
    let mut rights: Vec<String> = all.map(|right| right.as_str().to_owned()).collect();
    rights.sort_unstable();
    rights.dedup();
    Signed {
        session_id: session.id,
        subject: session.subject,
        display_name: session.display_name,
        standing: session.standing,
        kind: session.door,
        rights,
        unread: 0,
        viewer: Arc::new(viewer),
    }
}

/// Somebody's own act, or the program's, from no form.
fn by(actor: &str, now: Timestamp) -> Ctx {
    Ctx {
        actor: actor.to_owned(),
        office: String::new(),
        now,
        command_id: web::fresh_command_id(now),
    }
}

impl Sessions for Identity {
    fn resolve<'a>(&'a self, secret: &'a str, now: Timestamp) -> SessionsAnswer<'a> {
        Box::pin(async move { self.signed(secret, now).await.map_err(words_of) })
    }

    fn ended<'a>(&'a self, secret: &'a str) -> About<'a, Option<Kind>> {
        Box::pin(async move {
            let hash = rules::secret_hash(secret);
            let session = views::session_by_hash(self.db(), &hash).await;
            Ok(session.map_err(words_of)?.map(|session| session.door))
        })
    }

    fn keep<'a>(
        &'a self,
        holder: &'a str,
        form: KeptForm,
        now: Timestamp,
    ) -> About<'a, Option<String>> {
        Box::pin(async move { self.keep_form(holder, form, now).await.map_err(words_of) })
    }

    fn kept<'a>(
        &'a self,
        secret: &'a str,
        holder: &'a str,
        now: Timestamp,
    ) -> About<'a, Option<KeptForm>> {
        Box::pin(async move { self.kept_form(secret, holder, now).await.map_err(words_of) })
    }

    fn forget_kept<'a>(&'a self, secret: &'a str) -> About<'a, ()> {
        Box::pin(async move {
            let dropped = views::drop_kept(&rules::secret_hash(secret));
            self.db().write(vec![dropped]).await.map_err(words_of)?;
            Ok(())
        })
    }
}

/// For the log.
fn words_of(trouble: Trouble) -> String {
    trouble.to_string()
}

#[cfg(test)]
mod tests;
