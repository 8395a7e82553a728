//! Pages with places to fill, `{{name}}`: filled in one pass, so that nothing filled in is taken for a place.

use std::io::{self, Write};

/// Writes a page, with `part` called for every place in order.
pub(super) fn fill(
    page: &str,
    out: &mut dyn Write,
    mut part: impl FnMut(&str, &mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let mut rest = page;
    while let Some((before, name, after)) = next_place(rest) {
        out.write_all(before.as_bytes())?;
        part(name, out)?;
        rest = after;
    }
    out.write_all(rest.as_bytes())
}

/// The text before the next place, the name of the place, and the text after it.
pub(super) fn next_place(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, after) = rest.split_once("}}")?;
    Some((before, name, after))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_filled_in_is_not_filled_again() {
        let mut out = Vec::new();
        fill("<{{a}}|{{b}}>", &mut out, |name, out| write!(out, "{name}{{{{a}}}}")).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "<a{{a}}|b{{a}}>");
    }
}
