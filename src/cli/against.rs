//! `--against`: the index of what was published before, as `scan`, `check` and `clean` take it.

use std::path::{Path, PathBuf};

use wirecopy::store::Index;

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Matching")]
pub(crate) struct AgainstArgs {
    /// Also tell what was published before: copies of articles in this index
    ///
    /// `scan` lists them, `check` gives them the code published-before, `clean` removes them; what is in the index is never
    /// touched. An article is not held against the one with its own id. See `wirecopy index`.
    #[arg(long, value_name = "DIR")]
    against: Option<PathBuf>,
}

impl AgainstArgs {
    /// The folder that was typed.
    pub(super) fn folder(&self) -> Option<&Path> {
        self.against.as_deref()
    }

    /// Opens the index, if one is named: before anything is read, so that a wrong folder costs no time.
    pub(crate) fn open(&self) -> wirecopy::Result<Option<Index>> {
        self.folder().map(Index::open).transpose()
    }
}
