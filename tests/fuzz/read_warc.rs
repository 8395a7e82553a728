//! The records of any archive are found in blocks of any size, and texts that were put into one come out again.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::config::{Format, Input};
use wirecopy_fuzz::{file, panics, reading, texts};

fn record(text: &str) -> String {
    format!(
        "WARC/1.0\r\nWARC-Type: conversion\r\nContent-Type: text/plain\r\nContent-Length: {}\r\n\r\n{text}\r\n\r\n",
        text.len()
    )
}

/// Texts that have words. A mark at the start of one may be left out, and with it a text of nothing else.
fn worded<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let without_marks = texts.map(|text| text.trim_start_matches('\u{feff}'));
    without_marks.filter(|text| !text.trim().is_empty()).collect()
}

fuzz_target!(|bytes: &[u8]| {
    panics::of_libraries_may_be_caught();
    let input = Input { format: Some(Format::Warc), ..Input::default() };
    let block = 1 + bytes.len() % 61;
    reading::read(&file::holding("a.warc", bytes), &input, block);

    let texts = texts::several(bytes);
    let archive: String = texts.iter().map(|text| record(text)).collect();
    let reading = reading::read(&file::holding("a.warc", archive.as_bytes()), &input, block);
    let found = reading.articles.iter().map(|article| article.text.as_str());
    assert_eq!(worded(found), worded(texts.iter().map(String::as_str)));

    // The same archive after bytes that belong to none.
    let broken = [bytes, b"\n", archive.as_bytes()].concat();
    reading::read(&file::holding("a.warc", &broken), &input, block);
});
