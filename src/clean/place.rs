//! A folder that appears whole or not at all, and replaces an earlier one in one step.
//!
//! Everything is written to `.NAME.wirecopy-PID.tmp` beside the place, synced, and put there by one rename; where an earlier
//! output stands, the two are exchanged (Linux, macOS), so that at every moment a whole one has the name. File systems
//! without that step get two renames, and between them the earlier output is `.NAME.wirecopy-PID.old`: the next run
//! puts it back. What a killed run leaves beside the place is known by its name and the lock that died with it, and goes
//! with the next run (where folders cannot be locked, it stays until it is removed by hand).
//!
//! Only a folder that `clean` made is replaced: it holds a manifest, and nothing that the manifest does not name.

use std::ffi::{OsStr, OsString};
use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use ahash::AHashSet;
use walkdir::WalkDir;

use super::dump::Dump;
use crate::error::{Error, Result};
use crate::read::MANIFEST;

/// Ends of the names of folders that are being written, and of those that are being replaced in two steps.
const TEMPORARY: &str = ".tmp";
const EARLIER: &str = ".old";

/// Where a clean dump goes.
#[derive(Debug)]
pub struct Place {
    /// As it was given.
    shown: PathBuf,
    /// Without links: its folder, and its name there.
    folder: PathBuf,
    name: OsString,
}

impl Place {
    /// Checks the place before hours are spent on what goes there.
    ///
    /// # Errors
    ///
    /// If its folder is missing, if something else stands there, or if an input would be touched: they are never changed.
    pub fn new(path: &Path, inputs: &[PathBuf], dump: &Dump) -> Result<Place> {
        let refuse = |why: String, hint: &str| {
            let message = format!("cannot write to {}: {why}", path.display());
            Err(Error::new(message).at(path).with_hint(hint))
        };
        let exists = path.exists();
        let target = if exists {
            canonical(path)?
        } else {
            let folder = match path.parent() {
                Some(folder) if folder != Path::new("") => folder,
                _ => Path::new("."),
            };
            if !folder.is_dir() {
                let hint = format!("mkdir -p {}", folder.display());
                return refuse(format!("there is no folder {}", folder.display()), &hint);
            }
            canonical(folder)?.join(path.file_name().unwrap_or_default())
        };
        let (Some(folder), Some(name)) = (target.parent(), target.file_name()) else {
            return refuse("it is not a folder in another one".to_owned(), "-o clean");
        };
        if !exists && target.is_symlink() {
            return refuse("it is a link that leads nowhere".to_owned(), "-o clean");
        }
        let place =
            Place { shown: path.to_owned(), folder: folder.to_owned(), name: name.to_owned() };
        for input in inputs {
            let input_target = canonical(input)?;
            if target.starts_with(&input_target) || input_target.starts_with(&target) {
                let why = format!("the input {} would be changed", input.display());
                return refuse(why, "-o with a folder outside of what is read, such as ../clean");
            }
        }
        if exists {
            for file in dump.files() {
                if canonical(file.path())?.starts_with(&target) {
                    let why = format!("{} leads there", file.path().display());
                    return refuse(
                        why,
                        "-o with a folder outside of what is read, such as ../clean",
                    );
                }
            }
            place.may_be_replaced()?;
        }
        Ok(place)
    }

    /// A new folder to write to, after what killed runs left has been cleared away.
    pub(super) fn begin(&self) -> Result<Staging<'_>> {
        self.clear()?;
        let path = self.beside(TEMPORARY);
        let fail = |error| Error::io("create", &path, error);
        fs::create_dir(&path).map_err(fail)?;
        let lock = lock(&path);
        // Another run may have met the folder before it was locked, and cleared it away.
        fs::metadata(&path).map_err(fail)?;
        Ok(Staging { place: self, path, _lock: lock })
    }

    fn target(&self) -> PathBuf {
        self.folder.join(&self.name)
    }

    /// `.NAME.wirecopy-`, which all folders beside the place begin with.
    fn prefix(&self) -> OsString {
        let mut prefix = OsString::from(".");
        prefix.push(&self.name);
        prefix.push(".wirecopy-");
        prefix
    }

    fn beside(&self, end: &str) -> PathBuf {
        let mut name = self.prefix();
        name.push(format!("{}{end}", std::process::id()));
        self.folder.join(name)
    }

    /// Puts back what was being replaced, and removes what will never be finished.
    fn clear(&self) -> Result<()> {
        let fail = |error| Error::io("read", &self.folder, error);
        let prefix = self.prefix();
        let mut left: Vec<PathBuf> = Vec::new();
        for entry in fs::read_dir(&self.folder).map_err(fail)? {
            let entry = entry.map_err(fail)?;
            if entry.file_name().as_encoded_bytes().starts_with(prefix.as_encoded_bytes()) {
                left.push(entry.path());
            }
        }
        left.sort();
        let ends = |path: &Path, end: &str| path.extension() == Some(OsStr::new(&end[1..]));
        for path in left {
            let gone = |error| Error::io("remove", &path, error);
            if ends(&path, EARLIER) && !self.target().exists() {
                fs::rename(&path, self.target())
                    .map_err(|error| Error::io("put back", &path, error))?;
            } else if ends(&path, EARLIER) {
                remove(&path).map_err(gone)?;
            } else if ends(&path, TEMPORARY) {
                match lock(&path) {
                    Lock::Taken => {
                        return Err(Error::new(format!(
                            "another run is writing to {}, by way of {}",
                            self.shown.display(),
                            path.display()
                        ))
                        .with_hint("another folder, or wait for it"));
                    }
                    Lock::Held(_) => remove(&path).map_err(gone)?,
                    Lock::Unknown => {}
                }
            }
        }
        Ok(())
    }

    /// An error if what stands at the place is more than what `clean` wrote there.
    fn may_be_replaced(&self) -> Result<()> {
        let target = self.target();
        let refuse = |why: String| {
            Error::new(format!("cannot write to {}: {why}", self.shown.display()))
                .at(&self.shown)
                .with_hint("-o with a folder that is new, empty, or from an earlier `clean`")
        };
        if !target.is_dir() {
            return Err(refuse("it is not a folder".to_owned()));
        }
        let mut known: Option<AHashSet<String>> = None;
        if let Ok(manifest) = fs::read_to_string(target.join(MANIFEST)) {
            let names = manifest.lines().map(serde_json::from_str::<String>);
            let names: Result<AHashSet<String>, _> = names.collect();
            known = Some(names.map_err(|_| refuse(format!("its {MANIFEST} is not whole")))?);
        }
        for entry in WalkDir::new(&target).min_depth(1).sort_by_file_name() {
            let entry = entry.map_err(|error| refuse(error.to_string()))?;
            let Some(known) = &known else {
                return Err(refuse("it holds something, and not from `clean`".to_owned()));
            };
            let name = entry.path().strip_prefix(&target).unwrap_or(entry.path()).to_string_lossy();
            if !entry.file_type().is_dir() && name != MANIFEST && !known.contains(&*name) {
                return Err(refuse(format!("{name} in it is not from `clean` and would be lost")));
            }
        }
        Ok(())
    }
}

/// A folder beside the place; removed if it is not committed.
#[derive(Debug)]
pub(super) struct Staging<'a> {
    place: &'a Place,
    path: PathBuf,
    /// Given up by the system when this run ends, however it ends.
    _lock: Lock,
}

impl Staging<'_> {
    /// Where to write.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the folder to its place, once everything in it is on disk.
    pub(super) fn commit(self) -> Result<()> {
        let target = self.place.target();
        let fail = |action: &str| {
            let shown = self.place.shown.clone();
            let action = action.to_owned();
            move |error| Error::io(&action, &shown, error)
        };
        sync(&self.path).map_err(fail("sync what goes to"))?;
        if target.symlink_metadata().is_err() {
            fs::rename(&self.path, &target).map_err(fail("write to"))?;
        } else {
            self.place.may_be_replaced()?;
            if exchange(&self.path, &target).is_err() {
                self.in_two_steps(&target).map_err(fail("replace"))?;
            }
        }
        sync_names(&self.place.folder).map_err(fail("sync"))
        // Dropped now: what has the temporary name is the earlier output, or nothing.
    }

    /// The same where the file system knows no exchange.
    pub(super) fn in_two_steps(&self, target: &Path) -> io::Result<()> {
        let earlier = self.place.beside(EARLIER);
        fs::rename(target, &earlier)?;
        if let Err(error) = fs::rename(&self.path, target) {
            fs::rename(&earlier, target)?;
            return Err(error);
        }
        sync_names(&self.place.folder)?;
        remove(&earlier)
    }
}

impl Drop for Staging<'_> {
    fn drop(&mut self) {
        // What cannot be removed now is known by its name, and goes with the next run.
        let _ = fs::remove_dir_all(&self.path);
    }
}

/// Removes a folder, unless another run was faster.
fn remove(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        result => result,
    }
}

fn canonical(path: &Path) -> Result<PathBuf> {
    fs::canonicalize(path).map_err(|error| Error::io("open", path, error))
}

/// Whether a run is at work in a folder.
#[derive(Debug)]
enum Lock {
    /// Nobody was, and now this run is.
    #[cfg_attr(not(unix), expect(dead_code, reason = "folders can be locked on Unix only"))]
    Held(#[expect(dead_code, reason = "held until it is dropped")] File),
    /// Somebody is.
    #[cfg_attr(not(unix), expect(dead_code, reason = "folders can be locked on Unix only"))]
    Taken,
    /// The system cannot tell.
    Unknown,
}

#[cfg(unix)]
fn lock(folder: &Path) -> Lock {
    use rustix::fs::{FlockOperation, flock};
    let Ok(file) = File::open(folder) else { return Lock::Unknown };
    match flock(&file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Lock::Held(file),
        Err(rustix::io::Errno::WOULDBLOCK) => Lock::Taken,
        Err(_) => Lock::Unknown,
    }
}

#[cfg(not(unix))]
fn lock(_: &Path) -> Lock {
    Lock::Unknown
}

/// Gives two paths each other's contents in one step.
#[cfg(any(target_os = "linux", target_os = "android", target_vendor = "apple"))]
fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    Ok(renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android", target_vendor = "apple")))]
fn exchange(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::ErrorKind::Unsupported.into())
}

/// Waits until a folder and all in it are on disk: in one call for the whole file system where there is one, since a dump
/// may have a file for every article.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn sync(folder: &Path) -> io::Result<()> {
    Ok(rustix::fs::syncfs(File::open(folder)?)?)
}

#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn sync(folder: &Path) -> io::Result<()> {
    for entry in WalkDir::new(folder).contents_first(true) {
        let entry = entry?;
        if entry.file_type().is_dir() {
            sync_names(entry.path())?;
        } else {
            File::options().write(true).open(entry.path())?.sync_all()?;
        }
    }
    Ok(())
}

/// Waits until the names in a folder are on disk.
fn sync_names(folder: &Path) -> io::Result<()> {
    // Folders cannot be opened as files elsewhere.
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
