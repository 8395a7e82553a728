//! A comparison as JSON Lines, for programs: in a dump a line `match` for each article that was found, then `comparison`
//! for the first of them, `passage` lines in the order of the first text, and `end`.
//!
//! Keys, their order and the rounding are a contract (`"format":1`): keys may be added at the end of an object, nothing
//! else changes without a new number. `a` and `b` of a passage are byte ranges (from, to) of the two texts as they stood
//! in the input, null where the passage does not stand; `equal` has the runs of equal words inside, as such ranges.

use std::io::{self, Write};
use std::ops::Range;

use serde::Serialize;

use crate::article::Article;
use crate::compare::{Answer, Found};
use crate::find::compare::Part;
use crate::find::passage::Passage;
use crate::report::lines::{Numbers, Place, line, rounded};

/// The number of this form. Readers refuse a number they do not know.
const FORMAT: u32 = 1;

/// Writes the answer as lines.
pub(super) fn render(answer: &Answer, out: &mut dyn Write) -> io::Result<()> {
    if answer.dump.is_some() {
        for found in &answer.found {
            line(&match_line(found), out)?;
        }
    }
    let mut passages = 0;
    if let Some(found) = answer.found.first() {
        line(&comparison(answer, found), out)?;
        let mut number = 0;
        for passage in &found.comparison.passages {
            number += usize::from(passage.is_shared());
            line(&passage_line(passage, number), out)?;
        }
        passages = found.comparison.passages.len();
    }
    line(&Line::End { matches: answer.found.len(), passages }, out)
}

/// Every kind of line, with its keys in their order.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    Match {
        id: &'a str,
        #[serde(flatten)]
        place: Place<'a>,
        verdict: &'static str,
        relation: &'static str,
        #[serde(serialize_with = "rounded")]
        similarity: f64,
        #[serde(serialize_with = "rounded")]
        confidence: f64,
        proposed: bool,
        group: Option<&'a str>,
    },
    Comparison {
        format: u32,
        version: &'static str,
        a: Box<Side<'a>>,
        b: Box<Side<'a>>,
        verdict: &'static str,
        #[serde(flatten)]
        numbers: Box<Numbers>,
    },
    Passage {
        number: Option<usize>,
        form: &'static str,
        a: Option<[u32; 2]>,
        b: Option<[u32; 2]>,
        words: usize,
        words_a: usize,
        words_b: usize,
        equal: Vec<[[u32; 2]; 2]>,
    },
    End {
        matches: usize,
        passages: usize,
    },
}

/// One of the two articles, and what of it stands in the other.
#[derive(Serialize)]
struct Side<'a> {
    id: &'a str,
    #[serde(flatten)]
    place: Place<'a>,
    title: Option<&'a str>,
    date: Option<String>,
    source: Option<&'a str>,
    bytes: usize,
    words: usize,
    boilerplate: usize,
    in_order: usize,
    moved: usize,
    numbers: usize,
    numbers_matched: usize,
    sentences: usize,
    own_sentences: usize,
}

fn match_line(found: &Found) -> Line<'_> {
    let standing = found.standing.as_ref();
    Line::Match {
        id: &found.article.id,
        place: Place::of(&found.article.origin),
        verdict: found.comparison.verdict.name(),
        relation: found.comparison.relation.name(),
        similarity: found.comparison.evidence.similarity,
        confidence: found.comparison.confidence,
        proposed: standing.is_some_and(|standing| standing.proposed),
        group: standing.and_then(|standing| standing.group.as_deref()),
    }
}

fn comparison<'a>(answer: &'a Answer, found: &'a Found) -> Line<'a> {
    let compared = &found.comparison;
    Line::Comparison {
        format: FORMAT,
        version: env!("CARGO_PKG_VERSION"),
        a: Box::new(side(&answer.article, &compared.parts[0])),
        b: Box::new(side(&found.article, &compared.parts[1])),
        verdict: compared.verdict.name(),
        numbers: Box::new(Numbers::of(compared.relation, compared.confidence, &compared.evidence)),
    }
}

fn side<'a>(article: &'a Article, part: &Part) -> Side<'a> {
    Side {
        id: &article.id,
        place: Place::of(&article.origin),
        title: article.title.as_deref(),
        date: article.date.map(|date| date.to_string()),
        source: article.source.as_deref(),
        bytes: article.text.len(),
        words: part.words,
        boilerplate: part.boilerplate,
        in_order: part.in_order,
        moved: part.moved,
        numbers: part.numbers,
        numbers_matched: part.numbers_matched,
        sentences: part.sentences,
        own_sentences: part.own_sentences,
    }
}

fn passage_line(passage: &Passage, number: usize) -> Line<'static> {
    let range = |range: &Range<u32>| [range.start, range.end];
    let place = |at: &Range<u32>| Some(range(at)).filter(|_| !at.is_empty());
    Line::Passage {
        number: passage.is_shared().then_some(number),
        form: passage.form.name(),
        a: place(&passage.a),
        b: place(&passage.b),
        words: passage.words,
        words_a: passage.words_a,
        words_b: passage.words_b,
        equal: passage.equal.iter().map(|(a, b)| [range(a), range(b)]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Standing;
    use crate::config::Matching;
    use crate::find::common::CommonText;
    use crate::find::compare::compare;

    #[test]
    fn the_contract() {
        let a = Article::new("a", "Rain. The highway will stay closed until Tuesday.");
        let b = Article::new("b", "The highway will stay shut until Tuesday. Sun.");
        let comparison = compare(&a, &b, &CommonText::new(0), &Matching::default());
        let standing = Some(Standing { proposed: false, group: Some("w1".to_owned()) });
        let found = vec![Found { article: b, comparison, standing }];
        let answer = Answer { article: a, found, dump: Some(2), failures: Vec::new() };
        let mut out = Vec::new();
        render(&answer, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap().replace(env!("CARGO_PKG_VERSION"), "0.0.0");
        let lines: Vec<&str> = text.lines().collect();
        assert!(lines[0].starts_with(
            r#"{"type":"match","id":"b","file":"","verdict":"too-short","relation":""#
        ));
        assert!(lines[0].ends_with(r#","proposed":false,"group":"w1"}"#), "{}", lines[0]);
        assert!(lines[1].starts_with(
            r#"{"type":"comparison","format":1,"version":"0.0.0","a":{"id":"a","file":"","title":null,"date":null,"source":null,"bytes":49,"words":8,"boilerplate":0,"in_order":6,"moved":0,"numbers":0,"numbers_matched":0,"sentences":2,"own_sentences":1},"b":{"#
        ), "{}", lines[1]);
        assert!(lines[1].contains(r#","verdict":"too-short","relation":""#));
        assert_eq!(
            lines[2..],
            [
                r#"{"type":"passage","number":null,"form":"only-a","a":[0,5],"b":null,"words":0,"words_a":1,"words_b":0,"equal":[]}"#,
                r#"{"type":"passage","number":1,"form":"reworded","a":[6,49],"b":[0,41],"words":6,"words_a":7,"words_b":7,"equal":[[[6,27],[0,21]],[[35,48],[27,40]]]}"#,
                r#"{"type":"passage","number":null,"form":"only-b","a":null,"b":[42,46],"words":0,"words_a":0,"words_b":1,"equal":[]}"#,
                r#"{"type":"end","matches":1,"passages":3}"#,
            ]
        );
    }
}
