//! Which articles a rule is about: the files of a split, the articles of an allow entry.
//!
//! Patterns are those of `.gitignore` and shells: `*` within a name, `**` over folders, `{a,b}`. They are matched against
//! the path of a file from the folder of the configuration, whatever folder the program was started in.

use std::fs;
use std::path::{Path, PathBuf};

use globset::{Glob, GlobBuilder, GlobSet, GlobSetBuilder};

use super::codes::Code;
use crate::error::{Error, Result};

/// Groups of files that must not share copies, by name.
#[derive(Clone, Debug, Default)]
pub struct Splits {
    splits: Vec<Split>,
    base: PathBuf,
}

/// One of them.
#[derive(Clone, Debug)]
pub struct Split {
    /// Its name.
    pub name: String,
    /// Line (1-based) of the configuration that it stands on.
    pub line: u64,
    patterns: Vec<String>,
    files: GlobSet,
}

impl Split {
    /// A split of the files that one of these patterns matches.
    ///
    /// # Errors
    ///
    /// If a pattern cannot be understood.
    pub fn new(name: &str, line: u64, patterns: &[String]) -> Result<Split, String> {
        let mut set = GlobSetBuilder::new();
        for text in patterns {
            set.add(pattern(text)?);
        }
        let files = set.build().map_err(|error| error.to_string())?;
        Ok(Split { name: name.to_owned(), line, patterns: patterns.to_vec(), files })
    }

    /// The patterns of its files, as they were written.
    pub fn patterns(&self) -> &[String] {
        &self.patterns
    }
}

/// A pattern, as splits and allow entries understand it.
pub(crate) fn pattern(text: &str) -> Result<Glob, String> {
    let text = text.strip_prefix("./").unwrap_or(text);
    let glob = GlobBuilder::new(text).literal_separator(true).build();
    glob.map_err(|error| error.kind().to_string())
}

impl Splits {
    /// These splits, with patterns that start from this folder.
    pub fn new(splits: Vec<Split>, base: &Path) -> Splits {
        Splits { splits, base: resolved(base) }
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.splits.is_empty()
    }

    /// All of them, in the order of the configuration.
    pub fn all(&self) -> &[Split] {
        &self.splits
    }

    /// The split that a file is in, by its number.
    ///
    /// # Errors
    ///
    /// If it is in two: nothing could be said of copies of it.
    pub fn of(&self, file: &Path) -> Result<Option<u32>> {
        if self.splits.is_empty() || file == Path::new("-") {
            return Ok(None);
        }
        let path = within(&self.base, file);
        let mut found = (0..).zip(&self.splits).filter(|(_, split)| split.files.is_match(&path));
        let first = found.next();
        if let (Some((_, first)), Some((_, second))) = (first, found.next()) {
            let message =
                format!("{} is in the splits {} and {}", path.display(), first.name, second.name);
            return Err(Error::new(message)
                .at(file)
                .with_hint("[splits] patterns that no file matches twice"));
        }
        Ok(first.map(|(number, _)| number))
    }

    /// The name of a split.
    pub fn name(&self, number: u32) -> &str {
        self.splits.get(number as usize).map_or("", |split| &split.name)
    }
}

/// The path of a file from a folder; the whole path if it is somewhere else.
fn within(base: &Path, file: &Path) -> PathBuf {
    let path = resolved(file);
    path.strip_prefix(base).map(Path::to_owned).unwrap_or(path)
}

/// The path without links and detours; as it is where there is no such file.
pub(crate) fn resolved(path: &Path) -> PathBuf {
    let path = if path == Path::new("") { Path::new(".") } else { path };
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// Findings that are excused, and why.
#[derive(Clone, Debug)]
pub struct Allow {
    /// Only findings of this code.
    pub code: Option<Code>,
    /// What they must be about.
    pub about: About,
    /// Why: not empty.
    pub reason: String,
    /// Line (1-based) of the configuration that it stands on.
    pub line: u64,
    base: PathBuf,
}

/// What an allow entry is about. All that is named must fit; at least one thing is named.
#[derive(Clone, Debug, Default)]
pub struct About {
    /// Articles with this id.
    pub id: Option<String>,
    /// Articles of this outlet.
    pub source: Option<String>,
    /// Articles in files that this pattern matches.
    pub file: Option<Glob>,
    /// Two articles, by their ids.
    pub pair: Option<[String; 2]>,
}

/// What an allow entry looks at of an article.
#[derive(Clone, Copy, Debug)]
pub(super) struct Seen<'a> {
    pub(super) id: &'a str,
    pub(super) source: Option<&'a str>,
    pub(super) file: &'a str,
    /// The id of the article that it is a copy of.
    pub(super) of: Option<&'a str>,
}

impl Allow {
    /// An entry with patterns that start from this folder.
    pub fn new(code: Option<Code>, about: About, reason: String, line: u64, base: &Path) -> Allow {
        Allow { code, about, reason, line, base: resolved(base) }
    }

    /// True if the entry is about findings of this code, and this article.
    pub(super) fn fits(&self, code: Code, seen: Seen<'_>) -> bool {
        let About { id, source, file, pair } = &self.about;
        self.code.is_none_or(|wanted| wanted == code)
            && id.as_deref().is_none_or(|id| id == seen.id)
            && source.as_deref().is_none_or(|source| Some(source) == seen.source)
            && file.as_ref().is_none_or(|file| {
                file.compile_matcher().is_match(within(&self.base, Path::new(seen.file)))
            })
            && pair.as_ref().is_none_or(|[a, b]| {
                seen.of.is_some_and(|of| (seen.id, of) == (a, b) || (of, seen.id) == (a, b))
            })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn splits(patterns: &[(&str, &str)], base: &Path) -> Splits {
        let split = |&(name, text): &(&str, &str)| Split::new(name, 1, &[text.to_owned()]).unwrap();
        Splits::new(patterns.iter().map(split).collect(), base)
    }

    #[test]
    fn a_file_is_in_the_split_that_its_path_fits() {
        let folder = tempfile::tempdir().unwrap();
        let base = folder.path();
        fs::create_dir_all(base.join("train/deep")).unwrap();
        fs::write(base.join("train/deep/a.jsonl"), "").unwrap();
        let splits = splits(&[("train", "./train/**"), ("test", "test/*.jsonl")], base);
        let of = |path: &Path| splits.of(path).unwrap().map(|number| splits.name(number));
        assert_eq!(of(&base.join("train/../train/deep/a.jsonl")), Some("train"));
        assert_eq!(of(&resolved(base).join("test/new.jsonl")), Some("test"), "a file that is gone");
        assert_eq!(
            of(&resolved(base).join("test/deep/new.jsonl")),
            None,
            "* stays within a folder"
        );
        assert_eq!((of(Path::new("-")), of(&base.join("other"))), (None, None));
    }

    #[test]
    fn a_file_in_two_splits_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("a"), "").unwrap();
        let splits = splits(&[("train", "*"), ("test", "a*")], folder.path());
        let error = splits.of(&folder.path().join("a")).unwrap_err();
        assert_eq!(error.to_string(), "a is in the splits train and test");
    }

    #[test]
    fn an_entry_fits_if_all_that_it_names_does() {
        let folder = tempfile::tempdir().unwrap();
        let about = |about: About| {
            Allow::new(Some(Code::NearCopy), about, "why".to_owned(), 1, folder.path())
        };
        let file = resolved(folder.path()).join("obits/a.jsonl");
        let seen = Seen {
            id: "a",
            source: Some("x.example"),
            file: file.to_str().unwrap(),
            of: Some("b"),
        };
        let source = |name: &str| Some(name.to_owned());
        assert!(
            about(About { source: source("x.example"), ..About::default() })
                .fits(Code::NearCopy, seen)
        );
        assert!(
            !about(About { source: source("x.example"), ..About::default() })
                .fits(Code::Excerpt, seen)
        );
        let both = About { source: source("y.example"), id: source("a"), ..About::default() };
        assert!(!about(both).fits(Code::NearCopy, seen));
        let pair = |a: &str, b: &str| About {
            pair: Some([a.to_owned(), b.to_owned()]),
            ..About::default()
        };
        assert!(about(pair("b", "a")).fits(Code::NearCopy, seen));
        assert!(!about(pair("a", "c")).fits(Code::NearCopy, seen));
        let file = |text: &str| About { file: Some(pattern(text).unwrap()), ..About::default() };
        assert!(about(file("obits/**")).fits(Code::NearCopy, seen));
        assert!(!about(file("obits")).fits(Code::NearCopy, seen));
        assert!(pattern("a{b").is_err());
    }
}
