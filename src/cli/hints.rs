//! Advice after a run, from its own numbers and the options in use: first what is known, then how it is said.
//!
//! Every hint names what to type, and none is given for an option that is already on. A result, not a hint, must tell
//! everything that matters: hints are for stderr and are dropped with `--quiet`.

use std::fmt;

use wirecopy::article::ProblemKind;
use wirecopy::config::{Config, KeepRule};
use wirecopy::find::Relation;
use wirecopy::judge::loose::WEAKEST;
use wirecopy::report::{Format, LOCATED, figures};
use wirecopy::scan::Outcome;

/// Articles below so many words have too few shingles to compare, whatever the option says.
const FEWEST_WORDS: usize = 5;
/// With nothing found, pairs of this confidence are worth a look.
const LOW_CONFIDENCE: f64 = 0.3;
/// Shares and numbers from which on something is worth a hint.
const MANY_NOT_JUDGED: f64 = 0.2;
const MANY_UPDATES: f64 = 0.3;
const MANY_SAME_OUTLET: f64 = 0.5;
const FEW_COPIES: usize = 10;

/// One piece of advice.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Hint {
    /// The earliest is to be kept, but no article has a date; the field that was taken for dates, if one was.
    NoDates { field: Option<String> },
    /// Many copies are later versions of a story.
    Updates { updates: usize, copies: usize },
    /// Many articles have too few words.
    NotJudged { articles: usize, all: usize, min_words: usize },
    /// Groups with a link of low similarity.
    Loose { groups: usize },
    /// Many copies come from the outlet of the article they are copies of.
    SameOutlet { copies: usize, all: usize },
    /// No group; what to loosen, if anything was tight.
    Nothing { filter: Option<String>, passages: usize },
    /// Articles with the id of another, and nobody has said which field holds it.
    DuplicateIds { articles: usize },
    /// Lost records; whether most of them lack a text, and whether the report lists them all.
    BadRecords { lost: usize, no_text: bool, listed: bool },
}

/// The advice that the outcome calls for, most useful first.
pub(crate) fn hints(outcome: &Outcome, config: &Config, format: Format, pairs: bool) -> Vec<Hint> {
    let all = [
        bad_records(outcome, config, format),
        duplicate_ids(outcome, config),
        nothing(outcome, config, pairs),
        no_dates(outcome, config),
        not_judged(outcome, config),
        loose(outcome, config),
        updates(outcome, config),
        same_outlet(outcome),
    ];
    all.into_iter().flatten().collect()
}

fn bad_records(outcome: &Outcome, config: &Config, format: Format) -> Option<Hint> {
    let lost = outcome.problems.lost() as usize;
    let no_text = outcome.problems.count(ProblemKind::NoText) as usize;
    let no_text = 2 * no_text > lost && config.input.fields.text.is_none();
    let listed = format == Format::Json || lost <= LOCATED;
    (lost > 0).then_some(Hint::BadRecords { lost, no_text, listed })
}

fn duplicate_ids(outcome: &Outcome, config: &Config) -> Option<Hint> {
    let articles = outcome.problems.count(ProblemKind::DuplicateId) as usize;
    (articles > 0 && config.input.fields.id.is_none()).then_some(Hint::DuplicateIds { articles })
}

fn nothing(outcome: &Outcome, config: &Config, pairs: bool) -> Option<Hint> {
    let published = outcome.published.iter().any(|published| !published.copies.is_empty());
    if !outcome.groups.is_empty() || published || outcome.articles.len() < 2 {
        return None;
    }
    let filter = match &config.matching {
        matching if matching.threshold.is_some() => Some("without --threshold".to_owned()),
        matching if matching.min_confidence > LOW_CONFIDENCE => {
            Some(format!("with --min-confidence {LOW_CONFIDENCE}"))
        }
        matching if !matching.updates => Some("without --no-updates".to_owned()),
        _ => None,
    };
    let passages =
        outcome.matches.iter().filter(|pair| pair.relation == Relation::SharedPassage).count();
    Some(Hint::Nothing { filter, passages: if pairs { 0 } else { passages } })
}

fn no_dates(outcome: &Outcome, config: &Config) -> Option<Hint> {
    let wanted = config.keep.0.first() == Some(&KeepRule::Earliest) && !outcome.groups.is_empty();
    // Plain files have no fields to name.
    let records = outcome.fields.text.is_some();
    let dated = outcome.stats.dated > 0;
    (wanted && records && !dated).then(|| Hint::NoDates { field: outcome.fields.date.clone() })
}

fn not_judged(outcome: &Outcome, config: &Config) -> Option<Hint> {
    let (articles, all) = (outcome.stats.not_judged as usize, outcome.articles.len());
    let min_words = config.matching.min_words;
    (articles as f64 > MANY_NOT_JUDGED * all as f64 && min_words > FEWEST_WORDS)
        .then_some(Hint::NotJudged { articles, all, min_words })
}

fn loose(outcome: &Outcome, config: &Config) -> Option<Hint> {
    let groups = outcome.groups.iter().filter(|group| group.weakest < WEAKEST).count();
    (groups > 0 && config.matching.threshold.is_none_or(|threshold| threshold < WEAKEST))
        .then_some(Hint::Loose { groups })
}

fn updates(outcome: &Outcome, config: &Config) -> Option<Hint> {
    let links = || {
        outcome
            .groups
            .iter()
            .flat_map(|group| &group.members)
            .filter_map(|member| member.link.as_ref())
    };
    let copies = links().count();
    let updates = links().filter(|link| link.relation == Relation::Update).count();
    (config.matching.updates
        && copies >= FEW_COPIES
        && updates as f64 > MANY_UPDATES * copies as f64)
        .then_some(Hint::Updates { updates, copies })
}

fn same_outlet(outcome: &Outcome) -> Option<Hint> {
    let outlet = |article: u32| outcome.articles[article as usize].source.as_deref();
    let links = outcome.groups.iter().flat_map(|group| &group.members).filter_map(|member| {
        member.link.as_ref().map(|link| (outlet(member.article), outlet(link.of)))
    });
    let (mut copies, mut all) = (0, 0);
    for (copy, original) in links {
        all += 1;
        copies += usize::from(copy.is_some() && copy == original);
    }
    (all >= FEW_COPIES && copies as f64 > MANY_SAME_OUTLET * all as f64)
        .then_some(Hint::SameOutlet { copies, all })
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let share = |part: usize, whole: usize| figures::percent(part as f64 / whole.max(1) as f64);
        match self {
            Hint::NoDates { field: None } => {
                write!(
                    f,
                    "no article has a date, so \"earliest\" could not decide; name the field with --date-field"
                )
            }
            Hint::NoDates { field: Some(field) } => {
                write!(
                    f,
                    "no date in \"{field}\" could be read, so \"earliest\" could not decide; name another field with --date-field"
                )
            }
            Hint::Updates { updates, copies } => {
                write!(
                    f,
                    "{} of the copies are later versions of a story; --no-updates leaves them out",
                    share(*updates, *copies)
                )
            }
            Hint::NotJudged { articles, all, min_words } => write!(
                f,
                "{} of the articles have fewer than {min_words} words and were compared for exact copies only; \
                 --min-words {FEWEST_WORDS} judges more of them",
                share(*articles, *all)
            ),
            Hint::Loose { groups } => write!(
                f,
                "{} with a link below {}; --threshold {WEAKEST} leaves such pairs out",
                figures::count(*groups, "group", "groups"),
                figures::percent(WEAKEST)
            ),
            Hint::SameOutlet { copies, all } => write!(
                f,
                "{} of the copies are from the outlet they were copied from: pages scraped twice, or stories sent out again",
                share(*copies, *all)
            ),
            Hint::Nothing { filter, passages } => {
                let filter =
                    filter.as_ref().map(|filter| format!("try {filter} to see less certain pairs"));
                let passages = (*passages > 0).then(|| {
                    format!(
                        "--pairs lists {} with a passage in common",
                        figures::count(*passages, "pair", "pairs")
                    )
                });
                let advice: Vec<String> = filter.into_iter().chain(passages).collect();
                match advice.is_empty() {
                    true => write!(f, "nothing found, and nothing is filtered out"),
                    false => write!(f, "nothing found; {}", advice.join("; ")),
                }
            }
            Hint::DuplicateIds { articles } => write!(
                f,
                "{} the id of another; --id-field names a field that tells them apart",
                figures::count(*articles, "article has", "articles have")
            ),
            Hint::BadRecords { lost, no_text, listed } => {
                let place =
                    if *listed { "the report lists them" } else { "--format json lists them all" };
                write!(
                    f,
                    "{} left out; {place}",
                    figures::count(*lost, "bad record was", "bad records were")
                )?;
                if *no_text {
                    write!(f, "; name the field that holds the text with --text-field")
                } else {
                    Ok(())
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use wirecopy::article::{Article, Origin, Problem};
    use wirecopy::config::Keep;
    use wirecopy::find::{Group, Link, Member};

    use super::*;

    /// One group of a kept article and so many copies.
    fn outcome(copies: u32, relation: Relation) -> Outcome {
        let link = Link { of: 0, relation, similarity: 0.7, confidence: 0.9 };
        let member = |article| Member { article, link: (article > 0).then(|| link.clone()) };
        let articles = (0..=copies).map(|i| Article::new(i.to_string(), "text"));
        Outcome {
            articles: articles.collect::<Vec<_>>().into(),
            groups: vec![Group {
                id: "w0".to_owned(),
                kept: 0,
                why_kept: "longest",
                weakest: 0.7,
                density: 1.0,
                members: (0..=copies).map(member).collect(),
            }],
            ..Outcome::default()
        }
    }

    fn dated(mut outcome: Outcome) -> Outcome {
        outcome.stats.dated = 1;
        outcome
    }

    fn said(outcome: &Outcome, config: &Config) -> Vec<String> {
        hints(outcome, config, Format::Text, false).iter().map(Hint::to_string).collect()
    }

    #[test]
    fn a_good_run_needs_no_advice() {
        assert_eq!(said(&dated(outcome(12, Relation::Reworded)), &Config::default()), [""; 0]);
    }

    #[test]
    fn dates_are_missed_only_where_they_decide() {
        let mut outcome = outcome(1, Relation::Edited);
        assert_eq!(said(&outcome, &Config::default()), [""; 0]);
        outcome.fields.text = Some("text".to_owned());
        assert!(said(&outcome, &Config::default())[0].starts_with("no article has a date"));
        outcome.fields.date = Some("when".to_owned());
        assert!(said(&outcome, &Config::default())[0].starts_with("no date in \"when\""));
        let config = Config { keep: Keep(vec![KeepRule::Longest]), ..Config::default() };
        assert_eq!(said(&outcome, &config), [""; 0]);
    }

    #[test]
    fn updates_are_named_unless_they_are_off() {
        let outcome = dated(outcome(10, Relation::Update));
        let mut config = Config::default();
        assert_eq!(
            said(&outcome, &config),
            ["100 % of the copies are later versions of a story; --no-updates leaves them out"]
        );
        config.matching.updates = false;
        assert_eq!(said(&outcome, &config), [""; 0]);
    }

    #[test]
    fn short_articles_and_loose_groups() {
        let mut outcome = dated(outcome(2, Relation::Edited));
        outcome.stats.not_judged = 1;
        outcome.groups[0].weakest = 0.3;
        let mut config = Config::default();
        assert_eq!(
            said(&outcome, &config),
            [
                "33 % of the articles have fewer than 10 words and were compared for exact copies only; --min-words 5 judges more of them",
                "1 group with a link below 40 %; --threshold 0.4 leaves such pairs out",
            ]
        );
        config.matching.min_words = 3;
        config.matching.threshold = Some(0.5);
        assert_eq!(said(&outcome, &config), [""; 0]);
    }

    #[test]
    fn ids_that_are_there_twice() {
        let mut outcome = dated(outcome(2, Relation::Edited));
        let problem = Problem {
            kind: ProblemKind::DuplicateId,
            origin: Origin::default(),
            detail: String::new(),
        };
        outcome.problems = vec![problem].into();
        let mut config = Config::default();
        let says =
            "1 article has the id of another; --id-field names a field that tells them apart";
        assert_eq!(said(&outcome, &config), [says]);
        config.input.fields.id = Some("key".to_owned());
        assert_eq!(said(&outcome, &config), [""; 0]);
    }

    #[test]
    fn copies_within_one_outlet() {
        let mut outcome = dated(outcome(10, Relation::Exact));
        for index in 0..outcome.articles.len() {
            outcome.articles.get_mut(index).unwrap().source = Some("a.example".to_owned());
        }
        assert!(
            said(&outcome, &Config::default())[0]
                .starts_with("100 % of the copies are from the outlet")
        );
    }

    #[test]
    fn nothing_found_says_what_to_loosen() {
        let outcome =
            Outcome { articles: vec![Article::new("a", "x"); 2].into(), ..Outcome::default() };
        let mut config = Config::default();
        assert_eq!(
            said(&outcome, &config),
            ["nothing found; try with --min-confidence 0.3 to see less certain pairs"]
        );
        config.matching.min_confidence = 0.1;
        assert_eq!(said(&outcome, &config), ["nothing found, and nothing is filtered out"]);
    }

    #[test]
    fn bad_records_say_where_they_are_listed() {
        let problem =
            Problem { origin: Origin::default(), kind: ProblemKind::NoText, detail: String::new() };
        let outcome = Outcome { problems: vec![problem; 9].into(), ..Outcome::default() };
        let text = "9 bad records were left out; --format json lists them all; name the field that holds the text with --text-field";
        assert_eq!(said(&outcome, &Config::default()), [text]);
        let json = hints(&outcome, &Config::default(), Format::Json, false);
        assert_eq!(json, [Hint::BadRecords { lost: 9, no_text: true, listed: true }]);
    }
}
