//! Where a report goes: standard output, or a file that is whole or not there at all.
//!
//! A file is written under another name beside its place and renamed when complete. Devices and pipes cannot be renamed
//! over and are written directly. A process killed while writing leaves `.NAME.PID.tmp` behind, never half a report.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process;

use wirecopy::{Error, Result};

/// The place of a report.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Output {
    /// Standard output.
    Stdout,
    /// A file.
    File(PathBuf),
}

impl Output {
    /// Checks the place before hours are spent on what goes there: its folder exists, and it is none of the inputs.
    pub(crate) fn new(path: &Path, inputs: &[PathBuf]) -> Result<Self> {
        if path == Path::new("-") {
            return Ok(Output::Stdout);
        }
        let folder = match path.parent() {
            Some(folder) if folder != Path::new("") => folder,
            _ => Path::new("."),
        };
        if path.is_dir() {
            return Err(Error::new(format!("cannot write {}: it is a folder", path.display()))
                .at(path)
                .with_hint(format!("-o {}", path.join("report.jsonl").display())));
        }
        if !folder.is_dir() {
            return Err(Error::new(format!(
                "cannot write {}: there is no folder {}",
                path.display(),
                folder.display()
            ))
            .at(path)
            .with_hint(format!("mkdir -p {}", folder.display())));
        }
        // A file that exists among the inputs is about to be read as one of them.
        if path.is_file() && inputs.iter().any(|input| holds(input, path)) {
            return Err(Error::new(format!(
                "{} is one of the inputs, which are never changed",
                path.display()
            ))
            .at(path)
            .with_hint("-o with a file outside of the folders that are read"));
        }
        Ok(Output::File(path.to_owned()))
    }

    /// The file, if it is one.
    pub(crate) fn path(&self) -> Option<&Path> {
        match self {
            Output::Stdout => None,
            Output::File(path) => Some(path),
        }
    }

    /// Has a report written to this file.
    pub(crate) fn write_file(
        path: &Path,
        write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
    ) -> Result<()> {
        let fail = |source| Error::io("write", path, source);
        if path.exists() && !path.is_file() {
            let file = File::options().write(true).open(path).map_err(fail)?;
            return fill(file, write).map(drop).map_err(fail);
        }
        // Through a link, so that the link stays and what it leads to is replaced.
        let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let temporary = beside(&target);
        let written = File::create_new(&temporary)
            .and_then(|file| fill(file, write))
            .and_then(|file| file.sync_all())
            .and_then(|()| fs::rename(&temporary, &target));
        written.map_err(|error| {
            // The first error is the one to tell; the remains are at worst a file that says what it is.
            let _ = fs::remove_file(&temporary);
            fail(error)
        })
    }
}

fn fill(file: File, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<File> {
    let mut buffer = BufWriter::new(file);
    write(&mut buffer)?;
    buffer.into_inner().map_err(io::IntoInnerError::into_error)
}

/// `.NAME.PID.tmp` in the same folder: a rename within a folder is one step.
fn beside(target: &Path) -> PathBuf {
    let mut name = OsString::from(".");
    name.push(target.file_name().unwrap_or_default());
    name.push(format!(".{}.tmp", process::id()));
    target.with_file_name(name)
}

/// True if the input is this file or a folder above it.
fn holds(input: &Path, file: &Path) -> bool {
    match (fs::canonicalize(input), fs::canonicalize(file)) {
        (Ok(input), Ok(file)) => file.starts_with(input),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_report_leaves_the_old_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("report");
        Output::write_file(&path, |out| out.write_all(b"old")).unwrap();
        let error = Output::write_file(&path, |out| {
            out.write_all(b"half")?;
            Err(io::Error::other("disk full"))
        });
        assert!(error.unwrap_err().to_string().starts_with("cannot write "));
        assert_eq!(fs::read(&path).unwrap(), b"old");
        Output::write_file(&path, |out| out.write_all(b"new")).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"new");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn inputs_folders_and_places_without_folder_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.jsonl");
        fs::write(&file, "x").unwrap();
        let refused = |path: &Path, input: &Path| {
            Output::new(path, &[input.to_owned()]).unwrap_err().to_string()
        };
        assert!(refused(&file, &file).contains("one of the inputs"));
        assert!(refused(&file, folder.path()).contains("one of the inputs"));
        assert!(refused(folder.path(), &file).contains("is a folder"));
        assert!(refused(&folder.path().join("no/b"), &file).contains("there is no folder"));
        assert!(Output::new(&folder.path().join("b"), &[folder.path().to_owned()]).is_ok());
        assert_eq!(Output::new(Path::new("-"), &[]).unwrap(), Output::Stdout);
    }
}
