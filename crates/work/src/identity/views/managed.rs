//! Accounts as those see them who make and close them: closed ones too.
use jiff::Timestamp;
use kernel::{Database, Row, Statement, Trouble, Value, params};
use web::Kind;

use super::super::rules::door_word;
use super::{ACCOUNT, Account, account, ms};

/// An account, open or closed.
#[derive(Clone)]
pub struct Managed {
    /// The account.
    pub account: Account,
    /// When it was closed.
    pub closed_at: Option<Timestamp>,
}

/// The accounts of these subjects at a door, open and closed, the oldest first.
pub async fn accounts_of(
    db: &Database,
    door: Kind,
    subjects: &[&str],
) -> Result<Vec<Managed>, Trouble> {
    let marks = "?, ".repeat(subjects.len());
    let sql = format!(
        "SELECT {ACCOUNT}, closed_at FROM accounts WHERE door = ? AND subject IN ({marks}?)
         ORDER BY created_at, id"
    );
    let subjects = subjects.iter().copied().chain([""]);
    let values = std::iter::once(door_word(door)).chain(subjects);
    let values = values.map(Value::from).collect();
    let rows = db.query(Statement::new(sql, values)).await?;
    Ok(rows.iter().map(managed).collect())
}

fn managed(row: &Row) -> Managed {
    Managed {
        account: account(row),
        closed_at: row.opt_time(9),
    }
}

/// The account of this login at a door: the open one, otherwise the one that was closed last.
pub async fn managed_by_login(
    db: &Database,
    door: Kind,
    login: &str,
) -> Result<Option<Managed>, Trouble> {
    let sql = format!(
        "SELECT {ACCOUNT}, closed_at FROM accounts WHERE door = ? AND login = ?
         ORDER BY CASE WHEN closed_at IS NULL THEN 0 ELSE 1 END, closed_at DESC LIMIT 1"
    );
    let rows = db
        .query(Statement::new(sql, params![door_word(door), login]))
        .await?;
    Ok(rows.first().map(managed))
}

/// Closes an account, ends its sessions, and forgets what was begun.
pub fn close_account(account: &str, now: Timestamp) -> Vec<Statement> {
    let sql = "UPDATE accounts SET closed_at = ? WHERE id = ? AND closed_at IS NULL";
    vec![
        Statement::new(sql, params![ms(now), account]),
        super::end_other_sessions(account, "", now),
        super::drop_steps(account),
        super::forget_browsers(account),
    ]
}

/// Opens an account again without the password and the device that it had.
pub fn reopen_account(account: &str, now: Timestamp) -> Vec<Statement> {
    let sql = "UPDATE accounts SET closed_at = NULL, password = '', password_at = ? WHERE id = ?";
    let mut list = vec![Statement::new(sql, params![ms(now), account])];
    list.extend(remove_device(account));
    list
}

/// Takes the device of the second step and the recovery codes away.
pub fn remove_device(account: &str) -> Vec<Statement> {
    let device = "UPDATE accounts SET totp_secret = ? WHERE id = ?";
    let codes = "DELETE FROM recovery_codes WHERE account = ?";
    vec![
        Statement::new(device, params![Vec::<u8>::new(), account]),
        Statement::new(codes, params![account]),
    ]
}
