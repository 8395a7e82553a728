//! Evidence to relation: what kind of copy a pair is, if it is one, and how sure that is.

use super::coefficients::{COPIES, FEATURES, REWRITES};
use super::evidence::Evidence;
use crate::config::Matching;

/// How the texts of two articles relate. The taxonomy of labels, models, output and documentation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Relation {
    /// The same text apart from white space, typography and the lines around it (dateline, byline, boilerplate).
    Exact,
    /// The same report with small edits: most of the shorter text stands in the other, in order, mostly verbatim.
    Edited,
    /// The same report sentence by sentence, with much of the wording replaced.
    Reworded,
    /// The shorter is a cut-down piece of the longer, which is at least about twice as long.
    Excerpt,
    /// An earlier or later version: at least about half of the shorter is kept, facts or paragraphs are added or changed.
    Update,
    /// A substantial block in common (a quarter to a half of the shorter), the rest written independently.
    SharedPassage,
    /// The same form filled with other facts.
    Template,
    /// The same event or topic at most; only quotes, names and stock phrases are shared.
    Independent,
}

impl Relation {
    /// Every relation, closest first.
    pub const ALL: &[Relation] = &[
        Relation::Exact,
        Relation::Edited,
        Relation::Reworded,
        Relation::Excerpt,
        Relation::Update,
        Relation::SharedPassage,
        Relation::Template,
        Relation::Independent,
    ];

    /// The name used in labels, flags and every output.
    pub fn name(self) -> &'static str {
        match self {
            Relation::Exact => "exact",
            Relation::Edited => "edited",
            Relation::Reworded => "reworded",
            Relation::Excerpt => "excerpt",
            Relation::Update => "update",
            Relation::SharedPassage => "shared-passage",
            Relation::Template => "template",
            Relation::Independent => "independent",
        }
    }

    /// True for the relations that make a pair copies of one text.
    pub fn is_copy(self) -> bool {
        self <= Relation::Update
    }
}

/// A logistic regression over [`features`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Model {
    /// Change of the log-odds for each unit of a value; 0 for one that the model leaves alone.
    pub factors: [f64; FEATURES.len()],
    /// Log-odds where all values are 0.
    pub intercept: f64,
}

impl Model {
    /// The probability that a pair with these values is a copy.
    pub fn probability(&self, values: &[f64; FEATURES.len()]) -> f64 {
        let sum: f64 = values.iter().zip(self.factors).map(|(value, factor)| value * factor).sum();
        1.0 / (1.0 + libm::exp(-(sum + self.intercept)))
    }
}

/// How many of [`features`] the model of copies looks at: the first ones.
pub const OF_COPIES: usize = 8;

/// What the models look at, in the order of [`FEATURES`]: few values of evidence, each of which lowers the error on data
/// sets that were not trained on. More of them fit the known labels better and unknown ones worse.
///
/// The last three tell a rewrite by a language model from another report of the event: rare words keep their order, and
/// no paragraph is without a counterpart. They make the model of copies worse: real copies add and drop paragraphs.
pub fn features(evidence: &Evidence) -> [f64; FEATURES.len()] {
    let e = evidence;
    [
        libm::sqrt(e.containment),
        e.unquoted,
        e.exclusive,
        e.concentration(),
        e.interior.min(3.0),
        e.number_conflicts,
        e.length_ratio,
        e.boilerplate,
        e.rare_order,
        e.holes,
        e.quoted,
    ]
}

/// True if the models look at the value of this name, itself or its square root; the model of rewrites in a deep search only.
pub fn decides(name: &str, deep: bool) -> bool {
    let used = if deep { FEATURES } else { &FEATURES[..OF_COPIES] };
    used.iter().any(|feature| feature.strip_prefix("sqrt_").unwrap_or(feature) == name)
}

/// The probability that a pair is a copy; with `deep`, also one that was rewritten throughout.
pub fn confidence(evidence: &Evidence, deep: bool) -> f64 {
    let values = features(evidence);
    let copy = COPIES.probability(&values);
    if deep { copy.max(REWRITES.probability(&values)) } else { copy }
}

/// What a pair is by the rules in force.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ruling {
    /// How the texts relate.
    pub relation: Relation,
    /// The probability that they are copies.
    pub confidence: f64,
    /// True if they count as copies: sure and similar enough, and of a relation that is wanted.
    pub is_copy: bool,
}

/// Rules on a pair by its evidence.
pub fn rule(evidence: &Evidence, matching: &Matching) -> Ruling {
    let confidence = confidence(evidence, matching.deep);
    let is_copy = confidence >= matching.min_confidence
        && matching.threshold.is_none_or(|least| evidence.similarity >= least);
    let relation = if is_copy { kind_of_copy(evidence) } else { kind_of_other(evidence) };
    let is_wanted = relation != Relation::Update || matching.updates;
    Ruling { relation, confidence, is_copy: is_copy && is_wanted }
}

/// True if a pair is so plainly one text that what it shares must not be taken for boilerplate.
///
/// A fixed rule and not the model, because the model is trained on what common text does to the evidence: most of the
/// shorter body stands in the other, and not in one block (a block may be a caption or a form) unless it is nearly all.
pub fn is_plainly_copy(evidence: &Evidence) -> bool {
    let e = evidence;
    let matched = e.similarity + e.moved;
    e.number_conflicts < 0.3 && (matched >= 0.9 || matched >= 0.5 && e.concentration() <= 0.6)
}

/// What kind of copy a pair is, if it is one.
///
/// Readable cuts on what the words of the taxonomy say; nothing depends on them but the name, except that updates can
/// be left out.
pub fn kind_of_copy(evidence: &Evidence) -> Relation {
    let e = evidence;
    if e.length_ratio <= 0.55 && e.similarity >= 0.55 {
        Relation::Excerpt
    } else if e.similarity >= 0.98 && e.interior <= 0.01 {
        Relation::Exact
    } else if e.similarity >= 0.8 && e.texture() >= 0.9 && e.number_conflicts < 0.2 {
        Relation::Edited
    } else if e.texture() >= 0.77 && (e.holes >= 0.2 || e.number_conflicts >= 0.2) {
        Relation::Update
    } else {
        Relation::Reworded
    }
}

/// How a pair relates that is no copy.
pub fn kind_of_other(evidence: &Evidence) -> Relation {
    let e = evidence;
    if e.similarity >= 0.5 && e.number_conflicts.max(e.name_conflicts) >= 0.4 {
        Relation::Template
    } else if (0.2..0.6).contains(&e.verbatim) && e.longest >= 0.1 && e.texture() >= 0.7 {
        Relation::SharedPassage
    } else {
        Relation::Independent
    }
}
