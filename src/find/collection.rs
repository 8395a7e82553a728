//! Everything that is known of the articles of a run, in canonical order: short columns in memory, the rest put aside.
//!
//! Words and metadata of an article are one record, signatures and samples are laid down the way they are looked through;
//! all three go to disk where they outgrow their room. Bytes an article: on disk 5 a word, 576 for the signature, about
//! 512 for the sample and 100 to 300 for metadata; in memory 48 while articles are added, then 32.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::common::Sources;
use super::rare::Samples;
use super::record::{self, Known, WORD};
use super::signatures::Signatures;
use crate::article::{Article, Place};
use crate::error::{Error, Result};
use crate::spill::Sealed;
use crate::text::Fingerprint;
use crate::text::words::Kind;

/// Words read by one thread at a time, and by all before what they made of them is taken.
const BATCH: u64 = 1 << 16;
const TOGETHER: u64 = 1 << 23;

/// Stands for the source of an article that has none.
pub(super) const NO_SOURCE: u32 = u32::MAX;

/// Marks the shingles of an article that is too short to judge.
pub(super) const NOT_JUDGED: u32 = 1 << 31;

/// The articles of a run, by their index in canonical order: by content fingerprint, then by what else is known of them.
#[derive(Debug, Default)]
pub struct Collection {
    /// The signatures of all that can be judged.
    pub signatures: Signatures,
    /// The samples of all that can be judged.
    pub samples: Samples,
    /// For each article the first one with equal words.
    pub equal: Vec<u32>,
    /// Articles that share an id, in the order of the ids.
    pub same_ids: Vec<Vec<u32>>,
    pub(super) records: Sealed,
    pub(super) places: Vec<u64>,
    pub(super) words: Vec<u32>,
    pub(super) known: Vec<u32>,
    pub(super) shingles: Vec<u32>,
    pub(super) sources: Vec<u32>,
    pub(super) source_keys: Vec<u64>,
    pub(super) source_names: Vec<Box<str>>,
    pub(super) place: Place,
    pub(super) positions: Vec<u32>,
    pub(super) at_hand: usize,
}

/// The words of one article, and what else is known of it.
#[derive(Debug)]
pub struct Record {
    /// Identity of each word.
    pub ids: Vec<u32>,
    /// Kind of each word.
    pub kinds: Vec<Kind>,
    /// The article. Its text is empty if it can be read again where it came from.
    pub article: Article,
    /// Identity of the sequence of words.
    pub fingerprint: Fingerprint,
}

/// An article, the identities of its words, and their kinds.
type Worded = (u32, Vec<u32>, Vec<Kind>);

impl Collection {
    /// Number of articles.
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// True if there is no article.
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Number of words of an article.
    pub fn words(&self, article: u32) -> u32 {
        self.words[article as usize]
    }

    /// Number of distinct shingles of an article.
    pub fn shingles(&self, article: u32) -> u32 {
        self.shingles[article as usize] & !NOT_JUDGED
    }

    /// True if the article is long enough to be compared for more than equality.
    pub fn is_judged(&self, article: u32) -> bool {
        self.shingles[article as usize] & NOT_JUDGED == 0
    }

    /// The key of the source of an article, if it has one.
    pub fn source(&self, article: u32) -> Option<u64> {
        self.source_keys.get(self.sources[article as usize] as usize).copied()
    }

    /// How many articles each source has.
    pub fn articles_by_source(&self) -> BTreeMap<String, usize> {
        let mut counts = vec![0; self.source_names.len()];
        for &source in self.sources.iter().filter(|&&source| source != NO_SOURCE) {
            counts[source as usize] += 1;
        }
        let names = self.source_names.iter().map(|name| String::from(&**name));
        names.zip(counts).collect()
    }

    /// What holds every file that the articles came from.
    pub fn place(&self) -> &Place {
        &self.place
    }

    /// The sources within which recurrence is counted.
    pub fn small_sources(&self) -> Sources {
        Sources::of((0..self.len()).map(|article| self.source(article as u32)))
    }

    /// True if there is more of the articles than memory was to hold.
    pub fn is_on_disk(&self) -> bool {
        self.records.is_on_disk()
    }

    /// Bytes that are put aside, in memory and on disk.
    pub fn bytes_aside(&self) -> u64 {
        self.records.len()
    }

    /// Bytes of articles that may be kept at hand while pairs are judged.
    pub(crate) fn at_hand(&self) -> usize {
        self.at_hand
    }

    /// Everything of one article.
    pub fn record(&self, article: u32) -> Result<Record> {
        let at = article as usize;
        let words = WORD * self.words[at] as usize;
        let bytes = self.records.read(self.places[at], words + self.known[at] as usize)?;
        let (ids, kinds) = record::read_words(&bytes[..words]);
        let (known, fingerprint) = self.known(article, &bytes[words..]);
        Ok(Record { ids, kinds, article: known, fingerprint })
    }

    /// The identity and the kind of each word of an article.
    pub(crate) fn ids_and_kinds(&self, article: u32) -> Result<(Vec<u32>, Vec<Kind>)> {
        let at = article as usize;
        let bytes = self.records.read(self.places[at], WORD * self.words[at] as usize)?;
        Ok(record::read_words(&bytes))
    }

    /// One article. Its text is empty if it can be read again where it came from.
    pub fn article(&self, article: u32) -> Result<Article> {
        Ok(self.identity(article)?.0)
    }

    /// One article, and the identity of its words.
    pub fn identity(&self, article: u32) -> Result<(Article, Fingerprint)> {
        let at = article as usize;
        let place = self.places[at] + (WORD * self.words[at] as usize) as u64;
        Ok(self.known(article, &self.records.read(place, self.known[at] as usize)?))
    }

    /// All articles, which take memory again.
    pub fn articles(&self) -> Result<Vec<Article>> {
        (0..self.len() as u32).into_par_iter().map(|article| self.article(article)).collect()
    }

    /// Calls `visit` with the words of the articles that are wanted, batch by batch as they were put aside: (article,
    /// words, kinds). What it gives for some batches goes to `take`, in an order that means nothing. Both see `state`,
    /// which only `take` may change.
    pub(crate) fn each_words<S: Sync, T: Send>(
        &self,
        wanted: impl Fn(u32) -> bool,
        state: &mut S,
        visit: impl Fn(&S, &[Worded]) -> T + Sync,
        mut take: impl FnMut(&mut S, Vec<T>),
    ) -> Result<()> {
        let mut order: Vec<u32> =
            (0..self.len() as u32).filter(|&article| wanted(article)).collect();
        order.par_sort_unstable_by_key(|&article| self.places[article as usize]);
        for step in self.cut(&order, TOGETHER) {
            let batches: Vec<&[u32]> = self.cut(step, BATCH).collect();
            let seen: &S = state;
            let visit = |batch: &&[u32]| Ok::<_, Error>(visit(seen, &self.words_of(batch)?));
            let found: Vec<T> = batches.par_iter().map(visit).collect::<Result<_>>()?;
            take(state, found);
        }
        Ok(())
    }

    /// Cuts articles into pieces of so many words, or of one article that has more.
    fn cut<'a>(&self, mut articles: &'a [u32], words: u64) -> impl Iterator<Item = &'a [u32]> {
        std::iter::from_fn(move || {
            let mut sum = 0;
            let fits = |&&article: &&u32| {
                sum += u64::from(self.words(article));
                sum <= words
            };
            let count = articles.iter().take_while(fits).count().max(1).min(articles.len());
            let (piece, rest) = articles.split_at(count);
            articles = rest;
            (!piece.is_empty()).then_some(piece)
        })
    }

    /// The words of articles in the order in which they were put aside: read at once, unless they are far apart.
    fn words_of(&self, articles: &[u32]) -> Result<Vec<Worded>> {
        let (Some(&first), Some(&last)) = (articles.first(), articles.last()) else {
            return Ok(Vec::new());
        };
        let place = |article: u32| self.places[article as usize];
        let size = |article: u32| WORD * self.words(article) as usize;
        let start = place(first);
        let length = (place(last) - start) as usize + size(last);
        let wanted: usize = articles.iter().map(|&article| size(article)).sum();
        let near = length <= 4 * wanted + (1 << 16);
        let whole = near.then(|| self.records.read(start, length)).transpose()?;
        let words = |&article: &u32| {
            let (ids, kinds) = match &whole {
                Some(bytes) => {
                    let at = (place(article) - start) as usize;
                    record::read_words(&bytes[at..at + size(article)])
                }
                None => record::read_words(&self.records.read(place(article), size(article))?),
            };
            Ok((article, ids, kinds))
        };
        articles.iter().map(words).collect()
    }

    fn known(&self, article: u32, bytes: &[u8]) -> (Article, Fingerprint) {
        let known = Known::read(bytes);
        let position = u64::from(self.positions[article as usize]);
        (Article { position, ..known.article }, known.fingerprint)
    }
}
