//! The signatures of all articles, slot by slot: what bands are read from, one at a time.
//!
//! 576 bytes an article, in memory or on disk, where 4,096 articles at a time are laid down slot after slot, so that a
//! band is read in few long pieces. In memory stay 4 bytes an article.

use std::ops::{Deref, Range};

use ahash::AHashMap;
use rayon::prelude::*;

use super::sift::Crowds;
use super::sketch::{SLOTS, Signature, Sketch};
use crate::error::Result;
use crate::pages::Pages;
use crate::spill::{Room, Sealed, Spill};

/// Articles laid down together.
pub(super) const CHUNK: usize = 4096;

/// Bytes of one slot.
const SLOT: usize = size_of::<u32>();

/// Signatures that are being gathered.
#[derive(Debug, Default)]
pub(crate) struct Gathering {
    spill: Spill,
    waiting: Vec<Signature>,
    places: Vec<u64>,
    positions: Vec<u32>,
}

impl Gathering {
    pub(crate) fn new(room: &Room) -> Self {
        Gathering { spill: Spill::new(room), ..Gathering::default() }
    }

    /// Adds the signature of the article at a position in the input.
    pub(crate) fn add(&mut self, position: u32, signature: &Signature) -> Result<()> {
        self.positions.push(position);
        self.waiting.push(*signature);
        if self.waiting.len() == CHUNK { self.lay_down() } else { Ok(()) }
    }

    /// Ends gathering; `article` gives the index of the article at a position.
    pub(crate) fn seal(mut self, article: impl Fn(u32) -> u32) -> Result<Signatures> {
        self.lay_down()?;
        let mut articles = self.positions;
        articles.iter_mut().for_each(|position| *position = article(*position));
        Ok(Signatures { bytes: self.spill.seal()?, places: self.places, articles })
    }

    fn lay_down(&mut self) -> Result<()> {
        let waiting = std::mem::take(&mut self.waiting);
        if waiting.is_empty() {
            return Ok(());
        }
        const TOGETHER: usize = 8;
        let mut columns = vec![[0u8; SLOT]; SLOTS * waiting.len()];
        columns.par_chunks_mut(TOGETHER * waiting.len()).enumerate().for_each(|(part, columns)| {
            for (at, signature) in waiting.iter().enumerate() {
                let slots = signature[part * TOGETHER..].iter().take(TOGETHER);
                for (column, slot) in columns.chunks_exact_mut(waiting.len()).zip(slots) {
                    column[at] = slot.to_le_bytes();
                }
            }
        });
        self.places.push(self.spill.append(columns.as_flattened())?);
        Ok(())
    }
}

/// Signatures by number: those of the articles that can be judged, in the order of the input.
#[derive(Debug, Default)]
pub struct Signatures {
    bytes: Sealed,
    places: Vec<u64>,
    articles: Vec<u32>,
}

impl Signatures {
    /// The index of the article behind each number.
    pub fn articles(&self) -> &[u32] {
        &self.articles
    }

    /// The signatures of these articles, for tests and benchmarks.
    pub fn of<'a>(signed: impl IntoIterator<Item = (u32, &'a Signature)>) -> Result<Self> {
        let mut gathering = Gathering::new(&Room::default());
        for (article, signature) in signed {
            gathering.add(article, signature)?;
        }
        gathering.seal(|article| article)
    }

    /// What `map` makes of the same few slots of each signature, by number.
    pub fn rows<T: Send>(
        &self,
        slots: Range<usize>,
        map: impl Fn(&[u32]) -> T + Sync,
    ) -> Result<Vec<T>> {
        let mut all = Vec::with_capacity(self.articles.len());
        let mut row = vec![0; slots.len()];
        for (&place, members) in self.places.iter().zip(self.articles.chunks(CHUNK)) {
            let n = members.len();
            let bytes =
                self.bytes.read(place + (SLOT * n * slots.start) as u64, SLOT * n * slots.len())?;
            let (values, _) = bytes.as_chunks();
            for at in 0..n {
                for (slot, column) in row.iter_mut().zip(values.chunks_exact(n)) {
                    *slot = u32::from_le_bytes(column[at]);
                }
                all.push(map(&row));
            }
        }
        Ok(all)
    }

    /// The articles with two numbers, smaller index first.
    pub(super) fn pair(&self, a: u32, b: u32) -> (u32, u32) {
        let (a, b) = (self.articles[a as usize], self.articles[b as usize]);
        (a.min(b), a.max(b))
    }

    /// Writes one byte of each slot of the signatures with these numbers, the first of which begins a chunk, to `rows`.
    pub(super) fn sketch(
        &self,
        numbers: Range<usize>,
        crowds: &Crowds,
        rows: &mut Sketches,
    ) -> Result<()> {
        let articles = &self.articles[numbers.clone()];
        let rows = &mut rows.rows()[..articles.len()];
        let chunks = rows.par_chunks_mut(CHUNK).zip(articles.par_chunks(CHUNK));
        chunks.enumerate().try_for_each(|(at, (rows, articles))| {
            let chunk = numbers.start / CHUNK + at;
            // Of the last chunk not all may be wanted.
            let n = CHUNK.min(self.articles.len() - chunk * CHUNK);
            let place = self.places[chunk];
            let bytes = self.bytes.read(place, SLOT * SLOTS * n)?;
            let (values, _) = bytes.as_chunks::<SLOT>();
            for (slot, column) in values.chunks_exact(n).enumerate() {
                let byte = crowds.bytes(slot);
                for ((row, value), &article) in rows.iter_mut().zip(column).zip(articles) {
                    row[slot] = byte(article, u32::from_le_bytes(*value));
                }
            }
            Ok(())
        })
    }

    /// The sketches of some articles, which must be sorted.
    pub(crate) fn sketches_of(&self, wanted: &[u32]) -> Result<AHashMap<u32, Sketch>> {
        let mut found = AHashMap::with_capacity(wanted.len());
        for (&place, articles) in self.places.iter().zip(self.articles.chunks(CHUNK)) {
            let here = || {
                let all = articles.iter().enumerate();
                all.filter(|(_, article)| wanted.binary_search(article).is_ok())
            };
            if here().next().is_none() {
                continue;
            }
            let bytes = self.bytes.read(place, SLOT * SLOTS * articles.len())?;
            let (values, _) = bytes.as_chunks::<SLOT>();
            for (at, &article) in here() {
                let slot = |slot: usize| values[slot * articles.len() + at][0];
                found.insert(article, std::array::from_fn(slot));
            }
        }
        Ok(found)
    }
}

/// Room for the sketches of many articles, which are looked up at random.
pub(super) struct Sketches(Pages);

impl Sketches {
    /// Room for so many.
    pub(super) fn new(articles: usize) -> Self {
        Sketches(Pages::zeros(SLOTS * articles))
    }

    fn rows(&mut self) -> &mut [Sketch] {
        self.0.as_chunks_mut().0
    }
}

impl Deref for Sketches {
    type Target = [Sketch];

    fn deref(&self) -> &[Sketch] {
        self.0.as_chunks().0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::sketch::sketch;
    use crate::spill::tests::no_room;
    use crate::text::hash::mix;

    #[test]
    fn slots_and_sketches_are_those_of_the_signatures() {
        let n = CHUNK as u32 + 100;
        let signature = |position: u32| -> Signature {
            std::array::from_fn(|slot| mix(u64::from(position) << 32 | slot as u64) as u32)
        };
        for room in [Room::default(), no_room()] {
            let mut gathering = Gathering::new(&room);
            for position in 0..n {
                gathering.add(position, &signature(position)).unwrap();
            }
            let signatures = gathering.seal(|position| n - 1 - position).unwrap();
            for range in [0..2, 135..144] {
                let rows = signatures.rows(range.clone(), <[u32]>::to_vec).unwrap();
                let expected = (0..n).map(|position| signature(position)[range.clone()].to_vec());
                assert!(rows.into_iter().eq(expected));
            }
            let all: Vec<Sketch> = (0..n).map(|position| sketch(&signature(position))).collect();
            let mut sketches = Sketches::new(n as usize);
            for range in [0..n as usize, 0..50, CHUNK..n as usize] {
                signatures.sketch(range.clone(), &Crowds::default(), &mut sketches).unwrap();
                assert!(sketches[..range.len()] == all[range]);
            }
            let some = signatures.sketches_of(&[7, 99]).unwrap();
            let of = |article: u32| &all[(n - 1 - article) as usize];
            assert!(some.len() == 2 && &some[&7] == of(7) && &some[&99] == of(99));
        }
    }
}
