//! Reads one file, from opening it to the pieces that can be parsed on their own.
//!
//! The same code serves big files (pieces go to all threads) and small ones (one thread does the whole file).

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;
use std::sync::Arc;

use super::blocks::{Block, Blocks};
use super::cells::{self, Heading};
use super::columns::{self, Rest, Rows};
use super::encoding;
use super::fields;
use super::open::{self, Opened, Packing};
use super::plain;
use super::record::Layout;
use super::sniff::{Cutting, Head};
use super::survey::{Survey, Value};
use super::walk::Entry;
use crate::article::{Origin, Problem, ProblemKind};
use crate::config::{FieldNames, Format, Input};
use crate::error::Error;

/// A part of a file, in order.
pub(super) enum Piece {
    /// The file was opened.
    Opened,
    /// Its fields are settled.
    Settled { names: FieldNames, file: Arc<str> },
    /// Records to parse.
    Records { layout: Arc<Layout>, block: Block },
    /// Rows of a table to turn into articles.
    #[cfg_attr(
        not(feature = "parquet"),
        allow(dead_code, reason = "only tables of columns have such")
    )]
    Rows { layout: Arc<Layout>, rows: Rows, before: u64, bytes: u64 },
    /// Records of a web archive.
    Archive { file: Arc<str>, block: Block },
    /// A whole file that is one article.
    Text { file: Arc<str>, id: String, format: Format, data: Vec<u8>, bytes: u64 },
    /// What there is to tell about a record or the whole file.
    Problem(Problem),
    /// Something to tell, while all is well.
    Notice(String),
    /// The file could not be read, or not to its end.
    Failure(String),
    /// Bytes of a file that will not be read.
    Passed(u64),
}

/// Gives the pieces of a file to `out` until that returns false.
pub(super) fn pour(
    entry: &Entry,
    options: &Input,
    block_size: usize,
    out: &mut dyn FnMut(Piece) -> bool,
) {
    let opened = match open::open(&entry.path, &options.limits) {
        Ok(opened) => opened,
        Err(error) => {
            out(Piece::Failure(format!("cannot open {}: {error}", entry.name)));
            out(Piece::Passed(entry.size.unwrap_or(0)));
            return;
        }
    };
    pour_opened(opened, entry, options, block_size, out);
}

/// The same for a stream that is open already.
pub(super) fn pour_opened(
    opened: Opened,
    entry: &Entry,
    options: &Input,
    block_size: usize,
    out: &mut dyn FnMut(Piece) -> bool,
) {
    let Opened { stream, taken, packing } = opened;
    let mut head = Head::decoding(stream, options.encoding);
    if !out(Piece::Opened) {
        return;
    }
    let decoded = head.take_decoded();
    pour_head(head, (taken, packing), entry, options, block_size, out);
    for (kind, detail) in decoded.into_iter().flat_map(encoding::findings) {
        let origin = Origin { file: Arc::clone(&entry.name), line: 1, record: 0 };
        if !out(Piece::Problem(Problem { origin, kind, detail })) {
            return;
        }
    }
}

/// Gives what a stream holds to `out`.
fn pour_head(
    mut head: Head,
    (taken, packing): (Rc<Cell<u64>>, Packing),
    entry: &Entry,
    options: &Input,
    block_size: usize,
    out: &mut dyn FnMut(Piece) -> bool,
) {
    let longest = options.limits.record;
    let format = head.format(options.format, entry.format);
    if matches!(format, Format::Parquet | Format::Arrow) {
        let rest = Rest { taken, packing };
        return columns::pour(format, head, rest, entry, &options.fields, out);
    }
    let Cutting { cutter, heading } = match head.cutting(format, longest) {
        Some(cutting) => cutting,
        None => {
            let (data, failure) = whole(head, longest, |error| packing.explain(error));
            let (file, id) = (Arc::clone(&entry.name), entry.id.clone());
            let size = data.len();
            if size > longest {
                out(Piece::Problem(too_long(&entry.name, 1, longest)));
                out(Piece::Passed(entry.size.unwrap_or(0)));
                return;
            }
            // Of a file that broke before its first byte there is nothing to say but that.
            if size > 0 || failure.is_none() {
                out(Piece::Text { file, id, format, data, bytes: taken.get() });
            }
            if let Some(failure) = failure {
                out(Piece::Failure(format!(
                    "{}: {failure} after {size} bytes of text; fetch the file again",
                    entry.name
                )));
            }
            return;
        }
    };
    if head.is_blank() {
        out(Piece::Notice(format!("{}: empty", entry.name)));
        out(Piece::Passed(taken.get()));
        return;
    }
    let mark = format != Format::Warc;
    let mut blocks =
        Blocks::new(head.into_stream(mark), taken, packing, cutter, block_size, longest);
    if format == Format::Warc {
        let file = || Arc::clone(&entry.name);
        if blocks.by_ref().any(|block| !out(Piece::Archive { file: file(), block })) {
            return;
        }
        if let Some(failure) = blocks.failure() {
            out(Piece::Failure(format!("{}: {failure}", entry.name)));
        }
        return;
    }
    pour_records(&mut blocks, entry, heading.as_ref(), options, out);
    if let Some(failure) = blocks.failure() {
        out(Piece::Failure(format!("{}: {failure}", entry.name)));
    } else if blocks.records() == 0 {
        out(Piece::Notice(format!("{}: empty", entry.name)));
    }
}

fn pour_records(
    blocks: &mut Blocks,
    entry: &Entry,
    heading: Option<&Heading>,
    options: &Input,
    out: &mut dyn FnMut(Piece) -> bool,
) {
    let wanted = &options.fields;
    let (survey, held) = sample(blocks, heading, options);
    let names = if survey.records == 0 {
        fields::unseen(wanted)
    } else {
        match fields::settle(&survey, wanted, &entry.name) {
            Ok(names) => {
                if !out(Piece::Settled { names: names.clone(), file: Arc::clone(&entry.name) }) {
                    return;
                }
                names
            }
            Err(mut message) => {
                if let Some(doubt) = heading.and_then(|heading| heading.doubt(&entry.name)) {
                    message = format!("{message}\n{doubt}");
                }
                out(Piece::Failure(message));
                out(Piece::Passed(entry.size.unwrap_or(0)));
                return;
            }
        }
    };
    let file = Arc::clone(&entry.name);
    let layout = Arc::new(match heading {
        Some(heading) => Layout::of_cells(file, names, heading),
        None => Layout::new(file, names),
    });
    for block in held.into_iter().chain(blocks) {
        for line in &block.overlong {
            if !out(Piece::Problem(too_long(&entry.name, *line, options.limits.record))) {
                return;
            }
        }
        if !out(Piece::Records { layout: Arc::clone(&layout), block }) {
            return;
        }
    }
}

/// Looks at the first records: the same ones for any size of blocks.
fn sample(blocks: &mut Blocks, heading: Option<&Heading>, options: &Input) -> (Survey, Vec<Block>) {
    let mut survey = fields::survey(&options.fields);
    let (mut held, mut tried) = (Vec::new(), 0);
    for mut block in blocks {
        let mut enough = false;
        for span in &block.spans {
            enough = survey.records == fields::SAMPLE
                || tried == fields::TRIED
                || block.decoded_before + span.start as u64 >= fields::SAMPLE_BYTES;
            if enough {
                break;
            }
            tried += 1;
            let bytes = &block.data[span.start..span.end];
            let Ok((text, _)) = encoding::decode(bytes, encoding::of_records(options), None) else {
                continue;
            };
            match heading {
                Some(heading) => add_row(&mut survey, heading, &text),
                None => survey.add(text.as_bytes()),
            }
        }
        if block.spans.is_empty() {
            block.data = Vec::new();
        }
        held.push(block);
        if enough {
            break;
        }
    }
    (survey, held)
}

/// Counts the cells of a row; one that does not fit its heading is left out.
fn add_row(survey: &mut Survey, heading: &Heading, row: &str) {
    let texts: Vec<_> =
        cells::cells(row, heading.delimiter).map(|cell| (cell.is_open(), cell.text())).collect();
    if texts.len() == heading.columns.len() && texts.iter().all(|(is_open, _)| !is_open) {
        let values = texts.iter().map(|(_, text)| Value::Text(text));
        survey.add_values(heading.columns.iter().map(String::as_str).zip(values));
    }
}

/// A record that was not read.
pub(super) fn too_long(file: &Arc<str>, line: u64, longest: usize) -> Problem {
    let origin = Origin { file: Arc::clone(file), line, record: 0 };
    let detail = format!("longer than {longest} bytes, which --max-record can raise");
    Problem { origin, kind: ProblemKind::LongRecord, detail }
}

/// There are more records than a run is to take.
pub(super) fn too_many(most: u64) -> Error {
    Error::new(format!("the input has more records than {most}"))
        .with_hint("--max-records with a larger number, or fewer files")
}

/// All of a text (or a byte more than `longest`), and what kept it from being read to its end.
fn whole(
    head: Head,
    longest: usize,
    explain: impl Fn(&std::io::Error) -> String,
) -> (Vec<u8>, Option<String>) {
    let mut data = Vec::new();
    let result = head.into_stream(false).take(longest as u64 + 1).read_to_end(&mut data);
    let failure = result.err().map(|error| explain(&error));
    if failure.is_some() {
        plain::trim_cut_character(&mut data);
    }
    (data, failure)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Limits;
    use std::io::Cursor;
    use std::path::{Path, PathBuf};

    /// Reads `raw` as if it came from standard input.
    fn pieces(raw: &[u8]) -> Vec<Piece> {
        let path = PathBuf::from("-");
        let limits = Limits::default();
        let raw = Box::new(Cursor::new(raw.to_vec()));
        let opened = open::unpack(raw, Path::new("-"), &limits).unwrap();
        let entry =
            Entry { path, name: Arc::from("-"), size: None, format: None, id: "stdin".into() };
        let mut pieces = Vec::new();
        pour_opened(opened, &entry, &Input::default(), 1 << 20, &mut |piece| {
            pieces.push(piece);
            true
        });
        pieces
    }

    #[test]
    fn standard_input_is_sniffed() {
        let text = pieces(b"Just a text.");
        assert!(
            matches!(&text[1], Piece::Text { id, data, .. } if id == "stdin" && data == b"Just a text.")
        );
        let packed = open::tests::gzip(b"[{\"text\":\"a\"},{\"text\":\"b\"}]");
        for raw in [packed, b"\xef\xbb\xbf{\"text\":\"a\"}\n{\"text\":\"b\"}\n".to_vec()] {
            let found = pieces(&raw);
            assert!(
                matches!(&found[1], Piece::Settled { names, .. } if names.text.as_deref() == Some("text"))
            );
            let Piece::Records { layout, block } = &found[2] else { panic!("records expected") };
            let span = block.spans[1];
            let (article, _) = layout.parse(&block.data[span.start..span.end], span.line, 2);
            let article = article.unwrap();
            assert_eq!((article.id.as_str(), article.text.as_str()), ("stdin:2", "b"));
        }
    }

    #[test]
    fn a_text_that_was_cut_off_is_delivered_with_a_failure() {
        let text = "é".repeat(50_000);
        let mut raw = open::tests::gzip(text.as_bytes());
        raw.truncate(raw.len() - 10);
        let found = pieces(&raw);
        assert!(
            matches!(&found[1], Piece::Text { data, .. } if !data.is_empty() && std::str::from_utf8(data).is_ok())
        );
        assert!(
            matches!(&found[2], Piece::Failure(message) if message.starts_with("-: the gzip stream ends too early"))
        );
    }

    #[test]
    fn nothing_is_said_to_be_empty() {
        for raw in [&b" \n"[..], b"[ ]"] {
            let entry = Entry {
                path: PathBuf::from("x.json"),
                name: Arc::from("x.json"),
                size: Some(3),
                format: Some(Format::Json),
                id: String::new(),
            };
            let raw = Box::new(Cursor::new(raw.to_vec()));
            let opened = open::unpack(raw, &entry.path, &Limits::default()).unwrap();
            let mut notices = Vec::new();
            pour_opened(opened, &entry, &Input::default(), 1 << 20, &mut |piece| {
                if let Piece::Notice(line) = piece {
                    notices.push(line);
                }
                true
            });
            assert_eq!(notices, ["x.json: empty"]);
        }
    }
}
