//! Sixty-four bytes of text as bit masks: what `runs.rs` finds plain words with, many at a time.
//!
//! Each mask has one bit a byte, the first byte lowest. Where the processor has vectors of 32 bytes (AVX2), they are used;
//! elsewhere eight bytes at a time in plain integers, which is the slow twin of the tests, too.

#[cfg(target_arch = "x86_64")]
use pulp::x86::V3;

/// Bytes of a block.
pub(super) const SIZE: usize = 64;

/// What stands at each byte of a block.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Block {
    /// ASCII letters.
    pub(super) letters: u64,
    /// ASCII digits.
    pub(super) digits: u64,
    /// What joins letters or digits that stand on both sides, or may: `.`, `:`, `'`, `` ` ``, `,`, `;`.
    pub(super) joiners: u64,
    /// What only the table of letters knows, and `_`, which holds on to marks and katakana.
    pub(super) other: u64,
}

impl Block {
    /// Reads a block by vectors.
    #[cfg(target_arch = "x86_64")]
    #[inline(always)]
    pub(super) fn by_vectors(V3 { avx, avx2, .. }: V3, bytes: &[u8; SIZE]) -> Block {
        type Vector = std::arch::x86_64::__m256i;
        let each = |byte: u8| avx._mm256_set1_epi8(byte as i8);
        // Moved so that the range begins at the smallest signed number, one comparison is enough.
        let within = |x: Vector, [first, last]: [u8; 2]| {
            if first == last {
                return avx2._mm256_cmpeq_epi8(x, each(first));
            }
            let moved = avx2._mm256_add_epi8(x, each(0x80u8.wrapping_sub(first)));
            avx2._mm256_cmpgt_epi8(each(0x80u8.wrapping_add(last - first + 1)), moved)
        };
        let or = |x: Vector, y: Vector| avx2._mm256_or_si256(x, y);
        let mut block = Block::default();
        for (part, &bytes) in bytes.as_chunks::<32>().0.iter().enumerate() {
            let x: Vector = pulp::cast(bytes);
            let mask =
                |bits: Vector| u64::from(avx2._mm256_movemask_epi8(bits) as u32) << (32 * part);
            let joiners = JOINERS.map(|range| within(x, range));
            block.letters |= mask(within(or(x, each(0x20)), [b'a', b'z']));
            block.digits |= mask(within(x, [b'0', b'9']));
            block.joiners |= mask(joiners.into_iter().fold(each(0), or));
            block.other |= mask(or(x, within(x, [b'_', b'_'])));
        }
        block
    }

    /// Reads a block by integers.
    pub(super) fn by_integers(bytes: &[u8; SIZE]) -> Block {
        const HIGH: u64 = each(0x80);
        // Bit 7 of each byte of a sum says whether its other bits reach a limit; none carries into the next byte.
        let within = |x: u64, [first, last]: [u8; 2]| {
            let low_bits = x & !HIGH;
            (low_bits + each(0x80 - first)) & !(low_bits + each(0x7F - last)) & !x & HIGH
        };
        let mut block = Block::default();
        for (part, bytes) in bytes.as_chunks().0.iter().enumerate() {
            let x = u64::from_le_bytes(*bytes);
            // The product gathers bit 7 of all bytes in its top byte.
            let mask = |bits: u64| {
                ((bits & HIGH) >> 7).wrapping_mul(0x0102_0408_1020_4080) >> 56 << (8 * part)
            };
            let joiners = JOINERS.map(|range| within(x, range));
            block.letters |= mask(within(x | each(0x20), [b'a', b'z']));
            block.digits |= mask(within(x, [b'0', b'9']));
            block.joiners |= mask(joiners.into_iter().fold(0, |all, some| all | some));
            block.other |= mask(x | within(x, [b'_'; 2]));
        }
        block
    }

    /// The part of it from byte `first` on, which must lie in it.
    #[inline(always)]
    pub(super) fn from(self, first: usize) -> Block {
        let part = |mask: u64| mask & u64::MAX << first;
        Block {
            letters: part(self.letters),
            digits: part(self.digits),
            joiners: part(self.joiners),
            other: part(self.other),
        }
    }
}

/// The joiners, as ranges.
const JOINERS: [[u8; 2]; 5] =
    [[b':', b';'], [b',', b','], [b'.', b'.'], [b'\'', b'\''], [b'`', b'`']];

/// The same byte eight times.
pub(super) const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The slow twin: byte by byte.
    fn slow(bytes: &[u8; SIZE]) -> Block {
        let mask = |is: fn(u8) -> bool| (0..SIZE).map(|at| u64::from(is(bytes[at])) << at).sum();
        Block {
            letters: mask(|b| b.is_ascii_alphabetic()),
            digits: mask(|b| b.is_ascii_digit()),
            joiners: mask(|b| b".:'`,;".contains(&b)),
            other: mask(|b| b >= 0x80 || b == b'_'),
        }
    }

    /// What this processor reads with, and what every other does.
    fn both(bytes: &[u8; SIZE]) -> [Block; 2] {
        let integers = Block::by_integers(bytes);
        #[cfg(target_arch = "x86_64")]
        if let Some(v3) = V3::try_new() {
            return [integers, v3.vectorize(|| Block::by_vectors(v3, bytes))];
        }
        [integers; 2]
    }

    #[test]
    fn every_byte_at_every_place() {
        for b in 0..=255 {
            for at in 0..SIZE {
                let mut bytes = [b' '; SIZE];
                bytes[at] = b;
                assert_eq!(both(&bytes), [slow(&bytes); 2], "{b} at {at}");
            }
        }
    }

    proptest! {
        #[test]
        fn vectors_and_integers_agree(bytes: [u8; 32], text in "[a-zA-Z0-9_.,:;'` @\\[{/é-]{64}") {
            let mut random = [0; SIZE];
            random[..32].copy_from_slice(&bytes);
            random[32..].copy_from_slice(&bytes.map(|b| b & 0x7F));
            let text = text.as_bytes().first_chunk().expect("64 characters are 64 bytes or more");
            for bytes in [&random, text] {
                prop_assert_eq!(both(bytes), [slow(bytes); 2]);
            }
        }

        #[test]
        fn a_part_has_nothing_before_it(bytes in "[a-zA-Z0-9_.,:;'` @é-]{64}", first in 0..SIZE) {
            let mut bytes = *bytes.as_bytes().first_chunk().expect("64 characters are 64 bytes or more");
            let part = slow(&bytes).from(first);
            bytes[..first].fill(b' ');
            prop_assert_eq!(part, slow(&bytes));
        }
    }
}
