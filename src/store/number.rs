//! Numbers and strings as bytes of an index: seven bits a byte, the lowest first, as in LEB128.

/// Adds a number to bytes.
pub(super) fn put_number(mut number: u64, out: &mut Vec<u8>) {
    while number >= 0x80 {
        out.push(number as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

/// Adds a string, or that there is none, to bytes.
pub(super) fn put_string(string: Option<&str>, out: &mut Vec<u8>) {
    // One is added to the length: no string is of length zero, an empty one of one.
    put_number(string.map_or(0, |string| string.len() as u64 + 1), out);
    out.extend(string.unwrap_or("").as_bytes());
}

/// Bytes still to be read. What goes beyond their end reads as nothing: checksums stand before them.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl<'a> Bytes<'a> {
    /// The next bytes.
    pub(super) fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_first_chunk().unwrap_or((&[0; N], &[]));
        self.0 = rest;
        *taken
    }

    /// So many of the next bytes.
    pub(super) fn slice(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        taken
    }

    /// The next number.
    pub(super) fn number(&mut self) -> u64 {
        let (mut number, mut shift) = (0, 0);
        while let Some((&byte, rest)) = self.0.split_first() {
            self.0 = rest;
            number |= u64::from(byte & 0x7F) << shift;
            shift += 7;
            if byte < 0x80 || shift > 63 {
                break;
            }
        }
        number
    }

    /// The next string.
    pub(super) fn string(&mut self) -> Option<String> {
        let length = self.number().checked_sub(1)? as usize;
        Some(String::from_utf8_lossy(self.slice(length)).into_owned())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(
            numbers in prop::collection::vec((any::<u64>(), 0u32..64), 0..9),
            strings in prop::collection::vec(prop::option::of(".{0,9}"), 0..9),
        ) {
            let mut out = Vec::new();
            numbers.iter().for_each(|&(number, shift)| put_number(number >> shift, &mut out));
            strings.iter().for_each(|string| put_string(string.as_deref(), &mut out));
            let mut bytes = Bytes(&out);
            for (number, shift) in numbers {
                prop_assert_eq!(bytes.number(), number >> shift);
            }
            for string in strings {
                prop_assert_eq!(bytes.string(), string);
            }
            prop_assert_eq!((bytes.0.len(), bytes.number(), bytes.string(), bytes.take()), (0, 0, None, [0; 4]));
        }
    }
}
