//! Pairs just below the cut: judged, not accepted, and closest to it.
//!
//! People ask of a limit what it left out. A pair misses nearly if it is no copy but has at least half the confidence it
//! takes. Rejected pairs keep nothing but their confidence, so the evidence of the closest is taken again: at most
//! [`LOOKED_AT`] alignments, however many pairs were rejected. What misses more widely is not worth a person's time.

use std::ops::Range;

use rayon::prelude::*;

use super::Match;
use super::pipeline::Survey;
use super::relate::{kind_of_copy, kind_of_other};
use crate::config::Matching;
use crate::error::Result;

/// Of the near misses, how many are counted by similarity.
pub const LOOKED_AT: usize = 1_000;

/// Of those, how many are kept whole.
pub const LISTED: usize = 200;

/// Bars of a histogram over similarity, from 0 to 1.
pub const BINS: usize = 20;

/// The near misses of a run.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NearMisses {
    /// How many there are.
    pub pairs: u64,
    /// The [`LOOKED_AT`] most confident of them by similarity, in steps of 1 / [`BINS`].
    pub by_similarity: [u64; BINS],
    /// The [`LISTED`] most confident of them. A relation that is a copy's says that another rule kept the pair out.
    pub closest: Vec<Match>,
}

/// The bar of a histogram that a similarity belongs to.
pub fn bin(similarity: f64) -> usize {
    ((similarity * BINS as f64) as usize).min(BINS - 1)
}

/// What came closest to being accepted. Ties go to the pair that comes first in canonical order.
pub fn near_misses(survey: &Survey<'_>, matching: &Matching) -> Result<NearMisses> {
    let cut = matching.min_confidence;
    let verdicts = &survey.verdicts;
    let passages = verdicts.matches.iter().filter(|found| !found.relation.is_copy());
    let passages = passages.map(|found| (found.a, found.b, found.confidence));
    let mut near: Vec<(u32, u32, f64)> = passages
        .chain(verdicts.rejected.iter().copied())
        .filter(|&(.., confidence)| confidence > 0.0 && confidence >= cut / 2.0)
        .collect();
    near.sort_unstable_by(|x, y| y.2.total_cmp(&x.2).then((x.0, x.1).cmp(&(y.0, y.1))));
    let pairs = near.len() as u64;
    near.truncate(LOOKED_AT);
    let mut closest: Vec<Match> = near
        .into_par_iter()
        .map(|(a, b, confidence)| {
            let evidence = survey.judge.evidence(a, b)?;
            let kept_out = confidence >= cut;
            let relation =
                if kept_out { kind_of_copy(&evidence) } else { kind_of_other(&evidence) };
            Ok(Match { a, b, relation, confidence, evidence })
        })
        .collect::<Result<_>>()?;
    let mut by_similarity = [0; BINS];
    closest.iter().for_each(|found| by_similarity[bin(found.evidence.similarity)] += 1);
    closest.truncate(LISTED);
    Ok(NearMisses { pairs, by_similarity, closest })
}

/// The boilerplate of every article that may be shown beside another: (article, ranges of its words), by article.
///
/// That is of every article in an accepted pair, with the same words as another, or among the closest near misses.
/// Articles without boilerplate are left out.
pub fn boilerplate(survey: &Survey<'_>, near: &NearMisses) -> Result<Vec<(u32, Vec<Range<u32>>)>> {
    let mut shown = vec![false; survey.equal.len()];
    for (article, &first) in
        survey.equal.iter().enumerate().filter(|(at, first)| *at as u32 != **first)
    {
        shown[article] = true;
        shown[first as usize] = true;
    }
    for found in survey.verdicts.matches.iter().chain(&near.closest) {
        shown[found.a as usize] = true;
        shown[found.b as usize] = true;
    }
    let ranges = |article: u32| {
        let opened = survey.judge.open(survey.equal[article as usize])?;
        Ok((article, opened.boilerplate().to_vec()))
    };
    let mut known: Vec<(u32, Vec<Range<u32>>)> = (0..shown.len() as u32)
        .into_par_iter()
        .filter(|&article| shown[article as usize])
        .map(ranges)
        .collect::<Result<_>>()?;
    known.retain(|(_, ranges)| !ranges.is_empty());
    Ok(known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use crate::config::Config;
    use crate::progress::Stats;
    use crate::scan::Scan;

    fn articles() -> Vec<Article> {
        let own =
            |k: usize, n: usize| (0..n).map(|i| format!("w{k}x{i}")).collect::<Vec<_>>().join(" ");
        let report = own(0, 120);
        let words: Vec<&str> = report.split(' ').collect();
        let cut = |n: usize, k: usize| format!("{} {}", words[..n].join(" "), own(k, 120 - n));
        vec![
            Article::new("a", report.clone()),
            Article::new("b", format!("{report} end")),
            Article::new("c", cut(40, 1)),
            Article::new("d", cut(30, 2)),
            Article::new("e", own(9, 120)),
        ]
    }

    fn survey<T>(config: &Config, look: impl FnOnce(&Survey<'_>) -> T) -> T {
        let mut scan = Scan::new(config.clone());
        scan.extend(articles());
        let collection = scan.collect().unwrap();
        let stats = &mut Stats::default();
        look(&super::super::pipeline::survey(&collection, config, &(), stats).unwrap())
    }

    #[test]
    fn they_are_the_pairs_that_were_judged_and_not_taken() {
        // The slow twin: every verdict, looked at one by one.
        let config = Config::default();
        survey(&config, |survey| {
            let near = near_misses(survey, &config.matching).unwrap();
            let misses = |confidence: f64| (0.25..0.5).contains(&confidence);
            let rejected = survey.verdicts.rejected.iter().filter(|pair| misses(pair.2)).count();
            let passages = &survey.verdicts.matches;
            let passages =
                passages.iter().filter(|m| !m.relation.is_copy() && misses(m.confidence)).count();
            assert_eq!(near.pairs, (rejected + passages) as u64);
            assert_eq!(near.by_similarity.iter().sum::<u64>(), near.pairs);
            assert_eq!(near.closest.len() as u64, near.pairs);
        });
    }

    #[test]
    fn what_a_stricter_cut_leaves_out_misses_nearly() {
        let mut config = Config::default();
        config.matching.threshold = Some(0.999);
        config.matching.min_confidence = 0.4;
        survey(&config, |survey| {
            let near = near_misses(survey, &config.matching).unwrap();
            assert!(near.pairs > 0, "{:?}", survey.verdicts);
            let sure = |pair: &[Match]| pair[0].confidence >= pair[1].confidence;
            assert!(near.closest.windows(2).all(sure));
            assert!(near.closest.iter().all(|found| found.evidence.similarity < 0.999));
        });
    }

    #[test]
    fn bins_take_in_both_ends() {
        assert_eq!([0.0, 0.049, 0.05, 0.999, 1.0].map(bin), [0, 0, 1, 19, 19]);
    }
}
