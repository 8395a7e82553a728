//! Paths to articles: opens, decompresses, tells formats and fields, and parses on all threads.
//!
//! Reads JSON Lines, JSON arrays, CSV, Parquet, Arrow, web archives, texts, Markdown, pages, folders of them, and standard
//! input; each but Parquet plain or compressed (gzip, zstd, bzip2, xz), and text in any encoding of the web. Linear in the bytes
//! read. Memory: a few blocks of 1 MiB per thread, the longest record (see [`Limits`]), and while the fields of a file are
//! settled its first 1,000 records (out of 100,000 lines, up to 16 MiB). Sizes and offsets are in bytes, lines and records count from 1.
//!
//! Three kinds of trouble stay apart: a bad record is a [`Problem`](crate::article::Problem) in its batch; an input that cannot be opened, or not
//! be read to its end, is a message in [`Summary::failures`], and what was read of it counts; only what keeps everything
//! from being read is an error.

use std::io::Read;
use std::path::{Path, PathBuf};

use crate::article::{Article, Problems};
use crate::config::{FieldNames, Input, Limits};
use crate::error::{Error, Result};

mod advice;
mod blocks;
mod cells;
#[cfg(feature = "parquet")]
pub(crate) mod columns;
#[cfg(not(feature = "parquet"))]
#[path = "columns_absent.rs"]
pub(crate) mod columns;
mod csv;
mod dates;
mod encoding;
mod fields;
mod foreign;
mod given;
mod http;
mod json;
mod jsonl;
mod lists;
mod markdown;
mod open;
mod page;
mod pick;
mod pipeline;
mod plain;
pub(crate) mod raw;
mod record;
mod sniff;
mod source;
mod stream;
mod survey;
mod transcode;
mod walk;
mod warc;

#[cfg(test)]
mod tests;

pub use dates::parse_date;
pub use encoding::Encoding;
pub(crate) use fields::PARTS;
pub use given::Given;
pub(crate) use given::Inputs;
pub(crate) use lists::LISTS;
pub(crate) use open::Packing;
pub(crate) use page::LEVELS as PAGE_LEVELS;
pub use stream::{Streamed, stream};
pub(crate) use survey::PATHS;
pub use walk::BASELINE;
pub(crate) use walk::{ENDINGS, Entry, MANIFEST, MAP, REMOVED, is_our_own, list as list_files};

/// What one parsed part of the input held, in input order.
#[derive(Clone, Debug, PartialEq)]
pub struct Batch<T> {
    /// What became of the articles.
    pub records: Vec<T>,
    /// Records that could not be used, or only in part.
    pub problems: Problems,
    /// Bytes of the input this part took, before decompression: they add up to [`total_bytes`].
    pub bytes: u64,
    /// Lines for people: the fields that were taken (each mapping once), files that are empty.
    pub notices: Vec<String>,
    /// The fields of a file, if they were settled just before this part.
    pub fields: Option<FieldNames>,
}

impl<T> Default for Batch<T> {
    fn default() -> Self {
        Batch {
            records: Vec::new(),
            problems: Problems::default(),
            bytes: 0,
            notices: Vec::new(),
            fields: None,
        }
    }
}

/// What there is to say after everything was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that were opened, standard input included.
    pub files: u64,
    /// Inputs that could not be opened, understood or read to their end: one message each, for people.
    pub failures: Vec<String>,
    /// Things in folders that were not read: files of unknown kind, and what is no regular file.
    pub skipped: Vec<PathBuf>,
}

/// Reads every article under `paths` and gives the results to `sink`, in input order for any number of threads.
///
/// Folders are read by sorted path, `-` is standard input. `map` is called on the threads of the current rayon pool as
/// soon as an article is parsed; `sink` is called on the calling thread. Nothing readable is no error here.
///
/// ```
/// # fn main() -> wirecopy::Result<()> {
/// # let dir = tempfile::tempdir().expect("a folder for the example");
/// # let path = dir.path().join("a.jsonl");
/// # std::fs::write(&path, "{\"id\":1,\"text\":\"One.\"}\n{\"id\":2,\"text\":\"\"}\n").expect("a file");
/// use wirecopy::{article::Problems, config::Input, read};
///
/// let (mut lengths, mut problems) = (Vec::new(), Problems::default());
/// let summary = read::read(&[path], &Input::default(), |article| article.text.len(), |batch| {
///     lengths.extend(batch.records);
///     problems.append(batch.problems);
/// })?;
/// assert_eq!((summary.files, lengths, problems.len()), (1, vec![4], 1));
/// # Ok(())
/// # }
/// ```
pub fn read<T: Send>(
    paths: &[PathBuf],
    options: &Input,
    map: impl Fn(Article) -> T + Sync,
    mut sink: impl FnMut(Batch<T>),
) -> Result<Summary> {
    read_while(paths, options, map, |batch| {
        sink(batch);
        true
    })
}

/// The same in blocks of so many bytes, which must make no difference.
#[cfg(fuzzing)]
pub fn read_in_blocks<T: Send>(
    paths: &[PathBuf],
    options: &Input,
    block: usize,
    map: impl Fn(Article) -> T + Sync,
    mut sink: impl FnMut(Batch<T>),
) -> Result<Summary> {
    let take = |batch| {
        sink(batch);
        true
    };
    pipeline::run(paths, options, pipeline::Sizes { block, small: 0 }, |_, _| true, map, take)
}

/// The same of any input, until `sink` returns false.
pub(crate) fn read_while<'a, T: Send>(
    inputs: impl Into<Inputs<'a>>,
    options: &Input,
    map: impl Fn(Article) -> T + Sync,
    sink: impl FnMut(Batch<T>) -> bool,
) -> Result<Summary> {
    let sizes = pipeline::Sizes::default();
    match inputs.into() {
        Inputs::Paths(paths) => pipeline::run(paths, options, sizes, |_, _| true, map, sink),
        Inputs::Given(given) => pipeline::run_given(given, options, sizes, map, sink),
    }
}

/// Reads some articles of `paths` again: those whose file and number of record are `wanted`. Everything else is only
/// passed over, and all trouble was told when it was read first.
pub(crate) fn read_again(
    paths: &[PathBuf],
    options: &Input,
    wanted: impl Fn(&str, u64) -> bool + Sync,
    mut take: impl FnMut(Article),
) -> Result<()> {
    let sink = |batch: Batch<Article>| {
        batch.records.into_iter().for_each(&mut take);
        true
    };
    let sizes = pipeline::Sizes::default();
    pipeline::run(paths, options, sizes, wanted, |article| article, sink).map(drop)
}

/// The whole of one file that is no input of articles, decompressed; `-` is standard input.
pub(crate) fn whole(path: &Path) -> Result<Vec<u8>> {
    let mut opened =
        open::open(path, &Limits::default()).map_err(|error| Error::io("open", path, error))?;
    let mut bytes = Vec::new();
    opened.stream.read_to_end(&mut bytes).map_err(|error| {
        let explained = opened.packing.explain(&error);
        Error::new(format!("cannot read {}: {explained}", path.display())).at(path)
    })?;
    Ok(bytes)
}

/// The size of everything under `paths` in bytes, before decompression; `None` if standard input or a pipe is among them,
/// or there are more files than the limits allow.
///
/// Walks folders like [`read`], and passes over what cannot be opened.
pub fn total_bytes(paths: &[PathBuf], options: &Input) -> Option<u64> {
    if paths.iter().any(|path| path == Path::new("-")) {
        return None;
    }
    walk::list(paths, options).ok()?.entries.iter().map(|entry| entry.size).sum()
}
