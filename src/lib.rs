//! Finds **wire copy**: articles in a dump that are reworded, edited, cut or wrapped copies of one text.
//!
//! Articles are shingled and MinHash-signed in parallel, an LSH index and a join of rare shingles propose pairs, every
//! pair is verified by exact sets and by alignment, copies are grouped, and every number shown can be traced to words
//! that stand in both texts.
//!
//! ```text
//! paths ─ read ─▶ Article ─ text ─▶ words, shingles ─ find ─▶ Match, Group ─ report ─▶ people, programs, files
//! ```
//!
//! # Example
//!
//! ```
//! use wirecopy::{article::Article, config::Config, find::Relation, scan::Scan};
//!
//! let wire = "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday, after a storm \
//!             damaged the landing stage and two of the four moorings on the island. Nobody was hurt.";
//! let desk = "The Skerrow ferry is to stay in harbor until Friday, said the port office on Tuesday, after a storm \
//!             had damaged the landing stage and two of four moorings on the island. Nobody was hurt.";
//!
//! let mut scan = Scan::new(Config::default());
//! scan.push(Article::new("wire-1", wire));
//! scan.push(Article::new("desk-7", desk));
//! let outcome = scan.finish(&())?;
//!
//! let pair = &outcome.matches[0];
//! assert!(pair.relation.is_copy() && pair.evidence.similarity > 0.7);
//! assert_eq!(outcome.groups[0].members.len(), 2);
//! # Ok::<(), wirecopy::Error>(())
//! ```
//!
//! # Invariants
//!
//! Each is held by a test.
//!
//! 1. Same input, same bytes out: for any number of threads and any platform; and the same groups, relations, numbers
//!    and kept members for any order of files and records. Ties go to the smallest fingerprint, then id.
//! 2. A candidate is never a finding: everything shown passed verification, and its evidence re-extracts from the
//!    original bytes.
//! 3. A bad record is counted, located and reported; never a panic, never silence. The rest of the run goes on.
//! 4. Inputs are never modified. A clean dump holds kept records byte for byte, and is whole or not there at all.
//! 5. Only [`text::hash`] makes hashes that leave the process.
//! 6. Nothing in this library but the command line (`cli`) prints, reads the environment or knows the current directory;
//!    `report` writes to what it is given.
//! 7. Every fast thing has a slow twin in the tests.
//!
//! # Where is it?
//!
//! | question | file |
//! |---|---|
//! | what counts as the text of my JSON? | `read/fields.rs` |
//! | what is a word? a shingle? | `text/words.rs`, `text/shingle.rs` |
//! | why were these two compared at all? | `find/bands.rs`, `find/rare.rs` |
//! | why are these two called copies? | `find/relate.rs`, from the evidence of `find/verify.rs` |
//! | what exactly do these two share? | `compare.rs`, `find/compare.rs`, `find/passage.rs` |
//! | why is this group so big? | `find/group.rs` |
//! | why was this one kept? | `find/keep.rs` |
//! | why did this record leave the clean dump? | `clean/plan.rs` |
//! | what does a crash leave of it? | `clean/place.rs` |
//! | how do articles come in that are in no file? | `read/given.rs` |
//! | where does exit code 1 come from? | `judge/policy.rs`, from the findings of `judge/check.rs` |
//! | what was accepted, and is it still? | `judge/baseline.rs` |
//! | which codes are there, and what do they mean? | `judge/codes.rs` |
//! | which keys has `wirecopy.toml`? | `settings/keys.rs` |
//! | what is on disk in an index? | `store/mod.rs`, `store/segment.rs` |
//! | where does a query of an index differ from a scan? | `store/query.rs` |
//! | what is a run worth against labels? | `judge/eval.rs`, `judge/scores.rs` |
//! | where do the defaults stand? | `config.rs` |
//! | what may never change? | `text/hash.rs`, `text/normalize.rs` |

pub mod article;
pub mod config;
pub mod error;
pub mod progress;
mod pages;
mod spill;
pub mod read;
pub mod text;
pub mod find;
mod signing;
pub mod scan;
mod corpus;
mod texts;
pub mod store;
pub mod compare;
pub mod nearest;
pub mod forecast;
pub mod judge;
pub mod settings;
pub mod clean;
pub mod report;
pub mod cli;

// The command line is written against the library as any other program is.
extern crate self as wirecopy;

pub use error::{Error, Result};
