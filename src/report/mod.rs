//! A run's outcome, printed: the choice of format, then one small file for each.
//!
//! Reporters only print: they judge nothing, sort nothing and know neither time nor threads, so that the same outcome
//! gives the same bytes. A format is one file here, one name in [`Format::NAMES`] and one arm of [`render`].

pub mod check;
pub mod clean;
mod columns;
pub mod compare;
mod csv;
mod entities;
pub mod eval;
pub mod explain;
pub mod figures;
pub mod html;
pub mod index;
mod jsonl;
mod lines;
mod markdown;
mod pairs;
mod published;
#[cfg(test)]
mod sample;
pub mod sanitize;
pub mod stats;
mod template;
mod text;
mod totals;
mod trouble;
mod wrap;

pub(crate) use lines::{rounded, rounded_share};
pub use trouble::LOCATED;

use std::io::{self, Write};

use crate::config::{Config, KeepRule};
use crate::scan::Outcome;

/// A form in which an outcome can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// A summary for people.
    Text,
    /// JSON Lines, for programs: stable and documented.
    Json,
    /// A row for each member of a group.
    Csv,
    /// A summary for a pull request.
    Markdown,
    /// A page to read in a browser.
    Html,
}

impl Format {
    /// Every format with the name that flags use.
    pub const NAMES: &[(&str, Format)] = &[
        ("text", Format::Text),
        ("json", Format::Json),
        ("csv", Format::Csv),
        ("markdown", Format::Markdown),
        ("html", Format::Html),
    ];

    /// The name that flags use.
    pub fn name(self) -> &'static str {
        match self {
            Format::Text => "text",
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Markdown => "markdown",
            Format::Html => "html",
        }
    }
}

/// The forms of all other reports: of an evaluation, of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextOrJson {
    /// For people.
    Text,
    /// JSON Lines, for programs: stable and documented.
    Json,
}

impl TextOrJson {
    /// Both forms with the names that flags use.
    pub const NAMES: &[(&str, TextOrJson)] =
        &[("text", TextOrJson::Text), ("json", TextOrJson::Json)];
}

/// How an outcome is shown. Nothing here changes what was found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Options {
    /// Also list the pairs behind the groups, and the pairs that share a passage.
    pub pairs: bool,
    /// Color codes in text.
    pub color: bool,
    /// Columns that lines of text are cut to; `usize::MAX` cuts nothing but titles.
    pub width: usize,
    /// Groups listed in text and Markdown, largest first; all when absent. Totals always count every group.
    pub limit: Option<usize>,
}

impl Options {
    /// The style, or none where there are to be no colors.
    fn paint(&self, style: anstyle::Style) -> anstyle::Style {
        if self.color { style } else { anstyle::Style::new() }
    }
}

impl Default for Options {
    fn default() -> Self {
        Options { pairs: false, color: false, width: usize::MAX, limit: None }
    }
}

/// The articles of which a format shows the text, by index: those that [`crate::scan::load_texts`] must have loaded.
///
/// A page shows all in groups and among the closest near misses, a summary those that stand for a group and have no
/// headline.
pub fn texts_shown(outcome: &Outcome, format: Format, options: &Options) -> Vec<u32> {
    match format {
        Format::Text | Format::Markdown => {
            let shown = outcome.groups.iter().take(options.limit.unwrap_or(usize::MAX));
            let has_title = |kept: &u32| {
                let article = outcome.articles.get(*kept as usize);
                let title = article.and_then(|article| article.title.as_deref());
                title.is_some_and(|title| !sanitize::sanitize(title).is_empty())
            };
            shown.map(|group| group.kept).filter(|kept| !has_title(kept)).collect()
        }
        Format::Json | Format::Csv => Vec::new(),
        Format::Html => {
            let members = outcome.groups.iter().flat_map(|group| &group.members);
            let near = outcome.near_misses.closest.iter().flat_map(|pair| [pair.a, pair.b]);
            members.map(|member| member.article).chain(near).collect()
        }
    }
}

/// Prints an outcome, and with it the settings that it came from.
pub fn render(
    outcome: &Outcome,
    config: &Config,
    format: Format,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::render(outcome, options, out),
        Format::Json => jsonl::render(outcome, config, options, out),
        Format::Csv => csv::render(outcome, out),
        Format::Markdown => markdown::render(outcome, options, out),
        Format::Html => html::render(outcome, config, out),
    }
}

/// A rule for the kept article as users write it, and as JSON repeats it: `earliest`, `prefer:a.example,b.example`.
pub fn keep_rule(rule: &KeepRule) -> String {
    match rule {
        KeepRule::Earliest => "earliest".to_owned(),
        KeepRule::Longest => "longest".to_owned(),
        KeepRule::Prefer(sources) => format!("prefer:{}", sources.join(",")),
        KeepRule::First => "first".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_has_its_own_name() {
        for (name, format) in Format::NAMES {
            assert_eq!(*name, format.name());
        }
    }
}
