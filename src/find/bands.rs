//! Signatures to candidate pairs by locality-sensitive hashing: articles that agree in all rows of a band share a bucket.
//!
//! A pair of Jaccard similarity J is proposed with probability 1 − (1 − Jʳ)ᵇ for b bands of r rows. Buckets are found by
//! sorting (key, article) entries, one band at a time: 16 bytes an article, no hash tables of vectors. A pair
//! is listed only if it passes the caller's filter (the sketch estimate), at once, so that memory follows the survivors.
//!
//! A bucket of more than [`BUCKET_LIMIT`] articles would cost the square of its size: its members are linked to its
//! leader and to their [`NEIGHBORS`] neighbors by length instead, and it is counted. Time is linear in articles then,
//! whatever the corpus repeats.

use rayon::prelude::*;

use super::signatures::Signatures;
use super::sketch::{SLOTS, Signature};
use crate::error::Result;
use crate::text::hash::mix;

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
/// `length` gives the number of distinct shingles of an article, unless it is to be left out; `together` says how many
/// bands may be looked through at once. The result does not depend on the order of the signatures.
pub fn propose(
    signatures: &Signatures,
    tier: Tier,
    together: usize,
    length: impl Fn(u32) -> Option<u32> + Sync,
    filter: impl Fn(u32, u32) -> bool + Sync,
) -> Result<Proposals> {
    const {
        assert!(
            NEAR_VERBATIM.bands * NEAR_VERBATIM.rows == SLOTS && WIDE.bands * WIDE.rows == SLOTS
        )
    };
    let mut pairs = Vec::new();
    let mut found = in_bands(signatures, tier, together, length, filter, |of_band| {
        pairs.extend_from_slice(of_band);
        // What was found before is sorted: this is a merge.
        pairs.par_sort();
        pairs.dedup();
        Ok(())
    })?;
    found.pairs = pairs;
    Ok(found)
}

/// Gives all pairs that share a bucket to `take`, those of each band sorted and each once.
pub fn each(
    signatures: &Signatures,
    tier: Tier,
    together: usize,
    length: impl Fn(u32) -> Option<u32> + Sync,
    take: impl FnMut(&[(u32, u32)]) -> Result<()>,
) -> Result<Proposals> {
    in_bands(signatures, tier, together, length, |_, _| true, take)
}

fn in_bands(
    signatures: &Signatures,
    tier: Tier,
    together: usize,
    length: impl Fn(u32) -> Option<u32> + Sync,
    filter: impl Fn(u32, u32) -> bool + Sync,
    mut take: impl FnMut(&[(u32, u32)]) -> Result<()>,
) -> Result<Proposals> {
    let bands: Vec<usize> = (0..tier.bands).collect();
    // In the order of the signatures, so that no band has to look for them all over memory.
    let length = |&article: &u32| length(article).unwrap_or(LEFT_OUT);
    let lengths: Vec<u32> = signatures.articles().par_iter().map(length).collect();
    let mut all = Proposals::default();
    for bands in bands.chunks(together.max(1)) {
        let found: Vec<Proposals> = bands
            .par_iter()
            .map(|&band| in_band(signatures, tier, band, &lengths, &filter))
            .collect::<Result<_>>()?;
        for found in found {
            take(&found.pairs)?;
            all.listed += found.listed;
            all.oversized += found.oversized;
        }
    }
    Ok(all)
}

/// The length of an article that is left out.
const LEFT_OUT: u32 = u32::MAX;

/// Bytes an article that looking through one band takes.
pub const BYTES_A_BAND: u64 = 16;

fn in_band(
    signatures: &Signatures,
    tier: Tier,
    band: usize,
    lengths: &[u32],
    filter: &(impl Fn(u32, u32) -> bool + Sync),
) -> Result<Proposals> {
    let articles = signatures.articles();
    let keys = signatures.rows(band * tier.rows..(band + 1) * tier.rows, key)?;
    // Half of the mixed key is enough to sort by; where it is the same, the whole key decides.
    let mut entries: Vec<u64> = (0..)
        .zip(lengths)
        .zip(&keys)
        .filter(|((_, length), _)| **length != LEFT_OUT)
        .map(|((number, _), &key)| mix(key) & !u64::from(u32::MAX) | number)
        .collect();
    entries.par_sort_unstable();
    let mut found = Proposals::default();
    let mut bucket: Vec<(u64, u32, u32)> = Vec::new();
    for alike in entries.chunk_by(|x, y| x >> 32 == y >> 32).filter(|alike| alike.len() > 1) {
        bucket.clear();
        bucket.extend(alike.iter().map(|&entry| {
            let number = entry as u32 as usize;
            (keys[number], lengths[number], articles[number])
        }));
        bucket.sort_unstable();
        for members in bucket.chunk_by(|x, y| x.0 == y.0).filter(|members| members.len() > 1) {
            found.oversized += each_pair(members, |a, b| {
                found.listed += 1;
                if filter(a, b) {
                    found.pairs.push((a, b));
                }
            });
        }
    }
    found.pairs.sort_unstable();
    found.pairs.dedup();
    Ok(found)
}

/// One number for the rows of a band; exact for two rows.
fn key(rows: &[u32]) -> u64 {
    match rows {
        &[first, second] => u64::from(first) << 32 | u64::from(second),
        rows => crate::text::hash::shingle(rows, 0),
    }
}

/// What an index keeps of each wide band: half of the mixed key of its rows.
pub(crate) fn short_keys(signature: &Signature) -> [u32; WIDE.bands] {
    std::array::from_fn(|band| {
        let rows = &signature[band * WIDE.rows..(band + 1) * WIDE.rows];
        (mix(key(rows)) >> 32) as u32
    })
}

/// Calls `visit` with the pairs of a bucket of (key, length, article), sorted, smaller article first; returns 1 if it was
/// over the limit.
fn each_pair(members: &[(u64, u32, u32)], mut visit: impl FnMut(u32, u32)) -> u64 {
    let mut ordered = |a: u32, b: u32| if a < b { visit(a, b) } else { visit(b, a) };
    if members.len() <= BUCKET_LIMIT {
        for (i, &(.., a)) in members.iter().enumerate() {
            for &(.., b) in &members[i + 1..] {
                ordered(a, b);
            }
        }
        return 0;
    }
    let Some(leader) = members.iter().map(|&(.., article)| article).min() else { return 0 };
    for (i, &(.., a)) in members.iter().enumerate() {
        let near = &members[i + 1..(i + 1 + NEIGHBORS).min(members.len())];
        for &(.., b) in near {
            ordered(a, b);
        }
        if a != leader && !near.iter().any(|&(.., b)| b == leader) {
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
            let signed = Signatures::of((0..).zip(&signatures)).unwrap();
            let found = propose(&signed, tier, 3, |_| Some(9), |_, _| true).unwrap();
            prop_assert_eq!(found.pairs, slow(&signatures, tier));
        }
    }

    #[test]
    fn large_buckets_stay_linear_and_connected() {
        let mut members: Vec<(u64, u32, u32)> = (0..10_000).map(|i| (0, i % 97, i)).collect();
        members.sort_unstable();
        let mut pairs = Vec::new();
        assert_eq!(each_pair(&members, |a, b| pairs.push((a, b))), 1);
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
