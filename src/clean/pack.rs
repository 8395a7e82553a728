//! Writes a file under the compression that another one had.
//!
//! Each at the level its program takes where nothing is said: how hard a file was compressed does not stand in it.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use bzip2::write::BzEncoder;
use flate2::Compression;
use flate2::write::GzEncoder;
use lzma_rust2::{XzOptions, XzWriter};

use crate::error::{Error, Result};
use crate::read::Packing;

/// Bytes written at once.
pub(super) const BUFFER: usize = 256 << 10;
/// The level of the zstd program.
const ZSTD_LEVEL: i32 = 3;
/// The level of the xz program.
const XZ_LEVEL: u32 = 6;

/// A file that is compressed as another one was.
pub(super) struct Packer {
    path: PathBuf,
    out: Packed,
    /// Something was written to the member.
    begun: bool,
}

enum Packed {
    /// While one member ends and the next begins.
    Nowhere,
    Bzip2(BzEncoder<BufWriter<File>>),
    Gzip(GzEncoder<BufWriter<File>>),
    Plain(BufWriter<File>),
    Xz(Box<XzWriter<BufWriter<File>>>),
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
        let fail = |error| Error::io("write", path, error);
        let out = match packing {
            Packing::Bzip2 => Packed::Bzip2(BzEncoder::new(file, bzip2::Compression::best())),
            Packing::Gzip => Packed::Gzip(GzEncoder::new(file, Compression::default())),
            Packing::Plain => Packed::Plain(file),
            Packing::Xz => {
                let xz = XzWriter::new(file, XzOptions::with_preset(XZ_LEVEL));
                Packed::Xz(Box::new(xz.map_err(fail)?))
            }
            Packing::Zstd => Packed::Zstd(zstd(file).map_err(fail)?),
        };
        Ok(Packer { path: path.to_owned(), out, begun: false })
    }

    /// Writes bytes of the decoded file.
    pub(super) fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.begun |= !bytes.is_empty();
        let written = match &mut self.out {
            Packed::Nowhere => Ok(()),
            Packed::Bzip2(out) => out.write_all(bytes),
            Packed::Gzip(out) => out.write_all(bytes),
            Packed::Plain(out) => out.write_all(bytes),
            Packed::Xz(out) => out.write_all(bytes),
            Packed::Zstd(out) => out.write_all(bytes),
        };
        written.map_err(|error| Error::io("write", &self.path, error))
    }

    /// Begins a member of its own under gzip, as web archives have one for every record.
    pub(super) fn member(&mut self) -> Result<()> {
        self.out = match std::mem::replace(&mut self.out, Packed::Nowhere) {
            Packed::Gzip(out) if self.begun => {
                let file = out.finish().map_err(|error| Error::io("write", &self.path, error))?;
                Packed::Gzip(GzEncoder::new(file, Compression::default()))
            }
            out => out,
        };
        self.begun = false;
        Ok(())
    }

    /// Writes what is still held back.
    pub(super) fn finish(self) -> Result<()> {
        let flushed = match self.out {
            Packed::Nowhere => return Ok(()),
            Packed::Bzip2(out) => out.finish(),
            Packed::Gzip(out) => out.finish(),
            Packed::Plain(out) => Ok(out),
            Packed::Xz(out) => out.finish(),
            Packed::Zstd(out) => out.finish(),
        };
        let flushed = flushed.and_then(|mut out| out.flush());
        flushed.map_err(|error| Error::io("write", &self.path, error))
    }
}
