//! Markdown: the words that readers see, without marks, addresses of links and HTML, and what the front matter says.
//!
//! CommonMark with tables, as `pulldown-cmark` reads it; it does not recurse, so nesting costs no stack. Marks matter, since
//! `_word_` is another word than `word` and the words of an address are in no other copy. Linear.
//!
//! Front matter is a block between `---` or `+++` lines at the very beginning (Jekyll, Hugo and most static sites). Only
//! `name: value` and `name = value` on one line are read, which is how titles, dates and addresses are written there: no
//! parser for YAML or TOML is worth its weight for that.

use pulldown_cmark::{Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::page::Content;

/// What a Markdown file holds.
pub(super) fn content(source: &str) -> Content {
    let source = source.trim_start_matches('\u{feff}');
    let (front, body) = front_matter(source);
    let said = |names: &[&str], fits: fn(&String) -> bool| {
        let value = |name: &&str| {
            let mut lines = front.lines().filter_map(|line| line.split_once([':', '=']));
            lines
                .find(|(key, _)| key.trim().eq_ignore_ascii_case(name))
                .map(|(_, value)| plain(value))
        };
        names.iter().filter_map(value).find(fits)
    };
    let (text, heading) = text(body);
    Content {
        text,
        title: said(&["title", "headline"], |title| !title.is_empty()).or(heading),
        published: said(
            &["date", "published", "publishdate", "date_published", "pubdate"],
            |date| !date.is_empty(),
        ),
        url: said(&["url", "canonical_url", "canonical", "link", "source_url"], |url| {
            url.contains("://")
        }),
    }
}

/// A value without its quotes and the comment behind it.
fn plain(value: &str) -> String {
    let value = value.trim();
    for quote in ['"', '\''] {
        if let Some(inside) = value.strip_prefix(quote) {
            return inside.split(quote).next().unwrap_or_default().to_owned();
        }
    }
    value.split(" #").next().unwrap_or_default().trim().to_owned()
}

/// What stands between the marks of front matter, if there is any, and what follows it.
fn front_matter(source: &str) -> (&str, &str) {
    let Some((first, rest)) = source.split_once('\n') else { return ("", source) };
    let mark = first.trim_end();
    if mark != "---" && mark != "+++" {
        return ("", source);
    }
    let mut at = 0;
    for line in rest.split_inclusive('\n') {
        if line.trim_end() == mark {
            return (&rest[..at], &rest[at + line.len()..]);
        }
        at += line.len();
    }
    ("", source)
}

/// The text, and the first heading if the text begins with it.
fn text(body: &str) -> (String, Option<String>) {
    let mut text = String::with_capacity(body.len());
    let mut heading = None;
    let mut pictures = 0;
    for event in Parser::new_ext(body, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH) {
        match event {
            Event::Start(Tag::Image { .. }) => pictures += 1,
            Event::End(TagEnd::Image) => pictures -= 1,
            Event::Text(words) | Event::Code(words) if pictures == 0 => text.push_str(&words),
            Event::SoftBreak | Event::HardBreak => text.push('\n'),
            Event::End(TagEnd::Heading(HeadingLevel::H1)) if heading.is_none() => {
                let first = text.trim();
                heading = Some(first.to_owned()).filter(|first| !first.contains('\n'));
                end_block(&mut text);
            }
            Event::End(TagEnd::TableCell) => text.push(' '),
            Event::End(end) if ends_block(end) => end_block(&mut text),
            _ => {}
        }
    }
    text.truncate(text.trim_end().len());
    (text, heading.filter(|heading| !heading.is_empty()))
}

fn ends_block(end: TagEnd) -> bool {
    use TagEnd::{BlockQuote, CodeBlock, Heading, Item, Paragraph, TableHead, TableRow};
    matches!(end, BlockQuote(_) | CodeBlock | Heading(_) | Item | Paragraph | TableHead | TableRow)
}

/// Ends a paragraph, once.
fn end_block(text: &mut String) {
    text.truncate(text.trim_end().len());
    if !text.is_empty() {
        text.push_str("\n\n");
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_addresses_and_pictures_go() {
        let source = "# Ferry *stays*\n\nThe [port office](http://port.example/x) said _so_ \
            `twice`.\nIt ![a photo](p.png) will.\n\n- one\n- two\n\n> Quoted.\n\n<div class=\"ad\">\n\n| a | b |\n|---|---|\n| c | d |\n";
        let found = content(source);
        assert_eq!(found.title.as_deref(), Some("Ferry stays"));
        let expected = "Ferry stays\n\nThe port office said so twice.\nIt  will.\n\none\n\ntwo\n\nQuoted.\n\na b\n\nc d";
        assert_eq!(found.text, expected);
    }

    #[test]
    fn front_matter_is_read_and_is_no_text() {
        for source in [
            "---\ntitle: \"Ferry: it stays\" # draft\ndate: 2024-03-01\nurl: /x\ncanonical_url: https://k.example/1\n---\nWords.\n",
            "\u{feff}+++\r\ntitle = 'Ferry: it stays'\r\ndate = 2024-03-01\r\nlink = \"https://k.example/1\"\r\n+++\r\nWords.\r\n",
        ] {
            let found = content(source);
            assert_eq!(
                (found.text.as_str(), found.title.as_deref()),
                ("Words.", Some("Ferry: it stays"))
            );
            assert_eq!(found.published.as_deref(), Some("2024-03-01"));
            assert_eq!(found.url.as_deref(), Some("https://k.example/1"));
        }
        let rule = content("---\n\nA rule is no front matter.\n");
        assert_eq!((rule.text.as_str(), rule.title), ("A rule is no front matter.", None));
    }

    proptest! {
        #[test]
        fn plain_sentences_stay_as_they_are(words in prop::collection::vec("[a-zé]{1,9}", 1..9)) {
            let source = words.join(" ");
            prop_assert_eq!(content(&source).text, source);
        }

        #[test]
        fn no_source_panics(source in "[-+#>*_`\\[\\]()|!<a \n]{0,80}") {
            let _ = content(&source);
        }
    }
}
