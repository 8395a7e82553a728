//! A scan as one page of HTML that people can read, keep and hand on: everything is in the file, nothing is loaded.
//!
//! `page.html` is the frame, `page.css` the looks; the scripts beside them draw what is visible from one block of JSON
//! (`data.rs`), so that ten thousand groups open as fast as ten. Text of the corpus reaches the page inside that block
//! only, with every `<` escaped (`escaped.rs`), and from there by `textContent` only. The page's policy names the hashes of
//! its one style and its one script, so that even markup that got in could run nothing.
//!
//! Limit: the page holds about [`LIMIT`] bytes. Groups come largest first: the first have their texts, later ones are
//! listed without, the last are left out, and the page says so. Not taken: texts packed and unpacked by the browser (a
//! third of the size, but nothing could be found in the file by other tools), and a server.

mod cuts;
mod data;
mod escaped;
mod group;
mod overview;
mod passages;
mod place;

use std::borrow::Cow;
use std::io::{self, Write};

use crate::config::Config;
use crate::report::template::fill;
use crate::scan::Outcome;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = concat!(
    include_str!("show.js"),
    include_str!("list.js"),
    include_str!("charts.js"),
    include_str!("texts.js"),
    include_str!("why.js"),
    include_str!("group.js"),
    include_str!("page.js"),
);

/// About how many bytes of data a page holds: what browsers open at once and people still send around.
pub const LIMIT: usize = 32_000_000;

/// Writes the page. Texts must have been loaded: those of all groups and of the closest near misses.
pub fn render(outcome: &Outcome, config: &Config, out: &mut dyn Write) -> io::Result<()> {
    render_within(LIMIT, outcome, config, out)
}

/// Writes a page that holds about so many bytes of data.
pub fn render_within(
    limit: usize,
    outcome: &Outcome,
    config: &Config,
    out: &mut dyn Write,
) -> io::Result<()> {
    fill(PAGE, out, |name, out| match name {
        "style" => out.write_all(STYLE.as_bytes()),
        "script" => out.write_all(SCRIPT.as_bytes()),
        "data" => data::write(outcome, config, limit, out),
        // A place of the frame that nothing fills would be a mistake of ours; a test looks for it.
        _ => Ok(()),
    })
}

/// The text of an article: the one place where the page asks for it.
fn text(outcome: &Outcome, article: u32) -> Cow<'_, str> {
    Cow::Borrowed(&outcome.articles[article as usize].text)
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::find::Evidence;
    use crate::report::sample;
    use crate::report::template::next_place;

    pub(super) fn page(outcome: &Outcome, limit: usize) -> String {
        let mut out = Vec::new();
        render_within(limit, outcome, &Config::default(), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    /// The block of data, as the browser would read it.
    pub(super) fn block(page: &str) -> Value {
        let (_, rest) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
        serde_json::from_str(rest.split_once("</script>").unwrap().0).unwrap()
    }

    /// As the policy of a page writes it: base64 of SHA-256.
    fn hash(text: &str) -> String {
        const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
        let digest = Sha256::digest(text.as_bytes());
        let mut out = String::from("sha256-");
        for three in digest.chunks(3) {
            let bits = three.iter().fold(0u32, |bits, &byte| bits << 8 | u32::from(byte));
            let bits = bits << (8 * (3 - three.len()));
            for digit in 0..4 {
                let value = (bits >> (18 - 6 * digit)) as usize & 63;
                out.push(if digit > three.len() { '=' } else { char::from(DIGITS[value]) });
            }
        }
        out
    }

    #[test]
    fn the_policy_allows_this_style_and_this_script_and_nothing_else() {
        let policy = format!(
            "default-src 'none'; style-src '{}'; script-src '{}'; base-uri 'none'; form-action 'none'",
            hash(STYLE),
            hash(SCRIPT)
        );
        assert!(PAGE.contains(&policy), "page.html must say: {policy}");
        assert!(!STYLE.contains("</style") && !SCRIPT.contains("</script"));
        assert!(!SCRIPT.contains("innerHTML") && !SCRIPT.contains("eval("));
    }

    #[test]
    fn every_place_is_filled_and_nothing_is_loaded() {
        let mut places = Vec::new();
        let mut rest = PAGE;
        while let Some((_, name, after)) = next_place(rest) {
            places.push(name);
            rest = after;
        }
        assert_eq!(places, ["style", "data", "script"]);
        for way in ["http:", "https:", "src=", "@import", "url(h", "fetch(", "XMLHttp", "import("] {
            assert!(![PAGE, STYLE, SCRIPT].iter().any(|part| part.contains(way)), "{way}");
        }
    }

    #[test]
    fn every_value_of_evidence_has_its_words() {
        let evidence = Evidence { title: Some(0.0), ..Evidence::default() };
        for (name, _) in evidence.named() {
            assert!(SCRIPT.contains(&format!("\n  {name}: ")), "why.js has no words for {name}");
        }
    }

    #[test]
    fn an_outcome_of_nothing_is_a_page() {
        let page = page(&Outcome::default(), LIMIT);
        assert!(page.ends_with("</html>\n"));
        assert_eq!(block(&page)["groups"], Value::Array(Vec::new()));
    }

    #[test]
    fn markup_in_an_article_stays_text() {
        let mut outcome = sample::outcome();
        let trick = "</script><script>alert(1)</script><!--<script>\u{2028}<img src=x onerror=alert(1)>{{script}}";
        outcome.articles.get_mut(0).unwrap().text = trick.to_owned();
        outcome.articles.get_mut(0).unwrap().title = Some(trick.to_owned());
        outcome.articles.get_mut(1).unwrap().source = Some(trick.to_owned());
        outcome.articles.get_mut(2).unwrap().id = trick.to_owned();
        let page = page(&outcome, LIMIT);
        assert_eq!(page.matches("<script").count(), 2);
        assert_eq!(page.matches("</script").count(), 2);
        assert!(
            !page.contains("<!--<script") && !page.contains("<img") && !page.contains('\u{2028}')
        );
        assert_eq!(block(&page)["groups"][0][1]["articles"][0]["text"], trick);
    }
}
