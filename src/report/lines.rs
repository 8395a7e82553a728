//! JSON Lines as every report writes them: one object a line, the same rounding, the same words for settings and places.

use std::io::{self, Write};

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

use crate::article::{Article, Origin, Problem};
use crate::config::Matching;
use crate::find;
use crate::store::Earlier;

/// Writes one object as a line.
pub(super) fn line(object: &impl Serialize, out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer(&mut *out, object)?;
    out.write_all(b"\n")
}

/// To a number of decimals; never a negative zero, which would be printed with its sign.
pub(super) fn round(number: f64, decimals: i32) -> f64 {
    let steps = 10_f64.powi(decimals);
    (number * steps).round() / steps + 0.0
}

/// A share to three decimals.
pub(crate) fn rounded_share(share: f64) -> f64 {
    round(share, 3)
}

/// The same, written.
pub(crate) fn rounded<S: Serializer>(number: &f64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(rounded_share(*number))
}

/// The settings that decide what is found. Those that are off or stand at their only sensible value are left out.
#[derive(Default, Serialize)]
pub(super) struct Params {
    min_confidence: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    threshold: Option<f64>,
    min_words: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    updates: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    deep: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) keep: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) input_format: Option<&'static str>,
}

impl Params {
    pub(super) fn of(matching: &Matching) -> Self {
        Params {
            min_confidence: matching.min_confidence,
            threshold: matching.threshold,
            min_words: matching.min_words,
            updates: (!matching.updates).then_some(false),
            deep: matching.deep.then_some(true),
            seed: Some(matching.seed).filter(|&seed| seed != 0),
            ..Params::default()
        }
    }
}

/// Where a record stands: its line, or its row in a table of columns; a file that is one article has none.
#[derive(Serialize)]
pub(super) struct Place<'a> {
    file: &'a str,
    #[serde(skip_serializing_if = "is_zero")]
    line: u64,
}

impl<'a> Place<'a> {
    pub(super) fn of(origin: &'a Origin) -> Self {
        Place { file: &origin.file, line: origin.place() }
    }
}

/// What is wrong with a record, and where it stands.
#[derive(Serialize)]
pub(super) struct Trouble<'a> {
    #[serde(flatten)]
    place: Place<'a>,
    reason: &'static str,
    detail: &'a str,
}

impl<'a> Trouble<'a> {
    pub(super) fn of(problem: &'a Problem) -> Self {
        let Problem { origin, kind, detail } = problem;
        Trouble { place: Place::of(origin), reason: kind.name(), detail }
    }
}

/// An article of an index that another is a copy of, or that is a copy of it.
#[derive(Serialize)]
pub(super) struct Matched<'a> {
    id: &'a str,
    relation: &'static str,
    #[serde(serialize_with = "rounded")]
    similarity: f64,
    #[serde(serialize_with = "rounded")]
    confidence: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
}

impl<'a> Matched<'a> {
    pub(super) fn of(earlier: &'a Earlier) -> Self {
        let Article { id, date, source, .. } = &earlier.article;
        Matched {
            id,
            relation: earlier.relation.name(),
            similarity: earlier.evidence.similarity,
            confidence: earlier.confidence,
            date: date.map(|date| date.to_string()),
            source: source.as_deref(),
        }
    }
}

/// The numbers of a pair under their stable names.
#[derive(Serialize)]
pub(super) struct Numbers {
    relation: &'static str,
    #[serde(serialize_with = "rounded")]
    similarity: f64,
    #[serde(serialize_with = "rounded")]
    confidence: f64,
    #[serde(serialize_with = "rounded")]
    jaccard: f64,
    containment: Containment,
    words: u32,
    evidence: Evidence,
}

impl Numbers {
    pub(super) fn of(relation: find::Relation, confidence: f64, evidence: &find::Evidence) -> Self {
        Numbers {
            relation: relation.name(),
            similarity: evidence.similarity,
            confidence,
            jaccard: evidence.jaccard,
            containment: Containment { a_in_b: evidence.a_in_b, b_in_a: evidence.b_in_a },
            words: evidence.words,
            evidence: Evidence(evidence.named()),
        }
    }
}

#[derive(Serialize)]
struct Containment {
    #[serde(serialize_with = "rounded")]
    a_in_b: f64,
    #[serde(serialize_with = "rounded")]
    b_in_a: f64,
}

/// What the decision was made from, under the names the matching gives it.
struct Evidence(Vec<(&'static str, f64)>);

impl Serialize for Evidence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for &(name, value) in &self.0 {
            map.serialize_entry(name, &round(value, 3))?;
        }
        map.end()
    }
}

fn is_zero(line: &u64) -> bool {
    *line == 0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_their_decimals_and_no_negative_zero() {
        assert_eq!(serde_json::to_string(&round(-0.0001, 3)).unwrap(), "0.0");
        assert_eq!(serde_json::to_string(&round(2.0 / 3.0, 3)).unwrap(), "0.667");
        assert_eq!(round(2.0 / 3.0, 4), 0.6667);
    }
}
