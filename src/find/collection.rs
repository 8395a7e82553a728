//! Everything that is known of the articles of a run, in canonical order: short columns in memory, the rest put aside.
//!
//! Words and metadata of an article are one record, signatures and samples are laid down the way they are looked through;
//! all three go to disk where they outgrow their room. Bytes an article: on disk 5 a word, 576 for the signature, about
//! 512 for the sample and 100 to 300 for metadata; in memory 40 while articles are added, then 32.

use std::collections::BTreeMap;
use std::sync::Arc;

use ahash::AHashMap;
use rayon::prelude::*;

use super::common::{Sources, source_key};
use super::rare::{self, Samples};
use super::record::{self, Known, WORD};
use super::signatures::{self, Signatures};
use super::signed::Signed;
use crate::article::{Article, Place};
use crate::config::Memory;
use crate::error::{Error, Result};
use crate::spill::{Room, Sealed, Spill};
use crate::text::Fingerprint;
use crate::text::hash;
use crate::text::words::Kind;

/// The most bytes of articles that are kept at hand while pairs are judged; less if that is more than a sixteenth of the
/// memory.
const AT_HAND: u64 = 128 << 20;

/// Words read by one thread at a time, and by all before what they made of them is taken.
const BATCH: u64 = 1 << 16;
const TOGETHER: u64 = 1 << 22;

/// Stands for the source of an article that has none.
const NO_SOURCE: u32 = u32::MAX;

/// Marks the shingles of an article that is too short to judge.
const NOT_JUDGED: u32 = 1 << 31;

/// An article whose record is put aside, on its way into a collection.
#[derive(Debug)]
pub(crate) struct Added {
    row: Row,
    signed: Signed,
    /// The name of its source.
    source: Option<Box<str>>,
    file: Arc<str>,
}

/// What stays in memory of every article while more are added.
#[derive(Clone, Copy, Debug)]
struct Row {
    /// In halves, so that a row takes no more than it needs.
    fingerprint: [u64; 2],
    place: u64,
    words: u32,
    known: u32,
    shingles: u32,
    /// The number of its source.
    source: u32,
}

impl Row {
    fn fingerprint(&self) -> u128 {
        u128::from(self.fingerprint[0]) << 64 | u128::from(self.fingerprint[1])
    }

    /// Where what is known of it stands: behind its words.
    fn known_at(&self) -> u64 {
        self.place + (WORD * self.words as usize) as u64
    }
}

/// Puts the records of articles aside, on any thread.
#[derive(Debug)]
pub(crate) struct Aside {
    records: Spill,
}

impl Aside {
    /// Signed, and put aside; the text of the article is kept only if it is still in it.
    pub(crate) fn put(
        &self,
        article: Article,
        mut signed: Signed,
        text_hash: u64,
    ) -> Result<Added> {
        let (ids, kinds) = (std::mem::take(&mut signed.ids), std::mem::take(&mut signed.kinds));
        let fingerprint = signed.fingerprint;
        let source = article.source.as_deref().map(Box::from);
        let file = Arc::clone(&article.origin.file);
        let mut bytes = Vec::with_capacity(WORD * ids.len() + article.text.len() + 512);
        record::write_words(&ids, &kinds, &mut bytes);
        let words = bytes.len();
        Known { fingerprint, text_hash, article }.write(&mut bytes);
        let known = u32::try_from(bytes.len() - words)
            .map_err(|_| Error::new("an article has more than 4 GiB of fields"))?;
        let judged = if signed.signature.is_some() { 0 } else { NOT_JUDGED };
        let row = Row {
            fingerprint: [(fingerprint.0 >> 64) as u64, fingerprint.0 as u64],
            place: self.records.append(&bytes)?,
            words: ids.len() as u32,
            known,
            shingles: signed.shingles | judged,
            source: NO_SOURCE,
        };
        Ok(Added { row, signed, source, file })
    }
}

/// What tells texts of equal words apart.
pub(crate) fn text_hash(text: &str) -> u64 {
    hash::word(text.as_bytes())
}

/// Articles that are being added.
#[derive(Debug)]
pub(crate) struct Gathering {
    pub(crate) aside: Aside,
    pub(crate) columns: Columns,
    at_hand: usize,
}

/// Everything of them but the records.
#[derive(Debug)]
pub(crate) struct Columns {
    rows: Vec<Row>,
    /// The number of each source, by its name.
    sources: AHashMap<Box<str>, u32>,
    place: Place,
    signatures: signatures::Gathering,
    samples: rare::Gathering,
}

impl Gathering {
    pub(crate) fn new(memory: &Memory) -> Self {
        let room = &Room::new(memory);
        let columns = Columns {
            rows: Vec::new(),
            sources: AHashMap::new(),
            place: Place::default(),
            signatures: signatures::Gathering::new(room),
            samples: rare::Gathering::new(room),
        };
        let at_hand = (memory.budget / 16).min(AT_HAND) as usize;
        Gathering { aside: Aside { records: Spill::new(room) }, columns, at_hand }
    }

    /// True if an article of this origin and these words was added.
    pub(crate) fn holds(&self, article: &Article, fingerprint: Fingerprint) -> Result<bool> {
        let same = self.columns.rows.iter().filter(|row| row.fingerprint() == fingerprint.0);
        for row in same {
            let known = self.aside.records.read(row.known_at(), row.known as usize)?;
            if Known::read(&known).article.origin == article.origin {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Ends adding.
    pub(crate) fn seal(self) -> Result<Collection> {
        let Columns { rows, sources, place, signatures, samples } = self.columns;
        let records = self.aside.records.seal()?;
        let order = canonical(&rows, &records)?;
        let mut article_at = vec![0; rows.len()];
        for (&position, article) in order.iter().zip(0..) {
            article_at[position as usize] = article;
        }
        let mut equal: Vec<u32> = Vec::with_capacity(rows.len());
        for (at, &position) in order.iter().enumerate() {
            let fingerprint = |position: u32| rows[position as usize].fingerprint;
            let same = at > 0 && fingerprint(order[at - 1]) == fingerprint(position);
            equal.push(if same { equal[at - 1] } else { at as u32 });
        }
        let mut source_names = vec![Box::default(); sources.len()];
        for (name, number) in sources {
            source_names[number as usize] = name;
        }
        let row = |&position: &u32| &rows[position as usize];
        Ok(Collection {
            places: order.iter().map(|position| row(position).place).collect(),
            words: order.iter().map(|position| row(position).words).collect(),
            known: order.iter().map(|position| row(position).known).collect(),
            shingles: order.iter().map(|position| row(position).shingles).collect(),
            sources: order.iter().map(|position| row(position).source).collect(),
            source_keys: source_names.iter().map(|name| source_key(name)).collect(),
            source_names,
            place,
            signatures: signatures.seal(|position| article_at[position as usize])?,
            samples: samples.seal(|position| article_at[position as usize])?,
            positions: order,
            at_hand: self.at_hand,
            equal,
            records,
        })
    }
}

impl Columns {
    /// Adds one article; its position in the input is the number of those before it.
    pub(crate) fn add(&mut self, added: Added) -> Result<()> {
        let Added { mut row, signed, source, file } = added;
        let position = u32::try_from(self.rows.len())
            .ok()
            .filter(|position| *position < u32::MAX)
            .ok_or_else(|| Error::new("more than four billion articles"))?;
        if let Some(signature) = signed.signature {
            self.signatures.add(position, &signature)?;
            self.samples.add(position, &signed.sample)?;
        }
        if let Some(name) = source {
            let next = self.sources.len() as u32;
            row.source = *self.sources.entry(name).or_insert(next);
        }
        self.place.add(&file);
        self.rows.push(row);
        Ok(())
    }

    /// Number of articles so far.
    pub(crate) fn len(&self) -> usize {
        self.rows.len()
    }
}

/// The positions of the articles in canonical order: by fingerprint, then by everything that is known of them.
fn canonical(rows: &[Row], records: &Sealed) -> Result<Vec<u32>> {
    let mut order: Vec<u32> = (0..rows.len() as u32).collect();
    let fingerprint = |position: &u32| rows[*position as usize].fingerprint();
    order.par_sort_unstable_by_key(|position| (fingerprint(position), *position));
    order
        .chunk_by_mut(|x, y| fingerprint(x) == fingerprint(y))
        .filter(|equal| equal.len() > 1)
        .try_for_each(|equal| {
            let known = |&position: &u32| {
                let row = &rows[position as usize];
                let known = Known::read(&records.read(row.known_at(), row.known as usize)?);
                Ok((known, position))
            };
            let mut all: Vec<(Known, u32)> = equal.par_iter().map(known).collect::<Result<_>>()?;
            all.par_sort_unstable_by(|(x, _), (y, _)| key(x).cmp(&key(y)));
            for (position, (_, sorted)) in equal.iter_mut().zip(all) {
                *position = sorted;
            }
            Ok::<(), Error>(())
        })?;
    Ok(order)
}

/// Orders articles of equal words by everything that is known of them; the place in the input comes last.
fn key(known: &Known) -> impl Ord {
    let Article { id, text: _, title, date, source, url, origin, position: _ } = &known.article;
    (id, date, source, url, title, known.text_hash, origin)
}

/// The articles of a run, by their index in canonical order: by content fingerprint, then by what else is known of them.
#[derive(Debug, Default)]
pub struct Collection {
    /// The signatures of all that can be judged.
    pub signatures: Signatures,
    /// The samples of all that can be judged.
    pub samples: Samples,
    /// For each article the first one with equal words.
    pub equal: Vec<u32>,
    records: Sealed,
    places: Vec<u64>,
    words: Vec<u32>,
    known: Vec<u32>,
    shingles: Vec<u32>,
    sources: Vec<u32>,
    source_keys: Vec<u64>,
    source_names: Vec<Box<str>>,
    place: Place,
    positions: Vec<u32>,
    at_hand: usize,
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
        visit: impl Fn(&S, &[(u32, Vec<u32>, Vec<Kind>)]) -> T + Sync,
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
    fn words_of(&self, articles: &[u32]) -> Result<Vec<(u32, Vec<u32>, Vec<Kind>)>> {
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
