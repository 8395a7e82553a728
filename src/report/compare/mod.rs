//! Two articles side by side, printed: text for people, JSON Lines for programs.

mod jsonl;
mod marks;
mod text;
mod why;

use std::io::{self, Write};

use crate::compare::Answer;
use crate::config::Matching;
use crate::report::{TextOrJson, explain};

/// How a comparison is shown. Nothing here changes what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Color codes in text.
    pub color: bool,
    /// Columns that lines of text are wrapped to.
    pub width: usize,
    /// Long passages without changes are shown to their last word.
    pub full: bool,
    /// The matches are listed although there is only one: nobody named it.
    pub list: bool,
    /// Matches listed in text, closest first.
    pub top: usize,
}

/// Prints what was found, and what of the settings kept it from being a copy.
pub fn render(
    answer: &Answer,
    matching: &Matching,
    format: TextOrJson,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        TextOrJson::Json => jsonl::render(answer, out),
        TextOrJson::Text => text::render(answer, matching, options, out),
    }
}
