//! An array is cut into the elements that `serde_json` finds in it, and anything else into records in order.
#![no_main]

use libfuzzer_sys::fuzz_target;
use serde_json::Value;
use wirecopy::config::{FieldNames, Format, Input};
use wirecopy_fuzz::{file, reading};

/// An element that has the field of the text, so that it is found whatever follows.
const FIRST: &str = "[{\"text\":\"first\"}";

/// Reads an array that begins with [`FIRST`].
fn read(rest: &[u8], block: usize) -> reading::Reading {
    let fields = FieldNames { text: Some("text".to_owned()), ..FieldNames::default() };
    let input = Input { format: Some(Format::Json), fields, ..Input::default() };
    let path = file::holding("a.json", &[FIRST.as_bytes(), rest].concat());
    reading::read(&path, &input, block)
}

fn text(value: &Value) -> Option<&str> {
    value.as_object()?.get("text")?.as_str().filter(|text| !text.trim().is_empty())
}

fuzz_target!(|bytes: &[u8]| {
    let block = 1 + bytes.len() % 61;
    let any = read(bytes, block);
    let whole = [FIRST.as_bytes(), bytes].concat();
    if let Ok(elements) = serde_json::from_slice::<Vec<Value>>(&whole) {
        let texts: Vec<&str> = any.articles.iter().map(|article| article.text.as_str()).collect();
        assert_eq!(texts, elements.iter().filter_map(text).collect::<Vec<_>>());
        assert_eq!(any.articles.len() + any.problems.len(), elements.len());
        assert_eq!((&*any.failures, any.bytes), (&[][..], whole.len() as u64));
    }

    // Every line that is an element, as the elements of one array.
    let lines = bytes.split(|&byte| byte == b'\n');
    let found = lines.filter_map(|line| Some((line, serde_json::from_slice::<Value>(line).ok()?)));
    let (lines, elements): (Vec<&[u8]>, Vec<Value>) = found.unzip();
    let array = read(&[b"", &*lines.join(&b" ,\n"[..])].join(&b"\n,"[..]), block);
    if !lines.is_empty() {
        let expected = (2..).zip(&elements).filter_map(|(line, value)| Some((line, text(value)?)));
        assert!(array.texts().into_iter().skip(1).eq(expected), "{array:?}");
    }
});
