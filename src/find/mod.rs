//! Articles to groups: sign, propose pairs, verify every one, relate, group, choose what is kept.
//!
//! The types that leave this room stand here; [`pipeline`] runs the stages in order.

pub mod pipeline;
pub mod signed;
pub mod collection;
pub(crate) mod gathering;
pub(crate) mod ids;
mod record;
pub(crate) mod parcel;
pub(crate) mod runs;
pub mod sketch;
pub mod signatures;
mod sift;
pub mod bands;
pub mod rare;
pub mod rare_words;
mod counts;
mod distinct;
pub mod common;
mod learn;
pub mod body;
mod opened;
pub mod verify;
pub mod evidence;
pub mod align;
pub mod sentence;
mod sheet;
mod segment;
pub mod passage;
pub mod compare;
mod glance;
pub mod judge;
pub(crate) mod against;
pub mod near_misses;
pub mod seen;
pub mod relate;
pub mod coefficients;
pub mod families;
pub mod group;
pub mod keep;

pub use collection::Collection;
pub use evidence::Evidence;
pub use near_misses::NearMisses;
pub use relate::Relation;
pub use seen::Seen;
pub use signed::Signed;

/// A verified pair of articles: an accepted copy, or a passage in common.
///
/// `a` and `b` index `Outcome::articles`; the article with the smaller id (then fingerprint) is `a`.
#[derive(Clone, Debug, PartialEq)]
pub struct Match {
    /// Index of the first article.
    pub a: u32,
    /// Index of the second article.
    pub b: u32,
    /// What kind of copy it is.
    pub relation: Relation,
    /// Calibrated probability that the pair is a copy (0 to 1).
    pub confidence: f64,
    /// Everything the decision was made from.
    pub evidence: Evidence,
}

impl Match {
    /// The same pair seen from the other side.
    fn swapped(self) -> Match {
        Match { a: self.b, b: self.a, evidence: self.evidence.mirrored(), ..self }
    }
}

/// Articles that are copies of one text.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// `w` and 10 characters from the smallest content fingerprint of its members: the same in every run.
    pub id: String,
    /// Index of the kept article in `Outcome::articles`.
    pub kept: u32,
    /// The rule that chose the kept article, in words.
    pub why_kept: &'static str,
    /// The lowest similarity among the links of its members (0 to 1).
    pub weakest: f64,
    /// Share of the pairs of its members that are accepted as copies; near-verbatim members count as one (0 to 1).
    pub density: f64,
    /// The kept article first, then copies by date, then by id.
    pub members: Vec<Member>,
}

/// One article of a group.
#[derive(Clone, Debug, PartialEq)]
pub struct Member {
    /// Index in `Outcome::articles`.
    pub article: u32,
    /// What it is a copy of; `None` for the kept article.
    pub link: Option<Link>,
}

/// The verified pair by which a copy belongs to its group.
#[derive(Clone, Debug, PartialEq)]
pub struct Link {
    /// The article it was verified against: the kept one wherever that pair is accepted.
    pub of: u32,
    /// How it relates to that article.
    pub relation: Relation,
    /// See [`Evidence::similarity`].
    pub similarity: f64,
    /// See [`Match::confidence`].
    pub confidence: f64,
}
