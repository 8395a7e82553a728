//! A text in an encoding that was asked for is read as the text it was, and any bytes are read in any encoding.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::config::{Format, Input};
use wirecopy_fuzz::{file, reading};

/// Encodings in which the first bytes of a text cannot be mistaken for a byte order mark.
const NAMES: &[&str] = &[
    "utf-8",
    "windows-1252",
    "windows-1251",
    "shift_jis",
    "gb18030",
    "euc-kr",
    "euc-jp",
    "big5",
    "iso-8859-2",
    "koi8-r",
];

fuzz_target!(|input: (u8, &str)| {
    let (kind, text) = input;
    let name = NAMES[usize::from(kind) % NAMES.len()];
    let asked = Some(name.parse().expect("the name is known"));
    for format in [Format::Text, Format::Jsonl, Format::Json] {
        let input = Input { format: Some(format), encoding: asked, ..Input::default() };
        reading::read(&file::holding("a", text.as_bytes()), &input, 1 + text.len() % 61);
    }
    let encoding = encoding_rs::Encoding::for_label(name.as_bytes()).expect("the name is known");
    let (bytes, _, is_lossy) = encoding.encode(text);
    let (back, _) = encoding.decode_without_bom_handling(&bytes);
    let has_mark = encoding_rs::Encoding::for_bom(&bytes).is_some();
    if is_lossy || back != text || has_mark || file::has_magic(&bytes) || text.trim().is_empty() {
        return;
    }
    let input = Input { format: Some(Format::Text), encoding: asked, ..Input::default() };
    let reading = reading::read(&file::holding("a.txt", &bytes), &input, 17);
    assert_eq!(reading.articles[0].text, text);
});
