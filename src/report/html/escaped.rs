//! JSON that can stand inside of an HTML page: nothing in it can end the block it stands in, nor begin another.
//!
//! Inside of strings `<`, `>` and `&` are written as `\u003c` and so on, and so are the two line separators that JSON
//! allows and scripts once did not. Outside of strings JSON has none of them.

use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::Formatter;

/// Writes a value.
pub(super) fn write<T: Serialize + ?Sized>(value: &T, out: &mut dyn Write) -> io::Result<()> {
    value.serialize(&mut Serializer::with_formatter(out, InPage)).map_err(io::Error::from)
}

/// Writes strings so that HTML sees nothing in them.
struct InPage;

impl Formatter for InPage {
    fn write_string_fragment<W: ?Sized + Write>(
        &mut self,
        out: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        let mut rest = fragment;
        while let Some(at) = rest.find(['<', '>', '&', '\u{2028}', '\u{2029}']) {
            let (plain, special) = rest.split_at(at);
            out.write_all(plain.as_bytes())?;
            let mut characters = special.chars();
            if let Some(special) = characters.next() {
                write!(out, "\\u{:04x}", u32::from(special))?;
            }
            rest = characters.as_str();
        }
        out.write_all(rest.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(text: &str) -> String {
        let mut out = Vec::new();
        write(text, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn no_markup_is_left() {
        assert_eq!(
            written("a</script>&\u{2028}\"\n\u{1b}é"),
            r#""a\u003c/script\u003e\u0026\u2028\"\n\u001bé""#
        );
    }

    proptest! {
        #[test]
        fn it_reads_back_as_it_was(text in any::<String>(), tags in "[<>&a\u{2028}\u{2029}\"\\\\]{0,20}") {
            for text in [&text, &tags] {
                let written = written(text);
                let special = written.contains(['<', '>', '&', '\u{2028}', '\u{2029}']);
                prop_assert!(!special, "{}", written);
                prop_assert_eq!(&serde_json::from_str::<String>(&written).unwrap(), text);
            }
        }
    }
}
