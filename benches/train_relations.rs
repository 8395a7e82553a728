//! Trains the model of `find/relate.rs` from labelled pairs and writes its coefficients, the same bytes every time.
//!
//! ```text
//! cargo run --release --example train_relations -- --labels A.tsv B.tsv ... --corpora A.jsonl B.jsonl ...
//!     [--reviewed A B ...] [-o src/find/coefficients.rs]
//! ```
//!
//! Labels and corpora go together by position; a data set is named by its label file. Each corpus is surveyed as `scan`
//! would, so that the evidence is what the model will meet. Pairs labelled `grey` are left out. Data sets are strata
//! samples of very different size: a set counts as at most [`MOST`] pairs of each label, and the copies of one that is
//! not named reviewed as at most [`MOST_UNREVIEWED`], so that no set drowns the others.
//!
//! Logistic regression with a ridge penalty on standardized values, by Newton's method (IRLS): convex, so that there is
//! one answer; sums run in a fixed order. Printed are the cross-validation by data set (each reviewed set judged by a
//! model that never saw it) and its reliability table. A pair that never becomes a candidate counts as not found.

#![allow(clippy::print_stdout, reason = "a command")]
#![allow(missing_docs, reason = "a command")]

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use wirecopy::config::Config;
use wirecopy::find::coefficients::FEATURES;
use wirecopy::find::pipeline::survey;
use wirecopy::find::relate::features;
use wirecopy::progress::Stats;
use wirecopy::scan::Scan;

/// Pairs of one label that a reviewed data set counts as at the most.
const MOST: f64 = 200.0;

/// The same for copies of the others, which are larger and labelled by construction: passages out of books and
/// encyclopedias, not news.
const MOST_UNREVIEWED: f64 = 30.0;

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
    pairs: Vec<Pair>,
}

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
    let (labels, corpora, reviewed) = (list("--labels"), list("--corpora"), list("--reviewed"));
    if labels.is_empty() || labels.len() != corpora.len() {
        return Err("give as many --corpora as --labels, in the same order".into());
    }
    let mut sets = Vec::new();
    for (labels, corpus) in labels.iter().zip(&corpora) {
        let name = Path::new(labels)
            .file_stem()
            .map_or_else(String::new, |stem| stem.to_string_lossy().into_owned());
        let is_reviewed = reviewed.is_empty() || reviewed.contains(&name);
        sets.push(Set {
            pairs: load(Path::new(labels), Path::new(corpus), is_reviewed)?,
            name,
            is_reviewed,
        });
    }
    cross_validate(&sets);
    let model = fit(&sets.iter().collect::<Vec<_>>());
    println!("\nin sample, all sets in training");
    for set in &sets {
        report(&set.name, &set.pairs, |pair| probability(&model, pair));
    }
    let reviewed = sets.iter().filter(|set| set.is_reviewed).flat_map(|set| &set.pairs);
    report("pooled reviewed", reviewed, |pair| probability(&model, pair));
    let text = source(&model);
    match lists.get("-o").and_then(|files| files.first()) {
        Some(file) => std::fs::write(file, text)?,
        None => print!("\n{text}"),
    }
    Ok(())
}

/// The labelled pairs of one corpus with what the model sees of them.
fn load(labels: &Path, corpus: &Path, is_reviewed: bool) -> Result<Vec<Pair>, Box<dyn Error>> {
    let config = Config::default();
    let mut scan = Scan::new(config.clone());
    scan.read(&[PathBuf::from(corpus)], &())?;
    let (articles, signed) = scan.into_sorted();
    let found = survey(&articles, &signed, &config, &(), &mut Stats::default());
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
        values[1..].copy_from_slice(&features(&found.judge.evidence(a.min(b), a.max(b))));
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
        let most = if is_reviewed || !label { MOST } else { MOST_UNREVIEWED };
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
        let model = fit(&sets.iter().filter(|set| set.name != out.name).collect::<Vec<_>>());
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
fn fit(sets: &[&Set]) -> [f64; N] {
    let pairs: Vec<&Pair> = sets.iter().flat_map(|set| &set.pairs).collect();
    let total: f64 = pairs.iter().map(|pair| pair.weight).sum();
    let mean = |f: &dyn Fn(&Pair) -> f64| {
        pairs.iter().map(|pair| pair.weight * f(pair)).sum::<f64>() / total
    };
    let means: [f64; N] =
        std::array::from_fn(|i| if i == 0 { 0.0 } else { mean(&|pair| pair.values[i]) });
    let scales: [f64; N] = std::array::from_fn(|i| {
        let variance = mean(&|pair| (pair.values[i] - means[i]) * (pair.values[i] - means[i]));
        if variance > 0.0 { libm::sqrt(variance) } else { 1.0 }
    });
    let standard: Vec<[f64; N]> = pairs
        .iter()
        .map(|pair| std::array::from_fn(|i| (pair.values[i] - means[i]) / scales[i]))
        .collect();
    let mut model = [0.0; N];
    for _ in 0..50 {
        let mut gradient = [0.0; N];
        let mut hessian = [[0.0; N]; N];
        for i in 1..N {
            gradient[i] = -RIDGE * model[i];
            hessian[i][i] = RIDGE;
        }
        for (pair, x) in pairs.iter().zip(&standard) {
            let mut x = *x;
            x[0] = 1.0;
            let p = 1.0 / (1.0 + libm::exp(-dot(&model, &x)));
            for i in 0..N {
                gradient[i] += pair.weight * (f64::from(u8::from(pair.is_copy)) - p) * x[i];
                for j in 0..N {
                    hessian[i][j] += pair.weight * p * (1.0 - p) * x[i] * x[j];
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
fn source(model: &[f64; N]) -> String {
    let mut text = String::from(
        "//! Generated by `cargo run --release --example train_relations`; do not edit. Model r1.\n\n\
         /// The values of evidence in the order of the coefficients.\npub const FEATURES: &[&str] = &[\n",
    );
    for name in FEATURES {
        let _ = writeln!(text, "    {name:?},");
    }
    text.push_str("];\n\n/// Change of the log-odds for each unit of a value.\n#[rustfmt::skip]\npub const COEFFICIENTS: [f64; FEATURES.len()] = [\n");
    for value in &model[1..] {
        let _ = writeln!(text, "    {value:.4},");
    }
    let _ = write!(
        text,
        "];\n\n/// Log-odds where all values are 0.\npub const INTERCEPT: f64 = {:.4};\n",
        model[0]
    );
    text
}
