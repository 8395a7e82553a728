//! One writer at a time: a lock on a file of the folder, which ends with the process however that ends.

use std::fs::File;
use std::io::{Read, Seek, Write};
use std::path::Path;

use crate::error::{Error, Result};

/// The name of the file.
pub(super) const NAME: &str = "lock";

/// The right to write to an index, until it is dropped.
#[derive(Debug)]
pub(super) struct Lock {
    file: File,
}

impl Lock {
    /// Takes the right, or says who has it. Readers need none.
    pub(super) fn take(folder: &Path) -> Result<Lock> {
        let path = folder.join(NAME);
        let fail = |error| Error::io("lock", &path, error);
        let mut file = File::options()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .open(&path)
            .map_err(fail)?;
        if is_taken(&file).map_err(fail)? {
            let mut owner = String::new();
            // Without a number the message is still clear.
            let _ = file.read_to_string(&mut owner);
            let owner = owner.trim();
            let process =
                if owner.is_empty() { String::new() } else { format!(" (process {owner})") };
            let message =
                format!("another run{process} is writing to the index {}", folder.display());
            return Err(Error::new(message)
                .at(folder)
                .with_hint("wait until it has ended; queries need not wait"));
        }
        file.set_len(0).and_then(|()| file.rewind()).map_err(fail)?;
        writeln!(file, "{}", std::process::id()).map_err(fail)?;
        Ok(Lock { file })
    }
}

impl Drop for Lock {
    /// Gives the right back at once. Closing the file would not do while a process that was just started still has it too.
    fn drop(&mut self) {
        // If that fails, the file is closed right after.
        let _ = give_back(&self.file);
    }
}

/// Locks the file, unless another process has done so.
#[cfg(unix)]
fn is_taken(file: &File) -> std::io::Result<bool> {
    use rustix::fs::{FlockOperation, flock};
    match flock(file, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(false),
        Err(rustix::io::Errno::WOULDBLOCK) => Ok(true),
        Err(error) => Err(error.into()),
    }
}

#[cfg(unix)]
fn give_back(file: &File) -> std::io::Result<()> {
    Ok(rustix::fs::flock(file, rustix::fs::FlockOperation::Unlock)?)
}

#[cfg(not(unix))]
fn give_back(_: &File) -> std::io::Result<()> {
    Ok(())
}

/// Where there are no such locks, whoever runs two writers at once is on their own.
#[cfg(not(unix))]
fn is_taken(_: &File) -> std::io::Result<bool> {
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn only_one_has_the_right() {
        let folder = tempfile::tempdir().unwrap();
        let first = Lock::take(folder.path()).unwrap();
        let error = Lock::take(folder.path()).unwrap_err().to_string();
        let expected =
            format!("another run (process {}) is writing to the index", std::process::id());
        assert!(error.starts_with(&expected), "{error}");
        drop(first);
        Lock::take(folder.path()).unwrap();
    }
}
