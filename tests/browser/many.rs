//! Ten thousand groups: the page opens, scrolls to the end and draws no more than can be seen; a full page says so.

use std::io::Write;

use crate::corpus::{many, on_page, on_page_within};

#[test]
fn ten_thousand_groups_draw_what_is_seen() {
    on_page(&many(10_000), "", |tab| {
        let ready = tab.value("Math.round(performance.getEntriesByType('mark').find(mark => mark.name === 'ready').startTime)");
        // Told and not judged: the machine may be busy.
        let _ = writeln!(std::io::stderr(), "a page of 10,000 groups was ready after {ready} ms");
        let nodes = "document.querySelectorAll('*').length";
        let first = tab.value(nodes).as_u64().unwrap();
        assert!(first < 1_500, "{first} elements");
        for part in ["0.3", "0.7", "1"] {
            tab.value(&format!("scrollTo(0, document.documentElement.scrollHeight * {part})"));
            tab.value("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(true))))");
            let seen = tab.value("(() => { const box = byId('list').getBoundingClientRect(); \
                const rows = [...document.querySelectorAll('#list li')].map(row => row.getBoundingClientRect()); \
                const from = Math.max(0, box.top), to = Math.min(innerHeight, box.bottom); \
                return Math.min(...rows.map(row => row.top)) <= from && Math.max(...rows.map(row => row.bottom)) >= to - 1; })()");
            assert_eq!(seen, true, "a gap at {part}");
            let drawn = tab.value(nodes).as_u64().unwrap();
            assert!(drawn < 1_500, "{drawn} elements at {part}");
        }
        let last = tab.value(
            "Math.max(...[...document.querySelectorAll('#list li')].map(row => row.ariaPosInSet))",
        );
        assert_eq!(last, 10_000);
        tab.value("byId('search').value = 'w0000009876'; list.apply()");
        assert_eq!(tab.text("byId('count').textContent"), "1 of 10,000 groups");
        tab.key("j");
        tab.key("Enter");
        tab.until("!document.getElementById('group').hidden");
        assert_eq!(tab.value("document.querySelectorAll('.text').length"), 2);
    });
}

#[test]
fn a_full_page_says_what_it_left_out() {
    on_page_within(300_000, &many(1_000), "", |tab| {
        let told = tab.text("byId('left-out').textContent");
        assert!(
            told.contains("listed without their texts") && told.contains("not listed at all"),
            "{told}"
        );
        assert!(tab.text("document.querySelector('#deck').textContent").contains("1,000 groups"));
        tab.value("location.hash = '#group/' + data.groups.at(-1).id");
        tab.until("!document.getElementById('group').hidden");
        assert!(
            tab.text("document.querySelector('#group .notice').textContent")
                .contains("wirecopy compare a")
        );
        assert_eq!(tab.value("document.querySelectorAll('.text').length"), 0);
        tab.key("n");
    });
}
