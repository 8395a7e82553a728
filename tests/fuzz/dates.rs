//! Any date that is understood is shown in a form that is understood as the same date.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::read::parse_date;

fuzz_target!(|text: &str| {
    for line in text.lines() {
        if let Some(date) = parse_date(line) {
            assert_eq!(parse_date(&date.to_string()), Some(date), "{line:?} is {date}");
            assert!(!date.day_only || date.seconds % 86_400 == 0);
        }
    }
});
