//! A line of `map.jsonl`: which record was removed, which was kept for it, and why.
//!
//! The keys and their order are a contract, as in JSON reports: keys may be added at the end.

use serde::Serialize;

use super::plan::Removal;
use crate::article::Article;
use crate::find::Link;
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
    group: &'a str,
    relation: &'static str,
    #[serde(serialize_with = "rounded")]
    similarity: f64,
    #[serde(serialize_with = "rounded")]
    confidence: f64,
    why_kept: &'static str,
    reason: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    via: Vec<Step<'a>>,
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

/// The line of a removal. Relation, similarity and confidence are those of the copy and what it was verified against: the kept
/// article, or the first of `via`.
pub fn entry<'a>(removal: &'a Removal, outcome: &'a Outcome) -> Entry<'a> {
    let article = |index: u32| &outcome.articles[index as usize];
    let (copy, kept) = (article(removal.article), article(removal.kept));
    let group = &outcome.groups[removal.group as usize];
    let first = removal.steps.first();
    let pairs = removal.steps.iter().zip(removal.steps.iter().skip(1));
    Entry {
        id: &copy.id,
        file: &copy.origin.file,
        line: copy.origin.place(),
        kept: &kept.id,
        kept_file: &kept.origin.file,
        kept_line: kept.origin.place(),
        group: &group.id,
        relation: first.map_or("", |link| link.relation.name()),
        similarity: first.map_or(0.0, |link| link.similarity),
        confidence: first.map_or(0.0, |link| link.confidence),
        why_kept: group.why_kept,
        reason: reason(&removal.steps, article, group.why_kept),
        via: pairs.map(|(to, next)| step(article(to.of), next)).collect(),
    }
}

fn step<'a>(article: &'a Article, link: &Link) -> Step<'a> {
    Step {
        id: &article.id,
        file: &article.origin.file,
        line: article.origin.place(),
        relation: link.relation.name(),
        similarity: link.similarity,
        confidence: link.confidence,
    }
}

/// `copy (edited) of nw-1 (kept: earliest)`; a chain: `copy (excerpt) of kt-4, which is a copy (edited) of nw-1 (kept: …)`.
fn reason<'a>(
    steps: &[Link],
    article: impl Fn(u32) -> &'a Article,
    why_kept: &'static str,
) -> String {
    let copy = |link: &Link| format!("copy ({}) of {}", link.relation.name(), article(link.of).id);
    let chain: Vec<String> = steps.iter().map(copy).collect();
    format!("{} (kept: {why_kept})", chain.join(", which is a "))
}
