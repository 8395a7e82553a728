//! Answers of web servers as archives keep them: status, media type, and the body without chunks and compression.
//!
//! Only answers with status 200 that are pages or plain text hold an article. Crawlers often take chunks and compression off
//! and leave the fields that told of them: what a body is, its first bytes say. Linear in the decoded body, which may not be
//! longer than a record.

use std::borrow::Cow;
use std::io::Read;

use super::encoding::{self, Encoding, Finding};
use super::page::{self, Content};
use super::warc::{end_of_head, field};
use crate::article::ProblemKind;
use crate::config::Input;

/// The content of an answer, if it is one that holds an article, and what there is to tell about its encoding.
pub(super) fn content(
    answer: &[u8],
    options: &Input,
) -> Result<Option<(Content, Option<Finding>)>, Finding> {
    let Some(end) = end_of_head(answer) else { return Ok(None) };
    let (head, body) = answer.split_at(end);
    let status = head.split(|byte| *byte == b' ').nth(1);
    let media = field(head, b"content-type").unwrap_or_default().to_ascii_lowercase();
    let media = String::from_utf8_lossy(&media);
    let kind = media.split(';').next().unwrap_or_default().trim();
    let is_page = matches!(kind, "text/html" | "application/xhtml+xml");
    if status != Some(b"200") || !(is_page || kind == "text/plain") {
        return Ok(None);
    }
    let body = without_chunks(body);
    let body = decompressed(&body, head, options.limits.record)?;
    let declared = charset(&media);
    if is_page {
        return page::page(&body, options.encoding, declared).map(Some);
    }
    let (text, finding) = encoding::decode(&body, options.encoding, declared)?;
    Ok(Some((Content { text: text.into_owned(), ..Content::default() }, finding)))
}

/// The encoding that a media type in lower case names, as in `text/html; charset=utf-8`.
pub(super) fn charset(media: &str) -> Option<Encoding> {
    let (_, label) = media.split_once("charset=")?;
    let label = label.trim_start().trim_start_matches(['"', '\'']);
    let end = label.find(['"', '\'', ';', ' ']).unwrap_or(label.len());
    Encoding::of_label(&label.as_bytes()[..end])
}

/// The body of chunks put together, if that is what it is.
fn without_chunks(body: &[u8]) -> Cow<'_, [u8]> {
    let mut whole = Vec::new();
    let mut rest = body;
    loop {
        let Some(end) = memchr::memchr(b'\n', &rest[..rest.len().min(1024)]) else {
            return Cow::Borrowed(body);
        };
        let line = rest[..end].split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
        let size = std::str::from_utf8(line).ok().filter(|line| !line.starts_with('+'));
        let size = size.and_then(|line| usize::from_str_radix(line, 16).ok());
        match size {
            Some(0) => return Cow::Owned(whole),
            Some(size) if size < rest.len() - end => {
                whole.extend_from_slice(&rest[end + 1..end + 1 + size]);
                let behind = &rest[end + 1 + size..];
                rest =
                    behind.strip_prefix(b"\r\n").or(behind.strip_prefix(b"\n")).unwrap_or(behind);
            }
            _ => return Cow::Borrowed(body),
        }
    }
}

/// The body as its author wrote it.
fn decompressed<'a>(body: &'a [u8], head: &[u8], longest: usize) -> Result<Cow<'a, [u8]>, Finding> {
    let told = field(head, b"content-encoding").unwrap_or_default().to_ascii_lowercase();
    let broken = |words: String| (ProblemKind::Archive, words);
    let mut stream: Box<dyn Read + '_> = match (body, &*told) {
        ([0x1f, 0x8b, ..], _) => Box::new(flate2::bufread::MultiGzDecoder::new(body)),
        ([0x28, 0xb5, 0x2f, 0xfd, ..], _) => {
            let decoder = zstd::stream::read::Decoder::with_buffer(body);
            Box::new(decoder.map_err(|error| broken(format!("the body is broken ({error})")))?)
        }
        ([0x78, 0x01 | 0x5e | 0x9c | 0xda, ..], b"deflate") => {
            Box::new(flate2::bufread::ZlibDecoder::new(body))
        }
        // Text in spite of what was told was decompressed by the crawler.
        (_, b"br") if std::str::from_utf8(body).is_err() => {
            return Err(broken("the body is compressed with Brotli, which is not read".to_owned()));
        }
        _ => return Ok(Cow::Borrowed(body)),
    };
    let mut whole = Vec::new();
    match stream.by_ref().take(longest as u64 + 1).read_to_end(&mut whole) {
        Ok(size) if size > longest => {
            let words = format!(
                "decompressed, the body is longer than {longest} bytes, which --max-record can raise"
            );
            Err((ProblemKind::LongRecord, words))
        }
        Ok(_) => Ok(Cow::Owned(whole)),
        Err(error) => Err(broken(format!("the body is broken ({error})"))),
    }
}

#[cfg(test)]
mod tests {
    use super::super::open::tests::{gzip, zst};
    use super::*;
    use proptest::prelude::*;

    fn text(head: &str, body: &[u8]) -> Result<String, Finding> {
        let mut answer =
            format!("HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n{head}\r\n\r\n").into_bytes();
        answer.extend_from_slice(body);
        content(&answer, &Input::default()).map(|found| found.unwrap().0.text)
    }

    #[test]
    fn bodies_come_out_of_chunks_and_compression() {
        let chunked = b"4\r\nWord\r\n2;x=y\r\ns.\r\n0\r\n\r\n";
        assert_eq!(text("Transfer-Encoding: chunked", chunked).unwrap(), "Words.");
        assert_eq!(text("Transfer-Encoding: chunked", b"Words.").unwrap(), "Words.");
        for packed in [gzip(b"Words."), zst(b"Words.")] {
            assert_eq!(text("Content-Encoding: gzip", &packed).unwrap(), "Words.");
        }
        assert_eq!(text("Content-Encoding: br", b"Words.").unwrap(), "Words.");
        let (kind, words) = text("Content-Encoding: br", b"\x0b\x02\x80\xff").unwrap_err();
        assert!(kind == ProblemKind::Archive && words.contains("Brotli"));
        let cut = gzip(&b"Words of a page. ".repeat(100));
        assert_eq!(text("X: y", &cut[..cut.len() - 12]).unwrap_err().0, ProblemKind::Archive);
    }

    #[test]
    fn a_body_that_grows_too_much_is_told() {
        let options = Input {
            limits: crate::config::Limits { record: 1000, ..Default::default() },
            ..Input::default()
        };
        let mut answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n\r\n".to_vec();
        answer.extend(gzip(&[b'x'; 5000]));
        assert_eq!(content(&answer, &options).unwrap_err().0, ProblemKind::LongRecord);
    }

    #[test]
    fn the_charset_is_read() {
        for (media, name) in [
            ("text/html; charset=windows-1251", Some("windows-1251")),
            ("text/html;charset=\"utf-8\"", Some("UTF-8")),
            ("text/html; charset=klingon", None),
            ("text/html", None),
        ] {
            assert_eq!(charset(media).map(Encoding::name), name, "{media}");
        }
        let mut answer =
            b"HTTP/1.1 200 OK\nContent-type: text/plain; charset=windows-1251\n\n".to_vec();
        answer.extend(b"\xcf\xe0\xf0\xee\xec");
        let (found, finding) = content(&answer, &Input::default()).unwrap().unwrap();
        assert_eq!((found.text.as_str(), finding), ("Паром", None));
    }

    proptest! {
        #[test]
        fn any_body_in_chunks_comes_back(body: Vec<u8>, sizes in prop::collection::vec(1usize..9, 1..9)) {
            let mut chunked = Vec::new();
            let (mut rest, mut sizes) = (&body[..], sizes.iter().cycle());
            while !rest.is_empty() {
                let (chunk, more) = rest.split_at(rest.len().min(*sizes.next().unwrap()));
                chunked.extend(format!("{:X}\r\n", chunk.len()).into_bytes());
                chunked.extend_from_slice(chunk);
                chunked.extend_from_slice(b"\r\n");
                rest = more;
            }
            chunked.extend_from_slice(b"0\r\n\r\n");
            prop_assert_eq!(&*without_chunks(&chunked), &body[..]);
        }

        #[test]
        fn no_answer_panics(head in "[ -~\r\n]{0,80}", body: Vec<u8>) {
            let mut answer = b"HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n".to_vec();
            answer.extend(head.into_bytes());
            answer.extend(b"\r\n\r\n");
            answer.extend(body);
            let _ = content(&answer, &Input::default());
        }
    }
}
