//! Any two texts, a byte a word, align to blocks in order that are no more than the full table finds.
#![no_main]

use std::collections::BTreeSet;

use libfuzzer_sys::fuzz_target;
use wirecopy::find::align::Aligner;
use wirecopy_fuzz::aligned::{check, longest_common};

/// The byte that parts the two texts.
const BETWEEN: u8 = b'|';

fuzz_target!(|bytes: &[u8]| {
    let words: Vec<u32> = bytes.iter().copied().map(u32::from).collect();
    let middle = bytes.iter().position(|&byte| byte == BETWEEN);
    let (a, b) = words.split_at(middle.unwrap_or(bytes.len() / 2));
    let aligner = Aligner::new(a);
    let there = aligner.align(b);
    let (found, full) = (check(a, b, &there), longest_common(a, b));
    assert!(found <= full);
    assert_eq!(aligner.align(b), there);

    let back = there.mirrored();
    assert_eq!(check(b, a, &back), found);
    assert_eq!(back.mirrored(), there);
    let turned = Aligner::new(b).align(a);
    assert!(check(b, a, &turned) <= full);

    let own = check(a, a, &aligner.align(a));
    let pairs: BTreeSet<&[u32]> = a.windows(2).collect();
    assert!(own == a.len() || pairs.len() + 1 < a.len(), "{own} words of {} align", a.len());
});
