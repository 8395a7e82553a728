//! Which records leave the dump, for which article each, and why: decided from the outcome alone, before a byte is written.
//!
//! A copy is removed for the kept article of its group, and only along verified pairs: its own pair with that article, or
//! a chain of pairs that ends there, every step of which is told. What no chain explains stays, as does what the rules
//! exempt or cannot judge (no date, no outlet): a copy too many does less harm than a report lost. Linear in the members
//! of groups, and in all pairs where a group has members without a pair with the kept one.
//!
//! What was published before leaves for the article of the index, which is never touched; if that is the kept article of a
//! group, its copies leave with it, along the same chains and one pair more.

use std::collections::BTreeMap;

use ahash::{AHashMap, AHashSet};

use crate::article::{Article, Date};
use crate::find::{Group, Link, Match, Member, Relation};
use crate::scan::Outcome;
use crate::store::Earlier;

/// Seconds of a day.
const DAY: i64 = 24 * 3600;

/// Which copies may be removed; all by default.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rules {
    /// Only copies from another source than the kept article; where either is unknown, they stay.
    pub across_sources_only: bool,
    /// Only copies published at most so many seconds before or after the kept article; undated ones stay.
    pub within: Option<u64>,
}

/// A record that leaves the dump.
#[derive(Clone, Debug, PartialEq)]
pub struct Removal {
    /// Index of the copy in `Outcome::articles`.
    pub article: u32,
    /// What is kept for it.
    pub kept: Kept,
    /// Index of its group in `Outcome::groups`, if it is in one.
    pub group: Option<u32>,
    /// The verified pairs that lead from the copy to the kept article: one, but where only a chain of them does. If that is
    /// in an index, they lead to the article that was held against it; none, if that is the copy itself.
    pub steps: Vec<Link>,
}

/// What is kept for a record that leaves the dump.
#[derive(Clone, Debug, PartialEq)]
pub enum Kept {
    /// An article of the dump, by its index in `Outcome::articles`.
    Article(u32),
    /// An article of an index, which the last of the steps, or the copy itself, is verified against.
    Published(Box<Earlier>),
}

/// Copies that stay in the dump, by reason.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize)]
pub struct Stays {
    /// From the source of what would be kept for it, or from an unknown one.
    pub same_source: usize,
    /// Published too long before or after the kept article, or nobody knows when.
    pub out_of_span: usize,
    /// No chain of verified pairs leads to the kept article.
    pub unexplained: usize,
}

/// What will be removed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Plan {
    /// Removals by group, then in the order of its members; then those of no group, by id.
    pub removals: Vec<Removal>,
    /// Copies that stay.
    pub stays: Stays,
}

impl Plan {
    /// Decides for every copy of the outcome.
    pub fn new(outcome: &Outcome, rules: &Rules) -> Plan {
        let deciding = Deciding::new(outcome, rules);
        let mut plan = Plan::default();
        let mut grouped = AHashSet::new();
        for (group, number) in outcome.groups.iter().zip(0..) {
            for member in &group.members {
                grouped.insert(member.article);
                plan.take(member.article, Some(number), deciding.member(member, group));
            }
        }
        let alone = outcome.published.iter().flat_map(|published| &published.copies);
        for article in alone.map(|copy| copy.article).filter(|article| !grouped.contains(article)) {
            plan.take(article, None, deciding.published(article, article).map(alone_with));
        }
        plan
    }

    fn take(&mut self, article: u32, group: Option<u32>, decision: Option<Decision>) {
        match decision {
            None => {}
            Some(Ok((kept, steps))) => {
                self.removals.push(Removal { article, kept, group, steps });
            }
            Some(Err(Stay::Source)) => self.stays.same_source += 1,
            Some(Err(Stay::Span)) => self.stays.out_of_span += 1,
            Some(Err(Stay::Unexplained)) => self.stays.unexplained += 1,
        }
    }

    /// How many are removed by the relation of their first step, closest first; relations without any are left out.
    pub fn by_relation(&self) -> Vec<(Relation, usize)> {
        let mut counts = BTreeMap::new();
        for relation in self.removals.iter().filter_map(Removal::relation) {
            *counts.entry(relation).or_insert(0) += 1;
        }
        counts.into_iter().collect()
    }
}

impl Removal {
    /// How the copy relates to the first article it was verified against.
    pub fn relation(&self) -> Option<Relation> {
        match (self.steps.first(), &self.kept) {
            (Some(step), _) => Some(step.relation),
            (None, Kept::Published(earlier)) => Some(earlier.relation),
            (None, Kept::Article(_)) => None,
        }
    }
}

/// What keeps a copy in the dump.
#[derive(Clone, Copy, Debug)]
enum Stay {
    Source,
    Span,
    Unexplained,
}

/// What is kept for a copy and the steps that lead there, or why the copy stays.
type Decision = Result<(Kept, Vec<Link>), Stay>;

/// A decision about what is verified against an article of an index itself.
fn alone_with(kept: Result<Kept, Stay>) -> Decision {
    Ok((kept?, Vec::new()))
}

/// Everything that is looked at for one member after the other.
struct Deciding<'a> {
    outcome: &'a Outcome,
    rules: &'a Rules,
    chains: AHashMap<u32, Vec<Link>>,
    before: AHashMap<u32, &'a [Earlier]>,
}

impl<'a> Deciding<'a> {
    fn new(outcome: &'a Outcome, rules: &'a Rules) -> Self {
        let copies = outcome.published.iter().flat_map(|published| &published.copies);
        let before = copies.map(|copy| (copy.article, &copy.earlier[..])).collect();
        Deciding { outcome, rules, chains: chains(outcome), before }
    }

    /// About a member of a group; `None` if nothing speaks for its removal.
    fn member(&self, member: &Member, group: &Group) -> Option<Decision> {
        let (copy, kept) = (member.article, group.kept);
        let own = self.published(copy, copy);
        let Some(link) = member.link.as_ref().filter(|_| !matches!(own, Some(Ok(_)))) else {
            return own.map(alone_with);
        };
        let steps = if link.of == kept {
            Some(vec![link.clone()])
        } else {
            self.chains.get(&copy).cloned()
        };
        let Some(steps) = steps else { return Some(Err(Stay::Unexplained)) };
        // What is kept here may leave itself: then its copies are copies of what it was published as.
        if let Some(Ok(_)) = self.published(kept, kept) {
            return self.published(copy, kept).map(|published| Ok((published?, steps)));
        }
        let decision = match self.exempt(copy, &self.outcome.articles[kept as usize]) {
            None => Ok((Kept::Article(kept), steps)),
            Some(stay) => Err(stay),
        };
        Some(decision)
    }

    /// The closest of those that `of` was published as for which a copy may be removed.
    fn published(&self, copy: u32, of: u32) -> Option<Result<Kept, Stay>> {
        let mut stays = None;
        for earlier in *self.before.get(&of)? {
            match self.exempt(copy, &earlier.article) {
                None => return Some(Ok(Kept::Published(Box::new(earlier.clone())))),
                Some(stay) => stays = stays.or(Some(stay)),
            }
        }
        stays.map(Err)
    }

    /// Why a copy may not be removed for an article.
    fn exempt(&self, copy: u32, kept: &Article) -> Option<Stay> {
        let copy = &self.outcome.articles[copy as usize];
        let differ = copy.source.is_some() && kept.source.is_some() && copy.source != kept.source;
        if self.rules.across_sources_only && !differ {
            return Some(Stay::Source);
        }
        let apart = copy.date.zip(kept.date).map(|(copy, kept)| apart(copy, kept));
        let out = |within: u64| apart.is_none_or(|apart| apart > within);
        self.rules.within.filter(|within| out(*within)).map(|_| Stay::Span)
    }
}

/// Seconds between two dates; where only the day of one is known, between the days.
fn apart(x: Date, y: Date) -> u64 {
    let day = |date: Date| date.seconds.div_euclid(DAY) * DAY;
    if x.day_only || y.day_only { day(x).abs_diff(day(y)) } else { x.seconds.abs_diff(y.seconds) }
}

/// For members without a pair with the kept article: the shortest chain of accepted pairs to it; of those, the best.
fn chains(outcome: &Outcome) -> AHashMap<u32, Vec<Link>> {
    let is_chained = |group: &&Group| {
        group.members.iter().any(|m| m.link.as_ref().is_some_and(|link| link.of != group.kept))
    };
    let chained: Vec<&Group> = outcome.groups.iter().filter(is_chained).collect();
    let mut chains = AHashMap::new();
    if chained.is_empty() {
        return chains;
    }
    let mut group_of: AHashMap<u32, u32> = AHashMap::new();
    for (group, number) in chained.iter().zip(0..) {
        group_of.extend(group.members.iter().map(|member| (member.article, number)));
    }
    let mut pairs: AHashMap<u32, Vec<Link>> = AHashMap::new();
    let mut add = |article: u32, link: Link| {
        let back = Link { of: article, ..link.clone() };
        pairs.entry(link.of).or_default().push(back);
        pairs.entry(article).or_default().push(link);
    };
    for pair in outcome.matches.iter().filter(|pair| pair.relation.is_copy()) {
        let (a, b) = (group_of.get(&pair.a), group_of.get(&pair.b));
        if a.is_some() && a == b {
            add(pair.a, link(pair.b, pair));
        }
    }
    for member in chained.iter().flat_map(|group| &group.members) {
        if let Some(link) = &member.link {
            add(member.article, link.clone());
        }
    }
    // Best first, so that the first step found at the shortest distance is the best.
    let best = |x: &Link, y: &Link| {
        let score = |link: &Link| link.confidence + link.similarity;
        score(y).total_cmp(&score(x)).then(x.of.cmp(&y.of))
    };
    pairs.values_mut().for_each(|links| links.sort_by(best));
    for group in chained {
        from_kept(group, &pairs, &mut chains);
    }
    chains
}

/// A pair as seen from the other article.
fn link(of: u32, pair: &Match) -> Link {
    let Match { relation, confidence, .. } = *pair;
    Link { of, relation, similarity: pair.evidence.similarity, confidence }
}

/// Walks outward from the kept article of a group; every member that is reached gets the steps back.
fn from_kept(
    group: &Group,
    pairs: &AHashMap<u32, Vec<Link>>,
    chains: &mut AHashMap<u32, Vec<Link>>,
) {
    let mut reached = vec![group.kept];
    let mut distance: AHashMap<u32, usize> = AHashMap::from_iter([(group.kept, 0)]);
    let mut at = 0;
    while let Some(&of) = reached.get(at) {
        at += 1;
        for other in pairs.get(&of).into_iter().flatten().map(|link| link.of) {
            if !distance.contains_key(&other) {
                distance.insert(other, distance[&of] + 1);
                reached.push(other);
            }
        }
    }
    // In this order, what is nearer has its chain already.
    for article in reached {
        let nearer = |link: &&Link| distance[&link.of] + 1 == distance[&article];
        if let Some(next) = pairs.get(&article).into_iter().flatten().find(nearer) {
            let mut chain = vec![next.clone()];
            chain.extend(chains.get(&next.of).into_iter().flatten().cloned());
            chains.insert(article, chain);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clean::map;
    use crate::clean::tests::group;
    use crate::find::Evidence;

    fn article(id: &str, source: Option<&str>, hours: Option<i64>) -> Article {
        Article {
            source: source.map(str::to_owned),
            date: hours.map(|hours| Date { seconds: hours * 3600, day_only: false }),
            ..Article::new(id, "")
        }
    }

    fn pair(a: u32, b: u32, similarity: f64) -> Match {
        let evidence = Evidence { similarity, ..Evidence::default() };
        Match { a, b, relation: Relation::Reworded, confidence: 0.7, evidence }
    }

    /// Article and steps of every removal.
    fn removals(plan: &Plan) -> Vec<(u32, Vec<u32>)> {
        let steps = |steps: &[Link]| steps.iter().map(|link| link.of).collect();
        plan.removals.iter().map(|removal| (removal.article, steps(&removal.steps))).collect()
    }

    #[test]
    fn every_removal_leads_to_the_kept_article() {
        let articles: Vec<Article> = (0..8).map(|i| article(&i.to_string(), None, None)).collect();
        // 3 and 4 are linked to each other only; 5 to 4; nothing leads from 6 and 7 to 0.
        let group = group(0, &[(1, 0), (2, 1), (3, 4), (4, 3), (5, 4), (6, 7), (7, 6)]);
        let matches = vec![
            pair(0, 1, 0.9),
            pair(1, 2, 0.9),
            pair(1, 3, 0.8),
            pair(2, 3, 0.9),
            pair(3, 4, 0.9),
            pair(4, 5, 0.9),
        ];
        let outcome = Outcome {
            articles: articles.into(),
            groups: vec![group],
            matches,
            ..Outcome::default()
        };
        let plan = Plan::new(&outcome, &Rules::default());
        let expected: [(u32, &[u32]); 5] =
            [(1, &[0]), (2, &[1, 0]), (3, &[1, 0]), (4, &[3, 1, 0]), (5, &[4, 3, 1, 0])];
        assert_eq!(removals(&plan), expected.map(|(article, steps)| (article, steps.to_vec())));
        assert_eq!(plan.stays, Stays { unexplained: 2, ..Stays::default() });
        let json = serde_json::to_string(&map::entry(&plan.removals[3], &outcome)).unwrap();
        assert!(json.contains(
            r#""reason":"copy (edited) of 3, which is a copy (reworded) of 1, which is a copy (edited) of 0 (kept: earliest)""#
        ));
        assert!(
            json.contains(r#""via":[{"id":"3","#)
                && json.contains(r#"{"id":"1","file":"","line":0,"relation":"edited""#)
        );
    }

    #[test]
    fn what_the_rules_exempt_or_cannot_judge_stays() {
        let articles = vec![
            article("kept", Some("a"), Some(100)),
            article("own", Some("a"), Some(101)),
            article("near", Some("b"), Some(112)),
            article("far", Some("b"), Some(113)),
            article("nowhere", None, Some(100)),
            article("never", Some("b"), None),
        ];
        let groups = vec![group(0, &[(1, 0), (2, 0), (3, 0), (4, 0), (5, 0)])];
        let outcome = Outcome { articles: articles.into(), groups, ..Outcome::default() };
        let removed = |rules: Rules| -> Vec<u32> {
            Plan::new(&outcome, &rules).removals.iter().map(|removal| removal.article).collect()
        };
        assert_eq!(removed(Rules::default()), [1, 2, 3, 4, 5]);
        assert_eq!(removed(Rules { across_sources_only: true, within: None }), [2, 3, 5]);
        let within = Some(12 * 3600);
        assert_eq!(removed(Rules { across_sources_only: false, within }), [1, 2, 4]);
        let both = Plan::new(&outcome, &Rules { across_sources_only: true, within });
        assert_eq!(both.stays, Stays { same_source: 2, out_of_span: 2, unexplained: 0 });
    }

    #[test]
    fn a_bare_day_is_compared_with_days() {
        let mut articles = vec![article("kept", None, Some(23)), article("copy", None, Some(24))];
        articles[1].date = Some(Date { seconds: 24 * 3600, day_only: true });
        let groups = vec![group(0, &[(1, 0)])];
        let outcome = Outcome { articles: articles.into(), groups, ..Outcome::default() };
        let removed = |hours: u64| {
            let rules = Rules { within: Some(hours * 3600), ..Rules::default() };
            Plan::new(&outcome, &rules).removals.len()
        };
        assert_eq!([removed(0), removed(23), removed(24)], [0, 0, 1]);
    }
}
