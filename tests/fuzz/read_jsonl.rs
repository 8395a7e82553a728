//! Any lines are read as `serde_json` reads them one by one, in blocks of any size.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use wirecopy::config::{FieldNames, Format, Input};
use wirecopy_fuzz::{file, reading};

/// A line that has the field of the text, so that it is found whatever follows.
const FIRST: &str = "{\"text\":\"first\"}\n";

fuzz_target!(|bytes: &[u8]| {
    let fields = FieldNames { text: Some("text".to_owned()), ..FieldNames::default() };
    let input = Input { format: Some(Format::Jsonl), fields, ..Input::default() };
    let whole = [FIRST.as_bytes(), bytes].concat();
    let path = file::holding("a.jsonl", &whole);
    let reading = reading::read(&path, &input, 1 + bytes.len() % 61);
    assert_eq!((reading.failures.len(), reading.bytes), (0, whole.len() as u64));

    let mut articles = reading.texts().into_iter().peekable();
    for (number, line) in (1..).zip(whole.split(|&byte| byte == b'\n')) {
        let article = articles.next_if(|(line, _)| *line == number).map(|(_, text)| text);
        // What counts as blank at the end of a line is more than JSON allows there.
        let text = std::str::from_utf8(line.trim_ascii_end()).ok();
        match text.map(serde_json::from_str::<Value>) {
            Some(Ok(value)) => {
                let text = value.as_object().and_then(|object| object.get("text")?.as_str());
                assert_eq!(article, text.filter(|text| !text.trim().is_empty()), "{line:?}");
            }
            // Fields that nobody asked for are passed over, and what is wrong with their values is not seen.
            Some(Err(error)) if article.is_some() => {
                let error = error.to_string();
                let unseen = ["recursion limit", "number out of range", "surrogate", "hex escape"];
                assert!(unseen.iter().any(|reason| error.contains(reason)), "{error}");
            }
            Some(Err(_)) => assert_eq!(article, None),
            // The encoding of such a line is guessed.
            None => {}
        }
    }
    assert_eq!(articles.next(), None);
});
