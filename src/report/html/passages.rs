//! Two articles side by side as numbers: which passage stands where, for the page to cut out of the texts it holds.

use std::ops::Range;

use crate::find::align::Aligner;
use crate::find::passage::{Form, Text, passages};
use crate::report::html::cuts::{Cut, cuts};
use crate::report::html::place::Units;
use crate::text::Words;

/// One text of a pair, with its words in place. Made once for an article, however many it is compared with.
#[derive(Debug)]
pub(super) struct Side<'a> {
    text: &'a str,
    words: Words,
    units: Units,
    boilerplate: &'a [Range<u32>],
}

/// One passage as the page reads it, in units of UTF-16: `[form, gap in a, length in a, gap in b, length in b, words of a,
/// words of b, equal words]`, where gaps count from the end of the passage before, and of a reworded one then the runs of
/// equal words, `[gap in a, length in a, gap in b, length in b]` each, where they count from the passage's beginning.
///
/// Differences are small numbers: a page holds millions of them.
pub(super) type Row = Vec<i32>;

/// What the page has of two texts.
pub(super) struct Beside {
    /// Their passages.
    pub(super) rows: Vec<Row>,
    /// The second text as cuts of the first.
    pub(super) cuts: Vec<Cut>,
}

impl<'a> Side<'a> {
    /// Cuts a text into words, of which some ranges are boilerplate.
    pub(super) fn new(text: &'a str, boilerplate: &'a [Range<u32>]) -> Side<'a> {
        Side { text, words: Words::new(text), units: Units::new(text), boilerplate }
    }

    fn as_text(&self) -> Text<'_> {
        Text { text: self.text, words: &self.words, boilerplate: self.boilerplate }
    }

    /// Number of words.
    pub(super) fn words(&self) -> usize {
        self.words.len()
    }

    /// The boilerplate, as ranges of the text.
    pub(super) fn grey(&self) -> Vec<[u32; 2]> {
        let span = |range: &Range<u32>| {
            let spans = self.words.spans.get(range.start as usize..range.end as usize)?;
            Some([self.units.of(spans.first()?.start), self.units.of(spans.last()?.end)])
        };
        self.boilerplate.iter().filter_map(span).collect()
    }
}

/// One article, prepared to be compared with many.
#[derive(Debug)]
pub(super) struct Left<'a> {
    side: &'a Side<'a>,
    aligner: Aligner<'a>,
}

impl<'a> Left<'a> {
    /// Prepares the first article of pairs.
    pub(super) fn new(side: &'a Side<'a>) -> Left<'a> {
        Left { side, aligner: Aligner::new(&side.words.ids) }
    }

    /// This article and another.
    pub(super) fn beside(&self, other: &Side<'_>) -> Beside {
        let alignment = self.aligner.align(&other.words.ids);
        let found = passages(&self.side.as_text(), &other.as_text(), &alignment);
        let (mut end_a, mut end_b) = (0, 0);
        let rows = found.iter().map(|passage| {
            let mut row = vec![form(passage.form)];
            step(&mut row, &self.side.units, &passage.a, &mut end_a);
            step(&mut row, &other.units, &passage.b, &mut end_b);
            row.extend([passage.words_a, passage.words_b, passage.words].map(|n| n as i32));
            if passage.form == Form::Reworded {
                let mut in_a = self.side.units.of(passage.a.start) as i32;
                let mut in_b = other.units.of(passage.b.start) as i32;
                for (of_a, of_b) in &passage.equal {
                    step(&mut row, &self.side.units, of_a, &mut in_a);
                    step(&mut row, &other.units, of_b, &mut in_b);
                }
            }
            row
        });
        let rows = rows.collect();
        let runs = found.iter().flat_map(|passage| &passage.equal);
        Beside {
            rows,
            cuts: cuts([self.side.text, other.text], runs.cloned().collect(), &self.side.units),
        }
    }
}

/// The number by which the page knows a form: its place in `FORMS` of `texts.js`.
fn form(form: Form) -> i32 {
    match form {
        Form::Verbatim => 0,
        Form::Reworded => 1,
        Form::Moved => 2,
        Form::Boilerplate => 3,
        Form::OnlyA => 4,
        Form::OnlyB => 5,
    }
}

/// Adds how far a range begins from an end, and its length; the end moves to its own, unless it is empty.
fn step(row: &mut Row, units: &Units, bytes: &Range<u32>, end: &mut i32) {
    if bytes.is_empty() {
        row.extend([0, 0]);
        return;
    }
    let [from, to] = units.ends(bytes).map(|unit| unit as i32);
    row.extend([from - *end, to - from]);
    *end = to;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &str, from: i32, length: i32) -> String {
        let units: Vec<u16> =
            text.encode_utf16().skip(from as usize).take(length as usize).collect();
        String::from_utf16(&units).unwrap()
    }

    #[test]
    fn rows_cut_the_passages_out_of_the_texts() {
        let a = "«L’été» 😀 — the ferry to Skerrow will stay in harbor until Friday. Seven boats were lost.";
        let b = "The ferry to Skerrow will remain in harbor until Friday 😀 noon.";
        let (side_a, side_b) = (Side::new(a, &[]), Side::new(b, &[]));
        let rows = Left::new(&side_a).beside(&side_b).rows;
        // The first sentences of both, then a sentence of a alone.
        let [reworded, ..] = &rows[..] else { panic!("{rows:?}") };
        assert_eq!(reworded[0], 1);
        assert_eq!(cut(a, reworded[1], reworded[2]), a.split(" Seven").next().unwrap());
        assert_eq!(cut(b, reworded[3], reworded[4]), b);
        assert_eq!(reworded[5..8], [11, 11, 9]);
        let first = reworded[1] + reworded[8];
        assert_eq!(cut(a, first, reworded[9]), "the ferry to Skerrow will");
        assert_eq!(cut(b, reworded[3] + reworded[10], reworded[11]), "The ferry to Skerrow will");
        let second = reworded[3] + reworded[10] + reworded[11] + reworded[14];
        assert_eq!(cut(b, second, reworded[15]), "in harbor until Friday");
        assert!(rows.iter().any(|row| row[0] == 4 && row[5] == 4), "{rows:?}");
        let words: i32 = rows.iter().map(|row| row[6]).sum();
        assert_eq!(words as usize, side_b.words());
        let two = Range { start: 1, end: 3 };
        assert_eq!(Side::new(a, &[two]).grey().len(), 1);
    }
}
