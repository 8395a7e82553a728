//! Runs of equal words to stretches that are worth a passage each: cut at sentences, joined where too little is left.

use std::ops::Range;

use super::align::Block;
use super::sheet::Sheet;

/// The fewest matched words of a passage.
pub(super) const MIN_WORDS: usize = 4;

/// A run of equal words that is boilerplate as a whole, or not at all.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub(super) block: Block,
    pub(super) boilerplate: bool,
}

/// A passage in the making: ranges of words, and the runs inside.
#[derive(Clone, Debug)]
pub(super) struct Segment {
    pub(super) a: Range<usize>,
    pub(super) b: Range<usize>,
    pub(super) runs: Vec<Block>,
}

impl Segment {
    pub(super) fn of(block: &Block) -> Segment {
        let (a, b) = (block.a..block.a + block.len, block.b..block.b + block.len);
        Segment { a, b, runs: vec![*block] }
    }

    pub(super) fn matched(&self) -> usize {
        self.runs.iter().map(|run| run.len).sum()
    }

    /// True if both texts have the same words here, and nothing else.
    pub(super) fn is_verbatim(&self) -> bool {
        self.matched() == self.a.len() && self.matched() == self.b.len()
    }

    /// Adds the segment that follows in both texts.
    pub(super) fn append(&mut self, next: Segment) {
        self.a.end = next.a.end;
        self.b.end = next.b.end;
        for run in next.runs {
            match self.runs.last_mut() {
                Some(last) if last.end() == (run.a, run.b) => {
                    last.len += run.len;
                }
                _ => self.runs.push(run),
            }
        }
    }
}

/// Runs that stand close together, cut where a sentence begins in both texts.
pub(super) fn segments(close: &[Run], a: &Sheet<'_>, b: &Sheet<'_>) -> Vec<Segment> {
    let mut segments: Vec<Segment> = Vec::new();
    for Run { block, .. } in close {
        let mut rest = *block;
        let between = |segment: &Segment| {
            let last = |begins: &[bool], from: usize, to: usize| {
                (from..=to).rev().find(|&word| begins[word])
            };
            let at_a = last(&a.begins, segment.a.end, block.a)?;
            Some((at_a, last(&b.begins, segment.b.end, block.b)?))
        };
        let begin = |at: (usize, usize)| Segment { a: at.0..at.0, b: at.1..at.1, runs: Vec::new() };
        match segments.last_mut() {
            None => segments.push(begin((block.a, block.b))),
            Some(open) => {
                if let Some((at_a, at_b)) = between(open) {
                    (open.a.end, open.b.end) = (at_a, at_b);
                    segments.push(begin((at_a, at_b)));
                }
            }
        }
        loop {
            let both = |&k: &usize| a.begins[rest.a + k] && b.begins[rest.b + k];
            let len = (1..rest.len).find(both).unwrap_or(rest.len);
            let part = Block { len, ..rest };
            if let Some(open) = segments.last_mut() {
                open.append(Segment::of(&part));
            }
            rest = Block { a: rest.a + len, b: rest.b + len, len: rest.len - len };
            if rest.len == 0 {
                break;
            }
            segments.push(begin((rest.a, rest.b)));
        }
    }
    segments
}

/// Verbatim neighbors as one, and segments with too few matched words as part of a neighbor.
pub(super) fn joined(segments: Vec<Segment>) -> Vec<Segment> {
    let mut joined: Vec<Segment> = Vec::with_capacity(segments.len());
    for segment in segments {
        match joined.last_mut() {
            Some(last)
                if last.matched().min(segment.matched()) < MIN_WORDS
                    || last.is_verbatim() && segment.is_verbatim() =>
            {
                last.append(segment);
            }
            _ => joined.push(segment),
        }
    }
    joined
}
