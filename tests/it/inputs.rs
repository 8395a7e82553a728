//! Input as it comes: broken, cut off, empty, huge, missing. Nothing is lost without a word, and the code says how it went.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;

use flate2::Compression;
use flate2::write::GzEncoder;
use tempfile::TempDir;

use crate::example;
use crate::program::{Said, command, wirecopy, wirecopy_on};
use crate::shuffle::{Lcg, word};

/// Bytes of the text in the record that is one very long line.
const LONG_TEXT: usize = 50 << 20;

fn folder() -> TempDir {
    tempfile::tempdir().unwrap()
}

fn file(folder: &TempDir, name: &str, data: impl AsRef<[u8]>) -> PathBuf {
    let path = folder.path().join(name);
    fs::write(&path, data).unwrap();
    path
}

/// Records of one outlet that stand in a group of two: what must be found whatever stands around them.
fn good_records() -> Vec<String> {
    example::records_of(&example::folder().join("northwire.jsonl"))
}

fn scan_json(paths: &[&Path]) -> Said {
    let flags = ["scan", "--format", "json"].map(Path::new);
    wirecopy(flags.iter().chain(paths))
}

fn scan_text(paths: &[&Path]) -> Said {
    wirecopy([Path::new("scan")].iter().chain(paths))
}

fn gzip(data: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(data).unwrap();
    encoder.finish().unwrap()
}

/// The groups of a JSON report as lists of ids: what other input around them must not change.
fn groups(said: &Said) -> Vec<Vec<String>> {
    let id = |member: &serde_json::Value| member["id"].as_str().unwrap().to_owned();
    let ids =
        |group: &serde_json::Value| group["members"].as_array().unwrap().iter().map(id).collect();
    said.of_type("group").iter().map(ids).collect()
}

/// Groups of the records that [`good_records`] gives.
fn good_groups() -> Vec<Vec<String>> {
    let said = scan_json(&[&example::folder().join("northwire.jsonl")]);
    assert_eq!((said.code, said.of_type("group").is_empty()), (Some(0), false), "{said:?}");
    groups(&said)
}

#[test]
fn bad_records_are_counted_and_located_and_cost_nothing_else() {
    let bad: [(&[u8], &str); 6] = [
        (b"{\"id\":\"x1\",\"text\":\"an end that", "broken-json"),
        (b"not JSON at all", "broken-json"),
        (b"{\"id\":\"x2\",\"title\":\"no text\"}", "no-text"),
        (b"{\"id\":\"x3\",\"text\":17}", "no-text"),
        (b"{\"id\":\"x4\",\"text\":\"caf\xe9\0\"}", "bad-encoding"),
        (b"{\"id\":\"x5\",\"text\":\" \\n ... \"}", "empty-text"),
    ];
    let good = good_records();
    let mut data = Vec::new();
    let mut expected = Vec::new();
    for (number, record) in good.iter().enumerate() {
        data.extend_from_slice(record.as_bytes());
        data.push(b'\n');
        if let Some((bytes, reason)) = bad.get(number) {
            data.extend_from_slice(bytes);
            data.push(b'\n');
            expected.push((2 * number as u64 + 2, *reason));
        }
    }
    let folder = folder();
    let path = file(&folder, "mixed.jsonl", data);

    let said = scan_json(&[&path]);
    assert_eq!(said.code, Some(0), "bad records alone are no failure: {said:?}");
    assert_eq!(said.articles_and_bad_records(), (good.len() as u64, bad.len() as u64));
    assert_eq!(groups(&said), good_groups());
    let lines = said.of_type("bad-record");
    for (line, (number, reason)) in lines.iter().zip(&expected) {
        assert_eq!(line["file"], path.to_str().unwrap());
        assert_eq!(
            (line["line"].as_u64(), line["reason"].as_str()),
            (Some(*number), Some(*reason))
        );
    }
    assert!(said.err.contains("6 bad records"), "{}", said.err);

    let said = scan_text(&[&path]);
    assert_eq!(said.code, Some(0));
    for (number, reason) in &expected[..4] {
        let place = format!("{}:{number}  {reason}", path.display());
        assert!(said.out.contains(&place), "no {place} in {}", said.out);
    }
}

/// 50 MB in a line, between two copies, and a third article that is cut from its middle.
#[test]
fn a_line_of_fifty_megabytes_is_one_article_like_any_other() {
    let folder = folder();
    let path = folder.path().join("long.jsonl");
    let vocabulary: Vec<String> = (0..50_000).map(word).collect();
    let mut random = Lcg(7);
    let mut text = String::with_capacity(LONG_TEXT + 8);
    while text.len() < LONG_TEXT {
        text.push_str(&vocabulary[random.below(vocabulary.len())]);
        text.push(' ');
    }
    let cut = &text[LONG_TEXT / 14 * 7..][..7 * 300];
    let good = good_records();
    let mut out = File::create(&path).unwrap();
    writeln!(out, "{}", good.join("\n")).unwrap();
    writeln!(out, "{{\"id\":\"long\",\"text\":\"{text}\"}}\n{{\"id\":\"cut\",\"text\":\"{cut}\"}}")
        .unwrap();
    drop(out);

    let said = scan_json(&[&path]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    assert_eq!(said.articles_and_bad_records(), (good.len() as u64 + 2, 0));
    let mut groups = groups(&said);
    let of_long = groups.iter().position(|ids| ids.contains(&"long".to_owned()));
    let mut ids = groups.remove(of_long.expect("the cut is a copy"));
    ids.sort();
    assert_eq!(ids, ["cut", "long"]);
    assert_eq!(groups, good_groups());
}

#[test]
fn a_file_without_any_text_is_a_failure_that_says_what_was_seen() {
    let folder = folder();
    let odd =
        file(&folder, "odd.jsonl", "{\"id\":1,\"story\":\"of\"}\n{\"id\":2,\"story\":\"old\"}\n");
    let good = file(&folder, "good.jsonl", good_records().join("\n"));
    let said = scan_json(&[&odd, &good]);
    assert_eq!(said.code, Some(2));
    assert_eq!(groups(&said), good_groups(), "the report comes all the same");
    for part in ["odd.jsonl", "story", "--text-field"] {
        assert!(said.err.contains(part), "no {part} in {}", said.err);
    }
    assert_eq!(scan_json(&[&odd]).code, Some(2));
    let named = wirecopy(["scan", "--text-field", "story", odd.to_str().unwrap()]);
    assert_eq!(named.code, Some(0), "{named:?}");
}

#[test]
fn one_record_without_text_is_no_failure() {
    let folder = folder();
    let data = format!("{}\n{{\"id\":\"odd\"}}\n", good_records().join("\n"));
    let said = scan_json(&[&file(&folder, "a.jsonl", data)]);
    assert_eq!(said.code, Some(0));
    assert_eq!(said.articles_and_bad_records(), (good_records().len() as u64, 1));
}

#[test]
fn an_empty_file_is_said_and_no_failure_among_others() {
    let folder = folder();
    let empty = file(&folder, "empty.jsonl", "");
    let good = file(&folder, "good.jsonl", good_records().join("\n"));
    let said = scan_json(&[&empty, &good]);
    assert_eq!((said.code, groups(&said)), (Some(0), good_groups()));
    assert!(said.err.contains("empty.jsonl: empty"), "{}", said.err);

    let said = scan_json(&[&empty]);
    assert_eq!((said.code, said.articles_and_bad_records()), (Some(2), (0, 0)));
    assert!(said.err.contains("nothing readable in"), "{}", said.err);
}

#[test]
fn a_cut_off_stream_gives_the_records_it_has_and_fails() {
    // Long enough for a decoder to give some of it before it meets the end.
    let mut random = Lcg(1);
    let mut record = |id: usize| {
        let text: Vec<String> = (0..60).map(|_| word(random.below(300_000))).collect();
        format!("{{\"id\":{id},\"text\":\"{}\"}}\n", text.join(" "))
    };
    let all: String = (0..2000).map(&mut record).collect();
    let folder = folder();
    for (name, packed) in [
        ("cut.jsonl.gz", gzip(all.as_bytes())),
        ("cut.jsonl.zst", zstd::encode_all(all.as_bytes(), 1).unwrap()),
    ] {
        let whole = scan_json(&[&file(&folder, &format!("whole-{name}"), &packed)]);
        assert_eq!((whole.code, whole.articles_and_bad_records()), (Some(0), (2000, 0)), "{name}");

        let path = file(&folder, name, &packed[..packed.len() - packed.len() / 8]);
        let said = scan_json(&[&path]);
        let (articles, bad) = said.articles_and_bad_records();
        assert_eq!((said.code, bad), (Some(2), 0), "{name}: {}", said.err);
        assert!(articles > 1000, "{name}: {articles}");
        let whole_lines = readable_lines(&path);
        assert_eq!(articles, whole_lines, "{name}: every line that is whole is read");
        let told = format!("{name}: the ");
        assert!(said.err.contains(&told) && said.err.contains("ends too early"), "{}", said.err);
        assert!(said.err.contains(&format!("up to line {articles}")), "{}", said.err);
    }
}

/// The lines of a packed file that are whole, by a decoder that reads a byte at a time.
fn readable_lines(path: &Path) -> u64 {
    let file = BufReader::new(File::open(path).unwrap());
    let mut stream: Box<dyn BufRead> = if path.extension().unwrap() == "gz" {
        Box::new(BufReader::with_capacity(1, flate2::bufread::MultiGzDecoder::new(file)))
    } else {
        Box::new(BufReader::with_capacity(
            1,
            zstd::stream::read::Decoder::with_buffer(file).unwrap(),
        ))
    };
    let mut lines = 0;
    let mut line = Vec::new();
    while matches!(stream.read_until(b'\n', &mut line), Ok(1..)) && line.ends_with(b"\n") {
        line.clear();
        lines += 1;
    }
    lines
}

#[test]
fn bytes_that_are_no_text_are_bad_records() {
    let folder = folder();
    let good = file(&folder, "good.jsonl", good_records().join("\n"));
    for (name, data, reason) in [
        ("binary.txt", &b"\x00\xe9\xff\x00 et des mots"[..], "bad-encoding"),
        ("utf32.jsonl", b"\xff\xfe\0\0{\0\0\0", "bad-encoding"),
        ("zeros.jsonl", b"\0\0\0\0", "broken-json"),
    ] {
        let path = file(&folder, name, data);
        let said = scan_json(&[&path, &good]);
        assert_eq!((said.code, groups(&said)), (Some(0), good_groups()), "{name}");
        let lines = said.of_type("bad-record");
        assert_eq!(lines.len(), 1, "{name}");
        assert_eq!((lines[0]["line"].as_u64(), &lines[0]["reason"]), (Some(1), &reason.into()));
        assert_eq!(scan_json(&[&path]).code, Some(2), "{name} alone is nothing readable");
    }
}

#[test]
fn a_path_that_is_not_there_fails_after_the_report() {
    let folder = folder();
    let good = file(&folder, "good.jsonl", good_records().join("\n"));
    let missing = folder.path().join("missing.jsonl");
    let said = scan_json(&[&missing, &good]);
    assert_eq!((said.code, groups(&said)), (Some(2), good_groups()));
    assert!(said.err.contains(missing.to_str().unwrap()), "{}", said.err);
    assert_eq!(scan_json(&[&missing]).code, Some(2));
}

#[test]
fn a_folder_with_nothing_readable_is_a_failure() {
    let folder = folder();
    file(&folder, "picture.png", b"\x89PNG\r\n\x1a\n");
    let said = scan_json(&[folder.path()]);
    assert_eq!((said.code, said.articles_and_bad_records()), (Some(2), (0, 0)));
    assert!(said.err.contains("nothing readable in"), "{}", said.err);
}

#[test]
fn standard_input_is_read_like_a_file() {
    let lines = good_records();
    let data = format!("{}\nbroken\n", lines.join("\n"));
    let args = ["scan", "--format", "json", "-"];
    for bytes in [
        data.clone().into_bytes(),
        gzip(data.as_bytes()),
        zstd::encode_all(data.as_bytes(), 1).unwrap(),
    ] {
        let said = wirecopy_on(&bytes, args);
        assert_eq!((said.code, groups(&said)), (Some(0), good_groups()), "{}", said.err);
        assert_eq!(said.articles_and_bad_records(), (lines.len() as u64, 1));
        let bad = &said.of_type("bad-record")[0];
        assert_eq!(
            (&bad["file"], bad["line"].as_u64()),
            (&"-".into(), Some(lines.len() as u64 + 1))
        );
    }
    let nothing = wirecopy_on(b"", args);
    assert_eq!((nothing.code, nothing.articles_and_bad_records().0), (Some(2), 0));
}

#[test]
fn plain_files_are_named_by_their_file_names() {
    let folder = folder();
    let texts = good_records().into_iter().map(|record| {
        let record: serde_json::Value = serde_json::from_str(&record).unwrap();
        [record["id"].as_str().unwrap(), record["text"].as_str().unwrap()].map(str::to_owned)
    });
    for [id, text] in texts {
        file(&folder, &format!("{id}.txt"), text);
    }
    let said = scan_json(&[folder.path()]);
    let sorted = |groups: Vec<Vec<String>>| {
        let sorted = |mut ids: Vec<String>| {
            ids.sort();
            ids
        };
        groups.into_iter().map(sorted).collect::<Vec<_>>()
    };
    // Without dates another article is kept; the groups are the same.
    assert_eq!((said.code, sorted(groups(&said))), (Some(0), sorted(good_groups())));
}

#[test]
fn inputs_stay_as_they_are() {
    let folder = folder();
    let data = good_records().join("\n");
    let path = file(&folder, "a.jsonl", &data);
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    let refused = wirecopy(["scan", "-o", path.to_str().unwrap(), path.to_str().unwrap()]);
    assert_eq!(refused.code, Some(2), "{refused:?}");
    assert!(refused.err.contains("one of the inputs"), "{}", refused.err);
    assert_eq!(scan_text(&[folder.path()]).code, Some(0));
    assert_eq!(fs::read_to_string(&path).unwrap(), data);
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let mut child = command()
        .args(["scan", "--format", "json", "--pairs"])
        .arg(example::folder())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(0), "{err}");
    assert!(!err.contains("panicked") && !err.contains("error"), "{err}");
}

#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_is_a_failure() {
    let full = || Stdio::from(File::options().write(true).open("/dev/full").unwrap());
    let output = command().arg("scan").arg(example::folder()).stdout(full()).output().unwrap();
    let err = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(2), "{err}");
    assert!(err.contains("cannot write standard output") && !err.contains("panicked"), "{err}");
    // With nowhere to say anything, the code still does.
    let silent = command().arg("scan").arg("missing").stdout(full()).stderr(full()).status();
    assert_eq!(silent.unwrap().code(), Some(2));
}
