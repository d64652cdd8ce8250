//! Timers: moments at which a stream wants to be woken. A timer that passes is a command, once,
//! however many workers look: its command id is made of stream, key and moment.
use jiff::Timestamp;

use crate::{Database, Statement, Trouble, params};

/// Where timers stand.
pub(crate) const TABLE: &str = "timers";
/// The most timers fired in one round, so that a round stays short after a long sleep.
pub const ROUND_MAX: i64 = 200;

/// Wakes `stream` with `key` at `at`, once however often it is set.
#[must_use]
pub fn set(stream: &str, key: &str, at: Timestamp) -> Statement {
    let sql = "INSERT INTO timers (stream, key, at) VALUES (?, ?, ?) ON CONFLICT DO NOTHING";
    Statement::new(sql, params![stream, key, at])
}

/// Forgets that `stream` was to be woken with `key` at `at`.
#[must_use]
pub fn cancel(stream: &str, key: &str, at: Timestamp) -> Statement {
    let sql = "DELETE FROM timers WHERE stream = ? AND key = ? AND at = ?";
    Statement::new(sql, params![stream, key, at])
}

/// A timer as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timer {
    /// The stream to wake.
    pub stream: String,
    /// What it is about, in the noun's own words.
    pub key: String,
    /// When it was due.
    pub at: Timestamp,
}

impl Timer {
    /// The one command id of this timer's passing.
    #[must_use]
    pub fn command_id(&self) -> String {
        format!(
            "timer/{}/{}/{}",
            self.stream,
            self.key,
            self.at.as_millisecond()
        )
    }

    /// Takes this very timer off the list; one set anew meanwhile stays.
    #[must_use]
    pub fn done(&self) -> Statement {
        cancel(&self.stream, &self.key, self.at)
    }
}

/// Timers that have passed at `now`, oldest first.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn passed(db: &Database, now: Timestamp) -> Result<Vec<Timer>, Trouble> {
    let sql = "SELECT stream, key, at FROM timers WHERE at <= ? ORDER BY at, stream, key LIMIT ?";
    let rows = db
        .query(Statement::new(sql, params![now, ROUND_MAX]))
        .await?;
    let timer = |row: &crate::Row| Timer {
        stream: row.string(0),
        key: row.string(1),
        at: row.time(2),
    };
    Ok(rows.iter().map(timer).collect())
}
