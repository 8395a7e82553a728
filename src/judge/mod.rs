//! Results to verdicts: how good a run is, measured against labels.

pub mod labels;
pub mod eval;
pub mod scores;
pub mod measures;
