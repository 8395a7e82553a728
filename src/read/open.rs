//! Opens an input and takes the compression off it.
//!
//! The first bytes decide: a `.gz` that is plain inside is read as it is. Several gzip members or zstd frames in a
//! row are one stream. zstd windows go up to 2 GiB (`--long=31`), which the decoder only allocates if a frame asks.

use std::cell::Cell;
use std::io::{self, BufReader, Cursor, Read};
use std::path::Path;
use std::rc::Rc;

use flate2::bufread::MultiGzDecoder;

/// Bytes read from a file at once.
const BUFFER: usize = 256 << 10;
/// The largest zstd window (as a power of two) that is accepted.
const WINDOW_LOG: u32 = 31;

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
    Gzip,
    Plain,
    Zstd,
}

impl Packing {
    /// What went wrong with a stream of this kind, in words.
    pub(super) fn explain(self, error: &io::Error) -> String {
        let name = match self {
            Packing::Gzip => "gzip",
            Packing::Plain => return format!("cannot be read to its end ({error})"),
            Packing::Zstd => "zstd",
        };
        match error.kind() {
            io::ErrorKind::UnexpectedEof => format!("the {name} stream ends too early"),
            _ => format!("the {name} stream is broken ({error})"),
        }
    }

    fn of(head: &[u8], path: &Path) -> Packing {
        match head {
            [0x1f, 0x8b, ..] => Packing::Gzip,
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Packing::Zstd,
            // Only bytes that no text begins with are left to the decoder, which will say what is wrong with them.
            [first, ..] if *first < b'\t' || *first >= 0xf8 => {
                match path.extension().and_then(|e| e.to_str()) {
                    Some("gz") => Packing::Gzip,
                    Some("zst") => Packing::Zstd,
                    _ => Packing::Plain,
                }
            }
            _ => Packing::Plain,
        }
    }
}

/// Opens a path; `-` is standard input.
pub(super) fn open(path: &Path) -> io::Result<Opened> {
    if path == Path::new("-") {
        return unpack(Box::new(io::stdin().lock()), path);
    }
    let file = std::fs::File::open(path)?;
    unpack(Box::new(file), path)
}

/// Takes the compression off a raw stream.
pub(super) fn unpack(raw: Box<dyn Read>, path: &Path) -> io::Result<Opened> {
    let taken = Rc::new(Cell::new(0));
    let mut raw = Counted { raw, taken: Rc::clone(&taken) };
    let mut head = Vec::with_capacity(4);
    raw.by_ref().take(4).read_to_end(&mut head)?;
    let packing = Packing::of(&head, path);
    let whole = Cursor::new(head).chain(raw);
    let stream: Box<dyn Read> = match packing {
        Packing::Plain => Box::new(whole),
        Packing::Gzip => Box::new(MultiGzDecoder::new(BufReader::with_capacity(BUFFER, whole))),
        Packing::Zstd => {
            let mut decoder =
                zstd::stream::read::Decoder::with_buffer(BufReader::with_capacity(BUFFER, whole))?;
            decoder.window_log_max(WINDOW_LOG)?;
            Box::new(decoder)
        }
    };
    Ok(Opened { stream, taken, packing })
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

    fn decoded(raw: Vec<u8>, name: &str) -> (Packing, u64, Vec<u8>, io::Result<usize>) {
        let mut opened = unpack(Box::new(Cursor::new(raw)), Path::new(name)).unwrap();
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
        ] {
            let size = raw.len() as u64;
            let (found, taken, out, result) = decoded(raw, name);
            assert!(
                result.is_ok() && found == packing && taken == size && out == text,
                "{name} {packing:?}"
            );
        }
    }

    #[test]
    fn members_and_frames_in_a_row_are_one_stream() {
        for pack in [gzip, zst] {
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
        let text: Vec<u8> = (0..200_000u32).flat_map(|i| format!("{i} ").into_bytes()).collect();
        for (pack, words) in [(gzip as fn(&[u8]) -> Vec<u8>, "gzip"), (zst, "zstd")] {
            let mut raw = pack(&text);
            raw.truncate(raw.len() * 9 / 10);
            let (packing, _, out, result) = decoded(raw, "x");
            assert!(out.len() > text.len() / 2 && text.starts_with(&out), "{words} {}", out.len());
            let message = packing.explain(&result.unwrap_err());
            assert_eq!(message, format!("the {words} stream ends too early"));
        }
    }

    #[test]
    fn binary_bytes_under_a_packed_name_are_a_broken_stream() {
        let (packing, _, _, result) = decoded(vec![0; 100], "x.gz");
        assert!(packing.explain(&result.unwrap_err()).starts_with("the gzip stream is broken ("));
    }
}
