//! What a `clean` kept and removed, for people and for programs. Prints what was planned; writes no record.
//!
//! In JSON `begin`, a line for every removal (as in `map.jsonl`), one for every source and every bad record, then `end`.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use serde::Serialize;

use crate::article::ProblemKind;
use crate::clean::plan::Stays;
use crate::clean::{Plan, Share, Treatment, map};
use crate::find::Relation;
use crate::report::columns::{Cell, Column, write_table};
use crate::report::jsonl::FORMAT;
use crate::report::lines::{Trouble, line};
use crate::report::sanitize::sanitize;
use crate::report::trouble::located;
use crate::report::{Options, TextOrJson, figures};
use crate::scan::Outcome;

/// What there is to report.
#[derive(Clone, Copy, Debug)]
pub struct Cleaned<'a> {
    /// What the scan found.
    pub outcome: &'a Outcome,
    /// Which copies are concerned.
    pub plan: &'a Plan,
    /// The share of every source.
    pub shares: &'a [Share],
    /// What is done with copies.
    pub treatment: Treatment,
    /// What came of it.
    pub fate: Fate,
}

/// What came of a plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// The dump was written.
    Written,
    /// Nothing was to be written.
    Dry,
    /// Nothing was written, since a source would have lost too much.
    Refused,
    /// Nothing was written, since an input could not be read to its end.
    Failed,
}

impl Fate {
    /// The name in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Fate::Written => "written",
            Fate::Dry => "dry-run",
            Fate::Refused => "refused",
            Fate::Failed => "failed",
        }
    }
}

/// Prints the report. `options.limit` is the number of sources in text.
pub fn render(
    cleaned: &Cleaned<'_>,
    format: TextOrJson,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        TextOrJson::Text => text(cleaned, options, out),
        TextOrJson::Json => json(cleaned, out),
    }
}

fn text(cleaned: &Cleaned<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let Cleaned { outcome, plan, shares, .. } = *cleaned;
    headline(cleaned, options, out)?;
    sources(shares, options, out)?;
    for (count, why) in [
        (plan.stays.same_source, "of the source of the kept article, or of an unknown one"),
        (plan.stays.out_of_span, "published too long before or after the kept article, or undated"),
        (plan.stays.unexplained, "without a chain of verified pairs to the kept article"),
    ] {
        if count > 0 {
            let stay = if count == 1 { "copy stays" } else { "copies stay" };
            writeln!(out, "{} {stay}: {why}", figures::thousands(count as u64))?;
        }
    }
    let number = outcome.problems.lost();
    if number > 0 {
        let warning = options.paint(AnsiColor::Yellow.on_default());
        let records = figures::count(number as usize, "bad record", "bad records");
        let stay = if number == 1 { "stays as it is" } else { "stay as they are" };
        writeln!(out, "{warning}{records}{warning:#} {stay}")?;
        located(&outcome.problems, ProblemKind::loses_record, number, usize::MAX, out)?;
    }
    Ok(())
}

/// `kept 44,822 of 48,213 articles, removed 3,391 (7.0 %): 1,120 exact, 2,271 edited`.
fn headline(cleaned: &Cleaned<'_>, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let (all, copies) = (cleaned.outcome.articles.len(), cleaned.plan.removals.len());
    let articles = figures::count(all, "article", "articles");
    let kept = figures::thousands((all - copies) as u64);
    let removed = figures::thousands(copies as u64);
    let found = figures::count(copies, "copy", "copies");
    let done = match (cleaned.treatment, cleaned.fate) {
        (Treatment::Remove, Fate::Written) => {
            format!("kept {kept} of {articles}, removed {removed}")
        }
        (Treatment::Remove, _) => format!("would keep {kept} of {articles} and remove {removed}"),
        (Treatment::Mark, Fate::Written) => format!("marked {found} among {articles}"),
        (Treatment::Mark, _) => format!("would mark {found} among {articles}"),
    };
    let relation = |(relation, count): (Relation, usize)| {
        format!("{} {}", figures::thousands(count as u64), relation.name())
    };
    let relations: Vec<String> = cleaned.plan.by_relation().into_iter().map(relation).collect();
    let strong = options.paint(Style::new().bold());
    let share = figures::percent_of(copies, all);
    write!(out, "{strong}{done}{strong:#} ({share})")?;
    match relations.is_empty() {
        true => writeln!(out),
        false => writeln!(out, ": {}", relations.join(", ")),
    }
}

/// The sources that lose something, in columns.
fn sources(shares: &[Share], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let losing: Vec<&Share> = shares.iter().filter(|share| share.removed > 0).collect();
    // Where no source is known there is nothing to tell apart.
    if losing.iter().all(|share| share.source.is_none()) {
        return Ok(());
    }
    writeln!(out, "by outlet:")?;
    let shown = options.limit.unwrap_or(usize::MAX).min(losing.len());
    let rows: Vec<Vec<Cell>> = losing[..shown]
        .iter()
        .map(|share| {
            let name = share.source.as_deref().map_or_else(|| "(unknown)".to_owned(), sanitize);
            let of = format!(
                "{} of {}",
                figures::thousands(share.removed as u64),
                figures::thousands(share.articles as u64)
            );
            let percent = figures::percent_of(share.removed, share.articles);
            let style = if share.is_too_much() {
                options.paint(AnsiColor::Red.on_default())
            } else {
                Style::new()
            };
            vec![Cell::new(name), Cell::new(of), Cell::styled(percent, style)]
        })
        .collect();
    write_table(&[Column::cut_to(12), Column::RIGHT, Column::RIGHT], &rows, 2, options.width, out)?;
    match losing.len() - shown {
        0 => Ok(()),
        more => writeln!(out, "  … and {}", figures::count(more, "more outlet", "more outlets")),
    }
}

fn json(cleaned: &Cleaned<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Cleaned { outcome, plan, shares, .. } = *cleaned;
    let (articles, removed) = (outcome.articles.len(), plan.removals.len());
    line(&Line::Begin { format: FORMAT, version: env!("CARGO_PKG_VERSION"), articles }, out)?;
    for removal in &plan.removals {
        line(&Line::Removal(map::entry(removal, outcome)), out)?;
    }
    for share in shares {
        let source = share.source.as_deref();
        let (articles, removed) = (share.articles, share.removed);
        line(&Line::Source { source, articles, removed, too_much: share.is_too_much() }, out)?;
    }
    for problem in outcome.problems.iter().filter(|problem| problem.kind.loses_record()) {
        line(&Line::BadRecord(Trouble::of(problem)), out)?;
    }
    let bad_records = outcome.problems.lost();
    let (mark, fate) = (cleaned.treatment == Treatment::Mark, cleaned.fate.name());
    let (kept, stays) = (articles - removed, plan.stays);
    line(&Line::End { kept, removed, bad_records, mark, outcome: fate, stays }, out)
}

/// Every kind of line, with its keys in their order: a contract, to which keys may only be added at the end.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    Begin {
        format: u32,
        version: &'static str,
        articles: usize,
    },
    Removal(map::Entry<'a>),
    Source {
        source: Option<&'a str>,
        articles: usize,
        removed: usize,
        too_much: bool,
    },
    BadRecord(Trouble<'a>),
    End {
        kept: usize,
        removed: usize,
        bad_records: u64,
        mark: bool,
        outcome: &'static str,
        stays: Stays,
    },
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::{Rules, shares};
    use crate::report::sample;

    fn shown(fate: Fate, treatment: Treatment, rules: &Rules, format: TextOrJson) -> String {
        let outcome = sample::outcome();
        let plan = Plan::new(&outcome, rules);
        let shares = shares(&plan, &outcome);
        let cleaned = Cleaned { outcome: &outcome, plan: &plan, shares: &shares, treatment, fate };
        let mut out = Vec::new();
        render(&cleaned, format, &Options { limit: Some(2), ..Options::default() }, &mut out)
            .unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_summary() {
        let rules = Rules { within: Some(24 * 3600), ..Rules::default() };
        let text = shown(Fate::Written, Treatment::Remove, &rules, TextOrJson::Text);
        let expected = "kept 5 of 6 articles, removed 1 (16.7 %): 1 reworded\n\
            by outlet:\n  ktown.example  1 of 1  100.0 %\n\
            2 copies stay: published too long before or after the kept article, or undated\n\
            2 bad records stay as they are\n  a.jsonl:7  broken-json: expected `,` at column 9\n  \
            a.jsonl:9  no-text: no string under \"text\"\n";
        assert_eq!(text, expected);
        let text = shown(Fate::Dry, Treatment::Mark, &Rules::default(), TextOrJson::Text);
        assert!(text.starts_with(
            "would mark 3 copies among 6 articles (50.0 %): 1 exact, 1 reworded, 1 excerpt\n"
        ));
        assert!(
            text.contains("  (unknown)          1 of 3   33.3 %\n  coastpost.example  1 of 1  100.0 %\n  … and 1 more outlet\n"),
            "{text}"
        );
        for fate in [Fate::Dry, Fate::Refused, Fate::Failed] {
            let text = shown(fate, Treatment::Remove, &Rules::default(), TextOrJson::Text);
            assert!(text.starts_with("would keep 3 of 6 articles and remove 3"), "{text}");
        }
    }

    #[test]
    fn the_contract() {
        let json = shown(Fate::Written, Treatment::Remove, &Rules::default(), TextOrJson::Json);
        let expected = r#"{"type":"removal","id":"cp-88","file":"a.jsonl","line":3,"kept":"nw-7781","kept_file":"a.jsonl","kept_line":1,"group":"w8f2k0c91aq","relation":"excerpt","similarity":0.841,"confidence":0.9,"why_kept":"earliest","reason":"copy (excerpt) of kt-4410, which is a copy (reworded) of nw-7781 (kept: earliest)","via":[{"id":"kt-4410","file":"a.jsonl","line":2,"relation":"reworded","similarity":0.914,"confidence":0.988}]}
"#;
        assert!(json.contains(expected), "{json}");
        let end = r#"{"type":"source","source":"northwire.example","articles":1,"removed":0,"too_much":false}
{"type":"bad-record","file":"a.jsonl","line":7,"reason":"broken-json","detail":"expected `,` at column 9"}
{"type":"bad-record","file":"a.jsonl","line":9,"reason":"no-text","detail":"no string under \"text\""}
{"type":"end","kept":3,"removed":3,"bad_records":2,"mark":false,"outcome":"written","stays":{"same_source":0,"out_of_span":0,"unexplained":0}}
"#;
        assert!(json.ends_with(end), "{json}");
    }
}
