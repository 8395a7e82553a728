//! Random numbers that are the same on every platform: SplitMix64 on the project's own finalizer.
//!
//! Good for choosing edits, not for secrets.

use wirecopy::text::hash;

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// A stream of random numbers, fixed by what it was made from.
#[derive(Clone, Debug)]
pub(crate) struct Random(u64);

impl Random {
    /// The stream for one named thing under one seed.
    pub(crate) fn new(seed: u64, name: &str) -> Self {
        Random(key(seed, name))
    }

    /// The next 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(STEP);
        hash::mix(self.0)
    }

    /// A number from 0 to `end`, which is not reached; 0 if `end` is 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        ((u128::from(self.bits()) * end as u128) >> 64) as usize
    }

    /// A number from 0 to 1, which is not reached.
    pub(crate) fn unit(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// True with this probability.
    pub(crate) fn chance(&mut self, probability: f64) -> bool {
        self.unit() < probability
    }

    /// Puts the items in a random order.
    pub(crate) fn shuffle<T>(&mut self, items: &mut [T]) {
        for at in (1..items.len()).rev() {
            items.swap(at, self.below(at + 1));
        }
    }
}

/// A number that puts named things in an order of its own for each seed.
pub(crate) fn key(seed: u64, name: &str) -> u64 {
    hash::mix(hash::word(name.as_bytes()) ^ hash::mix(seed.wrapping_add(STEP)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_hold_and_differ() {
        assert_eq!(Random::new(1, "a").bits(), Random::new(1, "a").bits());
        assert_ne!(Random::new(1, "a").bits(), Random::new(2, "a").bits());
        assert_ne!(Random::new(1, "a").bits(), Random::new(1, "b").bits());
    }

    #[test]
    fn numbers_are_spread_evenly() {
        let mut random = Random::new(7, "spread");
        let mut counts = [0; 10];
        (0..10_000).for_each(|_| counts[random.below(10)] += 1);
        assert!(counts.iter().all(|&count| (900..1100).contains(&count)), "{counts:?}");
        let mean = (0..10_000).map(|_| random.unit()).sum::<f64>() / 10_000.0;
        assert!((mean - 0.5).abs() < 0.02, "{mean}");
        assert_eq!(random.below(0), 0);
    }

    #[test]
    fn shuffling_keeps_all() {
        let mut items: Vec<u32> = (0..50).collect();
        Random::new(3, "order").shuffle(&mut items);
        assert_ne!(items, (0..50).collect::<Vec<_>>());
        items.sort_unstable();
        assert_eq!(items, (0..50).collect::<Vec<_>>());
    }
}
