//! The slow path of `words.rs`: any text at all, folded by `normalize.rs` and cut by `unicode-segmentation`.
//!
//! Linear. Limits: the text must not begin inside a word of what stands before it.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::letters::{is_han, is_unspaced};
use super::normalize::{Normalized, word_folds};
use super::runs::Sink;
use super::words::Kind;

/// What is filled anew for every chunk.
#[derive(Debug, Default)]
pub(super) struct Buffer {
    folded: Normalized,
    number: Vec<u8>,
}

/// Folds the chunk, cuts it at UAX-29 boundaries, and each word so found where letters, digits and scripts meet.
///
/// `base` is added to the byte ranges that `sink` gets.
pub(super) fn each_word(chunk: &str, base: u32, buffer: &mut Buffer, sink: &mut impl Sink) {
    let Buffer { folded, number } = buffer;
    folded.fill(chunk);
    for (at, segment) in folded.text.split_word_bound_indices() {
        if !segment.contains(char::is_alphanumeric) {
            continue;
        }
        each_part(segment, |part, class| {
            let place = folded.original(at + part.start..at + part.end);
            let is_capital = chunk[place.start as usize..].starts_with(char::is_uppercase);
            let kind = class.kind().capital(is_capital);
            let letters = word_folds(segment[part].as_bytes(), kind, number);
            sink.word(letters, base + place.start..base + place.end, kind);
        });
    }
}

/// The slow twin of the fast and the slow path together: folds and segments the whole text at once, without offsets.
#[cfg(any(test, fuzzing))]
#[allow(unreachable_pub, reason = "reached by the fuzz target")]
pub fn words_of_whole(text: &str) -> Vec<String> {
    use unicode_normalization::UnicodeNormalization;
    let mut folded = Normalized::default();
    folded.fill(&text.nfc().collect::<String>());
    let (mut words, mut number) = (Vec::new(), Vec::new());
    for segment in folded.text.unicode_words() {
        each_part(segment, |part, class| {
            let letters = word_folds(segment[part].as_bytes(), class.kind(), &mut number);
            words.push(String::from_utf8(letters.to_vec()).expect("letters are whole characters"));
        });
    }
    words
}

/// The parts of one UAX-29 word: runs of letters, runs of digits, single characters of unspaced scripts.
///
/// A punctuation mark stays if letters (or digits) of one run stand on both sides of it. Marks go with what they
/// follow.
fn each_part(segment: &str, mut visit: impl FnMut(Range<usize>, Class)) {
    let mut open: Option<(Range<usize>, Class)> = None;
    for (at, c) in segment.char_indices() {
        let end = at + c.len_utf8();
        let class = Class::of(c);
        match (&mut open, class) {
            (_, Class::Joiner) => {}
            (Some((part, Class::Unspaced)), Class::Unspaced | Class::Mark) => part.end = end,
            (Some((part, _)), Class::Mark) if part.end == at => part.end = end,
            (Some((part, Class::Letter)), Class::Letter)
            | (Some((part, Class::Digit)), Class::Digit) => part.end = end,
            (_, Class::Separator | Class::Mark) => {
                if let Some((part, class)) = open.take() {
                    visit(part, class);
                }
            }
            (_, class) => {
                if let Some((part, class)) = open.replace((at..end, class)) {
                    visit(part, class);
                }
            }
        }
    }
    if let Some((part, class)) = open {
        visit(part, class);
    }
}

/// What a normalized character does inside a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Letter,
    Digit,
    Han,
    Unspaced,
    Mark,
    Joiner,
    Separator,
}

impl Class {
    fn of(c: char) -> Class {
        match c {
            'a'..='z' => Class::Letter,
            '0'..='9' => Class::Digit,
            '_' => Class::Separator,
            '.' | '\'' | ':' | ',' | ';' | '·' | '\u{2027}' => Class::Joiner,
            _ if is_han(c) => Class::Han,
            _ if is_unspaced(c) => Class::Unspaced,
            _ if c.is_numeric() => Class::Digit,
            _ if c.is_alphabetic() => Class::Letter,
            _ => Class::Mark,
        }
    }

    fn kind(self) -> Kind {
        match self {
            Class::Digit => Kind::NUMBER,
            Class::Han => Kind::HAN,
            Class::Unspaced => Kind::UNSPACED,
            _ => Kind::default(),
        }
    }
}
