//! `check` as strangers use it: limits, allow entries, several reports, order of input, one code over another.

use std::fs;
use std::path::Path;
use std::process::Stdio;

use tempfile::TempDir;

use crate::example;
use crate::program::{Said, command, said, wirecopy};
use crate::shuffle::shuffled;
use crate::story::{edited, own, record};

fn check(folder: &Path, args: &[&str]) -> Said {
    said(command().current_dir(folder).args(["check", "."]).args(args))
}

/// A folder with the reworded pair and some others.
fn pair() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let records = [own(5), vec![record("northwire-09"), record("harbor-post-08")]].concat();
    fs::write(folder.path().join("a.jsonl"), records.join("\n")).unwrap();
    folder
}

#[test]
fn limits_fail_where_no_finding_does() {
    let folder = pair();
    let quiet = ["-A", "near-copy"];
    let code = |flags: &[&str]| check(folder.path(), &[&quiet[..], flags].concat()).code;
    assert_eq!(code(&[]), Some(0));
    assert_eq!(code(&["--max-share", "15%", "--max-groups", "1"]), Some(0), "1 copy of 7 articles");
    assert_eq!(code(&["--max-share", "14%"]), Some(1));
    assert_eq!(code(&["--max-groups", "0"]), Some(1));
    assert_eq!(code(&["--max-groups", "0", "--exit-zero"]), Some(0));
    let said = check(folder.path(), &["-A", "near-copy", "--max-share", "0.1"]);
    assert!(
        said.out.contains("error: the share of copies is 14.29 %, more than --max-share 10 %"),
        "{}",
        said.out
    );
}

#[test]
fn an_input_that_cannot_be_read_wins_over_findings() {
    let folder = pair();
    let reports = ["a.jsonl", "missing.jsonl", "--report", "json=out", "--report", "text=out.txt"];
    let said = said(command().current_dir(folder.path()).arg("check").args(reports));
    assert_eq!(said.code, Some(2));
    assert!(
        said.out.contains("error[near-copy]") && said.err.contains("missing.jsonl"),
        "{said:?}"
    );
    let json = fs::read_to_string(folder.path().join("out")).unwrap();
    assert!(json.contains("\"verdict\":\"fail\"") && json.contains("missing.jsonl"), "{json}");
    assert_eq!(fs::read_to_string(folder.path().join("out.txt")).unwrap(), said.out);
}

#[test]
fn an_allow_entry_excuses_what_it_fits_and_goes_stale() {
    let folder = pair();
    let with = |entry: &str| {
        fs::write(folder.path().join("wirecopy.toml"), entry).unwrap();
        let said = check(folder.path(), &["--format", "json"]);
        let codes = said
            .of_type("finding")
            .into_iter()
            .map(|finding| finding["code"].as_str().unwrap().to_owned());
        (said.code, codes.collect::<Vec<_>>().join(" "))
    };
    let none = (Some(0), String::new());
    assert_eq!(
        with("[[allow]]\npair = [\"harbor-post-08\", \"northwire-09\"]\nreason = \"r\"\n"),
        none
    );
    assert_eq!(
        with("[[allow]]\ncode = \"near-copy\"\nsource = \"harbor-post.example\"\nreason = \"r\"\n"),
        none
    );
    assert_eq!(with("[[allow]]\nfile = \"*.jsonl\"\nreason = \"r\"\n"), none);
    let both = (Some(1), "near-copy stale-entry".to_owned());
    assert_eq!(
        with("[[allow]]\ncode = \"excerpt\"\nid = \"harbor-post-08\"\nreason = \"r\"\n"),
        both
    );
    assert_eq!(with("[[allow]]\nfile = \"other/**\"\nreason = \"r\"\n"), both);
    assert_eq!(with("[splits]\ntest = \"test/**\"\n"), both, "a split without an article");
    assert_eq!(with("[check]\nallow = [\"near-copy\"]\n"), none);
}

#[test]
fn flags_go_over_the_file_and_the_file_over_defaults() {
    let folder = pair();
    fs::write(
        folder.path().join("wirecopy.toml"),
        "[match]\nmin-confidence = 1\n[check]\nwarn = [\"near-copy\"]\n",
    )
    .unwrap();
    let code = |flags: &[&str]| check(folder.path(), flags).code;
    assert_eq!(code(&[]), Some(0), "nothing is that certain");
    assert!(check(folder.path(), &["--min-confidence", "0.5"]).out.contains("warning[near-copy]"));
    assert_eq!(code(&["--min-confidence", "0.5", "-D", "near-copy"]), Some(1));
    assert_eq!(code(&["--no-config"]), Some(1));
    let scan = said(command().current_dir(folder.path()).args(["scan", "."]));
    assert!(scan.out.starts_with("no copies found"), "{scan:?}");
}

#[test]
fn the_same_findings_for_any_order_and_any_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let records = example::records();
    let run = |records: &[String], threads: &str| {
        let path = folder.path().join("a.jsonl");
        fs::write(&path, records.join("\n")).unwrap();
        let flags = [
            "check",
            "-j",
            threads,
            "--format",
            "json",
            "-W",
            "shared-passage",
            "-W",
            "not-judged",
        ];
        wirecopy(flags.map(Path::new).into_iter().chain([path.as_path()]))
    };
    let first = run(&records, "1");
    assert_eq!(first.code, Some(1));
    assert_eq!(run(&records, "3").out, first.out);
    let identities = |said: &Said| {
        let mut all: Vec<(String, String)> = said
            .of_type("finding")
            .into_iter()
            .map(|finding| (finding["fingerprint"].to_string(), finding["message"].to_string()))
            .collect();
        all.sort();
        all
    };
    let expected = identities(&first);
    assert!(expected.len() > 15, "{}", expected.len());
    let mut once = expected.clone();
    once.dedup_by(|x, y| x.0 == y.0);
    assert_eq!(once.len(), expected.len(), "no two findings share an identity");
    assert_eq!(identities(&run(&shuffled(records.clone(), 3), "2")), expected);
}

#[test]
fn ids_are_one_only_if_they_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    let records = own(4);
    let data = [
        edited(&records[0], "a", &[]),
        edited(&records[1], "a", &[]),
        edited(&records[2], "b", &[]),
    ];
    fs::write(folder.path().join("a.jsonl"), data.join("\n")).unwrap();
    fs::write(folder.path().join("b.jsonl"), edited(&records[3], "a", &[])).unwrap();
    let found = check(folder.path(), &["--format", "json"]).of_type("finding");
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["code"], "duplicate-id");
    // The newest stands in front, whichever that is of the three.
    let places = found[0]["locations"].as_array().unwrap().iter();
    let mut places: Vec<_> =
        places.map(|place| format!("{}:{}", place["file"], place["line"])).collect();
    places.sort();
    assert_eq!(places, [r#""./a.jsonl":1"#, r#""./a.jsonl":2"#, r#""./b.jsonl":1"#]);
}

#[test]
fn a_baseline_among_the_articles_is_refused_but_for_its_usual_name() {
    let folder = pair();
    let said = check(folder.path(), &["--baseline", "accepted.jsonl", "--update-baseline"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("accepted.jsonl would be read as articles"), "{}", said.err);
    assert!(!folder.path().join("accepted.jsonl").exists());
}

#[test]
fn init_writes_a_file_that_says_nothing_yet_and_never_again() {
    let folder = pair();
    let init = || said(command().current_dir(folder.path()).arg("init"));
    assert_eq!(init().code, Some(0));
    assert_eq!(check(folder.path(), &[]).code, Some(1), "as without the file");
    let path = folder.path().join("wirecopy.toml");
    fs::write(&path, "[check]\nallow = [\"near-copy\"]\n").unwrap();
    let again = init();
    assert_eq!(again.code, Some(2));
    assert!(again.err.contains("is there already, and stays as it is"), "{}", again.err);
    assert_eq!(check(folder.path(), &[]).code, Some(0));
}

#[test]
fn a_reader_that_goes_away_is_no_error_and_changes_no_verdict() {
    let folder = example::folder();
    let folder = folder.to_str().unwrap();
    let cases = [
        (&["scan", folder][..], 0),
        (&["check", folder], 1),
        (&["check", folder, "--format", "json"], 1),
        (&["check", folder, "--exit-zero"], 0),
    ];
    for (args, code) in cases {
        let (reader, writer) = std::io::pipe().unwrap();
        drop(reader);
        let status = command().args(args).stdout(writer).stderr(Stdio::null()).status().unwrap();
        assert_eq!(status.code(), Some(code), "{args:?}");
    }
}
