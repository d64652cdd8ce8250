//! Lists, searches and single rows. Every list for a viewer walks the scopes that `access.rs`
//! gives them, so no list, search or export can show what the table of rights does not.
//! Does not know: pages, languages.

use super::LINES_MAX;
use super::lines::{COLUMNS, Line, line_at};
use super::rows::words;
use crate::dossier::access::{owing, scopes_for};
use crate::dossier::code::Code;
use crate::dossier::phase::{ExternalStatus, Phase};
use facts::agency::Viewer;
use jiff::Timestamp;
use kernel::{Database, Row, Statement, Trouble, Value, params};
use std::fmt;
use std::str::FromStr;

/// Words of a search that count; more only make it slower.
const SEARCH_WORDS_MAX: usize = 6;

/// The place in a list after which the next page begins; in addresses `<milliseconds>.<id>`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    pub(super) submitted_at: Timestamp,
    pub(super) id: String,
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.submitted_at.as_millisecond(), self.id)
    }
}

/// The text is no cursor.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not a place in a list")]
pub struct NotACursor;

impl FromStr for Cursor {
    type Err = NotACursor;
    fn from_str(text: &str) -> Result<Self, NotACursor> {
        let (at, id) = text.split_once('.').ok_or(NotACursor)?;
        let at = at.parse().map_err(|_| NotACursor)?;
        let submitted_at = Timestamp::from_millisecond(at).map_err(|_| NotACursor)?;
        Ok(Self {
            submitted_at,
            id: id.to_owned(),
        })
    }
}

/// What to look for. Empty fields do not filter.
#[derive(Debug, Clone, Default)]
pub struct Search {
    /// A code, a telephone number, or words of the applicant's name, with or without diacritics.
    pub text: String,
    /// One of the ten codes.
    pub status: Option<ExternalStatus>,
    /// One phase.
    pub phase: Option<Phase>,
    /// National code of a procedure.
    pub procedure_code: String,
    /// Competent agency.
    pub agency: String,
    /// `counter`, `online` or `post`.
    pub channel: String,
    /// Person id of the applicant.
    pub applicant: String,
    /// Only those whose promise passed.
    pub overdue_only: bool,
    /// Only those that owe money and can be paid.
    pub unpaid_only: bool,
    /// Submitted at or after.
    pub from: Option<Timestamp>,
    /// Submitted before.
    pub to: Option<Timestamp>,
    /// Continue after this line.
    pub after: Option<Cursor>,
}

/// The newest `limit` dossiers that `viewer` may see and that match.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn list(
    db: &Database,
    viewer: &Viewer,
    search: &Search,
    limit: usize,
) -> Result<Vec<Line>, Trouble> {
    let mut scopes = scopes_for(viewer);
    if scopes.is_empty() {
        return Ok(Vec::new());
    }
    if search.unpaid_only {
        scopes = scopes.iter().map(|scope| owing(scope)).collect();
    }
    let limit = i64::try_from(limit.min(LINES_MAX)).unwrap_or(i64::MAX);
    let mut found = conditions(search);
    let words = match search.text.parse::<Code>() {
        Ok(_) => Vec::new(),
        Err(_) => searched(&search.text),
    };
    let rare = rarest(db, &words).await?;
    for word in &words {
        found.add_word(word);
    }
    let asked = match rare {
        Some(word) => from_word(&scopes, found, &word, limit),
        None => from_scopes(&scopes, &found, limit),
    };
    let rows = db.query(asked).await?;
    Ok(rows.iter().map(|row| line_at(row, 0)).collect())
}

/// One index walk a scope, each in the order of the list, then merged: a page costs a page. Right
/// for what is found often.
fn from_scopes(scopes: &[String], found: &Conditions, limit: i64) -> Statement {
    let wanted = &found.sql;
    let mut parts = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    for (number, scope) in scopes.iter().enumerate() {
        parts.push(format!(
            "SELECT * FROM (SELECT s.dossier_id
               FROM dossier_scopes s JOIN dossiers d ON d.id = s.dossier_id
              WHERE s.scope = ?{wanted}
              ORDER BY s.submitted_at DESC, s.dossier_id DESC LIMIT ?) AS walk{number}"
        ));
        values.push(scope.into());
        values.extend(found.values.iter().cloned());
        values.push(limit.into());
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM ({}) AS hit JOIN dossiers d ON d.id = hit.dossier_id
          ORDER BY d.submitted_at DESC, d.id DESC LIMIT ?",
        parts.join(" UNION ")
    );
    values.push(limit.into());
    Statement::new(sql, values)
}

/// The few dossiers that have a rare word, those of them that the viewer may see, sorted.
fn from_word(scopes: &[String], found: Conditions, word: &str, limit: i64) -> Statement {
    let (range, mut values) = beginning_with(word);
    values.extend(scopes.iter().map(Value::from));
    values.extend(found.values);
    values.push(limit.into());
    let (wanted, places) = (found.sql, vec!["?"; scopes.len()].join(", "));
    let sql = format!(
        "SELECT {COLUMNS} FROM dossiers d WHERE d.id IN (SELECT s.dossier_id
           FROM (SELECT DISTINCT w.dossier_id AS id FROM dossier_words w WHERE {range}) AS hit
           JOIN dossier_scopes s ON s.dossier_id = hit.id
           JOIN dossiers d ON d.id = s.dossier_id
          WHERE s.scope IN ({places}){wanted})
          ORDER BY d.submitted_at DESC, d.id DESC LIMIT ?"
    );
    Statement::new(sql, values)
}

/// A word that is counted to the end is rare: sorting so many dossiers takes some milliseconds,
/// walking past the others to find forty of them takes longer.
const RARE: i64 = 2_000;

/// The rarest of the words, if it is rare.
async fn rarest(db: &Database, words: &[String]) -> Result<Option<String>, Trouble> {
    if words.is_empty() {
        return Ok(None);
    }
    let mut parts = Vec::new();
    let mut values = Vec::new();
    for (place, word) in (0i64..).zip(words) {
        let (range, bounds) = beginning_with(word);
        parts.push(format!(
            "SELECT CAST(? AS BIGINT) AS place, COUNT(*) AS seen
               FROM (SELECT 1 FROM dossier_words w WHERE {range} LIMIT ?) AS some{place}"
        ));
        values.push(place.into());
        values.extend(bounds);
        values.push(RARE.into());
    }
    let sql = format!(
        "SELECT place, seen FROM ({}) AS counted ORDER BY seen, place LIMIT 1",
        parts.join(" UNION ALL ")
    );
    // How common a name is does not change in two seconds.
    let rows = db.query_lately(Statement::new(sql, values)).await?;
    let first = rows.first().filter(|row| row.int(1) < RARE);
    let place = first.and_then(|row| usize::try_from(row.int(0)).ok());
    Ok(place.and_then(|place| words.get(place).cloned()))
}

/// The words of a search that count.
fn searched(text: &str) -> Vec<String> {
    let mut words = words(text);
    words.truncate(SEARCH_WORDS_MAX);
    words
}

/// The index range of stored words that begin with `word`.
fn beginning_with(word: &str) -> (&'static str, Vec<Value>) {
    match after_prefix(word) {
        Some(end) => ("w.word >= ? AND w.word < ?", params![word, end]),
        None => ("w.word >= ?", params![word]),
    }
}

fn conditions(search: &Search) -> Conditions {
    let mut found = Conditions::default();
    if let Some(Cursor { submitted_at, id }) = &search.after {
        let sql = "(s.submitted_at, s.dossier_id) < (?, ?)";
        found.add(sql, params![*submitted_at, id]);
    }
    if let Some(status) = search.status {
        found.add("d.status = ?", params![u32::from(status.code())]);
    }
    if let Some(phase) = search.phase {
        found.add("d.phase = ?", params![phase.name()]);
    }
    for (column, value) in [
        ("d.procedure_code = ?", &search.procedure_code),
        ("d.agency = ?", &search.agency),
        ("d.channel = ?", &search.channel),
        ("d.applicant = ?", &search.applicant),
    ] {
        if !value.is_empty() {
            found.add(column, params![value]);
        }
    }
    if search.overdue_only {
        found.add("d.overdue = 1", Vec::new());
    }
    if let Some(from) = search.from {
        found.add("s.submitted_at >= ?", params![from]);
    }
    if let Some(to) = search.to {
        found.add("s.submitted_at < ?", params![to]);
    }
    if let Ok(code) = search.text.parse::<Code>() {
        found.add("d.code = ?", params![code.to_string()]);
    }
    found
}

#[derive(Default)]
struct Conditions {
    sql: String,
    values: Vec<Value>,
}

impl Conditions {
    fn add(&mut self, sql: &str, values: Vec<Value>) {
        self.sql.push_str(" AND ");
        self.sql.push_str(sql);
        self.values.extend(values);
    }

    /// A word matches the beginning of a stored word: of the name, of the telephone number, of the
    /// day and the serial in the code. Asked of the dossier's own row, which a list reads anyway.
    fn add_word(&mut self, word: &str) {
        let name = format!("% {word}%");
        if word.bytes().all(|byte| byte.is_ascii_digit()) {
            let sql = "((' ' || d.applicant_folded) LIKE ? OR d.code LIKE ?
                OR REPLACE(REPLACE(REPLACE(d.applicant_phone, ' ', ''), '.', ''), '-', '') LIKE ?)";
            self.add(sql, params![name, format!("%-{word}%"), format!("{word}%")]);
        } else {
            self.add("(' ' || d.applicant_folded) LIKE ?", params![name]);
        }
    }
}

/// The smallest word greater than every word that begins with `prefix`, in the order 0–9 a–z that
/// every collation shares.
fn after_prefix(prefix: &str) -> Option<String> {
    let kept = prefix.trim_end_matches('z');
    let last = kept.chars().next_back()?;
    let next = if last == '9' {
        'a'
    } else {
        char::from(u8::try_from(last).ok()? + 1)
    };
    Some(format!("{}{next}", &kept[..kept.len() - 1]))
}

/// How many dossiers that `viewer` may see stand in each phase, and how many of them are overdue.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn counts(db: &Database, viewer: &Viewer) -> Result<Vec<(Phase, i64, i64)>, Trouble> {
    let scopes = scopes_for(viewer);
    if scopes.is_empty() {
        return Ok(Vec::new());
    }
    let places = vec!["?"; scopes.len()].join(", ");
    let sql = format!(
        "SELECT d.phase, COUNT(*), CAST(COALESCE(SUM(d.overdue), 0) AS BIGINT)
           FROM dossiers d
          WHERE d.id IN (SELECT s.dossier_id FROM dossier_scopes s WHERE s.scope IN ({places}))
          GROUP BY d.phase"
    );
    let values = scopes.iter().map(Value::from).collect();
    let rows = db.query(Statement::new(sql, values)).await?;
    let count = |row: &Row| Some((Phase::from_name(row.text(0))?, row.int(1), row.int(2)));
    Ok(rows.iter().filter_map(count).collect())
}

/// Sổ theo dõi hồ sơ (form 07): which part of an agency's book.
#[derive(Debug, Clone)]
pub struct Book {
    /// The competent agency.
    pub agency: String,
    /// Accepted at or after.
    pub from: Timestamp,
    /// Accepted before.
    pub to: Timestamp,
    /// Continue after the line accepted then, with this id.
    pub after: Option<(Timestamp, String)>,
}

/// The next `limit` lines of the book, in the order of acceptance.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn book(db: &Database, book: &Book, limit: usize) -> Result<Vec<Line>, Trouble> {
    let limit = i64::try_from(limit.min(LINES_MAX)).unwrap_or(i64::MAX);
    let (after, id) = book
        .after
        .clone()
        .unwrap_or((Timestamp::MIN, String::new()));
    let sql = format!(
        "SELECT {COLUMNS} FROM dossiers d
          WHERE d.agency = ? AND d.accepted_at >= ? AND d.accepted_at < ?
            AND (d.accepted_at, d.id) > (?, ?)
          ORDER BY d.accepted_at, d.id LIMIT ?"
    );
    let values = params![&book.agency, book.from, book.to, after, id, limit];
    let rows = db.query(Statement::new(sql, values)).await?;
    Ok(rows.iter().map(|row| line_at(row, 0)).collect())
}

/// The dossier of a receipt, if the collecting agency gave that number in that year.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn receipt_of(
    db: &Database,
    agency: &str,
    year: i16,
    number: &str,
) -> Result<Option<String>, Trouble> {
    let sql = "SELECT dossier_id FROM dossier_receipts
                WHERE agency = ? AND period = ? AND number = ?";
    let values = params![agency, year.to_string(), number];
    let rows = db.query(Statement::new(sql, values)).await?;
    Ok(rows.first().map(|row| row.string(0)))
}
