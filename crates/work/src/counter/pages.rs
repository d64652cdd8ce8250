//! The counter's addresses, and what all of its pages ask first: who is there, at which counter,
//! which dossier is meant.
//! Does not know: what is allowed; `matters::dossier::may` says so, and each route names the right
//! that opens it.

mod fees;
mod handover;
mod intake;
mod letters;
mod look;
mod open_sheets;
mod reception;
mod today;
mod view;

use super::told::Told;
use axum::extract::{FromRef, FromRequestParts};
use axum::http::request::Parts;
use facts::agency::{Right, Viewer};
use jiff::Timestamp;
use jiff::civil::Date;
use kernel::{Ctx, Failure};
use matters::dossier::views::{self, Line};
use matters::dossier::{Action, Code, Dossier, Refusal, asks_why, day_of};
use matters::{Ground, Standing};
use std::ops::Deref;
use std::sync::Arc;
use web::{Access, Limiter, Problem, Routes, Rule, Shell, SignedIn, Texts, Visit};

/// Whoever does anything at a counter may see it.
const COUNTER: Access = Access::OfficerWithAny(&RIGHTS);

/// The rights of which one opens `/counter`, and shows it in the menu.
pub const RIGHTS: [&str; 3] = ["intake", "deliver", "collect_fee"];

const INTAKE: Access = Access::OfficerWith("intake");
const COLLECT_FEE: Access = Access::OfficerWith("collect_fee");
const DELIVER: Access = Access::OfficerWith("deliver");

/// A dossier that waits for nothing here is read at the desk, where why is asked first.
const NO_WORK: &str = "Hồ sơ này không chờ việc gì ở quầy của bạn. Nếu cần xem, mở ở mục \
    Tìm hồ sơ và ghi lý do.";

/// The rights that make somebody belong to a counter.
const COUNTER_RIGHTS: [Right; 3] = [Right::Intake, Right::CollectFee, Right::Deliver];

/// Searches for a person by one officer: a sheet needs two or three, and a busy hour has thirty
/// sheets. Who reads the register name by name comes to its end.
const SEARCHES: Rule = Rule {
    burst: 90,
    refill_ms: 20_000,
    keys_max: 10_000,
};

/// What the pages stand on.
#[derive(Clone)]
struct Room {
    ground: Ground,
    people: Arc<Limiter>,
}

impl FromRef<Room> for Ground {
    fn from_ref(room: &Room) -> Self {
        room.ground.clone()
    }
}

/// The addresses of this room.
#[must_use]
pub fn routes(ground: Ground) -> Routes {
    let people = Arc::new(Limiter::new(SEARCHES));
    Routes::over(Room { ground, people })
        .get("/counter", COUNTER, today::today)
        .get("/counter/search", COUNTER, today::search)
        .get("/counter/intake", INTAKE, intake::choose)
        .post("/counter/intake", INTAKE, intake::begin)
        .get("/counter/intake/{draft}", INTAKE, intake::show)
        .post_texts("/counter/intake/{draft}", INTAKE, Texts::Any, intake::act)
        .post_texts(
            "/counter/intake/{draft}/save",
            INTAKE,
            Texts::Any,
            intake::save,
        )
        .get(
            "/counter/intake/{draft}/letters/{form}",
            INTAKE,
            letters::of_draft,
        )
        .get(
            "/counter/intake/{draft}/scans/{digest}",
            INTAKE,
            intake::scan,
        )
        .get("/counter/received/{code}", INTAKE, intake::received)
        .get("/counter/reception/{code}", INTAKE, reception::show)
        .post_texts(
            "/counter/reception/{code}",
            INTAKE,
            Texts::Any,
            reception::act,
        )
        .get("/counter/fees", COLLECT_FEE, fees::list)
        .get("/counter/fees/{code}", COLLECT_FEE, fees::show)
        .post("/counter/fees/{code}", COLLECT_FEE, fees::collect)
        .get(
            "/counter/fees/{code}/fee-receipt.pdf",
            COLLECT_FEE,
            letters::receipt,
        )
        .post("/counter/fees/{code}/refund", COLLECT_FEE, fees::refund)
        .get(
            "/counter/fees/{code}/fee-refund.pdf",
            COLLECT_FEE,
            letters::refund,
        )
        .get("/counter/return", DELIVER, handover::list)
        .get("/counter/return/{code}", DELIVER, handover::show)
        .post("/counter/return/{code}", DELIVER, handover::deliver)
        .done()
}

/// The officer at the counter, and the moment. Extracted in every handler.
pub(super) struct Clerk {
    viewer: Arc<Viewer>,
    subject: String,
    name: String,
    visit: Visit,
    now: Timestamp,
    /// Counts their searches for people.
    people: Arc<Limiter>,
}

impl FromRequestParts<Room> for Clerk {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &Room) -> Result<Self, Problem> {
        let SignedIn { signed, viewer } =
            SignedIn::<Viewer>::from_request_parts(parts, state).await?;
        let visit = Visit::from_request_parts(parts, state).await?;
        let now = visit.now();
        Ok(Self {
            viewer,
            subject: signed.subject,
            name: signed.display_name,
            visit,
            now,
            people: Arc::clone(&state.people),
        })
    }
}

impl Clerk {
    /// The frame of a page; taken when the page is certain to be drawn.
    fn shell(&self) -> Shell {
        Shell::new(&self.visit)
    }

    /// Today in Vietnam.
    fn today(&self) -> Date {
        day_of(self.now)
    }

    /// The agencies at whose counter they sit.
    fn counters(&self) -> Vec<&str> {
        let mut all: Vec<&str> = COUNTER_RIGHTS
            .iter()
            .flat_map(|right| self.viewer.agencies_with(*right))
            .collect();
        all.sort_unstable();
        all.dedup();
        all
    }

    /// The counter at which they take in.
    fn reception(&self) -> Result<&str, Problem> {
        self.viewer
            .agencies_with(Right::Intake)
            .first()
            .copied()
            .ok_or(Problem::Forbidden)
    }

    /// Who, where, when: for one command.
    fn ctx(&self, office: &str, command_id: &str) -> Ctx {
        Ctx {
            actor: self.subject.clone(),
            office: office.to_owned(),
            now: self.now,
            command_id: command_id.to_owned(),
        }
    }

    /// The office in which they act on a dossier with `right`: the counter that received it, the
    /// one that returns, or the competent agency.
    fn office<'d>(&self, dossier: &'d Dossier, right: Right) -> &'d str {
        let agencies = [
            dossier.reception_agency.as_str(),
            dossier.return_agency(),
            dossier.agency.as_str(),
        ];
        let acting = agencies
            .into_iter()
            .find(|agency| self.viewer.post_in(agency, right).is_some());
        acting.unwrap_or(&dossier.agency)
    }
}

/// One dossier, opened for one officer: how it stands, and what people wrote.
pub(super) struct Opened {
    standing: Standing,
    line: Line,
    /// Empty for those who may not read it (the cashier).
    told: Told,
}

impl Deref for Opened {
    type Target = Standing;

    fn deref(&self) -> &Standing {
        &self.standing
    }
}

/// Opens the dossier of a code; for somebody who may not see it, it is not there.
async fn open(ground: &Ground, clerk: &Clerk, code: &str) -> Result<Opened, Problem> {
    let code: Code = code.parse().map_err(|_| Problem::NotFound)?;
    let line = views::by_code(ground.db(), &code)
        .await?
        .ok_or(Problem::NotFound)?;
    let whole = ground.journal.whole(&*ground.law, &line.id).await?;
    let known = (line.id.clone(), whole.state.clone());
    let standing = Standing::of(ground, &clerk.viewer, known)?.ok_or(Problem::NotFound)?;
    let reads = standing.may(Action::ViewPrivate);
    if reads && asks_why(&clerk.viewer, &standing.dossier, &whole.entries, clerk.now) {
        return Err(Problem::Refused(NO_WORK.to_owned()));
    }
    let told = match reads {
        true => Told::of(&whole),
        false => Told::default(),
    };
    Ok(Opened {
        standing,
        line,
        told,
    })
}

/// How the dossier of a code stands, to act on it.
async fn standing(ground: &Ground, clerk: &Clerk, code: &str) -> Result<Standing, Problem> {
    let found = Standing::remembered(ground, &clerk.viewer, code).await?;
    found.ok_or(Problem::NotFound)
}

/// A refusal to show at the form, or the end of the request: trouble is logged, a foreign dossier
/// is forbidden.
fn refused(failure: Failure<Refusal>) -> Result<Refusal, Problem> {
    match failure {
        Failure::Refused(Refusal::NotAllowed { .. }) => Err(Problem::Forbidden),
        Failure::Refused(refusal) => Ok(refusal),
        Failure::Trouble(trouble) => Err(Problem::trouble(trouble)),
    }
}
