//! What is promised of any alignment, and its slow twin.

use wirecopy::find::align::{Alignment, MOVED_WORDS};

/// The words in blocks. Blocks lie in both texts, are in order, hold equal words, and no word twice.
pub fn check(a: &[u32], b: &[u32], alignment: &Alignment) -> usize {
    let (mut end_a, mut end_b, mut words) = (0, 0, 0);
    let (mut taken_a, mut taken_b) = (vec![false; a.len()], vec![false; b.len()]);
    for block in &alignment.blocks {
        assert!(block.a >= end_a && block.b >= end_b, "{block:?} is out of order");
        assert!((block.a, block.b) != (end_a, end_b) || words == 0, "{block:?} is not merged");
        (end_a, end_b) = block.end();
        words += block.len;
    }
    assert!(alignment.moved.is_sorted_by_key(|run| run.b));
    assert!(alignment.moved.iter().all(|run| run.len >= MOVED_WORDS));
    for block in alignment.blocks.iter().chain(&alignment.moved) {
        let (to_a, to_b) = block.end();
        assert!(block.len > 0 && a[block.a..to_a] == b[block.b..to_b]);
        for taken in taken_a[block.a..to_a].iter_mut().chain(&mut taken_b[block.b..to_b]) {
            assert!(!std::mem::replace(taken, true), "a word is in two blocks");
        }
    }
    words
}

/// The slow twin: the length of the longest common subsequence, by the full table.
pub fn longest_common(a: &[u32], b: &[u32]) -> usize {
    let mut row = vec![0; b.len() + 1];
    for x in a {
        let mut corner = 0;
        for (j, y) in b.iter().enumerate() {
            let above = row[j + 1];
            row[j + 1] = if x == y { corner + 1 } else { row[j].max(above) };
            corner = above;
        }
    }
    row[b.len()]
}
