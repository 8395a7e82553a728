//! The articles of a run held against an index: which of them were published before.
//!
//! Each is asked about as `index query` asks, by its words as the run has read them; the seed and the least number of words
//! are those of the index. Linear in the articles of the run, at the price of a query each.

use std::path::PathBuf;

use rayon::prelude::*;

use super::index::Index;
use super::query::Earlier;
use crate::config::Matching;
use crate::error::Result;
use crate::find::collection::Record;
use crate::find::{Collection, Signed};
use crate::progress::Progress;

/// The most articles of an index that are told of one article, the closest ones, unless another number is wished for.
pub const TOLD: usize = 20;

/// What of a run was published before.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Published {
    /// The folder of the index.
    pub index: PathBuf,
    /// Number of articles in the index.
    pub held: u64,
    /// The articles of the run that are copies of some in the index, or have copies there; by id.
    pub copies: Vec<Republished>,
}

/// An article of a run that was published before.
#[derive(Clone, Debug, PartialEq)]
pub struct Republished {
    /// Index in `Outcome::articles`.
    pub article: u32,
    /// Those of the index, the closest first; at least one, and at most [`TOLD`].
    pub earlier: Vec<Earlier>,
}

impl Published {
    /// Asks the index about every article of a collection. One with the same id is no match of it.
    pub(crate) fn among(
        collection: &Collection,
        index: &Index,
        matching: &Matching,
        progress: &dyn Progress,
    ) -> Result<Published> {
        let matching = index.matching(matching);
        progress.begin("published before", Some(collection.len() as u64));
        let ask = |number: u32| -> Result<Option<(String, Republished)>> {
            let Record { ids, kinds, article, fingerprint } = collection.record(number)?;
            let signed = Signed::from_words(ids, kinds, fingerprint, &matching);
            let mut earlier = index.query_signed(&article, &signed, &matching, &index.shelves())?;
            progress.advance(1);
            earlier.truncate(TOLD);
            let found = Republished { article: number, earlier };
            Ok((!found.earlier.is_empty()).then_some((article.id, found)))
        };
        let all: Vec<Option<(String, Republished)>> =
            (0..collection.len() as u32).into_par_iter().map(ask).collect::<Result<_>>()?;
        let mut copies: Vec<(String, Republished)> = all.into_iter().flatten().collect();
        copies.sort_by(|(x, one), (y, other)| (x, one.article).cmp(&(y, other.article)));
        Ok(Published {
            index: index.folder().to_owned(),
            held: index.len(),
            copies: copies.into_iter().map(|(_, found)| found).collect(),
        })
    }
}
