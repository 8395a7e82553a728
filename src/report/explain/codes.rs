//! What each code of a check means, from the table of codes.

use super::{Page, Sort};
use crate::judge::codes::TABLE;

/// The pages, in the order of the table.
pub(super) const PAGES: &[Page; TABLE.len()] = &{
    let mut pages =
        [Page { name: "", sort: Sort::Code, summary: "", text: "", advice: "" }; TABLE.len()];
    let mut at = 0;
    while at < TABLE.len() {
        let about = &TABLE[at];
        pages[at].name = about.name;
        pages[at].summary = about.what;
        pages[at].text = about.why;
        pages[at].advice = about.fix;
        at += 1;
    }
    pages
};
