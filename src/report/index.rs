//! What an index has to say: answers as JSON Lines, and for people what was added, what there is and what is damaged.
//!
//! The lines are a contract: keys may be added at the end of an object. There is one line for each record, in order.

use std::io::{self, Write};

use serde::Serialize;

use crate::article::{Article, ProblemKind};
use crate::report::LOCATED;
use crate::report::figures::{count, thousands};
use crate::report::lines::{Matched, Place, Trouble, line};
use crate::report::sanitize::sanitize;
use crate::report::trouble::{located, more};
use crate::store::{Answer, Damage, Intake, Stats};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "kebab-case")]
enum Line<'a> {
    Match {
        id: &'a str,
        #[serde(flatten)]
        place: Place<'a>,
        matches: Vec<Matched<'a>>,
    },
    BadRecord(Trouble<'a>),
}

/// Writes the answer for one record as a line; no more than `most` matches, the closest ones.
pub fn answer(answer: &Answer, most: usize, out: &mut dyn Write) -> io::Result<()> {
    match answer {
        Answer::Article(Article { id, origin, .. }, found) => {
            let matches = found.iter().take(most).map(Matched::of).collect();
            line(&Line::Match { id, place: Place::of(origin), matches }, out)
        }
        Answer::Bad(problem) => line(&Line::BadRecord(Trouble::of(problem)), out),
    }
}

/// Says what became of what was to be added.
pub fn intake(intake: &Intake, articles: u64, out: &mut dyn Write) -> io::Result<()> {
    let stored = intake.new + intake.replaced;
    writeln!(
        out,
        "added {}; the index holds {}",
        count(stored as usize, "article", "articles"),
        thousands(articles)
    )?;
    if intake.replaced > 0 {
        writeln!(
            out,
            "{} of them took the place of others with their ids",
            thousands(intake.replaced)
        )?;
    }
    if intake.same > 0 {
        writeln!(
            out,
            "{} there already",
            count(intake.same as usize, "article was", "articles were")
        )?;
    }
    if !intake.refused.is_empty() {
        let refused = count(intake.refused.len(), "article", "articles");
        writeln!(out, "{refused} refused: the id stands for another article (see --replace)")?;
        let shown = intake.refused.len().min(LOCATED);
        for refused in &intake.refused[..shown] {
            let line =
                format!("{}  {}, stored from {}", refused.origin, refused.id, refused.stored);
            writeln!(out, "  {}", sanitize(&line))?;
        }
        more((intake.refused.len() - shown) as u64, out)?;
    }
    let lost = intake.problems.lost() as usize;
    if lost > 0 {
        writeln!(out, "{}", count(lost, "bad record", "bad records"))?;
        located(&intake.problems, ProblemKind::loses_record, lost as u64, usize::MAX, out)?;
    }
    Ok(())
}

/// Says what an index consists of.
pub fn stats(stats: &Stats, out: &mut dyn Write) -> io::Result<()> {
    let row = |out: &mut dyn Write, name: &str, value: &str| writeln!(out, "{name:<18} {value}");
    row(out, "articles", &thousands(stats.articles))?;
    row(out, "removed", &thousands(stats.removed))?;
    row(out, "segments", &thousands(stats.segments as u64))?;
    row(out, "generation", &stats.generation.to_string())?;
    let learned = match (stats.learned_from, &stats.learned) {
        (Some(articles), Some(id)) => format!("from {} articles, id {id}", thousands(articles)),
        _ => "never (index compact learns it)".to_owned(),
    };
    row(out, "common text", &learned)?;
    let all = (stats.articles + stats.removed).max(1);
    let total: u64 = stats.bytes.iter().map(|(_, bytes)| bytes).sum();
    for (name, bytes) in stats.bytes.iter().copied().chain([("in all", total)]) {
        let value =
            format!("{:>16} bytes, {} an article", thousands(bytes), thousands(bytes / all));
        row(out, name, &value)?;
    }
    Ok(())
}

/// Says where a file of an index is damaged, on a line.
pub fn damage(damage: &Damage, out: &mut dyn Write) -> io::Result<()> {
    let Damage { file, offset, what } = damage;
    let line = format!("{}: byte {offset}: {what}", file.display());
    writeln!(out, "{}", sanitize(&line))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::article::{Date, Origin, Problem};
    use crate::find::{Evidence, Relation};
    use crate::store::Earlier;

    #[test]
    fn answers_are_lines_by_contract() {
        let origin = |line| Origin { file: Arc::from("-"), line, record: line };
        let article = Article { origin: origin(12), ..Article::new("n7", "") };
        let old = Article {
            date: Some(Date { seconds: 1_656_115_200, day_only: true }),
            source: Some("example.org".to_owned()),
            ..Article::new("000", "")
        };
        let earlier = Earlier {
            article: old,
            relation: Relation::Reworded,
            confidence: 0.9911,
            evidence: Evidence { similarity: 0.78, ..Evidence::default() },
        };
        let bad =
            Problem { origin: origin(13), kind: ProblemKind::NoText, detail: "none".to_owned() };
        let mut out = Vec::new();
        answer(&Answer::Article(article.clone(), vec![earlier.clone(), earlier]), 1, &mut out)
            .unwrap();
        answer(&Answer::Article(article, Vec::new()), 1, &mut out).unwrap();
        answer(&Answer::Bad(bad), 1, &mut out).unwrap();
        let expected = r#"{"type":"match","id":"n7","file":"-","line":12,"matches":[{"id":"000","relation":"reworded","similarity":0.78,"confidence":0.991,"date":"2022-06-25","source":"example.org"}]}
{"type":"match","id":"n7","file":"-","line":12,"matches":[]}
{"type":"bad-record","file":"-","line":13,"reason":"no-text","detail":"none"}
"#;
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
