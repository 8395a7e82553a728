//! Judges pairs of articles by everything that was learned from the corpus: verify, relate, accept or not.

use std::ops::Range;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::common::CommonText;
use super::evidence::Evidence;
use super::relate::{Relation, Ruling, confidence, is_plainly_copy, kind_of_copy, rule};
use super::verify::{Body, Overlap, Side, Verifier, title_overlap};
use super::{Match, Signed};
use crate::article::Article;
use crate::config::Matching;
use crate::progress::Progress;

/// Share of rare shingles from which a verified pair is aligned.
const MIN_CONTAINMENT: f64 = 0.08;

/// Rare shingles from which it is aligned: one or two in common are chance, however short the article.
const MIN_RARE: u32 = 3;

/// In a deep search, the share of rare words in common order from which it is aligned all the same.
const MIN_RARE_ORDER: f64 = 0.15;

/// Everything that judging a pair needs.
#[derive(Debug)]
pub struct Judge<'a> {
    pub(super) articles: &'a [Article],
    pub(super) signed: &'a [Signed],
    common: CommonText,
    bodies: Vec<OnceLock<Body>>,
    matching: &'a Matching,
}

impl<'a> Judge<'a> {
    /// A judge who knows what recurs in the corpus.
    pub fn new(
        articles: &'a [Article],
        signed: &'a [Signed],
        common: CommonText,
        matching: &'a Matching,
    ) -> Self {
        let bodies = std::iter::repeat_with(OnceLock::new).take(signed.len()).collect();
        Judge { articles, signed, common, bodies, matching }
    }

    /// The same judge with other counts of common text.
    pub fn relearn(self, learn: impl FnOnce(&CommonText)) -> Self {
        learn(&self.common);
        Judge::new(self.articles, self.signed, self.common, self.matching)
    }

    /// The pairs (of a sorted list) that are copies by the plainest of rules. The model has no part in it.
    pub fn plain_copies(&self, pairs: &[(u32, u32)]) -> Vec<(u32, u32, Relation)> {
        pairs
            .par_chunk_by(|x, y| x.0 == y.0)
            .flat_map_iter(|of_one| {
                let mut verifier = self.verifier(of_one[0].0);
                let plain = move |&(a, b): &(u32, u32)| {
                    let side = self.side(b);
                    let overlap = verifier.overlap(&side);
                    if verifier.containment(&side, overlap) < MIN_CONTAINMENT {
                        return None;
                    }
                    let evidence = verifier.evidence(&side, overlap);
                    is_plainly_copy(&evidence).then(|| (a, b, kind_of_copy(&evidence)))
                };
                of_one.iter().filter_map(plain).collect::<Vec<_>>()
            })
            .collect()
    }

    /// Judges pairs, which must be sorted.
    pub fn all(&self, pairs: &[(u32, u32)], progress: &dyn Progress) -> Verdicts {
        pairs
            .par_chunk_by(|x, y| x.0 == y.0)
            .map(|of_one| {
                let mut verifier = self.verifier(of_one[0].0);
                let mut verdicts = Verdicts::default();
                for &(a, b) in of_one {
                    let side = self.side(b);
                    let overlap = verifier.overlap(&side);
                    if !is_worth_aligning(&verifier, &side, overlap, self.matching) {
                        verdicts.rejected.push((a, b, 0.0));
                        continue;
                    }
                    verdicts.aligned += 1;
                    match self.decide(a, b, self.full_evidence(&mut verifier, overlap, a, b)) {
                        Ok(found) => verdicts.matches.push(found),
                        Err(confidence) => verdicts.rejected.push((a, b, confidence)),
                    }
                }
                progress.advance(of_one.len() as u64);
                verdicts
            })
            .reduce(Verdicts::default, Verdicts::and)
    }

    /// The evidence of any pair, whatever its relation.
    pub fn evidence(&self, a: u32, b: u32) -> Evidence {
        let (mut verifier, side) = (self.verifier(a), self.side(b));
        let overlap = verifier.overlap(&side);
        self.full_evidence(&mut verifier, overlap, a, b)
    }

    /// What the texts say, and what else is known of the articles.
    fn full_evidence(
        &self,
        verifier: &mut Verifier<'_>,
        overlap: Overlap,
        a: u32,
        b: u32,
    ) -> Evidence {
        let title = |article: u32| self.articles[article as usize].title.as_deref();
        let titles = title(a).zip(title(b));
        Evidence {
            title: titles.and_then(|(a, b)| title_overlap(a, b)),
            ..verifier.evidence(&self.side(b), overlap)
        }
    }

    /// How sure it is that two articles are copies; `None` if they are sifted before they are judged, or too short for it.
    pub fn confidence(&self, a: u32, b: u32) -> Option<f64> {
        let judged = |article: u32| self.signed[article as usize].signature.is_some();
        if !judged(a) || !judged(b) {
            return None;
        }
        let (mut verifier, side) = (self.verifier(a), self.side(b));
        let overlap = verifier.overlap(&side);
        is_worth_aligning(&verifier, &side, overlap, self.matching)
            .then(|| confidence(&verifier.evidence(&side, overlap), self.matching.deep))
    }

    pub(super) fn verifier(&self, a: u32) -> Verifier<'_> {
        Verifier::new(self.side(a), self.matching.seed, &self.common)
    }

    /// Judges one pair outside the list of candidates; `verifier` is that of `a`.
    pub(super) fn pair<'b>(&'b self, verifier: &mut Verifier<'b>, a: u32, b: u32) -> Option<Match> {
        // Alignment is not quite symmetric: the smaller index comes first, as it does among candidates.
        let (first, second) = (a.min(b), a.max(b));
        let mut turned;
        let verifier = if first == a {
            verifier
        } else {
            turned = self.verifier(first);
            &mut turned
        };
        let overlap = verifier.overlap(&self.side(second));
        self.decide(first, second, self.full_evidence(verifier, overlap, first, second)).ok()
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

    fn side(&self, article: u32) -> Side<'_> {
        let one = &self.signed[article as usize];
        let body = self.body(article);
        Side {
            ids: &one.ids,
            kinds: &one.kinds,
            shingles: one.shingles,
            rare: body.rare,
            boilerplate: &body.boilerplate,
            rare_words: &body.rare_words,
            source: self.common.source(&self.articles[article as usize]),
        }
    }

    fn body(&self, article: u32) -> &Body {
        let one = &self.signed[article as usize];
        self.bodies[article as usize].get_or_init(|| {
            let source = self.common.source(&self.articles[article as usize]);
            Body::new(&one.ids, &one.kinds, source, self.matching.seed, &self.common)
        })
    }

    /// The words of an article that recur in many otherwise different ones, as ranges.
    pub(super) fn boilerplate(&self, article: u32) -> &[Range<u32>] {
        &self.body(article).boilerplate
    }

    pub(super) fn body_words(&self, article: u32) -> u32 {
        let words = |range: &Range<u32>| range.end - range.start;
        self.signed[article as usize].words()
            - self.body(article).boilerplate.iter().map(words).sum::<u32>()
    }
}

/// False if a pair shares next to nothing but common text.
pub(super) fn is_worth_aligning(
    verifier: &Verifier<'_>,
    b: &Side<'_>,
    overlap: Overlap,
    matching: &Matching,
) -> bool {
    overlap.rare >= MIN_RARE && verifier.containment(b, overlap) >= MIN_CONTAINMENT
        || matching.deep && verifier.rare_order(b) >= MIN_RARE_ORDER
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
