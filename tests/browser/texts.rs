//! Two texts side by side: they are the articles to the letter, passages know their twins, differences stand alone.

use wirecopy::scan::Outcome;

use crate::chrome::Tab;
use crate::corpus::{mini, on_page};

/// What stands in a column, without what the page put in.
const COLUMN: &str = "(side => { const copy = document.querySelectorAll('.text')[side].cloneNode(true); \
    copy.querySelectorAll('.number, .stub').forEach(one => one.remove()); return copy.textContent; })";

fn group_of<'a>(outcome: &'a Outcome, id: &str) -> &'a str {
    let of = |group: &&wirecopy::find::Group| {
        group.members.iter().any(|member| outcome.articles[member.article as usize].id == id)
    };
    &outcome.groups.iter().find(of).unwrap().id
}

fn open(tab: &mut Tab, id: &str) {
    tab.value(&format!("location.hash = '#group/{id}'"));
    tab.until(&format!("document.querySelector('#group code')?.textContent === '{id}'"));
}

#[test]
fn the_texts_are_the_articles_to_the_letter() {
    let outcome = mini();
    on_page(&outcome, "", |tab| {
        for group in &outcome.groups {
            open(tab, &group.id);
            let member = |article: u32| outcome.articles[article as usize].id.clone();
            let ids: Vec<String> = group.members.iter().map(|one| member(one.article)).collect();
            let pair = tab.value("[open.texts.pair.a, open.texts.pair.b]");
            for side in 0..2 {
                let at = pair[side].as_u64().unwrap() as usize;
                let article = group.members[at].article as usize;
                let shown = tab.text(&format!("{COLUMN}({side})"));
                assert_eq!(
                    shown,
                    outcome.articles[article].text.replace("\r\n", "\n"),
                    "{}",
                    ids[at]
                );
            }
        }
    });
}

#[test]
fn passages_know_their_twins() {
    let outcome = mini();
    on_page(&outcome, "", |tab| {
        open(tab, group_of(&outcome, "northwire-02"));
        // The reworded copy, against the kept article.
        tab.click(".members li:nth-child(5) button");
        let numbers = |side: usize| {
            format!(
                "[...document.querySelectorAll('.text')[{side}].querySelectorAll('.number')].map(one => parseInt(one.textContent)).sort((x, y) => x - y).join()"
            )
        };
        let (first, second) = (tab.text(&numbers(0)), tab.text(&numbers(1)));
        assert!(first == second && first.starts_with("1,2"), "{first} and {second}");
        let current = "[...document.querySelectorAll('.text')].map(text => text.querySelector('.current .number')?.textContent ?? '').join()";
        tab.key("n");
        assert_eq!(tab.text(current), "1,1");
        tab.key("n");
        tab.key("n");
        assert_eq!(tab.text(current), "3,3");
        tab.key("p");
        assert_eq!(tab.text(current), "2,2");
        // Its number leads to the other text.
        let focused = "[...document.querySelectorAll('.text')].findIndex(text => text.contains(document.activeElement))";
        assert_eq!(tab.value(focused), 0);
        tab.key("Enter");
        assert_eq!(tab.value(focused), 1);
        assert_eq!(tab.text("document.activeElement.textContent"), "2");
        // Words in marks differ, and the words around them are the same.
        let marks = tab.text(
            "[...document.querySelectorAll('.text mark')].map(one => one.textContent).join('|')",
        );
        assert!(!marks.is_empty() && !marks.contains('\n'), "{marks}");
    });
}

#[test]
fn both_texts_scroll_together() {
    let outcome = mini();
    on_page(&outcome, "", |tab| {
        tab.size(1280, 420);
        open(tab, group_of(&outcome, "northwire-02"));
        tab.click(".members li:nth-child(5) button");
        let tops = "[...document.querySelectorAll('.text')].map(text => text.scrollTop)";
        assert_eq!(tab.value(tops)[1], 0);
        tab.value("(() => { const [text] = document.querySelectorAll('.text'); text.dispatchEvent(new Event('wheel')); text.scrollTop = 200; })()");
        tab.until("document.querySelectorAll('.text')[1].scrollTop > 50");
    });
}

#[test]
fn differences_stand_alone_when_asked_for() {
    let outcome = mini();
    on_page(&outcome, "", |tab| {
        open(tab, group_of(&outcome, "northwire-02"));
        tab.click(".members li:nth-child(2) button");
        let shown = "document.querySelectorAll('.text')[0].innerText.length";
        let whole = tab.value(shown).as_u64().unwrap();
        tab.key("d");
        assert_eq!(tab.text("document.querySelector('[aria-pressed][type=button]:not(.member)').getAttribute('aria-pressed')"), "true");
        let left = tab.value(shown).as_u64().unwrap();
        assert!(left < whole / 4, "{left} of {whole}");
        assert!(tab.text("document.querySelector('.text').innerText").contains("same words"));
        tab.click(".text .stub");
        assert!(tab.value(shown).as_u64().unwrap() > whole / 4);
        tab.key("d");
        assert_eq!(tab.value(shown).as_u64().unwrap(), whole);
    });
}

#[test]
fn arabic_runs_from_the_right() {
    let outcome = mini();
    on_page(&outcome, "", |tab| {
        let arabic = outcome
            .articles
            .held()
            .iter()
            .find(|article| article.text.starts_with('ا') || article.id.starts_with("sahil"));
        open(tab, group_of(&outcome, &arabic.unwrap().id));
        let right = "(() => { const text = document.querySelector('.text'), box = text.getBoundingClientRect(); \
            const range = document.createRange(); range.selectNodeContents(text.querySelector('.words')); \
            const [first] = range.getClientRects(); return box.right - first.right < first.left - box.left || first.width > box.width * .8; })()";
        assert_eq!(tab.value(right), true);
        assert_eq!(
            tab.text("getComputedStyle(document.querySelector('.text')).unicodeBidi"),
            "plaintext"
        );
        assert_eq!(
            tab.text("getComputedStyle(document.querySelector('#group h1')).direction"),
            "rtl"
        );
        assert_eq!(tab.text("getComputedStyle(document.querySelector('.texts')).direction"), "ltr");
    });
}
