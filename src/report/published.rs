//! What of a run was published before: each article of it, and the closest one of the index.

use std::io::{self, Write};

use anstyle::Style;

use crate::article::Article;
use crate::report::columns::{Cell, Column, write_table};
use crate::report::sanitize::sanitize;
use crate::report::text::minute;
use crate::report::{Options, figures, markdown};
use crate::scan::Outcome;
use crate::store::{Earlier, Published, Republished};

/// Ids and outlets are cut to no less.
const LEAST: usize = 12;

/// Writes a table for people, if anything was published before.
pub(super) fn text(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let Some(published) = outcome.published.as_ref().filter(|all| !all.copies.is_empty()) else {
        return Ok(());
    };
    let dim = options.paint(Style::new().dimmed());
    let shown = options.limit.unwrap_or(usize::MAX).min(published.copies.len());
    let copies = published.copies[..shown].iter();
    let rows: Vec<Vec<Cell>> = copies
        .filter_map(|copy| {
            let (article, earlier) = told(outcome, copy)?;
            let old = &earlier.article;
            Some(vec![
                Cell::new(sanitize(&article.id)),
                Cell::new(earlier.relation.name()),
                Cell::new(figures::percent(earlier.evidence.similarity)),
                Cell::new(format!("of {}", sanitize(&old.id))),
                Cell::styled(old.date.map(minute).unwrap_or_default(), dim),
                Cell::new(old.source.as_deref().map(sanitize).unwrap_or_default()),
                Cell::new(more(copy)),
            ])
        })
        .collect();
    writeln!(out, "published before")?;
    let columns = [
        Column::cut_to(LEAST),
        Column::LEFT,
        Column::RIGHT,
        Column::cut_to(LEAST),
        Column::LEFT,
        Column::cut_to(LEAST),
        Column::LEFT,
    ];
    write_table(&columns, &rows, 2, options.width, out)?;
    match published.copies.len() - shown {
        0 => writeln!(out),
        hidden => writeln!(out, "  … and {} more\n", figures::thousands(hidden as u64)),
    }
}

/// The same in Markdown.
pub(super) fn table(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let Some(published) = &outcome.published else { return Ok(()) };
    writeln!(out, "\n### Published before\n\n{}.", sanitize(&summary(outcome, published)))?;
    if published.copies.is_empty() {
        return Ok(());
    }
    writeln!(out, "\n| article | | of | date | outlet |\n|---|---|---|---|---|")?;
    let shown = options.limit.unwrap_or(usize::MAX).min(published.copies.len());
    for copy in &published.copies[..shown] {
        let Some((article, earlier)) = told(outcome, copy) else { continue };
        let old = &earlier.article;
        let copied = figures::percent(earlier.evidence.similarity);
        writeln!(
            out,
            "| {} | {}, {copied} | {} | {} | {} |",
            markdown::cell(&article.id),
            earlier.relation.name(),
            markdown::cell(&old.id),
            old.date.map(minute).unwrap_or_default(),
            old.source.as_deref().map(markdown::cell).unwrap_or_default(),
        )?;
    }
    match published.copies.len() - shown {
        0 => Ok(()),
        hidden => writeln!(out, "\n… and {} more.", figures::thousands(hidden as u64)),
    }
}

/// `3 of 20 articles were published before, by the index published (1,000 articles)`.
pub(super) fn summary(outcome: &Outcome, published: &Published) -> String {
    let all = figures::count(outcome.articles.len(), "article", "articles");
    let index = published.index.display();
    let held = figures::count(published.held as usize, "article", "articles");
    let found = match published.copies.len() {
        0 => format!("none of {all} was"),
        1 => format!("1 of {all} was"),
        more => format!("{} of {all} were", figures::thousands(more as u64)),
    };
    format!("{found} published before, by the index {index} ({held})")
}

/// The article and the closest of those before it.
fn told<'a>(outcome: &'a Outcome, copy: &'a Republished) -> Option<(&'a Article, &'a Earlier)> {
    Some((outcome.articles.get(copy.article as usize)?, copy.earlier.first()?))
}

/// How many more there are of one text.
fn more(copy: &Republished) -> String {
    match copy.earlier.len().saturating_sub(1) {
        0 => String::new(),
        more => format!("and {more} more"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    #[test]
    fn what_was_published_before_is_told_with_id_date_and_outlet() {
        let outcome = sample::held_against();
        let mut shown = Vec::new();
        text(&outcome, &Options::default(), &mut shown).unwrap();
        let expected = "\
published before
  kt-4410  reworded   78 %  of old-1  2026-03-01        northwire.example  and 1 more
  solo     exact     100 %  of old-3  2026-03-02 08:00

";
        assert_eq!(String::from_utf8(shown).unwrap(), expected);
        let mut shown = Vec::new();
        table(&outcome, &Options { limit: Some(1), ..Options::default() }, &mut shown).unwrap();
        let expected = "
### Published before

2 of 6 articles were published before, by the index archive (1,000 articles).

| article | | of | date | outlet |
|---|---|---|---|---|
| `kt-4410` | reworded, 78 % | `old-1` | 2026-03-01 | `northwire.example` |

… and 1 more.
";
        assert_eq!(String::from_utf8(shown).unwrap(), expected);
    }

    #[test]
    fn where_nothing_was_it_is_said_and_without_an_index_nothing_is() {
        let mut outcome = sample::outcome();
        let mut shown = Vec::new();
        table(&outcome, &Options::default(), &mut shown).unwrap();
        assert_eq!(shown, b"");
        let published = Published { index: "a".into(), held: 1, copies: Vec::new() };
        assert_eq!(
            summary(&outcome, &published),
            "none of 6 articles was published before, by the index a (1 article)"
        );
        outcome.published = Some(published);
        text(&outcome, &Options::default(), &mut shown).unwrap();
        assert_eq!(shown, b"", "the totals say it");
    }
}
