//! Trains the model of `find/relate.rs` from labelled pairs and writes its coefficients, the same bytes every time.
//!
//! ```text
//! cargo run --release -p wirecopy-benches --bin train_relations -- --labels A.tsv B.tsv ... --corpora A.jsonl B.jsonl ...
//!     [--reviewed A B ...] [--rewrites C D ...] [-o src/find/coefficients.rs]
//! ```
//!
//! Labels and corpora go together by position; a data set is named by its label file. Each corpus is surveyed as `scan`
//! would, so that the evidence is what the model will meet. Pairs labelled `grey` are left out. Data sets are strata
//! samples of very different size: a set counts as at most [`MOST`] pairs of each label, and the copies of one that is
//! not named reviewed as at most [`MOST_UNREVIEWED`], so that no set drowns the others.
//!
//! Two models come of it. Sets named under `--rewrites` hold articles rewritten throughout: their copies train the second
//! one only, against what is no copy in all the sets, where another report of the event counts [`RARER`] times.
//!
//! Logistic regression with a ridge penalty on standardized values, by Newton's method (IRLS): convex, so that there is
//! one answer; sums run in a fixed order. Printed are the cross-validation by data set (each reviewed set judged by a
//! model that never saw it) and its reliability table, then that of the rewrites at two rates of false positives. A pair
//! that never becomes a candidate counts as not found.

#![allow(clippy::print_stdout, reason = "a command")]
#![allow(missing_docs, reason = "a command")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wirecopy::config::Config;
use wirecopy::find::coefficients::FEATURES;
use wirecopy::find::pipeline::survey;
use wirecopy::find::relate::{OF_COPIES, features};
use wirecopy::progress::Stats;
use wirecopy::scan::Scan;

/// Pairs of one label that a reviewed data set counts as at the most.
const MOST: f64 = 200.0;

/// The same for copies of the others, which are larger and labelled by construction: passages out of books and
/// encyclopedias, not news.
const MOST_UNREVIEWED: f64 = 30.0;

/// How much more often than a rewrite a corpus is taken to hold another report of the same event.
const RARER: f64 = 4.0;

/// Strength of the ridge penalty, in pairs.
const RIDGE: f64 = 2.0;

/// Intercept first, then the features.
const N: usize = FEATURES.len() + 1;

struct Pair {
    values: [f64; N],
    is_copy: bool,
    kind: String,
    is_candidate: bool,
    weight: f64,
}

struct Set {
    name: String,
    is_reviewed: bool,
    is_rewrites: bool,
    pairs: Vec<Pair>,
}

/// The features that a model looks at, of all.
#[derive(Clone, Copy)]
struct Task {
    used: usize,
    rarer: f64,
}

const COPIES: Task = Task { used: 1 + OF_COPIES, rarer: 1.0 };
const REWRITES: Task = Task { used: N, rarer: RARER };

fn main() -> Result<(), Box<dyn Error>> {
    let mut lists: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let mut current = String::new();
    for arg in std::env::args().skip(1) {
        match arg.starts_with('-') {
            true => current = arg,
            false => lists.entry(current.clone()).or_default().push(arg),
        }
    }
    let list = |name: &str| lists.get(name).cloned().unwrap_or_default();
    let (labels, corpora) = (list("--labels"), list("--corpora"));
    let (reviewed, rewrites) = (list("--reviewed"), list("--rewrites"));
    if labels.is_empty() || labels.len() != corpora.len() {
        return Err("give as many --corpora as --labels, in the same order".into());
    }
    let mut sets = Vec::new();
    for (labels, corpus) in labels.iter().zip(&corpora) {
        let name = Path::new(labels)
            .file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let is_rewrites = rewrites.contains(&name);
        let is_reviewed = (reviewed.is_empty() || reviewed.contains(&name)) && !is_rewrites;
        let most = if is_reviewed || is_rewrites { MOST } else { MOST_UNREVIEWED };
        let pairs = load(Path::new(labels), Path::new(corpus), most, !is_reviewed)?;
        sets.push(Set { pairs, name, is_reviewed, is_rewrites });
    }
    cross_validate(&sets);
    cross_validate_rewrites(&sets);
    let all: Vec<&Set> = sets.iter().collect();
    let (copies, rewrites) = (fit(&all, COPIES), fit(&all, REWRITES));
    println!("\nin sample, all sets in training; sets of rewrites by both models");
    for set in &sets {
        report(&set.name, &set.pairs, |pair| match set.is_rewrites {
            true => probability(&copies, pair).max(probability(&rewrites, pair)),
            false => probability(&copies, pair),
        });
    }
    let reviewed = sets.iter().filter(|set| set.is_reviewed).flat_map(|set| &set.pairs);
    report("pooled reviewed", reviewed, |pair| probability(&copies, pair));
    let text = source(&copies, &rewrites);
    match lists.get("-o").and_then(|files| files.first()) {
        Some(file) => std::fs::write(file, text)?,
        None => print!("\n{text}"),
    }
    Ok(())
}

/// The labelled pairs of one corpus with what the model sees of them.
fn load(
    labels: &Path,
    corpus: &Path,
    most_copies: f64,
    deep: bool,
) -> Result<Vec<Pair>, Box<dyn Error>> {
    let mut config = Config::default();
    config.matching.deep = deep;
    let mut scan = Scan::new(config.clone());
    scan.read(&[PathBuf::from(corpus)], &())?;
    let collection = scan.collect()?;
    let articles = collection.articles()?;
    let found = survey(&collection, &config, &(), &mut Stats::default())?;
    let index: BTreeMap<&str, u32> =
        articles.iter().zip(0..).map(|(article, at)| (article.id.as_str(), at)).collect();
    let mut pairs = Vec::new();
    for (line, number) in std::fs::read_to_string(labels)?.lines().zip(1..) {
        let fields: Vec<&str> = line.split('\t').collect();
        let [a, b, label, kind] = fields[..] else {
            return Err(format!(
                "{}:{number}: expected id1 TAB id2 TAB label TAB kind, saw {line:?}",
                labels.display()
            )
            .into());
        };
        let (Some(&a), Some(&b)) = (index.get(a), index.get(b)) else { continue };
        if label == "grey" || found.equal[a as usize] == found.equal[b as usize] {
            continue;
        }
        let mut values = [1.0; N];
        values[1..].copy_from_slice(&features(&found.judge.evidence(a.min(b), a.max(b))?));
        let kind = kind.split(':').next().unwrap_or_default().to_owned();
        pairs.push(Pair {
            values,
            is_copy: label == "1",
            kind,
            is_candidate: found.is_candidate(a, b),
            weight: 1.0,
        });
    }
    for label in [false, true] {
        let most = if label { most_copies } else { MOST };
        let count = pairs.iter().filter(|pair| pair.is_copy == label).count() as f64;
        pairs
            .iter_mut()
            .filter(|pair| pair.is_copy == label)
            .for_each(|pair| pair.weight = (most / count).min(1.0));
    }
    Ok(pairs)
}

/// Leaves each reviewed set out in turn.
fn cross_validate(sets: &[Set]) {
    println!("cross-validation: each reviewed set judged by a model that never saw it");
    let mut judged: Vec<(f64, &Pair)> = Vec::new();
    for out in sets.iter().filter(|set| set.is_reviewed) {
        let model = fit(&all_but(sets, &[&out.name]), COPIES);
        report(&out.name, &out.pairs, |pair| probability(&model, pair));
        judged.extend(out.pairs.iter().map(|pair| (probability(&model, pair), pair)));
    }
    let by_address: BTreeMap<*const Pair, f64> =
        judged.iter().map(|(p, pair)| (&raw const **pair, *p)).collect();
    report("pooled", judged.iter().map(|(_, pair)| *pair), |pair| by_address[&(&raw const *pair)]);
    println!("reliability: probability said, pairs, probability met");
    let mut error = 0.0;
    for bin in 0..10 {
        let inside: Vec<_> =
            judged.iter().filter(|(p, _)| ((p * 10.0) as usize).min(9) == bin).collect();
        if inside.is_empty() {
            continue;
        }
        let n = inside.len() as f64;
        let said = inside.iter().map(|(p, _)| p).sum::<f64>() / n;
        let met = inside.iter().filter(|(_, pair)| pair.is_copy).count() as f64 / n;
        error += (said - met).abs() * n / judged.len() as f64;
        println!("   {said:.3} {:>4} {met:.3}", inside.len());
    }
    println!("   expected calibration error {error:.4}");
}

/// Leaves each set of rewrites out in turn, with one that holds no copies at all; both are judged by models that saw
/// neither. Of the other, so many pairs are let pass.
fn cross_validate_rewrites(sets: &[Set]) {
    println!("rewrites found, where so much of a set without copies is taken for one");
    let without = |set: &&Set| set.pairs.iter().all(|pair| !pair.is_copy);
    for out in sets.iter().filter(|set| set.is_rewrites) {
        for other in sets.iter().filter(without) {
            let training = all_but(sets, &[&out.name, &other.name]);
            let (copies, rewrites) = (fit(&training, COPIES), fit(&training, REWRITES));
            let score = |pair: &Pair| match pair.is_candidate {
                true => probability(&copies, pair).max(probability(&rewrites, pair)),
                false => 0.0,
            };
            let mut others: Vec<f64> = other.pairs.iter().map(score).collect();
            others.sort_by(|x, y| y.total_cmp(x));
            for rate in [0.01, 0.001] {
                let passed = (rate * others.len() as f64) as usize;
                let cut = others.get(passed).copied().unwrap_or(0.0);
                let mut kinds: BTreeMap<&str, [usize; 2]> = BTreeMap::new();
                for pair in out.pairs.iter().filter(|pair| pair.is_copy) {
                    let counts = kinds.entry(&pair.kind).or_default();
                    counts[0] += usize::from(score(pair) > cut);
                    counts[1] += 1;
                }
                let kinds: Vec<String> = kinds
                    .iter()
                    .map(|(kind, [n, of])| format!("{kind} {:.3}", *n as f64 / *of as f64))
                    .collect();
                println!(
                    "   {} at {passed} of {} {} (cut {cut:.3}): {}",
                    out.name,
                    others.len(),
                    other.name,
                    kinds.join(", ")
                );
            }
        }
    }
}

fn all_but<'a>(sets: &'a [Set], out: &[&str]) -> Vec<&'a Set> {
    sets.iter().filter(|set| !out.contains(&set.name.as_str())).collect()
}

/// Precision and recall at probability one half, and what was accepted of each kind.
fn report<'a>(
    name: &str,
    pairs: impl IntoIterator<Item = &'a Pair>,
    probability: impl Fn(&Pair) -> f64,
) {
    let (mut hits, mut accepted, mut copies) = (0, 0, 0);
    let mut kinds: BTreeMap<(bool, &str), [usize; 2]> = BTreeMap::new();
    for pair in pairs {
        let found = pair.is_candidate && probability(pair) >= 0.5;
        hits += usize::from(found && pair.is_copy);
        accepted += usize::from(found);
        copies += usize::from(pair.is_copy);
        let counts = kinds.entry((!pair.is_copy, &pair.kind)).or_default();
        counts[0] += usize::from(found);
        counts[1] += 1;
    }
    let (p, r) = (hits as f64 / accepted.max(1) as f64, hits as f64 / copies.max(1) as f64);
    let f1 = 2.0 * hits as f64 / (accepted + copies).max(1) as f64;
    let kinds: Vec<String> = kinds
        .iter()
        .map(|((other, kind), [n, of])| {
            format!("{}{kind} {n}/{of}", if *other { "not " } else { "" })
        })
        .collect();
    println!("   {name:<20} P {p:.3} R {r:.3} F1 {f1:.3}   {}", kinds.join(", "));
}

fn probability(model: &[f64; N], pair: &Pair) -> f64 {
    1.0 / (1.0 + libm::exp(-dot(model, &pair.values)))
}

fn dot(x: &[f64; N], y: &[f64; N]) -> f64 {
    x.iter().zip(y).map(|(x, y)| x * y).sum()
}

/// The coefficients, intercept first, on the scale of the features themselves.
fn fit(sets: &[&Set], task: Task) -> [f64; N] {
    let of_task = |set: &&Set, pair: &Pair| match task.rarer > 1.0 {
        true => set.is_rewrites || !pair.is_copy,
        false => !set.is_rewrites,
    };
    let pairs: Vec<(&Pair, f64)> = sets
        .iter()
        .flat_map(|set| set.pairs.iter().filter(move |pair| of_task(set, pair)))
        .map(|pair| (pair, if pair.is_copy { pair.weight } else { task.rarer * pair.weight }))
        .collect();
    let total: f64 = pairs.iter().map(|(_, weight)| weight).sum();
    let mean = |f: &dyn Fn(&Pair) -> f64| {
        pairs.iter().map(|(pair, weight)| weight * f(pair)).sum::<f64>() / total
    };
    let means: [f64; N] =
        std::array::from_fn(|i| if i == 0 { 0.0 } else { mean(&|pair| pair.values[i]) });
    let scales: [f64; N] = std::array::from_fn(|i| {
        let variance = mean(&|pair| (pair.values[i] - means[i]) * (pair.values[i] - means[i]));
        if variance > 0.0 { libm::sqrt(variance) } else { 1.0 }
    });
    let standard: Vec<[f64; N]> = pairs
        .iter()
        .map(|(pair, _)| {
            let value = |i: usize| (pair.values[i] - means[i]) / scales[i];
            std::array::from_fn(|i| if i < task.used { value(i) } else { 0.0 })
        })
        .collect();
    let mut model = [0.0; N];
    for _ in 0..50 {
        let mut gradient = [0.0; N];
        let mut hessian = [[0.0; N]; N];
        for i in 1..N {
            gradient[i] = -RIDGE * model[i];
            hessian[i][i] = RIDGE;
        }
        for ((pair, weight), x) in pairs.iter().zip(&standard) {
            let mut x = *x;
            x[0] = 1.0;
            let p = 1.0 / (1.0 + libm::exp(-dot(&model, &x)));
            for i in 0..N {
                gradient[i] += weight * (f64::from(u8::from(pair.is_copy)) - p) * x[i];
                for j in 0..N {
                    hessian[i][j] += weight * p * (1.0 - p) * x[i] * x[j];
                }
            }
        }
        let step = solve(hessian, gradient);
        model.iter_mut().zip(step).for_each(|(value, step)| *value += step);
        if step.iter().all(|step| step.abs() < 1e-12) {
            break;
        }
    }
    let mut raw: [f64; N] =
        std::array::from_fn(|i| if i == 0 { model[0] } else { model[i] / scales[i] });
    raw[0] -= (1..N).map(|i| raw[i] * means[i]).sum::<f64>();
    raw
}

/// Solves a positive definite system by elimination.
fn solve(mut a: [[f64; N]; N], mut b: [f64; N]) -> [f64; N] {
    for i in 0..N {
        for j in i + 1..N {
            let factor = a[j][i] / a[i][i];
            let pivot = a[i];
            a[j].iter_mut().zip(pivot).for_each(|(value, above)| *value -= factor * above);
            b[j] -= factor * b[i];
        }
    }
    for i in (0..N).rev() {
        b[i] = (b[i] - (i + 1..N).map(|j| a[i][j] * b[j]).sum::<f64>()) / a[i][i];
    }
    b
}

/// The file of coefficients, rounded to what decides.
fn source(copies: &[f64; N], rewrites: &[f64; N]) -> String {
    let mut text = String::from(
        "//! Generated by `cargo run --release -p wirecopy-benches --bin train_relations`; do not edit. Model r2.\n\n\
         use super::relate::Model;\n\n\
         /// The values of evidence in the order of the coefficients.\npub const FEATURES: &[&str] = &[\n",
    );
    for name in FEATURES {
        let _ = writeln!(text, "    {name:?},");
    }
    text.push_str("];\n");
    let models =
        [("Copies of one text.", "COPIES", copies), ("Rewrites throughout.", "REWRITES", rewrites)];
    for (title, name, model) in models {
        let _ = write!(
            text,
            "\n/// {title}\n#[rustfmt::skip]\npub const {name}: Model = Model {{\n    factors: [\n"
        );
        for value in &model[1..] {
            let _ = writeln!(text, "        {value:.4},");
        }
        let _ = write!(text, "    ],\n    intercept: {:.4},\n}};\n", model[0]);
    }
    text
}
