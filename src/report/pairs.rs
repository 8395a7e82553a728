//! The table of pairs in the summary: every accepted pair and every shared passage, with the numbers behind it.
//!
//! Widths are those of the whole table, so it is built in memory before its first line: about 200 bytes a pair.

use std::io::{self, Write};

use anstyle::Style;

use crate::report::columns::{Cell, Column, write_table};
use crate::report::sanitize::sanitize;
use crate::report::{Options, figures};
use crate::scan::Outcome;

const HEAD: [&str; 8] =
    ["a", "b", "relation", "similar", "confidence", "jaccard", "a in b", "b in a"];
const ID: Column = Column::cut_to(12);
const COLUMNS: [Column; 8] = [
    ID,
    ID,
    Column::LEFT,
    Column::RIGHT,
    Column::RIGHT,
    Column::RIGHT,
    Column::RIGHT,
    Column::RIGHT,
];

/// Writes the table under its heading.
pub(super) fn render(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let dim = options.paint(Style::new().dimmed());
    let mut rows = vec![HEAD.map(|name| Cell::styled(name, dim)).to_vec()];
    rows.extend(outcome.matches.iter().map(|pair| {
        let id = |index: u32| sanitize(&outcome.articles[index as usize].id);
        let number = |value: f64| format!("{value:.3}");
        [
            id(pair.a),
            id(pair.b),
            pair.relation.name().to_owned(),
            figures::percent(pair.evidence.similarity),
            number(pair.confidence),
            number(pair.evidence.jaccard),
            number(pair.evidence.a_in_b),
            number(pair.evidence.b_in_a),
        ]
        .map(Cell::new)
        .to_vec()
    }));
    writeln!(out, "pairs")?;
    write_table(&COLUMNS, &rows, 2, options.width, out)
}
