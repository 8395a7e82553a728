//! Words to shingles: overlapping runs of three words, or of as many characters as carry the same weight.
//!
//! A shingle is the shortest run of words, from each position, that reaches [`WEIGHT`]. A word weighs a third of it, a
//! Han or kana character a fifth, a grapheme of Thai, Lao, Khmer or Burmese an eighth: pure text gives word 3-grams,
//! character 5-grams and grapheme 8-grams, and mixed text what lies between, with no border where scripts meet. Random
//! Chinese texts share character 5-grams about as rarely as word 3-grams; 3-grams of characters fourteen times as often
//! (Sinica treebank).
//!
//! Eight is the shortest run that is no commoner by chance than the shingles of other scripts. Mean Jaccard similarity
//! of texts that are no copies, the same texts in every language (1: the Universal Declaration of Human Rights in six
//! parts; 2: messages of Firefox in 67 parts), and that of a report and its rewording in `data/languages`:
//!
//! ```text
//!                              graphemes    5     6     7     8     9    10    12
//! no copies (1)   Thai                   .057  .039  .028  .021  .017  .013  .008
//!                 Lao                    .040  .026  .018  .013  .010  .008  .005
//!                 Khmer                  .034  .023  .017  .013  .011  .009  .006
//!                 Burmese                .024  .015  .008  .005  .003  .002  .001    12 others: .004 to .031
//! no copies (2)   Thai                   .038  .025  .017  .011  .007  .005  .003
//!                 Khmer                  .033  .021  .014  .009  .006  .004  .002
//!                 Burmese                .010  .006  .003  .002  .002  .001  .001    12 others: .001 to .014
//! reworded        Thai                    .21   .16   .12   .10   .08   .07   .04
//!                 Lao                     .21   .17   .14   .11   .10   .08   .06
//!                 Khmer                   .20   .16   .13   .10   .08   .07   .04
//!                 Burmese                 .18   .13   .10   .07   .06   .05   .04    26 others: .07 to .24
//! ```
//!
//! Thai sets the length; Burmese alone, whose graphemes hold more, could do with six or seven.
//!
//! Linear: each position is hashed anew, at most eight words. A rolling polynomial was no faster at three.

use std::ops::Range;

use pulp::Arch;

use super::hash;
use super::words::Kind;

/// What the words of one shingle must weigh together.
pub const WEIGHT: u32 = 120;

/// The shingles named in headers and documentation.
pub const VERSION: &str = "w3-h5-t8";

/// What one word weighs.
pub fn weight(kind: Kind) -> u32 {
    if kind.is_han() {
        WEIGHT / 5
    } else if kind.is_unspaced() {
        WEIGHT / 8
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

/// The hashes of all shingles of a text, in order.
pub fn shingles(ids: &[u32], kinds: &[Kind], seed: u64) -> Vec<u64> {
    if kinds.iter().all(|&kind| weight(kind) == WEIGHT / 3) {
        return Arch::new().dispatch(
            #[inline(always)]
            || ids.windows(3).map(|words| hash::shingle(words, seed)).collect(),
        );
    }
    let mut all = Vec::with_capacity(ids.len());
    each_shingle(ids, kinds, seed, |hash, _| all.push(hash));
    all
}

/// The distinct shingles of a text, sorted by hash.
pub fn shingle_set(ids: &[u32], kinds: &[Kind], seed: u64) -> Vec<u64> {
    sorted_distinct(&shingles(ids, kinds, seed))
}

/// How many different hashes there are.
///
/// Each is laid into a table, at the place that its leading bits name. One that finds itself there was met before; the few
/// that find another are laid down once more by the bits behind, and what is left then is sorted. No step hangs on a
/// branch that the processor could not foresee.
pub fn count_distinct(hashes: &[u64]) -> usize {
    /// So many are sorted sooner than laid down.
    const FEW: usize = 16;
    Arch::new().dispatch(
        #[inline(always)]
        || {
            let (mut count, mut left) = lay_down(hashes, 0);
            if left.len() > FEW {
                let (more, rest) = lay_down(&left, 32);
                count += more;
                left = rest;
            }
            left.sort_unstable();
            left.dedup();
            count + left.len()
        },
    )
}

/// Lays hashes into a table by their bits behind the first `skipped`. Gives how many found a free place, and those that
/// found another hash in theirs.
#[inline(always)]
fn lay_down(hashes: &[u64], skipped: u32) -> (usize, Vec<u64>) {
    let bits = (4 * hashes.len()).max(2).ilog2();
    let place = |hash: u64| (hash << skipped >> (64 - bits)) as usize;
    let mut table = vec![0; 1 << bits];
    // Zero is a free place. The first, where the hash zero belongs, is never free.
    table[0] = u64::MAX;
    let mut left = vec![0; hashes.len() + 1];
    let (mut laid, mut others) = (0, 0);
    for &hash in hashes {
        let place = &mut table[place(hash)];
        let met = *place;
        let is_free = met == 0;
        *place = if is_free { hash } else { met };
        laid += usize::from(is_free);
        left[others] = hash;
        others += usize::from(!is_free & (met != hash));
    }
    left.truncate(others);
    (laid, left)
}

/// The distinct ones of these hashes, sorted.
///
/// Hashes are as good as random: put where they belong by their leading bits, at one place each on average, they are
/// almost in order. Where a crowd at one place shows that they are not random, they are sorted by comparison.
pub fn sorted_distinct(hashes: &[u64]) -> Vec<u64> {
    let bits = hashes.len().max(2).ilog2();
    let place = |hash: u64| (hash >> (64 - bits)) as usize;
    let mut ends = vec![0u32; 1 << bits];
    for &hash in hashes {
        ends[place(hash)] += 1;
    }
    let mut sum = 0;
    for end in &mut ends {
        sum += std::mem::replace(end, sum);
    }
    let mut sorted = vec![0; hashes.len()];
    for &hash in hashes {
        let end = &mut ends[place(hash)];
        sorted[*end as usize] = hash;
        *end += 1;
    }
    insertion_sort(&mut sorted);
    sorted.dedup();
    sorted
}

/// Sorts what is almost in order, and in a time that is never worse than that of the sort of the standard library.
fn insertion_sort(hashes: &mut [u64]) {
    let mut steps = 0;
    for at in 1..hashes.len() {
        let hash = hashes[at];
        let mut to = at;
        while to > 0 && hashes[to - 1] > hash {
            hashes[to] = hashes[to - 1];
            to -= 1;
        }
        hashes[to] = hash;
        steps += at - to;
        if steps > 8 * hashes.len() {
            return hashes.sort_unstable();
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

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
        assert_eq!(runs("ภาษาไทยภาษาไทย"), [8; 7]);
        // 24 + 24 + 40 + 24 + 24: five parts of mixed weight.
        assert_eq!(runs("北京12月中")[0], 5);
    }

    proptest! {
        /// Random hashes, crowded ones, and both repeated: the slow twin is an ordered set.
        #[test]
        fn distinct_hashes_are_those_of_an_ordered_set(
            few in prop::collection::vec(prop_oneof![any::<u64>(), 0u64..40], 0..60),
            repeated in 0usize..4,
        ) {
            let all = few.repeat(repeated);
            let set: BTreeSet<u64> = all.iter().copied().collect();
            prop_assert_eq!(count_distinct(&all), set.len());
            prop_assert_eq!(sorted_distinct(&all), set.into_iter().collect::<Vec<_>>());
        }

        #[test]
        fn shingles_are_those_that_are_visited(text in "([a-z]{1,2} |[中文字]){0,30}") {
            let words = Words::new(&text);
            let mut visited = Vec::new();
            each_shingle(&words.ids, &words.kinds, 5, |hash, _| visited.push(hash));
            prop_assert_eq!(shingles(&words.ids, &words.kinds, 5), visited);
        }
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
