//! One article as the search sees it: its words, its signature and its sample of shingles.
//!
//! Bytes an article: 5 a word, 576 for the signature, about 512 for the sample.

use super::rare;
use super::sketch::{Signature, sign};
use crate::config::Matching;
use crate::text::Fingerprint;
use crate::text::shingle::{count_distinct, shingle_set, shingles};
use crate::text::words::{Kind, Words};

/// Articles with fewer distinct shingles are compared for equality only.
pub const MIN_SHINGLES: u32 = 8;

/// An article, signed. Depends on nothing but its text and the seed.
#[derive(Clone, Debug)]
pub struct Signed {
    /// Identity of the sequence of words.
    pub fingerprint: Fingerprint,
    /// Identity of each word.
    pub ids: Box<[u32]>,
    /// Kind of each word.
    pub kinds: Box<[Kind]>,
    /// Number of distinct shingles.
    pub shingles: u32,
    /// The MinHash signature, unless the article is too short to judge.
    pub signature: Option<Box<Signature>>,
    /// The sample of shingles, unless the article is too short to judge.
    pub sample: Box<[u64]>,
}

impl Signed {
    /// Signs a text of less than 4 GiB.
    pub fn new(text: &str, matching: &Matching) -> Self {
        let Words { ids, kinds, fingerprint, .. } = Words::new(text);
        Signed::from_words(ids, kinds, fingerprint, matching)
    }

    /// Signs words that were read before.
    pub(crate) fn from_words(
        ids: Vec<u32>,
        kinds: Vec<Kind>,
        fingerprint: Fingerprint,
        matching: &Matching,
    ) -> Self {
        let shingles = shingles(&ids, &kinds, matching.seed);
        let distinct = count_distinct(&shingles) as u32;
        let judged = ids.len() >= matching.min_words && distinct >= MIN_SHINGLES;
        Signed {
            fingerprint,
            ids: ids.into(),
            kinds: kinds.into(),
            shingles: distinct,
            signature: judged.then(|| Box::new(sign(&shingles))),
            sample: if judged { rare::sample(&shingles, distinct).into() } else { Box::default() },
        }
    }

    /// Its distinct shingles, sorted.
    pub fn shingle_set(&self, seed: u64) -> Vec<u64> {
        shingle_set(&self.ids, &self.kinds, seed)
    }

    /// Number of words.
    pub fn words(&self) -> u32 {
        self.ids.len() as u32
    }
}
