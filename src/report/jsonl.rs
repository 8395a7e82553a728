//! JSON Lines, for programs: one object a line, `begin` first and `end` last, with a bad-record line for every lost record
//! and a note for every one that was used in spite of something (of both together, the first 50,000).
//!
//! The keys, their order and the rounding are a contract (`"format":1`): keys may be added at the end of an object, nothing
//! else changes without a new number. A file without its `end` line is not whole. Nothing here depends on time or threads.
//! Text is written as it stood in the input, apart from JSON's own escapes; programs that show it must make it safe.

use std::io::{self, Write};

use serde::Serialize;

use crate::article::{Articles, Problem};
use crate::config::{Config, FieldNames, Keep};
use crate::find::{Group, Match, Member};
use crate::report::lines::{Matched, Numbers, Params, Place, Trouble, line, rounded};
use crate::report::{Options, keep_rule};
use crate::scan::Outcome;
use crate::store::Republished;

/// The number of this form. Readers refuse a number they do not know.
pub(super) const FORMAT: u32 = 1;

/// Writes the outcome as lines.
pub(super) fn render(
    outcome: &Outcome,
    config: &Config,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let articles = &outcome.articles;
    line(&begin(outcome, config), out)?;
    for group in &outcome.groups {
        line(&group_line(group, articles), out)?;
    }
    if options.pairs {
        for pair in &outcome.matches {
            line(&pair_line(pair, articles), out)?;
        }
    }
    for copy in outcome.published.iter().flat_map(|published| &published.copies) {
        line(&before(copy, articles), out)?;
    }
    for problem in outcome.problems.iter() {
        line(&problem_line(problem), out)?;
    }
    let bad_records = outcome.problems.lost();
    let copies = outcome.groups.iter().map(|group| group.members.len().saturating_sub(1)).sum();
    let published_before = outcome.published.as_ref().map(|published| published.copies.len());
    let groups = outcome.groups.len();
    line(&Line::End { groups, copies, bad_records, published_before }, out)
}

/// Every kind of line, with its keys in their order.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    Begin {
        format: u32,
        version: &'static str,
        articles: usize,
        fields: &'a FieldNames,
        params: Params,
        #[serde(skip_serializing_if = "Option::is_none")]
        against: Option<Against>,
    },
    Group {
        id: &'a str,
        size: usize,
        kept: &'a str,
        why_kept: &'static str,
        #[serde(serialize_with = "rounded")]
        weakest: f64,
        #[serde(serialize_with = "rounded")]
        density: f64,
        members: Vec<MemberOf<'a>>,
    },
    Pair {
        a: &'a str,
        b: &'a str,
        #[serde(flatten)]
        numbers: Numbers,
    },
    PublishedBefore {
        id: &'a str,
        #[serde(flatten)]
        place: Place<'a>,
        matches: Vec<Matched<'a>>,
    },
    BadRecord(Trouble<'a>),
    Note(Trouble<'a>),
    End {
        groups: usize,
        copies: usize,
        bad_records: u64,
        #[serde(skip_serializing_if = "Option::is_none")]
        published_before: Option<usize>,
    },
}

/// The index that a run was held against.
#[derive(Serialize)]
struct Against {
    index: String,
    articles: u64,
}

#[derive(Serialize)]
struct MemberOf<'a> {
    id: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    role: &'static str,
    #[serde(flatten)]
    link: Option<LinkTo<'a>>,
}

#[derive(Serialize)]
struct LinkTo<'a> {
    of: &'a str,
    relation: &'static str,
    #[serde(serialize_with = "rounded")]
    similarity: f64,
    #[serde(serialize_with = "rounded")]
    confidence: f64,
}

fn begin<'a>(outcome: &'a Outcome, config: &Config) -> Line<'a> {
    let keep =
        (config.keep != Keep::default()).then(|| config.keep.0.iter().map(keep_rule).collect());
    let mut params = Params::of(&config.matching);
    params.keep = keep;
    params.input_format = config.input.format.map(|format| format.name());
    Line::Begin {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
        articles: outcome.articles.len(),
        fields: &outcome.fields,
        params,
        against: outcome.published.as_ref().map(|published| Against {
            index: published.index.display().to_string(),
            articles: published.held,
        }),
    }
}

fn group_line<'a>(group: &'a Group, articles: &'a Articles) -> Line<'a> {
    Line::Group {
        id: &group.id,
        size: group.members.len(),
        kept: &articles[group.kept as usize].id,
        why_kept: group.why_kept,
        weakest: group.weakest,
        density: group.density,
        members: group.members.iter().map(|member| member_of(member, articles)).collect(),
    }
}

fn member_of<'a>(member: &Member, articles: &'a Articles) -> MemberOf<'a> {
    let article = &articles[member.article as usize];
    MemberOf {
        id: &article.id,
        place: Place::of(&article.origin),
        role: if member.link.is_some() { "copy" } else { "kept" },
        link: member.link.as_ref().map(|link| LinkTo {
            of: &articles[link.of as usize].id,
            relation: link.relation.name(),
            similarity: link.similarity,
            confidence: link.confidence,
        }),
    }
}

fn pair_line<'a>(pair: &'a Match, articles: &'a Articles) -> Line<'a> {
    Line::Pair {
        a: &articles[pair.a as usize].id,
        b: &articles[pair.b as usize].id,
        numbers: Numbers::of(pair.relation, pair.confidence, &pair.evidence),
    }
}

fn before<'a>(copy: &'a Republished, articles: &'a Articles) -> Line<'a> {
    let article = &articles[copy.article as usize];
    let matches = copy.earlier.iter().map(Matched::of).collect();
    Line::PublishedBefore { id: &article.id, place: Place::of(&article.origin), matches }
}

fn problem_line(problem: &Problem) -> Line<'_> {
    let trouble = Trouble::of(problem);
    if problem.kind.loses_record() { Line::BadRecord(trouble) } else { Line::Note(trouble) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Format, KeepRule};
    use crate::report::sample;

    fn lines(outcome: &Outcome, config: &Config, pairs: bool) -> String {
        let mut out = Vec::new();
        render(outcome, config, &Options { pairs, ..Options::default() }, &mut out).unwrap();
        String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "0.0.0")
    }

    #[test]
    fn the_contract() {
        let expected = r#"{"type":"begin","format":1,"version":"0.0.0","articles":6,"fields":{"text":"text","id":"id","date":"published"},"params":{"min_confidence":0.5,"min_words":10}}
{"type":"group","id":"w8f2k0c91aq","size":3,"kept":"nw-7781","why_kept":"earliest","weakest":0.841,"density":0.667,"members":[{"id":"nw-7781","file":"a.jsonl","line":1,"role":"kept"},{"id":"kt-4410","file":"a.jsonl","line":2,"role":"copy","of":"nw-7781","relation":"reworded","similarity":0.914,"confidence":0.988},{"id":"cp-88","file":"a.jsonl","line":3,"role":"copy","of":"kt-4410","relation":"excerpt","similarity":0.841,"confidence":0.9}]}
{"type":"group","id":"w1111111111","size":2,"kept":"p\u001b[2J1","why_kept":"longest","weakest":1.0,"density":1.0,"members":[{"id":"p\u001b[2J1","file":"a.jsonl","line":4,"role":"kept"},{"id":"p2","file":"a.jsonl","line":5,"role":"copy","of":"p\u001b[2J1","relation":"exact","similarity":1.0,"confidence":1.0}]}
{"type":"pair","a":"nw-7781","b":"kt-4410","relation":"reworded","similarity":0.914,"confidence":0.988,"jaccard":0.415,"containment":{"a_in_b":0.6,"b_in_a":0.57},"words":0}
{"type":"pair","a":"cp-88","b":"solo","relation":"shared-passage","similarity":0.31,"confidence":0.42,"jaccard":0.415,"containment":{"a_in_b":0.6,"b_in_a":0.57},"words":0}
{"type":"bad-record","file":"a.jsonl","line":7,"reason":"broken-json","detail":"expected `,` at column 9"}
{"type":"note","file":"a.jsonl","line":8,"reason":"unclear-date","detail":"\"soon\"\u0007"}
{"type":"bad-record","file":"a.jsonl","line":9,"reason":"no-text","detail":"no string under \"text\""}
{"type":"end","groups":2,"copies":3,"bad_records":2}
"#;
        assert_eq!(
            without_evidence(&lines(&sample::outcome(), &Config::default(), true)),
            expected
        );
    }

    #[test]
    fn a_pair_states_its_evidence_by_name() {
        let lines = lines(&sample::outcome(), &Config::default(), true);
        for (name, _) in sample::outcome().matches[0].evidence.named() {
            assert!(lines.contains(&format!("\"{name}\":")), "{name}");
        }
        assert!(lines.contains(r#""spread":0.667"#));
    }

    fn without_evidence(lines: &str) -> String {
        let cut = |line: &str| match line.split_once(r#","evidence":{"#) {
            Some((start, _)) => format!("{start}}}\n"),
            None => format!("{line}\n"),
        };
        lines.lines().map(cut).collect()
    }

    #[test]
    fn pairs_only_when_asked_for() {
        assert!(!lines(&sample::outcome(), &Config::default(), false).contains(r#""type":"pair""#));
    }

    #[test]
    fn settings_that_differ_are_stated() {
        let mut config = Config::default();
        config.matching.threshold = Some(0.8);
        config.matching.updates = false;
        config.matching.seed = 7;
        config.keep = Keep(vec![
            KeepRule::Prefer(vec!["a.example".to_owned(), "b.example".to_owned()]),
            KeepRule::First,
        ]);
        config.input.format = Some(Format::Jsonl);
        let expected = r#"{"type":"begin","format":1,"version":"0.0.0","articles":0,"fields":{},"params":{"min_confidence":0.5,"threshold":0.8,"min_words":10,"updates":false,"seed":7,"keep":["prefer:a.example,b.example","first"],"input_format":"jsonl"}}
{"type":"end","groups":0,"copies":0,"bad_records":0}
"#;
        assert_eq!(lines(&Outcome::default(), &config, true), expected);
    }

    #[test]
    fn a_place_without_lines_states_none() {
        let mut outcome = sample::outcome();
        let origin = &mut outcome.articles.get_mut(4).unwrap().origin;
        (origin.line, origin.record) = (0, 0);
        assert!(
            lines(&outcome, &Config::default(), false)
                .contains(r#"{"id":"p2","file":"a.jsonl","role":"copy""#)
        );
    }
}
