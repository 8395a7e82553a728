//! Articles on their way into a collection: put aside on any thread, and ordered by content once all are there.
//!
//! Bytes an article: 48 in memory while articles are added; what is put aside is told in `collection.rs`.

use std::sync::Arc;

use ahash::AHashMap;
use rayon::prelude::*;

use super::collection::{Collection, NO_SOURCE, NOT_JUDGED};
use super::common::source_key;
use super::ids::{id_hash, same_ids};
use super::rare;
use super::record::{self, Known, WORD};
use super::signatures;
use super::signed::Signed;
use crate::article::{Article, Place};
use crate::config::Memory;
use crate::error::{Error, Result};
use crate::spill::{Room, Sealed, Spill};
use crate::text::Fingerprint;
use crate::text::hash;

/// The most bytes of articles that are kept at hand while pairs are judged; less if that is more than a sixteenth of the
/// memory.
const AT_HAND: u64 = 256 << 20;

/// Bytes of articles that are kept at hand.
pub(crate) fn at_hand(budget: u64) -> u64 {
    (budget / 16).min(AT_HAND)
}

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
    /// Hash of its id.
    id: u64,
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
        let id = id_hash(&article.id);
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
            id,
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
        let at_hand = at_hand(memory.budget) as usize;
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
        let hashes = order.iter().map(|position| row(position).id).collect::<Vec<_>>();
        let mut collection = Collection {
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
            same_ids: Vec::new(),
        };
        collection.same_ids =
            same_ids(hashes.into_iter(), |article| Ok(collection.article(article)?.id))?;
        Ok(collection)
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
