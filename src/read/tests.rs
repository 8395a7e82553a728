//! Whole reads: the same articles from every packing, format, block size and thread count.

use std::path::{Path, PathBuf};

use proptest::prelude::*;

use super::open::tests::{gzip, zst};
use super::pipeline::{Sizes, run};
use super::{Batch, Summary, total_bytes};
use crate::article::{Article, ProblemKind};
use crate::config::{FieldNames, Format, Input};

/// Everything a read gave, as one batch.
fn read_with(paths: &[PathBuf], options: &Input, sizes: Sizes) -> (Batch<Article>, Summary) {
    let mut all = Batch::default();
    let summary = run(
        paths,
        options,
        sizes,
        |_, _| true,
        |article| article,
        |batch| {
            all.records.extend(batch.records);
            all.problems.append(batch.problems);
            all.notices.extend(batch.notices);
            all.bytes += batch.bytes;
            all.fields = all.fields.take().or(batch.fields);
            true
        },
    );
    (all, summary.unwrap())
}

fn read_all(paths: &[PathBuf]) -> (Batch<Article>, Summary) {
    read_with(paths, &Input::default(), Sizes::default())
}

fn file(root: &Path, name: &str, data: impl AsRef<[u8]>) -> PathBuf {
    let path = root.join(name);
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    std::fs::write(&path, data).unwrap();
    path
}

fn records(count: usize) -> Vec<String> {
    let record = |i| {
        format!(
            r#"{{"id":{i},"text":"Text {i} \u00e9 \"{}\"","meta":{{"x":[{i}]}}}}"#,
            "w ".repeat(i % 50)
        )
    };
    (0..count).map(record).collect()
}

/// Articles without the place they came from.
fn contents(batch: &Batch<Article>) -> Vec<(String, String)> {
    batch.records.iter().map(|a| (a.id.clone(), a.text.clone())).collect()
}

#[test]
fn every_packing_and_format_gives_the_same_articles() {
    let root = tempfile::tempdir().unwrap();
    let records = records(3000);
    let lines = records.join("\n");
    let array = format!("[{}]", records.join(",\n"));
    let plain = read_all(&[file(root.path(), "a.jsonl", &lines)]).0;
    assert_eq!(plain.records.len(), 3000);
    for (name, data) in [
        ("a.jsonl.gz", gzip(lines.as_bytes())),
        ("a.jsonl.zst", zst(lines.as_bytes())),
        ("b.json", array.clone().into_bytes()),
        ("b.json.gz", gzip(array.as_bytes())),
        ("c.json", lines.clone().into_bytes()),
        ("unknown", zst(array.as_bytes())),
    ] {
        let path = file(root.path(), name, &data);
        let (batch, summary) = read_all(std::slice::from_ref(&path));
        assert_eq!(contents(&batch), contents(&plain), "{name}");
        assert_eq!(
            (summary.files, batch.bytes, total_bytes(&[path], &Input::default())),
            (1, data.len() as u64, Some(batch.bytes))
        );
        let places: Vec<_> =
            batch.records.iter().map(|a| (a.origin.line, a.origin.record)).collect();
        assert_eq!(places, (1..=3000).map(|n| (n, n)).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn thread_counts_and_sizes_do_not_show() {
    let root = tempfile::tempdir().unwrap();
    for i in 0..200 {
        file(root.path(), &format!("texts/{i}.txt"), format!("Text {i}"));
        file(
            root.path(),
            &format!("objects/{i}.json"),
            format!("{{\"body\":\"Object {i}\",\"date\":\"soon\"}}"),
        );
    }
    file(root.path(), "big.jsonl", records(4000).join("\n{broken\n"));
    file(root.path(), "zero.jsonl", "");
    let paths = [root.path().to_owned(), root.path().join("missing")];
    let read = |threads, sizes| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| read_with(&paths, &Input::default(), sizes))
    };
    let first = read(1, Sizes::default());
    assert_eq!((first.0.records.len(), first.0.problems.len()), (4400, 3999 + 200));
    assert_eq!((first.0.notices.len(), first.1.files, first.1.failures.len()), (3, 402, 1));
    for (threads, block, small) in
        [(2, 1 << 20, 1 << 20), (2, 1000, 0), (1, 77, 100), (3, 1 << 14, 1 << 18)]
    {
        assert_eq!(read(threads, Sizes { block, small }), first, "{threads} {block} {small}");
    }
}

#[test]
fn bad_records_are_located_and_cost_nothing_else() {
    let root = tempfile::tempdir().unwrap();
    let data = b"\xef\xbb\xbf{\"text\":\"one\"}\r\n\r\n{\"text\":\n{\"text\":\"t\xff\0\"}\n{\"text\":null}\n{\"text\":\" \"}\n{\"text\":\"two\",\"date\":\"x\"}";
    let (batch, summary) = read_all(&[file(root.path(), "a.jsonl", data)]);
    let found: Vec<_> =
        batch.problems.iter().map(|p| (p.origin.line, p.origin.record, p.kind)).collect();
    assert_eq!(
        found,
        [
            (3, 2, ProblemKind::Json),
            (4, 3, ProblemKind::Encoding),
            (5, 4, ProblemKind::NoText),
            (6, 5, ProblemKind::EmptyText),
        ]
    );
    let kept: Vec<_> =
        batch.records.iter().map(|a| (a.text.as_str(), a.origin.line, a.origin.record)).collect();
    assert_eq!(kept, [("one", 1, 1), ("two", 7, 6)]);
    assert!(summary.failures.is_empty());
}

#[test]
fn a_cut_off_stream_gives_what_it_has() {
    let root = tempfile::tempdir().unwrap();
    let all = records(20_000);
    for (name, mut packed) in [
        ("a.jsonl.gz", gzip(all.join("\n").as_bytes())),
        ("b.jsonl.zst", zst(all.join("\n").as_bytes())),
    ] {
        packed.truncate(packed.len() / 2);
        let (batch, summary) = read_all(&[file(root.path(), name, packed)]);
        let count = batch.records.len();
        assert!(count > 1000 && batch.problems.is_empty(), "{name}: {count}");
        assert!(
            summary.failures[0].contains(" stream ends too early at byte "),
            "{:?}",
            summary.failures
        );
        assert!(
            summary.failures[0]
                .contains(&format!("{count} records, up to line {count}, were read")),
            "{:?}",
            summary.failures
        );
    }
}

#[test]
fn a_file_without_a_text_field_is_a_failure_that_helps() {
    let root = tempfile::tempdir().unwrap();
    let odd = file(root.path(), "odd.jsonl", "{\"t\":\"the story\"}\n".repeat(3));
    let good = file(root.path(), "good.jsonl", "{\"text\":\"a\"}");
    let (batch, summary) = read_all(&[odd.clone(), good]);
    assert_eq!(batch.records.len(), 1);
    let message = format!(
        "no text field found in {}\n  keys seen in 3 records: t (100 %, avg 9 chars)\n  try: --text-field t",
        odd.display()
    );
    assert_eq!(summary.failures, [message]);
    let fields = FieldNames { text: Some("t".to_owned()), ..FieldNames::default() };
    let (batch, _) = read_with(&[odd], &Input { fields, ..Input::default() }, Sizes::default());
    assert_eq!(batch.records.len(), 3);
}

#[test]
fn a_format_that_was_asked_for_wins() {
    let root = tempfile::tempdir().unwrap();
    let path = file(root.path(), "a.jsonl", "{\"text\":\"a\"}\n");
    let options = Input { format: Some(Format::Text), ..Input::default() };
    let (batch, _) = read_with(&[path], &options, Sizes::default());
    assert_eq!(contents(&batch), [("a".to_owned(), "{\"text\":\"a\"}\n".to_owned())]);
}

#[test]
fn one_very_long_line_is_read() {
    let root = tempfile::tempdir().unwrap();
    let long = "word ".repeat(10 << 20);
    let path = file(
        root.path(),
        "a.jsonl",
        format!("{{\"text\":\"short\"}}\n{{\"text\":\"{long}\"}}\n{{\"text\":\"last\"}}\n"),
    );
    let (batch, _) = read_all(&[path]);
    assert_eq!(batch.records.iter().map(|a| a.text.len()).collect::<Vec<_>>(), [5, 50 << 20, 4]);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]
    #[test]
    fn any_block_size_gives_the_records_of_a_slow_reader(
        lines in prop::collection::vec("(\\{\"text\":\"[a-zé ]{1,20}\"\\})|(\\{\"text\":[a-z]{0,3}\\})|( {0,3})|(\\{\"id\":\"[0-9]\"\\})", 1..30),
        block in 1usize..200,
        small in prop_oneof![Just(0u64), Just(u64::MAX)],
    ) {
        let root = tempfile::tempdir().unwrap();
        let lines = [&["{\"text\":\"first\"}".to_owned()], &lines[..]].concat();
        let path = file(root.path(), "a.jsonl", lines.join("\n"));
        let (batch, _) = read_with(&[path], &Input::default(), Sizes { block, small });
        let slow: Vec<(u64, String)> = (1..)
            .zip(&lines)
            .filter_map(|(number, line)| Some((number, serde_json::from_str::<serde_json::Value>(line).ok()?)))
            .filter_map(|(number, value)| Some((number, value["text"].as_str()?.to_owned())))
            .filter(|(_, text)| !text.trim().is_empty())
            .collect();
        let fast: Vec<_> = batch.records.into_iter().map(|a| (a.origin.line, a.text)).collect();
        let blank = lines.iter().filter(|line| line.trim().is_empty()).count();
        prop_assert_eq!(fast.len() + batch.problems.len() + blank, lines.len());
        prop_assert_eq!(fast, slow);
    }
}
