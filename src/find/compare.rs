//! Two articles side by side: everything a scan knows of the pair, and the passages behind it.
//!
//! The numbers are those of a scan, because they are counted by the same verifier in the same direction: the article
//! with the smaller fingerprint comes first, whichever is named first, and the result is mirrored where need be. Linear
//! in the words, but for the alignment (`align.rs`).

use std::ops::Range;

use super::align::{Alignment, Block};
use super::body::{Body, Side};
use super::common::CommonText;
use super::evidence::Evidence;
use super::judge::is_worth_aligning;
use super::passage::{Passage, Text, passages};
use super::pipeline::Survey;
use super::relate::{Relation, Ruling, rule};
use super::sentence::sentences;
use super::signed::MIN_SHINGLES;
use super::verify::{Verifier, title_overlap};
use crate::article::Article;
use crate::config::Matching;
use crate::error::Result;
use crate::text::Words;

/// Of the words of a sentence, fewer than one in so many stand in the other text: the sentence stands only in its own.
const OWN_SENTENCE: usize = 3;

/// What a scan makes of a pair that it looks at.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Copies of one text.
    Copy,
    /// Judged, and no copies by the rules in force.
    NotCopy,
    /// Not judged: next to nothing in common but common text.
    Sifted,
    /// Not judged: one of them is too short to be compared for anything but equality.
    TooShort,
}

impl Verdict {
    /// The name used in output.
    pub fn name(self) -> &'static str {
        match self {
            Verdict::Copy => "copy",
            Verdict::NotCopy => "not-copy",
            Verdict::Sifted => "sifted",
            Verdict::TooShort => "too-short",
        }
    }
}

/// What two articles have in common, seen from the first.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// What a scan makes of the pair.
    pub verdict: Verdict,
    /// How the texts relate.
    pub relation: Relation,
    /// The probability that they are copies (0 to 1).
    pub confidence: f64,
    /// What this was decided from. `a` is the first article.
    pub evidence: Evidence,
    /// What of the first and of the second article stands in the other.
    pub parts: [Part; 2],
    /// Both texts, passage by passage, in the order of the first.
    pub passages: Vec<Passage>,
}

/// What of one article stands in the other, in whole numbers. Boilerplate counts in `words` and `boilerplate` only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Part {
    /// Words.
    pub words: usize,
    /// Words that are boilerplate.
    pub boilerplate: usize,
    /// Words that stand in the other in order.
    pub in_order: usize,
    /// Words that stand in the other at another place.
    pub moved: usize,
    /// Numbers.
    pub numbers: usize,
    /// Numbers that stand in the other.
    pub numbers_matched: usize,
    /// Sentences.
    pub sentences: usize,
    /// Sentences of which next to nothing stands in the other.
    pub own_sentences: usize,
    /// Words of the longest run that stands in the other.
    pub longest: usize,
}

impl Part {
    /// Words that are not boilerplate.
    pub fn body(&self) -> usize {
        self.words - self.boilerplate
    }
}

/// Compares two articles of less than 4 GiB, knowing what recurs in the corpus they come from.
///
/// Without a corpus nothing recurs: [`CommonText::new`] of nothing.
pub fn compare(a: &Article, b: &Article, common: &CommonText, matching: &Matching) -> Comparison {
    let (a_read, b_read) = (Read::new(a, common, matching), Read::new(b, common, matching));
    let turned = b_read.words.fingerprint < a_read.words.fingerprint;
    let (first, second) = if turned { (&b_read, &a_read) } else { (&a_read, &b_read) };

    let mut verifier = Verifier::new(first.side(), common);
    let overlap = verifier.overlap(&second.side());
    let (ruling, evidence, verdict, alignment);
    if first.words.fingerprint == second.words.fingerprint {
        evidence = Evidence::of_equal(first.body_words());
        ruling = Ruling { relation: Relation::Exact, confidence: 1.0, is_copy: true };
        verdict = Verdict::Copy;
        let whole = Block { a: 0, b: 0, len: first.words.len() };
        let blocks = if whole.len > 0 { vec![whole] } else { Vec::new() };
        alignment = Alignment { blocks, moved: Vec::new() };
    } else {
        alignment = verifier.align(&second.side());
        let counted = verifier.evidence(&second.side(), overlap, &alignment);
        let titles = a.title.as_deref().zip(b.title.as_deref());
        evidence = Evidence { title: titles.and_then(|(a, b)| title_overlap(a, b)), ..counted };
        ruling = rule(&evidence, matching);
        verdict = if !(first.is_judged(matching) && second.is_judged(matching)) {
            Verdict::TooShort
        } else if !is_worth_aligning(&mut verifier, &second.side(), overlap, matching) {
            Verdict::Sifted
        } else if ruling.is_copy {
            Verdict::Copy
        } else {
            Verdict::NotCopy
        };
    }
    let (evidence, alignment) =
        if turned { (evidence.mirrored(), alignment.mirrored()) } else { (evidence, alignment) };
    Comparison {
        verdict,
        relation: ruling.relation,
        confidence: ruling.confidence,
        evidence,
        parts: [part(&a_read, &b_read, &alignment), part(&b_read, &a_read, &alignment.mirrored())],
        passages: passages(&a_read.text(), &b_read.text(), &alignment),
    }
}

impl Survey<'_> {
    /// The first article of the corpus compared with the second, by what was learned from the corpus. Both have texts.
    pub fn compare(&self, a: &Article, b: &Article, matching: &Matching) -> Comparison {
        compare(a, b, self.judge.common(), matching)
    }

    /// The article at an index. Its text is empty if it can be read again where it came from.
    pub fn article(&self, index: u32) -> Result<Article> {
        self.judge.collection.article(index)
    }

    /// Everything that a scan found to be a copy of an article, or to share a passage with it, by index.
    pub fn neighbors(&self, article: u32) -> Vec<u32> {
        let own = [self.equal[article as usize], self.fold[article as usize]];
        let met = |&(x, y): &(u32, u32)| {
            own.contains(&x).then_some(y).or_else(|| own.contains(&y).then_some(x))
        };
        let matches = self.verdicts.matches.iter().map(|found| (found.a, found.b));
        let mut near: Vec<u32> = matches.filter_map(|pair| met(&pair)).chain(own).collect();
        near.sort_unstable();
        let is_near = |other: u32| near.binary_search(&other).is_ok();
        (0..self.fold.len() as u32)
            .filter(|&other| other != article)
            .filter(|&other| {
                is_near(self.equal[other as usize]) || is_near(self.fold[other as usize])
            })
            .collect()
    }
}

/// An article with all that comparing needs.
struct Read<'a> {
    original: &'a str,
    words: Words,
    body: Body,
    sentences: Vec<Range<usize>>,
    source: Option<u64>,
}

impl<'a> Read<'a> {
    fn new(article: &'a Article, common: &CommonText, matching: &Matching) -> Self {
        let words = Words::new(&article.text);
        let source = common.source(article);
        let body = Body::new(&words.ids, &words.kinds, source, matching.seed, common);
        let sentences = sentences(&article.text, &words);
        Read { original: &article.text, words, body, sentences, source }
    }

    fn side(&self) -> Side<'_> {
        let Words { ids, kinds, .. } = &self.words;
        Side { ids, kinds, source: self.source, body: &self.body }
    }

    fn text(&self) -> Text<'_> {
        Text { text: self.original, words: &self.words, boilerplate: &self.body.boilerplate }
    }

    fn is_judged(&self, matching: &Matching) -> bool {
        self.words.len() >= matching.min_words && self.body.shingles.len() >= MIN_SHINGLES as usize
    }

    fn body_words(&self) -> u32 {
        self.body.words(self.words.len())
    }

    fn is_boilerplate(&self) -> Vec<bool> {
        let mut mask = vec![false; self.words.len()];
        for range in &self.body.boilerplate {
            mask[range.start as usize..range.end as usize].fill(true);
        }
        mask
    }
}

/// What of `own`, the first text of the alignment, stands in the other.
fn part(own: &Read<'_>, other: &Read<'_>, alignment: &Alignment) -> Part {
    let (boilerplate, of_other) = (own.is_boilerplate(), other.is_boilerplate());
    let mut matched = vec![false; own.words.len()];
    let mut count = |block: &Block| {
        let counts = |&k: &usize| !boilerplate[block.a + k] && !of_other[block.b + k];
        let hits = (0..block.len).filter(counts);
        hits.map(|k| matched[block.a + k] = true).count()
    };
    let in_order: Vec<usize> = alignment.blocks.iter().map(&mut count).collect();
    let moved: Vec<usize> = alignment.moved.iter().map(&mut count).collect();
    let is_number = |word: &usize| !boilerplate[*word] && own.words.kinds[*word].is_number();
    let numbers: Vec<usize> = (0..own.words.len()).filter(is_number).collect();
    let bodies = own.sentences.iter().map(|sentence| {
        let body = || sentence.clone().filter(|&word| !boilerplate[word]);
        (body().count(), body().filter(|&word| matched[word]).count())
    });
    let bodies: Vec<(usize, usize)> = bodies.filter(|(words, _)| *words > 0).collect();
    Part {
        words: own.words.len(),
        boilerplate: boilerplate.iter().filter(|recurs| **recurs).count(),
        in_order: in_order.iter().sum(),
        moved: moved.iter().sum(),
        numbers: numbers.len(),
        numbers_matched: numbers.iter().filter(|&&word| matched[word]).count(),
        sentences: bodies.len(),
        own_sentences: bodies.iter().filter(|(words, hits)| hits * OWN_SENTENCE < *words).count(),
        longest: in_order.iter().chain(&moved).copied().max().unwrap_or_default(),
    }
}
