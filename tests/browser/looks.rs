//! How the page looks: light and dark, wide and narrow, on paper, and to those who do not see it.

use crate::chrome::Tab;
use crate::corpus::{mini, on_page};

/// The least contrast (WCAG 2) of a text with what is behind it.
const CONTRAST: &str = "(() => {
  const paint = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
  const channels = color => { paint.clearRect(0, 0, 1, 1); paint.fillStyle = color; paint.fillRect(0, 0, 1, 1); return [...paint.getImageData(0, 0, 1, 1).data]; };
  const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, at) => sum + v * [.2126, .7152, .0722][at], 0);
  let least = [99, ''];
  const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const one = walk.currentNode.parentElement;
    if (!walk.currentNode.data.trim() || !one.offsetParent || one.closest('svg, .gone, .unseen')) continue;
    let behind = one;
    while (behind && channels(getComputedStyle(behind).backgroundColor)[3] < 255) behind = behind.parentElement;
    const [x, y] = [light(channels(getComputedStyle(one).color)), light(channels(getComputedStyle(behind ?? document.body).backgroundColor))];
    const ratio = (Math.max(x, y) + .05) / (Math.min(x, y) + .05);
    if (ratio < least[0]) least = [ratio, one.className + ': ' + walk.currentNode.data.slice(0, 40)];
  }
  return least;
})()";

const PAPER: &str = "getComputedStyle(document.body).backgroundColor";

fn readable(tab: &mut Tab, what: &str) {
    let least = tab.value(CONTRAST);
    assert!(least[0].as_f64().unwrap() >= 4.5, "{what}: {least}");
}

fn fits(tab: &mut Tab, what: &str) {
    let wide = tab.value("document.documentElement.scrollWidth - innerWidth").as_i64().unwrap();
    assert!(wide <= 0, "{what} is {wide} pixels too wide");
}

#[test]
fn light_and_dark_by_the_system_and_by_hand() {
    let outcome = mini();
    on_page(&outcome, "", |tab| {
        tab.media("light", "");
        let light = tab.text(PAPER);
        tab.media("dark", "");
        let dark = tab.text(PAPER);
        assert_ne!(light, dark);
        tab.click("#theme");
        assert_eq!(
            (tab.text("byId('theme').textContent"), tab.text(PAPER)),
            ("Colors: light".to_owned(), light)
        );
        tab.media("light", "");
        tab.click("#theme");
        assert_eq!(
            (tab.text("byId('theme').textContent"), tab.text(PAPER)),
            ("Colors: dark".to_owned(), dark)
        );
        tab.click("#theme");
        assert_eq!(tab.text("byId('theme').textContent"), "Colors: auto");
    });
}

#[test]
fn every_part_fits_and_can_be_read() {
    let outcome = mini();
    on_page(&outcome, "", |tab| {
        let group = format!("#group/{}", outcome.groups[0].id);
        for (width, scheme) in [(1280, "light"), (1280, "dark"), (420, "light"), (320, "dark")] {
            tab.size(width, 900);
            tab.media(scheme, "");
            for hash in ["", group.as_str(), "#near", "#near/0"] {
                tab.value(&format!("location.hash = {hash:?}"));
                tab.value("new Promise(done => setTimeout(() => done(true), 30))");
                let what = format!("{hash} at {width}, {scheme}");
                fits(tab, &what);
                // A button fades as the mouse leaves it.
                tab.value("Promise.all(document.getAnimations().map(one => one.finished)).then(() => true)");
                readable(tab, &what);
            }
        }
    });
}

#[test]
fn on_paper_everything_is_there() {
    let outcome = mini();
    on_page(&outcome, &format!("#group/{}", outcome.groups[0].id), |tab| {
        tab.media("dark", "print");
        assert_eq!(tab.text(PAPER), "rgb(255, 255, 255)");
        let cut = "[...document.querySelectorAll('.text')].some(text => text.scrollHeight > text.clientHeight + 1)";
        assert_eq!(tab.value(cut), false);
        assert_eq!(tab.value("document.querySelector('.tools').offsetParent === null"), true);
        let paper = tab.call("Page.printToPDF", serde_json::json!({}));
        assert!(paper["data"].as_str().unwrap().len() > 10_000);
    });
}

#[test]
fn names_headings_and_marks_tell_what_colors_do() {
    let outcome = mini();
    on_page(&outcome, &format!("#group/{}", outcome.groups[0].id), |tab| {
        let nameless = tab.value("[...document.querySelectorAll('button, a, input, select')].filter(one => !(one.ariaLabel || one.textContent.trim() || one.labels?.length)).length");
        assert_eq!(nameless, 0);
        assert_eq!(
            tab.value(
                "[...document.querySelectorAll('h1')].filter(one => one.offsetParent).length"
            ),
            1
        );
        assert_eq!(tab.value("new Set([...document.querySelectorAll('[id]')].map(one => one.id)).size === document.querySelectorAll('[id]').length"), true);
        assert_eq!(
            tab.value(
                "[...document.querySelectorAll('svg[role=img]')].every(one => one.ariaLabel)"
            ),
            true
        );
        let lines = tab.text("['verbatim', 'reworded', 'moved', 'only'].map(form => getComputedStyle(document.querySelector(`.legend .${form} .words`)).textDecoration).map(line => line.replace(/rgb.*|oklab.*|color.*/, '')).join('; ')");
        let mut kinds: Vec<&str> = lines.split("; ").collect();
        kinds.sort_unstable();
        kinds.dedup();
        assert_eq!(kinds.len(), 4, "{lines}");
    });
}
