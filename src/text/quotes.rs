//! Which bytes of a text stand inside quotation marks, in the styles that news is written in.
//!
//! `“ ”`, `„ “`, `« »`, `» «`, `‹ ›`, `「 」`, `『 』`, and straight `"` in pairs. A quotation ends at its closing mark or
//! with its paragraph; a straight mark without a partner in its paragraph opens nothing. Single quotes are left alone,
//! because apostrophes look the same. Linear in the text.

use std::ops::Range;

/// The byte ranges inside quotation marks, in order, without overlap.
pub fn quotations(text: &str) -> Vec<Range<u32>> {
    let mut found = Vec::new();
    let mut start = 0;
    for paragraph in text.split_inclusive("\n\n") {
        in_paragraph(paragraph, start, &mut found);
        start += paragraph.len();
    }
    found
}

fn in_paragraph(paragraph: &str, start: usize, found: &mut Vec<Range<u32>>) {
    let mut open: Option<(usize, char)> = None;
    for (at, mark) in paragraph.char_indices().filter(|(_, c)| is_mark(*c)) {
        match open {
            Some((from, opened)) if closes(opened, mark) => {
                found.push((start + from) as u32..(start + at) as u32);
                open = None;
            }
            // Marks of another style inside a quotation belong to it.
            Some(_) => {}
            None if opens(mark) => open = Some((at + mark.len_utf8(), mark)),
            None => {}
        }
    }
    if let Some((from, opened)) = open
        && opened != '"'
    {
        found.push((start + from) as u32..(start + paragraph.len()) as u32);
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
    use super::*;

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
