//! What each source loses, and the guard: a source that would lose nearly everything is more likely a mistake than a copy.
//!
//! Over-merging is the accident that loses data for good, and it shows as one source that all but vanishes. Articles
//! without a source count as one source together.

use ahash::AHashMap;

use super::plan::Plan;
use crate::scan::Outcome;

/// Sources with fewer articles are not guarded: there, a high share is chance.
pub const GUARDED: usize = 20;
/// The share of a guarded source that may be removed, in percent.
pub const MOST: usize = 90;

/// The articles of one source.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Share {
    /// Its name; `None` for all articles without one.
    pub source: Option<String>,
    /// Articles that were read.
    pub articles: usize,
    /// Of these, the ones to be removed.
    pub removed: usize,
}

impl Share {
    /// True if the guard refuses to write.
    pub fn is_too_much(&self) -> bool {
        self.articles >= GUARDED && self.removed * 100 > self.articles * MOST
    }
}

/// The share of every source: most removed first, then by name.
pub fn shares(plan: &Plan, outcome: &Outcome) -> Vec<Share> {
    let named =
        outcome.sources.iter().map(|(name, &articles)| (Some(name.as_str()), (articles, 0)));
    let mut counts: AHashMap<Option<&str>, (usize, usize)> = named.collect();
    let unnamed = outcome.articles.len() - outcome.sources.values().sum::<usize>();
    if unnamed > 0 {
        counts.insert(None, (unnamed, 0));
    }
    for removal in &plan.removals {
        counts
            .entry(outcome.articles[removal.article as usize].source.as_deref())
            .or_default()
            .1 += 1;
    }
    let share = |(source, (articles, removed)): (Option<&str>, (usize, usize))| Share {
        source: source.map(str::to_owned),
        articles,
        removed,
    };
    let mut shares: Vec<Share> = counts.into_iter().map(share).collect();
    shares.sort_by(|x, y| y.removed.cmp(&x.removed).then_with(|| x.source.cmp(&y.source)));
    shares
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_guard_looks_at_large_sources_only() {
        let refused = |articles, removed| Share { source: None, articles, removed }.is_too_much();
        assert!(!refused(20, 18) && refused(20, 19));
        assert!(!refused(100, 90) && refused(100, 91));
        assert!(!refused(19, 19) && !refused(0, 0));
    }
}
