//! The table of notices, kept by the reader: the only SQL of this room.
//! Does not know: sentences, pages.
use facts::procedure::ProcedureKey;
use jiff::Timestamp;
use kernel::{Database, Entry, Migration, Row, Statement, Trouble, params};
use matters::dossier::Code;

use super::events::{About, Event, Number};

/// The table of this room.
pub const MIGRATIONS: &[Migration] = &[
    Migration {
        name: "outside/0001_notices",
        sql: include_str!("schema.sql"),
    },
    // Notices are numbered by places of the log; whoever was told before is told anew.
    Migration {
        name: "outside/0002_notices_by_place",
        sql: include_str!("by_place.sql"),
    },
];
/// Emptied and filled again by a rebuild.
pub(super) const TABLES: &[&str] = &["notices"];
/// Above it the page shell shows "99+" anyway; bounds the count on every page.
const UNREAD_COUNTED_MAX: i64 = 100;

/// One notice as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub number: Number,
    pub code: String,
    pub procedure: ProcedureKey,
    pub about: About,
    pub at: Timestamp,
    pub is_read: bool,
}

/// What one entry of a dossier tells.
pub(super) struct News<'a> {
    pub number: Number,
    pub code: &'a Code,
    pub procedure: &'a ProcedureKey,
    pub about: &'a About,
    pub at: Timestamp,
}

/// Tells a person; a second time it changes nothing.
pub(super) fn tell(person: &str, news: &News<'_>) -> Statement {
    let sql = "INSERT INTO notices (person, number, code, procedure_key, about, at)
        VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (person, number) DO NOTHING";
    let about = serde_json::to_string(news.about).expect("an enum of plain values");
    let (code, procedure) = (news.code.to_string(), news.procedure.to_string());
    let values = params![person, news.number, code, procedure, about, news.at];
    Statement::new(sql, values).any_order()
}

/// The rows that `entry` marks.
pub(super) fn seen(entry: &Entry<Event>) -> Vec<Statement> {
    let (sql, number) = match entry.event {
        Event::Seen { number } => (
            "UPDATE notices SET read_at = ?
              WHERE person = ? AND number = ? AND read_at IS NULL",
            number,
        ),
        Event::SeenUpTo { number } => (
            "UPDATE notices SET read_at = ?
              WHERE person = ? AND number <= ? AND read_at IS NULL",
            number,
        ),
        Event::Earlier => return Vec::new(),
    };
    vec![Statement::new(sql, params![entry.at, entry.id(), number])]
}

/// The number of the newest notice of `person`; `None`: they were told nothing yet.
///
/// # Errors
/// [`Trouble`] of the database.
pub(super) async fn newest(db: &Database, person: &str) -> Result<Option<Number>, Trouble> {
    let sql = "SELECT MAX(number) FROM notices WHERE person = ?";
    let rows = db.query(Statement::new(sql, params![person])).await?;
    Ok(rows.first().and_then(|row| row.opt_int(0)))
}

/// Whether `person` was told that.
///
/// # Errors
/// [`Trouble`] of the database.
pub(super) async fn is_told(db: &Database, person: &str, number: Number) -> Result<bool, Trouble> {
    let sql = "SELECT 1 FROM notices WHERE person = ? AND number = ?";
    let rows = db
        .query(Statement::new(sql, params![person, number]))
        .await?;
    Ok(!rows.is_empty())
}

/// How many notices `person` has not read, counted up to 100: the number beside the name.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn unread(db: &Database, person: &str) -> Result<u32, Trouble> {
    let rows = db.query_lately(counted(person)).await?;
    let count = rows.first().map_or(0, |row| row.int(0));
    Ok(u32::try_from(count).unwrap_or(0))
}

/// Forgets how many: some were read just now. One that came is seen when the answer is asked for
/// again, as on every other node.
pub(super) fn forget_unread(db: &Database, person: &str) {
    db.forget_one(&counted(person));
}

fn counted(person: &str) -> Statement {
    let sql = "SELECT COUNT(*) FROM (SELECT 1 FROM notices
        WHERE person = ? AND read_at IS NULL LIMIT ?) AS some_unread";
    Statement::new(sql, params![person, UNREAD_COUNTED_MAX])
}

/// Unread notices, newest first.
pub(super) async fn unread_lines(
    db: &Database,
    person: &str,
    limit: i64,
) -> Result<Vec<Line>, Trouble> {
    let sql = "SELECT number, code, procedure_key, about, at, read_at FROM notices
        WHERE person = ? AND read_at IS NULL ORDER BY number DESC LIMIT ?";
    lines(db, Statement::new(sql, params![person, limit])).await
}

/// Read notices before `number`, newest first.
pub(super) async fn read_lines(
    db: &Database,
    person: &str,
    before: i64,
    limit: i64,
) -> Result<Vec<Line>, Trouble> {
    let sql = "SELECT number, code, procedure_key, about, at, read_at FROM notices
        WHERE person = ? AND read_at IS NOT NULL AND number < ? ORDER BY number DESC LIMIT ?";
    lines(db, Statement::new(sql, params![person, before, limit])).await
}

async fn lines(db: &Database, query: Statement) -> Result<Vec<Line>, Trouble> {
    db.query(query).await?.iter().map(line).collect()
}

fn line(row: &Row) -> Result<Line, Trouble> {
    let broken = |what: String| Trouble::Broken(format!("table notices: {what}"));
    Ok(Line {
        number: row.int(0),
        code: row.string(1),
        procedure: row
            .text(2)
            .parse()
            .map_err(|error: facts::procedure::KeyError| broken(error.to_string()))?,
        about: serde_json::from_str(row.text(3)).map_err(|error| broken(error.to_string()))?,
        at: row.time(4),
        is_read: row.opt_int(5).is_some(),
    })
}
