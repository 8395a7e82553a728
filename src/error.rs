//! The error of the library: cannot go on. Bad records are data (`article::Problem`), never errors.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why a run could not go on: what failed, where, what was seen, what to type.
///
/// Opaque, so that kinds can be added; ask it with the methods below.
#[derive(Debug, thiserror::Error)]
pub struct Error {
    message: String,
    path: Option<PathBuf>,
    hint: Option<String>,
    #[source]
    source: Option<std::io::Error>,
}

impl Error {
    /// An error with a one-line message.
    pub fn new(message: impl Into<String>) -> Self {
        Error { message: message.into(), path: None, hint: None, source: None }
    }

    /// An input or output error at a path.
    pub fn io(action: &str, path: &Path, source: std::io::Error) -> Self {
        Error {
            message: format!("cannot {action} {}", path.display()),
            path: Some(path.to_owned()),
            hint: None,
            source: Some(source),
        }
    }

    /// Adds the file concerned.
    #[must_use]
    pub fn at(mut self, path: &Path) -> Self {
        self.path = Some(path.to_owned());
        self
    }

    /// Adds what the user can type next.
    #[must_use]
    pub fn with_hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// The file concerned, if there is one.
    pub fn path(&self) -> Option<&Path> {
        self.path.as_deref()
    }

    /// What to type next, if that is known.
    pub fn hint(&self) -> Option<&str> {
        self.hint.as_deref()
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

/// The result of everything that can fail for good.
pub type Result<T, E = Error> = std::result::Result<T, E>;
