//! The end of the summary: what was found in all, what was not judged, and which records were lost.
//!
//! Only the first few problems of a sort are located here; JSON Lines has every lost record.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use crate::article::ProblemKind;
use crate::find::Relation;
use crate::report::sanitize::sanitize;
use crate::report::trouble::located;
use crate::report::{Options, figures, published};
use crate::scan::Outcome;

/// Writes the totals.
pub(super) fn render(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    found(outcome, options, out)?;
    if let Some(published) = &outcome.published {
        writeln!(out, "{}", sanitize(&published::summary(outcome, published)))?;
    }
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
    let problems = &outcome.problems;
    if problems.lost() > 0 {
        let lost = ProblemKind::ALL.iter().filter(|kind| kind.loses_record());
        let kinds = lost
            .filter(|kind| problems.count(**kind) > 0)
            .map(|&kind| format!("{} {}", figures::thousands(problems.count(kind)), kind.name()));
        let kinds = kinds.collect::<Vec<_>>().join(", ");
        let warning = options.paint(AnsiColor::Yellow.on_default());
        let number = figures::count(problems.lost() as usize, "bad record", "bad records");
        writeln!(out, "{warning}{number}{warning:#}: {kinds}")?;
        located(problems, ProblemKind::loses_record, problems.lost(), options.width, out)?;
    }
    for (kind, one, many, how) in USED {
        let number = problems.count(kind);
        if number > 0 {
            let effect = if number == 1 { how.0 } else { how.1 };
            writeln!(out, "{}: {effect}", figures::count(number as usize, one, many))?;
            located(problems, |found| found == kind, number, options.width, out)?;
        }
    }
    Ok(())
}

/// What was used all the same: its name for one and for many, and how one and many were.
const USED: [(ProblemKind, &str, &str, (&str, &str)); 4] = [
    (
        ProblemKind::Date,
        "unclear date",
        "unclear dates",
        ("the article was used without it", "the articles were used without them"),
    ),
    (
        ProblemKind::DuplicateId,
        "duplicate id",
        "duplicate ids",
        ("two articles go by it in the output", "several articles go by each in the output"),
    ),
    (
        ProblemKind::GuessedEncoding,
        "guessed encoding",
        "guessed encodings",
        ("the article was used as guessed", "the articles were used as guessed"),
    ),
    (
        ProblemKind::Damaged,
        "damaged text",
        "damaged texts",
        ("the article was used with gaps", "the articles were used with gaps"),
    ),
];

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Origin, Problem};

    #[test]
    fn the_first_few_problems_are_located() {
        let problem = Problem {
            origin: Origin { line: 3, ..Origin::default() },
            kind: ProblemKind::NoText,
            detail: "none".into(),
        };
        let mut outcome = Outcome { problems: vec![problem; 1_007].into(), ..Outcome::default() };
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
