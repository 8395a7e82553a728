//! Rewordings made from real articles, in any language: what the examples that plant copies share.
//!
//! ```text
//! texts ─ learned ─▶ words that stand in each other's place
//! article ─ draft ─▶ sentences of words ─ edits ─▶ text      how much of them: calibrate, what for: kinds
//! ```
//!
//! Take it in with `#[path = "generate/mod.rs"] mod generate;`, then `Learned::new`, `Generator::new`, `Generator::copy`.
//! The same texts and seed give the same bytes on every platform and for any number of threads.

pub(crate) mod calibrate;
pub(crate) mod corpus;
pub(crate) mod draft;
pub(crate) mod edits;
pub(crate) mod kinds;
pub(crate) mod learned;
pub(crate) mod neighbors;
pub(crate) mod pairs;
pub(crate) mod pieces;
pub(crate) mod random;
