//! The corpora of the project, `data/mini` above all, and what their labels say of their pairs.

use std::fs;
use std::path::{Path, PathBuf};

/// The folder of the checkout.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The folder that is scanned.
pub(crate) fn folder() -> PathBuf {
    root().join("data/mini")
}

/// The records as they stand in the files, by file name and line.
pub(crate) fn records() -> Vec<String> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.iter().flat_map(|file| records_of(file)).collect()
}

/// The records of one file.
pub(crate) fn records_of(file: &Path) -> Vec<String> {
    fs::read_to_string(file).unwrap().lines().map(str::to_owned).collect()
}

/// What a person said of a pair.
#[derive(Clone, Debug)]
pub(crate) struct Label {
    /// The ids of the two articles.
    pub(crate) ids: (String, String),
    /// The same in the order of the file.
    pub(crate) as_listed: (String, String),
    /// `1` is a copy, `0` is none, `grey` may be either.
    pub(crate) verdict: String,
    /// The name of the relation.
    pub(crate) relation: String,
}

impl Label {
    /// True if the pair must be in one group.
    pub(crate) fn is_copy(&self) -> bool {
        self.verdict == "1"
    }
}

/// All labels of the example corpus. A pair that is not among them is no copy.
pub(crate) fn labels() -> Vec<Label> {
    labels_of("data/mini-labels.tsv")
}

/// All labels of a table of the checkout.
pub(crate) fn labels_of(table: &str) -> Vec<Label> {
    let table = fs::read_to_string(root().join(table)).unwrap();
    let label = |line: &str| {
        let [a, b, verdict, relation] = line.split('\t').collect::<Vec<_>>()[..] else {
            panic!("a line of the labels has not four columns: {line}");
        };
        Label {
            ids: ordered(a, b),
            as_listed: (a.to_owned(), b.to_owned()),
            verdict: verdict.to_owned(),
            relation: relation.to_owned(),
        }
    };
    table.lines().map(label).collect()
}

/// Two ids, the smaller first.
pub(crate) fn ordered(a: &str, b: &str) -> (String, String) {
    (a.min(b).to_owned(), a.max(b).to_owned())
}
