//! How many words to edit so that rewordings reach a target similarity, and what a set of copies did reach.
//!
//! Similarity is the exact Jaccard of shingles, as `find` has it. The edit rate is found by bisection over a sample,
//! to one in two thousand: similarity falls with the rate in the median, though not for every article. What cannot be
//! reached (few words with neighbors) shows in the table of what was.

use rayon::prelude::*;
use wirecopy::text::Words;
use wirecopy::text::shingle::shingle_set;

use super::draft::Draft;
use super::edits::{Recipe, reword};
use super::learned::Learned;
use super::random::Random;

const STEPS: usize = 11;

/// How alike two texts are by their shingles.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Likeness {
    /// Shared shingles among all.
    pub(crate) jaccard: f64,
    /// Shared shingles among those of the text that has fewer.
    pub(crate) containment: f64,
}

/// The distinct shingles of a text.
pub(crate) fn shingles(text: &str) -> Vec<u64> {
    let words = Words::new(text);
    shingle_set(&words.ids, &words.kinds, 0)
}

/// Compares two texts by their shingles.
pub(crate) fn likeness(a: &[u64], b: &[u64]) -> Likeness {
    let (mut shared, mut at) = (0, 0);
    for shingle in a {
        at += b[at..].partition_point(|other| other < shingle);
        shared += usize::from(b.get(at) == Some(shingle));
    }
    let share = |of: usize| if of == 0 { 0.0 } else { shared as f64 / of as f64 };
    Likeness {
        jaccard: share(a.len() + b.len() - shared),
        containment: share(a.len().min(b.len())),
    }
}

/// A rewording with the sentence edits of `target` and words edited at `rate`.
pub(crate) fn rewording(
    text: &str,
    target: f64,
    rate: f64,
    learned: &Learned,
    random: &mut Random,
) -> String {
    reworded(learned.draft(text), target, rate, learned, random)
}

fn reworded<'a>(
    mut draft: Draft<'a>,
    target: f64,
    rate: f64,
    learned: &'a Learned,
    random: &mut Random,
) -> String {
    reword(&mut draft, &Recipe { words: rate, ..Recipe::for_target(target) }, learned, random);
    draft.text()
}

/// The edit rate at which the median rewording of these texts has the target similarity.
pub(crate) fn rate(texts: &[&str], target: f64, learned: &Learned, seed: u64) -> f64 {
    let sets: Vec<Vec<u64>> = texts.par_iter().map(|text| shingles(text)).collect();
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..STEPS {
        let middle = (low + high) / 2.0;
        let reached: Vec<f64> = texts
            .par_iter()
            .zip(&sets)
            .map(|(text, set)| {
                let mut random = Random::new(seed, text);
                let text = rewording(text, target, middle, learned, &mut random);
                likeness(set, &shingles(&text)).jaccard
            })
            .collect();
        let [_, median, _] = spread(reached);
        if median > target { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

/// A rewording whose similarity lies in a band, or if no try does, the one that came closest.
///
/// For the few kinds in which every copy must be as strong as another: at one rate for all, similarity spreads.
pub(crate) fn rewording_within(
    text: &str,
    band: [f64; 2],
    rate: f64,
    learned: &Learned,
    random: &mut Random,
) -> String {
    let target = (band[0] + band[1]) / 2.0;
    let original = shingles(text);
    let draft = learned.draft(text);
    let (mut low, mut high) = (0.0, (2.0 * rate).min(1.0));
    let mut next = rate;
    let mut best = (f64::INFINITY, String::new());
    for _ in 0..2 * STEPS {
        let candidate = reworded(draft.clone(), target, next, learned, random);
        let reached = likeness(&original, &shingles(&candidate)).jaccard;
        let off = (reached - target).abs();
        if off < best.0 {
            best = (off, candidate);
        }
        if (band[0]..=band[1]).contains(&reached) {
            break;
        }
        if reached > target {
            low = next
        } else {
            high = next
        }
        if high - low < rate / 8.0 {
            // Another try at nearly the same rate comes out differently: give the search its room back.
            (low, high) = (0.6 * next, (1.5 * next).min(1.0));
        }
        // Similarity falls about exponentially with the rate: that guess is better than the middle.
        let guess = next * libm::log(target) / libm::log(reached.clamp(0.001, 0.999));
        let inside = low < guess && guess < high;
        next = if inside { guess } else { (low + high) / 2.0 };
    }
    best.1
}

/// The values a tenth, half and nine tenths of the way up; zeros if there are none.
pub(crate) fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_unstable_by(f64::total_cmp);
    let last = values.len().saturating_sub(1);
    [1, 5, 9].map(|tenth| values.get((last * tenth + 5) / 10).copied().unwrap_or(0.0))
}

#[cfg(test)]
mod tests {
    use super::super::learned::tests::{learned, texts};
    use super::*;

    #[test]
    fn likeness_counts_shingles() {
        let seen = likeness(&[1, 2, 3, 4], &[3, 4, 5]);
        assert_eq!((seen.jaccard, seen.containment), (2.0 / 5.0, 2.0 / 3.0));
        assert_eq!(likeness(&[], &[1]), Likeness::default());
        assert_eq!(spread((0..=10).map(f64::from).collect()), [1.0, 5.0, 9.0]);
    }

    #[test]
    fn the_rate_found_reaches_the_target() {
        let (learned, texts) = (learned(), texts());
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let rate = rate(&texts, 0.6, &learned, 4);
        let reached = texts.iter().map(|text| {
            let mut random = Random::new(4, text);
            likeness(&shingles(text), &shingles(&rewording(text, 0.6, rate, &learned, &mut random)))
                .jaccard
        });
        let [_, median, _] = spread(reached.collect());
        assert!((median - 0.6).abs() < 0.03, "{median} at {rate}");
    }

    #[test]
    fn a_band_is_kept_to() {
        let (learned, texts) = (learned(), texts());
        for text in &texts[..5] {
            let mut random = Random::new(1, text);
            let copy = rewording_within(text, [0.5, 0.55], 0.2, &learned, &mut random);
            let reached = likeness(&shingles(text), &shingles(&copy)).jaccard;
            assert!((0.48..0.57).contains(&reached), "{reached}");
        }
    }
}
