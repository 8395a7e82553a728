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

fuzz_target!(|bytes: &[u8]| {
    panics::of_libraries_may_be_caught();
    let input = Input { format: Some(Format::Warc), ..Input::default() };
    let block = 1 + bytes.len() % 61;
    reading::read(&file::holding("a.warc", bytes), &input, block);

    let texts = texts::several(bytes);
    let archive: String = texts.iter().map(|text| record(text)).collect();
    let reading = reading::read(&file::holding("a.warc", archive.as_bytes()), &input, block);
    let found: Vec<&str> = reading
        .articles
        .iter()
        .map(|article| article.text.trim_start_matches('\u{feff}'))
        .collect();
    let expected = texts.iter().map(|text| text.trim_start_matches('\u{feff}'));
    assert_eq!(found, expected.filter(|text| !text.trim().is_empty()).collect::<Vec<_>>());

    // The same archive after bytes that belong to none.
    let broken = [bytes, b"\n", archive.as_bytes()].concat();
    reading::read(&file::holding("a.warc", &broken), &input, block);
});
