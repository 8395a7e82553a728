//! What each relation of a pair means, and what its name was given for.

use super::{Page, Sort};

const fn relation(name: &'static str, summary: &'static str, text: &'static str) -> Page {
    Page { name, sort: Sort::Relation, summary, text, advice: "" }
}

/// The pages, closest relation first.
pub(super) const PAGES: &[Page] = &[
    relation(
        "exact",
        "the same text, apart from white space, typography and the lines around it",
        "Capitals, kinds of quotation marks and dashes, white space and possessives do not count. Datelines, bylines \
         and boilerplate may differ. Two such articles are in one group whatever the settings.\n\n\
         Given when at least 98 % of the words of the shorter text stand in the other in order, and next to nothing \
         stands between them.",
    ),
    relation(
        "edited",
        "the same report with small edits; most of the shorter text stands in the other word for word",
        "What a second paper does with agency copy: a new headline, a sentence cut, a word replaced here and there.\n\n\
         Given to copies when at least 80 % of the words of the shorter text stand in the other in order, nine of ten \
         of those in runs of five or more, and the numbers agree.",
    ),
    relation(
        "reworded",
        "the same report sentence by sentence, with much of the wording replaced",
        "The order of the facts is kept, the names and numbers agree, and between them the words were changed: by an \
         editor, by a paraphrasing program, by a machine translation there and back. Comparing by long runs of words \
         finds few of these pairs.\n\n\
         Given to copies that are neither exact, edited, excerpt nor update. See: verbatim, texture, interior.",
    ),
    relation(
        "excerpt",
        "a cut-down piece of an article that is about twice as long or longer",
        "The opening paragraphs in a brief, or a quoted article inside a longer one. Similarity counts the words of the \
         shorter text, so that an excerpt can be 100 % copied though the longer text is mostly its own.\n\n\
         Given to copies when the shorter text has at most 55 % of the words of the longer one and at least 55 % of it \
         stand there in order. See: length_ratio.",
    ),
    relation(
        "update",
        "an earlier or later version: much is kept, facts or paragraphs are added or changed",
        "A running story: the toll rises, a paragraph is added on top. Updates are grouped; --no-updates leaves them \
         apart.\n\n\
         Given to copies that are mostly verbatim where they agree, and have whole stretches without a match, or numbers \
         that differ at the same places. See: holes, number_conflicts.",
    ),
    relation(
        "shared-passage",
        "a substantial block in common, the rest written independently",
        "A statement, a biography or background paragraphs from an agency inside two reports that are each their own. \
         Such pairs are listed by --pairs and never grouped.\n\n\
         Given to pairs that are no copies when 20 to 60 % of the shorter text stand in the other in long runs, one of \
         them a tenth of the text. See: concentration, longest_run.",
    ),
    relation(
        "template",
        "the same form filled with other facts",
        "Market closes, weather, match reports, obituaries: most words agree, and the names and numbers at the same \
         places differ. Not grouped.\n\n\
         Given to pairs that are no copies when half of the shorter text stands in the other and four of ten numbers or \
         names at the same places differ. See: number_conflicts, name_conflicts.",
    ),
    relation(
        "independent",
        "the same event or topic at most; only quotes, names and stock phrases are shared",
        "Two reports of one event share its names, its numbers and what was said. That is no copy, and not grouped.\n\n\
         Given to pairs that are nothing else.",
    ),
];
