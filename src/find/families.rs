//! Accepted pairs to groups as people see them: who belongs together, who is kept, and which verified pair holds each copy.

use std::collections::BTreeMap;

use ahash::AHashMap;

use super::evidence::Evidence;
use super::group::{Edge, group};
use super::judge::Judge;
use super::relate::Relation;
use super::{Group, Link, Match, Member, keep};
use crate::article::Articles;
use crate::config::Keep;
use crate::error::Result;

/// Families of articles that belong together: groups of representatives with everything folded onto them.
///
/// `rejected` are the pairs that were judged no copies, with the confidence they got.
pub(super) fn families(
    words: impl Fn(u32) -> u32,
    matches: &[Match],
    rejected: &[(u32, u32, f64)],
    fold: &[u32],
    min_confidence: f64,
) -> Vec<Vec<u32>> {
    let is_own = |article: u32| fold[article as usize] == article;
    let copies = matches.iter().filter(|found| found.relation.is_copy()).map(|found| {
        let sure = (found.confidence - min_confidence) / (1.0 - min_confidence).max(f64::EPSILON);
        (found.a, found.b, 0.9 * sure + 0.1 * found.evidence.similarity, true)
    });
    let passages = matches.iter().filter(|found| !found.relation.is_copy());
    let passages = passages.map(|found| (found.a, found.b, found.confidence));
    let others = passages.chain(rejected.iter().copied()).map(|(a, b, confidence)| {
        (
            a,
            b,
            (confidence.min(min_confidence) - min_confidence) / min_confidence.max(f64::EPSILON),
            false,
        )
    });
    let edges: Vec<Edge> = copies
        .chain(others)
        .filter(|&(a, b, ..)| is_own(a) && is_own(b))
        .map(|(a, b, score, is_copy)| Edge { a, b, score: (score * 1e6).round() as i64, is_copy })
        .collect();
    // What is folded onto each, and is not it.
    let mut members: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (article, &onto) in (0..).zip(fold).filter(|(article, onto)| article != *onto) {
        members.entry(onto).or_default().push(article);
    }
    let mut families: Vec<Vec<u32>> = group(&edges, words)
        .into_iter()
        .map(|group| {
            let folded = group.iter().flat_map(|own| members.remove(own).unwrap_or_default());
            folded.chain(group.iter().copied()).collect()
        })
        .collect();
    families.extend(members.into_iter().map(|(own, mut members)| {
        members.push(own);
        members
    }));
    for members in &mut families {
        members.sort_unstable();
    }
    families
}

/// Chooses the kept article of a family and links every other member to it, or to what it was verified against.
///
/// Gives the pairs too that had to be judged for that, and those of articles with equal words.
pub(super) fn link(
    judge: &Judge<'_>,
    articles: &Articles,
    members: &[u32],
    first_equal: &[u32],
    fold: &[u32],
    table: &AHashMap<(u32, u32), Match>,
    keep: &Keep,
) -> Result<(Group, Vec<Match>)> {
    let first = |article: u32| first_equal[article as usize];
    let mut firsts: Vec<u32> = members.iter().map(|&article| first(article)).collect();
    firsts.dedup();
    let mut body_words: AHashMap<u32, u32> = AHashMap::with_capacity(firsts.len());
    for article in firsts {
        body_words.insert(article, judge.open(article)?.body_words());
    }
    let body_words = |article: u32| body_words.get(&first(article)).copied().unwrap_or(0);
    let article = |member: u32| &articles[member as usize];
    let (kept, why_kept) = keep::choose(members, article, body_words, keep);
    let equal = |of: u32, article: u32| Match {
        a: of.min(article),
        b: of.max(article),
        relation: Relation::Exact,
        confidence: 1.0,
        evidence: Evidence::of_equal(body_words(article)),
    };
    let mut found: Vec<Match> = Vec::new();
    let known =
        |a: u32, b: u32| table.get(&(a.min(b), a.max(b))).filter(|found| found.relation.is_copy());

    let kept_article = judge.open(first(kept))?;
    let mut verifier = None;
    let mut linked: Vec<Member> = Vec::with_capacity(members.len());
    for &article in members.iter().filter(|&&article| article != kept) {
        let own = first(article);
        if own != article {
            found.push(equal(own, article));
        }
        let to_kept = if own == first(kept) {
            Some((kept, equal(kept, article)))
        } else if let Some(known) = known(own, first(kept)) {
            Some((kept, known.clone()))
        } else {
            let verifier = verifier.get_or_insert_with(|| judge.verifier(&kept_article));
            let fresh = judge.pair(verifier, &kept_article, first(kept), own)?;
            let fresh = fresh.filter(|fresh| fresh.relation.is_copy());
            found.extend(fresh.clone());
            fresh.map(|fresh| (kept, fresh))
        };
        // What it was folded onto, or the best pair inside the group: one of these brought it here.
        let link = to_kept.or_else(|| {
            let others = members.iter().filter(|&&other| other != article);
            let pairs = others.filter_map(|&other| {
                let pair = if first(other) == own {
                    Some(equal(other, article))
                } else {
                    known(own, first(other)).cloned()
                };
                pair.map(|pair| (other, pair))
            });
            pairs.max_by(|(x, p), (y, q)| {
                let score = |m: &Match| m.confidence + m.evidence.similarity;
                score(p)
                    .total_cmp(&score(q))
                    .then((fold[article as usize] == *x).cmp(&(fold[article as usize] == *y)))
                    .then(y.cmp(x))
            })
        });
        linked.push(Member {
            article,
            link: link.map(|(of, pair)| Link {
                of,
                relation: pair.relation,
                similarity: pair.evidence.similarity,
                confidence: pair.confidence,
            }),
        });
    }
    if first(kept) != kept {
        found.push(equal(first(kept), kept));
    }
    let mut own: Vec<u32> = members.iter().map(|&article| fold[article as usize]).collect();
    own.sort_unstable();
    own.dedup();
    let pairs =
        own.iter().enumerate().flat_map(|(i, &a)| own[i + 1..].iter().map(move |&b| (a, b)));
    let accepted = pairs.filter(|&(a, b)| known(a, b).is_some()).count();
    let density = accepted as f64 / (own.len() * (own.len() - 1) / 2).max(1) as f64;
    let density = if own.len() == 1 { 1.0 } else { density };
    let key = |member: &Member| {
        let article = article(member.article);
        (article.date.map_or((1, 0), |date| (0, date.seconds)), article.id.clone(), member.article)
    };
    linked.sort_by_cached_key(key);
    let weakest = linked
        .iter()
        .filter_map(|member| member.link.as_ref())
        .map(|link| link.similarity)
        .fold(1.0, f64::min);
    linked.insert(0, Member { article: kept, link: None });
    // Canonical order is that of fingerprints.
    let smallest = members.iter().copied().min().unwrap_or(kept);
    let (_, fingerprint) = judge.collection.identity(smallest)?;
    let id = fingerprint.group_id();
    Ok((Group { id, kept, why_kept, weakest, density, members: linked }, found))
}
