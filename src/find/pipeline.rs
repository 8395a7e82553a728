//! The stages of the search in order, from signed articles to groups. A candidate is never a finding.
//!
//! 1. Articles with equal words fold onto the first of them.
//! 2. Near-verbatim ones are proposed (16 bands of 9 rows). Taken as groups, they are what common text is first counted
//!    over; verified, they fold onto a representative.
//! 3. Pairs of representatives are proposed by wide bands (72 of 2) and by shared rare shingles.
//! 4. The plain copies among all these are families, over which common text is counted anew.
//! 5. A deep search also proposes pairs that share rare words.
//! 6. Each pair is verified: sketch estimate, exact sets without common shingles, alignment; then related.
//! 7. Accepted pairs are grouped, and every member is linked to the kept one, or else to what it was verified against.
//!
//! Articles must come in canonical order, which depends on their content only: every tie here goes to the smaller index.

use std::time::Instant;

use ahash::AHashMap;
use rayon::prelude::*;

use super::bands::{self, NEAR_VERBATIM, WIDE};
use super::common::{CommonText, Sources};
use super::deep;
use super::families::{families, link};
use super::group::{Edge, group};
use super::judge::{Judge, Verdicts};
use super::rare::{self, Sampled};
use super::relate::Relation;
use super::sketch::{Signature, Sketch, estimate, sketch};
use super::{Group, Match, Signed};
use crate::article::Article;
use crate::config::Config;
use crate::progress::{Progress, Stats};

/// Estimated Jaccard similarity from which a near-verbatim candidate is verified.
const NEAR_ESTIMATE: f64 = 0.75;

/// Estimated Jaccard similarity from which two articles count once for common text.
const COUNTED_ONCE: f64 = 0.85;

/// Estimated Jaccard similarity from which a candidate of the wide bands is verified.
const WIDE_ESTIMATE: f64 = 0.07;

/// Groups what a survey found, and gives with the groups every accepted pair and shared passage.
pub fn conclude(
    survey: Survey<'_>,
    config: &Config,
    progress: &dyn Progress,
    stats: &mut Stats,
) -> (Vec<Group>, Vec<Match>) {
    let Survey { judge, equal, fold, verdicts, .. } = survey;
    let (articles, signed) = (judge.articles, judge.signed);
    let mut clock = Clock::new(stats);
    progress.begin("grouping", None);
    let Verdicts { matches, rejected, .. } = verdicts;
    let families = families(signed, &matches, &rejected, &fold, config.matching.min_confidence);
    let mut table: AHashMap<(u32, u32), Match> =
        matches.into_iter().map(|found| ((found.a, found.b), found)).collect();
    let linked: Vec<(Group, Vec<Match>)> = families
        .par_iter()
        .map(|members| link(&judge, members, &equal, &fold, &table, &config.keep))
        .collect();
    let mut groups = Vec::with_capacity(linked.len());
    for (group, found) in linked {
        groups.push(group);
        table.extend(found.into_iter().map(|found| ((found.a, found.b), found)));
    }
    groups.sort_by(|x, y| (y.members.len(), &x.id).cmp(&(x.members.len(), &y.id)));
    let id = |article: u32| &articles[article as usize].id;
    let by_id = |found: Match| if id(found.b) < id(found.a) { found.swapped() } else { found };
    let mut matches: Vec<Match> = table.into_values().map(by_id).collect();
    matches.par_sort_unstable_by_key(|found| (id(found.a), id(found.b), found.a, found.b));
    clock.stats.accepted = matches.iter().filter(|found| found.relation.is_copy()).count() as u64;
    clock.stats.groups = groups.len() as u64;
    clock.stats.copies = groups.iter().map(|group| group.members.len() as u64 - 1).sum();
    clock.end("group");
    (groups, matches)
}

/// What is known before grouping.
#[derive(Debug)]
pub struct Survey<'a> {
    /// Judges any pair by what was learned from the corpus.
    pub judge: Judge<'a>,
    /// For each article the first one with equal words.
    pub equal: Vec<u32>,
    /// For each article the representative that stands for it.
    pub fold: Vec<u32>,
    /// Near-verbatim candidates, then candidates among representatives, then those of a deep search that are no others:
    /// (smaller index, larger index), sorted each.
    pub candidates: [Vec<(u32, u32)>; 3],
    /// What was found of them.
    pub verdicts: Verdicts,
}

impl Survey<'_> {
    /// True if the pair went to exact verification, or both articles stand behind one representative.
    pub fn is_candidate(&self, a: u32, b: u32) -> bool {
        let proposed = |x: u32, y: u32| {
            let pair = (x.min(y), x.max(y));
            self.candidates.iter().any(|pairs| pairs.binary_search(&pair).is_ok())
        };
        let equal = |x: u32| self.equal[x as usize];
        let fold = |x: u32| self.fold[x as usize];
        fold(a) == fold(b) || proposed(equal(a), equal(b)) || proposed(fold(a), fold(b))
    }
}

/// Runs the stages up to verification.
pub fn survey<'a>(
    articles: &'a [Article],
    signed: &'a [Signed],
    config: &'a Config,
    progress: &dyn Progress,
    stats: &mut Stats,
) -> Survey<'a> {
    let mut clock = Clock::new(stats);
    let equal = fold_equal(signed);
    let judged: Vec<u32> = (0..signed.len() as u32)
        .filter(|&article| equal[article as usize] == article)
        .filter(|&article| signed[article as usize].signature.is_some())
        .collect();
    clock.stats.not_judged = signed.iter().filter(|one| one.signature.is_none()).count() as u64;
    clock.stats.exact_copies =
        equal.iter().zip(0..).filter(|(first, article)| **first != *article).count() as u64;

    progress.begin("near-verbatim copies", None);
    let sketches: Vec<Sketch> = signed
        .par_iter()
        .map(|one| one.signature.as_ref().map_or([0; _], |signature| sketch(signature)))
        .collect();
    let alike = |a: u32, b: u32| estimate(&sketches[a as usize], &sketches[b as usize]);
    let near = bands::propose(&signatures(signed, &judged), NEAR_VERBATIM, |a, b| {
        alike(a, b) >= NEAR_ESTIMATE
    });
    clock.stats.candidates.push((NEAR_VERBATIM.name, near.pairs.len() as u64));
    clock.end("near-verbatim bands");

    progress.begin("common text", None);
    let counted_once: Vec<(u32, u32)> =
        near.pairs.iter().copied().filter(|&(a, b)| alike(a, b) >= COUNTED_ONCE).collect();
    let (common, counted) =
        count_common(articles, signed, &judged, &counted_once, config.matching.seed);
    clock.end("common text");

    let judge = Judge::new(articles, signed, common, &config.matching);
    progress.begin("near-verbatim copies", None);
    let mut plain = judge.plain_copies(&near.pairs);
    let folded = fold_near(signed.len(), plain.iter().copied());
    let representatives: Vec<u32> =
        judged.iter().copied().filter(|&article| folded[article as usize] == article).collect();
    clock.stats.near_verbatim = (judged.len() - representatives.len()) as u64;
    clock.end("near-verbatim verify");

    progress.begin("candidates", None);
    let wide = candidates(signed, &representatives, alike, &near.pairs, &mut clock);
    clock.stats.oversized_buckets += near.oversized;

    progress.begin("families", None);
    plain.extend(judge.plain_copies(&wide));
    let seed = config.matching.seed;
    let judge = judge
        .relearn(|common| count_families_once(articles, signed, &plain, &counted, seed, common));
    clock.end("families of plain copies");

    let mut rewritten = Vec::new();
    if config.matching.deep {
        let rarest =
            |&article: &u32| (article, deep::rarest(&signed[article as usize].ids, judge.common()));
        let rarest: Vec<_> = representatives.par_iter().map(rarest).collect();
        rewritten = deep::propose(&rarest);
        clock.stats.candidates.push(("rare words", rewritten.len() as u64));
        let is_new = |pair: &(u32, u32)| {
            wide.binary_search(pair).is_err() && near.pairs.binary_search(pair).is_err()
        };
        rewritten.retain(is_new);
        clock.end("rare words");
    }

    let pairs = (near.pairs.len() + wide.len() + rewritten.len()) as u64;
    progress.begin("verifying", Some(pairs));
    let of_near = judge.all(&near.pairs, progress);
    // An article whose fold does not hold by what is known now stands for itself.
    let held = of_near.matches.iter().map(|found| (found.a, found.b, found.relation));
    let folded = fold_near(signed.len(), held);
    let verdicts = of_near.and(judge.all(&wide, progress)).and(judge.all(&rewritten, progress));
    clock.stats.candidate_pairs = pairs;
    clock.stats.verified = pairs;
    clock.stats.aligned = verdicts.aligned;
    clock.end("verify");

    let fold = equal.iter().map(|&first| folded[first as usize]).collect();
    Survey { judge, equal, fold, candidates: [near.pairs, wide, rewritten], verdicts }
}

/// The candidate pairs of representatives that go to exact verification: (smaller index, larger index), sorted.
fn candidates(
    signed: &[Signed],
    representatives: &[u32],
    alike: impl Fn(u32, u32) -> f64 + Sync,
    done: &[(u32, u32)],
    clock: &mut Clock<'_>,
) -> Vec<(u32, u32)> {
    let wide = bands::propose(&signatures(signed, representatives), WIDE, |a, b| {
        alike(a, b) >= WIDE_ESTIMATE
    });
    clock.stats.candidates.push((WIDE.name, wide.pairs.len() as u64));
    clock.stats.listed = wide.listed;
    clock.stats.oversized_buckets = wide.oversized;
    clock.end("wide bands");
    let sampled: Vec<Sampled<'_>> = representatives
        .iter()
        .map(|&article| {
            let one = &signed[article as usize];
            Sampled { article, shingles: one.shingles, sample: &one.sample }
        })
        .collect();
    let shared = rare::propose(&sampled);
    clock.stats.candidates.push(("rare shingles", shared.len() as u64));
    let mut pairs = wide.pairs;
    pairs.extend(shared);
    pairs.par_sort_unstable();
    pairs.dedup();
    pairs.retain(|pair| done.binary_search(pair).is_err());
    clock.end("rare shingles");
    pairs
}

/// For each article the first one with equal words. Equal articles are neighbors in canonical order.
fn fold_equal(signed: &[Signed]) -> Vec<u32> {
    let mut first = Vec::with_capacity(signed.len());
    for (at, one) in signed.iter().enumerate() {
        let same = at > 0 && signed[at - 1].fingerprint == one.fingerprint;
        first.push(if same { first[at - 1] } else { at as u32 });
    }
    first
}

/// For each article the representative that stands for it: itself, or one it is an accepted near-verbatim copy of.
fn fold_near(articles: usize, pairs: impl Iterator<Item = (u32, u32, Relation)>) -> Vec<u32> {
    let mut folded: Vec<u32> = (0..articles as u32).collect();
    let mut pairs: Vec<(u32, u32)> = pairs
        .filter(|&(.., relation)| relation <= Relation::Edited)
        .map(|(a, b, _)| (b, a))
        .collect();
    pairs.sort_unstable();
    for (b, a) in pairs {
        if folded[b as usize] == b && folded[a as usize] == a {
            folded[b as usize] = a;
        }
    }
    folded
}

fn signatures<'a>(signed: &'a [Signed], articles: &[u32]) -> Vec<(u32, u32, &'a Signature)> {
    articles
        .iter()
        .filter_map(|&article| {
            let one = &signed[article as usize];
            one.signature.as_deref().map(|signature| (article, one.shingles, signature))
        })
        .collect()
}

/// Counts every shingle once a near-verbatim group; says which articles stand for one.
fn count_common(
    articles: &[Article],
    signed: &[Signed],
    judged: &[u32],
    near: &[(u32, u32)],
    seed: u64,
) -> (CommonText, Vec<bool>) {
    let mut counted = vec![false; signed.len()];
    judged.iter().for_each(|&article| counted[article as usize] = true);
    near.iter().for_each(|&(_, b)| counted[b as usize] = false);
    let ones = || {
        let all = articles.par_iter().zip(signed).zip(&counted);
        all.filter(|(_, counted)| **counted).map(|(one, _)| one)
    };
    let shingles: u64 = ones().map(|(_, one)| u64::from(one.shingles)).sum();
    let common = CommonText::with_sources(2 * shingles, Sources::of(articles));
    ones().for_each(|(article, one)| {
        let keys = CommonText::keys(one.shingle_set(seed), common.source(article));
        common.add(&keys, &one.ids);
    });
    (common, counted)
}

/// Takes back what articles of one family added more than once.
fn count_families_once(
    articles: &[Article],
    signed: &[Signed],
    plain: &[(u32, u32, Relation)],
    counted: &[bool],
    seed: u64,
    common: &CommonText,
) {
    let edges: Vec<Edge> =
        plain.iter().map(|&(a, b, _)| Edge { a, b, score: 1_000_000, is_copy: true }).collect();
    group(&edges, |article| signed[article as usize].words()).par_iter().for_each(|family| {
        let sets: Vec<Vec<u64>> = family
            .iter()
            .filter(|&&article| counted[article as usize])
            .map(|&article| {
                let source = common.source(&articles[article as usize]);
                CommonText::keys(signed[article as usize].shingle_set(seed), source)
            })
            .collect();
        common.count_once(&sets);
    });
}

/// Writes the time of each stage into the counters.
struct Clock<'a> {
    stage: Instant,
    stats: &'a mut Stats,
}

impl<'a> Clock<'a> {
    fn new(stats: &'a mut Stats) -> Self {
        Clock { stage: Instant::now(), stats }
    }

    fn end(&mut self, stage: &'static str) {
        self.stats.times.push((stage, self.stage.elapsed()));
        self.stage = Instant::now();
    }
}
