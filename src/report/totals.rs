//! The end of the summary: what was found in all, what was not judged, and which records were lost.
//!
//! Only the first few problems of a sort are located here; JSON Lines has every lost record.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::article::{Problem, ProblemKind};
use crate::find::Relation;
use crate::report::columns::cut;
use crate::report::sanitize::sanitize;
use crate::report::{Options, figures};
use crate::scan::Outcome;

/// Problems of a sort that the summary locates.
pub const LOCATED: usize = 5;

/// Writes the totals.
pub(super) fn render(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    found(outcome, options, out)?;
    let passages =
        outcome.matches.iter().filter(|pair| pair.relation == Relation::SharedPassage).count();
    if passages > 0 {
        writeln!(
            out,
            "{} with a passage in common, not grouped",
            figures::count(passages, "pair", "pairs")
        )?;
    }
    if outcome.stats.not_judged > 0 {
        let short = figures::count(outcome.stats.not_judged as usize, "article", "articles");
        writeln!(out, "{short} too short to judge: compared for exact copies only")?;
    }
    let (lost, unclear): (Vec<&Problem>, Vec<&Problem>) =
        outcome.problems.iter().partition(|problem| problem.kind.loses_record());
    if !lost.is_empty() {
        let kinds = ProblemKind::ALL.iter().filter_map(|&kind| {
            let number = lost.iter().filter(|problem| problem.kind == kind).count();
            (number > 0).then(|| format!("{} {}", figures::thousands(number as u64), kind.name()))
        });
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let warning = options.paint(AnsiColor::Yellow.on_default());
        let number = figures::count(lost.len(), "bad record", "bad records");
        writeln!(out, "{warning}{number}{warning:#}: {kinds}")?;
        located(&lost, options, out)?;
    }
    if !unclear.is_empty() {
        let effect = if unclear.len() == 1 {
            "the article was used without it"
        } else {
            "the articles were used without them"
        };
        writeln!(
            out,
            "{}: {effect}",
            figures::count(unclear.len(), "unclear date", "unclear dates")
        )?;
        located(&unclear, options, out)?;
    }
    Ok(())
}

/// `12 groups, 30 copies among 72 articles (41.7 %); relations: 4 exact, 9 edited`.
fn found(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let (found, relations) = summary(outcome);
    let strong = options.paint(Style::new().bold());
    match found.split_once(" among ") {
        Some((found, among)) if !relations.is_empty() => {
            writeln!(out, "{strong}{found}{strong:#} among {among}; {relations}")
        }
        _ => writeln!(out, "{found}"),
    }
}

/// `12 groups, 30 copies among 72 articles (41.7 %)`, and `relations: 4 exact, 9 edited` if there are any.
pub(super) fn summary(outcome: &Outcome) -> (String, String) {
    let articles = figures::count(outcome.articles.len(), "article", "articles");
    if outcome.groups.is_empty() {
        return (format!("no copies found among {articles}"), String::new());
    }
    let links: Vec<Relation> = outcome
        .groups
        .iter()
        .flat_map(|group| &group.members)
        .filter_map(|member| member.link.as_ref().map(|link| link.relation))
        .collect();
    let relations = Relation::ALL.iter().filter_map(|&relation| {
        let number = links.iter().filter(|&&link| link == relation).count();
        (number > 0).then(|| format!("{} {}", figures::thousands(number as u64), relation.name()))
    });
    let relations = relations.collect::<Vec<_>>().join(", ");
    let found = format!(
        "{}, {} among {articles} ({})",
        figures::count(outcome.groups.len(), "group", "groups"),
        figures::count(links.len(), "copy", "copies"),
        figures::percent_of(links.len(), outcome.articles.len()),
    );
    (found, format!("relations: {relations}"))
}

/// The first few problems, each with its place.
fn located(problems: &[&Problem], options: &Options, out: &mut dyn Write) -> io::Result<()> {
    for problem in problems.iter().take(LOCATED) {
        let place = sanitize(&problem.origin.to_string());
        let line = format!("{place}  {}: {}", problem.kind.name(), sanitize(&problem.detail));
        writeln!(out, "  {}", cut(&line, options.width.saturating_sub(2)))?;
    }
    match problems.len().saturating_sub(LOCATED) {
        0 => Ok(()),
        more => writeln!(out, "  … and {} more", figures::thousands(more as u64)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Origin;

    #[test]
    fn the_first_few_problems_are_located() {
        let problem = Problem {
            origin: Origin { line: 3, ..Origin::default() },
            kind: ProblemKind::NoText,
            detail: "none".into(),
        };
        let mut outcome = Outcome { problems: vec![problem; 1_007], ..Outcome::default() };
        outcome.stats.not_judged = 1;
        let mut out = Vec::new();
        render(&outcome, &Options::default(), &mut out).unwrap();
        let expected = "no copies found among 0 articles\n\
            1 article too short to judge: compared for exact copies only\n\
            1,007 bad records: 1,007 no-text\n"
            .to_owned()
            + &"  :3  no-text: none\n".repeat(5)
            + "  … and 1,002 more\n";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
