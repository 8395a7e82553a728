//! Reading a corpus into memory and writing articles as lines of JSON.

use std::error::Error;
use std::path::PathBuf;

use wirecopy::article::Article;
use wirecopy::config::Input;
use wirecopy::read;

/// Every article under these paths, and how many records could not be read, or not in full.
pub(crate) fn read_all(paths: &[PathBuf]) -> Result<(Vec<Article>, usize), Box<dyn Error>> {
    let mut articles = Vec::new();
    let mut problems = 0;
    let summary = read::read(
        paths,
        &Input::default(),
        |article| article,
        |batch| {
            articles.extend(batch.records);
            problems += batch.problems.len();
        },
    )?;
    match summary.failures.into_iter().next() {
        Some(failure) => Err(failure.into()),
        None => Ok((articles, problems)),
    }
}

#[derive(serde::Serialize)]
struct Record<'a> {
    id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    title: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    source: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    url: Option<&'a str>,
    text: &'a str,
}

/// Appends an article as one line of JSON.
pub(crate) fn write_line(article: &Article, out: &mut Vec<u8>) -> Result<(), serde_json::Error> {
    let record = Record {
        id: &article.id,
        title: article.title.as_deref(),
        date: article.date.map(|date| date.to_string()),
        source: article.source.as_deref(),
        url: article.url.as_deref(),
        text: &article.text,
    };
    serde_json::to_writer(&mut *out, &record)?;
    out.push(b'\n');
    Ok(())
}
