//! The addresses of the console, and whose figures somebody may see. The only HTTP of this room; a
//! page is a file in `pages/` with its template.
//! Does not know: how figures are counted.
mod dashboard;
mod download;
mod report;

use std::collections::BTreeMap;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use facts::agency::{Agency, Right, Viewer};
use jiff::Timestamp;
use matters::Ground;
use web::{Access, Problem, Routes, SignedIn, Visit, show};

use super::words::say;

/// Those who lead an agency, and those who inspect it.
const WHO: [Right; 2] = [Right::Oversee, Right::Audit];
/// The same by their names: for the door and the menu.
pub const RIGHTS: [&str; 2] = ["oversee", "audit"];
const LEADERS: Access = Access::OfficerWithAny(&RIGHTS);
/// How late figures may be before the page says so: ten times what a healthy reader needs.
const LAG_TOLD: jiff::SignedDuration = jiff::SignedDuration::from_secs(20);

/// What the pages stand on.
#[derive(Clone)]
struct Room {
    ground: Ground,
}

/// The addresses of the console over this ground.
#[must_use]
pub fn routes(ground: Ground) -> Routes {
    Routes::over(Room { ground })
        .get("/console", LEADERS, dashboard::show)
        .get("/console/report", LEADERS, report::show)
        .get("/console/report.csv", LEADERS, download::download)
        .done()
}

/// Who asks, and when.
struct Asked {
    visit: Visit,
    viewer: std::sync::Arc<Viewer>,
    now: Timestamp,
}

impl<S: Send + Sync> FromRequestParts<S> for Asked {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let SignedIn { viewer, .. } = SignedIn::from_request_parts(parts, state).await?;
        let visit = Visit::from_request_parts(parts, state).await?;
        let now = visit.now();
        Ok(Self { visit, viewer, now })
    }
}

/// The agencies whose figures somebody may see: those in which they lead or inspect, and all that
/// stand under these. Figures say nothing about a person.
struct Scope {
    /// In which they have the right themselves; the highest first.
    own: Vec<String>,
    /// Those and the ones below, by identifier.
    agencies: BTreeMap<String, Agency>,
}

impl Scope {
    async fn of(ground: &Ground, asked: &Asked) -> Result<Self, Problem> {
        let all = ground.offices.agencies(asked.now).await;
        let scope = Self::among(all.map_err(Problem::trouble)?, &asked.viewer);
        if scope.agencies.is_empty() {
            return Err(Problem::Forbidden);
        }
        Ok(scope)
    }

    fn among(all: Vec<Agency>, viewer: &Viewer) -> Self {
        let mut own: Vec<String> = WHO
            .iter()
            .flat_map(|right| viewer.agencies_with(*right))
            .map(str::to_owned)
            .collect();
        own.sort_unstable();
        own.dedup();
        let parents: BTreeMap<String, Option<String>> = all
            .iter()
            .map(|agency| {
                let parent = agency.parent.as_ref().map(|id| id.as_str().to_owned());
                (agency.id.as_str().to_owned(), parent)
            })
            .collect();
        let seen = |id: &str| {
            // No chain of agencies is longer than there are agencies.
            let mut at = Some(id.to_owned());
            for _ in 0..=parents.len() {
                match at {
                    Some(id) if own.contains(&id) => return true,
                    Some(id) => at = parents.get(&id).cloned().flatten(),
                    None => return false,
                }
            }
            false
        };
        let agencies = all
            .into_iter()
            .filter(|agency| seen(agency.id.as_str()))
            .map(|agency| (agency.id.as_str().to_owned(), agency))
            .collect();
        Self { own, agencies }
    }

    fn ids(&self) -> Vec<String> {
        self.agencies.keys().cloned().collect()
    }

    fn name<'a>(&'a self, id: &'a str) -> &'a str {
        self.agencies.get(id).map_or(id, |agency| &agency.name)
    }

    /// The name over the page: of the only or the highest agency.
    fn title(&self) -> &str {
        let first = self.own.first().map(String::as_str);
        self.name(first.unwrap_or_default())
    }
}

/// That the reader of the counts is behind, and since when; empty while it is not.
async fn behind(ground: &Ground, now: Timestamp) -> Result<String, Problem> {
    let since = kernel::reader::behind(&ground.lists(), super::reaction::NAME).await;
    let since = since.map_err(Problem::trouble)?;
    let told = since.filter(|since| now.duration_since(*since) > LAG_TOLD);
    Ok(told.map_or_else(String::new, |since| {
        say("wrong", "behind").replace("{since}", &show::moment(since))
    }))
}
