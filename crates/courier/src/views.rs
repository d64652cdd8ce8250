//! The outbox: the only SQL of this crate.
use jiff::{SignedDuration, Timestamp};
use kernel::{Database, Migration, Row, Statement, Trouble, params};

use crate::Parcel;

/// The table of the outbox.
pub const MIGRATIONS: &[Migration] = &[Migration {
    name: "courier/0001_outgoing",
    sql: include_str!("schema.sql"),
}];

/// How long what became of a message can be looked up.
const ENDED_KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);
/// Reasons longer than this are cut: a server may answer with a page.
const REASON_CHARS_MAX: usize = 200;

const INSERT: &str = "INSERT INTO outgoing (id, lane, destination, subject, body, unsubscribe,
    at, tries, next_at, ended_at, outcome) VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, NULL, '')
    ON CONFLICT (id) DO ";

fn inserting(lane: &str, parcel: &Parcel, head: &str) -> Vec<kernel::Value> {
    params![
        parcel.id.as_str(),
        lane,
        parcel.destination.as_str(),
        parcel.subject.as_str(),
        format!("{head}{}", parcel.text),
        parcel.unsubscribe.as_str(),
        parcel.at,
        parcel.at
    ]
}

/// Puts a message into the outbox, in the transaction of what caused it. One that is there already
/// (the same `id`) is not sent again.
#[must_use]
pub fn send(lane: &str, parcel: &Parcel) -> Statement {
    Statement::new(format!("{INSERT} NOTHING"), inserting(lane, parcel, ""))
}

/// Adds the text of `parcel` to the message of the same `id` that waits, or begins one with `head`
/// before it: for several things that are told together. One that has gone meanwhile goes once more
/// with this text alone, so that nothing is left untold.
#[must_use]
pub fn add(lane: &str, head: &str, parcel: &Parcel) -> Statement {
    let sql = format!(
        "{INSERT} UPDATE SET
            body = CASE WHEN outgoing.next_at IS NULL THEN excluded.body
                ELSE outgoing.body || ? END,
            destination = excluded.destination, subject = excluded.subject,
            next_at = COALESCE(outgoing.next_at, excluded.next_at), ended_at = NULL"
    );
    let mut values = inserting(lane, parcel, head);
    values.push(parcel.text.as_str().into());
    Statement::new(sql, values)
}

/// What is due in a lane, the longest waiting first.
pub(crate) async fn due(
    db: &Database,
    lane: &str,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Parcel>, Trouble> {
    let sql = "SELECT id, destination, subject, body, unsubscribe, at, tries FROM outgoing
        WHERE lane = ? AND next_at <= ? ORDER BY next_at, id LIMIT ?";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = db
        .query(Statement::new(sql, params![lane, now, limit]))
        .await?;
    Ok(rows.iter().map(parcel).collect())
}

fn parcel(row: &Row) -> Parcel {
    Parcel {
        id: row.string(0),
        destination: row.string(1),
        subject: row.string(2),
        text: row.string(3),
        unsubscribe: row.string(4),
        at: row.time(5),
        tries: u32::try_from(row.int(6)).unwrap_or(u32::MAX),
    }
}

/// It is over: whom it was for and what it said are forgotten.
pub(crate) fn ended(id: &str, outcome: &str, reason: &str, now: Timestamp) -> Statement {
    let sql = "UPDATE outgoing SET destination = '', subject = '', body = '', unsubscribe = '',
        tries = tries + 1, next_at = NULL, ended_at = ?, outcome = ? WHERE id = ?";
    let told: String = format!("{outcome} {reason}")
        .trim_end()
        .chars()
        .take(REASON_CHARS_MAX)
        .collect();
    Statement::new(sql, params![now, told, id])
}

/// It is tried again at `next`.
pub(crate) fn again(id: &str, reason: &str, next: Timestamp) -> Statement {
    let sql = "UPDATE outgoing SET tries = tries + 1, next_at = ?, outcome = ? WHERE id = ?";
    let told: String = reason.chars().take(REASON_CHARS_MAX).collect();
    Statement::new(sql, params![next, told, id])
}

/// Forgets what ended long ago.
pub(crate) fn forget(now: Timestamp) -> Statement {
    let sql = "DELETE FROM outgoing WHERE ended_at < ?";
    Statement::new(sql, params![now - ENDED_KEPT_FOR])
}

/// How a lane stands: for the page of health and the figures of the machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LaneState {
    /// Its name.
    pub lane: String,
    /// How many messages wait.
    pub waiting: i64,
    /// Since when the oldest of them does.
    pub oldest: Timestamp,
}

/// The lanes in which something waits.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn states(db: &Database) -> Result<Vec<LaneState>, Trouble> {
    let sql = "SELECT lane, COUNT(*), MIN(at) FROM outgoing
        WHERE next_at IS NOT NULL GROUP BY lane ORDER BY lane";
    let rows = db.query(Statement::new(sql, params![])).await?;
    let state = |row: &Row| LaneState {
        lane: row.string(0),
        waiting: row.int(1),
        oldest: row.time(2),
    };
    Ok(rows.iter().map(state).collect())
}
