//! Nouns behind one face, so that the building can rebuild all views and fire all timers from one
//! list.
use std::fmt;
use std::sync::Arc;

use futures_util::future::BoxFuture;
use jiff::Timestamp;
use sha2::{Digest, Sha256};

use crate::db::Piece;
use crate::timer::Timer;
use crate::{
    Ctx, Database, Decide, Failure, Journal, Lived, Request, Row, Statement, Trouble, params,
};

/// Streams rebuilt between two commits: bounds the memory and the length of a transaction.
const STREAMS_PER_ROUND: i64 = 200;

/// A noun without its types: what the worker and the rebuild need.
pub trait AnyNoun: Send + Sync {
    /// The noun's name.
    fn name(&self) -> &'static str;
    /// The tables its views fill.
    fn tables(&self) -> &'static [&'static str];
    /// Those of them whose rows are taken from the front: the worker sweeps them.
    fn queues(&self) -> &'static [&'static str];
    /// Sends a passed timer to its stream. A refusal is an answer too: the timer has been heard.
    fn fire(
        &self,
        journal: Journal,
        timer: Timer,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<(), Trouble>>;
    /// The rows that one whole stream gives its views.
    fn replay(
        &self,
        journal: Journal,
        id: String,
    ) -> BoxFuture<'_, Result<Vec<Statement>, Trouble>>;
}

/// A typed noun as [`AnyNoun`].
pub struct Known<D>(pub Arc<D>);

impl<D: Decide> AnyNoun for Known<D> {
    fn name(&self) -> &'static str {
        D::NAME
    }

    fn tables(&self) -> &'static [&'static str] {
        self.0.view_tables()
    }

    fn queues(&self) -> &'static [&'static str] {
        self.0.queue_tables()
    }

    fn fire(
        &self,
        journal: Journal,
        timer: Timer,
        now: Timestamp,
    ) -> BoxFuture<'_, Result<(), Trouble>> {
        Box::pin(async move {
            let id = timer
                .stream
                .split_once('/')
                .map_or("", |(_, id)| id)
                .to_owned();
            if let Some(command) = self.0.timer_passed(&timer.key) {
                let ctx = Ctx {
                    actor: "system".into(),
                    office: String::new(),
                    now: now.max(timer.at),
                    command_id: timer.command_id(),
                };
                let request = Request {
                    id,
                    command,
                    private: None,
                    along: vec![],
                    ctx,
                };
                match journal.handle(&*self.0, request).await {
                    Ok(_) | Err(Failure::Refused(_)) => {}
                    Err(Failure::Trouble(trouble)) => return Err(trouble),
                }
            }
            journal.db().write(vec![timer.done()]).await.map(|_| ())
        })
    }

    fn replay(
        &self,
        journal: Journal,
        id: String,
    ) -> BoxFuture<'_, Result<Vec<Statement>, Trouble>> {
        Box::pin(async move {
            let whole = journal.whole(&*self.0, &id).await?;
            let lived = whole.entries.iter().map(|entry| Lived {
                entry,
                private: entry
                    .private
                    .as_ref()
                    .and_then(|digest| whole.private.get(digest)),
            });
            let life: Vec<_> = lived.collect();
            Ok(self.0.views(&D::State::default(), &whole.state, &life))
        })
    }
}

/// Empties the views of `noun` and fills them again from the journal. Nobody else may write
/// meanwhile. Returns the number of streams.
///
/// # Errors
/// [`Trouble`]; the views are then incomplete, and the rebuild must be run again.
pub async fn rebuild(journal: &Journal, noun: &dyn AnyNoun) -> Result<u64, Trouble> {
    let db = journal.db();
    let empty = |table: &&str| Statement::new(format!("DELETE FROM {table}"), vec![]);
    let mut wipe: Vec<Statement> = noun.tables().iter().map(empty).collect();
    let streams = format!("{}/", noun.name());
    let timers = "DELETE FROM timers WHERE stream >= ? AND stream < ?";
    wipe.push(Statement::new(
        timers,
        params![&streams, after_prefix(&streams)],
    ));
    db.write(wipe).await?;
    let (mut last, mut count) = (streams.clone(), 0);
    loop {
        let sql = "SELECT stream FROM entries WHERE version = 1 AND stream > ? AND stream < ?
                   ORDER BY stream LIMIT ?";
        let bounds = params![&last, after_prefix(&streams), STREAMS_PER_ROUND];
        let rows = db.query(Statement::new(sql, bounds)).await?;
        let Some(end) = rows.last() else {
            return Ok(count);
        };
        last = end.string(0);
        let mut round = Vec::new();
        for row in &rows {
            let id = row.text(0)[streams.len()..].to_owned();
            round.extend(noun.replay(journal.clone(), id).await?);
            count += 1;
        }
        db.write(round).await?;
    }
}

/// The first text after everything that starts with `prefix/`.
fn after_prefix(prefix: &str) -> String {
    format!("{}0", prefix.trim_end_matches('/'))
}

/// A digest of each table's rows, whatever their order: equal digests mean equal views. Reads all
/// tables as of one moment, row after row.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn digests(
    db: &Database,
    tables: &'static [&'static str],
) -> Result<Vec<(&'static str, String)>, Trouble> {
    let mut snapshot = db.snapshot_of("SELECT 1", Some(tables)).await?;
    let mut sums: Vec<Sum> = Vec::new();
    loop {
        match snapshot.next().await? {
            Piece::Answer(_) => {}
            Piece::Table { .. } => sums.push(Sum::default()),
            Piece::Rows(rows) => {
                let sum = sums.last_mut().expect("rows follow their table");
                rows.iter().for_each(|row| sum.add(row));
            }
            Piece::End => break,
        }
    }
    let told = sums.iter().map(ToString::to_string);
    Ok(tables.iter().copied().zip(told).collect())
}

/// What a set of rows adds up to: each row's SHA-256 as four numbers, added without carry. Rows may
/// so come in any order, and none has to be kept.
#[derive(Default)]
struct Sum {
    rows: u64,
    lanes: [u64; 4],
}

impl Sum {
    fn add(&mut self, row: &Row) {
        self.rows += 1;
        let digest = Sha256::digest(format!("{:?}", row.0));
        for (lane, bytes) in self.lanes.iter_mut().zip(digest.chunks_exact(8)) {
            let number = bytes
                .iter()
                .fold(0, |sum, byte| sum << 8 | u64::from(*byte));
            *lane = lane.wrapping_add(number);
        }
    }
}

impl fmt::Display for Sum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { rows, lanes } = self;
        write!(f, "{rows} rows ")?;
        lanes.iter().try_for_each(|lane| write!(f, "{lane:016x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_knows_every_row_and_no_order() {
        let rows = [params![1i64, "a"], params![2i64, "b"], params![2i64, "b"]].map(Row);
        let sum = |order: &[usize]| {
            let mut sum = Sum::default();
            order.iter().for_each(|at| sum.add(&rows[*at]));
            sum.to_string()
        };
        assert_eq!(sum(&[0, 1]), sum(&[1, 0]));
        assert_ne!(sum(&[0, 1]), sum(&[0, 1, 2]));
        assert_ne!(sum(&[0, 1, 2]), sum(&[0, 0, 1]));
        assert_eq!(sum(&[]), format!("0 rows {}", "0".repeat(64)));
    }
}
