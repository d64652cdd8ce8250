//! What the portal counts: the only SQL of this room. Everything else it asks of the rooms that own
//! it.
//! Does not know: pages.
use std::sync::Mutex;

use jiff::{SignedDuration, Timestamp};
use kernel::{Database, Statement, Trouble, params};

/// "Most used" means of the last so many days: old habits fall out of the list.
const RECENT: SignedDuration = SignedDuration::from_hours(24 * 90);
/// Dossiers that are counted, the newest: years of a ward, some days of a large province. All of
/// three months of a million were sorted in 32 MiB.
const NEWEST: i64 = 10_000;
/// The count walks the end of an index; a front page needs it fresh within minutes, not moments.
const KEPT: SignedDuration = SignedDuration::from_mins(10);
/// Codes counted; the front page shows fewer.
const CODES_MAX: i64 = 20;

/// The most used procedures, remembered for some minutes.
#[derive(Debug, Default)]
pub(super) struct MostUsed(Mutex<Option<(Timestamp, Vec<String>)>>);

impl MostUsed {
    /// Codes of procedures by how many dossiers came lately, most first.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub(super) async fn codes(
        &self,
        db: &Database,
        now: Timestamp,
    ) -> Result<Vec<String>, Trouble> {
        if let Some(known) = self.known(now) {
            return Ok(known);
        }
        let codes = count(db, now - RECENT).await?;
        *self.0.lock().expect("no holder of this lock panics") = Some((now, codes.clone()));
        Ok(codes)
    }

    fn known(&self, now: Timestamp) -> Option<Vec<String>> {
        let kept = self.0.lock().expect("no holder of this lock panics");
        let (since, codes) = kept.as_ref()?;
        (now.duration_since(*since) < KEPT).then(|| codes.clone())
    }
}

async fn count(db: &Database, since: Timestamp) -> Result<Vec<String>, Trouble> {
    let sql = "SELECT procedure_code FROM
          (SELECT procedure_code FROM dossiers WHERE submitted_at >= ?
            ORDER BY submitted_at DESC LIMIT ?) AS newest
        GROUP BY procedure_code ORDER BY COUNT(*) DESC, procedure_code LIMIT ?";
    let asked = Statement::new(sql, params![since, NEWEST, CODES_MAX]);
    let rows = db.query(asked).await?;
    Ok(rows.iter().map(|row| row.string(0)).collect())
}
