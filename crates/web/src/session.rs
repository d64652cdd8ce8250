//! Who is asking: what a session resolves to, and the extractors by which a handler says so.
//!
//! It does not know how people prove who they are, nor where sessions are kept.

use std::any::Any;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use jiff::Timestamp;

use crate::kept::KeptForm;
use crate::problem::Problem;
use crate::visit::Visit;

/// The two doors of the house.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Somebody with an affair of their own (a person or an organisation).
    Citizen,
    /// Somebody who works here.
    Officer,
}

/// A resolved session.
#[derive(Clone)]
pub struct Signed {
    /// Public name of the session (never the secret of the cookie).
    pub session_id: String,
    /// Who: the account's stable name in the journal.
    pub subject: String,
    /// Name shown in the header.
    pub display_name: String,
    /// A second line below the name: the position, or empty.
    pub standing: String,
    /// Which door.
    pub kind: Kind,
    /// Names of rights, for `Access::OfficerWith` and menus.
    pub rights: Vec<String>,
    /// How many unread notices the header shows.
    pub unread: u32,
    /// What the upper floor wants its handlers to get: see `SignedIn` and `Viewing`.
    pub viewer: Arc<dyn Any + Send + Sync>,
}

/// What `Sessions::resolve` promises: nobody, somebody, or a trouble told in words for the log.
pub type SessionsAnswer<'a> =
    Pin<Box<dyn Future<Output = Result<Option<Signed>, String>> + Send + 'a>>;

/// An answer about sessions, or a trouble told in words for the log.
pub type About<'a, T> = Pin<Box<dyn Future<Output = Result<T, String>> + Send + 'a>>;

/// Resolves the secret of a session cookie. Implemented by the room that keeps sessions, which also
/// keeps for a short time what somebody sent when their session was over.
pub trait Sessions: Send + Sync + 'static {
    /// Who holds this secret at `now`; `None` when it is unknown, ended or too old.
    fn resolve<'a>(&'a self, secret: &'a str, now: Timestamp) -> SessionsAnswer<'a>;

    /// Which door the session of this secret was for, over or not.
    fn ended<'a>(&'a self, _secret: &'a str) -> About<'a, Option<Kind>> {
        Box::pin(async { Ok(None) })
    }

    /// Keeps a form for the account whose session `holder` names, over or not; the answer is the
    /// secret by which this browser gets it again, or nothing where none are kept.
    fn keep<'a>(
        &'a self,
        _holder: &'a str,
        _form: KeptForm,
        _now: Timestamp,
    ) -> About<'a, Option<String>> {
        Box::pin(async { Ok(None) })
    }

    /// The form that is kept under this secret, if it is for the account whose session `holder`
    /// names, and not too old.
    fn kept<'a>(
        &'a self,
        _secret: &'a str,
        _holder: &'a str,
        _now: Timestamp,
    ) -> About<'a, Option<KeptForm>> {
        Box::pin(async { Ok(None) })
    }

    /// Forgets a kept form.
    fn forget_kept<'a>(&'a self, _secret: &'a str) -> About<'a, ()> {
        Box::pin(async { Ok(()) })
    }
}

/// Extractor: the signed-in person and the upper floor's viewer `V`; 401 without a session.
pub struct SignedIn<V> {
    /// The session.
    pub signed: Signed,
    /// What the upper floor knows about the asker.
    pub viewer: Arc<V>,
}

impl<S: Send + Sync, V: Any + Send + Sync> FromRequestParts<S> for SignedIn<V> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let visit = Visit::of(&parts.extensions)?;
        let signed = visit.signed().cloned().ok_or(Problem::SignInNeeded)?;
        let viewer = viewer_of::<V>(&signed)?;
        Ok(SignedIn { signed, viewer })
    }
}

/// Extractor for pages open to all: the viewer `V` of a signed-in person, or none.
pub struct Viewing<V>(
    /// Present when somebody has signed in.
    pub Option<Arc<V>>,
);

impl<S: Send + Sync, V: Any + Send + Sync> FromRequestParts<S> for Viewing<V> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let visit = Visit::of(&parts.extensions)?;
        let viewer = visit.signed().map(viewer_of::<V>).transpose()?;
        Ok(Viewing(viewer))
    }
}

fn viewer_of<V: Any + Send + Sync>(signed: &Signed) -> Result<Arc<V>, Problem> {
    Arc::downcast::<V>(signed.viewer.clone())
        .map_err(|_| Problem::bug("the session carries another type of viewer"))
}
