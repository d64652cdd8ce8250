//! `/desk/book`: the follow-up book (sổ theo dõi hồ sơ, form 07) of an agency for a period, as
//! a page and as a paper. Does not know: how the rows came about (they are a view of the
//! journal).
use askama::Template;
use axum::extract::State;
use facts::agency::Viewer;
use jiff::civil::Date;
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};
use matters::Ground;
use matters::dossier::views::{Book, LINES_MAX, Line, book};
use serde_json::{Value as Json, json};
use web::ui::{Choice, DateAnswer, PeriodAnswer, PeriodWords};
use web::{Answer, FieldErrors, FormData, Problem, QueryData, Shell, show as shown};

use super::inbox::procedure_of;
use super::{Asked, Room};
use crate::desk::names::Names;
use crate::desk::words::say;

/// Viet Nam has one time all year.
const VIETNAM: Offset = Offset::constant(7);
/// Lines of one page on the screen.
const LINES: usize = 100;
/// Lines of one printed book; a longer period is printed in parts.
const PRINTED_MAX: usize = 5_000;

/// Which part of which book.
pub(super) struct Period {
    pub(super) agency: String,
    pub(super) from: Date,
    pub(super) to: Date,
    pub(super) errors: FieldErrors,
}

/// One line, as people read it.
pub(super) struct Row {
    pub(super) entry: usize,
    pub(super) code: String,
    pub(super) procedure: String,
    pub(super) applicant: String,
    pub(super) address: String,
    pub(super) phone: String,
    received: String,
    due: String,
    delivered: String,
    pub(super) method: String,
    pub(super) received_by: String,
}

#[derive(Template)]
#[template(path = "desk/pages/book.html")]
struct BookPage {
    shell: Shell,
    errors: FieldErrors,
    agency: String,
    agency_name: String,
    agencies: Vec<Choice>,
    from: DateAnswer,
    to: DateAnswer,
    from_day: String,
    to_day: String,
    shown_from: String,
    shown_to: String,
    rows: Vec<Row>,
    next: String,
    entry: usize,
}

impl Period {
    /// The period asked for; this month of one's own agency otherwise.
    pub(super) fn of(asked: &Asked, query: &FormData) -> Result<Self, Problem> {
        let agencies = asked.agencies();
        let agency = query.filled("agency").map(str::to_owned);
        let agency = agency
            .or_else(|| agencies.first().cloned())
            .ok_or(Problem::NotFound)?;
        if !agencies.contains(&agency) {
            return Err(Problem::NotFound);
        }
        let today = shown::local_date(asked.now);
        let words = PeriodWords {
            day: say("wrong.day"),
            period: say("wrong.period"),
        };
        let (PeriodAnswer { from, to }, errors) = PeriodAnswer::of(query, today, words);
        Ok(Self {
            agency,
            from,
            to,
            errors,
        })
    }

    /// The part of the book after a line; it begins there, so that a page costs a page.
    pub(super) fn book(&self, after: Option<(Timestamp, String)>) -> Result<Book, Problem> {
        let start = |day: Date| VIETNAM.to_timestamp(day.at(0, 0, 0, 0));
        let end = self.to.checked_add(1.day())?;
        let from = start(self.from)?;
        Ok(Book {
            agency: self.agency.clone(),
            from: after.as_ref().map_or(from, |(at, _)| from.max(*at)),
            to: start(end)?,
            after,
        })
    }
}

pub(super) async fn show(
    State(room): State<Room>,
    asked: Asked,
    QueryData(query): QueryData,
) -> Answer {
    let ground = &room.ground;
    let period = Period::of(&asked, &query)?;
    let names = Names::read(ground, Vec::new(), asked.now)
        .await
        .map_err(Problem::trouble)?;
    let first = query.text("entry").parse().unwrap_or(1).max(1);
    let mut lines = Vec::new();
    if period.errors.is_empty() {
        let wanted = period.book(place(query.text("after")))?;
        lines = book(&ground.lists(), &asked.viewer, &wanted, LINES + 1)
            .await
            .map_err(Problem::trouble)?;
    }
    let more = lines.len() > LINES;
    lines.truncate(LINES);
    let last = lines.last().filter(|_| more);
    let next = last.and_then(|line| {
        Some(format!(
            "{}~{}",
            line.accepted_at?.as_millisecond(),
            line.id
        ))
    });
    let agencies = asked.agencies();
    web::render(&BookPage {
        agency_name: names.agency(&period.agency).to_owned(),
        agencies: agencies
            .iter()
            .map(|id| Choice::new(id, names.agency(id)))
            .collect(),
        agency: period.agency,
        from: DateAnswer::from_date(period.from),
        to: DateAnswer::from_date(period.to),
        from_day: period.from.to_string(),
        to_day: period.to.to_string(),
        shown_from: shown::day(period.from),
        shown_to: shown::day(period.to),
        entry: first + lines.len(),
        rows: rows(ground, &lines, first),
        next: next.unwrap_or_default(),
        errors: period.errors,
        shell: Shell::new(&asked.visit),
    })
}

fn place(text: &str) -> Option<(Timestamp, String)> {
    let (at, id) = text.split_once('~')?;
    Some((
        Timestamp::from_millisecond(at.parse().ok()?).ok()?,
        id.to_owned(),
    ))
}

pub(super) async fn print(
    State(room): State<Room>,
    asked: Asked,
    QueryData(query): QueryData,
) -> Answer {
    let ground = &room.ground;
    let period = Period::of(&asked, &query)?;
    if !period.errors.is_empty() {
        return Err(Problem::Refused(say("wrong.period")));
    }
    let names = Names::read(ground, Vec::new(), asked.now)
        .await
        .map_err(Problem::trouble)?;
    let lines = all(ground, &asked.viewer, &period).await?;
    let agency = names.agency(&period.agency).to_owned();
    let rows = rows(ground, &lines, 1);
    let printed: Vec<Json> = lines
        .iter()
        .zip(&rows)
        .map(|(line, row)| printed(line, row, &agency))
        .collect();
    let data = json!({
        "agency": { "name": agency },
        "date": shown::local_date(asked.now).to_string(),
        "book": {
            "volume": format!("01/{}", period.from.year()),
            "from": period.from.to_string(),
            "to": period.to.to_string(),
        },
        "rows": printed,
    });
    let pdf = ground
        .letters
        .pdf("07", data)
        .await
        .map_err(Problem::trouble)?;
    let name = format!("so-theo-doi-{}-{}", period.from, period.to);
    matters::files::printed(&pdf, &name)
}

async fn all(ground: &Ground, viewer: &Viewer, period: &Period) -> Result<Vec<Line>, Problem> {
    let mut lines: Vec<Line> = Vec::new();
    loop {
        let after = lines
            .last()
            .and_then(|line| Some((line.accepted_at?, line.id.clone())));
        let wanted = period.book(after)?;
        let read = book(&ground.lists(), viewer, &wanted, LINES_MAX).await;
        let part: Vec<Line> = read.map_err(Problem::trouble)?;
        let last = part.len() < LINES_MAX;
        lines.extend(part);
        if lines.len() > PRINTED_MAX {
            return Err(Problem::Refused(say("wrong.book_too_long")));
        }
        if last {
            return Ok(lines);
        }
    }
}

pub(super) fn rows(ground: &Ground, lines: &[Line], first: usize) -> Vec<Row> {
    let moment = |at: Option<Timestamp>| at.map(shown::moment).unwrap_or_default();
    let row = |(index, line): (usize, &Line)| Row {
        entry: first + index,
        code: line.code.clone(),
        procedure: procedure_of(ground, &line.procedure).map_or_else(
            || line.procedure.clone(),
            |procedure| procedure.name.vi.clone(),
        ),
        applicant: line.applicant_name.clone(),
        address: line.applicant_address.clone(),
        phone: line.applicant_phone.clone(),
        received: moment(line.accepted_at),
        due: moment(line.due_at),
        delivered: moment(line.delivered_at),
        method: say(&format!("channel.{}", line.channel)),
        received_by: match line.received_by.as_str() {
            "" => String::new(),
            way => say(&format!("received_by.{way}")),
        },
    };
    lines.iter().enumerate().map(row).collect()
}

fn printed(line: &Line, row: &Row, agency: &str) -> Json {
    let moment = |at: Option<Timestamp>| {
        at.map(|at| {
            VIETNAM
                .to_datetime(at)
                .strftime("%Y-%m-%dT%H:%M")
                .to_string()
        })
    };
    json!({
        "entry": row.entry,
        "dossier_code": row.code,
        "procedure": row.procedure,
        "applicant": row.applicant,
        "address": row.address,
        "phone": row.phone,
        "agency": agency,
        "received_at": moment(line.accepted_at),
        "due_at": moment(line.due_at),
        "delivered_at": moment(line.delivered_at),
        "method": row.method,
        "received_by": row.received_by,
    })
}
