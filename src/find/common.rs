//! Common text: in how many otherwise different articles each shingle stands. What recurs loses its weight.
//!
//! In real dumps most pairs of high overlap that are *not* copies share boilerplate: captions, newsletter blocks, link
//! lists, legal notices. No list of phrases finds it; recurrence in the corpus does. Counted are groups, not articles:
//! near-verbatim ones at first, and families of plain copies once those are known, because agency copy printed and
//! reworded by fourteen papers is not boilerplate.
//!
//! Counts are kept in one table of saturating bytes, each shingle at two places of which the smaller is believed
//! (count-min, Cormode and Muthukrishnan 2005): about two bytes a shingle of the corpus, never an undercount, an overcount by
//! chance for a few percent. Addition commutes, so that threads never change the result.

use std::sync::atomic::{AtomicU8, AtomicU32, Ordering};

use ahash::{AHashMap, AHashSet};

use crate::article::Article;
use crate::text::hash::{self, mix};

/// A shingle in more groups than this is common.
pub const MAX_GROUPS: u8 = 10;

/// So many common shingles in a row make the words they cover boilerplate. Fewer are a phrase.
pub const MIN_RUN: usize = 6;

/// A shingle in more groups of one source than this is common to its articles.
pub const MAX_OF_SOURCE: u8 = 5;

/// Places of the table of words.
const WORD_PLACES: usize = 1 << 20;

/// Places of the largest table: 2^28 bytes.
const MAX_PLACES: u64 = 1 << 28;

/// In how many groups each shingle and each word stands.
#[derive(Debug)]
pub struct CommonText {
    sources: Sources,
    counts: Vec<AtomicU8>,
    words: Vec<AtomicU32>,
    groups: AtomicU32,
}

impl CommonText {
    /// An empty table for about so many shingles in all; nothing is counted within sources.
    pub fn new(shingles: u64) -> Self {
        CommonText::with_sources(shingles, Sources::default())
    }

    /// An empty table for about so many keys in all.
    pub fn with_sources(keys: u64, sources: Sources) -> Self {
        let places = (2 * keys).clamp(1 << 10, MAX_PLACES).next_power_of_two();
        CommonText {
            sources,
            counts: (0..places).map(|_| AtomicU8::new(0)).collect(),
            words: (0..WORD_PLACES).map(|_| AtomicU32::new(0)).collect(),
            groups: AtomicU32::new(0),
        }
    }

    /// The key of an article's source, if recurrence within it is counted.
    pub fn source(&self, article: &Article) -> Option<u64> {
        article.source.as_deref().map(source_key).filter(|key| self.sources.0.contains(key))
    }

    /// Everything under which the distinct shingles of an article of a source are counted.
    pub fn keys(mut shingles: Vec<u64>, source: Option<u64>) -> Vec<u64> {
        if let Some(source) = source {
            let within: Vec<u64> =
                shingles.iter().map(|&shingle| of_source(shingle, source)).collect();
            shingles.extend(within);
        }
        shingles
    }

    /// Counts the distinct keys and the words (ids, repeated or not) of one near-verbatim group.
    pub fn add(&self, distinct: &[u64], words: &[u32]) {
        self.groups.fetch_add(1, Ordering::Relaxed);
        let mut places: Vec<usize> = words.iter().map(|&word| word_place(word)).collect();
        places.sort_unstable();
        places.dedup();
        for place in places {
            self.words[place].fetch_add(1, Ordering::Relaxed);
        }
        for &shingle in distinct {
            for place in self.places(shingle) {
                let count = &self.counts[place];
                let _ =
                    count.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |n| n.checked_add(1));
            }
        }
    }

    /// Counts the articles of one family once, of which each set of distinct shingles was counted before.
    ///
    /// A count that has reached 255 stays.
    pub fn count_once(&self, sets: &[Vec<u64>]) {
        let mut all: Vec<u64> = sets.iter().flatten().copied().collect();
        all.sort_unstable();
        for run in all.chunk_by(|x, y| x == y) {
            for place in self.places(run[0]) {
                let less =
                    |n: u8| n.checked_sub((run.len() - 1).min(254) as u8).filter(|_| n < u8::MAX);
                let _ = self.counts[place].fetch_update(Ordering::Relaxed, Ordering::Relaxed, less);
            }
        }
    }

    /// In how many groups the shingle stands (at least; saturates at 255): at least [`MAX_GROUPS`] and one, if it is
    /// common within the source.
    pub fn count(&self, shingle: u64, source: Option<u64>) -> u8 {
        let all = self.count_key(shingle);
        source.map_or(all, |source| {
            let own = self.count_key(of_source(shingle, source));
            if own > MAX_OF_SOURCE { all.max(MAX_GROUPS + 1) } else { all }
        })
    }

    fn count_key(&self, shingle: u64) -> u8 {
        let [first, second] = self.places(shingle);
        let count = |place: usize| self.counts[place].load(Ordering::Relaxed);
        count(first).min(count(second))
    }

    /// In how many groups the word stands (at least).
    pub fn count_word(&self, word: u32) -> u32 {
        self.words[word_place(word)].load(Ordering::Relaxed)
    }

    /// True if the word stands in so few groups that meeting it in two articles says something: in less than one of
    /// twenty, or in two.
    pub fn is_rare_word(&self, word: u32) -> bool {
        self.count_word(word) <= (self.groups.load(Ordering::Relaxed) / 20).max(2)
    }

    /// True if the shingle is too common to be evidence.
    pub fn is_common(&self, shingle: u64, source: Option<u64>) -> bool {
        self.count(shingle, source) > MAX_GROUPS
    }

    fn places(&self, shingle: u64) -> [usize; 2] {
        let mask = self.counts.len() as u64 - 1;
        [
            (shingle & mask) as usize,
            (shingle.rotate_right(31).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16 & mask) as usize,
        ]
    }
}

/// The sources within which recurrence is counted: all but one that has half of the articles or more, where what recurs
/// in it recurs in the corpus.
#[derive(Debug, Default)]
pub struct Sources(AHashSet<u64>);

impl Sources {
    /// The sources of a corpus.
    pub fn of(articles: &[Article]) -> Self {
        let mut sizes: AHashMap<u64, usize> = AHashMap::new();
        let keys = articles.iter().filter_map(|article| article.source.as_deref()).map(source_key);
        keys.for_each(|key| *sizes.entry(key).or_default() += 1);
        let small = sizes.into_iter().filter(|(_, size)| 2 * size < articles.len());
        Sources(small.map(|(key, _)| key).collect())
    }
}

fn source_key(name: &str) -> u64 {
    hash::word(name.as_bytes())
}

/// The key under which a shingle is counted within a source.
fn of_source(shingle: u64, source: u64) -> u64 {
    mix(shingle ^ source)
}

/// Where a word is counted. Two words of one place only ever look more frequent than they are.
fn word_place(word: u32) -> usize {
    (word >> (32 - WORD_PLACES.ilog2())) as usize
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn never_less_than_the_truth_and_seldom_more(groups in prop::collection::vec(prop::collection::btree_set(0u64..400, 0..60), 0..40)) {
            let table = CommonText::new(groups.iter().map(|set| set.len() as u64).sum());
            let mut truth = BTreeMap::new();
            for group in &groups {
                let distinct: Vec<u64> = group.iter().map(|&x| mix(x)).collect();
                table.add(&distinct, &[]);
                for &x in group {
                    *truth.entry(x).or_insert(0u8) += 1;
                }
            }
            let over = truth.iter().filter(|(x, count)| table.count(mix(**x), None) > **count).count();
            prop_assert!(truth.iter().all(|(x, count)| table.count(mix(*x), None) >= *count));
            prop_assert!(over <= truth.len() / 4 + 2, "{over} of {}", truth.len());
        }
    }

    #[test]
    fn a_family_counts_once() {
        let table = CommonText::new(100);
        let sets = [vec![1, 2, 3], vec![2, 3], vec![3, 4]];
        sets.iter().for_each(|set| table.add(set, &[]));
        table.add(&[3], &[]);
        table.count_once(&sets);
        assert_eq!([1, 2, 3, 4].map(|shingle| table.count(shingle, None)), [1, 1, 2, 1]);
    }

    #[test]
    fn counts_saturate() {
        let table = CommonText::new(1);
        for _ in 0..300 {
            table.add(&[7], &[]);
        }
        assert_eq!(table.count(7, None), 255);
        assert!(table.is_common(7, None) && !table.is_common(8, None));
    }
}
