//! What each number of a pair or a group means: what is counted, over what, and what it tells.

use super::{Page, Sort};

const fn value(name: &'static str, summary: &'static str, text: &'static str) -> Page {
    Page { name, sort: Sort::Value, summary, text, advice: "" }
}

/// Numbers that stand in the output by themselves, not in the list of evidence.
#[cfg(test)]
pub(super) const ELSEWHERE: &[&str] =
    &["similarity", "confidence", "jaccard", "a_in_b", "b_in_a", "words", "weakest", "density"];

/// The pages: first what stands by itself, then evidence in the order of output.
pub(super) const PAGES: &[Page] = &[
    value(
        "similarity",
        "share of the words of the shorter text that stand in the other, in order",
        "What people see as \"78 % copied\". Boilerplate is counted on neither side. The shorter text is the measure, so \
         that a copy inside a longer article counts in full. Words that stand in the other in another order are counted \
         by `moved` instead.\n\n\
         --threshold demands a least similarity, besides --min-confidence.",
    ),
    value(
        "confidence",
        "calibrated probability that the pair is a copy",
        "A logistic model over eight values of evidence, trained on pairs that were read by people: of the pairs with \
         confidence 0.8, about 8 of 10 are copies. `wirecopy eval` shows whether that holds on labels of your own.\n\n\
         --min-confidence (default 0.5) is the probability from which on a pair counts. `compare` marks the values that \
         the model looks at with *.",
    ),
    value(
        "jaccard",
        "shared runs of three words, over the runs of both texts",
        "Exact, over distinct runs; runs of five characters in Chinese and Japanese. This is what most tools cut at 0.7 \
         or 0.8. Reworded copies are at 0.1 to 0.5: one word of ten replaced leaves 0.57, three of ten 0.21.",
    ),
    value(
        "a_in_b",
        "shared runs of three words, over those of the first text",
        "Near 1 where the first text is wholly inside the second, however long that one is.",
    ),
    value(
        "b_in_a",
        "shared runs of three words, over those of the second text",
        "Near 1 where the second text is wholly inside the first, however long that one is.",
    ),
    value(
        "words",
        "number of words of the shorter text, without boilerplate",
        "What most shares of evidence are shares of. Of two numbers from few words and from many, believe the latter.",
    ),
    value(
        "weakest",
        "the lowest similarity among the links that hold a group together",
        "A link is the pair by which a copy belongs to its group: with the kept article, or with the one it was found by. \
         A low one makes a group doubtful: look at it with `wirecopy compare`.",
    ),
    value(
        "density",
        "share of the pairs inside a group that are copies by themselves",
        "1 where every member is a copy of every other. Articles that are the same but for small edits count as one. Low \
         in a running story, whose first and last versions have little left in common.",
    ),
    value(
        "containment",
        "shared runs of three words that are not common, over those of the text that has fewer",
        "A run is common if it stands in more than ten otherwise different articles of the dump. Below 0.08 a pair is not \
         judged any further. The model takes its square root.",
    ),
    value(
        "unquoted",
        "similarity of what stands outside quotation marks",
        "Two reports of one speech quote the same sentences. Only what is told in between tells a copy from a second \
         report. The value that decides most.",
    ),
    value(
        "quoted",
        "of the words in common, the share inside quotation marks",
        "Near 1 where two articles share a statement and nothing else.",
    ),
    value(
        "exclusive",
        "how few other articles have what is shared",
        "1 if the shared runs stand in these two articles only; a half if in four on average. Low for stock phrases and \
         for forms.",
    ),
    value(
        "rare_words",
        "rare words of both texts, over those of the text that has fewer",
        "A word is rare if fewer than one article of twenty has it.",
    ),
    value(
        "rare_order",
        "rare words of both texts that come in the same order, over those of the text that has fewer",
        "Who rewrites a text keeps its names, numbers and terms, and their order, even where no run of words is left.",
    ),
    value(
        "verbatim",
        "share of the shorter text in runs of five or more words that stand in the other, in order",
        "Near similarity for edited copies, far below it for reworded ones. As the form of a passage: the same words, \
         and no other between them.",
    ),
    value(
        "moved",
        "share of the shorter text that stands in the other at another place",
        "Runs of five or more words outside the order of the rest: a paragraph that was moved to the top.",
    ),
    value(
        "longest_run",
        "the longest run of equal words, over the words of the shorter text",
        "One long block and little else is a passage in common, or boilerplate.",
    ),
    value(
        "spread",
        "tenths of the shorter text of which at least a quarter is matched",
        "1 where something of every part of the text is in the other, low where the match is one block.",
    ),
    value(
        "thinnest_third",
        "matched share of the first, second and last third of the shorter text: the smallest of the three",
        "A copy is a copy throughout; a shared ending leaves the first third bare.",
    ),
    value(
        "interior",
        "words without a match between the first and the last match, in both texts, over the words of the shorter",
        "How much stands between what agrees. 0 for a block taken as it stood; over 1 where strangers share stray words.",
    ),
    value(
        "holes",
        "share of the shorter text in stretches of twelve or more words without a match",
        "Such a stretch is a sentence or a paragraph of its own, not a rewording.",
    ),
    value(
        "numbers",
        "share of the numbers of the shorter text that are matched",
        "Numbers are what rewording leaves alone. 1 if there is none.",
    ),
    value(
        "number_conflicts",
        "of the numbers at the same places, the share that differ",
        "Where the words around agree and the numbers do not, a form was filled anew: a market report, the weather. Two \
         are added to what is counted over, so that one number among none tells less than twenty among twenty.",
    ),
    value(
        "name_conflicts",
        "of the capitalized words at the same places, the share that differ",
        "As number_conflicts, for names.",
    ),
    value(
        "length_ratio",
        "words of the shorter text over those of the longer",
        "Boilerplate not counted. At 0.55 and below a copy is called an excerpt.",
    ),
    value(
        "boilerplate",
        "share of boilerplate in the text that has fewer other words",
        "Boilerplate is what recurs in more than ten otherwise different articles of a dump, six runs of words on end: \
         captions, newsletter blocks, legal notices. It is learned from the dump, counts on neither side, and is a \
         passage of its own in `compare`. Two files alone have none.",
    ),
    value(
        "title",
        "share of the words of the shorter headline that stand in the other",
        "Shown where both articles have a headline. The model does not look at it: headlines are written anew.",
    ),
    value(
        "texture",
        "verbatim over similarity: of the words that match, the share in long runs",
        "1 for text copied block by block, small for text reworded throughout.",
    ),
    value(
        "concentration",
        "the longest run over all matched words",
        "Near 1 where one block is all that is shared: rather a passage in common than a copy.",
    ),
];
