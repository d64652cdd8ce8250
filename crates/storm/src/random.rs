//! Chance that is the same in every run with the same seed.
//!
//! Does not know: what is decided by it.

/// A 64-bit generator (splitmix64): short, well mixed, and of no use for secrets.
#[derive(Debug, Clone)]
pub struct Random(u64);

impl Random {
    /// From a seed.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number from `low` up to and without `high`.
    pub fn between(&mut self, low: u64, high: u64) -> u64 {
        low + self.next() % (high - low)
    }

    /// One of the list.
    pub fn one<'a, T>(&mut self, list: &'a [T]) -> &'a T {
        let at = self.between(0, list.len() as u64);
        &list[usize::try_from(at).unwrap_or(0)]
    }
}
