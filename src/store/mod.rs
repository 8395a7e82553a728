//! An index on disk: articles that were published, kept so that new ones can be held against them.
//!
//! A folder of files that never change (segments of articles, a list of removed ones, the table of what recurs) and a small
//! manifest that names those of the present state and is replaced in one step. One process writes; any number read, each the
//! state it opened. Every byte is under a checksum, which is looked at whenever a block is read.
//!
//! ```
//! # fn main() -> wirecopy::Result<()> {
//! # let folder = tempfile::tempdir().expect("a folder for the example");
//! # let folder = folder.path().join("published");
//! use wirecopy::article::Article;
//! use wirecopy::config::{Config, Matching};
//! use wirecopy::store::{Index, Writer};
//!
//! let report = "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday, \
//!               after a storm damaged the landing stage and two of the four moorings on the island.";
//! let mut writer = Writer::open(&folder, &Config::default())?;
//! writer.add(Article::new("wire-1", report))?.expect("it has words");
//! writer.commit()?;
//!
//! let index = Index::open(&folder)?;
//! let tonight = Article::new("post-7", report.replace("until Friday", "until the end of the week"));
//! let earlier = &index.query(&tonight, &Matching::default())?[0];
//! assert_eq!((earlier.article.id.as_str(), earlier.relation.name()), ("wire-1", "edited"));
//! # Ok(())
//! # }
//! ```
//!
//! Roads not taken: an embedded store. An article is looked up by about 140 keys (72 bands, 60 sampled shingles, id,
//! fingerprint), all of which are known when a batch is sorted: here an entry takes 5 bytes and no index but a fence for 512
//! of them. A B-tree (redb) would take each as a key of its own, 140 insertions at random places an article; a log-structured
//! store (fjall) would sort and rewrite them again and again to keep them where batches lay; LMDB (heed) reads through a
//! memory map, which answers a flipped bit with a wrong number and needs unsafe code. None of them would do without the
//! sketches, words and cards in blocks of their own, which are most of what stands here.

mod answer;
mod block_writer;
mod blocks;
mod cache;
mod card;
mod damage;
mod folder;
mod gather;
mod index;
mod intake;
mod learned;
mod lock;
mod manifest;
mod number;
mod packing;
mod postings;
mod published;
mod query;
mod recent;
mod segment;
mod segment_writer;
mod writer;

pub use answer::{Answer, Answered, STORED};
pub use damage::Damage;
pub use index::{CACHE, Index, Stats, params, settled, verify};
pub use intake::{BATCH, Intake, Refused};
pub use manifest::Params;
pub use published::{Published, Republished, TOLD};
pub use query::{BUCKET, Earlier, JUDGED};
pub use writer::{Added, Writer};
