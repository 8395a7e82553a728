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

    /// Every share under the name that output uses.
    pub fn named(&self) -> Vec<(&'static str, f64)> {
        let mut named = vec![
            ("containment", self.containment),
            ("unquoted", self.unquoted),
            ("quoted", self.quoted),
            ("exclusive", self.exclusive),
            ("rare_words", self.rare_words),
            ("rare_order", self.rare_order),
            ("verbatim", self.verbatim),
            ("moved", self.moved),
            ("longest_run", self.longest),
            ("spread", self.spread),
            ("thinnest_third", self.thinnest),
            ("interior", self.interior),
            ("holes", self.holes),
            ("numbers", self.numbers),
            ("number_conflicts", self.number_conflicts),
            ("name_conflicts", self.name_conflicts),
            ("length_ratio", self.length_ratio),
            ("boilerplate", self.boilerplate),
        ];
        named.extend(self.title.map(|title| ("title", title)));
        named
    }
}
