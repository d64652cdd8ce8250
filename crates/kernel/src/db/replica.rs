//! A streaming standby of PostgreSQL that answers reads which may be a little behind. A watch asks
//! both servers again and again how far they are; while the standby is away or further behind than
//! allowed, the primary answers (decision 23).
//!
//! Does not know: which reads may be behind; the room that asks does.
use std::collections::VecDeque;
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, MissedTickBehavior};

use super::postgres::Postgres;
use super::{Opened, Row, Settings, Statement, Trouble};

/// How often both are asked how far they are.
const LOOK_EVERY: Duration = Duration::from_millis(250);
/// A server that does not say so within this time is away. A read may be behind by the allowed time
/// and this.
const LOOK_PATIENCE: Duration = Duration::from_secs(1);

const WRITTEN: &str = "SELECT CAST(pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0') AS BIGINT)";
/// Nothing on a server that is no standby (any more).
const REPLAYED: &str = "SELECT CAST(pg_wal_lsn_diff(pg_last_wal_replay_lsn(), '0/0') AS BIGINT)
    WHERE pg_is_in_recovery()";

/// A standby, if it is near enough.
pub(super) struct Replica(watch::Receiver<Option<Arc<Postgres>>>);

/// Where it is and how far behind it may be.
pub(super) struct Standby {
    pub(super) url: String,
    pub(super) lag_max: Duration,
    pub(super) settings: Settings,
}

impl Replica {
    /// Begins to watch, for as long as the database of the primary lives.
    pub(super) fn start(standby: Standby, primary: Weak<Opened>) -> Self {
        let (sender, near) = watch::channel(None);
        let watching = Watch {
            standby,
            server: None,
            written: VecDeque::new(),
        };
        tokio::spawn(watching.run(primary, sender));
        Self(near)
    }

    /// The standby's answer; `None`: ask the primary. One that goes away in the middle of a read
    /// keeps nobody waiting.
    pub(super) async fn query(&self, statement: &Statement) -> Option<Vec<Row>> {
        let mut near = self.0.clone();
        let server = near.borrow_and_update().clone()?;
        tokio::select! {
            answer = server.query(statement.clone()) => answer.ok(),
            _ = near.wait_for(Option::is_none) => None,
        }
    }
}

struct Watch {
    standby: Standby,
    server: Option<Arc<Postgres>>,
    /// When the primary had written how far, oldest first.
    written: VecDeque<(Instant, i64)>,
}

impl Watch {
    async fn run(mut self, primary: Weak<Opened>, near: watch::Sender<Option<Arc<Postgres>>>) {
        let mut ticks = tokio::time::interval(LOOK_EVERY);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            let now = ticks.tick().await;
            let Some(primary) = primary.upgrade() else {
                return;
            };
            let looked = tokio::time::timeout(LOOK_PATIENCE, self.look(&primary, now)).await;
            let away = || Err(Trouble::Unavailable("no answer in time".into()));
            let behind = looked.unwrap_or_else(|_| away());
            let close = matches!(&behind, Ok(Some(lag)) if *lag <= self.standby.lag_max);
            if close != near.borrow().is_some() {
                match close {
                    true => tracing::info!("the replica answers what may be behind"),
                    false => tracing::warn!(?behind, "the primary answers for the replica"),
                }
                near.send_replace(self.server.clone().filter(|_| close));
            }
        }
    }

    /// How far the standby is behind; `None`: further than is remembered.
    async fn look(&mut self, primary: &Opened, now: Instant) -> Result<Option<Duration>, Trouble> {
        let written = one(primary.query(Statement::new(WRITTEN, vec![])).await?);
        // What was written by `now` is no more than what had been written when it was asked.
        self.written.extend(written.map(|written| (now, written)));
        let oldest = self.standby.lag_max + LOOK_PATIENCE;
        self.written.retain(|(then, _)| now - *then <= oldest);
        let server = self.server().await?;
        let replayed = one(server.query(Statement::new(REPLAYED, vec![])).await?);
        let replayed = replayed.ok_or_else(|| Trouble::Unavailable("it is no standby".into()))?;
        let reached = self.written.iter().rev().find(|(_, at)| *at <= replayed);
        Ok(reached.map(|(then, _)| now - *then))
    }

    async fn server(&mut self) -> Result<Arc<Postgres>, Trouble> {
        if let Some(server) = &self.server {
            return Ok(Arc::clone(server));
        }
        let Standby { url, settings, .. } = &self.standby;
        let server = Arc::new(Postgres::open(url, settings).await?);
        self.server = Some(Arc::clone(&server));
        Ok(server)
    }
}

fn one(rows: Vec<Row>) -> Option<i64> {
    rows.first().and_then(|row| row.opt_int(0))
}
