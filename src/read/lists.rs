//! Finds the list of records inside a JSON object: what news APIs answer with, and what some exports wrap around an array.
//!
//! Only lists of objects under well-known keys count, and only if the object does not look like an article itself: an
//! article may well have `items` of its own. Looks at the first bytes only.

use super::fields::is_text_name;

/// Keys that lead to a list of records; dots lead into nested objects.
pub(crate) const LISTS: &[&str] = &[
    "articles",
    "data",
    "docs",
    "documents",
    "entries",
    "items",
    "news",
    "posts",
    "records",
    "response.docs",
    "response.results",
    "results",
    "rows",
    "stories",
];

/// Offset of the bracket that opens the list, in the first bytes of an object.
pub(super) fn find(seen: &[u8]) -> Option<usize> {
    let mut scanner = Scanner { seen, at: 0, list: None, is_article: false };
    scanner.object("");
    scanner.list.filter(|_| !scanner.is_article)
}

struct Scanner<'a> {
    seen: &'a [u8],
    at: usize,
    list: Option<usize>,
    /// A string stands under a name that texts have.
    is_article: bool,
}

impl Scanner<'_> {
    /// Looks through an object; `None` as soon as the bytes end or make no sense.
    fn object(&mut self, above: &str) -> Option<()> {
        self.take(b'{')?;
        loop {
            match self.next()? {
                b'}' => return self.take(b'}'),
                b',' => self.take(b',')?,
                _ => {
                    let key = self.string()?;
                    self.take(b':')?;
                    let path = if above.is_empty() { key } else { format!("{above}.{key}") };
                    self.value(&path, above.is_empty())?;
                }
            }
        }
    }

    fn value(&mut self, path: &str, is_top: bool) -> Option<()> {
        match self.next()? {
            b'"' => {
                self.is_article |= is_top && is_text_name(path);
                self.string().map(drop)
            }
            b'{' if is_top => self.object(path),
            b'[' if self.list.is_none() && LISTS.contains(&path) => {
                let place = self.at;
                self.at += 1;
                if matches!(self.next()?, b'{' | b']') {
                    self.list = Some(place);
                }
                self.at = place;
                self.skip()
            }
            _ => self.skip(),
        }
    }

    /// Passes over a value of any kind.
    fn skip(&mut self) -> Option<()> {
        let mut depth = 0_usize;
        loop {
            match self.next()? {
                b'"' => self.string().map(drop)?,
                b'{' | b'[' => {
                    depth += 1;
                    self.at += 1;
                }
                b'}' | b']' | b',' if depth == 0 => return Some(()),
                b'}' | b']' => {
                    depth -= 1;
                    self.at += 1;
                }
                _ => self.at += 1,
            }
        }
    }

    /// The next byte that is not white space.
    fn next(&mut self) -> Option<u8> {
        while self.seen.get(self.at)?.is_ascii_whitespace() {
            self.at += 1;
        }
        self.seen.get(self.at).copied()
    }

    fn take(&mut self, byte: u8) -> Option<()> {
        (self.next()? == byte).then(|| self.at += 1)
    }

    fn string(&mut self) -> Option<String> {
        let start = self.at;
        self.take(b'"')?;
        loop {
            self.at += memchr::memchr2(b'"', b'\\', self.seen.get(self.at..)?)?;
            if self.seen[self.at] == b'"' {
                break;
            }
            self.at += 2;
        }
        self.at += 1;
        Some(serde_json::from_slice(&self.seen[start..self.at]).unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn found(text: &str) -> Option<&str> {
        find(text.as_bytes()).map(|at| &text[at..])
    }

    #[test]
    fn lists_under_known_keys_are_found() {
        for (text, list) in [
            (r#"{"status":"ok","articles":[{"a":1}]}"#, Some(r#"[{"a":1}]}"#)),
            (r#"{ "response" : {"n":[1,"]"], "docs": [ {"#, Some("[ {")),
            (r#"{"data":[],"x":{"text":"inside"}}"#, Some(r#"[],"x":{"text":"inside"}}"#)),
            (r#"{"data":[1,2]}"#, None),
            (r#"{"people":[{"a":1}]}"#, None),
            (r#"{"items":[{"a":1}],"Body":"An article with a list of its own."}"#, None),
            (r#"{"text":"An article.","items":[{"a":1}]}"#, None),
            (r#"{"a":{"b":{"docs":[{"#, None),
        ] {
            assert_eq!(found(text), list, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_input_panics(text in "[\\[\\]{}\":,\\\\ a]{0,40}", cut in 0usize..40) {
            let text = format!("{{\"data\":[{{{text}");
            find(&text.as_bytes()[..cut.min(text.len())]);
            find(text.as_bytes());
        }
    }
}
