//! An evaluation, printed: text for people, JSON Lines for programs, one page of HTML for looking at.
//!
//! Like every reporter these only print: the same evaluation gives the same bytes. What is wrong with the labels is not
//! part of a report for people; [`warnings`] has it for whoever reads along.

mod html;
mod jsonl;
mod markup;
mod plots;
#[cfg(test)]
mod sample;
mod text;

use std::io::{self, Write};

use crate::judge::eval::{Evaluation, Named};
use crate::judge::scores::Scores;
use crate::report::TextOrJson;
use crate::report::figures::count;

/// Prints an evaluation, with color codes in text if wanted, in lines of at most `width` columns where that is possible.
pub fn render(
    evaluation: &Evaluation,
    format: TextOrJson,
    color: bool,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    match format {
        TextOrJson::Text => text::render(evaluation, color, width, out),
        TextOrJson::Json => jsonl::render(evaluation, out),
    }
}

/// Writes a page that is whole in itself: no scripts, nothing loaded, light and dark, fit to be printed.
pub fn html(evaluation: &Evaluation, out: &mut dyn Write) -> io::Result<()> {
    html::render(evaluation, out)
}

/// What the user should know before believing the numbers, one line each; text from the input stands in it as it was.
pub fn warnings(evaluation: &Evaluation) -> Vec<String> {
    let mut lines = Vec::new();
    for set in evaluation.sets.iter().filter(|set| set.missing.count > 0) {
        lines.push(format!(
            "{}: {} not in the input ({}); left out: {}",
            set.name,
            count(set.missing.count, "labelled id is", "labelled ids are"),
            listed(&set.missing),
            if set.clusters {
                count(set.left_out as usize, "article", "articles")
            } else {
                count(set.left_out as usize, "pair", "pairs")
            }
        ));
    }
    if evaluation.repeated.count > 0 {
        lines.push(format!(
            "{} by several articles of the input ({}); a label means the first of them by content",
            count(evaluation.repeated.count, "id is borne", "ids are borne"),
            listed(&evaluation.repeated)
        ));
    }
    lines
}

fn listed(named: &Named) -> String {
    let more = if named.count > named.first.len() { ", …" } else { "" };
    format!("{}{more}", named.first.join(", "))
}

/// A rate with three decimals; `-` for a rate of nothing.
fn rate(rate: Option<f64>) -> String {
    rate.map_or("-".to_owned(), |rate| format!("{:.3}", rate + 0.0))
}

/// Every set of scores with its name, and last the pool, where there is more than one.
fn all_scores(evaluation: &Evaluation) -> Vec<(&str, &Scores)> {
    let mut all: Vec<_> =
        evaluation.sets.iter().map(|set| (set.name.as_str(), &set.scores)).collect();
    if all.len() > 1 {
        all.push(("pooled", &evaluation.pooled));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubtful_labels_are_told() {
        assert_eq!(
            warnings(&sample::evaluation()),
            [
                "mini: 6 labelled ids are not in the input (a, b, c, d, e, …); left out: 4 pairs",
                "1 id is borne by several articles of the input (twice); a label means the first of them by content",
            ]
        );
        assert!(warnings(&Evaluation::default()).is_empty());
    }
}
