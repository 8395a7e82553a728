//! Normalizer `n1`: how characters and words are made comparable. Versioned; a change needs a new name.
//!
//! Of characters: NFC; full-width forms, ligatures and presentation forms folded to plain letters; simple case fold;
//! apostrophes, dashes and decimal digits of one value unified; soft hyphens, zero-width and bidirectional controls,
//! Arabic tatweel and variation selectors removed. Of words: possessive `'s` stripped, split where digits and letters
//! meet and at underscores, digit grouping dropped (`2,000` is `2000`). Diacritics stay.
//!
//! Every normalized character keeps the byte range of the original it came from, so that evidence can be shown in the
//! text as it stood. Linear in the text. Limits: line-end hyphenation is not joined, because it cannot be told from a
//! real hyphen without a dictionary; grouping by spaces (`2 000`) stays two words, because so do two numbers.

use std::ops::Range;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::decompose_compatible;
use unicode_normalization::{IsNormalized, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

use super::words::Kind;

/// The name of this normalizer, stored with everything that was made by it.
pub const VERSION: &str = "n1";

/// A piece of text after the character folds, with a way back to the original.
#[derive(Debug, Default)]
pub struct Normalized {
    /// The folded characters.
    pub text: String,
    /// For every byte of `text`: the byte range, in the original piece, of the character it belongs to.
    origin: Vec<Range<u32>>,
}

impl Normalized {
    /// Folds `original` into this buffer, replacing what it held. Offsets count from the start of `original`.
    pub fn fill(&mut self, original: &str) {
        self.text.clear();
        self.origin.clear();
        if is_nfc_quick(original.chars()) == IsNormalized::Yes {
            for (at, c) in original.char_indices() {
                let range = at as u32..(at + c.len_utf8()) as u32;
                fold(c, |folded| self.push(folded, range.clone()));
            }
        } else {
            for (at, cluster) in original.grapheme_indices(true) {
                let range = at as u32..(at + cluster.len()) as u32;
                for c in cluster.nfc() {
                    fold(c, |folded| self.push(folded, range.clone()));
                }
            }
        }
        if is_nfc_quick(self.text.chars()) != IsNormalized::Yes {
            self.compose();
        }
    }

    /// The byte range in the original of a byte range of `text`.
    pub fn original(&self, range: Range<usize>) -> Range<u32> {
        match (
            self.origin.get(range.start),
            range.end.checked_sub(1).and_then(|last| self.origin.get(last)),
        ) {
            (Some(first), Some(last)) => first.start..last.end,
            _ => 0..0,
        }
    }

    fn push(&mut self, c: char, range: Range<u32>) {
        self.text.push(c);
        self.origin.resize(self.text.len(), range);
    }

    /// Folding can leave letters that compose again (half-width katakana with its voicing mark).
    fn compose(&mut self) {
        let mut composed = Normalized::default();
        for (at, cluster) in self.text.grapheme_indices(true) {
            let range = self.original(at..at + cluster.len());
            for c in cluster.nfc() {
                composed.push(c, range.clone());
            }
        }
        *self = composed;
    }
}

/// What a character folds to, if that is one character.
pub(super) fn fold_one(c: char) -> Option<char> {
    let (mut one, mut count) = (None, 0);
    fold(c, |folded| {
        one = Some(folded);
        count += 1;
    });
    one.filter(|_| count == 1)
}

/// True if the character folds to nothing.
pub(super) fn is_removed(c: char) -> bool {
    let mut is_removed = true;
    fold(c, |_| is_removed = false);
    is_removed
}

/// The folds of one character: none, one, or several.
fn fold(c: char, mut push: impl FnMut(char)) {
    match c {
        'a'..='z' | '0'..='9' => push(c),
        'A'..='Z' => push(c.to_ascii_lowercase()),
        // Apostrophes and single quotes.
        '\u{2018}'..='\u{201B}' | '\u{02BC}' | '\u{02B9}' | '\u{2032}' | '\u{00B4}' | '`' => {
            push('\'')
        }
        // Hyphens and dashes. None joins words, so that one sign serves for all.
        '\u{2010}'..='\u{2015}' | '\u{2212}' => push('-'),
        // Soft hyphen, zero-width, joiners, bidirectional controls, tatweel, variation selectors.
        '\u{00AD}' | '\u{0640}' | '\u{061C}' | '\u{180E}' | '\u{FEFF}' => {}
        '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' => {}
        '\u{FE00}'..='\u{FE0F}' => {}
        '\u{066B}' => push('.'),
        '\u{066C}' => push(','),
        // Full- and half-width forms, Latin ligatures, Arabic presentation forms.
        '\u{FB00}'..='\u{FB06}'
        | '\u{FB50}'..='\u{FDFF}'
        | '\u{FE70}'..='\u{FEFC}'
        | '\u{FF01}'..='\u{FFEE}' => {
            let mut changed = false;
            decompose_compatible(c, |plain| {
                if plain != c {
                    changed = true;
                    fold(plain, &mut push as &mut dyn FnMut(char));
                }
            });
            if !changed {
                push(c);
            }
        }
        _ => match digit(c) {
            Some(value) => push(value),
            None => push(simple_fold(c)),
        },
    }
}

/// The ASCII digit of the same value, for the digits that news in these scripts mixes with ASCII ones.
fn digit(c: char) -> Option<char> {
    const ZEROS: [u32; 5] = [0x0660, 0x06F0, 0x0966, 0x09E6, 0x0E50];
    let zero = ZEROS.into_iter().find(|zero| (*zero..zero + 10).contains(&(c as u32)))?;
    char::from_digit(c as u32 - zero, 10)
}

/// Simple case folding: one character to one character.
fn simple_fold(c: char) -> char {
    match c {
        'ς' => 'σ',
        'ſ' => 's',
        'ẞ' => 'ß',
        'İ' => 'i',
        _ => {
            let mut lower = c.to_lowercase();
            match (lower.next(), lower.next()) {
                (Some(one), None) => one,
                _ => c,
            }
        }
    }
}

/// The folds of n1 that look at a whole word of folded letters. `number` is room for the result.
#[inline]
pub(super) fn word_folds<'a>(letters: &'a [u8], kind: Kind, number: &'a mut Vec<u8>) -> &'a [u8] {
    if kind.is_number() { drop_grouping(letters, number) } else { strip_possessive(letters) }
}

/// The number without its digit grouping: `2,000` and `2.000` give `2000`, `1,234.5` gives `1234.5`, `12,5` stays.
///
/// A group is exactly three digits after one separator that stays the same; what follows may be one other separator
/// and decimals.
fn drop_grouping<'a>(number: &'a [u8], out: &'a mut Vec<u8>) -> &'a [u8] {
    let lead = number.iter().take_while(|b| b.is_ascii_digit()).count();
    let separator = match number.get(lead) {
        Some(&b) if matches!(b, b',' | b'.' | b'\'') && (1..=3).contains(&lead) => b,
        _ => return number,
    };
    let mut end = lead;
    while number.get(end) == Some(&separator)
        && number[end + 1..].iter().take_while(|b| b.is_ascii_digit()).count() == 3
    {
        end += 4;
    }
    if end == lead || number.get(end) == Some(&separator) {
        return number;
    }
    out.clear();
    out.extend(number[..end].iter().filter(|b| b.is_ascii_digit()));
    out.extend_from_slice(&number[end..]);
    out
}

/// The word without a possessive `'s`.
fn strip_possessive(word: &[u8]) -> &[u8] {
    match word.strip_suffix(b"'s") {
        Some(owner) if !owner.is_empty() => owner,
        _ => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folded(original: &str) -> String {
        let mut n = Normalized::default();
        n.fill(original);
        n.text
    }

    #[test]
    fn folds_what_it_says() {
        for (original, expected) in [
            ("Caf\u{65}\u{301}", "caf\u{e9}"),
            ("ＡＢＣ１２", "abc12"),
            ("ﬁnance", "finance"),
            ("don’t", "don't"),
            ("co\u{AD}op\u{200B}", "coop"),
            ("ΟΔΟΣ", "οδοσ"),
            ("١٢٣", "123"),
            ("ﾊﾞｽ", "バス"),
            ("كـــتاب", "كتاب"),
            ("1990–95", "1990-95"),
        ] {
            assert_eq!(folded(original), expected, "{original:?}");
        }
    }

    #[test]
    fn offsets_lead_back() {
        let original = "x\u{AD}Caf\u{65}\u{301}’s";
        let mut n = Normalized::default();
        n.fill(original);
        let at = n.text.find('c').unwrap();
        let range = n.original(at..at + "café".len());
        assert_eq!(&original[range.start as usize..range.end as usize], "Cafe\u{301}");
    }

    #[test]
    fn grouping() {
        let mut out = Vec::new();
        for (number, expected) in [
            ("2,000", "2000"),
            ("1.234.567", "1234567"),
            ("1,234.5", "1234.5"),
            ("12,5", "12,5"),
            ("1,23,456", "1,23,456"),
            ("1234,567", "1234,567"),
            ("3.14", "3.14"),
            ("1,000,5", "1,000,5"),
            ("7", "7"),
        ] {
            let dropped = drop_grouping(number.as_bytes(), &mut out);
            assert_eq!(dropped, expected.as_bytes(), "{number}");
        }
    }

    #[test]
    fn possessives() {
        assert_eq!(strip_possessive(b"mayor's"), b"mayor");
        assert_eq!(strip_possessive(b"'s"), b"'s");
    }
}
