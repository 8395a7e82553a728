//! A segment on its way to disk: articles are numbered as they come, and packed many at a time on all threads.
//!
//! What is known of them goes to the file at once; what they are looked up by waits, in memory or in a temporary file, until
//! it can be sorted.

use std::path::Path;

use rayon::prelude::*;

use super::block_writer::BlockWriter;
use super::blocks::{Section, Stamp};
use super::card::{Card, join, words_to_bytes};
use super::packing::Packer;
use super::postings::{self, ENTRIES, key_of};
use super::segment::{NOT_JUDGED, ROW, SKETCHES, id_hash};
use crate::article::Article;
use crate::config::Memory;
use crate::error::{Error, Result};
use crate::find::Signed;
use crate::find::bands::{WIDE, short_keys};
use crate::find::runs::Runs;
use crate::find::sketch::{SLOTS, sketch};
use crate::spill::Room;
use crate::text::Fingerprint;

/// Bytes of words packed together: a query unpacks so many for every article that it compares.
const WORDS_TOGETHER: usize = 16 << 10;

/// Bytes of cards packed together.
const CARDS_TOGETHER: usize = 8 << 10;

/// Articles that wait to be packed on all threads.
pub(super) const TOGETHER: usize = 2048;

/// Parts of what is looked up by hash.
const HASHED: usize = 256;

/// The most articles of a segment: numbers are 32 bits, and what is told of sorting must fit into memory.
pub(super) const MOST: u32 = 1 << 30;

/// An article as a segment takes it in, made on any thread.
#[derive(Debug)]
pub(super) struct Prepared {
    /// [`id_hash`] of its id.
    pub(super) id: u64,
    /// Identity of its words.
    pub(super) fingerprint: Fingerprint,
    /// What is known of it; its text is left out.
    pub(super) article: Article,
    card: Vec<u8>,
    words: Vec<u8>,
    row: [u8; ROW],
    bands: Option<[u32; WIDE.bands]>,
    samples: Box<[u64]>,
}

impl Prepared {
    pub(super) fn new(mut article: Article, signed: &Signed, text_hash: u64) -> Self {
        article.text = String::new();
        let (id, fingerprint) = (id_hash(&article.id), signed.fingerprint);
        let card = Card { fingerprint, text_hash, article };
        let judged = if signed.signature.is_some() { 0 } else { NOT_JUDGED };
        let mut row = [0; ROW];
        if let Some(signature) = &signed.signature {
            row[..SLOTS].copy_from_slice(&sketch(signature));
        }
        row[SLOTS..].copy_from_slice(&(signed.shingles | judged).to_le_bytes());
        Prepared {
            id,
            fingerprint,
            card: card.to_bytes(),
            article: card.article,
            words: words_to_bytes(&signed.ids, &signed.kinds),
            row,
            bands: signed.signature.as_deref().map(short_keys),
            samples: signed.sample.clone(),
        }
    }
}

/// Entries of one kind on their way to be sorted.
#[derive(Debug)]
struct Gathering {
    section: Section,
    parts: usize,
    runs: Runs,
    waiting: Vec<(u64, u32)>,
}

impl Gathering {
    /// Entries that are laid down together, or more.
    const LAID_DOWN: usize = 1 << 18;

    fn new(section: Section, parts: usize, room: &Room) -> Self {
        Gathering { section, parts, runs: Runs::new(parts, u64::BITS, room), waiting: Vec::new() }
    }

    /// Adds entries: (key of 40 bits, number of the article).
    fn add(&mut self, entries: impl Iterator<Item = (u64, u32)>) -> Result<()> {
        self.waiting.extend(entries);
        if self.waiting.len() >= Self::LAID_DOWN { self.lay_down() } else { Ok(()) }
    }

    fn lay_down(&mut self) -> Result<()> {
        let split =
            |(key, number): (u64, u32)| ((key >> 32) as usize, key << 32 | u64::from(number));
        self.runs.add(&self.waiting, split)?;
        self.waiting.clear();
        Ok(())
    }

    fn write(mut self, articles: u32, file: &mut BlockWriter) -> Result<()> {
        self.lay_down()?;
        let width = postings::width(articles);
        let sorted = self.runs.seal()?;
        let encode = |part: usize| -> Result<Vec<(u64, Vec<u8>)>> {
            let mut entries = sorted.read(part)?;
            entries.sort_unstable();
            let block =
                |of: &[u64]| (key_of(part, (of[0] >> 32) as u32), postings::encode(of, width));
            Ok(entries.chunks(ENTRIES).map(block).collect())
        };
        let all: Vec<usize> = (0..self.parts).collect();
        for together in all.chunks(2 * rayon::current_num_threads()) {
            let encoded: Vec<_> =
                together.par_iter().map(|&part| encode(part)).collect::<Result<_>>()?;
            for (key, payload) in encoded.into_iter().flatten() {
                file.put(self.section, key, &payload)?;
            }
        }
        Ok(())
    }
}

/// A segment that is being written.
#[derive(Debug)]
pub(super) struct SegmentWriter {
    file: BlockWriter,
    articles: u32,
    /// Articles that are not packed yet; they have the highest numbers.
    waiting: Vec<Prepared>,
    bands: Gathering,
    samples: Gathering,
    ids: Gathering,
    prints: Gathering,
}

impl SegmentWriter {
    /// Begins a segment in a file that must not be there yet.
    pub(super) fn create(path: &Path, memory: &Memory) -> Result<Self> {
        let room = &Room::new(memory);
        Ok(SegmentWriter {
            file: BlockWriter::create(path)?,
            articles: 0,
            waiting: Vec::new(),
            bands: Gathering::new(Section::Bands, WIDE.bands, room),
            samples: Gathering::new(Section::Samples, HASHED, room),
            ids: Gathering::new(Section::Ids, HASHED, room),
            prints: Gathering::new(Section::Prints, HASHED, room),
        })
    }

    /// Adds an article and says which number it has.
    pub(super) fn add(&mut self, prepared: Prepared) -> Result<u32> {
        let number = self.articles;
        if number == MOST {
            return Err(Error::new("more than a billion articles in one part of an index"));
        }
        self.articles += 1;
        self.waiting.push(prepared);
        if self.waiting.len() == TOGETHER {
            self.pack()?;
        }
        Ok(number)
    }

    /// Number of articles so far.
    pub(super) fn len(&self) -> u32 {
        self.articles
    }

    /// Ends the segment and makes it durable.
    pub(super) fn finish(mut self) -> Result<Stamp> {
        self.pack()?;
        let SegmentWriter { mut file, articles, bands, samples, ids, prints, .. } = self;
        for gathering in [bands, samples, ids, prints] {
            gathering.write(articles, &mut file)?;
        }
        file.finish()
    }

    /// Writes what waits, packed on all threads, while what it is looked up by is laid down.
    fn pack(&mut self) -> Result<()> {
        let SegmentWriter { file, articles, waiting, bands, samples, ids, prints } = self;
        let first = *articles - waiting.len() as u32;
        let each = || (first..).zip(waiting.iter());
        let laid_down = || {
            let add_bands = || {
                let keys = |(number, one): (u32, &Prepared)| {
                    let hashes = one.bands.into_iter().flatten().enumerate();
                    hashes.map(move |(band, hash)| (key_of(band, hash), number))
                };
                bands.add(each().flat_map(keys))
            };
            let add_others = || {
                samples.add(each().flat_map(|(number, one)| {
                    one.samples.iter().map(move |&shingle| (postings::key(shingle), number))
                }))?;
                ids.add(each().map(|(number, one)| (postings::key(one.id), number)))?;
                let print = |fingerprint: Fingerprint| (fingerprint.0 >> 64) as u64;
                prints.add(each().map(|(n, one)| (postings::key(print(one.fingerprint)), n)))
            };
            rayon::join(add_bands, add_others)
        };
        let packed = || -> Result<_> {
            let words = waiting.iter().map(|one| &one.words[..]);
            let cards = waiting.iter().map(|one| &one.card[..]);
            Ok([packed(words, WORDS_TOGETHER)?, packed(cards, CARDS_TOGETHER)?])
        };
        let (packed, (in_bands, in_others)) = rayon::join(packed, laid_down);
        in_bands.and(in_others)?;
        for (section, blocks) in [Section::Words, Section::Cards].into_iter().zip(packed?) {
            for (at, payload) in blocks {
                file.put(section, u64::from(first) + at as u64, &payload)?;
            }
        }
        // All but the last time this is a whole number of blocks, so that a block is found by division.
        for (at, rows) in waiting.chunks(SKETCHES).enumerate() {
            let number = u64::from(first) + (at * SKETCHES) as u64;
            let rows: Vec<u8> = rows.iter().flat_map(|one| one.row).collect();
            file.put(Section::Sketches, number, &rows)?;
        }
        waiting.clear();
        Ok(())
    }
}

/// Packs records in blocks of about so many bytes, on all threads: (place of the first, payload).
fn packed<'a>(
    records: impl Iterator<Item = &'a [u8]>,
    together: usize,
) -> Result<Vec<(usize, Vec<u8>)>> {
    let mut blocks: Vec<(usize, Vec<&[u8]>)> = Vec::new();
    let mut room = 0;
    for (at, record) in records.enumerate() {
        match blocks.last_mut() {
            Some((_, block)) if record.len() <= room => block.push(record),
            _ => {
                blocks.push((at, vec![record]));
                room = together;
            }
        }
        room = room.saturating_sub(record.len());
    }
    // A packer is worth keeping: it takes longer to make than to pack a block of cards.
    let pack = |packer: &mut Packer, (at, block): (usize, Vec<&[u8]>)| {
        Ok((at, packer.pack(&join(&block))?))
    };
    blocks.into_par_iter().map_init(Packer::default, pack).collect()
}
