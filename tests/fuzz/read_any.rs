//! A file of any name and content is told a format and fields, and every record of it is an article or a problem.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::config::Input;
use wirecopy_fuzz::{file, panics, reading};

/// Names with every ending that means something, and without.
const NAMES: &[&str] = &[
    "a",
    "a.jsonl",
    "a.ndjson",
    "a.json",
    "a.txt",
    "a.md",
    "a.jsonl.gz",
    "a.json.zst",
    "a.txt.gz",
    "a.json.bz2",
    "a.txt.xz",
    "a.csv",
    "a.tsv",
    "a.parquet",
    "a.arrow",
    "a.html",
    "a.warc",
];

fuzz_target!(|bytes: &[u8]| {
    panics::of_libraries_may_be_caught();
    let path = file::holding(NAMES[bytes.len() % NAMES.len()], bytes);
    let reading = reading::read(&path, &Input::default(), 1 + bytes.len() % 61);
    if reading.failures.is_empty() {
        assert_eq!(reading.bytes, bytes.len() as u64);
    } else {
        assert!(reading.failures.iter().all(|failure| failure.contains("/a")), "{reading:?}");
    }
});
