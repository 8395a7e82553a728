//! Common text: in how many otherwise different articles each shingle stands. What recurs loses its weight.
//!
//! In real dumps most pairs of high overlap that are *not* copies share boilerplate: captions, newsletter blocks, link
//! lists, legal notices. No list of phrases finds it; recurrence in the corpus does. Counted are groups, not articles:
//! near-verbatim ones at first, and families of plain copies once those are known, because agency copy printed and
//! reworded by fourteen papers is not boilerplate.
//!
//! What stands in several articles of one outlet is its boilerplate long before the whole corpus knows it, so shingles
//! are counted within sources too: those only that are frequent enough over all for it to matter, about half of all words
//! in a large corpus, once the counts over all are known.
//!
//! Memory: four bytes a shingle (see `counts.rs`), rounded up to a power of two, at most 256 MiB for the counts
//! over all and an eighth of that within sources; 4 MiB for words. It depends on the corpus and on no budget, so that a
//! run that goes to disk counts the same.
//!
//! A corpus of more than 67 million shingles is counted by a sample of its articles. That is faster, and it is truer: how
//! much a phrase says is a matter of its share of the corpus, and in a million articles any phrase stands in ten. Of
//! 20,000 planted rewordings in 1,000,000 generated articles .973 were found with all of them counted, .999 with a
//! sample. The price: what recurs in some dozen articles of millions, within no source, is not seen to be boilerplate.

use ahash::{AHashMap, AHashSet};

use super::counts::{self, Counts, Often};
use super::distinct::Distinct;
use crate::article::Article;
use crate::error::Result;
use crate::text::hash::{self, mix};
use crate::text::shingle::{shingles, sorted_distinct};
use crate::text::words::Kind;

/// A shingle in more groups than this is common.
pub const MAX_GROUPS: u8 = 10;

/// So many common shingles in a row make the words they cover boilerplate. Fewer are a phrase.
pub const MIN_RUN: usize = 6;

/// A shingle in more groups of one source than this is common to its articles.
pub const MAX_OF_SOURCE: u8 = 5;

/// Places of the table of words.
const WORD_PLACES: usize = 1 << 20;

/// Shingles that are counted: as many as the largest table tells apart well, those of some 150,000 articles.
pub(super) const MOST_SHINGLES: u64 = Counts::MOST / 4;

/// The most bytes of the largest table of counts within sources.
const MOST_WITHIN: u64 = Counts::MOST / 8;

/// In how many groups each shingle and each word stands.
#[derive(Debug)]
pub struct CommonText {
    sources: Sources,
    all: Counts,
    within: Counts,
    /// What may stand in more than [`MAX_OF_SOURCE`] groups.
    often: Often,
    words: Vec<u32>,
    /// One bit for each place of a word that is not rare.
    frequent: Vec<u64>,
    groups: u32,
}

/// The words of an article and the kind of each, and the key of its source if recurrence within it is counted.
pub(super) type Counted<'a> = (&'a [u32], &'a [Kind], Option<u64>);

impl CommonText {
    /// An empty table for about so many shingles in all; nothing is counted within sources.
    pub fn new(shingles: u64) -> Self {
        CommonText::with_sources(shingles, Sources::default())
    }

    /// An empty table for about so many shingles in all.
    pub fn with_sources(shingles: u64, sources: Sources) -> Self {
        let within = Counts::new(0, 0);
        CommonText {
            sources,
            all: Counts::new(shingles, Counts::MOST),
            often: within.often(MAX_OF_SOURCE),
            within,
            words: vec![0; WORD_PLACES],
            frequent: vec![0; WORD_PLACES / 64],
            groups: 0,
        }
    }

    /// Bytes that the tables for so many shingles take, at most.
    pub(crate) fn size(shingles: u64) -> u64 {
        let within = Counts::size(shingles, MOST_WITHIN);
        Counts::size(shingles, Counts::MOST) + within + 4 * WORD_PLACES as u64
    }

    /// The table as an index keeps it. The two tables of counts stand by themselves: [`CommonText::counts`].
    pub(crate) fn outline(&self) -> Outline {
        let mut sources: Vec<u64> = self.sources.0.iter().copied().collect();
        sources.sort_unstable();
        let words = self.words.clone();
        Outline { sources, words, groups: self.groups, places: self.counts().map(<[u8]>::len) }
    }

    /// The counts over all, and those within sources.
    pub(crate) fn counts(&self) -> [&[u8]; 2] {
        [self.all.bytes(), self.within.bytes()]
    }

    /// The table of an outline, whose counts `fill` writes; `None` if there can be no such table.
    pub(crate) fn from_outline(
        outline: Outline,
        fill: impl FnOnce([&mut [u8]; 2]) -> Result<()>,
    ) -> Result<Option<Self>> {
        let Outline { sources, words, groups, places } = outline;
        let [Some(mut all), Some(mut within)] = places.map(Counts::of_places) else {
            return Ok(None);
        };
        if words.len() != WORD_PLACES {
            return Ok(None);
        }
        fill([all.bytes_mut(), within.bytes_mut()])?;
        let sources = Sources(sources.into_iter().collect());
        let (often, frequent) = (all.often(MAX_OF_SOURCE), frequent(&words, groups));
        Ok(Some(CommonText { sources, all, within, often, words, frequent, groups }))
    }

    /// The key of an article's source, if recurrence within it is counted.
    pub fn source(&self, article: &Article) -> Option<u64> {
        self.counted_source(article.source.as_deref().map(source_key))
    }

    /// The key of a source, if recurrence within it is counted.
    pub(super) fn counted_source(&self, key: Option<u64>) -> Option<u64> {
        self.sources.counted(key)
    }

    /// Gathers the distinct shingles and words of articles, each of which stands for a near-verbatim group.
    pub(super) fn gather<'a>(
        &self,
        articles: impl IntoIterator<Item = Counted<'a>>,
        seed: u64,
    ) -> Gathered {
        let (mut groups, mut words, mut keys) = (0, Vec::new(), Vec::new());
        let mut distinct = Distinct::default();
        let mut met = vec![0u64; WORD_PLACES / 64];
        for (ids, kinds, _) in articles {
            groups += 1;
            distinct.clear(ids.len());
            let all = shingles(ids, kinds, seed);
            keys.extend(all.into_iter().filter(|&shingle| distinct.is_new(shingle)));
            let first = words.len();
            for place in ids.iter().map(|&word| word_place(word)) {
                let (part, bit) = (&mut met[place as usize / 64], 1 << (place % 64));
                if *part & bit == 0 {
                    *part |= bit;
                    words.push(place);
                }
            }
            words[first..].iter().for_each(|&place| met[place as usize / 64] = 0);
        }
        Gathered { groups, words, shingles: self.all.shape().group(&keys) }
    }

    /// Counts what was gathered over all.
    pub(super) fn add(&mut self, gathered: &[Gathered]) {
        let CommonText { all, words, groups, .. } = self;
        let count_words = || {
            for &place in gathered.iter().flat_map(|gathered| &gathered.words) {
                words[place as usize] += 1;
            }
        };
        rayon::join(|| all.add(gathered.iter().map(|gathered| &gathered.shingles)), count_words);
        *groups += gathered.iter().map(|gathered| gathered.groups).sum::<u32>();
    }

    /// Ends counting over all, before anything is asked or counted within sources.
    pub(super) fn settle(&mut self) {
        self.often = self.all.often(MAX_OF_SOURCE);
        self.frequent = frequent(&self.words, self.groups);
        let met = self.all.met_more_often(MAX_OF_SOURCE);
        self.within = Counts::new(met, MOST_WITHIN);
    }

    /// Gathers what is counted within the sources of articles: of their shingles those that are not too rare for it, nor so
    /// common that they stay common whatever is taken back.
    pub(super) fn gather_within<'a>(
        &self,
        articles: impl IntoIterator<Item = Counted<'a>>,
        seed: u64,
    ) -> counts::Gathered {
        let mut keys = Vec::new();
        for (ids, kinds, source) in articles {
            if let Some(source) = source {
                let all = shingles(ids, kinds, seed);
                let open = self.counted_within(&all).filter(|(_, count)| *count < u8::MAX);
                let enough: Vec<u64> = open.map(|(place, _)| all[place]).collect();
                let enough = sorted_distinct(&enough);
                keys.extend(enough.into_iter().map(|one| of_source(one, source)));
            }
        }
        self.within.shape().group(&keys)
    }

    /// Counts what was gathered within sources.
    pub(super) fn add_within(&mut self, gathered: &[counts::Gathered]) {
        self.within.add(gathered);
    }

    /// What articles of one family (distinct shingles, key of the source) add more than once.
    pub(super) fn repeated(
        &self,
        family: impl IntoIterator<Item = (Vec<u64>, Option<u64>)>,
    ) -> Repeated {
        let (mut all, mut within) = (Vec::new(), Vec::new());
        for (shingles, source) in family {
            if let Some(source) = source {
                // What is rarer now was counted within the source perhaps, but is not asked for there any more.
                let counted = shingles.iter().filter(|&&shingle| self.is_counted_within(shingle));
                within.extend(counted.map(|&shingle| of_source(shingle, source)));
            }
            all.extend(shingles);
        }
        let more_than_once = |mut keys: Vec<u64>| {
            keys.sort_unstable();
            let runs = keys.chunk_by(|x, y| x == y).filter(|run| run.len() > 1);
            runs.map(|run| (run[0], (run.len() - 1).min(254) as u8)).collect()
        };
        Repeated { all: more_than_once(all), within: more_than_once(within) }
    }

    /// Takes back what was counted too often.
    ///
    /// A count that has reached 255 stays.
    pub(super) fn take_back(&mut self, repeated: &Repeated) {
        for &(shingle, times) in &repeated.all {
            self.all.take_back(shingle, times);
        }
        for &(key, times) in &repeated.within {
            self.within.take_back(key, times);
        }
    }

    /// In how many groups the shingle stands (at least; saturates at 255): at least [`MAX_GROUPS`] and one, if it is
    /// common within the source.
    pub fn count(&self, shingle: u64, source: Option<u64>) -> u8 {
        self.count_by(shingle, self.all.count(shingle), source)
    }

    /// The count of a shingle by that over all.
    fn count_by(&self, shingle: u64, all: u8, source: Option<u64>) -> u8 {
        match source {
            Some(source) if all > MAX_OF_SOURCE && all <= MAX_GROUPS => {
                let own = self.within.count(of_source(shingle, source));
                if own > MAX_OF_SOURCE { MAX_GROUPS + 1 } else { all }
            }
            _ => all,
        }
    }

    /// In how many groups the word stands (at least).
    pub fn count_word(&self, word: u32) -> u32 {
        self.words[word_place(word) as usize]
    }

    /// True if the word stands in so few groups that meeting it in two articles says something: in less than one of
    /// twenty, or in two.
    pub fn is_rare_word(&self, word: u32) -> bool {
        let place = word_place(word);
        self.frequent[place as usize / 64] >> (place % 64) & 1 == 0
    }

    /// True if the shingle is too common to be evidence.
    pub fn is_common(&self, shingle: u64, source: Option<u64>) -> bool {
        self.often.may_hold(shingle) && self.count(shingle, source) > MAX_GROUPS
    }

    /// The places of those among these shingles that are common, and of some others: what the picture cannot rule out.
    pub(super) fn may_be_common(&self, shingles: &[u64]) -> Vec<u32> {
        self.often.may_hold_of(shingles)
    }

    /// The places of those among these shingles that are common, in order.
    pub(super) fn common_of(&self, shingles: &[u64], source: Option<u64>) -> Vec<usize> {
        let found = self.counted_within(shingles);
        let is_common =
            |&(place, all): &(usize, u8)| self.count_by(shingles[place], all, source) > MAX_GROUPS;
        found.filter(is_common).map(|(place, _)| place).collect()
    }

    /// The places of those among these shingles that stand in more than [`MAX_OF_SOURCE`] groups, and in how many.
    ///
    /// The table is far from the processor: all that the picture cannot rule out is asked for in one go.
    fn counted_within(&self, shingles: &[u64]) -> impl Iterator<Item = (usize, u8)> {
        let places = self.often.may_hold_of(shingles);
        let counts: Vec<u8> =
            places.iter().map(|&place| self.all.count(shingles[place as usize])).collect();
        let found = places.into_iter().map(|place| place as usize).zip(counts);
        found.filter(|&(_, count)| count > MAX_OF_SOURCE)
    }

    /// True if it matters how often the shingle stands in articles of one source.
    fn is_counted_within(&self, shingle: u64) -> bool {
        self.often.may_hold(shingle)
            && (MAX_OF_SOURCE + 1..u8::MAX).contains(&self.all.count(shingle))
    }
}

/// One bit for each place of a word that is not rare.
fn frequent(words: &[u32], groups: u32) -> Vec<u64> {
    let most = (groups / 20).max(2);
    let bits = |counts: &[u32]| {
        let frequent = counts.iter().zip(0..).filter(|(count, _)| **count > most);
        frequent.fold(0, |bits, (_, at)| bits | 1 << at)
    };
    words.chunks(64).map(bits).collect()
}

/// What is in a table of common text besides the counts of shingles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Outline {
    /// Keys of the sources within which recurrence is counted, sorted.
    pub(crate) sources: Vec<u64>,
    /// In how many groups the words of each place stand.
    pub(crate) words: Vec<u32>,
    /// Number of groups.
    pub(crate) groups: u32,
    /// Bytes of the counts over all, and of those within sources.
    pub(crate) places: [usize; 2],
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

/// What was gathered of some articles.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    groups: u32,
    words: Vec<u32>,
    shingles: counts::Gathered,
}

/// What a family added more than once: (shingle, times) over all, and (key, times) within sources.
#[derive(Debug, Default)]
pub(super) struct Repeated {
    all: Vec<(u64, u8)>,
    within: Vec<(u64, u8)>,
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
        let articles = groups.iter().map(|words| (&words.ids[..], &words.kinds[..], None));
        common_by(groups.iter().map(|words| words.len() as u64).sum(), articles)
    }

    /// A table for about so many shingles of some articles, each a group of its own, counted over all and within sources.
    pub(crate) fn common_by<'a>(
        shingles: u64,
        articles: impl Iterator<Item = Counted<'a>> + Clone,
    ) -> CommonText {
        let mut table = CommonText::new(shingles);
        table.add(&[table.gather(articles.clone(), 0)]);
        table.settle();
        table.add_within(&[table.gather_within(articles, 0)]);
        table
    }

    /// A table for about so many shingles, with some words in six articles of one outlet, and others in one of another; and
    /// the keys of the two.
    pub(crate) fn common_within(
        shingles: u64,
        often: &Words,
        seldom: &Words,
    ) -> (CommonText, [Option<u64>; 2]) {
        let [outlet, other] = ["a.example", "b.example"].map(|name| Some(source_key(name)));
        let sources = Sources::of([outlet, other, None, None, None].into_iter());
        let mut table = CommonText::with_sources(shingles, sources);
        let of = |words: &'_ Words, source| (words.ids.clone(), words.kinds.clone(), source);
        let mut articles = vec![of(often, outlet); 6];
        articles.push(of(seldom, other));
        let articles =
            || articles.iter().map(|(ids, kinds, source)| (&ids[..], &kinds[..], *source));
        table.add(&[table.gather(articles(), 0)]);
        table.settle();
        table.add_within(&[table.gather_within(articles(), 0)]);
        (table, [outlet, other])
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
        let family = [&set[..1], &set[..2], &set[..1]].map(|set| (set.to_vec(), None));
        table.take_back(&table.repeated(family));
        assert_eq!([0, 1, 2].map(|at| table.count(set[at], None)), [5, 7, 7]);
        let mut full = common_of(&[&words; 300]);
        full.take_back(&full.repeated([(set.clone(), None), (set.clone(), None)]));
        assert_eq!(full.count(set[0], None), 255, "what is full stays full");
        assert!(full.is_common(set[0], None) && !table.is_common(set[0], None));
    }

    #[test]
    fn what_recurs_within_a_source_is_common_to_its_articles_only() {
        let words = Words::new("one two three four five six");
        let set = shingle_set(&words.ids, &words.kinds, 0);
        let source = |name: &str| Some(source_key(name));
        let mut table = CommonText::new(100);
        let articles = |source| {
            std::iter::repeat_n((&words.ids[..], &words.kinds[..], source), 6).collect::<Vec<_>>()
        };
        table.add(&[table.gather(articles(source("a")), 0)]);
        table.settle();
        table.add_within(&[table.gather_within(articles(source("a")), 0)]);
        let common = |table: &CommonText, name: &str| table.is_common(set[0], source(name));
        assert!(common(&table, "a") && !common(&table, "b") && !table.is_common(set[0], None));
        let two = || std::iter::repeat_n((set.clone(), source("a")), 2);
        table.take_back(&table.repeated(two()));
        assert!(!common(&table, "a"));
        assert_eq!(table.count(set[0], None), 5);
    }

    proptest! {
        /// The slow twin counts every shingle within every source, however rare it is over all.
        #[test]
        fn within_a_source_is_counted_whatever_can_matter(
            articles in prop::collection::vec(("[a-c]( [a-c]){0,12}", 0u64..3), 0..60),
            families in prop::collection::vec(prop::collection::btree_set(0usize..60, 2..5), 0..4),
        ) {
            let articles: Vec<(Words, Option<u64>)> =
                articles.iter().map(|(text, source)| (Words::new(text), (*source > 0).then_some(*source))).collect();
            let counted = || articles.iter().map(|(words, source)| (&words.ids[..], &words.kinds[..], *source));
            let set = |at: usize| shingle_set(&articles[at].0.ids, &articles[at].0.kinds, 0);
            let mut table = common_by(100_000, counted());
            let mut truth: BTreeMap<(u64, Option<u64>), usize> = BTreeMap::new();
            for (at, (_, source)) in articles.iter().enumerate() {
                for shingle in set(at) {
                    *truth.entry((shingle, None)).or_default() += 1;
                    if source.is_some() {
                        *truth.entry((shingle, *source)).or_default() += 1;
                    }
                }
            }
            let mut in_family = BTreeSet::new();
            for family in families {
                let family: Vec<usize> =
                    family.into_iter().filter(|&at| at < articles.len() && in_family.insert(at)).collect();
                table.take_back(&table.repeated(family.iter().map(|&at| (set(at), articles[at].1))));
                let mut met: BTreeMap<(u64, Option<u64>), usize> = BTreeMap::new();
                for &at in &family {
                    for shingle in set(at) {
                        *met.entry((shingle, None)).or_default() += 1;
                        if articles[at].1.is_some() {
                            *met.entry((shingle, articles[at].1)).or_default() += 1;
                        }
                    }
                }
                for (key, times) in met {
                    *truth.entry(key).or_default() -= times - 1;
                }
            }
            let often = |shingle: u64, source| truth.get(&(shingle, source)).copied().unwrap_or(0);
            for &(shingle, source) in truth.keys() {
                let common = often(shingle, None) > usize::from(MAX_GROUPS)
                    || source.is_some() && often(shingle, source) > usize::from(MAX_OF_SOURCE);
                prop_assert_eq!(table.is_common(shingle, source), common);
            }
        }
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
