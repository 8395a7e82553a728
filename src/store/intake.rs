//! Reads articles into an index, batch by batch: those of files, or what a program hands over.

use std::path::PathBuf;

use super::writer::{Added, Writer, prepare};
use crate::article::{Origin, Problems};
use crate::error::Result;
use crate::progress::{Progress, go_on};
use crate::read::{self, Given, Inputs};
use crate::scan::with_threads;

/// Articles of a batch that is stored on its own. Fewer make more files, each of which takes its time in a query; more wait
/// longer until they are safe.
pub const BATCH: u32 = 1 << 18;

/// An article whose id stands for another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// The id of both.
    pub id: String,
    /// Where the refused one came from.
    pub origin: Origin,
    /// Where the stored one came from.
    pub stored: Origin,
}

/// What became of everything that was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Intake {
    /// Articles that are new.
    pub new: u64,
    /// Articles that were there already.
    pub same: u64,
    /// Articles that took the place of others.
    pub replaced: u64,
    /// Articles that were refused.
    pub refused: Vec<Refused>,
    /// Records that could not be used, or not as they stand, in the order of the input.
    pub problems: Problems,
    /// Inputs that could not be opened or read to their end: one message each.
    pub failures: Vec<String>,
    /// Files that were opened.
    pub files: u64,
}

impl Intake {
    /// Takes an article into account.
    pub fn count(&mut self, added: Added, id: &str, origin: &Origin) {
        match added {
            Added::New => self.new += 1,
            Added::Same => self.same += 1,
            Added::Replaced => self.replaced += 1,
            Added::Refused(stored) => {
                self.refused.push(Refused { id: id.to_owned(), origin: origin.clone(), stored });
            }
        }
    }

    /// Number of articles that were read.
    pub fn articles(&self) -> u64 {
        self.new + self.same + self.replaced + self.refused.len() as u64
    }
}

impl Writer {
    /// Adds the articles of `paths` (files, folders, `-` for standard input), on the threads of the settings.
    ///
    /// Every [`BATCH`] articles, and at the end, what was read is durable; progress is told so.
    ///
    /// # Errors
    ///
    /// If the disk fails, or `progress` stops the run. What was stored until then stays.
    pub fn read(&mut self, paths: &[PathBuf], progress: &dyn Progress) -> Result<Intake> {
        let bytes = read::total_bytes(paths, &self.config.input);
        self.take_in(Inputs::Paths(paths), bytes, progress)
    }

    /// The same for articles that a program hands over.
    ///
    /// # Errors
    ///
    /// As [`Writer::read`].
    pub fn read_given(&mut self, given: Given, progress: &dyn Progress) -> Result<Intake> {
        self.take_in(Inputs::Given(given), None, progress)
    }

    fn take_in(
        &mut self,
        inputs: Inputs<'_>,
        bytes: Option<u64>,
        progress: &dyn Progress,
    ) -> Result<Intake> {
        let config = self.config.clone();
        with_threads(&config, || {
            progress.begin("read", bytes);
            let mut intake = Intake::default();
            let mut outcome = Ok(());
            let map = |article| prepare(article, &config.matching);
            let summary = read::read_while(inputs, &config.input, map, |batch| {
                batch.notices.iter().for_each(|line| progress.notice(line));
                intake.problems.append(batch.problems);
                for one in batch.records {
                    match one {
                        Ok(prepared) => {
                            let (id, origin) =
                                (prepared.article.id.clone(), prepared.article.origin.clone());
                            match self.put(prepared) {
                                Ok(added) => intake.count(added, &id, &origin),
                                Err(error) => {
                                    outcome = Err(error);
                                    break;
                                }
                            }
                        }
                        Err(problem) => intake.problems.push(problem),
                    }
                }
                progress.advance(batch.bytes);
                if outcome.is_ok() {
                    outcome = go_on(progress);
                }
                if outcome.is_ok() && self.waiting() >= BATCH {
                    let waiting = self.waiting();
                    outcome = self.commit();
                    if outcome.is_ok() {
                        progress.notice(&format!("stored {waiting} articles"));
                    }
                }
                outcome.is_ok()
            })?;
            outcome?;
            // The input may have ended because the run was stopped: what waits was not wished for then.
            go_on(progress)?;
            intake.files = summary.files;
            intake.failures = summary.failures;
            self.commit()?;
            self.merge_small()?;
            Ok(intake)
        })
    }
}
