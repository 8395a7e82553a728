//! Answers for records as they come: from files and programs on all threads, from standard input one by one.
//!
//! One answer for each record, in order, bad ones included. What is added on the way is seen by the records after it. It is
//! stored every [`STORED`] articles, and when input runs dry, but not more often than every second: a stream of one article
//! a minute is safe article by article, and a fast one in parts.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use ahash::AHashMap;

use super::index::Index;
use super::intake::Intake;
use super::query::Earlier;
use super::segment_writer::Prepared;
use super::writer::Writer;
use crate::article::{Article, Problem};
use crate::config::{Config, Format};
use crate::error::Result;
use crate::find::Signed;
use crate::find::gathering::text_hash;
use crate::progress::{Progress, go_on};
use crate::read::{self, Batch, Given, Inputs, Streamed};
use crate::scan::with_threads;
use crate::signing::sign_text;

/// Articles that are added before they are stored, at most.
pub const STORED: u32 = 4096;

/// The least time between two times of storing where fewer wait.
const OFTEN: Duration = Duration::from_secs(1);

/// What there is to say of one record.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// An article, and those of the index that it is a copy of, or that are copies of it.
    Article(Article, Vec<Earlier>),
    /// A record that could not be used.
    Bad(Problem),
}

/// What became of the input in all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Answered {
    /// Records that were answered, bad ones included.
    pub records: u64,
    /// Inputs that could not be read to their end: one message each.
    pub failures: Vec<String>,
    /// What became of what was to be added.
    pub intake: Intake,
}

/// An article that was read, signed by the settings of the index; or what is wrong with it.
type Read = Result<(Article, Signed), Problem>;

/// Who answers: a reader of the index, or its writer, who also adds.
enum Who<'a> {
    Reader(&'a Index),
    Writer(&'a mut Writer, Instant),
}

impl Index {
    /// Answers every record of `paths` (files, folders, `-` for standard input), in order.
    ///
    /// # Errors
    ///
    /// If the index is damaged, standard input fails, or `take` does.
    pub fn answer(
        &self,
        paths: &[PathBuf],
        config: &Config,
        progress: &dyn Progress,
        take: impl FnMut(Answer) -> Result<()> + Send,
    ) -> Result<Answered> {
        let config = Config { matching: self.matching(&config.matching), ..config.clone() };
        answer(Who::Reader(self), paths, &config, progress, take)
    }

    /// The same for records that a program hands over.
    ///
    /// # Errors
    ///
    /// If the index is damaged, `take` fails, or `progress` stops the run.
    pub fn answer_given(
        &self,
        given: Given,
        config: &Config,
        progress: &dyn Progress,
        take: impl FnMut(Answer) -> Result<()> + Send,
    ) -> Result<Answered> {
        let config = Config { matching: self.matching(&config.matching), ..config.clone() };
        answer_given(Who::Reader(self), given, &config, progress, take)
    }
}

impl Writer {
    /// The same; every article is added after it was answered.
    ///
    /// # Errors
    ///
    /// As [`Index::answer`], and if the disk fails. What was stored until then stays.
    pub fn answer(
        &mut self,
        paths: &[PathBuf],
        progress: &dyn Progress,
        take: impl FnMut(Answer) -> Result<()> + Send,
    ) -> Result<Answered> {
        let config = self.config.clone();
        self.remember();
        answer(Who::Writer(self, Instant::now()), paths, &config, progress, take)
    }

    /// The same for records that a program hands over.
    ///
    /// # Errors
    ///
    /// As [`Index::answer_given`], and if the disk fails. What was stored until then stays.
    pub fn answer_given(
        &mut self,
        given: Given,
        progress: &dyn Progress,
        take: impl FnMut(Answer) -> Result<()> + Send,
    ) -> Result<Answered> {
        let config = self.config.clone();
        self.remember();
        answer_given(Who::Writer(self, Instant::now()), given, &config, progress, take)
    }
}

fn answer(
    mut who: Who<'_>,
    paths: &[PathBuf],
    config: &Config,
    progress: &dyn Progress,
    mut take: impl FnMut(Answer) -> Result<()> + Send,
) -> Result<Answered> {
    with_threads(config, || {
        let mut all = Answered::default();
        let is_stream = |path: &PathBuf| {
            path == Path::new("-") && matches!(config.input.format, None | Some(Format::Jsonl))
        };
        for paths in paths.chunk_by(|x, y| !is_stream(x) && !is_stream(y)) {
            if paths.iter().any(is_stream) {
                who.stream(config, progress, &mut all, &mut take)?;
            } else {
                let bytes = read::total_bytes(paths, &config.input);
                let inputs = Inputs::Paths(paths);
                who.batches(inputs, bytes, config, progress, &mut all, &mut take)?;
            }
        }
        who.end()?;
        Ok(all)
    })
}

fn answer_given(
    mut who: Who<'_>,
    given: Given,
    config: &Config,
    progress: &dyn Progress,
    mut take: impl FnMut(Answer) -> Result<()> + Send,
) -> Result<Answered> {
    with_threads(config, || {
        let mut all = Answered::default();
        who.batches(Inputs::Given(given), None, config, progress, &mut all, &mut take)?;
        who.end()?;
        Ok(all)
    })
}

impl Who<'_> {
    fn stream(
        &mut self,
        config: &Config,
        progress: &dyn Progress,
        all: &mut Answered,
        take: &mut dyn FnMut(Answer) -> Result<()>,
    ) -> Result<()> {
        read::stream(&config.input, |streamed| match streamed {
            Streamed::Article(article) => {
                let read = sign_text(&article, &config.matching).map(|signed| (article, signed));
                self.one(read, config, all, take)
            }
            Streamed::Problem(problem) => self.one(Err(problem), config, all, take),
            Streamed::Notice(line) => {
                progress.notice(&line);
                Ok(())
            }
            Streamed::Dry => self.dry(),
        })
    }

    fn batches(
        &mut self,
        inputs: Inputs<'_>,
        bytes: Option<u64>,
        config: &Config,
        progress: &dyn Progress,
        all: &mut Answered,
        take: &mut dyn FnMut(Answer) -> Result<()>,
    ) -> Result<()> {
        progress.begin("read", bytes);
        // A reader looks up on all threads, a writer after what it has added.
        let index = match self {
            Who::Reader(index) => Some(*index),
            Who::Writer(..) => None,
        };
        let map = |article: Article| {
            let signed = match sign_text(&article, &config.matching) {
                Ok(signed) => signed,
                Err(problem) => return (article, Err(problem)),
            };
            let found = index.map(|index| {
                index.query_signed(&article, &signed, &config.matching, &index.shelves())
            });
            (article, Ok((signed, found)))
        };
        let mut outcome = Ok(());
        let summary = read::read_while(inputs, &config.input, map, |batch| {
            batch.notices.iter().for_each(|line| progress.notice(line));
            progress.advance(batch.bytes);
            outcome = go_on(progress);
            for one in in_order(batch, |(article, _)| article) {
                if outcome.is_err() {
                    break;
                }
                outcome = match one {
                    Ok((article, Ok((_, Some(found))))) => {
                        all.records += 1;
                        found.and_then(|found| take(Answer::Article(article, found)))
                    }
                    Ok((article, Ok((signed, None)))) => {
                        self.one(Ok((article, signed)), config, all, take)
                    }
                    Ok((_, Err(problem))) | Err(problem) => {
                        self.one(Err(problem), config, all, take)
                    }
                };
            }
            outcome.is_ok()
        })?;
        outcome?;
        // The input may have ended because the run was stopped.
        go_on(progress)?;
        all.failures.extend(summary.failures);
        Ok(())
    }

    /// Answers one record, and adds it if that is wanted.
    fn one(
        &mut self,
        read: Read,
        config: &Config,
        all: &mut Answered,
        take: &mut dyn FnMut(Answer) -> Result<()>,
    ) -> Result<()> {
        let (article, signed) = match read {
            Ok(read) => read,
            // An unclear date costs no article, and the article is answered.
            Err(problem) if !problem.kind.loses_record() => return Ok(()),
            Err(problem) => {
                all.records += 1;
                return take(Answer::Bad(problem));
            }
        };
        all.records += 1;
        match self {
            Who::Reader(index) => {
                let shelves = index.shelves();
                let found = index.query_signed(&article, &signed, &config.matching, &shelves)?;
                take(Answer::Article(article, found))
            }
            Who::Writer(writer, stored) => {
                let found = writer.query_signed(&article, &signed, &config.matching)?;
                let text_hash = text_hash(&article.text);
                let prepared = Prepared::new(article.clone(), &signed, text_hash);
                let added = writer.put_signed(prepared, signed)?;
                all.intake.count(added, &article.id, &article.origin);
                take(Answer::Article(article, found))?;
                if writer.waiting() >= STORED {
                    writer.commit()?;
                    writer.merge_small()?;
                    *stored = Instant::now();
                }
                Ok(())
            }
        }
    }

    /// Stores what was added, unless that was done just now.
    fn dry(&mut self) -> Result<()> {
        match self {
            Who::Writer(writer, stored) if writer.waiting() > 0 && stored.elapsed() >= OFTEN => {
                writer.commit()?;
                writer.merge_small()?;
                *stored = Instant::now();
                Ok(())
            }
            _ => Ok(()),
        }
    }

    fn end(&mut self) -> Result<()> {
        match self {
            Who::Reader(_) => Ok(()),
            Who::Writer(writer, _) => {
                writer.commit()?;
                writer.merge_small()
            }
        }
    }
}

/// What a batch holds, in the order of the input: records, and problems between them.
///
/// Where a file has nothing but problems, its place among the others is that of its name.
fn in_order<T>(batch: Batch<T>, article: impl Fn(&T) -> &Article) -> Vec<Result<T, Problem>> {
    let mut all = Vec::with_capacity(batch.records.len() + batch.problems.len());
    let mut last: AHashMap<Arc<str>, usize> = AHashMap::new();
    for (at, record) in batch.records.iter().enumerate() {
        last.insert(Arc::clone(&article(record).origin.file), at);
    }
    let mut problems = batch.problems.iter().cloned().peekable();
    for (at, record) in batch.records.into_iter().enumerate() {
        let own = article(&record).origin.clone();
        let is_before = |problem: &Problem| {
            let origin = &problem.origin;
            match last.get(&origin.file) {
                Some(_) if origin.file == own.file => origin.record <= own.record,
                Some(last) => *last < at,
                None => origin.file < own.file,
            }
        };
        while let Some(problem) = problems.next_if(is_before) {
            all.push(Err(problem));
        }
        all.push(Ok(record));
    }
    all.extend(problems.map(Err));
    // A flood of problems is not held one by one: the last answer of the part stands for the others.
    let more = batch.problems.total() - batch.problems.len() as u64;
    if let Some(last) = batch.problems.last().filter(|_| more > 0) {
        let detail = format!("{more} further records of this part of the input could not be used");
        all.push(Err(Problem { detail, ..last.clone() }));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::{Origin, PROBLEMS_HELD, ProblemKind};

    #[test]
    fn records_and_problems_are_told_in_the_order_of_the_input() {
        let origin = |file: &str, record| Origin { file: Arc::from(file), line: record, record };
        let article =
            |file: &str, record| Article { origin: origin(file, record), ..Article::default() };
        let problem = |file: &str, record| Problem {
            origin: origin(file, record),
            kind: ProblemKind::Json,
            detail: String::new(),
        };
        let batch = Batch {
            records: vec![article("b", 2), article("b", 3), article("a", 1), article("d", 1)],
            problems: vec![problem("b", 1), problem("b", 4), problem("c", 1), problem("d", 2)]
                .into(),
            ..Batch::default()
        };
        let told: Vec<String> = in_order(batch, |article| article)
            .into_iter()
            .map(|one| match one {
                Ok(article) => article.origin.to_string(),
                Err(problem) => format!("!{}", problem.origin),
            })
            .collect();
        assert_eq!(told, ["!b:1", "b:2", "b:3", "!b:4", "a:1", "!c:1", "d:1", "!d:2"]);
    }

    #[test]
    fn what_is_not_held_of_a_flood_is_told() {
        let problem = |record| Problem {
            origin: Origin { file: Arc::from("a"), line: record, record },
            kind: ProblemKind::Json,
            detail: String::new(),
        };
        let flood: Vec<Problem> = (1..=PROBLEMS_HELD as u64 + 3).map(problem).collect();
        let batch = Batch::<Article> { problems: flood.into(), ..Batch::default() };
        let told = in_order(batch, |article| article);
        assert_eq!(told.len(), PROBLEMS_HELD + 1);
        let last = told.last().unwrap().as_ref().unwrap_err();
        assert!(last.detail.starts_with("3 further records"), "{}", last.detail);
    }
}
