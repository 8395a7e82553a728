//! Text broken into lines of a given width, with its styles kept.
//!
//! Lines break at blanks, and beside characters of two columns, as scripts without blanks are broken; a word longer than
//! a line is broken where the line ends. Greedy and linear. Road not taken: UAX-14, which knows more of such scripts and
//! is a table of its own.

use std::io::{self, Write};
use std::ops::Range;

use anstyle::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Safe text in one style. Pieces follow each other without a blank of their own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Piece {
    pub(super) text: String,
    pub(super) style: Style,
}

impl Piece {
    pub(super) fn new(text: impl Into<String>, style: Style) -> Self {
        Piece { text: text.into(), style }
    }
}

/// Writes pieces as one paragraph: `lead` before its first line, as many blanks before the others.
pub(super) fn paragraph(
    lead: &str,
    pieces: &[Piece],
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let text: String = pieces.iter().map(|piece| piece.text.as_str()).collect();
    let indent = lead.width();
    for (at, line) in lines(&text, width.saturating_sub(indent).max(1)).iter().enumerate() {
        match at {
            0 => write!(out, "{lead}")?,
            _ => write!(out, "{:indent$}", "")?,
        }
        let mut start = 0;
        for Piece { text: own, style } in pieces {
            let (from, to) = (line.start.max(start), line.end.min(start + own.len()));
            if from < to {
                write!(out, "{style}{}{style:#}", &text[from..to])?;
            }
            start += own.len();
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The lines of a text as byte ranges, without the blanks at which it was broken.
fn lines(text: &str, width: usize) -> Vec<Range<usize>> {
    let mut lines = Vec::new();
    let (mut start, mut used) = (0, 0);
    // Where the line can end, where the next would begin, and the columns used up to there.
    let mut chance: Option<(usize, usize, usize)> = None;
    let mut before = "";
    for (at, grapheme) in text.grapheme_indices(true) {
        let columns = grapheme.width();
        if grapheme == " " && used <= width {
            chance = Some((at, at + 1, used + 1));
        } else if columns.max(before.width()) == 2
            && at > start
            && used <= width
            && !is_bound(before, grapheme)
        {
            chance = Some((at, at, used));
        }
        before = grapheme;
        used += columns;
        if used > width && grapheme != " " && at > start {
            let (end, next, before) = chance.take().unwrap_or((at, at, used - columns));
            lines.push(start..start + text[start..end].trim_end().len());
            start = next;
            used -= before;
        }
    }
    if start < text.len() {
        lines.push(start..start + text[start..].trim_end().len());
    }
    lines
}

/// True if a line must not end between two graphemes: behind an opening mark, before a closing one.
fn is_bound(before: &str, after: &str) -> bool {
    let opens = |c: char| c.is_ascii_punctuation() || "“‘（「『《〈【〔".contains(c);
    let closes = |c: char| {
        c.is_ascii_punctuation() && !"[{(".contains(c)
            || "，。、；：？！）」』》〉】〕”’…".contains(c)
    };
    before.ends_with(opens) || before.ends_with(' ') || after.starts_with(closes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(text: &str, width: usize) -> Vec<&str> {
        lines(text, width).into_iter().map(|line| &text[line]).collect()
    }

    #[test]
    fn lines_break_at_blanks_and_beside_wide_characters() {
        assert_eq!(shown("the storm closed the road", 10), ["the storm", "closed the", "road"]);
        assert_eq!(shown("a verylongword b", 5), ["a", "veryl", "ongwo", "rd b"]);
        assert_eq!(shown("云泽古桥修缮", 5), ["云泽", "古桥", "修缮"]);
        assert_eq!(shown("see 云泽古桥", 6), ["see 云", "泽古桥"]);
        assert_eq!(shown("修缮，了", 5), ["修", "缮，", "了"]);
        assert_eq!(shown("修缮[-云泽-]", 7), ["修缮", "[-云", "泽-]"]);
        assert_eq!(shown("one  two", 4), ["one", "two"]);
        assert!(shown("", 5).is_empty());
    }

    #[test]
    fn styles_go_on_over_the_end_of_a_line() {
        let bold = Style::new().bold();
        let pieces = [Piece::new("one ", Style::new()), Piece::new("two three", bold)];
        let mut out = Vec::new();
        paragraph("1 ", &pieces, 9, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        let plain = anstream::adapter::strip_str(&text).to_string();
        assert_eq!(plain, "1 one two\n  three\n");
        assert_eq!(text.matches("\u{1b}[1m").count(), 2);
    }

    proptest! {
        /// Nothing is lost but the blanks between lines, and no line is too long that could be shorter.
        #[test]
        fn all_of_the_text_is_in_lines_that_fit(words in prop::collection::vec("[a-z云桥é]{1,12}", 0..30), width in 2usize..30) {
            let text = words.join(" ");
            let lines = shown(&text, width);
            prop_assert!(lines.iter().all(|line| line.width() <= width), "{lines:?}");
            let squeeze = |text: &str| text.replace(' ', "");
            prop_assert_eq!(squeeze(&lines.concat()), squeeze(&text));
        }
    }
}
