//! The summary for people: each group with its members under each other, then the pairs if asked for, then the totals.
//!
//! Groups and members come in the order of the outcome. Columns nothing is known about are left out, long ids and titles
//! are cut to the terminal, and everything from the corpus is made safe first (`sanitize`). Colors only repeat what the words say.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use unicode_width::UnicodeWidthStr;

use crate::article::{Article, Articles, Date};
use crate::find::{Group, Link};
use crate::report::columns::{Cell, Column, cut, cut_middle, pad, write_table};
use crate::report::sanitize::{opening, sanitize};
use crate::report::{Options, figures, pairs, published, totals};
use crate::scan::Outcome;

/// Seconds of a day.
const DAY: i64 = 24 * 3600;

/// Before the line of a group, and before those of its members.
const INDENT: usize = 2;
const MEMBER_INDENT: usize = 6;
/// With less room than this behind the facts of a group, its title gets a line of its own.
const TITLE_LEAST: usize = 24;
/// No title is shown wider, however wide the terminal.
const TITLE_MOST: usize = 100;
/// No id is shown wider where another article is named in passing.
const OF_MOST: usize = 32;
/// Ids and outlets are cut to no less.
const ID_LEAST: usize = 12;

/// Writes the summary.
pub(super) fn render(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let shown = options.limit.unwrap_or(usize::MAX).min(outcome.groups.len());
    for group in &outcome.groups[..shown] {
        header(group, &outcome.articles, options, out)?;
        members(group, &outcome.articles, options, out)?;
        writeln!(out)?;
    }
    let hidden = outcome.groups.len() - shown;
    if hidden > 0 {
        writeln!(
            out,
            "  … and {}, none larger\n",
            figures::count(hidden, "more group", "more groups")
        )?;
    }
    if options.pairs && !outcome.matches.is_empty() {
        pairs::render(outcome, options, out)?;
        writeln!(out)?;
    }
    published::text(outcome, options, out)?;
    totals::render(outcome, options, out)
}

/// `w8f2k0c91aq   4 articles, 4 outlets, 31 h, weakest link 84 %   "Storm closes coastal highway for third day"`.
fn header(
    group: &Group,
    articles: &Articles,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let facts = facts(group, articles);
    let used = INDENT + group.id.width() + 3 + facts.width();
    // Two quotation marks and three blanks go with the title.
    let room = options.width.saturating_sub(used + 5);
    let title = title(&articles[group.kept as usize]);
    let strong = options.paint(Style::new().bold());
    write!(out, "{:INDENT$}{strong}{}{strong:#}   {facts}", "", group.id)?;
    if title.width() <= room || room >= TITLE_LEAST {
        writeln!(out, "   \"{}\"", cut(&title, room.min(TITLE_MOST)))
    } else {
        let room = options.width.saturating_sub(MEMBER_INDENT + 2).clamp(1, TITLE_MOST);
        writeln!(out, "\n{:MEMBER_INDENT$}\"{}\"", "", cut(&title, room))
    }
}

/// What is known about a group as a whole.
pub(super) fn facts(group: &Group, articles: &Articles) -> String {
    let members = || group.members.iter().map(|member| &articles[member.article as usize]);
    let mut facts = vec![figures::count(group.members.len(), "article", "articles")];
    let mut outlets: Vec<&str> =
        members().filter_map(|article| article.source.as_deref()).collect();
    outlets.sort_unstable();
    outlets.dedup();
    if !outlets.is_empty() {
        facts.push(figures::count(outlets.len(), "outlet", "outlets"));
    }
    let dates: Vec<Date> = members().filter_map(|article| article.date).collect();
    if let (Some(first), Some(last), true) =
        (dates.iter().min(), dates.iter().max(), dates.len() > 1)
    {
        let days_only = dates.iter().any(|date| date.day_only);
        // Where only the day of one is known, it is days that are counted, not the hours from its midnight.
        let at =
            |date: &Date| if days_only { date.seconds.div_euclid(DAY) * DAY } else { date.seconds };
        facts.push(figures::span(at(last).abs_diff(at(first)), days_only));
    }
    facts.push(format!("weakest link {}", figures::percent(group.weakest)));
    facts.join(", ")
}

/// The headline; without one, the first words of the text.
pub(super) fn title(article: &Article) -> String {
    let title = article.title.as_deref().map(sanitize).unwrap_or_default();
    if title.is_empty() { opening(&article.text, 2 * TITLE_MOST) } else { title }
}

/// The members of a group in columns: date, outlet, id, and how each belongs to it.
fn members(
    group: &Group,
    articles: &Articles,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let links = || group.members.iter().filter_map(|member| member.link.as_ref());
    let relations = links().map(|link| link.relation.name().len()).max().unwrap_or(0);
    let shares = links().map(|link| figures::percent(link.similarity).len()).max().unwrap_or(0);
    let rows: Vec<Vec<Cell>> = group
        .members
        .iter()
        .map(|member| {
            let article = &articles[member.article as usize];
            let note = match &member.link {
                None => Cell::styled(
                    format!("kept: {}", group.why_kept),
                    options.paint(AnsiColor::Green.on_default()),
                ),
                Some(link) => Cell::new(copied(link, group.kept, articles, relations, shares)),
            };
            vec![
                Cell::styled(
                    article.date.map(minute).unwrap_or_default(),
                    options.paint(Style::new().dimmed()),
                ),
                Cell::new(article.source.as_deref().map(sanitize).unwrap_or_default()),
                Cell::new(sanitize(&article.id)),
                note,
            ]
        })
        .collect();
    let columns = [Column::LEFT, Column::cut_to(ID_LEAST), Column::cut_to(ID_LEAST), Column::LEFT];
    write_table(&columns, &rows, MEMBER_INDENT, options.width, out)
}

/// `reworded  91 %`, and of what, where that is not the kept article.
fn copied(link: &Link, kept: u32, articles: &Articles, relations: usize, shares: usize) -> String {
    let relation = pad(link.relation.name(), relations);
    let share = figures::percent(link.similarity);
    if link.of == kept {
        format!("{relation}  {share:>shares$}")
    } else {
        let of = sanitize(&articles[link.of as usize].id);
        format!("{relation}  {share:>shares$}  of {}", cut_middle(&of, OF_MOST))
    }
}

/// `2026-03-04 09:12`, or the day alone where no more is known.
pub(super) fn minute(date: Date) -> String {
    let full = date.to_string();
    match full.split_once('T') {
        Some((day, time)) => format!("{day} {}", time.get(..5).unwrap_or(time)),
        None => full,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn shown(options: Options) -> String {
        let mut out = Vec::new();
        render(&sample::outcome(), &options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_summary() {
        let expected = r#"  w8f2k0c91aq   3 articles, 3 outlets, 31 h, weakest link 84 %   "Storm closes coastal highway for third day"
      2026-03-04 09:12  northwire.example  nw-7781  kept: earliest
      2026-03-04 11:40  ktown.example      kt-4410  reworded  91 %
      2026-03-05 16:10  coastpost.example  cp-88    excerpt   84 %  of kt-4410

  w1111111111   2 articles, weakest link 100 %   "Prices rose again on Monday, traders said."
      p1  kept: longest
      p2  exact  100 %

2 groups, 3 copies among 6 articles (50.0 %); relations: 1 exact, 1 reworded, 1 excerpt
1 pair with a passage in common, not grouped
2 bad records: 1 broken-json, 1 no-text
  a.jsonl:7  broken-json: expected `,` at column 9
  a.jsonl:9  no-text: no string under "text"
1 unclear date: the article was used without it
  a.jsonl:8  unclear-date: "soon"
"#;
        assert_eq!(shown(Options::default()), expected);
    }

    #[test]
    fn narrow_terminals_get_shorter_lines() {
        let narrow = shown(Options { width: 74, limit: Some(1), ..Options::default() });
        let expected = r#"  w8f2k0c91aq   3 articles, 3 outlets, 31 h, weakest link 84 %
      "Storm closes coastal highway for third day"
      2026-03-04 09:12  northw…xample  nw-7781  kept: earliest
      2026-03-04 11:40  ktown.example  kt-4410  reworded  91 %
      2026-03-05 16:10  coastp…xample  cp-88    excerpt   84 %  of kt-4410

  … and 1 more group, none larger

2 groups, 3 copies among 6 articles (50.0 %); relations: 1 exact, 1 reworded, 1 excerpt
"#;
        assert!(narrow.starts_with(expected), "{narrow}");
    }

    #[test]
    fn pairs_come_after_the_groups() {
        let table = r#"pairs
  a        b        relation        similar  confidence  jaccard  a in b  b in a
  nw-7781  kt-4410  reworded           91 %       0.988    0.415   0.600   0.570
  cp-88    solo     shared-passage     31 %       0.420    0.415   0.600   0.570

2 groups"#;
        let all = shown(Options { pairs: true, ..Options::default() });
        assert!(all.contains(table), "{all}");
    }

    #[test]
    fn colors_change_no_word() {
        let colored = shown(Options { color: true, pairs: true, ..Options::default() });
        assert!(colored.contains("\u{1b}["));
        let plain = anstream::adapter::strip_str(&colored).to_string();
        assert_eq!(plain, shown(Options { pairs: true, ..Options::default() }));
    }

    #[test]
    fn nothing_found_is_said_plainly() {
        let mut out = Vec::new();
        let outcome =
            Outcome { articles: vec![Article::new("a", "x"); 5].into(), ..Outcome::default() };
        render(&outcome, &Options::default(), &mut out).unwrap();
        assert_eq!(String::from_utf8(out).unwrap(), "no copies found among 5 articles\n");
    }
}
