//! Shapes a dump so that its background is that of the corpus, by bisection on one figure after the other.
//!
//! Breaks set how many shingles no other article has, phrases the median similarity, the short block of the sources p99
//! and the long one p99.9. What is out of reach (a tiny corpus repeats itself, a block cannot be shorter than nothing)
//! shows in the table, which is measured on other articles than the fit.

use rayon::prelude::*;
use wirecopy::article::Article;

use super::background::{Background, sets, single};
use super::chain::Style;
use super::press::{Press, Shape};
use crate::generate::random;

/// Articles of a sample, and so half its square of pairs.
const SAMPLE: usize = 1500;
/// Articles made by one thread at a time.
const PART: usize = 64;
/// Rounds over all figures: each moves the others a little.
const ROUNDS: usize = 2;
/// Halvings of each.
const STEPS: usize = 6;
/// The longest block, in words.
const LONGEST: f64 = 256.0;

/// The background of the corpus and that of the dump, which has the shape for it from now on.
///
/// `single` of the corpus is that of articles cut to the length of those of the dump.
pub(crate) fn fit(press: &mut Press, articles: &[Article], seed: u64) -> [Background; 2] {
    let sample = sample(articles, seed);
    let mut wanted = Background::new(&sets(&sample));
    let cut: Vec<&str> = sample.iter().map(|text| head(text, press.scale())).collect();
    wanted.single = single(&sets(&cut));
    // The first quantile that says anything: in a corpus of many languages half of the pairs share nothing.
    let lowest = wanted.jaccard.iter().position(|&jaccard| jaccard > 0.0).unwrap_or(0);

    let mut shape = Shape::default();
    let mut measure = |shape: Shape, from: u64| {
        press.take_shape(shape);
        Background::new(&sets(&texts(press, from)))
    };
    for round in 0..ROUNDS {
        let near = |value: f64, most: f64| match round {
            0 => [0.0, most],
            _ => [value * 0.7, (value * 1.4).min(most)],
        };
        let with = |breaks: f64| Shape { style: Style { breaks, ..shape.style }, ..shape };
        let breaks = near(shape.style.breaks, 1.0);
        let for_single = rise(breaks, wanted.single, |breaks| measure(with(breaks), 0).single);
        let target = wanted.jaccard[lowest];
        // Where the corpus is small, only more breaks keep articles from repeating it.
        let too_alike = shape.style.phrases == 0.0
            && measure(with(for_single), 0).jaccard[lowest] > 1.05 * target;
        if too_alike {
            shape.style.breaks = rise([for_single, 1.0], -target, |breaks| {
                -measure(with(breaks), 0).jaccard[lowest]
            });
        } else {
            shape.style.breaks = for_single;
        }
        if lowest == 0 && !too_alike {
            shape.style.phrases = rise(near(shape.style.phrases, 1.0), target, |phrases| {
                shape.style.phrases = phrases;
                measure(shape, 0).jaccard[lowest]
            });
        }
        for (which, quantile) in [(0, 2), (1, 3)] {
            let range = near(shape.blocks[which] as f64, LONGEST);
            let length = rise(range, wanted.jaccard[quantile], |length| {
                shape.blocks[which] = length as usize;
                measure(shape, 0).jaccard[quantile]
            });
            shape.blocks[which] = length as usize;
        }
    }
    [wanted, measure(shape, SAMPLE as u64)]
}

/// The first part of a text, this share of it.
fn head(text: &str, share: f64) -> &str {
    let bytes = (text.len() as f64 * share) as usize;
    let end = (bytes..text.len()).find(|&at| text.is_char_boundary(at));
    &text[..end.unwrap_or(text.len())]
}

/// Where a rising function reaches a value; the low end if it is above from the start.
fn rise(range: [f64; 2], value: f64, mut of: impl FnMut(f64) -> f64) -> f64 {
    let [mut low, mut high] = range;
    if of(low) >= value {
        return low;
    }
    for _ in 0..STEPS {
        let middle = (low + high) / 2.0;
        if of(middle) < value { low = middle } else { high = middle }
    }
    (low + high) / 2.0
}

fn texts(press: &Press, from: u64) -> Vec<String> {
    let numbers: Vec<u64> = (from..from + SAMPLE as u64).collect();
    numbers
        .par_chunks(PART)
        .flat_map_iter(|numbers| press.articles(numbers))
        .map(|article| article.text)
        .collect()
}

fn sample(articles: &[Article], seed: u64) -> Vec<String> {
    let mut keyed: Vec<(u64, usize)> = articles
        .par_iter()
        .enumerate()
        .map(|(at, article)| (random::key(seed ^ 3, &article.id), at))
        .collect();
    keyed.sort_unstable();
    keyed.iter().take(SAMPLE).map(|entry| articles[entry.1].text.clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_where_it_is_reached() {
        assert!((rise([0.0, 1.0], 0.25, |x| x * x) - 0.5).abs() < 0.01);
        assert_eq!(rise([0.0, 1.0], -1.0, |x| x), 0.0);
        assert!(rise([0.0, 1.0], 2.0, |x| x) > 0.99);
    }
}
