//! How often each of very many keys was met: a table of saturating bytes, in which both places of a key share a line.
//!
//! Of the two places of a key the smaller is believed (count-min, Cormode and Muthukrishnan 2005): never an undercount, and
//! an overcount by chance for few. Both lie in one line of 64 bytes, so that a key costs one access to memory, not two.
//!
//! Keys are gathered on all threads, grouped by the part of the table they lie in, and then counted part by part, each by
//! one thread: a part is a few pages, and threads never change the result.

use rayon::prelude::*;

use crate::pages::Pages;

/// Bytes of a line, which is what a processor reads from memory.
const LINE: u64 = 64;

/// Parts of a table that are counted on their own.
const PARTS: usize = 256;

/// Bits of an entry that tell the second place.
const SECOND: u32 = LINE.ilog2();

/// A table of counts.
#[derive(Debug)]
pub(super) struct Counts {
    bytes: Pages,
    /// Where the first line begins.
    start: usize,
    shape: Shape,
}

impl Counts {
    /// The most bytes of a table: an entry has 26 bits for its places in a part.
    pub(super) const MOST: u64 = 1 << 28;

    /// Bytes of a table for about so many keys: four each, up to `most`.
    pub(super) fn size(keys: u64, most: u64) -> u64 {
        let least = PARTS as u64 * LINE;
        (4 * keys).next_power_of_two().clamp(least, most.clamp(least, Self::MOST))
    }

    /// An empty table of that size.
    pub(super) fn new(keys: u64, most: u64) -> Self {
        let places = Self::size(keys, most);
        let bytes = Pages::zeros((places + LINE) as usize);
        let start = bytes.as_ptr().align_offset(LINE as usize).min(LINE as usize);
        Counts { bytes, start, shape: Shape { mask: places - 1 } }
    }

    /// An empty table of so many bytes; `None` if there are no tables of that size.
    pub(super) fn of_places(places: usize) -> Option<Self> {
        let table = Counts::new(places as u64 / 4, Self::MOST);
        (table.shape.len() == places).then_some(table)
    }

    /// All counts.
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes[self.start..][..self.shape.len()]
    }

    /// The same, to be read back into.
    pub(super) fn bytes_mut(&mut self) -> &mut [u8] {
        &mut self.bytes[self.start..][..self.shape.len()]
    }

    /// Where keys stand in this table.
    pub(super) fn shape(&self) -> Shape {
        self.shape
    }

    /// How often a key was met, at least; 255 stands for that and more.
    pub(super) fn count(&self, key: u64) -> u8 {
        let [first, second] = self.shape.places(key).map(|place| self.bytes[self.start + place]);
        first.min(second)
    }

    /// Counts what was gathered for this table.
    pub(super) fn add<'a>(&mut self, gathered: impl IntoIterator<Item = &'a Gathered>) {
        let gathered: Vec<&Gathered> = gathered.into_iter().collect();
        let all = self.start..self.start + self.shape.len();
        let parts = self.bytes[all].par_chunks_mut(self.shape.len() / PARTS);
        parts.enumerate().for_each(|(part, counts)| {
            for &entry in gathered.iter().flat_map(|gathered| gathered.part(part)) {
                let first = (entry >> SECOND) as usize;
                for place in [first, first ^ (entry & (LINE as u32 - 1)) as usize] {
                    counts[place] = counts[place].saturating_add(1);
                }
            }
        });
    }

    /// A small picture of which keys were met more often than so (less than 128 times).
    ///
    /// Folded onto itself as long as no more than [`MOST_FULL`] of its bits are set: the fewer keys there are, the smaller
    /// it is.
    pub(super) fn often(&self, than: u8) -> Often {
        let (lines, _) =
            self.bytes[self.start..][..self.shape.len()].as_chunks::<{ LINE as usize }>();
        let mut picture = vec![0; lines.len() / FOLD];
        for folded in lines.chunks(picture.len()) {
            let words = picture.par_iter_mut().with_min_len(1 << 12).zip(folded);
            words.for_each(|(word, line)| *word |= higher(line, than));
        }
        let share = |words: &[u64]| {
            let set: u64 = words.par_iter().map(|word| u64::from(word.count_ones())).sum();
            set as f64 / (u64::BITS as usize * words.len()) as f64
        };
        while picture.len() > 1 && 2.0 * share(&picture) <= MOST_FULL {
            let upper = picture.split_off(picture.len() / 2);
            picture.par_iter_mut().zip(upper).for_each(|(word, upper)| *word |= upper);
        }
        picture.shrink_to_fit();
        Often { picture, shape: self.shape }
    }

    /// Takes back what was counted too often. A count that has reached 255 stays.
    pub(super) fn take_back(&mut self, key: u64, times: u8) {
        for place in self.shape.places(key) {
            let count = &mut self.bytes[self.start + place];
            if *count < u8::MAX {
                *count = count.checked_sub(times).unwrap_or(*count);
            }
        }
    }

    /// About how often keys were met that were met more often than so.
    pub(super) fn met_more_often(&self, than: u8) -> u64 {
        let lines = self.bytes.par_chunks(1 << 16);
        let sum = |counts: &[u8]| -> u64 {
            counts.iter().map(|&count| if count > than { u64::from(count) } else { 0 }).sum()
        };
        lines.map(sum).sum::<u64>() / 2
    }
}

/// Lines of a table that share 64 bits of its picture, at least.
const FOLD: usize = 4;

/// The share of the bits of a picture that may be set. Of the keys that were not met often its square are looked for in vain.
const MOST_FULL: f64 = 0.2;

/// The keys that were met more often than so, and some others: one bit for several places of a table.
///
/// Small enough to stay near the processor, where the table is not, and says of most keys that there is nothing to look for.
/// A million articles need 4 MiB, forty thousand 1 MiB.
#[derive(Debug)]
pub(super) struct Often {
    /// 64 bits for [`FOLD`] lines or more each.
    picture: Vec<u64>,
    shape: Shape,
}

impl Often {
    /// False only if the key was not met so often.
    pub(super) fn may_hold(&self, key: u64) -> bool {
        let [first, second] = self.shape.places(key);
        let word = self.picture[(first / LINE as usize) & (self.picture.len() - 1)];
        (word >> (first % LINE as usize)) & (word >> (second % LINE as usize)) & 1 == 1
    }

    /// The places of those among these keys that may have been met so often, in order.
    ///
    /// No step hangs on the one before, so that the processor waits for many words at a time.
    pub(super) fn may_hold_of(&self, keys: &[u64]) -> Vec<u32> {
        let mut places = vec![0; keys.len() + 1];
        let mut count = 0;
        for (&key, place) in keys.iter().zip(0..) {
            places[count] = place;
            count += usize::from(self.may_hold(key));
        }
        places.truncate(count);
        places
    }
}

/// One bit for each byte of a line that is higher than `than` (less than 128).
fn higher(line: &[u8; LINE as usize], than: u8) -> u64 {
    const EACH: u64 = u64::MAX / 255;
    let (eights, _) = line.as_chunks();
    let mut bits = 0;
    for (&eight, at) in eights.iter().zip(0..) {
        let eight = u64::from_le_bytes(eight);
        let over = (eight & (127 * EACH)) + u64::from(127 - than) * EACH;
        let top = (over | eight) >> 7 & EACH;
        // Moves bit 8 i to bit 56 + i.
        bits |= (top.wrapping_mul(0x0102_0408_1020_4080) >> 56) << (8 * at);
    }
    bits
}

/// Where keys stand in a table of some size.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    mask: u64,
}

impl Shape {
    fn len(self) -> usize {
        self.mask as usize + 1
    }

    fn places(self, key: u64) -> [usize; 2] {
        let first = (key & self.mask) as usize;
        [first, first ^ to_second(key) as usize]
    }

    /// Groups keys, each of which was met once, by the part of the table that counts them.
    pub(super) fn group(self, keys: &[u64]) -> Gathered {
        let part_bits = self.len().ilog2() - PARTS.ilog2();
        let in_part = (1 << part_bits) - 1;
        let part = |key: u64| ((key & self.mask) >> part_bits) as usize;
        let mut next = vec![0u32; PARTS + 1];
        for &key in keys {
            next[part(key) + 1] += 1;
        }
        for part in 0..PARTS {
            next[part + 1] += next[part];
        }
        let mut entries = vec![0; keys.len()];
        for &key in keys {
            let next = &mut next[part(key)];
            entries[*next as usize] = ((key & in_part) as u32) << SECOND | to_second(key);
            *next += 1;
        }
        // The start of each part has moved to its end.
        next.pop();
        Gathered { entries, ends: next }
    }
}

/// From the first place of a key to the second: any other in its line.
fn to_second(key: u64) -> u32 {
    1 + ((key >> 32) % (LINE - 1)) as u32
}

/// Keys that were met once each: their places within each part, one part after the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Gathered {
    entries: Vec<u32>,
    ends: Vec<u32>,
}

impl Gathered {
    fn part(&self, part: usize) -> &[u32] {
        let start = if part == 0 { 0 } else { self.ends[part - 1] };
        &self.entries[start as usize..self.ends[part] as usize]
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::text::hash::mix;

    proptest! {
        /// The slow twin is a map. Never less than the truth, and seldom more.
        #[test]
        fn counts_are_those_of_a_map(
            batches in prop::collection::vec(prop::collection::vec(0u64..600, 0..400), 0..8),
            taken in prop::collection::vec((0u64..600, 0u8..3), 0..40),
        ) {
            let mut truth: BTreeMap<u64, u8> = BTreeMap::new();
            let mut table = Counts::new(1_000, Counts::MOST);
            let gathered: Vec<Gathered> = batches
                .iter()
                .map(|batch| table.shape().group(&batch.iter().copied().map(mix).collect::<Vec<_>>()))
                .collect();
            table.add(&gathered);
            batches.iter().flatten().for_each(|&key| *truth.entry(key).or_default() += 1);
            for (key, times) in taken {
                let count = truth.entry(key).or_default();
                if *count >= times {
                    *count -= times;
                    table.take_back(mix(key), times);
                }
            }
            let over = truth.iter().filter(|(key, count)| table.count(mix(**key)) > **count).count();
            prop_assert!(truth.iter().all(|(key, count)| table.count(mix(*key)) >= *count));
            prop_assert!(over <= truth.len() / 8 + 2, "{over} of {}", truth.len());
            let picture = table.often(2);
            prop_assert!(truth.keys().all(|&key| table.count(mix(key)) <= 2 || picture.may_hold(mix(key))));
            let others = (1_000..2_000).filter(|&key| picture.may_hold(mix(key))).count();
            prop_assert!(others < 300, "{others} of 1,000 that are not there");
            let often = truth.values().filter(|count| **count > 2).map(|&count| u64::from(count)).sum::<u64>();
            prop_assert!(table.met_more_often(2) >= often);
        }
    }

    proptest! {
        #[test]
        fn higher_bytes_are_those_that_are_higher(line in prop::collection::vec(any::<u8>(), 64), than in 0u8..128) {
            let line: [u8; 64] = line.try_into().unwrap();
            let slow = (0..64).fold(0, |bits, at| bits | u64::from(line[at] > than) << at);
            prop_assert_eq!(higher(&line, than), slow);
        }
    }

    #[test]
    fn what_is_full_stays_full() {
        let mut table = Counts::new(10, Counts::MOST);
        let once = table.shape().group(&[mix(7)]);
        table.add(std::iter::repeat_n(&once, 300));
        table.take_back(mix(7), 200);
        assert_eq!((table.count(mix(7)), table.count(mix(8))), (255, 0));
    }

    #[test]
    fn the_largest_table_has_room_for_the_places_of_every_entry() {
        let part = Counts::MOST / PARTS as u64;
        assert!(u64::from(u32::MAX) >= part * LINE);
        assert_eq!(Counts::new(u64::MAX / 8, Counts::MOST).shape().len() as u64, Counts::MOST);
        assert_eq!(Counts::new(0, 0).shape().len(), PARTS * LINE as usize);
    }
}
