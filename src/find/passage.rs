//! An alignment to passages a person can read: verbatim, reworded, moved, or only in one text, with byte offsets.
//!
//! Runs of equal words that stand close together in both texts make one passage. The offsets are into the original
//! texts: what they cut out is what was compared. Linear in the words.

use std::ops::Range;

use super::align::{Alignment, Block};
use crate::text::Words;

/// Unmatched words, in either text, that a passage can hold between two runs.
const GAP_WORDS: usize = 8;

/// The fewest matched words of a passage.
const MIN_WORDS: usize = 4;

/// How a passage stands in both texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The same words.
    Verbatim,
    /// The same words with others between them: [`Passage::equal`] says which are the same.
    Reworded,
    /// The same words at another place.
    Moved,
    /// Only in the first text.
    OnlyA,
    /// Only in the second text.
    OnlyB,
}

impl Form {
    /// The name used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Form::Verbatim => "verbatim",
            Form::Reworded => "reworded",
            Form::Moved => "moved",
            Form::OnlyA => "only-a",
            Form::OnlyB => "only-b",
        }
    }
}

/// A piece of one text or of both, as byte ranges of the original texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// How it stands in both texts.
    pub form: Form,
    /// Where it stands in the first text; empty for [`Form::OnlyB`].
    pub a: Range<u32>,
    /// Where it stands in the second text; empty for [`Form::OnlyA`].
    pub b: Range<u32>,
    /// The runs of equal words inside, as ranges of the first and of the second text.
    pub equal: Vec<(Range<u32>, Range<u32>)>,
    /// Number of equal words.
    pub words: usize,
}

/// The passages of two texts: those of the first in its order, each [`Form::OnlyB`] before the passage that follows it
/// in the second text.
pub fn passages(a: &Words, b: &Words, alignment: &Alignment) -> Vec<Passage> {
    let mut page = Page {
        a,
        b,
        taken_a: vec![false; a.len()],
        taken_b: vec![false; b.len()],
        shared: Vec::new(),
    };
    let near =
        |x: &Block, y: &Block| y.a - (x.a + x.len) <= GAP_WORDS && y.b - (x.b + x.len) <= GAP_WORDS;
    for blocks in alignment.blocks.chunk_by(near) {
        let form = if blocks.len() == 1 { Form::Verbatim } else { Form::Reworded };
        page.take(blocks, form);
    }
    for run in &alignment.moved {
        page.take(std::slice::from_ref(run), Form::Moved);
    }
    let only_b = stretches(&page.taken_b).map(|words| Passage {
        form: Form::OnlyB,
        a: 0..0,
        b: bytes(b, words),
        equal: Vec::new(),
        words: 0,
    });
    let only_a = stretches(&page.taken_a).map(|words| Passage {
        form: Form::OnlyA,
        a: bytes(a, words),
        b: 0..0,
        equal: Vec::new(),
        words: 0,
    });
    let mut in_a: Vec<Passage> = page.shared.into_iter().chain(only_a).collect();
    in_a.sort_by_key(|passage| passage.a.start);
    let mut only_b = only_b.peekable();
    let mut all = Vec::new();
    for passage in in_a {
        if matches!(passage.form, Form::Verbatim | Form::Reworded) {
            while let Some(before) = only_b.next_if(|only| only.b.start < passage.b.start) {
                all.push(before);
            }
        }
        all.push(passage);
    }
    all.extend(only_b);
    all
}

/// The words of two texts that passages were made of so far.
struct Page<'a> {
    a: &'a Words,
    b: &'a Words,
    taken_a: Vec<bool>,
    taken_b: Vec<bool>,
    shared: Vec<Passage>,
}

impl Page<'_> {
    /// Makes one passage of runs that follow each other, unless they are too few words or a passage lies there.
    fn take(&mut self, blocks: &[Block], form: Form) {
        let (Some(first), Some(last)) = (blocks.first(), blocks.last()) else { return };
        let (in_a, in_b) = (first.a..last.a + last.len, first.b..last.b + last.len);
        let words = blocks.iter().map(|block| block.len).sum();
        let closed = self.taken_a[in_a.clone()].contains(&true)
            || self.taken_b[in_b.clone()].contains(&true);
        if words < MIN_WORDS || closed {
            return;
        }
        self.taken_a[in_a.clone()].fill(true);
        self.taken_b[in_b.clone()].fill(true);
        let run = |block: &Block| {
            (
                bytes(self.a, block.a..block.a + block.len),
                bytes(self.b, block.b..block.b + block.len),
            )
        };
        let equal = blocks.iter().map(run).collect();
        self.shared.push(Passage {
            form,
            a: bytes(self.a, in_a),
            b: bytes(self.b, in_b),
            equal,
            words,
        });
    }
}

/// The bytes of the original text from the first to the last of a range of words.
fn bytes(words: &Words, range: Range<usize>) -> Range<u32> {
    match words.spans.get(range) {
        Some([first, .., last]) => first.start..last.end,
        Some([only]) => only.clone(),
        _ => 0..0,
    }
}

/// The ranges of words that no passage took.
fn stretches(taken: &[bool]) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    taken.chunk_by(|x, y| x == y).filter_map(move |run| {
        let range = at..at + run.len();
        at = range.end;
        (!run[0]).then_some(range)
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::find::align::Aligner;

    fn found(a: &str, b: &str) -> Vec<Passage> {
        let (words_a, words_b) = (Words::new(a), Words::new(b));
        passages(&words_a, &words_b, &Aligner::new(&words_a.ids).align(&words_b.ids))
    }

    fn cut<'a>(text: &'a str, range: &Range<u32>) -> &'a str {
        &text[range.start as usize..range.end as usize]
    }

    #[test]
    fn passages_of_a_small_rewrite() {
        let a = "The highway will stay closed until crews clear the slide, officials said. Rain fell for a week in the hills.";
        let b = "Viewers sent photos. The highway will stay shut until crews clear the slide, officials said.";
        let passages = found(a, b);
        let shown: Vec<_> =
            passages.iter().map(|p| (p.form.name(), cut(a, &p.a), cut(b, &p.b))).collect();
        assert_eq!(
            shown,
            [
                ("only-b", "", "Viewers sent photos"),
                (
                    "reworded",
                    &a[..72],
                    "The highway will stay shut until crews clear the slide, officials said"
                ),
                ("only-a", "Rain fell for a week in the hills", ""),
            ]
        );
        assert_eq!(passages[1].words, 11);
    }

    proptest! {
        /// Invariant: evidence re-extracts from the original bytes, and every word is in one passage of its text.
        #[test]
        fn passages_cut_out_what_was_compared(
            words in prop::collection::vec(0usize..400, 0..80),
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..400), 0..20),
        ) {
            let sounds = ["Größe", "2,000", "l’été", "Мир", "don't", "alpha", "x_y", "U.S."];
            let spell = |w: &usize| format!("{}{}", sounds[w % sounds.len()], "ab".repeat(w / sounds.len() % 7));
            let mut other = words.clone();
            for (at, word) in edits {
                if !other.is_empty() {
                    let at = at.index(other.len());
                    other[at] = word;
                }
            }
            let text = |words: &[usize]| words.iter().map(spell).collect::<Vec<_>>().join(" — ");
            let (a, b) = (text(&words), text(&other));
            let (mut in_a, mut in_b) = (0, 0);
            for passage in found(&a, &b) {
                in_a += Words::new(cut(&a, &passage.a)).len();
                in_b += Words::new(cut(&b, &passage.b)).len();
                for (at_a, at_b) in &passage.equal {
                    let (in_a, in_b) = (Words::new(cut(&a, at_a)), Words::new(cut(&b, at_b)));
                    prop_assert_eq!(in_a.ids, in_b.ids);
                }
            }
            prop_assert_eq!(in_a, Words::new(&a).len());
            prop_assert_eq!(in_b, Words::new(&b).len());
        }
    }
}
