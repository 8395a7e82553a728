//! Bad records for people: the first few with their places, and how many more there are.
//!
//! JSON Lines has all that are held.

use std::io::{self, Write};

use crate::article::{ProblemKind, Problems};
use crate::report::columns::cut;
use crate::report::figures;
use crate::report::sanitize::sanitize;

/// Problems of a sort that are located.
pub const LOCATED: usize = 5;

/// The first few problems of a sort, of which there are so many, each with its place on a line of so many columns.
pub(super) fn located(
    problems: &Problems,
    wanted: impl Fn(ProblemKind) -> bool,
    number: u64,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let mut shown = 0;
    for problem in problems.iter().filter(|problem| wanted(problem.kind)).take(LOCATED) {
        shown += 1;
        let place = sanitize(&problem.origin.to_string());
        let line = format!("{place}  {}: {}", problem.kind.name(), sanitize(&problem.detail));
        writeln!(out, "  {}", cut(&line, width.saturating_sub(2)))?;
    }
    more(number - shown, out)
}

/// Says how many more there are, if there are.
pub(super) fn more(more: u64, out: &mut dyn Write) -> io::Result<()> {
    match more {
        0 => Ok(()),
        more => writeln!(out, "  … and {} more", figures::thousands(more)),
    }
}
