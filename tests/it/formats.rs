//! The example corpus in every format of rows: the same groups, ids and numbers as from JSON Lines, and clean dumps that
//! keep the format.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::example;
use crate::program::{Said, wirecopy, wirecopy_on};

/// Records of one file of the example corpus.
pub(crate) fn records_of(file: &Path) -> Vec<Map<String, Value>> {
    let object = |line: &String| match serde_json::from_str(line).unwrap() {
        Value::Object(object) => object,
        other => panic!("{other} is no object"),
    };
    example::records_of(file).iter().map(object).collect()
}

/// The example corpus with every file written anew: name of the file without its ending, and its records.
pub(crate) fn rewritten(ending: &str, write: impl Fn(&[Map<String, Value>]) -> Vec<u8>) -> TempDir {
    let root = tempfile::tempdir().unwrap();
    let folder = root.path().join("mini");
    fs::create_dir(&folder).unwrap();
    for file in fs::read_dir(example::folder()).unwrap() {
        let file = file.unwrap().path();
        let name = file.file_stem().unwrap().to_str().unwrap();
        fs::write(folder.join(format!("{name}.{ending}")), write(&records_of(&file))).unwrap();
    }
    root
}

/// A JSON report without what differs by format: the places of records, and the names of fields.
fn without_places(said: &Said) -> Vec<Value> {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(object) => {
                object.remove("file");
                object.remove("line");
                object.remove("fields");
                object.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    let mut lines = said.lines();
    lines.iter_mut().for_each(strip);
    lines
}

fn scan(folder: &Path) -> Said {
    let flags = ["scan", "--format", "json", "--pairs"].map(Path::new);
    wirecopy(flags.into_iter().chain([folder]))
}

/// The report of a scan of the example corpus, in whatever format it is.
pub(crate) fn report(folder: &Path) -> Vec<Value> {
    let said = scan(folder);
    assert_eq!(said.code, Some(0), "{said:?}");
    without_places(&said)
}

/// Holds if the corpus is found to be the same.
pub(crate) fn is_the_example(name: &str, root: &TempDir) {
    let found = report(&root.path().join("mini"));
    let expected = report(&example::folder());
    assert!(found.len() > 10);
    for (found, expected) in found.iter().zip(&expected) {
        assert_eq!(found, expected, "{name}");
    }
    assert_eq!(found.len(), expected.len(), "{name}");
}

/// Text of a field, empty if there is none.
fn text<'a>(record: &'a Map<String, Value>, field: &str) -> &'a str {
    record.get(field).and_then(Value::as_str).unwrap_or_default()
}

const FIELDS: [&str; 6] = ["id", "title", "text", "date", "source", "url"];

fn table(delimiter: u8, ends: csv::Terminator, records: &[Map<String, Value>]) -> Vec<u8> {
    let mut table =
        csv::WriterBuilder::new().delimiter(delimiter).terminator(ends).from_writer(Vec::new());
    table.write_record(FIELDS).unwrap();
    for record in records {
        table.write_record(FIELDS.map(|field| text(record, field))).unwrap();
    }
    table.into_inner().unwrap()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, bytes).unwrap();
    encoder.finish().unwrap()
}

const CRLF: csv::Terminator = csv::Terminator::CRLF;
const LF: csv::Terminator = csv::Terminator::Any(b'\n');

#[test]
fn the_corpus_is_the_same_in_every_format_of_rows() {
    let mark = |bytes: Vec<u8>| [&b"\xef\xbb\xbf"[..], &bytes].concat();
    for (ending, delimiter, ends) in [
        ("csv", b',', LF),
        ("csv", b';', CRLF),
        ("tsv", b'\t', LF),
        ("csv", b'|', csv::Terminator::Any(b'\r')),
    ] {
        let root = rewritten(ending, |records| mark(table(delimiter, ends, records)));
        is_the_example(&format!("{ending} {}", char::from(delimiter)), &root);
    }
    is_the_example("csv.gz", &rewritten("csv.gz", |records| gzip(&table(b',', CRLF, records))));
    let zst = |records: &[Map<String, Value>]| {
        zstd::encode_all(&table(b';', LF, records)[..], 1).unwrap()
    };
    is_the_example("csv.zst", &rewritten("csv.zst", zst));
    is_the_example("json", &rewritten("json", |records| serde_json::to_vec(records).unwrap()));
    let pretty = |records: &[Map<String, Value>]| serde_json::to_vec_pretty(records).unwrap();
    is_the_example("pretty", &rewritten("json", pretty));
    let answer = |records: &[Map<String, Value>]| {
        serde_json::to_vec_pretty(&json!({"status": "ok", "articles": records, "total": 3}))
            .unwrap()
    };
    is_the_example("answer", &rewritten("json", answer));
}

#[test]
fn a_table_may_come_from_a_pipe() {
    let records = records_of(&example::folder().join("northwire.jsonl"));
    let lines = fs::read(example::folder().join("northwire.jsonl")).unwrap();
    let flags = ["scan", "--format", "json", "-"];
    let expected = without_places(&wirecopy_on(&lines, flags));
    for bytes in [table(b'\t', LF, &records), gzip(&table(b',', CRLF, &records))] {
        assert_eq!(without_places(&wirecopy_on(&bytes, flags)), expected);
    }
}

#[test]
fn rows_that_do_not_fit_are_located() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a.csv");
    let rows = "id,text\n1,One.\n2,\"Two\nlines.\",more\n3\n4,Four.\n,\"\"\n\n5,\"Five";
    fs::write(&path, rows).unwrap();
    let said = scan(&path);
    assert_eq!(said.code, Some(2), "the last mark never closes");
    assert!(said.err.contains("a.csv: a quotation mark is never closed"), "{said:?}");
    let bad: Vec<_> = said
        .of_type("bad-record")
        .iter()
        .map(|bad| (bad["line"].clone(), bad["reason"].clone()))
        .collect();
    let row = |line: u64| (json!(line), json!("broken-row"));
    assert_eq!(bad, [row(3), row(5), (json!(7), json!("empty-text")), row(9)], "{said:?}");
    assert_eq!(said.articles_and_bad_records(), (2, 4));
}

#[test]
fn a_table_without_a_heading_is_told() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a.csv");
    fs::write(&path, "17,The ferry is late.\n18,The ferry is on time.\n").unwrap();
    let said = scan(&path);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("its first line was taken for the heading"), "{said:?}");
    assert!(said.err.contains("(echo 'name1,name2'; cat "), "{said:?}");
}

/// The clean dump of a folder, and the report about it.
pub(crate) fn clean(root: &TempDir, flags: &[&str]) -> (std::path::PathBuf, Said) {
    let out = root.path().join("out");
    let _ = fs::remove_dir_all(&out);
    let mut command = crate::program::command();
    command.arg("clean").arg(root.path().join("mini")).arg("-o").arg(&out).args(flags);
    let said = crate::program::said(&mut command);
    assert_eq!(said.code, Some(0), "{said:?}");
    (out, said)
}

/// Ids of the records that `clean` takes out of the example corpus.
pub(crate) fn removed_ids() -> BTreeSet<String> {
    let root = rewritten("jsonl", |records| {
        let line = |record: &Map<String, Value>| serde_json::to_string(record).unwrap() + "\n";
        records.iter().map(line).collect::<String>().into_bytes()
    });
    ids(&fs::read_to_string(clean(&root, &[]).0.join("removed.jsonl")).unwrap())
}

/// The ids in JSON Lines.
pub(crate) fn ids(lines: &str) -> BTreeSet<String> {
    let id = |line: &str| {
        let record: Value = serde_json::from_str(line).unwrap();
        record["id"].as_str().unwrap().to_owned()
    };
    lines.lines().map(id).collect()
}

/// Where the file stands in the clean dump, and its name in the corpus.
pub(crate) fn files(ending: &str) -> impl Iterator<Item = (String, std::path::PathBuf)> {
    let ending = ending.to_owned();
    fs::read_dir(example::folder()).unwrap().map(move |file| {
        let file = file.unwrap().path();
        (format!("{}.{ending}", file.file_stem().unwrap().to_str().unwrap()), file)
    })
}

#[test]
fn a_clean_table_has_the_rows_that_stay_byte_for_byte() {
    let gone = removed_ids();
    assert!(gone.len() > 10);
    for (delimiter, ends) in [(b',', LF), (b';', CRLF), (b'|', csv::Terminator::Any(b'\r'))] {
        let root = rewritten("csv", |records| table(delimiter, ends, records));
        let (out, _) = clean(&root, &[]);
        for (name, original) in files("csv") {
            let stays = |record: &Map<String, Value>| !gone.contains(text(record, "id"));
            let stay: Vec<_> = records_of(&original).into_iter().filter(stays).collect();
            let found = fs::read(out.join(&name)).unwrap();
            assert_eq!(found, table(delimiter, ends, &stay), "{name}");
        }
        let removed = fs::read_to_string(out.join("removed.jsonl")).unwrap();
        assert_eq!(ids(&removed), gone);
        let map = fs::read_to_string(out.join("map.jsonl")).unwrap();
        assert_eq!(map.lines().count(), removed.lines().count());
    }
}

#[test]
fn a_marked_table_has_the_columns_of_marks() {
    let root = rewritten("csv", |records| table(b',', CRLF, records));
    let (out, _) = clean(&root, &["--mark"]);
    let gone = removed_ids();
    let mut copies = BTreeSet::new();
    for (name, original) in files("csv") {
        let marked = fs::read_to_string(out.join(&name)).unwrap();
        let mut reader = csv::Reader::from_reader(marked.as_bytes());
        let heading = reader.headers().unwrap().clone();
        assert_eq!(&heading[6], "wirecopy_group");
        assert_eq!(heading.len(), 12);
        for (row, record) in reader.records().zip(records_of(&original)) {
            let row = row.unwrap();
            assert_eq!(
                FIELDS.map(|field| text(&record, field)).to_vec(),
                row.iter().take(6).collect::<Vec<_>>()
            );
            if &row[7] == "copy" {
                assert!(row[10].parse::<f64>().unwrap() > 0.0);
                copies.insert(row[0].to_owned());
            } else {
                assert!(row.iter().skip(8).all(str::is_empty));
            }
        }
    }
    assert_eq!(copies, gone);
    let again = root.path().join("again");
    let mut command = crate::program::command();
    command.arg("clean").arg(&out).arg("-o").arg(&again).arg("--mark");
    let said = crate::program::said(&mut command);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("has fields from an earlier --mark"), "{said:?}");
}

#[test]
fn a_list_inside_an_answer_stays_in_it() {
    let answer = |records: &[Map<String, Value>]| {
        serde_json::to_vec_pretty(&json!({"articles": records, "total": records.len()})).unwrap()
    };
    let root = rewritten("json", answer);
    let (out, _) = clean(&root, &[]);
    let gone = removed_ids();
    for (name, original) in files("json") {
        let found: Value = serde_json::from_slice(&fs::read(out.join(&name)).unwrap()).unwrap();
        let all = records_of(&original);
        let stay: Vec<_> =
            all.iter().filter(|record| !gone.contains(text(record, "id"))).cloned().collect();
        assert_eq!(found, json!({"articles": stay, "total": all.len()}), "{name}");
    }
}
