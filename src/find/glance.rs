//! A first look at a pair: whether what its articles share can be enough, before either is prepared to be compared.
//!
//! Of ten pairs that rare shingles propose nine share some phrases and no more. To see that takes no sorted set and not all
//! counts of common text, but how many shingles are shared at most, and how many are rare at least. Both bounds err towards
//! comparing: a pair told apart here is told apart by the exact counts too, now and once counts have fallen. What else is
//! shared may be common text: such a pair is unlike by the counts as they are, and looked at again once they have fallen.
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

/// What a look at a pair tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// It can never be worth an alignment, however far counts fall.
    Apart,
    /// It is not worth one by the counts as they are.
    Unlike,
    /// It may be worth one.
    Near,
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

    /// Looks at a second article.
    pub(super) fn look(&self, other: &Glance, common: &CommonText) -> Look {
        if self.is_too_little(self.shared_at_most(other), other, common) {
            return Look::Apart;
        }
        let is_common = |shingle: u64| {
            common.is_common(shingle, self.of.source)
                || other.source != self.of.source && common.is_common(shingle, other.source)
        };
        let rare = other.shingles.iter().filter(|&&one| self.holds(one) && !is_common(one));
        if self.is_too_little(rare.count() as u32, other, common) {
            Look::Unlike
        } else {
            Look::Near
        }
    }

    /// True only if so many shared shingles are too few to be worth an alignment.
    fn is_too_little(&self, shared: u32, other: &Glance, common: &CommonText) -> bool {
        let wanted = rare_from(shared);
        wanted <= self.of.distinct.min(other.distinct)
            && other.has_rare(wanted, common)
            && self.of.has_rare(wanted, common)
    }

    /// How many of the shingles of another article stand in this one, and some more.
    fn shared_at_most(&self, other: &Glance) -> u32 {
        other.shingles.iter().map(|&shingle| u32::from(self.holds(shingle))).sum()
    }

    /// False only if the shingle does not stand in the article.
    fn holds(&self, shingle: u64) -> bool {
        let place = self.place(shingle);
        self.bits[place / 64] >> (place % 64) & 1 == 1
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
    use crate::find::common::tests::{common_by, common_of};
    use crate::find::verify::Verifier;
    use crate::text::Words;
    use crate::text::shingle::shingle_set;

    proptest! {
        #[test]
        fn what_is_told_apart_is_not_worth_an_alignment(
            shared in "[a-e]( [a-e]){0,40}",
            articles in prop::collection::vec(("[a-z]( [a-z]){0,60}", 0u64..3), 2..30),
            family in 0usize..20,
        ) {
            let mixed = |(at, (text, _)): (usize, &(String, u64))| {
                Words::new(&if at % 2 == 0 { format!("{shared} {text}") } else { text.clone() })
            };
            let all: Vec<Words> = articles.iter().enumerate().map(mixed).collect();
            let source = |at: usize| Some(articles[at].1).filter(|source| *source > 0);
            let counted = (0..all.len()).map(|at| (&all[at].ids[..], &all[at].kinds[..], source(at)));
            let mut common = common_by(100_000, counted.clone());
            let mut bodies: Vec<Body> =
                counted.clone().map(|(ids, kinds, source)| Body::new(ids, kinds, source, 0, &common)).collect();
            let glance = |((ids, kinds, source), body): (_, &Body)| {
                Glance::new((ids, kinds), body.shingles.len() as u32, source, 0)
            };
            let mut looks = Vec::new();
            // The slow twin: everything, counted exactly, before and after counts have fallen.
            for learned in [false, true] {
                if learned {
                    let family = bodies.iter().zip(0..).take(family).map(|(body, at)| (body.shingles.clone(), source(at)));
                    common.take_back(&common.repeated(family));
                    bodies.iter_mut().zip(0..).for_each(|(body, at)| body.relearn(source(at), &common));
                }
                let glances: Vec<Glance> = counted.clone().zip(&bodies).map(glance).collect();
                let picture = Picture::new(&glances[0]);
                looks.retain(|&(_, look)| look == Look::Apart);
                looks.extend((1..).zip(&glances[1..]).map(|(at, other)| (at, picture.look(other, &common))));
                let side = |at: usize| {
                    Side { ids: &all[at].ids, kinds: &all[at].kinds, source: source(at), body: &bodies[at] }
                };
                let mut verifier = Verifier::new(side(0), &common);
                for &(at, look) in looks.iter().filter(|(_, look)| *look != Look::Near) {
                    let overlap = verifier.overlap(&side(at));
                    prop_assert!(verifier.containment(&side(at), overlap) < MIN_CONTAINMENT, "{look:?} {overlap:?}");
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
            let distinct = shingle_set(&words.ids, &words.kinds, 0).len();
            Glance::new((&words.ids, &words.kinds), distinct as u32, None, 0)
        };
        let common = CommonText::new(0);
        let [a, phrase, half] = [words(0), words(290), words(150)].map(|text| glance(&text));
        let picture = Picture::new(&a);
        assert_eq!(picture.look(&phrase, &common), Look::Apart);
        assert_eq!(picture.look(&half, &common), Look::Near);
        assert_eq!(picture.look(&a, &common), Look::Near);
        // Short ones are no exception: one shingle may be half of what there is.
        let [short, same] = ["a b c d", "a b c e"].map(glance);
        assert_eq!(Picture::new(&short).look(&same, &common), Look::Near);
    }

    #[test]
    fn articles_that_share_what_all_share_are_unlike() {
        let block = (0..50).map(|i| format!("block{i}")).collect::<Vec<_>>().join(" ");
        let own = |n: usize| (0..60).map(|i| format!("own{n}x{i}")).collect::<Vec<_>>().join(" ");
        let all: Vec<Words> = (0..20).map(|n| Words::new(&format!("{block} {}", own(n)))).collect();
        let glance = |words: &Words| {
            let distinct = shingle_set(&words.ids, &words.kinds, 0).len();
            Glance::new((&words.ids, &words.kinds), distinct as u32, None, 0)
        };
        let [a, b] = [0, 1].map(|at| glance(&all[at]));
        let common = common_of(&all.iter().collect::<Vec<_>>());
        assert_eq!(Picture::new(&a).look(&b, &common), Look::Unlike);
        let common = common_of(&all[..2].iter().collect::<Vec<_>>());
        assert_eq!(Picture::new(&a).look(&b, &common), Look::Near);
    }
}
