//! Everything that a read of a file gives, and what is promised of it whatever the file holds.

use std::path::PathBuf;

use wirecopy::article::{Article, Problem};
use wirecopy::config::{FieldNames, Input};
use wirecopy::read::{self, Batch, Summary};

/// What a read of one file gave.
#[derive(Debug, Default, PartialEq)]
pub struct Reading {
    /// The articles, in order.
    pub articles: Vec<Article>,
    /// The problems, in order.
    pub problems: Vec<Problem>,
    /// The lines for people.
    pub notices: Vec<String>,
    /// What kept the file from being read to its end.
    pub failures: Vec<String>,
    /// The fields that were taken.
    pub fields: Option<FieldNames>,
    /// Bytes that were taken of the file.
    pub bytes: u64,
}

impl Reading {
    fn add(&mut self, batch: Batch<Article>) {
        self.articles.extend(batch.records);
        self.problems.extend(batch.problems.iter().cloned());
        self.notices.extend(batch.notices);
        self.fields = self.fields.take().or(batch.fields);
        self.bytes += batch.bytes;
    }

    fn end(mut self, summary: Summary) -> Reading {
        assert_eq!(summary.files, 1, "{:?}", summary.failures);
        self.failures = summary.failures;
        self
    }

    /// The articles as pairs of line and text.
    pub fn texts(&self) -> Vec<(u64, &str)> {
        self.articles.iter().map(|article| (article.origin.line, article.text.as_str())).collect()
    }

    /// Every record is an article or a lost record, none twice, and numbers and lines never go back.
    fn check(&self) {
        let articles = self.articles.iter().map(|article| &article.origin);
        let lost = self.problems.iter().filter(|problem| problem.kind.loses_record());
        let mut origins: Vec<_> = articles.chain(lost.map(|problem| &problem.origin)).collect();
        origins.sort_by_key(|origin| origin.record);
        assert!(origins.windows(2).all(|pair| pair[0].record < pair[1].record));
        assert!(origins.is_sorted_by_key(|origin| origin.line));
        assert!(self.articles.is_sorted_by_key(|article| article.origin.record));
        // What concerns the whole file, such as its encoding, stands behind all records.
        let of_records = self.problems.iter().filter(|problem| problem.origin.record > 0);
        assert!(of_records.is_sorted_by_key(|problem| problem.origin.record));
        assert!(self.articles.iter().all(|article| !article.text.trim().is_empty()));
        assert!(self.articles.iter().all(|article| !article.id.is_empty()));
    }
}

/// Reads a file twice, whole and in small blocks, which must make no difference.
pub fn read(path: &PathBuf, input: &Input, block: usize) -> Reading {
    let paths = std::slice::from_ref(path);
    let mut whole = Reading::default();
    let summary = read::read(paths, input, |article| article, |batch| whole.add(batch));
    let whole = whole.end(summary.expect("the file is there"));
    whole.check();

    let mut pieces = Reading::default();
    let take = |batch| pieces.add(batch);
    let summary = read::read_in_blocks(paths, input, block, |article| article, take);
    assert_eq!(pieces.end(summary.expect("the file is there")), whole, "blocks of {block}");
    whole
}
