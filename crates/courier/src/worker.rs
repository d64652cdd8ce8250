//! Carries what waits: each lane under a lease of its own, so that of many nodes one carries.
use std::time::Duration;

use futures_util::stream::{self, StreamExt};
use jiff::Timestamp;
use kernel::{Database, Statement, Trouble, lease};
use tokio::sync::watch;

use crate::{Breaker, Mailer, Outcome, Parcel, next_try, views};

/// How long an idle lane sleeps: part of the seconds within which people are told.
const IDLE: Duration = Duration::from_millis(500);
/// How long it sleeps after trouble of the database.
const AFTER_TROUBLE: Duration = Duration::from_secs(2);
/// Messages tried in one round: with a server that takes connections and never answers, a round
/// then lasts two minutes and not an hour.
const ROUND_MAX: usize = 16;
/// Messages of one lane under way at once: what a small mail server takes from one client.
const AT_ONCE: usize = 4;
/// While messages are under way the lease is taken anew: well before it runs out.
const RENEW: Duration = Duration::from_secs(2);
/// What ended long ago is looked for so often.
const FORGET_EVERY: u32 = 7_200;

/// How a lane carries.
#[derive(Clone)]
pub enum Carrier {
    /// By SMTP.
    Mail(Mailer),
}

impl Carrier {
    /// Whether nobody answered (`true` in the second place) is told apart from an answer of no.
    async fn carry(&self, parcel: &Parcel) -> (Outcome, bool) {
        match self {
            Self::Mail(mailer) => mailer.carry(parcel).await,
        }
    }
}

/// One way out.
#[derive(Clone)]
pub struct Lane {
    /// Its name in the outbox; never changed.
    pub name: &'static str,
    /// Who carries.
    pub carrier: Carrier,
}

/// Works on all lanes.
#[derive(Clone)]
pub struct Courier {
    /// Where the outbox is.
    pub db: Database,
    /// Who it is, unique per process.
    pub holder: String,
    /// The ways out; none, and nothing ever leaves.
    pub lanes: Vec<Lane>,
    /// The time of day, handed in by the building.
    pub clock: fn() -> Timestamp,
}

impl Courier {
    /// Runs until `stop` says so.
    pub async fn run(self, stop: watch::Receiver<bool>) {
        let tasks: Vec<_> = self
            .lanes
            .iter()
            .map(|lane| tokio::spawn(self.clone().keep_on(lane.clone(), stop.clone())))
            .collect();
        for task in tasks {
            if let Err(error) = task.await {
                tracing::error!(%error, "a lane of the courier failed");
            }
        }
    }

    async fn keep_on(self, lane: Lane, mut stop: watch::Receiver<bool>) {
        let name = format!("courier/{}", lane.name);
        let mut breaker = Breaker::default();
        let mut rounds: u32 = 0;
        while !*stop.borrow() {
            let pause = match self.round(&lane, &name, &mut breaker).await {
                Ok(ROUND_MAX) => continue,
                Ok(_) => IDLE,
                Err(trouble) => {
                    tracing::warn!(lane = lane.name, %trouble, "a round of the courier failed");
                    AFTER_TROUBLE
                }
            };
            if rounds.is_multiple_of(FORGET_EVERY) {
                let forgotten = self.db.write(vec![views::forget((self.clock)())]).await;
                if let Err(trouble) = forgotten {
                    tracing::debug!(%trouble, "the outbox keeps what ended long ago");
                }
            }
            rounds = rounds.wrapping_add(1);
            let _ = tokio::time::timeout(pause, stop.wait_for(|stopping| *stopping)).await;
        }
        if let Err(trouble) = lease::release(&self.db, &name, &self.holder).await {
            tracing::debug!(%trouble, "a lease runs out instead of being given back");
        }
    }

    /// One round of a lane. Returns how many messages it tried.
    ///
    /// # Errors
    /// [`Trouble`] of the database: what was under way is carried again.
    pub async fn round(
        &self,
        lane: &Lane,
        name: &str,
        breaker: &mut Breaker,
    ) -> Result<usize, Trouble> {
        let now = (self.clock)();
        let most = breaker.admits(ROUND_MAX, now);
        if most == 0 {
            return Ok(0);
        }
        let due = views::due(&self.db, lane.name, now, most).await?;
        if due.is_empty() || !lease::hold(&self.db, name, &self.holder, now).await? {
            return Ok(0);
        }
        // Who held the lease before may have carried these a moment ago.
        let due = views::due(&self.db, lane.name, now, most).await?;
        let carried = self.carried(lane, name, &due).await;
        let mut marks = vec![lease::fence(name, &self.holder)];
        let now = (self.clock)();
        for (parcel, (outcome, nobody)) in due.iter().zip(&carried) {
            match nobody {
                true => breaker.failed(now),
                false => breaker.answered(),
            }
            marks.push(mark(lane.name, parcel, outcome, now));
        }
        self.db.write(marks).await?;
        Ok(due.len())
    }

    /// Carries all of them, in their order in the answer, and keeps the lease meanwhile.
    async fn carried(&self, lane: &Lane, name: &str, due: &[Parcel]) -> Vec<(Outcome, bool)> {
        let tries: Vec<_> = due
            .iter()
            .map(|parcel| carry(lane.carrier.clone(), parcel.clone()))
            .collect();
        let carrying = stream::iter(tries).buffered(AT_ONCE).collect::<Vec<_>>();
        tokio::pin!(carrying);
        loop {
            tokio::select! {
                carried = &mut carrying => return carried,
                () = tokio::time::sleep(RENEW) => {
                    let renewed = lease::hold(&self.db, name, &self.holder, (self.clock)()).await;
                    if let Err(trouble) = renewed {
                        tracing::debug!(%trouble, "the lease of a lane could not be taken anew");
                    }
                }
            }
        }
    }
}

async fn carry(carrier: Carrier, parcel: Parcel) -> (Outcome, bool) {
    carrier.carry(&parcel).await
}

fn mark(lane: &'static str, parcel: &Parcel, outcome: &Outcome, now: Timestamp) -> Statement {
    let (told, statement) = match outcome {
        Outcome::Taken => ("taken", views::ended(&parcel.id, "taken", "", now)),
        Outcome::Never(reason) => {
            tracing::info!(
                lane,
                id = parcel.id,
                reason,
                "a message is refused for good"
            );
            ("refused", views::ended(&parcel.id, "refused", reason, now))
        }
        Outcome::Later(reason) => match next_try(parcel.at, parcel.tries + 1, now) {
            Some(next) => ("later", views::again(&parcel.id, reason, next)),
            None => {
                tracing::warn!(lane, id = parcel.id, reason, "a message is given up");
                (
                    "given up",
                    views::ended(&parcel.id, "given up", reason, now),
                )
            }
        },
    };
    metrics::counter!("dinh_outgoing_total", "lane" => lane, "outcome" => told).increment(1);
    statement
}
