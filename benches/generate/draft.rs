//! Text to paragraphs of sentences of words that can be edited, and back to text.
//!
//! A sentence ends at a mark such as `.` or `。`, a paragraph at a line end. Marks and spaces go with the word they
//! precede. Abbreviations are guessed (a short word with a capital before a full stop), so a few sentences come out
//! too short, which hurts no edit. White space between sentences is not kept: one space, or none in Chinese.

use std::borrow::Cow;

use wirecopy::text::Words;

use super::pairs::{Pairs, is_unspaced};

/// The number of a word that is not known.
pub(crate) const UNKNOWN: u32 = u32::MAX;

/// What can take a word's place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Class {
    /// Letters that do not begin with a capital.
    Plain,
    /// A word with a capital.
    Capital,
    /// Digits.
    Number,
    /// One or two characters of a script without spaces.
    Unspaced,
}

/// One word, or what is treated as one.
#[derive(Clone, Debug)]
pub(crate) struct Unit<'a> {
    /// Spaces and marks before it; of the first in a sentence, marks only.
    pub(crate) before: Cow<'a, str>,
    /// The letters.
    pub(crate) text: Cow<'a, str>,
    /// Its number among the learned words.
    pub(crate) word: u32,
    /// What can take its place.
    pub(crate) class: Class,
}

impl Unit<'_> {
    /// True if nothing but a space, if anything, stands before it.
    pub(crate) fn is_joined(&self) -> bool {
        matches!(&*self.before, "" | " ")
    }
}

/// One sentence, with its words and the marks that end it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sentence<'a> {
    /// The words: at least one.
    pub(crate) units: Vec<Unit<'a>>,
    /// The marks at the end, without white space.
    pub(crate) end: Cow<'a, str>,
    /// Where it ends in the original.
    pub(crate) stop: usize,
}

impl Sentence<'_> {
    /// True if word `at` touches no other: not part of `HD-DVD`, `10km` or an address.
    pub(crate) fn is_free(&self, at: usize) -> bool {
        let touches = |at: usize| {
            let (Some(unit), Some(former)) =
                (self.units.get(at), self.units.get(at.wrapping_sub(1)))
            else {
                return false;
            };
            unit.class != Class::Unspaced
                && former.class != Class::Unspaced
                && !unit.before.contains(char::is_whitespace)
        };
        !touches(at) && !touches(at + 1)
    }
}

/// The sentences between two line ends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Paragraph<'a> {
    /// The white space before it.
    pub(crate) before: &'a str,
    /// Its sentences.
    pub(crate) sentences: Vec<Sentence<'a>>,
}

/// A text that can be edited.
#[derive(Clone, Debug, Default)]
pub(crate) struct Draft<'a>(pub(crate) Vec<Paragraph<'a>>);

impl<'a> Draft<'a> {
    /// Cuts a text. Words get no numbers here.
    pub(crate) fn new(text: &'a str, pairs: &Pairs) -> Self {
        let words = Words::new(text);
        let mut draft = Draft::default();
        let (mut paragraph, mut sentence) = (Paragraph::default(), Sentence::default());
        let (mut done, mut at) = (0, 0);
        while at < words.len() {
            let kind = words.kinds[at];
            let start = words.spans[at].start as usize;
            let next = if is_unspaced(kind) { pairs.end(text, &words, at) } else { at + 1 };
            let stop = words.spans[next - 1].end as usize;
            at = next;
            // A ligature or a composed sign can hold two words: the first takes it whole.
            if start < done {
                continue;
            }
            let gap = &text[done..start];
            let (mut before, surface) = (gap, &text[start..stop]);
            if let Some(unit) = sentence.units.last()
                && let Some(cut) = boundary(gap, &unit.text, surface)
            {
                sentence.end = Cow::Borrowed(&gap[..cut.end]);
                sentence.stop = done + cut.end;
                paragraph.sentences.push(std::mem::take(&mut sentence));
                if cut.paragraph {
                    draft.0.push(std::mem::take(&mut paragraph));
                    paragraph.before = &gap[cut.end..cut.next];
                }
                before = &gap[cut.next..];
            }
            let class = match () {
                () if is_unspaced(kind) => Class::Unspaced,
                () if kind.is_number() => Class::Number,
                () if kind.is_capital() => Class::Capital,
                () => Class::Plain,
            };
            let (before, surface) = (Cow::Borrowed(before), Cow::Borrowed(surface));
            sentence.units.push(Unit { before, text: surface, word: UNKNOWN, class });
            done = stop;
        }
        if !sentence.units.is_empty() {
            sentence.end = Cow::Borrowed(text[done..].trim_end());
            sentence.stop = text.trim_end().len();
            paragraph.sentences.push(sentence);
            draft.0.push(paragraph);
        }
        draft
    }

    /// The text as it now stands.
    pub(crate) fn text(&self) -> String {
        let mut out = String::new();
        for paragraph in &self.0 {
            if !out.is_empty() {
                out.push_str(paragraph.before);
            }
            for (at, sentence) in paragraph.sentences.iter().enumerate() {
                if at > 0 {
                    out.push_str(joint(&out));
                }
                for unit in &sentence.units {
                    out.push_str(&unit.before);
                    out.push_str(&unit.text);
                }
                out.push_str(&sentence.end);
            }
        }
        out
    }

    /// Every sentence in order.
    pub(crate) fn sentences(&self) -> impl DoubleEndedIterator<Item = &Sentence<'a>> {
        self.0.iter().flat_map(|paragraph| &paragraph.sentences)
    }

    /// Every sentence in order, to be changed.
    pub(crate) fn sentences_mut(&mut self) -> impl Iterator<Item = &mut Sentence<'a>> {
        self.0.iter_mut().flat_map(|paragraph| &mut paragraph.sentences)
    }

    /// Number of words.
    pub(crate) fn len(&self) -> usize {
        self.sentences().map(|sentence| sentence.units.len()).sum()
    }
}

/// What goes between a sentence that ends so and the next: nothing after a wide mark, quoted or not.
pub(crate) fn joint(sentence: &str) -> &'static str {
    let wide = |c| matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FF60}');
    if sentence.trim_end_matches(['”', '’']).ends_with(wide) { "" } else { " " }
}

/// Where in the gap between two words a sentence ends and the next begins.
struct Cut {
    end: usize,
    next: usize,
    paragraph: bool,
}

fn boundary(gap: &str, before: &str, after: &str) -> Option<Cut> {
    let start_of_rest = |from: usize| gap.len() - gap[from..].trim_start().len();
    if let Some(line_end) = gap.find('\n') {
        let end = gap[..line_end].trim_end().len();
        return Some(Cut { end, next: start_of_rest(line_end), paragraph: true });
    }
    let is_end = |c| matches!(c, '.' | '!' | '?' | '…' | '؟' | '۔' | '।' | '。' | '！' | '？');
    let is_closing =
        |c| matches!(c, '"' | '”' | '’' | '\'' | ')' | ']' | '»' | '」' | '』' | '】' | '）');
    let at = gap.find(is_end)?;
    let wide = gap[at..].starts_with(['。', '！', '？']);
    let end = gap.len() - gap[at..].trim_start_matches(|c| is_end(c) || is_closing(c)).len();
    let next = start_of_rest(end);
    let abbreviation = gap[at..].starts_with('.')
        && before.starts_with(char::is_uppercase)
        && before.chars().count() <= 3;
    if !wide && (next == end || abbreviation || after.starts_with(char::is_lowercase)) {
        return None;
    }
    // Chinese pages mark paragraphs by wide or double spaces once their line ends are lost.
    let paragraph = wide && (next - end > 1);
    Some(Cut { end, next, paragraph })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sentences(text: &str) -> Vec<String> {
        let draft = Draft::new(text, &Pairs::default());
        draft
            .sentences()
            .map(|sentence| {
                let units: Vec<_> = sentence.units.iter().map(|unit| &*unit.text).collect();
                units.join("_") + &sentence.end
            })
            .collect()
    }

    #[test]
    fn sentences_end_where_they_end() {
        for (text, expected) in [
            ("He came. “She left!” they said.", "He_came.|She_left_they_said."),
            ("Mr. Bean ate 3.5 apples. Why?", "Mr_Bean_ate_3.5_apples.|Why?"),
            ("one\ntwo\n\nthree.", "one|two|three."),
            ("红星开。他来了！好", "红_星_开。|他_来_了！|好"),
            ("قال هذا؟ ثم ذهب.", "قال_هذا؟|ثم_ذهب."),
            ("", ""),
        ] {
            assert_eq!(sentences(text).join("|"), expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_edited_comes_back() {
        for text in [
            "“One,” he said. Two – (three) four.\n\nFive six!\nSeven",
            "红星“爱木”开。他来了！好",
            "Привет, мир. Это тест…",
        ] {
            assert_eq!(Draft::new(text, &Pairs::default()).text(), text);
        }
    }

    #[test]
    fn parts_of_a_compound_are_not_free() {
        let draft = Draft::new("An HD-DVD of 10km, he said to x.org/a 的app", &Pairs::default());
        let sentence = &draft.0[0].sentences[0];
        let free = (0..sentence.units.len()).filter(|&at| sentence.is_free(at));
        let free: Vec<&str> = free.map(|at| &*sentence.units[at].text).collect();
        assert_eq!(free, ["An", "of", "he", "said", "to", "的", "app"]);
    }

    #[test]
    fn a_sentence_knows_where_it_stops() {
        let text = "One two. Three “four.” Five";
        let draft = Draft::new(text, &Pairs::default());
        let cut: Vec<&str> = draft.sentences().map(|sentence| &text[..sentence.stop]).collect();
        assert_eq!(cut, ["One two.", "One two. Three “four.”", text]);
        assert_eq!(draft.len(), 5);
    }
}
