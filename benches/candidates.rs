//! Recall of the candidate stage: against labelled pairs, and against an exact join of all pairs.
//!
//! ```text
//! cargo run --release -p wirecopy-benches --bin candidates -- INPUT... [--labels FILE] [--exact J] [--evidence FILE]
//! ```
//!
//! A pair counts as found if it goes to exact verification, or if both articles are folded onto one. `--exact J` joins
//! all pairs of Jaccard similarity of at least J by an inverted index over the rarest shingles (AllPairs, Bayardo, Ma
//! and Srikant 2007): slow, exact, and nothing in common with the search it checks. `--evidence` writes what the model
//! sees of every labelled pair, found or not.

#![allow(clippy::print_stdout, reason = "a command")]
#![allow(missing_docs, reason = "a command")]

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;

use rayon::prelude::*;
use wirecopy::Result;
use wirecopy::config::Config;
use wirecopy::find::pipeline::{Survey, survey};
use wirecopy::find::{Collection, Evidence};
use wirecopy::progress::Stats;
use wirecopy::scan::Scan;
use wirecopy::text::shingle::shingle_set;

fn main() -> std::result::Result<(), Box<dyn std::error::Error>> {
    let (mut inputs, mut labels, mut exact, mut evidence) = (Vec::new(), None, None, None);
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut value = || args.next().ok_or(format!("{arg} needs a value"));
        match arg.as_str() {
            "--labels" => labels = Some(value()?),
            "--exact" => exact = Some(value()?.parse::<f64>()?),
            "--evidence" => evidence = Some(value()?),
            _ => inputs.push(PathBuf::from(arg)),
        }
    }
    let config = Config::default();
    let mut scan = Scan::new(config.clone());
    scan.read(&inputs, &())?;
    let collection = scan.collect()?;
    let articles = collection.articles()?;
    let mut stats = Stats::default();
    let found = survey(&collection, &config, &(), &mut stats)?;
    println!(
        "articles {}, candidates {}, aligned {}",
        articles.len(),
        stats.candidate_pairs,
        stats.aligned
    );

    if let Some(least) = exact {
        let pairs = exact_pairs(&collection, &found, least)?;
        let mut by_similarity: BTreeMap<u32, [usize; 2]> = BTreeMap::new();
        for &(a, b, similarity) in &pairs {
            let counts = by_similarity.entry((similarity * 20.0) as u32).or_default();
            counts[0] += usize::from(found.is_candidate(a, b));
            counts[1] += 1;
        }
        let total: usize = by_similarity.values().map(|counts| counts[0]).sum();
        println!(
            "pairs of J >= {least}: found {total} of {} ({:.4})",
            pairs.len(),
            ratio(total, pairs.len())
        );
        for (step, [hits, all]) in by_similarity {
            println!(
                "   J {:.2} to {:.2}: {hits} of {all} ({:.4})",
                f64::from(step) / 20.0,
                f64::from(step + 1) / 20.0,
                ratio(hits, all)
            );
        }
    }

    if let Some(file) = labels {
        let index: BTreeMap<&str, u32> =
            articles.iter().zip(0..).map(|(article, at)| (article.id.as_str(), at)).collect();
        let mut kinds: BTreeMap<String, [usize; 2]> = BTreeMap::new();
        let mut table =
            evidence.map(std::fs::File::create).transpose()?.map(std::io::BufWriter::new);
        for line in std::fs::read_to_string(&file)?.lines() {
            let [a, b, label, kind] = line.split('\t').collect::<Vec<_>>()[..] else { continue };
            let (Some(&x), Some(&y)) = (index.get(a), index.get(b)) else { continue };
            let hit = found.is_candidate(x, y);
            let counts = kinds
                .entry(format!("{label} {}", kind.split(':').next().unwrap_or_default()))
                .or_default();
            counts[0] += usize::from(hit);
            counts[1] += 1;
            let seen = if found.equal[x as usize] == found.equal[y as usize] {
                Evidence::of_equal(collection.words(x))
            } else {
                found.judge.evidence(x.min(y), x.max(y))?
            };
            if label == "1" && !hit {
                println!(
                    "   missed {a} {b} {kind}: J {:.3}, containment {:.3}, similarity {:.3}, words {}",
                    seen.jaccard, seen.containment, seen.similarity, seen.words
                );
            }
            if let Some(table) = &mut table {
                write!(table, "{a}\t{b}\t{label}\t{kind}\t{}", u8::from(hit))?;
                for (name, value) in seen.named() {
                    write!(table, "\t{name}={value}")?;
                }
                writeln!(table, "\tjaccard={}\tsimilarity={}", seen.jaccard, seen.similarity)?;
            }
        }
        println!("{file}: found as candidates");
        for (kind, [hits, all]) in kinds {
            println!("   {kind:<30} {hits} of {all} ({:.4})", ratio(hits, all));
        }
    }
    Ok(())
}

/// All pairs of judged articles with different words whose exact Jaccard similarity is at least `least`.
fn exact_pairs(
    collection: &Collection,
    found: &Survey<'_>,
    least: f64,
) -> Result<Vec<(u32, u32, f64)>> {
    let sets: Vec<Vec<u64>> = (0..collection.len() as u32)
        .into_par_iter()
        .map(|article| {
            if collection.is_judged(article) && found.equal[article as usize] == article {
                let one = collection.record(article)?;
                Ok(shingle_set(&one.ids, &one.kinds, 0))
            } else {
                Ok(Vec::new())
            }
        })
        .collect::<Result<_>>()?;
    let mut all: Vec<u64> = sets.iter().flatten().copied().collect();
    all.par_sort_unstable();
    let repeated: Vec<(u64, u32)> = all
        .chunk_by(|x, y| x == y)
        .filter(|run| run.len() > 1)
        .map(|run| (run[0], run.len() as u32))
        .collect();
    drop(all);
    let frequency = |shingle: u64| {
        repeated.binary_search_by_key(&shingle, |entry| entry.0).map_or(1, |at| repeated[at].1)
    };
    // The rarest shingles of each: two sets this alike must share one of them.
    let mut entries: Vec<(u64, u32)> = sets
        .par_iter()
        .enumerate()
        .flat_map_iter(|(at, set)| {
            let mut rarest: Vec<(u32, u64)> =
                set.iter().map(|&shingle| (frequency(shingle), shingle)).collect();
            rarest.sort_unstable();
            let prefix = set.len() - (least * set.len() as f64).ceil() as usize
                + usize::from(!set.is_empty());
            rarest.truncate(prefix);
            rarest.into_iter().filter(|entry| entry.0 > 1).map(move |entry| (entry.1, at as u32))
        })
        .collect();
    entries.par_sort_unstable();
    let lists: Vec<&[(u64, u32)]> = entries.chunk_by(|x, y| x.0 == y.0).collect();
    let mut of_article: Vec<Vec<u32>> = vec![Vec::new(); sets.len()];
    for (list, at) in lists.iter().zip(0..) {
        list.iter().for_each(|&(_, article)| of_article[article as usize].push(at));
    }
    let pairs = (0..sets.len() as u32)
        .into_par_iter()
        .flat_map_iter(|a| {
            let mut others: Vec<u32> = of_article[a as usize]
                .iter()
                .flat_map(|&list| {
                    lists[list as usize].iter().map(|&(_, b)| b).take_while(move |&b| b < a)
                })
                .collect();
            others.sort_unstable();
            others.dedup();
            let sets = &sets;
            others.into_iter().filter_map(move |b| {
                let (x, y) = (&sets[a as usize], &sets[b as usize]);
                if (x.len().min(y.len()) as f64) < least * x.len().max(y.len()) as f64 {
                    return None;
                }
                let shared = x.iter().filter(|shingle| y.binary_search(shingle).is_ok()).count();
                let similarity = shared as f64 / (x.len() + y.len() - shared) as f64;
                (similarity >= least).then_some((b, a, similarity))
            })
        })
        .collect();
    Ok(pairs)
}

fn ratio(part: usize, whole: usize) -> f64 {
    if whole == 0 { 1.0 } else { part as f64 / whole as f64 }
}
