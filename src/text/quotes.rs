//! Which bytes of a text stand inside quotation marks, in the styles that news is written in.
//!
//! `“ ”`, `„ “`, `« »`, `» «`, `‹ ›`, `「 」`, `『 』`, and straight `"` in pairs. A quotation ends at its closing mark or
//! with its paragraph; a straight mark without a partner in its paragraph opens nothing. Single quotes are left alone,
//! because apostrophes look the same. Linear in the text.

use std::ops::Range;

use memchr::{memchr, memchr_iter, memchr3_iter};

/// The byte ranges inside quotation marks, in order, without overlap.
pub fn quotations(text: &str) -> Vec<Range<u32>> {
    let bytes = text.as_bytes();
    if memchr(0xE3, bytes).is_some() {
        return pair(text, text.char_indices().filter(|(_, c)| is_mark(*c)));
    }
    // Outside the scripts of corner brackets, two bytes begin all marks but the straight one.
    let starts = memchr3_iter(b'"', 0xC2, 0xE2, bytes);
    pair(
        text,
        starts.filter_map(|at| {
            let mark = text[at..].chars().next()?;
            is_mark(mark).then_some((at, mark))
        }),
    )
}

fn pair(text: &str, marks: impl Iterator<Item = (usize, char)>) -> Vec<Range<u32>> {
    let mut found = Vec::new();
    let mut open: Option<(usize, char)> = None;
    // Where the search for the end of the paragraph stands.
    let mut read = 0;
    for (at, mark) in marks {
        if let Some((from, opened)) = open
            && let Some(end) = paragraph_end(text, read.max(from), at)
        {
            close_with_paragraph(from..end, opened, &mut found);
            open = None;
        }
        read = at;
        match open {
            Some((from, opened)) if closes(opened, mark) => {
                found.push(from as u32..at as u32);
                open = None;
            }
            // Marks of another style inside a quotation belong to it.
            Some(_) => {}
            None if opens(mark) => open = Some((at + mark.len_utf8(), mark)),
            None => {}
        }
    }
    if let Some((from, opened)) = open {
        let end = paragraph_end(text, read.max(from), text.len()).unwrap_or(text.len());
        close_with_paragraph(from..end, opened, &mut found);
    }
    found
}

/// Where the paragraph ends behind its empty line, if that is in this part of the text.
fn paragraph_end(text: &str, from: usize, to: usize) -> Option<usize> {
    let part = &text.as_bytes()[from..to];
    let empty = memchr_iter(b'\n', part).find(|at| part.get(at + 1) == Some(&b'\n'))?;
    Some(from + empty + 2)
}

fn close_with_paragraph(quotation: Range<usize>, opened: char, found: &mut Vec<Range<u32>>) {
    if opened != '"' {
        found.push(quotation.start as u32..quotation.end as u32);
    }
}

fn is_mark(c: char) -> bool {
    matches!(c, '"' | '“' | '”' | '„' | '«' | '»' | '‹' | '›' | '「' | '」' | '『' | '』')
}

fn opens(mark: char) -> bool {
    !matches!(mark, '”' | '」' | '』')
}

fn closes(opened: char, mark: char) -> bool {
    match opened {
        '"' => mark == '"',
        '“' => mark == '”',
        '„' => matches!(mark, '“' | '”'),
        '«' => mark == '»',
        '»' => mark == '«',
        '‹' => mark == '›',
        '›' => mark == '‹',
        '「' => mark == '」',
        '『' => mark == '』',
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The slow twin: paragraph by paragraph, character by character.
    fn slow(text: &str) -> Vec<Range<u32>> {
        let (mut found, mut start) = (Vec::new(), 0);
        for paragraph in text.split_inclusive("\n\n") {
            let mut open: Option<(usize, char)> = None;
            for (at, mark) in paragraph.char_indices().filter(|(_, c)| is_mark(*c)) {
                match open {
                    Some((from, opened)) if closes(opened, mark) => {
                        found.push((start + from) as u32..(start + at) as u32);
                        open = None;
                    }
                    None if opens(mark) => open = Some((at + mark.len_utf8(), mark)),
                    _ => {}
                }
            }
            if let Some((from, _)) = open.filter(|(_, opened)| *opened != '"') {
                found.push((start + from) as u32..(start + paragraph.len()) as u32);
            }
            start += paragraph.len();
        }
        found
    }

    proptest! {
        #[test]
        fn paragraphs_are_found_as_by_splitting(
            text in "[a\n\"“”„«»é’]{0,24}",
            with_corners in "[a\n\"“”‹›「」『』。]{0,24}",
        ) {
            prop_assert_eq!(quotations(&text), slow(&text));
            prop_assert_eq!(quotations(&with_corners), slow(&with_corners));
        }
    }

    fn quoted(text: &str) -> Vec<&str> {
        quotations(text)
            .into_iter()
            .map(|range| &text[range.start as usize..range.end as usize])
            .collect()
    }

    #[test]
    fn styles() {
        for (text, expected) in [
            ("He said “we won” and left.", vec!["we won"]),
            ("Er sagte „wir haben »alles« gewonnen“ und ging.", vec!["wir haben »alles« gewonnen"]),
            ("Il a dit « nous » puis »sie«.", vec![" nous ", "sie"]),
            ("\"One,\" he said, \"two.\" A 6\" pipe.", vec!["One,", "two."]),
            ("他说「好的」。", vec!["好的"]),
            ("no quotes", vec![]),
        ] {
            assert_eq!(quoted(text), expected, "{text}");
        }
    }

    #[test]
    fn a_quotation_over_paragraphs_opens_each_and_closes_once() {
        assert_eq!(quoted("“First.\n\n“Second,” he said."), ["First.\n\n", "Second,"]);
        assert_eq!(
            quoted("A 6\" pipe.\n\nNo \"more\"."),
            ["more"],
            "an odd mark ends with its paragraph"
        );
    }
}
