//! The folder of an index: what its files are called, and which of them belong to no state.
//!
//! Nothing of others is ever removed: a folder that holds anything else is refused.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use super::lock;
use super::manifest::{self, Manifest};
use crate::error::{Error, Result};

/// Endings of the files of an index.
pub(super) const SEGMENT: &str = "segment";
pub(super) const REMOVED: &str = "removed";
pub(super) const COMMON: &str = "common";

/// A file that belongs to no state yet, and goes away with this unless it is kept.
#[derive(Debug)]
pub(super) struct NewFile {
    pub(super) name: String,
    pub(super) path: PathBuf,
    is_kept: bool,
}

impl NewFile {
    pub(super) fn new(folder: &Path, manifest: &mut Manifest, ending: &str) -> Self {
        let name = manifest.name(ending);
        let path = folder.join(&name);
        NewFile { name, path, is_kept: false }
    }

    pub(super) fn keep(mut self) {
        self.is_kept = true;
    }
}

impl Drop for NewFile {
    fn drop(&mut self) {
        if !self.is_kept {
            // What cannot be removed now the next writer removes.
            let _ = fs::remove_file(&self.path);
        }
    }
}

/// True for the names that files of an index have.
fn is_own(name: &str) -> bool {
    let numbered = |ending: &&str| {
        let stem = name.strip_suffix(*ending).and_then(|stem| stem.strip_suffix('.'));
        stem.is_some_and(|stem| stem.len() >= 6 && stem.bytes().all(|byte| byte.is_ascii_digit()))
    };
    [SEGMENT, REMOVED, COMMON].iter().any(numbered)
        || [manifest::NAME, manifest::TEMPORARY, lock::NAME].contains(&name)
}

/// The names in a folder.
fn names(folder: &Path) -> Result<Vec<String>> {
    let entries = fs::read_dir(folder).map_err(|error| Error::io("open", folder, error))?;
    let name = |entry: io::Result<fs::DirEntry>| {
        entry.map(|entry| entry.file_name().to_string_lossy().into_owned())
    };
    entries.map(name).collect::<io::Result<_>>().map_err(|error| Error::io("read", folder, error))
}

/// Fails if a folder without an index holds anything else: nothing of others is ever removed.
pub(super) fn is_free(folder: &Path) -> Result<()> {
    match names(folder)?.iter().find(|name| !is_own(name)) {
        None => Ok(()),
        Some(other) => {
            let message = format!("{} is no index, and holds {other}", folder.display());
            let error = Error::new(message).at(folder);
            Err(error.with_hint("a folder that is empty, or that does not exist yet"))
        }
    }
}

/// Removes what killed writers left, and what belongs to earlier states.
pub(super) fn clear(folder: &Path, manifest: &Manifest) -> Result<()> {
    let kept = |name: &str| {
        name == manifest::NAME
            || name == lock::NAME
            || manifest.parts().any(|part| part.file == name)
    };
    for name in names(folder)?.iter().filter(|name| is_own(name) && !kept(name)) {
        let path = folder.join(name);
        fs::remove_file(&path).map_err(|error| Error::io("remove", &path, error))?;
    }
    Ok(())
}
