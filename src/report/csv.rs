//! One row for each member of a group, for spreadsheets and quick scripts; then one for each article that was published
//! before, if the run was held against an index.
//!
//! Groups and members come in the order of the outcome; shares have three decimals; what is not known is empty. Quoted as
//! RFC 4180 has it, lines end in a line feed.
//!
//! Spreadsheets run a cell that begins with `=`, `+`, `-` or `@` as a formula, and the cells are text from strangers.
//! Such text gets an apostrophe before it, which spreadsheets take as "this is text", and control characters are removed.
//! An id that begins so is thereby changed: JSON Lines has every id as it stood. Road not taken: leaving the cells alone
//! and warning in the manual, because whoever opens the file did not read it.

use std::io::{self, Write};

use crate::article::Article;
use crate::find::{Member, Relation};
use crate::report::lines::round;
use crate::report::sanitize::sanitize;
use crate::scan::Outcome;
use crate::store::{Earlier, Republished};

const COLUMNS: [&str; 12] = [
    "group",
    "id",
    "role",
    "of",
    "relation",
    "similarity",
    "confidence",
    "file",
    "line",
    "date",
    "source",
    "title",
];

/// Writes the table with its heading.
pub(super) fn render(outcome: &Outcome, out: &mut dyn Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(out);
    table.write_record(COLUMNS)?;
    for group in &outcome.groups {
        for member in &group.members {
            table.write_record(row(outcome, &group.id, member))?;
        }
    }
    for copy in outcome.published.iter().flat_map(|published| &published.copies) {
        table.write_record(before(outcome, copy))?;
    }
    table.flush()
}

/// A member of a group.
fn row(outcome: &Outcome, group: &str, member: &Member) -> [String; COLUMNS.len()] {
    let link = member.link.as_ref().map(|link| {
        let of = outcome.articles[link.of as usize].id.as_str();
        (of, link.relation, link.similarity, link.confidence)
    });
    let role = if link.is_some() { "copy" } else { "kept" };
    told(&outcome.articles[member.article as usize], group, role, link)
}

/// An article that was published before, and the closest of those in the index: in no group of the table.
fn before(outcome: &Outcome, copy: &Republished) -> [String; COLUMNS.len()] {
    let link = copy.earlier.first().map(|earlier| {
        let Earlier { article, relation, confidence, evidence } = earlier;
        (article.id.as_str(), *relation, evidence.similarity, *confidence)
    });
    told(&outcome.articles[copy.article as usize], "", "published-before", link)
}

fn told(
    article: &Article,
    group: &str,
    role: &str,
    link: Option<(&str, Relation, f64, f64)>,
) -> [String; COLUMNS.len()] {
    let share = |share: f64| round(share, 3).to_string();
    let optional = |text: Option<&String>| text.map(|text| cell(text)).unwrap_or_default();
    [
        group.to_owned(),
        cell(&article.id),
        role.to_owned(),
        link.map(|(of, ..)| cell(of)).unwrap_or_default(),
        link.map(|(_, relation, ..)| relation.name().to_owned()).unwrap_or_default(),
        link.map(|(_, _, similarity, _)| share(similarity)).unwrap_or_default(),
        link.map(|(.., confidence)| share(confidence)).unwrap_or_default(),
        cell(&article.origin.file),
        Some(article.origin.place())
            .filter(|&line| line > 0)
            .map(|line| line.to_string())
            .unwrap_or_default(),
        article.date.map(|date| date.to_string()).unwrap_or_default(),
        optional(article.source.as_ref()),
        optional(article.title.as_ref()),
    ]
}

/// Text that no program runs.
fn cell(text: &str) -> String {
    let safe = sanitize(text);
    let is_formula = safe.starts_with(['=', '+', '-', '@', '＝', '＋', '－', '＠']);
    if is_formula { format!("'{safe}") } else { safe }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn the_table() {
        let mut outcome = sample::outcome();
        outcome.articles.get_mut(1).unwrap().title =
            Some("=HYPERLINK(\"http://evil.example\"), \u{1b}[2Jshut".to_owned());
        outcome.articles.get_mut(4).unwrap().id = "-2".to_owned();
        let mut out = Vec::new();
        render(&outcome, &mut out).unwrap();
        let expected = "\
group,id,role,of,relation,similarity,confidence,file,line,date,source,title
w8f2k0c91aq,nw-7781,kept,,,,,a.jsonl,1,2026-03-04T09:12:00Z,northwire.example,Storm closes coastal highway for third day
w8f2k0c91aq,kt-4410,copy,nw-7781,reworded,0.914,0.988,a.jsonl,2,2026-03-04T11:40:00Z,ktown.example,\"'=HYPERLINK(\"\"http://evil.example\"\"), shut\"
w8f2k0c91aq,cp-88,copy,kt-4410,excerpt,0.841,0.9,a.jsonl,3,2026-03-05T16:10:00Z,coastpost.example,Crews clear slide
w1111111111,p1,kept,,,,,a.jsonl,4,,,
w1111111111,'-2,copy,p1,exact,1,1,a.jsonl,5,,,
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
