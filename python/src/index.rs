//! An index on disk as Python sees it: each call sees its present state, and what it adds is stored when it returns.
//!
//! Answers leave as JSON Lines, the documented output of `wirecopy index query`. The state that was opened is kept for the
//! next query, with its cache of blocks (48 MiB) and what it holds of an article in memory (about 7 bytes).

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use wirecopy::Error;
use wirecopy::article::{Origin, Problem};
use wirecopy::config::Config;
use wirecopy::report::index as report;
use wirecopy::store::{self, Answer, Answered, Intake, TOLD, Writer};

use crate::outcome::Outcome;
use crate::pump::{Nothing, Pump, Ran, error};
use crate::source::{Articles, Source};
use crate::{Options, configure};

/// An index in a folder.
#[pyclass(frozen)]
pub(crate) struct Index {
    folder: PathBuf,
    /// What was opened last.
    opened: Mutex<Option<Arc<store::Index>>>,
}

/// Where a record stands: its file, and its line or row if it has one.
type Place = (String, Option<u64>);

/// What became of articles that were to be added.
#[pyclass(frozen, get_all)]
pub(crate) struct Taken {
    new: u64,
    same: u64,
    replaced: u64,
    /// The id, the place of the refused article, and that of the stored one.
    refused: Vec<(String, Place, Place)>,
    /// The place, the reason and details.
    problems: Vec<(Place, &'static str, String)>,
    bad_records: u64,
    /// Articles of the index now.
    held: u64,
    failures: Vec<String>,
    notices: Vec<String>,
}

impl Taken {
    fn new(ran: Ran<(Intake, u64)>) -> Taken {
        let Ran { value: (intake, held), notices } = ran;
        let problem = |problem: &Problem| {
            (place(&problem.origin), problem.kind.name(), problem.detail.clone())
        };
        let lost = intake.problems.iter().filter(|problem| problem.kind.loses_record());
        let refused = intake.refused.iter();
        Taken {
            new: intake.new,
            same: intake.same,
            replaced: intake.replaced,
            refused: refused
                .map(|one| (one.id.clone(), place(&one.origin), place(&one.stored)))
                .collect(),
            problems: lost.map(problem).collect(),
            bad_records: intake.problems.lost(),
            held,
            failures: intake.failures,
            notices,
        }
    }
}

fn place(origin: &Origin) -> Place {
    (origin.file.to_string(), Some(origin.place()).filter(|&line| line > 0))
}

#[pymethods]
impl Index {
    #[new]
    fn new(folder: PathBuf) -> Index {
        Index { folder, opened: Mutex::new(None) }
    }

    /// Adds articles; makes the index if there is none.
    fn add(
        &self,
        py: Python<'_>,
        articles: &Bound<'_, PyAny>,
        options: Options,
        replace: bool,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Taken> {
        let config = configure(py, &options)?;
        let ran = Source::of(articles)?.run(py, progress, |watch, articles| {
            let config = self.settled(&options, config)?;
            let mut writer = Writer::open(&self.folder, &config)?.replacing(replace);
            let intake = match articles {
                Articles::Paths(paths) => writer.read(paths, watch),
                Articles::Given(given) => writer.read_given(given, watch),
            }?;
            writer.learn_while_small(watch)?;
            Ok((intake, writer.index().len()))
        });
        ran.map(Taken::new)
    }

    /// Answers records: JSON Lines, one for each, and what could not be read. Adds them too if `replace` is not none.
    fn query<'py>(
        &self,
        py: Python<'py>,
        articles: &Bound<'py, PyAny>,
        options: Options,
        top: Option<usize>,
        replace: Option<bool>,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<(Bound<'py, PyBytes>, Taken)> {
        let config = configure(py, &options)?;
        let mut lines = Vec::new();
        let ran = Source::of(articles)?.run(py, progress, |watch, articles| {
            let most = top.unwrap_or(TOLD);
            let take = |answer: Answer| {
                let written = report::answer(&answer, most, &mut lines);
                written.map_err(|failed| Error::io("write", "answers".as_ref(), failed))
            };
            let (Answered { mut intake, failures, .. }, held) = match replace {
                Some(replace) => {
                    let config = self.settled(&options, config)?;
                    let mut writer = Writer::open(&self.folder, &config)?.replacing(replace);
                    let answered = match articles {
                        Articles::Paths(paths) => writer.answer(paths, watch, take),
                        Articles::Given(given) => writer.answer_given(given, watch, take),
                    };
                    (answered?, writer.index().len())
                }
                None => {
                    let index = self.present()?;
                    let answered = match articles {
                        Articles::Paths(paths) => index.answer(paths, &config, watch, take),
                        Articles::Given(given) => index.answer_given(given, &config, watch, take),
                    };
                    (answered?, index.len())
                }
            };
            intake.failures = failures;
            Ok((intake, held))
        });
        let taken = ran.map(Taken::new)?;
        Ok((PyBytes::new(py, &lines), taken))
    }

    /// The groups among all articles.
    fn groups(
        &self,
        py: Python<'_>,
        options: Options,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<Outcome> {
        let config = configure(py, &options)?;
        let ran = Pump::new(progress).run(py, None::<Nothing>, |watch, _| {
            let index = self.present()?;
            let config = self.settled(&options, config)?;
            index.agree(&config.matching)?;
            Ok((index.groups(&config, watch)?, config))
        });
        let Ran { value: (outcome, config), notices } = ran?;
        Ok(Outcome::new(Ran { value: outcome, notices }, config))
    }

    /// Puts everything into one file and learns what recurs.
    fn compact(
        &self,
        py: Python<'_>,
        options: Options,
        progress: Option<Py<PyAny>>,
    ) -> PyResult<()> {
        let config = configure(py, &options)?;
        let ran = Pump::new(progress)
            .run(py, None::<Nothing>, |watch, _| self.writer(&options, config)?.compact(watch));
        ran.map(drop)
    }

    /// Removes articles by their ids; gives the ids that there are none of.
    fn remove(&self, py: Python<'_>, ids: Vec<String>) -> PyResult<Vec<String>> {
        let config = configure(py, &Options::new())?;
        let removed = py.detach(|| -> wirecopy::Result<_> {
            let mut writer = self.writer(&Options::new(), config)?;
            let unknown = writer.remove(ids.iter().map(String::as_str))?;
            let unknown = unknown.into_iter().map(str::to_owned).collect();
            writer.commit()?;
            Ok(unknown)
        });
        removed.map_err(|failed| error(py, &failed))
    }

    /// Articles, removed ones, segments, generation, what it learned from, the id of that, bytes by what they are for.
    #[expect(clippy::type_complexity, reason = "made for one caller, which gives the parts names")]
    fn stats(
        &self,
        py: Python<'_>,
    ) -> PyResult<(u64, u64, usize, u64, Option<u64>, Option<String>, Vec<(&'static str, u64)>)>
    {
        let stats = py.detach(|| self.present()?.stats());
        let stats = stats.map_err(|failed| error(py, &failed))?;
        Ok((
            stats.articles,
            stats.removed,
            stats.segments,
            stats.generation,
            stats.learned_from,
            stats.learned,
            stats.bytes,
        ))
    }
}

impl Index {
    /// The present state. Waits for nobody who holds the interpreter.
    fn present(&self) -> wirecopy::Result<Arc<store::Index>> {
        let mut opened = self.opened.lock().unwrap_or_else(PoisonError::into_inner);
        let known = opened.take().and_then(Arc::into_inner);
        let index = match known {
            Some(mut index) => index.refresh().map(|_| index)?,
            // There is none yet, or somebody else is asking the one there is.
            None => store::Index::open(&self.folder)?,
        };
        let index = Arc::new(index);
        *opened = Some(Arc::clone(&index));
        Ok(index)
    }

    /// The writer of an index that must be there.
    fn writer(&self, options: &Options, config: Config) -> wirecopy::Result<Writer> {
        // Fails with the right words where there is none.
        self.present()?;
        Writer::open(&self.folder, &self.settled(options, config)?)
    }

    /// The settings, where what was not given is that of the index.
    fn settled(&self, options: &Options, config: Config) -> wirecopy::Result<Config> {
        let is_given = |name: &str| options.iter().any(|(known, _)| known == name);
        let seed = is_given("seed").then_some(config.matching.seed);
        let min_words = is_given("min_words").then_some(config.matching.min_words);
        let matching = store::settled(&self.folder, &config.matching, seed, min_words)?;
        Ok(Config { matching, ..config })
    }
}
