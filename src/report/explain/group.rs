//! A group of an earlier run, explained from its JSON report: who is in it, by which pair, and how firmly it holds.
//!
//! The report is read line by line; only the lines of the group and of pairs inside it are kept. Pairs are there if the
//! run was asked for them (`--pairs`).

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::Path;

use anstyle::Style;
use serde::Deserialize;

use super::{SUGGESTED, page};
use crate::error::{Error, Result};
use crate::find::Relation;
use crate::nearest::nearest;
use crate::read;
use crate::report::columns::{Cell, Column, write_table};
use crate::report::figures::{count, percent};
use crate::report::sanitize::sanitize;
use crate::report::wrap::{Piece, paragraph};

/// Below this a link is doubtful to readers, and below this density a group is loose.
const DOUBTFUL: f64 = 0.4;
const LOOSE: f64 = 0.5;
/// Files that are named in a command to type.
const FILES_NAMED: usize = 3;

/// A group, and the pairs inside it.
#[derive(Debug, Default)]
pub struct Explained {
    group: Group,
    pairs: Vec<Pair>,
}

#[derive(Debug, Deserialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line {
    Group(Group),
    Pair(Pair),
    #[serde(other)]
    Other,
}

#[derive(Debug, Default, Deserialize)]
struct Group {
    id: String,
    kept: String,
    why_kept: String,
    weakest: f64,
    density: f64,
    members: Vec<Member>,
}

#[derive(Debug, Deserialize)]
struct Member {
    id: String,
    #[serde(default)]
    file: String,
    #[serde(flatten)]
    link: Option<Link>,
}

#[derive(Debug, Deserialize)]
struct Link {
    of: String,
    relation: String,
    similarity: f64,
    confidence: f64,
}

#[derive(Debug, Deserialize)]
struct Pair {
    a: String,
    b: String,
    relation: String,
}

/// Finds a group in the JSON report of a scan, plain or packed.
///
/// # Errors
///
/// If the file cannot be read, is no such report, or has no such group.
pub fn find(path: &Path, id: &str) -> Result<Explained> {
    let bytes = read::whole(path)?;
    let mut found: Option<Explained> = None;
    let mut ids = Vec::new();
    let mut members = BTreeSet::new();
    for (number, line) in (1..).zip(bytes.split(|byte| *byte == b'\n')) {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let line: Line = serde_json::from_slice(line).map_err(|error| {
            let message =
                format!("{}:{number} is no line of a JSON report: {error}", path.display());
            Error::new(message)
                .at(path)
                .with_hint("a report of wirecopy scan --format json --pairs")
        })?;
        match (line, &mut found) {
            (Line::Group(group), _) if group.id == id => {
                members = group.members.iter().map(|member| member.id.clone()).collect();
                found = Some(Explained { group, pairs: Vec::new() });
            }
            (Line::Group(group), _) => ids.push(group.id),
            (Line::Pair(pair), Some(found))
                if members.contains(&pair.a) && members.contains(&pair.b) =>
            {
                found.pairs.push(pair);
            }
            _ => {}
        }
    }
    found.ok_or_else(|| {
        let near = nearest(id, ids.iter().map(String::as_str), SUGGESTED);
        let near =
            if near.is_empty() { String::new() } else { format!("\nnearest: {}", near.join(", ")) };
        let groups = count(ids.len(), "group", "groups");
        Error::new(format!("no group {id:?} among the {groups} of {}{near}", path.display()))
            .at(path)
    })
}

/// Writes what is known of the group.
pub fn render(
    explained: &Explained,
    color: bool,
    width: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let strong = if color { Style::new().bold() } else { Style::new() };
    let Explained { group, pairs } = explained;
    let text = |text: String, out: &mut dyn Write| {
        paragraph("  ", &[Piece::new(text, Style::new())], width, out)
    };
    let links = || group.members.iter().filter_map(|member| Some((member, member.link.as_ref()?)));
    let articles = count(group.members.len(), "article", "articles");
    writeln!(
        out,
        "{strong}{}{strong:#}: {articles}, weakest link {}",
        sanitize(&group.id),
        percent(group.weakest)
    )?;
    text(format!("kept: {} ({})", sanitize(&group.kept), sanitize(&group.why_kept)), out)?;

    writeln!(out, "\n{strong}members, and what each was found to be a copy of{strong:#}")?;
    let row = |(member, link): (&Member, &Link)| {
        vec![
            Cell::new(sanitize(&member.id)),
            Cell::new(sanitize(&link.relation)),
            Cell::new(percent(link.similarity)),
            Cell::new(format!("{:.3}", link.confidence)),
            Cell::new(sanitize(&link.of)),
        ]
    };
    let rows: Vec<Vec<Cell>> = links().map(row).collect();
    let columns =
        [Column::cut_to(8), Column::LEFT, Column::RIGHT, Column::RIGHT, Column::cut_to(8)];
    write_table(&columns, &rows, 2, width, out)?;

    writeln!(out, "\n{strong}how firmly it holds{strong:#}")?;
    text(
        format!(
            "Every copy was aligned with the article in the last column, and counts as a copy of it by its own words. \
             {} of the pairs inside are copies by themselves (density); articles that are the same but for small edits \
             count as one.",
            percent(group.density)
        ),
        out,
    )?;
    if group.density < LOOSE {
        text(
            "That is few: it may be a running story, or two stories joined by one article."
                .to_owned(),
            out,
        )?;
    }
    if !pairs.is_empty() {
        let is_copy =
            |name: &str| Relation::ALL.iter().any(|one| one.name() == name && one.is_copy());
        let copies = pairs.iter().filter(|pair| is_copy(&pair.relation)).count();
        text(
            format!(
                "The report has {} of them as copies and {} as pairs that share a passage.",
                copies,
                pairs.len() - copies
            ),
            out,
        )?;
    }
    if let Some((member, link)) =
        links().min_by(|(_, x), (_, y)| x.similarity.total_cmp(&y.similarity))
    {
        let (id, of) = (sanitize(&member.id), sanitize(&link.of));
        let doubt = if link.similarity < DOUBTFUL { ", and doubtful" } else { "" };
        text(
            format!(
                "The weakest link is {id}, {} of {of}{doubt}. To see it:",
                percent(link.similarity)
            ),
            out,
        )?;
        let files: BTreeSet<&str> =
            group.members.iter().map(|member| member.file.as_str()).collect();
        let named = files.len() <= FILES_NAMED && !files.contains("-");
        let files = if named {
            sanitize(&files.into_iter().collect::<Vec<_>>().join(" "))
        } else {
            "DUMP".to_owned()
        };
        writeln!(out, "    wirecopy compare {of} {id} --in {files}")?;
    }

    writeln!(out, "\n{strong}relations{strong:#}")?;
    for relation in Relation::ALL.iter().map(|relation| relation.name()) {
        if links().any(|(_, link)| link.relation == relation) {
            text(format!("{relation}: {}", page(relation).map_or("", |page| page.summary)), out)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Config;
    use crate::report::{self, Format, Options, sample};

    fn report(pairs: bool) -> tempfile::NamedTempFile {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        let options = Options { pairs, ..Options::default() };
        report::render(&sample::outcome(), &Config::default(), Format::Json, &options, &mut file)
            .unwrap();
        file
    }

    #[test]
    fn a_group_says_why_it_is_one() {
        let file = report(true);
        let explained = find(file.path(), "w8f2k0c91aq").unwrap();
        let mut out = Vec::new();
        render(&explained, false, 80, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for said in [
            "w8f2k0c91aq: 3 articles, weakest link 84 %\n  kept: nw-7781 (earliest)\n",
            "  kt-4410  reworded  91 %  0.988  nw-7781\n  cp-88    excerpt   84 %  0.900  kt-4410\n",
            "67 % of the pairs inside",
            "has 1 of them as copies and 0 as pairs",
            "    wirecopy compare kt-4410 cp-88 --in a.jsonl\n",
            "  excerpt: a cut-down piece",
        ] {
            assert!(text.contains(said), "{said}\n{text}");
        }
    }

    #[test]
    fn what_is_no_group_and_no_report_is_told() {
        let file = report(false);
        let error = find(file.path(), "w8f2k0c91aa").unwrap_err().to_string();
        assert!(error.contains("no group \"w8f2k0c91aa\" among the 2 groups"), "{error}");
        assert!(error.ends_with("nearest: w8f2k0c91aq"), "{error}");
        std::fs::write(file.path(), "no JSON\n").unwrap();
        let error = find(file.path(), "w8f2k0c91aq").unwrap_err();
        assert!(error.to_string().contains(":1 is no line of a JSON report"));
        assert!(find(Path::new("/nowhere"), "w").is_err());
    }
}
