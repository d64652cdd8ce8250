//! The worker: whoever holds a lease gives entries their places, fires timers and runs readers. Any
//! number of workers may run; each piece of work is done by one of them at a time.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;

use crate::reader::{FOLD_MAX, React, Reader};
use crate::rebuild::AnyNoun;
use crate::{Database, Journal, Trouble, lease, log, timer};

/// The lease of the one who fires timers.
const TIMERS: &str = "timers";
/// How long an idle worker sleeps. Bounds how late a reaction or a timer can be.
const IDLE: Duration = Duration::from_millis(200);
/// How long it waits after a round that found little, so that the next finds more: a durable write
/// for each single entry would cost as much as the entry.
const GATHER: Duration = Duration::from_millis(20);
/// The same for a reader that keeps rows: what it counts may be two seconds old, and entries of one
/// office that are counted together change one row once.
const GATHER_ROWS: Duration = Duration::from_millis(500);
/// The same for the leader, unless so much waits that one transaction does not hold it. Who reads
/// what is placed waits longer; a round for a few costs as much as for all.
const GATHER_PLACES: Duration = Duration::from_millis(100);
/// So much is a full round, where nothing else says how much is.
const MANY: u64 = 100;
/// After so many placed entries what was taken from the front of queues is cleared away: of theirs,
/// of timers and of the nouns'. Less often, who looks at a queue would pass more of it; more often
/// would cost more than it saves.
const SWEEP_AFTER: u64 = 20_000;
/// How long it sleeps after trouble, so that a dead database is not hammered.
const AFTER_TROUBLE: Duration = Duration::from_secs(1);

/// Everything a worker works on.
#[derive(Clone)]
pub struct Worker {
    /// Where entries are.
    pub journal: Journal,
    /// Who it is, unique per process.
    pub holder: String,
    /// Nouns whose timers it fires.
    pub nouns: Vec<Arc<dyn AnyNoun>>,
    /// The list of reactions.
    pub readers: Vec<Reader>,
    /// The time of day, handed in by the building.
    pub clock: fn() -> Timestamp,
}

impl Worker {
    /// Runs until `stop` says so, then gives its leases back.
    pub async fn run(self, mut stop: watch::Receiver<bool>) {
        let mut jobs = vec![Job::Place(Arc::default()), Job::Fire];
        jobs.extend(self.readers.iter().cloned().map(Job::Read));
        let tasks: Vec<_> = jobs
            .into_iter()
            .map(|job| tokio::spawn(self.clone().keep_on(job, stop.clone())))
            .collect();
        let _ = stop.wait_for(|stopping| *stopping).await;
        for task in tasks {
            let _ = task.await;
        }
    }

    /// A panic is a bug of one round. It is told, and the work goes on: nobody who waits for a
    /// deadline would ever learn that the task which watches it had ended.
    async fn keep_on(self, job: Job, mut stop: watch::Receiver<bool>) {
        while !*stop.borrow() {
            let task = tokio::spawn(self.clone().repeat(job.clone(), stop.clone()));
            let Err(error) = task.await else { return };
            tracing::error!(lease = job.lease(), %error, "the worker failed and begins again");
            let stopping = stop.wait_for(|stopping| *stopping);
            let _ = tokio::time::timeout(AFTER_TROUBLE, stopping).await;
        }
    }

    async fn repeat(self, job: Job, mut stop: watch::Receiver<bool>) {
        let lease = job.lease();
        let mut held = None;
        while !*stop.borrow() {
            let pause = match self.round(&job, &lease, &mut held).await {
                Ok(0) => IDLE,
                Ok(count) if count >= job.many() => continue,
                Ok(_) => job.gather(),
                Err(trouble) => {
                    tracing::warn!(lease, %trouble, "a round of the worker failed");
                    held = None;
                    AFTER_TROUBLE
                }
            };
            let _ = tokio::time::timeout(pause, stop.wait_for(|stopping| *stopping)).await;
        }
        if let Err(trouble) = lease::release(self.journal.db(), &lease, &self.holder).await {
            tracing::debug!(lease, %trouble, "a lease runs out instead of being given back");
        }
    }

    /// One round, under a lease that was last taken at `held`.
    async fn round(
        &self,
        job: &Job,
        lease: &str,
        held: &mut Option<Timestamp>,
    ) -> Result<u64, Trouble> {
        let db = self.journal.db();
        if matches!(job, Job::Place(_)) && db.places_entries_itself() {
            return Ok(0);
        }
        let now = (self.clock)();
        if self.journal.bound().ahead(now).await?.is_some() {
            // Who does not know the time leads nobody: its lease runs out.
            *held = None;
            return Ok(0);
        }
        let fresh = |since: Timestamp| (since..since + lease::RENEW_AFTER).contains(&now);
        if !held.is_some_and(fresh) {
            *held = None;
            if !lease::hold(db, lease, &self.holder, now).await? {
                return Ok(0);
            }
            *held = Some(now);
        }
        match job {
            Job::Place(unswept) => self.place(unswept).await,
            Job::Fire => {
                self.journal.bound().keep(now).await?;
                self.fire().await
            }
            Job::Read(reader) => reader.round(db, &self.holder).await,
        }
    }

    /// Places what waits. Returns how many entries.
    async fn place(&self, unswept: &AtomicU64) -> Result<u64, Trouble> {
        let db = self.journal.db();
        let count = log::lead(db, &self.holder).await?;
        if unswept.fetch_add(count, Ordering::Relaxed) + count >= SWEEP_AFTER {
            unswept.store(0, Ordering::Relaxed);
            self.sweep(db).await;
        }
        Ok(count)
    }

    /// Without it everything goes on, only slower: not every database can do it.
    async fn sweep(&self, db: &Database) {
        let queues = self.nouns.iter().flat_map(|noun| noun.queues());
        for table in [log::WAITING, timer::TABLE].iter().chain(queues) {
            if let Err(trouble) = db.sweep(table).await {
                tracing::debug!(table, %trouble, "a queue was not swept");
            }
        }
    }

    /// Fires what has passed. Returns how many timers; none while the clock is not believed.
    ///
    /// # Errors
    /// [`Trouble`] of the first that could not be told to its stream.
    pub async fn fire(&self) -> Result<u64, Trouble> {
        let now = (self.clock)();
        if self.journal.bound().ahead(now).await?.is_some() {
            return Ok(0);
        }
        let passed = timer::passed(self.journal.db(), now).await?;
        let count = passed.len() as u64;
        for timer in passed {
            let name = timer.stream.split_once('/').map_or("", |(name, _)| name);
            match self.nouns.iter().find(|noun| noun.name() == name) {
                Some(noun) => noun.fire(self.journal.clone(), timer, now).await?,
                None => return Err(Trouble::Broken(format!("a timer for unknown {name}"))),
            }
        }
        Ok(count)
    }
}

#[derive(Clone)]
enum Job {
    /// With the number of entries placed since the last sweep.
    Place(Arc<AtomicU64>),
    Fire,
    Read(Reader),
}

impl Job {
    fn keeps_rows(&self) -> bool {
        matches!(self, Self::Read(reader) if matches!(reader.react, React::Rows(..)))
    }

    /// A round that found so much is followed by the next at once.
    fn many(&self) -> u64 {
        match self {
            Self::Place(_) => log::PLACE_MAX.cast_unsigned(),
            _ if self.keeps_rows() => FOLD_MAX,
            _ => MANY,
        }
    }

    /// How long it waits after a round that found less.
    fn gather(&self) -> Duration {
        match self {
            Self::Place(_) => GATHER_PLACES,
            _ if self.keeps_rows() => GATHER_ROWS,
            _ => GATHER,
        }
    }

    fn lease(&self) -> String {
        match self {
            Self::Place(_) => log::LEASE.to_owned(),
            Self::Fire => TIMERS.to_owned(),
            Self::Read(reader) => reader.lease(),
        }
    }
}
