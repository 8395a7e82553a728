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

use super::normalize::fold_one;

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
    /// Stands in no word.
    Break,
    /// Joins letters that stand on both sides, like `:`.
    JoinsLetters,
    /// Joins digits that stand on both sides, like `,`.
    JoinsDigits,
    /// Joins both, like `.` and `'`.
    JoinsBoth,
}

/// One character: folded, its role, and whether the original was a capital.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) folded: char,
    pub(super) role: Role,
    pub(super) is_capital: bool,
}

const UNDECIDED: Letter = Letter { folded: '\0', role: Role::Other, is_capital: false };

/// Looks a character up.
#[inline]
pub(super) fn letter(c: char) -> Letter {
    static BLOCKS: [OnceLock<Box<[Letter; 256]>>; 256] = [const { OnceLock::new() }; 256];
    let code = c as usize;
    match BLOCKS.get(code >> 8) {
        Some(block) => block.get_or_init(|| Box::new(derive_block(code & !255)))[code & 255],
        None => UNDECIDED,
    }
}

fn derive_block(first: usize) -> [Letter; 256] {
    std::array::from_fn(|i| char::from_u32((first + i) as u32).map_or(UNDECIDED, derive))
}

/// Asks the slow rules about one character.
fn derive(c: char) -> Letter {
    let is_capital = c.is_uppercase();
    let Some(folded) = fold_one(c).filter(|folded| is_inert(c) && is_inert(*folded)) else {
        return UNDECIDED;
    };
    let role = if is_han(folded) && folded.is_alphanumeric() { Role::Han } else { role(folded) };
    Letter { folded, role, is_capital }
}

/// True if the character neither composes with a neighbor nor has an order among marks.
fn is_inert(c: char) -> bool {
    canonical_combining_class(c) == 0 && is_nfc_quick(std::iter::once(c)) == IsNormalized::Yes
}

fn role(c: char) -> Role {
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
    matches!(c, '.' | '\'' | ':' | ',' | ';')
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn roles_of_what_news_is_made_of() {
        for (characters, role) in [
            ("aZéßжعनα한", Role::Letter),
            ("0９٣", Role::Digit),
            ("中カあ々", Role::Han),
            (" “”—…«»()!?。、؟_/", Role::Break),
            (":", Role::JoinsLetters),
            (",;，", Role::JoinsDigits),
            (".'’`", Role::JoinsBoth),
            ("\u{301}\u{200D}\u{AD}ﬁกאि\u{1161}", Role::Other),
        ] {
            for c in characters.chars() {
                assert_eq!(letter(c).role, role, "{c:?} {:x}", c as u32);
            }
        }
        assert!(letter('É').is_capital && letter('É').folded == 'é' && letter('’').folded == '\'');
    }
}
