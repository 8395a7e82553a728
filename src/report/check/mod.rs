//! A verdict, printed: the choice of format, then one small file for each.
//!
//! A format is one file here, one name in [`Format::NAMES`] and one arm of [`render`]. All of them say a finding in the
//! same words, which `message` makes.

mod github;
mod gitlab;
mod jsonl;
mod junit;
mod markdown;
mod message;
#[cfg(test)]
mod sample;
mod sarif;
mod spot;
mod text;
mod totals;

pub use message::{help, message};

use std::io::{self, Write};

use crate::config::Config;
use crate::judge::Verdict;
use crate::report::Options;

/// A form in which a verdict can be printed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// Findings under each other, for people.
    Text,
    /// JSON Lines, for programs: stable and documented.
    Json,
    /// Annotations of GitHub Actions.
    Github,
    /// SARIF 2.1.0, which code hosts take.
    Sarif,
    /// GitLab's code quality report.
    Gitlab,
    /// JUnit XML, which Jenkins and others take.
    Junit,
    /// A table for the summary of a job or a comment.
    Markdown,
}

impl Format {
    /// Every format with the name that flags use.
    pub const NAMES: &[(&str, Format)] = &[
        ("text", Format::Text),
        ("json", Format::Json),
        ("github", Format::Github),
        ("sarif", Format::Sarif),
        ("gitlab", Format::Gitlab),
        ("junit", Format::Junit),
        ("markdown", Format::Markdown),
    ];
}

/// Prints a verdict, and with it the settings that it came from.
pub fn render(
    verdict: &Verdict,
    config: &Config,
    format: Format,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        Format::Text => text::render(verdict, options, out),
        Format::Json => jsonl::render(verdict, config, out),
        Format::Github => github::render(verdict, out),
        Format::Sarif => sarif::render(verdict, out),
        Format::Gitlab => gitlab::render(verdict, out),
        Format::Junit => junit::render(verdict, out),
        Format::Markdown => markdown::render(verdict, options, out),
    }
}
