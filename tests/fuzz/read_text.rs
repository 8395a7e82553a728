//! A text is an article as it stands, or one problem.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::config::Input;
use wirecopy_fuzz::{file, reading};

fuzz_target!(|bytes: &[u8]| {
    let path = file::holding("a.txt", bytes);
    let reading = reading::read(&path, &Input::default(), 1 + bytes.len() % 61);
    if file::has_magic(bytes) {
        return;
    }
    assert_eq!((reading.failures.len(), reading.bytes), (0, bytes.len() as u64));
    let lost = reading.problems.iter().filter(|problem| problem.kind.loses_record());
    assert_eq!(reading.articles.len() + lost.count(), 1);
    // What looks like UTF-16 is taken for it, and told.
    if let (Ok(text), [article], []) =
        (std::str::from_utf8(bytes), &*reading.articles, &*reading.problems)
    {
        assert_eq!((article.text.as_str(), article.id.as_str()), (text, "a"));
    }
});
