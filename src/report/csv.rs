//! One row for each member of a group, for spreadsheets and quick scripts.
//!
//! Groups and members come in the order of the outcome; shares have three decimals; what is not known is empty. Quoted as
//! RFC 4180 has it, lines end in a line feed.
//!
//! Spreadsheets run a cell that begins with `=`, `+`, `-` or `@` as a formula, and the cells are text from strangers.
//! Such text gets an apostrophe before it, which spreadsheets take as "this is text", and control characters are removed.
//! An id that begins so is thereby changed: JSON Lines has every id as it stood. Road not taken: leaving the cells alone
//! and warning in the manual, because whoever opens the file did not read it.

use std::io::{self, Write};

use crate::find::Member;
use crate::report::lines::round;
use crate::report::sanitize::sanitize;
use crate::scan::Outcome;

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
    table.flush()
}

fn row(outcome: &Outcome, group: &str, member: &Member) -> [String; COLUMNS.len()] {
    let article = &outcome.articles[member.article as usize];
    let link = member.link.as_ref();
    let share = |share: f64| round(share, 3).to_string();
    let optional = |text: Option<&String>| text.map(|text| cell(text)).unwrap_or_default();
    [
        group.to_owned(),
        cell(&article.id),
        if link.is_some() { "copy" } else { "kept" }.to_owned(),
        link.map(|link| cell(&outcome.articles[link.of as usize].id)).unwrap_or_default(),
        link.map(|link| link.relation.name().to_owned()).unwrap_or_default(),
        link.map(|link| share(link.similarity)).unwrap_or_default(),
        link.map(|link| share(link.confidence)).unwrap_or_default(),
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
