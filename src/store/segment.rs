//! Some articles in one file that never changes: their words, cards and sketches, and what they are looked up by.
//!
//! Articles are numbered as they come. What is known of them goes to the file at once; what they are looked up by waits,
//! in memory or in a temporary file, until it can be sorted. Bytes an article among a million: `benches/index.rs` tells.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::blocks::{Block, BlockFile, BlockWriter, Packer, Section, Stamp};
use super::cache::Cache;
use super::card::{Card, join, part, parts, words_from_bytes, words_to_bytes};
use super::postings::{self, ENTRIES, key_of};
use crate::article::Article;
use crate::config::Memory;
use crate::error::{Error, Result};
use crate::find::Signed;
use crate::find::bands::{WIDE, short_keys};
use crate::find::runs::Runs;
use crate::find::sketch::{SLOTS, Sketch, sketch};
use crate::spill::Room;
use crate::text::Fingerprint;
use crate::text::hash;
use crate::text::words::Kind;

/// Bytes of words packed together: a query unpacks so many for every article that it compares.
const WORDS_TOGETHER: usize = 16 << 10;

/// Bytes of cards packed together.
const CARDS_TOGETHER: usize = 8 << 10;

/// Sketches of one block.
const SKETCHES: usize = 16;

/// Bytes of a sketch and the number of distinct shingles behind it.
const ROW: usize = SLOTS + 4;

/// Marks the shingles of an article that is too short to judge.
const NOT_JUDGED: u32 = 1 << 31;

/// Articles that wait to be packed on all threads.
const TOGETHER: usize = 2048;

/// Parts of what is looked up by hash.
const HASHED: usize = 256;

/// The most articles of a segment: numbers are 32 bits, and what is told of sorting must fit into memory.
pub(super) const MOST: u32 = 1 << 30;

/// By what an article with this id is looked up.
pub(super) fn id_hash(id: &str) -> u64 {
    hash::word(id.as_bytes())
}

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
        Gathering { section, parts, runs: Runs::new(parts, room), waiting: Vec::new() }
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

/// A segment, to be read by any thread.
#[derive(Debug)]
pub(super) struct Segment {
    file: BlockFile,
    articles: u32,
    /// By what its blocks are known in the cache.
    name: u32,
    cache: Arc<Cache>,
}

impl Segment {
    /// Opens the segment of this stamp, which holds so many articles.
    pub(super) fn open(
        path: &Path,
        stamp: Stamp,
        articles: u32,
        cache: &Arc<Cache>,
    ) -> Result<Self> {
        let file = BlockFile::open(path, stamp)?;
        Ok(Segment { file, articles, name: cache.name(), cache: Arc::clone(cache) })
    }

    /// Number of articles, removed ones among them.
    pub(super) fn len(&self) -> u32 {
        self.articles
    }

    /// The file it is.
    pub(super) fn file(&self) -> &BlockFile {
        &self.file
    }

    /// What is known of an article besides its words.
    pub(super) fn card(&self, number: u32) -> Result<Card> {
        self.record(Section::Cards, number, Card::from_bytes)
    }

    /// The words of an article.
    pub(super) fn words(&self, number: u32) -> Result<(Vec<u32>, Vec<Kind>)> {
        self.record(Section::Words, number, words_from_bytes)
    }

    /// The sketch of an article and its number of distinct shingles; `None` if it is too short to judge.
    pub(super) fn sketch(&self, number: u32) -> Result<Option<(Sketch, u32)>> {
        let at = number as usize / SKETCHES;
        let block = self.block(Section::Sketches, at, false)?;
        let row = block.as_chunks::<ROW>().0.get(number as usize % SKETCHES);
        let row = row.ok_or_else(|| self.missing(Section::Sketches, at))?;
        let (sketch, shingles) = row.split_first_chunk().unwrap_or((&[0; SLOTS], &[]));
        let shingles = u32::from_le_bytes(shingles.try_into().unwrap_or_default());
        Ok((shingles & NOT_JUDGED == 0).then_some((*sketch, shingles)))
    }

    /// The articles under a key, ascending; no more than `most`.
    pub(super) fn find(&self, section: Section, key: u64, most: usize) -> Result<Vec<u32>> {
        let mut found = Vec::new();
        let fences = self.file.keys(section);
        for at in postings::blocks(fences, key) {
            if found.len() >= most {
                break;
            }
            let block = self.block(section, at, false)?;
            postings::each(&block, fences[at], |hash, number| {
                if hash == key as u32 {
                    found.push(number);
                }
                hash <= key as u32 && found.len() < most
            });
        }
        // A number beyond the end would be damage that has its checksum: a fault of whoever wrote it.
        found.retain(|&number| number < self.articles);
        Ok(found)
    }

    /// The first 40 bits of the hashes of all ids, sorted.
    pub(super) fn id_keys(&self) -> Result<Vec<u64>> {
        let fences = self.file.keys(Section::Ids);
        let keys = |at: usize| -> Result<Vec<u64>> {
            let mut keys = Vec::with_capacity(ENTRIES);
            postings::each(&self.file.read(Section::Ids, at)?, fences[at], |hash, _| {
                keys.push(fences[at] >> 32 << 32 | u64::from(hash));
                true
            });
            Ok(keys)
        };
        let all: Vec<Vec<u64>> =
            (0..fences.len()).into_par_iter().map(keys).collect::<Result<_>>()?;
        Ok(all.concat())
    }

    /// Calls `visit` with the cards and words of all articles, many at a time and in order: (number, card, words, kinds).
    pub(super) fn each<T: Send>(
        &self,
        visit: impl Fn(u32, Card, Vec<u32>, Vec<Kind>) -> Result<T> + Sync,
        mut take: impl FnMut(Vec<T>) -> Result<()>,
    ) -> Result<()> {
        let (words, cards) = (self.file.keys(Section::Words), self.file.keys(Section::Cards));
        // Cards of neighboring blocks are read twice: a block of theirs is a small part of a block of words.
        let block = |at: usize| -> Result<Vec<T>> {
            let first = words[at];
            let payload = self.file.unpacked(Section::Words, at)?;
            let records = parts(&payload);
            let end = first + records.len() as u64;
            let mut found = Vec::with_capacity(records.len());
            let mut of = cards.partition_point(|key| *key <= first).saturating_sub(1);
            let mut number = first;
            while number < end {
                let key = *cards.get(of).ok_or_else(|| self.missing(Section::Words, at))?;
                let payload = self.file.unpacked(Section::Cards, of)?;
                for (own, card) in (key..).zip(parts(&payload)) {
                    if (number..end).contains(&own) {
                        let (ids, kinds) = words_from_bytes(records[(own - first) as usize]);
                        found.push(visit(own as u32, Card::from_bytes(card), ids, kinds)?);
                        number = own + 1;
                    }
                }
                of += 1;
            }
            Ok(found)
        };
        let all: Vec<usize> = (0..words.len()).collect();
        for together in all.chunks(64 * rayon::current_num_threads()) {
            let found: Vec<Vec<T>> =
                together.par_iter().map(|&at| block(at)).collect::<Result<_>>()?;
            take(found.into_iter().flatten().collect())?;
        }
        Ok(())
    }

    fn record<T>(&self, section: Section, number: u32, read: impl Fn(&[u8]) -> T) -> Result<T> {
        let keys = self.file.keys(section);
        let at = keys.partition_point(|key| *key <= u64::from(number)).saturating_sub(1);
        let block = self.block(section, at, true)?;
        let first = keys.get(at).copied().unwrap_or_default();
        let record = part(&block, (u64::from(number) - first) as usize);
        Ok(read(record.ok_or_else(|| self.missing(section, at))?))
    }

    fn block(&self, section: Section, at: usize, packed: bool) -> Result<Arc<Block>> {
        if at >= self.file.keys(section).len() {
            let what = "the directory lacks a block";
            return Err(super::blocks::Damage::new(self.file.path(), 0, what).error());
        }
        self.cache.get((self.name, section as u8, at as u32), || {
            if packed { self.file.unpacked(section, at) } else { self.file.read(section, at) }
        })
    }

    fn missing(&self, section: Section, at: usize) -> Error {
        self.file.damage(section, at, "an article is missing from its block").error()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Matching;

    fn article(number: u32) -> (Article, Signed) {
        let words: Vec<String> =
            (0..number % 40).map(|word| format!("w{} x{word}", number % 7)).collect();
        let article = Article {
            title: number.is_multiple_of(3).then(|| format!("t{number}")),
            ..Article::new(format!("id{}", number % 5000), words.join(" "))
        };
        let signed = Signed::new(&article.text, &Matching::default());
        (article, signed)
    }

    /// The slow twin keeps everything in lists.
    #[test]
    fn what_is_found_is_what_was_added() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let mut writer = SegmentWriter::create(&path, &Memory::default()).unwrap();
        let all: Vec<(Article, Signed)> = (0..TOGETHER as u32 + 300).map(article).collect();
        for (number, (article, signed)) in (0..).zip(&all) {
            assert_eq!(writer.add(Prepared::new(article.clone(), signed, 9)).unwrap(), number);
        }
        let stamp = writer.finish().unwrap();
        let cache = Arc::new(Cache::new(1 << 16));
        let segment = Segment::open(&path, stamp, all.len() as u32, &cache).unwrap();
        for (number, (article, signed)) in (0..).zip(&all) {
            let card = segment.card(number).unwrap();
            assert_eq!(card.article, Article { text: String::new(), ..article.clone() });
            assert_eq!((card.fingerprint, card.text_hash), (signed.fingerprint, 9));
            let (ids, kinds) = segment.words(number).unwrap();
            assert_eq!((&ids[..], &kinds[..]), (&signed.ids[..], &signed.kinds[..]));
            let sketched = segment.sketch(number).unwrap();
            let expected = signed.signature.as_deref().map(|s| (sketch(s), signed.shingles));
            assert_eq!(sketched, expected);
        }
        let key = |signed: &Signed, band: usize| {
            signed.signature.as_deref().map(|s| key_of(band, short_keys(s)[band]))
        };
        for wanted in [50, 77, 1030, 2118] {
            for band in [0, 33, 71] {
                let key_wanted = key(&all[wanted].1, band).unwrap();
                let same =
                    (0u32..).zip(&all).filter(|(_, (_, s))| key(s, band) == Some(key_wanted));
                let same: Vec<u32> = same.map(|(number, _)| number).collect();
                assert_eq!(segment.find(Section::Bands, key_wanted, usize::MAX).unwrap(), same);
                assert_eq!(segment.find(Section::Bands, key_wanted, 2).unwrap(), same[..2]);
            }
            let id = postings::key(id_hash(&all[wanted].0.id));
            assert_eq!(segment.find(Section::Ids, id, 9).unwrap(), [wanted as u32]);
        }
        let mut keys: Vec<u64> = all.iter().map(|(a, _)| postings::key(id_hash(&a.id))).collect();
        keys.sort_unstable();
        assert_eq!(segment.id_keys().unwrap(), keys);
        let mut seen = Vec::new();
        let visit = |number, card: Card, ids: Vec<u32>, _| Ok((number, card.article.id, ids.len()));
        let take = |found: Vec<_>| {
            seen.extend(found);
            Ok(())
        };
        segment.each(visit, take).unwrap();
        let expected: Vec<_> =
            (0..).zip(&all).map(|(n, (a, s))| (n, a.id.clone(), s.ids.len())).collect();
        assert_eq!(seen, expected);
    }
}
