//! Candidate pairs by shared rare words: articles rewritten throughout, in which no run of words is left.
//!
//! A language model that rewrites a report leaves about .07 of its word 3-grams, as many as two reporters at one event
//! share, but it keeps names, places and numbers. Of every article the [`RAREST`] words that fewest others have are
//! taken (those that nobody else has cannot pair it); articles that share [`MIN_SHARED`] of them are candidates. Words
//! in more than [`MAX_ARTICLES`] articles propose nothing: lists stay short and time linear.
//!
//! It is a join and not a second signature: signatures over all words of idf > 4, cut into 128 bands of 3, found .62 of
//! rewritten news with 30 candidates an article at a million; the rarest words find more with fewer. Prefix filter:
//! Chaudhuri, Ganti and Kaushik 2006.
//!
//! Memory is `RAREST` entries of 8 bytes an article, twice.

use rayon::prelude::*;

use super::common::CommonText;

/// Words taken of an article.
pub const RAREST: usize = 32;

/// A word that so many articles have taken proposes their pairs; one in more of them nothing.
pub const MAX_ARTICLES: usize = 48;

/// Taken words that a pair must share.
pub const MIN_SHARED: u8 = 3;

/// The rarest words of an article that stand in others too, sorted.
pub fn rarest(ids: &[u32], common: &CommonText) -> Vec<u32> {
    let mut words: Vec<(u32, u32)> = ids
        .iter()
        .map(|&word| (common.count_word(word), word))
        .filter(|&(count, _)| count > 1)
        .collect();
    words.sort_unstable();
    words.dedup();
    words.truncate(RAREST);
    let mut rarest: Vec<u32> = words.into_iter().map(|(_, word)| word).collect();
    rarest.sort_unstable();
    rarest
}

/// The pairs (smaller index first, sorted, each once) that share enough of their rarest words.
///
/// `taken` holds each article with what [`rarest`] gave for it, in the order of the articles.
pub fn propose(taken: &[(u32, Vec<u32>)]) -> Vec<(u32, u32)> {
    let mut entries: Vec<(u32, u32)> = taken
        .par_iter()
        .zip(0u32..taken.len() as u32)
        .flat_map_iter(|((_, words), at)| words.iter().map(move |&word| (word, at)))
        .collect();
    entries.par_sort_unstable();
    let buckets: Vec<&[(u32, u32)]> = entries
        .par_chunk_by(|x, y| x.0 == y.0)
        .filter(|bucket| (2..=MAX_ARTICLES).contains(&bucket.len()))
        .collect();
    taken
        .par_iter()
        .zip(0u32..taken.len() as u32)
        .flat_map_iter(|((article, words), at)| {
            let mut others: Vec<u32> = words
                .iter()
                .filter_map(|word| buckets.binary_search_by_key(word, |bucket| bucket[0].0).ok())
                .flat_map(|bucket| buckets[bucket].iter().map(|entry| entry.1))
                .filter(|&other| other > at)
                .collect();
            others.sort_unstable();
            let enough = |shared: &&[u32]| shared.len() >= usize::from(MIN_SHARED);
            let pairs: Vec<(u32, u32)> = others
                .chunk_by(|x, y| x == y)
                .filter(enough)
                .map(|shared| (*article, taken[shared[0] as usize].0))
                .collect();
            pairs
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::text::words::Kind;

    /// The slow twin: every pair, by counting in sets.
    fn slow(taken: &[(u32, Vec<u32>)]) -> Vec<(u32, u32)> {
        let having = |word: &u32| taken.iter().filter(|(_, words)| words.contains(word)).count();
        let mut pairs = Vec::new();
        for (i, (a, words)) in taken.iter().enumerate() {
            let words: BTreeSet<u32> =
                words.iter().copied().filter(|word| having(word) <= MAX_ARTICLES).collect();
            for (b, others) in &taken[i + 1..] {
                let shared = others.iter().filter(|word| words.contains(word)).count();
                if shared >= usize::from(MIN_SHARED) {
                    pairs.push((*a, *b));
                }
            }
        }
        pairs
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn joining_finds_what_counting_finds(
            words in prop::collection::vec(prop::collection::btree_set(0u32..60, 0..12), 2..80),
        ) {
            let taken: Vec<(u32, Vec<u32>)> = words
                .into_iter()
                .zip(0..)
                .map(|(words, at)| (2 * at + 1, words.into_iter().map(|word| word * word).collect()))
                .collect();
            prop_assert_eq!(propose(&taken), slow(&taken));
        }
    }

    #[test]
    fn the_rarest_words_are_those_that_few_others_have() {
        let mut common = CommonText::new(0);
        let word = |n: u32| n << 12;
        for from in [0, 1, 40] {
            let ids: Vec<u32> = (from..100).map(word).collect();
            let kinds = vec![Kind::default(); ids.len()];
            common.add(&[common.gather([(&ids[..], &kinds[..], None)], 0)]);
        }
        let all: Vec<u32> = (0..100).rev().map(word).collect();
        assert_eq!(rarest(&all, &common), (1..=32).map(word).collect::<Vec<_>>());
    }
}
