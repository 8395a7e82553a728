//! Signatures to candidate pairs by locality-sensitive hashing: articles that agree in all rows of a band share a bucket.
//!
//! A pair of Jaccard similarity J is proposed with probability 1 − (1 − Jʳ)ᵇ for b bands of r rows. Buckets are found by
//! sorting (key, number) entries, one band at a time: 16 bytes an article, no hash tables of vectors. All is done in the
//! numbers of the signatures, so that what is looked up for a pair lies together. A pair is listed only if it passes the
//! caller's filter (the sketch estimate), at once, or handed on a batch at a time, so that memory follows the survivors.
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

/// The pairs of articles that share a bucket of `tier` and pass `filter`, which gets the numbers of their signatures.
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
    let passing = |band: &Band<'_>| {
        let mut passing = Vec::new();
        let met = band.each_pair(|a, b| {
            if filter(a, b) {
                passing.push(signatures.pair(a, b));
            }
            Ok(())
        })?;
        Ok(Proposals { pairs: passing, ..met })
    };
    let found = in_bands(signatures, tier, together, length, passing, |of_band| {
        pairs.extend(of_band);
        // What was found before is sorted: this is a merge.
        pairs.par_sort();
        pairs.dedup();
    })?;
    Ok(Proposals { pairs, ..found })
}

/// Gives all pairs of numbers that share a bucket to `take`, smaller number first, on the thread that met them and at most
/// a million at a time.
pub fn each(
    signatures: &Signatures,
    tier: Tier,
    together: usize,
    length: impl Fn(u32) -> Option<u32> + Sync,
    take: impl Fn(&[(u32, u32)]) -> Result<()> + Sync,
) -> Result<Proposals> {
    let in_batches = |band: &Band<'_>| {
        let mut batch = Vec::with_capacity(BATCH);
        let met = band.each_pair(|a, b| {
            batch.push((a, b));
            if batch.len() == BATCH {
                take(&batch)?;
                batch.clear();
            }
            Ok(())
        })?;
        take(&batch)?;
        Ok(met)
    };
    in_bands(signatures, tier, together, length, in_batches, |_| ())
}

/// Pairs handed on at a time.
const BATCH: usize = 1 << 20;

/// Looks through all bands, `together` at once, and gives the pairs that are kept of each to `take`, in order of the bands.
fn in_bands(
    signatures: &Signatures,
    tier: Tier,
    together: usize,
    length: impl Fn(u32) -> Option<u32> + Sync,
    look_through: impl Fn(&Band<'_>) -> Result<Proposals> + Sync,
    mut take: impl FnMut(Vec<(u32, u32)>),
) -> Result<Proposals> {
    let bands: Vec<usize> = (0..tier.bands).collect();
    // In the order of the signatures, so that no band has to look for them all over memory.
    let length = |&article: &u32| length(article).unwrap_or(LEFT_OUT);
    let lengths: Vec<u32> = signatures.articles().par_iter().map(length).collect();
    let mut all = Proposals::default();
    for bands in bands.chunks(together.max(1)) {
        let found: Vec<Proposals> = bands
            .par_iter()
            .map(|&band| look_through(&Band::new(signatures, tier, band, &lengths)?))
            .collect::<Result<_>>()?;
        for found in found {
            take(found.pairs);
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

/// The buckets of one band.
struct Band<'a> {
    /// The leading bits of the mixed key, and the number of a signature in the bits below: sorted.
    entries: Vec<u64>,
    /// The bits of the number.
    number: u64,
    articles: &'a [u32],
    lengths: &'a [u32],
}

impl<'a> Band<'a> {
    /// Puts the signatures of all articles that have a length into buckets.
    ///
    /// Of the key as many bits are kept as the numbers leave, 40 for 16 million articles: enough to sort by, and two keys
    /// that differ in the others only cost a look at a pair.
    fn new(
        signatures: &'a Signatures,
        tier: Tier,
        band: usize,
        lengths: &'a [u32],
    ) -> Result<Self> {
        let articles = signatures.articles();
        let number = (articles.len() as u64).next_power_of_two() - 1;
        let rows = band * tier.rows..(band + 1) * tier.rows;
        let mut entries = signatures.rows(rows, |row| mix(key(row)) & !number)?;
        entries.iter_mut().zip(0..).for_each(|(entry, number)| *entry |= number);
        entries.retain(|entry| lengths[(entry & number) as usize] != LEFT_OUT);
        Ok(Band { entries: sorted(entries), number, articles, lengths })
    }

    /// Calls `visit` with the numbers of each pair in a bucket, smaller first, and counts pairs and buckets over the limit.
    fn each_pair(&self, mut visit: impl FnMut(u32, u32) -> Result<()>) -> Result<Proposals> {
        let mut met = Proposals::default();
        let mut visit = |a, b| {
            met.listed += 1;
            visit(a, b)
        };
        let of = |entry: &u64| (entry & self.number) as u32;
        let mut crowd: Vec<(u32, u32, u32)> = Vec::new();
        for bucket in self.entries.chunk_by(|x, y| (x ^ y) <= self.number) {
            if bucket.len() <= BUCKET_LIMIT {
                for (i, a) in bucket.iter().enumerate() {
                    for b in &bucket[i + 1..] {
                        visit(of(a), of(b))?;
                    }
                }
                continue;
            }
            crowd.clear();
            crowd.extend(bucket.iter().map(of).map(|number| {
                let at = number as usize;
                (self.lengths[at], self.articles[at], number)
            }));
            crowd.sort_unstable();
            link(&crowd, &mut visit)?;
            met.oversized += 1;
        }
        Ok(met)
    }
}

/// Sorts numbers whose leading bits are as good as random: by those into parts that stay near the processor (one pass of
/// radix sort), then each part by comparison, which is shorter for few numbers than more passes.
fn sorted(numbers: Vec<u64>) -> Vec<u64> {
    const PART: usize = 1 << 10;
    // More streams than that are dear to write.
    let bits = (numbers.len() / PART).clamp(2, 1 << 10).ilog2();
    let part = |number: u64| (number >> (u64::BITS - bits)) as usize;
    let mut ends = vec![0usize; 1 << bits];
    for &number in &numbers {
        ends[part(number)] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += std::mem::replace(end, sum);
    }
    let mut sorted = vec![0; numbers.len()];
    for number in numbers {
        let end = &mut ends[part(number)];
        sorted[*end] = number;
        *end += 1;
    }
    let (mut rest, mut start) = (&mut sorted[..], 0);
    let mut parts = Vec::with_capacity(ends.len());
    for end in ends {
        let (part, behind) = rest.split_at_mut(end - start);
        parts.push(part);
        (rest, start) = (behind, end);
    }
    parts.into_par_iter().for_each(<[u64]>::sort_unstable);
    sorted
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

/// Calls `visit` with the pairs by which a sorted crowd of (length, article, number) is linked, smaller number first.
fn link(crowd: &[(u32, u32, u32)], mut visit: impl FnMut(u32, u32) -> Result<()>) -> Result<()> {
    let Some(&(.., leader)) = crowd.iter().min_by_key(|(_, article, _)| article) else {
        return Ok(());
    };
    for (i, &(.., a)) in crowd.iter().enumerate() {
        let near = &crowd[i + 1..(i + 1 + NEIGHBORS).min(crowd.len())];
        for &(.., b) in near {
            visit(a.min(b), a.max(b))?;
        }
        if a != leader && !near.iter().any(|&(.., b)| b == leader) {
            visit(a.min(leader), a.max(leader))?;
        }
    }
    Ok(())
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

    proptest! {
        #[test]
        fn parts_sort_as_the_whole(
            numbers in prop::collection::vec(prop_oneof![any::<u64>(), 0u64..9], 0..60),
            repeated in 0usize..100,
        ) {
            let repeated = numbers.repeat(repeated);
            let mut slow = repeated.clone();
            slow.sort_unstable();
            prop_assert_eq!(sorted(repeated), slow);
        }
    }

    #[test]
    fn large_buckets_stay_linear_and_connected() {
        // Numbers that do not follow the articles.
        let mut crowd: Vec<(u32, u32, u32)> = (0..10_000).map(|i| (i % 97, i, 9_999 - i)).collect();
        crowd.sort_unstable();
        let mut pairs = Vec::new();
        link(&crowd, |a, b| {
            pairs.push((a, b));
            Ok(())
        })
        .unwrap();
        assert!(pairs.len() < 10_000 * (NEIGHBORS + 1));
        let mut seen: Vec<u32> =
            pairs.iter().filter(|pair| pair.1 == 9_999).map(|pair| pair.0).collect();
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
