//! The same input gives the same output: for any number of threads, any order and any cut of the input into files.

use std::fs::{self, File};
use std::io::Read;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use wirecopy::article::Article;
use wirecopy::config::{Config, Input};
use wirecopy::read;
use wirecopy::report::{self, Format, Options};
use wirecopy::scan::{Outcome, Scan, scan_paths};

use crate::example;
use crate::program::wirecopy;
use crate::shuffle::shuffled;

/// All that was found, by ids, to the last bit: what must not depend on the order of the input.
pub(crate) fn portrait(outcome: &Outcome) -> Vec<String> {
    let id = |article: u32| outcome.articles[article as usize].id.as_str();
    let group = |group: &wirecopy::find::Group| {
        let members: Vec<_> = group
            .members
            .iter()
            .map(|member| {
                let link = member.link.as_ref();
                let link =
                    link.map(|link| (id(link.of), link.relation, link.similarity, link.confidence));
                (id(member.article), link)
            })
            .collect();
        let kept = id(group.kept);
        format!("{} {kept} {} {:?} {members:?}", group.id, group.why_kept, group.weakest)
    };
    let pair = |pair: &wirecopy::find::Match| {
        let numbers = (pair.confidence, &pair.evidence);
        format!("{} {} {:?} {numbers:?}", id(pair.a), id(pair.b), pair.relation)
    };
    let groups = outcome.groups.iter().map(group);
    groups.chain(outcome.matches.iter().map(pair)).collect()
}

fn scan(paths: &[PathBuf]) -> Outcome {
    let outcome = scan_paths(paths, &Config::default(), &()).unwrap();
    assert!(outcome.failures.is_empty(), "{:?}", outcome.failures);
    outcome
}

/// The JSON report with every pair.
fn report(paths: &[PathBuf], threads: usize) -> String {
    let config = Config { threads: NonZeroUsize::new(threads), ..Config::default() };
    let outcome = scan_paths(paths, &config, &()).unwrap();
    let options = Options { pairs: true, ..Options::default() };
    let mut out = Vec::new();
    report::render(&outcome, &config, Format::Json, &options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Fails at the first line that differs, and shows only that.
pub(crate) fn assert_same(found: &[String], expected: &[String], what: &str) {
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found, expected, "{what}");
    }
    assert_eq!(found.len(), expected.len(), "{what}");
}

fn write_lines(path: PathBuf, lines: &[String]) -> PathBuf {
    fs::write(&path, lines.join("\n")).unwrap();
    path
}

#[test]
fn thread_counts_do_not_show_in_a_single_byte() {
    let folder = example::folder();
    let run = |threads: &str, format: &str| {
        let args = ["scan", "--pairs", "--format", format, "-j", threads, folder.to_str().unwrap()];
        let said = wirecopy(args);
        assert_eq!(said.code, Some(0), "{}", said.err);
        said.out
    };
    for format in ["json", "text"] {
        let one = run("1", format);
        assert!(one.len() > 1000, "{one}");
        assert!(run("2", format) == one && run("8", format) == one, "-j shows in {format}");
    }
}

#[test]
fn shuffled_records_give_the_same_groups() {
    let root = tempfile::tempdir().unwrap();
    let expected = portrait(&scan(&[example::folder()]));
    assert!(expected.len() > 20, "{expected:?}");
    for seed in 0..5 {
        let lines = shuffled(example::records(), seed);
        let path = write_lines(root.path().join("all.jsonl"), &lines);
        assert_same(&portrait(&scan(&[path])), &expected, &format!("order {seed}"));
    }
}

#[test]
fn one_big_file_gives_what_many_small_ones_give() {
    let root = tempfile::tempdir().unwrap();
    let expected = portrait(&scan(&[example::folder()]));
    let records = example::records();
    let big = write_lines(root.path().join("big.jsonl"), &records);
    assert_same(&portrait(&scan(&[big])), &expected, "one file");
    let folder = root.path().join("small");
    fs::create_dir(&folder).unwrap();
    for (number, record) in records.into_iter().enumerate() {
        write_lines(folder.join(format!("{number}.jsonl")), &[record]);
    }
    assert_same(&portrait(&scan(&[folder])), &expected, "a file for every record");
}

#[test]
fn files_may_be_named_in_any_order() {
    let mut files: Vec<PathBuf> =
        fs::read_dir(example::folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let expected = portrait(&scan(&files));
    for seed in 0..3 {
        let files = shuffled(files.clone(), seed);
        assert_same(&portrait(&scan(&files)), &expected, &format!("{files:?}"));
    }
}

#[test]
fn articles_may_be_pushed_in_any_order() {
    let mut articles: Vec<Article> = Vec::new();
    let sink = |batch: read::Batch<Article>| articles.extend(batch.records);
    read::read(&[example::folder()], &Input::default(), |article| article, sink).unwrap();
    let expected = portrait(&scan(&[example::folder()]));
    for seed in 0..3 {
        let mut one_by_one = Scan::new(Config::default());
        let mut at_once = Scan::new(Config::default());
        for article in shuffled(articles.clone(), seed) {
            one_by_one.push(article);
        }
        at_once.extend(shuffled(articles.clone(), seed + 100));
        assert_same(&portrait(&one_by_one.finish(&()).unwrap()), &expected, "one by one");
        assert_same(&portrait(&at_once.finish(&()).unwrap()), &expected, "at once");
    }
}

/// Real dumps have what the example lacks: thousands of articles, equal ids, equal records, boilerplate. Two small ones.
#[test]
#[ignore = "takes a minute, and the dumps are not part of the project"]
fn real_dumps_are_no_exception() {
    let corpora = example::root().join("../shared/corpora");
    for name in ["fnc1", "tg-ru-news"] {
        let path = corpora.join(format!("{name}.jsonl.zst"));
        if path.is_file() {
            a_dump_is_no_exception(path);
        } else {
            crate::program::skipped(&format!("{} is not there", path.display()));
        }
    }
}

fn a_dump_is_no_exception(path: PathBuf) {
    let root = tempfile::tempdir().unwrap();
    let mut lines = unpacked(&path);
    let expected = portrait(&scan(std::slice::from_ref(&path)));
    for seed in 0..2 {
        lines = shuffled(lines, seed);
        let file = write_lines(root.path().join("shuffled.jsonl"), &lines);
        let what = format!("{}, order {seed}", path.display());
        assert_same(&portrait(&scan(&[file])), &expected, &what);
    }
    let paths = [path];
    let one = report(&paths, 1);
    for threads in [2, 8] {
        assert!(report(&paths, threads) == one, "-j {threads} shows in {}", paths[0].display());
    }
}

fn unpacked(path: &Path) -> Vec<String> {
    let mut text = String::new();
    let mut stream = zstd::stream::read::Decoder::new(File::open(path).unwrap()).unwrap();
    stream.read_to_string(&mut text).unwrap();
    text.lines().map(str::to_owned).collect()
}
