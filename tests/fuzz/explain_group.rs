//! Any report of an earlier run explains a group or is refused, and no explanation acts on a terminal.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::report::explain::group;
use wirecopy_fuzz::file;

fuzz_target!(|bytes: &[u8]| {
    let path = file::holding("run.jsonl", bytes);
    match group::find(&path, "w8f2k0c91aq") {
        Ok(explained) => {
            let mut shown = Vec::new();
            let width = 20 + bytes.len() % 100;
            group::render(&explained, false, width, &mut shown).expect("memory can be written");
            let shown = String::from_utf8(shown).expect("what is shown is text");
            assert!(shown.chars().all(|c| c == '\n' || !c.is_control()), "{shown:?}");
        }
        Err(error) => assert!(error.to_string().contains("run.jsonl")),
    }
});
