//! Words to shingles: overlapping runs of three words, or of as many characters as carry the same weight.
//!
//! A shingle is the shortest run of words, from each position, that reaches [`WEIGHT`]. A word weighs a third of it, a
//! Han or kana character a fifth, a grapheme of Thai, Lao, Khmer or Burmese a tenth: pure text gives word 3-grams,
//! character 5-grams and grapheme 10-grams, and mixed text what lies between, with no border where scripts meet. Random
//! Chinese texts share character 5-grams about as rarely as word 3-grams; 3-grams of characters fourteen times as often
//! (Sinica treebank).
//!
//! Linear: each position is hashed anew, at most ten words. A rolling polynomial was no faster at three.

use std::ops::Range;

use super::hash;
use super::words::Kind;

/// What the words of one shingle must weigh together.
pub const WEIGHT: u32 = 30;

/// The shingles named in headers and documentation.
pub const VERSION: &str = "w3-h5-t10";

/// What one word weighs.
pub fn weight(kind: Kind) -> u32 {
    if kind.is_han() {
        WEIGHT / 5
    } else if kind.is_unspaced() {
        WEIGHT / 10
    } else {
        WEIGHT / 3
    }
}

/// Calls `visit` with the hash and the range of words of every shingle, in order.
///
/// `ids` and `kinds` are columns of the same length. There is one shingle a position, except at the end, where the
/// words left weigh too little.
pub fn each_shingle(
    ids: &[u32],
    kinds: &[Kind],
    seed: u64,
    mut visit: impl FnMut(u64, Range<usize>),
) {
    debug_assert_eq!(ids.len(), kinds.len());
    let mut end = 0;
    let mut carried = 0;
    for start in 0..ids.len() {
        while carried < WEIGHT {
            let Some(&kind) = kinds.get(end) else { return };
            carried += weight(kind);
            end += 1;
        }
        visit(hash::shingle(&ids[start..end], seed), start..end);
        carried -= weight(kinds[start]);
    }
}

/// The distinct shingles of a text, sorted by hash.
pub fn shingle_set(ids: &[u32], kinds: &[Kind], seed: u64) -> Vec<u64> {
    let mut set = Vec::with_capacity(ids.len());
    each_shingle(ids, kinds, seed, |hash, _| set.push(hash));
    set.sort_unstable();
    set.dedup();
    set
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::Words;

    fn runs(text: &str) -> Vec<usize> {
        let words = Words::new(text);
        let mut lengths = Vec::new();
        each_shingle(&words.ids, &words.kinds, 0, |_, range| lengths.push(range.len()));
        lengths
    }

    #[test]
    fn lengths_follow_the_script() {
        assert_eq!(runs("one two three four"), [3, 3]);
        assert_eq!(runs("one two"), [0; 0]);
        assert_eq!(runs("中央路红星开"), [5, 5]);
        assert_eq!(runs("ภาษาไทยภาษาไทย"), [10; 5]);
        // 6 + 6 + 10 + 6 + 6: five parts of mixed weight.
        assert_eq!(runs("北京12月中")[0], 5);
    }

    #[test]
    fn the_seed_changes_every_shingle() {
        let words = Words::new("the quick brown fox jumps");
        let (a, b) =
            (shingle_set(&words.ids, &words.kinds, 0), shingle_set(&words.ids, &words.kinds, 1));
        assert_eq!(a.len(), 3);
        assert!(a.iter().all(|hash| !b.contains(hash)));
    }
}
