//! Some articles in one file that never changes: their words, cards and sketches, and what they are looked up by.
//!
//! Written by `segment_writer.rs`. A lookup reads one block as a rule, and so does each part of an article.

use std::path::Path;
use std::sync::Arc;

use rayon::prelude::*;

use super::blocks::{Block, BlockFile, Section, Stamp};
use super::cache::Cache;
use super::card::{Card, part, parts, words_from_bytes};
use super::damage::Damage;
use super::postings::{self, ENTRIES};
use crate::error::{Error, Result};
use crate::find::sketch::{SLOTS, Sketch};
use crate::text::hash;
use crate::text::words::Kind;

/// Sketches of one block.
pub(super) const SKETCHES: usize = 16;

/// Bytes of a sketch and the number of distinct shingles behind it.
pub(super) const ROW: usize = SLOTS + 4;

/// Marks the shingles of an article that is too short to judge.
pub(super) const NOT_JUDGED: u32 = 1 << 31;

/// By what an article with this id is looked up.
pub(super) fn id_hash(id: &str) -> u64 {
    hash::word(id.as_bytes())
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
            return Err(Damage::new(self.file.path(), 0, what).error());
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
    use crate::article::Article;
    use crate::config::{Matching, Memory};
    use crate::find::Signed;
    use crate::find::bands::short_keys;
    use crate::find::sketch::sketch;
    use crate::store::postings::key_of;
    use crate::store::segment_writer::{Prepared, SegmentWriter, TOGETHER};

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
