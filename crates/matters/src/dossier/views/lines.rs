//! One dossier as lists show it, and single look-ups.
//! Does not know: who may see it; `may(View)` says that.

use super::lists::Cursor;
use crate::dossier::code::Code;
use crate::dossier::phase::{ExternalStatus, Phase};
use facts::people::Phone;
use jiff::Timestamp;
use kernel::{Cells, Database, Row, Statement, Trouble, params};

/// In the order in which [`line`] takes them out.
pub(super) const COLUMNS: &str = "d.id, d.code, d.procedure_key, d.agency, d.reception_agency,
    d.channel, d.applicant_name, d.applicant_phone, d.applicant_address, d.phase, d.submitted_at,
    d.reception_due_at, d.accepted_at, d.due_at, d.finished_at, d.delivered_at, d.overdue,
    d.unlawful, d.fee_due, d.fee_paid, d.received_by, d.changed_at";

/// One dossier as lists show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Id of the stream.
    pub id: String,
    /// The code, as text.
    pub code: String,
    /// The procedure's key, as text.
    pub procedure: String,
    /// The competent agency.
    pub agency: String,
    /// The agency that received it.
    pub reception_agency: String,
    /// `counter`, `online` or `post`.
    pub channel: String,
    /// Their name; empty once erased.
    pub applicant_name: String,
    /// Their telephone, as people here write it.
    pub applicant_phone: String,
    /// Where they live.
    pub applicant_address: String,
    /// Where the dossier stands.
    pub phase: Phase,
    /// Received by the system.
    pub submitted_at: Timestamp,
    /// Until when it must be taken in.
    pub reception_due_at: Timestamp,
    /// Accepted.
    pub accepted_at: Option<Timestamp>,
    /// Promised.
    pub due_at: Option<Timestamp>,
    /// The work ended.
    pub finished_at: Option<Timestamp>,
    /// Handed over.
    pub delivered_at: Option<Timestamp>,
    /// The promise passed.
    pub overdue: bool,
    /// The legal limit passed.
    pub unlawful: bool,
    /// Whole đồng to be paid.
    pub fee_due: i64,
    /// Whole đồng paid and not paid back.
    pub fee_paid: i64,
    /// How it was taken: `applicant`, `filer`, `authorised`, `post`, `electronic` or empty.
    pub received_by: String,
    /// Last entry.
    pub changed_at: Timestamp,
}

impl Line {
    /// Where the next page of a list continues.
    #[must_use]
    pub fn cursor(&self) -> Cursor {
        Cursor {
            submitted_at: self.submitted_at,
            id: self.id.clone(),
        }
    }
}

/// One dossier by its id; whether the viewer may see it is `may(View)`'s to say.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn by_id(db: &Database, id: &str) -> Result<Option<Line>, Trouble> {
    one(db, "d.id = ?", id).await
}

/// One dossier by its code.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn by_code(db: &Database, code: &Code) -> Result<Option<Line>, Trouble> {
    one(db, "d.code = ?", &code.to_string()).await
}

async fn one(db: &Database, wanted: &str, value: &str) -> Result<Option<Line>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM dossiers d WHERE {wanted}");
    let rows = db.query(Statement::new(sql, params![value])).await?;
    Ok(rows.into_iter().next().map(line))
}

/// The stream's id of a code.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn id_of(db: &Database, code: &Code) -> Result<Option<String>, Trouble> {
    let sql = "SELECT id FROM dossiers WHERE code = ?";
    // A code never changes its dossier.
    let asked = Statement::new(sql, params![code.to_string()]);
    let rows = db.query_lately(asked).await?;
    Ok(rows.first().map(|row| row.string(0)))
}

/// What anybody with the code may know: no names, no answers (Luật Bảo vệ dữ liệu
/// cá nhân 91/2025/QH15).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicStatus {
    /// The code.
    pub code: String,
    /// The procedure's key, as text.
    pub procedure: String,
    /// The competent agency.
    pub agency: String,
    /// One of the ten.
    pub status: ExternalStatus,
    /// Received by the system.
    pub submitted_at: Timestamp,
    /// Promised.
    pub due_at: Option<Timestamp>,
    /// The promise passed.
    pub overdue: bool,
    /// Handed over.
    pub delivered_at: Option<Timestamp>,
}

/// Tra cứu by code or QR without signing in.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn public_status(db: &Database, code: &Code) -> Result<Option<PublicStatus>, Trouble> {
    let line = by_code(db, code).await?;
    Ok(line.map(|line| PublicStatus {
        code: line.code,
        procedure: line.procedure,
        agency: line.agency,
        status: line.phase.external(),
        submitted_at: line.submitted_at,
        due_at: line.due_at,
        overdue: line.overdue,
        delivered_at: line.delivered_at,
    }))
}

/// The line of a row of [`COLUMNS`].
pub(super) fn line(row: Row) -> Line {
    next_line(&mut row.cells())
}

/// The line of the next columns, [`COLUMNS`].
pub(super) fn next_line(cells: &mut Cells) -> Line {
    Line {
        id: cells.string(),
        code: cells.string(),
        procedure: cells.string(),
        agency: cells.string(),
        reception_agency: cells.string(),
        channel: cells.string(),
        applicant_name: cells.string(),
        applicant_phone: Phone::shown(&cells.string()),
        applicant_address: cells.string(),
        phase: Phase::from_name(&cells.string()).expect("views write phases by their names"),
        submitted_at: cells.time(),
        reception_due_at: cells.time(),
        accepted_at: cells.opt_time(),
        due_at: cells.opt_time(),
        finished_at: cells.opt_time(),
        delivered_at: cells.opt_time(),
        overdue: cells.int() != 0,
        unlawful: cells.int() != 0,
        fee_due: cells.int(),
        fee_paid: cells.int(),
        received_by: cells.string(),
        changed_at: cells.time(),
    }
}
