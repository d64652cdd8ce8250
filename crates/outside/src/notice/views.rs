//! The table of notices: the only SQL of this room.
//! Does not know: sentences, pages.
use facts::procedure::ProcedureKey;
use jiff::Timestamp;
use kernel::{Database, Entry, Migration, Row, Statement, Trouble, Value, params};

use super::events::{About, Event};

/// The table of this room.
pub const MIGRATION: Migration = Migration {
    name: "outside/0001_notices",
    sql: include_str!("schema.sql"),
};
/// Above it the page shell shows "99+" anyway; bounds the count on every page.
const UNREAD_COUNTED_MAX: i64 = 100;

/// One notice as the list shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub number: u32,
    pub code: String,
    pub procedure: ProcedureKey,
    pub about: About,
    pub at: Timestamp,
    pub is_read: bool,
}

/// The rows that `entry` changes.
pub(super) fn statements(entry: &Entry<Event>) -> Vec<Statement> {
    match &entry.event {
        Event::Told { number, told } => {
            let sql = "INSERT INTO notices (person, number, code, procedure_key, about, at)
                VALUES (?, ?, ?, ?, ?, ?)";
            let about = serde_json::to_string(&told.about).expect("an enum of plain values");
            let (code, procedure) = (told.code.to_string(), told.procedure.to_string());
            let values = params![entry.id(), *number, code, procedure, about, told.at];
            vec![Statement::new(sql, values).any_order()]
        }
        Event::Read { numbers } => {
            let places = vec!["?"; numbers.len()].join(", ");
            let sql =
                format!("UPDATE notices SET read_at = ? WHERE person = ? AND number IN ({places})");
            let mut values: Vec<Value> = params![entry.at, entry.id()];
            values.extend(numbers.iter().map(|number| Value::from(*number)));
            vec![Statement::new(sql, values)]
        }
    }
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

/// Forgets how many: one came or was read.
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
        number: u32::try_from(row.int(0)).map_err(|error| broken(error.to_string()))?,
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
