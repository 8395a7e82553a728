//! A stream in another encoding as UTF-8, for those in which records cannot be cut before they are decoded.
//!
//! In UTF-16 a line end is two bytes, and in Shift_JIS, Big5 and GBK the second byte of a character may look like a
//! backslash. Linear; memory: two buffers.

use std::cell::Cell;
use std::io::{self, Read};
use std::rc::Rc;

use super::encoding::Encoding;

/// Bytes decoded at once.
const BUFFER: usize = 64 << 10;

/// The stream in UTF-8.
pub(super) struct Transcoded {
    raw: Box<dyn Read>,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    /// What of the output was given already.
    given: usize,
    ended: bool,
    replaced: Rc<Cell<u64>>,
}

impl Transcoded {
    /// Decodes `raw`, which may begin with a byte order mark, and counts in `replaced` what the encoding does not know.
    pub(super) fn new(raw: Box<dyn Read>, encoding: Encoding, replaced: Rc<Cell<u64>>) -> Self {
        Transcoded {
            raw,
            decoder: encoding.decoder(),
            input: vec![0; BUFFER],
            // No byte becomes more than three.
            output: Vec::with_capacity(3 * BUFFER + 16),
            given: 0,
            ended: false,
            replaced,
        }
    }

    fn fill(&mut self) -> io::Result<()> {
        self.output.clear();
        self.given = 0;
        while self.output.is_empty() && !self.ended {
            let count = self.raw.read(&mut self.input)?;
            self.ended = count == 0;
            self.output.resize(3 * BUFFER + 16, 0);
            let input = &self.input[..count];
            let (_, _, written, lossy) =
                self.decoder.decode_to_utf8(input, &mut self.output, self.ended);
            self.output.truncate(written);
            if lossy {
                let places = memchr::memmem::find_iter(&self.output, "\u{fffd}").count();
                self.replaced.set(self.replaced.get() + places as u64);
            }
        }
        Ok(())
    }
}

impl Read for Transcoded {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.given == self.output.len() {
            self.fill()?;
        }
        let count = (&self.output[self.given..]).read(buffer)?;
        self.given += count;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use proptest::prelude::*;

    use super::*;

    /// Gives what is left in steps of so many bytes.
    struct Steps(Cursor<Vec<u8>>, usize);

    impl Read for Steps {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let most = buffer.len().min(self.1);
            self.0.read(&mut buffer[..most])
        }
    }

    fn decoded(bytes: Vec<u8>, encoding: Encoding, step: usize) -> (String, u64) {
        let replaced = Rc::default();
        let raw = Box::new(Steps(Cursor::new(bytes), step));
        let mut text = String::new();
        let mut stream = Transcoded::new(raw, encoding, Rc::clone(&replaced));
        stream.read_to_string(&mut text).unwrap();
        (text, replaced.get())
    }

    #[test]
    fn half_a_pair_is_replaced_and_counted() {
        let bytes = b"a\0\x00\xd8b\0\xff".to_vec();
        assert_eq!(decoded(bytes, Encoding::UTF_16LE, 1), ("a\u{fffd}b\u{fffd}".to_owned(), 2));
    }

    proptest! {
        #[test]
        fn any_text_comes_back_in_any_steps(text: String, step in 1usize..9, big: bool) {
            let (encoding, bytes) = if big {
                (Encoding::UTF_16BE, text.encode_utf16().flat_map(u16::to_be_bytes).collect())
            } else {
                (Encoding::UTF_16LE, text.encode_utf16().flat_map(u16::to_le_bytes).collect::<Vec<u8>>())
            };
            let expected = text.strip_prefix('\u{feff}').unwrap_or(&text);
            prop_assert_eq!(decoded(bytes, encoding, step), (expected.to_owned(), 0));
        }
    }
}
