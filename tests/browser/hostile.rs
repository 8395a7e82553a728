//! Articles that try to run something, load something, or break the page: nothing happens, and they can be read.

use wirecopy::article::{Article, Date};

use crate::corpus::{on_page, scanned};

const TRICKS: &[&str] = &[
    "</script><script>document.documentElement.dataset.owned = 1; alert(1)</script>",
    "<img src=x onerror=\"document.documentElement.dataset.owned = 1; alert(1)\">",
    "<svg onload=alert(1)><iframe srcdoc='<script>alert(1)</script>'></iframe>",
    "<!--<script>",
    "]]></style><style>body{display:none}</style><link rel=stylesheet href=http://127.0.0.1:9/x.css>",
    "<a href=\"javascript:alert(1)\">javascript:alert(1)</a>",
    "{{data}} ${alert(1)} `${alert(1)}` \\u003cscript\\u003e",
    "__proto__ constructor toString",
    "\u{1b}[2J\u{1b}]0;owned\u{7}\u{9b}31m\0",
    "\u{202e}txet eht fo tser eht nrut\u{2066}\u{2067} \u{200f}\u{feff}",
    "\u{2028}\u{2029}\u{fffd}\u{fffe}😀\u{e0041}",
];

fn articles() -> Vec<Article> {
    let body = |k: usize| {
        let words = (0..60).map(|i| format!("word{i}")).collect::<Vec<_>>().join(" ");
        format!("{words} {} {words}end{}", TRICKS.join(" "), if k > 3 { " more" } else { "" })
    };
    let mut articles: Vec<Article> = TRICKS
        .iter()
        .enumerate()
        .map(|(k, trick)| Article {
            title: Some(format!("{trick} title")),
            source: Some(format!("{trick} source")),
            url: Some((*trick).to_owned()),
            date: Some(Date { seconds: i64::MAX / 4 * (k as i64 % 3 - 1), day_only: k % 2 == 0 }),
            ..Article::new(format!("{trick} id"), body(k))
        })
        .collect();
    articles.push(Article { title: Some(String::new()), ..Article::new("", body(0)) });
    articles
}

#[test]
fn nothing_runs_and_nothing_breaks() {
    let outcome = scanned(articles());
    assert_eq!(outcome.groups.len(), 1);
    assert_eq!(outcome.groups[0].members.len(), articles().len());
    on_page(&outcome, "", |tab| {
        assert_eq!(tab.value("document.querySelectorAll('#list .row').length"), 1);
        // The search and the filters meet the same text.
        for word in ["script", "\\", "__proto__", "(", "["] {
            tab.value(&format!("byId('search').value = {word:?}; list.apply()"));
        }
        tab.value(
            "byId('controls').reset(); list.apply(); document.querySelector('#list a').click()",
        );
        tab.until("!document.getElementById('group').hidden");
        for at in 1..=articles().len() {
            tab.value(&format!(
                "document.querySelector('.members li:nth-child({at}) button')?.click()"
            ));
            tab.key("n");
        }
        tab.key("d");
        let shown = tab.text("document.querySelector('.text').textContent");
        assert!(shown.contains("<img src=x onerror="), "{shown}");
        assert!(shown.contains("</script><script>"));
        assert!(shown.contains('\u{241b}') && !shown.contains('\u{1b}'), "escapes are signs");
        assert!(shown.contains("⟨U+202E⟩") && !shown.contains('\u{202e}'), "overrides are told");
        let names = tab.text(
            "[...new Set([...document.querySelectorAll('*')].map(one => one.localName))].join()",
        );
        for foreign in ["img", "iframe", "link"] {
            assert!(!names.split(',').any(|name| name == foreign), "{names}");
        }
        assert_eq!(tab.value("document.querySelectorAll('script, style').length"), 3);
        assert_eq!(tab.value("document.documentElement.dataset.owned === undefined"), true);
        let addresses = tab.text("[...document.querySelectorAll('[href], [src]')].map(one => one.getAttribute('href')).join()");
        assert!(addresses.split(',').all(|address| address.starts_with('#')), "{addresses}");
        for hash in
            ["#group/__proto__", "#group/%3Cscript%3E", "#near/constructor", "#near/-1", "#%"]
        {
            tab.value(&format!("location.hash = {hash:?}"));
            tab.until("!document.getElementById('front').hidden || !document.getElementById('near-misses').hidden");
        }
    });
}

#[test]
fn the_policy_stops_what_would_get_in() {
    // Even if markup got into the page, it could neither run nor load anything.
    let outcome = scanned(articles());
    on_page(&outcome, "", |tab| {
        tab.value(
            "(() => { const place = document.createElement('div'); document.body.append(place); \
             place.innerHTML = '<img src=\"http://127.0.0.1:9/a.png\" onerror=\"document.documentElement.dataset.owned = 1\">'; \
             const script = document.createElement('script'); script.textContent = 'document.documentElement.dataset.owned = 1'; \
             document.body.append(script); })()",
        );
        tab.value("new Promise(done => setTimeout(() => done(true), 200))");
        assert_eq!(tab.value("document.documentElement.dataset.owned === undefined"), true);
        let told = tab.misdeeds.join("\n");
        assert!(told.contains("Content Security Policy"), "{told}");
        assert!(!told.contains("Network.responseReceived"));
        tab.misdeeds.clear();
    });
}
