//! Pairs of buckets to those whose sketches look alike: at once, or tile by tile where not all sketches fit into memory.
//!
//! With all sketches at hand a pair is estimated when it is met. Else the pairs of all bands are gathered by the tiles
//! their articles lie in, 8 bytes each, and estimated with the sketches of two tiles at a time: half the square of the
//! number of tiles are read for that. Both give the same pairs.
//!
//! What many articles share is no reason to look at a pair. A slot whose value stands in more than [`CROWD`] of them is
//! the trace of a common text, and agrees with nothing in an estimate: else a million articles with one block in common
//! would give ten pairs each.

use ahash::AHashMap;
use rayon::prelude::*;

use super::bands::{self, Proposals, Tier};
use super::runs::Runs;
use super::signatures::{CHUNK, Signatures, Sketches};
use super::sketch::{SLOTS, Sketch, estimate};
use crate::config::Memory;
use crate::error::Result;
use crate::spill::Room;
use crate::text::hash::mix;

/// A value of a slot in more signatures stands for common text. So many that only a large corpus has any: in a small one
/// it costs nothing to look at such pairs, and broadcast scripts of 19,000 days have values that 8,192 share.
const CROWD: u32 = 32_768;

/// Places in which the values of a slot are counted.
const PLACES: usize = 1 << 18;

/// The values of each slot that are crowded, as places. Empty where no slot has any.
#[derive(Debug, Default)]
pub(crate) struct Crowds {
    slots: Vec<Vec<u32>>,
}

impl Crowds {
    /// Counts the values of each slot over the articles that are wanted.
    pub(crate) fn new(
        signatures: &Signatures,
        wanted: impl Fn(u32) -> bool + Sync,
    ) -> Result<Self> {
        if signatures.articles().len() <= CROWD as usize {
            return Ok(Crowds::default());
        }
        let wanted: Vec<bool> =
            signatures.articles().par_iter().map(|&article| wanted(article)).collect();
        let crowded = |slot: usize| {
            let mut counts = vec![0u32; PLACES];
            let places = signatures.rows(slot..slot + 1, |row| place(row[0]))?;
            for (&place, &wanted) in places.iter().zip(&wanted) {
                counts[place as usize] += u32::from(wanted);
            }
            let crowded = (0..).zip(counts).filter(|(_, count)| *count > CROWD);
            Ok(crowded.map(|(place, _)| place).collect())
        };
        let slots: Vec<Vec<u32>> =
            (0..SLOTS).into_par_iter().map(crowded).collect::<Result<_>>()?;
        let is_empty = slots.iter().all(Vec::is_empty);
        Ok(Crowds { slots: if is_empty { Vec::new() } else { slots } })
    }

    /// What gives the byte of a slot in the sketch of an article; of a crowded value, one that is its own.
    pub(crate) fn bytes(&self, slot: usize) -> impl Fn(u32, u32) -> u8 {
        let crowded = self.slots.get(slot).map_or(&[][..], Vec::as_slice);
        move |article, value| {
            if crowded.is_empty() || crowded.binary_search(&place(value)).is_err() {
                value as u8
            } else {
                mix(u64::from(article) << 8 | slot as u64) as u8
            }
        }
    }
}

fn place(value: u32) -> u32 {
    (mix(u64::from(value)) % PLACES as u64) as u32
}

/// The pairs that share a bucket of `tier` and look alike at least so much. See [`bands::propose`].
pub(crate) fn propose(
    signatures: &Signatures,
    tier: Tier,
    least: f64,
    crowds: &Crowds,
    memory: &Memory,
    length: impl Fn(u32) -> Option<u32> + Sync,
) -> Result<Proposals> {
    let all = signatures.articles().len();
    let together = bands_together(memory, all);
    let tile = tile(memory);
    if all <= tile {
        let mut sketches = Sketches::new(all);
        signatures.sketch(0..all, crowds, &mut sketches)?;
        let alike =
            |a: u32, b: u32| estimate(&sketches[a as usize], &sketches[b as usize]) >= least;
        return bands::propose(signatures, tier, together, length, alike);
    }

    let tiles = all.div_ceil(tile);
    // Where each of two stands in its tile.
    let bits = (tile as u64).ilog2() + 1;
    let listed = Runs::new(tiles * tiles, 2 * bits, &Room::new(memory));
    let mut found = bands::each(signatures, tier, together, length, |pairs| {
        listed.add(pairs, |(a, b)| {
            let (a, b) = (a as usize, b as usize);
            (a / tile * tiles + b / tile, ((a % tile) as u64) << bits | (b % tile) as u64)
        })
    })?;
    let listed = listed.seal()?;
    let sketch = |i: usize, sketches: &mut Sketches| {
        signatures.sketch(i * tile..all.min((i + 1) * tile), crowds, sketches)
    };
    let mut sift = |i: usize, j: usize, of_i: &[Sketch], of_j: &[Sketch]| -> Result<()> {
        let mut pairs = listed.read(i * tiles + j)?;
        pairs.par_sort_unstable();
        pairs.dedup();
        let places = |pair: u64| ((pair >> bits) as usize, (pair & ((1 << bits) - 1)) as usize);
        let alike = pairs.into_par_iter().map(places);
        let alike = alike.filter(|&(a, b)| estimate(&of_i[a], &of_j[b]) >= least);
        let number = |i: usize, at: usize| (i * tile + at) as u32;
        found.pairs.par_extend(alike.map(|(a, b)| signatures.pair(number(i, a), number(j, b))));
        Ok(())
    };
    let (mut of_i, mut of_j) = (Sketches::new(tile), Sketches::new(tile));
    sketch(0, &mut of_i)?;
    for i in 0..tiles {
        sift(i, i, &of_i, &of_i)?;
        for j in (i + 1..tiles).rev() {
            sketch(j, &mut of_j)?;
            sift(i, j, &of_i, &of_j)?;
        }
        // The last of them is the first of the next round.
        std::mem::swap(&mut of_i, &mut of_j);
    }
    found.pairs.par_sort_unstable();
    Ok(found)
}

/// Those of sorted pairs that look alike at least so much.
pub(crate) fn closer(
    signatures: &Signatures,
    pairs: &[(u32, u32)],
    least: f64,
) -> Result<Vec<(u32, u32)>> {
    let mut met: Vec<u32> = pairs.iter().flat_map(|&(a, b)| [a, b]).collect();
    met.sort_unstable();
    met.dedup();
    let sketches: AHashMap<u32, Sketch> = signatures.sketches_of(&met)?;
    let alike = |(a, b): (u32, u32)| {
        let sketches = sketches.get(&a).zip(sketches.get(&b));
        sketches.is_some_and(|(a, b)| estimate(a, b) >= least)
    };
    Ok(pairs.iter().copied().filter(|&pair| alike(pair)).collect())
}

/// Sketches at hand at a time, so that two tiles take a quarter of the memory at most.
fn tile(memory: &Memory) -> usize {
    let most = (memory.budget / 4 / (2 * SLOTS as u64)).min(1 << 31) as usize;
    most.max(1).next_multiple_of(CHUNK)
}

/// Bands looked through at a time, so that they take a quarter of the memory at most: no tiles are there by then.
fn bands_together(memory: &Memory, signatures: usize) -> usize {
    let each = (bands::BYTES_A_BAND * signatures as u64).max(1);
    (memory.budget / 4 / each).clamp(1, rayon::current_num_threads() as u64) as usize
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::find::bands::{NEAR_VERBATIM, WIDE};
    use crate::find::sketch::Signature;

    /// Signatures of which many agree in some slots.
    fn signatures(n: u32, kinds: u32) -> Signatures {
        let signature = |article: u32| -> Signature {
            std::array::from_fn(|slot| {
                let own = mix(u64::from(article) << 32 | slot as u64);
                let shared = mix(u64::from(article % kinds) << 16 | slot as u64);
                if own.is_multiple_of(3) { shared as u32 } else { own as u32 }
            })
        };
        let all: Vec<Signature> = (0..n).map(signature).collect();
        // Indexes that do not follow the order of the input.
        Signatures::of((0..n).map(|at| n - 1 - at).zip(&all)).unwrap()
    }

    #[test]
    fn tiles_give_what_all_sketches_give() {
        let signatures = signatures(3 * CHUNK as u32 - 5, 4_000);
        let length = |article: u32| (!article.is_multiple_of(7)).then_some(article % 97);
        let memory = Memory { budget: 1, folder: None };
        let crowds = Crowds::default();
        for (tier, least) in [(WIDE, 0.07), (NEAR_VERBATIM, 0.3)] {
            let at_once =
                propose(&signatures, tier, least, &crowds, &Memory::default(), length).unwrap();
            let in_tiles = propose(&signatures, tier, least, &crowds, &memory, length).unwrap();
            assert!(tier == NEAR_VERBATIM || at_once.pairs.len() > 1_000);
            assert_eq!(at_once, in_tiles);
            let close = closer(&signatures, &at_once.pairs, 0.15).unwrap();
            let again = propose(&signatures, tier, 0.15, &crowds, &memory, length).unwrap();
            assert_eq!(
                close.len(),
                again.pairs.iter().filter(|pair| at_once.pairs.contains(pair)).count()
            );
        }
    }

    #[test]
    fn what_a_crowd_shares_is_no_resemblance() {
        // Every third slot of each is that of all.
        let n = 3 * CROWD + 6_000;
        let crowd = signatures(n, 1);
        let sketches = |crowds: &Crowds| {
            let mut sketches = Sketches::new(100);
            crowd.sketch(0..100, crowds, &mut sketches).unwrap();
            sketches.to_vec()
        };
        let raw = sketches(&Crowds::default());
        let crowds = Crowds::new(&crowd, |_| true).unwrap();
        let sifted = sketches(&crowds);
        assert!(raw[1..].iter().all(|other| estimate(&raw[0], other) > 0.05));
        assert!(sifted[1..].iter().all(|other| estimate(&sifted[0], other) < 0.05));
        let few = Crowds::new(&crowd, |article| article < CROWD).unwrap();
        assert_eq!(sketches(&few), raw, "those that are left out do not count");
    }
}
