//! One finding of a check, as data: what it is about, where, and an identity that outlives moves.
//!
//! A group of copies is one finding for each code that its members get, never one a pair: code hosts count results, and
//! a story that forty papers printed is one thing to look at. Words for people are made by `report::check`.

use std::path::PathBuf;
use std::sync::Arc;

use crate::article::ProblemKind;
use crate::find::Relation;
use crate::store::Earlier;
use crate::text::Fingerprint;
use crate::text::hash;

use super::codes::{Code, Level};

/// One thing that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// What it is about.
    pub code: Code,
    /// What it does to the verdict: never [`Level::Allow`].
    pub level: Level,
    /// `f1:` and 32 hexadecimal digits from the code and the contents concerned. No path, line, order or number is in
    /// it: it stays the same until a text or the set of articles changes. No two findings of a run share one.
    pub fingerprint: String,
    /// The id of the group, for findings about one.
    pub group: Option<String>,
    /// Where it is, the place to look at first in front: that of the new record, as far as that is known. Never empty.
    pub locations: Vec<Location>,
    /// What else is known of it.
    pub detail: Detail,
}

impl Finding {
    /// The place to look at: that of the new record, as far as that is known.
    pub fn primary(&self) -> &Location {
        &self.locations[0]
    }

    /// The other places, the kept article of a group first.
    pub fn others(&self) -> &[Location] {
        &self.locations[1..]
    }
}

/// A record, or a line of a file, that a finding is about.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Location {
    /// The path as it was given or found; `-` for standard input.
    pub file: Arc<str>,
    /// Line (1-based) on which the record starts; 0 for a file that is one article.
    pub line: u64,
    /// The id of the article; empty where there is none, as of a bad record.
    pub id: String,
    /// The headline, if there is one.
    pub title: Option<String>,
    /// Identity of its words; absent where there is no article.
    pub content: Option<Fingerprint>,
    /// The split of the configuration that the file is in.
    pub split: Option<String>,
    /// Its part in the finding.
    pub role: Role,
    /// For a copy: what it is a copy of, and how.
    pub link: Option<LinkTo>,
    /// True if the baseline has it among the accepted members of its group.
    pub is_known: bool,
    /// True if it was added or changed since the revision that the check was asked about.
    pub is_changed: bool,
}

/// The part of an article in a finding.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Role {
    /// The member of a group that would be kept.
    Kept,
    /// Another member of a group.
    Copy,
    /// What a finding without a group is about.
    #[default]
    Subject,
}

impl Role {
    /// The name used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Role::Kept => "kept",
            Role::Copy => "copy",
            Role::Subject => "subject",
        }
    }
}

/// The verified pair by which a copy belongs to its group.
#[derive(Clone, Debug, PartialEq)]
pub struct LinkTo {
    /// The id of the article it was verified against.
    pub of: String,
    /// How it relates to that article.
    pub relation: Relation,
    /// Share of the words of the shorter text that stand in the other, in order (0 to 1).
    pub similarity: f64,
    /// Calibrated probability that the pair is a copy (0 to 1).
    pub confidence: f64,
}

/// What a finding says besides its places.
#[derive(Clone, Debug, PartialEq)]
pub enum Detail {
    /// Copies: exact-copy, near-copy, excerpt. Everything is in the links of the places.
    Copies,
    /// split-leak: the splits on which there are copies, sorted.
    Leak {
        /// Their names.
        splits: Vec<String>,
    },
    /// joined-known-group: new members of an accepted group.
    Joined {
        /// Ids of new members that were accepted with another text.
        edited: Vec<String>,
    },
    /// published-before.
    Published {
        /// The folder of the index.
        index: PathBuf,
        /// What the article is a copy of there, the closest first; at least one.
        earlier: Vec<Earlier>,
    },
    /// shared-passage.
    Passage {
        /// Share of the words of the shorter text that stand in the other, in order (0 to 1).
        similarity: f64,
        /// Words of the shorter text.
        words: u32,
    },
    /// duplicate-id.
    SameId,
    /// self-repeat.
    Repeat {
        /// Words of the article that it has said before.
        words: u32,
        /// All its words.
        of: u32,
    },
    /// loose-group.
    Loose {
        /// See [`crate::find::Group::weakest`].
        weakest: f64,
        /// See [`crate::find::Group::density`].
        density: f64,
    },
    /// bad-record.
    Record {
        /// What kind of trouble it is.
        reason: ProblemKind,
        /// What was seen.
        seen: String,
    },
    /// not-judged.
    Short {
        /// Words of the article.
        words: u32,
    },
    /// stale-entry.
    Stale(Stale),
}

/// An entry that matches nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Stale {
    /// Copies in the baseline that are no group any more: the ids of its members.
    Baseline(Vec<String>),
    /// An entry of the configuration that excuses nothing: its reason.
    Allow(String),
    /// A split in which there is no article: its name.
    Split(String),
}

/// The identity of a finding: of its code and of what it is about, in any order.
pub(super) fn fingerprint(code: Code, contents: impl IntoIterator<Item = String>) -> String {
    let mut contents: Vec<String> = contents.into_iter().collect();
    contents.sort_unstable();
    let mut bytes = code.name().as_bytes().to_vec();
    for content in contents {
        // Ends each part, so that no two lists run together to the same bytes.
        bytes.push(0xff);
        bytes.extend(content.as_bytes());
    }
    format!("f1:{:032x}", hash::content(&bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fingerprints_are_of_contents_and_not_of_their_order() {
        let of =
            |code, parts: &[&str]| fingerprint(code, parts.iter().map(|part| (*part).to_owned()));
        let pair = of(Code::NearCopy, &["c1:a", "c1:b"]);
        assert_eq!(pair, of(Code::NearCopy, &["c1:b", "c1:a"]));
        assert_ne!(pair, of(Code::ExactCopy, &["c1:a", "c1:b"]));
        assert_ne!(pair, of(Code::NearCopy, &["c1:ac1:b"]));
        assert_ne!(
            pair,
            of(Code::NearCopy, &["c1:a", "c1:b", "c1:b"]),
            "a copy more is another finding"
        );
        assert_eq!(pair, "f1:f3821bbb94c0d695d334c847e1eabfea", "code hosts remember these");
    }
}
