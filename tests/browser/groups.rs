//! The list of groups: searching, sorting, filtering, walking it by keys, and opening what it lists.

use serde_json::json;

use crate::chrome::Tab;
use crate::corpus::{mini, on_page};

/// Headlines of the rows in sight, from the top.
const TITLES: &str = "[...document.querySelectorAll('#list li')].sort((x, y) => x.ariaPosInSet - y.ariaPosInSet)\
    .map(row => row.querySelector('.title').textContent)";

fn set(tab: &mut Tab, field: &str, value: &str) {
    tab.value(&format!(
        "(() => {{ const field = document.getElementById({field:?}); field.value = {value:?}; \
         field.dispatchEvent(new Event('input', {{bubbles: true}})); }})()"
    ));
}

fn listed(tab: &mut Tab) -> String {
    tab.text("document.getElementById('count').textContent")
}

#[test]
fn the_front_page_tells_what_was_found() {
    let outcome = mini();
    on_page(&outcome, "", |tab| {
        let copies: usize = outcome.groups.iter().map(|group| group.members.len() - 1).sum();
        assert_eq!(
            tab.text("document.querySelector('h1').textContent"),
            format!("{copies} of {} articles are copies", outcome.articles.len())
        );
        assert_eq!(tab.value("document.querySelectorAll('#figures figure').length"), 4);
        assert_eq!(listed(tab), format!("{} groups", outcome.groups.len()));
        let bars =
            "[...document.querySelectorAll('#figures .bars')].at(-1).querySelectorAll('.value')";
        let counted = tab.value(&format!(
            "[...{bars}].reduce((sum, cell) => sum + parseInt(cell.textContent), 0)"
        ));
        assert_eq!(counted, json!(outcome.groups.len()));
    });
}

#[test]
fn search_sort_and_filters_narrow_the_list() {
    let outcome = mini();
    let all = outcome.groups.len();
    on_page(&outcome, "", |tab| {
        tab.key("/");
        tab.until("document.activeElement.id === 'search'");
        tab.type_text("FERRY port");
        assert_eq!(listed(tab), format!("1 of {all} groups"));
        assert_eq!(
            tab.value(TITLES),
            json!(["Ferry with 214 aboard runs aground off Port Hallow"])
        );
        tab.click("#clear");
        assert_eq!(listed(tab), format!("{all} groups"));
        // The Arabic headline is found by a word of it, and a group by its id.
        set(tab, "search", "التحلية");
        assert_eq!(listed(tab), format!("1 of {all} groups"));
        set(tab, "search", &outcome.groups[3].id);
        assert_eq!(listed(tab), format!("1 of {all} groups"));
        set(tab, "search", "no such words");
        assert_eq!(listed(tab), format!("0 of {all} groups"));
        set(tab, "search", "");

        set(tab, "sort", "loosest");
        let shown = tab.value("[...document.querySelectorAll('#list .weakest')].map(one => parseInt(one.textContent))");
        let shown: Vec<i64> = serde_json::from_value(shown).unwrap();
        assert!(shown.len() > 5 && shown.is_sorted(), "{shown:?}");
        set(tab, "sort", "newest");
        assert_eq!(tab.value(TITLES)[0], "Thieves take jewelled falcon from Corrow museum");
        set(tab, "sort", "size");
        assert_eq!(tab.value(TITLES)[0], "Ferry with 214 aboard runs aground off Port Hallow");

        let with = |relation: &str| {
            let holds = |group: &&wirecopy::find::Group| {
                group
                    .members
                    .iter()
                    .any(|m| m.link.as_ref().is_some_and(|l| l.relation.name() == relation))
            };
            outcome.groups.iter().filter(holds).count()
        };
        for relation in ["excerpt", "update"] {
            set(tab, "relation", relation);
            assert_eq!(listed(tab), format!("{} of {all} groups", with(relation)));
        }
        set(tab, "relation", "");
        set(tab, "source", "harbor-post");
        assert_eq!(
            tab.value(
                "list.items.every(one => one.members.some(m => m.source.startsWith('harbor-post')))"
            ),
            true
        );
        assert_ne!(listed(tab), format!("{all} groups"));
        set(tab, "source", "");
        set(tab, "from", "2026-08-01");
        set(tab, "to", "2026-08-31");
        assert_eq!(listed(tab), format!("2 of {all} groups"));
        tab.click("#clear");
        // A kind named on the front page is a filter too.
        tab.click("#deck button");
        assert_eq!(listed(tab), format!("{} of {all} groups", with("exact")));
    });
}

#[test]
fn keys_walk_the_list_and_open_groups() {
    let outcome = mini();
    on_page(&outcome, "", |tab| {
        for key in ["j", "j", "k", "j"] {
            tab.key(key);
        }
        let second = &outcome.groups[1].id;
        let focus = "document.activeElement.getAttribute('href')";
        assert_eq!(tab.text(focus), format!("#group/{second}"));
        tab.key("Enter");
        tab.until("!document.getElementById('group').hidden");
        assert_eq!(tab.text("location.hash"), format!("#group/{second}"));
        tab.key("j");
        let third = &outcome.groups[2].id;
        tab.until(&format!("location.hash === '#group/{third}' && document.querySelector('#group code').textContent === '{third}'"));
        tab.key("k");
        tab.until(&format!("document.querySelector('#group code').textContent === '{second}'"));
        tab.key("Escape");
        tab.until("!document.getElementById('front').hidden");
        assert_eq!(tab.text(focus), format!("#group/{second}"));
        tab.key("?");
        tab.until("document.getElementById('help').open");
        tab.key("Escape");
        tab.until("!document.getElementById('help').open");
        // A letter typed into the search is a letter.
        tab.key("/");
        tab.until("document.activeElement.id === 'search'");
        tab.key("j");
        assert_eq!(tab.text("document.getElementById('search').value"), "j");
    });
}

#[test]
fn a_group_has_an_address_and_near_misses_have_a_page() {
    let outcome = mini();
    assert!(!outcome.near_misses.closest.is_empty());
    let group = &outcome.groups[0];
    on_page(&outcome, &format!("#group/{}", group.id), |tab| {
        assert_eq!(
            tab.value("document.querySelectorAll('.members li').length"),
            group.members.len()
        );
        assert_eq!(
            tab.value("document.querySelectorAll('.members .coverage').length"),
            group.members.len()
        );
        assert!(tab.text("document.title").starts_with("Ferry with 214"));
        // The pair in doubt is shown first; a member asks for its own.
        assert_eq!(tab.value("document.querySelectorAll('.member[aria-pressed=true]').length"), 1);
        tab.click(".members li:nth-child(2) button");
        assert!(
            tab.text("document.querySelector('.texts').previousSibling.textContent")
                .contains("exact")
        );
        tab.click(".brand");
        tab.until("!document.getElementById('front').hidden");
        tab.click("figcaption a[href='#near']");
        tab.until("!document.getElementById('near-misses').hidden");
        tab.click("#near-misses .row");
        tab.until("!document.getElementById('group').hidden");
        assert!(
            tab.text("document.querySelector('#group .deck').textContent")
                .contains("Not taken for copies")
        );
        assert_eq!(tab.value("document.querySelectorAll('.text').length"), 2);
        tab.key("Escape");
        tab.until("!document.getElementById('near-misses').hidden");
        tab.key("Escape");
        tab.until("!document.getElementById('front').hidden");
    });
}
