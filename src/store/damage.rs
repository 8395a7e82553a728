//! What is said of a part of an index that is not what was written: where it is, and what to do about it.

use std::path::{Path, PathBuf};

use crate::error::Error;

/// A part of a file that is not what was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Damage {
    /// The file.
    pub file: PathBuf,
    /// Where the damaged part begins, in bytes.
    pub offset: u64,
    /// What was seen.
    pub what: String,
}

impl Damage {
    pub(super) fn new(file: &Path, offset: u64, what: impl Into<String>) -> Self {
        Damage { file: file.to_owned(), offset, what: what.into() }
    }

    /// The same as an error of whoever needed that part.
    pub(super) fn error(&self) -> Error {
        let Damage { file, offset, what } = self;
        let message = format!("{} is damaged at byte {offset}: {what}", file.display());
        let folder = file.parent().unwrap_or(Path::new(".")).display();
        let hint = format!(
            "wirecopy index verify {folder} lists all damage; then take a backup, or add anew to another folder"
        );
        Error::new(message).at(file).with_hint(hint)
    }
}
