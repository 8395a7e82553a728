//! Copies made of whole sentences: excerpts, articles between lines of another, updates.
//!
//! Borrowed lines are the last ones of the other article, where boilerplate often stands; a quarter of it at most.

use super::draft::{Class, Draft, Sentence};
use super::random::Random;

/// The start of a text, up to the end of the sentence nearest to this share of its words.
pub(crate) fn lead(draft: &Draft<'_>, text: &str, share: f64) -> String {
    let target = draft.len() as f64 * share;
    let mut words = 0;
    let mut best = (f64::INFINITY, 0);
    for sentence in draft.sentences() {
        words += sentence.units.len();
        let off = (words as f64 - target).abs();
        if off < best.0 {
            best = (off, sentence.stop);
        }
    }
    // A sentence that runs over half of the text is cut inside.
    if best.0 > target / 2.0 {
        let all = wirecopy::text::Words::new(text);
        best.1 = all.spans.get((all.len() as f64 * share) as usize).map_or(0, |s| s.end as usize);
    }
    text[..best.1].to_owned()
}

/// The text as it was, between a line at the top and some at the bottom that belong to another article.
pub(crate) fn wrapped(text: &str, draft: &Draft<'_>, donor: &Draft<'_>) -> String {
    let mut borrowed = borrow(donor, draft.len() / 3, usize::MAX);
    let top = borrowed.remove(0);
    format!("{top}\n\n{}\n\n{}", text.trim_end(), borrowed.join("\n")).trim_end().to_owned()
}

/// Half of the numbers changed, a paragraph or sentence dropped, one or two sentences added at the top or the end.
pub(crate) fn updated(mut draft: Draft<'_>, donor: &Draft<'_>, random: &mut Random) -> String {
    let borrowed = borrow(donor, draft.len() / 4, 1 + random.below(2)).join(" ");
    let (most, mut dropped) = (draft.len() / 4, false);
    let count = draft.0.len();
    if count > 3 {
        let at = 1 + random.below(count - 1);
        let size: usize = draft.0[at].sentences.iter().map(|sentence| sentence.units.len()).sum();
        if size <= most {
            draft.0.remove(at);
            dropped = true;
        }
    }
    if !dropped {
        let at = random.below(draft.0.len());
        let sentences = &mut draft.0[at].sentences;
        let last = sentences.len() - 1;
        if last > 0 && sentences[last].units.len() <= most {
            sentences.truncate(last);
        }
    }
    for unit in draft.sentences_mut().flat_map(|sentence| &mut sentence.units) {
        if unit.class == Class::Number && random.chance(0.5) {
            unit.text = other_number(&unit.text, random).into();
        }
    }
    let text = draft.text();
    if random.chance(0.5) {
        format!("{borrowed}\n\n{text}")
    } else {
        format!("{text}\n\n{borrowed}")
    }
}

/// A number of the same form, its first digit kept unless it is the only one.
fn other_number(number: &str, random: &mut Random) -> String {
    let digits = number.chars().filter(char::is_ascii_digit).count();
    let mut seen = 0;
    let change = |c: char| match c.to_digit(10) {
        Some(digit) => {
            seen += 1;
            let step = if seen == digits { 1 + random.below(9) as u32 } else { 0 };
            let step = if seen > 1 && seen < digits { random.below(10) as u32 } else { step };
            char::from_digit((digit + step) % 10, 10).unwrap_or(c)
        }
        None => c,
    };
    number.chars().map(change).collect()
}

/// The last sentences of a text: at most so many words, so many sentences, and a quarter of it; at least a line.
fn borrow(donor: &Draft<'_>, words: usize, sentences: usize) -> Vec<String> {
    let words = words.min(donor.len() / 4);
    let mut left = words;
    let mut borrowed: Vec<String> = donor
        .sentences()
        .rev()
        .take(sentences)
        .map_while(|sentence| {
            left = left.checked_sub(sentence.units.len())?;
            Some(line(sentence, usize::MAX))
        })
        .collect();
    if borrowed.is_empty() {
        borrowed.extend(donor.sentences().next_back().map(|sentence| line(sentence, words)));
    }
    borrowed.reverse();
    borrowed
}

fn line(sentence: &Sentence<'_>, words: usize) -> String {
    let mut line: String =
        sentence.units.iter().take(words).flat_map(|unit| [&*unit.before, &*unit.text]).collect();
    line.push_str(&sentence.end);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_change_and_keep_their_form() {
        for number in ["7", "2,000", "3.14", "١٢"] {
            let other = other_number(number, &mut Random::new(0, number));
            assert_eq!(other.chars().count(), number.chars().count());
            assert_eq!(other != number, number.is_ascii(), "{other}");
        }
    }
}
