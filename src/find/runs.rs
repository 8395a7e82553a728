//! Many numbers that are gathered in any order and read back part by part: an external distribution sort.
//!
//! What is added together makes one run, grouped by part; reading a part collects its piece of every run. In memory or on
//! disk a number takes as many bytes as the largest that can come needs, 4, 5, 6 or 8, and every run and part 4.

use std::sync::{Mutex, PoisonError};

use crate::error::Result;
use crate::spill::{Room, Sealed, Spill};

/// Numbers that are being gathered.
#[derive(Debug)]
pub(crate) struct Runs {
    parts: usize,
    width: usize,
    spill: Spill,
    runs: Mutex<Vec<Run>>,
}

/// Where a run stands, and where each of its parts ends, in numbers.
#[derive(Debug)]
struct Run {
    place: u64,
    ends: Box<[u32]>,
}

impl Runs {
    /// Room for numbers of so many bits.
    pub(crate) fn new(parts: usize, bits: u32, room: &Room) -> Self {
        let width = match bits.div_ceil(8) {
            0..=4 => 4,
            7.. => 8,
            width => width as usize,
        };
        Runs { parts, width, spill: Spill::new(room), runs: Mutex::default() }
    }

    /// Adds less than 2^32 items; `split` gives the part of each, and the number to be kept of it.
    pub(crate) fn add<T: Copy>(
        &self,
        items: &[T],
        split: impl Fn(T) -> (usize, u64),
    ) -> Result<()> {
        match self.width {
            4 => self.add_bytes::<T, 4>(items, split),
            5 => self.add_bytes::<T, 5>(items, split),
            6 => self.add_bytes::<T, 6>(items, split),
            _ => self.add_bytes::<T, 8>(items, split),
        }
    }

    fn add_bytes<T: Copy, const WIDTH: usize>(
        &self,
        items: &[T],
        split: impl Fn(T) -> (usize, u64),
    ) -> Result<()> {
        if items.is_empty() {
            return Ok(());
        }
        let mut next = vec![0u32; self.parts + 1];
        for &item in items {
            next[split(item).0 + 1] += 1;
        }
        for part in 0..self.parts {
            next[part + 1] += next[part];
        }
        let mut grouped = vec![[0; WIDTH]; items.len()];
        for &item in items {
            let (part, number) = split(item);
            let bytes = number.to_le_bytes();
            grouped[next[part] as usize] = *bytes.first_chunk().expect("no width is over 8");
            next[part] += 1;
        }
        // The start of each part has moved to its end.
        next.pop();
        let place = self.spill.append(grouped.as_flattened())?;
        let mut runs = self.runs.lock().unwrap_or_else(PoisonError::into_inner);
        runs.push(Run { place, ends: next.into() });
        Ok(())
    }

    /// Ends gathering.
    pub(crate) fn seal(self) -> Result<Parts> {
        let runs = self.runs.into_inner().unwrap_or_else(PoisonError::into_inner);
        Ok(Parts { parts: self.parts, width: self.width, bytes: self.spill.seal()?, runs })
    }
}

/// Numbers that were gathered.
#[derive(Debug, Default)]
pub(crate) struct Parts {
    parts: usize,
    width: usize,
    bytes: Sealed,
    runs: Vec<Run>,
}

impl Parts {
    /// Number of parts.
    pub(crate) fn len(&self) -> usize {
        self.parts
    }

    /// All numbers of a part, in no order that means anything.
    pub(crate) fn read(&self, part: usize) -> Result<Vec<u64>> {
        match self.width {
            4 => self.read_bytes::<4>(part),
            5 => self.read_bytes::<5>(part),
            6 => self.read_bytes::<6>(part),
            _ => self.read_bytes::<8>(part),
        }
    }

    fn read_bytes<const WIDTH: usize>(&self, part: usize) -> Result<Vec<u64>> {
        let range = |run: &Run| {
            let start = if part == 0 { 0 } else { run.ends[part - 1] };
            start..run.ends[part]
        };
        let mut numbers = Vec::with_capacity(self.runs.iter().map(|run| range(run).len()).sum());
        for run in &self.runs {
            let range = range(run);
            let place = run.place + WIDTH as u64 * u64::from(range.start);
            let bytes = self.bytes.read(place, WIDTH * range.len())?;
            let (whole, _) = bytes.as_chunks::<WIDTH>();
            numbers.extend(whole.iter().map(|bytes| {
                let mut number = [0; 8];
                number[..WIDTH].copy_from_slice(bytes);
                u64::from_le_bytes(number)
            }));
        }
        Ok(numbers)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::spill::tests::no_room;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn every_part_has_what_belongs_to_it(
            runs in prop::collection::vec(prop::collection::vec(any::<u64>(), 0..50), 0..8),
            bits in 1u32..=64,
        ) {
            let runs: Vec<Vec<u64>> =
                runs.iter().map(|run| run.iter().map(|number| number >> (64 - bits)).collect()).collect();
            for room in [Room::default(), no_room()] {
                let gathering = Runs::new(7, bits, &room);
                for run in &runs {
                    gathering.add(run, |number| ((number % 7) as usize, number)).unwrap();
                }
                let parts = gathering.seal().unwrap();
                prop_assert_eq!(parts.len(), 7);
                for part in 0..7 {
                    let mut found = parts.read(part as usize).unwrap();
                    let mut expected: Vec<u64> = runs.iter().flatten().copied().filter(|number| number % 7 == part).collect();
                    found.sort_unstable();
                    expected.sort_unstable();
                    prop_assert_eq!(found, expected);
                }
            }
        }
    }
}
