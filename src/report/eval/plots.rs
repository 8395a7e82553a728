//! Plots of an evaluation as SVG inside of HTML: precision against recall, reliability, scores of one kind.
//!
//! Drawn from numbers alone: nothing from the corpus gets in here. Colors are classes of the page; marks and hatching tell
//! the same without them. Coordinates have one decimal, so that the same numbers give the same bytes.

use std::fmt::Write;

use crate::judge::measures::{Counts, Reliability, interval};
use crate::judge::scores::{Kind, SCORE_BINS, Scores};
use crate::report::figures::thousands;

/// The large plots: a square with room for labels left and below.
const SIDE: f64 = 300.0;
const LEFT: f64 = 46.0;
const TOP: f64 = 14.0;
const WIDE: f64 = 366.0;
const HIGH: f64 = 360.0;

/// A plot of one kind.
const SMALL_WIDE: f64 = 220.0;
const SMALL_HIGH: f64 = 70.0;
/// What is there at all is drawn at least this high.
const LEAST: f64 = 2.0;

/// Axes of precision and recall begin at the first of these that leaves nothing out.
const BEGINNINGS: [f64; 4] = [0.9, 0.8, 0.5, 0.0];

/// Marks on the curve that are closer share a label.
const NEAR: f64 = 14.0;

/// Thresholds that are marked on the curve.
const MARKED: [usize; 3] = [1, 9, 17];

/// Precision against recall over all confidences, with the run itself as a mark of its own.
pub(super) fn precision_recall(scores: &Scores) -> String {
    let run = point(&scores.counts);
    let steps: Vec<(f64, (f64, f64))> = MARKED
        .iter()
        .filter_map(|&step| scores.sweep.get(step))
        .filter_map(|(least, counts)| Some((*least, point(counts)?)))
        .collect();
    let shown = scores.curve.iter().copied().chain(run).chain(steps.iter().map(|step| step.1));
    let lowest = shown.fold((1.0, 1.0), |low: (f64, f64), at| (low.0.min(at.0), low.1.min(at.1)));
    let begin = |low: f64| BEGINNINGS.into_iter().find(|&begin| begin <= low).unwrap_or_default();
    let axes = Axes { x: begin(lowest.0), y: begin(lowest.1) };
    let mut svg = axes.open("Precision against recall", "recall", "precision");
    let line: Vec<String> = scores.curve.iter().map(|&(x, y)| axes.at(x, y)).collect();
    if !line.is_empty() {
        let _ = write!(svg, r#"<polyline class="curve" points="{}"/>"#, line.join(" "));
    }
    let mut labels: Vec<((f64, f64), String)> = Vec::new();
    for (least, (x, y)) in steps {
        let (x, y) = (axes.across(x), axes.up(y));
        let _ = write!(
            svg,
            r#"<circle class="mark" cx="{x:.1}" cy="{y:.1}" r="3.5"><title>min-confidence {least:.2}</title></circle>"#
        );
        match labels.last_mut() {
            // Marks so close have one label.
            Some((at, text)) if (at.0 - x).abs().max((at.1 - y).abs()) < NEAR => {
                let _ = write!(text, ", {least:.2}");
            }
            _ => labels.push(((x, y), format!("{least:.2}"))),
        }
    }
    for ((x, y), text) in labels {
        let _ = write!(
            svg,
            r#"<text class="small" x="{:.1}" y="{:.1}" text-anchor="end">{text}</text>"#,
            x - 6.0,
            y + 14.0
        );
    }
    if let Some((x, y)) = run {
        let (x, y) = (axes.across(x), axes.up(y));
        let _ = write!(
            svg,
            r#"<rect class="run" x="{:.1}" y="{:.1}" width="11" height="11"><title>this run, by groups</title></rect>"#,
            x - 5.5,
            y - 5.5
        );
    }
    svg + "</svg>"
}

/// The share of copies against confidence, with 95 % intervals; on the dashed line they are the same.
pub(super) fn reliability(table: &Reliability) -> String {
    let axes = Axes { x: 0.0, y: 0.0 };
    let mut svg = axes.open("Share of copies against confidence", "confidence", "share of copies");
    let _ = write!(
        svg,
        r#"<line class="ideal" x1="{LEFT:.1}" y1="{:.1}" x2="{:.1}" y2="{TOP:.1}"/>"#,
        TOP + SIDE,
        LEFT + SIDE
    );
    let mut line = Vec::new();
    for bin in &table.bins {
        let (Some(mean), Some(share)) = (bin.mean_confidence(), bin.share()) else { continue };
        line.push(axes.at(mean, share));
        let (x, y) = (axes.across(mean), axes.up(share));
        if let Some((low, high)) = interval(bin.copies, bin.pairs) {
            let (low, high) = (axes.up(low), axes.up(high));
            let _ = write!(
                svg,
                r#"<path class="range" d="M{x:.1} {low:.1}V{high:.1}M{:.1} {low:.1}h6M{:.1} {high:.1}h6"/>"#,
                x - 3.0,
                x - 3.0
            );
        }
        let _ = write!(
            svg,
            r#"<circle class="mark" cx="{x:.1}" cy="{y:.1}" r="4"><title>{} of {} pairs are copies; confidence {mean:.3} on average</title></circle>"#,
            thousands(bin.copies),
            thousands(bin.pairs)
        );
    }
    let _ = write!(svg, r#"<polyline class="curve thin" points="{}"/>"#, line.join(" "));
    svg + "</svg>"
}

/// The confidences of one kind as bars, scaled to the highest, with the cut where a pair becomes a copy.
pub(super) fn histogram(kind: &Kind, cut: f64) -> String {
    let most = kind.scores.iter().copied().max().unwrap_or_default();
    let step = SMALL_WIDE / SCORE_BINS as f64;
    let mut svg = format!(
        r#"<svg viewBox="-1 -17 {:.0} {:.0}" role="img" aria-label="Pairs by confidence, from 0 to 1">"#,
        SMALL_WIDE + 2.0,
        SMALL_HIGH + 33.0
    );
    let class = if kind.copy { "bar copies" } else { "bar others" };
    for (&pairs, at) in kind.scores.iter().zip(0..).filter(|(pairs, _)| **pairs > 0) {
        let high = (pairs as f64 / most as f64 * SMALL_HIGH).max(LEAST);
        let _ = write!(
            svg,
            r#"<rect class="{class}" x="{:.1}" y="{:.1}" width="{:.1}" height="{high:.1}"><title>{:.2} to {:.2}: {}</title></rect>"#,
            f64::from(at) * step + 0.5,
            SMALL_HIGH - high,
            step - 1.0,
            f64::from(at) / SCORE_BINS as f64,
            f64::from(at + 1) / SCORE_BINS as f64,
            thousands(pairs)
        );
    }
    let cut = cut * SMALL_WIDE;
    let _ = write!(
        svg,
        r#"<line class="axis" x1="0" y1="{SMALL_HIGH:.1}" x2="{SMALL_WIDE:.1}" y2="{SMALL_HIGH:.1}"/><line class="ideal" x1="{cut:.1}" y1="-3" x2="{cut:.1}" y2="{SMALL_HIGH:.1}"/>"#
    );
    for (x, anchor, text) in
        [(0.0, "start", "0"), (SMALL_WIDE / 2.0, "middle", "0.5"), (SMALL_WIDE, "end", "1")]
    {
        let _ = write!(
            svg,
            r#"<text class="small" x="{x:.1}" y="{:.1}" text-anchor="{anchor}">{text}</text>"#,
            SMALL_HIGH + 13.0
        );
    }
    if most > 0 {
        let _ = write!(
            svg,
            r#"<text class="small" x="0" y="-6">highest bar: {}</text>"#,
            thousands(most)
        );
    }
    svg + "</svg>"
}

fn point(counts: &Counts) -> Option<(f64, f64)> {
    counts.recall().zip(counts.precision())
}

/// Two axes up to 1.
struct Axes {
    x: f64,
    y: f64,
}

impl Axes {
    fn across(&self, x: f64) -> f64 {
        LEFT + (x - self.x) / (1.0 - self.x) * SIDE
    }

    fn up(&self, y: f64) -> f64 {
        TOP + (1.0 - (y - self.y) / (1.0 - self.y)) * SIDE
    }

    fn at(&self, x: f64, y: f64) -> String {
        format!("{:.1},{:.1}", self.across(x), self.up(y))
    }

    /// The beginning of a plot: its frame, a grid, and numbers at every fifth of the way.
    fn open(&self, name: &str, x_name: &str, y_name: &str) -> String {
        let mut svg =
            format!(r#"<svg viewBox="0 0 {WIDE:.0} {HIGH:.0}" role="img" aria-label="{name}">"#);
        for fifth in 0..=5 {
            let part = f64::from(fifth) / 5.0;
            let (x, y) = (LEFT + part * SIDE, TOP + (1.0 - part) * SIDE);
            let _ = write!(
                svg,
                r#"<path class="grid" d="M{x:.1} {TOP:.1}v{SIDE:.1}M{LEFT:.1} {y:.1}h{SIDE:.1}"/>"#
            );
            let value = |begin: f64| format!("{:.2}", begin + part * (1.0 - begin));
            let _ = write!(
                svg,
                r#"<text class="small" x="{x:.1}" y="{:.1}" text-anchor="middle">{}</text><text class="small" x="{:.1}" y="{:.1}" text-anchor="end">{}</text>"#,
                TOP + SIDE + 15.0,
                value(self.x),
                LEFT - 6.0,
                y + 4.0,
                value(self.y)
            );
        }
        let middle = TOP + SIDE / 2.0;
        let _ = write!(
            svg,
            r#"<rect class="frame" x="{LEFT:.1}" y="{TOP:.1}" width="{SIDE:.1}" height="{SIDE:.1}"/><text x="{:.1}" y="{:.1}" text-anchor="middle">{x_name}</text><text x="11" y="{middle:.1}" text-anchor="middle" transform="rotate(-90 11 {middle:.1})">{y_name}</text>"#,
            LEFT + SIDE / 2.0,
            HIGH - 10.0
        );
        svg
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::eval::sample;

    #[test]
    fn the_run_and_the_curve_are_where_they_belong() {
        let svg = precision_recall(&sample::evaluation().sets[0].scores);
        // Recall goes down to 0.4, so its axis begins at 0; precision goes down to 2 of 3, and its axis begins at 0.5.
        assert!(
            svg.contains(r#"<polyline class="curve" points="166.0,14.0 256.0,89.0 286.0,134.0"/>"#),
            "{svg}"
        );
        assert!(svg.contains(r#"<rect class="run" x="280.5" y="128.5""#), "{svg}");
        assert!(svg.contains(">0.70</text>") && svg.ends_with("</svg>"));
    }

    #[test]
    fn nothing_to_draw_is_an_empty_frame() {
        let svg = precision_recall(&Scores::default());
        assert!(!svg.contains("polyline") && !svg.contains("NaN"));
        assert!(!reliability(&Reliability::default()).contains("circle"));
        assert!(!histogram(&Kind::default(), 0.5).contains("highest"));
    }

    #[test]
    fn bars_are_scaled_to_the_highest_and_never_vanish() {
        let mut kind = Kind { copy: true, ..Kind::default() };
        (kind.scores[0], kind.scores[19]) = (1, 1000);
        let svg = histogram(&kind, 0.5);
        assert!(
            svg.contains(r#"y="0.0" width="10.0" height="70.0"><title>0.95 to 1.00: 1,000"#),
            "{svg}"
        );
        assert!(
            svg.contains(r#"y="68.0" width="10.0" height="2.0"><title>0.00 to 0.05: 1<"#),
            "{svg}"
        );
    }
}
