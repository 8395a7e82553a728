//! What is known of a pair once it is verified: the values that decide, each under the name that output uses.
//!
//! Most are shares of the *shorter body*: the article with fewer words once boilerplate is left out, so that a copy
//! inside a longer article counts in full.

/// A run of equal words that counts as copied word for word.
pub const VERBATIM_WORDS: usize = 5;

/// An unmatched stretch of so many words is a paragraph or a sentence of its own, not a rewording.
pub const HOLE_WORDS: usize = 12;

/// Everything that decides how a pair relates. Shares are between 0 and 1.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Evidence {
    /// Shared shingles over all shingles of both.
    pub jaccard: f64,
    /// Shared shingles over a's.
    pub a_in_b: f64,
    /// Shared shingles over b's.
    pub b_in_a: f64,
    /// Shared shingles that are not common, over those of the article that has fewer.
    pub containment: f64,
    /// Words of the shorter body (boilerplate not counted) that stand in the other, in order.
    pub similarity: f64,
    /// The same, counting only words outside quotation marks.
    pub unquoted: f64,
    /// Of the matched words, those inside quotation marks.
    pub quoted: f64,
    /// How few other articles have what is shared: mean of 2 over the groups each shared shingle stands in.
    pub exclusive: f64,
    /// Rare words of both that follow in the same order, over those of the article that has fewer.
    pub rare_order: f64,
    /// Rare words of both, over those of the article that has fewer.
    pub rare_words: f64,
    /// Words of the shorter body in runs of at least [`VERBATIM_WORDS`] equal words, in order.
    pub verbatim: f64,
    /// Words of the shorter body that stand in the other in another order.
    pub moved: f64,
    /// The longest run of equal words, over the words of the shorter body.
    pub longest: f64,
    /// Tenths of the shorter body of which at least a quarter is matched.
    pub spread: f64,
    /// Matched share of the first, second and last third of the shorter body: the smallest of the three.
    pub thinnest: f64,
    /// Unmatched words between the first and the last matched word, on both sides, over the words of the shorter body.
    pub interior: f64,
    /// Words of the shorter body in stretches of at least [`HOLE_WORDS`] unmatched words.
    pub holes: f64,
    /// Numbers of the shorter body that are matched; 1 if it has none.
    pub numbers: f64,
    /// Of the numbers at aligned places, those that differ.
    pub number_conflicts: f64,
    /// Of the capitalized words at aligned places, those that differ.
    pub name_conflicts: f64,
    /// Words of the shorter body over those of the longer.
    pub length_ratio: f64,
    /// Boilerplate words over all words of the article that has fewer of the others.
    pub boilerplate: f64,
    /// Words of the shorter headline that stand in the other, where both have one.
    pub title: Option<f64>,
    /// Words of the shorter body.
    pub words: u32,
}

impl Evidence {
    /// The evidence of two articles with equal words, of which so many are not boilerplate.
    pub fn of_equal(words: u32) -> Self {
        Evidence {
            jaccard: 1.0,
            a_in_b: 1.0,
            b_in_a: 1.0,
            containment: 1.0,
            similarity: 1.0,
            unquoted: 1.0,
            exclusive: 1.0,
            rare_words: 1.0,
            rare_order: 1.0,
            verbatim: 1.0,
            longest: 1.0,
            spread: 1.0,
            thinnest: 1.0,
            numbers: 1.0,
            length_ratio: 1.0,
            words,
            ..Evidence::default()
        }
    }

    /// The same evidence seen from the other article.
    #[must_use]
    pub fn mirrored(self) -> Self {
        Evidence { a_in_b: self.b_in_a, b_in_a: self.a_in_b, ..self }
    }

    /// Of the words that are matched in order, the share in long runs: 1 for text copied block by block, small for text
    /// reworded throughout.
    pub fn texture(&self) -> f64 {
        if self.similarity > 0.0 { self.verbatim / self.similarity } else { 0.0 }
    }

    /// The longest run over all matched words: near 1 where one block is all that is shared.
    pub fn concentration(&self) -> f64 {
        let matched = self.similarity + self.moved;
        if matched > 0.0 { self.longest / matched } else { 0.0 }
    }

    /// Every value of [`VALUES`] that there is, under its name.
    pub fn named(&self) -> Vec<(&'static str, f64)> {
        VALUES.iter().filter_map(|(name, of)| Some((*name, of(self)?))).collect()
    }
}

/// How a value is read; `None` where the articles do not have it.
pub type Reading = fn(&Evidence) -> Option<f64>;

/// The values that stand together as evidence, each under the name that output, documentation and `explain` use.
///
/// The only list of these names. New ones go to its end: output keeps this order. Similarity, Jaccard similarity, its
/// two containments and the number of words have places of their own in every output.
pub const VALUES: &[(&str, Reading)] = &[
    ("containment", |e| Some(e.containment)),
    ("unquoted", |e| Some(e.unquoted)),
    ("quoted", |e| Some(e.quoted)),
    ("exclusive", |e| Some(e.exclusive)),
    ("rare_words", |e| Some(e.rare_words)),
    ("rare_order", |e| Some(e.rare_order)),
    ("verbatim", |e| Some(e.verbatim)),
    ("moved", |e| Some(e.moved)),
    ("longest_run", |e| Some(e.longest)),
    ("spread", |e| Some(e.spread)),
    ("thinnest_third", |e| Some(e.thinnest)),
    ("interior", |e| Some(e.interior)),
    ("holes", |e| Some(e.holes)),
    ("numbers", |e| Some(e.numbers)),
    ("number_conflicts", |e| Some(e.number_conflicts)),
    ("name_conflicts", |e| Some(e.name_conflicts)),
    ("length_ratio", |e| Some(e.length_ratio)),
    ("boilerplate", |e| Some(e.boilerplate)),
    ("title", |e| e.title),
    ("texture", |e| Some(e.texture())),
    ("concentration", |e| Some(e.concentration())),
];
