//! The files of a dump, each with its name in the clean one.
//!
//! A file keeps its path below the folder that was named; one that was named itself keeps its file name. Where two would
//! get the same name, all keep the path they were given by, without what leads out of a folder (`/`, `..`). No name comes from
//! what a file holds. Listed before the scan and compared afterwards, so that no record is copied unseen.

use std::fs;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use ahash::AHashSet;

use crate::config::Input;
use crate::error::{Error, Result};
use crate::read::{self, Entry, MANIFEST, MAP, REMOVED};
use crate::scan::Outcome;

/// One file of the dump.
#[derive(Debug)]
pub struct DumpFile {
    pub(super) entry: Entry,
    /// How it is read.
    pub(super) input: Arc<Input>,
    inside: PathBuf,
    stamp: Stamp,
}

/// By what a change of a file is noticed.
type Stamp = (u64, Option<SystemTime>);

/// All files of a dump.
#[derive(Debug)]
pub struct Dump {
    files: Vec<DumpFile>,
    skipped: Vec<PathBuf>,
}

impl Dump {
    /// Lists the files under `paths` (files and folders), in the order in which a scan reads them.
    ///
    /// # Errors
    ///
    /// If one cannot be opened or read twice (standard input, a pipe), or two cannot be told apart.
    pub fn list(paths: &[PathBuf], input: &Input) -> Result<Dump> {
        let mut dump = Dump { files: Vec::new(), skipped: Vec::new() };
        let mut failures = Vec::new();
        let shared = Arc::new(input.clone());
        for path in paths {
            if path == Path::new("-") {
                return Err(read_once("standard input"));
            }
            let listing = read::list_files(std::slice::from_ref(path), input)?;
            failures.extend(listing.failures);
            dump.skipped.extend(listing.skipped);
            for entry in listing.entries {
                let inside = match entry.path.strip_prefix(path) {
                    Ok(below) if below != Path::new("") => below.to_owned(),
                    _ => PathBuf::from(entry.path.file_name().unwrap_or_default()),
                };
                let Some(stamp) = stamp(&entry.path)? else {
                    return Err(read_once(&entry.name));
                };
                dump.files.push(DumpFile { entry, input: Arc::clone(&shared), inside, stamp });
            }
        }
        if !failures.is_empty() {
            return Err(Error::new(failures.join("\n")));
        }
        dump.tell_apart()?;
        Ok(dump)
    }

    /// The files, in the order of the input.
    pub fn files(&self) -> &[DumpFile] {
        &self.files
    }

    /// What stood in the folders and is no part of the dump: files of unknown kind, and what is no regular file.
    pub fn skipped(&self) -> &[PathBuf] {
        &self.skipped
    }

    /// An error if the outcome speaks of a file that was not listed: in a group, or for a bad record.
    pub(super) fn holds_all_of(&self, outcome: &Outcome) -> Result<()> {
        let known: AHashSet<&str> = self.files.iter().map(DumpFile::name).collect();
        let articles = outcome.articles.held().iter().map(|article| &article.origin);
        let stranger = articles
            .chain(outcome.problems.iter().map(|problem| &problem.origin))
            .map(|origin| &*origin.file)
            .filter(|file| !known.contains(file))
            .min();
        stranger.map_or(Ok(()), |file| Err(changed(file, "appeared")))
    }

    fn tell_apart(&mut self) -> Result<()> {
        let repeated = |files: &[DumpFile]| {
            let mut seen = AHashSet::new();
            files.iter().find(|file| !seen.insert(file.inside.clone())).map(DumpFile::describe)
        };
        if repeated(&self.files).is_some() {
            for file in &mut self.files {
                let normal = |part: &Component<'_>| matches!(part, Component::Normal(_));
                file.inside = file.entry.path.components().filter(normal).collect();
            }
        }
        if let Some(name) = repeated(&self.files) {
            let error = Error::new(format!(
                "{name} is there twice: it would be a copy of itself, or two files would get one name"
            ));
            return Err(error.with_hint("every file once; folders of the same name one by one"));
        }
        // Names that cannot be shown are shown alike: then records could not be told apart either.
        let mut shown = AHashSet::new();
        if let Some(file) = self.files.iter().find(|file| !shown.insert(file.name())) {
            return Err(Error::new(format!("two files are both shown as {}", file.describe()))
                .with_hint("names in UTF-8"));
        }
        let own = [MAP, REMOVED, MANIFEST].map(Path::new);
        if let Some(file) = self.files.iter().find(|file| own.contains(&file.inside.as_path())) {
            let error =
                Error::new(format!("{} has a name that `clean` needs for itself", file.describe()));
            return Err(
                error.with_hint("the folder above the one it stands in, or another name for it")
            );
        }
        Ok(())
    }
}

impl DumpFile {
    /// The path as origins and messages show it.
    pub fn name(&self) -> &str {
        &self.entry.name
    }

    /// Its path in the clean dump: relative, without `..`.
    pub fn inside(&self) -> &Path {
        &self.inside
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        &self.entry.path
    }

    /// An error if it is not the file that was listed.
    pub(super) fn is_unchanged(&self) -> Result<()> {
        if stamp(&self.entry.path)? == Some(self.stamp) {
            Ok(())
        } else {
            Err(changed(&self.entry.name, "changed"))
        }
    }

    fn describe(&self) -> String {
        self.entry.path.display().to_string()
    }
}

fn stamp(path: &Path) -> Result<Option<Stamp>> {
    let about = fs::metadata(path).map_err(|error| Error::io("open", path, error))?;
    Ok(about.is_file().then(|| (about.len(), about.modified().ok())))
}

fn read_once(what: &str) -> Error {
    Error::new(format!("{what} can be read only once; `clean` reads everything twice"))
        .with_hint("save it first (… > dump.jsonl), then: wirecopy clean dump.jsonl -o clean")
}

fn changed(file: &str, how: &str) -> Error {
    Error::new(format!("{file} {how} while the run was on; nothing was written"))
        .with_hint("the same command again, once nothing writes to the input")
}
