//! Judges pairs of articles by everything that was learned from the corpus: verify, relate, accept or not.

use std::sync::Arc;

use rayon::prelude::*;

use super::Match;
use super::body::Side;
use super::collection::Collection;
use super::common::CommonText;
use super::evidence::Evidence;
use super::glance::{Glance, Look, Picture};
use super::opened::{Opened, Shelf};
use super::relate::{Relation, Ruling, confidence, is_plainly_copy, kind_of_copy, rule};
use super::verify::{Overlap, Verifier, title_overlap};
use crate::config::Matching;
use crate::error::Result;
use crate::progress::{Progress, go_on};

/// Share of rare shingles from which a verified pair is aligned.
pub(super) const MIN_CONTAINMENT: f64 = 0.08;

/// Rare shingles from which it is aligned: one or two in common are chance, however short the article.
const MIN_RARE: u32 = 3;

/// In a deep search, the share of rare words in common order from which it is aligned all the same.
const MIN_RARE_ORDER: f64 = 0.15;

/// Everything that judging a pair needs.
#[derive(Debug)]
pub struct Judge<'a> {
    pub(super) collection: &'a Collection,
    common: CommonText,
    shelf: Shelf,
    matching: &'a Matching,
}

impl<'a> Judge<'a> {
    /// A judge who knows what recurs in the corpus.
    pub fn new(collection: &'a Collection, common: CommonText, matching: &'a Matching) -> Self {
        Judge { collection, common, shelf: Shelf::default(), matching }
    }

    /// The same judge with lower counts of common text.
    pub(super) fn relearn(
        mut self,
        learn: impl FnOnce(&mut CommonText) -> Result<()>,
    ) -> Result<Self> {
        learn(&mut self.common)?;
        self.shelf.relearn(&self.common);
        Ok(self)
    }

    /// Reads an article back, unless it is at hand.
    pub(super) fn open(&self, article: u32) -> Result<Arc<Opened>> {
        self.shelf.open(article, self.collection, self.matching.seed, &self.common)
    }

    /// What is plain of pairs, which must be sorted. The model has no part in it.
    pub fn plain(&self, pairs: &[(u32, u32)]) -> Result<Plain> {
        pairs
            .par_chunk_by(|x, y| x.0 == y.0)
            .map(|of_one| {
                let [apart, _, near] = self.glance(of_one)?;
                let mut plain = Plain { apart, ..Plain::default() };
                if near.is_empty() {
                    return Ok(plain);
                }
                let opened = self.open(of_one[0].0)?;
                let mut verifier = self.verifier(&opened);
                for (a, b) in near {
                    let other = self.open(b)?;
                    let side = other.side();
                    let overlap = verifier.overlap(&side);
                    if verifier.containment(&side, overlap) < MIN_CONTAINMENT {
                        let never = overlap.shared < MIN_RARE
                            || verifier.most_containment(&side, overlap) < MIN_CONTAINMENT;
                        if never && !self.matching.deep {
                            plain.apart.push((a, b));
                        }
                        continue;
                    }
                    let alignment = verifier.align(&side);
                    let evidence = verifier.evidence(&side, overlap, &alignment);
                    if is_plainly_copy(&evidence) {
                        plain.copies.push((a, b, kind_of_copy(&evidence)));
                    }
                    self.shelf.keep((a, b), alignment, self.collection.at_hand());
                }
                plain.apart.sort_unstable();
                Ok(plain)
            })
            .try_reduce(Plain::default, |left, right| Ok(left.and(right)))
    }

    /// Of pairs with the same first article those that are apart, those that are unlike by the counts as they are, and the
    /// others.
    fn glance(&self, of_one: &[(u32, u32)]) -> Result<[Vec<(u32, u32)>; 3]> {
        let is_known = |&pair: &(u32, u32)| self.matching.deep || self.shelf.is_aligned(pair);
        if of_one.iter().all(is_known) {
            return Ok([Vec::new(), Vec::new(), of_one.to_vec()]);
        }
        let glance = |article| {
            let (ids, kinds) = self.collection.ids_and_kinds(article)?;
            let source = self.common.counted_source(self.collection.source(article));
            let distinct = self.collection.shingles(article);
            Ok(Glance::new((&ids, &kinds), distinct, source, self.matching.seed))
        };
        let first = glance(of_one[0].0)?;
        let picture = Picture::new(&first);
        let [mut apart, mut unlike, mut near] = [const { Vec::new() }; 3];
        for pair in of_one {
            let look = match is_known(pair) {
                true => Look::Near,
                false => picture.look(&glance(pair.1)?, &self.common),
            };
            match look {
                Look::Apart => apart.push(*pair),
                Look::Unlike => unlike.push(*pair),
                Look::Near => near.push(*pair),
            }
        }
        Ok([apart, unlike, near])
    }

    /// Judges pairs, which must be sorted.
    pub fn all(&self, pairs: &[(u32, u32)], progress: &dyn Progress) -> Result<Verdicts> {
        pairs
            .par_chunk_by(|x, y| x.0 == y.0)
            .map(|of_one| {
                go_on(progress)?;
                progress.advance(of_one.len() as u64);
                let [apart, unlike, near] = self.glance(of_one)?;
                let mut verdicts = Verdicts::default();
                let others = apart.into_iter().chain(unlike).map(|(a, b)| (a, b, 0.0));
                verdicts.rejected.extend(others);
                if near.is_empty() {
                    return Ok(verdicts);
                }
                let opened = self.open(of_one[0].0)?;
                let mut verifier = self.verifier(&opened);
                for (a, b) in near {
                    let other = self.open(b)?;
                    let side = other.side();
                    let overlap = verifier.overlap(&side);
                    if !is_worth_aligning(&mut verifier, &side, overlap, self.matching) {
                        verdicts.rejected.push((a, b, 0.0));
                        continue;
                    }
                    verdicts.aligned += 1;
                    let kept = self.shelf.take((a, b));
                    let alignment = kept.unwrap_or_else(|| verifier.align(&side));
                    let evidence = verifier.evidence(&side, overlap, &alignment);
                    let evidence = self.with_titles(a, b, evidence)?;
                    match self.decide(a, b, evidence) {
                        Ok(found) => verdicts.matches.push(found),
                        Err(confidence) => verdicts.rejected.push((a, b, confidence)),
                    }
                }
                Ok(verdicts)
            })
            .try_reduce(Verdicts::default, |left, right| Ok(left.and(right)))
    }

    /// The evidence of any pair, whatever its relation.
    pub fn evidence(&self, a: u32, b: u32) -> Result<Evidence> {
        let (one, other) = (self.open(a)?, self.open(b)?);
        self.with_titles(a, b, align(&mut self.verifier(&one), &other))
    }

    /// How sure it is that two articles are copies; `None` if they are sifted before they are judged, or too short for it.
    pub fn confidence(&self, a: u32, b: u32) -> Result<Option<f64>> {
        if !self.collection.is_judged(a) || !self.collection.is_judged(b) {
            return Ok(None);
        }
        let (a, b) = (self.open(a)?, self.open(b)?);
        let (mut verifier, side) = (self.verifier(&a), b.side());
        let overlap = verifier.overlap(&side);
        Ok(is_worth_aligning(&mut verifier, &side, overlap, self.matching).then(|| {
            let alignment = verifier.align(&side);
            confidence(&verifier.evidence(&side, overlap, &alignment), self.matching.deep)
        }))
    }

    pub(super) fn verifier<'b>(&'b self, a: &'b Opened) -> Verifier<'b> {
        Verifier::new(a.side(), &self.common)
    }

    /// Judges one pair outside the list of candidates. The verifier and the opened article are those of `a`.
    pub(super) fn pair(
        &self,
        verifier: &mut Verifier<'_>,
        opened: &Opened,
        a: u32,
        b: u32,
    ) -> Result<Option<Match>> {
        let other = self.open(b)?;
        // Alignment is not quite symmetric: the smaller index comes first, as it does among candidates.
        let evidence =
            if a < b { align(verifier, &other) } else { align(&mut self.verifier(&other), opened) };
        let (a, b) = (a.min(b), a.max(b));
        Ok(self.decide(a, b, self.with_titles(a, b, evidence)?).ok())
    }

    /// What the texts say of a pair, and the titles.
    fn with_titles(&self, a: u32, b: u32, evidence: Evidence) -> Result<Evidence> {
        let title = |article| Ok(self.collection.article(article)?.title);
        let title = match title(a)? {
            Some(a) => title(b)?.and_then(|b| title_overlap(&a, &b)),
            None => None,
        };
        Ok(Evidence { title, ..evidence })
    }

    /// The match, if the pair is a copy by the rules in force or shares a passage; else its confidence.
    fn decide(&self, a: u32, b: u32, evidence: Evidence) -> Result<Match, f64> {
        let Ruling { relation, confidence, is_copy } = rule(&evidence, self.matching);
        if is_copy || relation == Relation::SharedPassage {
            Ok(Match { a, b, relation, confidence, evidence })
        } else {
            Err(confidence)
        }
    }

    /// What recurs in the corpus.
    pub fn common(&self) -> &CommonText {
        &self.common
    }
}

/// What the texts of a pair say.
fn align(verifier: &mut Verifier<'_>, b: &Opened) -> Evidence {
    let side = b.side();
    let overlap = verifier.overlap(&side);
    let alignment = verifier.align(&side);
    verifier.evidence(&side, overlap, &alignment)
}

/// False if a pair shares next to nothing but common text.
pub(super) fn is_worth_aligning(
    verifier: &mut Verifier<'_>,
    b: &Side<'_>,
    overlap: Overlap,
    matching: &Matching,
) -> bool {
    overlap.rare >= MIN_RARE && verifier.containment(b, overlap) >= MIN_CONTAINMENT
        || matching.deep && verifier.rare_order(b) >= MIN_RARE_ORDER
}

/// What is plain of pairs before the families are known over which common text is counted anew.
#[derive(Clone, Debug, Default)]
pub struct Plain {
    /// Copies by the plainest of rules.
    pub copies: Vec<(u32, u32, Relation)>,
    /// Pairs that will not be worth aligning, however far the counts fall; sorted. Most of all pairs are such.
    pub apart: Vec<(u32, u32)>,
}

impl Plain {
    /// These, then others.
    fn and(mut self, others: Plain) -> Plain {
        self.copies.extend(others.copies);
        self.apart.extend(others.apart);
        self
    }
}

/// What judging found.
#[derive(Clone, Debug, Default)]
pub struct Verdicts {
    /// Copies and shared passages.
    pub matches: Vec<Match>,
    /// All other pairs, with their confidence; 0 for those that were not worth aligning.
    pub rejected: Vec<(u32, u32, f64)>,
    /// Pairs that were aligned.
    pub aligned: u64,
}

impl Verdicts {
    /// These, then others.
    pub(super) fn and(mut self, others: Verdicts) -> Verdicts {
        self.matches.extend(others.matches);
        self.rejected.extend(others.rejected);
        self.aligned += others.aligned;
        self
    }
}
