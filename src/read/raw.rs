//! A file as it stands: every decoded byte of it, with its records where parsing finds them.
//!
//! For what copies records instead of reading them. A tap in front of the blocks that parsing uses keeps the bytes they
//! drop, so that lines and numbers of records agree with every [`Origin`](crate::article::Origin) and nothing between
//! records is lost. Linear; memory: a block, and the longest record twice.

use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::rc::Rc;
use std::sync::Arc;

use super::blocks::Blocks;
pub(crate) use super::cells::{Heading, cells};
use super::encoding;
use super::open::{self, Opened, Packing};
use super::plain;
use super::sniff::{Cutting, Head};
use super::walk::Entry;
use super::warc;
use crate::config::{Format, Input};
use crate::error::{Error, Result};

/// Bytes cut at once.
const BLOCK: usize = 1 << 20;
/// What some files begin with, and no record does.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A part of a file. All parts in order are the decoded file, byte for byte.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Part<'a> {
    /// What belongs to no record: line ends, blank lines, brackets, commas, a byte order mark.
    Between(&'a [u8]),
    /// The names above a table of cells, without the line end.
    Heading(&'a [u8]),
    /// A record, with the numbers that its origin has.
    Record {
        /// As it stands, without the white space behind it.
        bytes: &'a [u8],
        /// Line of the file on which it starts, from 1.
        line: u64,
        /// Number in the file, from 1.
        number: u64,
    },
}

/// A file that was opened to be copied.
pub(crate) struct Raw {
    name: Arc<str>,
    head: Head,
    taken: Rc<Cell<u64>>,
    format: Format,
    cutting: Option<Cutting>,
    packing: Packing,
    seen: Rc<RefCell<Vec<u8>>>,
    block: usize,
    longest: usize,
}

impl Raw {
    /// Opens a file and tells its format and compression, as parsing does.
    ///
    /// # Errors
    ///
    /// If it cannot be opened, or is in an encoding in which its records cannot be told from its bytes.
    pub(crate) fn open(entry: &Entry, options: &Input) -> Result<Raw> {
        let fail = |error| Error::io("open", &entry.path, error);
        let opened = open::open(&entry.path, &options.limits).map_err(fail)?;
        let mut raw = Raw::new(opened, Arc::clone(&entry.name), options, entry.format, BLOCK);
        match raw.head.take_decoded() {
            Some(decoded) if !raw.format.is_one_article() => {
                let encoding = decoded.encoding;
                let error = Error::new(format!(
                    "{}: records cannot be cut out of {encoding} byte for byte",
                    entry.name
                ));
                Err(error.with_hint(format!(
                    "first: iconv -f {encoding} -t UTF-8 {} > utf8.jsonl",
                    entry.name
                )))
            }
            _ => Ok(raw),
        }
    }

    fn new(
        opened: Opened,
        name: Arc<str>,
        options: &Input,
        named: Option<Format>,
        block: usize,
    ) -> Raw {
        let Opened { stream, taken, packing } = opened;
        let seen = Rc::<RefCell<Vec<u8>>>::default();
        let tap = Box::new(Tap { stream, seen: Rc::clone(&seen) });
        let mut head = Head::decoding(tap, options.encoding);
        let format = head.format(options.format, named);
        let longest = options.limits.record;
        let cutting = head.cutting(format, longest);
        Raw { name, head, taken, format, cutting, packing, seen, block, longest }
    }

    /// The format of its records.
    pub(crate) fn format(&self) -> Format {
        self.format
    }

    /// The names above a table of cells, and what parts them.
    pub(crate) fn heading(&self) -> Option<&Heading> {
        self.cutting.as_ref()?.heading.as_ref()
    }

    /// The compression of the whole file.
    pub(crate) fn packing(&self) -> Packing {
        self.packing
    }

    /// Gives every part to `take`, in order.
    ///
    /// # Errors
    ///
    /// If the file cannot be read to its end, or `take` fails.
    pub(crate) fn each(self, take: &mut dyn FnMut(Part<'_>) -> Result<()>) -> Result<()> {
        let Raw { name, head, taken, format, cutting, packing, seen, block, longest } = self;
        let broken = |failure: String| Error::new(format!("{name}: {failure}"));
        let Some(Cutting { cutter, heading }) = cutting else {
            let mut bytes = Vec::new();
            let read = head.into_stream(false).read_to_end(&mut bytes);
            read.map_err(|error| broken(packing.explain(&error)))?;
            return take(Part::Record { bytes: &bytes, line: 1, number: 1 });
        };
        let mark = if format != Format::Warc && seen.borrow().starts_with(MARK) {
            MARK.len() as u64
        } else {
            0
        };
        let mut blocks =
            Blocks::new(head.into_stream(mark > 0), taken, packing, cutter, block, longest);
        let mut given = 0;
        let mut heading = heading.map(|heading| heading.span);
        for block in blocks.by_ref() {
            let start = (mark + block.decoded_before - given) as usize;
            let end = start + block.data.len();
            // It stands before the first record, and so whole in the first part.
            if heading.as_ref().is_some_and(|span| end < mark as usize + span.end) {
                continue;
            }
            let part: Vec<u8> = seen.borrow_mut().drain(..end).collect();
            let mut at = 0;
            if let Some(span) = heading.take() {
                let (from, to) = (mark as usize + span.start, mark as usize + span.end);
                between(&part[..from], take)?;
                take(Part::Heading(&part[from..to]))?;
                at = to;
            }
            for (span, number) in block.spans.iter().zip(block.records_before + 1..) {
                between(&part[at..start + span.start], take)?;
                at = start + span.end;
                let bytes = &part[start + span.start..at];
                take(Part::Record { bytes, line: span.line, number })?;
            }
            between(&part[at..], take)?;
            given += part.len() as u64;
        }
        if let Some(failure) = blocks.failure() {
            return Err(broken(failure));
        }
        let rest = std::mem::take(&mut *seen.borrow_mut());
        between(&rest, take)
    }
}

/// The text of the article that a record or a whole file of a format without fields holds.
pub(crate) fn text_of(
    file: &Arc<str>,
    format: Format,
    bytes: &[u8],
    (line, number): (u64, u64),
    options: &Input,
) -> Option<String> {
    let (article, _) = match format {
        Format::Warc => warc::article(file, bytes, (line, number), options),
        _ => plain::parse(file, "", format, bytes, options),
    };
    article.map(|article| article.text)
}

/// The text of a record, as it was read.
pub(crate) fn decoded<'a>(bytes: &'a [u8], options: &Input) -> Cow<'a, str> {
    let decoded = encoding::decode(bytes, encoding::of_records(options), None);
    decoded.map_or_else(|_| String::from_utf8_lossy(bytes), |(text, _)| text)
}

fn between(bytes: &[u8], take: &mut dyn FnMut(Part<'_>) -> Result<()>) -> Result<()> {
    if bytes.is_empty() { Ok(()) } else { take(Part::Between(bytes)) }
}

/// Keeps a copy of everything that is read.
struct Tap {
    stream: Box<dyn Read>,
    seen: Rc<RefCell<Vec<u8>>>,
}

impl Read for Tap {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.stream.read(buffer)?;
        self.seen.borrow_mut().extend_from_slice(&buffer[..count]);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;
    use crate::read::blocks::tests::cut_all;

    type Records = Vec<(u64, Vec<u8>)>;

    /// Everything that was given, and the records with their lines.
    fn parts(raw: Vec<u8>, format: Format, block: usize) -> Result<(Vec<u8>, Records)> {
        let options = Input { format: Some(format), ..Input::default() };
        let raw = Box::new(Cursor::new(raw));
        let opened = open::unpack(raw, Path::new("x"), &options.limits).unwrap();
        let (mut all, mut records) = (Vec::new(), Records::new());
        Raw::new(opened, Arc::from("x"), &options, None, block).each(&mut |part| {
            match part {
                Part::Between(bytes) | Part::Heading(bytes) => all.extend_from_slice(bytes),
                Part::Record { bytes, line, number } => {
                    all.extend_from_slice(bytes);
                    records.push((line, bytes.to_vec()));
                    assert_eq!(number, records.len() as u64);
                }
            }
            Ok(())
        })?;
        Ok((all, records))
    }

    #[test]
    fn a_byte_order_mark_and_compression_change_no_record() {
        let text = b"\xef\xbb\xbf{\"a\":1}\r\n\n {\"b\":2}";
        for raw in [text.to_vec(), open::tests::gzip(text), open::tests::zst(text)] {
            let (all, records) = parts(raw, Format::Jsonl, 4).unwrap();
            assert_eq!(all, text);
            assert_eq!(records, [(1, b"{\"a\":1}".to_vec()), (3, b" {\"b\":2}".to_vec())]);
        }
    }

    #[test]
    fn a_text_is_one_record() {
        let (all, records) = parts(b"\xef\xbb\xbfOne.\r\n".to_vec(), Format::Text, 4).unwrap();
        assert_eq!((all.len(), records.len(), records[0].0), (9, 1, 1));
    }

    #[test]
    fn a_cut_stream_is_an_error() {
        let text = b"{\"a\":1}\n".repeat(30_000);
        let mut raw = open::tests::gzip(&text);
        raw.truncate(raw.len() - 9);
        let error = parts(raw, Format::Jsonl, 1 << 16).unwrap_err().to_string();
        assert!(error.starts_with("x: the gzip stream ends too early"), "{error}");
    }

    #[test]
    fn the_heading_stands_apart() {
        let text = b"\xef\xbb\xbf\r\nid,\"te\nxt\"\r\n\n1,a\r\n2,\"b\n\"";
        for block in 1..40 {
            let options = Input { format: Some(Format::Csv), ..Input::default() };
            let raw = Box::new(Cursor::new(text.to_vec()));
            let opened = open::unpack(raw, Path::new("x"), &options.limits).unwrap();
            let mut found = Vec::new();
            Raw::new(opened, Arc::from("x"), &options, None, block)
                .each(&mut |part| {
                    found.push(match part {
                        Part::Between(bytes) => (0, bytes.to_vec()),
                        Part::Heading(bytes) => (1, bytes.to_vec()),
                        Part::Record { bytes, line, .. } => (line, bytes.to_vec()),
                    });
                    Ok(())
                })
                .unwrap();
            let heading = found.iter().position(|part| *part == (1, b"id,\"te\nxt\"".to_vec()));
            assert_eq!(heading, Some(1), "{block}");
            let records: Vec<_> = found.iter().filter(|(line, _)| *line > 1).cloned().collect();
            assert_eq!(records, [(5, b"1,a".to_vec()), (6, b"2,\"b\n\"".to_vec())]);
            let all: Vec<u8> = found.into_iter().flat_map(|(_, bytes)| bytes).collect();
            assert_eq!(all, text);
        }
    }

    proptest! {
        #[test]
        fn all_bytes_come_back_and_records_are_those_of_parsing(
            text in "(\u{feff})?([\\[\\]{}\",:ax \r]{0,9}\n){0,9}[\\[\\]{}\",:ax ]{0,9}",
            block in 1usize..30,
            lines: bool,
        ) {
            let format = if lines { Format::Jsonl } else { Format::Json };
            let mut head = Head::new(Box::new(Cursor::new(text.clone())));
            let cutter = head.cutting(format, 1 << 30).unwrap().cutter;
            let inside = text.as_bytes().strip_prefix(MARK).unwrap_or(text.as_bytes());
            let (expected, failure) = cut_all(cutter, inside, 1 << 20);
            match parts(text.clone().into_bytes(), format, block) {
                Ok((all, records)) => {
                    prop_assert_eq!(failure, None);
                    prop_assert_eq!(all, text.as_bytes());
                    prop_assert_eq!(records, expected);
                }
                Err(_) => prop_assert!(failure.is_some()),
            }
        }
    }
}
