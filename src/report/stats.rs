//! `--stats`: the counters of every stage, times, throughput and peak memory, for people.
//!
//! Times differ from run to run, so this goes to stderr and never into a report.

use std::io::{self, Write};
use std::time::Duration;

use crate::forecast::Forecast;
use crate::progress::Stats;
use crate::report::columns::{Cell, Column, write_table};
use crate::report::figures::{bytes, seconds, thousands};

/// Writes the counters in the order of the stages. `peak_memory` is in bytes, where the platform tells.
pub fn render(stats: &Stats, peak_memory: Option<u64>, out: &mut dyn Write) -> io::Result<()> {
    let mut rows = vec![
        row("files", thousands(stats.files), ""),
        row("articles", thousands(stats.articles), &format!("{} of text", bytes(stats.bytes))),
        row("duplicate ids", thousands(stats.duplicate_ids), ""),
        row("not judged", thousands(stats.not_judged), "too short"),
        row("exact copies", thousands(stats.exact_copies), ""),
        row("near-verbatim", thousands(stats.near_verbatim), "folded before the wide search"),
        row("common text", thousands(stats.counted), "articles that it was counted over"),
    ];
    for &(tier, pairs) in &stats.candidates {
        rows.push(row(&format!("candidates, {tier}"), thousands(pairs), "pairs"));
    }
    let each = stats.candidate_pairs as f64 / stats.articles.max(1) as f64;
    rows.push(row(
        "candidates",
        thousands(stats.candidate_pairs),
        &format!("pairs, {each:.2} an article, of {} met in buckets", thousands(stats.listed)),
    ));
    rows.extend([
        row("oversized buckets", thousands(stats.oversized_buckets), "linked to one leader each"),
        row("verified", thousands(stats.verified), "pairs compared exactly"),
        row("aligned", thousands(stats.aligned), "pairs aligned word by word"),
        row("accepted", thousands(stats.accepted), "pairs"),
        row("groups", thousands(stats.groups), ""),
        row("copies", thousands(stats.copies), ""),
    ]);
    for &(stage, time) in &stats.times {
        rows.push(row(&format!("time, {stage}"), seconds(time), &throughput(stats.bytes, time)));
    }
    let total: Duration = stats.times.iter().map(|&(_, time)| time).sum();
    if !stats.times.is_empty() {
        rows.push(row("time, all stages", seconds(total), &throughput(stats.bytes, total)));
    }
    if let Some(peak) = peak_memory {
        rows.push(row("peak memory", bytes(peak), ""));
    }
    writeln!(out, "stats")?;
    write_table(&[Column::LEFT, Column::RIGHT, Column::LEFT], &rows, 2, usize::MAX, out)
}

/// Writes what a run would take. Goes to stderr, like the counters.
pub fn render_forecast(told: &Forecast, out: &mut dyn Write) -> io::Result<()> {
    let articles = format!("about {} articles", thousands(told.articles));
    let rows = [
        row("input", bytes(told.input), &articles),
        row("memory", bytes(told.memory), "at most"),
        row("disk", bytes(told.disk), "in temporary files"),
        row("time", seconds(told.time), "if the machine has nothing else to do"),
    ];
    writeln!(out, "this run would take about")?;
    write_table(&[Column::LEFT, Column::RIGHT, Column::LEFT], &rows, 2, usize::MAX, out)
}

fn row(name: &str, value: String, note: &str) -> Vec<Cell> {
    vec![Cell::new(name), Cell::new(value), Cell::new(note)]
}

/// Megabytes of article text for each second; nothing where the time is too short to divide by.
fn throughput(bytes: u64, time: Duration) -> String {
    if time < Duration::from_millis(1) {
        return String::new();
    }
    format!("{:.1} MB/s", bytes as f64 / 1e6 / time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_counter_is_there() {
        let stats = Stats {
            files: 61,
            bytes: 148_000_000,
            articles: 48_213,
            sources: 0,
            dated: 0,
            duplicate_ids: 3,
            not_judged: 1_120,
            exact_copies: 512,
            near_verbatim: 90,
            counted: 47_500,
            candidates: vec![("bands", 70_000), ("windows", 1_200)],
            oversized_buckets: 2,
            listed: 900_000,
            candidate_pairs: 71_000,
            verified: 8_000,
            aligned: 4_000,
            accepted: 3_500,
            groups: 1_204,
            copies: 3_391,
            times: vec![
                ("read", Duration::from_millis(1_000)),
                ("sign", Duration::from_millis(3_000)),
            ],
        };
        let mut out = Vec::new();
        render(&stats, Some(812_000_000), &mut out).unwrap();
        let expected = "\
stats
  files                      61
  articles               48,213  148.0 MB of text
  duplicate ids               3
  not judged              1,120  too short
  exact copies              512
  near-verbatim              90  folded before the wide search
  common text            47,500  articles that it was counted over
  candidates, bands      70,000  pairs
  candidates, windows     1,200  pairs
  candidates             71,000  pairs, 1.47 an article, of 900,000 met in buckets
  oversized buckets           2  linked to one leader each
  verified                8,000  pairs compared exactly
  aligned                 4,000  pairs aligned word by word
  accepted                3,500  pairs
  groups                  1,204
  copies                  3,391
  time, read              1.0 s  148.0 MB/s
  time, sign              3.0 s  49.3 MB/s
  time, all stages        4.0 s  37.0 MB/s
  peak memory          812.0 MB
";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
