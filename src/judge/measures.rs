//! The arithmetic of scores: rates and their intervals, agreement of clusterings, calibration.
//!
//! Nothing here knows where its numbers come from. A rate of nothing is `None`, never 0.

use std::collections::BTreeMap;

/// Bins of a reliability table.
pub const BINS: usize = 10;

/// The 97.5 % point of the normal distribution.
const Z: f64 = 1.959_963_984_540_054;

/// Labelled pairs by what the labels and what a run say of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Pairs that are copies.
    pub copies: u64,
    /// Of these, the ones that were found.
    pub copies_found: u64,
    /// Pairs that are not.
    pub others: u64,
    /// Of these, the ones that were taken for copies.
    pub others_found: u64,
}

impl Counts {
    /// The share of what was found that is right.
    pub fn precision(&self) -> Option<f64> {
        rate(self.copies_found, self.copies_found + self.others_found)
    }

    /// The share of the copies that was found.
    pub fn recall(&self) -> Option<f64> {
        rate(self.copies_found, self.copies)
    }

    /// The harmonic mean of precision and recall: 0 if none of the copies was found, nothing if there are none.
    pub fn f1(&self) -> Option<f64> {
        self.recall()?;
        rate(2 * self.copies_found, self.copies + self.copies_found + self.others_found)
    }

    /// The sum of both.
    #[must_use]
    pub fn plus(&self, other: &Counts) -> Counts {
        Counts {
            copies: self.copies + other.copies,
            copies_found: self.copies_found + other.copies_found,
            others: self.others + other.others,
            others_found: self.others_found + other.others_found,
        }
    }
}

/// A part of a whole.
pub fn rate(part: u64, whole: u64) -> Option<f64> {
    (whole > 0).then(|| part as f64 / whole as f64)
}

/// Wilson's 95 % interval of a rate (Wilson 1927): honest for small numbers and near 0 and 1.
pub fn interval(part: u64, whole: u64) -> Option<(f64, f64)> {
    let share = rate(part, whole)?;
    let n = whole as f64;
    let middle = share + Z * Z / (2.0 * n);
    let reach = Z * (share * (1.0 - share) / n + Z * Z / (4.0 * n * n)).sqrt();
    let scale = 1.0 + Z * Z / n;
    let low = if part == 0 { 0.0 } else { ((middle - reach) / scale).max(0.0) };
    let high = if part == whole { 1.0 } else { ((middle + reach) / scale).min(1.0) };
    Some((low, high))
}

/// How far two clusterings of the same articles agree, counted over all pairs of articles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Agreement {
    /// Pairs of articles.
    pub pairs: u64,
    /// Pairs within a cluster of the first.
    pub first: u64,
    /// Pairs within a cluster of the second.
    pub second: u64,
    /// Pairs within a cluster of both.
    pub both: u64,
}

impl Agreement {
    /// Counts the pairs of articles, each given by its clusters in the two. O(n log n).
    pub fn of(articles: &[(u64, u64)]) -> Agreement {
        let mut first: BTreeMap<u64, u64> = BTreeMap::new();
        let mut second: BTreeMap<u64, u64> = BTreeMap::new();
        let mut both: BTreeMap<(u64, u64), u64> = BTreeMap::new();
        for &(x, y) in articles {
            *first.entry(x).or_default() += 1;
            *second.entry(y).or_default() += 1;
            *both.entry((x, y)).or_default() += 1;
        }
        Agreement {
            pairs: pairs_of(articles.len() as u64),
            first: first.into_values().map(pairs_of).sum(),
            second: second.into_values().map(pairs_of).sum(),
            both: both.into_values().map(pairs_of).sum(),
        }
    }

    /// The adjusted Rand index (Hubert and Arabie 1985): 1 for the same clusters, about 0 for chance. Two clusterings
    /// that are both trivial (all apart, or all in one) agree; of fewer than two articles there is nothing to say.
    pub fn adjusted_rand(&self) -> Option<f64> {
        let [pairs, first, second, both] =
            [self.pairs, self.first, self.second, self.both].map(i128::from);
        if pairs == 0 {
            return None;
        }
        let above = 2 * (pairs * both - first * second);
        let below = pairs * (first + second) - 2 * first * second;
        Some(if below == 0 { 1.0 } else { above as f64 / below as f64 })
    }
}

fn pairs_of(articles: u64) -> u64 {
    articles * articles.saturating_sub(1) / 2
}

/// Whether confidence means what it says: judged pairs in bins of equal width.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Reliability {
    /// The bins, from confidence 0 to 1.
    pub bins: [Bin; BINS],
}

/// The pairs of one bin.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bin {
    /// Judged pairs.
    pub pairs: u64,
    /// Of these, the ones that are copies.
    pub copies: u64,
    /// The sum of their confidences.
    pub confidence: f64,
}

impl Bin {
    /// The confidence of its pairs, on average.
    pub fn mean_confidence(&self) -> Option<f64> {
        (self.pairs > 0).then(|| self.confidence / self.pairs as f64)
    }

    /// The share of its pairs that are copies.
    pub fn share(&self) -> Option<f64> {
        rate(self.copies, self.pairs)
    }
}

impl Reliability {
    /// Sorts pairs of a confidence and whether they are copies into bins.
    pub fn of(judged: impl IntoIterator<Item = (f64, bool)>) -> Reliability {
        let mut table = Reliability::default();
        for (confidence, copy) in judged {
            let bin = &mut table.bins[bin_of(confidence, BINS)];
            bin.pairs += 1;
            bin.copies += u64::from(copy);
            bin.confidence += confidence;
        }
        table
    }

    /// Judged pairs in all bins.
    pub fn pairs(&self) -> u64 {
        self.bins.iter().map(|bin| bin.pairs).sum()
    }

    /// The expected calibration error: how far confidence and share of copies are apart, on average over pairs.
    pub fn calibration_error(&self) -> Option<f64> {
        let apart = |bin: &Bin| (bin.confidence - bin.copies as f64).abs();
        let all = self.pairs();
        (all > 0).then(|| self.bins.iter().map(apart).sum::<f64>() / all as f64)
    }
}

/// The bin of a number between 0 and 1; 1 is in the last.
pub fn bin_of(number: f64, bins: usize) -> usize {
    ((number * bins as f64) as usize).min(bins - 1)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{prop_assert, prop_assert_eq, proptest};

    use super::*;

    #[test]
    fn rates_of_a_hand_case() {
        let counts = Counts { copies: 10, copies_found: 6, others: 20, others_found: 2 };
        assert_eq!(counts.precision(), Some(0.75));
        assert_eq!(counts.recall(), Some(0.6));
        assert!((counts.f1().unwrap() - 2.0 * 0.75 * 0.6 / 1.35).abs() < 1e-12);
        let none = Counts { copies: 3, others: 5, ..Counts::default() };
        assert_eq!((none.precision(), none.recall(), none.f1()), (None, Some(0.0), Some(0.0)));
        let empty = Counts { others: 5, others_found: 1, ..Counts::default() };
        assert_eq!((empty.precision(), empty.recall(), empty.f1()), (Some(0.0), None, None));
        assert_eq!(counts.plus(&none).copies, 13);
    }

    /// Values from Newcombe 1998, table I.
    #[test]
    fn intervals_are_wilsons() {
        for (part, whole, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let (x, y) = interval(part, whole).unwrap();
            assert!((x - low).abs() < 5e-5 && (y - high).abs() < 5e-5, "{part}/{whole}: {x} {y}");
        }
        assert_eq!(interval(29, 29).unwrap().1, 1.0);
        assert_eq!(interval(0, 0), None);
    }

    /// The slow twin: all pairs of articles, and the index from the four cells of their table.
    fn naive(articles: &[(u64, u64)]) -> Option<f64> {
        let [mut a, mut b, mut c, mut d] = [0.0f64; 4];
        for (at, x) in articles.iter().enumerate() {
            for y in &articles[..at] {
                *match (x.0 == y.0, x.1 == y.1) {
                    (true, true) => &mut a,
                    (true, false) => &mut b,
                    (false, true) => &mut c,
                    (false, false) => &mut d,
                } += 1.0;
            }
        }
        let below = (a + b) * (b + d) + (a + c) * (c + d);
        if a + b + c + d == 0.0 {
            None
        } else if below == 0.0 {
            Some(1.0)
        } else {
            Some(2.0 * (a * d - b * c) / below)
        }
    }

    #[test]
    fn agreement_of_hand_cases() {
        let index = |articles: &[(u64, u64)]| Agreement::of(articles).adjusted_rand();
        assert_eq!(index(&[(1, 5), (1, 5), (2, 6), (3, 7)]), Some(1.0));
        assert_eq!(index(&[(1, 1), (2, 2), (3, 3)]), Some(1.0));
        assert_eq!(index(&[(1, 1), (1, 2), (1, 3)]), Some(0.0));
        assert_eq!(index(&[(1, 1)]), None);
        // The example of Hubert and Arabie's index in scikit-learn: 0.57.
        let known = index(&[(0, 0), (0, 0), (1, 1), (1, 2)]).unwrap();
        assert!((known - 4.0 / 7.0).abs() < 1e-12);
        let large: Vec<(u64, u64)> = (0..2_000_000).map(|at| (at % 2, at % 2)).collect();
        assert_eq!(index(&large), Some(1.0));
    }

    proptest! {
        #[test]
        fn agreement_is_that_of_the_naive_twin(
            articles in proptest::collection::vec((0u64..5, 0u64..5), 0..40)
        ) {
            let fast = Agreement::of(&articles).adjusted_rand();
            match (fast, naive(&articles)) {
                (Some(x), Some(y)) => prop_assert!((x - y).abs() < 1e-9, "{x} {y}"),
                (x, y) => prop_assert_eq!(x, y),
            }
        }

        #[test]
        fn intervals_hold_their_rate(part in 0u64..500, more in 0u64..500) {
            if let Some((low, high)) = interval(part, part + more) {
                let share = part as f64 / (part + more) as f64;
                prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0);
            }
        }
    }

    #[test]
    fn calibration_error_of_a_hand_case() {
        let table = Reliability::of([
            (0.92, true),
            (0.98, false),
            (0.11, false),
            (0.19, false),
            (1.0, true),
        ]);
        assert_eq!((table.bins[9].pairs, table.bins[9].copies, table.bins[1].pairs), (3, 2, 2));
        // |0.15 - 0| for two pairs, |2.9 - 2| / 3 for three.
        assert!((table.calibration_error().unwrap() - (0.3 + 0.9) / 5.0).abs() < 1e-12);
        assert_eq!(table.bins[0].share(), None);
        assert_eq!(Reliability::default().calibration_error(), None);
    }

    #[test]
    fn bins_are_closed_below() {
        assert_eq!(
            [0.0, 0.0999, 0.1, 0.5, 0.999, 1.0].map(|x| bin_of(x, BINS)),
            [0, 0, 1, 5, 9, 9]
        );
    }
}
