//! Thirty languages in seventeen scripts, `data/languages`: in each a report, a copy of it in other words, an excerpt,
//! and the same event told by somebody else.
//!
//! The first three must be one group, in whatever company they are scanned, and nothing else may be one. All thirty
//! languages pass, so none is named here as missed. The model that decides was trained on texts in eight of them.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

use wirecopy::config::Config;
use wirecopy::scan::{Outcome, scan_paths};

use crate::example::{self, Label, labels_of, ordered};
use crate::program::wirecopy;

const LANGUAGES: usize = 30;

/// Jaccard similarity (word 3-grams, or what weighs as much) up to which a copy has been put in other words.
///
/// What most deduplication tools take for a copy is .7 and more.
const REWORDED_UP_TO: f64 = 0.25;

type Groups = BTreeSet<BTreeSet<String>>;

fn folder() -> PathBuf {
    example::root().join("data/languages")
}

fn files() -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files
}

fn labels() -> Vec<Label> {
    labels_of("data/languages-labels.tsv")
}

fn scan(paths: &[PathBuf]) -> Outcome {
    scan_paths(paths, &Config::default(), &()).unwrap()
}

fn groups(outcome: &Outcome) -> Groups {
    let id = |article: u32| outcome.articles[article as usize].id.clone();
    let group = |group: &wirecopy::find::Group| {
        group.members.iter().map(|member| id(member.article)).collect::<BTreeSet<_>>()
    };
    outcome.groups.iter().map(group).collect()
}

/// The groups that the labels ask for: each report with its copies.
fn expected() -> Groups {
    let mut groups: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for label in labels().into_iter().filter(Label::is_copy) {
        // The report is the one that both of its copies are labeled with.
        let (a, b) = label.as_listed;
        groups.entry(a.clone()).or_default().extend([a, b]);
    }
    groups.into_values().collect()
}

#[test]
fn each_language_has_a_report_two_copies_and_an_independent_one() {
    let files = files();
    assert_eq!(files.len(), LANGUAGES);
    let mut language: BTreeMap<String, usize> = BTreeMap::new();
    for (number, file) in files.iter().enumerate() {
        let records = example::records_of(file);
        assert_eq!(records.len(), 4, "{}", file.display());
        for record in records {
            let record: serde_json::Value = serde_json::from_str(&record).unwrap();
            let id = record["id"].as_str().unwrap().to_owned();
            assert!(language.insert(id, number).is_none(), "twice: {record}");
        }
    }
    let mut kinds: BTreeMap<(String, String), BTreeSet<usize>> = BTreeMap::new();
    for label in labels() {
        let [a, b] = [&label.ids.0, &label.ids.1].map(|id| language[id]);
        if a == b {
            kinds.entry((label.verdict, label.relation)).or_default().insert(a);
        } else {
            assert_eq!(label.verdict, "0", "a copy in another language: {:?}", label.ids);
        }
    }
    let per_kind: Vec<_> = kinds
        .iter()
        .map(|((v, r), in_languages)| (v.as_str(), r.as_str(), in_languages.len()))
        .collect();
    let n = LANGUAGES;
    assert_eq!(
        per_kind,
        [
            ("0", "independent", n),
            ("1", "excerpt", n),
            ("1", "reworded", n),
            ("grey", "excerpt", n)
        ]
    );
    assert!(expected().iter().all(|group| group.len() == 3));
}

#[test]
fn in_each_language_alone_the_report_and_its_copies_are_the_only_group() {
    let expected = expected();
    let mut wrong = Vec::new();
    for file in files() {
        let found = groups(&scan(std::slice::from_ref(&file)));
        if found.len() != 1 || !found.is_subset(&expected) {
            wrong.push((file, found));
        }
    }
    assert!(wrong.is_empty(), "{} of {LANGUAGES}: {wrong:#?}", wrong.len());
}

/// Also that no group has two languages, though two of them tell of one bridge.
#[test]
fn all_languages_together_with_the_example_corpus_give_no_other_groups() {
    let example = groups(&scan(&[example::folder()]));
    let both = groups(&scan(&[folder(), example::folder()]));
    let expected: Groups = expected().union(&example).cloned().collect();
    let (missed, extra): (Vec<_>, Vec<_>) =
        (expected.difference(&both).collect(), both.difference(&expected).collect());
    assert!(missed.is_empty() && extra.is_empty(), "missed: {missed:#?}; instead: {extra:#?}");
}

#[test]
fn copies_are_called_what_they_are_and_rewordings_keep_few_runs_of_words() {
    let outcome = scan(&[folder()]);
    let id = |article: u32| outcome.articles[article as usize].id.as_str();
    let found: BTreeMap<_, _> =
        outcome.matches.iter().map(|pair| (ordered(id(pair.a), id(pair.b)), pair)).collect();
    for label in labels().iter().filter(|label| label.is_copy()) {
        let pair = found[&label.ids];
        assert_eq!(pair.relation.name(), label.relation, "{:?}", label.ids);
        let jaccard = pair.evidence.jaccard;
        assert!(label.relation != "reworded" || jaccard < REWORDED_UP_TO, "{pair:?}");
    }
}

#[test]
fn eval_says_the_same() {
    let [table, folder] = [example::root().join("data/languages-labels.tsv"), folder()];
    let [table, folder] = [&table, &folder].map(|path| path.to_str().unwrap());
    let said = wirecopy(["eval", "--format", "json", "--labels", table, folder]);
    assert_eq!(said.code, Some(0), "{}", said.err);
    let set = &said.of_type("set")[0];
    for (field, value) in [
        ("copies", 2 * LANGUAGES),
        ("copies_found", 2 * LANGUAGES),
        ("not_copies", 3 * LANGUAGES + 1),
        ("not_copies_found", 0),
        ("candidates", 2 * LANGUAGES),
        ("missing_ids", 0),
    ] {
        assert_eq!(set[field], value, "{field} in {set}");
    }
}
