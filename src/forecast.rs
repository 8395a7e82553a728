//! What a run would take, told from the beginning of its input: articles, memory, disk and time.
//!
//! The first 32 MiB are read and signed, and what that gave is taken for the rest. Memory follows from the
//! columns that each stage holds (see `find/collection.rs`); time is that of signing, times what a whole run was measured
//! to take of it. Wrong by as much as the input changes further on: files are read in the order of their names.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::find::Signed;
use crate::find::bands::BYTES_A_BAND;
use crate::find::common::CommonText;
use crate::find::sketch::SLOTS;
use crate::read;
use crate::scan::with_threads;

/// Bytes of the input that are looked at.
const SAMPLE: u64 = 32 << 20;

/// Bytes of the program, its threads and what they are just about.
const ALWAYS: u64 = 48 << 20;

/// Bytes an article in columns: while articles are read, with room to grow, and afterwards.
const ROWS: u64 = 96;
const COLUMNS: u64 = 60;

/// A whole run takes so many times as long as reading and signing.
const WHOLE_RUN: f64 = 2.0;

/// What a run would take, about.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    /// Bytes of the input, before decompression.
    pub input: u64,
    /// Articles.
    pub articles: u64,
    /// Bytes of memory, at most.
    pub memory: u64,
    /// Bytes of temporary files, at most.
    pub disk: u64,
    /// Wall time.
    pub time: Duration,
}

/// Predicts what a scan of `paths` would take.
///
/// # Errors
///
/// If the input is no file, or there is no article at its beginning.
pub fn forecast(paths: &[PathBuf], config: &Config) -> Result<Forecast> {
    let total = read::total_bytes(paths, &config.input).ok_or_else(|| {
        Error::new("what comes through a pipe cannot be looked at beforehand")
            .with_hint("the files that it comes from")
    })?;
    let start = Instant::now();
    let mut seen = Seen::default();
    with_threads(config, || {
        let sign = |article: crate::article::Article| {
            let signed = Signed::new(&article.text, &config.matching);
            let strings = [&article.title, &article.source, &article.url];
            let strings = strings.into_iter().flatten().map(String::len).sum::<usize>();
            let fields = 110 + article.id.len() + article.origin.file.len() + strings;
            let judged = if signed.signature.is_some() { 4 * SLOTS } else { 0 };
            let aside = 5 * signed.ids.len() + fields + judged + 8 * signed.sample.len();
            Seen {
                articles: 1,
                shingles: u64::from(signed.shingles),
                aside: aside as u64,
                bytes: 0,
            }
        };
        read::read_while(paths, &config.input, sign, |batch| {
            batch.records.into_iter().for_each(|one| seen.add(one));
            seen.bytes += batch.bytes;
            seen.bytes < SAMPLE
        })
    })?;
    if seen.articles == 0 {
        return Err(Error::new("no article is at the beginning of the input"));
    }
    let scale = (total as f64 / seen.bytes.max(1) as f64).max(1.0);
    let time = start.elapsed().mul_f64(scale * WHOLE_RUN);
    Ok(seen.forecast(total, scale, config.memory.budget, time))
}

/// What was seen of the input.
#[derive(Clone, Copy, Debug, Default)]
struct Seen {
    articles: u64,
    shingles: u64,
    aside: u64,
    bytes: u64,
}

impl Seen {
    fn add(&mut self, other: Seen) {
        self.articles += other.articles;
        self.shingles += other.shingles;
        self.aside += other.aside;
    }

    fn forecast(self, input: u64, scale: f64, budget: u64, time: Duration) -> Forecast {
        let all = |seen: u64| (seen as f64 * scale) as u64;
        let (articles, aside) = (all(self.articles), all(self.aside));
        // Records, signatures and samples.
        let kept = 3 * crate::spill::most_kept(budget);
        let table = CommonText::size(all(self.shingles));
        let sketches = (SLOTS as u64 * articles).min(budget / 4);
        let at_hand = aside.min(crate::find::gathering::at_hand(budget));
        let bands = BYTES_A_BAND * rayon::current_num_threads() as u64 * articles;
        let joining = COLUMNS * articles + sketches + table + bands.min(budget / 4);
        let judging = COLUMNS * articles + table + at_hand;
        Forecast {
            input,
            articles,
            memory: ALWAYS + aside.min(kept) + joining.max(judging).max(ROWS * articles),
            disk: if aside > kept { aside } else { 0 },
            time,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_grows_goes_to_disk() {
        let seen = Seen { articles: 1_000, shingles: 350_000, aside: 3_200_000, bytes: 2_600_000 };
        let at = |scale: f64, budget: u64| seen.forecast(0, scale, budget, Duration::ZERO);
        assert_eq!(at(1.0, u64::MAX).disk, 0);
        let million = at(1e3, 8 << 30);
        assert_eq!((million.articles, million.disk), (1_000_000, 3_200_000_000));
        assert!((500 << 20..900 << 20).contains(&million.memory), "{}", million.memory);
        let ten = at(1e4, 2 << 30);
        assert!(ten.memory < 22 * (2 << 30) / 20, "{}", ten.memory);
    }

    #[test]
    fn pipes_and_empty_files_are_refused() {
        let config = Config::default();
        assert!(forecast(&[PathBuf::from("-")], &config).unwrap_err().hint().is_some());
        let empty = tempfile::NamedTempFile::new().unwrap();
        assert!(forecast(&[empty.path().to_owned()], &config).is_err());
    }
}
