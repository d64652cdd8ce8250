//! Numbers of results: who has which, in an agency and a year. A number may be typed, so that a
//! counter alone does not keep it from being given twice.
//! Does not know: how a number is written on a paper.

use crate::dossier::code::day_of;
use crate::dossier::events::Event;
use facts::fold::fold;
use jiff::Timestamp;
use kernel::{Database, Entry, Statement, Trouble, params};

/// The row of an issued result.
pub(super) fn issued(id: &str, agency: &str, entry: &Entry<Event>) -> Option<Statement> {
    let Event::Issued { number, .. } = &entry.event else {
        return None;
    };
    let sql = "INSERT INTO dossier_results (agency, period, number, dossier_id)
      VALUES (?, ?, ?, ?)";
    let (period, number) = (period(entry.at), plain(number));
    Some(Statement::new(sql, params![agency, period, number, id]))
}

/// Takes a number for the dossier `id`, in the transaction that issues its result: who comes second
/// with it gets [`Trouble::Conflict`].
#[must_use]
pub fn claim_result(agency: &str, number: &str, id: &str, now: Timestamp) -> Statement {
    let sql = "INSERT INTO dossier_result_claims (agency, period, number, dossier_id)
      VALUES (?, ?, ?, ?)";
    Statement::new(sql, params![agency, period(now), plain(number), id])
}

/// Whether another dossier than `id` has this number.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn is_result_taken(
    db: &Database,
    (agency, number): (&str, &str),
    id: &str,
    now: Timestamp,
) -> Result<bool, Trouble> {
    let sql = "SELECT 1 FROM dossier_results
        WHERE agency = ? AND period = ? AND number = ? AND dossier_id <> ?
      UNION ALL SELECT 1 FROM dossier_result_claims
        WHERE agency = ? AND period = ? AND number = ? AND dossier_id <> ?
      LIMIT 1";
    let (period, number) = (period(now), plain(number));
    let values = params![agency, &period, &number, id, agency, &period, &number, id];
    Ok(!db.query(Statement::new(sql, values)).await?.is_empty())
}

/// Results are numbered by the Vietnamese year.
fn period(at: Timestamp) -> String {
    day_of(at).year().to_string()
}

/// `12 /gpxd` is 12/GPXD, and 012/GPXD too.
fn plain(number: &str) -> String {
    let letters: String = fold(number)
        .chars()
        .filter(|c| !c.is_whitespace())
        .collect();
    match letters.trim_start_matches('0') {
        "" => letters,
        plain => plain.to_owned(),
    }
}
