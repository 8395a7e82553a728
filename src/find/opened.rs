//! Articles and alignments at hand: what judging needs of an article, read back and prepared once while there is room.
//!
//! The same pairs are looked at twice, before and after the families of plain copies are known. Between the two the words
//! stay the same, and so does every alignment. Both shelves are bounded; what does not fit is made again, with the same
//! result. Titles are few and short, and are not kept. Bytes: 5 a word, 8 a shingle and 4 a rare word of an article, 24 a block of an alignment.

use std::ops::Range;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ahash::AHashMap;
use rayon::prelude::*;

use super::align::{Alignment, Block};
use super::body::{Body, Side};
use super::collection::Collection;
use super::common::CommonText;
use crate::error::Result;
use crate::text::words::Kind;

/// An article with all that is compared of it.
#[derive(Clone, Debug)]
pub(super) struct Opened {
    ids: Vec<u32>,
    kinds: Vec<Kind>,
    source: Option<u64>,
    body: Body,
}

impl Opened {
    /// An article of these words, and the key of its source if recurrence within it is counted.
    pub(super) fn new(
        (ids, kinds): (Vec<u32>, Vec<Kind>),
        source: Option<u64>,
        seed: u64,
        common: &CommonText,
    ) -> Self {
        let body = Body::new(&ids, &kinds, source, seed, common);
        Opened { ids, kinds, source, body }
    }

    pub(super) fn side(&self) -> Side<'_> {
        Side { ids: &self.ids, kinds: &self.kinds, source: self.source, body: &self.body }
    }

    /// The words that recur in many otherwise different articles, as ranges.
    pub(super) fn boilerplate(&self) -> &[Range<u32>] {
        &self.body.boilerplate
    }

    /// Number of words that are not boilerplate.
    pub(super) fn body_words(&self) -> u32 {
        self.body.words(self.ids.len())
    }

    /// Bytes it takes, about.
    fn size(&self) -> usize {
        300 + 5 * self.ids.len() + self.body.size()
    }
}

/// What is at hand.
#[derive(Debug, Default)]
pub(super) struct Shelf {
    articles: Mutex<Kept<u32, Arc<Opened>>>,
    alignments: Mutex<Kept<(u32, u32), Alignment>>,
}

/// Things by key, and the bytes that they take.
type Kept<K, V> = (AHashMap<K, V>, usize);

impl Shelf {
    /// Reads an article back, unless it is at hand.
    pub(super) fn open(
        &self,
        article: u32,
        collection: &Collection,
        seed: u64,
        common: &CommonText,
    ) -> Result<Arc<Opened>> {
        if let Some(opened) = lock(&self.articles).0.get(&article) {
            return Ok(Arc::clone(opened));
        }
        let source = common.counted_source(collection.source(article));
        let words = collection.ids_and_kinds(article)?;
        let opened = Arc::new(Opened::new(words, source, seed, common));
        let (kept, bytes) = &mut *lock(&self.articles);
        if *bytes > collection.at_hand() {
            kept.clear();
            *bytes = 0;
        }
        *bytes += opened.size();
        kept.insert(article, Arc::clone(&opened));
        Ok(opened)
    }

    /// Looks again what is common in the articles at hand, after counts have fallen.
    pub(super) fn relearn(&mut self, common: &CommonText) {
        let (kept, _) = self.articles.get_mut().unwrap_or_else(PoisonError::into_inner);
        let kept: Vec<&mut Arc<Opened>> = kept.values_mut().collect();
        kept.into_par_iter().for_each(|opened| {
            let Opened { body, source, .. } = Arc::make_mut(opened);
            body.relearn(*source, common);
        });
    }

    /// Keeps an alignment that will be wanted once more, if there is room in half of what articles have.
    pub(super) fn keep(&self, pair: (u32, u32), mut alignment: Alignment, room: usize) {
        alignment.blocks.shrink_to_fit();
        let (kept, bytes) = &mut *lock(&self.alignments);
        let size = size(&alignment);
        if *bytes + size <= room / 2 {
            *bytes += size;
            kept.insert(pair, alignment);
        }
    }

    /// True if an alignment of the pair is kept.
    pub(super) fn is_aligned(&self, pair: (u32, u32)) -> bool {
        lock(&self.alignments).0.contains_key(&pair)
    }

    /// Takes an alignment that was kept.
    pub(super) fn take(&self, pair: (u32, u32)) -> Option<Alignment> {
        let (kept, bytes) = &mut *lock(&self.alignments);
        let alignment = kept.remove(&pair)?;
        *bytes -= size(&alignment);
        Some(alignment)
    }
}

/// Bytes an alignment takes, about.
fn size(alignment: &Alignment) -> usize {
    100 + size_of::<Block>() * (alignment.blocks.len() + alignment.moved.len())
}

fn lock<T>(shelf: &Mutex<T>) -> MutexGuard<'_, T> {
    shelf.lock().unwrap_or_else(PoisonError::into_inner)
}
