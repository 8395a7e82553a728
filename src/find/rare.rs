//! Candidate pairs by shared rare shingles: what bands miss, excerpts and copies of Jaccard .1 to .2.
//!
//! Of every article a sample of its shingles is kept: those whose sampling key lies under a limit that falls with the
//! length, so that samples of any two articles are comparable (the smaller limit holds for both). All samples are
//! sorted together; a shingle in at most [`MAX_ARTICLES`] articles proposes all their pairs, and a pair proposed by
//! [`MIN_SHARED`] shingles is a candidate if they stand for enough of the shorter article.
//!
//! Most shingles of news stand in one article only (83 to 87 % of the distinct ones) and most of the rest in a few, so
//! that sharing some is strong evidence and lists are short; what stands in many articles is boilerplate or a phrase,
//! and what many *copies* share is found by bands. At J = .1 and 400 words, 73 shingles are shared and about 12 of them
//! sampled, where 72 bands of 2 rows find the pair with probability one half. The same holds for containment: no windows over
//! long articles are needed. Close kin: passim's shared n-grams, FracMinHash.
//!
//! Time and memory are linear in articles: at most `SAMPLE` entries each (more for articles over 1,000 words).

use rayon::prelude::*;

/// Shingles sampled of an article, about.
const SAMPLE: u64 = 64;

/// The smallest share that is sampled of a long article, as 1 in so many.
const SPARSEST: u64 = 16;

/// A shingle in more articles proposes nothing.
pub const MAX_ARTICLES: usize = 32;

/// Sampled shingles that a pair must share.
pub const MIN_SHARED: u32 = 3;

/// The sampled shingles must stand for this share of the shorter article's.
pub const MIN_CONTAINMENT: f64 = 0.06;

/// Exclusive limit of the sampling keys of an article with so many distinct shingles, of 2^32.
fn limit(shingles: u32) -> u64 {
    let n = u64::from(shingles).max(1);
    ((SAMPLE << 32) / n).clamp((1 << 32) / SPARSEST, 1 << 32)
}

/// The sampling key of a shingle: bits that signatures do not look at in this form.
fn key(shingle: u64) -> u64 {
    shingle.wrapping_mul(0xD6E8_FEB8_6659_FD93) >> 32
}

/// The sample, sorted, of a set of shingles of which so many are distinct. Order and repetition do not matter.
pub fn sample(shingles: &[u64], distinct: u32) -> Vec<u64> {
    let limit = limit(distinct);
    let mut sample = vec![0; shingles.len() + 1];
    let mut count = 0;
    for &shingle in shingles {
        // No branch: the processor could not foresee it.
        sample[count] = shingle;
        count += usize::from(key(shingle) < limit);
    }
    sample.truncate(count);
    sample.sort_unstable();
    sample.dedup();
    sample
}

/// Expected share of an article's shingles in the common part of two samples.
fn rate(shingles_a: u32, shingles_b: u32) -> f64 {
    limit(shingles_a.max(shingles_b)) as f64 / (1u64 << 32) as f64
}

/// Probability that two articles of `shingles` rare shingles each, of which they share `shared`, are proposed: the
/// binomial of [`MIN_SHARED`] or more samples.
pub fn recall(shared: u32, shingles: u32) -> f64 {
    let rate = rate(shingles, shingles);
    let least = (MIN_CONTAINMENT * f64::from(shingles) * rate).ceil() as u32;
    let fewest = least.max(MIN_SHARED);
    let mut exactly = (1.0 - rate).powi(shared as i32);
    if rate >= 1.0 {
        return if shared >= fewest { 1.0 } else { 0.0 };
    }
    let mut fewer = 0.0;
    for k in 0..fewest.min(shared + 1) {
        fewer += exactly;
        exactly *= f64::from(shared - k) / f64::from(k + 1) * rate / (1.0 - rate);
    }
    (1.0 - fewer).clamp(0.0, 1.0)
}

/// One article's sample.
#[derive(Clone, Copy, Debug)]
pub struct Sampled<'a> {
    /// Index of the article.
    pub article: u32,
    /// Number of its distinct shingles.
    pub shingles: u32,
    /// What [`sample`] gave for them.
    pub sample: &'a [u64],
}

/// The pairs (smaller index first, sorted, each once) that share enough rare shingles.
///
/// `sampled` must be sorted by article.
pub fn propose(sampled: &[Sampled<'_>]) -> Vec<(u32, u32)> {
    let mut entries: Vec<(u64, u32)> = sampled
        .par_iter()
        .flat_map_iter(|one| one.sample.iter().map(|&shingle| (shingle, one.article)))
        .collect();
    entries.par_sort_unstable();
    let mut pairs: Vec<(u32, u32)> = entries
        .par_chunk_by(|x, y| x.0 == y.0)
        .filter(|bucket| (2..=MAX_ARTICLES).contains(&bucket.len()))
        .flat_map_iter(|bucket| {
            bucket
                .iter()
                .enumerate()
                .flat_map(|(i, &(_, a))| bucket[i + 1..].iter().map(move |&(_, b)| (a, b)))
        })
        .collect();
    drop(entries);
    pairs.par_sort_unstable();
    let shingles = |article: u32| {
        let at = sampled.binary_search_by_key(&article, |one| one.article);
        at.map_or(0, |at| sampled[at].shingles)
    };
    pairs
        .par_chunk_by(|x, y| x == y)
        .filter(|shared| shared.len() >= MIN_SHARED as usize)
        .filter_map(|shared| {
            let (a, b) = shared[0];
            let (n, m) = (shingles(a), shingles(b));
            let stands_for = shared.len() as f64 / rate(n, m);
            (stands_for >= MIN_CONTAINMENT * f64::from(n.min(m))).then_some((a, b))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::text::hash::mix;

    /// The slow twin: every pair, by counting in sets.
    fn slow(sets: &[BTreeSet<u64>]) -> Vec<(u32, u32)> {
        let samples: Vec<BTreeSet<u64>> = sets
            .iter()
            .map(|set| {
                sample(&set.iter().copied().collect::<Vec<_>>(), set.len() as u32)
                    .into_iter()
                    .collect()
            })
            .collect();
        let rare = |shingle: &u64| {
            samples.iter().filter(|set| set.contains(shingle)).count() <= MAX_ARTICLES
        };
        let mut pairs = Vec::new();
        for a in 0..sets.len() {
            for b in a + 1..sets.len() {
                let shared =
                    samples[a].intersection(&samples[b]).filter(|shingle| rare(shingle)).count();
                let (n, m) = (sets[a].len() as u32, sets[b].len() as u32);
                let enough = shared as f64 / rate(n, m) >= MIN_CONTAINMENT * f64::from(n.min(m));
                if shared >= MIN_SHARED as usize && enough {
                    pairs.push((a as u32, b as u32));
                }
            }
        }
        pairs
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn sorting_finds_what_counting_finds(
            lengths in prop::collection::vec((1u64..300, 0u64..200), 2..40),
        ) {
            let sets: Vec<BTreeSet<u64>> =
                lengths.iter().map(|&(n, from)| (from..from + n).map(mix).collect()).collect();
            let sorted: Vec<Vec<u64>> = sets.iter().map(|set| set.iter().copied().collect()).collect();
            let samples: Vec<Vec<u64>> = sorted.iter().map(|set| sample(set, set.len() as u32)).collect();
            let sampled: Vec<Sampled<'_>> = samples
                .iter()
                .enumerate()
                .map(|(i, sample)| Sampled { article: i as u32, shingles: sets[i].len() as u32, sample })
                .collect();
            prop_assert_eq!(propose(&sampled), slow(&sets));
        }
    }

    /// Against what random articles do.
    #[test]
    fn recall_is_what_happens() {
        let (runs, trials) = (400_u64, 400);
        for shared in [20_u64, 40, 73] {
            let proposed = (0..trials).filter(|trial| {
                let set = |own: u64| -> Vec<u64> {
                    let of = |i: u64| if i < shared { i } else { own << 32 | i };
                    (0..runs).map(|i| mix(mix(*trial) ^ of(i))).collect()
                };
                let samples = [sample(&set(1), runs as u32), sample(&set(2), runs as u32)];
                let one = |article: u32| Sampled {
                    article,
                    shingles: runs as u32,
                    sample: &samples[article as usize],
                };
                !propose(&[one(0), one(1)]).is_empty()
            });
            let (seen, told) =
                (proposed.count() as f64 / trials as f64, recall(shared as u32, runs as u32));
            assert!((seen - told).abs() < 0.08, "{shared}: {seen}, {told}");
        }
        assert_eq!((recall(0, 400), recall(3, 10), recall(2, 10)), (0.0, 1.0, 0.0));
    }

    #[test]
    fn samples_are_nested_and_bounded() {
        let long: Vec<u64> = (0..20_000).map(mix).collect();
        let short: Vec<u64> = (0..300).map(mix).collect();
        let (of_long, of_short) = (sample(&long, 20_000), sample(&short, 300));
        assert!((1_000..1_500).contains(&of_long.len()), "{}", of_long.len());
        assert!((40..100).contains(&of_short.len()), "{}", of_short.len());
        for shingle in of_long.iter().filter(|shingle| short.contains(shingle)) {
            assert!(of_short.contains(shingle), "the smaller limit holds for both");
        }
        assert_eq!(sample(&long[..50], 50).len(), 50, "short articles are taken whole");
    }
}
