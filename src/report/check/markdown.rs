//! The verdict in Markdown, for the summary of a job or a comment on a change: the totals, then a table of findings.
//!
//! Hosts refuse summaries beyond about a megabyte, so the table ends after some hundred findings and says so. Text of the
//! corpus stands in code spans, where nothing in it acts.

use std::io::{self, Write};

use crate::judge::codes::Level;
use crate::judge::policy::Verdict;
use crate::report::markdown::cell;
use crate::report::{Options, figures};

use super::message::message;
use super::spot::spot;
use super::totals::{limit, totals};

/// Findings in the table, unless the options say otherwise.
const SHOWN: usize = 500;

/// Writes the summary.
pub(super) fn render(verdict: &Verdict, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let word = if verdict.is_over() { "failed" } else { "passed" };
    writeln!(out, "## wirecopy check: {word}\n\n{}", cell(&totals(verdict)))?;
    for exceeded in &verdict.exceeded {
        writeln!(out, "\n{}", cell(&limit(exceeded).1))?;
    }
    for failure in &verdict.failures {
        writeln!(out, "\nnot read to its end: {}", cell(failure))?;
    }
    if verdict.findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| | code | where | what |\n|---|---|---|---|")?;
    let shown = options.limit.unwrap_or(SHOWN).min(verdict.findings.len());
    for finding in &verdict.findings[..shown] {
        let level = if finding.level == Level::Deny { "error" } else { "warning" };
        let (place, says) = (cell(&spot(finding.primary())), cell(&message(finding)));
        writeln!(out, "| {level} | {} | {place} | {says} |", finding.code.name())?;
    }
    let hidden = verdict.findings.len() - shown;
    if hidden > 0 {
        let more = figures::count(hidden, "more finding", "more findings");
        writeln!(out, "\n… and {more}, none graver.")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::check::sample;

    #[test]
    fn a_row_for_each_finding() {
        let mut out = Vec::new();
        let verdict = sample::verdict();
        render(&verdict, &Options::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.starts_with("## wirecopy check: failed\n\n`8 errors, 7 warnings; "), "{text}");
        assert!(
            text.contains("\n| error | near-copy | `new/b.jsonl:3` | `n-3 is a reworded copy "),
            "{text}"
        );
        let rows = |text: &str| text.lines().filter(|line| line.starts_with("| ")).count() - 1;
        assert_eq!(rows(&text), verdict.findings.len());
        let mut out = Vec::new();
        render(&verdict, &Options { limit: Some(2), ..Options::default() }, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(
            rows(&text) == 2 && text.contains("… and 11 more findings, none graver."),
            "{text}"
        );
    }
}
