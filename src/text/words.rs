//! Text to words: UAX-29 word boundaries after normalizer `n1`, with the place of every word in the original.
//!
//! The text is cut at ASCII white space, across which no boundary rule reaches. A chunk of characters whose part in words
//! is plain is read by a table (`letters.rs`); any other chunk is folded and goes through `unicode-segmentation`. Both
//! must equal the slow twin in the tests, which folds and segments the whole text at once.
//!
//! Scripts written without spaces would give words of one letter under UAX-29, and worse, katakana runs of any length:
//! each Han or kana character, and each Thai, Lao, Khmer or Burmese grapheme, becomes a word of its own that says so
//! ([`Kind`]), and shingles take more of them. A dictionary segmenter would read better and change with every edition
//! of its dictionary.
//!
//! Linear; measured on news: see `benches/words.rs`.

use std::ops::Range;

use unicode_segmentation::UnicodeSegmentation;

use super::hash::{self, Fingerprint};
use super::letters::{Letter, Role, is_han, letter};
use super::normalize::{Normalized, drop_grouping, strip_possessive};
use super::quotes::quotations;

/// What is known of a word besides its letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kind(u8);

impl Kind {
    const NUMBER: u8 = 1;
    const CAPITAL: u8 = 2;
    const HAN: u8 = 4;
    const UNSPACED: u8 = 8;
    const QUOTED: u8 = 16;

    /// True for a run of digits.
    pub fn is_number(self) -> bool {
        self.0 & Self::NUMBER != 0
    }

    /// True if the original began with an upper-case letter.
    pub fn is_capital(self) -> bool {
        self.0 & Self::CAPITAL != 0
    }

    /// True for one character of Han or kana.
    pub fn is_han(self) -> bool {
        self.0 & Self::HAN != 0
    }

    /// True if the word stands inside quotation marks.
    pub fn is_quoted(self) -> bool {
        self.0 & Self::QUOTED != 0
    }

    /// True for one grapheme of Thai, Lao, Khmer or Burmese.
    pub fn is_unspaced(self) -> bool {
        self.0 & Self::UNSPACED != 0
    }
}

/// One word, as it is met. Whether it is quoted is known of [`Words`] only.
#[derive(Debug)]
pub struct Word<'a> {
    /// The normalized letters.
    pub normalized: &'a str,
    /// Byte range in the original text.
    pub span: Range<u32>,
    /// What kind of word it is.
    pub kind: Kind,
}

/// The words of one text, as parallel columns.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    /// Identity of each word ([`hash::word_id`]).
    pub ids: Vec<u32>,
    /// Kind of each word.
    pub kinds: Vec<Kind>,
    /// Byte range of each word in the original text.
    pub spans: Vec<Range<u32>>,
    /// Identity of the whole sequence.
    pub fingerprint: Fingerprint,
}

impl Words {
    /// The words of `text`, which must be shorter than 4 GiB.
    pub fn new(text: &str) -> Self {
        let mut words = Words::default();
        let mut hashes = Vec::with_capacity(text.len());
        each_word(text, |word| {
            let hash = hash::word(word.normalized.as_bytes());
            hashes.extend_from_slice(&hash.to_le_bytes());
            words.ids.push(hash::word_id(hash));
            words.kinds.push(word.kind);
            words.spans.push(word.span);
        });
        words.fingerprint = Fingerprint::of_word_hashes(&hashes);
        words.mark_quotations(text);
        words
    }

    fn mark_quotations(&mut self, text: &str) {
        let mut at = 0;
        for range in quotations(text) {
            at += self.spans[at..].partition_point(|span| span.start < range.start);
            let end = at + self.spans[at..].partition_point(|span| span.start < range.end);
            self.kinds[at..end].iter_mut().for_each(|kind| kind.0 |= Kind::QUOTED);
            at = end;
        }
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// True if the text holds no word.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
}

/// Calls `visit` with every word of `text` in order.
pub fn each_word(text: &str, mut visit: impl FnMut(Word<'_>)) {
    let bytes = text.as_bytes();
    let mut buffer = Buffer::default();
    let mut at = 0;
    while at < bytes.len() {
        if is_space(bytes[at]) {
            at += 1;
            continue;
        }
        let end = at + bytes[at..].iter().take_while(|b| !is_space(**b)).count();
        if !plain_chunk(&text[at..end], at as u32, &mut buffer, &mut visit) {
            unicode_chunk(&text[at..end], at as u32, &mut buffer, &mut visit);
        }
        at = end;
    }
}

/// What is filled anew for every chunk.
#[derive(Default)]
struct Buffer {
    chunk: Vec<(u32, Letter)>,
    folded: Normalized,
    letters: String,
}

fn is_space(b: u8) -> bool {
    matches!(b, b' ' | b'\t'..=b'\r')
}

/// Reads a chunk by the table of letters; false, with nothing visited, if the table leaves one of them open.
fn plain_chunk(
    chunk: &str,
    base: u32,
    buffer: &mut Buffer,
    visit: &mut impl FnMut(Word<'_>),
) -> bool {
    buffer.chunk.clear();
    for (at, c) in chunk.char_indices() {
        let letter = letter(c);
        if letter.role == Role::Other {
            return false;
        }
        buffer.chunk.push((base + at as u32, letter));
    }
    let chunk_end = base + chunk.len() as u32;
    let mut rest = &buffer.chunk[..];
    while let Some((&(start, first), _)) = rest.split_first() {
        let length = match first.role {
            Role::Letter | Role::Digit => run(rest),
            Role::Han => 1,
            _ => {
                rest = &rest[1..];
                continue;
            }
        };
        buffer.letters.clear();
        buffer.letters.extend(rest[..length].iter().map(|(_, letter)| letter.folded));
        rest = &rest[length..];
        let end = rest.first().map_or(chunk_end, |(at, _)| *at);
        let kind = match first.role {
            Role::Digit => Kind::NUMBER,
            Role::Han => Kind::HAN,
            _ => 0,
        };
        let capital = if first.is_capital { Kind::CAPITAL } else { 0 };
        finish(&buffer.letters, start..end, Kind(kind | capital), visit);
    }
    true
}

/// Length of the run of letters (or of digits) that `rest` begins with, single joiners between two of them included.
fn run(rest: &[(u32, Letter)]) -> usize {
    let own = rest[0].1.role;
    let joins = |role: Role| match own {
        Role::Letter => matches!(role, Role::JoinsLetters | Role::JoinsBoth),
        _ => matches!(role, Role::JoinsDigits | Role::JoinsBoth),
    };
    let mut at = 0;
    loop {
        at += rest[at..].iter().take_while(|(_, letter)| letter.role == own).count();
        match rest.get(at..at + 2) {
            Some([(_, mid), (_, next)]) if joins(mid.role) && next.role == own => at += 1,
            _ => return at,
        }
    }
}

/// Folds the chunk, cuts it at UAX-29 boundaries, and each word so found where letters, digits and scripts meet.
fn unicode_chunk(chunk: &str, base: u32, buffer: &mut Buffer, visit: &mut impl FnMut(Word<'_>)) {
    let Buffer { folded, letters, .. } = buffer;
    folded.fill(chunk);
    for (at, segment) in folded.text.split_word_bound_indices() {
        if !segment.contains(char::is_alphanumeric) {
            continue;
        }
        each_part(segment, |part, class| {
            letters.clear();
            letters.push_str(&segment[part.clone()]);
            let place = folded.original(at + part.start..at + part.end);
            let capital = chunk[place.start as usize..].starts_with(char::is_uppercase);
            let kind = Kind(class.kind() | if capital { Kind::CAPITAL } else { 0 });
            finish(letters, base + place.start..base + place.end, kind, visit);
        });
    }
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

/// The word-level folds of n1, then the word.
fn finish(letters: &str, span: Range<u32>, kind: Kind, visit: &mut impl FnMut(Word<'_>)) {
    if kind.is_number() && letters.len() > 4 {
        let mut number = String::with_capacity(letters.len());
        drop_grouping(letters, &mut number);
        visit(Word { normalized: &number, span, kind });
    } else {
        visit(Word { normalized: strip_possessive(letters), span, kind });
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
            '\u{0E00}'..='\u{0EFF}'
            | '\u{1000}'..='\u{109F}'
            | '\u{1780}'..='\u{17FF}'
            | '\u{A9E0}'..='\u{A9FF}'
            | '\u{AA60}'..='\u{AA7F}' => Class::Unspaced,
            _ if c.is_numeric() => Class::Digit,
            _ if c.is_alphabetic() => Class::Letter,
            _ => Class::Mark,
        }
    }

    fn kind(self) -> u8 {
        match self {
            Class::Digit => Kind::NUMBER,
            Class::Han => Kind::HAN,
            Class::Unspaced => Kind::UNSPACED,
            _ => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    /// The slow twin: folds and segments the whole text at once, with no fast path and no offsets.
    fn slow(text: &str) -> Vec<String> {
        let mut folded = Normalized::default();
        folded.fill(&text.nfc().collect::<String>());
        let mut words = Vec::new();
        for segment in folded.text.unicode_words() {
            each_part(segment, |part, class| {
                let mut word = String::new();
                match class {
                    Class::Digit => drop_grouping(&segment[part], &mut word),
                    _ => word.push_str(strip_possessive(&segment[part])),
                }
                words.push(word);
            });
        }
        words
    }

    fn fast(text: &str) -> Vec<String> {
        let mut words = Vec::new();
        each_word(text, |word| words.push(word.normalized.to_owned()));
        words
    }

    #[test]
    fn words_people_write() {
        for (text, expected) in [
            ("Ukraine’s troops, 2,000 of them", "ukraine|troops|2000|of|them"),
            ("10km from U.S. 5,000-strong", "10|km|from|u.s|5000|strong"),
            ("don't can’t it's", "don't|can't|it"),
            ("_emphasis_ snake_case", "emphasis|snake|case"),
            ("covid-19, B2B, 3.14", "covid|19|b|2|b|3.14"),
            ("北京12月", "北|京|12|月"),
            ("カタカナ", "カ|タ|カ|ナ"),
            ("ภาษาไทย", "ภ|า|ษ|า|ไ|ท|ย"),
            ("Größe ÉTÉ", "größe|été"),
            ("안녕하세요 여러분", "안녕하세요|여러분"),
            ("http://a.example/x?y=1", "http|a.example|x|y|1"),
            ("हिन्दी समाचार", "हिन्दी|समाचार"),
            ("1Ⅰ ア・イ", "1ⅰ|ア|イ"),
        ] {
            assert_eq!(fast(text).join("|"), expected, "{text}");
        }
    }

    #[test]
    fn spans_lead_to_the_original() {
        let text = "Der „Große“ Préfet’s 2,000 Mann";
        let mut spans = Vec::new();
        each_word(text, |word| spans.push(&text[word.span.start as usize..word.span.end as usize]));
        assert_eq!(spans, ["Der", "Große", "Préfet’s", "2,000", "Mann"]);
    }

    /// Letters, marks and signs that the rules and folds treat differently.
    fn text() -> impl Strategy<Value = String> {
        let hard = "[a-zA-Z0-9_.,':;`\u{2019}\u{AD}\u{200D}\u{301}\u{FF21}\u{FB01}é中日カーﾊﾞกำ한\u{1100}\u{1161}\u{915}\u{94D}١ \n\u{A0}\u{2028}\"“-]{0,24}";
        let plane = prop::collection::vec(
            prop_oneof![(0u32..0x3100), (0u32..0x10000), Just(0x2E), Just(0x31)],
            0..12,
        );
        let plane = plane
            .prop_map(|codes| codes.into_iter().filter_map(char::from_u32).collect::<String>());
        prop_oneof![hard, "[ -~]{0,40}", any::<String>(), plane]
    }

    /// Every character of the Basic Multilingual Plane between neighbors of every role.
    #[test]
    fn each_character_among_neighbors_equals_the_whole() {
        let neighbors = ["", "a", "1", "カ", "中", "."];
        for c in '\0'..'\u{FFFF}' {
            for (before, after) in
                neighbors.iter().flat_map(|x| neighbors.iter().map(move |y| (x, y)))
            {
                let text = format!("{before}{c}{after}");
                assert_eq!(fast(&text), slow(&text), "{text:?}");
            }
        }
    }

    proptest! {
        // Eight times what the run asks for: this is what the fast path stands on.
        #![proptest_config(ProptestConfig { cases: 8 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

        #[test]
        fn chunks_equal_the_whole(text in text()) {
            prop_assert_eq!(fast(&text), slow(&text));
        }

        #[test]
        fn spans_are_in_order_and_on_character_borders(text in text()) {
            let words = Words::new(&text);
            let mut last = 0;
            for span in &words.spans {
                prop_assert!(span.start >= last && span.end > span.start, "{span:?} after {last}");
                prop_assert!(text.get(span.start as usize..span.end as usize).is_some());
                last = span.start;
            }
        }
    }
}
