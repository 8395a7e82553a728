//! An evaluation in tables for people, readable at 80 columns.
//!
//! Per data set and pooled, then by kind, then over all values of the confidence. Intervals stand beside rates of fewer
//! than 200 pairs, where chance shows.

use std::io::{self, Write};

use anstyle::Style;

use crate::judge::eval::Evaluation;
use crate::judge::measures::{interval, rate as share};
use crate::judge::scores::{Kind, Scores};
use crate::report::columns::{Cell, Column, write_table};
use crate::report::eval::{all_scores, rate};
use crate::report::figures::{count, thousands};
use crate::report::sanitize::sanitize;

/// Rates of so many pairs need no interval.
const MANY: u64 = 200;
/// Names of sets and kinds are cut to no less.
const NAME_LEAST: usize = 12;
const INDENT: usize = 2;
/// Heights of a bar in one character.
const BARS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

const NAME: Column = Column::cut_to(NAME_LEAST);

/// Writes the tables.
pub(super) fn render(
    evaluation: &Evaluation,
    color: bool,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let strong = if color { Style::new().bold() } else { Style::new() };
    let mut page = Page { strong, width, out };
    let sets = all_scores(evaluation);
    let grey: u64 = evaluation.sets.iter().map(|set| set.grey).sum();
    let Scores { counts, .. } = &evaluation.pooled;
    writeln!(
        page.out,
        "{}, {}: {}, {} not; {} grey left out\nmin-confidence {}{}\n",
        count(evaluation.articles as usize, "article", "articles"),
        count((counts.copies + counts.others) as usize, "labelled pair", "labelled pairs"),
        count(counts.copies as usize, "copy", "copies"),
        thousands(counts.others),
        thousands(grey),
        evaluation.matching.min_confidence,
        if evaluation.matching.deep { ", deep" } else { "" }
    )?;
    page.sets(evaluation, &sets)?;
    for (name, scores) in sets.iter().take(evaluation.sets.len()) {
        let of = if sets.len() > 1 { format!("{}: ", sanitize(name)) } else { String::new() };
        page.kinds(&of, scores, true)?;
        page.kinds(&of, scores, false)?;
    }
    page.sweep(&evaluation.pooled)?;
    page.reliability(&evaluation.pooled)?;
    page.histograms(&evaluation.pooled)
}

struct Page<'a> {
    strong: Style,
    width: usize,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn sets(&mut self, evaluation: &Evaluation, sets: &[(&str, &Scores)]) -> io::Result<()> {
        let clusters = evaluation.sets.iter().any(|set| set.clusters);
        let mut header =
            vec!["data set", "pairs", "copies", "precision", "recall", "F1", "candidates"];
        header.extend(clusters.then_some("ARI"));
        let mut rows = Vec::new();
        for (at, (name, scores)) in sets.iter().enumerate() {
            let counts = &scores.counts;
            let mut row = vec![
                sanitize(name),
                thousands(counts.copies + counts.others),
                thousands(counts.copies),
                rate(counts.precision()),
                rate(counts.recall()),
                rate(counts.f1()),
                rate(share(scores.candidates, counts.copies)),
            ];
            if clusters {
                row.push(rate(evaluation.sets.get(at).and_then(|set| set.adjusted_rand)));
            }
            rows.push(row);
        }
        self.table(&header, rows)?;
        let alone = &evaluation.pooled.alone;
        writeln!(
            self.out,
            "  found = both articles in one group; candidates = copies the search proposed\n  \
             each pair by itself, before grouping: precision {}, recall {}, F1 {}\n",
            rate(alone.precision()),
            rate(alone.recall()),
            rate(alone.f1())
        )
    }

    fn kinds(&mut self, of: &str, scores: &Scores, copies: bool) -> io::Result<()> {
        let kinds: Vec<&Kind> = scores.kinds.iter().filter(|kind| kind.copy == copies).collect();
        if kinds.is_empty() {
            return Ok(());
        }
        let (title, rate_of) = if copies {
            ("copies, by kind: what was found", "recall")
        } else {
            ("not copies, by kind: what was taken for copies", "false")
        };
        self.title(&format!("{of}{title}"))?;
        let mut header = vec!["kind", "pairs", "found", rate_of, "95 % interval"];
        header.extend(copies.then_some("candidates"));
        let rows = kinds.into_iter().map(|kind| {
            let mut row = vec![
                named(kind),
                thousands(kind.pairs),
                thousands(kind.found),
                rate(share(kind.found, kind.pairs)),
                between(kind.found, kind.pairs),
            ];
            row.extend(copies.then(|| rate(share(kind.candidates, kind.pairs))));
            row
        });
        let rows = rows.collect();
        self.table(&header, rows)?;
        writeln!(self.out)
    }

    fn sweep(&mut self, scores: &Scores) -> io::Result<()> {
        self.title("other values of --min-confidence, each pair by itself")?;
        let header = ["from", "precision", "recall", "F1", "found", "false"];
        let rows = scores.sweep.iter().map(|(least, counts)| {
            vec![
                format!("{least:.2}"),
                rate(counts.precision()),
                rate(counts.recall()),
                rate(counts.f1()),
                thousands(counts.copies_found),
                thousands(counts.others_found),
            ]
        });
        let rows = rows.collect();
        self.table(&header, rows)?;
        for limited in &scores.limited {
            writeln!(
                self.out,
                "  at most {} % false: recall {} above confidence {:.3}",
                100.0 * limited.rate,
                rate(limited.counts.recall()),
                limited.above
            )?;
        }
        writeln!(self.out)
    }

    fn reliability(&mut self, scores: &Scores) -> io::Result<()> {
        let table = &scores.reliability;
        self.title("reliability: does confidence 0.8 mean that 8 of 10 are copies?")?;
        let header = ["confidence", "pairs", "on average", "copies", "share", "95 % interval"];
        let rows = table.bins.iter().zip(0..).filter(|(bin, _)| bin.pairs > 0).map(|(bin, at)| {
            vec![
                format!("{:.1} to {:.1}", f64::from(at) / 10.0, f64::from(at + 1) / 10.0),
                thousands(bin.pairs),
                rate(bin.mean_confidence()),
                thousands(bin.copies),
                rate(bin.share()),
                between(bin.copies, bin.pairs),
            ]
        });
        let rows = rows.collect();
        self.table(&header, rows)?;
        writeln!(
            self.out,
            "  expected calibration error {} over {}\n  \
             (equal texts and pairs that were never judged are not among them)\n",
            rate(table.calibration_error()),
            count(table.pairs() as usize, "judged pair", "judged pairs")
        )
    }

    fn histograms(&mut self, scores: &Scores) -> io::Result<()> {
        self.title("confidence by kind, in steps of 0.05")?;
        let header = ["kind", "", "pairs", "never judged", "0        0.5        1"];
        let rows = scores.kinds.iter().map(|kind| {
            vec![
                named(kind),
                if kind.copy { "copies" } else { "not" }.to_owned(),
                thousands(kind.pairs),
                thousands(kind.unjudged),
                bars(kind),
            ]
        });
        let rows = rows.collect();
        self.table_of(
            &[NAME, Column::LEFT, Column::RIGHT, Column::RIGHT, Column::LEFT],
            &header,
            rows,
        )
    }

    fn title(&mut self, title: &str) -> io::Result<()> {
        let strong = self.strong;
        writeln!(self.out, "{strong}{title}{strong:#}")
    }

    /// A table of names and numbers.
    fn table(&mut self, header: &[&str], rows: Vec<Vec<String>>) -> io::Result<()> {
        let mut columns = vec![NAME];
        columns.resize(header.len(), Column::RIGHT);
        self.table_of(&columns, header, rows)
    }

    fn table_of(
        &mut self,
        columns: &[Column],
        header: &[&str],
        rows: Vec<Vec<String>>,
    ) -> io::Result<()> {
        let dim = if self.strong == Style::new() { Style::new() } else { Style::new().dimmed() };
        let mut cells = vec![header.iter().map(|name| Cell::styled(*name, dim)).collect()];
        cells
            .extend(rows.into_iter().map(|row| row.into_iter().map(Cell::new).collect::<Vec<_>>()));
        write_table(columns, &cells, INDENT, self.width, self.out)
    }
}

fn named(kind: &Kind) -> String {
    let name = sanitize(&kind.name);
    if name.is_empty() { "(no kind)".to_owned() } else { name }
}

/// The interval of a rate, where there are few pairs.
fn between(part: u64, whole: u64) -> String {
    match interval(part, whole) {
        Some((low, high)) if whole < MANY => format!("{low:.2} to {high:.2}"),
        _ => String::new(),
    }
}

/// One character for each bin, as high as its share of the highest; what is there at all is seen.
fn bars(kind: &Kind) -> String {
    let most = kind.scores.iter().copied().max().unwrap_or_default().max(1);
    let bar = |&pairs: &u64| BARS[(pairs * 8).div_ceil(most) as usize];
    format!("|{}|", kind.scores.iter().map(bar).collect::<String>())
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::report::eval::sample;

    fn page(width: usize) -> String {
        let mut out = Vec::new();
        render(&sample::evaluation(), false, width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_page() {
        assert_eq!(page(80), include_str!("sample.txt"));
    }

    #[test]
    fn lines_fit_and_nothing_reaches_the_terminal() {
        let page = page(80);
        assert!(page.lines().all(|line| line.width() <= 80 && line.trim_end() == line));
        assert!(!page.contains('\u{1b}'));
    }
}
