//! Plants copies of known kind and strength in a corpus, with a file of labels: rewordings, excerpts, updates and more.
//!
//! ```text
//! cargo run --release -p wirecopy-benches --bin reword -- --from CORPUS... --copies N --seed S -o FILE
//!     [--kinds NAME,NAME...] [--strength J]... [--max-from N]
//! ```
//!
//! Writes the whole corpus and the copies, shuffled, to FILE (JSON Lines), and `id1 TAB id2 TAB 1 TAB kind` to
//! FILE.labels.tsv. Kinds take turns; the default is all of them, or with `--strength` only rewordings of that median
//! Jaccard similarity. `--max-from` keeps only so many articles of the corpus. The same input and seed give the same
//! bytes. The table printed says what every kind reached: exact Jaccard of shingles at the 10th, 50th and 90th
//! percentile, median containment in the shorter text.
//!
//! The corpus is held in memory. Copies it had before are not labelled, nor are two copies of one article, which occur
//! only if there are fewer articles of at least 80 words than copies.

#![allow(clippy::print_stdout, reason = "a command")]
#![allow(missing_docs, reason = "a command")]

use std::error::Error;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::PathBuf;
use std::time::Instant;

use ahash::AHashMap;
use rayon::prelude::*;
use wirecopy::article::Article;
use wirecopy::text::Words;
use wirecopy::text::shingle::{WEIGHT, weight};

use generate::calibrate::{Likeness, likeness, shingles, spread};
use generate::corpus;
use generate::kinds::{Generator, Kind};
use generate::learned::Learned;
use generate::random;

#[path = "generate/mod.rs"]
mod generate;

/// Articles on which edit rates are calibrated.
const SAMPLE: usize = 200;
/// The fewest words of an article that is copied; a Chinese character counts for .6.
const WORDS: u32 = 80;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let start = Instant::now();
    let mut articles = read(&options)?;
    let seconds = |since: Instant| since.elapsed().as_secs_f64();
    println!("read {} articles in {:.1} s", articles.len(), seconds(start));

    let sources = sources(&articles, options.seed);
    if sources.len() < 2 {
        return Err(
            format!("fewer than 2 articles have {WORDS} words and an id of their own").into()
        );
    }
    let since = Instant::now();
    let texts: Vec<&str> = articles.iter().map(|article| article.text.as_str()).collect();
    let learned = Learned::new(&texts);
    let (words, with_neighbors) = learned.sizes();
    println!("learned {words} words, {with_neighbors} with neighbors, in {:.1} s", seconds(since));
    let since = Instant::now();
    let picked: Vec<&Article> = sources.iter().map(|&at| &articles[at]).collect();
    let sample = &picked[..picked.len().min(SAMPLE)];
    let generator = Generator::new(&learned, options.kinds, sample, options.seed);
    println!("calibrated on {} articles in {:.1} s", sample.len(), seconds(since));

    let since = Instant::now();
    let planted: Vec<(&Article, usize, Article)> = (0..options.copies)
        .into_par_iter()
        .map(|at| {
            let (article, donor) = (picked[at % picked.len()], picked[(at + 1) % picked.len()]);
            let kind = at % generator.kinds.len();
            let lend = || donor.text.clone();
            let copy = generator.copy(kind, article, lend, at / picked.len() + 1);
            (article, kind, copy)
        })
        .collect();
    let taken = seconds(since);
    println!(
        "made {} copies in {taken:.2} s ({:.0} a second)",
        planted.len(),
        planted.len() as f64 / taken
    );
    table(&generator, &planted);

    let mut labels = BufWriter::new(File::create(format!("{}.labels.tsv", options.output))?);
    for (article, kind, copy) in &planted {
        writeln!(labels, "{}\t{}\t1\t{}", article.id, copy.id, generator.kinds[*kind].0.name)?;
    }
    labels.flush()?;
    let copies: Vec<Article> = planted.into_iter().map(|(_, _, copy)| copy).collect();
    articles.extend(copies);
    articles.par_sort_by_cached_key(|article| random::key(options.seed ^ 1, &article.id));
    write(&articles, &options.output)?;
    println!("{} articles in all, in {:.1} s", articles.len(), seconds(start));
    Ok(())
}

struct Options {
    from: Vec<PathBuf>,
    copies: usize,
    seed: u64,
    kinds: Vec<Kind>,
    most: usize,
    output: String,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let (mut from, mut kinds) = (Vec::new(), Vec::new());
        let (mut copies, mut seed, mut most, mut output) = (1000, 1, usize::MAX, None);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value"));
            match arg.as_str() {
                "--from" => from.push(PathBuf::from(value()?)),
                "--copies" => copies = value()?.parse()?,
                "--seed" => seed = value()?.parse()?,
                "--max-from" => most = value()?.parse()?,
                "-o" => output = Some(value()?),
                "--kinds" => kinds.extend(Kind::list(&value()?)?),
                "--strength" => kinds.push(Kind::strength(value()?.parse()?)?),
                // `--from` takes several.
                _ if !arg.starts_with('-') && !from.is_empty() => from.push(PathBuf::from(arg)),
                _ => return Err(format!("what is {arg}? See the top of benches/reword.rs").into()),
            }
        }
        if kinds.is_empty() {
            kinds = Kind::all();
        }
        let output = output.ok_or("-o FILE is missing")?;
        if from.is_empty() {
            return Err("--from CORPUS is missing".into());
        }
        Ok(Options { from, copies, seed, kinds, most, output })
    }
}

fn read(options: &Options) -> Result<Vec<Article>, Box<dyn Error>> {
    let (mut articles, problems) = corpus::read_all(&options.from)?;
    if problems > 0 {
        println!("{problems} records could not be read, or not in full");
    }
    if articles.len() > options.most {
        articles.par_sort_by_cached_key(|article| random::key(options.seed ^ 2, &article.id));
        articles.truncate(options.most);
    }
    Ok(articles)
}

/// The articles that can be copied, in the order in which they are.
fn sources(articles: &[Article], seed: u64) -> Vec<usize> {
    let mut ids = AHashMap::<&str, u32>::new();
    articles.iter().for_each(|article| *ids.entry(&article.id).or_default() += 1);
    let mut keyed: Vec<(u64, usize)> = articles
        .par_iter()
        .enumerate()
        .filter(|(_, article)| {
            let weights: u32 = Words::new(&article.text).kinds.iter().map(|&k| weight(k)).sum();
            let plain = !article.id.contains(['\t', '\n', '\r']);
            weights >= WORDS * WEIGHT / 3 && plain && ids.get(article.id.as_str()) == Some(&1)
        })
        .map(|(at, article)| (random::key(seed, &article.id), at))
        .collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|entry| entry.1).collect()
}

fn table(generator: &Generator<'_>, planted: &[(&Article, usize, Article)]) {
    let reached: Vec<Likeness> = planted
        .par_iter()
        .map(|(article, _, copy)| likeness(&shingles(&article.text), &shingles(&copy.text)))
        .collect();
    println!(
        "{:<18} {:>6} {:>9} {:>7}  {:>5} {:>5} {:>5}  {:>11}",
        "kind", "copies", "edit rate", "target", "p10", "p50", "p90", "containment"
    );
    for (at, (kind, rate)) in generator.kinds.iter().enumerate() {
        let of_kind: Vec<Likeness> = planted
            .iter()
            .zip(&reached)
            .filter(|((_, kind, _), _)| *kind == at)
            .map(|(_, &seen)| seen)
            .collect();
        let [p10, p50, p90] = spread(of_kind.iter().map(|seen| seen.jaccard).collect());
        let [_, containment, _] = spread(of_kind.iter().map(|seen| seen.containment).collect());
        let (rate, target) = match kind.target() {
            Some(target) => (format!("{rate:.3}"), format!("{target:.3}")),
            None => ("-".to_owned(), "-".to_owned()),
        };
        println!(
            "{:<18} {:>6} {rate:>9} {target:>7}  {p10:>5.3} {p50:>5.3} {p90:>5.3}  {containment:>11.3}",
            kind.name,
            of_kind.len()
        );
    }
}

fn write(articles: &[Article], path: &str) -> Result<(), Box<dyn Error>> {
    let mut file = BufWriter::new(File::create(path)?);
    let mut line = Vec::new();
    for article in articles {
        line.clear();
        corpus::write_line(article, &mut line)?;
        file.write_all(&line)?;
    }
    file.flush()?;
    Ok(())
}
