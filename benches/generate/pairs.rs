//! Which two characters of a script without spaces make a word: learned from the texts, by how much they attract.
//!
//! Two neighbors make a word if they meet [`ATTRACTION`] times as often as chance would have it, and at least
//! [`LEAST`] times. Words of three and more come out as two and one; for Chinese that does, for Thai, where a unit is
//! one grapheme, it is too short to read well.

use ahash::AHashMap;
use wirecopy::text::Words;
use wirecopy::text::words::Kind;

const LEAST: u32 = 8;
const ATTRACTION: u64 = 10;

/// Pairs that make words, with how strongly they attract.
#[derive(Debug, Default)]
pub(crate) struct Pairs(AHashMap<Box<str>, u64>);

impl Pairs {
    /// Learns from texts; linear, and at once done with texts of scripts with spaces.
    pub(crate) fn new(texts: &[&str]) -> Self {
        let (mut singles, mut doubles) =
            (AHashMap::<&str, u32>::new(), AHashMap::<&str, u32>::new());
        let mut total = 0_u64;
        for &text in texts {
            let words = Words::new(text);
            for (at, span) in words.spans.iter().enumerate() {
                if !is_unspaced(words.kinds[at]) {
                    continue;
                }
                total += 1;
                let start = span.start as usize;
                *singles.entry(&text[start..span.end as usize]).or_default() += 1;
                if let Some(end) = joined(&words, at) {
                    *doubles.entry(&text[start..end]).or_default() += 1;
                }
            }
        }
        let attraction = |double: &str, count: u32| -> Option<u64> {
            // The first single of a pair is its longest prefix that was seen alone.
            let cut = double.char_indices().rev().map(|(at, _)| at).find(|&at| {
                at > 0 && singles.contains_key(&double[..at]) && singles.contains_key(&double[at..])
            })?;
            let by_chance = u64::from(singles[&double[..cut]]) * u64::from(singles[&double[cut..]]);
            Some(u64::from(count) * total / by_chance.max(1))
        };
        Pairs(
            doubles
                .into_iter()
                .filter(|&(_, count)| count >= LEAST)
                .filter_map(|(double, count)| Some((double.into(), attraction(double, count)?)))
                .filter(|&(_, strength)| strength >= ATTRACTION)
                .collect(),
        )
    }

    /// Where the unit that starts with word `at` ends, as the number of the word after it.
    ///
    /// A pair is passed over if its second half would rather go with what follows.
    pub(crate) fn end(&self, text: &str, words: &Words, at: usize) -> usize {
        let here = self.strength(text, words, at);
        if here > 0 && here.saturating_mul(2) >= self.strength(text, words, at + 1) {
            at + 2
        } else {
            at + 1
        }
    }

    fn strength(&self, text: &str, words: &Words, at: usize) -> u64 {
        let Some(end) = joined(words, at) else { return 0 };
        self.0.get(&text[words.spans[at].start as usize..end]).copied().unwrap_or(0)
    }
}

/// True for what is written without spaces.
pub(crate) fn is_unspaced(kind: Kind) -> bool {
    kind.is_han() || kind.is_unspaced()
}

/// Where word `at` and the next end, if both are of one unspaced script and touch.
fn joined(words: &Words, at: usize) -> Option<usize> {
    let (kind, next) = (words.kinds.get(at)?, words.kinds.get(at + 1)?);
    let (span, follower) = (&words.spans[at], &words.spans[at + 1]);
    (is_unspaced(*kind) && kind == next && span.end == follower.start)
        .then_some(follower.end as usize)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_that_belong_together_are_found() {
        let names = ["中国", "经济", "北京", "发展", "人民", "问题", "工作", "城市"];
        let text: String =
            (0..200).map(|at| names[(at * at + at / 3) % names.len()].to_owned() + "的").collect();
        let pairs = Pairs::new(&[&text]);
        let words = Words::new("北京的经济");
        let mut ends = Vec::new();
        let mut at = 0;
        while at < words.len() {
            at = pairs.end("北京的经济", &words, at);
            ends.push(at);
        }
        assert_eq!(ends, [2, 3, 5]);
        assert!(Pairs::new(&["plain words with spaces"]).0.is_empty());
    }
}
