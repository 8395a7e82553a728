//! The fast path of `words.rs`: runs of letters, of digits and single joiners, read by table from left to right.
//!
//! An ASCII word of up to 15 letters with nothing behind it that could prolong it is found sixteen bytes at a time. Any
//! other is read character by character by the table of letters. Where a character stands about which the table leaves a
//! question open, the text goes to the slow path (`segment.rs`) from the beginning of the word, sign or letter before it
//! up to the next ASCII white space. Nothing in UAX-29 looks back further than over one joiner, and no rule of Unicode
//! normalization over a character that is in the table, so that what is cut off here has no part in what follows.
//!
//! Linear. What bounds it is the chain from the length of a word to the place of the next. Road not taken: vector
//! instructions by name, which need `unsafe` wherever the calling function does not declare them.
//!
//! Where a chunk is not in normal form C, the range of a word in its plain part ends with its last letter; that of a word
//! read by the slow path takes in what is joined to that letter, such as a zero-width joiner.

use std::hint::select_unpredictable;
use std::ops::Range;

use super::letters::{Letter, Role, is_space, letter, short_letters};
use super::normalize::word_folds;
use super::segment;
use super::words::Kind;

/// What is done with each word: its normalized letters (UTF-8), its byte range and its kind.
pub(super) trait Sink {
    /// Takes the next word.
    fn word(&mut self, letters: &[u8], span: Range<u32>, kind: Kind);

    /// The same for a word of 1 to 15 ASCII letters, the first in the lowest byte; those behind them mean nothing.
    fn short_word(&mut self, letters: [u64; 2], span: Range<u32>, kind: Kind);
}

/// Gives every word of `text` in order to `sink`.
#[inline]
pub(super) fn each_word(text: &str, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let mut reader = Reader::new();
    let mut at = 0;
    while at < bytes.len() {
        let window = load(bytes, at);
        let length = leading_letters(window);
        let end = at + length;
        let class = class(bytes, end);
        if length == 0 && class <= JOINER {
            at += 1;
        } else if class == BREAK && length < WINDOW
            || length > 0
                && length < WINDOW
                && class == JOINER
                && self::class(bytes, end + 1) <= JOINER
        {
            let kind = Kind::default().capital(bytes[at] & 0x20 == 0);
            sink.short_word(window.map(|half| half | each(0x20)), at as u32..end as u32, kind);
            // What ended the word, and the space that most often follows.
            at = end + 1;
            at += usize::from(bytes.get(at) == Some(&b' '));
        } else {
            at = reader.read(text, at, sink);
        }
    }
}

/// Bytes looked at together.
const WINDOW: usize = 16;

/// The bytes at `at`, the first lowest, and zeros behind the end.
#[inline(always)]
fn load(bytes: &[u8], at: usize) -> [u64; 2] {
    let window = match bytes.get(at..at + WINDOW).and_then(|window| window.first_chunk()) {
        Some(window) => u128::from_le_bytes(*window),
        None => bytes[at..].iter().rev().fold(0, |sum, &b| sum << 8 | u128::from(b)),
    };
    [window as u64, (window >> 64) as u64]
}

/// How many ASCII letters the window begins with.
#[inline(always)]
fn leading_letters(window: [u64; 2]) -> usize {
    let [low, high] = window.map(|half| {
        // Bit 7 of each byte of a sum says whether its other bits reach a limit; none carries into the next byte.
        let low_bits = (half | each(0x20)) & each(0x7F);
        let is_letter = (low_bits + each(0x80 - b'a')) & !(low_bits + each(0x7F - b'z')) & !half;
        (!is_letter & each(0x80)).trailing_zeros() as usize / 8
    });
    select_unpredictable(low == 8, 8 + high, low)
}

/// The same byte eight times.
const fn each(byte: u8) -> u64 {
    u64::from_le_bytes([byte; 8])
}

/// An ASCII character that stands in no word.
const BREAK: u8 = 0;
/// One that may join letters.
const JOINER: u8 = 1;
/// An ASCII letter or digit, a character that only a table knows, or `_`, which holds on to marks and katakana.
const OPEN: u8 = 2;

/// The class of the byte at `at`. The end of the text is like white space.
#[inline]
fn class(bytes: &[u8], at: usize) -> u8 {
    const CLASSES: [u8; 256] = {
        let mut classes = [BREAK; 256];
        let mut b = 0;
        while b < 256 {
            classes[b] = match b as u8 {
                b'.' | b'\'' | b':' | b'`' => JOINER,
                b'0'..=b'9' | b'a'..=b'z' | b'A'..=b'Z' | b'_' | 0x80.. => OPEN,
                _ => BREAK,
            };
            b += 1;
        }
        classes
    };
    bytes.get(at).map_or(BREAK, |&b| CLASSES[b as usize])
}

/// Bytes of a word that is read by table. A longer one is seldom a word.
const MAX_WORD: usize = 124;

/// Reads what is not a plain ASCII word.
struct Reader {
    word: [u8; MAX_WORD + 4],
    number: Vec<u8>,
    slow: segment::Buffer,
    short_letters: &'static [Letter; 2048],
}

impl Reader {
    fn new() -> Self {
        Reader {
            word: [0; MAX_WORD + 4],
            number: Vec::new(),
            slow: segment::Buffer::default(),
            short_letters: short_letters(),
        }
    }

    /// Reads the word, sign or chunk at `at`, and says where it ends.
    #[inline(never)]
    fn read(&mut self, text: &str, at: usize, sink: &mut impl Sink) -> usize {
        let Some((end, first, length)) = self.run(text, at) else {
            let rest = text.as_bytes()[at..].iter();
            let end = at + rest.take_while(|b| !is_space(char::from(**b))).count();
            segment::each_word(&text[at..end], at as u32, &mut self.slow, sink);
            return end;
        };
        let kind = match first.role() {
            Role::Letter => Kind::default(),
            Role::Digit => Kind::NUMBER,
            Role::Han => Kind::HAN,
            _ => return end,
        };
        let letters = word_folds(&self.word[..length], kind, &mut self.number);
        sink.word(letters, at as u32..end as u32, kind.capital(first.is_capital()));
        end
    }

    /// Reads the run of letters or of digits at `at`, joiners included, or else the one character that stands there.
    ///
    /// Gives the end, the first character and the bytes written to `word`; nothing if the table leaves open what becomes
    /// of it.
    #[inline(always)]
    fn run(&mut self, text: &str, at: usize) -> Option<(usize, Letter, usize)> {
        let bytes = text.as_bytes();
        let (first, mut end) = self.character(text, at);
        let mut length = first.write(&mut self.word, 0)?;
        let own = first.role();
        let joins = match own {
            Role::Other | Role::Mark => return None,
            Role::Break | Role::Removed => {
                let (mut next, mut behind) = self.character(text, end);
                while next.role() == Role::Removed {
                    end = behind;
                    (next, behind) = self.character(text, end);
                }
                return next.is_decided().then_some((end, first, length));
            }
            Role::Letter => Role::JoinsLetters,
            Role::Digit => Role::JoinsDigits,
            _ => {
                let behind = self.character(text, end).0;
                return behind.is_decided().then_some((end, first, length));
            }
        };
        let mut last = own;
        loop {
            while let Some(&[lead @ 0xC2..0xE0, trail]) = bytes.get(end..end + 2) {
                let next = self.short_letters[short_code(lead, trail)];
                if next.role() != own {
                    break;
                }
                length = next.write(&mut self.word, length)?;
                end += 2;
                last = own;
            }
            let (next, behind) = self.character(text, end);
            match next.role() {
                role if role == own => {}
                Role::Mark if last == Role::Letter => {}
                Role::Other | Role::Mark => return None,
                role if role == joins || matches!(role, Role::JoinsBoth | Role::Removed) => {
                    let letter = self.character(text, behind).0;
                    let joins_over_removed = role == Role::Removed && letter.role().joins();
                    if !letter.is_decided() || joins_over_removed {
                        return None;
                    }
                    if letter.role() != own {
                        return Some((end, first, length));
                    }
                }
                _ => return Some((end, first, length)),
            }
            length = next.write(&mut self.word, length)?;
            last = next.role();
            end = behind;
        }
    }

    /// The character at `at` and where it ends. The end of the text is like white space.
    #[inline(always)]
    fn character(&self, text: &str, at: usize) -> (Letter, usize) {
        match text.as_bytes()[at..] {
            [] => (self.short_letters[b' ' as usize], at),
            [b @ ..0x80, ..] => (self.short_letters[b as usize], at + 1),
            [lead @ 0xC2..0xE0, trail, ..] => (self.short_letters[short_code(lead, trail)], at + 2),
            _ => {
                let c = text[at..].chars().next().unwrap_or(' ');
                (letter(c), at + c.len_utf8())
            }
        }
    }
}

/// The character of two bytes of UTF-8.
#[inline(always)]
fn short_code(lead: u8, trail: u8) -> usize {
    (lead as usize & 0x1F) << 6 | trail as usize & 0x3F
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The quick tests of single bytes say what the table says.
    #[test]
    fn ascii_is_as_in_the_table() {
        for b in 0..128u8 {
            let role = letter(char::from(b)).role();
            assert_ne!(role, Role::Other, "{b:?}");
            let is_letter = role == Role::Letter;
            let expected = match role {
                Role::Letter | Role::Digit => OPEN,
                _ if b == b'_' => OPEN,
                Role::JoinsLetters | Role::JoinsBoth => JOINER,
                _ => BREAK,
            };
            assert_eq!(class(&[b], 0), expected, "{b:?}");
            assert!(!is_letter || b | 0x20 == b.to_ascii_lowercase(), "{b:?}");
        }
    }

    proptest! {
        #[test]
        fn letters_are_counted_as_one_by_one(
            window in prop_oneof![
                prop::array::uniform16(prop_oneof![0u8..=255, b'@'..=b'[', b'`'..=b'{']),
                prop::array::uniform16(prop_oneof![20 => b'a'..=b'z', 20 => b'A'..=b'Z', 1 => 0u8..=255]),
            ],
        ) {
            let count = window.iter().take_while(|b| b.is_ascii_alphabetic()).count();
            let halves = load(&window, 0);
            prop_assert_eq!(leading_letters(halves), count);
            let cut = load(&window[..count], 0).map(u64::to_le_bytes).concat();
            prop_assert_eq!(&cut[..count], &window[..count]);
            prop_assert!(cut[count..].iter().all(|b| *b == 0));
        }
    }
}
