//! Lists, searches and single rows. Every list for a viewer walks the scopes that `access.rs`
//! gives them or a part of these (`walk.rs`), so no list, search or export can show what the table
//! of rights does not.
//! Does not know: pages, languages.

use super::lines::{COLUMNS, Line, line};
use super::walk::walk;
use super::{LINES_MAX, reaches};
use crate::dossier::access::{reach_in, scopes_for};
use crate::dossier::phase::Phase;
use facts::agency::Viewer;
use facts::people::{self, PersonalId, TaxCode};
use jiff::Timestamp;
use kernel::{Database, Statement, Trouble, params};
use std::fmt;
use std::str::FromStr;

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
    /// A code, its day or serial, a telephone number, or words of the applicant's name in any
    /// order, with or without diacritics. If nobody has the words, the last one is taken as the
    /// beginning of a word.
    pub text: String,
    /// One phase.
    pub phase: Option<Phase>,
    /// National code of a procedure.
    pub procedure_code: String,
    /// `counter`, `online` or `post`.
    pub channel: String,
    /// Ids in the people room: dossiers of any of them.
    pub applicants: Vec<String>,
    /// Only those whose promise passed.
    pub overdue_only: bool,
    /// Only those that owe money and can be paid.
    pub unpaid_only: bool,
    /// Continue after this line.
    pub after: Option<Cursor>,
}

impl Search {
    /// What somebody typed, read once for every search: a personal number or a tax code, however
    /// grouped, is the person who has it; all else is [`Search::text`].
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn of_text(db: &Database, text: &str) -> Result<Self, Trouble> {
        let mut search = Self {
            text: text.to_owned(),
            ..Self::default()
        };
        let found = match (text.parse::<PersonalId>(), text.parse::<TaxCode>()) {
            (Ok(number), _) => people::views::ids_of(db, number.as_str()).await?,
            (_, Ok(code)) => people::views::ids_of(db, code.as_str()).await?,
            _ => Vec::new(),
        };
        if !found.is_empty() {
            search.applicants = found;
            search.text = String::new();
        }
        Ok(search)
    }
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
    walk(db, &scopes, search, limit.min(LINES_MAX)).await
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

/// The next `limit` lines of the book that `viewer` may see, in the order of acceptance.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn book(
    db: &Database,
    viewer: &Viewer,
    book: &Book,
    limit: usize,
) -> Result<Vec<Line>, Trouble> {
    let Some(reach) = reach_in(viewer, &book.agency) else {
        return Ok(Vec::new());
    };
    let (reached, codes) = reaches("d.procedure_code", &reach);
    let limit = i64::try_from(limit.min(LINES_MAX)).unwrap_or(i64::MAX);
    // One lower bound: of two PostgreSQL begins at either, and passes years of the book.
    let (after, id) = match &book.after {
        Some((at, id)) if *at >= book.from => (*at, id.as_str()),
        _ => (book.from, ""),
    };
    let sql = format!(
        "SELECT {COLUMNS} FROM dossiers d
          WHERE d.agency = ? AND (d.accepted_at, d.id) > (?, ?) AND d.accepted_at < ?{reached}
          ORDER BY d.accepted_at, d.id LIMIT ?"
    );
    let mut values = params![&book.agency, after, id, book.to];
    values.extend(codes);
    values.push(limit.into());
    let rows = db.query(Statement::new(sql, values)).await?;
    Ok(rows.into_iter().map(line).collect())
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

/// True when there are dossiers and no lists: these tables were made anew, and a rebuild fills
/// them.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn are_unlisted(db: &Database) -> Result<bool, Trouble> {
    let sql = "SELECT 1 FROM dossiers WHERE NOT EXISTS (SELECT 1 FROM dossier_lists) LIMIT 1";
    Ok(!db.query(Statement::new(sql, vec![])).await?.is_empty())
}
