//! What is common text in a corpus: everything counted once a near-verbatim group, then once a family of plain copies.
//!
//! All words are read twice, in the order in which they were put aside: once to count shingles over all, once to count
//! within sources what is frequent enough. Linear in the words.

use rayon::prelude::*;

use super::collection::Collection;
use super::common::{CommonText, MOST_SHINGLES};
use super::group::{Edge, group};
use super::relate::Relation;
use crate::error::Result;
use crate::text::shingle::shingle_set;

/// Families looked through at a time: what is taken back of them waits in memory.
const FAMILIES: usize = 4096;

/// The articles that common text is counted over.
#[derive(Debug)]
pub(super) struct Sample {
    counted: Vec<bool>,
}

impl Sample {
    /// Of the articles that stand for a group, as many as the table of common text can tell apart.
    pub(super) fn new(collection: &Collection, stand: Vec<bool>) -> Self {
        Sample::of(collection, stand, MOST_SHINGLES)
    }

    /// So many that they have no more than `most` shingles or one article's more: every so many-th, which in canonical
    /// order is a sample at random.
    fn of(collection: &Collection, stand: Vec<bool>, most: u64) -> Self {
        let mut sample = Sample { counted: stand };
        let shingles = sample.shingles(collection);
        if shingles > most {
            let mut share = 0;
            for counted in sample.counted.iter_mut().filter(|counted| **counted) {
                share += most;
                *counted = share >= shingles;
                share %= shingles;
            }
        }
        sample
    }

    /// How many articles there are in it.
    pub(super) fn len(&self) -> u64 {
        self.counted.iter().filter(|counted| **counted).count() as u64
    }

    fn shingles(&self, collection: &Collection) -> u64 {
        let ones = (0..).zip(&self.counted).filter(|(_, counted)| **counted);
        ones.map(|(article, _)| u64::from(collection.shingles(article))).sum()
    }

    /// Counts every shingle once an article.
    pub(super) fn count(&self, collection: &Collection, seed: u64) -> Result<CommonText> {
        let sources = collection.small_sources();
        let source = |article: u32| sources.counted(collection.source(article));
        let counted = |article: u32| self.counted[article as usize];
        let mut common = CommonText::with_sources(self.shingles(collection), sources.clone());
        collection.each_words(
            counted,
            &mut common,
            |common, batch| {
                let articles = batch.iter();
                let articles =
                    articles.map(|(article, ids, kinds)| (&ids[..], &kinds[..], source(*article)));
                common.gather(articles, seed)
            },
            |common, gathered| common.add(&gathered),
        )?;
        common.settle();
        collection.each_words(
            |article| counted(article) && source(article).is_some(),
            &mut common,
            |common, batch| {
                let articles = batch.iter();
                let articles =
                    articles.map(|(article, ids, kinds)| (&ids[..], &kinds[..], source(*article)));
                common.gather_within(articles, seed)
            },
            |common, gathered| common.add_within(&gathered),
        )?;
        Ok(common)
    }

    /// Takes back what articles of one family of plain copies added more than once.
    pub(super) fn count_families_once(
        &self,
        collection: &Collection,
        plain: &[(u32, u32, Relation)],
        seed: u64,
        common: &mut CommonText,
    ) -> Result<()> {
        let edges: Vec<Edge> =
            plain.iter().map(|&(a, b, _)| Edge { a, b, score: 1_000_000, is_copy: true }).collect();
        let families = group(&edges, |article| collection.words(article));
        let repeated = |family: &Vec<u32>, common: &CommonText| {
            let mut sets = Vec::with_capacity(family.len());
            for &article in family.iter().filter(|&&article| self.counted[article as usize]) {
                let (ids, kinds) = collection.ids_and_kinds(article)?;
                let source = common.counted_source(collection.source(article));
                sets.push((shingle_set(&ids, &kinds, seed), source));
            }
            Ok(common.repeated(sets))
        };
        for families in families.chunks(FAMILIES) {
            let often: Vec<_> = families
                .par_iter()
                .map(|family| repeated(family, common))
                .collect::<Result<_>>()?;
            often.iter().for_each(|repeated| common.take_back(repeated));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use crate::config::Config;
    use crate::scan::Scan;

    /// A hundred articles of twenty words of their own, and of twenty that all share.
    fn collection() -> Collection {
        let block = (0..20).map(|k| format!("shared{k}")).collect::<Vec<_>>().join(" ");
        let mut scan = Scan::new(Config::default());
        scan.extend(
            (0..100)
                .map(|n| {
                    let own = (0..20).map(|k| format!("own{n}x{k}")).collect::<Vec<_>>().join(" ");
                    Article::new(n.to_string(), format!("{own} {block}"))
                })
                .collect(),
        );
        scan.collect().unwrap()
    }

    #[test]
    fn a_corpus_too_large_for_the_table_is_counted_by_a_sample() {
        let collection = collection();
        let stand = || -> Vec<bool> { (0..100).map(|article| article % 5 != 4).collect() };
        let whole = Sample::of(&collection, stand(), u64::MAX);
        let shingles = whole.shingles(&collection);
        assert_eq!((whole.len(), Sample::new(&collection, stand()).len()), (80, 80));
        for share in [2, 3, 7] {
            let some = Sample::of(&collection, stand(), shingles / share);
            let expected = 80.0 / share as f64;
            assert!((some.len() as f64 - expected).abs() <= 1.0, "{} of {expected}", some.len());
            let stand = stand();
            assert!(some.counted.iter().zip(&stand).all(|(counted, stands)| *stands || !counted));
            // Spread over all: no stretch of articles is left out.
            let longest = some.counted.split(|counted| *counted).map(<[bool]>::len).max().unwrap();
            assert!(longest <= 2 * share as usize + 2, "{longest} in a row");
            // What all share is in as many groups as were counted, and what is one's own in one at most.
            let common = some.count(&collection, 0).unwrap();
            let (ids, kinds) = collection.ids_and_kinds(0).unwrap();
            let counts: Vec<u8> = shingle_set(&ids, &kinds, 0)
                .into_iter()
                .map(|one| common.count(one, None))
                .collect();
            let often = counts.iter().filter(|count| u64::from(**count) == some.len()).count();
            assert!(often >= 18 && counts.iter().any(|count| *count <= 1), "{counts:?}");
        }
    }
}
