//! What a new article is a copy of, among those of an index: looked up, sifted by sketches, judged like the pairs of a scan.
//!
//! Articles with equal words are found by their fingerprint. Others are proposed as a scan proposes them: they share one of
//! 72 bands and look alike by their sketches, or enough of the sampled shingles that few articles have. Near-verbatim bands
//! are not needed for one article: what they find the wide ones find too. What was proposed is judged by the evidence and the
//! model of a scan, and by the table of common text that was learned last.
//!
//! Where a scan sees all articles at once, a query is bounded instead: of a bucket the first [`BUCKET`] articles in each
//! segment are looked at, and the [`JUDGED`] that look most alike are judged, so that a story in a thousand papers costs no
//! more than one in fifty. Its copies are all found by a scan of the index, see `gather.rs`. An article does not count for
//! common text because it is asked about, and a crowded slot (`find/sift.rs`) is not told from others.

use std::cmp::Reverse;
use std::sync::Arc;

use ahash::AHashMap;

use super::blocks::Section;
use super::index::Index;
use super::postings::{self, key_of};
use super::segment::Segment;
use crate::article::Article;
use crate::config::Matching;
use crate::error::Result;
use crate::find::against::{Against, Known};
use crate::find::bands::short_keys;
use crate::find::pipeline::WIDE_ESTIMATE;
use crate::find::sketch::{Sketch, estimate, sketch};
use crate::find::{Evidence, Relation, Signed, rare};
use crate::text::Fingerprint;
use crate::text::words::Kind;

/// Articles of one bucket that are looked at, in each segment.
pub const BUCKET: usize = 128;

/// Articles that are judged for one query.
pub const JUDGED: usize = 64;

/// A sampled shingle in more articles proposes nothing. More than a scan allows, which counts near-verbatim copies once.
const LISTED: usize = 4 * rare::MAX_ARTICLES;

/// An article that is there already, and how the new one relates to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Earlier {
    /// The article of the index. Its text is not stored.
    pub article: Article,
    /// How the texts relate.
    pub relation: Relation,
    /// Calibrated probability that they are copies of one text (0 to 1).
    pub confidence: f64,
    /// What this was decided from; the new article is `a`.
    pub evidence: Evidence,
}

/// Articles that can be looked up.
pub(super) trait Holding {
    /// The articles under a key, ascending; no more than `most`.
    fn find(&self, section: Section, key: u64, most: usize) -> Result<Vec<u32>>;
    /// The sketch of an article and its number of distinct shingles; `None` if it is too short to judge.
    fn sketch(&self, number: u32) -> Result<Option<(Sketch, u32)>>;
    /// The article, and the identity of its words.
    fn identity(&self, number: u32) -> Result<(Article, Fingerprint)>;
    /// The words of an article.
    fn words(&self, number: u32) -> Result<(Vec<u32>, Vec<Kind>)>;
}

impl Holding for Segment {
    fn find(&self, section: Section, key: u64, most: usize) -> Result<Vec<u32>> {
        Segment::find(self, section, key, most)
    }

    fn sketch(&self, number: u32) -> Result<Option<(Sketch, u32)>> {
        Segment::sketch(self, number)
    }

    fn identity(&self, number: u32) -> Result<(Article, Fingerprint)> {
        let card = self.card(number)?;
        Ok((card.article, card.fingerprint))
    }

    fn words(&self, number: u32) -> Result<(Vec<u32>, Vec<Kind>)> {
        Segment::words(self, number)
    }
}

/// Something to look articles up in, and which of its numbers still count.
pub(super) struct Shelf<'a> {
    pub(super) holding: &'a dyn Holding,
    pub(super) is_there: Box<dyn Fn(u32) -> bool + 'a>,
}

impl Index {
    /// The articles of the index that an article is a copy of, or that are copies of it, exact ones first, then by
    /// similarity. One with the same id is not among them.
    ///
    /// The seed and the least number of words are those of the index, whatever `matching` has.
    ///
    /// # Errors
    ///
    /// If the index is damaged where it is looked at.
    pub fn query(&self, article: &Article, matching: &Matching) -> Result<Vec<Earlier>> {
        let matching = self.matching(matching);
        let signed = Signed::new(&article.text, &matching);
        self.query_signed(article, &signed, &matching, &self.shelves())
    }

    /// All articles that were not removed.
    pub(super) fn shelves<'a>(&'a self) -> Vec<Shelf<'a>> {
        let shelf = |(at, segment): (usize, &'a Arc<Segment>)| Shelf {
            holding: &**segment,
            is_there: Box::new(move |number| self.holds(at, number)),
        };
        self.segments.iter().enumerate().map(shelf).collect()
    }

    /// The same for an article that was signed by the settings of the index.
    pub(super) fn query_signed(
        &self,
        article: &Article,
        signed: &Signed,
        matching: &Matching,
        shelves: &[Shelf<'_>],
    ) -> Result<Vec<Earlier>> {
        let words = (signed.ids.to_vec(), signed.kinds.to_vec());
        let learned = (&*self.common, matching);
        let own = Known::new(words, signed.fingerprint, article, learned);
        let mut found = equal(signed, article, own.body_words(), shelves)?;
        let mut against = Against::new(&own, &self.common, matching);
        // Articles with equal words are judged once.
        let mut judged: AHashMap<Fingerprint, Option<Earlier>> = AHashMap::new();
        for (at, number) in candidates(signed, shelves)? {
            let holding = shelves[at].holding;
            let (other, fingerprint) = holding.identity(number)?;
            if fingerprint == signed.fingerprint || other.id == article.id {
                continue;
            }
            if let Some(earlier) = judged.get(&fingerprint) {
                let same = earlier.clone();
                found.extend(same.map(|earlier| Earlier { article: other, ..earlier }));
                continue;
            }
            let known = Known::new(holding.words(number)?, fingerprint, &other, learned);
            let earlier = against.judge(&known).filter(|(ruling, _)| ruling.is_copy);
            let earlier = earlier.map(|(ruling, evidence)| Earlier {
                article: other,
                relation: ruling.relation,
                confidence: ruling.confidence,
                evidence,
            });
            found.extend(earlier.clone());
            judged.insert(fingerprint, earlier);
        }
        let millionths = |share: f64| Reverse((share * 1e6).round() as i64);
        found.sort_by_cached_key(|earlier| {
            let Earlier { evidence, confidence, article, .. } = earlier;
            let date = article.date.map_or((1, 0), |date| (0, date.seconds));
            let is_other = earlier.relation != Relation::Exact;
            let share = millionths(evidence.similarity);
            (is_other, share, millionths(*confidence), date, article.id.clone())
        });
        Ok(found)
    }
}

/// The articles with equal words.
fn equal(
    signed: &Signed,
    article: &Article,
    body_words: u32,
    shelves: &[Shelf<'_>],
) -> Result<Vec<Earlier>> {
    let key = postings::key((signed.fingerprint.0 >> 64) as u64);
    let mut found = Vec::new();
    for Shelf { holding, is_there } in shelves {
        for number in holding.find(Section::Prints, key, BUCKET)? {
            let (other, fingerprint) = holding.identity(number)?;
            if fingerprint == signed.fingerprint && other.id != article.id && is_there(number) {
                found.push(Earlier {
                    article: other,
                    relation: Relation::Exact,
                    confidence: 1.0,
                    evidence: Evidence::of_equal(body_words),
                });
            }
        }
    }
    Ok(found)
}

/// What was met of an article while its keys were looked up.
#[derive(Clone, Copy, Debug, Default)]
struct Met {
    in_band: bool,
    samples: u32,
}

/// The articles that are to be judged: (place among the shelves, number), those that look most alike first.
fn candidates(signed: &Signed, shelves: &[Shelf<'_>]) -> Result<Vec<(usize, u32)>> {
    let Some(signature) = signed.signature.as_deref() else { return Ok(Vec::new()) };
    let mut met: AHashMap<(usize, u32), Met> = AHashMap::new();
    for (band, hash) in short_keys(signature).into_iter().enumerate() {
        for (at, shelf) in shelves.iter().enumerate() {
            for number in shelf.holding.find(Section::Bands, key_of(band, hash), BUCKET)? {
                met.entry((at, number)).or_default().in_band = true;
            }
        }
    }
    let mut bucket = Vec::new();
    for &shingle in &signed.sample {
        bucket.clear();
        for (at, shelf) in shelves.iter().enumerate() {
            let most = LISTED + 1 - bucket.len();
            let found = shelf.holding.find(Section::Samples, postings::key(shingle), most)?;
            bucket.extend(found.into_iter().map(|number| (at, number)));
        }
        if bucket.len() <= LISTED {
            bucket.iter().for_each(|&place| met.entry(place).or_default().samples += 1);
        }
    }
    let own = sketch(signature);
    let mut alike = Vec::new();
    for ((at, number), met) in met {
        if !met.in_band && met.samples < rare::MIN_SHARED {
            continue;
        }
        let Some((other, shingles)) = shelves[at].holding.sketch(number)? else { continue };
        let estimated = estimate(&own, &other);
        let is_candidate = met.in_band && estimated >= WIDE_ESTIMATE
            || rare::is_enough(met.samples as usize, signed.shingles, shingles);
        if is_candidate && (shelves[at].is_there)(number) {
            alike.push((Reverse((estimated * 1e6) as i64), Reverse(met.samples), at, number));
        }
    }
    alike.sort_unstable();
    alike.truncate(JUDGED);
    Ok(alike.into_iter().map(|(.., at, number)| (at, number)).collect())
}
