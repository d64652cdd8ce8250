//! Too much: the most that goes, then several times as many applications as that for a while,
//! whoever waits, then half of the most again. Tells what was still done meanwhile, how the others
//! were turned away, and when it was as before.
//! Does not know: what is handed in.
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::closed;
use super::journey::Client;
use super::pace::{Arrival, Pace};
use super::pile::{Handed, Submitter};
use super::players::Field;
use super::report::{Finding, Outcome};
use super::tally::{Tally, Times};

/// How long the most is looked for.
const MOST_SECONDS: u64 = 5;
/// How long half of the most is handed in before ...
const BEFORE_SECONDS: u64 = 5;
/// ... and after.
const AFTER_SECONDS: u64 = 15;
/// All that is played besides the flood.
pub const CALM_SECONDS: u64 = MOST_SECONDS + BEFORE_SECONDS + AFTER_SECONDS;
/// An arrival that nobody was free for is not sent any more after this: the generator's
/// connections are its limit, and what they did not send must not come after the flood.
const LATEST: Duration = Duration::from_millis(500);
/// Told within this, a person or a proxy tries again without noticing.
const AT_ONCE: Duration = Duration::from_millis(10);
/// As before: this share of what was planned is done in a second ...
const DONE: f64 = 0.95;
/// ... with a p99 of at most so many times the one before, or of so many milliseconds.
const SLOWER: f64 = 2.0;
/// See [`SLOWER`].
const NOTICED_MS: f64 = 50.0;

/// What happened to the arrivals of one second.
#[derive(Default)]
struct Second {
    done: Times,
    busy: Times,
    told_when: u64,
    at_once: u64,
    lost: BTreeMap<String, u64>,
    unsent: u64,
}

/// Seconds of a phase, written by all.
#[derive(Clone)]
struct Log(Arc<Mutex<Vec<Second>>>);

/// Plays it; the flood is `times` as much as the most, over so many connections.
///
/// # Errors
/// When a client has nothing prepared.
pub async fn play(
    field: &Field,
    clients: Vec<Client>,
    (times, lines): (u64, u64),
    seconds: u64,
) -> Result<Outcome, String> {
    let lines = usize::try_from(lines).unwrap_or(usize::MAX);
    let submitters: Result<Vec<_>, _> = clients.iter().map(Client::submitter).collect();
    let submitters = submitters?;
    let costs = field.costs();
    let until = Instant::now() + Duration::from_secs(MOST_SECONDS);
    let (submitters, mut tally, done) = closed::hand_in(submitters, until).await?;
    let most = (done / MOST_SECONDS).max(2);
    let each = lines.div_ceil(submitters.len());
    let more = submitters
        .iter()
        .flat_map(|one| (1..each).map(|_| one.another()));
    let more: Vec<_> = more.collect();
    let all = submitters.into_iter().chain(more).collect();
    let (all, before) = phase(all, most / 2, BEFORE_SECONDS).await?;
    let (all, flood) = phase(all, most * times, seconds).await?;
    let (all, after) = phase(all, most / 2, AFTER_SECONDS).await?;
    let kind = all.first().map_or("", |one| one.kind()).to_owned();
    let named = [
        ("before", &before),
        ("in the flood", &flood),
        ("after", &after),
    ];
    for (name, log) in named {
        log.tell(&mut tally, &format!("{kind} {name}"));
    }
    let good = done + before.sum(|second| second.done.count);
    let good = good + flood.sum(|second| second.done.count) + after.sum(|second| second.done.count);
    let mut outcome = Outcome::of(&costs, tally, good, clients);
    outcome.findings = flood.findings(most, seconds);
    let calm = until_calm(&before, &after, most / 2);
    outcome.findings.push(Finding::new(
        "seconds_until_normal",
        calm,
        "s until it was as before",
    ));
    Ok(outcome)
}

/// So many a second for so long.
async fn phase(
    submitters: Vec<Submitter>,
    rate: u64,
    seconds: u64,
) -> Result<(Vec<Submitter>, Log), String> {
    let log = Log::new(seconds);
    let pace = Pace::start(rate, seconds);
    let serve = |mut submitter: Submitter| {
        let (pace, log) = (Arc::clone(&pace), log.clone());
        tokio::spawn(async move {
            while let Some(arrival) = pace.next().await {
                if arrival.planned.elapsed() > LATEST {
                    log.second(arrival, |second| second.unsent += 1);
                    continue;
                }
                let (handed, took) = submitter.hand_in().await;
                log.second(arrival, |second| second.count(&handed, arrival, took));
            }
            submitter
        })
    };
    let serving: Vec<_> = submitters.into_iter().map(serve).collect();
    let mut back = Vec::new();
    for one in serving {
        back.push(one.await.map_err(|error| error.to_string())?);
    }
    Ok((back, log))
}

impl Second {
    /// Done is counted from the planned moment, turned away from the sending: how long the
    /// generator was late is no fault of who says no.
    fn count(&mut self, handed: &Handed, arrival: Arrival, took: Duration) {
        match handed {
            Handed::In => self.done.add(arrival.planned.elapsed()),
            Handed::Busy { retry_after } => {
                self.busy.add(took);
                self.told_when += u64::from(*retry_after);
                self.at_once += u64::from(took <= AT_ONCE);
            }
            Handed::Lost(words) => *self.lost.entry(words.clone()).or_default() += 1,
            Handed::Empty => self.unsent += 1,
        }
    }
}

impl Log {
    fn new(seconds: u64) -> Self {
        let all = (0..seconds).map(|_| Second::default()).collect();
        Self(Arc::new(Mutex::new(all)))
    }

    fn seconds(&self) -> MutexGuard<'_, Vec<Second>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn second(&self, arrival: Arrival, note: impl FnOnce(&mut Second)) {
        if let Some(second) = self.seconds().get_mut(arrival.second) {
            note(second);
        }
    }

    fn sum(&self, count: impl Fn(&Second) -> u64) -> u64 {
        self.seconds().iter().map(count).sum()
    }

    fn times(&self, which: impl Fn(&Second) -> &Times) -> Times {
        let mut all = Times::default();
        self.seconds()
            .iter()
            .for_each(|second| all.merge(which(second)));
        all
    }

    /// As lines of the table.
    fn tell(&self, tally: &mut Tally, kind: &str) {
        let (done, busy) = (self.times(|one| &one.done), self.times(|one| &one.busy));
        tally.add(&format!("{kind}: done"), &done);
        if busy.count > 0 {
            tally.add(&format!("{kind}: told to come again"), &busy);
        }
        for (words, count) in self.seconds().iter().flat_map(|second| &second.lost) {
            let words = format!("{kind}: {words}");
            (0..*count).for_each(|_| tally.failed(&format!("{kind}: done"), &words));
        }
    }

    fn findings(&self, most: u64, seconds: u64) -> Vec<Finding> {
        let done = self.sum(|second| second.done.count) as f64;
        let busy = self.sum(|second| second.busy.count);
        let lost = self.sum(|second| second.lost.values().sum());
        let sent = done + (busy + lost) as f64;
        let seconds = seconds as f64;
        let of_busy = |part: u64| 100.0 * part as f64 / busy.max(1) as f64;
        let most = most as f64;
        let p99 = self.times(|second| &second.busy).percentile(0.99);
        let told = of_busy(self.sum(|second| second.told_when));
        let at_once = of_busy(self.sum(|second| second.at_once));
        vec![
            Finding::new("most_per_s", most, "a second at the most"),
            Finding::new(
                "offered_per_s",
                sent / seconds,
                "a second sent in the flood",
            ),
            Finding::new(
                "goodput_per_s",
                done / seconds,
                "a second done in the flood",
            ),
            Finding::new(
                "goodput_share",
                100.0 * done / seconds / most,
                "% of the most",
            ),
            Finding::new(
                "told_share",
                told,
                "% of the busy answers say when to come again",
            ),
            Finding::new("at_once_share", at_once, "% of them came within 10 ms"),
            Finding::new("busy_p99_ms", p99, "ms: busy answers, p99"),
            Finding::new("flood_lost", lost as f64, "without any such answer"),
        ]
    }
}

/// The second from which on all is as before.
fn until_calm(before: &Log, after: &Log, rate: u64) -> f64 {
    let quiet = before.times(|second| &second.done).percentile(0.99);
    let slowest = (SLOWER * quiet).max(NOTICED_MS);
    let seconds = after.seconds();
    let as_before = |second: &Second| {
        let enough = second.done.count as f64 >= DONE * rate as f64;
        enough && second.done.percentile(0.99) <= slowest
    };
    let troubled = seconds.iter().rposition(|second| !as_before(second));
    troubled.map_or(0.0, |last| (last + 1) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn log(milliseconds: &[u64]) -> Log {
        let log = Log::new(milliseconds.len() as u64);
        for (second, took) in log.seconds().iter_mut().zip(milliseconds) {
            (0..100).for_each(|_| second.done.add(Duration::from_millis(*took)));
        }
        log
    }

    #[test]
    fn it_is_calm_when_no_later_second_is_troubled() {
        let before = log(&[40]);
        assert!(until_calm(&before, &log(&[30, 60]), 100) < 0.5);
        assert!((until_calm(&before, &log(&[900, 30, 200, 70]), 100) - 3.0).abs() < 0.1);
        let few = log(&[30, 30]);
        assert!(
            (until_calm(&before, &few, 200) - 2.0).abs() < 0.1,
            "half were not done"
        );
    }

    #[test]
    fn the_turned_away_are_counted_apart() {
        let log = Log::new(1);
        let arrival = Arrival {
            turn: 0,
            planned: Instant::now(),
            second: 0,
        };
        let busy = Handed::Busy { retry_after: true };
        log.second(arrival, |one| {
            one.count(&busy, arrival, Duration::from_millis(3))
        });
        log.second(arrival, |one| {
            one.count(&busy, arrival, Duration::from_millis(30))
        });
        log.second(arrival, |one| {
            one.count(&Handed::In, arrival, Duration::ZERO)
        });
        let findings = log.findings(2, 1);
        let value = |name: &str| {
            let found = findings.iter().find(|one| one.name == name);
            found.expect("a finding").value
        };
        assert!((value("goodput_share") - 50.0).abs() < 0.1);
        assert!((value("told_share") - 100.0).abs() < 0.1);
        assert!((value("at_once_share") - 50.0).abs() < 0.1);
    }
}
