//! The table of forms that came when their session was over.
use jiff::Timestamp;
use kernel::{Database, Statement, Trouble, params};

use super::ms;

/// Forms kept for one account: as many tabs as somebody writes in at once. The oldest goes.
const OF_ACCOUNT_MAX: i64 = 4;

/// Keeps a form until this moment, and forgets those whose time is over.
pub fn put_kept(
    (hash, account): (&str, &str),
    form: &str,
    until: Timestamp,
    now: Timestamp,
) -> Vec<Statement> {
    let over = "DELETE FROM kept_forms WHERE until < ?";
    let put = "INSERT INTO kept_forms (secret_hash, account, form, until) VALUES (?, ?, ?, ?)";
    let more = "DELETE FROM kept_forms WHERE account = ? AND secret_hash NOT IN (
             SELECT secret_hash FROM kept_forms WHERE account = ?
             ORDER BY until DESC, secret_hash LIMIT ?)";
    vec![
        Statement::new(over, params![ms(now)]),
        Statement::new(put, params![hash, account, form, ms(until)]),
        Statement::new(more, params![account, account, OF_ACCOUNT_MAX]),
    ]
}

/// The form kept under this hash for this account.
pub async fn kept(
    db: &Database,
    (hash, account): (&str, &str),
    now: Timestamp,
) -> Result<Option<String>, Trouble> {
    let sql = "SELECT form FROM kept_forms WHERE secret_hash = ? AND account = ? AND until >= ?";
    let rows = db
        .query(Statement::new(sql, params![hash, account, ms(now)]))
        .await?;
    Ok(rows.first().map(|row| row.string(0)))
}

/// Forgets a form.
pub fn drop_kept(hash: &str) -> Statement {
    Statement::new(
        "DELETE FROM kept_forms WHERE secret_hash = ?",
        params![hash],
    )
}
