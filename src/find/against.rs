//! Judges an article against others that are in no collection with it, by what was learned before.
//!
//! What an index is asked. The evidence and the rule are those of a scan (`judge.rs`), and so is the direction: the article
//! with the smaller fingerprint comes first.

use super::common::CommonText;
use super::evidence::Evidence;
use super::judge::is_worth_aligning;
use super::opened::Opened;
use super::relate::{Ruling, rule};
use super::verify::{Verifier, title_overlap};
use crate::article::Article;
use crate::config::Matching;
use crate::text::Fingerprint;
use crate::text::words::Kind;

/// An article with all that is compared of it.
#[derive(Debug)]
pub(crate) struct Known {
    opened: Opened,
    title: Option<String>,
    fingerprint: Fingerprint,
}

impl Known {
    /// An article of these words.
    pub(crate) fn new(
        words: (Vec<u32>, Vec<Kind>),
        fingerprint: Fingerprint,
        article: &Article,
        (common, matching): (&CommonText, &Matching),
    ) -> Self {
        let opened = Opened::new(words, common.source(article), matching.seed, common);
        Known { opened, title: article.title.clone(), fingerprint }
    }

    /// Number of words that are not boilerplate.
    pub(crate) fn body_words(&self) -> u32 {
        self.opened.body_words()
    }
}

/// One article that is held against others.
#[derive(Debug)]
pub(crate) struct Against<'a> {
    own: &'a Known,
    verifier: Verifier<'a>,
    common: &'a CommonText,
    matching: &'a Matching,
}

impl<'a> Against<'a> {
    pub(crate) fn new(own: &'a Known, common: &'a CommonText, matching: &'a Matching) -> Self {
        Against { own, verifier: Verifier::new(own.opened.side(), common), common, matching }
    }

    /// What the article and another are to each other, as `a` and `b`; `None` if they share next to nothing but common text.
    pub(crate) fn judge(&mut self, other: &Known) -> Option<(Ruling, Evidence)> {
        let matching = self.matching;
        let evidence = if other.fingerprint < self.own.fingerprint {
            let first = &mut Verifier::new(other.opened.side(), self.common);
            evidence(first, other, self.own, matching)?.mirrored()
        } else {
            evidence(&mut self.verifier, self.own, other, matching)?
        };
        Some((rule(&evidence, matching), evidence))
    }
}

/// The evidence of the verifier's article and another, if they are worth aligning.
fn evidence(
    verifier: &mut Verifier<'_>,
    first: &Known,
    second: &Known,
    matching: &Matching,
) -> Option<Evidence> {
    let side = second.opened.side();
    let overlap = verifier.overlap(&side);
    if !is_worth_aligning(verifier, &side, overlap, matching) {
        return None;
    }
    let alignment = verifier.align(&side);
    let title = first.title.as_deref().zip(second.title.as_deref());
    Some(Evidence {
        title: title.and_then(|(first, second)| title_overlap(first, second)),
        ..verifier.evidence(&side, overlap, &alignment)
    })
}
