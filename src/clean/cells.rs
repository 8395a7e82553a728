//! Rows of CSV in a clean dump: as they stand, with the columns of `--mark` behind them, or as JSON among the removed.

use std::borrow::Cow;

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::mark::{self, Fields, NAMES};
use crate::config::Input;
use crate::read::raw::{Heading, cells, decoded};

/// A table that is copied.
pub(super) struct Table {
    heading: Heading,
    /// Rows get the columns of `--mark`.
    marks: bool,
}

impl Table {
    pub(super) fn new(heading: Heading, marks: bool) -> Table {
        Table { heading, marks }
    }

    /// True if an earlier `--mark` made it.
    pub(super) fn is_marked(&self) -> bool {
        mark::is_marked(self.heading.columns.iter().map(String::as_str))
    }

    /// The heading.
    pub(super) fn heading(&self, bytes: &[u8]) -> Vec<u8> {
        self.with(bytes, |field| Some(NAMES[field].to_owned()))
    }

    /// A row that stays, with what is to be told about it.
    pub(super) fn row(&self, bytes: &[u8], fields: Option<&Fields<'_>>) -> Vec<u8> {
        self.with(bytes, |field| {
            let fields = fields?;
            let number = || fields.number(field).map(|number| number.to_string());
            fields.text(field).map(|text| self.cell(text)).or_else(number)
        })
    }

    fn with(&self, bytes: &[u8], cell: impl Fn(usize) -> Option<String>) -> Vec<u8> {
        let mut row = bytes.to_vec();
        for field in (0..NAMES.len()).filter(|_| self.marks) {
            row.push(self.heading.delimiter);
            row.extend_from_slice(cell(field).unwrap_or_default().as_bytes());
        }
        row
    }

    /// A cell, in quotation marks where it needs them.
    fn cell(&self, text: &str) -> String {
        let special =
            |c: char| matches!(c, '"' | '\r' | '\n') || c == char::from(self.heading.delimiter);
        match text.contains(special) {
            true => format!("\"{}\"", text.replace('"', "\"\"")),
            false => text.to_owned(),
        }
    }

    /// A row as an object, whose keys are the names of the columns.
    pub(super) fn json<'a>(&'a self, bytes: &'a [u8], options: &Input) -> Row<'a> {
        Row { heading: &self.heading, text: decoded(bytes, options) }
    }
}

/// A row as it goes to the removed records.
pub(super) struct Row<'a> {
    heading: &'a Heading,
    text: Cow<'a, str>,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let row = &*self.text;
        let mut object = serializer.serialize_map(Some(self.heading.columns.len()))?;
        for (name, cell) in self.heading.columns.iter().zip(cells(row, self.heading.delimiter)) {
            object.serialize_entry(name, &cell.text())?;
        }
        object.end()
    }
}
