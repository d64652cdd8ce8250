//! Whether a journal is whole: versions of each stream one after the other, time that never runs
//! back, documents that fit their digests, a place in the log for each entry. Only reads.
//!
//! Does not know: what events mean, what views show.
use crate::append::{damaged, digest};
use crate::backup::name;
use crate::{Database, Row, Statement, Trouble, Value, params};

/// Rows looked at with one question.
const ROWS: i64 = 1_000;

/// Everything that is wrong, each in a sentence.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn faults(db: &Database) -> Result<Vec<String>, Trouble> {
    let mut faults = Vec::new();
    streams(db, &mut faults).await?;
    documents(db, &mut faults).await?;
    places(db, &mut faults).await?;
    for (what, sql) in TOGETHER {
        let count = db.query(Statement::new(sql, vec![])).await?[0].int(0);
        if count > 0 {
            name(&mut faults, format!("{count} {what}"));
        }
    }
    Ok(faults)
}

/// What must stand in two tables, counted where it stands in one.
const TOGETHER: [(&str, &str); 4] = [
    (
        "entries have no place in the log and wait for none",
        "SELECT COUNT(*) FROM entries e
           LEFT JOIN log l ON l.stream = e.stream AND l.version = e.version
           LEFT JOIN entries_unplaced u
             ON u.at = e.at AND u.stream = e.stream AND u.version = e.version
          WHERE l.position IS NULL AND u.at IS NULL",
    ),
    (
        "places of the log are of entries that are not there",
        "SELECT COUNT(*) FROM log l
           LEFT JOIN entries e ON e.stream = l.stream AND e.version = l.version
          WHERE e.stream IS NULL",
    ),
    (
        "commands are answered by entries that are not there",
        "SELECT COUNT(*) FROM commands c
           LEFT JOIN entries e ON e.stream = c.stream AND e.version = c.version
          WHERE e.command_id IS NULL OR e.command_id <> c.id",
    ),
    (
        "entries are of commands that are not there",
        "SELECT COUNT(*) FROM entries e LEFT JOIN commands c ON c.id = e.command_id
          WHERE c.id IS NULL OR c.stream <> e.stream",
    ),
];

async fn streams(db: &Database, faults: &mut Vec<String>) -> Result<(), Trouble> {
    let sql = "SELECT stream, version, at FROM entries WHERE (stream, version) > (?, ?)
               ORDER BY stream, version LIMIT ?";
    let (mut stream, mut version, mut at) = (String::new(), 0, i64::MIN);
    loop {
        let next = params![&stream, version, ROWS];
        let rows = db.query(Statement::new(sql, next)).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            if row.text(0) != stream {
                (stream, version, at) = (row.string(0), 0, i64::MIN);
            }
            let (found, dated) = (row.int(1), row.int(2));
            if found != version + 1 {
                let words = format!("{stream}: version {found} instead of {}", version + 1);
                name(faults, words);
            }
            if dated < at {
                let words = format!("{stream} {found}: dated before the entry before it");
                name(faults, words);
            }
            (version, at) = (found, dated);
        }
    }
}

async fn documents(db: &Database, faults: &mut Vec<String>) -> Result<(), Trouble> {
    let sql = "SELECT stream, digest, body FROM vault WHERE (stream, digest) > (?, ?)
               ORDER BY stream, digest LIMIT ?";
    let mut last = params!["", ""];
    loop {
        let mut next = last.clone();
        next.push(Value::Int(ROWS));
        let rows = db.query(Statement::new(sql, next)).await?;
        let Some(end) = rows.last() else {
            return Ok(());
        };
        last = params![end.string(0), end.string(1)];
        let wrong = |row: &&Row| digest(row.text(2)) != row.text(1);
        for row in rows.iter().filter(wrong) {
            name(faults, damaged(row.text(0), row.text(1)));
        }
    }
}

/// Places of the log are 1, 2, 3 …
async fn places(db: &Database, faults: &mut Vec<String>) -> Result<(), Trouble> {
    let sql = "SELECT position FROM log WHERE position > ? ORDER BY position LIMIT ?";
    let mut before = 0;
    loop {
        let rows = db.query(Statement::new(sql, params![before, ROWS])).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in &rows {
            let position = row.int(0);
            if position != before + 1 {
                let words = format!("the log has no place {}", before + 1);
                name(faults, words);
            }
            before = position;
        }
    }
}
