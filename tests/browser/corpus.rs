//! Pages to open: of the example corpus, of articles made up for a test, of groups without number.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use wirecopy::article::{Article, Date};
use wirecopy::config::Config;
use wirecopy::find::{Group, Link, Member, Relation};
use wirecopy::report::html;
use wirecopy::scan::{Outcome, Scan, load_texts, scan_paths};

use crate::chrome::{Tab, find};

/// One browser at a time: each takes what the machine has.
static TURN: Mutex<()> = Mutex::new(());

/// Opens the page of an outcome at `hash` and looks at it; at the end it must have behaved.
pub(crate) fn on_page(outcome: &Outcome, hash: &str, look: impl FnOnce(&mut Tab)) {
    on_page_within(html::LIMIT, outcome, hash, look);
}

/// The same with another limit.
pub(crate) fn on_page_within(
    limit: usize,
    outcome: &Outcome,
    hash: &str,
    look: impl FnOnce(&mut Tab),
) {
    let Some(program) = find() else { return };
    // Another test that failed in its turn has said so itself.
    let _turn = TURN.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    let mut out = BufWriter::new(File::create(&file).unwrap());
    html::render_within(limit, outcome, &Config::default(), &mut out).unwrap();
    out.flush().unwrap();
    let mut tab = Tab::open(&program, &file, hash);
    look(&mut tab);
    tab.behaved();
}

/// The settings of a scan for a page.
fn with_near_misses() -> Config {
    Config { near_misses: true, ..Config::default() }
}

/// The example corpus, scanned.
pub(crate) fn mini() -> Outcome {
    let folder: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/mini");
    let (paths, config) = ([folder], with_near_misses());
    let mut outcome = scan_paths(&paths, &config, &()).unwrap();
    let all = 0..outcome.articles.len() as u32;
    load_texts(&mut outcome, all, &paths, &config).unwrap();
    outcome
}

/// What a scan finds among these articles.
pub(crate) fn scanned(articles: Vec<Article>) -> Outcome {
    let mut scan = Scan::new(with_near_misses());
    scan.extend(articles);
    scan.finish(&()).unwrap()
}

/// So many groups of two, made without a scan.
pub(crate) fn many(groups: u32) -> Outcome {
    let article = |at: u32| Article {
        title: Some(format!("Report number {} of the harbor office", at / 2)),
        source: Some(format!("outlet{}.example", at % 40)),
        date: Some(Date { seconds: 1_770_000_000 + 3_600 * i64::from(at), day_only: false }),
        ..Article::new(
            format!("a{at}"),
            format!("Ferry {} leaves at noon for the islands. ", at / 2).repeat(20),
        )
    };
    let group = |at: u32| Group {
        id: format!("w{at:010}"),
        kept: 2 * at,
        why_kept: "earliest",
        weakest: 0.3 + f64::from(at % 70) / 100.0,
        density: 1.0,
        members: vec![
            Member { article: 2 * at, link: None },
            Member {
                article: 2 * at + 1,
                link: Some(Link {
                    of: 2 * at,
                    relation: [Relation::Exact, Relation::Edited, Relation::Reworded]
                        [at as usize % 3],
                    similarity: 0.9,
                    confidence: 0.99,
                }),
            },
        ],
    };
    Outcome {
        articles: (0..2 * groups).map(article).collect::<Vec<_>>().into(),
        groups: (0..groups).map(group).collect(),
        ..Outcome::default()
    }
}
