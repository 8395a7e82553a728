//! Turns paths as they were given into the list of files to read, in a fixed order.
//!
//! Folders are walked by sorted path, by the crate `ignore`: hidden files and what `.gitignore`, `.ignore` or
//! `.wirecopyignore` inside the folder leave out are no part of it, nor is what `clean` wrote there about a dump, nor the baseline
//! of a check. Ignore files above it do not count, since data often stand in a folder that a repository leaves out. Links to
//! files are followed, links to folders are not, so no walk can loop; pipes and devices in folders are not opened.
//!
//! The list holds every path at once: about 200 bytes a file.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ahash::AHashMap;
use ignore::overrides::{Override, OverrideBuilder};
use ignore::{DirEntry, WalkBuilder};

use crate::config::{Format, Input};
use crate::error::{Error, Result};

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
    ("md", Format::Markdown),
    ("markdown", Format::Markdown),
    ("html", Format::Html),
    ("htm", Format::Html),
    ("xhtml", Format::Html),
    ("warc", Format::Warc),
    ("wet", Format::Warc),
    ("wat", Format::Warc),
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

/// What leaves files of a folder out, besides what git knows.
const IGNORE: &str = ".wirecopyignore";

/// Lists all files under `paths`: paths in the order given, folders by sorted path.
///
/// The format that was asked for, if any, decides which files give their name to an article.
///
/// # Errors
///
/// If there are more files than the limits allow; of them no more are listed.
pub(crate) fn list(paths: &[PathBuf], options: &Input) -> Result<Listing> {
    let mut listing = Listing::default();
    // The path below the argument, without the ending: the second choice for an id.
    let mut below = Vec::new();
    for path in paths {
        if path == Path::new("-") {
            let stdin = Entry {
                path: path.clone(),
                name: Arc::from("-"),
                size: None,
                format: None,
                id: "stdin".to_owned(),
            };
            listing.add(stdin, options)?;
            below.push("stdin".to_owned());
            continue;
        }
        match std::fs::metadata(path) {
            Err(error) => listing.failures.push(format!("cannot open {}: {error}", path.display())),
            Ok(about) if about.is_dir() => {
                folder(path, options, &mut listing, &mut below)?;
            }
            Ok(about) => {
                let entry = entry(path.clone(), about.is_file().then_some(about.len()));
                below.push(without_ending(path));
                listing.add(entry, options)?;
            }
        }
    }
    name_articles(&mut listing.entries, &below, options.format);
    Ok(listing)
}

impl Listing {
    /// Adds a file, unless there are as many as there may be.
    fn add(&mut self, entry: Entry, options: &Input) -> Result<()> {
        if let Some(most) = options.limits.files.filter(|most| self.entries.len() as u64 >= *most) {
            return Err(Error::new(format!("the input has more files than {most}"))
                .with_hint("--max-files with a larger number, or --glob for some of them"));
        }
        self.entries.push(entry);
        Ok(())
    }
}

fn folder(
    root: &Path,
    options: &Input,
    listing: &mut Listing,
    below: &mut Vec<String>,
) -> Result<()> {
    let folders = &options.folders;
    let chosen = match chosen(root, &folders.globs) {
        Ok(chosen) => chosen,
        Err(error) => {
            listing.failures.push(error.to_string());
            return Ok(());
        }
    };
    let mut walk = WalkBuilder::new(root);
    walk.standard_filters(false).hidden(true).overrides(chosen);
    walk.sort_by_file_name(|x, y| x.cmp(y));
    if !folders.no_ignore {
        walk.ignore(true).git_ignore(true).require_git(false).add_custom_ignore_filename(IGNORE);
    }
    for found in walk.build() {
        let found = match found {
            Ok(found) => found,
            Err(error) => {
                listing.failures.push(failure(root, &error));
                continue;
            }
        };
        if let Some(error) = found.error() {
            // An ignore file that cannot be understood leaves nothing out.
            listing.failures.push(error.to_string());
        }
        if is_folder(&found) {
            continue;
        }
        let size = match std::fs::metadata(found.path()) {
            Ok(about) if about.is_file() => Some(about.len()),
            _ => None,
        };
        let entry = entry(found.into_path(), size);
        if size.is_none() || entry.format.is_none() || is_our_own(&entry.path) {
            listing.skipped.push(entry.path);
            continue;
        }
        below.push(without_ending(entry.path.strip_prefix(root).unwrap_or(&entry.path)));
        listing.add(entry, options)?;
    }
    Ok(())
}

/// The globs by which files of a folder are chosen or, with `!` in front, left out.
fn chosen(root: &Path, globs: &[String]) -> Result<Override, ignore::Error> {
    let mut chosen = OverrideBuilder::new(root);
    for glob in globs {
        chosen.add(glob)?;
    }
    chosen.build()
}

/// What kept a path from being walked, as other paths that cannot be opened are told.
fn failure(root: &Path, error: &ignore::Error) -> String {
    let mut path = root;
    let mut inner = error;
    loop {
        inner = match inner {
            ignore::Error::WithPath { path: told, err } => {
                path = told;
                err
            }
            ignore::Error::WithDepth { err, .. } | ignore::Error::WithLineNumber { err, .. } => err,
            _ => break,
        };
    }
    let reason = inner.io_error().map_or_else(|| inner.to_string(), ToString::to_string);
    format!("cannot open {}: {reason}", path.display())
}

fn is_folder(found: &DirEntry) -> bool {
    found.file_type().is_some_and(|kind| kind.is_dir())
}

/// True for what `clean` writes beside the records it keeps, and for a baseline.
pub(crate) fn is_our_own(path: &Path) -> bool {
    path.ends_with(BASELINE)
        || (path.ends_with(MAP) || path.ends_with(REMOVED))
            && path.with_file_name(MANIFEST).is_file()
}

fn entry(path: PathBuf, size: Option<u64>) -> Entry {
    let name = Arc::from(path.to_string_lossy());
    let file = path.file_name().unwrap_or_default().to_string_lossy();
    let (stem, format) = split_ending(&file);
    let id = stem.to_owned();
    Entry { path, name, size, format, id }
}

/// A file name without its ending (and that of a compression behind it), and the format that ending stands for.
fn split_ending(file: &str) -> (&str, Option<Format>) {
    let split = |name| match str::rsplit_once(name, '.') {
        Some((stem, ending)) if !stem.is_empty() => (stem, ending.to_ascii_lowercase()),
        _ => (name, String::new()),
    };
    let (mut stem, mut ending) = split(file);
    if matches!(ending.as_str(), "bz2" | "gz" | "xz" | "zst") {
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
    let may_be_text = |entry: &Entry| format.or(entry.format).is_none_or(Format::is_one_article);
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
    use crate::config::{Folders, Limits};

    fn list(paths: &[PathBuf], options: &Input) -> Listing {
        super::list(paths, options).unwrap()
    }

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
        let listing = list(&[root.path().to_owned()], &Input::default());
        assert_eq!(ids(&listing), ["a", "b", "d", "c"]);
        assert_eq!(listing.entries[2].format, Some(Format::Jsonl));
        let skipped: Vec<_> = listing.skipped.iter().map(|p| p.file_name().unwrap()).collect();
        assert_eq!(skipped, ["noending", "x.xml"]);
    }

    #[test]
    fn colliding_names_become_paths_below_the_argument() {
        let root = tree(&["a/x.txt", "b/x.txt", "b/y.txt"]);
        assert_eq!(ids(&list(&[root.path().to_owned()], &Input::default())), ["a/x", "b/x", "y"]);
        // Below their own arguments both are `x`: the paths as given are the next choice.
        let (a, b) = (root.path().join("a"), root.path().join("b"));
        let shown = |p: &Path| format!("{}/x", p.display());
        assert_eq!(
            ids(&list(&[a.clone(), b.clone()], &Input::default())),
            [shown(&a), shown(&b), "y".to_owned()]
        );
    }

    #[test]
    fn names_that_differ_only_in_the_ending_keep_it() {
        let root = tree(&["x.txt", "x.md", "x.jsonl"]);
        let shown = |file: &str| root.path().join(file).display().to_string();
        assert_eq!(
            ids(&list(&[root.path().to_owned()], &Input::default())),
            ["x".to_owned(), shown("x.md"), shown("x.txt")],
            "the records of x.jsonl have ids of their own"
        );
    }

    #[test]
    fn ignore_files_and_globs_leave_files_out() {
        let root = tree(&["a.txt", "b.txt", "drafts/c.txt", "drafts/d.jsonl", "old/e.txt"]);
        std::fs::write(root.path().join(".gitignore"), "b.txt\n").unwrap();
        std::fs::write(root.path().join("old/.wirecopyignore"), "*\n").unwrap();
        let listed = |folders: Folders| {
            let options = Input { folders, ..Input::default() };
            let listing = list(&[root.path().to_owned()], &options);
            assert!(listing.failures.is_empty(), "{:?}", listing.failures);
            listing.entries.into_iter().map(|entry| entry.id).collect::<Vec<_>>()
        };
        assert_eq!(listed(Folders::default()), ["a", "c", "d"]);
        assert_eq!(
            listed(Folders { no_ignore: true, ..Folders::default() }),
            ["a", "b", "c", "d", "e"]
        );
        let globs = |globs: &[&str]| Folders {
            globs: globs.iter().map(|glob| (*glob).to_owned()).collect(),
            ..Folders::default()
        };
        assert_eq!(listed(globs(&["*.jsonl"])), ["d"]);
        assert_eq!(listed(globs(&["!drafts/**"])), ["a"]);
        let wrong = Input { folders: globs(&["[a"]), ..Input::default() };
        assert_eq!(list(&[root.path().to_owned()], &wrong).failures.len(), 1);
    }

    #[test]
    fn more_files_than_allowed_are_an_error() {
        let root = tree(&["a.txt", "b.txt", "sub/c.txt", "table.xyz"]);
        let listed = |paths: &[PathBuf], most| {
            let limits = Limits { files: Some(most), ..Limits::default() };
            super::list(paths, &Input { limits, ..Input::default() })
        };
        let folder = &[root.path().to_owned()];
        assert_eq!(listed(folder, 3).unwrap().entries.len(), 3);
        let error = listed(folder, 2).unwrap_err();
        assert_eq!(error.to_string(), "the input has more files than 2");
        assert!(error.hint().unwrap().starts_with("--max-files"));
        let named = ["a.txt", "b.txt"].map(|name| root.path().join(name));
        assert!(listed(&named, 2).is_ok() && listed(&named, 1).is_err());
        assert!(listed(&["-".into(), "-".into()], 1).is_err());
    }

    #[test]
    fn a_missing_path_does_not_stop_the_others() {
        let root = tree(&["x.txt"]);
        let listing =
            list(&[root.path().join("none.jsonl"), root.path().join("x.txt")], &Input::default());
        assert_eq!(ids(&listing), ["x"]);
        assert!(listing.failures[0].contains("none.jsonl: "), "{:?}", listing.failures);
    }

    #[test]
    fn explicit_paths_are_always_taken() {
        let root = tree(&[".hidden", "dump.dat"]);
        let listing = list(
            &[root.path().join(".hidden"), root.path().join("dump.dat"), PathBuf::from("-")],
            &Input::default(),
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
        let listing = list(&[d], &Input::default());
        assert_eq!(ids(&listing), ["file", "keep"]);
        assert_eq!(listing.skipped.len(), 2);
    }
}
