//! A line of `map.jsonl`: which record was removed, which was kept for it, and why.
//!
//! The keys and their order are a contract, as in JSON reports: keys may be added at the end.

use serde::Serialize;

use super::plan::{Kept, Removal};
use crate::article::Article;
use crate::find::{Link, Relation};
use crate::report::rounded;
use crate::scan::Outcome;

/// What is known of a removal.
#[derive(Clone, Debug, Serialize)]
pub struct Entry<'a> {
    id: &'a str,
    file: &'a str,
    line: u64,
    kept: &'a str,
    kept_file: &'a str,
    kept_line: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    group: Option<&'a str>,
    relation: &'static str,
    #[serde(serialize_with = "rounded")]
    similarity: f64,
    #[serde(serialize_with = "rounded")]
    confidence: f64,
    why_kept: &'static str,
    reason: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    via: Vec<Step<'a>>,
    /// The index that has the kept article, and what it knows of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    index: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kept_source: Option<&'a str>,
}

/// A further pair of a chain: the article between, and how it relates to the next.
#[derive(Clone, Debug, Serialize)]
struct Step<'a> {
    id: &'a str,
    file: &'a str,
    line: u64,
    relation: &'static str,
    #[serde(serialize_with = "rounded")]
    similarity: f64,
    #[serde(serialize_with = "rounded")]
    confidence: f64,
}

/// One verified pair on the way to what is kept: the article it leads to, and the numbers of the pair.
#[derive(Clone, Copy)]
struct Hop<'a> {
    to: &'a Article,
    relation: Relation,
    similarity: f64,
    confidence: f64,
}

/// The line of a removal. Relation, similarity and confidence are those of the copy and what it was verified against: the kept
/// article, or the first of `via`. What was published before was added to the index from `kept_file`, which may be gone.
pub fn entry<'a>(removal: &'a Removal, outcome: &'a Outcome) -> Entry<'a> {
    let article = |index: u32| &outcome.articles[index as usize];
    let copy = article(removal.article);
    let group = removal.group.map(|group| &outcome.groups[group as usize]);
    let mut hops: Vec<Hop<'a>> = removal
        .steps
        .iter()
        .map(|&Link { of, relation, similarity, confidence }| Hop {
            to: article(of),
            relation,
            similarity,
            confidence,
        })
        .collect();
    let (kept, why_kept, before) = match &removal.kept {
        Kept::Article(kept) => (article(*kept), group.map_or("", |group| group.why_kept), None),
        Kept::Published(earlier) => {
            hops.push(Hop {
                to: &earlier.article,
                relation: earlier.relation,
                similarity: earlier.evidence.similarity,
                confidence: earlier.confidence,
            });
            (&earlier.article, "published before", Some(&earlier.article))
        }
    };
    let index = outcome.published.as_ref().filter(|_| before.is_some());
    let first = hops.first();
    Entry {
        id: &copy.id,
        file: &copy.origin.file,
        line: copy.origin.place(),
        kept: &kept.id,
        kept_file: &kept.origin.file,
        kept_line: kept.origin.place(),
        group: group.map(|group| &*group.id),
        relation: first.map_or("", |hop| hop.relation.name()),
        similarity: first.map_or(0.0, |hop| hop.similarity),
        confidence: first.map_or(0.0, |hop| hop.confidence),
        why_kept,
        reason: reason(&hops, why_kept),
        via: hops.windows(2).map(|pair| step(pair[0].to, &pair[1])).collect(),
        index: index.map(|published| published.index.display().to_string()),
        kept_date: before.and_then(|article| article.date).map(|date| date.to_string()),
        kept_source: before.and_then(|article| article.source.as_deref()),
    }
}

fn step<'a>(article: &'a Article, hop: &Hop<'_>) -> Step<'a> {
    Step {
        id: &article.id,
        file: &article.origin.file,
        line: article.origin.place(),
        relation: hop.relation.name(),
        similarity: hop.similarity,
        confidence: hop.confidence,
    }
}

/// `copy (edited) of nw-1 (kept: earliest)`; a chain: `copy (excerpt) of kt-4, which is a copy (edited) of nw-1 (kept: …)`.
fn reason(hops: &[Hop<'_>], why_kept: &'static str) -> String {
    let copy = |hop: &Hop<'_>| format!("copy ({}) of {}", hop.relation.name(), hop.to.id);
    let chain: Vec<String> = hops.iter().map(copy).collect();
    format!("{} (kept: {why_kept})", chain.join(", which is a "))
}
