//! What stands where in a dump: which of its articles are copies of which, without a table.
//!
//! A permutation of the places (a Feistel network whose values out of range are sent through again) spreads copies and
//! originals evenly over the dump. So any place can be filled on its own, in any order, in constant memory.

use wirecopy::text::hash::mix;

/// Rounds of the network; four are enough to look random.
const ROUNDS: u64 = 4;

/// What stands in one place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Slot {
    /// The article of this number.
    Original(u64),
    /// The copy of this number.
    Copy(u64),
}

/// The places of a dump.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Slots {
    /// All articles.
    pub(crate) total: u64,
    /// Those that are copies.
    pub(crate) copies: u64,
    seed: u64,
}

impl Slots {
    /// A dump of `total` articles, this share of them copies.
    pub(crate) fn new(total: u64, share: f64, seed: u64) -> Self {
        // Fewer than two originals cannot lend each other anything.
        let copies = ((total as f64 * share) as u64).min(total.saturating_sub(2));
        Slots { total, copies, seed }
    }

    /// Articles that are no copies.
    pub(crate) fn originals(&self) -> u64 {
        self.total - self.copies
    }

    /// What stands at a place below `total`.
    pub(crate) fn at(&self, place: u64) -> Slot {
        let rank = self.permuted(place);
        rank.checked_sub(self.copies).map_or(Slot::Copy(rank), Slot::Original)
    }

    /// The article that a copy is made of, and how many copies that one has with this.
    pub(crate) fn source(&self, copy: u64) -> (u64, u64) {
        (copy % self.originals(), copy / self.originals() + 1)
    }

    fn permuted(&self, place: u64) -> u64 {
        let half = (u64::BITS - self.total.leading_zeros()).div_ceil(2);
        let mask = (1_u64 << half) - 1;
        let mut value = place;
        loop {
            let (mut left, mut right) = (value >> half, value & mask);
            for round in 0..ROUNDS {
                let noise = mix(right ^ mix(self.seed ^ round << 56)) & mask;
                (left, right) = (right, left ^ noise);
            }
            value = left << half | right;
            if value < self.total {
                return value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_article_has_one_place() {
        for total in [2, 3, 10, 1000, 4096] {
            let slots = Slots::new(total, 0.3, 7);
            let mut seen: Vec<u64> = (0..total)
                .map(|place| match slots.at(place) {
                    Slot::Copy(number) => number,
                    Slot::Original(number) => slots.copies + number,
                })
                .collect();
            seen.sort_unstable();
            assert_eq!(seen, (0..total).collect::<Vec<_>>());
        }
    }

    #[test]
    fn copies_are_spread_evenly() {
        let slots = Slots::new(10_000, 0.2, 1);
        for part in 0..10 {
            let copies = (part * 1000..(part + 1) * 1000)
                .filter(|&place| matches!(slots.at(place), Slot::Copy(_)))
                .count();
            assert!((150..250).contains(&copies), "{copies}");
        }
        assert_eq!(slots.source(7999), (7999, 1));
        assert_eq!(Slots::new(10, 0.8, 1).source(5), (1, 3));
    }
}
