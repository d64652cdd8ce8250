//! `/desk/book.csv`: the follow-up book (form 07) as a table for a spreadsheet, sent as it is
//! read, however long: one page of lines is in memory at a time.
//! Does not know: which part of which book (`book.rs` reads that from the address).
use std::sync::Arc;

use axum::extract::State;
use facts::agency::Viewer;
use futures_util::stream::{self, StreamExt as _};
use jiff::Timestamp;
use kernel::Trouble;
use matters::Ground;
use matters::dossier::views::{LINES_MAX, Line, book};
use web::{Answer, Problem, QueryData, csv, show as shown};

use super::book::{Period, Row, rows};
use super::{Asked, Room};
use crate::desk::names::Names;
use crate::desk::words::say;

/// The columns of form 07, by their words.
const COLUMNS: [&str; 12] = [
    "entry",
    "code",
    "procedure",
    "applicant",
    "address",
    "phone",
    "agency",
    "received",
    "due",
    "delivered",
    "method",
    "received_by",
];

/// What stays the same from the first line to the last.
struct Export {
    ground: Ground,
    viewer: Arc<Viewer>,
    period: Period,
    agency: String,
}

/// Where the next page begins.
struct Place {
    entry: usize,
    after: Option<(Timestamp, String)>,
}

pub(super) async fn download(
    State(room): State<Room>,
    asked: Asked,
    QueryData(query): QueryData,
) -> Answer {
    let period = Period::of(&asked, &query)?;
    if !period.errors.is_empty() {
        return Err(Problem::Refused(say("wrong.period")));
    }
    let ground = room.ground;
    let names = Names::read(&ground, Vec::new(), asked.now).await;
    let names = names.map_err(Problem::trouble)?;
    let file = format!("so-theo-doi-{}-{}.csv", period.from, period.to);
    let export = Arc::new(Export {
        agency: names.agency(&period.agency).to_owned(),
        viewer: Arc::clone(&asked.viewer),
        ground,
        period,
    });
    let begin = Place {
        entry: 1,
        after: None,
    };
    let pages = stream::try_unfold(Some(begin), move |place| {
        let export = Arc::clone(&export);
        async move {
            match place {
                Some(place) => export.page(place).await.map(Some),
                None => Ok(None),
            }
        }
    });
    let head = stream::once(async { Ok(head()) });
    Ok(csv::download(&file, head.chain(pages)))
}

fn head() -> String {
    let names = COLUMNS.map(|column| say(&format!("book.{column}")));
    csv::line(&names.each_ref().map(String::as_str))
}

impl Export {
    /// The lines from this place on, and where the next ones begin.
    async fn page(&self, place: Place) -> Result<(String, Option<Place>), Trouble> {
        let Place { entry, after } = place;
        let wanted = self.period.book(after).map_err(|problem| {
            // The days were taken once already.
            Trouble::Broken(format!("the period of a book: {problem:?}"))
        })?;
        let lines = book(&self.ground.lists(), &self.viewer, &wanted, LINES_MAX).await?;
        let rows = rows(&self.ground, &lines, entry);
        let text = lines.iter().zip(&rows);
        let text = text.map(|(line, row)| self.line(line, row)).collect();
        let last = lines.last().filter(|_| lines.len() == LINES_MAX);
        let next = last.and_then(|line| {
            Some(Place {
                entry: entry + lines.len(),
                after: Some((line.accepted_at?, line.id.clone())),
            })
        });
        Ok((text, next))
    }

    fn line(&self, line: &Line, row: &Row) -> String {
        csv::line(&[
            &row.entry.to_string(),
            &row.code,
            &row.procedure,
            &row.applicant,
            &row.address,
            &row.phone,
            &self.agency,
            &moment(line.accepted_at),
            &moment(line.due_at),
            &moment(line.delivered_at),
            &row.method,
            &row.received_by,
        ])
    }
}

/// `22/11/2026 14:03`: the day first, as a spreadsheet sorts it.
fn moment(at: Option<Timestamp>) -> String {
    at.map_or_else(String::new, |at| {
        let day = shown::day(shown::local_date(at));
        format!("{day} {}", shown::clock(at))
    })
}
