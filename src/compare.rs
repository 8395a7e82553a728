//! One article against another, or against a dump: reads what is asked for, learns what recurs, compares.
//!
//! In a dump all of it is read, and all of it but the grouping decides what is boilerplate, so that the pair is judged
//! as a scan of the dump judges it. Two files alone are a corpus of two, in which nothing recurs. Of a dump the texts of
//! those that are shown are read again.

use std::cmp::Reverse;
use std::path::{Path, PathBuf};

use rayon::prelude::*;

use crate::article::{Article, Problems};
use crate::config::Config;
use crate::error::{Error, Result};
use crate::find::common::CommonText;
use crate::find::compare::{Comparison, Verdict, compare};
use crate::nearest::nearest;
use crate::progress::Progress;
use crate::read::{self, Given, Inputs};
use crate::scan::{Scan, with_threads};
use crate::texts::fill_texts;

/// Names that are suggested for an id that is not there.
const SUGGESTED: usize = 3;

/// Which article is meant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Asked {
    /// The one article of a file; `-` is standard input.
    File(PathBuf),
    /// The article of the dump with this id; of several, the first by content.
    Id(String),
}

/// What was asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The first article.
    pub article: Article,
    /// What it was compared with, the closest first: the second article, or its matches in the dump.
    pub found: Vec<Found>,
    /// Number of articles in the dump, if there is one.
    pub dump: Option<usize>,
    /// Inputs of the dump that could not be read to their end: one message each.
    pub failures: Vec<String>,
}

/// An article, and how the first one compares with it.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The second article.
    pub article: Article,
    /// The first article as `a`, the second as `b`.
    pub comparison: Comparison,
    /// What a scan of the dump makes of the two, if there is a dump.
    pub standing: Option<Standing>,
}

/// What a scan of the dump makes of two articles.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Standing {
    /// True if the search proposes the pair for comparison.
    pub proposed: bool,
    /// The group that both are in.
    pub group: Option<String>,
}

/// Compares the articles of two files.
///
/// # Errors
///
/// If one of them cannot be read, or does not hold exactly one article.
pub fn files(a: &Path, b: &Path, config: &Config, progress: &dyn Progress) -> Result<Answer> {
    if [a, b].iter().all(|path| *path == Path::new("-")) {
        return Err(Error::new("standard input can be read only once").with_hint("a file for B"));
    }
    Ok(articles(read_file(a, config, progress)?, read_file(b, config, progress)?, config))
}

/// Compares two articles alone.
pub fn articles(a: Article, b: Article, config: &Config) -> Answer {
    let comparison = compare(&a, &b, &CommonText::new(0), &config.matching);
    let found = vec![Found { article: b, comparison, standing: None }];
    Answer { article: a, found, dump: None, failures: Vec::new() }
}

/// Compares two articles as a scan of the dump does; without a second one, the first with all its matches.
///
/// A file that is none of the dump is looked at as if it were.
///
/// # Errors
///
/// If an article is not there, or threads cannot be started.
pub fn in_dump(
    a: &Asked,
    b: Option<&Asked>,
    dump: &[PathBuf],
    config: &Config,
    progress: &dyn Progress,
) -> Result<Answer> {
    with_threads(config, || {
        let mut scan = Scan::new(config.clone());
        scan.read(dump, progress)?;
        let dump_size = scan.len();
        if dump_size == 0 {
            return Err(nothing_readable(dump, scan.failures()));
        }
        let mut place = |asked: &Asked| -> Result<Wanted> {
            let path = match asked {
                Asked::Id(id) => return Ok(Wanted::Id(id.clone())),
                Asked::File(path) => path,
            };
            let article = read_file(path, config, progress)?;
            let own = Wanted::Origin(article.clone());
            if !scan.holds(&article)? {
                scan.push(article);
            }
            Ok(own)
        };
        let (a, b) = (place(a)?, b.map(place).transpose()?);
        let corpus = scan.corpus()?;
        let (a, b) = {
            let articles = corpus.articles()?;
            let at = |asked: &Wanted| index(asked, &articles, corpus.failures(), progress);
            (at(&a)?, b.as_ref().map(at).transpose()?)
        };
        let (outcome, (article, mut found)) = corpus.compare(progress, |survey| {
            let others = b.map_or_else(|| survey.neighbors(a), |b| vec![b]);
            let mut article = survey.article(a)?;
            let mut found: Vec<(u32, Article)> = others
                .into_iter()
                .map(|other| Ok((other, survey.article(other)?)))
                .collect::<Result<_>>()?;
            let mut shown: Vec<&mut Article> = found.iter_mut().map(|(_, other)| other).collect();
            shown.push(&mut article);
            fill_texts(shown, dump, config)?;
            let look = |(at, other): (u32, Article)| {
                let comparison = survey.compare(&article, &other, &config.matching);
                (at, other, comparison, survey.is_candidate(a, at))
            };
            let found: Vec<_> = found.into_par_iter().map(look).collect();
            Ok((article, found))
        })?;
        let key = |(at, _, comparison, _): &(u32, Article, Comparison, bool)| {
            let millionths = |share: f64| (share * 1e6).round() as i64;
            let is_copy = comparison.verdict == Verdict::Copy;
            let similarity = millionths(comparison.evidence.similarity);
            (Reverse((is_copy, similarity, millionths(comparison.confidence))), *at)
        };
        found.sort_by_key(key);
        let mut groups = vec![None; outcome.articles.len()];
        for group in &outcome.groups {
            group
                .members
                .iter()
                .for_each(|member| groups[member.article as usize] = Some(&group.id));
        }
        let own_group = groups[a as usize];
        let found = found.into_iter().map(|(at, article, comparison, proposed)| {
            let group = own_group.filter(|id| groups[at as usize] == Some(*id)).cloned();
            let standing = Some(Standing { proposed, group });
            Found { article, comparison, standing }
        });
        Ok(Answer {
            article,
            found: found.collect(),
            dump: Some(dump_size),
            failures: outcome.failures.clone(),
        })
    })
}

/// An article of a corpus, to be found again after sorting.
enum Wanted {
    Id(String),
    Origin(Article),
}

impl Wanted {
    fn is(&self, article: &Article) -> bool {
        match self {
            Wanted::Id(id) => article.id == *id,
            // Of one in the dump the text is not held, and its words were compared before.
            Wanted::Origin(own) => {
                let is_same = article.text.is_empty() || article.text == own.text;
                article.origin == own.origin && is_same
            }
        }
    }
}

fn index(
    asked: &Wanted,
    articles: &[Article],
    failures: &[String],
    progress: &dyn Progress,
) -> Result<u32> {
    let mut places = (0..).zip(articles).filter(|(_, article)| asked.is(article));
    let found = places.next();
    let more = places.count();
    match (found, asked) {
        (Some((at, article)), Wanted::Id(id)) if more > 0 => {
            let places =
                format!("{} articles have the id {id}: taken is {}", more + 1, article.origin);
            progress.notice(&places);
            Ok(at)
        }
        (Some((at, _)), _) => Ok(at),
        (None, Wanted::Id(id)) => Err(no_such_id(id, articles, failures)),
        (None, Wanted::Origin(own)) => {
            Err(Error::new(format!("{} holds no words to compare", own.origin)))
        }
    }
}

fn nothing_readable(dump: &[PathBuf], failures: &[String]) -> Error {
    let names: Vec<String> = dump.iter().map(|path| path.display().to_string()).collect();
    let mut message = format!("nothing readable in {}", names.join(", "));
    failures.iter().for_each(|failure| message += &format!("\n{failure}"));
    Error::new(message)
}

fn no_such_id(id: &str, articles: &[Article], failures: &[String]) -> Error {
    let mut message = format!("no article has the id {id:?}, and there is no such file");
    let near = nearest(id, articles.iter().map(|article| article.id.as_str()), SUGGESTED);
    if !near.is_empty() {
        message += &format!("\nnearest of {} ids: {}", articles.len(), near.join(", "));
    }
    // What could not be read may be where it stands.
    failures.iter().for_each(|failure| message += &format!("\n{failure}"));
    let error = Error::new(message);
    match articles.first() {
        Some(article) if near.is_empty() => {
            error.with_hint(format!("an id such as {}", article.id))
        }
        _ => error,
    }
}

/// The article of a file that holds one.
///
/// # Errors
///
/// If it cannot be read, or does not hold exactly one article.
pub fn read_file(path: &Path, config: &Config, progress: &dyn Progress) -> Result<Article> {
    read_one(Inputs::Paths(&[path.to_owned()]), path, config, progress)
}

/// The same of what a program hands over.
///
/// # Errors
///
/// If it does not hold exactly one article.
pub fn read_given(given: Given, config: &Config, progress: &dyn Progress) -> Result<Article> {
    let name = PathBuf::from(given.name());
    read_one(Inputs::Given(given), &name, config, progress)
}

fn read_one(
    inputs: Inputs<'_>,
    path: &Path,
    config: &Config,
    progress: &dyn Progress,
) -> Result<Article> {
    let (mut articles, mut problems, mut notices) = (Vec::new(), Problems::default(), Vec::new());
    let summary = read::read_while(
        inputs,
        &config.input,
        |article| article,
        |batch| {
            articles.extend(batch.records);
            problems.append(batch.problems);
            notices.extend(batch.notices);
            true
        },
    )?;
    let name = path.display();
    if let Some(failure) = summary.failures.first() {
        return Err(Error::new(failure.clone()).at(path));
    }
    notices.iter().for_each(|line| progress.notice(line));
    match (articles.pop(), articles.len()) {
        (Some(article), 0) => Ok(article),
        (Some(last), others) => {
            let error = Error::new(format!("{name} holds {} articles", others + 1)).at(path);
            let first = articles.first().map_or("ID", |article| &article.id);
            Err(error.with_hint(format!("wirecopy compare {first} {} --in {name}", last.id)))
        }
        (None, _) => {
            let why = problems.first().map(|problem| format!(": {}", problem.detail));
            let why = why.unwrap_or_default();
            Err(Error::new(format!("{name} holds no article{why}")).at(path))
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::find::pipeline::Survey;
    use crate::scan::scan_paths;

    fn mini() -> Vec<PathBuf> {
        vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mini")]
    }

    fn ids(a: &str, b: Option<&str>) -> Result<Answer> {
        let id = |id: &str| Asked::Id(id.to_owned());
        let b = b.map(id);
        in_dump(&id(a), b.as_ref(), &mini(), &Config::default(), &())
    }

    /// The numbers of a pair are those of a scan, from either side, and every value is where its name says.
    #[test]
    fn every_pair_of_a_scan_is_seen_as_the_scan_sees_it() {
        let config = Config::default();
        let outcome = scan_paths(&mini(), &config, &()).unwrap();
        let mut scan = Scan::new(config.clone());
        scan.read(&mini(), &()).unwrap();
        let corpus = scan.corpus().unwrap();
        let look = |survey: &Survey<'_>| {
            let mut articles =
                (0..79).map(|at| survey.article(at)).collect::<Result<Vec<Article>>>()?;
            fill_texts(articles.iter_mut().collect(), &mini(), &config)?;
            let compare = |a: u32, b: u32| {
                survey.compare(&articles[a as usize], &articles[b as usize], &config.matching)
            };
            for pair in &outcome.matches {
                let there = compare(pair.a, pair.b);
                assert_eq!((there.relation, there.confidence), (pair.relation, pair.confidence));
                assert_eq!(there.evidence, pair.evidence);
                let back = compare(pair.b, pair.a);
                assert_eq!(back.evidence, pair.evidence.mirrored());
                assert_eq!(there.parts, [back.parts[1], back.parts[0]]);
                assert_eq!(there.verdict == Verdict::Copy, pair.relation.is_copy());
                let [a, b] = there.parts;
                let shorter = if a.body() <= b.body() { a } else { b };
                let similarity = shorter.in_order as f64 / shorter.body() as f64;
                assert_eq!(
                    (similarity, shorter.body() as u32),
                    (pair.evidence.similarity, pair.evidence.words)
                );
            }
            Ok(())
        };
        corpus.compare(&(), look).unwrap();
    }

    #[test]
    fn an_article_is_held_against_a_dump() {
        let answer = ids("northwire-09", None).unwrap();
        assert_eq!(answer.found[0].article.id, "harbor-post-08");
        assert_eq!(answer.dump, Some(79));
        let standing = answer.found[0].standing.as_ref().unwrap();
        assert!(standing.proposed && standing.group.is_some());
        let answer = ids("northwire-09", Some("northwire-08")).unwrap();
        assert_eq!(answer.found[0].standing, Some(Standing { proposed: false, group: None }));

        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("new.txt");
        let text = &ids("northwire-09", None).unwrap().article.text;
        fs::write(&file, text.replace("museum", "gallery")).unwrap();
        let asked = Asked::File(file.clone());
        let answer = in_dump(&asked, None, &mini(), &Config::default(), &()).unwrap();
        let ids: Vec<&str> = answer.found.iter().map(|found| found.article.id.as_str()).collect();
        assert_eq!(ids[..2], ["northwire-09", "harbor-post-08"]);
        assert_eq!((answer.article.id.as_str(), answer.dump), ("new", Some(79)));

        // A file of the dump is not its own copy.
        fs::write(folder.path().join("other.txt"), text).unwrap();
        let answer = in_dump(&asked, None, &[folder.path().to_owned()], &Config::default(), &());
        let answer = answer.unwrap();
        assert_eq!((answer.found.len(), answer.dump), (1, Some(2)));
    }

    #[test]
    fn what_is_not_there_is_told_with_what_may_be_meant() {
        let error = ids("northwire-9", None).unwrap_err().to_string();
        assert!(error.contains("nearest of 79 ids: northwire-09,"), "{error}");
        let error = ids("東京", None).unwrap_err();
        assert!(error.hint().unwrap().starts_with("an id such as "));

        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let two = file("two.jsonl", "{\"id\":1,\"text\":\"a\"}\n{\"id\":2,\"text\":\"b\"}\n");
        let empty = file("empty.txt", " ");
        let told = |a: &Path, b: &Path| files(a, b, &Config::default(), &()).unwrap_err();
        assert!(told(&two, &empty).hint().unwrap().starts_with("wirecopy compare 1 2 --in "));
        assert!(told(&empty, &two).to_string().ends_with("the file holds no words"));
        assert!(told(Path::new("-"), Path::new("-")).to_string().contains("only once"));
        let error = in_dump(&Asked::Id("a".into()), None, &[empty], &Config::default(), &());
        assert!(error.unwrap_err().to_string().starts_with("nothing readable in "));
        assert!(told(&folder.path().join("none.txt"), &two).to_string().contains("none.txt"));
    }
}
