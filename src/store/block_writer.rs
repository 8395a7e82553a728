//! A file of checked blocks on its way to disk. What it consists of: `blocks.rs`.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use super::blocks::{FOOTER, LONGEST, MAGIC, Places, Section, Stamp};
use super::number::put_number;
use super::packing::pack;
use crate::error::{Error, Result};
use crate::text::hash::{checksum, mix};

/// A file that is being written.
#[derive(Debug)]
pub(super) struct BlockWriter {
    path: PathBuf,
    file: BufWriter<File>,
    offset: u64,
    sections: Vec<Places>,
    /// What all checksums come to.
    content: u64,
}

impl BlockWriter {
    /// Begins a file that must not be there yet.
    pub(super) fn create(path: &Path) -> Result<Self> {
        let file = File::create_new(path).map_err(|error| Error::io("create", path, error))?;
        let mut writer = BlockWriter {
            path: path.to_owned(),
            file: BufWriter::with_capacity(1 << 20, file),
            offset: 0,
            sections: Section::ALL.iter().map(|_| Places::default()).collect(),
            content: 0,
        };
        writer.write(MAGIC)?;
        Ok(writer)
    }

    /// Adds a block. The keys of a section must ascend; equal ones may follow each other.
    pub(super) fn put(&mut self, section: Section, key: u64, payload: &[u8]) -> Result<()> {
        let places = &mut self.sections[section as usize];
        debug_assert!(places.keys.last().is_none_or(|last| *last <= key));
        let length = u32::try_from(payload.len()).ok().filter(|length| *length <= LONGEST as u32);
        let length = length.ok_or_else(|| Error::new("an article is too long to be stored"))?;
        places.keys.push(key);
        places.offsets.push(self.offset);
        places.lengths.push(length);
        let sum = self.block(payload)?;
        self.content = mix(self.content ^ sum);
        Ok(())
    }

    /// Ends the file and makes it durable.
    pub(super) fn finish(mut self) -> Result<Stamp> {
        // With it the checksum of the directory tells files of the same shape apart.
        let mut directory = self.content.to_le_bytes().to_vec();
        for places in &self.sections {
            put_number(places.keys.len() as u64, &mut directory);
            let (mut key, mut offset) = (0, 0);
            for ((&next, &place), &length) in
                places.keys.iter().zip(&places.offsets).zip(&places.lengths)
            {
                put_number(next - key, &mut directory);
                put_number(place - offset, &mut directory);
                put_number(length.into(), &mut directory);
                (key, offset) = (next, place);
            }
        }
        let place = self.offset;
        let packed = pack(&directory)?;
        let id = self.block(&packed)?;
        let mut footer = Vec::with_capacity(FOOTER);
        for number in [place, packed.len() as u64, id] {
            footer.extend(number.to_le_bytes());
        }
        footer.extend(checksum(&footer, self.offset).to_le_bytes());
        footer.extend(MAGIC);
        self.write(&footer)?;
        let fail = |error| Error::io("write", &self.path, error);
        let file = self.file.into_inner().map_err(|error| fail(error.into_error()))?;
        file.sync_all().map_err(fail)?;
        Ok(Stamp { bytes: self.offset, id })
    }

    /// Writes a block and gives its checksum.
    fn block(&mut self, payload: &[u8]) -> Result<u64> {
        let sum = checksum(payload, self.offset);
        self.write(&sum.to_le_bytes())?;
        self.write(payload)?;
        Ok(sum)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.file.write_all(bytes).map_err(|error| Error::io("write", &self.path, error))?;
        self.offset += bytes.len() as u64;
        Ok(())
    }
}
