//! The fast path of `words.rs`: runs of letters, of digits and single joiners, read from left to right.
//!
//! ASCII words with nothing behind them that could prolong them are found a block of 64 bytes at a time, from bit masks
//! (`block.rs`): most of news in English. A word of two-byte letters with as plain an end is gathered letter by letter from
//! the table of letters: most of news in Russian and Arabic. Any other is read character by character by that table. Where
//! a character stands about which the table leaves a question open, the text goes to the slow path (`segment.rs`) from the
//! beginning of the word, sign or letter before it up to the next ASCII white space. Nothing in UAX-29 looks back further
//! than over one joiner, and no rule of Unicode normalization over a character that is in the table, so that what is cut
//! off here has no part in what follows.
//!
//! Linear. What bounds it is the number of instructions, about a quarter of which are those of the hash (`benches/stages.rs`). Road
//! not taken: one word after the other, each looked for behind the end of the last, which takes longer.
//!
//! Where a chunk is not in normal form C, the range of a word in its plain part ends with its last letter; that of a word
//! read by the slow path takes in what is joined to that letter, such as a zero-width joiner.

use std::ops::Range;

use super::block::{Block, SIZE};
use super::letters::{Letter, Role, is_space, letter, short_letters};
use super::normalize::word_folds;
use super::segment;
use super::words::Kind;

/// What is done with each word: its normalized letters (UTF-8), its byte range and its kind.
pub(super) trait Sink {
    /// Takes the next word.
    fn word(&mut self, letters: &[u8], span: Range<u32>, kind: Kind);

    /// The same for a word that is as long as its span and has 1 to 16 bytes, the first lowest; those behind mean nothing.
    fn short_word(&mut self, letters: [u64; 2], span: Range<u32>, kind: Kind);
}

/// Gives every word of `text` in order to `sink`.
///
/// The text is read in blocks. Of each, the plain words are taken that stand before anything else; the next block begins
/// where the first word or sign that was not taken does.
#[inline(always)]
pub(super) fn each_word(text: &str, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let mut reader = Reader::new();
    let mut at = 0;
    while at < bytes.len() {
        let block = Block::new(&load(bytes, at));
        let Runs { mut starts, mut ends, is_stopped } = Runs::of(block);
        while ends != 0 {
            let (first, behind) =
                (starts.trailing_zeros() as usize, ends.trailing_zeros() as usize);
            starts &= starts - 1;
            ends &= ends - 1;
            let (start, end) = (at + first, at + behind);
            if behind - first > WINDOW {
                reader.read(text, start, sink);
                continue;
            }
            let letters = window(bytes, start);
            let is_number = block.digits >> first & 1 == 1;
            let kind = if is_number { Kind::NUMBER } else { Kind::default() };
            // Digits have the bit of small letters.
            let kind = kind.capital(letters[0] & 0x20 == 0);
            sink.short_word(letters.map(|half| half | each(0x20)), start as u32..end as u32, kind);
        }
        let next = starts.trailing_zeros() as usize;
        at += next;
        if starts != 0 && (is_stopped || next == 0) {
            at = reader.read_on(text, at, sink);
        }
    }
}

/// The runs of letters and of digits in a block, and the signs that are no break.
struct Runs {
    /// Where each begins.
    starts: u64,
    /// Where each ends that is a plain word, up to the first that is none.
    ends: u64,
    /// True if there is one that is none.
    is_stopped: bool,
}

impl Runs {
    #[inline(always)]
    fn of(Block { letters, digits, joiners, other }: Block) -> Runs {
        let starts = |run: u64| run & !(run << 1);
        let ends = |run: u64| run << 1 & !run;
        let all = ends(letters) | ends(digits);
        // A joiner with something behind it may prolong the word.
        let joined = all & joiners & (letters | digits | other) >> 1;
        // What stands behind the last byte is not known.
        let stop = other | joined;
        let last = stop | 1 << 63;
        Runs {
            starts: starts(letters) | starts(digits) | starts(other),
            ends: all & ((last & last.wrapping_neg()) - 1),
            is_stopped: stop & !(1 << 63) != 0,
        }
    }
}

/// The block at `at`, and spaces behind the end.
#[inline(always)]
fn load(bytes: &[u8], at: usize) -> [u8; SIZE] {
    match bytes[at..].first_chunk() {
        Some(block) => *block,
        None => {
            let mut block = [b' '; SIZE];
            block[..bytes.len() - at].copy_from_slice(&bytes[at..]);
            block
        }
    }
}

/// Bytes of a word that is hashed from registers.
const WINDOW: usize = 16;

/// The bytes of a window at `at`, the first lowest, and zeros behind the end.
#[inline(always)]
fn window(bytes: &[u8], at: usize) -> [u64; 2] {
    let window = match bytes[at..].first_chunk() {
        Some(window) => u128::from_le_bytes(*window),
        None => bytes[at..].iter().rev().fold(0, |sum, &b| sum << 8 | u128::from(b)),
    };
    [window as u64, (window >> 64) as u64]
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

    /// Reads the word, sign or chunk at `at` and those that follow it with a space between or none, as long as none begins
    /// in ASCII. Says where the last ends.
    #[inline(never)]
    fn read_on(&mut self, text: &str, at: usize, sink: &mut impl Sink) -> usize {
        let bytes = text.as_bytes();
        let mut end = self.read(text, at, sink);
        loop {
            let next = end + usize::from(bytes.get(end) == Some(&b' '));
            match bytes.get(next) {
                Some(0x80..) => end = self.read(text, next, sink),
                _ => return end,
            }
        }
    }

    /// Reads the word, sign or chunk at `at`, and says where it ends.
    fn read(&mut self, text: &str, at: usize, sink: &mut impl Sink) -> usize {
        if let Some(end) = self.read_short_letters(text.as_bytes(), at, sink) {
            return end;
        }
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

    /// Reads the word at `at` if it is nothing but letters of two bytes with a plain end, and says where it ends.
    ///
    /// The letters are gathered in registers, four in each, so that none waits for one to be written to memory.
    #[inline(always)]
    fn read_short_letters(&self, bytes: &[u8], at: usize, sink: &mut impl Sink) -> Option<usize> {
        let mut folded = [0u64; 4];
        let mut end = at;
        let mut is_capital = false;
        'word: for four in &mut folded {
            for place in 0..4 {
                let Some(&[lead @ 0xC2..0xE0, trail]) = bytes.get(end..end + 2) else {
                    break 'word;
                };
                let letter = self.short_letters[short_code(lead, trail)];
                let Some(pair) = letter.two_bytes() else { break 'word };
                is_capital |= end == at && letter.is_capital();
                *four |= u64::from(pair) << (16 * place);
                end += 2;
            }
        }
        let is_plain = match class(bytes, end) {
            BREAK => end > at,
            JOINER => end > at && class(bytes, end + 1) <= JOINER,
            _ => false,
        };
        if !is_plain {
            return None;
        }
        let (span, kind) = (at as u32..end as u32, Kind::default().capital(is_capital));
        if end - at <= WINDOW {
            sink.short_word([folded[0], folded[1]], span, kind);
        } else {
            sink.word(&folded.map(u64::to_le_bytes).as_flattened()[..end - at], span, kind);
        }
        Some(end)
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
            let block = Block::new(&[b; SIZE]);
            assert_eq!(block.letters != 0, is_letter, "{b:?}");
            assert_eq!(block.digits != 0, role == Role::Digit, "{b:?}");
            assert!(block.joiners != 0 || !role.joins(), "{b:?}");
            assert_eq!(block.other != 0, b == b'_', "{b:?}");
            assert!(!is_letter || b | 0x20 == b.to_ascii_lowercase(), "{b:?}");
        }
    }
}
