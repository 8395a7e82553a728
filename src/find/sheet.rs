//! One text while its words go to passages: where sentences begin, what is boilerplate, what is taken.

use std::ops::Range;

use super::passage::Text;
use super::sentence::sentences;
use crate::text::Words;

/// Unmatched words that a passage takes in beyond its outer runs.
const MARGIN_WORDS: usize = 8;

/// One of the two texts.
pub(super) struct Sheet<'a> {
    text: &'a str,
    pub(super) words: &'a Words,
    pub(super) boilerplate: Vec<bool>,
    /// True for a word that begins a sentence.
    pub(super) begins: Vec<bool>,
    pub(super) taken: Vec<bool>,
    /// True for a word that passages must leave to a moved run.
    reserved: Vec<bool>,
}

impl<'a> Sheet<'a> {
    pub(super) fn new(text: &Text<'a>) -> Self {
        let words = text.words.len();
        let mut boilerplate = vec![false; words];
        for range in text.boilerplate {
            boilerplate[range.start as usize..range.end as usize].fill(true);
        }
        let mut begins = vec![false; words];
        sentences(text.text, text.words).iter().for_each(|sentence| begins[sentence.start] = true);
        Sheet {
            text: text.text,
            words: text.words,
            boilerplate,
            begins,
            taken: vec![false; words],
            reserved: vec![false; words],
        }
    }

    pub(super) fn reserve(&mut self, range: Range<usize>) {
        self.reserved[range].fill(true);
    }

    /// True if a passage of this kind can have the word for the sake of its neighbors.
    fn is_free(&self, word: usize, boilerplate: bool) -> bool {
        !self.taken[word] && !self.reserved[word] && self.boilerplate[word] == boilerplate
    }

    /// Where the sentence of a word begins, or else what passages have before it, if only a few words from `from` on
    /// stand between.
    pub(super) fn stretch_start(&self, word: usize, from: usize, boilerplate: bool) -> usize {
        let mut start = word;
        while start > from && !self.begins[start] && self.is_free(start - 1, boilerplate) {
            if word - start == MARGIN_WORDS {
                return word;
            }
            start -= 1;
        }
        start
    }

    /// Where the sentence before a place ends, or else where passages have what follows, if only a few words up to `to`
    /// stand between.
    pub(super) fn stretch_end(&self, place: usize, to: usize, boilerplate: bool) -> usize {
        let to = to.min(self.begins.len());
        let mut end = place;
        while end < to && !self.begins[end] && self.is_free(end, boilerplate) {
            if end - place == MARGIN_WORDS {
                return place;
            }
            end += 1;
        }
        end
    }

    /// The bytes of a range of words, with the punctuation around them.
    pub(super) fn bytes(&self, range: &Range<usize>) -> Range<u32> {
        if range.is_empty() {
            return 0..0;
        }
        let start = self.border(range.start).1;
        start..self.border(range.end).0.max(start)
    }

    /// Where what stands before a word ends, and where the word begins with the marks that open it.
    fn border(&self, word: usize) -> (u32, u32) {
        let spans = &self.words.spans;
        let before = word.checked_sub(1).map_or(0, |before| spans[before].end);
        let after = spans.get(word).map_or(self.text.len() as u32, |span| span.start).max(before);
        let between = &self.text[before as usize..after as usize];
        let first = between.find(char::is_whitespace).or_else(|| between.find(opens));
        let left = match first {
            _ if word == 0 => 0,
            Some(at) => at,
            None => between.len(),
        };
        let right = match between.rfind(char::is_whitespace) {
            Some(_) if word == spans.len() => between.len(),
            Some(at) => at + between[at..].chars().next().map_or(0, char::len_utf8),
            None if word == 0 => 0,
            None => left,
        };
        (before + left as u32, before + right as u32)
    }
}

/// Marks that belong to the word after them.
fn opens(c: char) -> bool {
    matches!(
        c,
        '(' | '['
            | '“'
            | '„'
            | '‘'
            | '«'
            | '‹'
            | '¿'
            | '¡'
            | '「'
            | '『'
            | '《'
            | '〈'
            | '（'
            | '【'
            | '〔'
    )
}
