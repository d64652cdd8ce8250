//! When something that did not go is tried again, and when a lane rests because nobody answers.
//! Pure.
use jiff::{SignedDuration, Timestamp};

/// The first pause after a try that failed: a server that restarts is back by then.
const FIRST_PAUSE: SignedDuration = SignedDuration::from_secs(30);
/// No pause is longer: a server that was away over night is found the same morning.
const PAUSE_MAX: SignedDuration = SignedDuration::from_hours(4);
/// Each pause is so many times the one before.
const GROWTH: i32 = 4;
/// After this it is given up: what it told is on the person's page anyway (RFC 5321 4.5.4.1: four
/// to five days).
const GIVE_UP_AFTER: SignedDuration = SignedDuration::from_hours(4 * 24);

/// When a message of `sent` that has now failed `tries` times is tried again; `None` to give it up.
#[must_use]
pub fn next_try(sent: Timestamp, tries: u32, now: Timestamp) -> Option<Timestamp> {
    if now.duration_since(sent) >= GIVE_UP_AFTER {
        return None;
    }
    let growth = GROWTH.saturating_pow(tries.saturating_sub(1).min(8));
    let pause = FIRST_PAUSE.saturating_mul(growth).min(PAUSE_MAX);
    Some(now + pause)
}

/// Rests a lane whose other side does not answer at all, so that a thousand waiting messages are
/// not a thousand connections to a server that is down.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Breaker {
    failures: u32,
    until: Option<Timestamp>,
}

/// So many tries in a row without an answer, and the lane rests.
const FAILURES_MAX: u32 = 5;
/// The shortest rest; each further failure doubles it.
const REST: SignedDuration = SignedDuration::from_secs(30);
/// The longest rest.
const REST_MAX: SignedDuration = SignedDuration::from_mins(15);

impl Breaker {
    /// How many messages may be tried now: as many as `all`, one to see whether somebody answers
    /// again, or none while it rests.
    #[must_use]
    pub fn admits(&self, all: usize, now: Timestamp) -> usize {
        match self.until {
            None => all,
            // A rest that ends later than any rest can was set by a clock that was wrong.
            Some(until) if now < until && until.duration_since(now) <= REST_MAX => 0,
            Some(_) => all.min(1),
        }
    }

    /// Somebody answered, whatever it was.
    pub fn answered(&mut self) {
        *self = Self::default();
    }

    /// Nobody answered.
    pub fn failed(&mut self, now: Timestamp) {
        self.failures = self.failures.saturating_add(1);
        if self.failures >= FAILURES_MAX {
            let doubled = 2_i32.saturating_pow((self.failures - FAILURES_MAX).min(8));
            self.until = Some(now + REST.saturating_mul(doubled).min(REST_MAX));
        }
    }

    /// Whether the lane rests or only tries one.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.until.is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_796_000_000 + second).unwrap()
    }

    #[test]
    fn pauses_grow_to_four_hours_and_end_after_four_days() {
        let mut now = at(0);
        let mut pauses = Vec::new();
        for tries in 1.. {
            let Some(next) = next_try(at(0), tries, now) else {
                break;
            };
            pauses.push(next.duration_since(now).as_secs());
            now = next;
        }
        assert_eq!(pauses[..6], [30, 120, 480, 1_920, 7_680, 14_400]);
        assert!(
            pauses.len() > 20 && pauses.len() < 40,
            "{} tries",
            pauses.len()
        );
        assert!(now.duration_since(at(0)) >= GIVE_UP_AFTER);
    }

    #[test]
    fn a_lane_rests_after_five_failures_tries_one_and_goes_on() {
        let mut breaker = Breaker::default();
        for second in 0..4 {
            breaker.failed(at(second));
            assert_eq!(breaker.admits(64, at(second)), 64);
        }
        breaker.failed(at(4));
        assert_eq!(breaker.admits(64, at(5)), 0);
        assert_eq!(breaker.admits(64, at(4 + 30)), 1);
        breaker.failed(at(34));
        assert_eq!(breaker.admits(64, at(34 + 59)), 0, "twice as long");
        breaker.answered();
        assert_eq!(breaker.admits(64, at(35)), 64);
    }

    #[test]
    fn a_clock_that_was_set_back_does_not_stop_a_lane_for_a_month() {
        let mut breaker = Breaker::default();
        (0..9).for_each(|_| breaker.failed(at(30 * 86_400)));
        assert_eq!(breaker.admits(64, at(0)), 1);
    }

    proptest! {
        #[test]
        fn the_next_try_is_later_and_never_more_than_four_hours(
            sent in 0_i64..400_000, age in 0_i64..400_000, tries in 0_u32..10_000
        ) {
            let now = at(sent + age);
            if let Some(next) = next_try(at(sent), tries, now) {
                let pause = next.duration_since(now);
                prop_assert!(pause >= FIRST_PAUSE && pause <= PAUSE_MAX);
            }
        }
    }
}
