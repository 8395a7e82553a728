//! An evaluation as JSON Lines, for programs: `eval-begin` first, `end` last, and between them, for each data set and
//! then for all of them pooled (`"set":null`), one line `set`, and lines `kind`, `sweep`, `limited`,
//! `reliability`, `histogram`.
//!
//! Keys, their order and the rounding to four decimals are a contract (`"format":1`): keys may be added at the end of an
//! object, nothing else changes without a new number. A rate of nothing is null. In `reliability`, `pairs` are the
//! labelled pairs that were judged with a confidence from `from` up to `to`: equal texts need no judge and are not among
//! them; `alone`, `sweep` and `limited` judge each pair by its own confidence, before grouping. In `limited`, at most
//! `false_rate` of what is no copy is found. In `histogram`, equal texts count as 1, and `bins` are 20 steps of 0.05.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use crate::judge::eval::{Evaluation, Named, Set};
use crate::judge::measures::{interval, rate};
use crate::judge::scores::{SCORE_BINS, Scores};
use crate::report::lines::{Params, line, round};

/// The number of this form. Readers refuse a number they do not know.
const FORMAT: u32 = 1;

/// Writes the evaluation as lines.
pub(super) fn render(evaluation: &Evaluation, out: &mut dyn Write) -> io::Result<()> {
    let begin = Line::EvalBegin {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
        articles: evaluation.articles,
        sets: evaluation.sets.len(),
        params: Params::of(&evaluation.matching),
        repeated_ids: evaluation.repeated.count,
    };
    line(&begin, out)?;
    for set in &evaluation.sets {
        let form = if set.clusters { "clusters" } else { "pairs" };
        lines(Some(&set.name), Some(form), set, &set.scores, out)?;
    }
    let sum = |of: fn(&Set) -> u64| evaluation.sets.iter().map(of).sum();
    let all = Set {
        grey: sum(|set| set.grey),
        left_out: sum(|set| set.left_out),
        missing: Named { count: sum(|set| set.missing.count as u64) as usize, first: Vec::new() },
        ..Set::default()
    };
    lines(None, None, &all, &evaluation.pooled, out)?;
    line(&Line::End { sets: evaluation.sets.len() }, out)
}

/// Every kind of line, with its keys in their order.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    EvalBegin {
        format: u32,
        version: &'static str,
        articles: u64,
        sets: usize,
        params: Params,
        repeated_ids: usize,
    },
    Set {
        set: Option<&'a str>,
        form: Option<&'static str>,
        copies: u64,
        copies_found: u64,
        not_copies: u64,
        not_copies_found: u64,
        precision: Rate,
        recall: Rate,
        f1: Rate,
        alone: Alone,
        candidates: u64,
        candidate_recall: Rate,
        adjusted_rand: Rate,
        judged: u64,
        calibration_error: Rate,
        grey: u64,
        left_out: u64,
        missing_ids: usize,
    },
    Kind {
        set: Option<&'a str>,
        copy: bool,
        kind: &'a str,
        pairs: u64,
        found: u64,
        rate: Rate,
        interval: [Rate; 2],
        candidates: u64,
    },
    Sweep {
        set: Option<&'a str>,
        min_confidence: Rate,
        copies_found: u64,
        not_copies_found: u64,
        precision: Rate,
        recall: Rate,
        f1: Rate,
    },
    Limited {
        set: Option<&'a str>,
        false_rate: f64,
        above_confidence: Rate,
        copies_found: u64,
        not_copies_found: u64,
        recall: Rate,
    },
    Reliability {
        set: Option<&'a str>,
        from: Rate,
        to: Rate,
        pairs: u64,
        copies: u64,
        mean_confidence: Rate,
        share: Rate,
    },
    Histogram {
        set: Option<&'a str>,
        copy: bool,
        kind: &'a str,
        never_judged: u64,
        bins: [u64; SCORE_BINS],
    },
    End {
        sets: usize,
    },
}

/// What would be found by the confidence of each pair by itself, before grouping.
#[derive(Serialize)]
struct Alone {
    copies_found: u64,
    not_copies_found: u64,
    precision: Rate,
    recall: Rate,
    f1: Rate,
}

/// A number to four decimals.
struct Rate(Option<f64>);

impl Serialize for Rate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.map(|number| round(number, 4)).serialize(serializer)
    }
}

fn lines(
    set: Option<&str>,
    form: Option<&'static str>,
    labels: &Set,
    scores: &Scores,
    out: &mut dyn Write,
) -> io::Result<()> {
    let counts = &scores.counts;
    let whole = Line::Set {
        set,
        form,
        copies: counts.copies,
        copies_found: counts.copies_found,
        not_copies: counts.others,
        not_copies_found: counts.others_found,
        precision: Rate(counts.precision()),
        recall: Rate(counts.recall()),
        f1: Rate(counts.f1()),
        alone: Alone {
            copies_found: scores.alone.copies_found,
            not_copies_found: scores.alone.others_found,
            precision: Rate(scores.alone.precision()),
            recall: Rate(scores.alone.recall()),
            f1: Rate(scores.alone.f1()),
        },
        candidates: scores.candidates,
        candidate_recall: Rate(rate(scores.candidates, counts.copies)),
        adjusted_rand: Rate(labels.adjusted_rand),
        judged: scores.reliability.pairs(),
        calibration_error: Rate(scores.reliability.calibration_error()),
        grey: labels.grey,
        left_out: labels.left_out,
        missing_ids: labels.missing.count,
    };
    line(&whole, out)?;
    for kind in &scores.kinds {
        let (low, high) = interval(kind.found, kind.pairs).unzip();
        let line_of_kind = Line::Kind {
            set,
            copy: kind.copy,
            kind: &kind.name,
            pairs: kind.pairs,
            found: kind.found,
            rate: Rate(rate(kind.found, kind.pairs)),
            interval: [Rate(low), Rate(high)],
            candidates: kind.candidates,
        };
        line(&line_of_kind, out)?;
    }
    for (least, counts) in &scores.sweep {
        let step = Line::Sweep {
            set,
            min_confidence: Rate(Some(*least)),
            copies_found: counts.copies_found,
            not_copies_found: counts.others_found,
            precision: Rate(counts.precision()),
            recall: Rate(counts.recall()),
            f1: Rate(counts.f1()),
        };
        line(&step, out)?;
    }
    for limited in &scores.limited {
        let allowed = Line::Limited {
            set,
            false_rate: limited.rate,
            above_confidence: Rate(Some(limited.above)),
            copies_found: limited.counts.copies_found,
            not_copies_found: limited.counts.others_found,
            recall: Rate(limited.counts.recall()),
        };
        line(&allowed, out)?;
    }
    for (bin, at) in scores.reliability.bins.iter().zip(0..) {
        let bin = Line::Reliability {
            set,
            from: Rate(Some(f64::from(at) / 10.0)),
            to: Rate(Some(f64::from(at + 1) / 10.0)),
            pairs: bin.pairs,
            copies: bin.copies,
            mean_confidence: Rate(bin.mean_confidence()),
            share: Rate(bin.share()),
        };
        line(&bin, out)?;
    }
    for kind in &scores.kinds {
        let histogram = Line::Histogram {
            set,
            copy: kind.copy,
            kind: &kind.name,
            never_judged: kind.unjudged,
            bins: kind.scores,
        };
        line(&histogram, out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::eval::sample;

    fn page() -> String {
        let mut out = Vec::new();
        render(&sample::evaluation(), &mut out).unwrap();
        String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "0.0.0")
    }

    #[test]
    fn one_line_of_each_kind() {
        let page = page();
        let first = |of: &str| {
            page.lines()
                .find(|line| line.starts_with(&format!(r#"{{"type":"{of}""#)))
                .unwrap_or_default()
        };
        for (of, expected) in [
            (
                "eval-begin",
                r#"{"type":"eval-begin","format":1,"version":"0.0.0","articles":79,"sets":2,"params":{"min_confidence":0.5,"min_words":10},"repeated_ids":1}"#,
            ),
            (
                "set",
                r#"{"type":"set","set":"mini","form":"pairs","copies":10,"copies_found":8,"not_copies":300,"not_copies_found":2,"precision":0.8,"recall":0.8,"f1":0.8,"alone":{"copies_found":7,"not_copies_found":1,"precision":0.875,"recall":0.7,"f1":0.7778},"candidates":9,"candidate_recall":0.9,"adjusted_rand":null,"judged":4,"calibration_error":0.1325,"grey":5,"left_out":4,"missing_ids":6}"#,
            ),
            (
                "kind",
                r#"{"type":"kind","set":"mini","copy":true,"kind":"</script><script>alert(1)</script>\u001b[2J","pairs":4,"found":4,"rate":1.0,"interval":[0.5101,1.0],"candidates":4}"#,
            ),
            (
                "sweep",
                r#"{"type":"sweep","set":"mini","min_confidence":0.05,"copies_found":8,"not_copies_found":2,"precision":0.8,"recall":0.8,"f1":0.8}"#,
            ),
            (
                "reliability",
                r#"{"type":"reliability","set":"mini","from":0.0,"to":0.1,"pairs":2,"copies":0,"mean_confidence":0.06,"share":0.0}"#,
            ),
            (
                "histogram",
                r#"{"type":"histogram","set":"mini","copy":true,"kind":"</script><script>alert(1)</script>\u001b[2J","never_judged":0,"bins":[0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,0,4]}"#,
            ),
            ("end", r#"{"type":"end","sets":2}"#),
        ] {
            assert_eq!(first(of), expected);
        }
    }

    #[test]
    fn every_set_and_the_pool_have_their_lines() {
        let page = page();
        let count = |text: &str| page.lines().filter(|line| line.contains(text)).count();
        // One line for the set, three kinds twice, 19 steps, one limit, 10 bins.
        assert_eq!(count(r#""set":"mini""#), 1 + 2 * 3 + 19 + 1 + 10);
        assert_eq!(count(r#""set":null"#), 1 + 2 * 3 + 19 + 1 + 10);
        assert_eq!(count(r#""adjusted_rand":0.6667"#), 1);
        assert!(page.lines().all(|line| serde_json::from_str::<serde_json::Value>(line).is_ok()));
    }
}
