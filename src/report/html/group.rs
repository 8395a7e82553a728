//! One group, or one near miss, as the page reads it: members, the pairs among them, and what they have in common.
//!
//! Numbers between 0 and 1 are written in thousandths, and members as places in the list: what stands in the page is read
//! by its scripts only, and is the larger part of a page of many groups.

use std::borrow::Cow;

use ahash::{AHashMap, AHashSet};
use serde::Serialize;

use crate::find::{Evidence, Group, Match, Member};
use crate::report::html::cuts::Cut;
use crate::report::html::passages::{Left, Row, Side};
use crate::report::html::text;
use crate::report::sanitize::opening;
use crate::scan::Outcome;

/// Pairs of a group that are shown besides those that hold its members.
const OTHER_PAIRS: usize = 20;

/// Characters of a text that stand for a missing headline.
const OPENING: usize = 90;

/// A group or a near miss, in two parts: the list reads the first of every one, and the second of those that are opened.
pub(super) struct Bundle<'a> {
    pub(super) row: RowOf<'a>,
    /// Absent where there is no room for it.
    pub(super) body: Option<BodyOf<'a>>,
}

/// What lists, searches and filters need.
#[derive(Serialize)]
pub(super) struct RowOf<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    id: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    why: &'a str,
    weakest: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    density: Option<u32>,
    /// Of a near miss.
    #[serde(skip_serializing_if = "Option::is_none")]
    confidence: Option<u32>,
    members: Vec<MemberOf<'a>>,
}

#[derive(Serialize)]
struct MemberOf<'a> {
    id: &'a str,
    title: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<i64>,
    #[serde(skip_serializing_if = "is_false")]
    day: bool,
    #[serde(flatten)]
    link: Option<LinkOf>,
}

#[derive(Serialize)]
struct LinkOf {
    of: usize,
    relation: &'static str,
    similarity: u32,
}

/// The texts, and what they have in common.
#[derive(Serialize)]
pub(super) struct BodyOf<'a> {
    articles: Vec<ArticleOf<'a>>,
    pairs: Vec<Pair>,
}

#[derive(Serialize)]
struct ArticleOf<'a> {
    text: TextOf<'a>,
    words: usize,
    /// Where the boilerplate stands.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    grey: Vec<[u32; 2]>,
    /// Where the record stands, and where it was scraped from.
    place: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
}

/// A text, the member that has the same, or the text as cuts of the first member's.
#[derive(Serialize)]
#[serde(untagged)]
enum TextOf<'a> {
    Own(Cow<'a, str>),
    SameAs(usize),
    Cuts(Vec<Cut>),
}

#[derive(Serialize)]
struct Pair {
    a: usize,
    b: usize,
    /// What was judged; absent where two members of a group are no copies of each other.
    #[serde(flatten)]
    judged: Option<Judged>,
    passages: Vec<Row>,
}

#[derive(Serialize)]
struct Judged {
    relation: &'static str,
    similarity: u32,
    confidence: u32,
    jaccard: u32,
    words: u32,
    evidence: Vec<u32>,
}

/// Everything that was found, where it can be looked up by article.
pub(super) struct Found<'a> {
    outcome: &'a Outcome,
    pairs: AHashMap<(u32, u32), &'a Match>,
    /// For an article with the same words as an earlier one, that one.
    equal: AHashMap<u32, u32>,
    /// For each group the copies among its members, by pair.
    inside: Vec<Vec<&'a Match>>,
    group_of: AHashMap<u32, u32>,
}

impl<'a> Found<'a> {
    pub(super) fn new(outcome: &'a Outcome) -> Found<'a> {
        let key = |pair: &Match| (pair.a.min(pair.b), pair.a.max(pair.b));
        let equal = outcome.matches.iter().filter(|pair| {
            pair.confidence == 1.0 && pair.evidence == Evidence::of_equal(pair.evidence.words)
        });
        let group_of: AHashMap<u32, u32> = outcome
            .groups
            .iter()
            .zip(0..)
            .flat_map(|(group, at)| group.members.iter().map(move |member| (member.article, at)))
            .collect();
        let mut inside = vec![Vec::new(); outcome.groups.len()];
        for pair in outcome.matches.iter().filter(|pair| pair.relation.is_copy()) {
            if let (Some(a), Some(b)) = (group_of.get(&pair.a), group_of.get(&pair.b))
                && a == b
            {
                inside[*a as usize].push(pair);
            }
        }
        Found {
            outcome,
            pairs: outcome.matches.iter().map(|pair| (key(pair), pair)).collect(),
            equal: equal.map(|pair| (pair.a.max(pair.b), pair.a.min(pair.b))).collect(),
            inside,
            group_of,
        }
    }

    /// True if both articles of a pair are in one group.
    pub(super) fn are_grouped(&self, pair: &Match) -> bool {
        let group = |article: u32| self.group_of.get(&article);
        group(pair.a).is_some() && group(pair.a) == group(pair.b)
    }

    /// One group, with its texts or without.
    pub(super) fn group(&self, at: usize, whole: bool) -> Bundle<'a> {
        let group = &self.outcome.groups[at];
        let articles: Vec<u32> = group.members.iter().map(|member| member.article).collect();
        let place: AHashMap<u32, usize> = articles.iter().copied().zip(0..).collect();
        let link = |member: &Member| {
            let link = member.link.as_ref()?;
            Some(LinkOf {
                of: place.get(&link.of).copied().unwrap_or_default(),
                relation: link.relation.name(),
                similarity: thousandths(link.similarity),
            })
        };
        let row = RowOf {
            id: &group.id,
            why: group.why_kept,
            weakest: thousandths(group.weakest),
            density: Some(thousandths(group.density)),
            confidence: None,
            members: group.members.iter().map(|one| self.member(one.article, link(one))).collect(),
        };
        let wanted = || self.wanted(at, group, &place);
        Bundle {
            row,
            body: whole.then(|| self.body(&articles, &wanted(), |x, y| self.judged(x, y))),
        }
    }

    /// Two articles that are in no group together, with their texts or without.
    pub(super) fn near_miss(&self, pair: &'a Match, whole: bool) -> Bundle<'a> {
        let articles = [pair.a, pair.b];
        let link = LinkOf {
            of: 0,
            relation: pair.relation.name(),
            similarity: thousandths(pair.evidence.similarity),
        };
        let members = vec![self.member(pair.a, None), self.member(pair.b, Some(link))];
        let weakest = thousandths(pair.evidence.similarity);
        let confidence = Some(thousandths_down(pair.confidence));
        let row = RowOf { id: "", why: "", weakest, density: None, confidence, members };
        let body = || self.body(&articles, &[(0, 1)], |_, _| Some(judged(pair)));
        Bundle { row, body: whole.then(body) }
    }

    /// Pairs of members: those that hold the members, what each has of the kept one, then the most alike of the others.
    fn wanted(
        &self,
        at: usize,
        group: &Group,
        place: &AHashMap<u32, usize>,
    ) -> Vec<(usize, usize)> {
        let mut wanted: Vec<(usize, usize)> = Vec::new();
        for (member, b) in group.members.iter().zip(0..).skip(1) {
            wanted.push((0, b));
            wanted.extend(self.held_by(member, place).filter(|&of| of != 0).map(|of| (of, b)));
        }
        let mut others: Vec<&Match> = self.inside[at].clone();
        others.sort_by(|x, y| y.evidence.similarity.total_cmp(&x.evidence.similarity));
        let seen: AHashSet<(usize, usize)> =
            wanted.iter().map(|&(a, b)| (a.min(b), a.max(b))).collect();
        let others = others.iter().filter_map(|pair| {
            let (a, b) = (*place.get(&pair.a)?, *place.get(&pair.b)?);
            Some((a.min(b), a.max(b))).filter(|pair| !seen.contains(pair))
        });
        wanted.extend(others.take(OTHER_PAIRS));
        wanted.sort_by_key(|&(a, _)| a);
        wanted
    }

    /// The texts of some articles, and pairs of them, sorted by the first of each.
    fn body(
        &self,
        articles: &[u32],
        wanted: &[(usize, usize)],
        judged: impl Fn(u32, u32) -> Option<Judged>,
    ) -> BodyOf<'a> {
        let texts: Vec<Cow<'a, str>> =
            articles.iter().map(|&article| text(self.outcome, article)).collect();
        let sides: Vec<Side<'_>> = texts
            .iter()
            .zip(articles)
            .map(|(text, &article)| Side::new(text, self.boilerplate(article)))
            .collect();
        let mut cuts: AHashMap<usize, Vec<Cut>> = AHashMap::new();
        let mut pairs = Vec::with_capacity(wanted.len());
        for of_one in wanted.chunk_by(|x, y| x.0 == y.0) {
            let left = Left::new(&sides[of_one[0].0]);
            for &(a, b) in of_one {
                let beside = left.beside(&sides[b]);
                if a == 0 {
                    cuts.insert(b, beside.cuts);
                }
                let judged = judged(articles[a], articles[b]);
                pairs.push(Pair { a, b, judged, passages: beside.rows });
            }
        }
        let mut first_with: AHashMap<&str, usize> = AHashMap::new();
        let mut described = Vec::with_capacity(articles.len());
        for (place, &number) in articles.iter().enumerate() {
            let article = &self.outcome.articles[number as usize];
            let first = *first_with.entry(&texts[place]).or_insert(place);
            let text = match cuts.remove(&place) {
                _ if first != place => TextOf::SameAs(first),
                Some(cuts) => TextOf::Cuts(cuts),
                None => TextOf::Own(texts[place].clone()),
            };
            described.push(ArticleOf {
                text,
                words: sides[place].words(),
                grey: sides[place].grey(),
                place: article.origin.to_string(),
                url: article.url.as_deref(),
            });
        }
        BodyOf { articles: described, pairs }
    }

    fn held_by(
        &self,
        member: &Member,
        place: &AHashMap<u32, usize>,
    ) -> impl Iterator<Item = usize> {
        member.link.iter().filter_map(|link| place.get(&link.of).copied())
    }

    /// What is known of two articles; those with the words of another are known by that one.
    fn judged(&self, x: u32, y: u32) -> Option<Judged> {
        let first = |article: u32| self.equal.get(&article).copied().unwrap_or(article);
        let known = |x: u32, y: u32| self.pairs.get(&(x.min(y), x.max(y)));
        let copy = known(x, y).or_else(|| known(first(x), first(y)));
        // Two that equal a third equal each other.
        let copy =
            copy.or_else(|| if first(x) == first(y) { known(first(x), x.max(y)) } else { None });
        copy.filter(|pair| pair.relation.is_copy()).map(|pair| judged(pair))
    }

    fn member(&self, number: u32, link: Option<LinkOf>) -> MemberOf<'a> {
        let article = &self.outcome.articles[number as usize];
        let title = article.title.as_deref().filter(|title| !title.trim().is_empty());
        let beginning = || Cow::Owned(beginning(&text(self.outcome, number)));
        MemberOf {
            id: &article.id,
            title: title.map_or_else(beginning, Cow::Borrowed),
            source: article.source.as_deref(),
            date: article.date.map(|date| date.seconds),
            day: article.date.is_some_and(|date| date.day_only),
            link,
        }
    }

    fn boilerplate(&self, article: u32) -> &'a [std::ops::Range<u32>] {
        let known = &self.outcome.boilerplate;
        known.binary_search_by_key(&article, |(article, _)| *article).map_or(&[], |at| &known[at].1)
    }
}

fn judged(pair: &Match) -> Judged {
    let evidence = &pair.evidence;
    Judged {
        relation: pair.relation.name(),
        similarity: thousandths(evidence.similarity),
        confidence: thousandths_down(pair.confidence),
        jaccard: thousandths(evidence.jaccard),
        words: evidence.words,
        evidence: evidence.named().into_iter().map(|(_, value)| thousandths(value)).collect(),
    }
}

/// The first words of a text, for a headline.
fn beginning(text: &str) -> String {
    let shown = opening(text, OPENING);
    if text.chars().nth(OPENING).is_none() {
        return shown;
    }
    // Scripts without spaces are cut between two signs.
    let end = shown.rfind(' ').filter(|&end| end > shown.len() / 2).unwrap_or(shown.len());
    format!("{} …", shown[..end].trim_end_matches([',', ';', ':']))
}

/// Rounded so that the page, which rounds again, shows the same percentage as every other report.
fn thousandths(share: f64) -> u32 {
    let rounded = (share * 1000.0).round();
    let too_much = (rounded / 10.0).round() - (share * 100.0).round();
    (rounded - too_much) as u32
}

/// Not rounded up to a limit that it is below.
fn thousandths_down(share: f64) -> u32 {
    (share * 1000.0) as u32
}

fn is_false(flag: &bool) -> bool {
    !flag
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::html::tests::{block, page};

    #[test]
    fn rounding_twice_is_rounding_once() {
        for step in 0..100_000_u32 {
            let share = f64::from(step) / 100_000.0;
            let shown = (f64::from(thousandths(share)) / 10.0).round();
            assert_eq!(shown, (share * 100.0).round(), "{share}");
        }
    }
    use crate::report::sample;

    #[test]
    fn a_group_is_whole_or_without_its_texts() {
        let mut outcome = sample::outcome();
        outcome.articles.get_mut(2).unwrap().text += " More is to come.";
        let data = block(&page(&outcome, 1_000_000));
        let [row, body] = data["groups"][0].as_array().unwrap().as_slice() else {
            panic!("{data}")
        };
        assert_eq!(row["id"], "w8f2k0c91aq");
        let copy = &row["members"][1];
        let link = (&copy["of"], &copy["relation"], &copy["similarity"]);
        assert_eq!(link, (&json!(0), &json!("reworded"), &json!(914)));
        // What texts of a group have in common stands in the page once.
        let text = |at: usize| &body["articles"][at]["text"];
        assert_eq!(text(0), outcome.articles[0].text.as_str());
        assert_eq!(text(1), 0);
        assert_eq!(text(2)[2], " More is to come.");
        assert_eq!(body["articles"][1]["place"], "a.jsonl:2");
        // The third member is held by the second, and is shown beside the kept one too.
        let pairs = body["pairs"].as_array().unwrap().iter().map(|pair| [&pair["a"], &pair["b"]]);
        let pairs: Vec<[u64; 2]> = pairs.map(|pair| pair.map(|at| at.as_u64().unwrap())).collect();
        assert_eq!(pairs, [[0, 1], [0, 2], [1, 2]]);
        assert_eq!(body["pairs"][0]["jaccard"], 415);
        assert!(body["pairs"][1].get("relation").is_none());
        let bare = Found::new(&outcome).group(0, false);
        assert!(bare.body.is_none() && bare.row.members.len() == 3);
    }

    #[test]
    fn an_article_without_headline_is_known_by_its_opening() {
        let data = block(&page(&sample::outcome(), 1_000_000));
        let member = &data["groups"][1][0]["members"][0];
        assert_eq!(member["title"], "Prices rose again on Monday, traders said.");
        assert_eq!(
            beginning(&"every word is whole, ".repeat(9)),
            "every word is whole, every word is whole, every word is whole, every word is whole …"
        );
    }
}
