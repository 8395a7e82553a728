//! Places as code hosts take them: paths from the root of the repository, and a line wherever one must be given.

use crate::judge::finding::Location;

/// The path as hosts know it: checks are run in the root of the repository, and hosts know nothing of a leading `./`.
pub(super) fn path(place: &Location) -> &str {
    place.file.trim_start_matches("./")
}

/// The line, counted from 1; the first where the file is one article.
pub(super) fn line(place: &Location) -> u64 {
    place.line.max(1)
}

/// `a.jsonl:3`, or the file alone where it is one article.
pub(super) fn spot(place: &Location) -> String {
    match place.line {
        0 => place.file.to_string(),
        line => format!("{}:{line}", place.file),
    }
}
