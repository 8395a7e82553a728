//! How likely the search is to look at a pair, by how alike it is: predicted from the bands and samples in use.
//!
//! Bands follow 1 − (1 − Jʳ)ᵇ. A pair that shares a band of nine rows shares one of two, so that the near-verbatim bands
//! add nothing to what the wide ones propose; they only fold early. Sampled rare runs are counted by the binomial, and
//! are taken as independent of the bands, which look at other bits. Not in the prediction: the sketch estimate that sifts
//! what wide bands propose loses some pairs below a similarity of 0.1, and runs of words that recur propose nothing.

use std::io::{self, Write};

use anstyle::Style;

use crate::find::bands::{NEAR_VERBATIM, WIDE};
use crate::find::rare;
use crate::report::columns::{Cell, Column, write_table};
use crate::report::wrap::{Piece, paragraph};

/// Length in words of the articles that the prediction is made for, unless another is asked for.
pub const USUAL_WORDS: u32 = 400;

/// Similarities of the table.
const ROWS: [f64; 12] = [0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.7, 0.8, 0.9];
/// Shares of words replaced, and how people would call it.
const REWORDINGS: [f64; 5] = [0.05, 0.1, 0.2, 0.3, 0.4];
/// Rows and most columns of the plot.
const HIGH: usize = 10;
const WIDE_MOST: usize = 61;

/// One way by which a pair is proposed: name, letter in the plot, probability by Jaccard similarity.
type Way = (&'static str, char, fn(f64, u32) -> f64);

const WAYS: [Way; 4] = [
    ("near-verbatim bands", 'n', |j, _| NEAR_VERBATIM.recall(j)),
    ("wide bands", 'w', |j, _| WIDE.recall(j)),
    ("rare runs", 'r', by_rare_runs),
    ("any of them", '*', |j, words| 1.0 - (1.0 - WIDE.recall(j)) * (1.0 - by_rare_runs(j, words))),
];

/// Two articles of so many words share 2nJ/(1 + J) of their n runs each.
fn by_rare_runs(j: f64, words: u32) -> f64 {
    let runs = words.saturating_sub(2).max(1);
    let shared = (2.0 * f64::from(runs) * j / (1.0 + j)).round() as u32;
    rare::recall(shared.min(runs), runs)
}

/// Jaccard similarity of two texts of which one is the other with this share of its words replaced, evenly.
fn after_rewording(share: f64) -> f64 {
    let kept = (1.0 - share).powi(3);
    kept / (2.0 - kept)
}

/// Writes the page; `jaccard` asks for one similarity in particular.
pub fn render(
    jaccard: Option<f64>,
    words: u32,
    color: bool,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let strong = if color { Style::new().bold() } else { Style::new() };
    let text = |text: String, out: &mut dyn Write| {
        paragraph("  ", &[Piece::new(text, Style::new())], width, out)
    };
    if let Some(j) = jaccard {
        writeln!(
            out,
            "{strong}a pair of {words} words with a Jaccard similarity of {j}{strong:#}"
        )?;
        for (name, _, recall) in WAYS {
            writeln!(out, "  {name:<20} {}", probability(recall(j, words)))?;
        }
        return Ok(());
    }
    writeln!(out, "{strong}from how alike on a pair is looked at{strong:#}")?;
    text(
        "A pair must be proposed before it can be judged. How alike it must be is no setting, but a curve: across, the \
         Jaccard similarity of runs of three words; upwards, the probability that the pair is proposed."
            .to_owned(),
        out,
    )?;
    writeln!(out)?;
    plot(words, width, out)?;
    let letters: Vec<String> =
        WAYS.iter().map(|(name, letter, _)| format!("{letter} {name}")).collect();
    text(letters.join("   "), out)?;
    writeln!(out)?;
    table(words, strong, width, out)?;
    writeln!(out)?;
    text(
        format!(
            "For two articles of {words} words. Near-verbatim bands: {} of {} rows, which fold early what is all but the \
             same. Wide bands: {} of {}. Rare runs: {} sampled runs of words in common that at most {} articles have. Runs \
             that more articles have propose nothing, so that real pairs do a little worse than this.",
            NEAR_VERBATIM.bands,
            NEAR_VERBATIM.rows,
            WIDE.bands,
            WIDE.rows,
            rare::MIN_SHARED,
            rare::MAX_ARTICLES
        ),
        out,
    )?;
    writeln!(out, "\n{strong}what replaced words do to it{strong:#}")?;
    let mut rows = vec![["replaced", "Jaccard", "looked at"].map(Cell::new).to_vec()];
    rows.extend(REWORDINGS.map(|share| {
        let j = after_rewording(share);
        [format!("{:.0} %", share * 100.0), format!("{j:.2}"), probability(WAYS[3].2(j, words))]
            .map(Cell::new)
            .to_vec()
    }));
    write_table(&[Column::RIGHT; 3], &rows, 2, width, out)?;
    writeln!(out)?;
    text(
        "Every pair that is looked at is then aligned word by word and counted exactly, so that what is proposed in vain \
         costs time and no error. What counts as a copy is decided there, by --min-confidence, and by --threshold \
         (similarity) where that is given."
            .to_owned(),
        out,
    )
}

/// The curves in letters, the one of all ways on top where two meet.
fn plot(words: u32, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let across = width.saturating_sub(9).clamp(21, WIDE_MOST);
    let mut grid = vec![vec![' '; across]; HIGH + 1];
    for (_, letter, recall) in WAYS {
        let heights = (0..across).map(|x| recall(x as f64 / (across - 1) as f64, words));
        for (x, height) in heights.enumerate() {
            let y = (height * HIGH as f64).round() as usize;
            grid[HIGH - y.min(HIGH)][x] = letter;
        }
    }
    for (y, row) in grid.iter().enumerate() {
        let label = if y % 5 == 0 { format!("{} %", 100 - 10 * y) } else { String::new() };
        let row: String = row.iter().collect();
        writeln!(out, "{label:>7}|{}", row.trim_end())?;
    }
    let mut axis = vec![' '; across];
    for (share, label) in [(0.0, "0"), (0.25, ".25"), (0.5, ".5"), (0.75, ".75"), (1.0, "1")] {
        let at = (share * (across - 1) as f64).round() as usize;
        let at = at.saturating_sub(label.len() / 2).min(across - label.len());
        for (place, c) in axis[at..].iter_mut().zip(label.chars()) {
            *place = c;
        }
    }
    writeln!(out, "{:>8}{}", "", axis.iter().collect::<String>().trim_end())
}

fn table(words: u32, strong: Style, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let narrow = width < 60;
    let head = WAYS
        .iter()
        .map(|(name, letter, _)| if narrow { letter.to_string() } else { (*name).to_owned() });
    let head = std::iter::once("Jaccard".to_owned()).chain(head);
    let mut rows = vec![head.map(|name| Cell::styled(name, strong)).collect::<Vec<_>>()];
    rows.extend(ROWS.map(|j| {
        let shares = WAYS.iter().map(|(.., recall)| probability(recall(j, words)));
        let shares = shares.map(|share| if narrow { share.replace(" %", "") } else { share });
        std::iter::once(format!("{j:.2}")).chain(shares).map(Cell::new).collect()
    }));
    write_table(&[Column::RIGHT; 5], &rows, 2, width, out)
}

/// A probability with as many decimals as are needed to tell it from certainty.
fn probability(share: f64) -> String {
    match share {
        0.0..0.995 => format!("{:.1} %", share * 100.0),
        0.995..0.99995 => format!("{:.2} %", share * 100.0),
        _ => "100 %".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(jaccard: Option<f64>, width: usize) -> String {
        let mut out = Vec::new();
        render(jaccard, USUAL_WORDS, false, width, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_curve_of_all_ways_is_the_highest_and_rises() {
        for step in 1..=100 {
            let (before, j) = (f64::from(step - 1) / 100.0, f64::from(step) / 100.0);
            let all = WAYS[3].2(j, USUAL_WORDS);
            assert!(WAYS.iter().all(|(.., recall)| recall(j, USUAL_WORDS) <= all + 1e-9), "{j}");
            assert!(all >= WAYS[3].2(before, USUAL_WORDS) - 1e-9, "{j}");
        }
        assert!((after_rewording(0.3) - 0.207).abs() < 0.001);
    }

    #[test]
    fn the_page_fits_and_says_the_numbers_of_the_documentation() {
        for width in [40, 80] {
            let page = page(None, width);
            assert!(page.lines().all(|line| line.chars().count() <= width), "{page}");
        }
        assert!(page(None, 80).contains("     0.25                0.0 %      99.0 %"));
        assert!(
            page(Some(0.35), 80).contains("wide bands           99.99 %"),
            "{}",
            page(Some(0.35), 80)
        );
    }
}
