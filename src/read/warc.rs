//! WARC and WET: finds the records of a web archive, and the articles in them.
//!
//! A record is a head of lines, an empty line, and as many bytes as `Content-Length` says (ISO 28500, WARC/1.0 and 1.1). Answers
//! of servers with status 200 are read by `http.rs`, `conversion` records (WET) are text as they stand; requests, metadata,
//! pictures and failed fetches hold no article and are passed over. Linear; memory: the longest record that is read, of
//! others only the head. Where a head is broken, the next one is sought.
//!
//! Not taken: the crate `warc` (0.4), which reads from a stream it owns and has no way to go on after a broken record or to
//! give the bytes of one as they stand.

use std::borrow::Cow;
use std::sync::Arc;

use memchr::memmem;

use super::blocks::{Cut, Span};
use super::dates::parse_date;
use super::encoding::{self, Finding};
use super::http;
use super::page::{self, Content};
use super::record::host;
use crate::article::{Article, Origin, Problem, ProblemKind};
use crate::config::Input;

/// How every record begins.
pub(super) const MAGIC: &[u8] = b"WARC/";
/// The longest head of a record.
const HEAD_MOST: usize = 64 << 10;
/// Bytes of what is no record that are given as one, to be told.
const SHOWN: usize = 64;

/// Cuts an archive into records, of which each is a head and a body without the empty lines behind it.
#[derive(Debug)]
pub(super) struct Records {
    longest: usize,
    at: usize,
    /// Bytes of a body that are still to be passed over.
    passing: u64,
    /// The last head was broken: the next is sought.
    lost: bool,
    /// Line ends before `counted`.
    lines: u64,
    counted: usize,
}

/// What stands at the beginning of some bytes.
enum Head {
    /// A head of so many bytes, with a body of so many.
    Whole(usize, u64),
    /// More bytes are needed.
    Open,
    Broken,
}

impl Records {
    /// Cuts records of at most `longest` bytes; of longer ones the heads.
    pub(super) fn new(longest: usize) -> Records {
        Records { longest, at: 0, passing: 0, lost: false, lines: 0, counted: 0 }
    }

    fn push(&mut self, end: usize, data: &[u8], spans: &mut Vec<Span>) {
        self.lines += memchr::memchr_iter(b'\n', &data[self.counted..self.at]).count() as u64;
        self.counted = self.at;
        spans.push(Span { start: self.at, end, line: self.lines + 1 });
        self.at = end;
    }

    /// Goes to the next head, if it is there.
    fn seek(&mut self, data: &[u8]) -> bool {
        let found = memmem::find(&data[self.at..], b"\nWARC/1.");
        // The beginning of what is sought may be the end of what is there.
        let safe = data.len().saturating_sub(b"\nWARC/1.".len() - 1).max(self.at);
        self.at = found.map_or(safe, |found| self.at + found + 1);
        self.lost = found.is_none();
        !self.lost
    }

    fn look(&self, data: &[u8]) -> Head {
        let rest = &data[self.at..];
        if !rest.starts_with(&MAGIC[..MAGIC.len().min(rest.len())]) {
            return Head::Broken;
        }
        match end_of_head(rest) {
            Some(end) => match field(&rest[..end], b"content-length") {
                Some(length) => {
                    match std::str::from_utf8(&length).ok().and_then(|l| l.parse().ok()) {
                        Some(length) => Head::Whole(end, length),
                        None => Head::Broken,
                    }
                }
                None => Head::Broken,
            },
            None if rest.len() > HEAD_MOST => Head::Broken,
            None => Head::Open,
        }
    }
}

impl Cut for Records {
    fn cut(&mut self, data: &[u8], spans: &mut Vec<Span>) {
        loop {
            let passed = self.passing.min((data.len() - self.at) as u64);
            self.passing -= passed;
            self.at += passed as usize;
            if self.passing > 0 || (self.lost && !self.seek(data)) {
                break;
            }
            self.at +=
                data[self.at..].iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).count();
            if self.at == data.len() {
                break;
            }
            match self.look(data) {
                Head::Open => break,
                Head::Broken => {
                    // Given when it is sure how much there is to show, so that blocks of any size show the same.
                    if data.len() - self.at < SHOWN {
                        break;
                    }
                    self.push(self.at + SHOWN, data, spans);
                    self.lost = true;
                }
                Head::Whole(head, body)
                    if (head as u64).saturating_add(body) > self.longest as u64 =>
                {
                    self.push(self.at + head, data, spans);
                    self.passing = body;
                }
                Head::Whole(head, body) => {
                    let whole = head + body as usize;
                    if data.len() - self.at < whole {
                        break;
                    }
                    self.push(self.at + whole, data, spans);
                }
            }
        }
        self.lines += memchr::memchr_iter(b'\n', &data[self.counted..self.at]).count() as u64;
        self.counted = self.at;
    }

    fn kept(&self) -> usize {
        self.at
    }

    fn rebase(&mut self, removed: usize) {
        // At the end of a stream more goes than was cut.
        self.at = self.at.saturating_sub(removed);
        self.counted = self.counted.saturating_sub(removed);
    }

    fn finish(&mut self, data: &[u8], whole: bool, spans: &mut Vec<Span>) {
        if whole && self.at < data.len() && !self.lost && self.passing == 0 {
            self.push(data.len(), data, spans);
        }
    }

    fn complaint(&self) -> Option<&'static str> {
        (self.passing > 0).then_some("the last record ends too early")
    }
}

/// Where the body begins.
pub(super) fn end_of_head(bytes: &[u8]) -> Option<usize> {
    let head = &bytes[..bytes.len().min(HEAD_MOST)];
    let mut ends = memchr::memchr_iter(b'\n', head);
    ends.find_map(|end| match head[end + 1..] {
        [b'\n', ..] => Some(end + 2),
        [b'\r', b'\n', ..] => Some(end + 3),
        _ => None,
    })
}

/// The value of a field of a head, whose name is given in lower case; lines that begin with white space belong to the one before.
pub(super) fn field(head: &[u8], name: &[u8]) -> Option<Vec<u8>> {
    let mut value: Option<Vec<u8>> = None;
    for line in head.split(|byte| *byte == b'\n').skip(1) {
        if let (Some(value), [b' ' | b'\t', ..]) = (&mut value, line) {
            value.push(b' ');
            value.extend_from_slice(line.trim_ascii());
            continue;
        }
        if value.is_some() {
            break;
        }
        let colon = memchr::memchr(b':', line);
        let (before, after) = line.split_at(colon.unwrap_or(line.len()));
        if before.trim_ascii().eq_ignore_ascii_case(name) {
            value = after.get(1..).map(|after| after.trim_ascii().to_vec());
        }
    }
    value
}

/// The article of one record, if it is of a kind that holds one, and what there is to tell about it.
///
/// `line` and `number` are those of the record in its file, both from 1.
pub(super) fn article(
    file: &Arc<str>,
    bytes: &[u8],
    (line, number): (u64, u64),
    options: &Input,
) -> (Option<Article>, Option<Problem>) {
    let origin = Origin { file: Arc::clone(file), line, record: number };
    let problem = |(kind, detail)| Problem { origin: origin.clone(), kind, detail };
    let found = match content(bytes, options) {
        Ok(None) => return (None, None),
        Ok(Some(found)) => found,
        Err(failure) => return (None, Some(problem(failure))),
    };
    let Found { uri, date, content, finding } = found;
    let Content { text, title, published, .. } = content;
    if text.trim().is_empty() {
        let words = "the record holds no words".to_owned();
        return (None, Some(problem((ProblemKind::EmptyText, words))));
    }
    let shown = if &**file == "-" { "stdin" } else { file };
    let article = Article {
        title,
        date: published.or(date).and_then(|date| parse_date(&date)),
        source: uri.as_deref().and_then(host),
        url: uri.clone(),
        origin: origin.clone(),
        ..Article::new(uri.unwrap_or_else(|| format!("{shown}:{number}")), text)
    };
    (Some(article), finding.map(problem))
}

struct Found {
    uri: Option<String>,
    date: Option<String>,
    content: Content,
    finding: Option<Finding>,
}

fn content(bytes: &[u8], options: &Input) -> Result<Option<Found>, Finding> {
    let broken = |words: &str| Err((ProblemKind::Archive, words.to_owned()));
    if !bytes.starts_with(MAGIC) {
        return broken("there is no record here: the next one was sought");
    }
    let Some(end) = end_of_head(bytes) else { return broken("the head of the record is broken") };
    let (head, body) = bytes.split_at(end);
    let text_of = |name: &[u8]| field(head, name).map(|v| String::from_utf8_lossy(&v).into_owned());
    let kind = text_of(b"warc-type").unwrap_or_default().to_ascii_lowercase();
    let media = text_of(b"content-type").unwrap_or_default().to_ascii_lowercase();
    let is_answer = kind == "response" && media.starts_with("application/http");
    let holds_text = matches!(&*kind, "conversion" | "resource") && media.starts_with("text/");
    if !is_answer && !holds_text {
        return Ok(None);
    }
    let length = text_of(b"content-length").and_then(|length| length.parse::<u64>().ok());
    match length {
        Some(length) if length > body.len() as u64 && body.is_empty() => {
            let words = format!("a body of {length} bytes; --max-record can raise what is read");
            return Err((ProblemKind::LongRecord, words));
        }
        Some(length) if length == body.len() as u64 => {}
        _ => return broken("the record ends too early"),
    }
    let found = if is_answer {
        http::content(body, options)?
    } else if media.starts_with("text/html") {
        Some(page::page(body, options.encoding, http::charset(&media))?)
    } else {
        let (text, finding) = encoding::decode(body, options.encoding, http::charset(&media))?;
        Some((Content { text: Cow::into_owned(text), ..Content::default() }, finding))
    };
    // Some writers put the address in angle brackets, as the first draft of the standard had it.
    let uri = text_of(b"warc-target-uri")
        .map(|uri| uri.trim_start_matches('<').trim_end_matches('>').to_owned());
    let uri = uri.filter(|uri| !uri.is_empty());
    let date = text_of(b"warc-date");
    Ok(found.map(|(content, finding)| Found { uri, date, content, finding }))
}

#[cfg(test)]
mod tests {
    use super::super::blocks::tests::cut_all;
    use super::*;
    use proptest::prelude::*;

    fn record(kind: &str, media: &str, body: &str) -> String {
        format!(
            "WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: http://k.example/1\r\nWARC-Date: 2024-03-01T08:00:00Z\r\n\
             content-type: {media}\r\nContent-Length: {}\r\n\r\n{body}\r\n\r\n",
            body.len()
        )
    }

    fn records(data: &[u8], size: usize, longest: usize) -> (Vec<(u64, Vec<u8>)>, Option<String>) {
        cut_all(Box::new(Records::new(longest)), data, size)
    }

    fn read(record: &str) -> (Option<Article>, Option<Problem>) {
        article(
            &Arc::from("a.warc"),
            record.strip_suffix("\r\n\r\n").unwrap_or(record).as_bytes(),
            (3, 2),
            &Input::default(),
        )
    }

    #[test]
    fn a_conversion_is_a_text() {
        let (found, problem) = read(&record("conversion", "text/plain", "Words of\nthe page."));
        let found = found.unwrap();
        assert_eq!((found.text.as_str(), problem), ("Words of\nthe page.", None));
        assert_eq!(
            (found.id.as_str(), found.url.as_deref()),
            ("http://k.example/1", Some("http://k.example/1"))
        );
        assert_eq!((found.source.as_deref(), found.origin.record), (Some("k.example"), 2));
        assert_eq!(found.date.unwrap().to_string(), "2024-03-01T08:00:00Z");
    }

    #[test]
    fn what_holds_no_article_is_passed_over() {
        let failed = "HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\n\r\n<p>No page";
        let picture = "HTTP/1.1 200 OK\r\nContent-Type: image/png\r\n\r\nxx";
        for (kind, media, body) in [
            ("warcinfo", "application/warc-fields", "software: x"),
            ("request", "application/http; msgtype=request", "GET / HTTP/1.1\r\n\r\n"),
            ("response", "application/http; msgtype=response", failed),
            ("response", "application/http; msgtype=response", picture),
            ("response", "text/dns", "1.2.3.4"),
            ("revisit", "application/http", ""),
        ] {
            assert_eq!(read(&record(kind, media, body)), (None, None), "{kind} {body}");
        }
    }

    #[test]
    fn broken_records_are_told_and_cost_only_themselves() {
        let good = record("conversion", "text/plain", "Good.");
        let liar = good.replace("Content-Length: 5", "Content-Length: x");
        let garbage = "no archive ".repeat(20);
        for bad in [liar, garbage] {
            let all = format!("{good}{bad}\r\n\r\n{good}");
            let (cut, failure) = records(all.as_bytes(), 1 << 20, 1 << 20);
            assert_eq!((cut.len(), failure), (3, None));
            let told: Vec<_> = cut
                .iter()
                .map(|(line, bytes)| {
                    let (found, problem) =
                        article(&Arc::from("a"), bytes, (*line, 1), &Input::default());
                    (found.is_some(), problem.map(|p| p.kind))
                })
                .collect();
            let broken = (false, Some(ProblemKind::Archive));
            assert_eq!(told, [(true, None), broken, (true, None)]);
        }
        let cut_off = &good[..good.len() - 6];
        assert!(read(cut_off).1.unwrap().detail.contains("too early"));
    }

    #[test]
    fn of_what_is_too_long_only_the_head_is_held() {
        let long = record("conversion", "text/plain", &"word ".repeat(5_000));
        let good = record("conversion", "text/plain", "Good.");
        let all = format!("{long}{good}");
        let (cut, failure) = records(all.as_bytes(), 64, 1_000);
        assert_eq!((cut.len(), failure), (2, None));
        let (_, problem) = article(&Arc::from("a"), &cut[0].1, (1, 1), &Input::default());
        assert_eq!(problem.unwrap().kind, ProblemKind::LongRecord);
        assert_eq!(cut[1].1, good.trim_end().as_bytes());
    }

    #[test]
    fn fields_are_found_whatever_their_case_and_over_several_lines() {
        let head = b"WARC/1.0\r\nWarc-Type:  a\r\nX: b\r\n c\r\n\td\r\nEmpty:\r\n\r\n";
        assert_eq!(field(head, b"warc-type").unwrap(), b"a");
        assert_eq!(field(head, b"x").unwrap(), b"b c d");
        assert_eq!((field(head, b"empty").unwrap(), field(head, b"none")), (Vec::new(), None));
    }

    /// The slow twin: a whole archive at once, by the book.
    fn by_the_book(mut rest: &[u8]) -> Vec<Vec<u8>> {
        let mut found = Vec::new();
        while !rest.is_empty() {
            let text = String::from_utf8_lossy(rest);
            let end = text.find("\r\n\r\n").unwrap() + 4;
            let length = text[..end].split("Content-Length: ").nth(1).unwrap();
            let length: usize = length.split("\r\n").next().unwrap().parse().unwrap();
            found.push(rest[..end + length].to_vec());
            rest = &rest[end + length + 4..];
        }
        found
    }

    proptest! {
        #[test]
        fn any_block_size_gives_the_same_records(bodies in prop::collection::vec("[a\r\n]{0,40}(WARC/1.0\r\n)?[\r\n]{0,4}", 0..6), size in 1usize..90) {
            let all: String = bodies.iter().map(|body| record("conversion", "text/plain", body)).collect();
            let (cut, failure) = records(all.as_bytes(), size, 1 << 20);
            prop_assert_eq!(failure, None);
            for (line, bytes) in &cut {
                let at = memmem::find(all.as_bytes(), bytes).unwrap();
                prop_assert!(all.as_bytes().split(|b| *b == b'\n').nth(*line as usize - 1).unwrap().starts_with(b"WARC/1.0"), "{at}");
            }
            let cut: Vec<_> = cut.into_iter().map(|(_, bytes)| bytes).collect();
            prop_assert_eq!(cut, by_the_book(all.as_bytes()));
        }

        #[test]
        fn no_bytes_panic_and_any_block_size_cuts_the_same(text in "(WARC/1\\.0\r?\n|Content-Length: [0-9]{1,3}\r?\n|\r?\n|[a-z\n ]{0,30}){0,12}", size in 1usize..50) {
            let whole = records(text.as_bytes(), 1 << 20, 100);
            let parts = records(text.as_bytes(), size, 100);
            prop_assert_eq!(&whole.0, &parts.0);
            for (_, bytes) in whole.0 {
                let _ = article(&Arc::from("a"), &bytes, (1, 1), &Input::default());
            }
        }
    }
}
