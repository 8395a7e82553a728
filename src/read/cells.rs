//! The cells of a row of CSV, the heading above them, and which character parts them.
//!
//! A row has as many cells as the heading, or it is a bad record: cells that moved would be a text under a wrong name.
//! Without a heading there is nothing to call the cells by, and that is told with the way out.

use std::borrow::Cow;
use std::ops::Range;

use ahash::AHashSet;

use super::blocks::Cut;
use super::csv::Rows;
use super::pick::{Found, SLOTS};

/// What may part cells; of two that explain a file as well, the first is taken.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];
/// Rows that are looked at to tell which it is.
const ROWS: usize = 100;
/// A name of a column is not longer, in characters.
const LONG_NAME: usize = 60;
/// Cells of a line without names that are shown.
const CELLS_SHOWN: usize = 3;

/// One cell as it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cell<'a> {
    raw: &'a str,
    /// Where the quoted part ends: at its closing mark.
    close: Option<usize>,
}

impl<'a> Cell<'a> {
    /// The content, without the marks around it.
    pub(crate) fn text(&self) -> Cow<'a, str> {
        let Some(quoted) = self.raw.strip_prefix('"') else { return Cow::Borrowed(self.raw) };
        let Some(close) = self.close else { return Cow::Owned(quoted.replace("\"\"", "\"")) };
        let (inside, behind) = (&self.raw[1..close], &self.raw[close + 1..]);
        if behind.is_empty() && !inside.contains('"') {
            return Cow::Borrowed(inside);
        }
        Cow::Owned(inside.replace("\"\"", "\"") + behind)
    }

    /// True if it begins with a mark that never closes.
    pub(super) fn is_open(&self) -> bool {
        self.raw.starts_with('"') && self.close.is_none()
    }
}

/// The cells of a row, which must be one row.
pub(crate) fn cells(row: &str, delimiter: u8) -> impl Iterator<Item = Cell<'_>> {
    let mut rest = Some(row);
    std::iter::from_fn(move || {
        let row = rest?;
        let close = if row.starts_with('"') { closing(row) } else { None };
        let from = match close {
            Some(close) => close + 1,
            None if row.starts_with('"') => row.len(),
            None => 0,
        };
        let end = memchr::memchr(delimiter, &row.as_bytes()[from..]).map(|found| from + found);
        rest = end.map(|end| &row[end + 1..]);
        Some(Cell { raw: &row[..end.unwrap_or(row.len())], close })
    })
}

/// The mark that closes a cell which begins with one.
fn closing(row: &str) -> Option<usize> {
    let mut at = 1;
    loop {
        at += memchr::memchr(b'"', row.as_bytes().get(at..)?)?;
        if row.as_bytes().get(at + 1) != Some(&b'"') {
            return Some(at);
        }
        at += 2;
    }
}

/// The heading of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Heading {
    pub(crate) delimiter: u8,
    /// The names of the columns; one that is empty or there twice is called by its number.
    pub(crate) columns: Vec<String>,
    /// Where it stands in the decoded stream, behind a byte order mark.
    pub(crate) span: Range<usize>,
}

impl Heading {
    /// The heading at the start of a table of which a part is seen; `None` if it does not end in there.
    pub(super) fn find(seen: &[u8], is_all: bool) -> Option<Heading> {
        let delimiter = delimiter(seen, is_all);
        let span = rows(seen, is_all, delimiter, 1).into_iter().next()?;
        let text = String::from_utf8_lossy(&seen[span.clone()]);
        let mut columns: Vec<String> = Vec::new();
        let mut seen = AHashSet::new();
        for cell in cells(&text, delimiter) {
            let name = cell.text().trim().to_owned();
            let is_new = !name.is_empty() && !seen.contains(&name);
            let name = if is_new { name } else { format!("column_{}", columns.len() + 1) };
            seen.insert(name.clone());
            columns.push(name);
        }
        Some(Heading { delimiter, columns, span })
    }

    /// Advice for a first line that reads like data, not like names.
    pub(super) fn doubt(&self, file: &str) -> Option<String> {
        let is_name = |name: &String| {
            name.chars().count() <= LONG_NAME
                && name.chars().any(char::is_alphabetic)
                && !name.contains("://")
        };
        if self.columns.iter().all(is_name) {
            return None;
        }
        let shown = self.columns.iter().take(CELLS_SHOWN).map(|name| {
            let safe = name.chars().map(|c| if c.is_control() { ' ' } else { c });
            let short: String = safe.take(LONG_NAME / 2).collect();
            format!("`{short}`")
        });
        let shown: Vec<String> = shown.collect();
        let comma = char::from(self.delimiter);
        let names = (1..=self.columns.len().min(CELLS_SHOWN)).map(|number| format!("name{number}"));
        let names: Vec<String> = names.collect();
        Some(format!(
            "  its first line was taken for the heading and reads like data: {}\n  \
             without a heading, put one above it: (echo '{}'; cat {file}) > with-heading.csv",
            shown.join(", "),
            names.join(&comma.to_string()).replace('\t', "<tab>")
        ))
    }
}

/// The first rows of what is seen; one that may go on is none.
fn rows(seen: &[u8], is_all: bool, delimiter: u8, most: usize) -> Vec<Range<usize>> {
    let (mut rows, mut spans) = (Rows::all(delimiter), Vec::new());
    rows.cut(seen, &mut spans);
    if is_all {
        rows.finish(seen, true, &mut spans);
    }
    spans.into_iter().take(most).map(|span| span.start..span.end).collect()
}

/// The delimiter that makes more than one column, under which the most rows have as many cells as the heading.
fn delimiter(seen: &[u8], is_all: bool) -> u8 {
    let score = |delimiter: u8| {
        let rows = rows(seen, is_all, delimiter, ROWS);
        let width = |row: &Range<usize>| {
            let row = String::from_utf8_lossy(&seen[row.clone()]);
            cells(&row, delimiter).count()
        };
        let heading = rows.first().map_or(0, width);
        let alike = rows.iter().skip(1).filter(|row| width(row) == heading).count();
        let share = 100 * alike / rows.len().saturating_sub(1).max(1);
        (heading > 1, share, heading)
    };
    // Of equals, `max_by_key` takes the last.
    let delimiters = DELIMITERS.into_iter().rev();
    delimiters.max_by_key(|delimiter| score(*delimiter)).unwrap_or(DELIMITERS[0])
}

/// Which cells of a row are wanted.
#[derive(Debug)]
pub(super) struct Wanted {
    delimiter: u8,
    columns: usize,
    /// Number of the cell, and the slot it fills.
    slots: Vec<(usize, usize)>,
}

impl Wanted {
    /// The columns of these names, in the order of slots.
    pub(super) fn new(heading: &Heading, names: [Option<&str>; SLOTS]) -> Wanted {
        let place = |name: &str| heading.columns.iter().position(|column| column == name);
        let slots = names.into_iter().enumerate();
        Wanted {
            delimiter: heading.delimiter,
            columns: heading.columns.len(),
            slots: slots.filter_map(|(slot, name)| Some((place(name?)?, slot))).collect(),
        }
    }

    /// The wanted cells of a row, or what is wrong with it.
    pub(super) fn pick(&self, row: &str) -> Result<[Found; SLOTS], String> {
        let mut found: [Found; SLOTS] = Default::default();
        let mut count = 0;
        for (number, cell) in cells(row, self.delimiter).enumerate() {
            if cell.is_open() {
                return Err(format!(
                    "the quotation mark that opens cell {} never closes",
                    number + 1
                ));
            }
            for (_, slot) in self.slots.iter().filter(|(wanted, _)| *wanted == number) {
                found[*slot] = Found::Text(cell.text().into_owned());
            }
            count = number + 1;
        }
        if count != self.columns {
            let plural = if count == 1 { "cell" } else { "cells" };
            return Err(format!("the row has {count} {plural}, the heading {}", self.columns));
        }
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn heading(text: &str) -> Heading {
        Heading::find(text.as_bytes(), true).unwrap()
    }

    fn text(found: &Found) -> &str {
        let Found::Text(text) = found else { panic!("{found:?}") };
        text
    }

    #[test]
    fn the_delimiter_is_the_one_that_fits() {
        for (text, delimiter) in [
            ("id,text\n1,\"a; b; c\"\n2,d\n", b','),
            ("id;text\n1;a, b, c\n2;d, e\n", b';'),
            ("id\ttext, plain\n1\ta, b\n2\tc\n", b'\t'),
            ("id|text\n1|a\n", b'|'),
            ("text\na, b\n", b'\t'),
            ("text\nab\n", b','),
            ("a,b,c\n1,2\n3\n", b','),
            ("\"a;b\",c\n1,2\n", b','),
        ] {
            assert_eq!(char::from(heading(text).delimiter), char::from(delimiter), "{text}");
        }
        assert_eq!(Heading::find(b"id,te", false), None);
    }

    #[test]
    fn columns_without_a_name_of_their_own_are_numbered() {
        let found = heading("\n,id, text ,id\r\n1,2,3,4");
        assert_eq!(found.columns, ["column_1", "id", "text", "column_4"]);
        assert_eq!(found.span, 1..14);
    }

    #[test]
    fn a_first_line_of_data_is_doubted() {
        let doubt = heading("7,https://a.example/1,\"The ferry, again\"\n").doubt("x.csv").unwrap();
        assert!(doubt.contains("`7`, `https://a.example/1`, `The ferry, again`"), "{doubt}");
        assert!(doubt.contains("(echo 'name1,name2,name3'; cat x.csv)"), "{doubt}");
        assert_eq!(heading("a,b\n").doubt("x.csv"), None);
    }

    #[test]
    fn rows_that_do_not_fit_are_told() {
        let names = [Some("text"), Some("id"), None, None, None, Some("id")];
        let wanted = Wanted::new(&heading("id,x,text\n"), names);
        let found = wanted.pick("7,,\"say \"\"so\"\"\"").unwrap();
        assert_eq!([text(&found[0]), text(&found[1]), text(&found[5])], ["say \"so\"", "7", "7"]);
        assert_eq!(wanted.pick("7").unwrap_err(), "the row has 1 cell, the heading 3");
        assert_eq!(wanted.pick("7,,a,b").unwrap_err(), "the row has 4 cells, the heading 3");
        let open = "the quotation mark that opens cell 2 never closes";
        assert_eq!(wanted.pick("7,\"a,b").unwrap_err(), open);
    }

    proptest! {
        #[test]
        fn cells_are_those_of_the_csv_crate(row in "[ab,é\"\"]{1,30}") {
            let mut reader = ::csv::ReaderBuilder::new().has_headers(false).from_reader(row.as_bytes());
            let expected = reader.records().next().unwrap().unwrap();
            let found: Vec<String> = cells(&row, b',').map(|cell| cell.text().into_owned()).collect();
            prop_assert_eq!(found, expected.iter().map(str::to_owned).collect::<Vec<_>>());
        }

        #[test]
        fn what_was_written_is_read(table in prop::collection::vec(prop::collection::vec("[a,;\"\n\t é]{0,6}", 3), 1..6)) {
            let mut writer = ::csv::Writer::from_writer(Vec::new());
            writer.write_record(["a", "b", "c"]).unwrap();
            table.iter().for_each(|row| writer.write_record(row).unwrap());
            let written = writer.into_inner().unwrap();
            let found: Vec<Vec<String>> = rows(&written, true, b',', usize::MAX).into_iter().skip(1).map(|row| {
                let row = std::str::from_utf8(&written[row]).unwrap();
                cells(row, b',').map(|cell| cell.text().into_owned()).collect()
            }).collect();
            prop_assert_eq!(found, table);
        }
    }
}
