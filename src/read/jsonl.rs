//! JSON Lines: finds the lines. One object a line; blank lines and a carriage return at the end are skipped.

use super::blocks::{Cut, Span};

/// Cuts at line ends.
#[derive(Debug, Default)]
pub(super) struct Lines {
    /// Start of the line that is not complete yet.
    start: usize,
    /// What was searched for a line end already.
    searched: usize,
    /// Lines before `start`.
    lines: u64,
    /// The line that is not complete yet is passed over.
    skipping: bool,
}

impl Lines {
    fn push(&mut self, data: &[u8], end: usize, spans: &mut Vec<Span>) {
        self.lines += 1;
        if std::mem::take(&mut self.skipping) {
            self.start = end + 1;
            return;
        }
        let line = data[self.start..end].trim_ascii();
        if !line.is_empty() {
            // Only the end is trimmed, so that columns and offsets count from the start of the line.
            let end = self.start + data[self.start..end].trim_ascii_end().len();
            spans.push(Span { start: self.start, end, line: self.lines });
        }
        self.start = end + 1;
    }
}

impl Cut for Lines {
    fn cut(&mut self, data: &[u8], spans: &mut Vec<Span>) {
        let searched = self.searched;
        for at in memchr::memchr_iter(b'\n', &data[searched..]) {
            self.push(data, searched + at, spans);
        }
        self.searched = data.len();
    }

    fn kept(&self) -> usize {
        if self.skipping { self.searched } else { self.start }
    }

    fn rebase(&mut self, removed: usize) {
        self.start = self.start.saturating_sub(removed);
        self.searched -= removed;
    }

    fn finish(&mut self, data: &[u8], whole: bool, spans: &mut Vec<Span>) {
        let rest = &data[self.start.min(data.len())..];
        // Of a stream that was cut off, the last line only counts if it is seen to be complete.
        if !rest.is_empty()
            && !self.skipping
            && (whole || serde_json::from_slice::<serde::de::IgnoredAny>(rest).is_ok())
        {
            self.push(data, data.len(), spans);
        }
    }

    fn complaint(&self) -> Option<&'static str> {
        None
    }

    fn skip(&mut self) -> Option<u64> {
        self.skipping = true;
        Some(self.lines + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::tests::cut_all;
    use super::*;
    use proptest::prelude::*;

    /// The slow twin: one line at a time.
    fn one_by_one(text: &str) -> Vec<(u64, Vec<u8>)> {
        let lines = (1..).zip(text.split('\n'));
        let lines = lines.map(|(number, line)| (number, line.as_bytes().trim_ascii_end().to_vec()));
        lines.filter(|(_, line)| !line.is_empty()).collect()
    }

    #[test]
    fn lines_are_found_and_blank_ones_skipped() {
        let text = "{\"a\":1}\r\n\n  \r\n{\"b\":2}\n {\"c\":3}";
        let (lines, failure) = cut_all(Box::<Lines>::default(), text.as_bytes(), 1 << 20);
        let expected = [(1, "{\"a\":1}"), (4, "{\"b\":2}"), (5, " {\"c\":3}")];
        assert_eq!(lines, expected.map(|(line, text)| (line, text.as_bytes().to_vec())));
        assert_eq!(failure, None);
    }

    proptest! {
        #[test]
        fn any_block_size_gives_the_same_lines(text in "([ab{}\" é]{0,12}\r?\n){0,12}[ab ]{0,6}", size in 1usize..40) {
            let (lines, _) = cut_all(Box::<Lines>::default(), text.as_bytes(), size);
            prop_assert_eq!(lines, one_by_one(&text));
        }
    }
}
