//! Any baseline is understood or refused with a place, and what is understood is the same when written down again.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use wirecopy::judge::baseline::{Baseline, Entry};

/// An entry without the line it stands on, and without what only says where an entry came from.
fn content(entry: &Entry) -> Entry {
    Entry { line: 0, ..entry.clone() }
}

fuzz_target!(|text: &str| {
    let path = Path::new("b.jsonl");
    let baseline = match Baseline::parse(path, text) {
        Ok(baseline) => baseline,
        Err(error) => {
            let message = error.to_string();
            assert!(message.starts_with("b.jsonl:"), "{message:?}");
            return;
        }
    };
    let written = baseline.to_text();
    let again = Baseline::parse(path, &written).expect("what was understood is");
    assert_eq!(again.to_text(), written);
    let mut entries: Vec<Entry> = baseline.entries.iter().map(content).collect();
    assert!(again.entries.iter().all(|entry| entries.contains(&content(entry))));
    assert!(entries.iter().all(|entry| again.entries.iter().any(|found| content(found) == *entry)));

    // What is there already changes nothing.
    entries.reverse();
    let (updated, difference) = baseline.updated(entries);
    assert_eq!((difference.added, difference.removed), (0, 0));
    assert_eq!(updated.entries.len(), baseline.entries.len());
});
