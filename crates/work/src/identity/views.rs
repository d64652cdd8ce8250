//! The tables of accounts, sessions, steps and tries. The only SQL of this room.
mod browsers;
mod kept;
mod managed;

use jiff::Timestamp;
use kernel::{Database, Row, Statement, Trouble, params};
use web::Kind;

pub use browsers::{forget_browsers, is_known_browser, remember_browser};
pub use kept::{drop_kept, kept, put_kept};
pub use managed::{
    Managed, accounts_of, close_account, managed_by_login, remove_device, reopen_account,
};

use super::rules::door_word;

/// Sessions that a person is shown of their own.
const OWN_SESSIONS_MAX: i64 = 20;

/// A way in for one person, organisation or officer.
#[derive(Clone)]
pub struct Account {
    /// UUID.
    pub id: String,
    /// Which door.
    pub door: Kind,
    /// Personal number, tax code or officer's login.
    pub login: String,
    /// Id of the person (facts::people) or of the officer (facts::agency).
    pub subject: String,
    /// Name for the header.
    pub display_name: String,
    /// Argon2id in PHC form.
    pub password: String,
    /// When it was last changed.
    pub password_at: Timestamp,
    /// Secret of the enrolled device.
    pub totp_secret: Option<Vec<u8>>,
    /// When it was made.
    pub created_at: Timestamp,
}

/// One open or past session. The secret itself is not here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// Public name.
    pub id: String,
    /// Its account.
    pub account: String,
    /// Which door.
    pub door: Kind,
    /// Id of the person or of the officer.
    pub subject: String,
    /// Name at sign-in.
    pub display_name: String,
    /// Position at sign-in, or empty.
    pub standing: String,
    /// Network address at sign-in.
    pub address: String,
    /// Browser and system at sign-in.
    pub device: String,
    /// When it began.
    pub created_at: Timestamp,
    /// Last use, as far as it was noted.
    pub seen_at: Timestamp,
    /// When it was ended by hand.
    pub ended_at: Option<Timestamp>,
}

/// A step between the password and the code.
#[derive(Clone)]
pub struct Step {
    /// Its account.
    pub account: String,
    /// The new secret where a device is being enrolled.
    pub totp_secret: Option<Vec<u8>>,
    /// Where the person wanted to go.
    pub next_path: String,
    /// Until when it can be used.
    pub until: Timestamp,
}

fn ms(at: Timestamp) -> i64 {
    at.as_millisecond()
}

/// Makes an account; refused with [`Trouble::Conflict`] when the login has one.
pub fn put_account(account: &Account) -> Statement {
    Statement::new(
        "INSERT INTO accounts (id, door, login, subject, display_name, password, password_at,
             totp_secret, totp_step, created_at, closed_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, ?, NULL)",
        params![
            account.id.as_str(),
            door_word(account.door),
            account.login.as_str(),
            account.subject.as_str(),
            account.display_name.as_str(),
            account.password.as_str(),
            ms(account.password_at),
            account.totp_secret.clone().unwrap_or_default(),
            ms(account.created_at),
        ],
    )
}

const ACCOUNT: &str = "id, door, login, subject, display_name, password, password_at, \
    totp_secret, created_at";

/// The open account of this login at this door.
pub async fn account_by_login(
    db: &Database,
    door: Kind,
    login: &str,
) -> Result<Option<Account>, Trouble> {
    let sql = format!(
        "SELECT {ACCOUNT} FROM accounts WHERE door = ? AND login = ? AND closed_at IS NULL"
    );
    let rows = db
        .query(Statement::new(sql, params![door_word(door), login]))
        .await?;
    Ok(rows.first().map(account))
}

/// The open account of this id.
pub async fn account_by_id(db: &Database, id: &str) -> Result<Option<Account>, Trouble> {
    let sql = format!("SELECT {ACCOUNT} FROM accounts WHERE id = ? AND closed_at IS NULL");
    let rows = db.query(Statement::new(sql, params![id])).await?;
    Ok(rows.first().map(account))
}

/// The open account of this person.
pub async fn account_by_subject(db: &Database, subject: &str) -> Result<Option<Account>, Trouble> {
    let sql = format!(
        "SELECT {ACCOUNT} FROM accounts WHERE subject = ? AND door = ? AND closed_at IS NULL"
    );
    let values = params![subject, door_word(Kind::Citizen)];
    let rows = db.query(Statement::new(sql, values)).await?;
    Ok(rows.first().map(account))
}

fn account(row: &Row) -> Account {
    Account {
        id: row.string(0),
        door: door(row.text(1)),
        login: row.string(2),
        subject: row.string(3),
        display_name: row.string(4),
        password: row.string(5),
        password_at: row.time(6),
        totp_secret: secret(row.bytes(7)),
        created_at: row.time(8),
    }
}

/// An empty secret is none.
fn secret(bytes: &[u8]) -> Option<Vec<u8>> {
    (!bytes.is_empty()).then(|| bytes.to_vec())
}

fn door(word: &str) -> Kind {
    if word == "officer" {
        Kind::Officer
    } else {
        Kind::Citizen
    }
}

/// Changes the password.
pub fn set_password(account: &str, hash: &str, now: Timestamp) -> Statement {
    let sql = "UPDATE accounts SET password = ?, password_at = ? WHERE id = ?";
    Statement::new(sql, params![hash, ms(now), account])
}

/// Enrols a device; `step` is the time step of the code that proved it.
pub fn set_totp(account: &str, secret: &[u8], step: i64) -> Statement {
    let sql = "UPDATE accounts SET totp_secret = ?, totp_step = ? WHERE id = ?";
    Statement::new(sql, params![secret.to_vec(), step, account])
}

/// Uses up a time step: changes no row when it, or a later one, has been used.
pub fn use_totp_step(account: &str, step: i64) -> Statement {
    let sql = "UPDATE accounts SET totp_step = ? WHERE id = ? AND totp_step < ?";
    Statement::new(sql, params![step, account, step])
}

/// Replaces all recovery codes.
pub fn put_recovery_codes(account: &str, hashes: &[String]) -> Vec<Statement> {
    let sql = "DELETE FROM recovery_codes WHERE account = ?";
    let mut list = vec![Statement::new(sql, params![account])];
    for hash in hashes {
        let sql = "INSERT INTO recovery_codes (account, code_hash, used_at) VALUES (?, ?, NULL)";
        list.push(Statement::new(sql, params![account, hash.as_str()]));
    }
    list
}

/// Uses up a recovery code: changes no row when there is none such left.
pub fn use_recovery_code(account: &str, hash: &str, now: Timestamp) -> Statement {
    let sql = "UPDATE recovery_codes SET used_at = ?
         WHERE account = ? AND code_hash = ? AND used_at IS NULL";
    Statement::new(sql, params![ms(now), account, hash])
}

/// How many recovery codes are left.
pub async fn recovery_codes_left(db: &Database, account: &str) -> Result<i64, Trouble> {
    let sql = "SELECT COUNT(*) FROM recovery_codes WHERE account = ? AND used_at IS NULL";
    let rows = db.query(Statement::new(sql, params![account])).await?;
    Ok(rows.first().map_or(0, |row| row.int(0)))
}

/// Begins a session whose cookie secret has this hash.
pub fn put_session(session: &Session, secret_hash: &str) -> Statement {
    Statement::new(
        "INSERT INTO sessions (id, secret_hash, account, door, subject, display_name, standing,
             address, device, created_at, seen_at, ended_at)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL)",
        params![
            session.id.as_str(),
            secret_hash,
            session.account.as_str(),
            door_word(session.door),
            session.subject.as_str(),
            session.display_name.as_str(),
            session.standing.as_str(),
            session.address.as_str(),
            session.device.as_str(),
            ms(session.created_at),
            ms(session.seen_at),
        ],
    )
}

const SESSION: &str = "id, account, door, subject, display_name, standing, address, device, \
    created_at, seen_at, ended_at";

/// The session whose secret has this hash, alive or not, as it was at most two seconds ago: every
/// request asks. Whoever ends a session calls [`Database::forget_lately`].
pub async fn session_by_hash(db: &Database, hash: &str) -> Result<Option<Session>, Trouble> {
    let rows = db.query_lately(by_hash(hash)).await?;
    Ok(rows.first().map(session))
}

/// Forgets one session as it was: a use of it has been noted.
pub fn forget_session(db: &Database, hash: &str) {
    db.forget_one(&by_hash(hash));
}

fn by_hash(hash: &str) -> Statement {
    let sql = format!("SELECT {SESSION} FROM sessions WHERE secret_hash = ?");
    Statement::new(sql, params![hash])
}

/// The newest sessions of an account that were not ended by hand.
pub async fn sessions_of(db: &Database, account: &str) -> Result<Vec<Session>, Trouble> {
    let sql = format!(
        "SELECT {SESSION} FROM sessions WHERE account = ? AND ended_at IS NULL
         ORDER BY seen_at DESC, id LIMIT ?"
    );
    let rows = db
        .query(Statement::new(sql, params![account, OWN_SESSIONS_MAX]))
        .await?;
    Ok(rows.iter().map(session).collect())
}

/// The account of a session.
pub async fn account_of_session(db: &Database, id: &str) -> Result<Option<Account>, Trouble> {
    let sql = format!(
        "SELECT {ACCOUNT} FROM accounts WHERE closed_at IS NULL
         AND id = (SELECT account FROM sessions WHERE id = ?)"
    );
    let rows = db.query(Statement::new(sql, params![id])).await?;
    Ok(rows.first().map(account))
}

fn session(row: &Row) -> Session {
    Session {
        id: row.string(0),
        account: row.string(1),
        door: door(row.text(2)),
        subject: row.string(3),
        display_name: row.string(4),
        standing: row.string(5),
        address: row.string(6),
        device: row.string(7),
        created_at: row.time(8),
        seen_at: row.time(9),
        ended_at: row.opt_time(10),
    }
}

/// Notes a use.
pub fn session_seen(id: &str, now: Timestamp) -> Statement {
    let sql = "UPDATE sessions SET seen_at = ? WHERE id = ? AND seen_at < ?";
    Statement::new(sql, params![ms(now), id, ms(now)])
}

/// Ends one session of an account.
pub fn end_session(account: &str, id: &str, now: Timestamp) -> Statement {
    let sql = "UPDATE sessions SET ended_at = ?
         WHERE account = ? AND id = ? AND ended_at IS NULL";
    Statement::new(sql, params![ms(now), account, id])
}

/// Ends every session of an account but one (none is kept when `kept` names none).
pub fn end_other_sessions(account: &str, kept: &str, now: Timestamp) -> Statement {
    let sql = "UPDATE sessions SET ended_at = ?
         WHERE account = ? AND id <> ? AND ended_at IS NULL";
    Statement::new(sql, params![ms(now), account, kept])
}

/// Begins a step, and forgets those that are over.
pub fn put_step(step: &Step, secret_hash: &str, now: Timestamp) -> Vec<Statement> {
    let forget = "DELETE FROM sign_in_steps WHERE until < ?";
    let begin = "INSERT INTO sign_in_steps (secret_hash, account, totp_secret, next_path, until)
         VALUES (?, ?, ?, ?, ?)";
    let values = params![
        secret_hash,
        step.account.as_str(),
        step.totp_secret.clone().unwrap_or_default(),
        step.next_path.as_str(),
        ms(step.until),
    ];
    vec![
        Statement::new(forget, params![ms(now)]),
        Statement::new(begin, values),
    ]
}

/// The step whose secret has this hash.
pub async fn step_by_hash(db: &Database, hash: &str) -> Result<Option<Step>, Trouble> {
    let sql = "SELECT account, totp_secret, next_path, until FROM sign_in_steps
         WHERE secret_hash = ?";
    let rows = db.query(Statement::new(sql, params![hash])).await?;
    Ok(rows.first().map(|row| Step {
        account: row.string(0),
        totp_secret: secret(row.bytes(1)),
        next_path: row.string(2),
        until: row.time(3),
    }))
}

/// Takes a step away: it is used once.
pub fn take_step(secret_hash: &str) -> Statement {
    Statement::new(
        "DELETE FROM sign_in_steps WHERE secret_hash = ?",
        params![secret_hash],
    )
}

/// Takes away every step of an account: what it was begun with does not hold any more.
pub fn drop_steps(account: &str) -> Statement {
    let sql = "DELETE FROM sign_in_steps WHERE account = ?";
    Statement::new(sql, params![account])
}

/// Counts one try of a key before it is made, in the window that began after `window_start`.
/// Returns the count and the beginning of the window. A window that begins more than its own
/// length after now was opened by a clock that was wrong: it must not lock anybody out until its
/// day comes.
pub fn count_try(key: &str, now: Timestamp, window_start: Timestamp) -> Statement {
    let (now, start) = (ms(now), ms(window_start));
    let wrong = now + (now - start);
    Statement::new(
        "INSERT INTO sign_in_tries (key, count, since) VALUES (?, 1, ?)
         ON CONFLICT (key) DO UPDATE SET
             count = CASE WHEN sign_in_tries.since <= ? OR sign_in_tries.since > ? THEN 1
                 ELSE sign_in_tries.count + 1 END,
             since = CASE WHEN sign_in_tries.since <= ? OR sign_in_tries.since > ?
                 THEN excluded.since ELSE sign_in_tries.since END
         RETURNING count, since",
        params![key, now, start, wrong, start, wrong],
    )
}

/// Forgets the tries of a key after a good one, and all whose window is over.
pub fn forget_tries(key: &str, window_start: Timestamp) -> Statement {
    let sql = "DELETE FROM sign_in_tries WHERE key = ? OR since <= ?";
    Statement::new(sql, params![key, ms(window_start)])
}

/// Gives one try back: it was a good one, others with this key may not have been.
pub fn give_back_try(key: &str) -> Statement {
    let sql = "UPDATE sign_in_tries SET count = count - 1 WHERE key = ? AND count > 0";
    Statement::new(sql, params![key])
}
