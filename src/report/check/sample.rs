//! A verdict made by hand, for the tests of every format: one finding of each code, and tricks on the readers of each.

use std::sync::Arc;

use crate::article::ProblemKind;
use crate::find::Relation;
use crate::judge::codes::{Code, Level};
use crate::judge::finding::{Detail, Finding, LinkTo, Location, Role, Stale};
use crate::judge::policy::{Exceeded, Verdict};
use crate::report::sample::earlier;
use crate::text::Fingerprint;

pub(super) fn verdict() -> Verdict {
    let kept = place("a.jsonl", 1, "nw-7781", "Storm closes coastal highway");
    let kept = Location { role: Role::Kept, ..kept };
    let copy = Location {
        is_changed: true,
        ..copy("new/b.jsonl", 3, "n-3", "Highway shut again", Relation::Reworded, 0.7804)
    };
    let other = copy_of("new/b.jsonl", 9, "n-9", Relation::Edited, 0.95);
    let train = |place: &Location| Location { split: Some("train".to_owned()), ..place.clone() };
    let test = |place: &Location| Location { split: Some("test".to_owned()), ..place.clone() };
    let known = |place: &Location| Location { is_known: true, ..place.clone() };
    let findings = vec![
        group(
            Code::SplitLeak,
            vec![test(&copy), train(&kept)],
            Detail::Leak { splits: vec!["test".to_owned(), "train".to_owned()] },
        ),
        group(
            Code::JoinedKnownGroup,
            vec![copy.clone(), known(&kept), known(&other)],
            Detail::Joined { edited: Vec::new() },
        ),
        group(
            Code::ExactCopy,
            vec![
                copy_of("a 50% off,b:c.jsonl", 2, "it's\u{1b}[2J", Relation::Exact, 1.0),
                kept.clone(),
            ],
            Detail::Copies,
        ),
        group(Code::NearCopy, vec![copy.clone(), kept.clone(), other.clone()], Detail::Copies),
        alone(
            Code::PublishedBefore,
            Level::Deny,
            vec![place("new/b.jsonl", 4, "n-4", "Nine schools reopen")],
            Detail::Published { index: "archive".into(), earlier: earlier() },
        ),
        alone(
            Code::DuplicateId,
            Level::Deny,
            vec![place("a.jsonl", 4, "x", "One"), place("c.jsonl", 7, "x", "Other")],
            Detail::SameId,
        ),
        group(
            Code::Excerpt,
            vec![copy_of("a.jsonl", 5, "cp-88", Relation::Excerpt, 0.93), kept.clone()],
            Detail::Copies,
        ),
        alone(
            Code::SharedPassage,
            Level::Warn,
            vec![place("a.jsonl", 6, "p", "One"), place("c.jsonl", 8, "q", "Other")],
            Detail::Passage { similarity: 0.31, words: 1_204 },
        ),
        alone(
            Code::SelfRepeat,
            Level::Warn,
            vec![place("notes/r.txt", 0, "r", "")],
            Detail::Repeat { words: 200, of: 400 },
        ),
        group(
            Code::LooseGroup,
            vec![kept.clone(), copy, other],
            Detail::Loose { weakest: 0.34, density: 0.33 },
        ),
        alone(
            Code::BadRecord,
            Level::Warn,
            vec![Location { file: Arc::from("a.jsonl"), line: 7, ..Location::default() }],
            Detail::Record {
                reason: ProblemKind::Json,
                seen: "expected `,` at column 9,\nnear `<a & \"b\">`".to_owned(),
            },
        ),
        alone(
            Code::NotJudged,
            Level::Warn,
            vec![place("a.jsonl", 8, "short", "Weather")],
            Detail::Short { words: 6 },
        ),
        alone(
            Code::StaleEntry,
            Level::Warn,
            vec![Location {
                file: Arc::from("wirecopy-baseline.jsonl"),
                line: 14,
                ..Location::default()
            }],
            Detail::Stale(Stale::Baseline(vec!["s-1".to_owned(), "s-2".to_owned()])),
        ),
    ];
    Verdict {
        findings,
        exceeded: vec![
            Exceeded::Share { share: 0.0354, most: 0.02 },
            Exceeded::Groups { groups: 1_312, most: 1_000 },
        ],
        articles: 100_000,
        groups: 1_312,
        copies: 3_540,
        known: 312,
        excused: 2,
        older: 0,
        since: Some("origin/main".to_owned()),
        failures: Vec::new(),
    }
}

fn place(file: &str, line: u64, id: &str, title: &str) -> Location {
    Location {
        file: Arc::from(file),
        line,
        id: id.to_owned(),
        title: Some(title.to_owned()).filter(|title| !title.is_empty()),
        content: Some(Fingerprint(u128::from(line))),
        ..Location::default()
    }
}

fn copy_of(file: &str, line: u64, id: &str, relation: Relation, similarity: f64) -> Location {
    copy(file, line, id, "", relation, similarity)
}

fn copy(
    file: &str,
    line: u64,
    id: &str,
    title: &str,
    relation: Relation,
    similarity: f64,
) -> Location {
    let link = LinkTo { of: "nw-7781".to_owned(), relation, similarity, confidence: 0.98765 };
    Location { role: Role::Copy, link: Some(link), ..place(file, line, id, title) }
}

fn group(code: Code, locations: Vec<Location>, detail: Detail) -> Finding {
    let finding = alone(code, code.about().level, locations, detail);
    Finding { group: Some("w8f2k0c91aq".to_owned()), ..finding }
}

fn alone(code: Code, level: Level, locations: Vec<Location>, detail: Detail) -> Finding {
    Finding {
        code,
        level,
        fingerprint: format!("f1:{:032x}", code as u8),
        group: None,
        locations,
        detail,
    }
}
