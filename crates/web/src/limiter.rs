//! A token bucket per key, in bounded memory: so many tries at once, refilled evenly.
//!
//! It counts in this process only; what must hold over several nodes is counted in the
//! database by the room that needs it. It does not know what a key stands for.

use std::collections::HashMap;
use std::sync::Mutex;

use jiff::Timestamp;

/// How much is allowed.
#[derive(Clone, Copy, Debug)]
pub struct Rule {
    /// Tries at once.
    pub burst: u32,
    /// Milliseconds until one try has grown back.
    pub refill_ms: i64,
    /// Keys remembered; beyond it the one longest untouched is forgotten.
    pub keys_max: usize,
}

/// Buckets under one rule.
pub struct Limiter {
    rule: Rule,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Clone, Copy)]
struct Bucket {
    /// The moment, in milliseconds, at which the bucket would be full again.
    full_at: i64,
}

impl Limiter {
    /// No key has tried anything yet.
    pub fn new(rule: Rule) -> Limiter {
        Limiter {
            rule,
            buckets: Mutex::new(HashMap::new()),
        }
    }

    /// Takes one try of `key`; the error is the number of seconds until the next one is there.
    pub fn take(&self, key: &str, now: Timestamp) -> Result<(), u64> {
        let now = now.as_millisecond();
        let mut buckets = self.buckets.lock().expect("no holder of this lock panics");
        if !buckets.contains_key(key) && buckets.len() >= self.rule.keys_max {
            forget_some(&mut buckets, now);
        }
        let bucket = buckets
            .entry(key.to_owned())
            .or_insert(Bucket { full_at: now });
        let whole_ms = self.rule.refill_ms * i64::from(self.rule.burst);
        // No bucket is emptier than empty: only a clock that was set back makes it seem so, and
        // nobody must wait until that clock comes to where it once was.
        bucket.full_at = bucket.full_at.min(now + whole_ms);
        let full_at = bucket.full_at.max(now) + self.rule.refill_ms;
        let over_ms = full_at - now - whole_ms;
        if over_ms > 0 {
            return Err(u64::try_from(over_ms).unwrap_or(0).div_ceil(1000));
        }
        bucket.full_at = full_at;
        Ok(())
    }

    /// Gives everything back to `key`, after a try that proved to be good.
    pub fn forgive(&self, key: &str) {
        self.buckets
            .lock()
            .expect("no holder of this lock panics")
            .remove(key);
    }

    /// Keys remembered at present.
    pub fn keys(&self) -> usize {
        self.buckets
            .lock()
            .expect("no holder of this lock panics")
            .len()
    }
}

/// Full buckets are worth nothing; if none is full, the fullest goes.
fn forget_some(buckets: &mut HashMap<String, Bucket>, now: i64) {
    buckets.retain(|_, bucket| bucket.full_at > now);
    let fullest = buckets.iter().min_by_key(|(_, bucket)| bucket.full_at);
    if let Some(key) = fullest.map(|(key, _)| key.clone()) {
        buckets.remove(&key);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn at(ms: i64) -> Timestamp {
        Timestamp::from_millisecond(ms).unwrap()
    }

    #[test]
    fn a_burst_then_one_at_a_time() {
        let limiter = Limiter::new(Rule {
            burst: 3,
            refill_ms: 10_000,
            keys_max: 10,
        });
        for _ in 0..3 {
            assert_eq!(limiter.take("a", at(0)), Ok(()));
        }
        assert_eq!(limiter.take("a", at(0)), Err(10));
        assert_eq!(limiter.take("b", at(0)), Ok(()));
        assert_eq!(limiter.take("a", at(9_999)), Err(1));
        assert_eq!(limiter.take("a", at(10_000)), Ok(()));
        limiter.forgive("a");
        assert_eq!(limiter.take("a", at(10_000)), Ok(()));
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let limiter = Limiter::new(Rule {
            burst: 3,
            refill_ms: 1_000,
            keys_max: 10,
        });
        assert_eq!(limiter.take("a", at(9_000_000)), Ok(()));
        assert_eq!(limiter.take("a", at(0)), Err(1));
        assert_eq!(limiter.take("a", at(1_000)), Ok(()));
    }

    #[test]
    fn memory_is_bounded() {
        let limiter = Limiter::new(Rule {
            burst: 1,
            refill_ms: 1_000_000,
            keys_max: 50,
        });
        for key in 0..1_000 {
            let _ = limiter.take(&key.to_string(), at(key));
        }
        assert!(limiter.keys() <= 51);
    }

    proptest! {
        #[test]
        fn never_more_than_burst_and_refill(
            steps in proptest::collection::vec(0i64..3_000, 1..80)
        ) {
            let limiter = Limiter::new(Rule { burst: 4, refill_ms: 1_000, keys_max: 4 });
            let (mut now, mut taken) = (0, 0);
            for step in steps {
                now += step;
                taken += i64::from(limiter.take("k", at(now)).is_ok());
                prop_assert!(taken <= 4 + now / 1_000);
            }
        }
    }
}
