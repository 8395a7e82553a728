//! The whole search against a slow twin that compares all pairs of a small corpus by splitting strings.

use std::collections::BTreeSet;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::Index;
use wirecopy::article::Article;
use wirecopy::config::Config;
use wirecopy::find::pipeline::{Survey, survey};
use wirecopy::find::relate::{confidence, kind_of_copy};
use wirecopy::find::{Collection, Evidence, Relation};
use wirecopy::progress::Stats;
use wirecopy::scan::Scan;

use crate::shuffle::word;

/// Articles of a corpus that are written, and those that are made from them.
const ORIGINALS: usize = 12;
const COPIES: usize = 18;

/// Exact Jaccard similarity from which no pair may be missed.
const NEVER_MISSED: f64 = 0.35;

/// Difference in similarity that ties between alignments of equal length may make.
const TIES: f64 = 0.25;

/// Texts of plain words, for which "split at blanks" is all there is to finding words.
fn corpus() -> impl Strategy<Value = Vec<String>> {
    let number = || 0..700usize;
    let edit = (any::<Index>(), 0..3u8, number());
    let copy = (0..ORIGINALS, vec(edit, 0..50));
    (vec(vec(number(), 30..130), ORIGINALS), vec(copy, COPIES)).prop_map(|(originals, copies)| {
        let copies = copies.iter().map(|(of, edits)| edited(originals[*of].clone(), edits));
        let all: Vec<Vec<usize>> = originals.iter().cloned().chain(copies).collect();
        let text = |words: &Vec<usize>| {
            words.iter().map(|&number| word(number)).collect::<Vec<_>>().join(" ")
        };
        all.iter().map(text).collect()
    })
}

/// Words replaced, inserted and taken out.
fn edited(mut words: Vec<usize>, edits: &[(Index, u8, usize)]) -> Vec<usize> {
    for (at, kind, number) in edits {
        let at = at.index(words.len());
        match kind {
            0 => words[at] = *number,
            1 => words.insert(at, *number),
            _ if words.len() > 12 => drop(words.remove(at)),
            _ => {}
        }
    }
    words
}

fn shingles(text: &str) -> BTreeSet<[&str; 3]> {
    let words: Vec<&str> = text.split(' ').collect();
    words.windows(3).map(|three| [three[0], three[1], three[2]]).collect()
}

/// Jaccard similarity, and the share of each text's shingles that stands in the other.
fn overlap(a: &str, b: &str) -> (f64, f64, f64) {
    let (a, b) = (shingles(a), shingles(b));
    let shared = a.intersection(&b).count() as f64;
    (shared / a.union(&b).count() as f64, shared / a.len() as f64, shared / b.len() as f64)
}

/// The longest sequence of words that stands in both texts in order.
fn in_order(a: &str, b: &str) -> usize {
    let b: Vec<&str> = b.split(' ').collect();
    let mut row = vec![0; b.len() + 1];
    for word in a.split(' ') {
        let mut corner = 0;
        for (at, other) in b.iter().enumerate() {
            let above = row[at + 1];
            row[at + 1] = if word == *other { corner + 1 } else { above.max(row[at]) };
            corner = above;
        }
    }
    row[b.len()]
}

fn added(texts: &[String]) -> Scan {
    let mut scan = Scan::new(Config::default());
    let articles = texts.iter().enumerate();
    scan.extend(articles.map(|(at, text)| Article::new(format!("a{at:02}"), text)).collect());
    scan
}

/// Calls `test` with the articles in canonical order and what is known of them before grouping.
fn surveyed<T>(
    texts: &[String],
    test: impl FnOnce(&[Article], &Collection, &Survey<'_>) -> T,
) -> T {
    let config = Config::default();
    let collection = added(texts).collect().unwrap();
    let mut stats = Stats::default();
    let known = survey(&collection, &config, &(), &mut stats).unwrap();
    test(&collection.articles().unwrap(), &collection, &known)
}

/// The same evidence, seen from the other article.
fn swapped(evidence: Evidence) -> Evidence {
    Evidence { a_in_b: evidence.b_in_a, b_in_a: evidence.a_in_b, ..evidence }
}

proptest! {
    // Each case is a search of its own.
    #![proptest_config(ProptestConfig { cases: ProptestConfig::default().cases / 4, ..ProptestConfig::default() })]

    #[test]
    fn no_similar_pair_is_missed(texts in corpus()) {
        surveyed(&texts, |articles, collection, known| {
            let judged = |x: u32| collection.is_judged(x);
            for b in 0..articles.len() as u32 {
                for a in (0..b).filter(|&a| judged(a) && judged(b)) {
                    let (jaccard, ..) = overlap(&articles[a as usize].text, &articles[b as usize].text);
                    prop_assert!(
                        jaccard < NEVER_MISSED || known.is_candidate(a, b),
                        "{jaccard}:\n{}\n{}", articles[a as usize].text, articles[b as usize].text
                    );
                }
            }
            Ok(())
        })?;
    }

    #[test]
    fn evidence_is_what_counting_strings_gives(texts in corpus()) {
        let outcome = added(&texts).finish(&()).unwrap();
        for found in &outcome.matches {
            let [a, b] = [found.a, found.b].map(|at| &*outcome.articles[at as usize].text);
            let evidence = &found.evidence;
            prop_assert_eq!((evidence.jaccard, evidence.a_in_b, evidence.b_in_a), overlap(a, b));
            prop_assert!(evidence.verbatim <= evidence.similarity && evidence.similarity <= 1.0);
            if evidence.boilerplate == 0.0 {
                let words = [a, b].map(|text| text.split(' ').count());
                let shorter = words[0].min(words[1]) as f64;
                prop_assert_eq!(f64::from(evidence.words), shorter);
                let most = in_order(a, b) as f64 / shorter;
                prop_assert!(evidence.similarity <= most, "{} of at most {most}", evidence.similarity);
            }
        }
    }

    #[test]
    fn every_copy_is_held_by_a_pair_that_stands_on_its_own(texts in corpus()) {
        let outcome = added(&texts).finish(&()).unwrap();
        surveyed(&texts, |articles, collection, known| {
            prop_assert_eq!(articles, outcome.articles.held());
            let mut seen = BTreeSet::new();
            for group in &outcome.groups {
                prop_assert!(group.members.len() > 1);
                prop_assert_eq!(group.members[0].article, group.kept);
                for member in &group.members {
                    prop_assert!(seen.insert(member.article), "an article in two groups");
                    let Some(link) = &member.link else {
                        prop_assert_eq!(member.article, group.kept, "only the kept article has no link");
                        continue;
                    };
                    prop_assert!(group.members.iter().any(|other| other.article == link.of));
                    prop_assert!(link.of != member.article && link.similarity >= group.weakest);
                    let [own, of] = [member.article, link.of].map(|at| collection.identity(at).unwrap().1);
                    if own == of {
                        let told = (link.relation, link.similarity, link.confidence);
                        prop_assert_eq!(told, (Relation::Exact, 1.0, 1.0));
                        continue;
                    }
                    // Which of the two is aligned with the other is not told; the numbers are those of one of the two ways.
                    let ways = [(link.of, member.article), (member.article, link.of)];
                    let confirmed = ways.iter().any(|&(a, b)| {
                        let evidence = known.judge.evidence(a, b).unwrap();
                        let told = (kind_of_copy(&evidence), evidence.similarity, confidence(&evidence, false));
                        told == (link.relation, link.similarity, link.confidence)
                    });
                    prop_assert!(confirmed, "{:?} of {:?}", member, group);
                    prop_assert!(link.confidence >= Config::default().matching.min_confidence);
                }
            }
            Ok(())
        })?;
    }

    /// What is counted does not hang on which article happens to be first; what is aligned, by the ties of an alignment.
    #[test]
    fn evidence_is_the_same_from_both_sides(texts in corpus()) {
        surveyed(&texts, |_, _, known| {
            for found in &known.verdicts.matches {
                prop_assert_eq!(&known.judge.evidence(found.a, found.b).unwrap(), &found.evidence);
                let back = swapped(known.judge.evidence(found.b, found.a).unwrap());
                let counted = |e: &Evidence| {
                    (e.jaccard, e.a_in_b, e.b_in_a, e.containment, e.length_ratio, e.boilerplate, e.words)
                };
                prop_assert_eq!(counted(&back), counted(&found.evidence));
                let apart = (back.similarity - found.evidence.similarity).abs();
                prop_assert!(apart <= TIES, "{back:?}\n{:?}", found.evidence);
            }
            Ok(())
        })?;
    }
}
