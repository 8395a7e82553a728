//! The deduplicated dump: every file under its own name without the copies, what was removed, and why.
//!
//! [`plan`] decides, [`dump`] knows the files, `copy` writes them, [`place`] makes them appear all at once. Kept records
//! are copied byte for byte; what is removed stands in `removed.jsonl`, a line for every line of `map.jsonl`. Inputs are
//! read twice and never changed; one that changes on its own in between is an error.
//!
//! Time: reading everything once more, a thread a file; compression takes the most of it. Memory: for each thread the
//! longest record twice, and about 200 bytes a removed one.

mod cells;
#[cfg(feature = "parquet")]
mod columns;
#[cfg(not(feature = "parquet"))]
#[path = "columns_absent.rs"]
mod columns;
mod copy;
pub mod dump;
mod mark;
pub mod map;
mod pack;
#[cfg(feature = "parquet")]
mod parquet;
pub mod place;
pub mod plan;
pub mod shares;

#[cfg(test)]
mod tests;

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};

use ahash::AHashMap;
use rayon::prelude::*;

pub use dump::Dump;
pub use place::Place;
pub use plan::{Plan, Rules};
pub use shares::{Share, shares};

use crate::config::Config;
use crate::error::{Error, Result};
use crate::progress::Progress;
use crate::read::{MANIFEST, MAP, REMOVED};
use crate::scan::{Outcome, with_threads};

/// What is done with copies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Treatment {
    /// They leave the dump.
    Remove,
    /// They stay, and all members of groups get fields that say so.
    Mark,
}

/// What was written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    /// Files of the dump.
    pub files: usize,
    /// Plain text files that could not be marked, since they have no fields.
    pub unmarked: usize,
}

/// Writes the clean dump to its place: all of it, or nothing.
///
/// # Errors
///
/// If a file cannot be read to its end or changed since `dump` was listed, if anything cannot be written, or if another
/// run writes to the same place. What stood there before still does then.
pub fn write(
    dump: &Dump,
    place: &Place,
    outcome: &Outcome,
    plan: &Plan,
    treatment: Treatment,
    config: &Config,
    progress: &dyn Progress,
) -> Result<Written> {
    dump.holds_all_of(outcome)?;
    let mut jobs = copy::jobs(outcome, plan, treatment);
    let staging = place.begin()?;
    let folder = staging.path();
    let mut map = Lines::create(folder.join(MAP))?;
    let mut work = Vec::with_capacity(dump.files().len());
    for file in dump.files() {
        let mut jobs = jobs.remove(file.name()).unwrap_or_default();
        // As they stand in the file, so that both lists follow the input.
        jobs.sort_unstable_by_key(|job| job.record);
        for removal in jobs.iter().filter_map(|job| job.removal) {
            map.line(&map::entry(removal, outcome))?;
        }
        work.push((file, jobs));
    }
    map.finish()?;
    if let Some(file) = jobs.keys().min() {
        return Err(Error::new(format!("{file} is not among the files that were listed")));
    }
    progress.begin("write", Some(work.len() as u64));
    let done: Vec<copy::Done> = with_threads(config, || {
        let files = work.par_iter().enumerate().with_max_len(1);
        files
            .map(|(number, (file, jobs))| {
                let done =
                    copy::file(file, jobs, treatment, outcome, folder, &part(folder, number))?;
                file.is_unchanged()?;
                progress.advance(1);
                Ok(done)
            })
            .collect()
    })?;
    let mut names: Vec<&Path> = vec![Path::new(MAP)];
    join(folder, work.len())?;
    if treatment == Treatment::Remove {
        names.push(Path::new(REMOVED));
    } else {
        let path = folder.join(REMOVED);
        fs::remove_file(&path).map_err(|error| Error::io("remove", &path, error))?;
    }
    let files = work.iter().zip(&done).filter(|(_, done)| **done != copy::Done::LeftOut);
    names.extend(files.map(|((file, _), _)| file.inside()));
    let mut manifest = Lines::create(folder.join(MANIFEST))?;
    for name in &names {
        manifest.line(&name.to_string_lossy())?;
    }
    manifest.finish()?;
    staging.commit()?;
    let count = |wanted| done.iter().filter(|done| **done == wanted).count();
    let unmarked = count(copy::Done::Unmarked);
    Ok(Written { files: count(copy::Done::Written) + unmarked, unmarked })
}

/// Where the records that one file loses wait for the others.
fn part(folder: &Path, number: usize) -> PathBuf {
    folder.join(format!(".{REMOVED}.{number}"))
}

/// Makes one file of the removed records, in the order of the input.
fn join(folder: &Path, parts: usize) -> Result<()> {
    let mut all = Lines::create(folder.join(REMOVED))?;
    for part in (0..parts).map(|number| part(folder, number)) {
        // Most files of a dump of single texts lose nothing.
        let Ok(mut lines) = File::open(&part) else { continue };
        io::copy(&mut lines, &mut all.out).map_err(|error| all.failed(error))?;
        fs::remove_file(&part).map_err(|error| Error::io("remove", &part, error))?;
    }
    all.finish()
}

/// A file of lines.
struct Lines {
    path: PathBuf,
    out: BufWriter<File>,
}

impl Lines {
    fn create(path: PathBuf) -> Result<Lines> {
        let file = File::create_new(&path).map_err(|error| Error::io("write", &path, error))?;
        Ok(Lines { path, out: BufWriter::with_capacity(pack::BUFFER, file) })
    }

    fn line(&mut self, value: &impl serde::Serialize) -> Result<()> {
        let written = serde_json::to_writer(&mut self.out, value).map_err(Into::into);
        let written = written.and_then(|()| self.out.write_all(b"\n"));
        written.map_err(|error| self.failed(error))
    }

    fn bytes(&mut self, bytes: &[u8]) -> Result<()> {
        self.out.write_all(bytes).map_err(|error| self.failed(error))
    }

    fn finish(mut self) -> Result<()> {
        self.out.flush().map_err(|error| self.failed(error))
    }

    fn failed(&self, error: io::Error) -> Error {
        Error::io("write", &self.path, error)
    }
}

/// Jobs by the name of their file.
type Jobs<'a> = AHashMap<&'a str, Vec<copy::Job<'a>>>;
