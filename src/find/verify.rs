//! A candidate pair to evidence: exact set overlap first, then what an alignment of the survivors says.
//!
//! Everything here is an exact count over words and shingles; nothing is estimated. Sorted sets are intersected in one
//! pass without branches, and only shingles in both are looked up in the table of common text.

use ahash::{AHashMap, AHashSet};

use super::align::{Aligner, Alignment, Block};
use super::body::Side;
use super::common::{CommonText, MAX_GROUPS};
use super::evidence::{Evidence, HOLE_WORDS, VERBATIM_WORDS};
use crate::text::Words;
use crate::text::words::Kind;

/// Added to what conflicts are counted over, so that one number among none says less than twenty among twenty.
const FEW: usize = 2;

/// Words without a match between two blocks, on either side, that still count as aligned places.
const ALIGNED_GAP: usize = 12;

/// Shingles that two articles share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Overlap {
    /// Distinct shingles in both.
    pub shared: u32,
    /// Of these, the ones that are not common.
    pub rare: u32,
    /// Sum over all shared ones of 2 over the number of groups they stand in, in 1/255.
    pub exclusive: u32,
}

/// One article, prepared to be compared with many.
#[derive(Debug)]
pub struct Verifier<'a> {
    a: Side<'a>,
    common: &'a CommonText,
    shared: Vec<u64>,
    aligner: Option<Aligner<'a>>,
    /// The place of each rare word among the others.
    rare_words: Option<AHashMap<u32, usize>>,
}

impl<'a> Verifier<'a> {
    /// Prepares the first article.
    pub fn new(a: Side<'a>, common: &'a CommonText) -> Self {
        Verifier { a, common, shared: Vec::new(), aligner: None, rare_words: None }
    }

    /// Counts the shingles shared with a second article.
    pub fn overlap(&mut self, b: &Side<'_>) -> Overlap {
        intersect(&self.a.body.shingles, &b.body.shingles, &mut self.shared);
        let mut overlap = Overlap { shared: self.shared.len() as u32, ..Overlap::default() };
        for &shingle in &self.shared {
            let of = |source| self.common.count(shingle, source);
            let count = if self.a.source == b.source || b.source.is_none() {
                of(self.a.source)
            } else {
                of(self.a.source).max(of(b.source))
            };
            overlap.rare += u32::from(count <= MAX_GROUPS);
            overlap.exclusive += 510 / u32::from(count).max(2);
        }
        overlap
    }

    /// Share of the rare shingles of the article that has fewer which stands in the other.
    pub fn containment(&self, b: &Side<'_>, overlap: Overlap) -> f64 {
        share(overlap.rare as usize, self.a.body.rare.min(b.body.rare) as usize)
    }

    /// What [`Verifier::containment`] is at most once counts of common text have fallen.
    pub fn most_containment(&self, b: &Side<'_>, overlap: Overlap) -> f64 {
        let rare = self.a.body.rare.min(b.body.rare);
        if rare == 0 { 1.0 } else { share(overlap.shared as usize, rare as usize) }
    }

    /// Share of rare words in common order: [`Evidence::rare_order`], without an alignment.
    pub fn rare_order(&mut self, b: &Side<'_>) -> f64 {
        let mut evidence = Evidence::default();
        self.count_rare_words(b, &mut evidence);
        evidence.rare_order
    }

    /// Aligns with a second article.
    pub fn align(&mut self, b: &Side<'_>) -> Alignment {
        self.aligner.get_or_insert_with(|| Aligner::new(self.a.ids)).align(b.ids)
    }

    /// Counts everything, given what the second article shares with the first and how they align.
    pub fn evidence(&mut self, b: &Side<'_>, overlap: Overlap, alignment: &Alignment) -> Evidence {
        let (n, m) = (self.a.body.shingles.len() as u32, b.body.shingles.len() as u32);
        let mut evidence = Evidence {
            jaccard: share(overlap.shared as usize, (n + m - overlap.shared) as usize),
            a_in_b: share(overlap.shared as usize, n as usize),
            b_in_a: share(overlap.shared as usize, m as usize),
            containment: self.containment(b, overlap),
            ..Evidence::default()
        };
        evidence.exclusive = share(overlap.exclusive as usize, 255 * overlap.shared as usize);
        self.count_rare_words(b, &mut evidence);
        count_words(&self.a, b, alignment, &mut evidence);
        count_conflicts(&self.a, b, alignment, &mut evidence);
        evidence
    }

    /// Rare words in common, and the longest run of them that keeps its order (Schensted 1961).
    fn count_rare_words(&mut self, b: &Side<'_>, evidence: &mut Evidence) {
        let own = &self.a.body.rare_words;
        let places = self
            .rare_words
            .get_or_insert_with(|| own.iter().enumerate().map(|(at, &word)| (word, at)).collect());
        let mut common = 0;
        let mut ends: Vec<usize> = Vec::new();
        for place in b.body.rare_words.iter().filter_map(|word| places.get(word)) {
            common += 1;
            let at = ends.partition_point(|end| end < place);
            if at == ends.len() { ends.push(*place) } else { ends[at] = *place }
        }
        let fewer = own.len().min(b.body.rare_words.len());
        evidence.rare_words = share(common, fewer);
        evidence.rare_order = share(ends.len(), fewer);
    }
}

/// What stands in both of two sorted sets. No step hangs on a branch, which no processor could foresee.
fn intersect(a: &[u64], b: &[u64], shared: &mut Vec<u64>) {
    shared.clear();
    shared.resize(a.len().min(b.len()), 0);
    let (mut i, mut j, mut count) = (0, 0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        shared[count] = x;
        count += usize::from(x == y);
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    shared.truncate(count);
}

/// Shares of the shorter body.
fn count_words(a: &Side<'_>, b: &Side<'_>, alignment: &Alignment, evidence: &mut Evidence) {
    let (in_a, in_b) = (body_mask(a), body_mask(b));
    let body = |mask: &[bool]| mask.iter().filter(|own| **own).count();
    let (body_a, body_b) = (body(&in_a), body(&in_b));
    let a_is_shorter = body_a <= body_b;
    let (shorter, mask, words, longer) =
        if a_is_shorter { (a, &in_a, body_a, body_b) } else { (b, &in_b, body_b, body_a) };

    let mut matched = vec![false; mask.len()];
    let (mut in_order, mut verbatim, mut moved, mut longest) = (0, 0, 0, 0);
    let runs = alignment.blocks.iter().map(|block| (block, true));
    for (block, ordered) in runs.chain(alignment.moved.iter().map(|block| (block, false))) {
        let mut own = 0;
        for k in 0..block.len {
            if in_a[block.a + k] && in_b[block.b + k] {
                matched[if a_is_shorter { block.a + k } else { block.b + k }] = true;
                own += 1;
            }
        }
        longest = longest.max(own);
        match ordered {
            true => in_order += own,
            false => moved += own,
        }
        if ordered && block.len >= VERBATIM_WORDS {
            verbatim += own;
        }
    }
    evidence.similarity = share(in_order, words);
    evidence.verbatim = share(verbatim, words);
    evidence.moved = share(moved, words);
    evidence.longest = share(longest, words);
    evidence.length_ratio = share(words, longer);
    evidence.boilerplate = 1.0 - share(words, mask.len());
    evidence.words = words as u32;

    let hits = |quoted: bool| {
        let words = mask.iter().zip(&matched).zip(shorter.kinds).filter(|((own, _), _)| **own);
        let hits = words.filter(|((_, hit), kind)| **hit && kind.is_quoted() == quoted);
        hits.count()
    };
    let outside = mask.iter().zip(shorter.kinds).filter(|(own, kind)| **own && !kind.is_quoted());
    let (inside_hits, outside_hits) = (hits(true), hits(false));
    evidence.unquoted = share(outside_hits, outside.count());
    evidence.quoted = share(inside_hits, inside_hits + outside_hits);

    let matched: Vec<bool> =
        mask.iter().zip(&matched).filter(|(own, _)| **own).map(|(_, hit)| *hit).collect();
    let part = |i: usize, n: usize| {
        let range = i * matched.len() / n..(i + 1) * matched.len() / n;
        let length = range.len();
        share(matched[range].iter().filter(|hit| **hit).count(), length)
    };
    evidence.spread = (0..10).filter(|&i| part(i, 10) >= 0.25).count() as f64 / 10.0;
    evidence.thinnest = (0..3).map(|i| part(i, 3)).fold(1.0, f64::min);

    let unmatched = |run: &&[bool]| !run[0] && run.len() >= HOLE_WORDS;
    let holes = matched.chunk_by(|x, y| x == y).filter(unmatched).map(<[bool]>::len).sum();
    evidence.holes = share(holes, words);
    evidence.interior = share(interior(alignment), words);

    let numbers =
        mask.iter().zip(shorter.kinds).filter(|(own, kind)| **own && kind.is_number()).count();
    let kinds: Vec<Kind> =
        mask.iter().zip(shorter.kinds).filter(|(own, _)| **own).map(|(_, kind)| *kind).collect();
    let agreed = matched.iter().zip(&kinds).filter(|(hit, kind)| **hit && kind.is_number()).count();
    evidence.numbers = if numbers == 0 { 1.0 } else { share(agreed, numbers) };
}

/// Words of both texts between neighboring blocks.
fn interior(alignment: &Alignment) -> usize {
    let between = |pair: &[Block]| {
        pair[1].a - (pair[0].a + pair[0].len) + pair[1].b - (pair[0].b + pair[0].len)
    };
    alignment.blocks.windows(2).map(between).sum()
}

/// Share of the words of the shorter headline that stand in the other.
pub fn title_overlap(a: &str, b: &str) -> Option<f64> {
    let words = |title: &str| Words::new(title).ids.into_iter().collect::<AHashSet<u32>>();
    let (a, b) = (words(a), words(b));
    let shorter = a.len().min(b.len());
    (shorter > 0).then(|| share(a.intersection(&b).count(), shorter))
}

/// Numbers and names that differ where the words around them agree.
fn count_conflicts(a: &Side<'_>, b: &Side<'_>, alignment: &Alignment, evidence: &mut Evidence) {
    let (mut equal, mut conflicts) = ([0, 0], [0, 0]);
    let is: [fn(&Kind) -> bool; 2] = [|kind| kind.is_number(), |kind| kind.is_capital()];
    for block in &alignment.blocks {
        for (of, is) in is.iter().enumerate() {
            equal[of] +=
                a.kinds[block.a..block.a + block.len].iter().filter(|kind| is(kind)).count();
        }
    }
    for pair in alignment.blocks.windows(2) {
        let (in_a, in_b) = (pair[0].a + pair[0].len..pair[1].a, pair[0].b + pair[0].len..pair[1].b);
        if in_a.len() > ALIGNED_GAP || in_b.len() > ALIGNED_GAP {
            continue;
        }
        for (of, is) in is.iter().enumerate() {
            let count = |kinds: &[Kind]| kinds.iter().filter(|kind| is(kind)).count();
            conflicts[of] += count(&a.kinds[in_a.clone()]).min(count(&b.kinds[in_b.clone()]));
        }
    }
    evidence.number_conflicts = share(conflicts[0], equal[0] + conflicts[0] + FEW);
    evidence.name_conflicts = share(conflicts[1], equal[1] + conflicts[1] + FEW);
}

/// True for every word that is not boilerplate.
fn body_mask(side: &Side<'_>) -> Vec<bool> {
    let mut mask = vec![true; side.ids.len()];
    for range in &side.body.boilerplate {
        mask[range.start as usize..range.end as usize].fill(false);
    }
    mask
}

/// Part over whole; 0 if there is no whole.
fn share(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;
    use crate::find::body::Body;
    use crate::find::common::tests::common_of;
    use crate::text::shingle::shingle_set;

    fn evidence(a: &str, b: &str, common: &CommonText) -> Evidence {
        let (a, b) = (Words::new(a), Words::new(b));
        let body = |words: &Words| Body::new(&words.ids, &words.kinds, None, 0, common);
        let (body_a, body_b) = (body(&a), body(&b));
        fn side<'a>(words: &'a Words, body: &'a Body) -> Side<'a> {
            Side { ids: &words.ids, kinds: &words.kinds, source: None, body }
        }
        let b = side(&b, &body_b);
        let mut verifier = Verifier::new(side(&a, &body_a), common);
        let overlap = verifier.overlap(&b);
        let alignment = verifier.align(&b);
        verifier.evidence(&b, overlap, &alignment)
    }

    proptest! {
        #[test]
        fn overlap_equals_that_of_sets(a in "[a-d ]{0,80}", b in "[a-d ]{0,80}") {
            let (words_a, words_b) = (Words::new(&a), Words::new(&b));
            let set = |words: &Words| shingle_set(&words.ids, &words.kinds, 0).into_iter().collect::<BTreeSet<_>>();
            let (set_a, set_b) = (set(&words_a), set(&words_b));
            let shared = set_a.intersection(&set_b).count();
            let found = evidence(&a, &b, &CommonText::new(0));
            prop_assert_eq!(found.jaccard, share(shared, set_a.union(&set_b).count()));
            prop_assert_eq!(found.a_in_b, share(shared, set_a.len()));
            prop_assert_eq!(found.b_in_a, share(shared, set_b.len()));
            prop_assert!(found.verbatim <= found.similarity && found.similarity + found.moved <= 1.0);
        }
    }

    proptest! {
        #[test]
        fn containment_never_rises_over_what_was_said(
            texts in prop::collection::vec("[a-c]( [a-c]){0,30}", 2..30),
            family in 0usize..30,
        ) {
            let all: Vec<Words> = texts.iter().map(|text| Words::new(text)).collect();
            let mut common = common_of(&all.iter().collect::<Vec<_>>());
            let mut bodies: Vec<Body> =
                all.iter().map(|words| Body::new(&words.ids, &words.kinds, None, 0, &common)).collect();
            let of_all = |bodies: &[Body], common: &CommonText| {
                let side = |at: usize| Side { ids: &all[at].ids, kinds: &all[at].kinds, source: None, body: &bodies[at] };
                let mut verifier = Verifier::new(side(0), common);
                (1..all.len()).map(|b| {
                    let overlap = verifier.overlap(&side(b));
                    (verifier.containment(&side(b), overlap), verifier.most_containment(&side(b), overlap))
                }).collect::<Vec<(f64, f64)>>()
            };
            let before = of_all(&bodies, &common);
            let family = bodies.iter().take(family).map(|body| (body.shingles.clone(), None));
            common.take_back(&common.repeated(family));
            bodies.iter_mut().for_each(|body| body.relearn(None, &common));
            for ((after, _), (_, most)) in of_all(&bodies, &common).iter().zip(&before) {
                prop_assert!(after <= most, "{after} over {most}");
            }
        }
    }

    #[test]
    fn boilerplate_does_not_count() {
        let block = "sign up for the first edition newsletter and never miss a story from our desk again today";
        let texts: Vec<String> = (0..12u8)
            .map(|i| {
                let own: Vec<String> = (0..20u8)
                    .map(|k| format!("own{}{}", (b'a' + i) as char, (b'a' + k) as char))
                    .collect();
                format!("{} {block}", own.join(" "))
            })
            .collect();
        let words: Vec<Words> = texts.iter().map(|text| Words::new(text)).collect();
        let common = common_of(&words.iter().collect::<Vec<_>>());
        let learned = evidence(&texts[0], &texts[1], &common);
        let naive = evidence(&texts[0], &texts[1], &CommonText::new(0));
        assert!(naive.containment > 0.2 && naive.similarity > 0.2, "{naive:?}");
        assert!(learned.containment == 0.0 && learned.similarity < 0.05, "{learned:?}");
        assert!(learned.boilerplate > 0.2, "{learned:?}");
    }

    #[test]
    fn titles() {
        assert_eq!(
            title_overlap("Ferry aground off Port Hallow", "Ferry runs aground"),
            Some(2.0 / 3.0)
        );
        assert_eq!(title_overlap("", "Ferry"), None);
    }

    #[test]
    fn numbers_in_conflict_are_seen() {
        let form = |x: &str, y: &str| {
            format!(
                "the index closed at {x} points after a day of trade with {y} shares sold in the city"
            )
        };
        let found = evidence(&form("3412", "550"), &form("3507", "612"), &CommonText::new(0));
        assert_eq!((found.numbers, found.number_conflicts), (0.0, 0.5));
        assert!(found.similarity > 0.8);
        let same = evidence(&form("3412", "550"), &form("3412", "550"), &CommonText::new(0));
        assert_eq!((same.similarity, same.numbers, same.number_conflicts), (1.0, 1.0, 0.0));
    }
}
