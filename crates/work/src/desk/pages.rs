//! The addresses of the desk. The only HTTP of the room; a page is a file in `pages/` with its
//! template. Does not know: SQL, what the law allows.
mod acts;
mod book;
mod dossier;
mod export;
mod inbox;
mod looks;
mod search;
mod why;

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use facts::agency::{Right, Viewer};
use jiff::Timestamp;
use kernel::Ctx;
use matters::Ground;
use matters::dossier::Dossier;
use web::{Access, Problem, Routes, Signed, SignedIn, Texts, Visit};

use super::deed::Deed;
use super::form::WRITTEN;

/// What the pages stand on.
#[derive(Clone)]
struct Room {
    ground: Ground,
}

/// The addresses of the desk over this ground.
pub fn routes(ground: Ground) -> Routes {
    let mut routes = Routes::over(Room { ground })
        .get("/desk", Access::Officer, inbox::show)
        .post("/desk/claims", Access::Officer, inbox::claim)
        .post(
            "/desk/approvals",
            Access::OfficerWith("approve"),
            inbox::approve,
        )
        .get("/desk/search", Access::Officer, search::show)
        .get("/desk/book", Access::Officer, book::show)
        .get("/desk/book.pdf", Access::Officer, book::print)
        .get("/desk/book.csv", Access::Officer, export::download)
        .get(
            "/desk/looks",
            Access::OfficerWithAny(&["audit", "oversee"]),
            looks::show,
        )
        .post("/desk/dossiers/{code}/look", Access::Officer, why::sent)
        .get("/desk/dossiers/{code}", Access::Officer, dossier::show);
    for (deed, path, access) in Deed::table() {
        routes = routes.post_texts(
            path,
            access,
            Texts::Named(WRITTEN),
            async move |state: acts::Ask, form: web::FormData| acts::post(deed, state, form).await,
        );
    }
    routes.done()
}

/// The officer who asks, and when.
struct Asked {
    visit: Visit,
    signed: Signed,
    viewer: Arc<Viewer>,
    now: Timestamp,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let SignedIn { signed, viewer } = SignedIn::from_request_parts(parts, state).await?;
        let visit = Visit::from_request_parts(parts, state).await?;
        let now = visit.now();
        Ok(Self {
            visit,
            signed,
            viewer,
            now,
        })
    }
}

impl Asked {
    /// The context of a command, given from the post in the office that has to do with the dossier.
    fn ctx(&self, dossier: &Dossier, command_id: String) -> Ctx {
        Ctx {
            actor: self.signed.subject.clone(),
            office: self.office(dossier),
            now: self.now,
            command_id,
        }
    }

    /// The competent agency if the officer has a post there, else the one that receives or is
    /// asked.
    fn office(&self, dossier: &Dossier) -> String {
        let own = |agency: &str| self.viewer.posts().iter().any(|post| post.agency == agency);
        let mut near = vec![dossier.agency.as_str(), &dossier.reception_agency];
        near.push(dossier.return_agency());
        near.extend(dossier.consulted.iter().map(String::as_str));
        let near = near.into_iter().find(|agency| own(agency));
        let any = || self.viewer.posts().first().map(|post| post.agency.as_str());
        near.or_else(any).unwrap_or_default().to_owned()
    }

    /// The agencies whose book this officer may read, the first one their own.
    fn agencies(&self) -> Vec<String> {
        let mut agencies: Vec<String> = Vec::new();
        for post in self.viewer.posts() {
            let only_accounts = post.rights.iter().all(|right| *right == Right::Administer);
            if !only_accounts && !agencies.contains(&post.agency) {
                agencies.push(post.agency.clone());
            }
        }
        agencies
    }
}
