//! `/desk/looks`: who looked at the agency's dossiers without having work on them, for those who
//! audit or oversee it. Does not know: SQL.
use askama::Template;
use axum::extract::State;
use facts::agency::Right;
use jiff::Timestamp;
use matters::dossier::views::{Look, looks};
use web::ui::Choice;
use web::{Answer, Problem, QueryData, Shell, show as shown};

use super::{Asked, Room};
use crate::desk::names::Names;
use crate::desk::words::say;

/// Lines of one page.
const LINES: usize = 40;

struct Row {
    when: String,
    code: String,
    officer: String,
    office: String,
    reason: String,
}

#[derive(Template)]
#[template(path = "desk/pages/looks.html")]
struct LooksPage {
    shell: Shell,
    agency: String,
    agency_name: String,
    agencies: Vec<Choice>,
    rows: Vec<Row>,
    next: String,
    first: bool,
}

pub(super) async fn show(
    State(room): State<Room>,
    asked: Asked,
    QueryData(query): QueryData,
) -> Answer {
    let ground = &room.ground;
    let mut own = asked.viewer.agencies_with(Right::Audit);
    own.extend(asked.viewer.agencies_with(Right::Oversee));
    own.sort_unstable();
    own.dedup();
    let wanted = query.filled("agency").or(own.first().copied());
    let agency = wanted.filter(|id| own.contains(id));
    let agency = agency.ok_or(Problem::NotFound)?;
    let part = (agency, place(query.text("after")));
    let found = looks(&ground.lists(), &asked.viewer, part, LINES + 1).await;
    let mut found = found.map_err(Problem::trouble)?;
    let more = found.len() > LINES;
    found.truncate(LINES);
    let officers = found.iter().map(|look| look.officer.clone()).collect();
    let names = Names::read(ground, officers, asked.now)
        .await
        .map_err(Problem::trouble)?;
    let last = found.last().filter(|_| more);
    let next = last.map(|look| format!("{}~{}", look.at.as_millisecond(), look.dossier_id));
    web::render(&LooksPage {
        agency: agency.to_owned(),
        agency_name: names.agency(agency).to_owned(),
        agencies: own
            .iter()
            .map(|id| Choice::new(*id, names.agency(id)))
            .collect(),
        rows: found.iter().map(|look| row(look, &names)).collect(),
        next: next.unwrap_or_default(),
        first: query.filled("after").is_none(),
        shell: Shell::new(&asked.visit),
    })
}

/// The place in the list after which a page begins, as its address has it.
fn place(text: &str) -> Option<(Timestamp, String)> {
    let (at, id) = text.split_once('~')?;
    let at = Timestamp::from_millisecond(at.parse().ok()?).ok()?;
    Some((at, id.to_owned()))
}

fn row(look: &Look, names: &Names) -> Row {
    Row {
        when: shown::moment(look.at),
        code: look.code.clone(),
        officer: names.officer(&look.officer).to_owned(),
        office: names.agency(&look.office).to_owned(),
        reason: say(&format!("look_reason.{}", look.reason)),
    }
}
