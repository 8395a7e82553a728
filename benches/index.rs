//! An index measured: how long a query takes, and which of the pairs of a scan it finds.
//!
//! ```text
//! wirecopy index add INDEX DUMP.jsonl && wirecopy index compact INDEX
//! wirecopy scan --format json --pairs DUMP.jsonl -o SCAN.jsonl
//! cargo run --release -p wirecopy-benches --bin index -- INDEX DUMP.jsonl [QUERIES] [SCAN.jsonl] [--cache=MIB]
//! ```
//!
//! Queries are articles of the dump, evenly spread, asked one after another by one thread: what is found is what else is
//! like them. The first round meets blocks that are not in the cache of the program; for blocks that are not in that of the
//! system either, have it forget the files: `dd of=FILE oflag=nocache conv=notrunc,fdatasync count=0`.

use std::collections::BTreeSet;
use std::env;
use std::error::Error;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use wirecopy::article::Article;
use wirecopy::config::{Input, Matching};
use wirecopy::read;
use wirecopy::store::{CACHE, Index};

/// Articles that are asked about, unless another number is wished for.
const QUERIES: usize = 2000;

fn main() -> Result<(), Box<dyn Error>> {
    let mut out = std::io::stdout().lock();
    let args: Vec<String> = env::args().skip(1).filter(|arg| !arg.starts_with("--")).collect();
    let [folder, dump, rest @ ..] = &args[..] else {
        writeln!(out, "usage: index INDEX DUMP.jsonl [QUERIES] [SCAN.jsonl] [--cache=MIB]")?;
        return Ok(());
    };
    let cache = env::args().find_map(|arg| arg.strip_prefix("--cache=").map(str::to_owned));
    let cache = cache.map_or(Ok(CACHE >> 20), |mebibytes| mebibytes.parse::<u64>())?;
    let wanted = rest.first().map_or(Ok(QUERIES), |number| number.parse())?;
    let start = Instant::now();
    let index = Index::open_with(Path::new(folder), cache << 20)?;
    writeln!(out, "opened {} articles in {:.0?}", index.len(), start.elapsed())?;
    let pairs = rest.get(1).map(|scan| copies(scan)).transpose()?;
    let every = (index.len() as usize / wanted).max(1);
    let mut asked: Vec<Article> = Vec::new();
    let mut number = 0;
    let firsts: BTreeSet<&str> = pairs.iter().flatten().map(|(a, _)| a.as_str()).collect();
    let mut of_pairs: Vec<Article> = Vec::new();
    read::read(
        &[PathBuf::from(dump)],
        &Input::default(),
        |article| article,
        |batch| {
            for article in batch.records {
                number += 1;
                if firsts.contains(article.id.as_str()) {
                    of_pairs.push(article.clone());
                }
                if number % every == 0 {
                    asked.push(article);
                }
            }
        },
    )?;
    for round in ["first round", "second round"] {
        let mut times = Vec::with_capacity(asked.len());
        let mut found = 0;
        for article in &asked {
            let start = Instant::now();
            found += index.query(article, &Matching::default())?.len();
            times.push(start.elapsed());
        }
        times.sort_unstable();
        let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
        let mean = times.iter().sum::<Duration>() / times.len().max(1) as u32;
        writeln!(
            out,
            "{round}: {} queries, {found} matches; p50 {:.2?}, p90 {:.2?}, p99 {:.2?}, longest {:.2?}, mean {mean:.2?}",
            times.len(),
            at(0.5),
            at(0.9),
            at(0.99),
            at(1.0),
        )?;
    }
    if let Some(pairs) = pairs {
        let (mut found, mut all) = (0, 0);
        for article in &of_pairs {
            let matches = index.query(article, &Matching::default())?;
            for (_, other) in pairs.iter().filter(|(own, _)| *own == article.id) {
                all += 1;
                found += usize::from(matches.iter().any(|one| one.article.id == *other));
            }
        }
        writeln!(
            out,
            "recall against the scan: {found} of {all} pairs, {:.4}",
            found as f64 / all.max(1) as f64
        )?;
    }
    let memory = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = memory.lines().find(|line| line.starts_with("VmHWM")).unwrap_or("memory unknown");
    writeln!(out, "{peak}")?;
    Ok(())
}

/// Every so many-th pair of copies of a scan, by id: about two thousand.
fn copies(scan: &str) -> Result<Vec<(String, String)>, Box<dyn Error>> {
    let mut pairs = Vec::new();
    for line in
        fs::read_to_string(scan)?.lines().filter(|line| line.starts_with("{\"type\":\"pair\""))
    {
        let pair: serde_json::Value = serde_json::from_str(line)?;
        let id = |name: &str| pair[name].as_str().unwrap_or_default().to_owned();
        if pair["relation"] != "shared-passage" {
            pairs.push((id("a"), id("b")));
        }
    }
    let every = (pairs.len() / QUERIES).max(1);
    Ok(pairs.into_iter().step_by(every).collect())
}
