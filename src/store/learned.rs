//! What recurs in an index, as it was learned from all of it at one moment: the table of common text, in a file.
//!
//! A scan learns afresh what recurs. A query cannot, and judges by the table that was learned last; the id of the table is
//! in the manifest, so that the same index gives the same answers. The file holds the counts over all and within sources in
//! blocks of a mebibyte, packed, then the counts of words and the sources: at most 292 MiB before packing.

use std::path::Path;

use super::block_writer::BlockWriter;
use super::blocks::{BlockFile, Section, Stamp};
use super::damage::Damage;
use super::number::Bytes;
use super::packing::pack;
use crate::error::Result;
use crate::find::common::{CommonText, Outline};

/// Bytes of counts of one block.
const TOGETHER: usize = 1 << 20;

/// Writes a table to a file that must not be there yet.
pub(super) fn write(common: &CommonText, path: &Path) -> Result<Stamp> {
    let mut file = BlockWriter::create(path)?;
    let blocks = common.counts().into_iter().flat_map(|counts| counts.chunks(TOGETHER));
    for (at, counts) in (0..).zip(blocks) {
        file.put(Section::Counts, at, &pack(counts)?)?;
    }
    let Outline { sources, words, groups, places } = common.outline();
    let mut learned = Vec::new();
    for number in [groups, places[0] as u32, places[1] as u32, words.len() as u32] {
        learned.extend(number.to_le_bytes());
    }
    learned.extend(words.iter().flat_map(|count| count.to_le_bytes()));
    learned.extend(sources.iter().flat_map(|source| source.to_le_bytes()));
    file.put(Section::Learned, 0, &pack(&learned)?)?;
    file.finish()
}

/// Reads a table back, block by block to where it stays.
pub(super) fn read(path: &Path, stamp: Stamp) -> Result<CommonText> {
    let file = BlockFile::open(path, stamp)?;
    let wrong = || Damage::new(path, 0, "it is no table of common text").error();
    if file.keys(Section::Learned).is_empty() {
        return Err(wrong());
    }
    let learned = file.unpacked(Section::Learned, 0)?;
    let mut bytes = Bytes(&learned);
    let [groups, all, within, length] = [(); 4].map(|()| u32::from_le_bytes(bytes.take()));
    let (words, _) = bytes.slice(size_of::<u32>() * length as usize).as_chunks();
    let words = words.iter().copied().map(u32::from_le_bytes).collect();
    let (sources, _) = bytes.0.as_chunks();
    let sources = sources.iter().copied().map(u64::from_le_bytes).collect();
    let places = [all as usize, within as usize];
    let table = CommonText::from_outline(Outline { sources, words, groups, places }, |tables| {
        let blocks = tables.into_iter().flat_map(|counts| counts.chunks_mut(TOGETHER));
        for (at, counts) in blocks.enumerate() {
            if at == file.keys(Section::Counts).len() {
                return Err(wrong());
            }
            let block = file.unpacked(Section::Counts, at)?;
            if block.len() != counts.len() {
                return Err(file
                    .damage(Section::Counts, at, "it is too short or too long")
                    .error());
            }
            counts.copy_from_slice(&block);
        }
        Ok(())
    })?;
    table.ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::common::tests::common_within;
    use crate::text::Words;
    use crate::text::shingle::shingle_set;

    #[test]
    fn a_table_is_read_as_it_was_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        let often = Words::new("one two three four five six seven");
        let seldom = Words::new("eight nine ten eleven twelve");
        let (table, [outlet, other]) = common_within(900_000, &often, &seldom);
        let stamp = write(&table, &path).unwrap();
        let read = read(&path, stamp).unwrap();
        assert_eq!((read.outline(), read.counts()), (table.outline(), table.counts()));
        assert!(read.counts()[0].len() > TOGETHER);
        let mut common = 0;
        for words in [&often, &seldom] {
            for shingle in shingle_set(&words.ids, &words.kinds, 0) {
                for source in [outlet, other, None] {
                    let is_common = |table: &CommonText| table.is_common(shingle, source);
                    assert_eq!(is_common(&read), is_common(&table));
                    common += usize::from(is_common(&read));
                }
            }
            for &word in &words.ids {
                assert_eq!(read.is_rare_word(word), table.is_rare_word(word));
            }
        }
        assert_eq!(common, 5, "the five shingles of one outlet, and in no other");
        assert!(!read.is_rare_word(often.ids[0]) && read.is_rare_word(seldom.ids[0]));
    }
}
