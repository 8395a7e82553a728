//! Which records were added or changed since a revision: those that no record of that revision equals.
//!
//! Records are compared by content, split and id, as multisets over all files that differ: a file that was reordered,
//! renamed, split in two or compressed has no changed record. Where a record stood is never looked at. How the files of
//! the revision are had is the business of the caller.

use std::path::{Path, PathBuf};

use ahash::{AHashMap, AHashSet};

use super::scope::{Splits, resolved};
use crate::article::{Problem, ProblemKind};
use crate::config::{Folders, Input};
use crate::error::Result;
use crate::read;
use crate::text::{Fingerprint, Words, hash};

/// What of the revision can be met again today.
#[derive(Clone, Debug, Default)]
pub struct Changes {
    /// The revision, as it was named.
    pub since: String,
    /// The folder that the names of files start from.
    top: PathBuf,
    /// Names of the files that are as they were.
    unchanged: AHashSet<String>,
    contents: AHashMap<(Fingerprint, Option<u32>), u32>,
    ids: AHashMap<(Fingerprint, u64), u32>,
    problems: AHashMap<(ProblemKind, String), u32>,
}

/// How a record of today relates to the revision.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Change {
    /// No record of the revision has these words in this split.
    pub(super) content: bool,
    /// None has these words under this id.
    pub(super) id: bool,
}

/// A file of the revision that is not as it was.
#[derive(Clone, Debug)]
pub struct OldFile {
    /// Its name, from the top folder.
    pub name: String,
    /// Where a copy of it can be read: under a name that ends alike, so that its format is known.
    pub copy: PathBuf,
}

impl Changes {
    /// Nothing known yet of this revision of the folder `top`, in which the files named are as they were.
    pub fn new(since: &str, top: &Path, unchanged: impl IntoIterator<Item = String>) -> Changes {
        Changes {
            since: since.to_owned(),
            top: resolved(top),
            unchanged: unchanged.into_iter().collect(),
            ..Changes::default()
        }
    }

    /// Takes in the records of files as they were. What could not be read then is nobody's fault today.
    ///
    /// # Errors
    ///
    /// If a name is in two splits.
    pub fn remember(&mut self, files: &[OldFile], input: &Input, splits: &Splits) -> Result<()> {
        // Copies stand where no pattern of the corpus fits, and each was asked for.
        let folders = Folders { no_ignore: true, ..Folders::default() };
        let input = &Input { folders, ..input.clone() };
        for OldFile { name, copy } in files {
            let split = splits.of(&self.top.join(name))?;
            let record = |article: crate::article::Article| {
                (Words::new(&article.text).fingerprint, hash::word(article.id.as_bytes()))
            };
            let paths = std::slice::from_ref(copy);
            read::read(paths, input, record, |batch| {
                for (content, id) in batch.records {
                    *self.contents.entry((content, split)).or_default() += 1;
                    *self.ids.entry((content, id)).or_default() += 1;
                }
                for problem in batch.problems.iter() {
                    let known = (problem.kind, problem.detail.clone());
                    *self.problems.entry(known).or_default() += 1;
                }
            })?;
        }
        Ok(())
    }

    /// True if a file of today may hold what the revision did not.
    pub(super) fn touches(&self, file: &str) -> bool {
        let path = resolved(Path::new(file));
        match path.strip_prefix(&self.top) {
            Ok(name) => !self.unchanged.contains(&*name.to_string_lossy()),
            Err(_) => true,
        }
    }

    /// Meets the records of today in touched files: (content, split, hash of the id). Each record of the revision is met
    /// once, by one of the same id wherever there is one.
    pub(super) fn meet(&mut self, records: &[(Fingerprint, Option<u32>, u64)]) -> Vec<Change> {
        let mut changes = vec![Change { content: true, id: true }; records.len()];
        for (change, &(content, split, id)) in changes.iter_mut().zip(records) {
            if take(&mut self.ids, &(content, id)) {
                *change =
                    Change { content: !take(&mut self.contents, &(content, split)), id: false };
            }
        }
        for (change, &(content, split, _)) in changes.iter_mut().zip(records) {
            if change.id {
                change.content = !take(&mut self.contents, &(content, split));
            }
        }
        changes
    }

    /// The same of a record that cannot be used.
    pub(super) fn meet_problem(&mut self, problem: &Problem) -> bool {
        self.touches(&problem.origin.file)
            && !take(&mut self.problems, &(problem.kind, problem.detail.clone()))
    }

    /// Contents that were not met: of records that are gone or were changed.
    pub(super) fn gone(&self) -> AHashSet<Fingerprint> {
        let left = self.contents.iter().filter(|(_, number)| **number > 0);
        left.map(|((content, _), _)| *content).collect()
    }
}

/// Takes one of a multiset; false if there is none.
fn take<K: std::hash::Hash + Eq>(from: &mut AHashMap<K, u32>, key: &K) -> bool {
    match from.get_mut(key) {
        Some(number) if *number > 0 => {
            *number -= 1;
            true
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    const NEW: Change = Change { content: true, id: true };

    fn changes(old: &[(&str, &str)]) -> (tempfile::TempDir, Changes) {
        let folder = tempfile::tempdir().unwrap();
        let mut changes = Changes::new("HEAD", folder.path(), ["same.jsonl".to_owned()]);
        let files: Vec<OldFile> = old
            .iter()
            .map(|(name, text)| {
                let copy = folder.path().join(name);
                fs::write(&copy, text).unwrap();
                OldFile { name: (*name).to_owned(), copy }
            })
            .collect();
        changes.remember(&files, &Input::default(), &Splits::default()).unwrap();
        (folder, changes)
    }

    fn content(text: &str) -> Fingerprint {
        Words::new(text).fingerprint
    }

    #[test]
    fn a_record_is_met_wherever_it_stands_but_once() {
        let two =
            "{\"id\":\"a\",\"text\":\"One two.\"}\n{\"id\":\"b\",\"text\":\"Three four.\"}\n{\n";
        let (_folder, mut changes) = changes(&[("old.jsonl", two)]);
        let today = |id: &str, text: &str| (content(text), None, hash::word(id.as_bytes()));
        let met = changes.meet(&[today("copy", "Three four"), today("b", "three four")]);
        assert_eq!(
            met,
            [NEW, Change::default()],
            "a copy more is new, and not what was there before"
        );
        assert_eq!(changes.gone(), [content("One two")].into_iter().collect());
        let renamed = Change { content: false, id: true };
        assert_eq!(changes.meet(&[today("z", "one two")]), [renamed]);
        assert!(changes.gone().is_empty());
    }

    #[test]
    fn a_move_into_another_split_is_a_change() {
        let (_folder, mut changes) =
            changes(&[("old.jsonl", "{\"id\":\"a\",\"text\":\"One two.\"}\n")]);
        let moved = changes.meet(&[(content("One two"), Some(1), hash::word(b"a"))]);
        assert_eq!(moved, [Change { content: true, id: false }]);
    }

    #[test]
    fn files_that_are_as_they_were_are_not_touched() {
        let (folder, changes) = changes(&[]);
        let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
        fs::write(path("same.jsonl"), "").unwrap();
        assert!(!changes.touches(&path("same.jsonl")));
        assert!(changes.touches(&path("new.jsonl")) && changes.touches("-"));
    }
}
