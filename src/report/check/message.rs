//! What a finding says, in words: one sentence, and what to type next.
//!
//! Made from the finding alone, so that every format says the same. Text of the corpus is made safe by the format, which
//! knows what harms it.

use std::path::Path;

use crate::article::Article;
use crate::find::Relation;
use crate::judge::codes::Code;
use crate::judge::finding::{Detail, Finding, LinkTo, Location, Role, Stale};
use crate::report::figures;
use crate::store::Earlier;

/// Articles of a group that are named in a sentence; there may be hundreds.
const NAMED: usize = 3;

/// What was found, in one sentence without a full stop.
pub fn message(finding: &Finding) -> String {
    let first = finding.primary();
    let name = |place: &Location| name(place);
    match &finding.detail {
        Detail::Copies => copies(finding),
        Detail::Leak { splits } => {
            let sides = splits.join(" and ");
            format!("copies of one text stand in {sides}: {}", names(&finding.locations))
        }
        Detail::Joined { edited } => joined(finding, edited),
        Detail::Published { index, earlier } => published(first, index, earlier),
        Detail::Passage { similarity, words } => {
            let other = finding.others().first().map(name).unwrap_or_default();
            let share = figures::percent(*similarity);
            let of = figures::thousands(u64::from(*words));
            format!("{} and {other} have a passage in common: {share} of {of} words", name(first))
        }
        Detail::SameId => {
            let number = figures::count(finding.locations.len(), "article has", "articles have");
            format!("{number} the id {}", first.id)
        }
        Detail::Repeat { words, of } => {
            let (words, of) = (u64::from(*words), u64::from(*of));
            let (words, of) = (figures::thousands(words), figures::thousands(of));
            format!("{} repeats itself: {words} of {of} words", name(first))
        }
        Detail::Loose { weakest, density } => {
            let (number, weakest) = (finding.locations.len(), figures::percent(*weakest));
            let number = figures::count(number, "article", "articles");
            let density = figures::percent(*density);
            format!(
                "a group of {number} hangs together poorly: weakest link {weakest}, {density} of its pairs are copies"
            )
        }
        Detail::Record { reason, seen } => format!("{}: {seen}", reason.name()),
        Detail::Short { words } => {
            let words = figures::count(*words as usize, "word", "words");
            format!("{} is too short to judge: {words}", name(first))
        }
        Detail::Stale(stale) => match stale {
            Stale::Baseline(ids) => {
                format!("accepted copies that are no group any more: {}", list(ids))
            }
            Stale::Allow(reason) => format!("this entry excuses nothing; its reason was: {reason}"),
            Stale::Split(split) => format!("no article is in the split {split}"),
        },
    }
}

/// What to do next, as something to type wherever that can be.
pub fn help(finding: &Finding) -> String {
    match finding.code {
        Code::SplitLeak
        | Code::JoinedKnownGroup
        | Code::ExactCopy
        | Code::NearCopy
        | Code::Excerpt
        | Code::LooseGroup
        | Code::SharedPassage => compare(finding),
        Code::BadRecord => match &finding.detail {
            Detail::Record { reason, .. } => format!("wirecopy explain {}", reason.name()),
            _ => explain(finding.code),
        },
        Code::StaleEntry => match &finding.detail {
            Detail::Stale(Stale::Baseline(_)) => "wirecopy check --update-baseline".to_owned(),
            _ => format!("take it out of {}", finding.primary().file),
        },
        Code::PublishedBefore | Code::DuplicateId | Code::SelfRepeat | Code::NotJudged => {
            explain(finding.code)
        }
    }
}

fn explain(code: Code) -> String {
    format!("wirecopy explain {}", code.name())
}

/// The command that shows the new article beside what it is a copy of.
fn compare(finding: &Finding) -> String {
    let first = finding.primary();
    let of = first.link.as_ref().map(|link| link.of.as_str());
    let other = finding.others().iter().find(|place| of.is_none_or(|of| place.id == of));
    let Some(other) = other.or_else(|| finding.others().first()) else {
        return explain(finding.code);
    };
    let mut files = vec![quoted(&first.file)];
    if other.file != first.file {
        files.push(quoted(&other.file));
    }
    format!("wirecopy compare {} {} --in {}", quoted(&other.id), quoted(&first.id), files.join(" "))
}

/// As a shell takes it for one word.
fn quoted(word: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || "-_./:@%+,".contains(c);
    if !word.is_empty() && !word.starts_with('-') && word.chars().all(plain) {
        word.to_owned()
    } else {
        format!("'{}'", word.replace('\'', r"'\''"))
    }
}

/// exact-copy, near-copy, excerpt: the first copy in full, the others counted.
fn copies(finding: &Finding) -> String {
    let places = &finding.locations;
    let copy = places.iter().find(|place| place.link.is_some());
    let (Some(copy), first) = (copy, finding.primary()) else {
        return finding.code.about().what.to_owned();
    };
    // Where the new record is the one that would be kept, it is told from its side.
    let sentence = match &first.link {
        Some(link) => is_a(first, link, &link.of),
        None => match &copy.link {
            Some(link) => is_a(copy, link, &link.of),
            None => finding.code.about().what.to_owned(),
        },
    };
    let further = places.iter().filter(|place| place.role == Role::Copy).count().saturating_sub(1);
    match further {
        0 => sentence,
        _ => format!(
            "{sentence}; {} in this group",
            figures::count(further, "more such copy", "more such copies")
        ),
    }
}

fn is_a(copy: &Location, link: &LinkTo, of: &str) -> String {
    let kind = kind(link.relation);
    format!("{} is {kind} {of} ({})", name(copy), figures::percent(link.similarity))
}

fn kind(relation: Relation) -> &'static str {
    match relation {
        Relation::Exact => "an exact copy of",
        Relation::Edited => "an edited copy of",
        Relation::Excerpt => "an excerpt of",
        Relation::Update => "another version of",
        _ => "a reworded copy of",
    }
}

/// published-before: the closest article of the index by id, date and outlet, the others counted.
fn published(copy: &Location, index: &Path, earlier: &[Earlier]) -> String {
    let Some(first) = earlier.first() else { return name(copy) };
    let Article { id, date, source, .. } = &first.article;
    let share = figures::percent(first.evidence.similarity);
    let known = [date.map(|date| date.to_string()), source.clone()];
    let known: Vec<String> = known.into_iter().flatten().collect();
    let known = if known.is_empty() { String::new() } else { format!(" ({})", known.join(", ")) };
    let more = match earlier.len() - 1 {
        0 => String::new(),
        more => format!(
            "; {} there",
            figures::count(more, "more such article is", "more such articles are")
        ),
    };
    format!(
        "{} is {} {id} ({share}), published before{known}: it is in the index {}{more}",
        name(copy),
        kind(first.relation),
        index.display()
    )
}

fn joined(finding: &Finding, edited: &[String]) -> String {
    let group = finding.group.as_deref().unwrap_or_default();
    let new: Vec<Location> =
        finding.locations.iter().filter(|place| !place.is_known).cloned().collect();
    let known = finding.locations.len() - new.len();
    let of = figures::count(known, "accepted copy", "accepted copies");
    match edited {
        [] => format!("{} joined the group {group} of {of}", names(&new)),
        [_, ..] => {
            format!("{} in the group {group} of {of}: changed since it was accepted", names(&new))
        }
    }
}

/// An article as people know it: by its id, else by its place.
fn name(place: &Location) -> String {
    match (place.id.as_str(), place.line) {
        ("", 0) => place.file.to_string(),
        ("", line) => format!("{}:{line}", place.file),
        (id, _) => id.to_owned(),
    }
}

fn names(places: &[Location]) -> String {
    let side = |place: &Location| match &place.split {
        Some(split) => format!("{} ({split})", name(place)),
        None => name(place),
    };
    list(&places.iter().map(side).collect::<Vec<_>>())
}

fn list(names: &[String]) -> String {
    let mut shown = names.iter().take(NAMED).cloned().collect::<Vec<_>>().join(", ");
    if names.len() > NAMED {
        shown.push_str(&format!(" and {} more", figures::thousands((names.len() - NAMED) as u64)));
    }
    shown
}
