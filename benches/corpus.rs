//! Text for the benchmarks: as many articles as wanted, chained from the words of `data/mini`, the same every time.

use std::collections::BTreeMap;
use std::path::PathBuf;

use wirecopy::article::Article;
use wirecopy::config::{Config, Input};
use wirecopy::read;
use wirecopy::scan::Scan;
use wirecopy::text::hash::mix;

/// The bundled articles in canonical order.
pub(crate) fn bundled() -> Vec<Article> {
    let mut scan = Scan::new(Config::default());
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/mini");
    let readable = "the bundled articles are readable";
    read::read(&[folder], &Input::default(), |article| article, |batch| scan.extend(batch.records))
        .expect(readable);
    scan.collect().and_then(|collection| collection.articles()).expect(readable)
}

/// News to measure on, by name: of each file in `WIRECOPY_CORPORA` (a list like `PATH`) the first articles, or else some
/// of the bundled ones.
pub(crate) fn news() -> Vec<(String, Vec<Article>)> {
    /// Bytes of each corpus: more than fits the caches next to the cores.
    const ENOUGH: u64 = 8 << 20;
    let paths: Vec<PathBuf> = match std::env::var_os("WIRECOPY_CORPORA") {
        Some(list) => std::env::split_paths(&list).collect(),
        None => {
            let mini = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../data/mini");
            ["northwire", "arabic", "russian"]
                .map(|name| mini.join(name).with_extension("jsonl"))
                .into()
        }
    };
    let read = |path: PathBuf| {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let mut articles: Vec<Article> = Vec::new();
        let summary = read::read(
            &[path],
            &Input::default(),
            |article| article,
            |batch| {
                if bytes(&articles) < ENOUGH {
                    articles.extend(batch.records);
                }
            },
        );
        summary.expect("the corpus is readable");
        (name, articles)
    };
    paths.into_iter().map(read).collect()
}

/// `n` articles of 400 words, each word chosen among those that follow the word before it somewhere in `data/mini`.
///
/// Every tenth is a copy of the one before it with every seventh word replaced.
pub(crate) fn articles(n: usize) -> Vec<Article> {
    let text: String = bundled()
        .iter()
        .filter(|article| article.text.is_ascii())
        .map(|a| a.text.clone() + " ")
        .collect();
    let words: Vec<&str> = text.split_ascii_whitespace().collect();
    let mut next: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for pair in words.windows(2) {
        next.entry(pair[0]).or_default().push(pair[1]);
    }
    let mut state = 1;
    let mut random = |below: usize| {
        state += 1;
        (mix(state) % below as u64) as usize
    };
    let mut made: Vec<Article> = Vec::with_capacity(n);
    for i in 0..n {
        let text: Vec<&str> = match made.last() {
            Some(before) if i % 10 == 9 => {
                let copied = before.text.split(' ').enumerate();
                copied
                    .map(|(k, word)| if k % 7 == 3 { words[random(words.len())] } else { word })
                    .collect()
            }
            _ => {
                let mut word = words[random(words.len())];
                let mut step = || {
                    // One jump in four, so that unrelated articles share few runs of three.
                    let choices =
                        if random(4) == 0 { &words } else { next.get(word).unwrap_or(&words) };
                    word = choices[random(choices.len())];
                    word
                };
                (0..400).map(|_| step()).collect()
            }
        };
        made.push(Article::new(format!("a{i}"), text.join(" ")));
    }
    made
}

/// Bytes of text.
pub(crate) fn bytes(articles: &[Article]) -> u64 {
    articles.iter().map(|article| article.text.len() as u64).sum()
}
