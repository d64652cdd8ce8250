//! What the tables say, read by plain SQL in one transaction from either database. Nothing of the
//! program's code is used: this reader would not notice if the program were written anew.
//!
//! Does not know: what is right and wrong (the judge's).
use std::collections::BTreeMap;

use serde_json::Value as Json;
use tokio_postgres::{NoTls, SimpleQueryMessage};

/// An entry of the journal.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// `<noun>/<id>`.
    pub stream: String,
    /// From 1.
    pub version: i64,
    /// The command that caused it.
    pub command: String,
    /// The kind of event.
    pub kind: String,
    /// Milliseconds since 1970.
    pub at: i64,
    /// The event.
    pub body: Json,
}

/// Everything the judge looks at, as of one moment.
#[derive(Debug, Clone, Default)]
pub struct Facts {
    /// Command id to stream and last version.
    pub commands: BTreeMap<String, (String, i64)>,
    /// In order of stream and version.
    pub entries: Vec<Entry>,
    /// Position, stream, version, in order.
    pub log: Vec<(i64, String, i64)>,
    /// Entries that wait for their place.
    pub unplaced: Vec<(String, i64)>,
    /// Codes of the dossiers' rows, and the streams they belong to.
    pub codes: BTreeMap<String, String>,
    /// Receipts as shown: agency, year, number, stream.
    pub receipts: Vec<(String, String, String, String)>,
    /// Stream, key, moment.
    pub timers: Vec<(String, String, i64)>,
    /// Reader and its position.
    pub readers: BTreeMap<String, i64>,
    /// Person, and the place in the log of what they were told.
    pub notices: Vec<(String, i64)>,
}

type Rows = Vec<Vec<String>>;

/// The questions, in the order in which [`Facts`] takes the answers.
const QUESTIONS: [&str; 9] = [
    "SELECT id, stream, version FROM commands",
    "SELECT stream, version, command_id, kind, at, body FROM entries ORDER BY stream, version",
    "SELECT position, stream, version FROM log ORDER BY position",
    "SELECT stream, version FROM entries_unplaced",
    "SELECT code, id FROM dossiers",
    "SELECT agency, period, number, dossier_id FROM dossier_receipts",
    "SELECT stream, key, at FROM timers",
    "SELECT name, position FROM readers",
    "SELECT person, number FROM notices",
];

/// Reads all of it.
///
/// # Errors
/// When the database does not answer.
pub async fn read(url: &str) -> Result<Facts, String> {
    let answers = ask(url, &QUESTIONS).await?;
    let number = |text: &str| text.parse::<i64>().map_err(|e| format!("{text}: {e}"));
    let mut facts = Facts::default();
    let mut answers = answers.into_iter();
    let mut next = || answers.next().unwrap_or_default();
    for row in next() {
        let place = (row[1].clone(), number(&row[2])?);
        facts.commands.insert(row[0].clone(), place);
    }
    for row in next() {
        facts.entries.push(Entry {
            stream: row[0].clone(),
            version: number(&row[1])?,
            command: row[2].clone(),
            kind: row[3].clone(),
            at: number(&row[4])?,
            body: serde_json::from_str(&row[5]).map_err(|e| format!("{}: {e}", row[0]))?,
        });
    }
    // One order on both engines, whatever their collation.
    let key = |entry: &Entry| (entry.stream.clone(), entry.version);
    facts.entries.sort_by_key(key);
    for row in next() {
        let place = (number(&row[0])?, row[1].clone(), number(&row[2])?);
        facts.log.push(place);
    }
    for row in next() {
        facts.unplaced.push((row[0].clone(), number(&row[1])?));
    }
    for row in next() {
        facts
            .codes
            .insert(row[0].clone(), format!("dossier/{}", row[1]));
    }
    for row in next() {
        let stream = format!("dossier/{}", row[3]);
        let receipt = (row[0].clone(), row[1].clone(), row[2].clone(), stream);
        facts.receipts.push(receipt);
    }
    for row in next() {
        facts
            .timers
            .push((row[0].clone(), row[1].clone(), number(&row[2])?));
    }
    for row in next() {
        facts.readers.insert(row[0].clone(), number(&row[1])?);
    }
    for row in next() {
        facts.notices.push((row[0].clone(), number(&row[1])?));
    }
    Ok(facts)
}

/// Entries without a place, readers behind the log, and timers that have passed at `now`
/// (milliseconds): what a settled house has none of.
///
/// # Errors
/// When the database does not answer.
pub async fn unsettled(url: &str, now: i64) -> Result<(i64, i64, i64), String> {
    let timers = format!("SELECT COUNT(*) FROM timers WHERE at <= {now}");
    let questions = [
        "SELECT COUNT(*) FROM entries_unplaced",
        "SELECT COUNT(*) FROM readers r WHERE r.position < (SELECT MAX(position) FROM log)",
        &timers,
    ];
    let answers = ask(url, &questions).await?;
    let count = |rows: &Rows| {
        rows.first()
            .and_then(|row| row[0].parse().ok())
            .unwrap_or(-1)
    };
    Ok((count(&answers[0]), count(&answers[1]), count(&answers[2])))
}

/// How many entries there are, and up to which of them all have their place and were read by
/// every reader.
///
/// # Errors
/// When the database does not answer.
pub async fn progress(url: &str) -> Result<(i64, i64), String> {
    let questions = [
        "SELECT COUNT(*) FROM entries",
        "SELECT COALESCE(MAX(position), 0) FROM log",
        "SELECT COALESCE(MIN(position), 0) FROM readers",
    ];
    let answers = ask(url, &questions).await?;
    let number = |rows: &Rows| {
        rows.first()
            .and_then(|row| row[0].parse().ok())
            .unwrap_or(0)
    };
    let [entries, head, read] = [0, 1, 2].map(|at| number(&answers[at]));
    Ok((entries, head.min(read)))
}

/// Changes a database behind the program's back: how a bug is planted.
///
/// # Errors
/// When the database refuses.
pub async fn meddle(url: &str, sql: &str) -> Result<(), String> {
    if let Some(path) = url.strip_prefix("sqlite:") {
        let connection = rusqlite::Connection::open(path).map_err(|e| e.to_string())?;
        return connection.execute_batch(sql).map_err(|e| e.to_string());
    }
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .map_err(|e| e.to_string())?;
    tokio::spawn(connection);
    client.batch_execute(sql).await.map_err(|e| e.to_string())
}

/// A commit is acknowledged when the standby has it on its disk too.
pub const SYNCHRONOUS: &str = "ALTER SYSTEM SET synchronous_standby_names = '*'";
/// A promoted standby has none of its own to wait for.
pub const ALONE: &str = "ALTER SYSTEM SET synchronous_standby_names = ''";
/// Makes either take effect.
pub const RELOAD: &str = "SELECT pg_reload_conf()";

async fn ask(url: &str, questions: &[&str]) -> Result<Vec<Rows>, String> {
    match url.strip_prefix("sqlite:") {
        Some(path) => ask_sqlite(path, questions).map_err(|e| format!("{url}: {e}")),
        None => ask_postgres(url, questions)
            .await
            .map_err(|e| format!("{url}: {e}")),
    }
}

fn ask_sqlite(path: &str, questions: &[&str]) -> rusqlite::Result<Vec<Rows>> {
    let connection = rusqlite::Connection::open(path)?;
    connection.busy_timeout(std::time::Duration::from_secs(10))?;
    connection.execute_batch("BEGIN")?;
    let mut all = Vec::new();
    for sql in questions {
        let mut statement = connection.prepare(sql)?;
        let columns = statement.column_count();
        let mut cursor = statement.query([])?;
        let mut rows = Vec::new();
        while let Some(row) = cursor.next()? {
            let cell = |at| row.get::<_, rusqlite::types::Value>(at).map(text);
            rows.push((0..columns).map(cell).collect::<Result<_, _>>()?);
        }
        all.push(rows);
    }
    Ok(all)
}

fn text(value: rusqlite::types::Value) -> String {
    match value {
        rusqlite::types::Value::Integer(number) => number.to_string(),
        rusqlite::types::Value::Text(text) => text,
        _ => String::new(),
    }
}

async fn ask_postgres(url: &str, questions: &[&str]) -> Result<Vec<Rows>, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
    tokio::spawn(connection);
    client
        .batch_execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        .await?;
    let mut all = Vec::new();
    for sql in questions {
        let mut rows = Vec::new();
        for message in client.simple_query(sql).await? {
            if let SimpleQueryMessage::Row(row) = message {
                let cell = |at| row.get(at).unwrap_or_default().to_owned();
                rows.push((0..row.len()).map(cell).collect());
            }
        }
        all.push(rows);
    }
    Ok(all)
}
