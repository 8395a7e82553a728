//! What is found in the example corpus, against its labels: every copy, nothing else, each by its name.

use std::collections::{BTreeMap, BTreeSet};

use wirecopy::config::Config;
use wirecopy::find::pipeline::survey;
use wirecopy::find::relate::kind_of_copy;
use wirecopy::progress::Stats;
use wirecopy::scan::{Outcome, Scan, scan_paths};

use crate::example::{self, Label, labels, ordered};

/// Share of the labelled copies that must be called what their label calls them.
const NAMED_AS_LABELED: f64 = 0.8;

/// Shared passages, of the five there are, that must be reported.
const PASSAGES: usize = 4;

fn outcome() -> Outcome {
    scan_paths(&[example::folder()], &Config::default(), &()).unwrap()
}

/// The pairs of ids that are in one group.
fn grouped(outcome: &Outcome) -> BTreeSet<(String, String)> {
    let id = |article: u32| outcome.articles[article as usize].id.as_str();
    let mut pairs = BTreeSet::new();
    for group in &outcome.groups {
        for (at, a) in group.members.iter().enumerate() {
            for b in &group.members[at + 1..] {
                pairs.insert(ordered(id(a.article), id(b.article)));
            }
        }
    }
    pairs
}

/// The relation under which each pair is reported.
fn reported(outcome: &Outcome) -> BTreeMap<(String, String), &'static str> {
    let id = |article: u32| outcome.articles[article as usize].id.as_str();
    outcome
        .matches
        .iter()
        .map(|pair| (ordered(id(pair.a), id(pair.b)), pair.relation.name()))
        .collect()
}

/// An update whose every figure has changed looks like a form filled with other facts: the README says 39 of 41.
#[test]
fn labeled_copies_are_in_one_group_with_their_original() {
    let grouped = grouped(&outcome());
    let missed: Vec<Label> = labels()
        .into_iter()
        .filter(|label| label.is_copy() && !grouped.contains(&label.ids))
        .collect();
    assert!(missed.len() <= 2, "{} copies are not grouped: {missed:#?}", missed.len());
    assert!(missed.iter().all(|label| label.relation == "update"), "{missed:#?}");
}

#[test]
fn nothing_that_is_labeled_no_copy_is_grouped() {
    let grouped = grouped(&outcome());
    let wrong: Vec<Label> = labels()
        .into_iter()
        .filter(|label| label.verdict == "0" && grouped.contains(&label.ids))
        .collect();
    assert!(wrong.is_empty(), "{} pairs are grouped: {wrong:#?}", wrong.len());
}

/// The labels name every copy there is, so that what has no label is none.
#[test]
fn nothing_without_a_label_is_grouped() {
    let known: BTreeSet<_> = labels().into_iter().map(|label| label.ids).collect();
    let grouped = grouped(&outcome());
    let strangers: Vec<_> = grouped.difference(&known).collect();
    assert!(strangers.is_empty(), "{strangers:#?}");
}

/// A pair that was folded away before it was looked at is named by what its evidence says.
#[test]
fn copies_are_called_what_their_labels_call_them() {
    let outcome = outcome();
    let reported = reported(&outcome);
    let config = Config::default();
    let mut scan = Scan::new(config.clone());
    scan.read(&[example::folder()], &()).unwrap();
    let collection = scan.collect().unwrap();
    let articles = collection.articles().unwrap();
    let mut stats = Stats::default();
    let judge = survey(&collection, &config, &(), &mut stats).unwrap().judge;
    let index: BTreeMap<&str, u32> =
        (0..).zip(&articles).map(|(index, article)| (article.id.as_str(), index)).collect();

    let copies: Vec<Label> = labels().into_iter().filter(Label::is_copy).collect();
    let mut right: BTreeMap<&str, usize> = BTreeMap::new();
    let mut differing = Vec::new();
    for Label { ids, relation, .. } in &copies {
        let name = reported.get(ids).copied().unwrap_or_else(|| {
            let [a, b] = [&ids.0, &ids.1].map(|id| index[id.as_str()]);
            kind_of_copy(&judge.evidence(a, b).unwrap()).name()
        });
        let right = right.entry(relation).or_default();
        if name == relation {
            *right += 1;
        } else {
            differing.push(format!("{} {}: {name}, labeled {relation}", ids.0, ids.1));
        }
    }
    let told = format!("right: {right:?}; differing: {differing:#?}");
    assert_eq!(right.len(), 5, "every relation of copies is labeled; {told}");
    assert!(right.values().all(|&count| count > 0), "a relation is never named; {told}");
    let share = 1.0 - differing.len() as f64 / copies.len() as f64;
    assert!(share >= NAMED_AS_LABELED, "only {share:.2} of {} agree; {told}", copies.len());
}

#[test]
fn passages_in_common_are_reported_as_such() {
    let reported = reported(&outcome());
    let passages: Vec<Label> =
        labels().into_iter().filter(|label| label.relation == "shared-passage").collect();
    assert_eq!(passages.len(), 5);
    let (found, missed): (Vec<_>, Vec<_>) =
        passages.iter().partition(|label| reported.get(&label.ids) == Some(&"shared-passage"));
    let seen: Vec<_> = missed.iter().map(|label| (&label.ids, reported.get(&label.ids))).collect();
    assert!(found.len() >= PASSAGES, "only {} of 5; not: {seen:?}", found.len());
}
