//! Tells the format of a stream: what was asked for, else its name, else its first bytes; and decodes it if that must come first.

use std::cell::Cell;
use std::io::{self, Cursor, Read};
use std::rc::Rc;

use serde::de::IgnoredAny;

use super::blocks::Cut;
use super::cells::Heading;
use super::csv::Rows;
use super::encoding::Encoding;
use super::fields::is_text_name;
use super::json::Values;
use super::jsonl::Lines;
use super::lists;
use super::transcode::Transcoded;
use super::warc::{self, Records};
use crate::config::Format;

/// Bytes looked at before the format is told.
const HEAD: usize = 64 << 10;
/// Bytes after which a first line that does not end is given up.
const LONG_LINE: usize = 16 << 20;

/// What the files of columns begin with.
const PARQUET: &[u8] = b"PAR1";
pub(super) const ARROW_FILE: &[u8] = b"ARROW1";
const ARROW_STREAM: &[u8] = b"\xff\xff\xff\xff";
/// Words of a cell that is read as a name where nothing but a first line tells a table.
const NAME: usize = 3;

/// How a stream of records is cut apart.
pub(super) struct Cutting {
    pub(super) cutter: Box<dyn Cut>,
    /// Of a table of cells: what stands above them.
    pub(super) heading: Option<Heading>,
}

/// A stream whose first bytes have been seen and will be read again.
pub(super) struct Head {
    seen: Vec<u8>,
    /// The stream broke while its first bytes were looked at.
    error: Option<io::Error>,
    ended: bool,
    rest: Box<dyn Read>,
    decoded: Option<Decoded>,
}

/// What was decoded before anything else could be told.
pub(super) struct Decoded {
    /// From which encoding.
    pub(super) encoding: Encoding,
    /// True if nothing says that it is this one.
    pub(super) guessed: bool,
    /// Pieces so far that the encoding does not know.
    pub(super) replaced: Rc<Cell<u64>>,
}

impl Head {
    pub(super) fn new(stream: Box<dyn Read>) -> Head {
        let mut head =
            Head { seen: Vec::new(), error: None, ended: false, rest: stream, decoded: None };
        head.see(HEAD);
        head
    }

    /// The same, decoded if it is in an encoding that hides ASCII: the one that was asked for, or UTF-16.
    pub(super) fn decoding(stream: Box<dyn Read>, asked: Option<Encoding>) -> Head {
        let head = Head::new(stream);
        let is_binary =
            [PARQUET, ARROW_FILE, ARROW_STREAM].iter().any(|m| head.seen.starts_with(m));
        if is_binary || head.start().starts_with(warc::MAGIC) {
            // Web archives count their records in bytes, and these are decoded one by one.
            return head;
        }
        let found = match (asked, wide(&head.seen)) {
            (Some(asked), _) => asked.hides_ascii().then_some((asked, false)),
            (None, found) => found,
        };
        let Some((encoding, guessed)) = found else { return head };
        let replaced = Rc::default();
        let raw = head.into_stream(false);
        let stream = Box::new(Transcoded::new(raw, encoding, Rc::clone(&replaced)));
        Head { decoded: Some(Decoded { encoding, guessed, replaced }), ..Head::new(stream) }
    }

    /// What was decoded, once.
    pub(super) fn take_decoded(&mut self) -> Option<Decoded> {
        self.decoded.take()
    }

    /// True if there is nothing but white space in the whole stream.
    pub(super) fn is_blank(&self) -> bool {
        self.ended && self.error.is_none() && self.start().is_empty()
    }

    /// The format, given the one that was asked for and the one the name tells.
    pub(super) fn format(&mut self, asked: Option<Format>, named: Option<Format>) -> Format {
        if let Some(format) = asked {
            return format;
        }
        if self.seen.starts_with(PARQUET) {
            return Format::Parquet;
        }
        if self.seen.starts_with(ARROW_FILE) {
            return Format::Arrow;
        }
        match named {
            Some(named) if named.is_one_article() => named,
            Some(Format::Json) if self.start().starts_with(b"{") && self.is_lines() => {
                Format::Jsonl
            }
            Some(Format::Json) => Format::Json,
            Some(Format::Jsonl) if self.is_array() => Format::Json,
            Some(Format::Jsonl) => Format::Jsonl,
            None if self.seen.starts_with(ARROW_STREAM) => Format::Arrow,
            Some(named) => named,
            None if self.start().starts_with(warc::MAGIC) => Format::Warc,
            None if self.is_page() => Format::Html,
            None if self.is_array() => Format::Json,
            None if self.is_object() && self.is_pretty() => Format::Json,
            None if self.is_object() => Format::Jsonl,
            None if self.is_table() => Format::Csv,
            None => Format::Text,
        }
    }

    /// How records of this format are cut; `None` where the stream is not cut into them.
    ///
    /// In web archives, of records longer than `longest` bytes only the head is cut out.
    pub(super) fn cutting(&mut self, format: Format, longest: usize) -> Option<Cutting> {
        let (cutter, heading): (Box<dyn Cut>, _) = match format {
            Format::Text | Format::Markdown | Format::Html => return None,
            Format::Parquet | Format::Arrow => return None,
            Format::Warc => (Box::new(Records::new(longest)), None),
            Format::Jsonl => (Box::<Lines>::default(), None),
            Format::Json => {
                let start = self.start();
                let list = if start.starts_with(b"{") { lists::find(start) } else { None };
                let before = self.without_mark().len() - start.len();
                match list {
                    Some(bracket) => (Box::new(Values::inside(before + bracket)), None),
                    None => (Box::<Values>::default(), None),
                }
            }
            Format::Csv => {
                let heading = self.heading();
                let delimiter = heading.as_ref().map_or(b',', |heading| heading.delimiter);
                (Box::new(Rows::below_heading(delimiter)), heading)
            }
        };
        Some(Cutting { cutter, heading })
    }

    /// The stream from its start, without a byte order mark if `mark` says so.
    pub(super) fn into_stream(mut self, without_mark: bool) -> Box<dyn Read> {
        if without_mark && self.seen.starts_with(b"\xef\xbb\xbf") {
            self.seen.drain(..3);
        }
        let broken = Broken(self.error);
        Box::new(Cursor::new(self.seen).chain(broken).chain(self.rest))
    }

    fn see(&mut self, more: usize) {
        if self.ended {
            return;
        }
        match self.rest.by_ref().take(more as u64).read_to_end(&mut self.seen) {
            Ok(count) => self.ended = count < more,
            Err(error) => {
                self.error = Some(error);
                self.ended = true;
            }
        }
    }

    /// What was seen, from the first byte that is neither white space nor a byte order mark.
    fn start(&self) -> &[u8] {
        self.without_mark().trim_ascii_start()
    }

    fn without_mark(&self) -> &[u8] {
        self.seen.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&self.seen)
    }

    /// The first row of a table.
    fn heading(&mut self) -> Option<Heading> {
        loop {
            let heading = Heading::find(self.without_mark(), self.ended);
            if heading.is_some() || self.ended || self.seen.len() > LONG_LINE {
                return heading;
            }
            self.see(self.seen.len());
        }
    }

    /// A first line of several short names, one of which is known for texts.
    fn is_table(&mut self) -> bool {
        let start = self.start();
        let line = &start[..memchr::memchr2(b'\r', b'\n', start).unwrap_or(start.len())];
        let Some(heading) = Heading::find(line, true) else { return false };
        heading.columns.len() > 1
            && heading.columns.iter().all(|name| name.split_whitespace().count() <= NAME)
            && heading.columns.iter().any(|name| is_text_name(name))
    }

    /// `[` and then what an array of records goes on with, unlike a text in brackets.
    fn is_array(&self) -> bool {
        let inside = self.start().strip_prefix(b"[").map(<[u8]>::trim_ascii_start);
        inside.is_some_and(|inside| matches!(inside, [] | [b'{' | b']', ..]))
    }

    /// A page that says what it is.
    fn is_page(&self) -> bool {
        let start = self.start();
        let begins =
            |tag: &[u8]| start.len() > tag.len() && start[..tag.len()].eq_ignore_ascii_case(tag);
        begins(b"<!doctype html") || begins(b"<html")
    }

    fn is_object(&self) -> bool {
        let inside = self.start().strip_prefix(b"{").map(<[u8]>::trim_ascii_start);
        inside.is_some_and(|inside| matches!(inside, [] | [b'"' | b'}', ..]))
    }

    /// The first line and the start of the one that follows, as far as there are any.
    fn first_lines(&mut self) -> (&[u8], &[u8]) {
        let end = loop {
            let found = memchr::memchr(b'\n', self.start());
            let next_is_seen =
                found.is_some_and(|end| !self.start()[end..].trim_ascii_start().is_empty());
            if next_is_seen || self.ended || self.seen.len() > LONG_LINE {
                break found;
            }
            self.see(self.seen.len());
        };
        let start = self.start();
        let (first, rest) = start.split_at(end.unwrap_or(start.len()));
        (first, rest.trim_ascii_start())
    }

    /// A whole object on the first line and another after it.
    fn is_lines(&mut self) -> bool {
        let (first, rest) = self.first_lines();
        rest.starts_with(b"{") && is_complete(first)
    }

    /// An object that goes on after its first line.
    fn is_pretty(&mut self) -> bool {
        let (first, rest) = self.first_lines();
        !rest.is_empty() && !rest.starts_with(b"{") && !is_complete(first)
    }
}

/// UTF-16, by its mark or, as a guess, by its NUL bytes; not UTF-32.
fn wide(seen: &[u8]) -> Option<(Encoding, bool)> {
    match seen {
        [0xff, 0xfe, 0, 0, ..] => None,
        [0xff, 0xfe, ..] => Some((Encoding::UTF_16LE, false)),
        [0xfe, 0xff, ..] => Some((Encoding::UTF_16BE, false)),
        [1..=255, 0, 1..=255, 0, 1..=255, 0, ..] => Some((Encoding::UTF_16LE, true)),
        [0, 1..=255, 0, 1..=255, 0, 1..=255, ..] => Some((Encoding::UTF_16BE, true)),
        _ => None,
    }
}

fn is_complete(line: &[u8]) -> bool {
    serde_json::from_slice::<IgnoredAny>(line).is_ok()
}

/// Gives the error that was met, once.
struct Broken(Option<io::Error>);

impl Read for Broken {
    fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
        self.0.take().map_or(Ok(0), Err)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn format(named: Option<Format>, text: &str) -> Format {
        Head::new(Box::new(Cursor::new(text.to_owned()))).format(None, named)
    }

    #[test]
    fn first_bytes_tell_what_the_name_does_not() {
        for (text, found) in [
            ("[{\"a\":1}]", Format::Json),
            ("\u{feff} [\n {", Format::Json),
            ("{\"a\":1}\n{\"a\":2}", Format::Jsonl),
            ("{\"a\":1}", Format::Jsonl),
            ("{\"a\":broken\n{\"a\":2}", Format::Jsonl),
            ("{\n  \"a\": 1\n}", Format::Json),
            ("[Updated] The minister said", Format::Text),
            ("{sic} he said", Format::Text),
            ("Plain", Format::Text),
            ("id;Text;date\n1;a;b", Format::Csv),
            ("\"id\"\t\"body\"\r\n", Format::Csv),
            ("Body, soul and everything in between\n", Format::Text),
            ("text\nJust a text.\n", Format::Text),
            ("WARC/1.0\r\n", Format::Warc),
            ("\n<!DOCTYPE HTML><p>", Format::Html),
            ("<htm> is no tag", Format::Text),
            ("", Format::Text),
        ] {
            assert_eq!(format(None, text), found, "{text}");
        }
    }

    #[test]
    fn a_json_file_may_hold_lines() {
        for (text, found) in [
            ("{\"a\":1}\n\n {\"a\":2}", Format::Jsonl),
            ("{\"a\":1}\n", Format::Json),
            ("{\"a\":\n{}}", Format::Json),
            ("[{}]", Format::Json),
        ] {
            assert_eq!(format(Some(Format::Json), text), found, "{text}");
        }
        assert_eq!(format(Some(Format::Jsonl), " [{}]"), Format::Json);
        assert_eq!(format(Some(Format::Jsonl), "[1]\n{}"), Format::Jsonl);
        assert_eq!(format(Some(Format::Text), "[{}]"), Format::Text);
    }

    #[test]
    fn a_long_first_line_is_followed_to_its_end() {
        let text = format!("{{\"a\":\"{}\"}}\n{{}}", "x".repeat(3 * HEAD));
        let mut head = Head::new(Box::new(Cursor::new(text.clone())));
        assert_eq!(head.format(None, Some(Format::Json)), Format::Jsonl);
        let mut again = String::new();
        head.into_stream(true).read_to_string(&mut again).unwrap();
        assert_eq!(again, text);
    }

    #[test]
    fn utf_16_is_decoded_before_its_format_is_told() {
        let text = "{\"a\":\"Łódź\"}\n{}";
        let units = |mark: &str| -> Vec<u8> {
            format!("{mark}{text}").encode_utf16().flat_map(u16::to_le_bytes).collect()
        };
        for (mark, guess) in [("\u{feff}", false), ("", true)] {
            let mut head = Head::decoding(Box::new(Cursor::new(units(mark))), None);
            assert_eq!(head.format(None, None), Format::Jsonl);
            let decoded = head.take_decoded().unwrap();
            assert_eq!((decoded.encoding, decoded.guessed), (Encoding::UTF_16LE, guess));
            let mut again = String::new();
            head.into_stream(false).read_to_string(&mut again).unwrap();
            assert_eq!((again.as_str(), decoded.replaced.get()), (text, 0));
        }
        let mut plain = Head::decoding(Box::new(Cursor::new(text)), "latin1".parse().ok());
        assert!(plain.take_decoded().is_none(), "its lines are found without");
    }

    #[test]
    fn an_error_comes_back_after_what_was_seen() {
        let stream = Cursor::new("\u{feff}{}").chain(Broken(Some(io::Error::other("x"))));
        let mut stream = Head::new(Box::new(stream)).into_stream(true);
        let mut again = Vec::new();
        assert_eq!(stream.read_to_end(&mut again).unwrap_err().to_string(), "x");
        assert_eq!(again, b"{}");
    }
}
