//! Payloads packed by zstd, one block by itself, and unpacked again within their stated length.

use std::cell::RefCell;
use std::io;

use super::blocks::LONGEST;
use crate::error::{Error, Result};

/// How hard payloads are packed: twice the level takes twice the time and saves a few percent.
const LEVEL: i32 = 1;

/// Packs payloads, one after the other.
#[derive(Default)]
pub(super) struct Packer(Option<zstd::bulk::Compressor<'static>>);

impl Packer {
    /// Packs a payload.
    pub(super) fn pack(&mut self, raw: &[u8]) -> Result<Vec<u8>> {
        let fail = |error: io::Error| Error::new(format!("cannot compress: {error}"));
        let compressor = match &mut self.0 {
            Some(compressor) => compressor,
            None => self.0.insert(zstd::bulk::Compressor::new(LEVEL).map_err(fail)?),
        };
        let mut packed = (raw.len() as u32).to_le_bytes().to_vec();
        packed.extend(compressor.compress(raw).map_err(fail)?);
        Ok(packed)
    }
}

thread_local! {
    /// What unpacks on this thread: it takes longer to make, and to clear its pages, than to unpack a block.
    static UNPACKER: RefCell<Option<zstd::bulk::Decompressor<'static>>> = const { RefCell::new(None) };
}

/// Packs a payload.
pub(super) fn pack(raw: &[u8]) -> Result<Vec<u8>> {
    Packer::default().pack(raw)
}

/// What [`pack`] packed; `None` if it is something else.
pub(super) fn unpack(packed: &[u8]) -> Option<Vec<u8>> {
    let (length, body) = packed.split_first_chunk()?;
    let length = u32::from_le_bytes(*length) as usize;
    let raw = UNPACKER.with_borrow_mut(|kept| {
        let unpacker = match kept {
            Some(unpacker) => unpacker,
            None => kept.insert(zstd::bulk::Decompressor::new().ok()?),
        };
        unpacker.decompress(body, length.min(LONGEST)).ok()
    })?;
    (raw.len() == length).then_some(raw)
}
