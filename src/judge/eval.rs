//! A run against labels: how much of what is labelled it found, what it took for copies wrongly, and how sure it was.
//!
//! A labelled pair is found if both articles are in one group; that is what precision, recall and F1 count. Apart from
//! that stand what candidate search proposed, and the confidence of each pair by itself: equal texts count as 1, pairs
//! that were never judged as 0. Grey labels are left out of every number. Clusters are scored over all pairs of their
//! articles, without listing the pairs that the search never met: linear in those it did.

use std::path::PathBuf;

use ahash::AHashMap;

use super::labels::{Form, Label, Labels};
use super::measures::Agreement;
use super::scores::{Material, Scores};
use crate::article::Article;
use crate::config::{Config, Matching};
use crate::error::{Error, Result};
use crate::find::Seen;
use crate::find::pipeline::Survey;
use crate::progress::Progress;
use crate::scan::{Outcome, Scan, with_threads};

/// Ids that are named where many could be.
const NAMED: usize = 5;

/// Everything there is to say of a run against labels.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Evaluation {
    /// Articles in the input.
    pub articles: u64,
    /// What counted as a copy.
    pub matching: Matching,
    /// One for each file of labels.
    pub sets: Vec<Set>,
    /// All sets together, each pair counting once.
    pub pooled: Scores,
    /// Ids that several articles of the input bear: a label then means the first of them by content.
    pub repeated: Named,
}

/// The scores of one data set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Set {
    /// Its name: that of its file.
    pub name: String,
    /// True if its labels are clusters.
    pub clusters: bool,
    /// Grey pairs, which are left out.
    pub grey: u64,
    /// Labels that could not be scored because an id is not in the input: pairs, or articles in clusters.
    pub left_out: u64,
    /// Labelled ids that are not in the input.
    pub missing: Named,
    /// How far groups and clusters agree, for clusters.
    pub adjusted_rand: Option<f64>,
    /// All other scores.
    pub scores: Scores,
}

/// How many ids, and the first of them in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Named {
    /// How many.
    pub count: usize,
    /// The first five.
    pub first: Vec<String>,
}

/// Scans `paths` and scores the result. There are no scores if there are no articles.
///
/// # Errors
///
/// If the threads asked for cannot be started, or no id of a set of labels is in the input.
pub fn run(
    paths: &[PathBuf],
    labels: &[Labels],
    config: &Config,
    progress: &dyn Progress,
) -> Result<(Outcome, Option<Evaluation>)> {
    with_threads(config, || {
        let mut scan = Scan::new(config.clone());
        scan.read(paths, progress)?;
        let corpus = scan.corpus()?;
        if corpus.is_empty() {
            return Ok((corpus.compare(progress, |_| Ok(()))?.0, None));
        }
        let task = Task::new(labels, &corpus.articles()?, corpus.failures())?;
        let (outcome, seen) = corpus.compare(progress, |survey| task.look(survey))?;
        let evaluation = task.score(&seen, &outcome, config);
        Ok((outcome, Some(evaluation)))
    })
}

/// Labels, with their ids looked up in a corpus.
#[derive(Debug)]
struct Task {
    sets: Vec<(Set, Asked)>,
    repeated: Named,
}

/// Pairs of articles, and what became of each before grouping.
type Looked = Vec<((u32, u32), Seen)>;

/// What a set asks of a run. Articles are given by their index.
#[derive(Debug)]
enum Asked {
    /// Pairs, whether they are copies, and their kind.
    Pairs(Vec<((u32, u32), bool, String)>),
    /// Articles in their order, and the number of the cluster of each.
    Clusters(Vec<(u32, u64)>),
}

impl Task {
    fn new(labels: &[Labels], articles: &[Article], failures: &[String]) -> Result<Task> {
        let mut index: AHashMap<&str, u32> = AHashMap::with_capacity(articles.len());
        let mut repeated = Vec::new();
        for (article, at) in articles.iter().zip(0..) {
            if *index.entry(&article.id).or_insert(at) != at {
                repeated.push(article.id.as_str());
            }
        }
        let mut sets = Vec::with_capacity(labels.len());
        for labels in labels {
            let mut lookup = Lookup { index: &index, missing: Vec::new(), met: 0 };
            let located = locate(labels, &mut lookup);
            if lookup.met == 0 {
                return Err(none_found(labels, lookup.missing, articles, failures));
            }
            sets.push(located);
        }
        Ok(Task { sets, repeated: named(repeated) })
    }

    /// What became of the pairs of each set before they were grouped.
    fn look(&self, survey: &Survey<'_>) -> Result<Vec<Looked>> {
        let look = |(_, asked): &(Set, Asked)| {
            let pairs = match asked {
                Asked::Pairs(pairs) => pairs.iter().map(|&(pair, ..)| pair).collect(),
                Asked::Clusters(articles) => {
                    let articles: Vec<u32> = articles.iter().map(|&(article, _)| article).collect();
                    survey.proposed_among(&articles)
                }
            };
            let seen = survey.seen(&pairs)?;
            Ok(pairs.into_iter().zip(seen).collect())
        };
        self.sets.iter().map(look).collect()
    }

    fn score(self, seen: &[Looked], outcome: &Outcome, config: &Config) -> Evaluation {
        // An article without a group is a group of its own.
        let mut groups: Vec<u64> =
            (outcome.groups.len() as u64..).take(outcome.articles.len()).collect();
        for (group, at) in outcome.groups.iter().zip(0..) {
            group.members.iter().for_each(|member| groups[member.article as usize] = at);
        }
        let mut pooled = Material::default();
        let mut sets = Vec::with_capacity(self.sets.len());
        for ((mut set, asked), seen) in self.sets.into_iter().zip(seen) {
            let material = match asked {
                Asked::Pairs(pairs) => Material::of_pairs(&pairs, seen, &groups),
                Asked::Clusters(articles) => {
                    let both: Vec<(u64, u64)> = articles
                        .iter()
                        .map(|&(article, cluster)| (cluster, groups[article as usize]))
                        .collect();
                    let agreement = Agreement::of(&both);
                    set.adjusted_rand = agreement.adjusted_rand();
                    Material::of_clusters(&articles, seen, &agreement)
                }
            };
            set.scores = material.scores(config.matching.min_confidence);
            pooled.add(material);
            sets.push(set);
        }
        Evaluation {
            articles: outcome.articles.len() as u64,
            matching: config.matching.clone(),
            sets,
            pooled: pooled.scores(config.matching.min_confidence),
            repeated: self.repeated,
        }
    }
}

/// Finds articles by their ids.
struct Lookup<'a> {
    index: &'a AHashMap<&'a str, u32>,
    missing: Vec<&'a str>,
    met: u64,
}

impl<'a> Lookup<'a> {
    fn find(&mut self, id: &'a str) -> Option<u32> {
        let found = self.index.get(id).copied();
        match found {
            Some(_) => self.met += 1,
            None => self.missing.push(id),
        }
        found
    }
}

fn locate<'a>(labels: &'a Labels, lookup: &mut Lookup<'a>) -> (Set, Asked) {
    let mut set = Set { name: labels.name.clone(), ..Set::default() };
    let asked = match &labels.form {
        Form::Pairs(pairs) => {
            let mut found = Vec::with_capacity(pairs.len());
            for pair in pairs {
                // Both are looked up, so that both are named if they are missing.
                let (a, b) = (lookup.find(&pair.a), lookup.find(&pair.b));
                match (a.zip(b), pair.label) {
                    (_, Label::Grey) => set.grey += 1,
                    (None, _) => set.left_out += 1,
                    (Some(ids), label) => {
                        found.push((ids, label == Label::Copy, pair.kind.clone()));
                    }
                }
            }
            Asked::Pairs(found)
        }
        Form::Clusters(articles) => {
            set.clusters = true;
            let mut numbers: AHashMap<&str, u64> = AHashMap::new();
            let mut found = Vec::with_capacity(articles.len());
            for (id, cluster) in articles {
                let next = numbers.len() as u64;
                let number = *numbers.entry(cluster).or_insert(next);
                match lookup.find(id) {
                    Some(article) => found.push((article, number)),
                    None => set.left_out += 1,
                }
            }
            found.sort_unstable();
            Asked::Clusters(found)
        }
    };
    set.missing = named(lookup.missing.clone());
    (set, asked)
}

fn named(mut ids: Vec<&str>) -> Named {
    ids.sort_unstable();
    ids.dedup();
    Named { count: ids.len(), first: ids.iter().take(NAMED).map(|&id| id.to_owned()).collect() }
}

fn none_found(
    labels: &Labels,
    missing: Vec<&str>,
    articles: &[Article],
    failures: &[String],
) -> Error {
    let missing = named(missing);
    let ids: Vec<&str> = articles.iter().take(NAMED).map(|article| article.id.as_str()).collect();
    let mut message = format!(
        "none of the {} ids of the labels {} is in the input\nthe labels have: {}\nthe input has: {}",
        missing.count,
        labels.name,
        missing.first.join(", "),
        ids.join(", ")
    );
    for failure in failures {
        message.push('\n');
        message.push_str(failure);
    }
    Error::new(message).with_hint("--id-field with the field that holds the ids of the labels")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::judge::labels;

    const REPORT: &str = "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday, \
         after a storm damaged the landing stage and two of the four moorings on the island.";

    /// Articles a and b are equal, c and d are not like anything; the id d is borne by two.
    fn corpus() -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let schools = "Nine schools in the valley reopen today with new roofs and a shared kitchen, paid by a fund.";
        let market = "Wheat closed at 312 crowns on Monday, four crowns up, after rain delayed the harvest again.";
        let lines: String =
            [("a", REPORT), ("b", REPORT), ("c", schools), ("d", market), ("d", "Two words.")]
                .map(|(id, text)| format!("{}\n", serde_json::json!({"id": id, "text": text})))
                .concat();
        std::fs::write(folder.path().join("in.jsonl"), lines).unwrap();
        folder
    }

    fn scored(text: &str) -> Result<Evaluation> {
        let folder = corpus();
        let labels = labels::parse("x", Path::new("x.tsv"), text.as_bytes())?;
        let inputs = [folder.path().join("in.jsonl")];
        run(&inputs, &[labels], &Config::default(), &()).map(|(_, evaluation)| evaluation.unwrap())
    }

    #[test]
    fn pairs_are_looked_up_and_scored() {
        let found = scored("a\tb\t1\texact\na\tc\t0\nb\tz\t1\ty\nz\ty\t0\nc\td\tgrey\n").unwrap();
        let set = &found.sets[0];
        assert_eq!((found.articles, set.grey, set.left_out, set.clusters), (5, 1, 2, false));
        assert_eq!(set.missing, Named { count: 2, first: vec!["y".to_owned(), "z".to_owned()] });
        assert_eq!(found.repeated, Named { count: 1, first: vec!["d".to_owned()] });
        let counts = set.scores.counts;
        assert_eq!(
            (counts.copies, counts.copies_found, counts.others, counts.others_found),
            (1, 1, 1, 0)
        );
        assert_eq!(set.scores, found.pooled);
        assert_eq!((set.scores.candidates, set.adjusted_rand), (1, None));
    }

    #[test]
    fn clusters_are_scored_by_pairs_and_agreement() {
        let found = scored("a\tk\nb\tk\nc\tl\nq\tl\n").unwrap();
        let set = &found.sets[0];
        assert_eq!((set.clusters, set.left_out, set.adjusted_rand), (true, 1, Some(1.0)));
        let counts = set.scores.counts;
        assert_eq!(
            (counts.copies, counts.copies_found, counts.others, counts.others_found),
            (1, 1, 2, 0)
        );
    }

    #[test]
    fn labels_of_another_corpus_are_an_error() {
        let error = scored("p\tq\t1\n").unwrap_err();
        let told = error.to_string();
        assert!(told.starts_with(
            "none of the 2 ids of the labels x is in the input\nthe labels have: p, q\n"
        ));
        assert!(
            told.contains("the input has: ") && error.hint().unwrap().starts_with("--id-field")
        );
    }

    #[test]
    fn without_articles_there_are_no_scores() {
        let labels = labels::parse("x", Path::new("x.tsv"), b"a\tb\t1\n").unwrap();
        let paths = [PathBuf::from("no/such/file.jsonl")];
        let (outcome, evaluation) = run(&paths, &[labels], &Config::default(), &()).unwrap();
        assert!(outcome.articles.is_empty() && evaluation.is_none());
    }

    /// What `score.py` does with the output of a scan, as a slow twin.
    #[test]
    fn the_example_corpus_is_scored_as_by_hand() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("data");
        let file = root.join("mini-labels.tsv");
        let labels = labels::read_all(std::slice::from_ref(&file)).unwrap();
        let (outcome, evaluation) =
            run(&[root.join("mini")], &labels, &Config::default(), &()).unwrap();
        let evaluation = evaluation.unwrap();
        let group_of = |id: &str| {
            outcome.groups.iter().position(|group| {
                group.members.iter().any(|m| outcome.articles[m.article as usize].id == id)
            })
        };
        let mut counts = crate::judge::measures::Counts::default();
        for line in std::fs::read_to_string(&file).unwrap().lines() {
            let columns: Vec<&str> = line.split('\t').collect();
            let found = group_of(columns[0]).is_some_and(|at| group_of(columns[1]) == Some(at));
            match columns[2] {
                "1" => {
                    counts.copies += 1;
                    counts.copies_found += u64::from(found);
                }
                "0" => {
                    counts.others += 1;
                    counts.others_found += u64::from(found);
                }
                _ => {}
            }
        }
        assert_eq!(evaluation.pooled.counts, counts);
        assert_eq!((counts.copies, counts.others, evaluation.sets[0].grey), (41, 67, 6));
        assert_eq!(evaluation.sets[0].name, "mini-labels");
        let labelled: u64 = evaluation.pooled.kinds.iter().map(|kind| kind.pairs).sum();
        assert_eq!(labelled, 108);
        for kind in &evaluation.pooled.kinds {
            assert_eq!(kind.pairs, kind.unjudged + kind.scores.iter().sum::<u64>());
        }
        assert!((1..=counts.copies).contains(&evaluation.pooled.candidates));
    }
}
