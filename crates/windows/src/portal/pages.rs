//! The portal's URLs: public ones, and those of a person's own dossiers. The only HTTP of this
//! room.
//! Does not know: forms that change something; their addresses belong to other rooms.
mod dossier;
mod home;
mod lookup;
mod mine;
mod procedure;
mod procedures;

use std::sync::Arc;

use jiff::Timestamp;
use jiff::civil::Date;
use matters::Ground;
use web::{Access, Limiter, Routes, Rule, show};

use super::views::MostUsed;

/// Lookups from one address: a person types a code a few times; a machine that guesses codes is
/// slowed to one in six seconds, and a day has thousands of possible codes an agency.
const LOOKUPS: Rule = Rule {
    burst: 20,
    refill_ms: 6_000,
    keys_max: 100_000,
};

/// What the portal's handlers share.
#[derive(Clone)]
struct Portal {
    ground: Ground,
    lookups: Arc<Limiter>,
    most_used: Arc<MostUsed>,
}

/// The routes of this room.
#[must_use]
pub fn routes(ground: Ground) -> Routes {
    let portal = Portal {
        ground,
        lookups: Arc::new(Limiter::new(LOOKUPS)),
        most_used: Arc::new(MostUsed::default()),
    };
    Routes::over(portal)
        .get("/", Access::Public, home::home)
        .get("/counters", Access::Public, home::counters)
        .get("/procedures", Access::Public, procedures::list)
        .get("/procedures/{code}", Access::Public, procedure::show)
        .get(
            "/procedures/{code}/form.schema.json",
            Access::Public,
            procedure::schema,
        )
        .get("/dossiers", Access::SignedIn, mine::list)
        .get("/dossiers/{code}", Access::SignedIn, dossier::show)
        .get("/lookup", Access::Public, lookup::ask)
        .get("/lookup/{code}", Access::Public, lookup::show)
        .done()
}

/// The Vietnamese day of a moment: which versions of procedures hold.
fn today(now: Timestamp) -> Date {
    show::local_date(now)
}

/// The name of the procedure of a key as text.
fn procedure_name(portal: &Portal, key: &str) -> String {
    let found = key.parse().ok();
    let found = found.and_then(|key| portal.ground.catalogue().get(&key));
    found.map_or_else(|| key.to_owned(), |procedure| procedure.name.vi.clone())
}
