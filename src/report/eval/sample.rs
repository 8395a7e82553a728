//! A small evaluation made by hand, for the tests of every format: one set of pairs, whose names try to be HTML and to
//! play tricks on a terminal, and one of clusters.

use crate::judge::eval::{Evaluation, Named, Set};
use crate::judge::measures::{Counts, Reliability};
use crate::judge::scores::{Kind, Limited, SCORE_BINS, Scores};

/// A kind that runs a script in a page that does not know better.
pub(super) const EVIL: &str = "</script><script>alert(1)</script>\u{1b}[2J";

pub(super) fn evaluation() -> Evaluation {
    let pairs = Scores {
        counts: Counts { copies: 10, copies_found: 8, others: 300, others_found: 2 },
        alone: Counts { copies: 10, copies_found: 7, others: 300, others_found: 1 },
        candidates: 9,
        kinds: vec![
            kind(EVIL, true, [4, 4, 4, 0], &[(19, 4)]),
            kind("reworded", true, [6, 4, 5, 2], &[(4, 1), (12, 3)]),
            kind("template", false, [300, 2, 12, 290], &[(1, 8), (11, 2)]),
        ],
        sweep: (1..20)
            .map(|step| {
                let copies_found = if step < 10 { 8 } else { 4 };
                let others_found = if step < 12 { 2 } else { 0 };
                let counts = Counts { copies: 10, copies_found, others: 300, others_found };
                (f64::from(step) / 20.0, counts)
            })
            .collect(),
        limited: vec![Limited {
            rate: 0.01,
            above: 0.35,
            counts: Counts { copies: 10, copies_found: 8, others: 300, others_found: 2 },
        }],
        curve: vec![(0.4, 1.0), (0.7, 0.875), (0.8, 0.8)],
        reliability: Reliability::of([(0.05, false), (0.07, false), (0.62, true), (0.97, true)]),
    };
    let clusters = Scores {
        counts: Counts { copies: 3, copies_found: 3, others: 3, others_found: 0 },
        alone: Counts { copies: 3, copies_found: 3, others: 3, others_found: 0 },
        candidates: 3,
        kinds: vec![
            kind("same cluster", true, [3, 3, 3, 0], &[(18, 3)]),
            kind("other cluster", false, [3, 0, 0, 3], &[]),
        ],
        ..Scores::default()
    };
    let pooled = Scores {
        candidates: 12,
        counts: pairs.counts.plus(&clusters.counts),
        alone: pairs.alone.plus(&clusters.alone),
        ..pairs.clone()
    };
    Evaluation {
        articles: 79,
        sets: vec![
            Set {
                name: "mini".to_owned(),
                grey: 5,
                left_out: 4,
                missing: Named {
                    count: 6,
                    first: ["a", "b", "c", "d", "e"].map(str::to_owned).to_vec(),
                },
                scores: pairs,
                ..Set::default()
            },
            Set {
                name: "clusters".to_owned(),
                clusters: true,
                adjusted_rand: Some(2.0 / 3.0),
                scores: clusters,
                ..Set::default()
            },
        ],
        pooled,
        repeated: Named { count: 1, first: vec!["twice".to_owned()] },
        ..Evaluation::default()
    }
}

fn kind(name: &str, copy: bool, numbers: [u64; 4], bins: &[(usize, u64)]) -> Kind {
    let [pairs, found, candidates, unjudged] = numbers;
    let mut scores = [0; SCORE_BINS];
    bins.iter().for_each(|&(bin, pairs)| scores[bin] = pairs);
    Kind { name: name.to_owned(), copy, pairs, found, candidates, unjudged, scores }
}
