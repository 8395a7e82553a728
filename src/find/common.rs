//! Common text: in how many otherwise different articles each shingle stands. What recurs loses its weight.
//!
//! In real dumps most pairs of high overlap that are *not* copies share boilerplate: captions, newsletter blocks, link
//! lists, legal notices. No list of phrases finds it; recurrence in the corpus does. Counted are groups, not articles:
//! near-verbatim ones at first, and families of plain copies once those are known, because agency copy printed and
//! reworded by fourteen papers is not boilerplate.
//!
//! A shingle of an article with a source has a second key, of the shingle and the source: what stands in several articles
//! of one outlet is its boilerplate long before the whole corpus knows it.
//!
//! Counts are kept in one table of saturating bytes, each shingle at two places of which the smaller is believed
//! (count-min, Cormode and Muthukrishnan 2005): about two bytes a key, never an undercount, an overcount by chance for a
//! few percent. Places are gathered on all threads, grouped by the part of the table they lie in, and then
//! counted part by part, each by one thread: a part fits into a cache, and threads never change the result.
//!
//! The table ends at 256 MiB. A corpus of more keys than it can tell apart is counted by a sample of its articles.

use ahash::{AHashMap, AHashSet};
use rayon::prelude::*;

use crate::article::Article;
use crate::text::hash::{self, mix};
use crate::text::shingle::each_shingle;
use crate::text::words::Kind;

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

/// Keys that the largest table can count: more would make it say common of everything.
pub const MAX_KEYS: u64 = 2 * MAX_PLACES;

/// Parts of the table that are counted on their own.
const PARTS: usize = 256;

/// In how many groups each shingle and each word stands.
#[derive(Debug)]
pub struct CommonText {
    sources: Sources,
    counts: Vec<u8>,
    words: Vec<u32>,
    groups: u32,
}

impl CommonText {
    /// An empty table for about so many shingles in all; nothing is counted within sources.
    pub fn new(shingles: u64) -> Self {
        CommonText::with_sources(shingles, Sources::default())
    }

    /// An empty table for about so many keys in all.
    pub fn with_sources(keys: u64, sources: Sources) -> Self {
        let places = (2 * keys).clamp(1 << 10, MAX_PLACES).next_power_of_two() as usize;
        CommonText { sources, counts: vec![0; places], words: vec![0; WORD_PLACES], groups: 0 }
    }

    /// The key of an article's source, if recurrence within it is counted.
    pub fn source(&self, article: &Article) -> Option<u64> {
        self.sources.counted(article.source.as_deref().map(source_key))
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

    /// Where keys stand in this table.
    pub fn places(&self) -> Places {
        Places { mask: self.counts.len() as u64 - 1 }
    }

    /// Counts what was gathered for this table.
    pub fn add(&mut self, gathered: &[Gathered]) {
        let CommonText { counts, words, groups, .. } = self;
        let part = counts.len() / PARTS;
        let shingles = || {
            counts.par_chunks_mut(part).enumerate().for_each(|(at, counts)| {
                let base = (at * part) as u32;
                for &place in gathered.iter().flat_map(|gathered| gathered.part(at)) {
                    let count = &mut counts[(place - base) as usize];
                    *count = count.saturating_add(1);
                }
            });
        };
        let words = || {
            for &place in gathered.iter().flat_map(|gathered| &gathered.words) {
                words[place as usize] += 1;
            }
        };
        rayon::join(shingles, words);
        *groups += gathered.iter().map(|gathered| gathered.groups).sum::<u32>();
    }

    /// Takes back what was counted too often: so many times each key.
    ///
    /// A count that has reached 255 stays.
    pub fn take_back(&mut self, often: impl IntoIterator<Item = (u64, u8)>) {
        for (key, times) in often {
            for place in self.places().of(key) {
                let count = &mut self.counts[place as usize];
                if *count < u8::MAX {
                    *count = count.checked_sub(times).unwrap_or(*count);
                }
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

    fn count_key(&self, key: u64) -> u8 {
        let [first, second] = self.places().of(key);
        self.counts[first as usize].min(self.counts[second as usize])
    }

    /// In how many groups the word stands (at least).
    pub fn count_word(&self, word: u32) -> u32 {
        self.words[word_place(word) as usize]
    }

    /// True if the word stands in so few groups that meeting it in two articles says something: in less than one of
    /// twenty, or in two.
    pub fn is_rare_word(&self, word: u32) -> bool {
        self.count_word(word) <= (self.groups / 20).max(2)
    }

    /// True if the shingle is too common to be evidence.
    pub fn is_common(&self, shingle: u64, source: Option<u64>) -> bool {
        self.count(shingle, source) > MAX_GROUPS
    }
}

/// The sources within which recurrence is counted: all but one that has half of the articles or more, where what recurs
/// in it recurs in the corpus.
#[derive(Clone, Debug, Default)]
pub struct Sources(AHashSet<u64>);

impl Sources {
    /// The sources of a corpus, by the key of each article's, if it has one.
    pub fn of(keys: impl ExactSizeIterator<Item = Option<u64>>) -> Self {
        let articles = keys.len();
        let mut sizes: AHashMap<u64, usize> = AHashMap::new();
        keys.flatten().for_each(|key| *sizes.entry(key).or_default() += 1);
        let small = sizes.into_iter().filter(|(_, size)| 2 * size < articles);
        Sources(small.map(|(key, _)| key).collect())
    }

    /// The key of a source, if recurrence within it is counted.
    pub fn counted(&self, key: Option<u64>) -> Option<u64> {
        key.filter(|key| self.0.contains(key))
    }
}

/// The key of a source by its name.
pub fn source_key(name: &str) -> u64 {
    hash::word(name.as_bytes())
}

/// The key under which a shingle is counted within a source.
fn of_source(shingle: u64, source: u64) -> u64 {
    mix(shingle ^ source)
}

/// Where keys stand in a table of some size.
#[derive(Clone, Copy, Debug)]
pub struct Places {
    mask: u64,
}

impl Places {
    fn of(self, key: u64) -> [u32; 2] {
        [
            (key & self.mask) as u32,
            (key.rotate_right(31).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 16 & self.mask) as u32,
        ]
    }

    /// Gathers the keys of the distinct shingles, and the distinct words, of articles (words, kinds, key of the source if
    /// it counts), each of which stands for a near-verbatim group.
    pub fn gather<'a>(
        self,
        articles: impl IntoIterator<Item = (&'a [u32], &'a [Kind], Option<u64>)>,
        seed: u64,
    ) -> Gathered {
        let mut gathered = Gathered::default();
        let (mut shingles, mut words) = (Distinct::default(), Distinct::default());
        let mut places = Vec::new();
        for (ids, kinds, source) in articles {
            gathered.groups += 1;
            shingles.clear(ids.len());
            each_shingle(ids, kinds, seed, |shingle, _| {
                if shingles.is_new(shingle) {
                    places.extend(self.of(shingle));
                    if let Some(source) = source {
                        places.extend(self.of(of_source(shingle, source)));
                    }
                }
            });
            words.clear(ids.len());
            let new = ids.iter().map(|&word| word_place(word)).filter(|&place| {
                words.is_new(u64::from(place).wrapping_mul(0x9E37_79B9_7F4A_7C15))
            });
            gathered.words.extend(new);
        }
        gathered.group(&places, self.mask);
        gathered
    }
}

/// What was gathered of some articles.
#[derive(Clone, Debug, Default)]
pub struct Gathered {
    groups: u32,
    words: Vec<u32>,
    places: Vec<u32>,
    /// Where each part of the table ends among the places.
    ends: Vec<u32>,
}

impl Gathered {
    fn group(&mut self, places: &[u32], mask: u64) {
        let shift = (mask + 1).ilog2() - PARTS.ilog2();
        let mut next = vec![0u32; PARTS + 1];
        for &place in places {
            next[(place >> shift) as usize + 1] += 1;
        }
        for part in 0..PARTS {
            next[part + 1] += next[part];
        }
        self.places = vec![0; places.len()];
        for &place in places {
            let next = &mut next[(place >> shift) as usize];
            self.places[*next as usize] = place;
            *next += 1;
        }
        next.pop();
        self.ends = next;
    }

    fn part(&self, part: usize) -> &[u32] {
        let start = if part == 0 { 0 } else { self.ends[part - 1] };
        &self.places[start as usize..self.ends[part] as usize]
    }
}

/// A set of hashes that is emptied at no cost.
#[derive(Debug, Default)]
struct Distinct {
    slots: Vec<(u64, u32)>,
    round: u32,
}

impl Distinct {
    /// Empties the set, and makes room for so many hashes.
    fn clear(&mut self, room: usize) {
        let wanted = (2 * room).next_power_of_two();
        if self.slots.len() < wanted || self.round == u32::MAX {
            self.slots = vec![(0, 0); wanted];
            self.round = 0;
        }
        self.round += 1;
    }

    fn is_new(&mut self, hash: u64) -> bool {
        let mask = self.slots.len() - 1;
        let mut at = (hash >> 32) as usize & mask;
        loop {
            match &mut self.slots[at] {
                slot if slot.1 != self.round => {
                    *slot = (hash, self.round);
                    return true;
                }
                slot if slot.0 == hash => return false,
                _ => at = (at + 1) & mask,
            }
        }
    }
}

/// Where a word is counted. Two words of one place only ever look more frequent than they are.
fn word_place(word: u32) -> u32 {
    word >> (32 - WORD_PLACES.ilog2())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use proptest::prelude::*;

    use super::*;
    use crate::text::Words;
    use crate::text::shingle::shingle_set;

    /// The table of some articles, each a group of its own.
    pub(crate) fn common_of(groups: &[&Words]) -> CommonText {
        let mut table = CommonText::new(groups.iter().map(|words| words.len() as u64).sum());
        let articles = groups.iter().map(|words| (&words.ids[..], &words.kinds[..], None));
        table.add(&[table.places().gather(articles, 0)]);
        table
    }

    proptest! {
        /// The slow twin counts sets. Never less than the truth, and seldom more.
        #[test]
        fn counts_are_those_of_sets(groups in prop::collection::vec("[a-f]( [a-f]){0,40}", 0..40)) {
            let groups: Vec<Words> = groups.iter().map(|text| Words::new(text)).collect();
            let table = common_of(&groups.iter().collect::<Vec<_>>());
            let (mut shingles, mut words) = (BTreeMap::new(), BTreeMap::new());
            for group in &groups {
                for shingle in shingle_set(&group.ids, &group.kinds, 0) {
                    *shingles.entry(shingle).or_insert(0u8) += 1;
                }
                for word in group.ids.iter().collect::<BTreeSet<_>>() {
                    *words.entry(*word).or_insert(0u32) += 1;
                }
            }
            let over = shingles.iter().filter(|(shingle, count)| table.count(**shingle, None) > **count).count();
            prop_assert!(shingles.iter().all(|(shingle, count)| table.count(*shingle, None) >= *count));
            prop_assert!(over <= shingles.len() / 4 + 2, "{over} of {}", shingles.len());
            for (word, count) in words {
                prop_assert_eq!(table.count_word(word), count);
            }
        }
    }

    #[test]
    fn what_was_counted_too_often_is_taken_back() {
        let words = Words::new("one two three four five six");
        let set = shingle_set(&words.ids, &words.kinds, 0);
        let mut table = common_of(&[&words; 7]);
        table.take_back([(set[0], 3), (set[1], 200)]);
        assert_eq!([0, 1, 2].map(|at| table.count(set[at], None)), [4, 7, 7]);
        let mut full = common_of(&[&words; 300]);
        full.take_back([(set[0], 3)]);
        assert_eq!(full.count(set[0], None), 255, "what is full stays full");
        assert!(full.is_common(set[0], None) && !table.is_common(set[0], None));
    }

    /// Keys that are gathered place by place are those that are taken back as a list.
    #[test]
    fn what_recurs_within_a_source_is_common_to_its_articles_only() {
        let words = Words::new("one two three four five six");
        let set = shingle_set(&words.ids, &words.kinds, 0);
        let source = |name: &str| Some(source_key(name));
        let mut table = CommonText::new(100);
        let articles = |source| {
            std::iter::repeat_n((&words.ids[..], &words.kinds[..], source), 6).collect::<Vec<_>>()
        };
        table.add(&[table.places().gather(articles(source("a")), 0)]);
        let common = |table: &CommonText, name: &str| table.is_common(set[0], source(name));
        assert!(common(&table, "a") && !common(&table, "b") && !table.is_common(set[0], None));
        table.take_back(CommonText::keys(set.clone(), source("a")).into_iter().map(|key| (key, 1)));
        assert!(!common(&table, "a"));
        assert_eq!(table.count(set[0], None), 5);
    }

    #[test]
    fn a_source_of_half_the_articles_is_not_counted() {
        let sources = Sources::of([Some(1), Some(1), Some(2), None].into_iter());
        assert_eq!(
            [Some(1), Some(2), Some(3), None].map(|key| sources.counted(key)),
            [None, Some(2), None, None]
        );
    }
}
