//! A first look at a pair: whether what its articles share can be enough, before either is prepared to be compared.
//!
//! Of ten pairs that rare shingles propose nine share some phrases and no more. To see that takes no sorted set and not all
//! counts of common text, but how many shingles are shared at most, and how many are rare at least. Both bounds err towards
//! comparing: a pair told apart here is told apart by the exact counts too, now and once counts have fallen.
//!
//! An article costs one pass over its words, a pair one bit for each shingle.

use std::cell::OnceCell;

use super::common::CommonText;
use super::judge::MIN_CONTAINMENT;
use crate::text::shingle::shingles;
use crate::text::words::Kind;

/// Bits of a picture for each shingle in it: one in so many others is taken for one of them.
const BITS: usize = 128;

/// What is looked at of an article.
#[derive(Debug)]
pub(super) struct Glance {
    /// In the order of the text, repeated as it repeats them.
    shingles: Vec<u64>,
    /// How many there are, each once.
    distinct: u32,
    source: Option<u64>,
    /// Places of those that may be common.
    doubtful: OnceCell<Vec<u32>>,
}

impl Glance {
    /// An article of these words, with so many distinct shingles, and the key of its source if recurrence within it is
    /// counted.
    pub(super) fn new(
        (ids, kinds): (&[u32], &[Kind]),
        distinct: u32,
        source: Option<u64>,
        seed: u64,
    ) -> Self {
        let shingles = shingles(ids, kinds, seed);
        Glance { shingles, distinct, source, doubtful: OnceCell::new() }
    }

    /// True only if the article has so many distinct shingles that are not common.
    ///
    /// The small picture of common text answers for most; the counts, which are far away, for no more than it takes.
    fn has_rare(&self, wanted: u32, common: &CommonText) -> bool {
        let doubtful = self.doubtful.get_or_init(|| common.may_be_common(&self.shingles));
        let missing = wanted as usize + doubtful.len();
        let missing = missing.saturating_sub(self.distinct as usize);
        let is_rare =
            |&&place: &&u32| !common.is_common(self.shingles[place as usize], self.source);
        doubtful.iter().filter(is_rare).take(missing).count() == missing
    }
}

/// The first article of some pairs: a picture of its shingles.
#[derive(Debug)]
pub(super) struct Picture<'a> {
    of: &'a Glance,
    bits: Vec<u64>,
    mask: usize,
}

impl<'a> Picture<'a> {
    /// A picture of an article.
    pub(super) fn new(of: &'a Glance) -> Self {
        let size = (of.shingles.len().max(1) * BITS).next_power_of_two();
        let mut picture = Picture { of, bits: vec![0; size / 64], mask: size - 1 };
        for &shingle in &of.shingles {
            let place = picture.place(shingle);
            picture.bits[place / 64] |= 1 << (place % 64);
        }
        picture
    }

    /// True only if the pair can never be worth an alignment.
    pub(super) fn is_apart_from(&self, other: &Glance, common: &CommonText) -> bool {
        let shared = self.shared_at_most(&other.shingles);
        let wanted = rare_from(shared);
        wanted <= self.of.distinct.min(other.distinct)
            && other.has_rare(wanted, common)
            && self.of.has_rare(wanted, common)
    }

    /// How many of the shingles stand in the article, and some others.
    fn shared_at_most(&self, shingles: &[u64]) -> u32 {
        let holds = |&shingle: &u64| {
            let place = self.place(shingle);
            (self.bits[place / 64] >> (place % 64)) as u32 & 1
        };
        shingles.iter().map(holds).sum()
    }

    fn place(&self, shingle: u64) -> usize {
        (shingle >> 24) as usize & self.mask
    }
}

/// The number of rare shingles from which so many shared ones are too few to be worth an alignment.
fn rare_from(shared: u32) -> u32 {
    let is_less = |rare: &u32| f64::from(shared) / f64::from(*rare) < MIN_CONTAINMENT;
    let least = (f64::from(shared) / MIN_CONTAINMENT) as u32;
    (least..).find(is_less).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::find::body::{Body, Side};
    use crate::find::common::tests::common_of;
    use crate::find::verify::Verifier;
    use crate::text::Words;

    proptest! {
        #[test]
        fn what_is_told_apart_can_never_be_worth_an_alignment(
            shared in "[a-e]( [a-e]){0,40}",
            texts in prop::collection::vec("[a-z]( [a-z]){0,60}", 2..20),
            family in 0usize..20,
        ) {
            let mut texts = texts;
            texts.iter_mut().step_by(2).for_each(|text| *text = format!("{shared} {text}"));
            let all: Vec<Words> = texts.iter().map(|text| Words::new(text)).collect();
            let mut common = common_of(&all.iter().collect::<Vec<_>>());
            let mut bodies: Vec<Body> =
                all.iter().map(|words| Body::new(&words.ids, &words.kinds, None, 0, &common)).collect();
            let glances: Vec<Glance> = all
                .iter()
                .zip(&bodies)
                .map(|(words, body)| Glance::new((&words.ids, &words.kinds), body.shingles.len() as u32, None, 0))
                .collect();
            let picture = Picture::new(&glances[0]);
            let apart: Vec<bool> =
                glances[1..].iter().map(|other| picture.is_apart_from(other, &common)).collect();
            // The slow twin: everything, counted exactly, before and after counts have fallen.
            for learned in [false, true] {
                if learned {
                    let family = bodies.iter().take(family).map(|body| (body.shingles.clone(), None));
                    common.take_back(&common.repeated(family));
                    bodies.iter_mut().for_each(|body| body.relearn(None, &common));
                }
                let side = |at: usize| Side { ids: &all[at].ids, kinds: &all[at].kinds, source: None, body: &bodies[at] };
                let mut verifier = Verifier::new(side(0), &common);
                for (b, _) in (1..).zip(&apart).filter(|(_, apart)| **apart) {
                    let overlap = verifier.overlap(&side(b));
                    prop_assert!(verifier.containment(&side(b), overlap) < MIN_CONTAINMENT, "{overlap:?}");
                }
            }
        }
    }

    #[test]
    fn articles_that_share_a_phrase_are_told_apart_and_copies_are_not() {
        let words =
            |from: u32| (from..from + 300).map(|i| format!("w{i}")).collect::<Vec<_>>().join(" ");
        let glance = |text: &str| {
            let words = Words::new(text);
            let distinct = crate::text::shingle::shingle_set(&words.ids, &words.kinds, 0).len();
            Glance::new((&words.ids, &words.kinds), distinct as u32, None, 0)
        };
        let common = CommonText::new(0);
        let [a, phrase, half] = [words(0), words(290), words(150)].map(|text| glance(&text));
        let picture = Picture::new(&a);
        assert!(picture.is_apart_from(&phrase, &common));
        assert!(!picture.is_apart_from(&half, &common));
        assert!(!picture.is_apart_from(&a, &common));
        // Short ones are no exception: one shingle may be half of what there is.
        let [short, same] = ["a b c d", "a b c e"].map(glance);
        assert!(!Picture::new(&short).is_apart_from(&same, &common));
    }
}
