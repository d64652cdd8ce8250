//! Readers follow the log: each remembers one number and reacts to every entry after it, in order.
//! Some answer entries with commands, whose ids are made of the reader and the place, so that
//! reading twice does nothing twice. Others keep rows of their own, written in one transaction with
//! the number, so that every entry counts exactly once.
//!
//! Reactions of one lane (mostly: one other stream) follow each other; lanes run side by side, so
//! that their writes share a commit. Does not know: what a reaction is about.
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{BoxFuture, ready};
use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;

use crate::log::{self, Placed};
use crate::{Database, Statement, Trouble, lease, params};

/// Entries read in one round that are answered with commands.
const ROUND_MAX: i64 = 500;
/// Entries read in one round that become rows together: some megabytes at the most.
pub(crate) const FOLD_MAX: u64 = 1_000;
/// Entries looked at, and lanes carried out, at the same time: as many as share one commit.
const AT_ONCE: usize = 64;

/// How long to wait before the lease is asked for again.
const LEASE_LOOK: Duration = Duration::from_millis(200);
/// How often: longer than a silent holder keeps it.
const LEASE_LOOKS: u32 = 35;

/// Something that follows from an entry and is still to be done.
pub struct Reaction {
    /// Reactions of one lane are done in the order of the log.
    pub lane: String,
    /// Does it; a second time it changes nothing.
    pub act: BoxFuture<'static, Result<(), Trouble>>,
}

/// What a reader makes of one entry: only looks, what follows is done in its lane.
pub type Look =
    Arc<dyn Fn(Placed) -> BoxFuture<'static, Result<Vec<Reaction>, Trouble>> + Send + Sync>;
/// The statements that a round of entries becomes.
pub type Fold =
    Arc<dyn Fn(Vec<Placed>) -> BoxFuture<'static, Result<Vec<Statement>, Trouble>> + Send + Sync>;

/// What a reader does with what is new.
#[derive(Clone)]
pub enum React {
    /// Answers entries with commands.
    Commands(Look),
    /// Keeps rows of its own in these tables, and nothing else: they can be emptied and filled
    /// again from the log.
    Rows(&'static [&'static str], Fold),
}

impl React {
    /// Keeps rows in `tables`: those that `fold` makes of a round of entries.
    pub fn rows<F, Made>(tables: &'static [&'static str], fold: F) -> Self
    where
        F: Fn(Vec<Placed>) -> Made + Send + Sync + 'static,
        Made: Future<Output = Result<Vec<Statement>, Trouble>> + Send + 'static,
    {
        Self::Rows(tables, Arc::new(move |round| Box::pin(fold(round))))
    }
}

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

    /// The tables that it keeps; none for one that answers with commands.
    #[must_use]
    pub fn tables(&self) -> &'static [&'static str] {
        match &self.react {
            React::Commands(_) => &[],
            React::Rows(tables, _) => tables,
        }
    }

    /// One round: reacts to what is new. Returns how many entries it read.
    ///
    /// # Errors
    /// [`Trouble`] of the reaction or the database; what was done before it is kept.
    pub async fn round(&self, db: &Database, holder: &str) -> Result<u64, Trouble> {
        match &self.react {
            React::Commands(look) => self.answer_round(look, db, holder).await,
            React::Rows(_, fold) => self.fold_round(fold, db, holder).await,
        }
    }

    async fn answer_round(&self, look: &Look, db: &Database, holder: &str) -> Result<u64, Trouble> {
        let from = position(db, self.name).await?;
        let entries = log::after(db, from, ROUND_MAX).await?;
        let last = entries.last().map_or(from, |placed| placed.position);
        let (lanes, unread) = sorted(look, entries).await;
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

    /// The number moves from where it was read in the transaction of the rows: whoever else was
    /// faster, nothing counts twice.
    async fn fold_round(&self, fold: &Fold, db: &Database, holder: &str) -> Result<u64, Trouble> {
        let from = position(db, self.name).await?;
        let entries = log::after(db, from, FOLD_MAX.cast_signed()).await?;
        let Some(last) = entries.last() else {
            return Ok(0);
        };
        let (to, count) = (last.position, entries.len() as u64);
        let mut round = vec![
            lease::fence(&self.lease(), holder),
            advance_from(self.name, from, to),
        ];
        round.extend(fold(entries).await?);
        db.write(round).await?;
        Ok(count)
    }

    /// A reader whose rows go out of the house begins with what comes from now on: what happened
    /// before it was there is no news. One that has read before goes on where it was.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn begin_now(&self, db: &Database) -> Result<(), Trouble> {
        let sql = "INSERT INTO readers (name, position) VALUES (?, ?)
            ON CONFLICT (name) DO NOTHING";
        let head = log::head(db).await?;
        let begun = Statement::new(sql, params![self.name, head]);
        db.write(vec![begun]).await.map(|_| ())
    }

    /// After much was filled in from elsewhere: that is no news to answer, but it counts.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn settle(
        &self,
        db: &Database,
        holder: &str,
        clock: fn() -> Timestamp,
    ) -> Result<(), Trouble> {
        if !self.tables().is_empty() {
            return self.catch_up(db, holder, clock).await;
        }
        let head = log::head(db).await?;
        db.write(vec![advance(self.name, head)]).await.map(|_| ())
    }

    /// Reads what there is to the end of the log, before anybody serves.
    ///
    /// # Errors
    /// [`Trouble`], or that a running server reads already.
    pub async fn catch_up(
        &self,
        db: &Database,
        holder: &str,
        clock: fn() -> Timestamp,
    ) -> Result<(), Trouble> {
        loop {
            self.take(db, holder, clock).await?;
            if self.round(db, holder).await? == 0 {
                return lease::release(db, &self.lease(), holder).await;
            }
        }
    }

    /// Takes the lease, if need be when that of a dead process has run out.
    async fn take(
        &self,
        db: &Database,
        holder: &str,
        clock: fn() -> Timestamp,
    ) -> Result<(), Trouble> {
        for _ in 0..LEASE_LOOKS {
            if lease::hold(db, &self.lease(), holder, clock()).await? {
                return Ok(());
            }
            tokio::time::sleep(LEASE_LOOK).await;
        }
        let busy = format!("a running server reads for {}", self.name);
        Err(Trouble::Unavailable(busy))
    }

    /// Empties the tables that it keeps and fills them again from the log. Nobody else may write
    /// meanwhile.
    ///
    /// # Errors
    /// [`Trouble`]; it then reads on from where it came to.
    pub async fn reread(
        &self,
        db: &Database,
        holder: &str,
        clock: fn() -> Timestamp,
    ) -> Result<(), Trouble> {
        let empty = |table: &&str| Statement::new(format!("DELETE FROM {table}"), vec![]);
        let mut wipe: Vec<Statement> = self.tables().iter().map(empty).collect();
        let forget = "DELETE FROM readers WHERE name = ?";
        wipe.push(Statement::new(forget, params![self.name]));
        db.write(wipe).await?;
        self.catch_up(db, holder, clock).await
    }
}

/// What follows from the entries by lane, and the entry that could not be looked at; none
/// behind it is.
async fn sorted(react: &Look, entries: Vec<Placed>) -> (HashMap<String, Lane>, Option<Failed>) {
    let look = |placed: Placed| {
        let place = placed.position;
        let look = react(placed);
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

fn advance(name: &str, position: i64) -> Statement {
    let sql = "INSERT INTO readers (name, position) VALUES (?, ?)
               ON CONFLICT (name) DO UPDATE SET position = excluded.position
               WHERE readers.position < excluded.position";
    Statement::new(sql, params![name, position])
}

/// Refuses its transaction unless the reader still stands at `from`.
fn advance_from(name: &str, from: i64, to: i64) -> Statement {
    let sql = "INSERT INTO readers (name, position) VALUES (?, ?)
               ON CONFLICT (name) DO UPDATE SET position = excluded.position
               WHERE readers.position = ?";
    Statement::new(sql, params![name, to, from]).must_change(1)
}

/// The moment of the first entry that reader `name` has not dealt with; `None`: it has all.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn behind(db: &Database, name: &str) -> Result<Option<Timestamp>, Trouble> {
    let sql =
        "SELECT e.at FROM log l JOIN entries e ON e.stream = l.stream AND e.version = l.version
        WHERE l.position > ? ORDER BY l.position LIMIT 1";
    let from = position(db, name).await?;
    let rows = db.query(Statement::new(sql, params![from])).await?;
    if let Some(row) = rows.first() {
        return Ok(Some(row.time(0)));
    }
    let sql = "SELECT at FROM entries_unplaced ORDER BY at LIMIT 1";
    let rows = db.query(Statement::new(sql, vec![])).await?;
    Ok(rows.first().map(|row| row.time(0)))
}
