//! Who looked at dossiers without having work on them: for those who audit or oversee an agency.
//! Does not know: pages; the words of a reason.

use super::LINES_MAX;
use crate::dossier::access::holds;
use facts::agency::{Right, Viewer};
use jiff::Timestamp;
use kernel::{Database, Row, Statement, Trouble, params};

/// One look.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// When.
    pub at: Timestamp,
    /// Id of the dossier.
    pub dossier_id: String,
    /// Its code, as text.
    pub code: String,
    /// Who looked.
    pub officer: String,
    /// The agency in which they acted.
    pub office: String,
    /// Name of the reason.
    pub reason: String,
}

/// The last `limit` looks at dossiers of `agency` before this place, newest first; none for who
/// neither audits nor oversees it.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn looks(
    db: &Database,
    viewer: &Viewer,
    (agency, before): (&str, Option<(Timestamp, String)>),
    limit: usize,
) -> Result<Vec<Look>, Trouble> {
    let may = |right: Right| holds(viewer, right, agency);
    if !may(Right::Audit) && !may(Right::Oversee) {
        return Ok(Vec::new());
    }
    let (at, id) = before.unwrap_or((Timestamp::MAX, String::new()));
    let limit = i64::try_from(limit.min(LINES_MAX)).unwrap_or(i64::MAX);
    let sql = "SELECT l.looked_at, l.dossier_id, d.code, l.officer, l.office, l.reason
        FROM dossier_looks l CROSS JOIN dossiers d
        WHERE l.agency = ? AND (l.looked_at, l.dossier_id) < (?, ?) AND d.id = l.dossier_id
        ORDER BY l.looked_at DESC, l.dossier_id DESC LIMIT ?";
    let asked = Statement::new(sql, params![agency, at, id, limit]);
    let rows = db.query(asked).await?;
    Ok(rows.into_iter().map(look).collect())
}

fn look(row: Row) -> Look {
    let mut cells = row.cells();
    Look {
        at: cells.time(),
        dossier_id: cells.string(),
        code: cells.string(),
        officer: cells.string(),
        office: cells.string(),
        reason: cells.string(),
    }
}
