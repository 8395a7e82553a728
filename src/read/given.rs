//! Articles that come from a program and not from a path: bytes as a file would hold them, or batches of rows.
//!
//! They pass the readers that files pass, so that fields, dates and bad records are what they are in a file. Road not
//! taken: articles that the program has made itself, by rules for fields and dates of its own. Memory: as for a file.

use std::fmt;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::Arc;

#[cfg(feature = "parquet")]
use arrow_array::RecordBatchReader;

use super::blocks::Blocks;
use super::jsonl::Lines;
use super::open::{self, Packing};
use super::record::Layout;
use super::source::{Piece, pour_opened, too_long};
use super::walk::Entry;
use crate::config::{FieldNames, Format, Input};

/// An input that has no path.
pub struct Given {
    name: Arc<str>,
    form: Form,
}

enum Form {
    Bytes(Format, Box<dyn Read + Send>),
    Lines(FieldNames, Box<dyn Read + Send>),
    #[cfg(feature = "parquet")]
    Batches(Box<dyn RecordBatchReader + Send>),
}

impl Given {
    /// What a file of this format would hold, plain or compressed. Origins and messages call it `name`.
    pub fn bytes(name: &str, format: Format, stream: impl Read + Send + 'static) -> Given {
        Given { name: Arc::from(name), form: Form::Bytes(format, Box::new(stream)) }
    }

    /// Lines of JSON that are a part of something larger, whose fields were settled for all of it: none is looked for, and
    /// each may be missing here.
    pub fn part(name: &str, fields: FieldNames, lines: impl Read + Send + 'static) -> Given {
        Given { name: Arc::from(name), form: Form::Lines(fields, Box::new(lines)) }
    }

    /// Rows of columns, taken as those of an Arrow file are. Origins and messages call it `name`.
    #[cfg(feature = "parquet")]
    pub fn batches(name: &str, rows: impl RecordBatchReader + Send + 'static) -> Given {
        Given { name: Arc::from(name), form: Form::Batches(Box::new(rows)) }
    }

    /// What origins and messages call it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Gives the pieces to `out` until that returns false.
    pub(super) fn pour(self, options: &Input, block: usize, out: &mut dyn FnMut(Piece) -> bool) {
        let Given { name, form } = self;
        let id = name.to_string();
        let entry = Entry { path: PathBuf::new(), name, size: None, format: None, id };
        match form {
            Form::Bytes(format, stream) => {
                match open::unpack(stream, Path::new(""), &options.limits) {
                    Ok(opened) => {
                        let options = Input { format: Some(format), ..options.clone() };
                        pour_opened(opened, &entry, &options, block, out);
                    }
                    Err(error) => {
                        out(Piece::Failure(format!("cannot read {}: {error}", entry.name)));
                    }
                }
            }
            Form::Lines(fields, stream) => pour_lines(stream, &entry, fields, options, block, out),
            #[cfg(feature = "parquet")]
            Form::Batches(rows) => super::columns::pour_batches(rows, &entry, &options.fields, out),
        }
    }
}

fn pour_lines(
    stream: Box<dyn Read + Send>,
    entry: &Entry,
    fields: FieldNames,
    options: &Input,
    block: usize,
    out: &mut dyn FnMut(Piece) -> bool,
) {
    let lines = Box::<Lines>::default();
    let longest = options.limits.record;
    let mut blocks = Blocks::new(stream, Rc::default(), Packing::Plain, lines, block, longest);
    let layout = Arc::new(Layout::new(Arc::clone(&entry.name), fields));
    out(Piece::Opened);
    for block in &mut blocks {
        for line in &block.overlong {
            out(Piece::Problem(too_long(&entry.name, *line, longest)));
        }
        if !out(Piece::Records { layout: Arc::clone(&layout), block }) {
            return;
        }
    }
    if let Some(failure) = blocks.failure() {
        out(Piece::Failure(format!("{}: {failure}", entry.name)));
    }
}

impl fmt::Debug for Given {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Given").field("name", &self.name).finish_non_exhaustive()
    }
}

impl From<Given> for Inputs<'_> {
    fn from(given: Given) -> Self {
        Inputs::Given(given)
    }
}

/// What articles are read from.
#[derive(Debug)]
pub(crate) enum Inputs<'a> {
    Paths(&'a [PathBuf]),
    Given(Given),
}

impl<'a> From<&'a [PathBuf]> for Inputs<'a> {
    fn from(paths: &'a [PathBuf]) -> Self {
        Inputs::Paths(paths)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::*;
    use crate::config::Config;
    use crate::scan::{Outcome, scan_given, scan_paths};

    fn told(outcome: &Outcome) -> (Vec<&str>, Vec<String>, &[String]) {
        let ids = outcome.articles.held().iter().map(|article| article.id.as_str());
        let problems = outcome.problems.iter().map(|one| format!("{}: {}", one.origin, one.detail));
        (ids.collect(), problems.collect(), &outcome.failures)
    }

    #[test]
    fn bytes_are_read_as_a_file_is() {
        let lines =
            b"{\"body\":\"One two.\"}\n{\"body\":7}\nno\n{\"body\":\"Three.\",\"id\":\"x\"}\n";
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("lines.jsonl");
        std::fs::write(&path, lines).unwrap();
        let name = path.to_str().unwrap();
        let config = Config::default();
        let from_file = scan_paths(std::slice::from_ref(&path), &config, &()).unwrap();
        for bytes in [lines.to_vec(), zstd::encode_all(&lines[..], 1).unwrap()] {
            let given = Given::bytes(name, Format::Jsonl, Cursor::new(bytes));
            let outcome = scan_given(given, &config, &()).unwrap();
            assert_eq!(told(&outcome), told(&from_file));
            assert_eq!(outcome.fields, from_file.fields);
        }
        assert_eq!(told(&from_file).1.len(), 2);
    }

    #[test]
    fn a_part_need_not_have_what_the_whole_has() {
        let fields = FieldNames {
            text: Some("b".to_owned()),
            id: Some("i".to_owned()),
            date: Some("d".to_owned()),
            ..FieldNames::default()
        };
        let lines =
            &b"{\"b\":\"One.\",\"i\":1}\n{\"text\":\"Two.\"}\n{\"b\":\"Three.\",\"i\":3}"[..];
        let given = Given::part("part", fields, lines);
        let outcome = scan_given(given, &Config::default(), &()).unwrap();
        let (mut ids, problems, failures) = told(&outcome);
        ids.sort_unstable();
        assert_eq!((ids, failures.len()), (vec!["1", "3"], 0));
        assert_eq!(problems, ["part:2: there is no field `b`"]);
    }

    #[test]
    fn a_stream_that_breaks_is_a_failure() {
        struct Breaks;
        impl Read for Breaks {
            fn read(&mut self, _: &mut [u8]) -> std::io::Result<usize> {
                Err(std::io::Error::other("gone"))
            }
        }
        let given = Given::bytes("articles", Format::Jsonl, Breaks);
        let outcome = scan_given(given, &Config::default(), &()).unwrap();
        assert_eq!(outcome.failures, ["cannot read articles: gone"]);
    }

    #[cfg(feature = "parquet")]
    #[test]
    fn batches_are_read_as_an_arrow_file_is() {
        use arrow_array::{
            ArrayRef, LargeStringArray, RecordBatch, RecordBatchIterator, StringArray,
            StringViewArray,
        };
        let texts = ["Rain on the coast road.", "", "Sun.", "Wind in the harbor."];
        let ids = Arc::new(StringArray::from(vec![Some("a"), None, Some("c"), Some("d")]));
        let columns: [ArrayRef; 3] = [
            Arc::new(StringArray::from(texts.to_vec())),
            Arc::new(LargeStringArray::from(texts.to_vec())),
            Arc::new(StringViewArray::from(texts.to_vec())),
        ];
        for column in columns {
            let batch =
                RecordBatch::try_from_iter([("id", ids.clone() as ArrayRef), ("text", column)])
                    .unwrap();
            let schema = batch.schema();
            // Pieces of a column begin in its middle.
            let batches = [batch.slice(0, 1), batch.slice(1, 0), batch.slice(1, 3)].map(Ok);
            let given = Given::batches("rows", RecordBatchIterator::new(batches, schema));
            let outcome = scan_given(given, &Config::default(), &()).unwrap();
            let (mut ids, problems, failures) = told(&outcome);
            ids.sort_unstable();
            assert_eq!(ids, ["a", "c", "d"]);
            assert_eq!(problems, ["rows:row 2: the field `text` holds no words"]);
            assert!(failures.is_empty());
        }
    }
}
