//! The table of notices, kept by the reader: the only SQL of this room.
//! Does not know: sentences, pages.
use std::collections::HashMap;

use facts::procedure::ProcedureKey;
use jiff::Timestamp;
use kernel::{Database, Entry, Migration, Row, Statement, Trouble, Value, params};
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
    // Who is told of a dossier because the office said whose it is.
    Migration {
        name: "outside/0003_notice_applicants",
        sql: include_str!("applicants.sql"),
    },
];
/// Emptied and filled again by a rebuild.
pub(super) const TABLES: &[&str] = &["notices", "notice_applicants"];
/// Dossiers asked about with one question: one text, whatever a round has.
const ASKED_TOGETHER: usize = 50;
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

/// From now on this person is told of the dossier too.
pub(super) fn identified(dossier: &str, person: &str) -> Statement {
    let sql = "INSERT INTO notice_applicants (dossier, person) VALUES (?, ?)
        ON CONFLICT (dossier) DO UPDATE SET person = excluded.person";
    Statement::new(sql, params![dossier, person])
}

/// It was not that person.
pub(super) fn not_identified(dossier: &str) -> Statement {
    let sql = "DELETE FROM notice_applicants WHERE dossier = ?";
    Statement::new(sql, params![dossier])
}

/// Whom the office said these dossiers to be of, by the id of the dossier.
///
/// # Errors
/// [`Trouble`] of the database.
pub(super) async fn applicants(
    db: &Database,
    dossiers: &[&str],
) -> Result<HashMap<String, String>, Trouble> {
    let places = vec!["?"; ASKED_TOGETHER].join(", ");
    let sql = format!("SELECT dossier, person FROM notice_applicants WHERE dossier IN ({places})");
    let mut found = HashMap::new();
    for some in dossiers.chunks(ASKED_TOGETHER) {
        let filled = some
            .iter()
            .chain(std::iter::repeat_n(&"", ASKED_TOGETHER - some.len()));
        let values = filled.map(|id| Value::from(*id)).collect();
        let rows = db.query(Statement::new(sql.clone(), values)).await?;
        found.extend(rows.iter().map(|row| (row.string(0), row.string(1))));
    }
    Ok(found)
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

/// How many notices somebody has not read, counted up to 100: the number beside the name. `people`
/// are the ids that are theirs; what was told to two of them is one notice.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn unread(db: &Database, people: &[&str]) -> Result<u32, Trouble> {
    let rows = db.query_lately(counted(people)).await?;
    let count = rows.first().map_or(0, |row| row.int(0));
    Ok(u32::try_from(count).unwrap_or(0))
}

/// Forgets how many: some were read just now. One that came is seen when the answer is asked for
/// again, as on every other node.
pub(super) fn forget_unread(db: &Database, people: &[&str]) {
    db.forget_one(&counted(people));
}

fn counted(people: &[&str]) -> Statement {
    let sql = format!(
        "SELECT COUNT(*) FROM (SELECT DISTINCT number FROM notices
          WHERE {} AND read_at IS NULL LIMIT ?) AS some_unread",
        of(people)
    );
    Statement::new(sql, values(people, &[UNREAD_COUNTED_MAX]))
}

/// One of these people; nobody's where there are none.
fn of(people: &[&str]) -> String {
    match people.len() {
        0 => "1 = 0".to_owned(),
        count => format!("person IN ({})", vec!["?"; count].join(", ")),
    }
}

fn values(people: &[&str], more: &[i64]) -> Vec<Value> {
    let people = people.iter().map(|person| Value::from(*person));
    people
        .chain(more.iter().map(|one| Value::from(*one)))
        .collect()
}

/// Unread notices, newest first.
pub(super) async fn unread_lines(
    db: &Database,
    people: &[&str],
    limit: i64,
) -> Result<Vec<Line>, Trouble> {
    let sql = format!(
        "SELECT number, code, procedure_key, about, at, read_at FROM notices
          WHERE {} AND read_at IS NULL ORDER BY number DESC LIMIT ?",
        of(people)
    );
    lines(db, Statement::new(sql, values(people, &[limit]))).await
}

/// Read notices before `number`, newest first.
pub(super) async fn read_lines(
    db: &Database,
    people: &[&str],
    (before, limit): (i64, i64),
) -> Result<Vec<Line>, Trouble> {
    let sql = format!(
        "SELECT number, code, procedure_key, about, at, read_at FROM notices
          WHERE {} AND read_at IS NOT NULL AND number < ? ORDER BY number DESC LIMIT ?",
        of(people)
    );
    lines(db, Statement::new(sql, values(people, &[before, limit]))).await
}

async fn lines(db: &Database, query: Statement) -> Result<Vec<Line>, Trouble> {
    let lines: Result<Vec<Line>, Trouble> = db.query(query).await?.iter().map(line).collect();
    let mut lines = lines?;
    // Somebody may be told of a dossier as its filer and as its applicant.
    lines.dedup_by_key(|line| line.number);
    Ok(lines)
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
