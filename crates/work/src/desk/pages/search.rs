//! `/desk/search`: dossiers by code, name without diacritics, personal number or telephone,
//! with filters. The list shows what the table of rights shows. Does not know: SQL.
use askama::Template;
use axum::extract::State;
use facts::agency::Right;
use jiff::Timestamp;
use matters::Ground;
use matters::dossier::Phase;
use matters::dossier::views::{Line, Search, list};
use web::ui::{Choice, Tag};
use web::{Answer, FormData, Problem, QueryData, Shell, Tone};

use super::inbox::{procedure_of, procedures};
use super::{Asked, Room};
use crate::desk::due::DueWords;
use crate::desk::words::say;

/// Lines of one page: a screen.
const LINES: usize = 20;

struct Row {
    code: String,
    procedure: String,
    applicant: String,
    address: String,
    status: Tag,
    submitted: String,
    due: DueWords,
}

#[derive(Template)]
#[template(path = "desk/pages/search.html")]
struct SearchPage {
    shell: Shell,
    rows: Vec<Row>,
    text: String,
    phase: String,
    phases: Vec<Choice>,
    procedure: String,
    procedures: Vec<Choice>,
    channel: String,
    channels: Vec<Choice>,
    overdue: bool,
    /// May also see who looked at dossiers.
    looks: bool,
    next: String,
    first: bool,
}

pub(super) async fn show(
    State(room): State<Room>,
    asked: Asked,
    QueryData(query): QueryData,
) -> Answer {
    let ground = &room.ground;
    let now = asked.now;
    let search = search(ground, &query).await?;
    let found = list(&ground.lists(), &asked.viewer, &search, LINES + 1).await;
    let mut lines = found.map_err(Problem::trouble)?;
    let more = lines.len() > LINES;
    lines.truncate(LINES);
    let next = lines
        .last()
        .filter(|_| more)
        .map(|line| line.cursor().to_string());
    let word = |name: &str| query.text(name).to_owned();
    let named = |prefix: &str, names: &[&str]| -> Vec<Choice> {
        let choice = |name: &&str| Choice::new(*name, say(&format!("{prefix}.{name}")));
        names.iter().map(choice).collect()
    };
    web::render(&SearchPage {
        rows: lines.iter().map(|line| row(ground, line, now)).collect(),
        text: word("q"),
        phase: word("phase"),
        phases: named("phase", &Phase::ALL.map(Phase::name)),
        procedure: word("procedure"),
        procedures: procedures(ground, now),
        channel: word("channel"),
        channels: named("channel", &["counter", "online", "post"]),
        overdue: query.has("overdue"),
        looks: asked.viewer.has(Right::Audit) || asked.viewer.has(Right::Oversee),
        next: next.unwrap_or_default(),
        first: query.filled("after").is_none(),
        shell: Shell::new(&asked.visit),
    })
}

async fn search(ground: &Ground, query: &FormData) -> Result<Search, Problem> {
    let text = query.text("q");
    let read = Search::of_text(ground.db(), text).await;
    Ok(Search {
        phase: Phase::from_name(query.text("phase")),
        procedure_code: query.text("procedure").to_owned(),
        channel: query.text("channel").to_owned(),
        overdue_only: query.has("overdue"),
        after: query.text("after").parse().ok(),
        ..read.map_err(Problem::trouble)?
    })
}

fn row(ground: &Ground, line: &Line, now: Timestamp) -> Row {
    let calendar = ground.law.calendars.of(&line.agency);
    let known = procedure_of(ground, &line.procedure);
    let running = line.due_at.filter(|_| line.finished_at.is_none());
    Row {
        code: line.code.clone(),
        procedure: known.map_or_else(|| line.procedure.clone(), |p| p.name.vi.clone()),
        applicant: line.applicant_name.clone(),
        address: line.applicant_address.clone(),
        status: status(line.phase),
        submitted: web::show::moment(line.submitted_at),
        due: running.map_or_else(DueWords::none, |due| DueWords::of(calendar, due, now)),
    }
}

/// The phase as a coloured word.
pub(super) fn status(phase: Phase) -> Tag {
    let tone = match phase {
        Phase::Released | Phase::Delivered => Tone::Good,
        Phase::SupplementAsked | Phase::SupplementReceived | Phase::FeeDue => Tone::Warn,
        Phase::Refused | Phase::Rejected | Phase::Stopped => Tone::Bad,
        Phase::Withdrawn | Phase::ClosedUnsupplemented => Tone::Quiet,
        _ => Tone::Info,
    };
    Tag::new(tone, say(&format!("phase.{}", phase.name())))
}
