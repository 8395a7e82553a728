//! Which articles have a band, a sampled shingle, an id or a fingerprint: sorted entries in blocks, found by their fences.
//!
//! A key has 40 bits: a part (the band, or the first eight bits of a hash) and 32 bits of hash. Entries are sorted by key and
//! then by article; a block holds up to [`ENTRIES`] of one part, each as the distance from the hash before (seven bits a
//! byte) and the number of the article in as few bytes as the segment needs: about 5 bytes an entry among a million
//! articles, where 8 would be plain. A lookup is a binary search among the fences in memory, and one block in most cases.
//!
//! Forty bits are not the whole hash: whoever looks something up must expect others, and check. Sampled shingles are cut
//! to as many bits by a scan (`find/rare.rs`).

use super::number::{Bytes, put_number};

/// The most entries of a block.
pub(super) const ENTRIES: usize = 512;

/// The key of a hash by its first 40 bits.
pub(super) fn key(hash: u64) -> u64 {
    hash >> 24
}

/// The key of 32 bits in a part.
pub(super) fn key_of(part: usize, hash: u32) -> u64 {
    (part as u64) << 32 | u64::from(hash)
}

/// Bytes of the number of an article among so many.
pub(super) fn width(articles: u32) -> usize {
    (32 - articles.leading_zeros()).div_ceil(8).max(1) as usize
}

/// The block of entries (32 bits of hash, 32 of number) of one part, which must be sorted.
pub(super) fn encode(entries: &[u64], width: usize) -> Vec<u8> {
    let mut out = Vec::with_capacity(entries.len() * (2 + width) + 1);
    out.push(width as u8);
    let mut last = entries.first().map_or(0, |entry| entry >> 32);
    for entry in entries {
        put_number((entry >> 32) - last, &mut out);
        out.extend(&(*entry as u32).to_le_bytes()[..width]);
        last = entry >> 32;
    }
    out
}

/// Calls `visit` with each hash and number of a block whose first entry has this key, until it says false.
pub(super) fn each(payload: &[u8], first: u64, visit: impl FnMut(u32, u32) -> bool) {
    // The width is the same all through a segment: one loop for each.
    match payload.split_first() {
        Some((1, entries)) => each_of::<1>(entries, first, visit),
        Some((2, entries)) => each_of::<2>(entries, first, visit),
        Some((3, entries)) => each_of::<3>(entries, first, visit),
        Some((_, entries)) => each_of::<4>(entries, first, visit),
        None => {}
    }
}

fn each_of<const WIDTH: usize>(
    entries: &[u8],
    first: u64,
    mut visit: impl FnMut(u32, u32) -> bool,
) {
    let mut bytes = Bytes(entries);
    let mut hash = first as u32;
    while !bytes.0.is_empty() {
        hash = hash.wrapping_add(bytes.number() as u32);
        let read: [u8; WIDTH] = bytes.take();
        let number = read.iter().rev().fold(0, |number, &byte| number << 8 | u32::from(byte));
        if !visit(hash, number) {
            return;
        }
    }
}

/// Which blocks may hold a key, by the first key of each.
pub(super) fn blocks(fences: &[u64], key: u64) -> std::ops::Range<usize> {
    let end = fences.partition_point(|fence| *fence <= key);
    let start = fences[..end].partition_point(|fence| *fence < key);
    // The block before begins with a smaller key and may end with this one.
    let start = start - usize::from(start > 0 && fences[start - 1] >> 32 == key >> 32);
    start..end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// The slow twin looks at every entry.
        #[test]
        fn what_is_found_is_what_is_there(
            entries in prop::collection::vec((0u64..4, 0u64..9, 0u32..300), 0..200),
            together in 1usize..9,
            part in 0u64..5,
            hash in 0u32..10,
        ) {
            let mut entries: Vec<(u64, u64)> = entries
                .into_iter()
                .map(|(part, hash, number)| (part, hash << 32 | u64::from(number)))
                .collect();
            entries.sort_unstable();
            entries.dedup();
            let mut written = Vec::new();
            for of_part in entries.chunk_by(|x, y| x.0 == y.0) {
                for block in of_part.chunks(together) {
                    let plain: Vec<u64> = block.iter().map(|(_, entry)| *entry).collect();
                    written.push((block[0].0 << 32 | plain[0] >> 32, encode(&plain, width(300))));
                }
            }
            let fences: Vec<u64> = written.iter().map(|(key, _)| *key).collect();
            let wanted = key_of(part as usize, hash);
            let mut found = Vec::new();
            for (key, payload) in &written[blocks(&fences, wanted)] {
                each(payload, *key, |own, number| {
                    if own == hash {
                        found.push(number);
                    }
                    own <= hash
                });
            }
            let there = entries.iter().filter(|(own, entry)| *own == part && entry >> 32 == u64::from(hash));
            prop_assert_eq!(found, there.map(|(_, entry)| *entry as u32).collect::<Vec<_>>());
        }
    }

    #[test]
    fn numbers_take_as_few_bytes_as_they_need() {
        assert_eq!([0, 255, 256, 65_535, 65_536, u32::MAX].map(width), [1, 1, 2, 2, 3, 4]);
        assert_eq!(key(0xFEDC_BA98_7654_3210), key_of(0xFE, 0xDCBA_9876));
    }
}
