//! Every default in one place, as the types the stages need. Nothing below `cli/` ever sees a flag.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use crate::read::Encoding;

/// Everything that changes what a run does.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// How records are read.
    pub input: Input,
    /// What counts as a copy.
    pub matching: Matching,
    /// Which member of a group is kept: the first rule that decides wins.
    pub keep: Keep,
    /// Worker threads; all cores when absent. Never changes the result.
    pub threads: Option<NonZeroUsize>,
    /// What may be held in memory. Never changes the result.
    pub memory: Memory,
    /// Whether what only a page shows is worked out too: near misses, and the boilerplate in the texts. Never changes the
    /// rest.
    pub near_misses: bool,
}

/// How much memory a run may take, and where the rest goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Bytes that a run may take in all; as much as there is by default.
    pub budget: u64,
    /// The folder for temporary files; nothing is written to disk when absent.
    pub folder: Option<PathBuf>,
}

impl Default for Memory {
    fn default() -> Self {
        Memory { budget: u64::MAX, folder: None }
    }
}

/// How records are read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Input {
    /// The format of every input; guessed from the name, then from the first bytes, when absent.
    pub format: Option<Format>,
    /// Field names that override what detection would find. Dots lead into nested objects.
    pub fields: FieldNames,
    /// The encoding of everything without a byte order mark; told from the bytes when absent.
    pub encoding: Option<Encoding>,
    /// Which files of folders are read.
    pub folders: Folders,
    /// How much one input may ask for.
    pub limits: Limits,
}

/// Which files of folders are read; files that are named themselves always are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Folders {
    /// Globs that files must match, or must not with `!` in front; all files when empty.
    pub globs: Vec<String>,
    /// Also read what ignore files leave out.
    pub no_ignore: bool,
}

/// How much input may ask for before it is told instead of read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The longest record (for texts: file) that is read, in bytes; longer ones are passed over in bounded memory.
    pub record: usize,
    /// How many times its own size a compressed input may grow to, once it has grown to 256 MiB.
    pub ratio: u64,
    /// The most records of all inputs together, good and bad; any number when absent. One more is an error of the run.
    pub records: Option<u64>,
    /// The most files of all inputs together; any number when absent. One more is an error of the run.
    pub files: Option<u64>,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { record: 256 << 20, ratio: 1_000, records: None, files: None }
    }
}

/// A format of records.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Format {
    /// One JSON object a line.
    Jsonl,
    /// One array of JSON objects.
    Json,
    /// Rows of cells under a heading, parted by commas, tabs, semicolons or bars.
    Csv,
    /// Columns in Parquet.
    Parquet,
    /// Columns in an Arrow file (Feather) or stream.
    Arrow,
    /// The whole file is one article, as it stands.
    Text,
    /// The whole file is one article in Markdown, perhaps with front matter.
    Markdown,
    /// The whole file is a page with one article.
    Html,
    /// A web archive: WARC or WET.
    Warc,
}

impl Format {
    /// Every format with the name that flags and messages use.
    pub const NAMES: &[(&str, Format)] = &[
        ("jsonl", Format::Jsonl),
        ("json", Format::Json),
        ("csv", Format::Csv),
        ("parquet", Format::Parquet),
        ("arrow", Format::Arrow),
        ("text", Format::Text),
        ("markdown", Format::Markdown),
        ("html", Format::Html),
        ("warc", Format::Warc),
    ];

    /// The name that flags and messages use.
    pub fn name(self) -> &'static str {
        match self {
            Format::Jsonl => "jsonl",
            Format::Json => "json",
            Format::Csv => "csv",
            Format::Parquet => "parquet",
            Format::Arrow => "arrow",
            Format::Text => "text",
            Format::Markdown => "markdown",
            Format::Html => "html",
            Format::Warc => "warc",
        }
    }

    /// True if a file of this format is one article, which has its name for an id.
    pub fn is_one_article(self) -> bool {
        matches!(self, Format::Text | Format::Markdown | Format::Html)
    }
}

/// The field of a record that holds each part of an article; `None` where there is no such field.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct FieldNames {
    /// The body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// The identifier.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The headline.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// The moment of publication.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub date: Option<String>,
    /// The outlet.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// What counts as a copy.
#[derive(Clone, Debug, PartialEq)]
pub struct Matching {
    /// A pair is a copy if its confidence is at least this (0 to 1).
    pub min_confidence: f64,
    /// A pair must also have at least this similarity (0 to 1); off by default.
    pub threshold: Option<f64>,
    /// Articles with fewer words are only compared for exact copies, and counted as not judged otherwise.
    pub min_words: usize,
    /// Whether an `update` of a story counts as a copy.
    pub updates: bool,
    /// Whether articles rewritten throughout, as language models do, are looked for: what keeps no run of words but the
    /// order of its rare words.
    pub deep: bool,
    /// Re-keys every signature, so that a stranger cannot craft articles that land in one bucket.
    pub seed: u64,
}

impl Default for Matching {
    fn default() -> Self {
        Matching {
            min_confidence: 0.5,
            threshold: None,
            min_words: 10,
            updates: true,
            deep: false,
            seed: 0,
        }
    }
}

/// Which member of a group is kept, as rules in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keep(pub Vec<KeepRule>);

impl Default for Keep {
    fn default() -> Self {
        Keep(vec![KeepRule::Earliest, KeepRule::Longest])
    }
}

/// One rule for choosing the kept member of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum KeepRule {
    /// The earliest date; undated members come after dated ones.
    Earliest,
    /// The most words, boilerplate not counted.
    Longest,
    /// The source that stands first in this list; others come after.
    Prefer(Vec<String>),
    /// The first in input order. The only rule for which the order of the input matters.
    First,
}

impl KeepRule {
    /// The reason given in the output when this rule decided.
    pub fn name(&self) -> &'static str {
        match self {
            KeepRule::Earliest => "earliest",
            KeepRule::Longest => "longest",
            KeepRule::Prefer(_) => "preferred source",
            KeepRule::First => "first",
        }
    }
}
