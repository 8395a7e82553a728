//! How alike articles are that are no copies: the exact similarity of all pairs of a sample.
//!
//! Shared shingles are counted shingle by shingle in a matrix of pairs, which costs what is shared, not what is there:
//! a million pairs take a tenth of a second. Pairs above [`COPY`] are left out, since corpora hold copies.

use rayon::prelude::*;

use crate::generate::calibrate::shingles;

/// From this similarity on a pair is no background.
const COPY: f64 = 0.2;
/// Bands of the candidate search that is forecast, of 2 rows each.
const BANDS: i32 = 72;
/// Articles for which it is forecast.
const FORECAST: f64 = 1e6;

/// What was measured of a sample.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Background {
    /// Jaccard similarity of word 3-grams at p50, p90, p99 and p99.9 of the pairs.
    pub(crate) jaccard: [f64; 4],
    /// Pairs that a search by 72 bands of 2 rows would propose for an article among a million such.
    pub(crate) proposed: f64,
    /// Share of the shingles that stand in one article of the sample only.
    pub(crate) single: f64,
}

/// The columns of [`Background`].
pub(crate) const COLUMNS: &str = "    p50     p90     p99   p99.9  proposed  single";

impl Background {
    /// Measures a sample, from the shingles of each article.
    pub(crate) fn new(sets: &[Vec<u64>]) -> Self {
        let mut postings: Vec<(u64, u32)> = sets
            .par_iter()
            .enumerate()
            .flat_map_iter(|(at, set)| set.iter().map(move |&shingle| (shingle, at as u32)))
            .collect();
        postings.par_sort_unstable();
        let mut shared = vec![0_u32; sets.len() * sets.len()];
        for same in postings.chunk_by(|a, b| a.0 == b.0) {
            for (at, first) in same.iter().enumerate() {
                for second in &same[at + 1..] {
                    shared[first.1 as usize * sets.len() + second.1 as usize] += 1;
                }
            }
        }
        let mut pairs: Vec<f64> = (0..sets.len())
            .into_par_iter()
            .flat_map_iter(|a| (a + 1..sets.len()).map(move |b| (a, b)))
            .map(|(a, b)| {
                let both = f64::from(shared[a * sets.len() + b]);
                both / ((sets[a].len() + sets[b].len()) as f64 - both).max(1.0)
            })
            .filter(|&jaccard| jaccard < COPY)
            .collect();
        pairs.par_sort_unstable_by(f64::total_cmp);
        let last = pairs.len().saturating_sub(1) as f64;
        let jaccard = [0.5, 0.9, 0.99, 0.999].map(|quantile| {
            pairs.get((last * quantile).round() as usize).copied().unwrap_or_default()
        });
        // In order, so that the sum is the same for any number of threads.
        let collides: f64 = pairs.iter().map(|j| 1.0 - (1.0 - j * j).powi(BANDS)).sum();
        let proposed = FORECAST * collides / pairs.len().max(1) as f64;
        Background { jaccard, proposed, single: single(sets) }
    }
}

impl std::fmt::Display for Background {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [p50, p90, p99, p999] = self.jaccard;
        let Background { proposed, single, .. } = self;
        write!(f, "{p50:.5} {p90:.5} {p99:.5} {p999:.5} {proposed:>9.1} {single:>7.3}")
    }
}

/// The shingles of each text.
pub(crate) fn sets(texts: &[impl AsRef<str> + Sync]) -> Vec<Vec<u64>> {
    texts.par_iter().map(|text| shingles(text.as_ref())).collect()
}

/// Share of the shingles that stand in one article only.
pub(crate) fn single(sets: &[Vec<u64>]) -> f64 {
    let mut all: Vec<u64> = sets.concat();
    all.par_sort_unstable();
    let once = all.chunk_by(|a, b| a == b).filter(|run| run.len() == 1).count();
    once as f64 / all.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::generate::calibrate::likeness;

    #[test]
    fn pairs_are_counted_as_one_by_one() {
        let texts: Vec<String> = (0..20_usize)
            .map(|at| {
                let words = (0..60).map(|word| format!("w{}", (word * 7 + at * word / 5) % 23));
                words.collect::<Vec<_>>().join(" ")
            })
            .collect();
        let sets = sets(&texts);
        let mut slow: Vec<f64> = (0..20)
            .flat_map(|a| (a + 1..20).map(move |b| (a, b)))
            .map(|(a, b)| likeness(&sets[a], &sets[b]).jaccard)
            .filter(|&jaccard| jaccard < COPY)
            .collect();
        slow.sort_unstable_by(f64::total_cmp);
        let seen = Background::new(&sets);
        let last = (slow.len() - 1) as f64;
        assert_eq!(seen.jaccard[0], slow[(last * 0.5).round() as usize]);
        assert_eq!(seen.jaccard[2], slow[(last * 0.99).round() as usize]);
        assert!(seen.jaccard[2] > 0.0 && seen.proposed > 0.0);
        assert_eq!(single(&[vec![1, 2], vec![2, 3]]), 0.5);
    }
}
