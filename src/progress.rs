//! What a run tells of itself: how far it has come while it goes, and what each stage did once it is over.

use std::time::Duration;

use crate::error::{Error, Result};

/// Counters of every stage.
#[derive(Clone, Debug, Default)]
pub struct Stats {
    /// Files read.
    pub files: u64,
    /// Bytes of text in the articles.
    pub bytes: u64,
    /// Articles read.
    pub articles: u64,
    /// Distinct sources of the articles.
    pub sources: u64,
    /// Articles with a date that was understood.
    pub dated: u64,
    /// Articles with the id of another.
    pub duplicate_ids: u64,
    /// Articles too short to judge by anything but equality.
    pub not_judged: u64,
    /// Articles whose words equal those of another.
    pub exact_copies: u64,
    /// Articles folded onto a near-verbatim representative before the wide search.
    pub near_verbatim: u64,
    /// Articles over which common text was counted: one of each near-verbatim group, or a sample of them.
    pub counted: u64,
    /// Candidate pairs by tier, before and after what each tier adds is merged: (tier, pairs).
    pub candidates: Vec<(&'static str, u64)>,
    /// Buckets too large to list all pairs of: leader-linked.
    pub oversized_buckets: u64,
    /// Pairs met in buckets of the wide bands, each as often as it was met: what the sketch estimate sifted.
    pub listed: u64,
    /// Distinct candidate pairs of all tiers.
    pub candidate_pairs: u64,
    /// Pairs whose shingle sets were compared exactly.
    pub verified: u64,
    /// Pairs whose words were aligned.
    pub aligned: u64,
    /// Pairs accepted as copies.
    pub accepted: u64,
    /// Groups found.
    pub groups: u64,
    /// Articles in groups that are not the kept one.
    pub copies: u64,
    /// Wall time by stage.
    pub times: Vec<(&'static str, Duration)>,
}

/// Told how far a run has come. Implemented by the command line as bars on stderr.
pub trait Progress: Sync {
    /// A stage begins; `total` is in the units of [`Progress::advance`], when it is known.
    fn begin(&self, stage: &'static str, total: Option<u64>);
    /// So many bytes (reading) or items (later stages) more are done.
    fn advance(&self, done: u64);
    /// Something the user should read now: fields that were taken, files that were skipped.
    fn notice(&self, line: &str);
    /// True once the run is to end early: it then ends with an error as soon as it comes to a place for that.
    fn is_stopped(&self) -> bool {
        false
    }
}

/// An error if the run was stopped.
pub(crate) fn go_on(progress: &dyn Progress) -> Result<()> {
    if progress.is_stopped() { Err(Error::new("stopped")) } else { Ok(()) }
}

/// Begins a stage, unless the run was stopped.
pub(crate) fn begin(
    progress: &dyn Progress,
    stage: &'static str,
    total: Option<u64>,
) -> Result<()> {
    go_on(progress)?;
    progress.begin(stage, total);
    Ok(())
}

/// No progress shown.
impl Progress for () {
    fn begin(&self, _: &'static str, _: Option<u64>) {}
    fn advance(&self, _: u64) {}
    fn notice(&self, _: &str) {}
}
