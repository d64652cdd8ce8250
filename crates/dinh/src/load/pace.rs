//! Arrivals at a constant rate, as people come who do not wait for each other: the moment of each
//! is planned before, and its answer is counted from there, however late it could be asked.
//! Does not know: what is asked.
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;

/// One stream of arrivals, shared by all who serve it.
pub struct Pace {
    started: Instant,
    rate: u64,
    total: u64,
    taken: AtomicU64,
    due: Semaphore,
}

/// One arrival.
#[derive(Debug, Clone, Copy)]
pub struct Arrival {
    /// Which one, from 0.
    pub turn: u64,
    /// When it was to be.
    pub planned: Instant,
    /// The second of the play in which that is.
    pub second: usize,
}

impl Pace {
    /// Starts a stream of so many a second for so long. A thread of its own opens it: the timers of
    /// the runtime are a millisecond coarse, as much as an answer takes.
    #[must_use]
    pub fn start(rate: u64, seconds: u64) -> Arc<Self> {
        let pace = Arc::new(Self {
            started: Instant::now(),
            rate: rate.max(1),
            total: rate * seconds,
            taken: AtomicU64::new(0),
            due: Semaphore::new(0),
        });
        let opened = Arc::clone(&pace);
        std::thread::spawn(move || opened.open());
        pace
    }

    fn open(&self) {
        for turn in 0..self.total {
            let wait = self.planned(turn).saturating_duration_since(Instant::now());
            if !wait.is_zero() {
                std::thread::sleep(wait);
            }
            self.due.add_permits(1);
        }
        // Whoever waits now learns that nobody comes any more.
        self.due.add_permits(WAITING_MAX);
    }

    fn planned(&self, turn: u64) -> Instant {
        self.started + Duration::from_secs_f64(turn as f64 / self.rate as f64)
    }

    /// Waits for the next arrival; `None` when all have come. Those whom nobody was free for are
    /// served late, not left out.
    pub async fn next(&self) -> Option<Arrival> {
        self.due.acquire().await.ok()?.forget();
        let turn = self.taken.fetch_add(1, Ordering::Relaxed);
        let second = usize::try_from(turn / self.rate).unwrap_or(usize::MAX);
        (turn < self.total).then(|| Arrival {
            turn,
            planned: self.planned(turn),
            second,
        })
    }
}

/// More than can wait at once: connections are far fewer.
const WAITING_MAX: usize = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn who_finds_nobody_free_is_served_late_and_counted_from_the_plan() {
        let pace = Pace::start(100, 1);
        let mut turns = Vec::new();
        let mut latest = Duration::ZERO;
        while let Some(arrival) = pace.next().await {
            if turns.is_empty() {
                // Nobody is free for a while.
                tokio::time::sleep(Duration::from_millis(300)).await;
            }
            turns.push(arrival.turn);
            assert_eq!(arrival.second, 0);
            assert!(arrival.planned <= Instant::now(), "nobody comes early");
            latest = latest.max(arrival.planned.elapsed());
        }
        assert_eq!(turns, (0..100).collect::<Vec<_>>());
        assert!(latest >= Duration::from_millis(280), "{latest:?}");
    }
}
