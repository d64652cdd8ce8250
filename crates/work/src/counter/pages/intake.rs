//! `/counter/intake`: takes in somebody who stands at the counter, on one page that keeps
//! everything as typed. Every button saves first; only "Tiếp nhận" insists that all is right.
//! Does not know: what the two commands of receiving do (`receive.rs`).

mod act;
mod page;
mod received;

pub(super) use act::act;
pub(super) use received::received;

use super::Clerk;
use crate::counter::drafts::{self, Begun};
use crate::counter::sheet::{Filled, Sheet};
use askama::Template;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::IntoResponse;
use facts::agency::{AgencyLevel, Right};
use facts::procedure::{Channel, Level, Procedure, ProcedureKey};
use matters::Ground;
use matters::draft;
use matters::files::{self, Asked, called};
use matters::questions::{Asker, Sought};
use page::{Drawn, draw};
use std::sync::Arc;
use web::{Answer, FormData, Problem, QueryData, Redirect, Shell, render};

#[derive(Template)]
#[template(path = "counter/pages/choose.html")]
struct ChoosePage {
    shell: Shell,
    q: String,
    rows: Vec<Offered>,
}

/// A procedure that can be handed in here.
struct Offered {
    key: String,
    code: String,
    name: String,
    field: String,
    promised: String,
    unverified: bool,
}

/// `/counter/intake?q=`: which procedure.
pub(super) async fn choose(
    State(ground): State<Ground>,
    QueryData(query): QueryData,
    clerk: Clerk,
) -> Answer {
    let q = query.text("q").to_owned();
    let found = ground.catalogue().search(&q, clerk.today());
    let rows = found.into_iter().filter(|procedure| is_offered(procedure));
    let row = |procedure: &Arc<Procedure>| Offered {
        key: procedure.key.to_string(),
        code: procedure.key.code.clone(),
        name: full_name(procedure),
        field: procedure.field.name.vi.clone(),
        promised: procedure.plain.how_long.vi.clone(),
        unverified: !procedure.to_verify.is_empty(),
    };
    render(&ChoosePage {
        rows: rows.map(row).collect(),
        q,
        shell: clerk.shell(),
    })
}

fn is_offered(procedure: &Procedure) -> bool {
    procedure.offer(Channel::Counter).is_some() || procedure.offer(Channel::Post).is_some()
}

fn full_name(procedure: &Procedure) -> String {
    match procedure.case_name.vi.as_str() {
        "" => procedure.name.vi.clone(),
        case => format!("{}: {case}", procedure.name.vi),
    }
}

/// Opens an empty sheet; the id comes from the form, so a double click opens one.
pub(super) async fn begin(State(ground): State<Ground>, clerk: Clerk, form: FormData) -> Answer {
    let key: ProcedureKey = form
        .text("procedure")
        .parse()
        .map_err(|_| Problem::NotFound)?;
    let procedure = ground
        .catalogue()
        .get(&key)
        .filter(|procedure| is_offered(procedure) && procedure.holds_on(clerk.today()));
    let procedure = procedure.ok_or(Problem::NotFound)?;
    let reception = clerk.reception()?;
    let agencies = agencies_of(&ground, &clerk, procedure).await?;
    let own = agencies.iter().any(|(id, _)| id == reception);
    let mut sheet = Sheet::begin(reception, if own { reception } else { "" });
    sheet.opened_by.clone_from(&clerk.subject);
    let filled = Filled {
        sheet,
        answers: kernel::Json::Object(serde_json::Map::new()),
    };
    let id = draft::id_from("intake", form.command_id()?);
    match drafts::begin(&ground, &id, (&key, &filled), clerk.now).await? {
        Begun::Open(id) => Ok(Redirect::to(format!("/counter/intake/{id}")).into_response()),
        Begun::TooMany => super::open_sheets::full(&ground, &clerk).await,
    }
}

/// The agencies that may be competent for a procedure: those of its level, by name.
async fn agencies_of(
    ground: &Ground,
    clerk: &Clerk,
    procedure: &Procedure,
) -> Result<Vec<(String, String)>, Problem> {
    let level = match procedure.key.level {
        Level::Province => AgencyLevel::Province,
        Level::Commune => AgencyLevel::Commune,
    };
    let agencies = ground.offices.agencies(clerk.now).await?;
    let fitting = agencies.into_iter().filter(|agency| agency.level == level);
    Ok(fitting
        .map(|agency| (agency.id.to_string(), agency.name))
        .collect())
}

/// An unfinished intake with its procedure.
pub(super) struct Intake {
    pub id: String,
    pub procedure: Arc<Procedure>,
    pub filled: Filled,
}

impl Intake {
    /// The draft, for the officers of its counter.
    pub async fn open(ground: &Ground, clerk: &Clerk, id: &str) -> Result<Option<Self>, Problem> {
        let counters = clerk.viewer.agencies_with(Right::Intake);
        let found = drafts::load(ground, id, &counters, clerk.now).await?;
        let Some((key, filled)) = found else {
            return Ok(None);
        };
        let procedure = ground
            .catalogue()
            .get(&key)
            .cloned()
            .ok_or(Problem::NotFound)?;
        Ok(Some(Self {
            id: id.to_owned(),
            procedure,
            filled,
        }))
    }

    /// The questions, asked today.
    pub fn asker<'a>(&'a self, ground: &'a Ground, clerk: &Clerk) -> Asker<'a> {
        Asker {
            form: &self.procedure.form,
            places: &ground.places,
            today: clerk.today(),
            province: "",
        }
    }

    /// Whether a file of this digest was uploaded into this sheet: as a scan, or as an answer.
    fn has_file(&self, digest: &str) -> bool {
        let Filled { sheet, answers } = &self.filled;
        let scanned = sheet.papers.values().any(|tick| tick.file == digest);
        scanned || self.procedure.form.files(answers).contains(&digest)
    }

    fn address(&self) -> String {
        format!("/counter/intake/{}", self.id)
    }

    async fn save(&self, ground: &Ground, clerk: &Clerk) -> Result<(), Problem> {
        Ok(drafts::save(ground, &self.id, &self.filled, clerk.now).await?)
    }
}

/// Where a draft that is no draft any more leads.
async fn gone(ground: &Ground, id: &str) -> Answer {
    let (_, dossier) = ground.begun_from(id).await?.ok_or(Problem::NotFound)?;
    Ok(Redirect::to(format!("/counter/received/{}", dossier.code)).into_response())
}

pub(super) async fn show(
    State(ground): State<Ground>,
    Path(id): Path<String>,
    QueryData(query): QueryData,
    clerk: Clerk,
) -> Answer {
    let drawn = Drawn {
        sought: Sought::of(&query),
        ..Drawn::default()
    };
    match Intake::open(&ground, &clerk, &id).await? {
        Some(intake) => draw(&ground, &clerk, &intake, drawn).await,
        None => gone(&ground, &id).await,
    }
}

/// Autosave of a script: everything typed so far, without files.
pub(super) async fn save(
    State(ground): State<Ground>,
    Path(id): Path<String>,
    clerk: Clerk,
    form: FormData,
) -> Answer {
    let Some(mut intake) = Intake::open(&ground, &clerk, &id).await? else {
        return Err(Problem::Conflict("Phiếu này đã thành hồ sơ.".to_owned()));
    };
    let asker = intake.asker(&ground, &clerk);
    let (filled, _) = intake.filled.read(&form, &asker, &intake.procedure);
    intake.filled = filled;
    intake.save(&ground, &clerk).await?;
    Ok(StatusCode::NO_CONTENT.into_response())
}

/// A scan of the sheet, to be looked at before it is accepted: pages, order, legibility.
pub(super) async fn scan(
    State(ground): State<Ground>,
    Path((id, digest)): Path<(String, String)>,
    QueryData(query): QueryData,
    clerk: Clerk,
) -> Answer {
    let intake = Intake::open(&ground, &clerk, &id)
        .await?
        .ok_or(Problem::NotFound)?;
    if !intake.has_file(&digest) {
        return Err(Problem::NotFound);
    }
    let mut papers = intake.filled.sheet.papers.iter();
    let scan = papers.find(|(_, tick)| tick.file == digest);
    let called = scan.map_or_else(
        || called(&intake.filled.answers, &digest).unwrap_or_default(),
        |(_, tick)| &tick.file_name,
    );
    let paper = scan.map(|(code, _)| intake.procedure.paper_name(code).vi);
    let name = files::name_or(called, "", &paper.unwrap_or_default());
    files::answer(&ground.files, &digest, &name, Asked::of(&query)).await
}
