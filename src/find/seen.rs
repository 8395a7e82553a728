//! What became of any pair before grouping: proposed or not, judged or not, and how sure the judge was.
//!
//! Evaluation asks for this; a scan never does. A pair counts as proposed if it went to exact verification, itself or
//! by the articles that stand for its own, or if both articles were folded onto one.

use ahash::AHashMap;
use rayon::prelude::*;

use super::pipeline::Survey;
use crate::error::Result;

/// How far a pair came.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Seen {
    /// Both articles have the same words.
    Equal,
    /// Proposed and judged: the calibrated probability that it is a copy.
    Judged(f64),
    /// Proposed, but what its articles share is common text or next to nothing: not judged.
    Sifted,
    /// Never proposed.
    Never,
}

impl Seen {
    /// True if candidate search found the pair.
    pub fn is_candidate(self) -> bool {
        self != Seen::Never
    }

    /// The probability that it is a copy: 1 for equal texts, 0 for what was not judged.
    pub fn confidence(self) -> f64 {
        match self {
            Seen::Equal => 1.0,
            Seen::Judged(confidence) => confidence,
            Seen::Sifted | Seen::Never => 0.0,
        }
    }
}

impl Survey<'_> {
    /// What became of each pair, in the order of the pairs.
    ///
    /// A proposed pair is judged by its own texts, also where other articles stood for them in the search.
    pub fn seen(&self, pairs: &[(u32, u32)]) -> Result<Vec<Seen>> {
        pairs
            .par_iter()
            .map(|&(a, b)| {
                let (first_a, first_b) = (self.equal[a as usize], self.equal[b as usize]);
                Ok(if first_a == first_b {
                    Seen::Equal
                } else if !self.is_candidate(a, b) {
                    Seen::Never
                } else {
                    let (a, b) = (first_a.min(first_b), first_a.max(first_b));
                    self.judge.confidence(a, b)?.map_or(Seen::Sifted, Seen::Judged)
                })
            })
            .collect()
    }

    /// Every proposed pair whose articles are both among these: (smaller index, larger index), sorted.
    ///
    /// Linear in the pairs there are, which for articles folded onto one is the square of their number.
    pub fn proposed_among(&self, articles: &[u32]) -> Vec<(u32, u32)> {
        let mut stands_for: AHashMap<u32, Vec<u32>> = AHashMap::new();
        for &article in articles {
            let (first, onto) = (self.equal[article as usize], self.fold[article as usize]);
            stands_for.entry(onto).or_default().push(article);
            if first != onto {
                stands_for.entry(first).or_default().push(article);
            }
        }
        let of = |article: u32| stands_for.get(&article).map_or(&[][..], Vec::as_slice);
        let mut pairs = Vec::new();
        let mut add = |xs: &[u32], ys: &[u32]| {
            for &x in xs {
                pairs.extend(ys.iter().filter(|&&y| y != x).map(|&y| (x.min(y), x.max(y))));
            }
        };
        self.candidates.iter().flatten().for_each(|&(a, b)| add(of(a), of(b)));
        for (&onto, members) in &stands_for {
            if self.fold[onto as usize] == onto {
                add(members, members);
            }
        }
        pairs.par_sort_unstable();
        pairs.dedup();
        pairs.retain(|&(a, b)| self.is_candidate(a, b));
        pairs
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::article::Article;
    use crate::config::Config;
    use crate::scan::Scan;

    #[test]
    fn every_pair_is_asked_for_once_and_is_what_it_is() {
        let report = "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday, after a \
             storm damaged the landing stage and two of the four moorings on the island.";
        let other = "Nine schools in the valley reopen today with new roofs and a shared kitchen, paid for by a fund \
             that was set up after the flood of last spring.";
        let mut scan = Scan::new(Config::default());
        scan.push(Article::new("a", report));
        scan.push(Article::new("b", report.to_uppercase()));
        scan.push(Article::new("c", report.replace("until Friday", "until the end of the week")));
        scan.push(Article::new("d", other));
        let corpus = scan.corpus().unwrap();
        let ids: Vec<String> =
            corpus.articles().unwrap().iter().map(|one| one.id.clone()).collect();
        let all: Vec<(u32, u32)> = (0..4).flat_map(|a| (a + 1..4).map(move |b| (a, b))).collect();
        let look =
            |survey: &Survey<'_>| Ok((survey.seen(&all)?, survey.proposed_among(&[0, 1, 2, 3])));
        let (_, (seen, proposed)) = corpus.compare(&(), look).unwrap();
        let name = |&(a, b): &(u32, u32)| {
            let mut pair = [ids[a as usize].as_str(), ids[b as usize].as_str()];
            pair.sort_unstable();
            pair.concat()
        };
        for (pair, seen) in all.iter().zip(&seen) {
            match name(pair).as_str() {
                "ab" => assert_eq!(*seen, Seen::Equal),
                "ac" | "bc" => assert!(matches!(seen, Seen::Judged(_)), "{seen:?}"),
                _ => assert_eq!(*seen, Seen::Never),
            }
        }
        // The slow twin of the list: asking for every pair there is.
        let asked: Vec<(u32, u32)> = all
            .iter()
            .zip(&seen)
            .filter(|(_, seen)| seen.is_candidate())
            .map(|(p, _)| *p)
            .collect();
        assert_eq!(proposed, asked);
    }
}
