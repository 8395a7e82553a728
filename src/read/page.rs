//! HTML: the article of a page, without what stands around it on every page of the site.
//!
//! `dom_smoothie` (the readability of Firefox, ported) finds the article, its title and its date; where it finds none, as on
//! pages of a few lines, the text of the whole body is taken. What survives of the frame of a site recurs on other pages
//! and is found as common text later. Only with the feature `html`; otherwise every page is a problem that says so.
//!
//! Limits: pages that are nested very deeply, or hold very many tags, entities or attributes, are told and not read: trees
//! are walked by recursion, and some steps of parsing take the square of such numbers. Time: about 10 MB/s.

use super::encoding::{self, Encoding, Finding};
use super::http;

/// Bytes of a page in which it may say its encoding, as browsers look for it, and some more.
const PROLOG: usize = 4096;

/// What a page, a Markdown file or a record of an archive holds.
#[derive(Debug, Default)]
pub(super) struct Content {
    pub(super) text: String,
    pub(super) title: Option<String>,
    /// When it was published, as it is written there.
    pub(super) published: Option<String>,
    /// The address it gives itself.
    pub(super) url: Option<String>,
}

/// The article of a page in some encoding: the one that was asked for, else as the page, its server or its bytes tell.
///
/// # Errors
///
/// If it is no text, or not to be taken apart.
pub(super) fn page(
    bytes: &[u8],
    asked: Option<Encoding>,
    declared: Option<Encoding>,
) -> Result<(Content, Option<Finding>), Finding> {
    let declared = declared.or_else(|| said_inside(bytes));
    let (html, finding) = encoding::decode(bytes, asked, declared)?;
    Ok((tree::article(&html)?, finding))
}

/// The encoding that the page itself names.
fn said_inside(bytes: &[u8]) -> Option<Encoding> {
    let prolog = bytes[..bytes.len().min(PROLOG)].to_ascii_lowercase();
    let prolog = String::from_utf8_lossy(&prolog);
    let of_xml = prolog.strip_prefix("<?xml").and_then(|rest| rest.split("?>").next());
    let of_xml = of_xml.and_then(|xml| xml.split_once("encoding=")).map(|(_, label)| label);
    let found = match of_xml {
        Some(label) => http::charset(&format!("charset={label}")),
        None => prolog.match_indices("<meta").find_map(|(at, _)| {
            let end = prolog[at..].find('>').map_or(prolog.len(), |end| at + end);
            http::charset(&prolog[at..end])
        }),
    };
    // What was found byte by byte is not in units of two bytes, whatever it says.
    found.filter(|found| *found != Encoding::UTF_16LE && *found != Encoding::UTF_16BE)
}

#[cfg(not(feature = "html"))]
mod tree {
    use super::{Content, Finding};
    use crate::article::ProblemKind;

    pub(super) fn article(_: &str) -> Result<Content, Finding> {
        let words = "pages are read only by a build with the feature `html`";
        Err((ProblemKind::Page, words.to_owned()))
    }
}

/// Elements of a page that may stand in each other.
pub(crate) const LEVELS: usize = 500;

#[cfg(feature = "html")]
mod tree {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use dom_smoothie::{Config, Readability, TextMode};

    use super::{Content, Finding, LEVELS};
    use crate::article::ProblemKind;

    /// Tags and entities that a page may have.
    const MOST_TAGS: usize = 200_000;
    /// Words inside one tag, which may all be attributes.
    const MOST_ATTRIBUTES: usize = 20_000;
    /// What is no text of a page.
    const SILENT: &str = "script,style,noscript,template,nav,header,footer,aside,form,iframe,svg";
    /// Elements that never hold others.
    const EMPTY: [&[u8]; 14] = [
        b"area", b"base", b"br", b"col", b"embed", b"hr", b"img", b"input", b"link", b"meta",
        b"param", b"source", b"track", b"wbr",
    ];

    pub(super) fn article(html: &str) -> Result<Content, Finding> {
        let refuse = |words: String| Err((ProblemKind::Page, words));
        let (tags, depth) = measure(html.as_bytes());
        let entities = memchr::memchr_iter(b'&', html.as_bytes()).count();
        if tags + entities > MOST_TAGS {
            return refuse(format!("the page has more than {MOST_TAGS} tags and entities"));
        }
        if most_attributes(html) > MOST_ATTRIBUTES {
            return refuse(format!("a tag of the page has more than {MOST_ATTRIBUTES} attributes"));
        }
        if depth > LEVELS {
            return refuse(format!("the page is nested more than {LEVELS} deep"));
        }
        // A library that gives up on one page of strangers must not end the run.
        match catch_unwind(AssertUnwindSafe(|| extract(html))) {
            Ok(content) => Ok(content),
            Err(_) => refuse("the page cannot be taken apart".to_owned()),
        }
    }

    fn extract(html: &str) -> Content {
        let config = Config { text_mode: TextMode::Formatted, ..Config::default() };
        let filled = |text: String| Some(text).filter(|text| !text.trim().is_empty());
        let Ok(mut page) = Readability::new(html, None, Some(config)) else {
            return Content::default();
        };
        let known = page.get_article_metadata(page.parse_json_ld());
        let (title, published, url) = match page.parse() {
            Ok(found) if !found.text_content.trim().is_empty() => {
                return Content {
                    text: found.text_content.trim().to_owned(),
                    title: filled(found.title),
                    published: found.published_time,
                    url: found.url,
                };
            }
            _ => (known.title, known.published_time, known.url),
        };
        let Ok(whole) = Readability::new(html, None, None) else { return Content::default() };
        whole.doc.select(SILENT).remove();
        let text = whole.doc.select("body").formatted_text().trim().to_owned();
        Content { text, title: filled(title), published, url }
    }

    /// The number of tags, and how deep they are nested at most if none that is open is closed by another.
    fn measure(html: &[u8]) -> (usize, usize) {
        let (mut tags, mut depth, mut deepest) = (0, 0usize, 0);
        for at in memchr::memchr_iter(b'<', html) {
            match html[at + 1..] {
                [b'/', ..] => depth = depth.saturating_sub(1),
                [first, ..] if first.is_ascii_alphabetic() => {
                    let name = html[at + 1..].iter().take_while(|b| b.is_ascii_alphanumeric());
                    let name = &html[at + 1..at + 1 + name.count()];
                    let alone = EMPTY.iter().any(|empty| empty.eq_ignore_ascii_case(name));
                    // These close the one before: pages of the nineties never do.
                    let own = [&b"p"[..], b"li", b"td", b"tr", b"dt", b"dd", b"option"];
                    let closed = own.iter().any(|own| own.eq_ignore_ascii_case(name));
                    depth += usize::from(!alone && !closed);
                }
                _ => continue,
            }
            tags += 1;
            deepest = deepest.max(depth);
        }
        (tags, deepest)
    }

    /// The most words that one tag holds, as far as it matters.
    fn most_attributes(html: &str) -> usize {
        let tags = html.split('<').filter(|tag| tag.len() > MOST_ATTRIBUTES);
        let words =
            tags.map(|tag| tag.split('>').next().unwrap_or_default().split_ascii_whitespace());
        words.map(Iterator::count).max().unwrap_or(0)
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        #[test]
        fn nesting_is_measured_without_a_tree() {
            assert_eq!(measure(b"<p>a<br>b<p>c<div><b>d</b></div>1 < 2"), (7, 2));
        }

        #[test]
        fn pages_that_only_cost_are_refused() {
            let attributes = format!("<p {}>", "a ".repeat(20_001));
            let (deep, many) = ("<div>".repeat(501), "<br>&lt;".repeat(100_001));
            for html in [deep, many, attributes] {
                assert_eq!(article(&html).unwrap_err().0, ProblemKind::Page);
            }
        }
    }
}

#[cfg(all(test, feature = "html"))]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STORY: [&str; 3] = [
        "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday, after a storm damaged \
         the landing stage and two of the four moorings on the island, which has no other link to the mainland.",
        "Mail and bread are brought by a fishing boat, the mayor said, and the school has moved its exams, since half of \
         the teachers live in Ktown and cannot come over before the stage has been repaired by divers.",
        "The repair will cost about 40,000 crowns, of which the county pays half; the rest, the office said, must come \
         from the fares, which were last raised nine years ago, when the old boat was sold to a museum.",
    ];

    fn site(body: &str) -> String {
        format!(
            "<!doctype html><html><head><title>Ferry stays | K-Town Post</title>\
             <meta property=\"article:published_time\" content=\"2024-03-01T08:00:00Z\"></head><body>\
             <nav><ul><li><a href=/a>Home</a><li><a href=/b>Sports</a></ul></nav>{body}\
             <aside><a href=/c>Most read: ten gardens to see</a></aside>\
             <footer>Imprint and privacy of the K-Town Post</footer><script>var tracker = 1;</script></body></html>"
        )
    }

    #[test]
    fn the_article_is_taken_and_the_frame_is_left() {
        let story: String = STORY.iter().map(|p| format!("<p>{p}</p>")).collect();
        let html = site(&format!("<article><h1>Ferry stays</h1>{story}</article>"));
        let (found, finding) = page(html.as_bytes(), None, None).unwrap();
        for part in STORY {
            assert!(found.text.contains(part), "{}", found.text);
        }
        for frame in ["Sports", "gardens", "Imprint", "tracker"] {
            assert!(!found.text.contains(frame), "{}", found.text);
        }
        assert!(found.title.unwrap().starts_with("Ferry stays") && finding.is_none());
        assert_eq!(found.published.as_deref(), Some("2024-03-01T08:00:00Z"));
    }

    #[test]
    fn a_page_of_a_few_words_is_all_text() {
        let (found, _) =
            page(b"<title>T</title><p>Two short words.<p>And more.", None, None).unwrap();
        assert!(found.text.contains("Two short words.") && found.text.contains("And more."));
    }

    #[test]
    fn the_encoding_is_the_one_that_is_named() {
        let words = b"<p>\xcf\xe0\xf0\xee\xec \xf1\xf2\xee\xe8\xf2";
        for prolog in [
            "<meta charset=windows-1251>",
            "<META http-equiv=Content-Type content=\"text/html; charset=windows-1251\">",
            "<?xml version=\"1.0\" encoding=\"windows-1251\"?>",
        ] {
            let (found, finding) = page(&[prolog.as_bytes(), words].concat(), None, None).unwrap();
            assert!(found.text.contains("Паром стоит"), "{prolog}: {}", found.text);
            assert_eq!(finding, None);
        }
        assert_eq!(said_inside(b"<meta charset=utf-16>"), None);
    }

    proptest! {
        #[test]
        fn no_page_panics(html in "(</?(p|a|b|div|table|td|ul|li|script|html|body|template|svg|select)[ a-z=\"]{0,5}>|[a-z &;<]{0,6}){0,40}") {
            let (found, _) = page(html.as_bytes(), None, None).unwrap();
            prop_assert!(found.text.len() <= 4 * html.len() + 64);
        }
    }
}
