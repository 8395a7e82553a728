//! How much memory a run may take never shows in what it says; and what everything has in common costs nothing.

use std::fs;
use std::path::{Path, PathBuf};

use wirecopy::article::Article;
use wirecopy::compare::{Asked, in_dump};
use wirecopy::config::{Config, Memory};
use wirecopy::report::{self, Format, Options, html};
use wirecopy::scan::{Outcome, Scan, load_texts, scan_paths};

use crate::example;
use crate::shuffle::word;

/// The report with every pair, in every format.
fn report(paths: &[PathBuf], memory: Memory) -> (Outcome, String) {
    let config = Config { memory, near_misses: true, ..Config::default() };
    let mut outcome = scan_paths(paths, &config, &()).unwrap();
    let options = Options { pairs: true, ..Options::default() };
    let texts = report::texts_shown(&outcome, Format::Html, &options);
    load_texts(&mut outcome, texts, paths, &config).unwrap();
    let mut out = Vec::new();
    for format in [Format::Json, Format::Text, Format::Csv, Format::Markdown] {
        report::render(&outcome, &config, format, &options, &mut out).unwrap();
    }
    // A small page, for time; what it holds stands for the rest.
    html::render_within(400_000, &outcome, &config, &mut out).unwrap();
    (outcome, String::from_utf8(out).unwrap())
}

/// Words that follow from a number, none of them rare.
fn text(number: u64, words: u64) -> String {
    let at = |k: u64| (number * 7_919 + k * k * 31 + k * (number % 13)) % 700;
    (0..words).map(|k| word(at(k) as usize)).collect::<Vec<_>>().join(" ")
}

/// Several thousand records: copies, equal ones, some too short, some without a headline.
fn generated(folder: &Path) -> PathBuf {
    let record = |number: u64| {
        let mut body = text(number - number % 3, 60 + number % 50);
        if number % 3 == 1 {
            body = body.replace(word(7).as_str(), "changed");
        }
        let title = if number.is_multiple_of(2) { text(number, 5) } else { String::new() };
        let (id, body) =
            (number % 5_500, if number.is_multiple_of(100) { "Too short." } else { &body });
        format!("{{\"id\":{id},\"title\":\"{title}\",\"text\":\"{body}\"}}")
    };
    let lines: Vec<String> = (0..6_000).map(record).collect();
    let path = folder.join("generated.jsonl");
    fs::write(&path, lines.join("\n")).unwrap();
    path
}

#[test]
fn budgets_do_not_show_in_a_single_byte() {
    let root = tempfile::tempdir().unwrap();
    let temporary = root.path().join("temporary");
    fs::create_dir(&temporary).unwrap();
    let mut spilled_some = false;
    for (paths, groups) in [([example::folder()], 10), ([generated(root.path())], 500)] {
        let (held, expected) = report(&paths, Memory::default());
        assert!(held.groups.len() > groups, "{}", held.groups.len());
        assert_eq!(held.articles.held().len(), held.articles.len());
        for budget in [0, 1 << 20, 8 << 20] {
            let (spilled, found) =
                report(&paths, Memory { budget, folder: Some(temporary.clone()) });
            assert!(found == expected, "{budget} bytes show");
            spilled_some |= spilled.articles.held().len() < spilled.articles.len();
        }
    }
    assert!(spilled_some, "nothing went to disk");
    assert_eq!(fs::read_dir(&temporary).unwrap().count(), 0, "temporary files have no names");
}

#[test]
fn a_comparison_reads_texts_again_wherever_the_rest_is_kept() {
    let id = |id: &str| Asked::Id(id.to_owned());
    for (a, b) in [(id("northwire-09"), None), (id("northwire-09"), Some(id("harbor-post-08")))] {
        let answer = |memory: Memory| {
            let config = Config { memory, ..Config::default() };
            in_dump(&a, b.as_ref(), &[example::folder()], &config, &()).unwrap()
        };
        let held = answer(Memory::default());
        assert!(!held.article.text.is_empty() && !held.found[0].article.text.is_empty());
        let folder = Some(std::env::temp_dir());
        assert_eq!(answer(Memory { budget: 0, folder }), held);
    }
}

#[test]
fn a_folder_that_cannot_be_written_to_is_an_error_that_says_what_to_do() {
    let memory = Memory { budget: 0, folder: Some(PathBuf::from("no/such/folder")) };
    let config = Config { memory, ..Config::default() };
    let error = scan_paths(&[example::folder()], &config, &()).unwrap_err();
    assert!(error.to_string().contains("no/such/folder"), "{error}");
    assert!(error.hint().unwrap().starts_with("--temp-dir"));
}

/// Work that a scan of these articles takes: candidate pairs, pairs verified, pairs aligned.
fn work(articles: Vec<Article>) -> [u64; 3] {
    let mut scan = Scan::new(Config::default());
    scan.extend(articles);
    let stats = scan.finish(&()).unwrap().stats;
    [stats.candidate_pairs, stats.verified, stats.aligned]
}

/// Texts of no two equal shingles, or nearly.
fn own(number: u64, words: u64) -> String {
    let own = |k: u64| {
        let letters = number * 1_000 + k;
        (0..7).map(|i| (b'a' + (letters / 26u64.pow(i) % 26) as u8) as char).collect::<String>()
    };
    (0..words).map(own).collect::<Vec<_>>().join(" ")
}

#[test]
fn what_all_articles_share_makes_no_more_work_than_what_none_share() {
    let n = 70_000;
    let all = |text: &dyn Fn(u64) -> String| -> Vec<Article> {
        (0..n).map(|number| Article::new(number.to_string(), text(number))).collect()
    };
    let block = text(5, 20);
    let different = work(all(&|number| own(number, 27)));
    let with_block = work(all(&|number| format!("{} {block}", own(number, 7))));
    let equal = work(all(&|_| block.clone()));
    for found in [with_block, equal] {
        let more = |(found, least): (u64, u64)| found > least + n / 10;
        assert!(!found.into_iter().zip(different).any(more), "{found:?}, not {different:?}");
    }
}
