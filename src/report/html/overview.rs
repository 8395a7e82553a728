//! The front page in numbers: totals, how alike copies are, who copies whom, how fast, and how large groups get.
//!
//! Counted over every group of the run, also over those that a page has no room for. One pass over members.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::article::{Articles, Date};
use crate::find::near_misses::{BINS, bin};
use crate::find::{Group, Relation};
use crate::scan::Outcome;

/// Outlets that have a row of their own in the table of who copies whom.
const OUTLETS: usize = 10;

const HOUR: i64 = 3_600;
const DAY: i64 = 24 * HOUR;

/// Times after the first publication: up to so many seconds, in words.
const DELAYS: &[(i64, &str)] = &[
    (HOUR, "1 h"),
    (3 * HOUR, "3 h"),
    (6 * HOUR, "6 h"),
    (12 * HOUR, "12 h"),
    (DAY, "1 day"),
    (2 * DAY, "2 days"),
    (7 * DAY, "7 days"),
    (30 * DAY, "30 days"),
    (i64::MAX, "longer"),
];

/// Sizes of groups: up to so many articles, in words.
const SIZES: &[(usize, &str)] = &[
    (2, "2"),
    (3, "3"),
    (4, "4"),
    (5, "5"),
    (10, "6–10"),
    (20, "11–20"),
    (50, "21–50"),
    (100, "51–100"),
    (usize::MAX, "more"),
];

/// Everything the front page counts.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
pub(super) struct Overview {
    articles: usize,
    groups: usize,
    copies: usize,
    largest: usize,
    sources: u64,
    not_judged: u64,
    /// Copies by their relation to what they were verified against, closest first.
    relations: Vec<(&'static str, usize)>,
    /// Copies by that similarity, in 20 steps from 0 to 1.
    similarity: [u64; BINS],
    near_by_similarity: [u64; BINS],
    near_misses: u64,
    flows: Flows,
    delays: Vec<(&'static str, usize)>,
    /// Copies on the day of the first publication, where no time of the day is known.
    same_day: usize,
    undated: usize,
    sizes: Vec<(&'static str, usize)>,
}

/// Who copies whom: `counts[from][to]`, with the outlets of the last row and column taken together if there are more.
#[derive(Debug, Default, PartialEq, Eq, Serialize)]
struct Flows {
    outlets: Vec<String>,
    others: usize,
    counts: Vec<Vec<usize>>,
}

/// Counts everything.
pub(super) fn overview(outcome: &Outcome) -> Overview {
    let mut overview = Overview {
        articles: outcome.articles.len(),
        groups: outcome.groups.len(),
        largest: outcome.groups.iter().map(|group| group.members.len()).max().unwrap_or_default(),
        sources: outcome.stats.sources,
        not_judged: outcome.stats.not_judged,
        near_by_similarity: outcome.near_misses.by_similarity,
        near_misses: outcome.near_misses.pairs,
        delays: DELAYS.iter().map(|&(_, name)| (name, 0)).collect(),
        sizes: SIZES.iter().map(|&(_, name)| (name, 0)).collect(),
        ..Overview::default()
    };
    let mut relations: BTreeMap<Relation, usize> = BTreeMap::new();
    let mut flows: BTreeMap<(&str, &str), usize> = BTreeMap::new();
    for group in &outcome.groups {
        let size = SIZES.iter().position(|&(most, _)| group.members.len() <= most);
        overview.sizes[size.unwrap_or(SIZES.len() - 1)].1 += 1;
        for link in group.members.iter().filter_map(|member| member.link.as_ref()) {
            overview.copies += 1;
            *relations.entry(link.relation).or_default() += 1;
            overview.similarity[bin(link.similarity)] += 1;
        }
        let first = first(group, &outcome.articles);
        let origin = &outcome.articles[first as usize];
        let later =
            group.members.iter().map(|member| member.article).filter(|&other| other != first);
        for article in later.map(|article| &outcome.articles[article as usize]) {
            match origin.date.zip(article.date) {
                Some((from, to)) => overview.count_delay(from, to),
                None => overview.undated += 1,
            }
            if let (Some(from), Some(to)) = (&origin.source, &article.source) {
                *flows.entry((from, to)).or_default() += 1;
            }
        }
    }
    overview.relations =
        relations.iter().map(|(relation, &copies)| (relation.name(), copies)).collect();
    overview.flows = Flows::new(&flows);
    overview
}

/// The member that was published first; the kept one where no date is known. Of equals the one listed first.
fn first(group: &Group, articles: &Articles) -> u32 {
    let dated = group.members.iter().filter_map(|member| {
        articles[member.article as usize].date.map(|date| (date, member.article))
    });
    dated.reduce(|x, y| if y.0 < x.0 { y } else { x }).map_or(group.kept, |(_, article)| article)
}

impl Overview {
    fn count_delay(&mut self, from: Date, to: Date) {
        // Without the time of the day, a day is all that is known.
        let days_only = from.day_only || to.day_only;
        let day = |date: Date| date.seconds.div_euclid(DAY);
        let delay = if days_only { (day(to) - day(from)) * DAY } else { to.seconds - from.seconds };
        if days_only && delay == 0 {
            self.same_day += 1;
            return;
        }
        let at = DELAYS.iter().position(|&(most, _)| delay <= most);
        self.delays[at.unwrap_or(DELAYS.len() - 1)].1 += 1;
    }
}

impl Flows {
    fn new(flows: &BTreeMap<(&str, &str), usize>) -> Flows {
        let mut totals: BTreeMap<&str, usize> = BTreeMap::new();
        for (&(from, to), copies) in flows {
            *totals.entry(from).or_default() += copies;
            *totals.entry(to).or_default() += copies;
        }
        let mut outlets: Vec<&str> = totals.keys().copied().collect();
        outlets.sort_by_key(|outlet| std::cmp::Reverse(totals[outlet]));
        // One left over is named rather than called the others.
        let named =
            if outlets.len() == OUTLETS + 1 { OUTLETS + 1 } else { OUTLETS.min(outlets.len()) };
        let others = outlets.len() - named;
        outlets.truncate(named);
        let side = named + usize::from(others > 0);
        let place: BTreeMap<&str, usize> = outlets.iter().copied().zip(0..).collect();
        let at = |outlet: &str| place.get(outlet).copied().unwrap_or(named);
        let mut counts = vec![vec![0; side]; side];
        for (&(from, to), copies) in flows {
            counts[at(from)][at(to)] += copies;
        }
        Flows { outlets: outlets.into_iter().map(str::to_owned).collect(), others, counts }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_sample_in_numbers() {
        let overview = overview(&sample::outcome());
        assert_eq!((overview.articles, overview.groups, overview.copies), (6, 2, 3));
        assert_eq!(overview.relations, [("exact", 1), ("reworded", 1), ("excerpt", 1)]);
        assert_eq!(
            (overview.similarity[16], overview.similarity[18], overview.similarity[19]),
            (1, 1, 1)
        );
        // 8,880 s and 111,480 s after the first; the other group has no dates.
        assert_eq!(
            (overview.delays[1], overview.delays[5], overview.undated),
            (("3 h", 1), ("2 days", 1), 1)
        );
        assert_eq!(overview.sizes[..2], [("2", 1), ("3", 1)]);
        assert_eq!(
            overview.flows.outlets,
            ["northwire.example", "coastpost.example", "ktown.example"]
        );
        assert_eq!(overview.flows.counts, [[0, 1, 1], [0, 0, 0], [0, 0, 0]]);
    }

    #[test]
    fn days_are_not_taken_for_hours() {
        let mut overview = Overview {
            delays: DELAYS.iter().map(|&(_, name)| (name, 0)).collect(),
            ..Overview::default()
        };
        let date = |seconds: i64, day_only: bool| Date { seconds, day_only };
        overview.count_delay(date(0, true), date(80_000, false));
        overview.count_delay(date(0, false), date(DAY, true));
        overview.count_delay(date(0, false), date(3_601, false));
        assert_eq!((overview.same_day, overview.delays[4].1, overview.delays[1].1), (1, 1, 1));
    }

    #[test]
    fn rare_outlets_are_taken_together() {
        let names: Vec<String> = (0..30).map(|at| format!("outlet {at:02}")).collect();
        let mut flows = BTreeMap::new();
        for (at, name) in names.iter().enumerate() {
            flows.insert(("wire", name.as_str()), 100 - at);
        }
        let flows = Flows::new(&flows);
        assert_eq!((flows.outlets.len(), flows.others, flows.counts.len()), (10, 21, 11));
        assert_eq!(flows.counts[0][10], (9..30).map(|at| 100 - at).sum::<usize>());
    }
}
