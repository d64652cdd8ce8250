//! Leases in the database: at most one process does a thing at a time. Clocks only decide how soon
//! another takes over; correctness rests on [`fence`], a row lock inside the holder's own
//! transaction.
use jiff::{SignedDuration, Timestamp};

use crate::{Database, Statement, Trouble, params};

/// How long a silent holder keeps a lease. Short enough that work resumes quickly after a crash.
pub const LEASE_FOR: SignedDuration = SignedDuration::from_secs(5);
/// How long a holder works before it takes its lease again: a durable write that idle nodes need
/// not make five times a second.
pub const RENEW_AFTER: SignedDuration = SignedDuration::from_secs(2);

/// A lease that runs out later than this was taken by a clock that is wrong (or was: its node may
/// be dead, and nobody should wait until its Tuesday comes). It is taken over like one that ran
/// out; if its holder lives, the fence decides.
const BELIEVED_FOR: SignedDuration = SignedDuration::from_secs(2 * 5);

/// Takes, keeps or fails to get the lease `name`.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn hold(
    db: &Database,
    name: &str,
    holder: &str,
    now: Timestamp,
) -> Result<bool, Trouble> {
    let sql = "INSERT INTO leases (name, holder, until) VALUES (?, ?, ?)
               ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until
               WHERE leases.holder = excluded.holder OR leases.until < ? OR leases.until > ?";
    let wrong = now + BELIEVED_FOR;
    let taking = Statement::new(sql, params![name, holder, now + LEASE_FOR, now, wrong]);
    Ok(db.write(vec![taking]).await?[0].affected == 1)
}

/// Refuses the transaction it stands in unless `holder` has the lease, and keeps others from taking
/// it until the transaction ends.
#[must_use]
pub fn fence(name: &str, holder: &str) -> Statement {
    let sql = "UPDATE leases SET holder = holder WHERE name = ? AND holder = ?";
    Statement::new(sql, params![name, holder]).must_change(1)
}

/// Gives a lease back, so that the next one need not wait for it to run out.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn release(db: &Database, name: &str, holder: &str) -> Result<(), Trouble> {
    let sql = "DELETE FROM leases WHERE name = ? AND holder = ?";
    db.write(vec![Statement::new(sql, params![name, holder])])
        .await
        .map(|_| ())
}
