//! Texts of articles read again: a scan does not keep those that can be.
//!
//! Each file is passed over once.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use ahash::{AHashMap, AHashSet};

use crate::article::Article;
use crate::config::Config;
use crate::error::Result;
use crate::read;
use crate::scan::{Outcome, with_threads};

/// Reads the texts of these articles of an outcome again, unless they are held.
///
/// Each file is passed over once. A text stays empty if it cannot be found any more.
///
/// # Errors
///
/// If the threads asked for cannot be started.
pub fn load_texts(
    outcome: &mut Outcome,
    articles: impl IntoIterator<Item = u32>,
    paths: &[PathBuf],
    config: &Config,
) -> Result<()> {
    let wanted: AHashSet<u32> = articles.into_iter().collect();
    let held = outcome.articles.held_mut().filter(|(index, _)| wanted.contains(index));
    let held: Vec<&mut Article> = held.map(|(_, article)| article).collect();
    with_threads(config, || fill_texts(held, paths, config))
}

/// The same for articles of any kind, on the threads of the current pool.
pub(crate) fn fill_texts(
    articles: Vec<&mut Article>,
    paths: &[PathBuf],
    config: &Config,
) -> Result<()> {
    let mut missing: AHashMap<(Arc<str>, u64), Vec<&mut Article>> = AHashMap::new();
    for article in articles.into_iter().filter(|article| article.text.is_empty()) {
        let place = (Arc::clone(&article.origin.file), article.origin.record);
        missing.entry(place).or_default().push(article);
    }
    let paths: Vec<PathBuf> =
        paths.iter().filter(|path| can_be_read_again(path)).cloned().collect();
    if missing.is_empty() || paths.is_empty() {
        return Ok(());
    }
    let mut records: AHashMap<&str, AHashSet<u64>> = AHashMap::new();
    for (file, record) in missing.keys() {
        records.entry(file).or_default().insert(*record);
    }
    let wanted = |file: &str, record: u64| {
        records.get(file).is_some_and(|records| records.contains(&record))
    };
    let mut found = Vec::new();
    read::read_again(&paths, &config.input, wanted, |article| found.push(article))?;
    for article in found {
        let place = (article.origin.file, article.origin.record);
        for held in missing.get_mut(&place).into_iter().flatten() {
            if held.id == article.id {
                held.text.clone_from(&article.text);
            }
        }
    }
    Ok(())
}

/// False for pipes, which are gone once they were read, and would be waited for.
pub(crate) fn can_be_read_again(path: &Path) -> bool {
    path != Path::new("-") && (path.is_file() || path.is_dir())
}
