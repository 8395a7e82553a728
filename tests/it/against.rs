//! `--against`: what was published before is told by `scan`, `check` and `clean`, and never touched.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;
use tempfile::TempDir;

use crate::example;
use crate::program::{Said, command, said, wirecopy};
use crate::story::{edited, own, record};

/// A folder with an index of all files of the example but `harbor-post.jsonl`, which stands beside it.
fn published() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let files = fs::read_dir(example::folder()).unwrap().map(|entry| entry.unwrap().path());
    let (tonight, old): (Vec<PathBuf>, Vec<PathBuf>) =
        files.partition(|path| path.ends_with("harbor-post.jsonl"));
    let index = folder.path().join("published");
    let args = ["index", "add", "-q"].map(PathBuf::from);
    assert_eq!(wirecopy(args.iter().chain([&index]).chain(&old)).code, Some(0));
    fs::copy(&tonight[0], folder.path().join("tonight.jsonl")).unwrap();
    (folder, index)
}

fn run(folder: &Path, args: &[&str]) -> Said {
    said(command().current_dir(folder).args(args))
}

/// For each id what it is a copy of, by how.
fn matches(lines: &[Value]) -> BTreeMap<String, (String, String)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let told = |line: &Value| {
        let closest = &line["matches"][0];
        (text(&line["id"]), (text(&closest["id"]), text(&closest["relation"])))
    };
    lines.iter().map(told).collect()
}

#[test]
fn a_scan_tells_what_a_query_answers() {
    let (folder, index) = published();
    let before = files(&index);
    let said = run(
        folder.path(),
        &["scan", "tonight.jsonl", "--against", "published", "--format", "json"],
    );
    assert_eq!(said.code, Some(0), "{said:?}");
    let told = matches(&said.of_type("published-before"));
    let asked = run(folder.path(), &["index", "query", "published", "tonight.jsonl"]);
    let mut answers = asked.lines();
    answers.retain(|answer| !answer["matches"].as_array().unwrap().is_empty());
    assert_eq!(told, matches(&answers));
    assert!(told.len() >= 5, "{told:?}");
    assert_eq!(told["harbor-post-08"], ("northwire-09".to_owned(), "reworded".to_owned()));
    let (begin, end) = (&said.lines()[0], said.lines().pop().unwrap());
    assert_eq!(
        (&begin["against"]["index"], &begin["against"]["articles"]),
        (&"published".into(), &71.into())
    );
    assert_eq!(end["published_before"], told.len());
    let old = said.of_type("published-before");
    let old = &old.iter().find(|line| line["id"] == "harbor-post-08").unwrap()["matches"][0];
    assert_eq!(old["source"], "northwire.example");
    assert!(old["date"].as_str().unwrap().starts_with("2026-"), "{old}");

    let text = run(folder.path(), &["scan", "tonight.jsonl", "--against", "published"]).out;
    assert!(text.contains("published before\n"), "{text}");
    let summary = format!(
        "{} of 8 articles were published before, by the index published (71 articles)",
        told.len()
    );
    assert!(text.contains(&summary), "{text}");
    assert_eq!(files(&index), before, "the index is as it was");
}

fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let paths = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    paths.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

/// A run that outgrows its memory holds only what it shows.
#[test]
fn what_goes_to_disk_is_told_the_same() {
    let (folder, _) = published();
    let scan = ["scan", "tonight.jsonl", "--against", "published", "--format", "json"];
    let whole = run(folder.path(), &scan);
    let small = run(folder.path(), &[&scan[..], &["--memory", "64M", "-j", "1"]].concat());
    assert_eq!(whole.out, small.out);
}

#[test]
fn an_article_is_not_held_against_itself() {
    let (folder, _) = published();
    let add = run(folder.path(), &["index", "add", "published", "tonight.jsonl"]);
    assert_eq!(add.code, Some(0), "{add:?}");
    let said = run(
        folder.path(),
        &["scan", "tonight.jsonl", "--against", "published", "--format", "json"],
    );
    for line in said.of_type("published-before") {
        let ids: Vec<&Value> =
            line["matches"].as_array().unwrap().iter().map(|one| &one["id"]).collect();
        assert!(!ids.contains(&&line["id"]), "{line}");
    }
}

#[test]
fn a_clean_dump_has_nothing_that_was_published_before() {
    let (folder, _) = published();
    let clean = ["clean", "tonight.jsonl", "--against", "published", "-o", "new", "--force"];
    let said = run(folder.path(), &clean);
    assert_eq!(said.code, Some(0), "{said:?}");
    let scan = run(
        folder.path(),
        &["scan", "tonight.jsonl", "--against", "published", "--format", "json"],
    );
    let before = matches(&scan.of_type("published-before"));
    let lines = |name: &str| -> Vec<Value> {
        let text = fs::read_to_string(folder.path().join("new").join(name)).unwrap();
        text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    };
    let map = lines("map.jsonl");
    let gone: BTreeMap<&str, &Value> =
        map.iter().map(|entry| (entry["id"].as_str().unwrap(), entry)).collect();
    for (id, (old, relation)) in &before {
        let entry = gone[id.as_str()];
        assert_eq!(
            (&entry["kept"], &entry["relation"]),
            (&old.as_str().into(), &relation.as_str().into()),
            "{entry}"
        );
        assert_eq!(
            (&entry["why_kept"], &entry["index"]),
            (&"published before".into(), &"published".into())
        );
        assert!(entry["kept_date"].is_string() && entry["kept_source"].is_string(), "{entry}");
    }
    let kept = lines("tonight.jsonl");
    assert_eq!(kept.len() + map.len(), 8);
    assert_eq!(lines("removed.jsonl").len(), map.len());
    assert!(kept.iter().all(|record| !before.contains_key(record["id"].as_str().unwrap())));

    let marked = run(
        folder.path(),
        &["clean", "tonight.jsonl", "--against", "published", "-o", "new", "--mark"],
    );
    assert_eq!(marked.code, Some(0), "{marked:?}");
    let marks: Vec<Value> = lines("tonight.jsonl");
    for record in &marks {
        let id = record["id"].as_str().unwrap();
        let of = before.get(id).map(|(old, _)| Value::from(old.as_str()));
        assert!(
            of.is_none_or(|of| record["wirecopy_of"] == of && record["wirecopy_role"] == "copy"),
            "{record}"
        );
    }
}

/// The copies of a kept article that leaves go with it, by a chain that is told.
#[test]
fn a_clean_chain_may_end_in_the_index() {
    let folder = tempfile::tempdir().unwrap();
    let wire = record("northwire-09");
    let words: Vec<String> = serde_json::from_str::<Value>(&wire).unwrap()["text"]
        .as_str()
        .unwrap()
        .split_whitespace()
        .map(str::to_owned)
        .collect();
    let text = |id: &str, words: &[String]| {
        serde_json::json!({"id": id, "text": words.join(" ")}).to_string()
    };
    // Half of a text stands in the index, the other half is all that the second copy has.
    let half = words.len() / 2;
    fs::write(folder.path().join("old.jsonl"), text("old", &words[..half])).unwrap();
    let new = [own(2), vec![text("whole", &words), text("rest", &words[half..])]].concat();
    fs::write(folder.path().join("new.jsonl"), new.join("\n")).unwrap();
    assert_eq!(run(folder.path(), &["index", "add", "-q", "published", "old.jsonl"]).code, Some(0));
    let clean =
        ["clean", "new.jsonl", "-o", "clean", "--against", "published", "--keep", "longest"];
    let said = run(folder.path(), &clean);
    assert_eq!(said.code, Some(0), "{said:?}");
    let map = fs::read_to_string(folder.path().join("clean/map.jsonl")).unwrap();
    let map: Vec<Value> = map.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(map.len(), 2, "{map:?}");
    assert_eq!((&map[0]["id"], &map[0]["kept"]), (&"whole".into(), &"old".into()));
    assert_eq!(
        (&map[1]["id"], &map[1]["kept"], &map[1]["via"][0]["id"]),
        (&"rest".into(), &"old".into(), &"whole".into())
    );
    assert_eq!(
        map[1]["reason"],
        "copy (excerpt) of whole, which is a copy (excerpt) of old (kept: published before)"
    );
}

#[test]
fn a_check_names_the_old_article() {
    let (folder, _) = published();
    let check = ["check", "tonight.jsonl", "--against", "published"];
    let said = run(folder.path(), &check);
    assert_eq!(said.code, Some(1), "{said:?}");
    let expected = "error[published-before]: harbor-post-08 is a reworded copy of northwire-09 (73 %), published before (2026-";
    assert!(said.out.contains(expected), "{}", said.out);
    assert!(
        said.out.contains(", northwire.example): it is in the index published"),
        "{}",
        said.out
    );
    let json = run(folder.path(), &[&check[..], &["--format", "json"]].concat());
    let findings = json.of_type("finding");
    let one =
        findings.iter().find(|finding| finding["locations"][0]["id"] == "harbor-post-08").unwrap();
    assert_eq!(
        (&one["index"], &one["matches"][0]["id"]),
        (&"published".into(), &"northwire-09".into())
    );
    assert_eq!(
        run(folder.path(), &[&check[..], &["-A", "published-before"]].concat()).code,
        Some(0)
    );
}

/// Equal articles are one finding, and a further one of them is none that was accepted.
#[test]
fn what_was_accepted_stays_quiet_until_there_is_more_of_it() {
    let folder = tempfile::tempdir().unwrap();
    let wire = record("northwire-09");
    fs::write(folder.path().join("old.jsonl"), &wire).unwrap();
    assert_eq!(run(folder.path(), &["index", "add", "-q", "published", "old.jsonl"]).code, Some(0));
    let new = |ids: &[&str]| {
        let copies = ids.iter().map(|id| edited(&wire, id, &[("museum", "gallery")]));
        let records: Vec<String> = own(3).into_iter().chain(copies).collect();
        fs::write(folder.path().join("new.jsonl"), records.join("\n")).unwrap();
    };
    let check = |more: &[&str]| {
        let args = [
            "check",
            "new.jsonl",
            "--against",
            "published",
            "--baseline",
            "accepted.jsonl",
            "-A",
            "exact-copy",
        ];
        run(folder.path(), &[&args[..], more].concat())
    };
    new(&["a"]);
    assert_eq!(check(&["--update-baseline"]).code, Some(0));
    assert_eq!(check(&[]).code, Some(0));
    new(&["a", "b"]);
    let said = check(&["--format", "json"]);
    let findings = said.of_type("finding");
    assert_eq!(said.code, Some(1), "{said:?}");
    assert_eq!(findings.len(), 1, "{findings:?}");
    let places = findings[0]["locations"].as_array().unwrap();
    assert_eq!((&places[0]["id"], &places[1]["known"]), (&"b".into(), &true.into()), "{places:?}");
}

#[test]
fn a_folder_that_is_no_index_is_told_before_anything_is_read() {
    let (folder, _) = published();
    for command in [&["scan"][..], &["check"], &["clean", "--dry-run"]] {
        let said =
            run(folder.path(), &[command, &["tonight.jsonl", "--against", "nowhere"]].concat());
        assert_eq!(said.code, Some(2), "{said:?}");
        assert_eq!(
            said.err,
            "error: nowhere is no index: there is no such folder\n  try: wirecopy index add nowhere PATH...\n"
        );
    }
}

#[test]
fn the_configuration_of_a_check_may_name_the_index() {
    let (folder, _) = published();
    fs::create_dir(folder.path().join("conf")).unwrap();
    let settings = folder.path().join("conf/wirecopy.toml");
    fs::write(&settings, "[check]\nagainst = \"../published\"\n").unwrap();
    let check = ["check", "tonight.jsonl", "--format", "json", "--config", "conf/wirecopy.toml"];
    let codes = |said: &Said| -> Vec<Value> {
        said.of_type("finding").iter().map(|finding| finding["code"].clone()).collect()
    };
    let said = run(folder.path(), &check);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(codes(&said).contains(&"published-before".into()), "{said:?}");
    let typed = ["check", "tonight.jsonl", "--format", "json", "--against", "published"];
    assert_eq!(codes(&run(folder.path(), &typed)), codes(&said));
    let shown = run(folder.path(), &[&check[..], &["--show-config"]].concat());
    let line = "against = \"conf/../published\"  # conf/wirecopy.toml:2";
    assert!(shown.out.contains(line), "{}", shown.out);
    fs::write(&settings, "[check]\nagainst = \"nowhere\"\n").unwrap();
    assert_eq!(run(folder.path(), &check).code, Some(2));
}
