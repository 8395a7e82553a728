//! Any few texts are grouped alike in any order, and every report of it can be read by what reads such reports.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::article::Article;
use wirecopy::config::{Config, Matching};
use wirecopy::report::{self, Format, Options};
use wirecopy::scan::{Outcome, Scan};
use wirecopy_fuzz::texts;

/// More texts than this say nothing new.
const MOST: usize = 12;

fn scan(articles: Vec<Article>, config: &Config) -> Outcome {
    let mut scan = Scan::new(config.clone());
    articles.into_iter().for_each(|article| scan.push(article));
    scan.finish(&()).expect("texts in memory can be compared")
}

fn shown(outcome: &Outcome, config: &Config, format: Format) -> String {
    let mut out = Vec::new();
    let options = Options { pairs: true, width: 80, ..Options::default() };
    report::render(outcome, config, format, &options, &mut out).expect("memory can be written");
    String::from_utf8(out).expect("reports are text")
}

fuzz_target!(|bytes: &[u8]| {
    let article = |(at, text): (usize, String)| {
        let mut lines = text.lines();
        // Ids and headlines as hostile as the texts.
        let id = format!("{}{at}", lines.next().unwrap_or_default());
        let (title, source) = (lines.next().map(str::to_owned), lines.next().map(str::to_owned));
        Article { title, source, ..Article::new(id, text) }
    };
    let articles: Vec<Article> =
        texts::several(bytes).into_iter().take(MOST).enumerate().map(article).collect();
    let deep = bytes.len() % 2 == 0;
    let config = Config { matching: Matching { deep, ..Matching::default() }, ..Config::default() };
    let turned = articles.iter().rev().cloned().collect();
    let there = scan(articles, &config);
    let back = scan(turned, &config);
    for (name, format) in Format::NAMES {
        let report = shown(&there, &config, *format);
        assert_eq!(report, shown(&back, &config, *format), "{name}");
        match format {
            Format::Text | Format::Markdown => {
                assert!(report.chars().all(|c| c == '\n' || !c.is_control()), "{report:?}");
            }
            Format::Json => {
                for line in report.lines() {
                    serde_json::from_str::<serde_json::Value>(line).expect("a line is an object");
                }
            }
            Format::Csv => {
                let members: usize = there.groups.iter().map(|group| group.members.len()).sum();
                let rows = csv::Reader::from_reader(report.as_bytes()).into_records();
                assert_eq!(rows.map(|row| row.expect("a row is whole")).count(), members);
            }
            _ => assert_eq!(report.matches("<script").count(), report.matches("</script").count()),
        }
    }
});
