//! The table of drafts: the only SQL of this room. Every reading asks for the owner.
//! Does not know: who is asking; the door tells.
use std::str::FromStr;

use facts::procedure::{Channel, ProcedureKey};
use jiff::{SignedDuration, Timestamp};
use kernel::{Database, Row, Statement, Trouble, params};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{DAYS_KEPT, DRAFTS_MAX, Draft};

const COLUMNS: &str = "id, owner, dossier, procedure_key, channel, agency, reception, applicant,
    filer, answers, papers, return_way, post_address, visited, version, updated_at";

/// The draft of this id, if it is this owner's and not too old.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn load(
    db: &Database,
    id: &str,
    owner: &str,
    now: Timestamp,
) -> Result<Option<Draft>, Trouble> {
    let sql = format!("SELECT {COLUMNS} FROM drafts WHERE owner = ? AND id = ?");
    let rows = db.query(Statement::new(sql, params![owner, id])).await?;
    let draft = rows.into_iter().next().map(draft).transpose()?;
    Ok(draft.filter(|draft| draft.updated_at > oldest(now)))
}

/// The owner's drafts, the last touched first.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn list(db: &Database, owner: &str, now: Timestamp) -> Result<Vec<Draft>, Trouble> {
    list_up_to(db, owner, (now, DRAFTS_MAX)).await
}

/// As [`list`], for an owner who may have more.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn list_up_to(
    db: &Database,
    owner: &str,
    (now, most): (Timestamp, usize),
) -> Result<Vec<Draft>, Trouble> {
    let limit = i64::try_from(most).unwrap_or(i64::MAX);
    let sql = format!(
        "SELECT {COLUMNS} FROM drafts WHERE owner = ? AND updated_at > ?
         ORDER BY updated_at DESC, id LIMIT ?"
    );
    let values = params![owner, oldest(now), limit];
    let rows = db.query(Statement::new(sql, values)).await?;
    rows.into_iter().map(draft).collect()
}

/// The owner's unfinished supplement of a dossier.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn of_dossier(
    db: &Database,
    dossier: &str,
    owner: &str,
    now: Timestamp,
) -> Result<Option<Draft>, Trouble> {
    let sql = format!(
        "SELECT {COLUMNS} FROM drafts WHERE owner = ? AND dossier = ? AND updated_at > ?
         ORDER BY updated_at DESC, id LIMIT 1"
    );
    let values = params![owner, dossier, oldest(now)];
    let rows = db.query(Statement::new(sql, values)).await?;
    rows.into_iter().next().map(draft).transpose()
}

/// The end of a draft: alone when its owner wants it, along with the submission otherwise.
#[must_use]
pub fn delete(id: &str, owner: &str) -> Statement {
    let sql = "DELETE FROM drafts WHERE owner = ? AND id = ?";
    Statement::new(sql, params![owner, id]).any_order()
}

/// The end of every draft that nobody touched for [`DAYS_KEPT`] days, found by the day.
pub(super) fn purge(now: Timestamp) -> Statement {
    let sql = "DELETE FROM drafts WHERE touched_on <= ? AND updated_at <= ?";
    let oldest = oldest(now);
    Statement::new(sql, params![day(oldest), oldest])
}

/// A new draft as it is, without asking how many its owner has: [`super::create`] does.
#[must_use]
pub fn insert(draft: &Draft) -> Statement {
    let sql = format!(
        "INSERT INTO drafts ({COLUMNS}, touched_on)
         VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
    );
    let values = params![
        &draft.id,
        &draft.owner,
        &draft.dossier,
        draft.procedure.to_string(),
        draft.channel.as_str(),
        &draft.agency,
        &draft.reception,
        json(&draft.applicant),
        json(&draft.filer),
        json(&draft.answers),
        json(&draft.papers),
        json(&draft.return_way),
        &draft.post_address,
        json(&draft.visited),
        draft.version,
        draft.updated_at,
        day(draft.updated_at),
    ];
    Statement::new(sql, values).any_order()
}

/// Writes only over the version that was read.
pub(super) fn update(draft: &Draft) -> Statement {
    let sql = "UPDATE drafts SET procedure_key = ?, agency = ?, reception = ?, applicant = ?,
        filer = ?, answers = ?, papers = ?, return_way = ?, post_address = ?, visited = ?,
        version = ?, updated_at = ?, touched_on = ?
      WHERE owner = ? AND id = ? AND version = ?";
    let values = params![
        draft.procedure.to_string(),
        &draft.agency,
        &draft.reception,
        json(&draft.applicant),
        json(&draft.filer),
        json(&draft.answers),
        json(&draft.papers),
        json(&draft.return_way),
        &draft.post_address,
        json(&draft.visited),
        draft.version + 1,
        draft.updated_at,
        day(draft.updated_at),
        &draft.owner,
        &draft.id,
        draft.version,
    ];
    Statement::new(sql, values)
}

fn oldest(now: Timestamp) -> Timestamp {
    let days = SignedDuration::from_hours(24 * DAYS_KEPT);
    now.checked_sub(days).unwrap_or(Timestamp::MIN)
}

/// Days from 1 January 1970, in UTC.
fn day(at: Timestamp) -> i64 {
    at.as_second().div_euclid(24 * 60 * 60)
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("plain data always become JSON")
}

fn draft(row: Row) -> Result<Draft, Trouble> {
    let mut cells = row.cells();
    Ok(Draft {
        id: cells.string(),
        owner: cells.string(),
        dossier: cells.string(),
        procedure: ProcedureKey::from_str(&cells.string()).map_err(broken)?,
        channel: Channel::from_str(&cells.string()).map_err(broken)?,
        agency: cells.string(),
        reception: cells.string(),
        applicant: read(&cells.string())?,
        filer: read(&cells.string())?,
        answers: read(&cells.string())?,
        papers: read(&cells.string())?,
        return_way: read(&cells.string())?,
        post_address: cells.string(),
        visited: read(&cells.string())?,
        version: cells.int(),
        updated_at: cells.time(),
    })
}

fn read<T: DeserializeOwned>(text: &str) -> Result<T, Trouble> {
    serde_json::from_str(text).map_err(broken)
}

fn broken(error: impl std::fmt::Display) -> Trouble {
    Trouble::Broken(format!("a draft cannot be read: {error}"))
}
