//! A passage that an article says twice: counted in words that stand in a run which was there before.
//!
//! Runs of [`RUN`] words are hashed and sorted; a word is repeated if a run over it equals an earlier one that does not
//! overlap it. O(n log n) for n words. The cuts were set by reading: of four scrapes 0 to 0.5 % of the articles are over
//! them, bodies and captions that were extracted twice; at half the share quoted posts and pull quotes come in. Road not taken: suffix arrays, which find the longest passage exactly and say
//! nothing more about how much of an article is said twice.

use crate::text::hash;

/// Words of a run. Shorter ones recur in any longer report: titles, names of bodies, stock phrases.
pub const RUN: usize = 12;

/// Repeated words that it takes, and the share of the article (0 to 1).
pub const LEAST_WORDS: u32 = 40;
/// See [`LEAST_WORDS`].
pub const LEAST_SHARE: f64 = 0.2;

/// The rule in words.
pub(super) const RULE: &str = "Given to an article of which at least 20 %, and at least 40 words, stand in runs of twelve words that the \
    article has had before: a body that was extracted twice, a gallery that repeats its caption.";

/// How many of the words, given by their ids, stand in a run that was there before.
pub fn repeated_words(ids: &[u32]) -> u32 {
    let mut runs: Vec<(u64, u32)> =
        ids.windows(RUN).zip(0..).map(|(run, at)| (hash::shingle(run, 0), at)).collect();
    runs.sort_unstable();
    let mut again: Vec<u32> = Vec::new();
    for equal in runs.chunk_by(|x, y| x.0 == y.0).filter(|equal| equal.len() > 1) {
        let first = equal[0].1;
        again.extend(equal.iter().map(|&(_, at)| at).filter(|at| at - first >= RUN as u32));
    }
    again.sort_unstable();
    let mut repeated = 0;
    let mut end = 0;
    for at in again {
        repeated += at + RUN as u32 - at.max(end);
        end = at + RUN as u32;
    }
    repeated
}

/// True if so many repeated words of so many are worth a finding.
pub fn is_repeat(repeated: u32, words: u32) -> bool {
    repeated >= LEAST_WORDS && f64::from(repeated) >= LEAST_SHARE * f64::from(words)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The definition, run against every earlier run.
    fn slow(ids: &[u32]) -> u32 {
        let runs: Vec<&[u32]> = ids.windows(RUN).collect();
        let again = |at: usize| {
            (0..=at.saturating_sub(RUN))
                .any(|earlier| earlier + RUN <= at && runs[earlier] == runs[at])
        };
        let starts: Vec<usize> = (0..runs.len()).filter(|&at| again(at)).collect();
        (0..ids.len()).filter(|word| starts.iter().any(|at| (*at..at + RUN).contains(word))).count()
            as u32
    }

    proptest! {
        #[test]
        fn as_many_as_by_looking_everywhere(
            blocks in prop::collection::vec((0u32..4, 1usize..40), 0..8),
        ) {
            // Blocks of one sort are beginnings of one sequence; that of sort 0 goes round in a circle.
            let block = |&(sort, length): &(u32, usize)| {
                (0..length as u32).map(move |word| if sort == 0 { word % 5 } else { 100 * sort + word })
            };
            let ids: Vec<u32> = blocks.iter().flat_map(block).collect();
            prop_assert_eq!(repeated_words(&ids), slow(&ids));
        }
    }

    #[test]
    fn a_body_taken_twice_is_a_repeat_and_a_repeated_sentence_is_none() {
        let body: Vec<u32> = (0..200).collect();
        assert_eq!(repeated_words(&body), 0);
        let twice: Vec<u32> = body.iter().chain(&body).copied().collect();
        assert_eq!(repeated_words(&twice), 200);
        assert!(is_repeat(200, 400));
        let quoted: Vec<u32> = body.iter().chain(&body[20..45]).copied().collect();
        assert_eq!(repeated_words(&quoted), 25);
        assert!(!is_repeat(25, 225));
    }

    #[test]
    fn the_words_state_the_cuts() {
        assert!(RULE.contains(&format!("at least {:.0} %", LEAST_SHARE * 100.0)));
        assert!(
            RULE.contains(&format!("at least {LEAST_WORDS} words"))
                && RULE.contains("twelve")
                && RUN == 12
        );
    }
}
