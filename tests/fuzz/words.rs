//! Any text has the words that folding and segmenting it as a whole gives, at places in order inside the text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::text::Words;
use wirecopy::text::words::{each_word, words_of_whole};

fuzz_target!(|text: &str| {
    let mut found = Vec::new();
    let mut spans = Vec::new();
    each_word(text, |word| {
        found.push(word.normalized.to_owned());
        spans.push(word.span);
    });
    assert_eq!(found, words_of_whole(text));
    assert!(spans.iter().all(|span| {
        span.start < span.end && text.get(span.start as usize..span.end as usize).is_some()
    }));
    assert!(spans.is_sorted_by_key(|span| span.start));
    assert_eq!(Words::new(text).spans, spans);
});
