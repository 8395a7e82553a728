//! An evaluation as one page of HTML: `template.html`, filled with tables and plots.
//!
//! The page holds no script and loads nothing, and says so to the browser. Every name from labels goes through
//! [`escape`]; everything else on the page is numbers and words of ours.

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::judge::eval::Evaluation;
use crate::judge::measures::{interval, rate as share};
use crate::judge::scores::Scores;
use crate::report::eval::markup::{Table, escape, named};
use crate::report::eval::{all_scores, plots, rate, warnings};
use crate::report::figures::{count, thousands};
use crate::report::template::fill;

const TEMPLATE: &str = include_str!("template.html");

/// More kinds than this are in the tables only: the largest have plots.
const PLOTTED: usize = 48;

/// Writes the page.
pub(super) fn render(evaluation: &Evaluation, out: &mut dyn Write) -> io::Result<()> {
    fill(TEMPLATE, out, |name, out| out.write_all(part(name, evaluation).as_bytes()))
}

fn part(name: &str, evaluation: &Evaluation) -> String {
    let pooled = &evaluation.pooled;
    match name {
        "title" => title(evaluation),
        "summary" => summary(evaluation),
        "notes" => warnings(evaluation)
            .iter()
            .map(|line| format!("<p>Note: {}</p>", escape(line)))
            .collect(),
        "cards" => cards(pooled),
        "sets" => sets(evaluation),
        "precision_recall" => plots::precision_recall(pooled),
        "reliability" => plots::reliability(&pooled.reliability),
        "calibration" => format!(
            "{} over {}",
            rate(pooled.reliability.calibration_error()),
            count(pooled.reliability.pairs() as usize, "judged pair", "judged pairs")
        ),
        "histograms" => histograms(evaluation),
        "kinds" => kinds(evaluation),
        "sweep" => sweep(evaluation),
        "bins" => bins(pooled),
        // A place of the template without a part would be a mistake of ours; a test looks for it.
        _ => String::new(),
    }
}

fn title(evaluation: &Evaluation) -> String {
    let names: Vec<String> = evaluation.sets.iter().map(|set| escape(&set.name)).collect();
    match names.len() {
        0..=3 => names.join(", "),
        many => count(many, "data set", "data sets"),
    }
}

fn summary(evaluation: &Evaluation) -> String {
    let counts = &evaluation.pooled.counts;
    let grey: u64 = evaluation.sets.iter().map(|set| set.grey).sum();
    let matching = &evaluation.matching;
    let mut settings = format!("min-confidence {}", matching.min_confidence);
    if let Some(least) = matching.threshold {
        let _ = write!(settings, ", threshold {least}");
    }
    if !matching.updates {
        settings.push_str(", updates not counted");
    }
    if matching.deep {
        settings.push_str(", deep");
    }
    format!(
        "{}, {}: {}, {} not; {} grey left out. {settings}. wirecopy {}",
        count(evaluation.articles as usize, "article", "articles"),
        count((counts.copies + counts.others) as usize, "labelled pair", "labelled pairs"),
        count(counts.copies as usize, "copy", "copies"),
        thousands(counts.others),
        thousands(grey),
        env!("CARGO_PKG_VERSION")
    )
}

fn cards(scores: &Scores) -> String {
    let counts = &scores.counts;
    let found = counts.copies_found + counts.others_found;
    let card = |name: &str, value: Option<f64>, note: String| {
        format!("<div>{name}<b>{}</b><small>{note}</small></div>", rate(value))
    };
    let of = |part: u64, whole: u64| match interval(part, whole) {
        Some((low, high)) => {
            format!("{} of {}; {low:.2} to {high:.2}", thousands(part), thousands(whole))
        }
        None => "no pairs".to_owned(),
    };
    let judged = scores.reliability.pairs();
    [
        card("F1", counts.f1(), "of precision and recall".to_owned()),
        card("Precision", counts.precision(), of(counts.copies_found, found)),
        card("Recall", counts.recall(), of(counts.copies_found, counts.copies)),
        card(
            "Candidate recall",
            share(scores.candidates, counts.copies),
            of(scores.candidates, counts.copies),
        ),
        card(
            "Calibration error",
            scores.reliability.calibration_error(),
            count(judged as usize, "judged pair", "judged pairs"),
        ),
    ]
    .concat()
}

fn sets(evaluation: &Evaluation) -> String {
    let mut header =
        vec!["data set", "pairs", "copies", "precision", "recall", "F1", "candidates", "grey"];
    let clusters = evaluation.sets.iter().any(|set| set.clusters);
    header.extend(clusters.then_some("ARI"));
    let mut table = Table::new(&header);
    for (at, (name, scores)) in all_scores(evaluation).into_iter().enumerate() {
        let set = evaluation.sets.get(at);
        let counts = &scores.counts;
        let grey = set.map_or(evaluation.sets.iter().map(|set| set.grey).sum(), |set| set.grey);
        let mut row = vec![
            escape(name),
            thousands(counts.copies + counts.others),
            thousands(counts.copies),
            rate(counts.precision()),
            rate(counts.recall()),
            rate(counts.f1()),
            rate(share(scores.candidates, counts.copies)),
            thousands(grey),
        ];
        row.extend(clusters.then(|| rate(set.and_then(|set| set.adjusted_rand))));
        table.row(if set.is_none() { "pool" } else { "" }, &row);
    }
    let alone = &evaluation.pooled.alone;
    format!(
        "{}<p class=\"soft\">Each pair by itself, before grouping: precision {}, recall {}, F1 {}.</p>",
        table.end(),
        rate(alone.precision()),
        rate(alone.recall()),
        rate(alone.f1())
    )
}

fn kinds(evaluation: &Evaluation) -> String {
    let mut page = String::new();
    for set in &evaluation.sets {
        if evaluation.sets.len() > 1 {
            let _ = write!(page, "<h3>{}</h3>", escape(&set.name));
        }
        for copies in [true, false] {
            let (title, of) = if copies { ("copies", "recall") } else { ("not copies", "false") };
            let mut header = vec![title, "pairs", "found", of, "95 % interval"];
            header.extend(copies.then_some("candidates"));
            let mut table = Table::new(&header);
            let mut any = false;
            for kind in set.scores.kinds.iter().filter(|kind| kind.copy == copies) {
                any = true;
                let between = interval(kind.found, kind.pairs)
                    .map_or(String::new(), |(low, high)| format!("{low:.2}–{high:.2}"));
                let mut row = vec![
                    named(kind),
                    thousands(kind.pairs),
                    thousands(kind.found),
                    rate(share(kind.found, kind.pairs)),
                    between,
                ];
                row.extend(copies.then(|| rate(share(kind.candidates, kind.pairs))));
                table.row("", &row);
            }
            if any {
                let _ = write!(page, "<div class=\"scroll kindtable\">{}</div>", table.end());
            }
        }
    }
    page
}

fn histograms(evaluation: &Evaluation) -> String {
    let kinds = &evaluation.pooled.kinds;
    let mut drawn: Vec<usize> = (0..kinds.len()).collect();
    drawn.sort_by_key(|&at| std::cmp::Reverse(kinds[at].pairs));
    drawn.truncate(PLOTTED);
    drawn.sort_unstable();
    let mut page = String::new();
    for kind in drawn.iter().map(|&at| &kinds[at]) {
        let never = match kind.unjudged {
            0 => String::new(),
            pairs => format!("<br>{} never judged", thousands(pairs)),
        };
        let _ = write!(
            page,
            "<figure><figcaption><b>{}</b><br>{}, {}{never}</figcaption>{}</figure>",
            named(kind),
            if kind.copy { "copies" } else { "not copies" },
            count(kind.pairs as usize, "pair", "pairs"),
            plots::histogram(kind, evaluation.matching.min_confidence)
        );
    }
    if drawn.len() < kinds.len() {
        let _ = write!(
            page,
            "<p class=\"soft\">{} with no more pairs not drawn</p>",
            count(kinds.len() - drawn.len(), "kind", "kinds")
        );
    }
    page
}

fn sweep(evaluation: &Evaluation) -> String {
    let mut table = Table::new(&["from", "precision", "recall", "F1", "found", "false"]);
    for (least, counts) in &evaluation.pooled.sweep {
        let here = (least - evaluation.matching.min_confidence).abs() < 1e-9;
        table.row(
            if here { "here" } else { "" },
            &[
                format!("{least:.2}"),
                rate(counts.precision()),
                rate(counts.recall()),
                rate(counts.f1()),
                thousands(counts.copies_found),
                thousands(counts.others_found),
            ],
        );
    }
    let mut page = table.end();
    for limited in &evaluation.pooled.limited {
        let _ = write!(
            page,
            "<p>At most {} % false: recall {} above confidence {:.3}.</p>",
            100.0 * limited.rate,
            rate(limited.counts.recall()),
            limited.above
        );
    }
    page
}

fn bins(scores: &Scores) -> String {
    let mut table = Table::new(&["confidence", "pairs", "on average", "copies", "share"]);
    for (bin, at) in scores.reliability.bins.iter().zip(0..) {
        table.row(
            "",
            &[
                format!("{:.1} to {:.1}", f64::from(at) / 10.0, f64::from(at + 1) / 10.0),
                thousands(bin.pairs),
                rate(bin.mean_confidence()),
                thousands(bin.copies),
                rate(bin.share()),
            ],
        );
    }
    table.end()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::scores::Kind;
    use crate::report::eval::sample;
    use crate::report::template::next_place;

    fn page(evaluation: &Evaluation) -> String {
        let mut out = Vec::new();
        render(evaluation, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn every_place_is_filled() {
        let mut rest = TEMPLATE;
        let evaluation = sample::evaluation();
        while let Some((_, name, after)) = next_place(rest) {
            assert!(!part(name, &evaluation).is_empty(), "{name}");
            rest = after;
        }
        assert!(!page(&evaluation).contains("{{"));
    }

    #[test]
    fn names_run_nothing_and_fill_nothing() {
        let mut evaluation = sample::evaluation();
        evaluation.sets[0].name = "{{cards}}<img src=x onerror='alert(1)'>".to_owned();
        evaluation.sets[0].missing.first[0] = "\"</p><script>".to_owned();
        let page = page(&evaluation);
        assert!(!page.contains("<script") && !page.contains("</script") && !page.contains("<img"));
        assert!(page.contains("{{cards}}&lt;img src=x onerror=&#39;alert(1)&#39;&gt;"));
        assert!(page.contains("&lt;/script&gt;&lt;script&gt;alert(1)"));
        assert_eq!(page.matches("class=\"cards\"").count(), 1);
    }

    #[test]
    fn nothing_is_loaded_and_tags_are_closed() {
        let page = page(&sample::evaluation());
        for way in ["http:", "https:", "src=", "href=", "@import", "url(h"] {
            assert!(!page.contains(way), "{way}");
        }
        for tag in ["svg", "table", "div", "figure", "text", "title", "p", "dl", "main"] {
            let (open, close) = (format!("<{tag}>"), format!("</{tag}>"));
            let opened = page.matches(&open).count() + page.matches(&format!("<{tag} ")).count();
            assert_eq!(opened, page.matches(&close).count(), "{tag}");
        }
    }

    #[test]
    fn an_evaluation_of_nothing_is_a_page() {
        let page = page(&Evaluation::default());
        assert!(page.ends_with("</html>\n") && !page.contains("NaN"));
    }

    #[test]
    fn many_kinds_are_not_all_drawn() {
        let mut evaluation = sample::evaluation();
        evaluation.pooled.kinds = (0..60)
            .map(|at| Kind { name: format!("k{at}"), pairs: 100 - at, ..Kind::default() })
            .collect();
        let page = page(&evaluation);
        assert_eq!(page.matches("<br>not copies, ").count(), PLOTTED);
        assert!(page.contains("12 kinds with no more pairs not drawn"));
    }
}
