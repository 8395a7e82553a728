//! Makes a dump of any size that is like a given corpus where it counts, with planted copies and a file of labels.
//!
//! ```text
//! cargo run --release -p wirecopy-benches --bin dump -- --from CORPUS... --articles N --seed S -o FILE
//!     [--words MEAN] [--copies SHARE] [--kinds NAME,NAME...] [--strength J]...
//! ```
//!
//! Text is chained word by word from the corpus, so that the similarity of articles that are no copies is distributed
//! as there; the table printed shows both. Sources, lengths (scaled to `--words`, if given), dates and the mix of
//! languages are those of the corpus. `--copies` (default 0.1) is the share of articles that are copies of another one,
//! spread over the whole dump; their kinds take turns as in `reword`. FILE may end in `.zst` or `.gz`; `-` is standard
//! output. FILE.labels.tsv gets `id1 TAB id2 TAB 1 TAB kind`, in the order of copies in FILE.
//!
//! Any article can be made from its number alone, so a dump is written as a stream, on all threads, with the same bytes
//! for any number of them. Memory is what the corpus takes (64 MB of its text are used), whatever the size of the dump.

#![allow(clippy::print_stderr, reason = "a command")]
#![allow(missing_docs, reason = "a command")]

use std::error::Error;
use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::time::Instant;

use rayon::prelude::*;
use wirecopy::article::Article;

use background::COLUMNS;
use generate::corpus;
use generate::kinds::{Generator, Kind};
use generate::learned::Learned;
use press::Press;
use slots::{Slot, Slots};

#[path = "dump/background.rs"]
mod background;
#[path = "dump/chain.rs"]
mod chain;
#[path = "dump/fit.rs"]
mod fit;
#[path = "generate/mod.rs"]
mod generate;
#[path = "dump/press.rs"]
mod press;
#[path = "dump/slots.rs"]
mod slots;

/// Articles made and packed by one thread at a time.
const PART: u64 = 512;
/// Articles on which edit rates are calibrated.
const SAMPLE: u64 = 200;

fn main() -> Result<(), Box<dyn Error>> {
    let options = Options::parse(std::env::args().skip(1))?;
    let start = Instant::now();
    let seconds = |since: Instant| since.elapsed().as_secs_f64();
    let (articles, problems) = corpus::read_all(&options.from)?;
    eprintln!(
        "read {} articles in {:.1} s; {problems} records could not be read, or not in full",
        articles.len(),
        seconds(start)
    );

    let since = Instant::now();
    let mut press = Press::new(&articles, options.words, options.seed);
    if press.is_empty() {
        return Err("the corpus has no words".into());
    }
    let [wanted, made] = fit::fit(&mut press, &articles, options.seed);
    eprintln!("shaped in {:.1} s: {:?}", seconds(since), press.shape());
    eprintln!(
        "similarity of articles that are no copies (word 3-grams; proposed by 72 x 2 among 1M)"
    );
    eprintln!("          {COLUMNS}\n  corpus  {wanted}\n  dump    {made}");

    let since = Instant::now();
    let texts: Vec<&str> = articles.iter().map(|article| article.text.as_str()).collect();
    let learned = Learned::new(&texts);
    drop(articles);
    let (words, with_neighbors) = learned.sizes();
    eprintln!("learned {words} words, {with_neighbors} with neighbors, in {:.1} s", seconds(since));
    let since = Instant::now();
    let dump = Dump::new(press, &learned, &options);
    eprintln!("calibrated {} kinds of copies in {:.1} s", options.kinds.len(), seconds(since));

    let since = Instant::now();
    let packing = Packing::of(&options.output);
    if options.output == "-" {
        dump.write(packing, &mut io::stdout().lock(), &mut io::sink())?;
    } else {
        let mut labels = File::create(format!("{}.labels.tsv", options.output))?;
        dump.write(packing, &mut File::create(&options.output)?, &mut labels)?;
    }
    let taken = seconds(since);
    let Slots { total, copies, .. } = dump.slots;
    eprintln!(
        "wrote {total} articles, {copies} of them copies, in {taken:.1} s ({:.0} a second); {:.1} s in all",
        total as f64 / taken,
        seconds(start)
    );
    Ok(())
}

struct Options {
    from: Vec<PathBuf>,
    articles: u64,
    seed: u64,
    words: Option<f64>,
    copies: f64,
    kinds: Vec<Kind>,
    output: String,
}

impl Options {
    fn parse(mut args: impl Iterator<Item = String>) -> Result<Self, Box<dyn Error>> {
        let (mut from, mut kinds, mut words, mut output) = (Vec::new(), Vec::new(), None, None);
        let (mut articles, mut seed, mut copies) = (10_000, 1, 0.1);
        while let Some(arg) = args.next() {
            let mut value = || args.next().ok_or(format!("{arg} needs a value"));
            match arg.as_str() {
                "--from" => from.push(PathBuf::from(value()?)),
                "--articles" => articles = value()?.parse()?,
                "--seed" => seed = value()?.parse()?,
                "--words" => words = Some(value()?.parse()?),
                "--copies" => copies = value()?.parse()?,
                "-o" => output = Some(value()?),
                "--kinds" => kinds.extend(Kind::list(&value()?)?),
                "--strength" => kinds.push(Kind::strength(value()?.parse()?)?),
                // `--from` takes several.
                _ if !arg.starts_with('-') && !from.is_empty() => from.push(PathBuf::from(arg)),
                _ => return Err(format!("what is {arg}? See the top of benches/dump.rs").into()),
            }
        }
        if kinds.is_empty() {
            kinds = Kind::all();
        }
        if !(0.0..1.0).contains(&copies) {
            return Err("--copies is a share from 0 to 1".into());
        }
        if words.is_some_and(|words: f64| words.is_nan() || words < 1.0) {
            return Err("--words is a number of words".into());
        }
        let output = output.ok_or("-o FILE is missing")?;
        if from.is_empty() {
            return Err("--from CORPUS is missing".into());
        }
        Ok(Options { from, articles, seed, words, copies, kinds, output })
    }
}

/// Everything that is needed to make any part of a dump.
struct Dump<'a> {
    press: Press,
    generator: Generator<'a>,
    slots: Slots,
}

impl<'a> Dump<'a> {
    fn new(press: Press, learned: &'a Learned, options: &Options) -> Self {
        let slots = Slots::new(options.articles, options.copies, options.seed);
        let numbers: Vec<u64> = (0..slots.originals().min(SAMPLE)).collect();
        let sample = press.articles(&numbers);
        let sample: Vec<&Article> = sample.iter().collect();
        let generator = Generator::new(learned, options.kinds.clone(), &sample, options.seed);
        Dump { press, generator, slots }
    }

    /// Articles of a range of places, packed, and their labels.
    fn part(&self, part: u64, packing: Packing) -> io::Result<(Vec<u8>, String)> {
        let places = part * PART..self.slots.total.min((part + 1) * PART);
        let slots: Vec<Slot> = places.map(|place| self.slots.at(place)).collect();
        let numbers: Vec<u64> = slots
            .iter()
            .map(|&slot| match slot {
                Slot::Original(number) => number,
                Slot::Copy(copy) => self.slots.source(copy).0,
            })
            .collect();
        let (mut lines, mut labels) = (Vec::new(), String::new());
        for (slot, (original, number)) in
            slots.into_iter().zip(self.press.articles(&numbers).into_iter().zip(numbers))
        {
            let Slot::Copy(copy) = slot else {
                corpus::write_line(&original, &mut lines)?;
                continue;
            };
            let kind = (copy % self.generator.kinds.len() as u64) as usize;
            let name = &self.generator.kinds[kind].0.name;
            let other = (number + 1) % self.slots.originals();
            let donor = || self.press.articles(&[other]).remove(0).text;
            let time = self.slots.source(copy).1 as usize;
            let copy = self.generator.copy(kind, &original, donor, time);
            corpus::write_line(&copy, &mut lines)?;
            labels.push_str(&format!("{}\t{}\t1\t{name}\n", original.id, copy.id));
        }
        Ok((packing.pack(lines)?, labels))
    }

    fn write(
        &self,
        packing: Packing,
        file: &mut impl Write,
        labels: &mut impl Write,
    ) -> io::Result<()> {
        let parts = self.slots.total.div_ceil(PART);
        let handful = 4 * rayon::current_num_threads() as u64;
        for first in (0..parts).step_by(handful as usize) {
            let numbers: Vec<u64> = (first..parts.min(first + handful)).collect();
            let made: Vec<(Vec<u8>, String)> = numbers
                .par_iter()
                .with_max_len(1)
                .map(|&part| self.part(part, packing))
                .collect::<io::Result<_>>()?;
            for (lines, of_copies) in made {
                file.write_all(&lines)?;
                labels.write_all(of_copies.as_bytes())?;
            }
        }
        file.flush()?;
        labels.flush()
    }
}

/// How a part of the file is packed: frames or members in a row are one stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    Plain,
    Gzip,
    Zstd,
}

impl Packing {
    fn of(path: &str) -> Self {
        match path.rsplit_once('.') {
            Some((_, "gz")) => Packing::Gzip,
            Some((_, "zst")) => Packing::Zstd,
            _ => Packing::Plain,
        }
    }

    fn pack(self, lines: Vec<u8>) -> io::Result<Vec<u8>> {
        match self {
            Packing::Plain => Ok(lines),
            Packing::Gzip => {
                let level = flate2::Compression::fast();
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), level);
                encoder.write_all(&lines)?;
                encoder.finish()
            }
            Packing::Zstd => zstd::encode_all(lines.as_slice(), 3),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::io::Read;

    use chain::Style;
    use generate::calibrate::{likeness, shingles, spread};
    use press::Shape;

    fn options(kinds: &str, copies: f64, seed: u64) -> Options {
        let mini = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/mini");
        let kinds = Kind::list(kinds).unwrap();
        let output = "-".to_owned();
        Options {
            from: vec![mini],
            articles: 1200,
            seed,
            words: Some(200.0),
            copies,
            kinds,
            output,
        }
    }

    /// The file and the labels of a dump.
    fn made(options: &Options, packing: Packing) -> (Vec<u8>, String) {
        let (articles, _) = corpus::read_all(&options.from).unwrap();
        let mut press = Press::new(&articles, options.words, options.seed);
        press.take_shape(Shape { style: Style { breaks: 0.3, phrases: 0.1 }, blocks: [8, 20] });
        let texts: Vec<&str> = articles.iter().map(|article| article.text.as_str()).collect();
        let learned = Learned::new(&texts);
        let (mut file, mut labels) = (Vec::new(), Vec::new());
        Dump::new(press, &learned, options).write(packing, &mut file, &mut labels).unwrap();
        (file, String::from_utf8(labels).unwrap())
    }

    fn texts(file: &[u8]) -> BTreeMap<String, String> {
        let lines = file.split_inclusive(|&byte| byte == b'\n');
        let records = lines.map(|line| serde_json::from_slice::<serde_json::Value>(line).unwrap());
        records
            .map(|record| {
                let field = |name: &str| record[name].as_str().unwrap().to_owned();
                assert!(!field("title").is_empty() && !field("source").is_empty());
                assert!(wirecopy::read::parse_date(&field("date")).is_some());
                (field("id"), field("text"))
            })
            .collect()
    }

    #[test]
    fn the_seed_decides_every_byte() {
        let with_threads = |threads: usize, seed: u64, packing: Packing| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| made(&options("reworded-light,wrapped", 0.2, seed), packing))
        };
        let (file, labels) = with_threads(1, 1, Packing::Plain);
        assert_eq!(with_threads(3, 1, Packing::Plain), (file.clone(), labels));
        assert_ne!(with_threads(3, 2, Packing::Plain).0, file);
        let mut unpacked = Vec::new();
        let packed = with_threads(2, 1, Packing::Gzip).0;
        flate2::read::MultiGzDecoder::new(packed.as_slice()).read_to_end(&mut unpacked).unwrap();
        assert_eq!(unpacked, file);
        let packed = with_threads(2, 1, Packing::Zstd).0;
        assert_eq!(zstd::decode_all(packed.as_slice()).unwrap(), file);
    }

    #[test]
    fn labels_name_articles_of_their_strength() {
        let names = "reworded-light,reworded-seed,reworded-heavy,excerpt-50";
        let (file, labels) = made(&options(names, 0.25, 3), Packing::Plain);
        let texts = texts(&file);
        assert_eq!((texts.len(), labels.lines().count()), (1200, 300));
        let mut reached = BTreeMap::<&str, Vec<f64>>::new();
        for line in labels.lines() {
            let [original, copy, "1", kind] = line.split('\t').collect::<Vec<_>>()[..] else {
                panic!("{line}");
            };
            assert!(copy.starts_with(original) && !original.contains('~'), "{line}");
            let seen = likeness(&shingles(&texts[original]), &shingles(&texts[copy]));
            reached.entry(kind).or_default().push(seen.jaccard);
        }
        let median = |kind: &str| spread(reached[kind].clone())[1];
        assert!((median("reworded-light") - 0.6).abs() < 0.05, "{}", median("reworded-light"));
        assert!((median("reworded-heavy") - 0.25).abs() < 0.05, "{}", median("reworded-heavy"));
        let seeds = &reached["reworded-seed"];
        let within = seeds.iter().filter(|&&jaccard| (0.4..=0.43).contains(&jaccard)).count();
        // A corpus as small as this one has no neighbors for every word.
        assert!(within * 10 > seeds.len() * 8, "{within} of {}", seeds.len());
    }
}
