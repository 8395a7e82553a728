//! Results to verdicts: what of a run is over policy, and how good a run is against labels.

pub mod codes;
pub mod finding;
pub mod loose;
pub mod repeat;
pub mod baseline;
mod written;
pub mod scope;
pub mod changes;
pub mod policy;
mod roster;
mod inquiry;
mod ungrouped;
pub mod check;
pub mod labels;
pub mod eval;
pub mod scores;
pub mod measures;

pub use baseline::Baseline;
pub use check::{Examined, Rules};
pub use codes::{Code, Level, Levels};
pub use finding::Finding;
pub use policy::{Policy, Verdict};
