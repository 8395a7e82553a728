//! Makes text from a corpus safe for a terminal: nothing in it can move the cursor, recolor, reorder or hide what is printed.
//!
//! Removed: escape sequences as a whole, control characters, direction overrides and other invisible format characters.
//! White space of any kind becomes one space. Kept: the two joiners, which Persian, Indic scripts and emoji need, and
//! right-to-left letters, which are shown in their own direction. The 8-bit control characters (U+0080 to U+009F) are
//! dropped one by one, never as sequences: in scraped news they are mostly broken quotation marks, and the text behind them is real.

/// One line of the text, with nothing in it that a terminal acts on.
pub fn sanitize(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut gap = false;
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c == '\u{1b}' {
            rest = &rest[escape_length(rest)..];
        } else if c.is_whitespace() {
            gap = !out.is_empty();
        } else if !is_hidden(c) {
            if gap {
                out.push(' ');
                gap = false;
            }
            out.push(c);
        }
    }
    out
}

/// The first words of a long text as one safe line, without looking at the rest of it.
pub fn opening(text: &str, characters: usize) -> String {
    let end = text.char_indices().nth(characters).map_or(text.len(), |(at, _)| at);
    sanitize(&text[..end])
}

/// Characters that are not seen but change what is seen.
fn is_hidden(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// How many bytes after ESC belong to its sequence (ECMA-48). A sequence that never ends takes only its opening with it,
/// so that one stray byte cannot swallow a title.
fn escape_length(rest: &str) -> usize {
    let bytes = rest.as_bytes();
    let run = |from: usize, range: std::ops::RangeInclusive<u8>| {
        from + bytes[from..].iter().take_while(|byte| range.contains(byte)).count()
    };
    match bytes.first() {
        Some(b'[') => {
            let end = run(1, 0x20..=0x3f);
            end + usize::from(bytes.get(end).is_some_and(|byte| (0x40..=0x7e).contains(byte)))
        }
        // Operating system command, device control and other strings: up to BEL or ESC \.
        Some(b']' | b'P' | b'X' | b'^' | b'_') => {
            let bell = rest.find('\u{7}').map(|at| at + 1);
            let terminator = rest.find("\u{1b}\\").map(|at| at + 2);
            bell.into_iter().chain(terminator).min().unwrap_or(1)
        }
        Some(0x20..=0x2f) => {
            let end = run(0, 0x20..=0x2f);
            end + usize::from(bytes.get(end).is_some_and(|byte| (0x30..=0x7e).contains(byte)))
        }
        Some(0x30..=0x7e) => 1,
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn escape_sequences_go_as_a_whole() {
        assert_eq!(sanitize("\u{1b}[31;1mred\u{1b}[0m text"), "red text");
        assert_eq!(sanitize("a\u{1b}]0;own the title\u{7}b"), "ab");
        assert_eq!(
            sanitize("a\u{1b}]8;;http://evil.example\u{1b}\\link\u{1b}]8;;\u{1b}\\b"),
            "alinkb"
        );
        assert_eq!(sanitize("\u{1b}c\u{1b}(Bx\u{1b}"), "x");
    }

    #[test]
    fn a_sequence_without_end_does_not_swallow_the_text() {
        assert_eq!(sanitize("a\u{1b}]0;title"), "a0;title");
        assert_eq!(sanitize("a\u{1b}[31"), "a");
        assert_eq!(sanitize("a\u{1b}[31é"), "aé");
    }

    #[test]
    fn white_space_is_one_space() {
        assert_eq!(sanitize("  a\r\n\tb\u{2028}c\u{a0}\u{3000} "), "a b c");
    }

    #[test]
    fn controls_and_overrides_are_gone_and_joiners_stay() {
        assert_eq!(
            sanitize("in\u{202e}voice\u{2066}.\u{200b}\u{feff}\u{8}\u{0}\u{7f}exe"),
            "invoice.exe"
        );
        assert_eq!(sanitize("it\u{92}s \u{9b}31m \u{9d}x"), "its 31m x");
        assert_eq!(sanitize("می\u{200c}خواهم 👩\u{200d}👧"), "می\u{200c}خواهم 👩\u{200d}👧");
    }

    #[test]
    fn no_control_character_survives() {
        let all: String = (0..=0x10ffff).filter_map(char::from_u32).collect();
        let safe = sanitize(&all);
        assert!(!safe.chars().any(char::is_control));
        assert!(!safe.contains(['\u{202e}', '\u{2067}', '\u{2028}']));
    }

    #[test]
    fn openings_end_between_characters() {
        assert_eq!(opening("äöü\nabc", 4), "äöü");
        assert_eq!(opening("ab", 10), "ab");
    }
}
