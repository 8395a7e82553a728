//! Any text folds to letters that each lead back to a place in it, and that fold to themselves.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::text::normalize::Normalized;
use wirecopy::text::quotes::quotations;

fuzz_target!(|text: &str| {
    let mut folded = Normalized::default();
    folded.fill(text);
    let mut last = 0..0;
    for (at, c) in folded.text.char_indices() {
        let place = folded.original(at..at + c.len_utf8());
        assert!(place.start < place.end && last.start <= place.start && last.end <= place.end);
        assert!(text.get(place.start as usize..place.end as usize).is_some());
        last = place;
    }
    let mut again = Normalized::default();
    again.fill(&folded.text);
    assert_eq!(again.text, folded.text);

    let mut end = 0;
    for place in quotations(text) {
        assert!(end <= place.start && place.start <= place.end);
        assert!(text.get(place.start as usize..place.end as usize).is_some());
        end = place.end;
    }
});
