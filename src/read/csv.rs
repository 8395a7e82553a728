//! CSV and its kin: finds the borders of rows, in which quoted cells may hold line ends.
//!
//! A quotation mark opens a cell only at its very start, and closes it unless another follows at once; a row ends at `\n`,
//! `\r\n` or a bare `\r`; empty lines are no rows. That is what the `csv` crate does, which is the slow twin in the tests.
//! Linear, and nearly as fast as memory: it only stops at quotation marks and line ends.
//!
//! A mark that opens and never closes takes the rest of the file into one row, as it does for every reader of CSV: that is
//! told with the file.

use memchr::{memchr, memchr_iter, memchr3};

use super::blocks::{Cut, Span};

/// Cuts at the ends of rows; the first one is the heading and no record.
#[derive(Debug)]
pub(super) struct Rows {
    delimiter: u8,
    /// The next byte to look at.
    at: usize,
    /// Where the row that is not complete yet starts.
    start: usize,
    start_line: u64,
    /// Inside a quoted cell.
    quoted: bool,
    /// Lines that ended before `at`.
    lines: u64,
    /// The heading is still to come.
    heading: bool,
    /// The row is too long: it is followed to its end and not given.
    skipping: bool,
}

impl Rows {
    /// Rows below a heading.
    pub(super) fn below_heading(delimiter: u8) -> Rows {
        Rows { heading: true, ..Rows::all(delimiter) }
    }

    /// Every row.
    pub(super) fn all(delimiter: u8) -> Rows {
        Rows {
            delimiter,
            at: 0,
            start: 0,
            start_line: 1,
            quoted: false,
            lines: 0,
            heading: false,
            skipping: false,
        }
    }

    /// Goes on until more bytes are needed. At the end of the stream none will come: what stands last is not looked beyond.
    fn go(&mut self, data: &[u8], is_end: bool, spans: &mut Vec<Span>) {
        while self.at < data.len() {
            let next = if self.quoted {
                memchr(b'"', &data[self.at..])
            } else {
                memchr3(b'"', b'\n', b'\r', &data[self.at..])
            };
            let found = next.map_or(data.len(), |next| self.at + next);
            if self.quoted {
                self.lines += memchr_iter(b'\n', &data[self.at..found]).count() as u64;
            }
            self.at = found;
            let Some(&byte) = data.get(found) else { return };
            let follower = data.get(found + 1);
            let must_wait = follower.is_none() && !is_end;
            match byte {
                b'"' if self.quoted && must_wait => return,
                b'"' if self.quoted && follower == Some(&b'"') => self.at += 2,
                b'"' if self.quoted => {
                    self.quoted = false;
                    self.at += 1;
                }
                b'"' => {
                    self.quoted = found == self.start || data[found - 1] == self.delimiter;
                    self.at += 1;
                }
                b'\r' if must_wait => return,
                b'\r' if follower == Some(&b'\n') => self.end_row(data, found, found + 2, spans),
                _ => self.end_row(data, found, found + 1, spans),
            }
        }
    }

    fn end_row(&mut self, data: &[u8], end: usize, next: usize, spans: &mut Vec<Span>) {
        self.push(data, end, spans);
        self.lines += 1;
        self.at = next;
        self.start = next;
        self.start_line = self.lines + 1;
    }

    fn push(&mut self, data: &[u8], end: usize, spans: &mut Vec<Span>) {
        let (start, end) = (self.start, end.min(data.len()));
        if start < end {
            let is_heading = std::mem::take(&mut self.heading);
            if !std::mem::take(&mut self.skipping) && !is_heading {
                spans.push(Span { start, end, line: self.start_line });
            }
        }
    }
}

impl Cut for Rows {
    fn cut(&mut self, data: &[u8], spans: &mut Vec<Span>) {
        self.go(data, false, spans);
    }

    fn kept(&self) -> usize {
        // The byte before the next mark tells what the mark means.
        if self.skipping { self.at.saturating_sub(1).max(self.start) } else { self.start }
    }

    fn rebase(&mut self, removed: usize) {
        self.at = self.at.saturating_sub(removed);
        self.start = self.start.saturating_sub(removed);
    }

    fn finish(&mut self, data: &[u8], whole: bool, spans: &mut Vec<Span>) {
        self.go(data, whole, spans);
        // Of a stream that was cut off, nothing tells whether the last row is whole.
        if whole {
            self.push(data, data.len(), spans);
            self.start = data.len();
        }
    }

    fn complaint(&self) -> Option<&'static str> {
        self.quoted.then_some(
            "a quotation mark is never closed: the file ends too early, or a cell begins with a mark that is not doubled",
        )
    }

    fn skip(&mut self) -> Option<u64> {
        self.skipping = true;
        Some(self.start_line)
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::tests::cut_all;
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<(u64, String)> {
        let (rows, _) = cut_all(Box::new(Rows::all(b',')), text.as_bytes(), 1 << 20);
        rows.into_iter().map(|(line, bytes)| (line, String::from_utf8(bytes).unwrap())).collect()
    }

    /// The slow twin: where the `csv` crate sees rows begin, and the cells in them.
    fn by_the_crate(text: &[u8], delimiter: u8) -> Vec<Vec<Vec<u8>>> {
        let mut reader = ::csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(text);
        let rows = reader.byte_records().map(Result::unwrap);
        rows.map(|row| row.iter().map(<[u8]>::to_vec).collect()).collect()
    }

    #[test]
    fn line_ends_in_quotes_are_no_ends() {
        let text = "a,\"b\nc\"\r\n\n\"say \"\"x\n\"\",\",d\re \"f\n\"g\"h\"i\n,";
        let rows = [
            (1, "a,\"b\nc\""),
            (4, "\"say \"\"x\n\"\",\",d"),
            (6, "e \"f"),
            (7, "\"g\"h\"i"),
            (8, ","),
        ];
        assert_eq!(cut(text), rows.map(|(line, row)| (line, row.to_owned())));
    }

    #[test]
    fn a_mark_that_never_closes_is_told() {
        let (rows, failure) = cut_all(Box::new(Rows::all(b',')), b"a,b\nc,\"d\ne,f\n", 4);
        assert_eq!(rows.len(), 2);
        assert!(failure.unwrap().starts_with("a quotation mark is never closed"));
    }

    #[test]
    fn a_row_that_is_too_long_is_passed_over() {
        use super::super::blocks::Blocks;
        use super::super::open::Packing;
        for (long, size) in ["x,\"y\"", "\"a\n,\"\"b\"", "\",\""].into_iter().zip(1..) {
            let text = format!("id,text\n1,{}\n2,b\n", long.repeat(50));
            let (stream, cutter) = (std::io::Cursor::new(text), Rows::below_heading(b','));
            let (stream, cutter) = (Box::new(stream), Box::new(cutter));
            let packing = Packing::Plain;
            let mut blocks = Blocks::new(stream, Default::default(), packing, cutter, size, 20);
            let (mut rows, mut overlong) = (Vec::new(), Vec::new());
            for block in blocks.by_ref() {
                assert!(block.data.len() < 100);
                rows.extend(block.spans.iter().map(|s| block.data[s.start..s.end].to_vec()));
                overlong.extend(block.overlong);
            }
            let found = (rows, overlong, blocks.failure());
            assert_eq!(found, (vec![b"2,b".to_vec()], vec![2], None), "{long}");
        }
    }

    #[test]
    fn the_heading_is_no_record() {
        let (rows, failure) =
            cut_all(Box::new(Rows::below_heading(b'\t')), b"\n\"a\nb\"\tc\nd\te", 1);
        assert_eq!((rows, failure), (vec![(4, b"d\te".to_vec())], None));
    }

    proptest! {
        #[test]
        fn rows_are_those_of_the_csv_crate(text in "[ab,;\"\"\r\n\n]{0,60}", size in 1usize..9, semicolon: bool) {
            let delimiter = if semicolon { b';' } else { b',' };
            let (rows, _) = cut_all(Box::new(Rows::all(delimiter)), text.as_bytes(), size);
            let whole = by_the_crate(text.as_bytes(), delimiter);
            prop_assert_eq!(rows.len(), whole.len());
            for ((_, row), cells) in rows.iter().zip(whole) {
                prop_assert_eq!(by_the_crate(row, delimiter), vec![cells]);
            }
        }

        #[test]
        fn lines_are_counted(rows in prop::collection::vec("[ab,]{1,4}|a,\"x\n\ny\"|\"\r\n\",b", 1..9), end in "\n|\r\n") {
            let text = rows.join(&end);
            let (found, _) = cut_all(Box::new(Rows::all(b',')), text.as_bytes(), 3);
            let mut line = 1;
            for ((number, bytes), row) in found.iter().zip(&rows) {
                prop_assert_eq!((*number, &bytes[..]), (line, row.as_bytes()));
                line += 1 + row.matches('\n').count() as u64;
            }
            prop_assert_eq!(found.len(), rows.len());
        }
    }
}
