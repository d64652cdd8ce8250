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
    let scopes = scopes_for(viewer);
    if scopes.is_empty() {
        return Ok(Vec::new());
    }
    let limit = i64::try_from(limit.min(LINES_MAX)).unwrap_or(i64::MAX);
    let (wanted, wanted_values) = conditions(search);
    let mut parts = Vec::new();
    let mut values: Vec<Value> = Vec::new();
    // One index walk a scope, each in the order of the list, then merged: a page costs a page.
    for (number, scope) in scopes.iter().enumerate() {
        parts.push(format!(
            "SELECT * FROM (SELECT s.dossier_id
               FROM dossier_scopes s JOIN dossiers d ON d.id = s.dossier_id
              WHERE s.scope = ?{wanted}
              ORDER BY s.submitted_at DESC, s.dossier_id DESC LIMIT ?) AS walk{number}"
        ));
        values.push(match search.unpaid_only {
            true => owing(scope).into(),
            false => scope.into(),
        });
        values.extend(wanted_values.iter().cloned());
        values.push(limit.into());
    }
    let sql = format!(
        "SELECT {COLUMNS} FROM ({}) AS hit JOIN dossiers d ON d.id = hit.dossier_id
          ORDER BY d.submitted_at DESC, d.id DESC LIMIT ?",
        parts.join(" UNION ")
    );
    values.push(limit.into());
    let rows = db.query(Statement::new(sql, values)).await?;
    Ok(rows.iter().map(|row| line_at(row, 0)).collect())
}

fn conditions(search: &Search) -> (String, Vec<Value>) {
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
    } else {
        for word in words(&search.text).iter().take(SEARCH_WORDS_MAX) {
            found.add_word(word);
        }
    }
    (found.sql, found.values)
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

    /// A word matches the beginning of a stored word.
    fn add_word(&mut self, word: &str) {
        let known = "s.dossier_id IN (SELECT w.dossier_id FROM dossier_words w WHERE w.word >= ?";
        match after_prefix(word) {
            Some(end) => self.add(&format!("{known} AND w.word < ?)"), params![word, end]),
            None => self.add(&format!("{known})"), params![word]),
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
