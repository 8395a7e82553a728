//! Input that was made to hurt: every run ends, says where the trouble is, and finds in the rest what it always finds.

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;

use crate::example;
use crate::program::{Said, wirecopy, wirecopy_on};

/// A folder with good records and something else.
struct Case {
    folder: TempDir,
    good: usize,
}

impl Case {
    fn new() -> Case {
        let folder = tempfile::tempdir().unwrap();
        let good = example::records_of(&example::folder().join("northwire.jsonl"));
        fs::write(folder.path().join("good.jsonl"), good.join("\n")).unwrap();
        Case { folder, good: good.len() }
    }

    fn with(self, name: &str, data: impl AsRef<[u8]>) -> Case {
        fs::write(self.path(name), data).unwrap();
        self
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn scan(&self, flags: &[&str]) -> Said {
        let mut args = vec!["scan", "--format", "json"];
        args.extend(flags);
        args.push(self.folder.path().to_str().unwrap());
        wirecopy(args)
    }

    /// What the run said, once it is sure that the good records were not hurt by it.
    fn survives(&self, flags: &[&str], code: i32) -> Said {
        let said = self.scan(flags);
        assert_eq!(said.code, Some(code), "{}", said.err);
        let (articles, _) = said.articles_and_bad_records();
        assert!(articles as usize >= self.good, "{} of {}", articles, self.good);
        assert!(!said.of_type("group").is_empty(), "the good records hold a group");
        said
    }

    /// The names of the problems, with the lines they stand on.
    fn problems(&self, flags: &[&str], code: i32) -> Vec<(String, u64)> {
        let said = self.survives(flags, code);
        let lines = said.of_type("bad-record").into_iter().chain(said.of_type("note"));
        lines
            .map(|line| {
                (line["reason"].as_str().unwrap().to_owned(), line["line"].as_u64().unwrap())
            })
            .collect()
    }
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

fn wet(uri: &str, text: &str) -> String {
    format!(
        "WARC/1.0\r\nWARC-Type: conversion\r\nWARC-Target-URI: {uri}\r\nContent-Type: text/plain\r\n\
         Content-Length: {}\r\n\r\n{text}\r\n\r\n",
        text.len()
    )
}

#[test]
fn records_that_are_none_are_located() {
    let words = "some words that stand in no other record of this dump at all";
    let deep = "[".repeat(200_000);
    let cases: [(&str, Vec<u8>, &str); 12] = [
        ("nul.jsonl", vec![0; 10_000], "broken-json"),
        ("brackets.jsonl", deep.clone().into_bytes(), "broken-json"),
        ("surrogate.jsonl", br#"{"id":"s","text":"a \ud800 b"}"#.to_vec(), "broken-json"),
        ("raw.jsonl", b"{\"id\":\"s\",\"text\":\"a \xed\xa0\x80 \0\"}".to_vec(), "bad-encoding"),
        (
            "latin.txt",
            format!("caf\u{e9} {words}").chars().map(|c| c as u8).collect(),
            "guessed-encoding",
        ),
        ("cut.txt", [words.as_bytes(), "é é é".as_bytes(), b"\xc3"].concat(), "damaged-text"),
        ("wide.txt", words.encode_utf16().flat_map(u16::to_le_bytes).collect(), "guessed-encoding"),
        ("picture.txt", b"\x89PNG\r\n\x1a\n\0\0\0".to_vec(), "bad-encoding"),
        ("deep.html", "<div>".repeat(10_000).into_bytes(), "broken-page"),
        ("tags.html", "<br>".repeat(300_000).into_bytes(), "broken-page"),
        ("cut.warc", wet("http://k.example/1", words).as_bytes()[..150].to_vec(), "broken-archive"),
        ("no.warc", words.repeat(3).into_bytes(), "broken-archive"),
    ];
    for (name, data, reason) in cases {
        let found = Case::new().with(name, data).problems(&[], 0);
        assert_eq!(found, [(reason.to_owned(), 1)], "{name}");
    }
}

#[test]
fn what_is_nested_or_wide_is_an_article_like_any_other() {
    let words = "some words that stand in no other record of this dump at all";
    let nested = format!("{{\"x\":{}{},", "[".repeat(200_000), "]".repeat(200_000));
    let keys: String = (0..50_000).map(|i| format!("\"k{i}\":{i},")).collect();
    for start in [nested, format!("{{{keys}"), "{\"text\":\"a\",".to_owned()] {
        let case = Case::new();
        let said = case
            .with("odd.jsonl", format!("{start}\"id\":\"odd\",\"text\":\"{words}\"}}"))
            .survives(&[], 0);
        assert_eq!(said.articles_and_bad_records().1, 0, "{}", said.err);
    }
}

#[test]
fn records_that_are_too_long_are_passed_over_whatever_the_format() {
    let long = "word ".repeat(40_000);
    let line = format!("{{\"id\":\"long\",\"text\":\"{long}\"}}");
    let after = "{\"id\":\"after\",\"text\":\"a record behind the long one is read again\"}";
    let archive =
        format!("{}{}", wet("http://k.example/1", &long), wet("http://k.example/2", &long[..99]));
    for (name, data, articles) in [
        ("a.jsonl", format!("{line}\n{after}\n"), 1),
        ("a.json", format!("[{line},{after}]"), 1),
        ("a.txt", long.clone(), 0),
        ("a.warc", archive, 1),
    ] {
        let case = Case::new().with(name, data);
        let said = case.survives(&["--max-record", "100K"], 0);
        let found = said.articles_and_bad_records();
        assert_eq!(found, (case.good as u64 + articles, 1), "{name}");
        assert_eq!(said.of_type("bad-record")[0]["reason"], "long-record", "{name}");
    }
}

#[test]
fn a_bomb_is_given_up_and_the_rest_is_read() {
    // 300 MB of one letter, in thirty streams behind each other.
    let bomb = gzip(&vec![b'x'; 10 << 20]).repeat(30);
    let said = Case::new().with("bomb.jsonl.gz", &bomb).survives(&[], 2);
    for part in ["bomb.jsonl.gz: the gzip stream grows to more than 1000 times", "--max-ratio"] {
        assert!(said.err.contains(part), "no {part} in {}", said.err);
    }
    let found = Case::new().with("bomb.jsonl.gz", bomb).problems(&["--max-ratio", "5000"], 0);
    assert_eq!(found, [("long-record".to_owned(), 1)]);
}

#[test]
fn more_than_is_allowed_in_all_ends_every_run() {
    let case = Case::new().with("other.jsonl", "{\"id\":1,\"text\":\"a b c\"}\nno record\n");
    let all = (case.good + 2).to_string();
    let less = (case.good + 1).to_string();
    let folder = case.folder.path().to_str().unwrap();
    let out = tempfile::tempdir().unwrap();
    let made = |name: &str| out.path().join(name).to_str().unwrap().to_owned();
    let (clean, index) = (made("clean"), made("index"));
    let commands: [&[&str]; 4] = [
        &["scan", folder],
        &["check", folder],
        &["clean", folder, "-o", &clean],
        &["index", "add", &index, folder],
    ];
    for command in commands {
        for (flag, most, than, ends) in
            [("--max-records", &*less, &*all, "records"), ("--max-files", "1", "2", "files")]
        {
            let said = wirecopy([command, &[flag, most]].concat());
            assert_eq!((said.code, &*said.out), (Some(2), ""), "{command:?} {}", said.err);
            for part in [&*format!("the input has more {ends} than {most}"), "try: ", flag] {
                assert!(said.err.contains(part), "{command:?}: no {part} in {}", said.err);
            }
            assert!(!Path::new(&clean).exists());
            if command[0] == "scan" {
                assert_eq!(wirecopy([command, &[flag, than]].concat()).code, Some(0));
            }
        }
    }
    let stream = fs::read_to_string(case.path("good.jsonl")).unwrap() + "\n";
    let query = ["index", "query", &index, "-", "--add", "--max-records", &less];
    let said = wirecopy_on(stream.as_bytes(), query);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let said = wirecopy_on(stream.repeat(2).as_bytes(), query);
    assert_eq!(said.code, Some(2), "{}", said.err);
    assert!(said.err.contains("--max-records"), "{}", said.err);
}

#[test]
#[cfg(unix)]
fn folders_may_be_as_deep_as_the_system_takes() {
    let case = Case::new();
    let nested = |top: &str, name: &str, levels: usize| {
        let bottom = (1..levels).fold(case.path(top), |path, _| path.join(name));
        fs::create_dir_all(&bottom).unwrap();
        fs::write(bottom.join("deep.txt"), format!("a note of a few words in {top}")).unwrap();
        bottom
    };
    nested("many", "d", 300);
    let long = "d".repeat(200);
    let [first, second] = ["a", "b"].map(|top| nested(top, &long, 9));
    nested("c", &long, 9);
    let said = case.survives(&[], 0);
    assert_eq!(said.articles_and_bad_records().0, case.good as u64 + 4);
    // In each other, the last of them is deeper than a path can tell.
    let second = first.join("b").join(second.strip_prefix(case.path("b")).unwrap());
    fs::rename(case.path("b"), first.join("b")).unwrap();
    fs::rename(case.path("c"), second.join("c")).unwrap();
    let said = case.survives(&[], 2);
    assert_eq!(said.articles_and_bad_records().0, case.good as u64 + 3);
    assert!(said.err.contains("error: cannot open"), "{}", said.err);
}

#[test]
fn a_heading_may_have_any_number_of_columns() {
    let names: String = (0..200_000).map(|number| format!("c{number},")).collect();
    let cells = ",".repeat(200_000);
    let case = Case::new().with(
        "wide.csv",
        format!(
            "{names}text
{cells}a note of a few words
"
        ),
    );
    let said = case.scan(&["--text-field", "text", "--glob", "wide.csv"]);
    assert_eq!(said.articles_and_bad_records(), (1, 0), "{}", said.err);
}

#[test]
fn two_records_of_one_id_are_told_and_stay_two() {
    let note = "the harbor office opens an hour later from monday on since the clerk has moved to the island";
    let record = |id: &str, text: &str| {
        format!(
            "{}
",
            serde_json::json!({"id": id, "text": text})
        )
    };
    let case = Case { folder: tempfile::tempdir().unwrap(), good: 0 };
    let story =
        "nine schools in the valley reopen today with new roofs and a kitchen that they share";
    let case = case
        .with("b.jsonl", [record("x", story), record("y", note)].concat())
        .with("a.jsonl", [record("z", note), record("x", note)].concat());
    let args = |threads: &str| {
        ["scan", "--format", "json", "-j", threads, case.folder.path().to_str().unwrap()]
            .map(str::to_owned)
    };
    let said = wirecopy(args("1"));
    assert_eq!(said.out, wirecopy(args("3")).out);
    let notes = said.of_type("note");
    let place = |note: &Value| {
        (note["file"].as_str().unwrap().ends_with("b.jsonl"), note["line"].as_u64().unwrap())
    };
    assert_eq!(
        (notes.len(), place(&notes[0]), &notes[0]["reason"]),
        (1, (true, 1), &"duplicate-id".into())
    );
    let first = format!("{}:2", case.path("a.jsonl").display());
    assert_eq!(notes[0]["detail"], format!("\"x\" is also the id of {first}"));
    assert!(said.err.contains("1 article has the id of another; --id-field"), "{}", said.err);
    let members = &said.of_type("group")[0]["members"];
    assert_eq!(members.as_array().unwrap().len(), 3, "{members}");
    let text = wirecopy([Path::new("scan"), case.folder.path()]);
    assert!(
        text.out.contains("1 duplicate id: two articles go by it in the output"),
        "{}",
        text.out
    );

    // The copy that goes by the id of another article goes by its place.
    let elsewhere = tempfile::tempdir().unwrap();
    let out = elsewhere.path().join("out");
    let clean = [
        "clean",
        "-o",
        out.to_str().unwrap(),
        case.folder.path().to_str().unwrap(),
        "--keep",
        "first",
        "--force",
    ];
    assert_eq!(wirecopy(clean).code, Some(0));
    let left = |name: &str| fs::read_to_string(out.join(name)).unwrap_or_default();
    assert_eq!(left("a.jsonl"), record("z", note));
    assert_eq!(left("b.jsonl"), record("x", story));
    assert_eq!(left("removed.jsonl"), [record("x", note), record("y", note)].concat());
}

#[test]
fn a_flood_of_bad_records_is_counted_and_not_all_listed() {
    let case = Case::new()
        .with("flood.jsonl", format!("{{\"id\":1,\"text\":\"a b c\"}}\n{}", "x\n".repeat(60_000)));
    let said = case.scan(&[]);
    let lines = said.lines();
    assert_eq!(said.of_type("bad-record").len(), 50_000);
    assert_eq!(lines[lines.len() - 1]["bad_records"], 60_000);
}

#[test]
fn ids_never_become_paths_and_are_shown_on_one_line() {
    let text = "the port office said that the ferry stays in harbor until friday after the storm";
    let record = |id: &str| format!("{}\n", serde_json::json!({"id": id, "text": text}));
    let ids = ["../../owned", "/tmp/owned", "a\nb\u{1b}[31m\0c", "a\r\nb"];
    let case = Case::new().with("ids.jsonl", ids.map(record).concat());
    let out = case.folder.path().join("out");
    let args =
        ["clean", "-o", out.to_str().unwrap(), case.path("ids.jsonl").to_str().unwrap(), "--force"]
            .map(str::to_owned);
    assert_eq!(wirecopy(args).code, Some(0));
    let mut names: Vec<_> =
        fs::read_dir(&out).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    names.sort();
    assert_eq!(names, [".wirecopy-clean", "ids.jsonl", "map.jsonl", "removed.jsonl"]);
    assert!(!case.folder.path().join("owned").exists());
    let shown = wirecopy([Path::new("scan"), &case.path("ids.jsonl")]);
    assert!(!shown.out.contains('\u{1b}') && !shown.out.contains('\0'), "{}", shown.out);
    assert!(shown.out.lines().all(|line| !line.starts_with("b")), "{}", shown.out);
}

#[test]
fn one_word_and_one_bucket_end() {
    let same: String = (0..400)
        .map(|i| format!("{{\"id\":{i},\"text\":\"{}\"}}\n", "spam ".repeat(20 + i % 50)))
        .collect();
    Case::new().with("spam.jsonl", same).survives(&[], 0);
    let long = "a".repeat(3_000_000);
    let said = Case::new()
        .with("long.jsonl", format!("{{\"id\":\"{long}\",\"text\":\"{long} {long}\"}}\n"))
        .survives(&[], 0);
    assert!(said.err.len() < 10_000, "an id of megabytes is not poured out");
    let text = "the port office said that the ferry stays in harbor until friday after the storm";
    let twice =
        format!("{{\"id\":\"{long}\",\"text\":\"{text}\"}}\n{{\"id\":1,\"text\":\"{text}\"}}\n");
    let path = Case::new().with("id.jsonl", twice);
    let shown = wirecopy([Path::new("scan"), &path.path("id.jsonl")]);
    assert_eq!(shown.code, Some(0), "{}", shown.err);
}

#[test]
#[cfg(unix)]
fn pipes_links_and_devices_in_folders_are_passed_over_and_told() {
    use std::os::unix::fs::symlink;
    let case = Case::new().with("note.txt", "a note of a few words").with("table.xyz", "?");
    let inside = |name: &str| case.path(name);
    symlink(".", inside("loop")).unwrap();
    symlink(case.folder.path(), inside("up")).unwrap();
    symlink("/dev/zero", inside("zero.txt")).unwrap();
    symlink("note.txt", inside("again.txt")).unwrap();
    let made = std::process::Command::new("mkfifo").arg(inside("pipe.jsonl")).status();
    let said = case.survives(&[], 0);
    assert_eq!(said.articles_and_bad_records(), (case.good as u64 + 2, 0), "{}", said.err);
    assert!(said.err.contains("passed over") && said.err.contains("table.xyz"), "{}", said.err);
    if made.is_ok_and(|made| made.success()) {
        assert!(said.err.contains("pipe.jsonl"), "{}", said.err);
    }
    symlink("nowhere", inside("gone.txt")).unwrap();
    case.survives(&[], 0);
}

#[test]
fn a_list_of_files_is_read_like_the_files() {
    let case = Case::new().with("other.jsonl", "{\"id\":1,\"text\":\"a b c\"}\n");
    let list = case.path("list");
    fs::write(&list, format!("{}\n\n", case.path("good.jsonl").display())).unwrap();
    let said = wirecopy(["scan", "--format", "json", "--files-from", list.to_str().unwrap()]);
    assert_eq!((said.code, said.articles_and_bad_records().0), (Some(0), case.good as u64));
    let said = case.survives(&["--glob", "!other.jsonl"], 0);
    assert_eq!(said.articles_and_bad_records().0, case.good as u64);
    let said = wirecopy(["scan", "--files-from", case.path("none").to_str().unwrap()]);
    assert_eq!(said.code, Some(2));
}
