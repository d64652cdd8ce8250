//! The table of browsers that were in before.
use jiff::Timestamp;
use kernel::{Database, Statement, Trouble, params};

use super::super::rules::{BROWSER_LIFE, BROWSERS_MAX};
use super::ms;

/// Whether this account was entered by the browser of this digest after `since`.
pub async fn is_known_browser(
    db: &Database,
    (digest, account): (&str, &str),
    since: Timestamp,
) -> Result<bool, Trouble> {
    let sql = "SELECT 1 FROM known_browsers WHERE secret_hash = ? AND account = ? AND seen_at > ?";
    let asked = Statement::new(sql, params![digest, account, ms(since)]);
    Ok(!db.query(asked).await?.is_empty())
}

/// Remembers a browser, which gets a new digest, by this account and those it was remembered by.
pub fn remember_browser((old, new): (&str, &str), account: &str, now: Timestamp) -> Vec<Statement> {
    let moved = "UPDATE known_browsers SET secret_hash = ? WHERE secret_hash = ?";
    let put = "INSERT INTO known_browsers (secret_hash, account, seen_at) VALUES (?, ?, ?)
         ON CONFLICT (secret_hash, account) DO UPDATE SET seen_at = excluded.seen_at";
    let old_ones = "DELETE FROM known_browsers WHERE account = ? AND seen_at <= ?";
    let of_account = "DELETE FROM known_browsers WHERE account = ? AND secret_hash NOT IN (
             SELECT secret_hash FROM known_browsers WHERE account = ?
             ORDER BY seen_at DESC, secret_hash LIMIT ?)";
    let of_browser = "DELETE FROM known_browsers WHERE secret_hash = ? AND account NOT IN (
             SELECT account FROM known_browsers WHERE secret_hash = ?
             ORDER BY seen_at DESC, account LIMIT ?)";
    vec![
        Statement::new(moved, params![new, old]),
        Statement::new(put, params![new, account, ms(now)]),
        Statement::new(old_ones, params![account, ms(now - BROWSER_LIFE)]),
        Statement::new(of_account, params![account, account, BROWSERS_MAX]),
        Statement::new(of_browser, params![new, new, BROWSERS_MAX]),
    ]
}

/// Forgets the browsers of an account: somebody else may have been in by one.
pub fn forget_browsers(account: &str) -> Statement {
    let sql = "DELETE FROM known_browsers WHERE account = ?";
    Statement::new(sql, params![account])
}
