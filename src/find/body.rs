//! An article as it is compared: its distinct shingles, its rare words, and what of it is boilerplate.
//!
//! What is common is looked up of each shingle, nearly always in the small picture that says it is not. Counts only fall
//! when the corpus is learned anew: what was not common stays so, and the common shingles alone are looked up again.

use std::ops::Range;

use super::common::{CommonText, MIN_RUN};
use super::distinct::Distinct;
use crate::text::shingle::{each_shingle, sorted_distinct};
use crate::text::words::Kind;

/// What verification needs to know of an article.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// Identity of each word.
    pub ids: &'a [u32],
    /// Kind of each word.
    pub kinds: &'a [Kind],
    /// The key of its source, if what recurs there is counted.
    pub source: Option<u64>,
    /// Everything else.
    pub body: &'a Body,
}

/// What is compared of one article.
#[derive(Clone, Debug, Default)]
pub struct Body {
    /// The distinct shingles, sorted.
    pub shingles: Vec<u64>,
    /// Number of distinct shingles that are not common.
    pub rare: u32,
    /// Ranges of words that are boilerplate, in order.
    pub boilerplate: Vec<Range<u32>>,
    /// The rare words, each once, in the order in which they are first met.
    pub rare_words: Vec<u32>,
    /// The common shingles in the order of the text, and the words each covers.
    common: Vec<(u64, Range<u32>)>,
}

impl Body {
    /// Looks everything of an article up in the table of common text.
    pub fn new(
        ids: &[u32],
        kinds: &[Kind],
        source: Option<u64>,
        seed: u64,
        common: &CommonText,
    ) -> Self {
        let (mut hashes, mut ends) = (Vec::with_capacity(ids.len()), Vec::with_capacity(ids.len()));
        each_shingle(ids, kinds, seed, |shingle, words| {
            hashes.push(shingle);
            ends.push(words.end as u32);
        });
        let found = common.common_of(&hashes, source).into_iter();
        let found = found.map(|start| (hashes[start], start as u32..ends[start])).collect();
        let mut met = Distinct::default();
        met.clear(ids.len());
        let rare_words = ids.iter().copied().filter(|&word| {
            let spread = u64::from(word).wrapping_mul(0x9E37_79B9_7F4A_7C15);
            common.is_rare_word(word) && met.is_new(spread)
        });
        let rare_words = rare_words.collect();
        let shingles = sorted_distinct(&hashes);
        let mut body = Body { shingles, rare_words, common: found, ..Body::default() };
        body.mark();
        body
    }

    /// Looks again what is common, after counts have fallen.
    pub(super) fn relearn(&mut self, source: Option<u64>, common: &CommonText) {
        let before = self.common.len();
        self.common.retain(|&(shingle, _)| common.is_common(shingle, source));
        if self.common.len() < before {
            self.mark();
        }
    }

    /// Number of words of an article of so many that are not boilerplate.
    pub(super) fn words(&self, all: usize) -> u32 {
        let boilerplate = self.boilerplate.iter().map(|range| range.end - range.start);
        all as u32 - boilerplate.sum::<u32>()
    }

    /// Bytes it takes, about.
    pub(super) fn size(&self) -> usize {
        8 * self.shingles.len() + 16 * self.common.len() + 4 * self.rare_words.len()
    }

    /// What follows from which shingles are common.
    fn mark(&mut self) {
        let hashes: Vec<u64> = self.common.iter().map(|(shingle, _)| *shingle).collect();
        self.rare = (self.shingles.len() - sorted_distinct(&hashes).len()) as u32;
        self.boilerplate.clear();
        let runs = self.common.chunk_by(|(_, x), (_, y)| x.start + 1 == y.start);
        for run in runs.filter(|run| run.len() >= MIN_RUN) {
            let words = run[0].1.start..run[run.len() - 1].1.end;
            match self.boilerplate.last_mut() {
                Some(last) if last.end >= words.start => last.end = words.end,
                _ => self.boilerplate.push(words),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::find::common::tests::common_of;
    use crate::text::Words;

    /// Word by word, as the definitions have it.
    fn slow(words: &Words, common: &CommonText) -> (u32, Vec<bool>, Vec<u32>) {
        let mut all = Vec::new();
        each_shingle(&words.ids, &words.kinds, 0, |shingle, range| all.push((shingle, range)));
        let is_common: Vec<bool> =
            all.iter().map(|(one, _)| common.is_common(*one, None)).collect();
        let rare: BTreeSet<u64> = all
            .iter()
            .zip(&is_common)
            .filter(|(_, common)| !**common)
            .map(|(one, _)| one.0)
            .collect();
        let mut boilerplate = vec![false; words.len()];
        for at in 0..all.len() {
            let run = is_common[at..].iter().take_while(|common| **common).count();
            let before = is_common[..at].iter().rev().take_while(|common| **common).count();
            if run > 0 && run + before >= MIN_RUN {
                boilerplate[all[at].1.clone()].fill(true);
            }
        }
        let mut met = BTreeSet::new();
        let is_new = |word: &u32| common.is_rare_word(*word) && met.insert(*word);
        (rare.len() as u32, boilerplate, words.ids.iter().copied().filter(is_new).collect())
    }

    fn told(words: &Words, body: &Body) -> (u32, Vec<bool>, Vec<u32>) {
        let mut boilerplate = vec![false; words.len()];
        for range in &body.boilerplate {
            boilerplate[range.start as usize..range.end as usize].fill(true);
        }
        (body.rare, boilerplate, body.rare_words.clone())
    }

    proptest! {
        #[test]
        fn a_body_is_what_looking_word_by_word_gives(
            texts in prop::collection::vec("[a-c]( [a-c]){0,30}", 1..30),
            family in 0usize..30,
        ) {
            let all: Vec<Words> = texts.iter().map(|text| Words::new(text)).collect();
            let mut common = common_of(&all.iter().collect::<Vec<_>>());
            let body = |words: &Words, common: &CommonText| Body::new(&words.ids, &words.kinds, None, 0, common);
            let mut bodies: Vec<Body> = all.iter().map(|words| body(words, &common)).collect();
            for (words, body) in all.iter().zip(&bodies) {
                prop_assert_eq!(told(words, body), slow(words, &common));
            }
            let family = bodies.iter().take(family).map(|body| (body.shingles.clone(), None));
            common.take_back(&common.repeated(family));
            for (words, body) in all.iter().zip(&mut bodies) {
                body.relearn(None, &common);
                prop_assert_eq!(told(words, body), slow(words, &common));
            }
        }
    }
}
