//! Articles that share an id: found by a hash of each id, confirmed by the ids themselves.
//!
//! Sorts 16 bytes an article, and reads back only those whose hash is there twice, a thousand at a time. Road not taken: a
//! map of all ids, which takes as much memory as they do.

use ahash::AHashMap;
use rayon::prelude::*;

use super::collection::Collection;
use crate::article::{Article, Origin, Problem, ProblemKind, Problems};
use crate::error::Result;
use crate::text::hash;

/// Articles read back at once.
const TOGETHER: usize = 1_000;
/// Characters of an id that a message shows.
const SHOWN: usize = 60;

/// What stands for an id while articles are added.
pub(super) fn id_hash(id: &str) -> u64 {
    hash::word(id.as_bytes())
}

/// The articles that share an id, in the order of the ids. Hashes are those of the articles, by index.
pub(super) fn same_ids(
    hashes: impl Iterator<Item = u64>,
    id: impl Fn(u32) -> Result<String> + Sync,
) -> Result<Vec<Vec<u32>>> {
    let mut order: Vec<(u64, u32)> = hashes.zip(0..).collect();
    order.par_sort_unstable();
    let mut shared: Vec<(String, Vec<u32>)> = Vec::new();
    // Equal hashes are looked at: two ids may share one.
    for equal in order.chunk_by(|x, y| x.0 == y.0).filter(|equal| equal.len() > 1) {
        let mut by_id: AHashMap<String, Vec<u32>> = AHashMap::new();
        for some in equal.chunks(TOGETHER) {
            let ids: Vec<String> =
                some.par_iter().map(|&(_, article)| id(article)).collect::<Result<_>>()?;
            for (id, &(_, article)) in ids.into_iter().zip(some) {
                by_id.entry(id).or_default().push(article);
            }
        }
        shared.extend(by_id.into_iter().filter(|(_, articles)| articles.len() > 1));
    }
    shared.sort_unstable();
    Ok(shared.into_iter().map(|(_, articles)| articles).collect())
}

/// Tells of every article whose id an article before it has, by place.
pub(crate) fn tell(collection: &Collection, problems: &mut Problems) -> Result<()> {
    for same in &collection.same_ids {
        let mut first: Option<Origin> = None;
        each(collection, same, |article| match &mut first {
            Some(first) if *first <= article.origin => {}
            first => *first = Some(article.origin),
        })?;
        let Some(first) = first else { continue };
        let mut is_told = false;
        each(collection, same, |article| {
            // Articles that a program has made may all have the same place.
            if article.origin == first && !std::mem::replace(&mut is_told, true) {
                return;
            }
            let short: String = article.id.chars().take(SHOWN).collect();
            let dots = if short.len() < article.id.len() { "…" } else { "" };
            let other = match first.to_string() {
                place if place.is_empty() => "another article".to_owned(),
                place => place,
            };
            let detail = format!("\"{short}{dots}\" is also the id of {other}");
            let kind = ProblemKind::DuplicateId;
            problems.push(Problem { origin: article.origin, kind, detail });
        })?;
    }
    Ok(())
}

/// Reads articles one after the other, some of them at once.
fn each(collection: &Collection, articles: &[u32], mut take: impl FnMut(Article)) -> Result<()> {
    for some in articles.chunks(TOGETHER) {
        let read: Vec<Article> =
            some.par_iter().map(|&article| collection.article(article)).collect::<Result<_>>()?;
        read.into_iter().for_each(&mut take);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::scan::Scan;

    #[test]
    fn ids_that_share_a_hash_are_told_apart() {
        let ids = ["b", "a", "c", "b", "a", "d", "c", "a"];
        let hashes = [1, 2, 1, 1, 2, 2, 3, 2];
        let found = same_ids(hashes.into_iter(), |article| Ok(ids[article as usize].to_owned()));
        assert_eq!(found.unwrap(), [vec![1, 4, 7], vec![0, 3]], "c has two hashes, d is alone");
    }

    #[test]
    fn every_article_but_the_first_is_told_in_any_order() {
        let article = |id: &str, file: &str, line: u64| Article {
            origin: Origin { file: file.into(), line, record: line },
            ..Article::new(id, format!("{id} {file} {line} and a few more words"))
        };
        let long = "x".repeat(100);
        let mut articles = vec![
            article("a", "1.jsonl", 1),
            article("b", "1.jsonl", 2),
            article("a", "1.jsonl", 3),
            article("a", "0.jsonl", 7),
            article(&long, "1.jsonl", 4),
            article(&long, "1.jsonl", 5),
            Article::new("made", "some words that a program has put together"),
            Article::new("made", "other words of which nobody knows the place"),
        ];
        let expected = [
            ":\"made\" is also the id of another article".to_owned(),
            "1.jsonl:1:\"a\" is also the id of 0.jsonl:7".to_owned(),
            "1.jsonl:3:\"a\" is also the id of 0.jsonl:7".to_owned(),
            format!("1.jsonl:5:\"{}…\" is also the id of 1.jsonl:4", &long[..SHOWN]),
        ];
        for _ in 0..articles.len() {
            articles.rotate_left(1);
            let mut scan = Scan::new(Config::default());
            scan.extend(articles.clone());
            let outcome = scan.finish(&()).unwrap();
            let told = outcome.problems.iter().map(|one| format!("{}:{}", one.origin, one.detail));
            assert_eq!(told.collect::<Vec<_>>(), expected);
            assert_eq!((outcome.problems.lost(), outcome.stats.duplicate_ids), (0, 4));
        }
    }
}
