//! The clean dump as strangers see it: nothing is lost, and what is kept is what was there.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;
use tempfile::TempDir;

use crate::example;
use crate::program::{Said, command, said, wirecopy, wirecopy_on};
use crate::shuffle::shuffled;

/// Every file below a folder, hidden ones too, with its bytes.
pub(crate) type Tree = BTreeMap<String, Vec<u8>>;

pub(crate) fn tree(folder: &Path) -> Tree {
    let files = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    files
        .filter(|file| file.file_type().is_file())
        .map(|file| {
            let name = file.path().strip_prefix(folder).unwrap().to_str().unwrap().to_owned();
            (name, fs::read(file.path()).unwrap())
        })
        .collect()
}

fn pack(name: &str, bytes: &[u8]) -> Vec<u8> {
    match Path::new(name).extension().and_then(|ending| ending.to_str()) {
        Some("gz") => {
            let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
            encoder.write_all(bytes).unwrap();
            encoder.finish().unwrap()
        }
        Some("zst") => zstd::encode_all(bytes, 9).unwrap(),
        _ => bytes.to_vec(),
    }
}

/// The first bytes, not the name, tell what is packed: a file that was not packed any more would go unnoticed.
fn unpack(name: &str, bytes: &[u8]) -> String {
    let mut text = String::new();
    match Path::new(name).extension().and_then(|ending| ending.to_str()) {
        Some("gz") => {
            flate2::read::GzDecoder::new(bytes).read_to_string(&mut text).unwrap();
        }
        Some("zst") => text = String::from_utf8(zstd::decode_all(bytes).unwrap()).unwrap(),
        _ => text = String::from_utf8(bytes.to_vec()).unwrap(),
    }
    text
}

/// A record of a file, or what stands in its place.
struct Piece {
    text: String,
    /// Line on which it starts, if it can be read.
    line: Option<u64>,
}

/// A dump of the example corpus in every format, with broken records in between.
pub(crate) struct Dump {
    pub(crate) root: TempDir,
    /// Name and pieces of every file; what stands around and between pieces.
    files: Vec<(&'static str, Vec<Piece>, [&'static str; 3])>,
}

impl Dump {
    pub(crate) fn new() -> Dump {
        let mut records = shuffled(example::records(), 3).into_iter();
        let mut some = |count: usize| -> Vec<String> { records.by_ref().take(count).collect() };
        let lines = |records: Vec<String>, ends: &[&str]| -> Vec<Piece> {
            let mut pieces = Vec::new();
            let mut line = 1;
            for (record, end) in records.into_iter().zip(ends.iter().cycle()) {
                let text = record + end;
                let breaks = text.matches('\n').count() as u64;
                pieces.push(Piece { text, line: Some(line) });
                line += breaks;
            }
            pieces
        };
        let array = |records: Vec<String>, pretty: bool, between: &str| -> Vec<Piece> {
            let mut line = 2;
            let mut pieces = Vec::new();
            for record in records {
                let value: Value = serde_json::from_str(&record).unwrap();
                let text =
                    if pretty { serde_json::to_string_pretty(&value).unwrap() } else { record };
                let breaks = (text.matches('\n').count() + between.matches('\n').count()) as u64;
                pieces.push(Piece { text, line: Some(line) });
                line += breaks;
            }
            pieces
        };
        let mut odd = lines(some(9), &["\n", "\r\n", "\n\n"]);
        let last = odd.last_mut().unwrap();
        last.text = last.text.trim_end().to_owned();
        let bad = Piece { text: "{\"id\":\"cut off\n".to_owned(), line: None };
        // Behind the third record, of which the line end is followed by a blank line: lines 1 to 4 are taken.
        odd.insert(3, bad);
        odd.iter_mut().skip(4).for_each(|piece| piece.line = piece.line.map(|line| line + 1));
        let files = vec![
            ("a/compact.json", array(some(9), false, ",\n"), ["[\n", ",\n", "\n]\n"]),
            ("a/odd.jsonl", odd, ["", "", ""]),
            ("a/pretty.json.zst", array(some(9), true, "\n,\n"), ["[\n", "\n,\n", "\n]"]),
            ("b/c/lines.ndjson.gz", lines(some(16), &["\n"]), ["", "", ""]),
            ("lines.jsonl.zst", lines(some(16), &["\n"]), ["\u{feff}", "", ""]),
        ];
        let mut dump = Dump { root: tempfile::tempdir().unwrap(), files };
        for (number, record) in some(99).into_iter().enumerate() {
            let record: Value = serde_json::from_str(&record).unwrap();
            let name: &'static str = ["t/%.txt", "t/%.md"][number % 2];
            let name = name.replace('%', record["id"].as_str().unwrap());
            let text = record["text"].as_str().unwrap().to_owned() + "\r\n";
            let path = dump.input().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        for (name, pieces, around) in &dump.files {
            let path = dump.input().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, pack(name, print(pieces.iter(), around).as_bytes())).unwrap();
        }
        fs::write(dump.input().join("picture.png"), b"\x89PNG").unwrap();
        dump.files.sort_by_key(|(name, ..)| *name);
        dump
    }

    pub(crate) fn input(&self) -> PathBuf {
        self.root.path().join("in")
    }

    pub(crate) fn out(&self) -> PathBuf {
        self.root.path().join("out")
    }

    pub(crate) fn clean(&self, flags: &[&str]) -> Said {
        let mut command = command();
        command.arg("clean").arg(self.input()).arg("-o").arg(self.out()).args(flags);
        said(&mut command)
    }
}

fn print<'a>(pieces: impl Iterator<Item = &'a Piece>, around: &[&str; 3]) -> String {
    let inside: Vec<&str> = pieces.map(|piece| piece.text.as_str()).collect();
    format!("{}{}{}", around[0], inside.join(around[1]), around[2])
}

/// The records of a list of lines.
fn json_lines(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn kept_and_removed_are_all_there_was_byte_for_byte() {
    let dump = Dump::new();
    let before = tree(&dump.input());
    let said = dump.clean(&[]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("1 bad record stays as it is"), "{}", said.out);
    assert!(said.err.contains("1 file of unknown kind not copied: ") && said.err.contains(".png"));
    assert_eq!(tree(&dump.input()), before, "inputs are never changed");

    let out = tree(&dump.out());
    let map = json_lines(&out["map.jsonl"]);
    assert!(map.len() > 20, "{}", map.len());
    let mut gone: BTreeSet<(String, u64)> = BTreeSet::new();
    for line in &map {
        let file = Path::new(line["file"].as_str().unwrap()).strip_prefix(dump.input()).unwrap();
        let place = (file.to_str().unwrap().to_owned(), line["line"].as_u64().unwrap());
        assert!(gone.insert(place), "once: {line}");
        assert!(line["reason"].as_str().unwrap().starts_with("copy ("), "{line}");
    }
    let mut removed = String::new();
    let mut left: BTreeSet<&str> = out.keys().map(String::as_str).collect();
    for (name, pieces, around) in &dump.files {
        let is_gone = |piece: &&Piece| {
            piece.line.is_some_and(|line| gone.contains(&((*name).to_owned(), line)))
        };
        let kept = print(pieces.iter().filter(|piece| !is_gone(piece)), around);
        let lost: Vec<&Piece> = pieces.iter().filter(is_gone).collect();
        assert!(!lost.is_empty() && lost.len() < pieces.len(), "{name}");
        let written = unpack(name, &out[*name]);
        // Of a line only its end goes with it, and not the blank line behind.
        let exact = |text: &str| text.replace("\n\n", "\n");
        assert_eq!(exact(&written), exact(&kept), "{name}");
        if name.contains(".json") && !name.contains(".jsonl") {
            serde_json::from_str::<Vec<Value>>(&written).unwrap();
            lost.iter().for_each(|piece| removed += &(piece.text.replace('\n', " ") + "\n"));
        } else {
            lost.iter().for_each(|piece| {
                removed += &(piece.text.trim_end_matches('\n').to_owned() + "\n")
            });
        }
        left.remove(name);
    }
    for (name, bytes) in before.iter().filter(|(name, _)| name.starts_with("t/")) {
        if gone.contains(&(name.clone(), 1)) {
            assert!(!out.contains_key(name), "{name}");
            removed += "text\n";
        } else {
            assert_eq!(&out[name], bytes);
            left.remove(name.as_str());
        }
    }
    assert_eq!(
        left.into_iter().collect::<Vec<_>>(),
        [".wirecopy-clean", "map.jsonl", "removed.jsonl"]
    );
    let lines = String::from_utf8(out["removed.jsonl"].clone()).unwrap();
    assert_eq!(lines.lines().count(), map.len());
    for ((line, expected), about) in lines.split('\n').zip(removed.split('\n')).zip(&map) {
        let record: Value = serde_json::from_str(line).unwrap();
        assert_eq!(record["id"], about["id"], "both lists have one order");
        if expected == "text" {
            let file = Path::new(about["file"].as_str().unwrap());
            let whole = fs::read_to_string(file).unwrap();
            // What ends a Markdown file is no part of its article.
            let is_markdown = file.extension().is_some_and(|ending| ending == "md");
            let expected = if is_markdown { whole.trim_end() } else { &*whole };
            assert_eq!(record["text"].as_str().unwrap(), expected);
        } else {
            assert_eq!(line, expected);
        }
    }
}

#[test]
fn files_that_lose_nothing_are_copied_as_they_are() {
    let root = tempfile::tempdir().unwrap();
    let input = root.path().join("in");
    fs::create_dir(&input).unwrap();
    let languages = ["arabic", "chinese", "french", "german", "russian"];
    let first = |language| {
        example::records_of(&example::folder().join(format!("{language}.jsonl"))).swap_remove(0)
    };
    let records = languages.map(first);
    let copy = |record: &String| {
        let mut record: Value = serde_json::from_str(record).unwrap();
        record["id"] = format!("{}, again", record["id"]).into();
        record.to_string()
    };
    let copies: Vec<String> = records.iter().map(copy).collect();
    let kept = pack("a.gz", (records.join("\n") + "\n\n").as_bytes());
    fs::write(input.join("a.jsonl.gz"), &kept).unwrap();
    fs::write(input.join("b.jsonl"), copies.join("\n")).unwrap();
    fs::write(input.join("empty.json"), "").unwrap();
    let out = root.path().join("out");
    let said = wirecopy([
        "clean",
        "--keep",
        "first",
        "-o",
        out.to_str().unwrap(),
        input.to_str().unwrap(),
    ]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let out = tree(&out);
    assert!(out["a.jsonl.gz"] == kept && out["empty.json"].is_empty());
    assert_eq!(String::from_utf8_lossy(&out["b.jsonl"]), "");
    assert_eq!(String::from_utf8_lossy(&out["removed.jsonl"]), copies.join("\n") + "\n");
}

#[test]
fn a_clean_dump_is_clean_and_can_be_cleaned_again() {
    let dump = Dump::new();
    assert_eq!(dump.clean(&["--threads", "1"]).code, Some(0));
    let first = tree(&dump.out());
    assert_eq!(dump.clean(&["--threads", "3"]).code, Some(0));
    assert_eq!(tree(&dump.out()), first, "the same bytes for any number of threads");
    let again = dump.root.path().join("again");
    let said = wirecopy(["clean", "-o", again.to_str().unwrap(), dump.out().to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.out.contains("removed 0 (0.0 %)"), "{}", said.out);
    let mut second = tree(&again);
    assert_eq!(second.insert("map.jsonl".to_owned(), first["map.jsonl"].clone()).unwrap(), b"");
    assert_eq!(
        second.insert("removed.jsonl".to_owned(), first["removed.jsonl"].clone()).unwrap(),
        b""
    );
    assert_eq!(second, first);
}

#[test]
fn marks_can_be_taken_away_again() {
    let dump = Dump::new();
    let said = dump.clean(&["--mark"]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(said.err.contains("without fields to mark"), "{}", said.err);
    let (before, out) = (tree(&dump.input()), tree(&dump.out()));
    assert!(!out.contains_key("removed.jsonl"));
    let copies = json_lines(&out["map.jsonl"]);
    let (mut kept, mut marked) = (0, 0);
    for (name, bytes) in before.iter().filter(|(name, _)| name.as_str() != "picture.png") {
        let mut text = unpack(name, &out[name]);
        while let Some(start) = text.find(",\"wirecopy_group\":") {
            let end = start + text[start..].find(['}', '\n']).unwrap();
            let fields: Value =
                serde_json::from_str(&format!("{{{}}}", &text[start + 1..end])).unwrap();
            if fields["wirecopy_role"] == "copy" {
                marked += 1;
                let known = copies.iter().any(|copy| {
                    copy["kept"] == fields["wirecopy_of"]
                        && copy["group"] == fields["wirecopy_group"]
                });
                assert!(known, "{fields}");
            } else {
                kept += 1;
                assert_eq!(fields["wirecopy_role"], "kept");
            }
            text.replace_range(start..end, "");
        }
        assert_eq!(text, unpack(name, bytes), "{name}");
    }
    let in_texts =
        copies.iter().filter(|copy| copy["file"].as_str().unwrap().contains("/t/")).count();
    assert_eq!(marked, copies.len() - in_texts);
    assert!(kept > 10, "{kept}");

    let twice = dump.root.path().join("twice");
    let said =
        wirecopy(["clean", "--mark", "-o", twice.to_str().unwrap(), dump.out().to_str().unwrap()]);
    assert_eq!((said.code, twice.exists()), (Some(2), false));
    assert!(said.err.contains("fields from an earlier --mark"), "{}", said.err);
}

#[test]
fn a_dry_run_writes_nothing() {
    let dump = Dump::new();
    for flags in [&["--dry-run"][..], &["--dry-run", "--mark"], &["--dry-run", "--format", "json"]]
    {
        let said = dump.clean(flags);
        assert_eq!(said.code, Some(0), "{said:?}");
        assert_eq!(fs::read_dir(dump.root.path()).unwrap().count(), 1);
    }
    let said = dump.clean(&["--dry-run", "--format", "json"]);
    let end = &said.of_type("end")[0];
    assert_eq!(said.of_type("removal").len() as u64, end["removed"].as_u64().unwrap());
    assert_eq!(end["outcome"], "dry-run");
    assert_eq!(dump.clean(&["--format", "json"]).of_type("end")[0]["outcome"], "written");
    let map = json_lines(&fs::read(dump.out().join("map.jsonl")).unwrap());
    let sorted = |lines: Vec<Value>| {
        let lines = lines.into_iter().map(|mut line| {
            line.as_object_mut().unwrap().remove("type");
            line.to_string()
        });
        lines.collect::<BTreeSet<_>>()
    };
    assert_eq!(sorted(said.of_type("removal")), sorted(map), "what it tells is what is done");
}

#[test]
fn the_guard_stands_before_a_source_that_would_vanish() {
    let root = tempfile::tempdir().unwrap();
    let input = root.path().join("in.jsonl");
    let text = example::records_of(&example::folder().join("northwire.jsonl"));
    let text: Value = serde_json::from_str(&text[0]).unwrap();
    let record = |id: usize, source: &str| {
        format!("{{\"id\":\"{source}-{id}\",\"source\":\"{source}\",\"text\":{}}}\n", text["text"])
    };
    let ours: String = (0..1).map(|id| record(id, "ours")).collect();
    let out = root.path().join("out");
    let clean = |flags: &[&str]| {
        let mut command = command();
        said(command.arg("clean").arg(&input).arg("-o").arg(&out).args(flags))
    };
    let keep = ["--keep", "prefer:ours"];
    fs::write(&input, ours.clone() + &(0..20).map(|id| record(id, "theirs")).collect::<String>())
        .unwrap();
    for flags in [&keep[..], &["--keep", "prefer:ours", "--format", "json"]] {
        let said = clean(flags);
        assert_eq!((said.code, out.exists()), (Some(1), false), "{said:?}");
        assert!(said.err.contains("theirs would lose 20 of 20 articles"), "{}", said.err);
        assert!(said.err.contains("--force"), "{}", said.err);
    }
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 1);
    assert_eq!(clean(&["--keep", "prefer:ours", "--mark"]).code, Some(0), "marking loses nothing");
    assert_eq!(clean(&["--keep", "prefer:ours", "--force"]).code, Some(0));
    assert_eq!(fs::read_to_string(out.join("in.jsonl")).unwrap(), ours);

    fs::write(&input, ours + &(0..19).map(|id| record(id, "theirs")).collect::<String>()).unwrap();
    assert_eq!(clean(&keep).code, Some(0), "a small source");
    let said = clean(&["--keep", "prefer:ours", "--across-sources-only"]);
    assert!(said.out.contains("removed 19 "), "{}", said.out);
    let said = clean(&["--keep", "prefer:theirs", "--across-sources-only"]);
    assert!(said.out.contains("removed 1 ") && said.out.contains("18 copies stay"), "{}", said.out);
}

#[test]
fn no_name_comes_from_what_a_record_holds() {
    let root = tempfile::tempdir().unwrap();
    let input = root.path().join("in");
    fs::create_dir(&input).unwrap();
    let record = &example::records_of(&example::folder().join("northwire.jsonl"))[0];
    let mut record: Value = serde_json::from_str(record).unwrap();
    let mut text = String::new();
    for id in ["../../evil", "/tmp/evil", "..\\evil", "a\u{0}b"] {
        record["id"] = id.into();
        record["source"] = format!("../{id}").into();
        text += &(record.to_string() + "\n");
    }
    fs::write(input.join("a.jsonl"), text).unwrap();
    let out = root.path().join("out");
    let said = wirecopy(["clean", "-o", out.to_str().unwrap(), input.to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let names: Vec<String> = tree(root.path()).into_keys().collect();
    let expected =
        ["in/a.jsonl", "out/.wirecopy-clean", "out/a.jsonl", "out/map.jsonl", "out/removed.jsonl"];
    assert_eq!(names, expected);
    assert_eq!(json_lines(&fs::read(out.join("map.jsonl")).unwrap()).len(), 3);
}

#[test]
fn what_cannot_be_read_to_its_end_keeps_everything_from_being_written() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("out");
    let good = root.path().join("good.jsonl");
    let lines = example::records().join("\n");
    fs::write(&good, &lines).unwrap();
    let cut = root.path().join("cut.jsonl.gz");
    let packed = pack("x.gz", lines.as_bytes());
    fs::write(&cut, &packed[..packed.len() / 2]).unwrap();
    let missing = root.path().join("missing.jsonl");
    for bad in [&cut, &missing] {
        let said = wirecopy([Path::new("clean"), &good, bad, Path::new("-o"), &out]);
        assert_eq!((said.code, out.exists()), (Some(2), false), "{said:?}");
        assert!(said.err.contains(bad.to_str().unwrap()), "{}", said.err);
    }
    let said = wirecopy_on(lines.as_bytes(), ["clean", "-", "-o", out.to_str().unwrap()]);
    assert_eq!((said.code, out.exists()), (Some(2), false), "{said:?}");
    assert!(said.err.contains("standard input can be read only once"), "{}", said.err);
    assert_eq!(fs::read_dir(root.path()).unwrap().count(), 2);
}
