//! The sentences of a text, as ranges of its words.
//!
//! Those of UAX-29 (`unicode-segmentation`), except that a line break inside a paragraph ends none. Linear. Limit: without
//! a dictionary of abbreviations, `Mr.` ends a sentence; nothing but display and counts for display stand on it.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use crate::text::Words;

/// The sentences in order; together they hold every word.
pub fn sentences(text: &str, words: &Words) -> Vec<Range<usize>> {
    let mut sentences: Vec<Range<usize>> = Vec::new();
    let mut at = 0;
    for (start, _) in text.split_sentence_bound_indices() {
        let before = text[..start].trim_end();
        let lines = text[before.len()..start].matches('\n').count();
        let is_cut =
            before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, ',' | ';' | '-'));
        if lines == 1 && is_cut {
            continue;
        }
        at += words.spans[at..].partition_point(|span| (span.start as usize) < start);
        if at == words.len() {
            break;
        }
        match sentences.last_mut() {
            Some(last) if last.start == at => {}
            Some(last) => {
                last.end = at;
                sentences.push(at..words.len());
            }
            None => sentences.push(0..words.len()),
        }
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
}
