//! Findings to a verdict: the only place that decides whether a check fails.
//!
//! A check fails if a finding has the level deny, or there are more copies or groups than allowed. Limits are on the
//! whole corpus: also on copies that the baseline accepts or that no change of today brought.

use super::codes::{Code, Level, Levels};
use super::finding::Finding;

/// What is tolerated.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Policy {
    /// The level of every code.
    pub levels: Levels,
    /// The largest share of copies among the articles (0 to 1).
    pub max_share: Option<f64>,
    /// The largest number of groups.
    pub max_groups: Option<usize>,
}

/// A limit that was exceeded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Exceeded {
    /// Copies among the articles (0 to 1).
    Share {
        /// The share that there is.
        share: f64,
        /// The largest one tolerated.
        most: f64,
    },
    /// Groups.
    Groups {
        /// How many there are.
        groups: usize,
        /// The largest number tolerated.
        most: usize,
    },
}

/// What a check has come to. Everything a report needs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verdict {
    /// What is told: by level (deny first), then by code in the order of the table, then by place.
    pub findings: Vec<Finding>,
    /// Limits that were exceeded.
    pub exceeded: Vec<Exceeded>,
    /// Articles that were compared.
    pub articles: usize,
    /// Groups of copies in the corpus, accepted ones among them.
    pub groups: usize,
    /// Members of groups beyond the one that would be kept.
    pub copies: usize,
    /// Findings that are not told since the baseline accepts them.
    pub known: usize,
    /// Findings that are not told since an allow entry excuses them.
    pub excused: usize,
    /// Findings that are not told since they are older than the revision asked about.
    pub older: usize,
    /// The revision that the check was asked about.
    pub since: Option<String>,
    /// Inputs that could not be read to their end, one message each. The check fails, with another code, if there are any.
    pub failures: Vec<String>,
}

impl Verdict {
    /// True if something is over policy.
    pub fn is_over(&self) -> bool {
        !self.exceeded.is_empty() || self.at(Level::Deny) > 0
    }

    /// How many findings have this level.
    pub fn at(&self, level: Level) -> usize {
        self.findings.iter().filter(|finding| finding.level == level).count()
    }

    /// How many findings have this code.
    pub fn of(&self, code: Code) -> usize {
        self.findings.iter().filter(|finding| finding.code == code).count()
    }

    /// Share of copies among the articles (0 to 1).
    pub fn share(&self) -> f64 {
        self.copies as f64 / self.articles.max(1) as f64
    }

    /// Puts the findings in order, and looks for limits exceeded.
    pub(super) fn conclude(mut self, policy: &Policy) -> Verdict {
        self.findings.sort_by(|x, y| key(x).cmp(&key(y)));
        debug_assert!(!self.findings.iter().any(|finding| finding.locations.is_empty()));
        let share = self.share();
        if let Some(most) = policy.max_share.filter(|most| share > *most) {
            self.exceeded.push(Exceeded::Share { share, most });
        }
        if let Some(most) = policy.max_groups.filter(|most| self.groups > *most) {
            self.exceeded.push(Exceeded::Groups { groups: self.groups, most });
        }
        self
    }
}

/// The order in which findings are told.
fn key(finding: &Finding) -> impl Ord + '_ {
    let Finding { code, level, fingerprint, .. } = finding;
    let place = finding.primary();
    (std::cmp::Reverse(*level), *code, &*place.file, place.line, fingerprint)
}
