//! Opens an input and takes the compression off it.
//!
//! The first bytes decide: a `.gz` that is plain inside is read as it is. Several gzip members, zstd frames, bzip2 or xz
//! streams in a row are one stream. Windows go up to 2 GiB (`zstd --long=31`), of which only what is used takes memory.
//!
//! Limit: what grows to more than so many times its size (see [`Limits`]) is given up, so that a small file can neither
//! fill the memory with its window nor keep a run busy for days. Small outputs are never asked.

use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::rc::Rc;

use bzip2::bufread::MultiBzDecoder;
use flate2::bufread::MultiGzDecoder;
use lzma_rust2::XzReader;

use crate::config::Limits;

/// Bytes read from a file at once.
const BUFFER: usize = 256 << 10;
/// The largest zstd window (as a power of two) that is accepted.
const WINDOW_LOG: u32 = 31;
/// The most that an xz decoder may ask for, in KiB: the same.
const XZ_MEMORY: u32 = 1 << (WINDOW_LOG - 10);
/// Decoded bytes up to which nothing is asked.
const HARMLESS: u64 = 256 << 20;
/// Bytes that may be lost before a place at which an xz stream is broken.
const STEP: usize = 4 << 10;
/// Bytes by which a compression is known.
const MAGIC: usize = 10;

/// An input ready to be read.
pub(super) struct Opened {
    /// The decoded bytes.
    pub(super) stream: Box<dyn Read>,
    /// Bytes of the file itself taken so far, before decompression.
    pub(super) taken: Rc<Cell<u64>>,
    /// What was taken off.
    pub(super) packing: Packing,
}

/// A compression of a whole file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Packing {
    Bzip2,
    Gzip,
    Plain,
    Xz,
    Zstd,
}

impl Packing {
    /// What went wrong with a stream of this kind, in words.
    pub(super) fn explain(self, error: &io::Error) -> String {
        let name = match self {
            Packing::Bzip2 => "bzip2",
            Packing::Gzip => "gzip",
            Packing::Plain => return format!("cannot be read to its end ({error})"),
            Packing::Xz => "xz",
            Packing::Zstd => "zstd",
        };
        match error.kind() {
            io::ErrorKind::FileTooLarge => format!("the {name} stream {error}"),
            io::ErrorKind::UnexpectedEof => format!("the {name} stream ends too early"),
            _ => format!("the {name} stream is broken ({error})"),
        }
    }

    fn of(head: &[u8], path: &Path) -> Packing {
        match head {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            [b'B', b'Z', b'h', b'1'..=b'9', 0x31, 0x41, 0x59, 0x26, 0x53, 0x59]
            | [b'B', b'Z', b'h', b'1'..=b'9', 0x17, 0x72, 0x45, 0x38, 0x50, 0x90] => Packing::Bzip2,
            [0xfd, b'7', b'z', b'X', b'Z', 0, ..] => Packing::Xz,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Packing::Zstd,
            // Only bytes that no text begins with are left to the decoder, which will say what is wrong with them.
            [first, ..] if *first < b'\t' || *first >= 0xf8 => {
                match path.extension().and_then(|e| e.to_str()) {
                    Some("bz2") => Packing::Bzip2,
                    Some("gz") => Packing::Gzip,
                    Some("xz") => Packing::Xz,
                    Some("zst") => Packing::Zstd,
                    _ => Packing::Plain,
                }
            }
            _ => Packing::Plain,
        }
    }
}

/// Opens a path; `-` is standard input.
pub(super) fn open(path: &Path, limits: &Limits) -> io::Result<Opened> {
    if path == Path::new("-") {
        return unpack(Box::new(io::stdin().lock()), path, limits);
    }
    let file = std::fs::File::open(path)?;
    unpack(Box::new(file), path, limits)
}

/// Takes the compression off a raw stream.
pub(super) fn unpack(raw: Box<dyn Read>, path: &Path, limits: &Limits) -> io::Result<Opened> {
    let taken = Rc::new(Cell::new(0));
    let mut raw = Counted { raw, taken: Rc::clone(&taken) };
    let mut head = Vec::with_capacity(MAGIC);
    raw.by_ref().take(MAGIC as u64).read_to_end(&mut head)?;
    let packing = Packing::of(&head, path);
    let whole = Cursor::new(head).chain(raw);
    if packing == Packing::Plain {
        return Ok(Opened { stream: Box::new(whole), taken, packing });
    }
    let whole = BufReader::with_capacity(BUFFER, whole);
    // The xz decoder forgets what it decoded in the call that meets an error, besides the chunk that is cut.
    let step = if packing == Packing::Xz { STEP } else { usize::MAX };
    let decoded: Box<dyn Read> = match packing {
        Packing::Plain => Box::new(whole),
        Packing::Bzip2 => Box::new(MultiBzDecoder::new(whole)),
        Packing::Gzip => Box::new(MultiGzDecoder::new(whole)),
        Packing::Xz => Box::new(XzReader::new_mem_limit(whole, true, XZ_MEMORY)),
        Packing::Zstd => {
            let mut decoder = zstd::stream::read::Decoder::with_buffer(whole)?;
            decoder.window_log_max(WINDOW_LOG)?;
            Box::new(decoder)
        }
    };
    let stream = Box::new(Bounded {
        decoded,
        given: 0,
        taken: Rc::clone(&taken),
        ratio: limits.ratio,
        step,
    });
    Ok(Opened { stream, taken, packing })
}

/// Ends a stream that grows to more than a file of records would.
struct Bounded {
    decoded: Box<dyn Read>,
    given: u64,
    taken: Rc<Cell<u64>>,
    ratio: u64,
    /// Bytes decoded at once, at most.
    step: usize,
}

impl Read for Bounded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given > HARMLESS && self.given / self.ratio > self.taken.get() {
            let words = format!(
                "grows to more than {} times its size; if it is no bomb: --max-ratio with a larger number; given up",
                self.ratio
            );
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, words));
        }
        let most = buffer.len().min(self.step);
        let count = self.decoded.read(&mut buffer[..most])?;
        self.given += count as u64;
        Ok(count)
    }
}

/// Counts what passes through, for progress in bytes of the file.
struct Counted {
    raw: Box<dyn Read>,
    taken: Rc<Cell<u64>>,
}

impl Read for Counted {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.raw.read(buffer)?;
        self.taken.set(self.taken.get() + count as u64);
        Ok(count)
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::Write;

    pub(in super::super) fn gzip(data: &[u8]) -> Vec<u8> {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    pub(in super::super) fn zst(data: &[u8]) -> Vec<u8> {
        zstd::encode_all(data, 1).unwrap()
    }

    pub(in super::super) fn bz2(data: &[u8]) -> Vec<u8> {
        let mut encoder = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::fast());
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    pub(in super::super) fn xz(data: &[u8]) -> Vec<u8> {
        let options = lzma_rust2::XzOptions::with_preset(1);
        let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
        encoder.write_all(data).unwrap();
        encoder.finish().unwrap()
    }

    fn decoded(raw: Vec<u8>, name: &str) -> (Packing, u64, Vec<u8>, io::Result<usize>) {
        let limits = Limits::default();
        let mut opened = unpack(Box::new(Cursor::new(raw)), Path::new(name), &limits).unwrap();
        let mut out = Vec::new();
        let result = opened.stream.read_to_end(&mut out);
        (opened.packing, opened.taken.get(), out, result)
    }

    #[test]
    fn the_first_bytes_decide() {
        let text = b"one\ntwo\n".repeat(1000);
        for (raw, name, packing) in [
            (text.clone(), "a.txt", Packing::Plain),
            (text.clone(), "a.gz", Packing::Plain),
            (gzip(&text), "a.txt", Packing::Gzip),
            (zst(&text), "a.gz", Packing::Zstd),
            (bz2(&text), "a", Packing::Bzip2),
            (xz(&text), "a.gz", Packing::Xz),
            (b"BZh9 is a word".to_vec(), "a.bz2", Packing::Plain),
        ] {
            let size = raw.len() as u64;
            let text = if packing == Packing::Plain { raw.clone() } else { text.clone() };
            let (found, taken, out, result) = decoded(raw, name);
            assert!(
                result.is_ok() && found == packing && taken == size && out == text,
                "{name} {packing:?}"
            );
        }
    }

    #[test]
    fn members_and_frames_in_a_row_are_one_stream() {
        for pack in [bz2, gzip, xz, zst] {
            let mut raw = pack(b"one ");
            raw.extend(pack(b"two"));
            assert_eq!(decoded(raw, "x").2, b"one two");
        }
    }

    #[test]
    fn short_and_empty_inputs_are_plain() {
        for raw in [b"".to_vec(), b"a".to_vec(), b"abc".to_vec()] {
            let (packing, _, out, result) = decoded(raw.clone(), "x.gz");
            assert!(packing == Packing::Plain && out == raw && result.is_ok());
        }
    }

    #[test]
    fn what_stands_before_a_cut_is_delivered() {
        // Not too regular: xz decodes chunks of 64 KiB, and none of them by half.
        let number = |i: u32| format!("{} ", i.wrapping_mul(2_654_435_761));
        let text: Vec<u8> = (0..40_000u32).flat_map(|i| number(i).into_bytes()).collect();
        let packs =
            [(bz2 as fn(&[u8]) -> Vec<u8>, "bzip2"), (gzip, "gzip"), (xz, "xz"), (zst, "zstd")];
        for (pack, words) in packs {
            let mut raw = pack(&text);
            raw.truncate(raw.len() * 9 / 10);
            let (packing, _, out, result) = decoded(raw, "x");
            assert!(out.len() > text.len() / 2 && text.starts_with(&out), "{words} {}", out.len());
            let message = packing.explain(&result.unwrap_err());
            assert_eq!(message, format!("the {words} stream ends too early"));
        }
    }

    /// Damage anywhere is an error or changes nothing that is checked; never a panic, never without end.
    #[test]
    fn damaged_streams_are_broken_streams() {
        let text: Vec<u8> = (0..1_000u32).flat_map(|i| format!("{i} ").into_bytes()).collect();
        for pack in [bz2 as fn(&[u8]) -> Vec<u8>, gzip, xz, zst] {
            let whole = pack(&text);
            for at in (0..whole.len()).step_by(7).chain(0..64.min(whole.len())) {
                let mut raw = whole.clone();
                raw[at] ^= 0x55;
                let (packing, _, out, result) = decoded(raw, "x");
                let unchecked = matches!(packing, Packing::Plain | Packing::Zstd);
                let intact = unchecked || out == text;
                assert!(result.is_err() || intact, "{packing:?} at {at}: {} bytes", out.len());
            }
        }
    }

    #[test]
    fn what_grows_too_much_is_given_up() {
        let raw = zst(&vec![b'x'; 64 << 20]).repeat(6);
        let limits = Limits::default();
        let mut opened = unpack(Box::new(Cursor::new(raw)), Path::new("x"), &limits).unwrap();
        let error = io::copy(&mut opened.stream, &mut io::sink()).unwrap_err();
        let words = opened.packing.explain(&error);
        assert!(words.starts_with("the zstd stream grows to more than 1000 times"), "{words}");
    }

    #[test]
    fn binary_bytes_under_a_packed_name_are_a_broken_stream() {
        let (packing, _, _, result) = decoded(vec![0; 100], "x.gz");
        assert!(packing.explain(&result.unwrap_err()).starts_with("the gzip stream is broken ("));
    }
}
