//! Wires the stages together: the only place that knows about threads and progress.
//!
//! Texts that were read from files are not kept, and words and signatures only until they outgrow their room; what a run
//! holds of every article is told in `find/collection.rs`. Time is linear in the text but for the pairs that are verified.

use std::path::PathBuf;
use std::time::Instant;

use rayon::prelude::*;

use crate::article::{Article, Problem, ProblemKind, Problems};
use crate::config::{Config, FieldNames};
pub use crate::corpus::{Corpus, Outcome};
use crate::error::{Error, Result};
use crate::find::gathering::{Added, Columns, Gathering};
use crate::find::parcel::Parcel;
use crate::find::{Collection, Signed, ids};
use crate::progress::{Progress, Stats, go_on};
use crate::read::{self, Given, Inputs};
use crate::signing::{Counts, put, sign};
pub use crate::signing::{scan_signed, sign_given};
use crate::store::Index;
use crate::text::Words;
use crate::texts::can_be_read_again;
pub use crate::texts::load_texts;

/// Inputs that could not be read and are told one by one.
const FAILURES_HELD: usize = 1_000;
/// Files that are named where some were passed over.
const SKIPPED_NAMED: usize = 3;

/// Articles on their way to being compared.
///
/// ```
/// use wirecopy::article::Article;
/// use wirecopy::config::Config;
/// use wirecopy::scan::Scan;
///
/// let report = "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday, \
///               after a storm damaged the landing stage and two of the four moorings on the island.";
/// let mut scan = Scan::new(Config::default());
/// scan.push(Article::new("wire-1", report));
/// scan.push(Article::new("post-7", report.replace("until Friday", "until the end of the week")));
/// scan.push(Article::new("post-8", "Nine schools in the valley reopen today with new roofs and a shared kitchen."));
/// let outcome = scan.finish(&())?;
///
/// assert_eq!(outcome.groups.len(), 1);
/// let ids: Vec<&str> = outcome.groups[0].members.iter().map(|m| outcome.articles[m.article as usize].id.as_str()).collect();
/// assert_eq!(ids, ["post-7", "wire-1"]);
/// # Ok::<(), wirecopy::Error>(())
/// ```
#[derive(Debug)]
pub struct Scan {
    config: Config,
    gathering: Gathering,
    failure: Option<Error>,
    problems: Problems,
    failures: Vec<String>,
    fields: Option<FieldNames>,
    stats: Stats,
}

impl Default for Scan {
    fn default() -> Self {
        Scan::new(Config::default())
    }
}

impl Scan {
    /// A scan of nothing yet.
    pub fn new(config: Config) -> Self {
        Scan {
            gathering: Gathering::new(&config.memory),
            config,
            failure: None,
            problems: Problems::default(),
            failures: Vec::new(),
            fields: None,
            stats: Stats::default(),
        }
    }

    /// Adds one article. One without words is a problem of the outcome, not a member of it.
    pub fn push(&mut self, article: Article) {
        self.extend(vec![article]);
    }

    /// Adds many articles, signed by all threads of the current rayon pool. Their texts are kept.
    ///
    /// If they outgrow memory and cannot be written to disk, it is told when the scan is finished.
    pub fn extend(&mut self, articles: Vec<Article>) {
        let (config, aside) = (&self.config, &self.gathering.aside);
        let added: Vec<_> =
            articles.into_par_iter().map(|article| sign(article, config, aside, true)).collect();
        added
            .into_iter()
            .for_each(|one| self.failure = self.add(one).err().or(self.failure.take()));
    }

    /// Adds articles that were signed before, each with a hash of its text, which is not known any more.
    ///
    /// # Errors
    ///
    /// If they outgrow memory and cannot be written to disk.
    pub(crate) fn extend_signed(&mut self, signed: Vec<(Article, Signed, u64)>) -> Result<()> {
        let aside = &self.gathering.aside;
        let put = |(article, signed, text_hash): (Article, Signed, u64)| {
            let counts = Counts { bytes: 0, is_dated: article.date.is_some() };
            Ok((aside.put(article, signed, text_hash)?, counts))
        };
        let added: Vec<_> = signed.into_par_iter().map(put).collect::<Result<_>>()?;
        added.into_iter().try_for_each(|one| self.add(Ok(Ok(one))))
    }

    /// Adds the articles of `paths` (files, folders, `-` for standard input), signed as they are read.
    ///
    /// Bad records and inputs that fail are kept for the outcome. Texts are kept only of what cannot be read again:
    /// standard input and other pipes.
    ///
    /// # Errors
    ///
    /// If nothing at all can be made of the request, or what outgrows memory cannot be written to disk.
    pub fn read(&mut self, paths: &[PathBuf], progress: &dyn Progress) -> Result<()> {
        let passing = paths.iter().filter(|path| !can_be_read_again(path));
        let passing: Vec<String> =
            passing.map(|path| path.to_string_lossy().into_owned()).collect();
        progress.begin("read", read::total_bytes(paths, &self.config.input));
        self.read_inputs(Inputs::Paths(paths), &passing, progress)
    }

    /// Adds articles that a program hands over, as [`Scan::read`] adds those of a file. Their texts are not kept.
    ///
    /// # Errors
    ///
    /// If what outgrows memory cannot be written to disk.
    pub fn read_given(&mut self, given: Given, progress: &dyn Progress) -> Result<()> {
        progress.begin("read", None);
        self.read_inputs(Inputs::Given(given), &[], progress)
    }

    /// Keeps the texts of the files that are `passing`.
    fn read_inputs(
        &mut self,
        inputs: Inputs<'_>,
        passing: &[String],
        progress: &dyn Progress,
    ) -> Result<()> {
        let start = Instant::now();
        let Scan { config, gathering, problems, stats, fields, .. } = self;
        let Gathering { aside, columns, .. } = gathering;
        let mut failure = None;
        let summary = read::read_while(
            inputs,
            &config.input,
            |article| {
                let keep = passing.iter().any(|name| **name == *article.origin.file);
                sign(article, config, aside, keep)
            },
            |batch| {
                batch.notices.iter().for_each(|line| progress.notice(line));
                if fields.is_none() {
                    *fields = batch.fields;
                }
                problems.append(batch.problems);
                for one in batch.records {
                    failure = add(columns, problems, stats, one).err().or(failure.take());
                }
                progress.advance(batch.bytes);
                !progress.is_stopped()
            },
        )?;
        go_on(progress)?;
        self.stats.files += summary.files;
        if let Some(line) = passed_over(&summary.skipped) {
            progress.notice(&line);
        }
        let more = summary.failures.len().saturating_sub(FAILURES_HELD);
        self.failures.extend(summary.failures.into_iter().take(FAILURES_HELD));
        if more > 0 {
            self.failures.push(format!("{more} more inputs could not be read to their end"));
        }
        self.stats.times.push(("read and sign", start.elapsed()));
        failure.map_or(Ok(()), Err)
    }

    /// Adds articles that [`sign_given`] has signed, here or elsewhere, with the same settings.
    ///
    /// # Errors
    ///
    /// If another version has signed them, or what outgrows memory cannot be written to disk.
    pub fn add_signed(&mut self, parcels: &[&[u8]]) -> Result<()> {
        let aside = &self.gathering.aside;
        let taken = parcels.par_iter().map(|bytes| put(Parcel::unpack(bytes)?, 0, aside));
        let taken: Vec<(Added, Counts)> = taken.collect::<Result<_>>()?;
        taken.into_iter().try_for_each(|one| self.add(Ok(Ok(one))))
    }

    /// Number of articles so far.
    pub fn len(&self) -> usize {
        self.gathering.columns.len()
    }

    /// True if there are no articles so far.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True if an article of this place and these words was added.
    ///
    /// # Errors
    ///
    /// If what is on disk cannot be read back.
    pub fn holds(&self, article: &Article) -> Result<bool> {
        self.gathering.holds(article, Words::new(&article.text).fingerprint)
    }

    /// Inputs that could not be read so far: one message each.
    pub fn failures(&self) -> &[String] {
        &self.failures
    }

    /// The articles in canonical order, signed: what [`survey`](crate::find::pipeline::survey) takes.
    ///
    /// # Errors
    ///
    /// If what outgrows memory cannot be written to disk or read back.
    pub fn collect(self) -> Result<Collection> {
        match self.failure {
            Some(failure) => Err(failure),
            None => self.gathering.seal(),
        }
    }

    /// Compares everything that was added.
    ///
    /// # Errors
    ///
    /// If what outgrows memory cannot be written to disk or read back.
    pub fn finish(self, progress: &dyn Progress) -> Result<Outcome> {
        Ok(self.corpus()?.compare(progress, |_| Ok(()))?.0)
    }

    /// Everything that was added, ready to be compared.
    ///
    /// # Errors
    ///
    /// If what outgrows memory cannot be written to disk or read back.
    pub fn corpus(mut self) -> Result<Corpus> {
        let config = self.config.clone();
        let fields = self.fields.take().unwrap_or_default();
        let failures = std::mem::take(&mut self.failures);
        let mut problems = std::mem::take(&mut self.problems);
        let mut stats = std::mem::take(&mut self.stats);
        let start = Instant::now();
        let collection = self.collect()?;
        stats.times.push(("order", start.elapsed()));
        ids::tell(&collection, &mut problems)?;
        problems.sort();
        stats.duplicate_ids = problems.count(ProblemKind::DuplicateId);
        let sources = collection.articles_by_source();
        stats.sources = sources.len() as u64;
        let place = collection.place().clone();
        let outcome =
            Outcome { place, sources, problems, failures, fields, stats, ..Outcome::default() };
        Ok(Corpus { config, collection, outcome })
    }

    fn add(&mut self, one: Result<Result<(Added, Counts), Problem>>) -> Result<()> {
        add(&mut self.gathering.columns, &mut self.problems, &mut self.stats, one)
    }
}

/// What stood in folders and was not read, with the first few names.
fn passed_over(skipped: &[PathBuf]) -> Option<String> {
    let skipped: Vec<_> = skipped.iter().filter(|path| !read::is_our_own(path)).collect();
    let named: Vec<_> = skipped.iter().take(SKIPPED_NAMED).collect();
    let names: Vec<_> = named.iter().map(|path| path.display().to_string()).collect();
    let dots = if skipped.len() > named.len() { ", …" } else { "" };
    let plural = if skipped.len() == 1 { "file" } else { "files" };
    let number = skipped.len();
    (number > 0).then(|| {
        format!("passed over {number} {plural} of unknown kind: {}{dots}", names.join(", "))
    })
}

/// Takes an article in that was signed on some thread.
fn add(
    columns: &mut Columns,
    problems: &mut Problems,
    stats: &mut Stats,
    one: Result<Result<(Added, Counts), Problem>>,
) -> Result<()> {
    match one? {
        Ok((added, counts)) => {
            stats.articles += 1;
            stats.bytes += counts.bytes;
            stats.dated += u64::from(counts.is_dated);
            columns.add(added)
        }
        Err(problem) => {
            problems.push(problem);
            Ok(())
        }
    }
}

/// Reads and compares the articles of `paths` (files, folders, `-` for standard input).
///
/// Bad records and inputs that fail are in the outcome.
///
/// # Errors
///
/// If the threads asked for cannot be started, or `progress` stops the run.
pub fn scan_paths(paths: &[PathBuf], config: &Config, progress: &dyn Progress) -> Result<Outcome> {
    scan_against(paths, config, None, progress)
}

/// The same, and each article is held against an index of those that were published before, if there is one.
///
/// # Errors
///
/// As [`scan_paths`], and if the index is damaged where it is looked at.
pub fn scan_against(
    paths: &[PathBuf],
    config: &Config,
    index: Option<&Index>,
    progress: &dyn Progress,
) -> Result<Outcome> {
    with_threads(config, || {
        let mut scan = Scan::new(config.clone());
        scan.read(paths, progress)?;
        let mut corpus = scan.corpus()?;
        if let Some(index) = index {
            corpus.hold_against(index, progress)?;
        }
        Ok(corpus.compare(progress, |_| Ok(()))?.0)
    })
}

/// Reads and compares the articles that a program hands over.
///
/// ```
/// use wirecopy::config::{Config, Format};
/// use wirecopy::read::Given;
/// use wirecopy::scan::scan_given;
///
/// let lines = br#"{"id":"a","text":"The ferry stays in harbor."}
/// {"id":"b","text":"The ferry stays in harbor."}
/// "#;
/// let given = Given::bytes("lines", Format::Jsonl, &lines[..]);
/// let outcome = scan_given(given, &Config::default(), &())?;
/// assert_eq!(outcome.groups[0].members.len(), 2);
/// # Ok::<(), wirecopy::Error>(())
/// ```
///
/// # Errors
///
/// If the threads asked for cannot be started, or `progress` stops the run.
pub fn scan_given(given: Given, config: &Config, progress: &dyn Progress) -> Result<Outcome> {
    with_threads(config, || {
        let mut scan = Scan::new(config.clone());
        scan.read_given(given, progress)?;
        scan.finish(progress)
    })
}

/// Runs `work` on as many threads as are wanted.
pub(crate) fn with_threads<T: Send>(
    config: &Config,
    work: impl FnOnce() -> Result<T> + Send,
) -> Result<T> {
    let threads = config.threads.map_or(0, usize::from);
    let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
    let pool = pool.map_err(|error| {
        Error::new(format!("cannot start {threads} threads: {error}")).with_hint("fewer: -j 2")
    })?;
    pool.install(work)
}
