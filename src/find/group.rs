//! Verified pairs to groups: deterministic pivot ("star") clustering with consent, never chains of pairs.
//!
//! Articles are taken by the sum of their pairs' scores, then length, then content; each takes the free articles it has
//! an accepted pair with, best first, if the pair outweighs what speaks against the newcomer: its mean score with the
//! articles already taken, where a rejected pair counts against it and a pair that was never even proposed a little. Then
//! two refinements: a copy moves to the adjacent pivot it has a better pair with (so that the order of the pivots leaves
//! no trace), and an article left alone joins the group half of whose members it has pairs with, unless the others
//! outweigh them (so that chains of real rewrites stay together). O(E log E) for E pairs, and for each pair the pairs of one of
//! its articles: nothing is squared where a million articles are one group.
//!
//! Union-find over candidate pairs is what everyone does and what has merged 859,091 articles into one false group
//! (marin #6854). Correlation clustering by pivots is a 3-approximation (Ailon, Charikar and Newman 2008) and cannot
//! chain; consent keeps two reports of one event apart that a third article borrows from both.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use ahash::AHashMap;

/// The score of a pair that was never proposed.
const UNKNOWN: i64 = -250_000;

/// The mean score with a group's members at which one left alone still joins it.
const TOLERATED: i64 = UNKNOWN / 2;

/// A verified pair of articles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Edge {
    /// One article.
    pub a: u32,
    /// The other.
    pub b: u32,
    /// For (up to 1,000,000) or against (down to −1,000,000) their being copies: whole numbers, so that sums are exact.
    pub score: i64,
    /// Whether the pair is accepted as copies.
    pub is_copy: bool,
}

/// Groups of at least two articles, each sorted, in the order of their first article. No pair may come twice.
///
/// `length` breaks ties between pivots (longer first); after it the smaller index wins, so that indices must not depend
/// on the order of the input.
pub fn group(edges: &[Edge], length: impl Fn(u32) -> u32) -> Vec<Vec<u32>> {
    let mut stars = Stars::new(edges);
    let order = stars.in_order(length);
    stars.take(&order);
    stars.move_to_better_pivots(&order);
    stars.join_the_lonely(&order);
    let mut found: Vec<Vec<u32>> =
        stars.members.into_values().filter(|members| members.len() > 1).collect();
    found.iter_mut().for_each(|members| members.sort_unstable());
    found.sort_unstable();
    found
}

/// Pivots and what each has taken.
struct Stars {
    scores: AHashMap<(u32, u32), i64>,
    /// Every pair of each article, accepted or not.
    scored: AHashMap<u32, Vec<(u32, i64)>>,
    /// Accepted pairs of each article, best first.
    neighbors: BTreeMap<u32, Vec<(u32, i64)>>,
    pivot_of: BTreeMap<u32, u32>,
    /// By pivot, the pivot itself first.
    members: BTreeMap<u32, Vec<u32>>,
}

impl Stars {
    fn new(edges: &[Edge]) -> Self {
        let scores: AHashMap<(u32, u32), i64> = edges
            .iter()
            .map(|edge| ((edge.a.min(edge.b), edge.a.max(edge.b)), edge.score))
            .collect();
        let mut neighbors: BTreeMap<u32, Vec<(u32, i64)>> = BTreeMap::new();
        for edge in edges.iter().filter(|edge| edge.is_copy && edge.a != edge.b) {
            neighbors.entry(edge.a).or_default().push((edge.b, edge.score));
            neighbors.entry(edge.b).or_default().push((edge.a, edge.score));
        }
        for others in neighbors.values_mut() {
            others.sort_unstable_by_key(|&(other, score)| (Reverse(score), other));
            others.dedup_by_key(|(other, _)| *other);
        }
        let mut scored: AHashMap<u32, Vec<(u32, i64)>> = AHashMap::with_capacity(neighbors.len());
        for (&(a, b), &score) in scores.iter().filter(|((a, b), _)| a != b) {
            scored.entry(a).or_default().push((b, score));
            scored.entry(b).or_default().push((a, score));
        }
        Stars { scores, scored, neighbors, pivot_of: BTreeMap::new(), members: BTreeMap::new() }
    }

    fn in_order(&self, length: impl Fn(u32) -> u32) -> Vec<u32> {
        let strength =
            |article: u32| self.neighbors[&article].iter().map(|&(_, score)| score).sum::<i64>();
        let mut order: Vec<u32> = self.neighbors.keys().copied().collect();
        order.sort_by_cached_key(|&article| {
            (Reverse(strength(article)), Reverse(length(article)), article)
        });
        order
    }

    /// Each free article in turn becomes a pivot and takes its free neighbors.
    fn take(&mut self, order: &[u32]) {
        for &pivot in order {
            if self.pivot_of.contains_key(&pivot) {
                continue;
            }
            self.pivot_of.insert(pivot, pivot);
            self.members.insert(pivot, vec![pivot]);
            for (other, _) in self.neighbors[&pivot].clone() {
                if !self.pivot_of.contains_key(&other) && self.consents(other, pivot) {
                    self.put(other, pivot);
                }
            }
        }
    }

    fn move_to_better_pivots(&mut self, order: &[u32]) {
        for &article in order {
            let pivot = self.pivot_of[&article];
            if article == pivot {
                continue;
            }
            let now = self.score(article, pivot);
            let better = self.neighbors[&article]
                .iter()
                .take_while(|(_, score)| *score > now)
                .map(|&(other, _)| other)
                .find(|&other| self.members.contains_key(&other) && self.consents(article, other));
            if let Some(better) = better {
                self.leave(article);
                self.put(article, better);
            }
        }
    }

    fn join_the_lonely(&mut self, order: &[u32]) {
        for &article in order {
            if self.members.get(&article).is_none_or(|members| members.len() > 1) {
                continue;
            }
            let mut met: BTreeMap<u32, (usize, i64)> = BTreeMap::new();
            for &(other, score) in &self.neighbors[&article] {
                let (count, sum) = met.entry(self.pivot_of[&other]).or_default();
                *count += 1;
                *sum += score;
            }
            let wanted = |pivot: u32, count: usize| {
                let members = &self.members[&pivot];
                let of = |member: &u32| self.score(article, *member);
                let least = TOLERATED * members.len() as i64;
                2 * count >= members.len() && members.iter().map(of).sum::<i64>() >= least
            };
            let joined = met
                .iter()
                .filter(|(pivot, (count, _))| **pivot != article && wanted(**pivot, *count))
                .min_by_key(|(pivot, (_, sum))| (Reverse(*sum), **pivot));
            if let Some((&pivot, _)) = joined {
                self.members.remove(&article);
                self.put(article, pivot);
            }
        }
    }

    /// True if the pair with the pivot outweighs the mean score with the other members.
    /// True if what is known of an article and the members of a group does not outweigh its pair with their pivot.
    ///
    /// Looks at the pairs of the article, which are few, and not at the members, which may be a million.
    fn consents(&self, article: u32, pivot: u32) -> bool {
        let is_member = |other: u32| self.pivot_of.get(&other) == Some(&pivot);
        let known = self.scored.get(&article).into_iter().flatten();
        let known = known.filter(|(other, _)| *other != pivot && is_member(*other));
        let (met, sum) = known.fold((0, 0), |(met, sum), (_, score)| (met + 1, sum + score));
        let others = self.members[&pivot].len() as i64 - 1 - i64::from(is_member(article));
        let mean = (sum + UNKNOWN * (others - met)) / others.max(1);
        self.score(article, pivot) + mean >= 0
    }

    fn score(&self, a: u32, b: u32) -> i64 {
        self.scores.get(&(a.min(b), a.max(b))).copied().unwrap_or(UNKNOWN)
    }

    fn put(&mut self, article: u32, pivot: u32) {
        self.pivot_of.insert(article, pivot);
        self.members.entry(pivot).or_default().push(article);
    }

    fn leave(&mut self, article: u32) {
        if let Some(members) = self.members.get_mut(&self.pivot_of[&article]) {
            members.retain(|&member| member != article);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn edges(pairs: &[(u32, u32, i64)]) -> Vec<Edge> {
        let edge = |&(a, b, score)| Edge { a, b, score: 10_000 * score, is_copy: score > 0 };
        pairs.iter().map(edge).collect()
    }

    proptest! {
        /// The slow twin looks at every member.
        #[test]
        fn consent_weighs_every_member(pairs in prop::collection::vec((0u32..12, 0u32..12, -3i64..5), 0..60)) {
            let once: BTreeMap<_, _> = pairs.iter().map(|&(a, b, score)| ((a.min(b), a.max(b)), score)).collect();
            let all = edges(&once.into_iter().map(|((a, b), score)| (a, b, score)).collect::<Vec<_>>());
            let mut stars = Stars::new(&all);
            let order = stars.in_order(|_| 0);
            stars.take(&order);
            for &article in &order {
                for (&pivot, members) in stars.members.iter().filter(|(pivot, _)| **pivot != article) {
                    let others = members.iter().filter(|&&member| member != pivot && member != article);
                    let scores: Vec<i64> = others.map(|&member| stars.score(article, member)).collect();
                    let mean = scores.iter().sum::<i64>() / (scores.len() as i64).max(1);
                    let slow = stars.score(article, pivot) + mean >= 0;
                    prop_assert_eq!(stars.consents(article, pivot), slow);
                }
            }
        }
    }

    #[test]
    fn a_chain_of_weak_pairs_is_cut() {
        let chain: Vec<_> = (0..9).map(|i| (i, i + 1, 100)).collect();
        let groups = group(&edges(&chain), |_| 0);
        assert!(groups.iter().all(|members| members.len() <= 3), "{groups:?}");
    }

    #[test]
    fn a_family_stays_together() {
        // 4 is a copy of 2 and 3, which are copies of the pivot.
        let family = edges(&[(0, 1, 90), (0, 2, 90), (0, 3, 90), (2, 4, 80), (3, 4, 80)]);
        assert_eq!(group(&family, |_| 0), [[0, 1, 2, 3, 4]]);
    }

    #[test]
    fn a_copy_goes_to_its_best_pivot() {
        let two = edges(&[(0, 1, 50), (0, 2, 50), (0, 3, 40), (4, 3, 90), (4, 5, 30)]);
        assert_eq!(group(&two, |_| 0), [vec![0, 1, 2], vec![3, 4, 5]]);
    }

    #[test]
    fn a_member_that_the_others_reject_stays_out() {
        // 3 borrows a little from the pivot; 1 and 2 are another report of the event.
        let mixed =
            edges(&[(0, 1, 90), (0, 2, 90), (0, 3, 10), (1, 3, -90), (2, 3, -90), (1, 2, 90)]);
        assert_eq!(group(&mixed, |_| 0), [[0, 1, 2]]);
    }

    proptest! {
        #[test]
        fn groups_are_disjoint_and_every_member_has_a_pair(
            pairs in prop::collection::vec((0u32..30, 0u32..30, -3i64..5), 0..80),
            order in any::<prop::sample::Index>(),
        ) {
            let once: BTreeMap<_, _> = pairs.iter().map(|&(a, b, score)| ((a.min(b), a.max(b)), score)).collect();
            let mut all = edges(&once.into_iter().map(|((a, b), score)| (a, b, score)).collect::<Vec<_>>());
            let groups = group(&all, |article| article % 3);
            let mut seen = BTreeSet::new();
            for members in &groups {
                prop_assert!(members.len() > 1);
                for member in members {
                    prop_assert!(seen.insert(*member));
                    let linked = all.iter().any(|e| e.is_copy
                            && e.a != e.b
                        && (e.a == *member && members.contains(&e.b) || e.b == *member && members.contains(&e.a)));
                    prop_assert!(linked);
                }
            }
            if !all.is_empty() {
                let at = order.index(all.len());
                all.rotate_left(at);
                for edge in &mut all {
                    std::mem::swap(&mut edge.a, &mut edge.b);
                }
            }
            prop_assert_eq!(group(&all, |article| article % 3), groups, "the order of pairs does not matter");
        }
    }
}
