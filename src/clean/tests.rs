//! What files look like afterwards, against the obvious slow twin (filter, then print), and what may stand in their way.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use proptest::prelude::*;

use super::*;
use crate::article::{Article, Origin};
use crate::config::{Config, Input};
use crate::find::{Group, Link, Member, Relation};

pub(super) fn link(of: u32) -> Link {
    Link { of, relation: Relation::Edited, similarity: 0.9, confidence: 0.8 }
}

/// A group whose first member is kept, and what each of the others is linked to.
pub(super) fn group(kept: u32, links: &[(u32, u32)]) -> Group {
    let copies = links.iter().map(|&(article, of)| Member { article, link: Some(link(of)) });
    let members = std::iter::once(Member { article: kept, link: None }).chain(copies).collect();
    Group {
        id: "w0000000000".into(),
        kept,
        why_kept: "earliest",
        weakest: 0.9,
        density: 1.0,
        members,
    }
}

/// Every file below a folder but the manifest, with what is in it.
fn tree(folder: &Path) -> Vec<(String, String)> {
    let files = walkdir::WalkDir::new(folder).sort_by_file_name().into_iter().map(Result::unwrap);
    files
        .filter(|file| file.file_type().is_file() && file.file_name() != MANIFEST)
        .map(|file| {
            let name = file.path().strip_prefix(folder).unwrap().to_string_lossy().into_owned();
            (name, fs::read_to_string(file.path()).unwrap())
        })
        .collect()
}

/// A folder with a dump in it.
fn dump_of(files: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let input = root.path().join("in");
    for (name, text) in files {
        let path = input.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }
    (root, input)
}

/// An outcome that knows of records of one file, where the first is kept and those of `copies` are not.
fn outcome_of(file: &Path, lines: &[u64], copies: &[usize]) -> Outcome {
    let file: Arc<str> = Arc::from(file.to_string_lossy());
    let articles = lines.iter().zip(1..).map(|(&line, record)| Article {
        origin: Origin { file: Arc::clone(&file), line, record },
        ..Article::new(format!("a{record}"), "")
    });
    let links: Vec<(u32, u32)> = copies.iter().map(|&copy| (copy as u32, u32::MAX)).collect();
    let mut articles: Vec<Article> = articles.collect();
    articles.push(Article { origin: Origin { file, line: 1, record: 1 }, ..Article::default() });
    // The kept article is one that stands nowhere, so that any record may be a copy.
    let kept = articles.len() as u32 - 1;
    let links: Vec<(u32, u32)> = links.into_iter().map(|(copy, _)| (copy, kept)).collect();
    Outcome { articles: articles.into(), groups: vec![group(kept, &links)], ..Outcome::default() }
}

/// The clean dump of one file under `in/`, and what `removed.jsonl` holds.
fn cleaned(input: &Path, name: &str, lines: &[u64], copies: &[usize]) -> (String, String) {
    let out = input.with_file_name("out");
    let paths = [input.to_owned()];
    let dump = Dump::list(&paths, &Input::default()).unwrap();
    let place = Place::new(&out, &paths, &dump).unwrap();
    let outcome = outcome_of(&input.join(name), lines, copies);
    let plan = Plan::new(&outcome, &Rules::default());
    write(&dump, &place, &outcome, &plan, Treatment::Remove, &Config::default(), &()).unwrap();
    assert_eq!(fs::read_dir(input.parent().unwrap()).unwrap().count(), 2, "nothing is left over");
    let read = |name: &str| fs::read_to_string(out.join(name)).unwrap();
    (read(name), read(REMOVED))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn lines_go_with_their_ends_and_nothing_else_does(
        lines in prop::collection::vec(("\\{\"[ab]{0,3}\":1\\}|", "[ \t]?\r?\n"), 1..9),
        last in prop::option::of(Just("{\"last\":1}")),
        chosen in prop::collection::vec(any::<bool>(), 10),
    ) {
        let mut lines: Vec<String> = lines.into_iter().map(|(line, end)| line + &end).collect();
        lines.extend(last.map(str::to_owned));
        let (root, input) = dump_of(&[("a.jsonl", &lines.concat())]);
        let records: Vec<usize> = (0..lines.len()).filter(|&i| !lines[i].trim().is_empty()).collect();
        let copies: Vec<usize> = (0..records.len()).filter(|&i| chosen[i]).collect();
        let gone: BTreeSet<usize> = copies.iter().map(|&copy| records[copy]).collect();
        let numbers: Vec<u64> = records.iter().map(|&line| line as u64 + 1).collect();

        let (kept, removed) = cleaned(&input, "a.jsonl", &numbers, &copies);
        let part = |removed: bool| -> String {
            let wanted = (0..lines.len()).filter(|i| gone.contains(i) == removed);
            wanted.map(|i| lines[i].as_str()).collect()
        };
        let mut expected = part(true);
        if !expected.is_empty() && !expected.ends_with('\n') {
            expected.push('\n');
        }
        prop_assert_eq!((kept, removed), (part(false), expected));
        drop(root);
    }

    #[test]
    fn arrays_stay_arrays(
        items in prop::collection::vec("\\{\"[a,\\[\\]]{0,3}\":\\{\\}\\}|\\{\n  \"b\": 1\n\\}", 1..8),
        space in "[ \n]{0,2}",
        chosen in prop::collection::vec(any::<bool>(), 8),
    ) {
        let print = |items: &[&String]| {
            let inside: Vec<&str> = items.iter().map(|item| item.as_str()).collect();
            format!("{space}[{space}{}{space}]\n", inside.join(&format!("{space},{space}")))
        };
        let text = print(&items.iter().collect::<Vec<_>>());
        let (root, input) = dump_of(&[("a.json", &text)]);
        let mut at = 0;
        let lines: Vec<u64> = items.iter().map(|item| {
            at += text[at..].find(item.as_str()).unwrap();
            let line = 1 + text[..at].matches('\n').count() as u64;
            at += item.len();
            line
        }).collect();
        let copies: Vec<usize> = (0..items.len()).filter(|&i| chosen[i]).collect();

        let (kept, removed) = cleaned(&input, "a.json", &lines, &copies);
        let part = |removed: bool| -> Vec<&String> {
            (0..items.len()).filter(|&i| chosen[i] == removed).map(|i| &items[i]).collect()
        };
        serde_json::from_str::<Vec<serde_json::Value>>(&kept).unwrap();
        if part(false).is_empty() {
            prop_assert_eq!(kept, format!("{space}[{space}{space}]\n"));
        } else {
            prop_assert_eq!(kept, print(&part(false)));
        }
        let flat: String = part(true).iter().map(|item| item.replace('\n', " ") + "\n").collect();
        prop_assert_eq!(removed, flat);
        drop(root);
    }
}

#[test]
fn names_are_those_below_the_argument_unless_they_clash() {
    let (root, _) = dump_of(&[
        ("a/x.jsonl", "{}\n"),
        ("a/s/y.txt", "y"),
        ("b/x.jsonl", "{}\n"),
        ("c/z.md", "z"),
    ]);
    let list = |paths: &[&str]| {
        let paths: Vec<PathBuf> =
            paths.iter().map(|path| root.path().join("in").join(path)).collect();
        Dump::list(&paths, &Input::default()).map(|dump| {
            let above = root.path().strip_prefix("/").unwrap_or(root.path());
            let inside = |file: &dump::DumpFile| {
                let inside = file.inside().strip_prefix(above).unwrap_or(file.inside());
                inside.to_string_lossy().into_owned()
            };
            dump.files().iter().map(inside).collect::<Vec<_>>()
        })
    };
    assert_eq!(list(&["a", "c/z.md"]).unwrap(), ["s/y.txt", "x.jsonl", "z.md"]);
    assert_eq!(list(&["a", "b"]).unwrap(), ["in/a/s/y.txt", "in/a/x.jsonl", "in/b/x.jsonl"]);
    for twice in [&["a", "a/x.jsonl"][..], &["c/z.md", "c/z.md"]] {
        let error = list(twice).unwrap_err().to_string();
        assert!(error.contains("twice"), "{error}");
    }
    assert!(list(&["no", "c"]).unwrap_err().to_string().starts_with("cannot open"));
    let error = Dump::list(&[PathBuf::from("-")], &Input::default()).unwrap_err().to_string();
    assert!(error.starts_with("standard input can be read only once"), "{error}");
}

#[test]
fn names_that_are_needed_are_refused() {
    let (_root, input) = dump_of(&[("map.jsonl", "{}\n"), ("s/removed.jsonl", "{}\n")]);
    let refused = |path: &Path| Dump::list(&[path.to_owned()], &Input::default()).is_err();
    assert!(refused(&input) && refused(&input.join("s")));
    assert!(!refused(input.parent().unwrap()));
}

#[test]
fn a_file_that_changes_in_between_is_noticed() {
    let (root, input) = dump_of(&[("a.jsonl", "{\"a\":1}\n{\"a\":2}\n")]);
    let paths = [input.clone()];
    let dump = Dump::list(&paths, &Input::default()).unwrap();
    let place = Place::new(&root.path().join("out"), &paths, &dump).unwrap();
    let mut outcome = outcome_of(&input.join("a.jsonl"), &[1, 2], &[1]);
    let told = |outcome: &Outcome| {
        let plan = Plan::new(outcome, &Rules::default());
        write(&dump, &place, outcome, &plan, Treatment::Remove, &Config::default(), &())
            .unwrap_err()
            .to_string()
    };
    outcome.articles.get_mut(1).unwrap().origin.line = 7;
    assert!(told(&outcome).contains("a.jsonl:2 is not what was read"), "another line");
    outcome.articles.get_mut(1).unwrap().origin.record = 9;
    assert!(told(&outcome).contains("is not what was read"), "no such record");
    outcome.articles.get_mut(0).unwrap().origin.file = Arc::from("elsewhere");
    assert!(told(&outcome).starts_with("elsewhere appeared"));
    let outcome = outcome_of(&input.join("a.jsonl"), &[1, 2], &[1]);
    fs::write(input.join("a.jsonl"), "{\"a\":1}\n{\"a\":2}\n{\"a\":3}\n").unwrap();
    assert!(told(&outcome).contains("a.jsonl changed"));
    assert_eq!(tree(root.path()).len(), 1, "nothing was left behind");
}

#[test]
fn only_what_clean_made_is_replaced() {
    let (root, input) = dump_of(&[("a.jsonl", "{\"a\":1}\n{\"a\":2}\n")]);
    let paths = [input.clone()];
    let dump = Dump::list(&paths, &Input::default()).unwrap();
    let out = root.path().join("out");
    let outcome = outcome_of(&input.join("a.jsonl"), &[1, 2], &[1]);
    let plan = Plan::new(&outcome, &Rules::default());
    let again = || {
        let place = Place::new(&out, &paths, &dump)?;
        write(&dump, &place, &outcome, &plan, Treatment::Remove, &Config::default(), &())
    };
    fs::create_dir(&out).unwrap();
    assert_eq!(again().unwrap().files, 1, "an empty folder is taken");
    let first = tree(&out);
    assert_eq!(first[0], ("a.jsonl".to_owned(), "{\"a\":1}\n".to_owned()));
    again().unwrap();
    assert_eq!(tree(&out), first);

    fs::write(out.join("note.txt"), "mine").unwrap();
    assert!(again().unwrap_err().to_string().contains("note.txt in it is not from `clean`"));
    fs::remove_file(out.join("note.txt")).unwrap();
    fs::remove_file(out.join(MANIFEST)).unwrap();
    assert!(again().unwrap_err().to_string().contains("not from `clean`"));
    assert_eq!(tree(&out), first);
}

#[test]
fn what_killed_runs_left_is_cleared_away_and_put_back() {
    let (root, input) = dump_of(&[("a.jsonl", "{\"a\":1}\n")]);
    let paths = [input.clone()];
    let dump = Dump::list(&paths, &Input::default()).unwrap();
    let place = Place::new(&root.path().join("out"), &paths, &dump).unwrap();
    let beside = |name: &str| {
        let path = root.path().join(name);
        fs::create_dir(&path).unwrap();
        fs::write(path.join("half"), name).unwrap();
        path
    };
    let other = beside(".other.wirecopy-1.tmp");
    beside(".out.wirecopy-1.tmp");
    beside(".out.wirecopy-2.old");
    let staging = place.begin().unwrap();
    // Of a replacement in two steps the first was done: the earlier output has its name again.
    assert_eq!(fs::read_to_string(root.path().join("out/half")).unwrap(), ".out.wirecopy-2.old");
    let left = fs::read_dir(root.path()).unwrap().count();
    assert_eq!(
        (left, other.exists()),
        (4, true),
        "in, out, the new folder, and what is none of ours"
    );
    if cfg!(unix) {
        let error = place.begin().unwrap_err().to_string();
        assert!(error.starts_with("another run is writing to"), "{error}");
    }
    drop(staging);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 3);
}

#[test]
fn without_an_exchange_two_renames_do() {
    let (root, input) = dump_of(&[("a.jsonl", "{}\n")]);
    let paths = [input];
    let dump = Dump::list(&paths, &Input::default()).unwrap();
    let out = root.path().join("out");
    fs::create_dir(&out).unwrap();
    let place = Place::new(&out, &paths, &dump).unwrap();
    let staging = place.begin().unwrap();
    fs::write(out.join("a"), "old").unwrap();
    fs::write(staging.path().join("a"), "new").unwrap();
    staging.in_two_steps(&out).unwrap();
    drop(staging);
    assert_eq!(fs::read_to_string(out.join("a")).unwrap(), "new");
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2, "nothing is left over");
}

#[test]
fn inputs_are_never_in_reach() {
    let (root, input) = dump_of(&[("a.jsonl", "{}\n"), ("s/b.jsonl", "{}\n")]);
    let refused = |out: &Path, input: &Path| {
        let paths = [input.to_owned()];
        let dump = Dump::list(&paths, &Input::default()).unwrap();
        Place::new(out, &paths, &dump).unwrap_err().to_string()
    };
    for (out, from) in [
        (input.clone(), input.clone()),
        (input.join("new"), input.clone()),
        (input.join("s"), input.clone()),
        (root.path().to_owned(), input.clone()),
        (input.join("s/../s"), input.join("s/b.jsonl")),
    ] {
        let error = refused(&out, &from);
        assert!(error.contains("would be changed"), "{error}");
    }
    assert!(refused(&root.path().join("no/out"), &input).contains("there is no folder"));
    assert!(refused(&input.join("a.jsonl"), &input.join("s")).contains("not a folder"));
    #[cfg(unix)]
    {
        let out = root.path().join("out");
        fs::create_dir(&out).unwrap();
        fs::rename(input.join("a.jsonl"), out.join("a.jsonl")).unwrap();
        std::os::unix::fs::symlink(out.join("a.jsonl"), input.join("a.jsonl")).unwrap();
        assert!(refused(&out, &input).contains("leads there"));
    }
}
