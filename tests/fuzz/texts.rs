//! Bytes as several texts: what stands between lines of four equals signs.

/// What parts the texts of one input.
const BETWEEN: &str = "\n====\n";

/// The texts of an input, what is not UTF-8 replaced.
pub fn several(bytes: &[u8]) -> Vec<String> {
    let text = String::from_utf8_lossy(bytes);
    text.split(BETWEEN).map(str::to_owned).collect()
}

/// Two texts; without a line between them, the halves of one.
pub fn two(bytes: &[u8]) -> (String, String) {
    let text = String::from_utf8_lossy(bytes);
    let (a, b) = text.split_once(BETWEEN).unwrap_or_else(|| {
        let middle = (0..=text.len() / 2).rev().find(|&at| text.is_char_boundary(at));
        text.split_at(middle.unwrap_or(0))
    });
    (a.to_owned(), b.to_owned())
}
