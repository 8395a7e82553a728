//! Writes a file under the compression that another one had.
//!
//! gzip and zstd at the level their programs take where nothing is said: how hard a file was compressed does not stand in it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;

use crate::error::{Error, Result};
use crate::read::Packing;

/// Bytes written at once.
pub(super) const BUFFER: usize = 256 << 10;
/// The level of the zstd program.
const ZSTD_LEVEL: i32 = 3;

/// A file that is compressed as another one was.
pub(super) struct Packer {
    path: PathBuf,
    out: Packed,
}

enum Packed {
    Gzip(GzEncoder<BufWriter<File>>),
    Plain(BufWriter<File>),
    Zstd(zstd::Encoder<'static, BufWriter<File>>),
}

impl Packer {
    /// Begins to write to `file`, which errors call `path`.
    pub(super) fn new(file: File, packing: Packing, path: &Path) -> Result<Packer> {
        let file = BufWriter::with_capacity(BUFFER, file);
        let zstd = |file| {
            let mut encoder = zstd::Encoder::new(file, ZSTD_LEVEL)?;
            encoder.include_checksum(true)?;
            Ok(encoder)
        };
        let out = match packing {
            Packing::Gzip => Packed::Gzip(GzEncoder::new(file, Compression::default())),
            Packing::Plain => Packed::Plain(file),
            Packing::Zstd => {
                Packed::Zstd(zstd(file).map_err(|error| Error::io("write", path, error))?)
            }
        };
        Ok(Packer { path: path.to_owned(), out })
    }

    /// Writes bytes of the decoded file.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        let written = match &mut self.out {
            Packed::Gzip(out) => out.write_all(bytes),
            Packed::Plain(out) => out.write_all(bytes),
            Packed::Zstd(out) => out.write_all(bytes),
        };
        written.map_err(|error| Error::io("write", &self.path, error))
    }

    /// Writes what is still held back.
    pub(super) fn finish(self) -> Result<()> {
        let flushed = match self.out {
            Packed::Gzip(out) => out.finish(),
            Packed::Plain(out) => Ok(out),
            Packed::Zstd(out) => out.finish(),
        };
        let flushed = flushed.and_then(|mut out| out.flush());
        flushed.map_err(|error| Error::io("write", &self.path, error))
    }
}
