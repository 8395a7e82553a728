//! Any page is an article or one problem, whatever the parser of pages makes of it.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::config::Input;
use wirecopy_fuzz::{file, panics, reading};

fuzz_target!(|bytes: &[u8]| {
    panics::of_libraries_may_be_caught();
    let path = file::holding("a.html", bytes);
    let reading = reading::read(&path, &Input::default(), 1 + bytes.len() % 61);
    if !file::has_magic(bytes) {
        let lost = reading.problems.iter().filter(|problem| problem.kind.loses_record());
        assert_eq!((reading.failures.len(), reading.articles.len() + lost.count()), (0, 1));
    }
});
