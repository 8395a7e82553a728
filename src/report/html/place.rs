//! Bytes to places in a script's string: browsers count in units of UTF-16.

use std::ops::Range;

/// Translates byte offsets of one text.
#[derive(Debug)]
pub(super) struct Units {
    /// The unit at which each byte's character begins; empty where a byte is a unit.
    at: Vec<u32>,
}

impl Units {
    /// Counts the units of a text: nothing to count where it is ASCII, 4 bytes a byte elsewhere.
    pub(super) fn new(text: &str) -> Units {
        let mut at = Vec::new();
        if !text.is_ascii() {
            at.reserve(text.len() + 1);
            let mut unit = 0;
            for c in text.chars() {
                at.extend(std::iter::repeat_n(unit, c.len_utf8()));
                unit += c.len_utf16() as u32;
            }
            at.push(unit);
        }
        Units { at }
    }

    /// The unit at a byte offset.
    pub(super) fn of(&self, byte: u32) -> u32 {
        self.at.get(byte as usize).or(self.at.last()).copied().unwrap_or(byte)
    }

    /// Both ends of a range.
    pub(super) fn ends(&self, bytes: &Range<u32>) -> [u32; 2] {
        [self.of(bytes.start), self.of(bytes.end)]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn units_are_those_of_the_encoded_text(text in any::<String>()) {
            let units = Units::new(&text);
            for (byte, _) in text.char_indices().chain([(text.len(), ' ')]) {
                prop_assert_eq!(units.of(byte as u32) as usize, text[..byte].encode_utf16().count());
            }
        }
    }
}
