//! How far the clock is believed. Where it jumps ahead (an empty battery, a wrong time server, a
//! slip of the hand) deadlines would pass that have not, and entries would be dated in a future
//! that was a mistake; neither can be taken back. So a moment that lies more than an allowed step
//! ahead of what was seen before is not believed: timers wait and nothing is appended, until the
//! clock is right or an operator says that it is, which is an entry of a stream of its own.
//!
//! Does not know: the clock itself (callers hand in `now`), who waits, how an operator is told.
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use tokio::sync::Mutex;

use crate::{
    Ctx, Database, Decide, Entry, Failure, Handled, Journal, Lived, Request, Statement, Trouble,
    params,
};

/// While the clock is not believed, the database is asked so often what it has seen.
const ASK_EVERY: SignedDuration = SignedDuration::from_secs(1);
/// How often a believed moment is kept.
const KEEP_EVERY: SignedDuration = SignedDuration::from_hours(1);
/// The one stream of [`Acceptance`].
const HOUSE: &str = "house";

/// Up to which moment the clock is believed; the default believes every moment. Cheap to clone.
#[derive(Clone, Default)]
pub struct Bound(Option<Arc<Looked>>);

impl fmt::Debug for Bound {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Bound")
    }
}

struct Looked {
    db: Database,
    step: SignedDuration,
    /// Milliseconds up to which nobody need be asked.
    until: AtomicI64,
    /// Whether somebody was told that the clock is not believed.
    told: AtomicBool,
    last: Mutex<Last>,
}

#[derive(Default)]
struct Last {
    asked: Option<Timestamp>,
    kept: Option<Timestamp>,
    ahead: Option<Ahead>,
}

/// A clock that is not believed, in words for the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ahead {
    /// What the clock says.
    pub now: Timestamp,
    /// What was seen before.
    pub seen: Seen,
    /// How much more is believed.
    pub step: SignedDuration,
}

impl fmt::Display for Ahead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { now, seen, step } = self;
        write!(f, "the clock of this machine says {now}, ")?;
        match seen.nearest() {
            Some((what, at)) => {
                let days = now.duration_since(at).as_hours() / 24;
                write!(f, "{days} days after {what} ({at})")?;
            }
            None => f.write_str("and nothing was seen before")?,
        }
        let most = step.as_hours() / 24;
        write!(
            f,
            "; more than {most} days are not believed, so deadlines wait and nothing is written. \
             Set the clock right, or run `dinh clock accept` if it is right"
        )
    }
}

/// What is known of time beside the clock.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Seen {
    /// The latest moment that was believed, or that of the newest entry of the log.
    pub newest: Option<Timestamp>,
    /// What the database's own clock says, where it has one.
    pub database: Option<Timestamp>,
    /// What an operator last said was right.
    pub accepted: Option<Timestamp>,
}

impl Seen {
    /// Asks the database.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn ask(db: &Database) -> Result<Self, Trouble> {
        let sql = "SELECT MAX(at) FROM (SELECT at FROM clock
              UNION ALL SELECT MAX(at) FROM entries_unplaced UNION ALL
              SELECT e.at FROM log l JOIN entries e ON e.stream = l.stream AND e.version = l.version
               WHERE l.position = (SELECT MAX(position) FROM log)) AS seen";
        let rows = db.query(Statement::new(sql, vec![])).await?;
        let newest = rows.first().and_then(|row| row.opt_int(0));
        let journal = Journal::new(db.clone());
        let (state, _) = journal.load(&Acceptance, HOUSE).await?;
        Ok(Self {
            newest: newest.and_then(|at| Timestamp::from_millisecond(at).ok()),
            database: db.clock().await?,
            accepted: state,
        })
    }

    /// The last moment that is believed, asked at `now`. A house that has seen nothing believes.
    fn until(&self, now: Timestamp, step: SignedDuration) -> Timestamp {
        let far = |at: Timestamp| at.checked_add(step).unwrap_or(Timestamp::MAX);
        let newest = self.newest.unwrap_or(now);
        // An operator's word counts as much as the other machine's clock.
        let database = self
            .database
            .map(|at| self.accepted.map_or(at, |word| word.max(at)));
        let database = database.map_or(Timestamp::MAX, far);
        let until = far(newest).min(database);
        match now <= until {
            // What is believed goes on from here.
            true => far(newest.max(now)).min(database),
            false => until,
        }
    }

    /// Which of the witnesses stands in the way, and what it says.
    fn nearest(&self) -> Option<(&'static str, Timestamp)> {
        let database = self.database.map(|at| ("the database's clock", at));
        let newest = self.newest.map(|at| ("the newest entry", at));
        [database, newest]
            .into_iter()
            .flatten()
            .min_by_key(|(_, at)| *at)
    }
}

impl Bound {
    /// Believes what is at most `step` ahead of what `db` has seen.
    #[must_use]
    pub fn new(db: Database, step: SignedDuration) -> Self {
        Self(Some(Arc::new(Looked {
            db,
            step,
            until: AtomicI64::new(i64::MIN),
            told: AtomicBool::new(false),
            last: Mutex::default(),
        })))
    }

    /// Lets nobody pass at a moment that is not believed. Costs nothing while the clock is right.
    ///
    /// # Errors
    /// [`Trouble::ClockAhead`] with what the operator should do, or [`Trouble`] of the database.
    pub async fn admits(&self, now: Timestamp) -> Result<(), Trouble> {
        match self.ahead(now).await? {
            None => Ok(()),
            Some(ahead) => Err(Trouble::ClockAhead(ahead.to_string())),
        }
    }

    /// Why the clock is not believed; `None` while it is.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn ahead(&self, now: Timestamp) -> Result<Option<Ahead>, Trouble> {
        let Some(looked) = &self.0 else {
            return Ok(None);
        };
        if now.as_millisecond() <= looked.until.load(Ordering::Relaxed) {
            return Ok(None);
        }
        looked.look(now, ASK_EVERY).await
    }

    /// Keeps, once an hour, that the clock was believed: called again and again while the house
    /// runs.
    ///
    /// # Errors
    /// [`Trouble`] of the database.
    pub async fn keep(&self, now: Timestamp) -> Result<(), Trouble> {
        let Some(looked) = &self.0 else {
            return Ok(());
        };
        let kept = looked.last.lock().await.kept;
        if is_near(kept, now, KEEP_EVERY) {
            return Ok(());
        }
        let ahead = self.ahead(now).await?.is_some();
        if !ahead && looked.look(now, SignedDuration::ZERO).await?.is_none() {
            looked.db.write(vec![keep(now)]).await?;
            looked.last.lock().await.kept = Some(now);
        }
        Ok(())
    }
}

/// Whether it was less than `every` ago, or ahead by less: a clock that moved on, or back, is asked
/// about anew.
fn is_near(before: Option<Timestamp>, now: Timestamp, every: SignedDuration) -> bool {
    before.is_some_and(|before| now.duration_since(before).abs() < every)
}

impl Looked {
    /// Asks the database, unless it was asked a moment ago.
    async fn look(&self, now: Timestamp, every: SignedDuration) -> Result<Option<Ahead>, Trouble> {
        let mut last = self.last.lock().await;
        // Somebody else may have looked while we waited for our turn.
        if !every.is_zero() && now.as_millisecond() <= self.until.load(Ordering::Relaxed) {
            return Ok(None);
        }
        if is_near(last.asked, now, every) && last.ahead.is_some() {
            return Ok(last.ahead.clone());
        }
        let seen = Seen::ask(&self.db).await?;
        let until = seen.until(now, self.step);
        self.until.store(until.as_millisecond(), Ordering::Relaxed);
        let step = self.step;
        let ahead = (now > until).then_some(Ahead { now, seen, step });
        self.tell(ahead.as_ref());
        last.asked = Some(now);
        last.ahead.clone_from(&ahead);
        Ok(ahead)
    }

    /// Once when it begins, and once when it ends.
    fn tell(&self, ahead: Option<&Ahead>) {
        match ahead {
            Some(ahead) if !self.told.swap(true, Ordering::Relaxed) => {
                tracing::error!(%ahead, "the clock is not believed");
            }
            None if self.told.swap(false, Ordering::Relaxed) => {
                tracing::info!("the clock is believed again");
            }
            _ => {}
        }
    }
}

/// Keeps that `now` was believed, unless a later moment was.
fn keep(now: Timestamp) -> Statement {
    let sql = "INSERT INTO clock (name, at) VALUES ('seen', ?)
               ON CONFLICT (name) DO UPDATE SET at = excluded.at WHERE clock.at < excluded.at";
    Statement::new(sql, params![now])
}

/// An operator says that the clock is right: an entry with what was seen before, and from this
/// moment on it is believed.
///
/// # Errors
/// [`Trouble`] of the database.
pub async fn accept(db: &Database, now: Timestamp) -> Result<Seen, Trouble> {
    let seen = Seen::ask(db).await?;
    let right = "INSERT INTO clock (name, at) VALUES ('seen', ?)
                 ON CONFLICT (name) DO UPDATE SET at = excluded.at";
    let request = Request {
        id: HOUSE.to_owned(),
        command: Accept(seen),
        private: None,
        along: vec![Statement::new(right, params![now])],
        ctx: Ctx {
            actor: "operator".to_owned(),
            office: String::new(),
            now,
            command_id: format!("clock/accept/{}", uuid::Uuid::new_v4()),
        },
    };
    let handled = Journal::new(db.clone()).handle(&Acceptance, request).await;
    match handled {
        Ok(Handled { .. }) => Ok(seen),
        Err(Failure::Refused(never)) => match never {},
        Err(Failure::Trouble(trouble)) => Err(trouble),
    }
}

/// The noun of what operators said about the clock.
pub struct Acceptance;

/// The clock is right, whatever was seen before.
pub struct Accept(Seen);

/// What an operator said.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// The clock was right when it said `clock`.
    Accepted {
        /// What it said. The entry itself is never dated before the one before it.
        clock: Timestamp,
        /// The newest moment that had been seen.
        newest: Option<Timestamp>,
        /// What the database's own clock said.
        database: Option<Timestamp>,
    },
}

impl Decide for Acceptance {
    const NAME: &'static str = "clock";
    /// What the clock said when it was last accepted.
    type State = Option<Timestamp>;
    type Command = Accept;
    type Event = Event;
    type Refusal = std::convert::Infallible;

    fn kind(event: &Event) -> &'static str {
        match event {
            Event::Accepted { .. } => "accepted",
        }
    }

    fn decide(
        &self,
        _: &Self::State,
        ctx: &Ctx,
        Accept(seen): &Accept,
    ) -> Result<Vec<Event>, Self::Refusal> {
        Ok(vec![Event::Accepted {
            clock: ctx.now,
            newest: seen.newest,
            database: seen.database,
        }])
    }

    fn evolve(&self, _: Self::State, entry: &Entry<Event>) -> Self::State {
        let Event::Accepted { clock, .. } = entry.event;
        Some(clock)
    }

    fn views(&self, _: &Self::State, _: &Self::State, _: &[Lived<'_, Event>]) -> Vec<Statement> {
        Vec::new()
    }

    fn view_tables(&self) -> &'static [&'static str] {
        &[]
    }
}
