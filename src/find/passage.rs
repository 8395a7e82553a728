//! An alignment to passages a person can read: verbatim, reworded, moved, boilerplate, or only in one text.
//!
//! Runs of equal words that stand close together in both texts belong together. They are cut where a sentence begins in
//! both, so that a passage is a sentence with what was changed in it, or several that were taken as they stood. A passage
//! takes in the few changed words up to the ends of its sentence or to its neighbor, and the punctuation around its words.
//!
//! Offsets are in bytes of the original texts. Every word is in exactly one passage of its text. Linear in the words.
//!
//! Limit: runs of fewer than four equal words between sentences that are otherwise strangers count for similarity
//! but make no passage.

use std::ops::Range;

use super::align::{Alignment, Block};
use super::segment::{MIN_WORDS, Run, Segment, joined, segments};
use super::sheet::Sheet;
use crate::text::Words;

/// Unmatched words, in either text, that a passage can hold between two runs.
const GAP_WORDS: usize = 8;

/// Of the words of a passage, in the text where it has fewer, at least one in so many is matched.
const MIN_MATCHED: usize = 3;

/// How a passage stands in both texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// The same words.
    Verbatim,
    /// The same words with others between them: [`Passage::equal`] says which are the same.
    Reworded,
    /// The same words at another place.
    Moved,
    /// Text that recurs across the corpus, in one text or in both. It does not count.
    Boilerplate,
    /// Only in the first text.
    OnlyA,
    /// Only in the second text.
    OnlyB,
}

impl Form {
    /// Every form, closest first.
    pub const ALL: &[Form] =
        &[Form::Verbatim, Form::Reworded, Form::Moved, Form::Boilerplate, Form::OnlyA, Form::OnlyB];

    /// The name used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Form::Verbatim => "verbatim",
            Form::Reworded => "reworded",
            Form::Moved => "moved",
            Form::Boilerplate => "boilerplate",
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
    /// Where it stands in the first text; empty if it does not.
    pub a: Range<u32>,
    /// Where it stands in the second text; empty if it does not.
    pub b: Range<u32>,
    /// The runs of equal words inside, as ranges of the first and of the second text.
    pub equal: Vec<(Range<u32>, Range<u32>)>,
    /// Number of equal words.
    pub words: usize,
    /// Number of words in the first text.
    pub words_a: usize,
    /// Number of words in the second text.
    pub words_b: usize,
}

impl Passage {
    /// True if it stands in both texts.
    pub fn is_shared(&self) -> bool {
        self.words > 0
    }

    /// The same passage seen from the other text.
    #[cfg(test)]
    fn mirrored(&self) -> Passage {
        let form = match self.form {
            Form::OnlyA => Form::OnlyB,
            Form::OnlyB => Form::OnlyA,
            form => form,
        };
        let equal = self.equal.iter().map(|(a, b)| (b.clone(), a.clone())).collect();
        let (a, b) = (self.b.clone(), self.a.clone());
        Passage { form, a, b, equal, words_a: self.words_b, words_b: self.words_a, ..*self }
    }
}

/// One of the two texts.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The original.
    pub text: &'a str,
    /// Its words.
    pub words: &'a Words,
    /// Ranges of words that are boilerplate, in order.
    pub boilerplate: &'a [Range<u32>],
}

/// The passages of two texts: those of the first in its order, each that is only in the second before the passage that
/// follows it there.
pub fn passages(a: &Text<'_>, b: &Text<'_>, alignment: &Alignment) -> Vec<Passage> {
    let mut page = Page { a: Sheet::new(a), b: Sheet::new(b), shared: Vec::new() };
    for run in &alignment.moved {
        page.a.reserve(run.a..run.a + run.len);
        page.b.reserve(run.b..run.b + run.len);
    }
    let runs = page.runs(&alignment.blocks);
    let near = |x: &Run, y: &Run| {
        let (end_a, end_b) = x.block.end();
        x.boilerplate == y.boilerplate
            && y.block.a - end_a <= GAP_WORDS
            && y.block.b - end_b <= GAP_WORDS
    };
    let close: Vec<&[Run]> = runs.chunk_by(near).collect();
    for (at, runs) in close.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|before| close[before].last());
        page.take_close(runs, before, close.get(at + 1).and_then(|after| after.first()));
    }
    for run in &page.runs(&alignment.moved) {
        let form = if run.boilerplate { Form::Boilerplate } else { Form::Moved };
        page.take(&Segment::of(&run.block), form);
    }
    page.in_order()
}

/// The two texts, and the passages of both that were made so far.
struct Page<'a> {
    a: Sheet<'a>,
    b: Sheet<'a>,
    shared: Vec<Passage>,
}

impl Page<'_> {
    /// The blocks, cut where boilerplate begins or ends in either text.
    fn runs(&self, blocks: &[Block]) -> Vec<Run> {
        let mut runs: Vec<Run> = Vec::new();
        for block in blocks {
            let is = |k: usize| self.a.boilerplate[block.a + k] || self.b.boilerplate[block.b + k];
            let mut at = 0;
            while at < block.len {
                let boilerplate = is(at);
                let len = (at..block.len).take_while(|&k| is(k) == boilerplate).count();
                let block = Block { a: block.a + at, b: block.b + at, len };
                runs.push(Run { block, boilerplate });
                at += len;
            }
        }
        runs
    }

    /// Makes passages of runs that stand close together, between the runs before and after them.
    fn take_close(&mut self, close: &[Run], before: Option<&Run>, after: Option<&Run>) {
        let kind = close.first().is_some_and(|run| run.boilerplate);
        let mut segments = segments(close, &self.a, &self.b);
        if let Some(outer) = segments.first_mut() {
            let (from_a, from_b) = before.map_or((0, 0), |run| run.block.end());
            outer.a.start = self.a.stretch_start(outer.a.start, from_a, kind);
            outer.b.start = self.b.stretch_start(outer.b.start, from_b, kind);
        }
        if let Some(outer) = segments.last_mut() {
            let (to_a, to_b) =
                after.map_or((usize::MAX, usize::MAX), |run| (run.block.a, run.block.b));
            outer.a.end = self.a.stretch_end(outer.a.end, to_a, kind);
            outer.b.end = self.b.stretch_end(outer.b.end, to_b, kind);
        }
        for segment in joined(segments) {
            let fewer = segment.a.len().min(segment.b.len());
            if segment.matched() < MIN_WORDS || segment.matched() * MIN_MATCHED < fewer {
                continue;
            }
            let form = match kind {
                true => Form::Boilerplate,
                false if segment.is_verbatim() => Form::Verbatim,
                false => Form::Reworded,
            };
            self.take(&segment, form);
        }
    }

    /// Makes a passage, unless one lies there.
    fn take(&mut self, segment: &Segment, form: Form) {
        let Segment { a, b, runs } = segment;
        if self.a.taken[a.clone()].contains(&true) || self.b.taken[b.clone()].contains(&true) {
            return;
        }
        self.a.taken[a.clone()].fill(true);
        self.b.taken[b.clone()].fill(true);
        let span = |words: &Words, from: usize, len: usize| match &words.spans[from..from + len] {
            [first, .., last] => first.start..last.end,
            [only] => only.clone(),
            [] => 0..0,
        };
        let run =
            |run: &Block| (span(self.a.words, run.a, run.len), span(self.b.words, run.b, run.len));
        self.shared.push(Passage {
            form,
            a: self.a.bytes(a),
            b: self.b.bytes(b),
            equal: runs.iter().map(run).collect(),
            words: segment.matched(),
            words_a: a.len(),
            words_b: b.len(),
        });
    }

    /// All passages, with what no passage took.
    fn in_order(self) -> Vec<Passage> {
        let own = |column: &Sheet<'_>, form: Form| -> Vec<(Form, Range<u32>, usize)> {
            let stretches = stretches(&column.taken, &column.boilerplate);
            let own = stretches.map(|(range, boilerplate)| {
                let form = if boilerplate { Form::Boilerplate } else { form };
                (form, column.bytes(&range), range.len())
            });
            own.collect()
        };
        let none = Passage {
            form: Form::OnlyA,
            a: 0..0,
            b: 0..0,
            equal: Vec::new(),
            words: 0,
            words_a: 0,
            words_b: 0,
        };
        let only_a = own(&self.a, Form::OnlyA).into_iter();
        let only_a = only_a.map(|(form, a, words_a)| Passage { form, a, words_a, ..none.clone() });
        let only_b = own(&self.b, Form::OnlyB).into_iter();
        let mut only_b = only_b
            .map(|(form, b, words_b)| Passage { form, b, words_b, ..none.clone() })
            .peekable();
        let mut in_a: Vec<Passage> = self.shared.into_iter().chain(only_a).collect();
        in_a.sort_by_key(|passage| passage.a.start);
        let mut all = Vec::with_capacity(in_a.len() + only_b.len());
        for passage in in_a {
            if passage.is_shared() && passage.form != Form::Moved {
                while let Some(before) = only_b.next_if(|only| only.b.start < passage.b.start) {
                    all.push(before);
                }
            }
            all.push(passage);
        }
        all.extend(only_b);
        all
    }
}

/// The ranges of words that no passage took, and whether each is boilerplate.
fn stretches(taken: &[bool], boilerplate: &[bool]) -> impl Iterator<Item = (Range<usize>, bool)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        at += taken[at..].iter().take_while(|taken| **taken).count();
        let start = at;
        let kind = *boilerplate.get(start)?;
        at += (start..taken.len()).take_while(|&i| !taken[i] && boilerplate[i] == kind).count();
        Some((start..at, kind))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::find::align::Aligner;

    /// The passages, where one range of words of each text is boilerplate.
    fn found(a: &str, b: &str, [of_a, of_b]: [Range<u32>; 2]) -> Vec<Passage> {
        let (words_a, words_b) = (Words::new(a), Words::new(b));
        let alignment = Aligner::new(&words_a.ids).align(&words_b.ids);
        passages(
            &Text { text: a, words: &words_a, boilerplate: &[of_a] },
            &Text { text: b, words: &words_b, boilerplate: &[of_b] },
            &alignment,
        )
    }

    fn cut<'a>(text: &'a str, range: &Range<u32>) -> &'a str {
        &text[range.start as usize..range.end as usize]
    }

    fn shown<'a>(
        a: &'a str,
        b: &'a str,
        boilerplate: [Range<u32>; 2],
    ) -> Vec<(&'static str, &'a str, &'a str)> {
        let passages = found(a, b, boilerplate);
        passages.iter().map(|p| (p.form.name(), cut(a, &p.a), cut(b, &p.b))).collect()
    }

    #[test]
    fn passages_of_a_small_rewrite() {
        let a = "“The highway will stay closed until crews clear the slide,” officials said. Rain fell for a week in the hills.";
        let b = "Viewers sent photos. “The highway will stay shut until crews clear the slide,” officials said.";
        assert_eq!(
            shown(a, b, [0..0, 0..0]),
            [
                ("only-b", "", "Viewers sent photos."),
                ("reworded", &a[..a.find(" Rain").unwrap()], &b[b.find('“').unwrap()..]),
                ("only-a", "Rain fell for a week in the hills.", ""),
            ]
        );
        let reworded = &found(a, b, [0..0, 0..0])[1];
        assert_eq!((reworded.words, reworded.words_a, reworded.words_b), (11, 12, 12));
    }

    #[test]
    fn sentences_that_were_changed_stand_apart_from_those_that_were_not() {
        let a = "The storm closed the coast road. Crews worked all night to clear the slide. No one was hurt, the mayor said on Tuesday.";
        let b = "The storm closed the coast road. Crews worked all night to clear the slide. Nobody was hurt, the mayor said Tuesday.";
        let forms: Vec<_> = shown(a, b, [0..0, 0..0]);
        assert_eq!(
            forms.iter().map(|(form, a, _)| (*form, a.split(' ').count())).collect::<Vec<_>>(),
            [("verbatim", 14), ("reworded", 9)]
        );
        assert_eq!(forms[1].2, "Nobody was hurt, the mayor said Tuesday.");
    }

    #[test]
    fn boilerplate_is_a_passage_of_its_own() {
        let a = "Sign up for our daily letter. The storm closed the coast road for a day.";
        let b = "The storm closed the coast road for a day. Sign up for our daily letter.";
        let c = "The storm closed the coast road for a day.";
        assert_eq!(
            shown(a, b, [0..6, 9..15]),
            [("boilerplate", &a[..29], &b[43..]), ("verbatim", &a[30..], &b[..42]),]
        );
        assert_eq!(
            shown(a, c, [0..6, 0..0]),
            [("boilerplate", &a[..29], ""), ("verbatim", &a[30..], c)]
        );
    }

    /// Two texts of sentences, of which the second is an edit of the first.
    fn texts() -> impl Strategy<Value = (String, String)> {
        let edits = prop::collection::vec((any::<prop::sample::Index>(), 0usize..400), 0..20);
        (prop::collection::vec(0usize..400, 0..80), edits).prop_map(|(words, edits)| {
            let sounds = [
                "Größe",
                "2,000",
                "l’été",
                "Мир",
                "don't",
                "alpha",
                "x_y",
                "U.S.",
                "end.",
                "»Ja«",
                "雨が。",
                "“So",
            ];
            let spell = |w: &usize| {
                format!("{}{}", "ab".repeat(w / sounds.len() % 7), sounds[w % sounds.len()])
            };
            let mut other = words.clone();
            for (at, word) in edits {
                if !other.is_empty() {
                    let at = at.index(other.len());
                    match word % 3 {
                        0 => other[at] = word,
                        1 => other.rotate_left(at),
                        _ => drop(other.remove(at)),
                    }
                }
            }
            let text = |words: &[usize]| words.iter().map(spell).collect::<Vec<_>>().join(" — ");
            (text(&words), text(&other))
        })
    }

    proptest! {
        /// Invariant: evidence re-extracts from the original bytes, and every word is in one passage of its text.
        #[test]
        fn passages_cut_out_what_was_compared((a, b) in texts(), recurs in (0u32..40, 0u32..40)) {
            let clip = |text: &str, range: Range<u32>| {
                let words = Words::new(text).len() as u32;
                range.start.min(words)..range.end.min(words)
            };
            let (of_a, of_b) = (clip(&a, recurs.0..recurs.0 + 9), clip(&b, recurs.1..recurs.1 + 9));
            let (mut ids_a, mut ids_b) = (Vec::new(), Vec::new());
            for passage in found(&a, &b, [of_a, of_b]) {
                let (in_a, in_b) = (Words::new(cut(&a, &passage.a)), Words::new(cut(&b, &passage.b)));
                prop_assert_eq!((in_a.len(), in_b.len()), (passage.words_a, passage.words_b));
                let mut equal = 0;
                for (at_a, at_b) in &passage.equal {
                    prop_assert!(passage.a.start <= at_a.start && at_a.end <= passage.a.end);
                    prop_assert!(passage.b.start <= at_b.start && at_b.end <= passage.b.end);
                    let (in_a, in_b) = (Words::new(cut(&a, at_a)), Words::new(cut(&b, at_b)));
                    equal += in_a.len();
                    prop_assert_eq!(in_a.ids, in_b.ids);
                }
                prop_assert_eq!(equal, passage.words);
                ids_a.push((passage.a, in_a.ids));
                ids_b.push((passage.b, in_b.ids));
            }
            for (text, mut ids) in [(&a, ids_a), (&b, ids_b)] {
                ids.retain(|(range, _)| !range.is_empty());
                ids.sort_by_key(|(range, _)| range.start);
                prop_assert!(ids.windows(2).all(|pair| pair[0].0.end <= pair[1].0.start));
                let joined: Vec<u32> = ids.into_iter().flat_map(|(_, ids)| ids).collect();
                prop_assert_eq!(joined, Words::new(text).ids);
            }
        }

        /// Seen from the other side, the same passages.
        #[test]
        fn the_other_way_round_is_the_mirror((a, b) in texts()) {
            let (words_a, words_b) = (Words::new(&a), Words::new(&b));
            let there = Aligner::new(&words_a.ids).align(&words_b.ids);
            let text = |text, words| Text { text, words, boilerplate: &[] };
            let (of_a, of_b) = (text(&a, &words_a), text(&b, &words_b));
            let mut ahead = passages(&of_a, &of_b, &there);
            let mut back: Vec<Passage> =
                passages(&of_b, &of_a, &there.mirrored()).iter().map(Passage::mirrored).collect();
            let key = |passage: &Passage| (passage.a.start, passage.b.start, passage.form.name());
            ahead.sort_by_key(key);
            back.sort_by_key(key);
            prop_assert_eq!(ahead, back);
        }
    }
}
