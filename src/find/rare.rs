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
//! Time is linear in articles: at most `SAMPLE` entries of 8 bytes each (more for articles over 1,000 words). They and the
//! pairs are looked through part by part, so that memory is a small share of that.

use rayon::prelude::*;

use super::runs::{Parts, Runs};
use crate::error::Result;
use crate::spill::Room;

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

/// True if so many sampled shingles in common make a candidate of two articles with so many distinct shingles each.
pub(crate) fn is_enough(shared: usize, shingles_a: u32, shingles_b: u32) -> bool {
    let stands_for = shared as f64 / rate(shingles_a, shingles_b);
    let shorter = f64::from(shingles_a.min(shingles_b));
    shared >= MIN_SHARED as usize && stands_for >= MIN_CONTAINMENT * shorter
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

/// Parts into which samples are split by the leading bits of their shingles.
const PARTS: usize = 256;

/// Bits of the number of articles whose pairs are looked through together, at most: what two of them share stays near the
/// processor, and a pair takes few bytes.
const TOGETHER_BITS: u32 = 12;

/// Bits by which the articles of a smaller corpus are split, so that all threads have work.
const SPLIT_BITS: u32 = 6;

/// Stands for an article that is left out.
const LEFT_OUT: u32 = u32::MAX;

/// Entries gathered before they are laid down.
const TOGETHER: usize = 1 << 18;

/// Samples that are being gathered.
#[derive(Debug)]
pub(crate) struct Gathering {
    runs: Runs,
    room: Room,
    waiting: Vec<(u64, u32)>,
    positions: Vec<u32>,
}

impl Gathering {
    pub(crate) fn new(room: &Room) -> Self {
        Gathering {
            runs: Runs::new(PARTS, u64::BITS, room),
            room: room.clone(),
            waiting: Vec::new(),
            positions: Vec::new(),
        }
    }

    /// Adds the sample of the article at a position in the input.
    pub(crate) fn add(&mut self, position: u32, sample: &[u64]) -> Result<()> {
        let number = self.positions.len() as u32;
        self.positions.push(position);
        self.waiting.extend(sample.iter().map(|&shingle| (shingle, number)));
        if self.waiting.len() >= TOGETHER { self.lay_down() } else { Ok(()) }
    }

    /// Ends gathering; `article` gives the index of the article at a position.
    pub(crate) fn seal(mut self, article: impl Fn(u32) -> u32) -> Result<Samples> {
        self.lay_down()?;
        let mut articles = self.positions;
        articles.iter_mut().for_each(|position| *position = article(*position));
        Ok(Samples { parts: self.runs.seal()?, room: self.room, articles })
    }

    fn lay_down(&mut self) -> Result<()> {
        // Eight bits by the part and 32 of the number are 40 of the shingle.
        let split = |(shingle, number): (u64, u32)| {
            ((shingle >> 56) as usize, shingle << 8 & !u64::from(u32::MAX) | u64::from(number))
        };
        self.runs.add(&self.waiting, split)?;
        self.waiting.clear();
        Ok(())
    }
}

/// The samples of all articles that can be judged: what [`sample`] gave for each.
#[derive(Debug, Default)]
pub struct Samples {
    parts: Parts,
    room: Room,
    articles: Vec<u32>,
}

impl Samples {
    /// The samples of these articles, for tests and benchmarks.
    pub fn of<'a>(sampled: impl IntoIterator<Item = (u32, &'a [u64])>) -> Result<Self> {
        let mut gathering = Gathering::new(&Room::default());
        for (article, sample) in sampled {
            gathering.add(article, sample)?;
        }
        gathering.seal(|article| article)
    }
}

/// The pairs (smaller index first, sorted, each once) that share enough rare shingles.
///
/// `length` gives the number of distinct shingles of an article, unless it is to be left out.
pub fn propose(
    samples: &Samples,
    length: impl Fn(u32) -> Option<u32> + Sync,
) -> Result<Vec<(u32, u32)>> {
    let bits = samples.articles.iter().max().map_or(1, |most| u32::BITS - most.leading_zeros());
    let low = bits.saturating_sub(SPLIT_BITS).min(TOGETHER_BITS);
    let split = |pair: u64| {
        let (a, b) = (pair >> 32, pair & u64::from(u32::MAX));
        ((a >> low) as usize, (a & ((1 << low) - 1)) << bits | b)
    };
    let pairs = Runs::new(1 << (bits - low), low + bits, &samples.room);
    let stands = |&article: &u32| if length(article).is_some() { article } else { LEFT_OUT };
    let standing: Vec<u32> = samples.articles.par_iter().map(stands).collect();
    (0..samples.parts.len()).into_par_iter().try_for_each(|part| {
        let mut entries = samples.parts.read(part)?;
        entries.retain_mut(|entry| {
            let article = standing[*entry as u32 as usize];
            *entry = *entry & !u64::from(u32::MAX) | u64::from(article);
            article != LEFT_OUT
        });
        entries.sort_unstable();
        let buckets = entries.chunk_by(|x, y| x >> 32 == y >> 32);
        let mut found = Vec::new();
        for bucket in buckets.filter(|bucket| (2..=MAX_ARTICLES).contains(&bucket.len())) {
            for (i, a) in bucket.iter().enumerate() {
                found.extend(bucket[i + 1..].iter().map(|b| a << 32 | b & u64::from(u32::MAX)));
            }
        }
        drop(entries);
        pairs.add(&found, split)
    })?;
    let pairs = pairs.seal()?;
    let enough = |a: u32, b: u32, shared: usize| {
        length(a).zip(length(b)).is_some_and(|(n, m)| is_enough(shared, n, m))
    };
    let kept: Vec<Vec<(u32, u32)>> = (0..pairs.len())
        .into_par_iter()
        .map(|part| {
            let mut kept = Vec::new();
            let first = (part as u32) << low;
            each_shared(&pairs.read(part)?, low, bits, |a, b, shared| {
                if enough(first + a, b, shared) {
                    kept.push((first + a, b));
                }
            });
            Ok(kept)
        })
        .collect::<Result<_>>()?;
    Ok(kept.concat())
}

/// Gives the pairs that are met at least [`MIN_SHARED`] times, sorted, each once and with the number of times.
///
/// A pair is a number: the first article in `low` bits above the second in `bits`. Most pairs are met once, so that
/// counters which several of them share tell nearly all of these before anything is sorted.
fn each_shared(pairs: &[u64], low: u32, bits: u32, mut give: impl FnMut(u32, u32, usize)) {
    let mut ends = vec![0u32; (1 << low) + 1];
    for &pair in pairs {
        ends[(pair >> bits) as usize + 1] += 1;
    }
    for first in 1..ends.len() {
        ends[first] += ends[first - 1];
    }
    let mut seconds = vec![0u32; pairs.len()];
    for &pair in pairs {
        let end = &mut ends[(pair >> bits) as usize];
        seconds[*end as usize] = (pair & ((1 << bits) - 1)) as u32;
        *end += 1;
    }
    // The start of each has moved to its end.
    let (mut counters, mut often, mut start) = (Vec::new(), Vec::new(), 0);
    for (first, &end) in (0..1 << low).zip(&ends) {
        let seconds = &seconds[start..end as usize];
        start = end as usize;
        let places = (4 * seconds.len()).next_power_of_two();
        let place = |second: u32| (second.wrapping_mul(0x9E37_79B9) >> 7) as usize & (places - 1);
        counters.clear();
        counters.resize(places, 0u8);
        for &second in seconds {
            let counter = &mut counters[place(second)];
            *counter = counter.saturating_add(1);
        }
        let is_often = |second: &u32| u32::from(counters[place(*second)]) >= MIN_SHARED;
        often.clear();
        often.extend(seconds.iter().copied().filter(is_often));
        often.sort_unstable();
        for met in often.chunk_by(|x, y| x == y).filter(|met| met.len() >= MIN_SHARED as usize) {
            give(first, met[0], met.len());
        }
    }
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
            let sampled = Samples::of((0..).zip(samples.iter().map(Vec::as_slice))).unwrap();
            let length = |article: u32| Some(sets[article as usize].len() as u32);
            prop_assert_eq!(propose(&sampled, length).unwrap(), slow(&sets));
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
                let samples = Samples::of((0..).zip(samples.iter().map(Vec::as_slice))).unwrap();
                !propose(&samples, |_| Some(runs as u32)).unwrap().is_empty()
            });
            let (seen, told) =
                (proposed.count() as f64 / trials as f64, recall(shared as u32, runs as u32));
            assert!((seen - told).abs() < 0.08, "{shared}: {seen}, {told}");
        }
        assert_eq!((recall(0, 400), recall(3, 10), recall(2, 10)), (0.0, 1.0, 0.0));
    }

    proptest! {
        /// The slow twin is a map.
        #[test]
        fn counters_find_what_a_map_counts(
            pairs in prop::collection::vec((0u32..8, 0u32..100), 0..600),
            all_alike in prop::collection::vec((0u32..2, 0u32..2), 0..600),
        ) {
            let pairs: Vec<(u32, u32)> = pairs.into_iter().chain(all_alike).collect();
            let mut truth = std::collections::BTreeMap::new();
            pairs.iter().for_each(|pair| *truth.entry(*pair).or_insert(0) += 1);
            truth.retain(|_, shared| *shared >= MIN_SHARED as usize);
            let numbers: Vec<u64> =
                pairs.iter().map(|&(a, b)| u64::from(a) << 20 | u64::from(b)).collect();
            let mut found = Vec::new();
            each_shared(&numbers, 3, 20, |a, b, shared| found.push(((a, b), shared)));
            prop_assert_eq!(found, truth.into_iter().collect::<Vec<_>>());
        }
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
