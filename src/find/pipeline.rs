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

use super::bands::{NEAR_VERBATIM, WIDE};
use super::collection::Collection;
use super::common::CommonText;
use super::families::{families, link};
use super::judge::{Judge, Plain, Verdicts};
use super::learn::Sample;
use super::rare;
use super::rare_words;
use super::relate::Relation;
use super::sift::{self, Crowds};
use super::{Group, Match};
use crate::article::Articles;
use crate::config::Config;
use crate::error::Result;
use crate::progress::{Progress, Stats, begin};

/// Estimated Jaccard similarity from which a near-verbatim candidate is verified.
const NEAR_ESTIMATE: f64 = 0.75;

/// Estimated Jaccard similarity from which two articles count once for common text.
const COUNTED_ONCE: f64 = 0.85;

/// Estimated Jaccard similarity from which a candidate of the wide bands is verified.
pub(crate) const WIDE_ESTIMATE: f64 = 0.07;

/// Groups what a survey found, and gives with the groups every accepted pair and shared passage, and the articles of
/// both and `others` besides.
pub fn conclude(
    survey: Survey<'_>,
    others: impl IntoIterator<Item = u32>,
    config: &Config,
    progress: &dyn Progress,
    stats: &mut Stats,
) -> Result<(Vec<Group>, Vec<Match>, Articles)> {
    let Survey { judge, fold, verdicts, .. } = survey;
    let collection = judge.collection;
    let equal = &collection.equal;
    let mut clock = Clock::new(stats);
    begin(progress, "grouping", None)?;
    let Verdicts { matches, rejected, .. } = verdicts;
    let words = |article| collection.words(article);
    let families = families(words, &matches, &rejected, &fold, config.matching.min_confidence);
    drop(rejected);
    let mut met: Vec<u32> = families.iter().flatten().copied().collect();
    met.extend(matches.iter().flat_map(|found| [found.a, found.b]).chain(others));
    let articles = hold(collection, met)?;
    let mut table: AHashMap<(u32, u32), Match> =
        matches.into_iter().map(|found| ((found.a, found.b), found)).collect();
    let linked: Vec<(Group, Vec<Match>)> = families
        .par_iter()
        .map(|members| link(&judge, &articles, members, equal, &fold, &table, &config.keep))
        .collect::<Result<_>>()?;
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
    Ok((groups, matches, articles))
}

/// Reads back the articles that were met; all, if that takes no more memory than was allowed.
fn hold(collection: &Collection, mut met: Vec<u32>) -> Result<Articles> {
    if !collection.is_on_disk() {
        return Ok(collection.articles()?.into());
    }
    met.par_sort_unstable();
    met.dedup();
    let held = met.par_iter().map(|&article| collection.article(article)).collect::<Result<_>>()?;
    Ok(Articles::some(collection.len(), met, held))
}

/// What is known before grouping.
#[derive(Debug)]
pub struct Survey<'a> {
    /// Judges any pair by what was learned from the corpus.
    pub judge: Judge<'a>,
    /// For each article the first one with equal words.
    pub equal: &'a [u32],
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
    collection: &'a Collection,
    config: &'a Config,
    progress: &dyn Progress,
    stats: &mut Stats,
) -> Result<Survey<'a>> {
    let mut clock = Clock::new(stats);
    let equal = &collection.equal;
    let all = collection.len() as u32;
    let is_first = |article: u32| equal[article as usize] == article;
    let is_judged = |article: u32| is_first(article) && collection.is_judged(article);
    let length = |article: u32| is_judged(article).then(|| collection.shingles(article));
    clock.stats.not_judged = (0..all).filter(|&one| !collection.is_judged(one)).count() as u64;
    clock.stats.exact_copies = (0..all).filter(|&one| !is_first(one)).count() as u64;

    begin(progress, "near-verbatim copies", None)?;
    let signatures = &collection.signatures;
    let all_slots = Crowds::default();
    let near = sift::propose(
        signatures,
        NEAR_VERBATIM,
        NEAR_ESTIMATE,
        &all_slots,
        &config.memory,
        length,
    )?;
    clock.stats.candidates.push((NEAR_VERBATIM.name, near.pairs.len() as u64));
    clock.end("near-verbatim bands");

    begin(progress, "common text", None)?;
    let mut counted: Vec<bool> = (0..all).map(is_judged).collect();
    for (_, b) in sift::closer(signatures, &near.pairs, COUNTED_ONCE)? {
        counted[b as usize] = false;
    }
    let sample = Sample::new(collection, counted);
    clock.stats.counted = sample.len();
    let seed = config.matching.seed;
    let common = sample.count(collection, seed)?;
    clock.end("common text");

    let judge = Judge::new(collection, common, &config.matching);
    begin(progress, "near-verbatim copies", None)?;
    let mut plain = judge.plain(&near.pairs)?.copies;
    let folded = fold_near(collection.len(), plain.iter().copied());
    let stands = |article: u32| is_judged(article) && folded[article as usize] == article;
    clock.stats.near_verbatim =
        (0..all).filter(|&one| is_judged(one) && !stands(one)).count() as u64;
    clock.end("near-verbatim verify");

    begin(progress, "candidates", None)?;
    let length = |article: u32| stands(article).then(|| collection.shingles(article));
    let crowds = Crowds::new(signatures, stands)?;
    let wide = sift::propose(signatures, WIDE, WIDE_ESTIMATE, &crowds, &config.memory, length)?;
    clock.stats.candidates.push((WIDE.name, wide.pairs.len() as u64));
    clock.stats.listed = wide.listed;
    clock.stats.oversized_buckets = wide.oversized + near.oversized;
    clock.end("wide bands");
    let shared = rare::propose(&collection.samples, length)?;
    clock.stats.candidates.push(("rare shingles", shared.len() as u64));
    let mut wide = wide.pairs;
    wide.extend(shared);
    wide.par_sort_unstable();
    wide.dedup();
    wide.retain(|pair| near.pairs.binary_search(pair).is_err());
    clock.end("rare shingles");

    begin(progress, "families", None)?;
    let Plain { copies, apart } = judge.plain(&wide)?;
    plain.extend(copies);
    let judge =
        judge.relearn(|common| sample.count_families_once(collection, &plain, seed, common))?;
    clock.end("families of plain copies");

    let mut rewritten = Vec::new();
    if config.matching.deep {
        rewritten = by_rare_words(collection, stands, judge.common())?;
        clock.stats.candidates.push(("rare words", rewritten.len() as u64));
        let is_new = |pair: &(u32, u32)| {
            wide.binary_search(pair).is_err() && near.pairs.binary_search(pair).is_err()
        };
        rewritten.retain(is_new);
        clock.end("rare words");
    }

    let pairs = (near.pairs.len() + wide.len() + rewritten.len()) as u64;
    begin(progress, "verifying", Some(pairs))?;
    let of_near = judge.all(&near.pairs, progress)?;
    // An article whose fold does not hold by what is known now stands for itself.
    let held = of_near.matches.iter().map(|found| (found.a, found.b, found.relation));
    let folded = fold_near(collection.len(), held);
    let mut open = wide.clone();
    open.retain(|pair| apart.binary_search(pair).is_err());
    let mut verdicts =
        of_near.and(judge.all(&open, progress)?).and(judge.all(&rewritten, progress)?);
    progress.advance(apart.len() as u64);
    verdicts.rejected.extend(apart.into_iter().map(|(a, b)| (a, b, 0.0)));
    clock.stats.candidate_pairs = pairs;
    clock.stats.verified = pairs;
    clock.stats.aligned = verdicts.aligned;
    clock.end("verify");

    let fold = equal.iter().map(|&first| folded[first as usize]).collect();
    Ok(Survey { judge, equal, fold, candidates: [near.pairs, wide, rewritten], verdicts })
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

/// The pairs of representatives that share rare words: (smaller index, larger index), sorted.
fn by_rare_words(
    collection: &Collection,
    stands: impl Fn(u32) -> bool,
    common: &CommonText,
) -> Result<Vec<(u32, u32)>> {
    let mut rarest: Vec<(u32, Vec<u32>)> = Vec::new();
    collection.each_words(
        stands,
        &mut rarest,
        |_, batch| -> Vec<(u32, Vec<u32>)> {
            let rarest = |ids: &[u32]| rare_words::rarest(ids, common);
            batch.iter().map(|(article, ids, _)| (*article, rarest(ids))).collect()
        },
        |rarest, found| rarest.extend(found.into_iter().flatten()),
    )?;
    rarest.par_sort_unstable_by_key(|(article, _)| *article);
    Ok(rare_words::propose(&rarest))
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
