//! The block of data inside of the page: near misses and groups until the page is full, then what was counted over all.
//!
//! Every group is `[row, body]`, each on a line of its own: the block is JSON as a whole, and the page reads it line by line,
//! all rows when it opens and a body when it is asked for. That is what lets it open at once, whatever it holds.
//!
//! Written as it is made, a few groups at a time by all threads, so that the page takes little memory whatever its size.
//! Which groups have their texts depends on the sizes of those before them only: the same outcome gives the same bytes.

use std::io::{self, Write};

use rayon::prelude::*;
use serde::Serialize;

use crate::config::{Config, FieldNames};
use crate::find::Evidence;
use crate::report::html::escaped;
use crate::report::html::group::{Bundle, Found};
use crate::report::html::overview::{Overview, overview};
use crate::report::keep_rule;
use crate::scan::Outcome;

/// Groups that are made at a time.
const BATCH: usize = 64;

/// Bad records that are listed.
const PROBLEMS: usize = 100;

/// What stands after the groups.
#[derive(Serialize)]
struct End<'a> {
    version: &'static str,
    corpus: &'a str,
    min_confidence: f64,
    settings: Vec<(&'static str, String)>,
    fields: &'a FieldNames,
    evidence: Vec<&'static str>,
    left_out: LeftOut,
    overview: Overview,
    problems: Vec<(String, &'static str, &'a str)>,
    bad_records: usize,
    failures: &'a [String],
}

/// What a full page has no room for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
struct LeftOut {
    /// Groups that are listed without their texts.
    texts: usize,
    /// Groups that are not listed.
    groups: usize,
}

/// Writes the block: about `limit` bytes, of which three quarters may be texts.
pub(super) fn write(
    outcome: &Outcome,
    config: &Config,
    limit: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let found = Found::new(outcome);
    let mut room = Room { full: limit / 4 * 3, all: limit };
    out.write_all(b"{\"format\":1,\"near\":[")?;
    near_misses(&found, outcome, &mut room, limit / 8, out)?;
    out.write_all(b"\n],\n\"groups\":[")?;
    let left_out = groups(&found, outcome, &mut room, out)?;
    out.write_all(b"\n],\n\"run\":")?;
    escaped::write(&end(outcome, config, left_out), out)?;
    out.write_all(b"}")
}

/// Bytes that are left for groups with texts, and for groups at all.
struct Room {
    full: usize,
    all: usize,
}

impl Room {
    fn take(&mut self, bytes: usize) {
        self.full = self.full.saturating_sub(bytes);
        self.all = self.all.saturating_sub(bytes);
    }
}

fn near_misses(
    found: &Found<'_>,
    outcome: &Outcome,
    room: &mut Room,
    limit: usize,
    out: &mut dyn Write,
) -> io::Result<()> {
    let pairs: Vec<_> =
        outcome.near_misses.closest.iter().filter(|pair| !found.are_grouped(pair)).collect();
    let whole: Vec<Vec<u8>> =
        pairs.par_iter().map(|pair| lines(&found.near_miss(pair, true))).collect();
    let mut left = limit;
    for (at, whole) in whole.iter().enumerate() {
        let line =
            if whole.len() <= left { whole } else { &lines(&found.near_miss(pairs[at], false)) };
        left = left.saturating_sub(line.len());
        room.take(line.len());
        separated(at, line, out)?;
    }
    Ok(())
}

/// Largest first: with texts while there is room for the whole group, then without, then not at all.
fn groups(
    found: &Found<'_>,
    outcome: &Outcome,
    room: &mut Room,
    out: &mut dyn Write,
) -> io::Result<LeftOut> {
    let number = outcome.groups.len();
    let mut left_out = LeftOut::default();
    let mut at = 0;
    let mut full = true;
    while at < number {
        let batch: Vec<Vec<u8>> = (at..number.min(at + BATCH))
            .into_par_iter()
            .map(|group| lines(&found.group(group, full)))
            .collect();
        for line in batch {
            if full && line.len() > room.full {
                // This group and all that follow are made anew, without texts.
                full = false;
                break;
            }
            if line.len() > room.all {
                left_out.groups = number - at;
                return Ok(left_out);
            }
            left_out.texts += usize::from(!full);
            room.take(line.len());
            separated(at, &line, out)?;
            at += 1;
        }
    }
    Ok(left_out)
}

fn separated(at: usize, line: &[u8], out: &mut dyn Write) -> io::Result<()> {
    out.write_all(if at > 0 { b",\n" } else { b"\n" })?;
    out.write_all(line)
}

/// A group as two lines: what the list reads, and what is read when it is opened.
fn lines(bundle: &Bundle<'_>) -> Vec<u8> {
    let mut bytes = b"[".to_vec();
    let row = escaped::write(&bundle.row, &mut bytes);
    bytes.extend_from_slice(b",\n");
    row.and_then(|()| escaped::write(&bundle.body, &mut bytes))
        .expect("a vector takes every byte, and the values have string keys only");
    bytes.push(b']');
    bytes
}

fn end<'a>(outcome: &'a Outcome, config: &Config, left_out: LeftOut) -> End<'a> {
    let matching = &config.matching;
    let mut settings = vec![
        ("min-confidence", matching.min_confidence.to_string()),
        ("min-words", matching.min_words.to_string()),
        ("keep", config.keep.0.iter().map(keep_rule).collect::<Vec<_>>().join(", then ")),
    ];
    settings.extend(matching.threshold.map(|least| ("threshold", least.to_string())));
    settings.extend((!matching.updates).then(|| ("updates", "not counted as copies".to_owned())));
    settings.extend((matching.seed != 0).then(|| ("seed", "changed".to_owned())));
    let evidence = Evidence { title: Some(0.0), ..Evidence::default() };
    End {
        version: env!("CARGO_PKG_VERSION"),
        corpus: corpus(outcome),
        min_confidence: matching.min_confidence,
        settings,
        fields: &outcome.fields,
        evidence: evidence.named().into_iter().map(|(name, _)| name).collect(),
        left_out,
        overview: overview(outcome),
        problems: outcome
            .problems
            .iter()
            .take(PROBLEMS)
            .map(|problem| {
                (problem.origin.to_string(), problem.kind.name(), problem.detail.as_str())
            })
            .collect(),
        bad_records: outcome.problems.lost() as usize,
        failures: &outcome.failures,
    }
}

/// What the articles were read from, in words.
fn corpus(outcome: &Outcome) -> &str {
    outcome.place.path().map_or("", |path| if path.is_empty() { "several places" } else { path })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::article::{Article, Origin};
    use crate::find::{Group, Member};
    use crate::report::html::tests::{block, page};

    fn outcome(groups: u32) -> Outcome {
        let article = |at: u32| Article {
            origin: Origin {
                file: Arc::from("dumps/2026/a.jsonl"),
                line: u64::from(at),
                record: 0,
            },
            ..Article::new(format!("a{at}"), format!("number {at} ").repeat(100))
        };
        let group = |at: u32| Group {
            id: format!("w{at}"),
            kept: 2 * at,
            why_kept: "earliest",
            weakest: 1.0,
            density: 1.0,
            members: [2 * at, 2 * at + 1].map(|article| Member { article, link: None }).to_vec(),
        };
        Outcome {
            articles: (0..2 * groups).map(article).collect::<Vec<_>>().into(),
            groups: (0..groups).map(group).collect(),
            ..Outcome::default()
        }
    }

    #[test]
    fn a_full_page_says_what_it_left_out() {
        let outcome = outcome(200);
        let whole = page(&outcome, usize::MAX / 8).len();
        let frame = page(&Outcome::default(), 0).len();
        let mut last = 0;
        for limit in [0, 20_000, 60_000, 200_000, 2_000_000] {
            let page = page(&outcome, limit);
            assert!(page.len() <= frame + limit + 2_000, "{limit}: {}", page.len());
            let data = block(&page);
            let groups = data["groups"].as_array().unwrap();
            let with_text = groups.iter().take_while(|group| !group[1].is_null()).count();
            assert!(groups[with_text..].iter().all(|group| group[1].is_null()));
            let left_out = &data["run"]["left_out"];
            assert_eq!(left_out["groups"], 200 - groups.len());
            assert_eq!(left_out["texts"], groups.len() - with_text);
            assert!(groups.len() >= last);
            last = groups.len();
            assert_eq!(data["run"]["overview"]["groups"], 200, "totals count every group");
        }
        assert_eq!(last, 200);
        assert!(whole > 300_000);
    }

    #[test]
    fn the_corpus_is_named_by_what_holds_it() {
        let mut outcome = Outcome::default();
        assert_eq!(corpus(&outcome), "");
        for (file, name) in [
            ("dumps/2026/a.jsonl", "dumps/2026/a.jsonl"),
            ("dumps/2026/a.jsonl", "dumps/2026/a.jsonl"),
            ("dumps/2026/b/c.jsonl", "dumps/2026"),
            ("dumps/2026/a.jsonl", "dumps/2026"),
            ("dumps/202/a.jsonl", "dumps"),
            ("x.jsonl", "several places"),
        ] {
            outcome.place.add(file);
            assert_eq!(corpus(&outcome), name);
        }
    }
}
