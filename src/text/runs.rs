//! The fast path of `words.rs`: runs of letters, of digits and single joiners, read from left to right.
//!
//! ASCII words with nothing behind them that could prolong them are found 64 bytes at a time, from bit masks (`block.rs`),
//! and given on as bits: most of news in English. Curly quotation marks and dashes with ASCII behind them are passed over.
//! Where anything else stands, reading stops: a word of two-byte letters with as plain an end is gathered letter by letter
//! from the table of letters: most of news in Russian and Arabic. Any other is read character by character by that table.
//! Where a character stands about which the table leaves a question open, the text goes to the slow path (`segment.rs`)
//! from the beginning of the word, sign or letter before it up to the next ASCII white space. Nothing in UAX-29 looks back
//! further than over one joiner, and no rule of Unicode normalization over a character that is in the table, so that what
//! is cut off here has no part in what follows.
//!
//! Linear. What bounds English is the number of instructions (`benches/stages.rs`), Russian that no processor foresees where
//! a word ends. Roads not taken: one word after the other, each looked for behind the end of the last, which takes longer;
//! four two-byte letters at a time, where a wrong guess costs more than is gained.
//!
//! Where a chunk is not in normal form C, the range of a word in its plain part ends with its last letter; that of a word
//! read by the slow path takes in what is joined to that letter, such as a zero-width joiner.

use std::ops::Range;

#[cfg(target_arch = "x86_64")]
use pulp::x86::V3;

use super::block::{Block, SIZE};
use super::letters::{Letter, Role, is_space, letter, short_letters};
use super::normalize::word_folds;
use super::segment;
use super::words::Kind;

/// What is done with the words.
pub(super) trait Sink {
    /// Takes plain words, runs of ASCII letters or of digits, that begin or end in the block at `base`: one bit a byte, the
    /// first lowest. One that has begun here and not ended does so among those that are taken next.
    fn plain_words(&mut self, base: usize, starts: u64, ends: u64);

    /// Where the plain word begins that has not ended. It is forgotten.
    fn take_unfinished(&mut self) -> Option<usize>;

    /// Takes any other: its normalized letters (UTF-8), its byte range and its kind.
    fn word(&mut self, letters: &[u8], span: Range<u32>, kind: Kind);

    /// The same for a word that is as long as its span and has 1 to 16 bytes, the first lowest; those behind mean nothing.
    fn short_word(&mut self, letters: [u64; 2], span: Range<u32>, kind: Kind);
}

/// Gives every word of `text` in order to `sink`.
#[inline]
pub(super) fn each_word(text: &str, sink: &mut impl Sink) {
    #[cfg(target_arch = "x86_64")]
    if let Some(v3) = V3::try_new() {
        return v3.vectorize(
            #[inline(always)]
            move || {
                // Moved, not lent: see `columns.rs`.
                let sink = sink;
                by_blocks(
                    text,
                    #[inline(always)]
                    |bytes| Block::by_vectors(v3, bytes),
                    sink,
                );
            },
        );
    }
    by_blocks(text, Block::by_integers, sink);
}

#[inline(always)]
fn by_blocks(text: &str, block_of: impl Fn(&[u8; SIZE]) -> Block, sink: &mut impl Sink) {
    let bytes = text.as_bytes();
    let mut reader = Reader::new();
    let (mut base, mut carried) = (0, Carried::default());
    // A word may end where the text does: behind the last byte stands a space.
    'blocks: while base <= bytes.len() {
        let mut block = block_of(&load(bytes, base));
        let mut next = base + SIZE;
        let is_open_behind = class(bytes, next) == OPEN;
        loop {
            let Runs { starts, ends, stops } = Runs::of(block, carried, is_open_behind);
            if stops == 0 {
                sink.plain_words(base, starts, ends);
                break;
            }
            let stop = base + stops.trailing_zeros() as usize;
            if is_plain_sign(bytes, stop) {
                block.other &= !(0b111 << (stop - base));
                next = next.max(stop + 3);
                continue;
            }
            sink.plain_words(base, starts, ends);
            let at = sink.take_unfinished().unwrap_or(stop);
            let at = reader.read_on(text, at, sink);
            carried = Carried::default();
            if at >= next {
                base = at;
                continue 'blocks;
            }
            block = block.from(at - base);
        }
        carried = Carried { letter: block.letters >> 63, digit: block.digits >> 63 };
        base = next;
    }
}

/// True if a curly quotation mark or a dash stands there, with ASCII behind it: it ends a word and does nothing else.
#[inline(always)]
fn is_plain_sign(bytes: &[u8], at: usize) -> bool {
    matches!(bytes.get(at..at + 4), Some([0xE2, 0x80, 0x93 | 0x94 | 0x9C | 0x9D, ..0x80]))
}

/// What the byte before a block is, as bit 0.
#[derive(Clone, Copy, Default)]
struct Carried {
    letter: u64,
    digit: u64,
}

/// The runs of letters and of digits in a block, up to the first that is no plain word.
struct Runs {
    /// Where each begins.
    starts: u64,
    /// Behind the last byte of each.
    ends: u64,
    /// The signs at which runs are no plain words, all of them in the block.
    stops: u64,
}

impl Runs {
    #[inline(always)]
    fn of(block: Block, carried: Carried, is_open_behind: bool) -> Runs {
        let Block { letters, digits, joiners, other } = block;
        let behind_letters = letters << 1 | carried.letter;
        let behind_digits = digits << 1 | carried.digit;
        let starts = letters & !behind_letters | digits & !behind_digits;
        let ends = behind_letters & !letters | behind_digits & !digits;
        // A joiner with something behind it may prolong the word.
        let open = (letters | digits | other) >> 1 | u64::from(is_open_behind) << 63;
        let stops = other | ends & joiners & open;
        let before_stop = (stops & stops.wrapping_neg()).wrapping_sub(1);
        Runs { starts: starts & before_stop, ends: ends & before_stop, stops }
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
    #[inline(always)]
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
        if end - at <= 16 {
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
            let block = Block::by_integers(&[b; SIZE]);
            assert_eq!(block.letters != 0, is_letter, "{b:?}");
            assert_eq!(block.digits != 0, role == Role::Digit, "{b:?}");
            assert!(block.joiners != 0 || !role.joins(), "{b:?}");
            assert_eq!(block.other != 0, b == b'_', "{b:?}");
            assert!(!is_letter || b | 0x20 == b.to_ascii_lowercase(), "{b:?}");
        }
    }
}
