//! What stands for tables of columns in a build without the feature `parquet`: such a file was never read.

use std::fs::File;
use std::path::Path;

use super::Lines;
use super::copy::Job;
use super::dump::DumpFile;
use crate::error::{Error, Result};
use crate::read::raw::Raw;

/// Says that the file cannot be written.
pub(super) fn copy(
    file: &DumpFile,
    _: &Raw,
    _: &[Job<'_>],
    _: bool,
    _: (File, &Path),
    _: &mut Lines,
) -> Result<()> {
    let error =
        Error::new(format!("{}: this build of wirecopy cannot write its format", file.name()));
    Err(error.with_hint("cargo install wirecopy --features parquet"))
}
