//! The log order: every committed entry gets one place, without gaps, so that readers only remember
//! a number. On SQLite the single writer places each entry as it inserts it. On PostgreSQL entries
//! wait for one leader, whose lease row is locked by each placing transaction: two leaders cannot
//! interleave.
use jiff::Timestamp;
use serde::de::DeserializeOwned;

use crate::{Cells, Database, Entry, Row, Statement, Trouble, body, lease, params};

/// The lease of the one who places.
pub const LEASE: &str = "log";
/// Where entries wait.
pub(crate) const WAITING: &str = "entries_unplaced";
/// The most entries placed by one transaction, so that it stays short under a backlog.
pub const PLACE_MAX: i64 = 5_000;

/// Lets an entry wait for its place: stream, version, time.
pub(crate) const WAIT: &str = "INSERT INTO entries_unplaced (stream, version, at) VALUES (?, ?, ?)";
/// What a single writer does instead of [`WAIT`], with the same first two values.
pub(crate) const NEXT: &str = "INSERT INTO log (position, stream, version)
    VALUES ((SELECT COALESCE(MAX(position), 0) + 1 FROM log), ?, ?)";

const PLACE: &str = "INSERT INTO log (position, stream, version)
    SELECT (SELECT COALESCE(MAX(position), 0) FROM log)
           + ROW_NUMBER() OVER (ORDER BY at, stream, version), stream, version
    FROM (SELECT at, stream, version FROM entries_unplaced
          ORDER BY at, stream, version LIMIT ?) AS next";
const UNQUEUE: &str = "DELETE FROM entries_unplaced WHERE EXISTS (SELECT 1 FROM log
    WHERE log.stream = entries_unplaced.stream AND log.version = entries_unplaced.version)";

/// Up to which time the leader places now; nothing when none waits.
const BOUND: &str = "SELECT MAX(at) FROM
    (SELECT at FROM entries_unplaced WHERE at > ? ORDER BY at LIMIT ?) AS next";
/// Both at once, on PostgreSQL: the deletion itself names what was waiting, and nobody looks it up
/// again. An entry never waits behind a later one of its stream: time never runs backwards there.
const TAKE_AND_PLACE: &str = "WITH next AS (DELETE FROM entries_unplaced WHERE at > ? AND at <= ?
      RETURNING at, stream, version)
    INSERT INTO log (position, stream, version)
    SELECT (SELECT COALESCE(MAX(position), 0) FROM log)
           + ROW_NUMBER() OVER (ORDER BY at, stream, version), stream, version FROM next";

/// Places waiting entries, then takes them off the queue.
#[must_use]
pub fn place(limit: i64) -> [Statement; 2] {
    [
        Statement::new(PLACE, params![limit]),
        Statement::new(UNQUEUE, vec![]),
    ]
}

/// One round of the leader: places what waits. Returns how many entries got a place.
///
/// # Errors
/// [`Trouble::Guard`] when the lease was lost meanwhile; nothing was placed then.
pub async fn lead(db: &Database, holder: &str) -> Result<u64, Trouble> {
    let placed = lead_after(db, holder, i64::MIN).await?;
    Ok(placed.map_or(0, |(count, _)| count))
}

/// Places the next of those that wait since after `from`, in milliseconds. Returns how many, and
/// up to when; nothing when none waits.
async fn lead_after(db: &Database, holder: &str, from: i64) -> Result<Option<(u64, i64)>, Trouble> {
    let bound = Statement::new(BOUND, params![from, PLACE_MAX]);
    let bound = db.query(bound).await?;
    let Some(bound) = bound.first().and_then(|row| row.opt_int(0)) else {
        return Ok(None);
    };
    let round = vec![
        lease::fence(LEASE, holder),
        Statement::new(TAKE_AND_PLACE, params![from, bound]),
    ];
    Ok(Some((db.write(round).await?[1].affected, bound)))
}

/// Gives every entry its place before anybody serves: after a bulk. On SQLite the writer has.
///
/// # Errors
/// [`Trouble`] of the database, or when a server already leads.
pub async fn place_all(
    db: &Database,
    holder: &str,
    clock: fn() -> Timestamp,
) -> Result<(), Trouble> {
    if db.places_entries_itself() {
        return Ok(());
    }
    // Nobody writes: what is placed is behind, and is not passed again on the way to the rest.
    let mut from = i64::MIN;
    loop {
        if !lease::hold(db, LEASE, holder, clock()).await? {
            return Err(Trouble::Unavailable(
                "a running server gives the places".into(),
            ));
        }
        match lead_after(db, holder, from).await? {
            Some((_, bound)) => from = bound,
            None => break,
        }
    }
    db.sweep(WAITING).await?;
    lease::release(db, LEASE, holder).await
}

/// An entry as stored, with its place in the log.
#[derive(Debug, Clone, PartialEq)]
pub struct Placed {
    /// Its place, from 1, without gaps.
    pub position: i64,
    /// The kind of event.
    pub kind: String,
    /// The entry; its event still the text of a JSON document.
    pub entry: Entry<String>,
}

impl Placed {
    /// The name of the noun whose stream it is of.
    #[must_use]
    pub fn noun(&self) -> &str {
        let stream = self.entry.stream.split_once('/');
        stream.map_or("", |(noun, _)| noun)
    }

    /// The entry with its event's type.
    ///
    /// # Errors
    /// [`Trouble::Broken`] when it is of another shape.
    pub fn typed<E: DeserializeOwned>(self) -> Result<Entry<E>, Trouble> {
        typed(&self.kind, self.entry)
    }
}

/// Up to `limit` entries after `position`, in log order.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn after(db: &Database, position: i64, limit: i64) -> Result<Vec<Placed>, Trouble> {
    let sql = format!(
        "SELECT {ENTRY}, l.position
           FROM log l JOIN entries e ON e.stream = l.stream AND e.version = l.version
          WHERE l.position > ? AND l.position <= ? ORDER BY l.position"
    );
    // Places have no gaps: the last of `limit` entries is known.
    let last = position.saturating_add(limit);
    let rows = db
        .query(Statement::new(sql, params![position, last]))
        .await?;
    rows.into_iter().map(placed).collect()
}

fn placed(row: Row) -> Result<Placed, Trouble> {
    let mut cells = row.cells();
    let (kind, entry) = written(&mut cells)?;
    let position = cells.int();
    Ok(Placed {
        position,
        kind,
        entry,
    })
}

/// The last place given; 0 for an empty log.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn head(db: &Database) -> Result<i64, Trouble> {
    let sql = "SELECT COALESCE(MAX(position), 0) FROM log";
    Ok(db.query(Statement::new(sql, vec![])).await?[0].int(0))
}

/// What [`entry`] reads of a row of `entries e`.
pub(crate) const ENTRY: &str =
    "e.stream, e.version, e.at, e.actor, e.office, e.command_id, e.private, e.kind, e.body";

/// The next columns, [`ENTRY`]: an entry.
pub(crate) fn entry<E: DeserializeOwned>(cells: &mut Cells) -> Result<Entry<E>, Trouble> {
    let (kind, entry) = written(cells)?;
    typed(&kind, entry)
}

/// The same as it is written: the kind of its event, and the event still a text.
fn written(cells: &mut Cells) -> Result<(String, Entry<String>), Trouble> {
    let (stream, version, at) = (cells.string(), cells.int(), cells.int());
    let at = Timestamp::from_millisecond(at)
        .map_err(|e| Trouble::Broken(format!("{stream} {version}: {e}")))?;
    let (actor, office, command_id) = (cells.string(), cells.string(), cells.string());
    let private = cells.opt_string();
    let (kind, event) = (cells.string(), cells.string());
    let entry = Entry {
        stream,
        version,
        at,
        actor,
        office,
        command_id,
        private,
        event,
    };
    Ok((kind, entry))
}

fn typed<E: DeserializeOwned>(kind: &str, entry: Entry<String>) -> Result<Entry<E>, Trouble> {
    let event = body::read(kind, &entry.event)
        .map_err(|e| Trouble::Broken(format!("{} {}: {e}", entry.stream, entry.version)))?;
    Ok(Entry {
        stream: entry.stream,
        version: entry.version,
        at: entry.at,
        actor: entry.actor,
        office: entry.office,
        command_id: entry.command_id,
        private: entry.private,
        event,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::proof;

    /// However many wait, on PostgreSQL the next ones are found by their time and nothing is
    /// sorted.
    #[tokio::test]
    async fn a_leader_who_comes_late_looks_at_the_next_few_only() {
        proof::on_each(&[], |db| async move {
            if db.places_entries_itself() {
                return;
            }
            let late = "INSERT INTO entries_unplaced (stream, version, at)
                SELECT 'jar/' || n, 1, n % 997 FROM generate_series(1, 20000) AS n";
            db.write(vec![Statement::new(late, vec![])])
                .await
                .expect("they wait");
            for (sql, value) in [(BOUND, PLACE_MAX), (TAKE_AND_PLACE, 3)] {
                let plan = Statement::new(format!("EXPLAIN {sql}"), params![i64::MIN, value]);
                let plan = db.query(plan).await.expect("a plan");
                let plan: Vec<&str> = plan.iter().map(|row| row.text(0)).collect();
                let plan = plan.join("\n");
                assert!(!plan.contains("Seq Scan on entries_unplaced"), "{plan}");
                assert!(sql != BOUND || !plan.contains("Sort"), "{plan}");
            }
        })
        .await;
    }
}
