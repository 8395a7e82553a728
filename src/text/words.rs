//! Text to words: UAX-29 word boundaries after normalizer `n1`, with the place of every word in the original.
//!
//! Runs of characters whose part in words is plain are read by table (`runs.rs`); the rest is folded and goes through
//! `unicode-segmentation` (`segment.rs`). Together they must equal the slow twin in the tests, which folds and segments
//! the whole text at once. `columns.rs` gathers and hashes what they find.
//!
//! Scripts written without spaces would give words of one letter under UAX-29, and worse, katakana runs of any length:
//! each Han or kana character, and each Thai, Lao, Khmer or Burmese grapheme, becomes a word of its own that says so
//! ([`Kind`]), and shingles take more of them. A dictionary segmenter would read better and change with every edition
//! of its dictionary.
//!
//! Linear; measured on news by `benches/stages.rs`.

use std::ops::Range;

use super::columns::Columns;
use super::hash::Fingerprint;
use super::quotes::quotations;
use super::runs::{self, Sink};

/// What is known of a word besides its letters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Kind(u8);

impl Kind {
    pub(super) const NUMBER: Kind = Kind(1);
    pub(super) const CAPITAL: Kind = Kind(2);
    pub(super) const HAN: Kind = Kind(4);
    pub(super) const UNSPACED: Kind = Kind(8);
    const QUOTED: Kind = Kind(16);

    /// This kind, and that of a word with a capital if it has one.
    #[inline]
    pub(super) fn capital(self, is_capital: bool) -> Kind {
        if is_capital { Kind(self.0 | Kind::CAPITAL.0) } else { self }
    }

    /// The kind of a run of ASCII letters or digits, by its first byte.
    #[inline]
    pub(super) fn of_plain_word(first: u8) -> Kind {
        static KINDS: [Kind; 256] = {
            let mut kinds = [Kind(0); 256];
            let mut b = b'0';
            while b <= b'Z' {
                kinds[b as usize] = if b <= b'9' { Kind::NUMBER } else { Kind::CAPITAL };
                b += 1;
            }
            kinds
        };
        KINDS[first as usize]
    }

    fn has(self, other: Kind) -> bool {
        self.0 & other.0 != 0
    }

    /// As one byte, for storage.
    pub(crate) fn to_byte(self) -> u8 {
        self.0
    }

    /// From the byte it was stored as.
    pub(crate) fn from_byte(byte: u8) -> Self {
        Kind(byte)
    }

    /// True for a run of digits.
    pub fn is_number(self) -> bool {
        self.has(Kind::NUMBER)
    }

    /// True if the original began with an upper-case letter.
    pub fn is_capital(self) -> bool {
        self.has(Kind::CAPITAL)
    }

    /// True for one character of Han or kana.
    pub fn is_han(self) -> bool {
        self.has(Kind::HAN)
    }

    /// True if the word stands inside quotation marks.
    pub fn is_quoted(self) -> bool {
        self.has(Kind::QUOTED)
    }

    /// True for one grapheme of Thai, Lao, Khmer or Burmese.
    pub fn is_unspaced(self) -> bool {
        self.has(Kind::UNSPACED)
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
    /// Identity of each word ([`word_id`](super::hash::word_id)).
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
        let mut columns = Columns::new(text.as_bytes());
        runs::each_word(text, &mut columns);
        let mut words = columns.finish();
        words.mark_quotations(text);
        words
    }

    fn mark_quotations(&mut self, text: &str) {
        let mut at = 0;
        for range in quotations(text) {
            at += self.spans[at..].partition_point(|span| span.start < range.start);
            let end = at + self.spans[at..].partition_point(|span| span.start < range.end);
            self.kinds[at..end].iter_mut().for_each(|kind| kind.0 |= Kind::QUOTED.0);
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

#[cfg(fuzzing)]
pub use super::segment::words_of_whole;

/// Calls `visit` with every word of `text` in order.
pub fn each_word(text: &str, visit: impl FnMut(Word<'_>)) {
    struct Visit<'a, F> {
        text: &'a [u8],
        unfinished: Option<usize>,
        visit: F,
    }
    impl<F: FnMut(Word<'_>)> Sink for Visit<'_, F> {
        fn plain_words(&mut self, base: usize, mut starts: u64, mut ends: u64) {
            let next = |bits: &mut u64| {
                let at = (*bits != 0).then(|| base + bits.trailing_zeros() as usize);
                *bits &= bits.wrapping_sub(1);
                at
            };
            loop {
                self.unfinished = self.unfinished.or_else(|| next(&mut starts));
                let (Some(start), Some(end)) = (self.unfinished, next(&mut ends)) else { return };
                self.unfinished = None;
                let letters = self.text[start..end].to_ascii_lowercase();
                let kind = Kind::of_plain_word(self.text[start]);
                self.word(&letters, start as u32..end as u32, kind);
            }
        }

        fn take_unfinished(&mut self) -> Option<usize> {
            self.unfinished.take()
        }

        fn word(&mut self, letters: &[u8], span: Range<u32>, kind: Kind) {
            let normalized = std::str::from_utf8(letters).expect("letters are whole characters");
            (self.visit)(Word { normalized, span, kind });
        }

        fn short_word(&mut self, [low, high]: [u64; 2], span: Range<u32>, kind: Kind) {
            let letters = (u128::from(high) << 64 | u128::from(low)).to_le_bytes();
            self.word(&letters[..span.len()], span, kind);
        }
    }
    runs::each_word(text, &mut Visit { text: text.as_bytes(), unfinished: None, visit });
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::hash;
    use crate::text::segment::words_of_whole as slow;

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
            ("_\u{64B}㋐", "\u{64B}㋐"),
            ("_\u{200D}\u{64B}a", "\u{64B}a"),
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
        // What the fast path reads in one go, next to what it must leave alone.
        let news = prop::collection::vec(
            prop_oneof![
                6 => "[a-zA-Z]{1,20}",
                3 => "[а-яА-Яا-يé]{1,9}",
                1 => "[a-zа-я]{120,130}",
                4 => "[ ,.'’:;”“—\"-]{1,3}",
                2 => "[0-9٠-٩.,]{1,7}",
                2 => "[\u{301}\u{338}\u{64B}\u{651}\u{AD}\u{200D}\u{FE0F}🎉🇺👍🏽،ーカ㋐ｱ한중]{1,3}",
            ],
            0..8,
        );
        prop_oneof![
            hard,
            "[ -~]{0,40}",
            any::<String>(),
            plane,
            news.prop_map(|parts| parts.concat())
        ]
    }

    /// Every character that the table may know between neighbors of every role.
    #[test]
    fn each_character_among_neighbors_equals_the_whole() {
        let neighbors = ["", "a", "1", "カ", "中", "."];
        for c in ('\0'..'\u{FFFF}').chain('\u{1F000}'..'\u{20000}') {
            for (before, after) in
                neighbors.iter().flat_map(|x| neighbors.iter().map(move |y| (x, y)))
            {
                let text = format!("{before}{c}{after}");
                assert_eq!(fast(&text), slow(&text), "{text:?}");
            }
        }
    }

    proptest! {
        // Twice what the run asks for: this is what the fast path stands on.
        #![proptest_config(ProptestConfig { cases: 2 * ProptestConfig::default().cases, ..ProptestConfig::default() })]

        #[test]
        fn chunks_equal_the_whole(text in text()) {
            prop_assert_eq!(fast(&text), slow(&text));
        }

        /// Words on the borders of blocks, among plain ones that fill the blocks.
        #[test]
        fn blocks_equal_the_whole(
            parts in prop::collection::vec(
                prop_oneof![
                    8 => "[a-zA-Z]{1,9}[ ,.-]{0,2}",
                    1 => "[a-zA-Z]{15,70}",
                    1 => text(),
                    1 => "([a-z0-9]{1,3}[.,'’_:;`]){1,3}",
                    1 => "([а-яé]{1,20}[ .])|([سعيد،]{1,9} )",
                    1 => "[“”–—’][a-z0-9_\u{301} ]{0,2}",
                ],
                0..40,
            ),
        ) {
            let text = parts.concat();
            prop_assert_eq!(fast(&text), slow(&text));
        }

        /// The columns, gathered in blocks and hashed by length, are what one visit after the other gives.
        #[test]
        fn columns_equal_visits(
            parts in prop::collection::vec(prop_oneof![text(), "([a-zA-Z0-9]{1,20} ){0,60}"], 0..20),
            repeated in 1usize..5,
        ) {
            let text = parts.join(" ").repeat(repeated);
            let (words, mut at, mut hashes) = (Words::new(&text), 0, Vec::new());
            each_word(&text, |word| {
                let hash = hash::word(word.normalized.as_bytes());
                hashes.extend_from_slice(&hash.to_le_bytes());
                assert_eq!(words.ids[at], hash::word_id(hash));
                assert_eq!(words.spans[at], word.span);
                assert_eq!(Kind(words.kinds[at].0 & !Kind::QUOTED.0), word.kind);
                at += 1;
            });
            prop_assert_eq!(words.len(), at);
            prop_assert_eq!(words.fingerprint, Fingerprint::of_word_hashes(&hashes));
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
