//! Readers follow the log: each remembers one number and reacts to every entry after it, in order.
//! A reaction is a command with an id made of the reader and the place, so that reading twice does
//! nothing twice.
//!
//! Reactions of one lane (mostly: one other stream) follow each other; lanes run side by side, so
//! that their writes share a commit. Does not know: what a reaction is about.
use std::collections::HashMap;
use std::sync::Arc;

use futures_util::future::{BoxFuture, ready};
use futures_util::stream::{self, StreamExt};

use crate::log::{self, Placed};
use crate::{Database, Statement, Trouble, lease, params};

/// Entries read in one round.
const ROUND_MAX: i64 = 500;
/// Entries looked at, and lanes carried out, at the same time: as many as share one commit.
const AT_ONCE: usize = 64;

/// Something that follows from an entry and is still to be done.
pub struct Reaction {
    /// Reactions of one lane are done in the order of the log.
    pub lane: String,
    /// Does it; a second time it changes nothing.
    pub act: BoxFuture<'static, Result<(), Trouble>>,
}

/// What a reader makes of one entry: only looks, what follows is done in its lane.
pub type React =
    Arc<dyn Fn(Placed) -> BoxFuture<'static, Result<Vec<Reaction>, Trouble>> + Send + Sync>;

/// One line of the house's list of reactions.
#[derive(Clone)]
pub struct Reader {
    /// Its name in the database; never changed once it has run.
    pub name: &'static str,
    /// What it does.
    pub react: React,
}

impl Reader {
    /// The command id of this reader's reaction to the entry at `position`.
    #[must_use]
    pub fn command_id(name: &str, position: i64) -> String {
        format!("reader/{name}/{position}")
    }

    /// The name of the lease under which it runs.
    #[must_use]
    pub fn lease(&self) -> String {
        format!("reader/{}", self.name)
    }

    /// One round: reacts to what is new. Returns how many entries it read.
    ///
    /// # Errors
    /// [`Trouble`] of the first entry that failed; what was done before it is kept.
    pub async fn round(&self, db: &Database, holder: &str) -> Result<u64, Trouble> {
        let from = position(db, self.name).await?;
        let entries = log::after(db, from, ROUND_MAX).await?;
        let last = entries.last().map_or(from, |placed| placed.position);
        let (lanes, unread) = self.sorted(entries).await;
        let lanes: Vec<_> = lanes.into_values().map(in_order).collect();
        let failed = stream::iter(lanes)
            .buffer_unordered(AT_ONCE)
            .filter_map(ready)
            .collect::<Vec<_>>();
        let first = failed.await.into_iter().chain(unread);
        let first = first.min_by_key(|(place, _)| *place);
        let at = first.as_ref().map_or(last, |(place, _)| place - 1);
        if at > from {
            let advanced = vec![lease::fence(&self.lease(), holder), advance(self.name, at)];
            db.write(advanced).await?;
        }
        match first {
            Some((_, trouble)) => Err(trouble),
            None => Ok((at - from).unsigned_abs()),
        }
    }

    /// What follows from the entries by lane, and the entry that could not be looked at; none
    /// behind it is.
    async fn sorted(&self, entries: Vec<Placed>) -> (HashMap<String, Lane>, Option<Failed>) {
        let look = |placed: Placed| {
            let place = placed.position;
            let look = (self.react)(placed);
            async move { (place, look.await) }
        };
        let looks: Vec<_> = entries.into_iter().map(look).collect();
        let mut looks = stream::iter(looks).buffered(AT_ONCE);
        let mut lanes: HashMap<String, Lane> = HashMap::new();
        while let Some((place, reactions)) = looks.next().await {
            match reactions {
                Err(trouble) => return (lanes, Some((place, trouble))),
                Ok(reactions) => reactions.into_iter().for_each(|Reaction { lane, act }| {
                    lanes.entry(lane).or_default().push((place, act));
                }),
            }
        }
        (lanes, None)
    }
}

/// Reactions of one lane, each with the place of its entry.
type Lane = Vec<(i64, BoxFuture<'static, Result<(), Trouble>>)>;
/// An entry and what went wrong with it.
type Failed = (i64, Trouble);

/// Carries out a lane up to the first that fails.
async fn in_order(lane: Lane) -> Option<Failed> {
    for (place, act) in lane {
        if let Err(trouble) = act.await {
            return Some((place, trouble));
        }
    }
    None
}

/// The last place that reader `name` has dealt with.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn position(db: &Database, name: &str) -> Result<i64, Trouble> {
    let sql = "SELECT position FROM readers WHERE name = ?";
    let rows = db.query(Statement::new(sql, params![name])).await?;
    Ok(rows.first().map_or(0, |row| row.int(0)))
}

/// Lets reader `name` begin behind everything that has a place by now: what was filled in from
/// elsewhere is not news.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn skip_to_end(db: &Database, name: &str) -> Result<(), Trouble> {
    let head = log::head(db).await?;
    db.write(vec![advance(name, head)]).await.map(|_| ())
}

fn advance(name: &str, position: i64) -> Statement {
    let sql = "INSERT INTO readers (name, position) VALUES (?, ?)
               ON CONFLICT (name) DO UPDATE SET position = excluded.position
               WHERE readers.position < excluded.position";
    Statement::new(sql, params![name, position])
}
