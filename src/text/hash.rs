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

use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

/// The name of this set of hashes, stored with everything that was made by it.
pub const VERSION: &str = "wc1";

const STEP: u64 = 0x9E37_79B9_7F4A_7C15;

/// The hash of one normalized word, from its UTF-8 bytes.
#[inline]
pub fn word(normalized: &[u8]) -> u64 {
    xxh3_64(normalized)
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

/// A bijection of 64 bits in which every input bit reaches every output bit.
#[inline]
pub fn mix(mut x: u64) -> u64 {
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// The identity of a text: 128 bits over the hashes of its normalized words, in order. Never seeded.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint(pub u128);

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
    }
    const VECTOR_WIRE: u64 = 0xCE6F_97FC_FD63_9D03;
    const VECTOR_SHINGLE: u64 = 0x402F_D823_BCFB_436A;
    const VECTOR_SEEDED: u64 = 0xA4A5_C156_CE16_41FF;

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
