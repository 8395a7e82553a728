//! A file of checked blocks: what every file of an index but the manifest is made of. Written once, then only read.
//!
//! ```text
//! magic | block | block | ... | directory | footer
//! block:     checksum (8 bytes), payload
//! directory: a block with what all checksums come to, and of every block its section, key, place and length
//! footer:    place and length of the directory, its checksum, the checksum of these, magic
//! ```
//!
//! A checksum is seeded with the place, so that a block that stands elsewhere is no better than a broken one. Blocks
//! follow each other without gaps: every byte of the file is under one checksum or another. Numbers are little-endian.
//!
//! Written by `block_writer.rs`. In memory stay 20 bytes a block. A block is read by one positioned read and checked each time; memory maps would need
//! unsafe code, and would answer a flipped bit with a wrong number.

use std::fs::File;
use std::io;
use std::ops::Deref;
use std::path::{Path, PathBuf};

use super::damage::Damage;
use super::number::Bytes;
use super::packing::unpack;
use crate::error::{Error, Result};
use crate::spill::read_at;
use crate::text::hash::{checksum, mix};

/// Begins and ends every file; the last byte is the version of this form.
pub(super) const MAGIC: &[u8; 8] = b"WCBLOCK\x01";

/// Bytes of the checksum before a payload.
pub(super) const HEAD: usize = 8;

/// Bytes of the footer.
pub(super) const FOOTER: usize = 40;

/// The longest payload: a longer one is damage, and must not fill the memory.
pub(super) const LONGEST: usize = 1 << 30;

/// What a block is a part of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Section {
    /// Words of articles; the key is the number of the first article.
    Words,
    /// Everything else that is known of articles; the key is the number of the first article.
    Cards,
    /// Sketches; the key is the number of the first article.
    Sketches,
    /// Articles by band. For this and the next three see `postings.rs`.
    Bands,
    /// Articles by sampled shingle.
    Samples,
    /// Articles by id.
    Ids,
    /// Articles by content fingerprint.
    Prints,
    /// What recurs: counts of shingles; the key is the place of the first.
    Counts,
    /// What recurs: counts of words, and sources.
    Learned,
    /// Numbers of removed articles; the key is the number of the segment.
    Removed,
}

impl Section {
    /// Every section with the name that statistics use.
    pub(super) const ALL: &[(Section, &str)] = &[
        (Section::Words, "words"),
        (Section::Cards, "cards"),
        (Section::Sketches, "sketches"),
        (Section::Bands, "bands"),
        (Section::Samples, "samples"),
        (Section::Ids, "ids"),
        (Section::Prints, "fingerprints"),
        (Section::Counts, "common text"),
        (Section::Learned, "common words"),
        (Section::Removed, "removed"),
    ];
}

/// By what a finished file is known: a file of another stamp is another file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(super) struct Stamp {
    /// Length of the file.
    pub(super) bytes: u64,
    /// Checksum of its directory.
    pub(super) id: u64,
}

/// The payload of a block, as it was read or unpacked.
#[derive(Debug)]
pub(super) struct Block {
    bytes: Vec<u8>,
    /// Where the payload begins.
    start: usize,
}

impl Deref for Block {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.bytes[self.start..]
    }
}

impl From<Vec<u8>> for Block {
    fn from(bytes: Vec<u8>) -> Self {
        Block { bytes, start: 0 }
    }
}

/// Where the blocks of one section stand, by their keys, which ascend.
#[derive(Debug, Default)]
pub(super) struct Places {
    pub(super) keys: Vec<u64>,
    pub(super) offsets: Vec<u64>,
    pub(super) lengths: Vec<u32>,
}

/// A finished file, to be read by any thread.
#[derive(Debug)]
pub(super) struct BlockFile {
    path: PathBuf,
    file: File,
    stamp: Stamp,
    sections: Vec<Places>,
    /// Where the directory stands, and how long it is with its checksum.
    directory: (u64, u64),
    /// What all checksums come to.
    content: u64,
}

impl BlockFile {
    /// Opens the file of this stamp.
    pub(super) fn open(path: &Path, stamp: Stamp) -> Result<Self> {
        let file = File::open(path).map_err(|error| Error::io("open", path, error))?;
        BlockFile::examine(path, file, stamp).map_err(|damage| damage.error())
    }

    fn examine(path: &Path, file: File, stamp: Stamp) -> Result<Self, Damage> {
        let damage = |offset: u64, what: &str| Damage::new(path, offset, what);
        let length = file.metadata().map_err(|error| damage(0, &error.to_string()))?.len();
        if length != stamp.bytes {
            let what = format!("the file has {length} bytes instead of {}", stamp.bytes);
            return Err(damage(length.min(stamp.bytes), &what));
        }
        let mut magic = [0; MAGIC.len()];
        let fail = |offset, error: io::Error| damage(offset, &error.to_string());
        read_at(&file, &mut magic, 0).map_err(|error| fail(0, error))?;
        if magic != *MAGIC {
            return Err(damage(0, "it does not begin as a file of an index does"));
        }
        let end = length.checked_sub(FOOTER as u64).ok_or_else(|| damage(0, "too short"))?;
        let mut footer = [0; FOOTER];
        read_at(&file, &mut footer, end).map_err(|error| fail(end, error))?;
        let mut numbers = Bytes(&footer);
        let [place, packed, id, sum] = [(); 4].map(|()| u64::from_le_bytes(numbers.take()));
        let is_whole = sum == checksum(&footer[..24], end) && numbers.0 == MAGIC && id == stamp.id;
        let is_placed = place.checked_add(HEAD as u64 + packed) == Some(end);
        if !is_whole || !is_placed || packed > LONGEST as u64 {
            return Err(damage(end, "the end of the file is not what was written"));
        }
        let mut opened = BlockFile {
            path: path.to_owned(),
            file,
            stamp,
            sections: Vec::new(),
            directory: (place, HEAD as u64 + packed),
            content: 0,
        };
        let payload = opened.block(place, packed as usize)?;
        let raw = unpack(&payload).ok_or_else(|| damage(place, "the directory is unreadable"))?;
        let mut bytes = Bytes(&raw);
        opened.content = u64::from_le_bytes(bytes.take());
        for _ in Section::ALL {
            let mut places = Places::default();
            let (mut key, mut offset) = (0u64, 0u64);
            for _ in 0..bytes.number() {
                key = key.wrapping_add(bytes.number());
                offset = offset.wrapping_add(bytes.number());
                let length = bytes.number();
                if offset.saturating_add(HEAD as u64).saturating_add(length) > place {
                    return Err(damage(place, "the directory leads out of the file"));
                }
                places.keys.push(key);
                places.offsets.push(offset);
                places.lengths.push(length as u32);
            }
            opened.sections.push(places);
        }
        Ok(opened)
    }

    /// The path of the file.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// By what the file is known.
    pub(super) fn stamp(&self) -> Stamp {
        self.stamp
    }

    /// The first key of each block of a section.
    pub(super) fn keys(&self, section: Section) -> &[u64] {
        &self.sections[section as usize].keys
    }

    /// Bytes that a section takes in the file.
    pub(super) fn bytes(&self, section: Section) -> u64 {
        let lengths = &self.sections[section as usize].lengths;
        lengths.iter().map(|&length| (HEAD as u64) + u64::from(length)).sum()
    }

    /// The payload of a block of a section.
    pub(super) fn read(&self, section: Section, at: usize) -> Result<Block> {
        let places = &self.sections[section as usize];
        let (offset, length) = (places.offsets[at], places.lengths[at]);
        self.block(offset, length as usize).map_err(|damage| damage.error())
    }

    /// The payload of a packed block of a section.
    pub(super) fn unpacked(&self, section: Section, at: usize) -> Result<Block> {
        let packed = self.read(section, at)?;
        let raw = unpack(&packed).map(Block::from);
        raw.ok_or_else(|| self.damage(section, at, "it cannot be unpacked").error())
    }

    /// Says that a block is not what it should be.
    pub(super) fn damage(&self, section: Section, at: usize, what: &str) -> Damage {
        Damage::new(&self.path, self.sections[section as usize].offsets[at], what)
    }

    /// Reads every byte of the file and tells of every block that is not what was written.
    pub(super) fn verify(&self, mut tell: impl FnMut(Damage)) {
        let mut blocks: Vec<(u64, u32)> = self
            .sections
            .iter()
            .flat_map(|places| places.offsets.iter().copied().zip(places.lengths.iter().copied()))
            .collect();
        blocks.sort_unstable();
        let (mut end, mut content, mut is_whole) = (MAGIC.len() as u64, 0, true);
        for (offset, length) in blocks {
            if offset != end {
                tell(Damage::new(&self.path, end, "there is a gap between two blocks"));
            }
            match self.block(offset, length as usize) {
                Ok(payload) => content = mix(content ^ checksum(&payload, offset)),
                Err(damage) => {
                    is_whole = false;
                    tell(damage);
                }
            }
            end = offset + HEAD as u64 + u64::from(length);
        }
        if end != self.directory.0 {
            tell(Damage::new(&self.path, end, "there is a gap before the directory"));
        }
        if is_whole && content != self.content {
            tell(Damage::new(&self.path, 0, "some blocks belong to another file"));
        }
    }

    fn block(&self, offset: u64, length: usize) -> Result<Block, Damage> {
        let mut bytes = vec![0; HEAD + length];
        read_at(&self.file, &mut bytes, offset)
            .map_err(|error| Damage::new(&self.path, offset, error.to_string()))?;
        let sum = checksum(&bytes[HEAD..], offset).to_le_bytes();
        if bytes[..HEAD] != sum {
            return Err(Damage::new(&self.path, offset, "a block has another checksum"));
        }
        Ok(Block { bytes, start: HEAD })
    }
}

/// Tells of every damage of a file, from whether it opens to each of its blocks.
pub(super) fn verify(path: &Path, stamp: Stamp, mut tell: impl FnMut(Damage)) {
    let opened = File::open(path).map_err(|error| Damage::new(path, 0, error.to_string()));
    match opened.and_then(|file| BlockFile::examine(path, file, stamp)) {
        Ok(file) => file.verify(tell),
        Err(damage) => tell(damage),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use proptest::prelude::*;

    use super::*;
    use crate::store::block_writer::BlockWriter;
    use crate::store::packing::pack;

    fn written(path: &Path, blocks: &[Vec<u8>]) -> Stamp {
        let mut writer = BlockWriter::create(path).unwrap();
        for (key, block) in (0..).zip(blocks) {
            let section = if key % 2 == 0 { Section::Bands } else { Section::Cards };
            writer.put(section, key, block).unwrap();
        }
        writer.finish().unwrap()
    }

    fn damages(path: &Path, stamp: Stamp) -> Vec<Damage> {
        let mut all = Vec::new();
        verify(path, stamp, |damage| all.push(damage));
        all
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_read_is_what_was_written(blocks in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 0..9)) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a");
            let stamp = written(&path, &blocks);
            prop_assert_eq!(damages(&path, stamp), []);
            let file = BlockFile::open(&path, stamp).unwrap();
            for (at, block) in blocks.iter().enumerate() {
                let section = if at % 2 == 0 { Section::Bands } else { Section::Cards };
                prop_assert_eq!(file.keys(section)[at / 2], at as u64);
                prop_assert_eq!(&file.read(section, at / 2).unwrap()[..], &block[..]);
                prop_assert_eq!(&unpack(&pack(block).unwrap()).unwrap(), block);
            }
        }

        #[test]
        fn every_flipped_bit_is_seen(at in any::<prop::sample::Index>(), bit in 0u32..8) {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("a");
            let stamp = written(&path, &[vec![1; 30], vec![], vec![3; 10]]);
            let mut bytes = fs::read(&path).unwrap();
            let at = at.index(bytes.len());
            bytes[at] ^= 1 << bit;
            fs::write(&path, &bytes).unwrap();
            let seen = damages(&path, stamp);
            prop_assert!(!seen.is_empty(), "byte {at}");
            // The damage is told within the block that has it.
            prop_assert!(seen[0].offset <= at as u64 && at as u64 - seen[0].offset < 100, "{seen:?}, byte {at}");
        }
    }

    #[test]
    fn a_file_that_was_cut_or_swapped_is_seen() {
        let folder = tempfile::tempdir().unwrap();
        let (a, b) = (folder.path().join("a"), folder.path().join("b"));
        let stamp = written(&a, &[vec![7; 99]]);
        written(&b, &[vec![8; 99]]);
        fs::copy(&b, &a).unwrap();
        assert_eq!(damages(&a, stamp).len(), 1, "a file of the same size");
        let bytes = fs::read(&b).unwrap();
        for cut in 0..bytes.len() {
            fs::write(&a, &bytes[..cut]).unwrap();
            assert_eq!(damages(&a, stamp)[0].offset, cut as u64);
        }
        fs::remove_file(&a).unwrap();
        assert_eq!(damages(&a, stamp).len(), 1);
        assert!(unpack(&[9, 0, 0, 0, 1]).is_none() && unpack(&[1]).is_none());
    }
}
