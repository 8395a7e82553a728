//! Files that are one article: plain text exactly as it stands, Markdown without its marks, the article of a page.

use std::sync::Arc;

use super::dates::parse_date;
use super::encoding;
use super::markdown;
use super::page::{self, Content};
use super::record::{Parsed, host};
use crate::article::{Article, Origin, Problem, ProblemKind};
use crate::config::{Format, Input};

/// Reads a whole file as an article with this id.
pub(super) fn parse(
    file: &Arc<str>,
    id: &str,
    format: Format,
    bytes: &[u8],
    options: &Input,
) -> Parsed {
    let origin = Origin { file: Arc::clone(file), line: 1, record: 1 };
    let problem = |(kind, detail)| Some(Problem { origin: origin.clone(), kind, detail });
    let asked = encoding::of_records(options);
    let found = match format {
        Format::Html => page::page(bytes, asked, None),
        _ => encoding::decode(bytes, asked, None).map(|(text, finding)| {
            let content = match format {
                Format::Markdown => markdown::content(&text),
                _ => Content { text: text.into_owned(), ..Content::default() },
            };
            (content, finding)
        }),
    };
    let (Content { text, title, published, url }, finding) = match found {
        Ok(found) => found,
        Err(failure) => return (None, problem(failure)),
    };
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return (None, problem((ProblemKind::EmptyText, "the file holds no words".to_owned())));
    }
    let article = Article {
        title,
        date: published.and_then(|date| parse_date(&date)),
        source: url.as_deref().and_then(host),
        url,
        origin: origin.clone(),
        ..Article::new(id, text)
    };
    (Some(article), finding.and_then(problem))
}

/// Takes the first bytes of a last character away that was cut off with its file.
pub(super) fn trim_cut_character(bytes: &mut Vec<u8>) {
    if let Err(error) = std::str::from_utf8(bytes)
        && error.error_len().is_none()
    {
        bytes.truncate(error.valid_up_to());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(file: &Arc<str>, bytes: &[u8]) -> Parsed {
        parse(file, "a", Format::Text, bytes, &Input::default())
    }

    #[test]
    fn the_whole_file_is_the_text() {
        let file = Arc::from("d/a.txt");
        let (article, problem) = text(&file, "\r\nTwo\nlines é".as_bytes());
        let article = article.unwrap();
        assert_eq!((article.id.as_str(), article.text.as_str()), ("a", "\r\nTwo\nlines é"));
        assert_eq!((article.origin.to_string().as_str(), article.origin.record), ("d/a.txt:1", 1));
        assert_eq!(problem, None);
    }

    #[test]
    fn what_is_no_text_is_a_problem() {
        for (bytes, kind, detail) in [
            (&b"ok \xe9\0"[..], ProblemKind::Encoding, "not UTF-8 from byte 3 on (0xe9)"),
            (b"", ProblemKind::EmptyText, "the file holds no words"),
            (b"\xef\xbb\xbf \n", ProblemKind::EmptyText, "the file holds no words"),
        ] {
            let (article, problem) = text(&Arc::from("a"), bytes);
            let problem = problem.unwrap();
            assert_eq!((article, problem.kind, problem.detail.as_str()), (None, kind, detail));
        }
    }

    #[test]
    fn half_a_character_goes_with_what_was_cut_off() {
        for (bytes, left) in [(&b"ab\xc3"[..], 2), (b"ab\xc3\xa9", 4), (b"a\xffb", 3)] {
            let mut bytes = bytes.to_vec();
            trim_cut_character(&mut bytes);
            assert_eq!(bytes.len(), left);
        }
    }
}
