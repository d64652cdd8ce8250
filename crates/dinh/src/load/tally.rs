//! How long answers took, counted in bounded memory: a histogram whose buckets are at most 1.6 %
//! wide.
//! Does not know: what was asked.
use std::collections::BTreeMap;
use std::time::Duration;

/// Each power of two is cut into so many buckets.
const STEPS: usize = 64;
/// Microseconds below this have a bucket each.
const EXACT: u64 = STEPS as u64;
/// Powers of two above [`EXACT`] that are told apart: up to 2^36 µs, nineteen hours.
const POWERS: usize = 30;

/// Times of one kind of call.
#[derive(Debug, Clone)]
pub struct Times {
    buckets: Vec<u64>,
    /// How many answers.
    pub count: u64,
    /// How many did not come, or said no.
    pub errors: u64,
}

impl Default for Times {
    fn default() -> Self {
        Self {
            buckets: vec![0; STEPS * (POWERS + 1)],
            count: 0,
            errors: 0,
        }
    }
}

impl Times {
    /// Counts one answer.
    pub fn add(&mut self, took: Duration) {
        let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        self.buckets[bucket(micros)] += 1;
        self.count += 1;
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.buckets.iter_mut().zip(&other.buckets) {
            *mine += theirs;
        }
        self.count += other.count;
        self.errors += other.errors;
    }

    /// The time within which `share` (0 to 1) of the answers came, in milliseconds; 0 without any.
    #[must_use]
    pub fn percentile(&self, share: f64) -> f64 {
        let wanted = (share * self.count as f64).ceil().max(1.0) as u64;
        let mut seen = 0;
        for (number, count) in self.buckets.iter().enumerate() {
            seen += count;
            if seen >= wanted && self.count > 0 {
                return micros_of(number) / 1000.0;
            }
        }
        0.0
    }
}

fn bucket(micros: u64) -> usize {
    if micros < EXACT {
        return usize::try_from(micros).unwrap_or(0);
    }
    let power = micros.ilog2() - EXACT.ilog2();
    let step = usize::try_from(micros >> power).unwrap_or(STEPS) - STEPS;
    let power = usize::try_from(power).unwrap_or(POWERS);
    (STEPS * (power + 1) + step).min(STEPS * (POWERS + 1) - 1)
}

/// The middle of a bucket, in microseconds.
fn micros_of(number: usize) -> f64 {
    let (row, step) = (number / STEPS, number % STEPS);
    match row {
        0 => step as f64,
        _ => {
            let width = f64::powi(2.0, i32::try_from(row).unwrap_or(0) - 1);
            (STEPS + step) as f64 * width + (width - 1.0) / 2.0
        }
    }
}

/// Times by kind of call.
#[derive(Debug, Clone, Default)]
pub struct Tally {
    /// `GET /desk/dossiers/{}` and its times.
    pub kinds: BTreeMap<String, Times>,
    /// What went wrong, in words, and how often.
    pub troubles: BTreeMap<String, u64>,
}

/// Sentences about trouble that are told apart; the rest is counted together.
const TROUBLES_MAX: usize = 50;

impl Tally {
    /// Counts an answer.
    pub fn answered(&mut self, kind: &str, took: Duration) {
        self.times(kind).add(took);
    }

    /// Adds times that were counted apart.
    pub fn add(&mut self, kind: &str, times: &Times) {
        self.times(kind).merge(times);
    }

    /// Counts a call without a good answer.
    pub fn failed(&mut self, kind: &str, words: &str) {
        self.times(kind).errors += 1;
        self.trouble(words);
    }

    /// Notes what went wrong.
    pub fn trouble(&mut self, words: &str) {
        let full = self.troubles.len() >= TROUBLES_MAX && !self.troubles.contains_key(words);
        let words = if full { "others" } else { words };
        *self.troubles.entry(words.to_owned()).or_default() += 1;
    }

    /// Adds what another has counted.
    pub fn merge(&mut self, other: &Self) {
        for (kind, times) in &other.kinds {
            self.times(kind).merge(times);
        }
        for (words, count) in &other.troubles {
            *self.troubles.entry(words.clone()).or_default() += count;
        }
    }

    /// All kinds together.
    #[must_use]
    pub fn all(&self) -> Times {
        let mut all = Times::default();
        self.kinds.values().for_each(|times| all.merge(times));
        all
    }

    fn times(&mut self, kind: &str) -> &mut Times {
        if !self.kinds.contains_key(kind) {
            self.kinds.insert(kind.to_owned(), Times::default());
        }
        self.kinds.get_mut(kind).expect("it was just put there")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn buckets_grow_without_gaps() {
        let mut last = 0;
        for micros in 0..1_000_000 {
            let number = bucket(micros);
            assert!(number == last || number == last + 1, "{micros}");
            last = number;
        }
        assert!(bucket(u64::MAX) < STEPS * (POWERS + 1));
    }

    #[test]
    fn nothing_counted_is_nothing() {
        assert!(Times::default().percentile(0.99).abs() < f64::EPSILON);
    }

    proptest! {
        #[test]
        fn percentiles_are_within_two_percent(
            mut all in prop::collection::vec(0u64..50_000_000, 1..300),
            share in 0.0f64..=1.0,
        ) {
            let mut times = Times::default();
            all.iter().for_each(|micros| times.add(Duration::from_micros(*micros)));
            all.sort_unstable();
            let rank = ((share * all.len() as f64).ceil() as usize).clamp(1, all.len());
            let exact = all[rank - 1] as f64 / 1000.0;
            let found = times.percentile(share);
            prop_assert!((found - exact).abs() <= exact * 0.02 + 0.001, "{found} {exact}");
        }

        #[test]
        fn merging_counts_everything(a in 0usize..50, b in 0usize..50) {
            let (mut one, mut two) = (Tally::default(), Tally::default());
            (0..a).for_each(|_| one.answered("GET /", Duration::from_millis(2)));
            (0..b).for_each(|_| two.failed("GET /", "no"));
            one.merge(&two);
            let all = one.all();
            prop_assert_eq!((all.count, all.errors), (a as u64, b as u64));
        }
    }
}
