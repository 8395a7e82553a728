//! Signatures to candidate pairs by locality-sensitive hashing: articles that agree in all rows of a band share a bucket.
//!
//! A pair of Jaccard similarity J is proposed with probability 1 − (1 − Jʳ)ᵇ for b bands of r rows. Buckets are found by
//! sorting (key, article) entries, one band at a time: 12 bytes an article and band, no hash tables of vectors. A pair
//! is listed only if it passes the caller's filter (the sketch estimate), at once, so that memory follows the survivors.
//!
//! A bucket of more than [`BUCKET_LIMIT`] articles would cost the square of its size: its members are linked to its
//! leader and to their [`NEIGHBORS`] neighbors by length instead, and it is counted. Time is linear in articles then,
//! whatever the corpus repeats.

use rayon::prelude::*;

use super::sketch::{SLOTS, Signature};

/// Articles in a bucket up to which all pairs are listed.
pub const BUCKET_LIMIT: usize = 128;

/// Neighbors by length that each member of a larger bucket is linked to.
pub const NEIGHBORS: usize = 8;

/// One way of cutting a signature into bands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tier {
    /// The name in counters and documentation.
    pub name: &'static str,
    /// Number of bands.
    pub bands: usize,
    /// Slots a band.
    pub rows: usize,
}

/// Finds near-verbatim copies: J .9 with probability .9996, J .8 with .90.
pub const NEAR_VERBATIM: Tier = Tier { name: "near-verbatim bands", bands: 16, rows: 9 };

/// Finds reworded copies: J .35 with probability .9999, .25 with .990, .20 with .947, .15 with .81.
pub const WIDE: Tier = Tier { name: "wide bands", bands: 72, rows: 2 };

impl Tier {
    /// Probability that a pair of Jaccard similarity `j` is proposed.
    pub fn recall(&self, j: f64) -> f64 {
        1.0 - (1.0 - j.powi(self.rows as i32)).powi(self.bands as i32)
    }
}

/// What a tier proposed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proposals {
    /// Pairs (smaller index first) that passed the filter: sorted, each once.
    pub pairs: Vec<(u32, u32)>,
    /// Pairs looked at, each as often as it was met.
    pub listed: u64,
    /// Buckets over the limit.
    pub oversized: u64,
}

/// The pairs that share a bucket of `tier` and pass `filter`.
///
/// `signed` holds the articles by index, with their length in shingles; the result does not depend on its order.
pub fn propose(
    signed: &[(u32, u32, &Signature)],
    tier: Tier,
    filter: impl Fn(u32, u32) -> bool + Sync,
) -> Proposals {
    const {
        assert!(
            NEAR_VERBATIM.bands * NEAR_VERBATIM.rows == SLOTS && WIDE.bands * WIDE.rows == SLOTS
        )
    };
    (0..tier.bands)
        .into_par_iter()
        .map(|band| {
            let rows = band * tier.rows..(band + 1) * tier.rows;
            let mut entries: Vec<(u64, u32)> = (0..signed.len() as u32)
                .map(|at| (key(&signed[at as usize].2[rows.clone()]), at))
                .collect();
            entries.sort_unstable();
            let mut found = Proposals::default();
            for bucket in entries.chunk_by(|x, y| x.0 == y.0).filter(|bucket| bucket.len() > 1) {
                let mut members: Vec<(u32, u32)> = bucket
                    .iter()
                    .map(|&(_, at)| (signed[at as usize].1, signed[at as usize].0))
                    .collect();
                found.oversized += each_pair(&mut members, |a, b| {
                    found.listed += 1;
                    if filter(a, b) {
                        found.pairs.push((a, b));
                    }
                });
            }
            found.pairs.sort_unstable();
            found.pairs.dedup();
            found
        })
        .reduce(Proposals::default, |mut left, mut right| {
            left.pairs.append(&mut right.pairs);
            left.pairs.sort();
            left.pairs.dedup();
            left.listed += right.listed;
            left.oversized += right.oversized;
            left
        })
}

/// One number for the rows of a band; exact for two rows.
fn key(rows: &[u32]) -> u64 {
    match rows {
        &[first, second] => u64::from(first) << 32 | u64::from(second),
        rows => crate::text::hash::shingle(rows, 0),
    }
}

/// Calls `visit` with the pairs of a bucket of (length, article), smaller article first; returns 1 if it was over the
/// limit.
fn each_pair(members: &mut [(u32, u32)], mut visit: impl FnMut(u32, u32)) -> u64 {
    let mut ordered = |a: u32, b: u32| if a < b { visit(a, b) } else { visit(b, a) };
    if members.len() <= BUCKET_LIMIT {
        for (i, &(_, a)) in members.iter().enumerate() {
            for &(_, b) in &members[i + 1..] {
                ordered(a, b);
            }
        }
        return 0;
    }
    members.sort_unstable();
    let Some(leader) = members.iter().map(|&(_, article)| article).min() else { return 0 };
    for (i, &(_, a)) in members.iter().enumerate() {
        let near = &members[i + 1..(i + 1 + NEIGHBORS).min(members.len())];
        for &(_, b) in near {
            ordered(a, b);
        }
        if a != leader && !near.iter().any(|&(_, b)| b == leader) {
            ordered(leader, a);
        }
    }
    1
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The slow twin: every pair of articles, every band.
    fn slow(signatures: &[Signature], tier: Tier) -> Vec<(u32, u32)> {
        let mut pairs = Vec::new();
        for a in 0..signatures.len() {
            for b in a + 1..signatures.len() {
                let same = |band: usize| {
                    let rows = band * tier.rows..(band + 1) * tier.rows;
                    signatures[a][rows.clone()] == signatures[b][rows]
                };
                if (0..tier.bands).any(same) {
                    pairs.push((a as u32, b as u32));
                }
            }
        }
        pairs
    }

    proptest! {
        #[test]
        fn sorting_finds_what_comparing_all_pairs_finds(
            slots in prop::collection::vec(prop::collection::vec(0u32..3, SLOTS), 0..12),
            wide in any::<bool>(),
        ) {
            // Few values a slot, varied a little, so that bands of 2 and of 9 rows both collide now and then.
            let tier = if wide { WIDE } else { NEAR_VERBATIM };
            let signatures: Vec<Signature> = slots
                .iter()
                .map(|row| std::array::from_fn(|i| if wide { row[i] + 7 * (i as u32 % 5) } else { row[i] / 2 }))
                .collect();
            let signed: Vec<_> = signatures.iter().enumerate().map(|(i, s)| (i as u32, 9, s)).collect();
            prop_assert_eq!(propose(&signed, tier, |_, _| true).pairs, slow(&signatures, tier));
        }
    }

    #[test]
    fn large_buckets_stay_linear_and_connected() {
        let mut members: Vec<(u32, u32)> = (0..10_000).map(|i| (i % 97, i)).collect();
        let mut pairs = Vec::new();
        assert_eq!(each_pair(&mut members, |a, b| pairs.push((a, b))), 1);
        assert!(pairs.len() < 10_000 * (NEIGHBORS + 1));
        let mut seen: Vec<u32> =
            pairs.iter().filter(|pair| pair.0 == 0).map(|pair| pair.1).collect();
        seen.sort_unstable();
        seen.dedup();
        assert_eq!(seen.len(), 9_999, "every member is linked to the leader");
        assert!(pairs.iter().all(|(a, b)| a < b));
    }

    #[test]
    fn recall_is_what_the_documentation_says() {
        assert!((WIDE.recall(0.25) - 0.990).abs() < 0.001);
        assert!((WIDE.recall(0.15) - 0.81).abs() < 0.01);
        assert!((NEAR_VERBATIM.recall(0.8) - 0.90).abs() < 0.01);
    }
}
