//! Wires the stages together: the only place that knows about threads and progress.
//!
//! Memory, in bytes an article: its text, 5 a word, about 1,100 for signature and sample; and 12 an article for every
//! thread while bands are sorted. Time is linear in the text but for the pairs that are verified.

use std::ops::Range;
use std::path::PathBuf;
use std::time::Instant;

use rayon::prelude::*;

use crate::article::{Article, Problem, ProblemKind};
use crate::config::{Config, FieldNames};
use crate::error::{Error, Result};
use crate::find::pipeline::{self, Survey};
use crate::find::{Group, Match, NearMisses, Signed, near_misses};
use crate::progress::{Progress, Stats};
use crate::read;

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
/// let outcome = scan.finish(&());
///
/// assert_eq!(outcome.groups.len(), 1);
/// let ids: Vec<&str> = outcome.groups[0].members.iter().map(|m| outcome.articles[m.article as usize].id.as_str()).collect();
/// assert_eq!(ids, ["post-7", "wire-1"]);
/// ```
#[derive(Debug, Default)]
pub struct Scan {
    config: Config,
    articles: Vec<(Article, Signed)>,
    problems: Vec<Problem>,
    failures: Vec<String>,
    fields: Option<FieldNames>,
    stats: Stats,
}

impl Scan {
    /// A scan of nothing yet.
    pub fn new(config: Config) -> Self {
        Scan { config, ..Scan::default() }
    }

    /// Adds one article. One without words is a problem of the outcome, not a member of it.
    pub fn push(&mut self, article: Article) {
        let signed = sign(article, &self.config);
        self.add(signed);
    }

    /// Adds many articles, signed by all threads of the current rayon pool.
    pub fn extend(&mut self, articles: Vec<Article>) {
        let config = &self.config;
        let signed: Vec<_> =
            articles.into_par_iter().map(|article| sign(article, config)).collect();
        signed.into_iter().for_each(|one| self.add(one));
    }

    /// Adds the articles of `paths` (files, folders, `-` for standard input), signed as they are read.
    ///
    /// Bad records and inputs that fail are kept for the outcome.
    ///
    /// # Errors
    ///
    /// If nothing at all can be made of the request.
    pub fn read(&mut self, paths: &[PathBuf], progress: &dyn Progress) -> Result<()> {
        let start = Instant::now();
        progress.begin("read", read::total_bytes(paths));
        let config = self.config.clone();
        let summary = read::read(
            paths,
            &config.input,
            |article| sign(article, &config),
            |batch| {
                batch.notices.iter().for_each(|line| progress.notice(line));
                if self.fields.is_none() {
                    self.fields = batch.fields;
                }
                self.problems.extend(batch.problems);
                batch.records.into_iter().for_each(|one| self.add(one));
                progress.advance(batch.bytes);
            },
        )?;
        self.stats.files += summary.files;
        self.failures.extend(summary.failures);
        self.stats.times.push(("read and sign", start.elapsed()));
        Ok(())
    }

    /// The articles so far, in the order in which they were added.
    pub fn articles(&self) -> impl Iterator<Item = &Article> {
        self.articles.iter().map(|(article, _)| article)
    }

    /// Inputs that could not be read so far: one message each.
    pub fn failures(&self) -> &[String] {
        &self.failures
    }

    /// The articles in canonical order, and each signed: what [`pipeline::survey`] takes.
    pub fn into_sorted(self) -> (Vec<Article>, Vec<Signed>) {
        let mut articles = self.articles;
        articles.par_sort_by(|(x, x_signed), (y, y_signed)| {
            (x_signed.fingerprint, canonical(x)).cmp(&(y_signed.fingerprint, canonical(y)))
        });
        articles.into_iter().unzip()
    }

    /// Compares everything that was added.
    pub fn finish(self, progress: &dyn Progress) -> Outcome {
        self.corpus().compare(progress, |_| ()).0
    }

    /// Everything that was added, ready to be compared.
    pub fn corpus(mut self) -> Corpus {
        let config = self.config.clone();
        let fields = self.fields.take().unwrap_or_default();
        let failures = std::mem::take(&mut self.failures);
        let mut problems = std::mem::take(&mut self.problems);
        problems.sort_by(|x, y| (&x.origin, x.kind).cmp(&(&y.origin, y.kind)));
        let mut stats = std::mem::take(&mut self.stats);
        let (articles, signed) = self.into_sorted();
        stats.articles = articles.len() as u64;
        stats.bytes = articles.iter().map(|article| article.text.len() as u64).sum();
        let outcome = Outcome { articles, problems, failures, fields, stats, ..Outcome::default() };
        Corpus { config, signed, outcome }
    }

    fn add(&mut self, signed: Result<(Article, Signed), Problem>) {
        match signed {
            Ok((article, signed)) => {
                let position = self.articles.len() as u64;
                self.articles.push((Article { position, ..article }, signed));
            }
            Err(problem) => self.problems.push(problem),
        }
    }
}

/// Articles in canonical order, ready to be compared.
#[derive(Debug)]
pub struct Corpus {
    config: Config,
    signed: Vec<Signed>,
    outcome: Outcome,
}

impl Corpus {
    /// The articles, as they will stand in the outcome.
    pub fn articles(&self) -> &[Article] {
        &self.outcome.articles
    }

    /// Inputs that could not be read, as they will stand in the outcome.
    pub fn failures(&self) -> &[String] {
        &self.outcome.failures
    }

    /// Compares the articles. Before they are grouped, `look` sees what is known of every pair.
    pub fn compare<T>(
        self,
        progress: &dyn Progress,
        look: impl FnOnce(&Survey<'_>) -> T,
    ) -> (Outcome, T) {
        let Corpus { config, signed, mut outcome } = self;
        let stats = &mut outcome.stats;
        let survey = pipeline::survey(&outcome.articles, &signed, &config, progress, stats);
        let looked = look(&survey);
        outcome.near_misses = near_misses::near_misses(&survey, &config.matching);
        outcome.boilerplate = near_misses::boilerplate(&survey, &outcome.near_misses);
        (outcome.groups, outcome.matches) = pipeline::conclude(survey, &config, progress, stats);
        (outcome, looked)
    }
}

/// Reads and compares the articles of `paths` (files, folders, `-` for standard input).
///
/// Bad records and inputs that fail are in the outcome.
///
/// # Errors
///
/// If the threads asked for cannot be started.
pub fn scan_paths(paths: &[PathBuf], config: &Config, progress: &dyn Progress) -> Result<Outcome> {
    with_threads(config, || {
        let mut scan = Scan::new(config.clone());
        scan.read(paths, progress)?;
        Ok(scan.finish(progress))
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

/// The article and its signature, unless there is nothing in it to compare.
fn sign(article: Article, config: &Config) -> Result<(Article, Signed), Problem> {
    let problem =
        |kind, detail: String, article: Article| Problem { origin: article.origin, kind, detail };
    if u32::try_from(article.text.len()).is_err() {
        let detail = format!(
            "the text has {} bytes; at most {} can be compared",
            article.text.len(),
            u32::MAX
        );
        return Err(problem(ProblemKind::LongText, detail, article));
    }
    let signed = Signed::new(&article.text, &config.matching);
    if signed.words() == 0 {
        return Err(problem(ProblemKind::EmptyText, "the text holds no words".to_owned(), article));
    }
    Ok((article, signed))
}

/// Orders articles of equal words by everything that is known of them; the place in the input comes last.
fn canonical(article: &Article) -> impl Ord {
    let Article { id, text, title, date, source, url, origin, position: _ } = article;
    (id, date, source, url, title, text, origin)
}

/// Everything a run found, as data. Reporters only print it.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Every article that was read, in canonical order (by content fingerprint, then id): the order of the input never shows.
    pub articles: Vec<Article>,
    /// Groups of copies, largest first, then by id.
    pub groups: Vec<Group>,
    /// Accepted pairs and shared passages, by the ids of their articles.
    pub matches: Vec<Match>,
    /// Pairs just below the cut.
    pub near_misses: NearMisses,
    /// Of articles in any pair above: (article, ranges of its words that are boilerplate), by article.
    pub boilerplate: Vec<(u32, Vec<Range<u32>>)>,
    /// Records that could not be used, by place.
    pub problems: Vec<Problem>,
    /// Inputs that could not be opened or decoded to their end: one message each. They make the run fail after its report.
    pub failures: Vec<String>,
    /// Fields that were taken, of the first file that had any.
    pub fields: FieldNames,
    /// What each stage did.
    pub stats: Stats,
}
