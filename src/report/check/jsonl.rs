//! JSON Lines of a check, for programs: `begin`, a `finding` line each, `end` with the verdict.
//!
//! The keys, their order and the rounding are a contract (`"format":1`): keys may be added at the end of an object, nothing
//! else changes without a new number. A file without its `end` line is not whole.

use std::io::{self, Write};

use serde::Serialize;

use crate::config::Config;
use crate::judge::codes::{Level, TABLE};
use crate::judge::finding::{Detail, Finding, LinkTo, Location, Stale};
use crate::judge::policy::{Exceeded, Verdict};
use crate::report::lines::{Matched, Params, line, rounded};

use super::message::{help, message};

/// The number of this form.
const FORMAT: u32 = 1;

/// Writes the verdict as lines.
pub(super) fn render(verdict: &Verdict, config: &Config, out: &mut dyn Write) -> io::Result<()> {
    let begin = Line::Begin {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
        articles: verdict.articles,
        params: Params::of(&config.matching),
        since: verdict.since.as_deref(),
    };
    line(&begin, out)?;
    for finding in &verdict.findings {
        line(&told(finding), out)?;
    }
    let codes = TABLE.iter().map(|about| (about.name, verdict.of(about.code)));
    let end = Line::End {
        verdict: if verdict.is_over() { "fail" } else { "pass" },
        errors: verdict.at(Level::Deny),
        warnings: verdict.at(Level::Warn),
        codes: codes.filter(|(_, number)| *number > 0).collect(),
        exceeded: verdict.exceeded.iter().map(exceeded).collect(),
        groups: verdict.groups,
        copies: verdict.copies,
        share: verdict.share(),
        known: verdict.known,
        excused: verdict.excused,
        older: verdict.older,
        failures: &verdict.failures,
    };
    line(&end, out)
}

/// Every kind of line, with its keys in their order.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    Begin {
        format: u32,
        version: &'static str,
        articles: usize,
        params: Params,
        #[serde(skip_serializing_if = "Option::is_none")]
        since: Option<&'a str>,
    },
    Finding {
        code: &'static str,
        level: &'static str,
        fingerprint: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        group: Option<&'a str>,
        message: String,
        help: String,
        locations: Vec<Place<'a>>,
        #[serde(flatten)]
        detail: Facts<'a>,
    },
    End {
        verdict: &'static str,
        errors: usize,
        warnings: usize,
        #[serde(serialize_with = "as_object")]
        codes: Vec<(&'static str, usize)>,
        exceeded: Vec<Limit>,
        groups: usize,
        copies: usize,
        #[serde(serialize_with = "rounded")]
        share: f64,
        known: usize,
        excused: usize,
        older: usize,
        failures: &'a [String],
    },
}

/// Serializes pairs as an object, in their order.
fn as_object<S: serde::Serializer>(
    pairs: &[(&'static str, usize)],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.collect_map(pairs.iter().copied())
}

#[derive(Serialize)]
struct Place<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    file: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    line: Option<u64>,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    split: Option<&'a str>,
    #[serde(flatten)]
    link: Option<Link<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    known: bool,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    changed: bool,
}

#[derive(Serialize)]
struct Link<'a> {
    of: &'a str,
    relation: &'static str,
    #[serde(serialize_with = "rounded")]
    similarity: f64,
    #[serde(serialize_with = "rounded")]
    confidence: f64,
}

#[derive(Default, Serialize)]
struct Facts<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    splits: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    edited: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_rounded")]
    similarity: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    of_words: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_rounded")]
    weakest: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "some_rounded")]
    density: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    members: Option<&'a [String]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    matches: Option<Vec<Matched<'a>>>,
}

/// Of a number that may be absent; absent ones are skipped before.
fn some_rounded<S: serde::Serializer>(
    number: &Option<f64>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    rounded(&number.unwrap_or_default(), serializer)
}

#[derive(Serialize)]
struct Limit {
    limit: &'static str,
    #[serde(serialize_with = "rounded")]
    most: f64,
}

fn exceeded(exceeded: &Exceeded) -> Limit {
    match *exceeded {
        Exceeded::Share { most, .. } => Limit { limit: "max-share", most },
        Exceeded::Groups { most, .. } => Limit { limit: "max-groups", most: most as f64 },
    }
}

fn told(finding: &Finding) -> Line<'_> {
    Line::Finding {
        code: finding.code.name(),
        level: finding.level.name(),
        fingerprint: &finding.fingerprint,
        group: finding.group.as_deref(),
        message: message(finding),
        help: help(finding),
        locations: finding.locations.iter().map(place).collect(),
        detail: facts(&finding.detail),
    }
}

fn place(place: &Location) -> Place<'_> {
    Place {
        id: &place.id,
        file: &place.file,
        line: Some(place.line).filter(|&line| line > 0),
        role: place.role.name(),
        content: place.content.map(|content| content.to_string()),
        split: place.split.as_deref(),
        link: place.link.as_ref().map(link),
        known: place.is_known,
        changed: place.is_changed,
    }
}

fn link(link: &LinkTo) -> Link<'_> {
    Link {
        of: &link.of,
        relation: link.relation.name(),
        similarity: link.similarity,
        confidence: link.confidence,
    }
}

fn facts(detail: &Detail) -> Facts<'_> {
    let none = Facts::default();
    match detail {
        Detail::Copies | Detail::SameId => none,
        Detail::Leak { splits } => Facts { splits: Some(splits), ..none },
        Detail::Joined { edited } => Facts { edited: Some(edited), ..none },
        Detail::Published { index, earlier } => Facts {
            index: Some(index.display().to_string()),
            matches: Some(earlier.iter().map(Matched::of).collect()),
            ..none
        },
        Detail::Passage { similarity, words } => {
            Facts { similarity: Some(*similarity), words: Some(*words), ..none }
        }
        Detail::Repeat { words, of } => Facts { words: Some(*words), of_words: Some(*of), ..none },
        Detail::Loose { weakest, density } => {
            Facts { weakest: Some(*weakest), density: Some(*density), ..none }
        }
        Detail::Record { reason, seen } => {
            Facts { reason: Some(reason.name()), detail: Some(seen), ..none }
        }
        Detail::Short { words } => Facts { words: Some(*words), ..none },
        Detail::Stale(Stale::Baseline(ids)) => Facts { members: Some(ids), ..none },
        Detail::Stale(Stale::Allow(reason)) => Facts { reason: Some(reason), ..none },
        Detail::Stale(Stale::Split(split)) => {
            Facts { splits: Some(std::slice::from_ref(split)), ..none }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::codes::Code;
    use crate::report::check::sample;

    #[test]
    fn the_contract() {
        let mut out = Vec::new();
        let mut verdict = sample::verdict();
        verdict.findings.retain(|finding| finding.code == Code::NearCopy);
        render(&verdict, &Config::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "0.0.0");
        let expected = r#"{"type":"begin","format":1,"version":"0.0.0","articles":100000,"params":{"min_confidence":0.5,"min_words":10},"since":"origin/main"}
{"type":"finding","code":"near-copy","level":"deny","fingerprint":"f1:00000000000000000000000000000003","group":"w8f2k0c91aq","message":"n-3 is a reworded copy of nw-7781 (78 %); 1 more such copy in this group","help":"wirecopy compare nw-7781 n-3 --in new/b.jsonl a.jsonl","locations":[{"id":"n-3","file":"new/b.jsonl","line":3,"role":"copy","content":"c1:00000000000000000000000000000003","of":"nw-7781","relation":"reworded","similarity":0.78,"confidence":0.988,"changed":true},{"id":"nw-7781","file":"a.jsonl","line":1,"role":"kept","content":"c1:00000000000000000000000000000001"},{"id":"n-9","file":"new/b.jsonl","line":9,"role":"copy","content":"c1:00000000000000000000000000000009","of":"nw-7781","relation":"edited","similarity":0.95,"confidence":0.988}]}
{"type":"end","verdict":"fail","errors":1,"warnings":0,"codes":{"near-copy":1},"exceeded":[{"limit":"max-share","most":0.02},{"limit":"max-groups","most":1000.0}],"groups":1312,"copies":3540,"share":0.035,"known":312,"excused":2,"older":0,"failures":[]}
"#;
        assert_eq!(text, expected);
    }

    #[test]
    fn every_finding_has_its_line() {
        let mut out = Vec::new();
        render(&sample::verdict(), &Config::default(), &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for about in TABLE {
            assert!(text.contains(&format!(r#""code":"{}""#, about.name)), "{}", about.name);
        }
    }
}
