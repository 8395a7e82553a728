//! A copy's text as cuts of the kept text, so that what both say stands in the page once.
//!
//! The runs of equal words that the alignment found are grown as far as the bytes are equal; what lies between is written
//! out. A copy in a dump is mostly the text it copies, and half of the page is texts. Linear in the text.

use std::ops::Range;

use serde::Serialize;

use crate::report::html::place::Units;

/// Shorter cuts are longer to name than to write.
const LEAST: usize = 16;

/// A piece of a text: its own words, or where they stand in the other, as two numbers: first unit of UTF-16, and length.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub(super) enum Cut {
    Own(String),
    Number(u32),
}

/// The second text, from runs of equal words (ranges of bytes in the first and in the second text).
pub(super) fn cuts(
    [a, b]: [&str; 2],
    mut runs: Vec<(Range<u32>, Range<u32>)>,
    units: &Units,
) -> Vec<Cut> {
    runs.sort_by_key(|(_, in_b)| in_b.start);
    let mut cuts = Vec::new();
    let mut done = 0;
    for (in_a, in_b) in runs {
        let (at_a, at_b) = (in_a.start as usize, in_b.start as usize);
        if at_b < done {
            continue;
        }
        let length = equal_bytes(&a[at_a..], &b[at_b..]);
        if length < LEAST {
            continue;
        }
        if done < at_b {
            cuts.push(Cut::Own(b[done..at_b].to_owned()));
        }
        let [from, to] = units.ends(&(in_a.start..in_a.start + length as u32));
        cuts.extend([Cut::Number(from), Cut::Number(to - from)]);
        done = at_b + length;
    }
    if done < b.len() {
        cuts.push(Cut::Own(b[done..].to_owned()));
    }
    cuts
}

/// How many bytes two texts begin with in common, in whole characters.
fn equal_bytes(a: &str, b: &str) -> usize {
    let mut length = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    while !a.is_char_boundary(length) {
        length -= 1;
    }
    length
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::report::html::passages::{Left, Side};

    /// As `texts.js` puts a text together.
    fn joined(a: &str, cuts: &[Cut]) -> String {
        let units: Vec<u16> = a.encode_utf16().collect();
        let mut out = Vec::new();
        let mut cuts = cuts.iter();
        while let Some(cut) = cuts.next() {
            match cut {
                Cut::Own(text) => out.extend(text.encode_utf16()),
                Cut::Number(from) => {
                    let Some(Cut::Number(length)) = cuts.next() else { panic!("no length") };
                    out.extend(&units[*from as usize..(from + length) as usize]);
                }
            }
        }
        String::from_utf16(&out).unwrap()
    }

    #[test]
    fn what_both_say_stands_once() {
        let a = "The ferry to Skerrow will stay in harbor until Friday, the port office said.";
        let b = "NORTHWIRE - The ferry to Skerrow will stay in harbor until noon, the port office said.";
        let (left, right) = (Side::new(a, &[]), Side::new(b, &[]));
        let cuts = Left::new(&left).beside(&right).cuts;
        assert_eq!(joined(a, &cuts), b);
        assert_eq!(cuts[0], Cut::Own("NORTHWIRE - ".to_owned()));
        assert_eq!(cuts[1..3], [Cut::Number(0), Cut::Number(47)]);
    }

    proptest! {
        #[test]
        fn cuts_make_the_text_whole(
            words in prop::collection::vec(0usize..300, 0..120),
            edits in prop::collection::vec((any::<prop::sample::Index>(), 0usize..300), 0..12),
        ) {
            let sounds = ["Größe", "😀 x", "l’été", "Мир", "don't", "alpha", "ж", "U.S."];
            let spell = |w: &usize| format!("{}{}", sounds[w % sounds.len()], "ab".repeat(w / sounds.len() % 7));
            let mut other = words.clone();
            for (at, word) in edits {
                if !other.is_empty() {
                    let at = at.index(other.len());
                    other[at] = word;
                }
            }
            let text = |words: &[usize], gap: &str| words.iter().map(spell).collect::<Vec<_>>().join(gap);
            let (a, b) = (text(&words, " "), text(&other, " "));
            let (left, right) = (Side::new(&a, &[]), Side::new(&b, &[]));
            let cuts = Left::new(&left).beside(&right).cuts;
            prop_assert_eq!(joined(&a, &cuts), b);
        }
    }
}
