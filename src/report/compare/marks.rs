//! One passage of two texts as one line of text: what both have, what only the first has, what only the second has.
//!
//! `The highway will stay [-closed-]{+shut+} until Tuesday`: the form of `git diff --word-diff`, readable without color.
//! The punctuation of the first text is shown where only punctuation differs.

use crate::find::passage::Passage;
use crate::report::sanitize::sanitize;

/// In which of the two texts a piece stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mark {
    Both,
    OnlyA,
    OnlyB,
}

/// A passage that stands in both texts, in pieces of safe text; blanks at their ends are kept.
pub(super) fn marked(passage: &Passage, a: &str, b: &str) -> Vec<(Mark, String)> {
    let mut pieces = Pieces::default();
    let (mut end_a, mut end_b) = (passage.a.start, passage.b.start);
    let slice = |text, from: u32, to: u32| -> &str { cut(text, from, to) };
    for (run_a, run_b) in &passage.equal {
        pieces.gap(slice(a, end_a, run_a.start), slice(b, end_b, run_b.start));
        pieces.push(Mark::Both, slice(a, run_a.start, run_a.end));
        (end_a, end_b) = (run_a.end, run_b.end);
    }
    pieces.gap(slice(a, end_a, passage.a.end), slice(b, end_b, passage.b.end));
    pieces.0
}

/// The bytes of a range, which lies on borders of characters; of a range turned around, nothing.
pub(super) fn cut(text: &str, from: u32, to: u32) -> &str {
    text.get(from as usize..to as usize).unwrap_or_default()
}

#[derive(Default)]
struct Pieces(Vec<(Mark, String)>);

impl Pieces {
    fn push(&mut self, mark: Mark, text: &str) {
        let text = safe(text);
        match self.0.last_mut() {
            Some((last, before)) if *last == mark => {
                let text = if before.ends_with(' ') { text.trim_start() } else { &text };
                before.push_str(text);
            }
            _ if text.is_empty() => {}
            _ => self.0.push((mark, text)),
        }
    }

    /// What stands between two runs of equal words.
    fn gap(&mut self, a: &str, b: &str) {
        let (lead_a, old, tail_a) = split(a);
        let (lead_b, new, tail_b) = split(b);
        let is_blank = |text: &str| text.chars().all(char::is_whitespace);
        match (old.is_empty(), new.is_empty()) {
            (true, true) => self.push(Mark::Both, a),
            (false, _) => {
                self.push(Mark::Both, lead_a);
                self.push(Mark::OnlyA, old);
                self.push(Mark::OnlyB, new);
                self.push(Mark::Both, tail_a);
            }
            // Words that the second text adds: before the punctuation of the first or behind it, as in the second.
            (true, false) if is_blank(lead_b) => {
                self.push(Mark::Both, lead_b);
                self.push(Mark::OnlyB, new);
                self.push(Mark::Both, if a.is_empty() { tail_b } else { a });
            }
            (true, false) => {
                self.push(Mark::Both, a);
                self.push(Mark::OnlyB, new);
                if tail_b.ends_with(char::is_whitespace) {
                    self.push(Mark::Both, " ");
                }
            }
        }
    }
}

/// What stands before the words, the words with what is between them, and what stands behind.
fn split(gap: &str) -> (&str, &str, &str) {
    match (gap.find(char::is_alphanumeric), gap.rfind(char::is_alphanumeric)) {
        (Some(first), Some(last)) => {
            let end = last + gap[last..].chars().next().map_or(0, char::len_utf8);
            (&gap[..first], &gap[first..end], &gap[end..])
        }
        _ => (gap, "", ""),
    }
}

/// Safe text that keeps one blank at either end where there was white space.
pub(super) fn safe(text: &str) -> String {
    let blank = |is: bool| if is { " " } else { "" };
    let core = sanitize(text);
    if core.is_empty() {
        return blank(text.contains(char::is_whitespace)).to_owned();
    }
    let (before, behind) =
        (text.starts_with(char::is_whitespace), text.ends_with(char::is_whitespace));
    format!("{}{core}{}", blank(before), blank(behind))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use crate::config::Matching;
    use crate::find::common::CommonText;
    use crate::find::compare::compare;

    fn shown(a: &str, b: &str) -> String {
        let (x, y) = (Article::new("a", a), Article::new("b", b));
        let found = compare(&x, &y, &CommonText::new(0), &Matching::default());
        let shared = found.passages.iter().filter(|passage| passage.is_shared());
        let pieces = shared.flat_map(|passage| marked(passage, a, b));
        let show = |(mark, text)| match mark {
            Mark::Both => text,
            Mark::OnlyA => format!("[-{text}-]"),
            Mark::OnlyB => format!("{{+{text}+}}"),
        };
        pieces.map(show).collect()
    }

    #[test]
    fn changed_words_are_marked_where_they_stand() {
        for (a, b, expected) in [
            (
                "The highway will stay closed until Tuesday, he said.",
                "The highway will stay shut until Tuesday, he said.",
                "The highway will stay [-closed-]{+shut+} until Tuesday, he said.",
            ),
            (
                "The mayor of the town said. The road is closed now.",
                "The mayor of the town said on Monday. However, the road is closed now.",
                "The mayor of the town said {+on Monday+}.{+However+}, The road is closed now.",
            ),
            (
                "Crews will clear the old slide by Friday - officials said",
                "Crews will clear the slide by Friday, officials said",
                "Crews will clear the [-old-] slide by Friday - officials said",
            ),
            (
                "he said they will clear the road",
                "On Monday, he said they will clear the road",
                "{+On Monday+}, he said they will clear the road",
            ),
            (
                "云泽古桥已经修缮完成了",
                "云泽古桥正在修缮完成了",
                "云泽古桥[-已经-]{+正在+}修缮完成了",
            ),
        ] {
            assert_eq!(shown(a, b), expected);
        }
    }

    #[test]
    fn nothing_of_the_corpus_reaches_the_terminal() {
        let a =
            "The high\u{1b}[2Jway will stay\u{202e} closed \u{1b}]0;x\u{7}until Tuesday he said";
        let b = "The high\u{1b}[2Jway will stay\u{202e} shut\u{9b}2J until Tuesday he said";
        let shown = shown(a, b);
        assert!(!shown.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\u{7}']), "{shown:?}");
    }
}
