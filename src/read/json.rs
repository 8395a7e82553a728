//! JSON arrays of objects, and objects one after another over several lines: finds the borders of the records.
//!
//! The array may stand inside an object: then what is before and behind it is passed over.
//! A scanner that only knows strings and nesting, so that the parsing itself can be spread over threads. Linear, and
//! strict about nothing: a record with an error inside is cut out all the same, and an error that hides its end (a
//! bracket or a quote that never closes) costs only that record wherever the next one can be recognized. Memory: a byte
//! for every open bracket, of which there are at most [`DEEPEST`].

use memchr::{memchr_iter, memchr3};

use super::blocks::{Cut, Span};

/// Brackets that may be open in a record: what is nested deeper is cut in the middle, and broken.
const DEEPEST: usize = 1 << 20;

/// Cuts at the borders of the elements of an array, or of values without one around them.
#[derive(Debug, Default)]
pub(super) struct Values {
    /// The next byte to look at.
    at: usize,
    /// Where the record that is not complete yet starts.
    start: Option<usize>,
    start_line: u64,
    /// The brackets that are open inside the record.
    open: Vec<u8>,
    /// How many of them are braces.
    braces: usize,
    in_string: bool,
    escaped: bool,
    /// The record is a word or a number: it ends where the next thing begins.
    bare: bool,
    /// The last byte outside strings that is not white space.
    last: u8,
    in_array: bool,
    /// Bytes that are still to be passed over before the array.
    lead: usize,
    /// Nothing behind the array counts.
    is_inside: bool,
    is_over: bool,
    /// The record is too long: it is followed to its end and not given.
    skipping: bool,
    /// Line ends before `counted`.
    lines: u64,
    counted: usize,
}

impl Values {
    /// The elements of the array whose bracket stands at this offset, inside an object.
    pub(super) fn inside(bracket: usize) -> Values {
        Values { lead: bracket, is_inside: true, ..Values::default() }
    }

    fn begin(&mut self, data: &[u8]) {
        self.count_to(self.at, data);
        self.start_line = self.lines + 1;
        self.start = Some(self.at);
        self.bare = !matches!(data[self.at], b'{' | b'[' | b'"');
        self.last = 0;
        if self.bare {
            self.at += 1;
        }
    }

    fn end(&mut self, end: usize, data: &[u8], spans: &mut Vec<Span>) {
        if std::mem::take(&mut self.skipping) {
            self.start = None;
        } else if let Some(start) = self.start.take() {
            let end = start + data[start..end].trim_ascii_end().len();
            spans.push(Span { start, end, line: self.start_line });
        }
        self.open.clear();
        self.braces = 0;
        self.in_string = false;
        self.escaped = false;
        self.bare = false;
    }

    fn count_to(&mut self, to: usize, data: &[u8]) {
        self.lines += memchr_iter(b'\n', &data[self.counted..to]).count() as u64;
        self.counted = to;
    }

    fn between(&mut self, byte: u8, data: &[u8]) {
        match byte {
            b'[' if !self.in_array => {
                self.in_array = true;
                self.at += 1;
            }
            b']' | b'}' => {
                self.is_over = self.is_inside && self.in_array && byte == b']';
                self.in_array = self.in_array && byte != b']';
                self.at += 1;
            }
            b',' | b' ' | b'\t' | b'\r' | b'\n' => self.at += 1,
            _ => self.begin(data),
        }
    }

    fn string(&mut self, data: &[u8], spans: &mut Vec<Span>) {
        if self.escaped {
            self.escaped = false;
            self.at += 1;
            return;
        }
        let Some(found) = memchr3(b'"', b'\\', b'\n', &data[self.at..]) else {
            self.at = data.len();
            return;
        };
        self.at += found + 1;
        match data[self.at - 1] {
            b'\\' => self.escaped = true,
            // A line end inside a string is not JSON: the quote is missing, and what follows is structure again.
            _ => {
                self.in_string = false;
                self.last = b'"';
                if self.open.is_empty() {
                    self.end(self.at, data, spans);
                }
            }
        }
    }

    fn structure(&mut self, byte: u8, data: &[u8], spans: &mut Vec<Span>) {
        match byte {
            // In an object a brace can only follow a colon: the record before was never closed, here is the next.
            b'{' if self.open.last() == Some(&b'{') && self.last != b':' => {
                return self.end(self.at, data, spans);
            }
            b'{' | b'[' if self.open.len() == DEEPEST => return self.end(self.at, data, spans),
            b'{' | b'[' => {
                self.open.push(byte);
                self.braces += usize::from(byte == b'{');
            }
            b'}' | b']' => {
                let (partner, partners) = match byte {
                    b'}' => (b'{', self.braces),
                    _ => (b'[', self.open.len() - self.braces),
                };
                // Counted, so that closing what was never opened does not search all that is open, each time.
                let mut open = self.open.iter();
                let depth = (partners > 0).then(|| open.rposition(|open| *open == partner));
                match depth.flatten() {
                    Some(depth) => {
                        let closed = self.open.drain(depth..);
                        self.braces -= closed.filter(|open| *open == b'{').count();
                    }
                    // It closes the array around the record, which itself was never closed.
                    None if byte == b']' && self.in_array => return self.end(self.at, data, spans),
                    None => {}
                }
                if self.open.is_empty() {
                    self.at += 1;
                    return self.end(self.at, data, spans);
                }
            }
            b'"' => self.in_string = true,
            _ => {}
        }
        if !byte.is_ascii_whitespace() {
            self.last = byte;
        }
        self.at += 1;
    }
}

impl Cut for Values {
    fn cut(&mut self, data: &[u8], spans: &mut Vec<Span>) {
        let passed = if self.is_over { usize::MAX } else { self.lead }.min(data.len() - self.at);
        self.at += passed;
        self.lead = self.lead.saturating_sub(passed);
        while let Some(byte) = data.get(self.at).copied() {
            if self.is_over {
                self.at = data.len();
            } else if self.start.is_none() {
                self.between(byte, data);
            } else if self.bare {
                match byte {
                    b',' | b']' | b'}' | b'{' | b'[' | b' ' | b'\t' | b'\r' | b'\n' => {
                        self.end(self.at, data, spans)
                    }
                    _ => self.at += 1,
                }
            } else if self.in_string {
                self.string(data, spans);
            } else {
                self.structure(byte, data, spans);
            }
        }
        self.count_to(self.kept(), data);
    }

    fn kept(&self) -> usize {
        if self.skipping { self.at } else { self.start.unwrap_or(self.at) }
    }

    fn rebase(&mut self, removed: usize) {
        self.at = self.at.saturating_sub(removed);
        self.counted = self.counted.saturating_sub(removed);
        self.start = self.start.map(|start| start.saturating_sub(removed));
    }

    fn finish(&mut self, data: &[u8], whole: bool, spans: &mut Vec<Span>) {
        if whole {
            self.end(data.len(), data, spans);
        } else {
            self.start = None;
        }
    }

    fn complaint(&self) -> Option<&'static str> {
        self.in_array.then_some("the array is never closed: the file ends too early")
    }

    fn skip(&mut self) -> Option<u64> {
        self.skipping = true;
        Some(self.start_line)
    }
}

#[cfg(test)]
mod tests {
    use super::super::blocks::tests::cut_all;
    use super::*;
    use proptest::prelude::*;

    fn cut(text: &str) -> Vec<(u64, String)> {
        let (spans, _) = cut_all(Box::<Values>::default(), text.as_bytes(), 1 << 20);
        spans.into_iter().map(|(line, bytes)| (line, String::from_utf8(bytes).unwrap())).collect()
    }

    fn records(text: &str) -> Vec<String> {
        cut(text).into_iter().map(|(_, record)| record).collect()
    }

    #[test]
    fn elements_are_cut_out_with_their_lines() {
        let text = "[\n{\"a\":\"]},{\\\"\"} ,\n\n {\n\"b\":[{},[]]\n}, 7,null, \"x\\\\\",[1]]\n";
        assert_eq!(
            cut(text),
            [
                (2, "{\"a\":\"]},{\\\"\"}".to_owned()),
                (4, "{\n\"b\":[{},[]]\n}".to_owned()),
                (6, "7".to_owned()),
                (6, "null".to_owned()),
                (6, "\"x\\\\\"".to_owned()),
                (6, "[1]".to_owned())
            ]
        );
    }

    #[test]
    fn objects_without_an_array_are_records_too() {
        assert_eq!(
            cut("{\n\"a\":1\n}\n{\"b\":2}"),
            [(1, "{\n\"a\":1\n}".to_owned()), (4, "{\"b\":2}".to_owned())]
        );
        assert!(records("").is_empty() && records(" [ ] ").is_empty());
    }

    #[test]
    fn a_broken_element_does_not_take_the_others_along() {
        let good = "{\"text\":\"good\"}";
        for bad in [
            "{\"a\":}",
            "{\"a\":[1}",
            "{\"a\":\"x\"",
            "{\"a\":\"x",
            "{\"a\":1]",
            "{\"a\":{\"b\":1}",
            "oops",
            "{\"a\":1}}",
        ] {
            let found = records(&format!("[{good},\n{bad},\n{good},\n{good}]"));
            let kept = found.iter().filter(|record| *record == good).count();
            assert_eq!(kept, 3, "{bad}: {found:?}");
        }
    }

    /// To search all that is open for the partner of each would take minutes.
    #[test]
    fn brackets_of_the_wrong_kind_are_passed_over() {
        let many = DEEPEST - 1;
        let text = format!("[{{\"a\":{}{}]", "[".repeat(many), "}".repeat(many));
        assert_eq!(records(&text).len(), 1);
        let text = format!("[{}{}]", "[".repeat(many), "}".repeat(many));
        assert_eq!(records(&text).len(), 1);
    }

    #[test]
    fn an_array_that_never_closes_is_told() {
        let (spans, failure) = cut_all(Box::<Values>::default(), b"[{\"a\":1},{\"b\":", 4);
        assert_eq!(spans.len(), 2);
        assert!(failure.unwrap().starts_with("the array is never closed"));
    }

    #[test]
    fn an_array_inside_an_object_is_cut_alone() {
        let text = "{\"n\":[1],\n\"docs\":[{\"a\":1},\n{\"b\":[2]}],\"more\":[{\"c\":3}]}\n";
        let bracket = text.find("[{").unwrap();
        for size in 1..40 {
            let cutter = Box::new(Values::inside(bracket));
            let (found, failure) = cut_all(cutter, text.as_bytes(), size);
            let expected = [(2, b"{\"a\":1}".to_vec()), (3, b"{\"b\":[2]}".to_vec())];
            assert_eq!((&found[..], failure), (&expected[..], None), "{size}");
        }
    }

    fn json() -> impl Strategy<Value = serde_json::Value> {
        let leaf = prop_oneof![
            Just(serde_json::Value::Null),
            any::<i32>().prop_map(serde_json::Value::from),
            "[a\\\\\"\\[\\]{},: \n]{0,8}".prop_map(serde_json::Value::from),
        ];
        leaf.prop_recursive(3, 24, 4, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
                prop::collection::vec(("[a\"{\\]]{0,3}", inner), 0..4)
                    .prop_map(|pairs| serde_json::Value::Object(pairs.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn any_array_is_cut_as_a_parser_would(items in prop::collection::vec(json(), 0..6), size in 1usize..60, pretty: bool) {
            let text = if pretty { serde_json::to_string_pretty(&items) } else { serde_json::to_string(&items) }.unwrap();
            let (spans, failure) = cut_all(Box::<Values>::default(), text.as_bytes(), size);
            prop_assert_eq!(failure, None);
            let parsed: Vec<serde_json::Value> = spans.iter().map(|(_, s)| serde_json::from_slice(s).unwrap()).collect();
            prop_assert_eq!(parsed, items);
        }

        #[test]
        fn no_input_panics_and_any_block_size_cuts_the_same(text in "[\\[\\]{}\",:\\\\ax \n]{0,40}", size in 1usize..9) {
            let whole = cut_all(Box::<Values>::default(), text.as_bytes(), 1 << 20);
            let parts = cut_all(Box::<Values>::default(), text.as_bytes(), size);
            prop_assert_eq!(whole.0, parts.0);
        }
    }
}
