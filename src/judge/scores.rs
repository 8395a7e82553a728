//! Labelled pairs and what became of them, added up to scores: by groups, by kind, by confidence, by calibration.
//!
//! Pairs come one by one, or, for clusters, as counts and the few that the search met. Sets add up to the pool.

use std::collections::BTreeMap;

use ahash::AHashMap;

use super::measures::{Agreement, Counts, Reliability, bin_of};
use crate::find::Seen;

/// Bins of the scores of a kind.
pub const SCORE_BINS: usize = 20;

/// The curve of precision and recall moves by at least this much from point to point.
const CURVE_STEP: f64 = 0.005;

/// Shares of the pairs that are no copies, of which the error is told at which they are taken for some.
const FALSE_RATES: [f64; 2] = [0.01, 0.001];

/// The scores of some labelled pairs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Scores {
    /// What was found, by groups.
    pub counts: Counts,
    /// What would be found by the confidence of each pair by itself, before grouping.
    pub alone: Counts,
    /// Copies that candidate search proposed.
    pub candidates: u64,
    /// The same by kind: copies first, then by name.
    pub kinds: Vec<Kind>,
    /// As `alone` at other values of `min_confidence`: 0.05 to 0.95.
    pub sweep: Vec<(f64, Counts)>,
    /// As `alone` at the lowest confidence at which at most 1 % and 0.1 % of what is no copy counts as one, with that
    /// confidence; none where there are no such pairs.
    pub limited: Vec<Limited>,
    /// Recall and precision at every confidence that makes a difference, most confident first.
    pub curve: Vec<(f64, f64)>,
    /// What confidence is worth, over pairs that were judged; equal texts need no judge and are not among them.
    pub reliability: Reliability,
}

/// What is found where few errors are allowed.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Limited {
    /// The share of what is no copy that may be taken for one.
    pub rate: f64,
    /// The confidence above which pairs count.
    pub above: f64,
    /// What is found there.
    pub counts: Counts,
}

/// The labelled pairs of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Kind {
    /// What the labels call it.
    pub name: String,
    /// True for a kind of copies.
    pub copy: bool,
    /// Labelled pairs.
    pub pairs: u64,
    /// Pairs in one group.
    pub found: u64,
    /// Pairs that candidate search proposed.
    pub candidates: u64,
    /// Pairs that were never judged.
    pub unjudged: u64,
    /// The others by their confidence.
    pub scores: [u64; SCORE_BINS],
}

/// Scored pairs, in a form that adds up.
#[derive(Debug, Default)]
pub(super) struct Material {
    /// By whether they are no copies, and name: copies come first.
    kinds: BTreeMap<(bool, String), Kind>,
    /// Confidence of every pair that has one, and whether it is a copy.
    confident: Vec<(f64, bool)>,
    reliability: Vec<(f64, bool)>,
}

impl Material {
    pub(super) fn of_pairs(
        pairs: &[((u32, u32), bool, String)],
        seen: &[((u32, u32), Seen)],
        groups: &[u64],
    ) -> Material {
        let mut material = Material::default();
        for (((a, b), copy, name), &(_, seen)) in pairs.iter().zip(seen) {
            let kind = material.meet(*copy, name, seen);
            kind.pairs += 1;
            kind.found += u64::from(groups[*a as usize] == groups[*b as usize]);
            kind.unjudged += u64::from(!matches!(seen, Seen::Equal | Seen::Judged(_)));
        }
        material
    }

    /// Of clusters, only the pairs that were proposed are listed; how many there are of all the others is known.
    pub(super) fn of_clusters(
        articles: &[(u32, u64)],
        seen: &[((u32, u32), Seen)],
        agreement: &Agreement,
    ) -> Material {
        let mut material = Material::default();
        let cluster: AHashMap<u32, u64> = articles.iter().copied().collect();
        let name = |copy: bool| if copy { "same cluster" } else { "other cluster" };
        for &((a, b), seen) in seen {
            let copy = cluster.get(&a) == cluster.get(&b);
            material.meet(copy, name(copy), seen);
        }
        let Agreement { pairs, first, second, both } = *agreement;
        for (copy, pairs, found) in [(true, first, both), (false, pairs - first, second - both)] {
            let kind = material.kind(copy, name(copy));
            (kind.pairs, kind.found) = (pairs, found);
            kind.unjudged = pairs - kind.scores.iter().sum::<u64>();
        }
        material.kinds.retain(|_, kind| kind.pairs > 0);
        material
    }

    fn kind(&mut self, copy: bool, name: &str) -> &mut Kind {
        let new = || Kind { name: name.to_owned(), copy, ..Kind::default() };
        self.kinds.entry((!copy, name.to_owned())).or_insert_with(new)
    }

    /// Takes in what became of one pair.
    fn meet(&mut self, copy: bool, name: &str, seen: Seen) -> &mut Kind {
        let confidence = seen.confidence();
        if let Seen::Judged(confidence) = seen {
            self.reliability.push((confidence, copy));
        }
        let judged = matches!(seen, Seen::Equal | Seen::Judged(_));
        if judged {
            self.confident.push((confidence, copy));
        }
        let kind = self.kind(copy, name);
        kind.candidates += u64::from(seen.is_candidate());
        kind.scores[bin_of(confidence, SCORE_BINS)] += u64::from(judged);
        kind
    }

    pub(super) fn add(&mut self, other: Material) {
        for ((_, name), from) in other.kinds {
            let to = self.kind(from.copy, &name);
            to.pairs += from.pairs;
            to.found += from.found;
            to.candidates += from.candidates;
            to.unjudged += from.unjudged;
            to.scores.iter_mut().zip(from.scores).for_each(|(to, from)| *to += from);
        }
        self.confident.extend(other.confident);
        self.reliability.extend(other.reliability);
    }

    /// The scores, if pairs are copies from `min_confidence` on.
    pub(super) fn scores(&self, min_confidence: f64) -> Scores {
        let kinds: Vec<Kind> = self.kinds.values().cloned().collect();
        let mut scores = Scores::default();
        let counts = &mut scores.counts;
        for kind in &kinds {
            if kind.copy {
                counts.copies += kind.pairs;
                counts.copies_found += kind.found;
                scores.candidates += kind.candidates;
            } else {
                counts.others += kind.pairs;
                counts.others_found += kind.found;
            }
        }
        let all = Counts { copies_found: 0, others_found: 0, ..*counts };
        let from = |least: f64| {
            let mut counts = all;
            for &(confidence, copy) in &self.confident {
                let found = u64::from(confidence >= least);
                *if copy { &mut counts.copies_found } else { &mut counts.others_found } += found;
            }
            counts
        };
        scores.alone = from(min_confidence);
        scores.sweep =
            (1..20).map(|step| f64::from(step) / 20.0).map(|at| (at, from(at))).collect();
        if all.others > 0 {
            scores.limited = FALSE_RATES.map(|rate| limited(&self.confident, all, rate)).to_vec();
        }
        scores.curve = curve(&self.confident, all);
        scores.reliability = Reliability::of(self.reliability.iter().copied());
        scores.kinds = kinds;
        scores
    }
}

/// What counts above the confidence of the first pair too many that is no copy.
fn limited(confident: &[(f64, bool)], all: Counts, rate: f64) -> Limited {
    let mut others: Vec<f64> = confident.iter().filter(|pair| !pair.1).map(|pair| pair.0).collect();
    others.sort_by(|x, y| y.total_cmp(x));
    let allowed = (rate * all.others as f64) as usize;
    let above = others.get(allowed).copied().unwrap_or(0.0);
    let mut counts = all;
    for &(_, copy) in confident.iter().filter(|pair| pair.0 > above) {
        *if copy { &mut counts.copies_found } else { &mut counts.others_found } += 1;
    }
    Limited { rate, above, counts }
}

/// Recall and precision as pairs are taken in the order of their confidence; those of one confidence come together.
fn curve(confident: &[(f64, bool)], all: Counts) -> Vec<(f64, f64)> {
    let mut sorted = confident.to_vec();
    sorted.sort_by(|x, y| y.0.total_cmp(&x.0));
    let mut counts = all;
    let mut points: Vec<(f64, f64)> = Vec::new();
    let mut last = None;
    for level in sorted.chunk_by(|x, y| x.0 == y.0) {
        counts.copies_found += level.iter().filter(|pair| pair.1).count() as u64;
        counts.others_found += level.iter().filter(|pair| !pair.1).count() as u64;
        let Some(point) = counts.recall().zip(counts.precision()) else { continue };
        let moved = |from: &(f64, f64)| {
            (point.0 - from.0).abs().max((point.1 - from.1).abs()) >= CURVE_STEP
        };
        if points.last().is_none_or(moved) {
            points.push(point);
            last = None;
        } else {
            last = Some(point);
        }
    }
    points.extend(last);
    points
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four copies and three others in two kinds each; groups are 7 (articles 0 to 2), 8 (3, 4) and single ones.
    fn hand_case() -> Material {
        let groups = [7, 7, 7, 8, 8, 20, 21];
        let own = |copy: bool, pair: (u32, u32), kind: &str| (pair, copy, kind.to_owned());
        let pairs = [
            own(true, (0, 1), "exact"),
            own(true, (0, 2), "reworded"),
            own(true, (1, 2), "reworded"),
            own(true, (2, 5), "reworded"),
            own(false, (3, 4), "template"),
            own(false, (4, 5), "template"),
            own(false, (5, 6), "event"),
        ];
        let seen = [
            Seen::Equal,
            Seen::Judged(0.8),
            Seen::Never,
            Seen::Judged(0.3),
            Seen::Judged(0.6),
            Seen::Sifted,
            Seen::Judged(0.05),
        ];
        let seen: Vec<_> = pairs.iter().zip(seen).map(|(pair, seen)| (pair.0, seen)).collect();
        Material::of_pairs(&pairs, &seen, &groups)
    }

    #[test]
    fn pairs_by_hand() {
        let scores = hand_case().scores(0.5);
        assert_eq!(
            scores.counts,
            Counts { copies: 4, copies_found: 3, others: 3, others_found: 1 }
        );
        assert_eq!((scores.alone.copies_found, scores.alone.others_found), (2, 1));
        assert_eq!(scores.candidates, 3);
        let kinds: Vec<_> = scores
            .kinds
            .iter()
            .map(|k| (k.copy, k.name.as_str(), k.pairs, k.found, k.candidates, k.unjudged))
            .collect();
        assert_eq!(
            kinds,
            [
                (true, "exact", 1, 1, 1, 0),
                (true, "reworded", 3, 2, 2, 1),
                (false, "event", 1, 0, 1, 0),
                (false, "template", 2, 1, 2, 1),
            ]
        );
        let reworded = &scores.kinds[1].scores;
        assert_eq!((reworded[6], reworded[16], reworded.iter().sum::<u64>()), (1, 1, 2));
        assert_eq!(scores.kinds[0].scores[19], 1);
        // Equal texts and pairs that were never judged say nothing about the judge.
        assert_eq!(scores.reliability.pairs(), 4);
    }

    #[test]
    fn the_sweep_judges_each_pair_by_itself() {
        let sweep = hand_case().scores(0.5).sweep;
        let at =
            |step: usize| (sweep[step].0, sweep[step].1.copies_found, sweep[step].1.others_found);
        assert_eq!(sweep.len(), 19);
        assert_eq!(
            [0, 1, 5, 6, 11, 12, 15, 18].map(at),
            [
                (0.05, 3, 2),
                (0.1, 3, 1),
                (0.3, 3, 1),
                (0.35, 2, 1),
                (0.6, 2, 1),
                (0.65, 2, 0),
                (0.8, 2, 0),
                (0.95, 1, 0),
            ]
        );
        assert!(sweep.iter().all(|(_, counts)| (counts.copies, counts.others) == (4, 3)));
    }

    #[test]
    fn few_errors_are_allowed() {
        let mut pairs = vec![(0.95, true), (0.9, false), (0.8, true), (0.7, false), (0.6, true)];
        pairs.extend((0..98).map(|at| (f64::from(at) / 1000.0, false)));
        let all = Counts { copies: 4, others: 100, ..Counts::default() };
        let one = limited(&pairs, all, 0.01);
        assert_eq!((one.above, one.counts.copies_found, one.counts.others_found), (0.7, 2, 1));
        let none = limited(&pairs, all, 0.001);
        assert_eq!((none.above, none.counts.copies_found, none.counts.others_found), (0.9, 1, 0));
        let few = limited(&pairs[..1], all, 0.01);
        assert_eq!((few.above, few.counts.copies_found), (0.0, 1));
        let nothing_false = Material::default().scores(0.5);
        assert!(nothing_false.limited.is_empty());
    }

    #[test]
    fn the_curve_goes_from_sure_to_unsure() {
        let curve = hand_case().scores(0.5).curve;
        assert_eq!(curve, [(0.25, 1.0), (0.5, 1.0), (0.5, 2.0 / 3.0), (0.75, 0.75), (0.75, 0.6)]);
        let flat: Vec<(f64, bool)> = (0..10_000).map(|at| (f64::from(at) / 1e4, true)).collect();
        let points = super::curve(&flat, Counts { copies: 10_000, ..Counts::default() });
        assert!((100..250).contains(&points.len()), "{}", points.len());
        assert_eq!(points.last(), Some(&(1.0, 1.0)));
    }

    #[test]
    fn sets_add_up() {
        let mut twice = hand_case();
        twice.add(hand_case());
        let (one, two) = (hand_case().scores(0.5), twice.scores(0.5));
        assert_eq!(two.counts, one.counts.plus(&one.counts));
        assert_eq!(two.kinds.len(), one.kinds.len());
        assert_eq!(two.kinds[1].scores[16], 2);
        assert_eq!(two.curve, one.curve);
        assert_eq!(two.reliability.pairs(), 8);
    }

    #[test]
    fn clusters_are_all_pairs_of_their_articles() {
        // Clusters {0, 1, 2}, {3}, {4}; groups {0, 1}, {3, 4} and 2 alone.
        let articles = [(0, 0), (1, 0), (2, 0), (3, 1), (4, 2)];
        let both = [(0, 5), (0, 5), (0, 6), (1, 7), (2, 7)];
        let seen =
            [((0, 1), Seen::Judged(0.9)), ((0, 2), Seen::Judged(0.2)), ((3, 4), Seen::Judged(0.7))];
        let scores = Material::of_clusters(&articles, &seen, &Agreement::of(&both)).scores(0.5);
        assert_eq!(
            scores.counts,
            Counts { copies: 3, copies_found: 1, others: 7, others_found: 1 }
        );
        assert_eq!(scores.candidates, 2);
        assert_eq!((scores.kinds[0].unjudged, scores.kinds[1].unjudged), (1, 6));
        assert_eq!(scores.sweep[9].1.copies_found, 1);
        assert_eq!(scores.curve.last(), Some(&(2.0 / 3.0, 2.0 / 3.0)));
    }
}
