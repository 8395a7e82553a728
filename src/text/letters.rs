//! What each character does in a word, by one look-up: the table behind the fast path of `words.rs`.
//!
//! The table is no data of its own. Each block of 256 characters is derived, the first time a text has one of them, by
//! asking the slow rules: how the character folds, and where UAX-29 cuts around it. A character about which these few
//! questions do not settle everything is [`Role::Other`], and a chunk that holds one takes the slow path. Of 65,536
//! characters of the Basic Multilingual Plane a text meets a few blocks; deriving one takes under a millisecond.

use std::sync::OnceLock;

use unicode_normalization::char::canonical_combining_class;
use unicode_normalization::{IsNormalized, is_nfc_quick};
use unicode_segmentation::UnicodeSegmentation;

use super::normalize::{fold_one, is_removed};

/// What a character does in a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Role {
    /// Undecided here: the whole chunk goes to the slow path.
    Other,
    /// A letter of a script with spaces.
    Letter,
    /// A decimal digit.
    Digit,
    /// Han or kana: a word of its own.
    Han,
    /// A mark that goes with the letter before it: it never composes, and one alone has no order.
    Mark,
    /// Folds to nothing.
    Removed,
    /// Stands in no word.
    Break,
    /// Joins letters that stand on both sides, like `:`.
    JoinsLetters,
    /// Joins digits that stand on both sides, like `,`.
    JoinsDigits,
    /// Joins both, like `.` and `'`.
    JoinsBoth,
}

impl Role {
    /// True if it joins letters or digits.
    #[inline]
    pub(super) fn joins(self) -> bool {
        matches!(self, Role::JoinsLetters | Role::JoinsDigits | Role::JoinsBoth)
    }
}

/// One character: folded, its role, and whether the original was a capital; in one register.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Letter {
    utf8: [u8; 4],
    length: u8,
    role: Role,
    is_capital: bool,
}

impl Letter {
    #[inline]
    pub(super) fn role(self) -> Role {
        self.role
    }

    #[inline]
    pub(super) fn is_capital(self) -> bool {
        self.is_capital
    }

    /// True unless the slow path must say what becomes of the character, and of what stands before it.
    #[inline]
    pub(super) fn is_decided(self) -> bool {
        !matches!(self.role, Role::Other | Role::Mark | Role::Removed)
    }

    /// The folded character, first byte lowest, if it is a letter of two bytes.
    #[inline(always)]
    pub(super) fn two_bytes(self) -> Option<u16> {
        let is_so = self.role == Role::Letter && self.length == 2;
        is_so.then_some(u16::from_le_bytes([self.utf8[0], self.utf8[1]]))
    }

    /// Writes the folded character behind the first `length` bytes. Gives the new length, or nothing if there is no room.
    #[inline(always)]
    pub(super) fn write(self, word: &mut [u8], length: usize) -> Option<usize> {
        // All four bytes always: a copy of a known size needs no call.
        word.get_mut(length..length + 4)?.copy_from_slice(&self.utf8);
        Some(length + self.length as usize)
    }
}

const UNDECIDED: Letter = Letter { utf8: [0; 4], length: 0, role: Role::Other, is_capital: false };

/// Looks a character up.
#[inline]
pub(super) fn letter(c: char) -> Letter {
    static BLOCKS: [OnceLock<Box<[Letter; 256]>>; 512] = [const { OnceLock::new() }; 512];
    let code = c as usize;
    match BLOCKS.get(code >> 8) {
        Some(block) => block.get_or_init(|| derive_block(code & !255))[code & 255],
        None => UNDECIDED,
    }
}

/// The characters of one and two bytes of UTF-8, in one table.
pub(super) fn short_letters() -> &'static [Letter; 2048] {
    static LETTERS: OnceLock<Box<[Letter; 2048]>> = OnceLock::new();
    LETTERS.get_or_init(|| derive_block(0))
}

fn derive_block<const N: usize>(first: usize) -> Box<[Letter; N]> {
    let derived = |i| char::from_u32((first + i) as u32).map_or(UNDECIDED, derive);
    Box::new(std::array::from_fn(derived))
}

/// Asks the slow rules about one character.
fn derive(c: char) -> Letter {
    let is_capital = c.is_uppercase();
    let role = match fold_one(c) {
        // The text may be cut there.
        _ if is_space(c) => Role::Break,
        Some(folded) if is_inert(c) && is_inert(folded) => role(folded),
        Some(folded) if folded == c && is_lone_mark(c) => Role::Mark,
        None if is_removed(c) && is_inert(c) => {
            return Letter { role: Role::Removed, ..UNDECIDED };
        }
        _ => Role::Other,
    };
    let Some(folded) = fold_one(c).filter(|_| role != Role::Other) else { return UNDECIDED };
    let mut utf8 = [0; 4];
    let length = folded.encode_utf8(&mut utf8).len() as u8;
    Letter { utf8, length, role, is_capital }
}

/// True if the character neither composes with a neighbor nor has an order among marks.
fn is_inert(c: char) -> bool {
    canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes
}

/// True for a mark that composes with no letter and changes nothing about the letter that it follows.
fn is_lone_mark(c: char) -> bool {
    is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes
        && !c.is_numeric()
        && !is_han(c)
        && !is_unspaced(c)
        && ["a", "é", "ш", "ب"].iter().all(|letter| {
            let pieces = |behind: &str| format!("{letter}{c}{behind}").split_word_bounds().count();
            [("", 1), ("a", 1), (".a", 1), (" ", 2), ("1", 1), (",1", 3), (".", 2)]
                .iter()
                .all(|&(behind, expected)| pieces(behind) == expected)
        })
}

/// What the role of a character is that has none in normalization.
fn role(c: char) -> Role {
    if is_han(c) && c.is_alphanumeric() {
        return Role::Han;
    }
    // Hebrew letters have rules about quotation marks; emoji, joiners and spaces have rules about each other.
    if ('\u{590}'..='\u{5FF}').contains(&c) {
        return Role::Other;
    }
    let pieces =
        |around: [&str; 2]| format!("{}{c}{}", around[0], around[1]).split_word_bounds().count();
    let (in_letters, in_digits) = (pieces(["a", "a"]), pieces(["1", "1"]));
    // Alone behind a letter: a joiner is cut off, a letter or a mark is not.
    let behind = pieces(["a", ""]);
    match (in_letters, in_digits, behind) {
        (1, 1, 1) if c == '_' => Role::Break,
        (1, 1, 1) if c.is_ascii_digit() => Role::Digit,
        // A mark would take the full stop for no letter of its own.
        (1, 1, 1) if c.is_alphabetic() && !c.is_numeric() && pieces(["", ".a"]) == 1 => {
            Role::Letter
        }
        (1, 1, 2) if is_plain_joiner(c) => Role::JoinsBoth,
        (1, 3, 2) if is_plain_joiner(c) => Role::JoinsLetters,
        (3, 1, 2) if is_plain_joiner(c) => Role::JoinsDigits,
        // Signs such as circled katakana go with the katakana before them.
        (3, 3, 2)
            if !c.is_alphanumeric() && pieces(["カ", ""]) == 2 && pieces(["", "\u{200D}"]) == 1 =>
        {
            Role::Break
        }
        _ => Role::Other,
    }
}

/// The joiners whose place inside a word is kept by the slow path too.
fn is_plain_joiner(c: char) -> bool {
    matches!(c, '.' | '\'' | ':' | ',' | ';' | '،')
}

/// ASCII white space: no rule about words reaches across it.
pub(super) fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t'..='\r')
}

/// True for the characters of Han and kana.
pub(super) fn is_han(c: char) -> bool {
    matches!(c,
        '\u{3005}'..='\u{3007}'
        | '\u{3041}'..='\u{3096}'
        | '\u{309D}'..='\u{309F}'
        | '\u{30A1}'..='\u{30FA}'
        | '\u{30FC}'..='\u{30FF}'
        | '\u{31F0}'..='\u{31FF}'
        | '\u{3400}'..='\u{4DBF}'
        | '\u{4E00}'..='\u{9FFF}'
        | '\u{F900}'..='\u{FAFF}'
        | '\u{1B000}'..='\u{1B16F}'
        | '\u{20000}'..='\u{323AF}')
}

/// True for the characters of Thai, Lao, Burmese and Khmer.
pub(super) fn is_unspaced(c: char) -> bool {
    matches!(c,
        '\u{0E00}'..='\u{0EFF}'
        | '\u{1000}'..='\u{109F}'
        | '\u{1780}'..='\u{17FF}'
        | '\u{A9E0}'..='\u{A9FF}'
        | '\u{AA60}'..='\u{AA7F}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_of_what_news_is_made_of() {
        for (characters, role) in [
            ("aZéßжعनα한", Role::Letter),
            ("0９٣", Role::Digit),
            ("中カあ々", Role::Han),
            (" \n\r“”—…«»()!?。、؟_/", Role::Break),
            (":", Role::JoinsLetters),
            (",;，،", Role::JoinsDigits),
            ("\u{64B}\u{651}", Role::Mark),
            (".'’`", Role::JoinsBoth),
            ("\u{AD}\u{200D}\u{FE0F}", Role::Removed),
            ("\u{301}ﬁกאि\u{1161}", Role::Other),
        ] {
            for c in characters.chars() {
                assert_eq!(letter(c).role(), role, "{c:?} {:x}", c as u32);
            }
        }
        for (c, folded) in [('É', "é"), ('’', "'"), ('İ', "i"), ('Ａ', "a"), ('中', "中")] {
            let mut word = [0; 8];
            assert_eq!(letter(c).write(&mut word, 1), Some(1 + folded.len()));
            assert_eq!(&word[1..=folded.len()], folded.as_bytes());
            assert_eq!(letter(c).write(&mut word, 5), None);
        }
        assert!(letter('É').is_capital() && !letter('é').is_capital());
    }
}
