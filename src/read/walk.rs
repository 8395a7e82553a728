//! Turns paths as they were given into the list of files to read, in a fixed order.
//!
//! What `clean` wrote about a dump and the baseline of a check are not read as part of a folder. Folders are walked by sorted path. Links to files are followed, links to folders are not, so no walk can loop.
//! The list holds every path at once: about 200 bytes a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ahash::AHashMap;
use walkdir::{DirEntry, WalkDir};

use crate::config::Format;

/// The map and the removed records, which `clean` writes beside the records it keeps.
pub(crate) const MAP: &str = "map.jsonl";
pub(crate) const REMOVED: &str = "removed.jsonl";
/// The list of its files, by which a folder that `clean` made is known.
pub(crate) const MANIFEST: &str = ".wirecopy-clean";

/// The usual name of a baseline, which is committed beside the corpus.
pub const BASELINE: &str = "wirecopy-baseline.jsonl";
/// The endings of file names that are known, and the formats they stand for.
pub(crate) const ENDINGS: &[(&str, Format)] = &[
    ("jsonl", Format::Jsonl),
    ("ndjson", Format::Jsonl),
    ("json", Format::Json),
    ("csv", Format::Csv),
    ("tsv", Format::Csv),
    ("tab", Format::Csv),
    ("parquet", Format::Parquet),
    ("pq", Format::Parquet),
    ("arrow", Format::Arrow),
    ("feather", Format::Arrow),
    ("ipc", Format::Arrow),
    ("txt", Format::Text),
    ("md", Format::Text),
];

/// One file to read.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Where it is; `-` for standard input.
    pub(crate) path: PathBuf,
    /// The path as messages and origins show it.
    pub(crate) name: Arc<str>,
    /// The size of a regular file; `None` for pipes and standard input.
    pub(crate) size: Option<u64>,
    /// The format its name tells.
    pub(crate) format: Option<Format>,
    /// The id of the article if the whole file is one.
    pub(super) id: String,
}

/// All files to read, and what stood in the way.
#[derive(Debug, Default)]
pub(crate) struct Listing {
    pub(crate) entries: Vec<Entry>,
    pub(crate) failures: Vec<String>,
    /// Files in folders that no reader knows, what a `clean` wrote beside its dump, baselines, and what is no regular file.
    pub(crate) skipped: Vec<PathBuf>,
}

/// Lists all files under `paths`: paths in the order given, folders by sorted path.
///
/// `format` is the one that was asked for, if any: it decides which files give their name to an article.
pub(crate) fn list(paths: &[PathBuf], format: Option<Format>) -> Listing {
    let mut listing = Listing::default();
    // The path below the argument, without the ending: the second choice for an id.
    let mut below = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            listing.entries.push(Entry {
                path: path.clone(),
                name: Arc::from("-"),
                size: None,
                format: None,
                id: "stdin".to_owned(),
            });
            below.push("stdin".to_owned());
            continue;
        }
        match std::fs::metadata(path) {
            Err(error) => listing.failures.push(format!("cannot open {}: {error}", path.display())),
            Ok(about) if about.is_dir() => folder(path, &mut listing, &mut below),
            Ok(about) => {
                let entry = entry(path.clone(), about.is_file().then_some(about.len()));
                below.push(without_ending(path));
                listing.entries.push(entry);
            }
        }
    }
    name_articles(&mut listing.entries, &below, format);
    listing
}

fn folder(root: &Path, listing: &mut Listing, below: &mut Vec<String>) {
    let shown = |found: &DirEntry| found.depth() == 0 || !is_hidden(found);
    for found in WalkDir::new(root).sort_by_file_name().into_iter().filter_entry(shown) {
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                let path = error.path().unwrap_or(root).display().to_string();
                let reason =
                    error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
                listing.failures.push(format!("cannot open {path}: {reason}"));
                continue;
            }
        };
        if found.file_type().is_dir() {
            continue;
        }
        let size = match std::fs::metadata(found.path()) {
            Ok(about) if about.is_file() => Some(about.len()),
            _ => None,
        };
        let entry = entry(found.into_path(), size);
        if size.is_none() || entry.format.is_none() || is_about_a_dump(&entry.path) {
            listing.skipped.push(entry.path);
            continue;
        }
        below.push(without_ending(entry.path.strip_prefix(root).unwrap_or(&entry.path)));
        listing.entries.push(entry);
    }
}

/// True for what `clean` writes beside the records it keeps, and for a baseline.
fn is_about_a_dump(path: &Path) -> bool {
    path.ends_with(BASELINE)
        || (path.ends_with(MAP) || path.ends_with(REMOVED))
            && path.with_file_name(MANIFEST).is_file()
}

fn is_hidden(found: &DirEntry) -> bool {
    found.file_name().as_encoded_bytes().starts_with(b".")
}

fn entry(path: PathBuf, size: Option<u64>) -> Entry {
    let name = Arc::from(path.to_string_lossy());
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, format) = split_ending(&file);
    let id = stem.to_owned();
    Entry { path, name, size, format, id }
}

/// A file name without its ending (and the `.gz` or `.zst` behind it), and the format that ending stands for.
fn split_ending(file: &str) -> (&str, Option<Format>) {
    let split = |name| match str::rsplit_once(name, '.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, ending.to_ascii_lowercase()),
        _ => (name, String::new()),
    };
    let (mut stem, mut ending) = split(file);
    if ending == "gz" || ending == "zst" {
        (stem, ending) = split(stem);
    }
    let format = ENDINGS.iter().find(|(known, _)| *known == ending).map(|(_, format)| *format);
    (stem, format)
}

/// A path without its ending, with `/` on every platform.
fn without_ending(path: &Path) -> String {
    let parts: Vec<_> = path.iter().map(|part| part.to_string_lossy()).collect();
    match parts.split_last() {
        None => String::new(),
        Some((file, [])) => split_ending(file).0.to_owned(),
        Some((file, folders)) => {
            let root = if path.has_root() {
                folders.join("/").replacen("//", "/", 1)
            } else {
                folders.join("/")
            };
            format!("{}/{}", root.trim_end_matches('/'), split_ending(file).0)
        }
    }
}

/// Where two ids would be the same, takes the path below the argument, then the path as given, then with its ending.
fn name_articles(entries: &mut [Entry], below: &[String], format: Option<Format>) {
    // A file of records never gives its name to an article.
    let may_be_text = |entry: &Entry| matches!(format.or(entry.format), None | Some(Format::Text));
    for longer in 1..=3 {
        let mut seen: AHashMap<String, u32> = AHashMap::new();
        for entry in entries.iter().filter(|e| may_be_text(e)) {
            *seen.entry(entry.id.clone()).or_default() += 1;
        }
        for (entry, below) in entries.iter_mut().zip(below) {
            if may_be_text(entry) && seen.get(&entry.id).is_some_and(|count| *count > 1) {
                entry.id = match longer {
                    1 => below.clone(),
                    2 => without_ending(&entry.path),
                    _ => entry.name.to_string(),
                };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[&str]) -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        for file in files {
            let path = root.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "x").unwrap();
        }
        root
    }

    fn ids(listing: &Listing) -> Vec<&str> {
        listing.entries.iter().map(|e| e.id.as_str()).collect()
    }

    #[test]
    fn folders_are_sorted_and_unknown_files_are_counted() {
        let root = tree(&[
            "b.txt",
            "a.txt.gz",
            "sub/c.md",
            "d.JSONL.zst",
            "x.xml",
            "noending",
            ".h.txt",
            ".git/y.txt",
        ]);
        let listing = list(&[root.path().to_owned()], None);
        assert_eq!(ids(&listing), ["a", "b", "d", "c"]);
        assert_eq!(listing.entries[2].format, Some(Format::Jsonl));
        let skipped: Vec<_> = listing.skipped.iter().map(|p| p.file_name().unwrap()).collect();
        assert_eq!(skipped, ["noending", "x.xml"]);
    }

    #[test]
    fn colliding_names_become_paths_below_the_argument() {
        let root = tree(&["a/x.txt", "b/x.txt", "b/y.txt"]);
        assert_eq!(ids(&list(&[root.path().to_owned()], None)), ["a/x", "b/x", "y"]);
        // Below their own arguments both are `x`: the paths as given are the next choice.
        let (a, b) = (root.path().join("a"), root.path().join("b"));
        let shown = |p: &Path| format!("{}/x", p.display());
        assert_eq!(
            ids(&list(&[a.clone(), b.clone()], None)),
            [shown(&a), shown(&b), "y".to_owned()]
        );
    }

    #[test]
    fn names_that_differ_only_in_the_ending_keep_it() {
        let root = tree(&["x.txt", "x.md", "x.jsonl"]);
        let shown = |file: &str| root.path().join(file).display().to_string();
        assert_eq!(
            ids(&list(&[root.path().to_owned()], None)),
            ["x".to_owned(), shown("x.md"), shown("x.txt")],
            "the records of x.jsonl have ids of their own"
        );
    }

    #[test]
    fn a_missing_path_does_not_stop_the_others() {
        let root = tree(&["x.txt"]);
        let listing = list(&[root.path().join("none.jsonl"), root.path().join("x.txt")], None);
        assert_eq!(ids(&listing), ["x"]);
        assert!(listing.failures[0].contains("none.jsonl: "), "{:?}", listing.failures);
    }

    #[test]
    fn explicit_paths_are_always_taken() {
        let root = tree(&[".hidden", "dump.dat"]);
        let listing = list(
            &[root.path().join(".hidden"), root.path().join("dump.dat"), PathBuf::from("-")],
            None,
        );
        assert_eq!(ids(&listing), [".hidden", "dump", "stdin"]);
        assert_eq!(listing.entries[2].size, None);
    }

    #[cfg(unix)]
    #[test]
    fn links_to_files_are_followed_and_links_to_folders_are_not() {
        let root = tree(&["real/x.txt", "d/keep.txt"]);
        let d = root.path().join("d");
        std::os::unix::fs::symlink(root.path().join("real/x.txt"), d.join("file.txt")).unwrap();
        std::os::unix::fs::symlink(&d, d.join("loop")).unwrap();
        std::os::unix::fs::symlink(d.join("nowhere"), d.join("dead.txt")).unwrap();
        let listing = list(&[d], None);
        assert_eq!(ids(&listing), ["file", "keep"]);
        assert_eq!(listing.skipped.len(), 2);
    }
}
