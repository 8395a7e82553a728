//! Text in columns: aligned by the cells a terminal gives each character, cut with `…` where a line would be too long.
//!
//! Columns that hold nothing are left out. Only columns that may be cut are ever cut; if the rest alone is wider than the
//! terminal, lines run over. Widths follow Unicode (`unicode-width`); a terminal with other ideas shows columns a cell off.

use std::borrow::Cow;
use std::io::{self, Write};

use anstyle::Style;
use unicode_segmentation::UnicodeSegmentation;
use unicode_width::UnicodeWidthStr;

/// Between two columns.
const GAP: usize = 2;
/// Zero-width characters take no columns but can be piled up without end: bytes shown for each column at most.
const BYTES_PER_COLUMN: usize = 24;

/// How one column is set.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Column {
    /// Set flush right, as numbers are.
    pub(super) right: bool,
    /// May be cut, but to no less than this.
    pub(super) least: Option<usize>,
    /// Cut at the end, as sentences are, not in the middle, as ids are.
    pub(super) at_end: bool,
}

impl Column {
    pub(super) const LEFT: Column = Column { right: false, least: None, at_end: false };
    pub(super) const RIGHT: Column = Column { right: true, least: None, at_end: false };

    /// Flush left, and cut down to `least` where lines are too long.
    pub(super) const fn cut_to(least: usize) -> Column {
        Column { right: false, least: Some(least), at_end: false }
    }

    /// Flush left, and cut at the end down to `least` where lines are too long.
    pub(super) const fn ends_at(least: usize) -> Column {
        Column { right: false, least: Some(least), at_end: true }
    }
}

/// One entry: safe text and how it looks.
#[derive(Clone, Debug, Default)]
pub(super) struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    pub(super) fn new(text: impl Into<String>) -> Self {
        Cell { text: text.into(), style: Style::new() }
    }

    pub(super) fn styled(text: impl Into<String>, style: Style) -> Self {
        Cell { text: text.into(), style }
    }
}

/// Blanks in a row at most: beside an id of megabytes nothing is aligned, and formatting takes no more than 65,535.
const MOST_BLANK: usize = 1_000;

/// Writes rows under each other. Every row has one cell for each column.
pub(super) fn write_table(
    columns: &[Column],
    rows: &[Vec<Cell>],
    indent: usize,
    limit: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let widths = fit(columns, rows, indent, limit);
    for row in rows {
        write!(out, "{:indent$}", "")?;
        // Blanks are owed until something follows them: no line ends in white space.
        let mut owed = 0;
        for ((cell, column), &width) in row.iter().zip(columns).zip(&widths) {
            if width == 0 {
                continue;
            }
            let text = match column.least {
                Some(_) if column.at_end => cut(&cell.text, width),
                Some(_) => cut_middle(&cell.text, width),
                None => Cow::Borrowed(&*cell.text),
            };
            let blank = width.saturating_sub(text.width());
            if !text.is_empty() {
                let before = (owed + if column.right { blank } else { 0 }).min(MOST_BLANK);
                let style = cell.style;
                write!(out, "{:before$}{style}{text}{style:#}", "")?;
                owed = 0;
            } else {
                owed += width;
            }
            owed += GAP + if column.right || text.is_empty() { 0 } else { blank };
        }
        writeln!(out)?;
    }
    Ok(())
}

/// The text, cut at its end to so many columns.
pub(super) fn cut(text: &str, limit: usize) -> Cow<'_, str> {
    if fits(text, limit) {
        return Cow::Borrowed(text);
    }
    let (head, _) = take(text.graphemes(true), limit.saturating_sub(1));
    Cow::Owned(format!("{}…", head.trim_end()))
}

/// The text, cut in its middle to so many columns: ids and addresses tell themselves apart by their ends.
pub(super) fn cut_middle(text: &str, limit: usize) -> Cow<'_, str> {
    if fits(text, limit) {
        return Cow::Borrowed(text);
    }
    let room = limit.saturating_sub(1);
    let (tail, used) = take(text.graphemes(true).rev(), room / 2);
    let (head, _) = take(text.graphemes(true), room - used);
    let tail: String = tail.graphemes(true).rev().collect();
    Cow::Owned(format!("{head}…{tail}"))
}

/// Padded with blanks on its right.
pub(super) fn pad(text: &str, width: usize) -> String {
    format!("{text}{:blank$}", "", blank = width.saturating_sub(text.width()).min(MOST_BLANK))
}

fn fits(text: &str, limit: usize) -> bool {
    text.len() <= limit.saturating_mul(BYTES_PER_COLUMN) && text.width() <= limit
}

/// As many of the graphemes as fit, in the order given, and the columns they take.
fn take<'a>(graphemes: impl Iterator<Item = &'a str>, limit: usize) -> (String, usize) {
    let mut out = String::new();
    let mut used = 0;
    for grapheme in graphemes {
        let width = grapheme.width();
        if used + width > limit
            || out.len() + grapheme.len() > limit.saturating_mul(BYTES_PER_COLUMN)
        {
            break;
        }
        out.push_str(grapheme);
        used += width;
    }
    (out, used)
}

/// The width of each column: as wide as its widest cell, then the widest of those that may be cut gives way.
fn fit(columns: &[Column], rows: &[Vec<Cell>], indent: usize, limit: usize) -> Vec<usize> {
    let mut widths = vec![0; columns.len()];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.text.width().max(*width);
        }
    }
    let used = widths.iter().filter(|&&width| width > 0).count();
    let total = indent + widths.iter().sum::<usize>() + GAP * used.saturating_sub(1);
    for _ in 0..total.saturating_sub(limit) {
        let widest = (0..columns.len())
            .filter(|&i| columns[i].least.is_some_and(|least| widths[i] > least))
            .max_by_key(|&i| widths[i]);
        match widest {
            Some(i) => widths[i] -= 1,
            None => break,
        }
    }
    widths
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(columns: &[Column], rows: &[&[&str]], limit: usize) -> String {
        let rows: Vec<Vec<Cell>> =
            rows.iter().map(|row| row.iter().map(|text| Cell::new(*text)).collect()).collect();
        let mut out = Vec::new();
        write_table(columns, &rows, 2, limit, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn aligned_by_cells_without_blanks_at_the_end() {
        let columns = [Column::LEFT, Column::RIGHT, Column::LEFT];
        assert_eq!(
            table(&columns, &[&["東京", "1", "x"], &["abc", "22", ""]], usize::MAX),
            "  東京   1  x\n  abc   22\n"
        );
    }

    #[test]
    fn empty_columns_are_left_out_and_empty_cells_keep_their_place() {
        let columns = [Column::LEFT; 4];
        assert_eq!(
            table(&columns, &[&["a", "", "bb", "c"], &["d", "", "", "e"]], usize::MAX),
            "  a  bb  c\n  d      e\n"
        );
    }

    #[test]
    fn the_widest_column_gives_way() {
        let columns = [Column::LEFT, Column::cut_to(5)];
        assert_eq!(
            table(&columns, &[&["abc", "https://a.example/one"]], 18),
            "  abc  https…e/one\n"
        );
        assert_eq!(table(&columns, &[&["abc", "https://a.example/one"]], 3), "  abc  ht…ne\n");
    }

    #[test]
    fn cutting_counts_cells_not_characters() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("too long", 5), "too…");
        assert_eq!(cut("東京都知事", 6), "東京…");
        assert_eq!(cut("x", 0), "…");
        assert_eq!(cut_middle("abcdefghij", 6), "abc…ij");
    }

    #[test]
    fn piled_up_marks_are_cut() {
        let zalgo = format!("a{}", "\u{301}".repeat(10_000));
        assert!(cut(&zalgo, 10).len() < 300);
        assert!(cut_middle(&zalgo, 10).len() < 300);
    }
}
