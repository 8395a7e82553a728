//! The verdict for people: each finding with its places and what to do, as compilers tell errors; then the totals.
//!
//! `file:line` stands where terminals and editors make it a link. Everything from the corpus is made safe first, and lines
//! are cut to the terminal. Colors only repeat what the words say.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::judge::codes::Level;
use crate::judge::finding::{Finding, Location, Role};
use crate::judge::policy::Verdict;
use crate::report::columns::{Cell, Column, cut, write_table};
use crate::report::sanitize::sanitize;
use crate::report::{Options, figures};

use super::message::{help, message};
use super::spot::spot;
use super::totals::{limit, totals};

/// Places of a finding that are shown; JSON Lines has all of them.
const PLACES: usize = 10;
/// Ids and titles are cut to no less.
const LEAST: usize = 12;
/// No title is shown longer.
const TITLE_MOST: usize = 60;

/// Writes the findings and the totals.
pub(super) fn render(verdict: &Verdict, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let shown = options.limit.unwrap_or(usize::MAX).min(verdict.findings.len());
    for finding in &verdict.findings[..shown] {
        told(finding, options, out)?;
        writeln!(out)?;
    }
    let hidden = verdict.findings.len() - shown;
    if hidden > 0 {
        let more = figures::count(hidden, "more finding", "more findings");
        writeln!(out, "… and {more}, none graver\n")?;
    }
    for exceeded in &verdict.exceeded {
        let color = options.paint(AnsiColor::Red.on_default().bold());
        writeln!(out, "{color}error{color:#}: {}", limit(exceeded).1)?;
    }
    writeln!(out, "{}", sanitize(&totals(verdict)))
}

/// One finding.
fn told(finding: &Finding, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let strong = options.paint(Style::new().bold());
    let (word, color) = match finding.level {
        Level::Deny => ("error", AnsiColor::Red),
        _ => ("warning", AnsiColor::Yellow),
    };
    let color = options.paint(color.on_default().bold());
    let says = sanitize(&message(finding));
    writeln!(out, "{color}{word}[{}]{color:#}{strong}: {says}{strong:#}", finding.code.name())?;
    let frame = options.paint(AnsiColor::Blue.on_default().bold());
    let places = finding.locations.iter().take(PLACES).enumerate();
    let rows: Vec<Vec<Cell>> = places.map(|(at, place)| row(at, place, frame)).collect();
    let columns =
        [Column::LEFT, Column::LEFT, Column::cut_to(LEAST), Column::ends_at(LEAST), Column::LEFT];
    write_table(&columns, &rows, 2, options.width, out)?;
    if finding.locations.len() > PLACES {
        let more = figures::thousands((finding.locations.len() - PLACES) as u64);
        writeln!(out, "      and {more} more")?;
    }
    let help = sanitize(&help(finding));
    writeln!(out, "  {frame}={frame:#} {strong}help{strong:#}: {help}")
}

/// `--> a.jsonl:3  id  "title"  kept`.
fn row(at: usize, place: &Location, frame: Style) -> Vec<Cell> {
    let arrow = if at == 0 { "-->" } else { ":::" };
    let title = place.title.as_deref().map(sanitize).filter(|title| !title.is_empty());
    let title = title.map(|title| format!("\"{}\"", cut(&title, TITLE_MOST)));
    vec![
        Cell::styled(arrow, frame),
        Cell::new(sanitize(&spot(place))),
        Cell::new(sanitize(&place.id)),
        Cell::new(title.unwrap_or_default()),
        Cell::new(sanitize(&part(place))),
    ]
}

/// What the place is in the finding: `kept, train`, `reworded 78 %, in the baseline`.
fn part(place: &Location) -> String {
    let mut parts = Vec::new();
    match (&place.link, place.role) {
        (Some(link), _) => {
            parts.push(format!("{} {}", link.relation.name(), figures::percent(link.similarity)));
        }
        (None, Role::Kept) => parts.push("kept".to_owned()),
        (None, _) => {}
    }
    parts.extend(place.split.clone());
    if place.is_known {
        parts.push("in the baseline".to_owned());
    }
    if place.is_changed {
        parts.push("changed".to_owned());
    }
    parts.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::check::sample;

    fn shown(options: &Options) -> String {
        let mut out = Vec::new();
        render(&sample::verdict(), options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn findings_and_totals() {
        let expected = r#"
error[near-copy]: n-3 is a reworded copy of nw-7781 (78 %); 1 more such copy in this group
  -->  new/b.jsonl:3  n-3      "Highway shut again"            reworded 78 %, changed
  :::  a.jsonl:1      nw-7781  "Storm closes coastal highway"  kept
  :::  new/b.jsonl:9  n-9                                      edited 95 %
  = help: wirecopy compare nw-7781 n-3 --in new/b.jsonl a.jsonl
"#;
        let text = shown(&Options::default());
        assert!(text.contains(expected), "{text}");
        let totals = "
error: the share of copies is 3.54 %, more than --max-share 2 %
error: there are 1,312 groups, more than --max-groups 1,000
8 errors, 7 warnings; 3,540 copies among 100,000 articles (3.5 %); not told: 312 in the baseline, 2 excused by the configuration
";
        assert!(text.ends_with(totals), "{text}");
    }

    #[test]
    fn colors_change_no_word() {
        let colored = shown(&Options { color: true, ..Options::default() });
        assert!(colored.contains("\u{1b}["));
        let plain = anstream::adapter::strip_str(&colored).to_string();
        assert_eq!(plain, shown(&Options::default()));
    }
}
