//! The summary in Markdown, to be read in a pull request: totals first, then the largest groups, each as a table.
//!
//! GitHub's Markdown. Whatever comes from the corpus stands in code spans, where no markup, link, image, HTML, issue
//! number or name of a user acts. A pipe inside a table is escaped, which code spans of tables need too.

use std::io::{self, Write};

use crate::article::Articles;
use crate::find::Group;
use crate::report::sanitize::sanitize;
use crate::report::text::{facts, minute, title};
use crate::report::totals::summary;
use crate::report::{Options, columns, figures, published};
use crate::scan::Outcome;

/// No title is longer, in columns.
const TITLE_MOST: usize = 100;

/// Writes the summary.
pub(super) fn render(outcome: &Outcome, options: &Options, out: &mut dyn Write) -> io::Result<()> {
    let (found, relations) = summary(outcome);
    writeln!(out, "## wirecopy: {found}")?;
    if !relations.is_empty() {
        writeln!(out, "\n{relations}")?;
    }
    let lost = outcome.problems.lost() as usize;
    if lost > 0 {
        writeln!(out, "\n{} left out.", figures::count(lost, "bad record", "bad records"))?;
    }
    let shown = options.limit.unwrap_or(usize::MAX).min(outcome.groups.len());
    for group in &outcome.groups[..shown] {
        table(group, &outcome.articles, out)?;
    }
    let hidden = outcome.groups.len() - shown;
    if hidden > 0 {
        writeln!(
            out,
            "\n… and {}, none larger.",
            figures::count(hidden, "more group", "more groups")
        )?;
    }
    published::table(outcome, options, out)
}

fn table(group: &Group, articles: &Articles, out: &mut dyn Write) -> io::Result<()> {
    let title = title(&articles[group.kept as usize]);
    let title = columns::cut(&title, TITLE_MOST);
    writeln!(out, "\n### {}\n\n`{}`: {}\n", code(&title), group.id, facts(group, articles))?;
    writeln!(out, "| date | outlet | article | |\n|---|---|---|---|")?;
    for member in &group.members {
        let article = &articles[member.article as usize];
        let note = match &member.link {
            None => format!("kept: {}", group.why_kept),
            Some(link) => {
                let copied =
                    format!("{}, {}", link.relation.name(), figures::percent(link.similarity));
                let of = &articles[link.of as usize].id;
                if link.of == group.kept { copied } else { format!("{copied} of {}", cell(of)) }
            }
        };
        let date = article.date.map(minute).unwrap_or_default();
        let source = article.source.as_deref().map(cell).unwrap_or_default();
        writeln!(out, "| {date} | {source} | {} | {note} |", cell(&article.id))?;
    }
    Ok(())
}

/// Text of the corpus in a table.
pub(super) fn cell(text: &str) -> String {
    code(text).replace('|', "\\|")
}

/// Text of the corpus as a code span; its fence is longer than any run of backticks inside.
fn code(text: &str) -> String {
    let text = sanitize(text);
    if text.is_empty() {
        return text;
    }
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    // A blank keeps backticks at the ends apart from the fence; both are dropped when shown.
    let pad = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    format!("{fence}{pad}{text}{pad}{fence}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample;

    fn shown(limit: Option<usize>) -> String {
        let mut outcome = sample::outcome();
        outcome.articles.get_mut(1).unwrap().id = "a|b`c@user".to_owned();
        let mut out = Vec::new();
        render(&outcome, &Options { limit, ..Options::default() }, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn the_summary() {
        let expected = "\
## wirecopy: 2 groups, 3 copies among 6 articles (50.0 %)

relations: 1 exact, 1 reworded, 1 excerpt

2 bad records left out.

### `Storm closes coastal highway for third day`

`w8f2k0c91aq`: 3 articles, 3 outlets, 31 h, weakest link 84 %

| date | outlet | article | |
|---|---|---|---|
| 2026-03-04 09:12 | `northwire.example` | `nw-7781` | kept: earliest |
| 2026-03-04 11:40 | `ktown.example` | ``a\\|b`c@user`` | reworded, 91 % |
| 2026-03-05 16:10 | `coastpost.example` | `cp-88` | excerpt, 84 % of ``a\\|b`c@user`` |

… and 1 more group, none larger.
";
        assert_eq!(shown(Some(1)), expected);
        assert!(shown(None).contains("| kept: longest |\n|  |  | `p2` | exact, 100 % |\n"));
    }

    #[test]
    fn code_spans_hold_what_is_in_them() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("`a``"), "``` `a`` ```");
        assert_eq!(code("\u{1b}[2J"), "");
    }
}
