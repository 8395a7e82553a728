//! The only hashes that leave the process: fixed, versioned ("wc1"), seedable, the same on every platform.
//!
//! Words and contents are hashed with XXH3, whose output has been frozen since xxHash 0.8.0. A shingle is a polynomial
//! over its word hashes in an odd 64-bit constant, then a finalizer of two multiplications (David Stafford's "Mix13"
//! constants, as in SplitMix64). Nothing here may change without a new version name: signatures, ids, baselines and
//! indexes on disk all stand on it, and the test vectors below hold it.
//!
//! Word hashes are cut to 32 bits: 4 bytes a word are what alignment and storage can afford. Two of a million different
//! words share a hash with probability 1e-4 each; such a pair could only ever make two articles look alike in one word.
//!
//! Road not taken: `ahash`, asked for and used for maps in memory, says itself that its output is not fixed.

use std::hint::select_unpredictable;

use xxhash_rust::xxh3::{Xxh3Default, xxh3_64, xxh3_64_with_seed, xxh3_128};

/// The name of this set of hashes, stored with everything that was made by it.
pub const VERSION: &str = "wc1";

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash of one normalized word, from its UTF-8 bytes.
#[inline]
pub fn word(normalized: &[u8]) -> u64 {
    xxh3_64(normalized)
}

/// The same of a word of 1 to 16 bytes that stands in two registers, first byte lowest. What stands behind it is ignored.
///
/// [`word`] would read it from memory, at a length that no branch predictor foresees.
#[inline(always)]
pub(super) fn short_word([low, high]: [u64; 2], length: u32) -> u64 {
    if length > 8 {
        return word_of_9_to_16([low, high], length);
    }
    let (few, more) = (word_of_1_to_3(low, length), word_of_4_to_8(low, length.max(4)));
    select_unpredictable(length < 4, few, more)
}

/// [`short_word`] of 1 to 3 bytes. At another length it gives a number that means nothing.
#[inline(always)]
pub(super) fn word_of_1_to_3(low: u64, length: u32) -> u64 {
    const FLIP: u64 = 0x8727_5A9B;
    let first = low & 0xFF;
    let middle = low >> (8 * (length >> 1)) & 0xFF;
    let last = low >> (8 * length - 8) & 0xFF;
    let mut sum = (first << 16 | middle << 24 | last | u64::from(length) << 8) ^ FLIP;
    sum = (sum ^ sum >> 33).wrapping_mul(0xC2B2_AE3D_27D4_EB4F);
    sum = (sum ^ sum >> 29).wrapping_mul(0x1656_67B1_9E37_79F9);
    sum ^ sum >> 32
}

/// [`short_word`] of 4 to 8 bytes.
#[inline(always)]
pub(super) fn word_of_4_to_8(low: u64, length: u32) -> u64 {
    // Sums of neighboring words of the default secret of XXH3, here and in the other two.
    const FLIP: u64 = 0xC73A_B174_C5EC_D5A2;
    const FACTOR: u64 = 0x9FB2_1C65_1E98_DF25;
    let last = low >> (8 * length - 32) & 0xFFFF_FFFF;
    let mut sum = last.wrapping_add(low << 32) ^ FLIP;
    sum = (sum ^ sum.rotate_left(49) ^ sum.rotate_left(24)).wrapping_mul(FACTOR);
    sum = (sum ^ (sum >> 35).wrapping_add(u64::from(length))).wrapping_mul(FACTOR);
    sum ^ sum >> 28
}

/// [`short_word`] of 9 to 16 bytes.
#[inline(always)]
pub(super) fn word_of_9_to_16([low, high]: [u64; 2], length: u32) -> u64 {
    const FLIP_LOW: u64 = 0x6782_737B_EA42_39B9;
    const FLIP_HIGH: u64 = 0xAF56_BC3B_0996_523A;
    let word = u128::from(high) << 64 | u128::from(low);
    let last = (word >> (8 * length - 64)) as u64 ^ FLIP_HIGH;
    let first = low ^ FLIP_LOW;
    let product = u128::from(first) * u128::from(last);
    let sum = u64::from(length)
        .wrapping_add(first.swap_bytes())
        .wrapping_add(last)
        .wrapping_add(product as u64 ^ (product >> 64) as u64);
    let sum = (sum ^ sum >> 37).wrapping_mul(0x1656_6791_9E37_79F9);
    sum ^ sum >> 32
}

/// The 32 bits of a word hash that alignment, shingles and storage use.
#[inline]
pub fn word_id(hash: u64) -> u32 {
    (hash >> 32) as u32
}

/// The hash of a shingle of word ids, keyed by `seed`.
#[inline]
pub fn shingle(words: &[u32], seed: u64) -> u64 {
    let mut sum = words.len() as u64;
    for &word in words {
        sum = sum.wrapping_mul(STEP).wrapping_add(u64::from(word));
    }
    mix(sum ^ seed.wrapping_mul(STEP))
}

/// The hash of anything else that is named by its content.
pub fn content(bytes: &[u8]) -> u128 {
    xxh3_128(bytes)
}

/// A bijection of 64 bits in which every input bit reaches every output bit.
#[inline]
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// The checksum of bytes that stand at a place of a file: the same bytes at another place have another.
pub fn checksum(bytes: &[u8], place: u64) -> u64 {
    xxh3_64_with_seed(bytes, place)
}

/// The identity of a text: 128 bits over the hashes of its normalized words, in order. Never seeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u128);

/// A fingerprint in the making.
pub(super) struct Sequence(Xxh3Default);

impl Sequence {
    pub(super) fn new() -> Self {
        Sequence(Xxh3Default::new())
    }

    /// Takes the hashes of the next words.
    pub(super) fn extend(&mut self, hashes: &[u64]) {
        const TOGETHER: usize = 64;
        for hashes in hashes.chunks(TOGETHER) {
            let mut bytes = [0; 8 * TOGETHER];
            for (bytes, hash) in bytes.as_chunks_mut().0.iter_mut().zip(hashes) {
                *bytes = hash.to_le_bytes();
            }
            self.0.update(&bytes[..8 * hashes.len()]);
        }
    }

    pub(super) fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.0.digest128())
    }
}

impl Fingerprint {
    /// The fingerprint of a text given as the little-endian bytes of its word hashes.
    pub fn of_word_hashes(bytes: &[u8]) -> Self {
        Fingerprint(xxh3_128(bytes))
    }

    /// `w` and ten characters of base 32: the id of a group whose smallest fingerprint this is.
    pub fn group_id(self) -> String {
        const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
        let mut id = String::with_capacity(11);
        id.push('w');
        for i in 0..10 {
            id.push(DIGITS[(self.0 >> (123 - 5 * i)) as usize & 31] as char);
        }
        id
    }
}

impl std::fmt::Display for Fingerprint {
    /// `c1:` and 32 hexadecimal digits.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "c1:{:032x}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// Vectors of "wc1". The XXH3 values are those of the reference implementation.
    #[test]
    fn test_vectors_hold() {
        assert_eq!(word(b""), 0x2D06_8005_38D3_94C2);
        assert_eq!(word(b"wire"), VECTOR_WIRE);
        assert_eq!(word_id(0x0123_4567_89AB_CDEF), 0x0123_4567);
        assert_eq!(shingle(&[1, 2, 3], 0), VECTOR_SHINGLE);
        assert_eq!(shingle(&[1, 2, 3], 1), VECTOR_SEEDED);
        assert_eq!(mix(1), 0x5692_161D_100B_05E5);
        assert_eq!(content(b""), 0x99AA_06D3_0147_98D8_6001_C324_468D_497F);
        assert_eq!(checksum(b"wire", 0), VECTOR_WIRE);
        assert_eq!(checksum(b"wire", 9), VECTOR_CHECKSUM);
    }
    const VECTOR_WIRE: u64 = 0xCE6F_97FC_FD63_9D03;
    const VECTOR_CHECKSUM: u64 = 0x3B54_0386_70C2_8765;
    const VECTOR_SHINGLE: u64 = 0x402F_D823_BCFB_436A;
    const VECTOR_SEEDED: u64 = 0xA4A5_C156_CE16_41FF;

    proptest! {
        #[test]
        fn short_words_in_registers_are_hashed_alike(window: [u8; 16], length in 1u32..=16) {
            let halves = u128::from_le_bytes(window);
            let halves = [halves as u64, (halves >> 64) as u64];
            prop_assert_eq!(short_word(halves, length), word(&window[..length as usize]));
        }
    }

    #[test]
    fn order_and_length_matter() {
        assert_ne!(shingle(&[1, 2, 3], 0), shingle(&[3, 2, 1], 0));
        assert_ne!(shingle(&[0, 1], 0), shingle(&[0, 0, 1], 0));
    }

    #[test]
    fn group_ids_are_the_leading_fifty_bits() {
        assert_eq!(Fingerprint(0).group_id(), "w0000000000");
        assert_eq!(Fingerprint(u128::MAX).group_id(), "wzzzzzzzzzz");
        assert_eq!(Fingerprint(1 << 123).group_id(), "w1000000000");
        assert_eq!(Fingerprint(0xAB).to_string(), "c1:000000000000000000000000000000ab");
    }
}
