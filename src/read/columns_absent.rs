//! What stands for tables of columns in a build without the feature `parquet`: words that say so.

use std::cell::Cell;
use std::rc::Rc;

use super::open::Packing;
use super::pick::{Found, SLOTS};
use super::sniff::Head;
use super::source::Piece;
use super::walk::Entry;
use crate::config::{FieldNames, Format};

/// Rows that never are.
pub(super) enum Rows {}

impl Rows {
    pub(super) fn each(&self, _: impl Fn(usize) -> bool, _: impl FnMut(usize, [Found; SLOTS])) {
        match *self {}
    }
}

/// What was opened of a file, besides its head.
#[expect(dead_code, reason = "it is read where tables of columns are")]
pub(super) struct Rest {
    pub(super) taken: Rc<Cell<u64>>,
    pub(super) packing: Packing,
}

/// Says that the file cannot be read.
pub(super) fn pour(
    format: Format,
    _: Head,
    _: Rest,
    entry: &Entry,
    _: &FieldNames,
    out: &mut dyn FnMut(Piece) -> bool,
) {
    let name = if format == Format::Parquet { "Parquet" } else { "Arrow" };
    out(Piece::Failure(format!(
        "{}: this build of wirecopy cannot read {name}\n  \
         install one that can: cargo install wirecopy --features parquet",
        entry.name
    )));
    out(Piece::Passed(entry.size.unwrap_or(0)));
}
