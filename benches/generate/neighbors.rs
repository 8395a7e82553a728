//! Words met in the same places: between the same left and right word.
//!
//! Neighbors are of the same class, neither [`UNEVEN`] times as frequent as the other. That gives `told` for `said` and
//! `sales` for `profits`: same part of speech, same field, seldom a true synonym.
//!
//! Linear in contexts, but for those with up to [`CROWD`] words, which count in pairs; memory is bounded by taking words
//! in [`PARTS`] parts.

use std::cmp::Reverse;

use rayon::prelude::*;

use super::draft::Class;
use super::learned::lowered;

/// Neighbors kept of each word.
const NEIGHBORS: usize = 10;
/// Different words between one left and right word, beyond which it says nothing about them.
const CROWD: usize = 40;
/// How many times as frequent a neighbor may be.
const UNEVEN: u64 = 12;
/// Below this count a word may have neighbors it shares only one context with.
const RARE: u32 = 8;
/// Parts in which neighbors are counted, one after the other.
const PARTS: u32 = 8;

/// The closest neighbors of every word, the closest first, from contexts in order.
///
/// A context is a left and a right word, and the word met between them. `words` have their letters and class, `counts`
/// how often they occur.
pub(crate) fn closest(
    words: &[(Box<str>, Class)],
    counts: &[u32],
    contexts: &[(u64, u32)],
) -> Vec<Vec<u32>> {
    let mut neighbors = vec![Vec::new(); words.len()];
    for part in 0..PARTS {
        let mut found: Vec<(u32, u32, u32)> = contexts
            .par_chunk_by(|a, b| a.0 == b.0)
            .flat_map_iter(|crowd| {
                let mut numbers: Vec<u32> = crowd.iter().map(|entry| entry.1).collect();
                numbers.dedup();
                if numbers.len() > CROWD {
                    numbers.clear();
                }
                exchanges(&numbers, part, words, counts)
            })
            .collect();
        found.par_sort_unstable();
        for of_word in found.chunk_by(|a, b| a.0 == b.0) {
            let word = of_word[0].0 as usize;
            let mut scored: Vec<(Reverse<u64>, u32)> = of_word
                .chunk_by(|a, b| a.1 == b.1)
                .filter(|run| run.len() > 1 || counts[word] < RARE)
                .map(|run| {
                    let weight: u64 = run.iter().map(|entry| u64::from(entry.2)).sum();
                    // What a frequent word shares with everyone is no sign of closeness.
                    let frequency = u64::from(counts[run[0].1 as usize]).isqrt() + 3;
                    (Reverse(weight * 1000 / frequency), run[0].1)
                })
                .collect();
            scored.sort_unstable();
            scored.truncate(NEIGHBORS);
            neighbors[word] = scored.into_iter().map(|entry| entry.1).collect();
        }
    }
    neighbors
}

/// The words of one context, each with each that may take its place; rare contexts weigh more.
fn exchanges(
    numbers: &[u32],
    part: u32,
    words: &[(Box<str>, Class)],
    counts: &[u32],
) -> Vec<(u32, u32, u32)> {
    let mut exchanges = Vec::new();
    for &a in numbers.iter().filter(|&a| a % PARTS == part) {
        for &b in numbers.iter().filter(|&&b| b != a) {
            let (x, y) = (&words[a as usize], &words[b as usize]);
            let (p, q) = (u64::from(counts[a as usize]), u64::from(counts[b as usize]));
            let alike = x.1 == y.1
                && p.max(q) <= UNEVEN * p.min(q)
                && (x.1 != Class::Unspaced || x.0.len() == y.0.len())
                && lowered(&x.0) != lowered(&y.0);
            if alike {
                exchanges.push((a, b, 64 / numbers.len() as u32 + 1));
            }
        }
    }
    exchanges
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_and_crowds_keep_apart() {
        let words: Vec<(Box<str>, Class)> = (0..50)
            .map(|at| {
                let class = if at == 2 { Class::Number } else { Class::Plain };
                (format!("w{at}").into(), class)
            })
            .collect();
        let mut contexts = vec![(1, 0), (1, 1), (1, 2), (2, 0), (2, 1), (3, 0), (3, 3)];
        contexts.extend((0..50).map(|word| (4, word)));
        // Words 0 and 3 share one context only; all share the crowded one.
        let found = closest(&words, &[10; 50], &contexts);
        assert_eq!((&found[0][..], &found[1][..]), (&[1][..], &[0][..]));
        assert!(found[2].is_empty() && found[3].is_empty() && found[40].is_empty());
        assert_eq!(closest(&words, &[5; 50], &contexts)[3], [0]);
    }
}
