//! Two texts to the words they share: in order, by an anchor chain with small gaps filled, and moved.
//!
//! Anchors are pairs of neighboring words that stand once in each text. The longest chain of anchors that increases in
//! both texts (longest increasing subsequence, Schensted 1961) is extended word by word, and gaps of at most
//! [`GAP_CELLS`] cells between its blocks are filled by the longest common subsequence. What is left of the anchors
//! makes *moved* runs of at least [`MOVED_WORDS`] words.
//!
//! O(n log n) in words, against O(n²) for the full table, which is the slow twin of the tests; on copies the coverage is
//! the same within a percent. Limits: a text that repeats every pair of its words has no anchors; a gap over the limit
//! stays unmatched (sentences that share not one pair of neighbors in sixty-four words).

use ahash::AHashMap;

/// Words of one gap times words of the other up to which a gap is filled.
pub const GAP_CELLS: usize = 4096;

/// The shortest run that counts as moved.
pub const MOVED_WORDS: usize = 5;

/// A run of equal words: `len` words from `a` in the first text and from `b` in the second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Block {
    /// First word in the first text.
    pub a: usize,
    /// First word in the second text.
    pub b: usize,
    /// Number of words; at least 1.
    pub len: usize,
}

impl Block {
    /// Behind the last word in the first and in the second text.
    pub fn end(&self) -> (usize, usize) {
        (self.a + self.len, self.b + self.len)
    }
}

/// The words that two texts share.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    /// Increasing in both texts; neighbors on both sides are merged.
    pub blocks: Vec<Block>,
    /// Runs that stand elsewhere in the other text, by place in the second; no word is in two blocks.
    pub moved: Vec<Block>,
}

impl Alignment {
    /// The same words seen from the other text. Not what aligning the other way round gives: of chains of one length
    /// the first found is taken, and that depends on the side. Whoever compares two articles takes the one with the
    /// smaller fingerprint first.
    #[must_use]
    pub fn mirrored(&self) -> Alignment {
        let turn = |blocks: &[Block]| -> Vec<Block> {
            blocks.iter().map(|block| Block { a: block.b, b: block.a, len: block.len }).collect()
        };
        let mut moved = turn(&self.moved);
        moved.sort_unstable_by_key(|run| run.b);
        Alignment { blocks: turn(&self.blocks), moved }
    }
}

/// The first text of many pairs, prepared once.
#[derive(Debug)]
pub struct Aligner<'a> {
    a: &'a [u32],
    /// Place of each pair of neighbors that stands once.
    places: AHashMap<(u32, u32), Option<u32>>,
}

impl<'a> Aligner<'a> {
    /// Prepares the words of the first text.
    pub fn new(a: &'a [u32]) -> Self {
        let mut places = AHashMap::with_capacity(a.len());
        for (at, pair) in a.windows(2).enumerate() {
            places
                .entry((pair[0], pair[1]))
                .and_modify(|place| *place = None)
                .or_insert(Some(at as u32));
        }
        Aligner { a, places }
    }

    /// Aligns the first text with the words of a second.
    pub fn align(&self, b: &[u32]) -> Alignment {
        let anchors = self.anchors(b);
        let chain = longest_chain(&anchors);
        let mut alignment = Alignment { blocks: self.extend(b, &chain), moved: Vec::new() };
        self.move_rest(b, &anchors, &mut alignment);
        alignment
    }

    /// (place in a, place in b) of the pairs of neighbors that stand once in each, by place in b.
    fn anchors(&self, b: &[u32]) -> Vec<(u32, u32)> {
        let mut met = vec![0u8; self.a.len()];
        let mut hits = Vec::new();
        for (at, pair) in b.windows(2).enumerate() {
            if let Some(&Some(place)) = self.places.get(&(pair[0], pair[1])) {
                let met = &mut met[place as usize];
                *met = met.saturating_add(1);
                hits.push((place, at as u32));
            }
        }
        hits.retain(|(place, _)| met[*place as usize] == 1);
        hits
    }

    /// The chain as blocks, each grown as far as words are equal, with the gaps between them filled.
    fn extend(&self, b: &[u32], chain: &[(u32, u32)]) -> Vec<Block> {
        let a = self.a;
        let mut filled = Vec::new();
        let (mut done_a, mut done_b) = (0, 0);
        for (i, &(pa, pb)) in chain.iter().enumerate() {
            let (mut pa, mut pb) = (pa as usize, pb as usize);
            if pa < done_a || pb < done_b {
                // Reached by the growth of the block before: its second word may still be new.
                let skip = (done_a.saturating_sub(pa)).max(done_b.saturating_sub(pb));
                if skip > 1 || pa + skip < done_a || pb + skip < done_b {
                    continue;
                }
                pa += skip;
                pb += skip;
            }
            while pa > done_a && pb > done_b && a[pa - 1] == b[pb - 1] {
                pa -= 1;
                pb -= 1;
            }
            fill_gap(a, b, done_a..pa, done_b..pb, &mut filled);
            let (limit_a, limit_b) = match chain.get(i + 1) {
                Some(&(na, nb)) => (na as usize + 2, nb as usize + 2),
                None => (a.len(), b.len()),
            };
            let len = (0..)
                .take_while(|&k| pa + k < limit_a && pb + k < limit_b && a[pa + k] == b[pb + k])
                .count();
            if len > 0 {
                push(&mut filled, Block { a: pa, b: pb, len });
                (done_a, done_b) = (pa + len, pb + len);
            }
        }
        fill_gap(a, b, done_a..a.len(), done_b..b.len(), &mut filled);
        filled
    }

    fn move_rest(&self, b: &[u32], anchors: &[(u32, u32)], alignment: &mut Alignment) {
        let a = self.a;
        let (mut taken_a, mut taken_b) = (vec![false; a.len()], vec![false; b.len()]);
        for block in &alignment.blocks {
            taken_a[block.a..block.a + block.len].fill(true);
            taken_b[block.b..block.b + block.len].fill(true);
        }
        let mut runs: Vec<Block> = Vec::new();
        for &(pa, pb) in anchors {
            let (mut pa, mut pb) = (pa as usize, pb as usize);
            let in_last = runs
                .last()
                .is_some_and(|run| pb < run.b + run.len && pa.wrapping_sub(run.a) == pb - run.b);
            if in_last || taken_a[pa] || taken_b[pb] {
                continue;
            }
            while pa > 0 && pb > 0 && a[pa - 1] == b[pb - 1] && !taken_a[pa - 1] && !taken_b[pb - 1]
            {
                pa -= 1;
                pb -= 1;
            }
            let free = |k: usize| {
                pa + k < a.len() && pb + k < b.len() && !taken_a[pa + k] && !taken_b[pb + k]
            };
            let len = (0..).take_while(|&k| free(k) && a[pa + k] == b[pb + k]).count();
            runs.push(Block { a: pa, b: pb, len });
        }
        runs.retain(|run| run.len >= MOVED_WORDS);
        runs.sort_unstable_by_key(|run| (std::cmp::Reverse(run.len), run.b, run.a));
        for run in runs {
            let (in_a, in_b) = (run.a..run.a + run.len, run.b..run.b + run.len);
            if !taken_a[in_a.clone()].contains(&true) && !taken_b[in_b.clone()].contains(&true) {
                taken_a[in_a].fill(true);
                taken_b[in_b].fill(true);
                alignment.moved.push(run);
            }
        }
        alignment.moved.sort_unstable_by_key(|run| run.b);
    }
}

/// The longest subsequence of anchors (sorted by place in b) whose places in a increase.
fn longest_chain(anchors: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut ends: Vec<usize> = Vec::new();
    let mut before = vec![usize::MAX; anchors.len()];
    for (i, &(pa, _)) in anchors.iter().enumerate() {
        let at = ends.partition_point(|&end| anchors[end].0 < pa);
        if at > 0 {
            before[i] = ends[at - 1];
        }
        if at == ends.len() {
            ends.push(i);
        } else {
            ends[at] = i;
        }
    }
    let mut chain = Vec::with_capacity(ends.len());
    let mut at = ends.last().copied().unwrap_or(usize::MAX);
    while let Some(&anchor) = anchors.get(at) {
        chain.push(anchor);
        at = before[at];
    }
    chain.reverse();
    chain
}

/// Adds the longest common subsequence of a small gap.
fn fill_gap(
    a: &[u32],
    b: &[u32],
    in_a: std::ops::Range<usize>,
    in_b: std::ops::Range<usize>,
    filled: &mut Vec<Block>,
) {
    let (n, m) = (in_a.len(), in_b.len());
    if n == 0 || m == 0 || n.saturating_mul(m) > GAP_CELLS {
        return;
    }
    // table[i][j]: length for the rests from i and j.
    let width = m + 1;
    let mut table = vec![0u16; (n + 1) * width];
    for i in (0..n).rev() {
        for j in (0..m).rev() {
            table[i * width + j] = if a[in_a.start + i] == b[in_b.start + j] {
                table[(i + 1) * width + j + 1] + 1
            } else {
                table[(i + 1) * width + j].max(table[i * width + j + 1])
            };
        }
    }
    let (mut i, mut j) = (0, 0);
    while i < n && j < m && table[i * width + j] > 0 {
        if a[in_a.start + i] == b[in_b.start + j] {
            push(filled, Block { a: in_a.start + i, b: in_b.start + j, len: 1 });
            i += 1;
            j += 1;
        } else if table[(i + 1) * width + j] >= table[i * width + j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
}

fn push(blocks: &mut Vec<Block>, block: Block) {
    match blocks.last_mut() {
        Some(last) if last.end() == (block.a, block.b) => last.len += block.len,
        _ => blocks.push(block),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The slow twin: the full table.
    fn longest_common(a: &[u32], b: &[u32]) -> usize {
        let mut row = vec![0; b.len() + 1];
        for &x in a {
            let mut corner = 0;
            for (j, &y) in b.iter().enumerate() {
                let above = row[j + 1];
                row[j + 1] = if x == y { corner + 1 } else { row[j].max(above) };
                corner = above;
            }
        }
        row[b.len()]
    }

    fn check(a: &[u32], b: &[u32], alignment: &Alignment) -> Result<usize, TestCaseError> {
        let (mut end_a, mut end_b, mut words) = (0, 0, 0);
        let (mut taken_a, mut taken_b) = (vec![false; a.len()], vec![false; b.len()]);
        for (i, block) in alignment.blocks.iter().chain(&alignment.moved).enumerate() {
            prop_assert!(block.len > 0);
            for k in 0..block.len {
                prop_assert_eq!(a[block.a + k], b[block.b + k]);
                prop_assert!(!std::mem::replace(&mut taken_a[block.a + k], true));
                prop_assert!(!std::mem::replace(&mut taken_b[block.b + k], true));
            }
            if i < alignment.blocks.len() {
                prop_assert!(block.a >= end_a && block.b >= end_b);
                (end_a, end_b) = (block.a + block.len, block.b + block.len);
                words += block.len;
            } else {
                prop_assert!(block.len >= MOVED_WORDS);
            }
        }
        Ok(words)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn any_two_texts_align_to_equal_words(
            a in prop::collection::vec(0u32..30, 0..200),
            b in prop::collection::vec(0u32..30, 0..200),
        ) {
            let words = check(&a, &b, &Aligner::new(&a).align(&b))?;
            prop_assert!(words <= longest_common(&a, &b));
        }

        #[test]
        fn copies_align_as_in_the_full_table(
            original in prop::collection::vec(0u32..3000, 50..400),
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0u32..3000, 0u8..3), 0..60),
        ) {
            let mut copy = original.clone();
            for (at, word, edit) in edits {
                let at = at.index(copy.len());
                match edit {
                    0 => copy[at] = word,
                    1 => copy.insert(at, word),
                    _ => { copy.remove(at); }
                }
            }
            let words = check(&original, &copy, &Aligner::new(&original).align(&copy))?;
            let full = longest_common(&original, &copy);
            prop_assert!(words as f64 >= 0.97 * full as f64, "{words} of {full}");
        }
    }

    #[test]
    fn a_moved_paragraph_is_seen() {
        let a: Vec<u32> = (0..100).collect();
        let b: Vec<u32> = (20..80).chain(0..20).chain(80..100).collect();
        let alignment = Aligner::new(&a).align(&b);
        assert_eq!(
            alignment.blocks,
            [Block { a: 20, b: 0, len: 60 }, Block { a: 80, b: 80, len: 20 }]
        );
        assert_eq!(alignment.moved, [Block { a: 0, b: 60, len: 20 }]);
    }

    #[test]
    fn nothing_and_one_word() {
        assert_eq!(Aligner::new(&[]).align(&[]), Alignment::default());
        assert_eq!(Aligner::new(&[1]).align(&[1]).blocks, [Block { a: 0, b: 0, len: 1 }]);
        assert_eq!(Aligner::new(&[1, 1, 1]).align(&[2, 1]).blocks.len(), 1);
    }
}
