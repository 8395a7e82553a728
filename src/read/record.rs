//! Turns one record into an article, or into words about what is wrong with it.

use std::sync::Arc;

use super::cells::{Heading, Wanted};
use super::dates::parse_date;
use super::encoding;
use super::fields;
use super::pick::{Found, Plan, SLOTS};
use crate::article::{Article, Origin, Problem, ProblemKind};
use crate::config::{FieldNames, Input};

/// Characters of a broken record shown on either side of the place where it breaks.
const EXCERPT: usize = 20;

/// How the records of one file are read.
#[derive(Debug)]
pub(super) struct Layout {
    file: Arc<str>,
    names: FieldNames,
    picker: Picker,
}

/// How the fields are found in the bytes of a record.
#[derive(Debug)]
enum Picker {
    Json(Plan),
    Cells(Wanted),
}

/// What became of one record: an article, a problem, or (for an unclear date) both.
pub(super) type Parsed = (Option<Article>, Option<Problem>);

impl Layout {
    pub(super) fn new(file: Arc<str>, names: FieldNames) -> Layout {
        let picker = Picker::Json(fields::plan(&names));
        Layout { file, names, picker }
    }

    /// The same for rows under a heading.
    pub(super) fn of_cells(file: Arc<str>, names: FieldNames, heading: &Heading) -> Layout {
        let picker = Picker::Cells(Wanted::new(heading, fields::slots(&names)));
        Layout { file, names, picker }
    }

    pub(super) fn file(&self) -> &str {
        &self.file
    }

    /// Where a record of the file stands.
    pub(super) fn origin(&self, line: u64, record: u64) -> Origin {
        Origin { file: Arc::clone(&self.file), line, record }
    }

    /// Reads the record that starts on `line` (1-based) and is number `record` (1-based) of its file.
    pub(super) fn parse(&self, bytes: &[u8], line: u64, record: u64) -> Parsed {
        let origin = self.origin(line, record);
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text,
            Err(error) => {
                let detail = not_utf8(bytes, error.valid_up_to());
                return bad(origin, ProblemKind::Encoding, detail);
            }
        };
        let found = match &self.picker {
            Picker::Json(plan) => {
                plan.pick(text).map_err(|error| (ProblemKind::Json, not_json(text, &error)))
            }
            Picker::Cells(wanted) => wanted.pick(text).map_err(|detail| (ProblemKind::Row, detail)),
        };
        match found {
            Ok(found) => self.article(found, origin),
            Err((kind, detail)) => bad(origin, kind, detail),
        }
    }

    /// The same, decoded first if it must be; and what there is to tell of that.
    pub(super) fn parse_decoded(
        &self,
        bytes: &[u8],
        (line, record): (u64, u64),
        options: &Input,
    ) -> (Parsed, Option<Problem>) {
        let asked = encoding::of_records(options);
        if asked.is_none() {
            let parsed = self.parse(bytes, line, record);
            if parsed.1.as_ref().is_none_or(|problem| problem.kind != ProblemKind::Encoding) {
                return (parsed, None);
            }
        }
        let problem = |(kind, detail)| Problem { origin: self.origin(line, record), kind, detail };
        match encoding::decode(bytes, asked, None) {
            Ok((text, finding)) => {
                let parsed = self.parse(text.as_bytes(), line, record);
                // Of a record that is lost, the reason is what matters.
                let finding = finding.filter(|_| parsed.0.is_some()).map(problem);
                (parsed, finding)
            }
            Err(failure) => ((None, Some(problem(failure))), None),
        }
    }

    /// Makes an article of the fields of a row (1-based) that has no line.
    pub(super) fn row(&self, found: [Found; SLOTS], row: u64) -> Parsed {
        self.article(found, Origin { file: Arc::clone(&self.file), line: 0, record: row })
    }

    /// Makes an article of the fields of the record that stands there.
    fn article(&self, found: [Found; SLOTS], origin: Origin) -> Parsed {
        let [body, id, title, date, source, url] = found;
        let record = origin.record;
        let bad = |kind, detail| bad(origin.clone(), kind, detail);
        let field = self.names.text.as_deref().unwrap_or("text");
        let body = match body {
            Found::Text(body) if body.trim().is_empty() => {
                return bad(ProblemKind::EmptyText, format!("the field `{field}` holds no words"));
            }
            Found::Text(body) => body,
            Found::Missing => {
                return bad(ProblemKind::NoText, format!("there is no field `{field}`"));
            }
            Found::Null => return bad(ProblemKind::NoText, format!("the field `{field}` is null")),
            Found::Number(_) => {
                return bad(ProblemKind::NoText, format!("the field `{field}` is a number"));
            }
            Found::Other(what) => {
                return bad(ProblemKind::NoText, format!("the field `{field}` is {what}"));
            }
        };
        let (date, problem) = self.date(date, &origin);
        let url = string(url);
        let source = match string(source) {
            Some(source) if source.contains("://") => host(&source).or(Some(source)),
            Some(source) => Some(source),
            None => url.as_deref().and_then(host),
        };
        let id = scalar(id).or_else(|| url.clone()).unwrap_or_else(|| {
            let file = if &*self.file == "-" { "stdin" } else { &*self.file };
            format!("{file}:{record}")
        });
        (
            Some(Article {
                id,
                text: body,
                title: string(title),
                date,
                source,
                url,
                origin,
                position: 0,
            }),
            problem,
        )
    }

    fn date(
        &self,
        found: Found,
        origin: &Origin,
    ) -> (Option<crate::article::Date>, Option<Problem>) {
        let seen = match found {
            Found::Missing | Found::Null => return (None, None),
            Found::Text(text) if text.trim().is_empty() => return (None, None),
            Found::Text(text) | Found::Number(text) => match parse_date(&text) {
                Some(date) => return (Some(date), None),
                None => format!("`{}`", excerpt(&text, 0)),
            },
            Found::Other(what) => what.to_owned(),
        };
        let field = self.names.date.as_deref().unwrap_or("date");
        let detail = format!("the field `{field}` is no date that is known: {seen}");
        (None, Some(Problem { origin: origin.clone(), kind: ProblemKind::Date, detail }))
    }
}

fn bad(origin: Origin, kind: ProblemKind, detail: String) -> Parsed {
    (None, Some(Problem { origin, kind, detail }))
}

/// Says where bytes stop being UTF-8, counted from the start of the record or file.
pub(super) fn not_utf8(bytes: &[u8], offset: usize) -> String {
    match bytes {
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => {
            "it looks like UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`".to_owned()
        }
        _ => {
            let byte = bytes.get(offset).copied().unwrap_or_default();
            format!("not UTF-8 from byte {offset} on (0x{byte:02x})")
        }
    }
}

fn not_json(text: &str, error: &serde_json::Error) -> String {
    let whole = error.to_string();
    let message = whole.rsplit_once(" at line ").map_or(whole.as_str(), |(message, _)| message);
    // serde_json counts lines and columns (in bytes) from 1; column 0 is the end of the line before.
    let start: usize =
        text.split_inclusive('\n').take(error.line().saturating_sub(1)).map(str::len).sum();
    let near = excerpt(text, start + error.column().saturating_sub(1));
    match error.line() {
        0 | 1 => format!("{message} at column {}, near `{near}`", error.column()),
        line => format!(
            "{message} at line {line} of the record, column {}, near `{near}`",
            error.column()
        ),
    }
}

/// A few characters around a byte offset, on one line and safe to print.
fn excerpt(text: &str, at: usize) -> String {
    let at = at.min(text.len());
    let middle = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let (before, after) = text.split_at(middle);
    let start = before.char_indices().rev().nth(EXCERPT - 1).map_or(0, |(at, _)| at);
    let end = after.char_indices().nth(EXCERPT).map_or(text.len(), |(at, _)| middle + at);
    let mut shown = String::new();
    if start > 0 {
        shown.push('…');
    }
    // Besides control characters, marks that turn the direction of text around could make a terminal lie.
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    shown.extend(text[start..end].chars().map(|c| if hidden(c) { ' ' } else { c }));
    if end < text.len() {
        shown.push('…');
    }
    shown
}

fn string(found: Found) -> Option<String> {
    match found {
        Found::Text(text) if !text.trim().is_empty() => Some(text),
        _ => None,
    }
}

fn scalar(found: Found) -> Option<String> {
    match found {
        Found::Number(digits) => Some(digits),
        found => string(found),
    }
}

/// The host of an address: without scheme, user, port and a leading `www.`, in lower case.
pub(super) fn host(url: &str) -> Option<String> {
    let url = url.trim();
    let rest = url.split_once("://").map_or_else(|| url.trim_start_matches("//"), |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.find(']') {
        Some(end) => &host[..=end],
        None => host.split(':').next()?,
    };
    let host = host.to_ascii_lowercase();
    let host = host.strip_prefix("www.").unwrap_or(&host);
    let plausible = host.contains(['.', ':']) || url.contains("://");
    (plausible && !host.is_empty() && !host.contains(char::is_whitespace)).then(|| host.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn layout() -> Layout {
        let name = |name: &str| Some(name.to_owned());
        let names = FieldNames {
            text: name("text"),
            id: name("id"),
            title: name("title"),
            date: name("date"),
            source: name("source"),
            url: name("url"),
        };
        Layout::new(Arc::from("a.jsonl"), names)
    }

    fn article(json: &str) -> Article {
        let (article, problem) = layout().parse(json.as_bytes(), 5, 3);
        assert_eq!(problem, None);
        article.unwrap()
    }

    fn problem(json: &[u8]) -> (ProblemKind, String) {
        let (article, problem) = layout().parse(json, 5, 3);
        assert_eq!(article, None);
        let problem = problem.unwrap();
        assert_eq!(problem.origin.to_string(), "a.jsonl:5");
        (problem.kind, problem.detail)
    }

    #[test]
    fn a_full_record_becomes_an_article() {
        let found = article(
            r#"{"id":7,"text":" A\nb ","title":"T","date":"2024-03-01","source":"S","url":"http://x.org/1","more":[1]}"#,
        );
        assert_eq!(
            (found.id.as_str(), found.text.as_str(), found.title.as_deref()),
            ("7", " A\nb ", Some("T"))
        );
        assert_eq!(found.date.unwrap().to_string(), "2024-03-01");
        assert_eq!(
            (found.source.as_deref(), found.url.as_deref()),
            (Some("S"), Some("http://x.org/1"))
        );
        assert_eq!((found.origin.line, found.origin.record), (5, 3));
    }

    #[test]
    fn what_is_missing_is_filled_in() {
        let found = article(
            r#"{"text":"a","url":"https://www.X.org:80/1","id":"","title":" ","date":null}"#,
        );
        assert_eq!(
            (found.id.as_str(), found.source.as_deref()),
            ("https://www.X.org:80/1", Some("x.org"))
        );
        assert_eq!((found.title, found.date), (None, None));
        assert_eq!(article(r#"{"text":"a"}"#).id, "a.jsonl:3");
        assert_eq!(
            article(r#"{"text":"a","source":"http://www.b.org/feed"}"#).source.as_deref(),
            Some("b.org")
        );
        assert_eq!(
            article(r#"{"text":"a","date":1709287200000}"#).date.unwrap().seconds,
            1_709_287_200
        );
    }

    #[test]
    fn every_trouble_has_its_kind_and_its_words() {
        for (json, kind, detail) in [
            (
                &b"{\"text\":\"a\xff\"}"[..],
                ProblemKind::Encoding,
                "not UTF-8 from byte 10 on (0xff)",
            ),
            (
                b"\xff\xfe{",
                ProblemKind::Encoding,
                "it looks like UTF-16: convert it with `iconv -f UTF-16 -t UTF-8`",
            ),
            (
                b"{\"text\":\"a\",}",
                ProblemKind::Json,
                "trailing comma at column 13, near `{\"text\":\"a\",}`",
            ),
            (
                b"[1]",
                ProblemKind::Json,
                "invalid type: sequence, expected an object at column 0, near `[1]`",
            ),
            (
                b"{\n\"a\":\x1b\n}",
                ProblemKind::Json,
                "expected value at line 2 of the record, column 5, near `{ \"a\":  }`",
            ),
            (b"{\"id\":1}", ProblemKind::NoText, "there is no field `text`"),
            (b"{\"text\":null}", ProblemKind::NoText, "the field `text` is null"),
            (b"{\"text\":[\"a\"]}", ProblemKind::NoText, "the field `text` is an array"),
            (b"{\"text\":5}", ProblemKind::NoText, "the field `text` is a number"),
            (
                b"{\"text\":\" \\n\\u00a0\"}",
                ProblemKind::EmptyText,
                "the field `text` holds no words",
            ),
        ] {
            assert_eq!(problem(json), (kind, detail.to_owned()));
        }
        let lone = problem(br#"{"text":"\ud800 a"}"#);
        assert_eq!(lone.0, ProblemKind::Json);
    }

    #[test]
    fn an_unclear_date_does_not_cost_the_article() {
        for (json, seen) in [
            (r#"{"text":"a","date":"soon"}"#, "`soon`"),
            (r#"{"text":"a","date":{}}"#, "an object"),
        ] {
            let (article, problem) = layout().parse(json.as_bytes(), 1, 1);
            let problem = problem.unwrap();
            assert_eq!((article.unwrap().date, problem.kind), (None, ProblemKind::Date));
            assert!(
                problem.detail.ends_with(&format!("no date that is known: {seen}")),
                "{}",
                problem.detail
            );
        }
    }

    #[test]
    fn excerpts_are_short_and_whole() {
        let text = "é".repeat(100);
        assert_eq!(excerpt(&text, 101), format!("…{}…", "é".repeat(40)));
        assert_eq!(excerpt("a\x1b[31m\u{202e}b", 99), "a [31m b");
    }

    #[test]
    fn hosts_are_bare() {
        for (url, shown) in [
            ("https://user:pw@www.Example.org:8080/a?b", Some("example.org")),
            ("//cdn.example.org/x", Some("cdn.example.org")),
            ("example.org/x", Some("example.org")),
            ("http://localhost/x", Some("localhost")),
            ("http://[::1]:80/", Some("[::1]")),
            ("not a url", None),
            ("", None),
            ("article-7", None),
        ] {
            assert_eq!(host(url).as_deref(), shown, "{url}");
        }
    }
}
