//! A small outcome made by hand, for the tests of every format.
//!
//! Two groups, one shared passage, three problems; one title and one id that try to play tricks on a terminal.

use std::sync::Arc;

use crate::article::{Article, Date, Origin, Problem, ProblemKind};
use crate::config::FieldNames;
use crate::find::{Evidence, Group, Link, Match, Member, Relation};
use crate::scan::Outcome;
use crate::store::{Earlier, Published, Republished};

pub(super) fn outcome() -> Outcome {
    Outcome {
        articles: vec![
            article(
                "nw-7781",
                1,
                Some((1_772_615_520, "northwire.example")),
                "Storm closes coastal highway for third day",
            ),
            article("kt-4410", 2, Some((1_772_624_400, "ktown.example")), "Highway shut"),
            article("cp-88", 3, Some((1_772_727_000, "coastpost.example")), "Crews clear slide"),
            article("p\u{1b}[2J1", 4, None, ""),
            article("p2", 5, None, ""),
            article("solo", 6, None, "Nothing else like it"),
        ]
        .into(),
        sources: ["coastpost.example", "ktown.example", "northwire.example"]
            .map(|source| (source.to_owned(), 1))
            .into(),
        groups: vec![
            Group {
                id: "w8f2k0c91aq".to_owned(),
                kept: 0,
                why_kept: "earliest",
                weakest: 0.8412,
                density: 0.66667,
                members: vec![
                    Member { article: 0, link: None },
                    member(1, 0, Relation::Reworded, 0.9136, 0.98765),
                    member(2, 1, Relation::Excerpt, 0.8412, 0.9),
                ],
            },
            Group {
                id: "w1111111111".to_owned(),
                kept: 3,
                why_kept: "longest",
                weakest: 1.0,
                density: 1.0,
                members: vec![
                    Member { article: 3, link: None },
                    member(4, 3, Relation::Exact, 1.0, 1.0),
                ],
            },
        ],
        matches: vec![
            pair(0, 1, Relation::Reworded, 0.9136, 0.98765),
            pair(2, 5, Relation::SharedPassage, 0.31, 0.42),
        ],
        problems: vec![
            problem(7, ProblemKind::Json, "expected `,` at column 9"),
            problem(8, ProblemKind::Date, "\"soon\"\u{7}"),
            problem(9, ProblemKind::NoText, "no string under \"text\""),
        ]
        .into(),
        fields: FieldNames {
            text: Some("text".to_owned()),
            id: Some("id".to_owned()),
            date: Some("published".to_owned()),
            ..FieldNames::default()
        },
        ..Outcome::default()
    }
}

/// The same, held against an index: one article is a copy of two there, another of one of which less is known.
pub(super) fn held_against() -> Outcome {
    let exact = Earlier {
        article: Article {
            date: Some(Date { seconds: 1_772_438_400, day_only: false }),
            ..Article::new("old-3", "")
        },
        relation: Relation::Exact,
        confidence: 1.0,
        evidence: Evidence { similarity: 1.0, ..Evidence::default() },
    };
    let copies = vec![
        Republished { article: 1, earlier: earlier() },
        Republished { article: 5, earlier: vec![exact] },
    ];
    let published = Published { index: "archive".into(), held: 1_000, copies };
    Outcome { published: Some(published), ..outcome() }
}

/// Two articles of an index, the closest first.
pub(super) fn earlier() -> Vec<Earlier> {
    let article = |id: &str| Article {
        date: Some(Date { seconds: 1_772_323_200, day_only: true }),
        source: Some("northwire.example".to_owned()),
        origin: Origin { file: Arc::from("2026-03.jsonl"), line: 12, record: 12 },
        ..Article::new(id, "")
    };
    let one = |id, relation, similarity| Earlier {
        article: article(id),
        relation,
        confidence: 0.98765,
        evidence: Evidence { similarity, ..Evidence::default() },
    };
    vec![one("old-1", Relation::Reworded, 0.7804), one("old-2", Relation::Update, 0.61)]
}

fn origin(line: u64) -> Origin {
    Origin { file: Arc::from("a.jsonl"), line, record: line }
}

fn article(id: &str, line: u64, known: Option<(i64, &str)>, title: &str) -> Article {
    Article {
        title: Some(title.to_owned()).filter(|title| !title.is_empty()),
        date: known.map(|(seconds, _)| Date { seconds, day_only: false }),
        source: known.map(|(_, source)| source.to_owned()),
        origin: origin(line),
        ..Article::new(id, "Prices\u{202e} rose\nagain on Monday, traders said.")
    }
}

fn member(article: u32, of: u32, relation: Relation, similarity: f64, confidence: f64) -> Member {
    Member { article, link: Some(Link { of, relation, similarity, confidence }) }
}

fn pair(a: u32, b: u32, relation: Relation, similarity: f64, confidence: f64) -> Match {
    Match {
        a,
        b,
        relation,
        confidence,
        evidence: Evidence {
            similarity,
            jaccard: 0.41549,
            a_in_b: 0.6,
            b_in_a: 0.5704,
            spread: 0.66666,
            ..Evidence::default()
        },
    }
}

fn problem(line: u64, kind: ProblemKind, detail: &str) -> Problem {
    Problem { origin: origin(line), kind, detail: detail.to_owned() }
}
