//! Of any file, what `clean` keeps and what it removes are together the bytes of the file.
#![no_main]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use libfuzzer_sys::fuzz_target;
use wirecopy::article::{Article, Origin};
use wirecopy::clean::{Dump, Place, Plan, Rules, Treatment, write};
use wirecopy::config::{Config, FieldNames, Format, Input};
use wirecopy::find::{Group, Link, Member, Relation};
use wirecopy::scan::Outcome;
use wirecopy_fuzz::{file, reading};

const FORMATS: &[(Format, &str)] =
    &[(Format::Jsonl, "a.jsonl"), (Format::Json, "a.json"), (Format::Text, "a.txt")];

/// An outcome in which some of the articles are copies of one that stands in no file.
fn outcome(mut articles: Vec<Article>, gone: &BTreeSet<u64>) -> Outcome {
    let is_gone = |article: &Article| gone.contains(&article.origin.record);
    let copies: Vec<u32> =
        (0..).zip(&articles).filter(|(_, article)| is_gone(article)).map(|(at, _)| at).collect();
    let Some(first) = articles.first() else { return Outcome::default() };
    let origin = Origin { record: u64::MAX, ..first.origin.clone() };
    articles.push(Article { origin, ..Article::new("kept", "") });
    let kept = articles.len() as u32 - 1;
    let link = Link { of: kept, relation: Relation::Edited, similarity: 0.9, confidence: 0.8 };
    let member = |article| Member { article, link: Some(link.clone()) };
    let members =
        [Member { article: kept, link: None }].into_iter().chain(copies.into_iter().map(member));
    let group = Group {
        id: "w0000000000".to_owned(),
        kept,
        why_kept: "earliest",
        weakest: 0.9,
        density: 1.0,
        members: members.collect(),
    };
    Outcome { articles: articles.into(), groups: vec![group], ..Outcome::default() }
}

/// The slow twin for lines: those with a record that goes, with their ends, and all others.
fn parted(bytes: &[u8], gone: &BTreeSet<u64>) -> (Vec<u8>, Vec<u8>) {
    let (mut kept, mut removed) = (Vec::new(), Vec::new());
    let mut number = 0;
    let mark: &[u8] = b"\xef\xbb\xbf";
    let rest = bytes.strip_prefix(mark).unwrap_or(bytes);
    kept.extend_from_slice(&bytes[..bytes.len() - rest.len()]);
    for line in rest.split_inclusive(|&byte| byte == b'\n') {
        number += u64::from(!line.trim_ascii().is_empty());
        let goes = !line.trim_ascii().is_empty() && gone.contains(&number);
        if goes { &mut removed } else { &mut kept }.extend_from_slice(line);
    }
    if !removed.is_empty() && !removed.ends_with(b"\n") {
        removed.push(b'\n');
    }
    (kept, removed)
}

/// Fields that are the same for all records, whichever of them are left.
fn only_text(format: Format) -> Input {
    let fields = FieldNames { text: Some("text".to_owned()), ..FieldNames::default() };
    Input { format: Some(format), fields, ..Input::default() }
}

fn texts(path: &Path, format: Format) -> Vec<String> {
    let reading = reading::read(&path.to_owned(), &only_text(format), 17);
    reading.articles.into_iter().map(|article| article.text).collect()
}

fuzz_target!(|input: (u32, &[u8])| {
    let (chosen, bytes) = input;
    let (format, name) = FORMATS[bytes.len() % FORMATS.len()];
    let folder = file::folder().join("in");
    fs::create_dir_all(&folder).expect("a folder can be made");
    let path = folder.join(name);
    let _ = fs::remove_dir_all(file::folder().join("out"));
    for (_, other) in FORMATS {
        let _ = fs::remove_file(folder.join(other));
    }
    fs::write(&path, bytes).expect("the file can be written");

    let input = only_text(format);
    let reading = reading::read(&path, &input, 1 + bytes.len() % 61);
    let gone: BTreeSet<u64> = reading
        .articles
        .iter()
        .map(|article| article.origin.record)
        .filter(|record| chosen >> (record % 32) & 1 == 1)
        .collect();
    let whole = reading.failures.is_empty();
    let stays = |article: &&Article| !gone.contains(&article.origin.record);
    let staying: Vec<String> =
        reading.articles.iter().filter(stays).map(|article| article.text.clone()).collect();
    let outcome = outcome(reading.articles, &gone);

    let paths = [folder];
    let out = file::folder().join("out");
    let clean = |treatment| {
        let dump = Dump::list(&paths, &input).expect("the folder can be read");
        let place = Place::new(&out, &paths, &dump).expect("the place is free");
        let plan = Plan::new(&outcome, &Rules::default());
        let config = Config { threads: std::num::NonZeroUsize::new(1), ..Config::default() };
        write(&dump, &place, &outcome, &plan, treatment, &config, &())
    };
    let written = clean(Treatment::Remove);
    if !whole {
        return;
    }
    written.expect("a file that can be read can be copied");
    let removed = fs::read(out.join("removed.jsonl")).expect("it was written");
    let map = fs::read_to_string(out.join("map.jsonl")).expect("it was written");
    assert_eq!(map.lines().count(), gone.len());
    match format {
        Format::Text if gone.is_empty() => {
            assert_eq!(fs::read(out.join(name)).expect("it was kept"), bytes);
        }
        Format::Text => assert!(!out.join(name).exists() && !removed.is_empty()),
        Format::Jsonl => {
            let kept = fs::read(out.join(name)).expect("it was written");
            assert_eq!((kept, removed), parted(bytes, &gone));
        }
        _ if gone.is_empty() => {
            assert_eq!(fs::read(out.join(name)).expect("it was written"), bytes);
        }
        _ => {
            assert_eq!(texts(&out.join(name), format), staying);
            let removed = texts(&out.join("removed.jsonl"), Format::Jsonl);
            assert_eq!(removed.len(), gone.len());
        }
    }

    // A record that was marked has the same text. Those of an earlier run, and what is no object, are refused.
    if clean(Treatment::Mark).is_ok() && format != Format::Text {
        let marked = texts(&out.join(name), format);
        let outcome = outcome.articles.held().iter().filter(|article| article.id != "kept");
        assert_eq!(marked.len(), outcome.count());
    }
});
