//! The sentences of a text, as ranges of its words.
//!
//! Those of UAX-29 (`unicode-segmentation`), except that a line break inside a paragraph ends none. Linear. Limit: without
//! a dictionary of abbreviations, `Mr.` ends a sentence; nothing but display and counts for display stand on it.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::text::Words;

/// Bytes without a word that end a sentence: what is in them is not looked at, since the segmenter looks at all of it from
/// each of its bytes (a full stop and a megabyte of spaces would take hours).
const GAP: u32 = 64;

/// The sentences in order; together they hold every word.
pub fn sentences(text: &str, words: &Words) -> Vec<Range<usize>> {
    let mut sentences: Vec<Range<usize>> = Vec::new();
    let mut first = 0;
    let is_near = |x: &Range<u32>, y: &Range<u32>| y.start.saturating_sub(x.end) <= GAP;
    for spans in words.spans.chunk_by(is_near) {
        let bytes =
            spans.first().map_or(0, |span| span.start)..spans.last().map_or(0, |span| span.end);
        let text = &text[bytes.start as usize..bytes.end as usize];
        let mut at = 0;
        for (start, _) in text.split_sentence_bound_indices() {
            let before = text[..start].trim_end();
            let lines = text[before.len()..start].matches('\n').count();
            let is_cut =
                before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | ';' | '-'));
            if lines == 1 && is_cut {
                continue;
            }
            let is_before = |span: &Range<u32>| ((span.start - bytes.start) as usize) < start;
            at += spans[at..].partition_point(is_before);
            if at == spans.len() {
                break;
            }
            let begin = first + at;
            match sentences.last_mut() {
                Some(last) if last.start == begin => {}
                Some(last) => {
                    last.end = begin;
                    sentences.push(begin..words.len());
                }
                None => sentences.push(begin..words.len()),
            }
        }
        first += spans.len();
    }
    sentences
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_people_end_them() {
        let text = "One two.\nBy Jane Doe\nThree four, “five.” Six\nseven? Eight\n\nNine 3.5 ten";
        let words = Words::new(text);
        let cut = |sentence: Range<usize>| {
            &text[words.spans[sentence.start].start as usize
                ..words.spans[sentence.end - 1].end as usize]
        };
        let sentences: Vec<&str> = sentences(text, &words).into_iter().map(cut).collect();
        assert_eq!(
            sentences,
            ["One two", "By Jane Doe\nThree four, “five", "Six\nseven", "Eight", "Nine 3.5 ten"]
        );
    }

    /// Without the limit each of these would take hours.
    #[test]
    fn what_holds_no_words_is_passed_over() {
        for sign in ["\n", " ", ")", "'", ".", ". )"] {
            let text = format!("One two.{}Three four.", sign.repeat(1 << 18));
            assert_eq!(sentences(&text, &Words::new(&text)), [0..2, 2..4], "{sign:?}");
        }
    }
}
