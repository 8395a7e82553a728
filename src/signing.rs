//! Articles to signatures that a scan takes in: of this process, or of another one far away.

use crate::article::{Article, Problem, ProblemKind};
use crate::config::{Config, Matching};
use crate::error::Result;
use crate::find::Signed;
use crate::find::gathering::{Added, Aside, text_hash};
use crate::find::parcel::Parcel;
use crate::progress::{Progress, go_on};
use crate::read::{self, Given};
use crate::scan::{Outcome, Scan, with_threads};

/// What is counted of an article before it is put aside.
pub(crate) struct Counts {
    pub(crate) bytes: u64,
    pub(crate) is_dated: bool,
}

/// Signs articles for a scan elsewhere: what [`Scan::add_signed`] takes, or why a record has no part in it. Gives what is
/// wrong with the input as a whole.
///
/// # Errors
///
/// If the threads asked for cannot be started.
pub fn sign_given(
    given: Given,
    config: &Config,
    mut take: impl FnMut(Result<Vec<u8>, Problem>) + Send,
) -> Result<Vec<String>> {
    with_threads(config, || {
        let pack = |article| sign_only(article, config).map(Parcel::pack);
        let summary = read::read_while(given, &config.input, pack, |batch| {
            batch.records.into_iter().for_each(&mut take);
            let lost = batch.problems.iter().filter(|problem| problem.kind.loses_record());
            lost.for_each(|problem| take(Err(problem.clone())));
            true
        })?;
        Ok(summary.failures)
    })
}

/// Compares the articles that [`sign_given`] has signed with the same settings: parcels, so many at a time.
///
/// # Errors
///
/// If another version has signed them, the threads asked for cannot be started, or `progress` stops the run.
pub fn scan_signed(
    parcels: impl IntoIterator<Item = Vec<Vec<u8>>> + Send,
    config: &Config,
    progress: &dyn Progress,
) -> Result<Outcome> {
    with_threads(config, || {
        let mut scan = Scan::new(config.clone());
        progress.begin("read", None);
        for some in parcels {
            go_on(progress)?;
            scan.add_signed(&some.iter().map(Vec::as_slice).collect::<Vec<_>>())?;
            progress.advance(some.iter().map(|parcel| parcel.len() as u64).sum());
        }
        go_on(progress)?;
        scan.finish(progress)
    })
}

/// Signs an article and puts it aside, unless there is nothing in it to compare. Its text is kept only if wanted.
pub(crate) fn sign(
    article: Article,
    config: &Config,
    aside: &Aside,
    keep_text: bool,
) -> Result<Result<(Added, Counts), Problem>> {
    let mut parcel = match sign_only(article, config) {
        Ok(parcel) => parcel,
        Err(problem) => return Ok(Err(problem)),
    };
    let bytes = parcel.article.text.len() as u64;
    if !keep_text {
        parcel.article.text = String::new();
    }
    put(parcel, bytes, aside).map(Ok)
}

/// Puts a signed article of so many bytes of text aside.
pub(crate) fn put(parcel: Parcel, bytes: u64, aside: &Aside) -> Result<(Added, Counts)> {
    let Parcel { article, signed, text_hash } = parcel;
    let counts = Counts { bytes, is_dated: article.date.is_some() };
    Ok((aside.put(article, signed, text_hash)?, counts))
}

/// Signs an article, unless there is nothing in it to compare.
pub(crate) fn sign_text(article: &Article, matching: &Matching) -> Result<Signed, Problem> {
    let problem = |kind, detail| Problem { origin: article.origin.clone(), kind, detail };
    if u32::try_from(article.text.len()).is_err() {
        let detail = format!(
            "the text has {} bytes; at most {} can be compared",
            article.text.len(),
            u32::MAX
        );
        return Err(problem(ProblemKind::LongText, detail));
    }
    let signed = Signed::new(&article.text, matching);
    if signed.words() == 0 {
        return Err(problem(ProblemKind::EmptyText, "the text holds no words".to_owned()));
    }
    Ok(signed)
}

/// An article and its signature, unless there is nothing in it to compare.
fn sign_only(article: Article, config: &Config) -> Result<Parcel, Problem> {
    let signed = sign_text(&article, &config.matching)?;
    let text_hash = text_hash(&article.text);
    Ok(Parcel { article, signed, text_hash })
}
