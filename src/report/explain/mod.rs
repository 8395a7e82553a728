//! What words and numbers of the output mean: one page each, found by the name that the output uses.
//!
//! The pages are one table, from which help, `explain` and the headings of `compare` are made. Some are computed: the
//! curve of the candidate search ([`curve`]), what is read ([`formats`]), and a group of an earlier run ([`group`]).

mod codes;
pub mod curve;
pub mod formats;
pub mod group;
mod records;
mod relations;
mod values;

use std::io::{self, Write};

use anstyle::Style;

use crate::judge::Code;
use crate::nearest::nearest;
use crate::report::columns::{Cell, Column, write_table};
use crate::report::wrap::{Piece, paragraph};

/// Topics that are suggested for one that is not there.
const SUGGESTED: usize = 3;

/// What one name of the output means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// The name, as the output spells it.
    pub name: &'static str,
    /// What sort of name it is.
    pub sort: Sort,
    /// The meaning in a line.
    pub summary: &'static str,
    /// The whole of it, in paragraphs.
    pub text: &'static str,
    /// What to do about it; empty where there is nothing to do.
    pub advice: &'static str,
}

/// What sort of name a page is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sort {
    /// How two texts relate.
    Relation,
    /// A number of a pair.
    Value,
    /// What is wrong with a record.
    Record,
    /// What a finding of a check is about.
    Code,
    /// How the search works.
    Search,
    /// What is read.
    Input,
}

impl Sort {
    /// Every sort, in the order in which topics are listed, and its heading.
    pub const ALL: &[(Sort, &str)] = &[
        (Sort::Relation, "relations of a pair"),
        (Sort::Value, "numbers of a pair or a group"),
        (Sort::Record, "records that could not be used"),
        (Sort::Code, "codes of a check"),
        (Sort::Search, "how pairs are found"),
        (Sort::Input, "getting a dump in"),
    ];

    /// What a name of this sort is.
    fn of_one(self) -> &'static str {
        match self {
            Sort::Relation => "relation of a pair",
            Sort::Value => "number of a pair or a group",
            Sort::Record => "record that could not be used",
            Sort::Code => "code of a check",
            Sort::Search => "how pairs are found",
            Sort::Input => "getting a dump in",
        }
    }
}

/// The topics whose pages are computed by [`curve`].
pub const CURVE: &[&str] = &["recall", "threshold"];

const SEARCH: &[Page] = &[
    Page {
        name: "recall",
        sort: Sort::Search,
        summary: "how likely the search is to look at a pair, by how alike it is",
        text: "",
        advice: "",
    },
    Page {
        name: "threshold",
        sort: Sort::Search,
        summary: "from how alike on copies are found, and the knobs that decide",
        text: "",
        advice: "",
    },
];

const INPUT: &[Page] = &[Page {
    name: formats::FORMATS,
    sort: Sort::Input,
    summary: "the formats that are read, the names of fields that are known, what clean keeps",
    text: "",
    advice: "",
}];

/// Every page, sort by sort.
pub fn pages() -> impl Iterator<Item = &'static Page> {
    let pages = relations::PAGES.iter().chain(values::PAGES).chain(records::PAGES);
    pages.chain(codes::PAGES).chain(SEARCH).chain(INPUT)
}

/// The page of a name; of the relation where a code is named after one.
pub fn page(name: &str) -> Option<&'static Page> {
    pages_of(name).next()
}

/// All that is to be told of a name.
pub fn pages_of(name: &str) -> impl Iterator<Item = &'static Page> {
    pages().filter(move |page| page.name == name)
}

/// The topics that were probably meant.
pub fn suggestions(name: &str) -> Vec<&'static str> {
    nearest(&name.replace('-', "_"), pages().map(|page| page.name), SUGGESTED)
}

/// Writes a page.
pub fn render(page: &Page, color: bool, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let style = |style: Style| if color { style } else { Style::new() };
    let strong = style(Style::new().bold());
    let code = Code::named(page.name).filter(|_| page.sort == Sort::Code);
    let level = code.map(|code| format!(", {} by default", code.about().level.name()));
    let level = level.unwrap_or_default();
    writeln!(out, "{strong}{}{strong:#} ({}{level})", page.name, page.sort.of_one())?;
    paragraph("  ", &[Piece::new(page.summary, Style::new())], width, out)?;
    let texts = page.text.split("\n\n").chain([page.advice]);
    for text in texts.filter(|text| !text.is_empty()) {
        writeln!(out)?;
        paragraph("  ", &[Piece::new(text, Style::new())], width, out)?;
    }
    Ok(())
}

/// Writes the list of all topics.
pub fn list(color: bool, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let strong = if color { Style::new().bold() } else { Style::new() };
    for (at, (sort, heading)) in Sort::ALL.iter().enumerate() {
        if at > 0 {
            writeln!(out)?;
        }
        writeln!(out, "{strong}{heading}{strong:#}")?;
        let of_sort = pages().filter(|page| page.sort == *sort);
        let rows: Vec<Vec<Cell>> = of_sort
            .map(|page| vec![Cell::styled(page.name, strong), Cell::new(page.summary)])
            .collect();
        let columns = [Column::LEFT, Column::ends_at(12)];
        write_table(&columns, &rows, 2, width, out)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::article::ProblemKind;
    use crate::find::Relation;
    use crate::find::evidence::VALUES;

    #[test]
    fn every_name_of_the_output_has_a_page_and_no_page_is_about_nothing() {
        let named: BTreeSet<&str> = Relation::ALL
            .iter()
            .map(|relation| relation.name())
            .chain(VALUES.iter().map(|(name, _)| *name))
            .chain(ProblemKind::ALL.iter().map(|kind| kind.name()))
            .chain(CURVE.iter().copied())
            .chain([formats::FORMATS])
            .chain(values::ELSEWHERE.iter().copied())
            .chain(Code::all().map(Code::name))
            .collect();
        let told: BTreeSet<&str> = pages().map(|page| page.name).collect();
        assert_eq!(told, named);
        let of_sort: BTreeSet<_> = pages().map(|page| (page.name, page.sort.of_one())).collect();
        assert_eq!(of_sort.len(), pages().count(), "a name has two pages of one sort");
        let is_computed = |name| CURVE.contains(&name) || name == formats::FORMATS;
        assert!(pages().all(|page| is_computed(page.name) != (page.text.len() > 20)));
    }

    #[test]
    fn a_page_is_wrapped_and_the_list_has_every_name() {
        let mut out = Vec::new();
        for page in pages() {
            render(page, false, 40, &mut out).unwrap();
        }
        list(false, 60, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 62), "{text}");
        assert!(pages().all(|page| text.matches(page.name).count() >= 2));
    }

    #[test]
    fn a_typing_error_is_understood() {
        assert_eq!(suggestions("rewroded")[0], "reworded");
        assert_eq!(suggestions("rare-order")[0], "rare_order");
    }
}
