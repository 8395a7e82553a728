//! Plain text and Markdown: the whole file is one article, exactly as it stands.

use std::sync::Arc;

use super::record::{Parsed, not_utf8};
use crate::article::{Article, Origin, Problem, ProblemKind};

/// Reads a whole file as an article with this id.
pub(super) fn parse(file: &Arc<str>, id: &str, bytes: Vec<u8>) -> Parsed {
    let origin = Origin { file: Arc::clone(file), line: 1, record: 1 };
    let (kind, detail) = match String::from_utf8(bytes) {
        Ok(text) if text.trim_start_matches('\u{feff}').trim().is_empty() => {
            (ProblemKind::EmptyText, "the file holds no words".to_owned())
        }
        Ok(text) => return (Some(Article { origin, ..Article::new(id, text) }), None),
        Err(error) => {
            let offset = error.utf8_error().valid_up_to();
            (ProblemKind::Encoding, not_utf8(error.as_bytes(), offset))
        }
    };
    (None, Some(Problem { origin, kind, detail }))
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

    #[test]
    fn the_whole_file_is_the_text() {
        let file = Arc::from("d/a.txt");
        let (article, problem) = parse(&file, "a", "\r\nTwo\nlines é".into());
        let article = article.unwrap();
        assert_eq!((article.id.as_str(), article.text.as_str()), ("a", "\r\nTwo\nlines é"));
        assert_eq!((article.origin.to_string().as_str(), article.origin.record), ("d/a.txt:1", 1));
        assert_eq!(problem, None);
    }

    #[test]
    fn what_is_no_text_is_a_problem() {
        for (bytes, kind, detail) in [
            (&b"ok \xe9t"[..], ProblemKind::Encoding, "not UTF-8 from byte 3 on (0xe9)"),
            (b"", ProblemKind::EmptyText, "the file holds no words"),
            (b"\xef\xbb\xbf \n", ProblemKind::EmptyText, "the file holds no words"),
        ] {
            let (article, problem) = parse(&Arc::from("a"), "a", bytes.to_vec());
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
