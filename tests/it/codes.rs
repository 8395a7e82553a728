//! Every code of a check: it is found where it is, obeys its level, and has its place in help, `explain` and the README.

use std::fs;
use std::path::Path;

use serde_json::json;
use wirecopy::judge::codes::{Code, Level, TABLE};

use crate::example;
use crate::program::{Said, command, said};
use crate::story::{edited, own, record};

/// A corpus with one finding of a code, and what else must be said to see it.
fn corpus(code: Code, folder: &Path) -> Vec<&'static str> {
    let write = |name: &str, records: &[String]| {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, records.join("\n")).unwrap();
    };
    let text = |id: &str, text: &str| json!({"id": id, "text": text}).to_string();
    let with = |records: &[String]| write("a.jsonl", &[&own(5)[..], records].concat());
    let settings = |text: &str| fs::write(folder.join("wirecopy.toml"), text).unwrap();
    let (wire, reworded) = (record("northwire-09"), record("harbor-post-08"));
    match code {
        Code::SplitLeak => {
            settings("[splits]\ntrain = \"a.jsonl\"\ntest = \"test/*\"\n");
            with(&[wire]);
            write("test/b.jsonl", &[reworded]);
        }
        Code::JoinedKnownGroup => {
            with(&[wire.clone(), reworded]);
            update(folder);
            write("b.jsonl", &[edited(&wire, "third", &[("museum", "gallery")])]);
            return vec!["--baseline", "wirecopy-baseline.jsonl"];
        }
        Code::ExactCopy => with(&[wire.clone(), edited(&wire, "again", &[])]),
        Code::NearCopy => with(&[wire, reworded]),
        Code::PublishedBefore => {
            let old = tempfile::tempdir().unwrap();
            let old = old.path().join("old.jsonl");
            fs::write(&old, &wire).unwrap();
            let add = ["index", "add", "-q", "published"];
            let added = said(command().current_dir(folder).args(add).arg(&old));
            assert_eq!(added.code, Some(0), "{added:?}");
            with(&[reworded]);
            return vec!["--against", "published"];
        }
        Code::Excerpt => with(&pair_of("excerpt")),
        // Alone: others of the example share a block that recurs too seldom among so few to be boilerplate.
        Code::SharedPassage => write("a.jsonl", &pair_of("shared-passage")),
        Code::DuplicateId => with(&[edited(&wire, "same", &[]), edited(&own(6)[5], "same", &[])]),
        Code::SelfRepeat => {
            let body = serde_json::from_str::<serde_json::Value>(&wire).unwrap();
            let body = body["text"].as_str().unwrap().to_owned();
            with(&[text("twice", &format!("{body}\n\nPrint version\n\n{body}"))]);
        }
        Code::LooseGroup => {
            // What a fifth article has of each of four others makes them copies of it, and not of each other.
            let parts = &own(9)[5..];
            let body = |record: &String| {
                let value: serde_json::Value = serde_json::from_str(record).unwrap();
                value["text"].as_str().unwrap().to_owned()
            };
            let all: Vec<String> = parts.iter().map(body).collect();
            with(&[parts, &[text("all", &all.join("\n\n"))]].concat());
        }
        Code::BadRecord => with(&["{\"id\":".to_owned()]),
        Code::NotJudged => with(&[text("short", "Rain is expected on Tuesday.")]),
        Code::StaleEntry => {
            with(&[wire.clone(), reworded]);
            update(folder);
            with(&[wire]);
            return vec!["--baseline", "wirecopy-baseline.jsonl"];
        }
        other => panic!("no corpus for {}", other.name()),
    }
    Vec::new()
}

/// Two records of the example that have this relation.
fn pair_of(relation: &str) -> [String; 2] {
    let labels = example::labels();
    let label = labels
        .iter()
        .find(|label| label.relation == relation)
        .unwrap_or_else(|| panic!("no {relation}"));
    [record(&label.ids.0), record(&label.ids.1)]
}

fn check(folder: &Path, args: &[&str]) -> Said {
    said(command().current_dir(folder).args(["check", "."]).args(args))
}

fn update(folder: &Path) {
    let said = check(folder, &["--baseline", "wirecopy-baseline.jsonl", "--update-baseline"]);
    assert_eq!(said.code, Some(0), "{said:?}");
}

#[test]
fn every_code_is_found_and_obeys_its_level() {
    for about in TABLE {
        let folder = tempfile::tempdir().unwrap();
        let needed = corpus(about.code, folder.path());
        let run = |flags: &[&str]| {
            let said = check(folder.path(), &[&needed[..], flags, &["--format", "json"]].concat());
            let found =
                said.of_type("finding").into_iter().filter(|finding| finding["code"] == about.name);
            (said.code, found.collect::<Vec<_>>())
        };
        let (code, found) = run(&["-D", about.name]);
        assert_eq!((code, found.len()), (Some(1), 1), "{} denied", about.name);
        assert_eq!(found[0]["level"], "deny");
        let (_, found) = run(&["-W", about.name]);
        assert_eq!(
            (found.len(), &found[0]["level"]),
            (1, &"warn".into()),
            "{} as a warning",
            about.name
        );
        let (_, found) = run(&["-A", about.name]);
        assert_eq!(found.len(), 0, "{} allowed", about.name);
        let (code, found) = run(&[]);
        assert_eq!(found.len(), usize::from(about.level > Level::Allow), "{} as usual", about.name);
        if about.level == Level::Deny {
            assert_eq!(code, Some(1), "{} as usual", about.name);
        }
        let (code, found) = run(&["-D", about.name, "--exit-zero"]);
        assert_eq!((code, found.len()), (Some(0), 1), "{} with --exit-zero", about.name);
    }
}

#[test]
fn what_can_be_accepted_is_quiet_afterwards() {
    for about in TABLE {
        let folder = tempfile::tempdir().unwrap();
        let needed = corpus(about.code, folder.path());
        let deny = ["-D", about.name, "--baseline", "wirecopy-baseline.jsonl"];
        let deny = [&needed[..], &deny].concat();
        let said = check(folder.path(), &[&deny[..], &["--update-baseline"]].concat());
        assert_eq!(said.code, Some(0), "{said:?}");
        let found = check(folder.path(), &[&deny[..], &["--format", "json"]].concat());
        let expected = usize::from(matches!(about.code, Code::BadRecord | Code::NotJudged));
        assert_eq!(found.of_type("finding").len(), expected, "{}: {}", about.name, found.out);
    }
}

#[test]
fn every_code_is_told_of_wherever_people_look() {
    let text = |args: &[&str]| {
        let said = said(command().env("COLUMNS", "1000").args(args));
        assert_eq!(said.code, Some(0), "{said:?}");
        // As one line, however it was wrapped.
        said.out.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (help, list) = (text(&["check", "--help"]), text(&["explain"]));
    let readme = fs::read_to_string(example::root().join("README.md")).unwrap();
    for about in TABLE {
        let page = text(&["explain", about.name]);
        for part in [about.what, about.fix] {
            assert!(page.contains(part), "no {part:?} in {page}");
        }
        assert!(
            page.contains(&format!("code of a check, {} by default", about.level.name())),
            "{page}"
        );
        assert!(help.contains(about.name) && help.contains(about.what), "{} in help", about.name);
        assert!(list.contains(about.name), "{} in the list", about.name);
        let is_told =
            !readme.contains("wirecopy check ") || readme.contains(&format!("`{}`", about.name));
        assert!(is_told, "{} in the README", about.name);
    }
}
