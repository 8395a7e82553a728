//! The edits that make a rewording: words exchanged, dropped and put in; clauses and sentences moved, merged and cut.
//!
//! How much of each is a [`Recipe`]. Names and numbers are left alone nine times of ten, and words without neighbors
//! always, as people do with terms. Sentences differ: some are hardly touched, some by half more than the recipe says.
//! The result reads like a careless spinner: grammatical in most places, not always true.

use std::borrow::Cow;

use super::draft::{Class, Draft, Sentence, Unit, joint};
use super::learned::{Learned, lowered, raised};
use super::random::Random;

/// How many more or fewer edits names and numbers get than other words.
const KEPT: f64 = 0.1;
/// The same for words that carry no content.
const FUNCTION: f64 = 0.7;

/// How much is edited: probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Recipe {
    /// Of a word to be exchanged, dropped, or preceded by another.
    pub(crate) words: f64,
    /// Of a sentence to change places with the next.
    pub(crate) reorder: f64,
    /// Of a sentence to be merged with the next.
    pub(crate) merge: f64,
    /// Of the two clauses of a sentence to change places.
    pub(crate) clauses: f64,
    /// Of a sentence to be dropped or to lose its last clause.
    pub(crate) cut: f64,
}

impl Recipe {
    /// The recipe whose sentence edits suit a target similarity; words are left for calibration.
    ///
    /// Above .60 only words are edited. Below, sentence edits grow to what they are in an extreme rewording.
    pub(crate) fn for_target(similarity: f64) -> Self {
        let share = ((0.6 - similarity) / 0.5).clamp(0.0, 1.0);
        Recipe {
            words: 0.0,
            reorder: 0.25 * share,
            merge: 0.15 * share,
            clauses: 0.2 * share,
            cut: 0.1 * share,
        }
    }
}

/// Rewords a draft: first what concerns whole sentences, then words.
pub(crate) fn reword<'a>(
    draft: &mut Draft<'a>,
    recipe: &Recipe,
    learned: &'a Learned,
    random: &mut Random,
) {
    cut(draft, recipe.cut, random);
    reorder(draft, recipe.reorder, random);
    for paragraph in &mut draft.0 {
        merge(&mut paragraph.sentences, recipe.merge, random);
        for sentence in &mut paragraph.sentences {
            if random.chance(recipe.clauses) {
                swap_clauses(sentence, random);
            }
            let rate = recipe.words * (0.5 + random.unit());
            words(sentence, rate, learned, random);
        }
    }
}

/// Puts all but the first paragraph in a random order; all but the first sentence if there are few paragraphs.
pub(crate) fn shuffle(draft: &mut Draft<'_>, random: &mut Random) {
    if draft.0.len() > 3 {
        let breaks: Vec<&str> = draft.0.iter().map(|paragraph| paragraph.before).collect();
        random.shuffle(&mut draft.0[1..]);
        draft.0.iter_mut().zip(breaks).for_each(|(paragraph, before)| paragraph.before = before);
    } else {
        let mut sentences: Vec<&mut Sentence<'_>> = draft.sentences_mut().skip(1).collect();
        for at in (1..sentences.len()).rev() {
            let other = random.below(at + 1);
            if other < at {
                let (head, tail) = sentences.split_at_mut(at);
                std::mem::swap(&mut *head[other], &mut *tail[0]);
            }
        }
    }
}

/// Drops sentences, or their last clauses; never the lead, never more than half.
fn cut(draft: &mut Draft<'_>, probability: f64, random: &mut Random) {
    let least = draft.len() / 2;
    let mut left = draft.len();
    let mut lead = true;
    for paragraph in &mut draft.0 {
        paragraph.sentences.retain_mut(|sentence| {
            let keep = std::mem::take(&mut lead) || !random.chance(probability);
            let units = sentence.units.len();
            if keep || left.saturating_sub(units) < least {
                return true;
            }
            match last_clause(sentence) {
                Some(from) if random.chance(0.5) => {
                    left -= units - from;
                    sentence.units.truncate(from);
                    true
                }
                _ => {
                    left -= units;
                    false
                }
            }
        });
    }
    draft.0.retain(|paragraph| !paragraph.sentences.is_empty());
}

/// Lets sentences change places with the next one, across paragraphs too; the lead stays.
fn reorder(draft: &mut Draft<'_>, probability: f64, random: &mut Random) {
    let mut sentences: Vec<&mut Sentence<'_>> = draft.sentences_mut().skip(1).collect();
    for pair in sentences.chunks_exact_mut(2) {
        // Each pair decides for both of its sentences.
        if random.chance(2.0 * probability)
            && let [first, second] = pair
        {
            std::mem::swap(&mut **first, &mut **second);
        }
    }
}

/// Joins sentences that end plainly with the next by a comma or semicolon.
fn merge(sentences: &mut Vec<Sentence<'_>>, probability: f64, random: &mut Random) {
    let mut at = 0;
    while at + 1 < sentences.len() {
        let marks = match &*sentences[at].end {
            "." => [",", ";"],
            "。" => ["，", "；"],
            _ => ["", ""],
        };
        let opens = sentences[at + 1].units[0].before.is_empty();
        if marks[0].is_empty() || !opens || !random.chance(probability) {
            at += 1;
            continue;
        }
        let mark = marks[random.below(2)];
        let mut next = sentences.remove(at + 1);
        let first = &mut next.units[0];
        first.before = Cow::Owned(format!("{mark}{}", joint(mark)));
        if first.class == Class::Plain {
            first.text = Cow::Owned(lowered(&first.text).into_owned());
        }
        sentences[at].units.append(&mut next.units);
        sentences[at].end = next.end;
        // At most two become one.
        at += 1;
    }
}

/// `A, b` to `B, a`, at the comma nearest to a random place.
fn swap_clauses(sentence: &mut Sentence<'_>, random: &mut Random) {
    let length = sentence.units.len();
    let middle = length / 4 + random.below(length / 2 + 1);
    let commas = (1..length).filter(|&at| is_comma(&sentence.units[at].before));
    let Some(at) = commas.min_by_key(|&at| at.abs_diff(middle)) else { return };
    let opens = sentence.units[0].before.is_empty();
    if at < 3 || length - at < 3 || !opens || sentence.end.chars().count() > 1 {
        return;
    }
    let units = &mut sentence.units;
    units.rotate_left(at);
    let comma = std::mem::take(&mut units[0].before);
    let former = &mut units[length - at];
    former.before = comma;
    if former.class == Class::Plain {
        let was_raised = former.text.starts_with(char::is_uppercase);
        former.text = Cow::Owned(lowered(&former.text).into_owned());
        if was_raised {
            units[0].text = Cow::Owned(raised(&units[0].text).into_owned());
        }
    } else {
        units[0].text = Cow::Owned(raised(&units[0].text).into_owned());
    }
}

/// Where the last clause begins, if there is enough before it.
fn last_clause(sentence: &Sentence<'_>) -> Option<usize> {
    let length = sentence.units.len();
    (length / 2..length).rev().find(|&at| at >= 4 && is_comma(&sentence.units[at].before))
}

fn is_comma(before: &str) -> bool {
    matches!(before.trim_end(), "," | "，" | "،" | "、")
}

/// Exchanges, drops and puts in words, each with this probability.
fn words<'a>(sentence: &mut Sentence<'a>, rate: f64, learned: &'a Learned, random: &mut Random) {
    let mut at = 0;
    while at < sentence.units.len() {
        let unit = &sentence.units[at];
        let readiness = match unit.class {
            Class::Capital | Class::Number => KEPT,
            _ if learned.is_function(unit.word) => FUNCTION,
            _ => 1.0,
        };
        if sentence.is_free(at) && random.chance(rate * readiness) {
            let done = match random.below(10) {
                0 | 1 => drop_word(sentence, at, learned),
                2 | 3 => put_in(sentence, &mut at, learned, random),
                _ => false,
            };
            if !done {
                exchange(sentence, at, learned, random);
            }
        }
        at += 1;
    }
}

/// Replaces a word by one of its neighbors, if it can by one that was seen next to what stands here.
fn exchange<'a>(
    sentence: &mut Sentence<'a>,
    at: usize,
    learned: &'a Learned,
    random: &mut Random,
) -> bool {
    let (left, right) = Learned::around(sentence, at);
    let neighbors = learned.neighbors(sentence.units[at].word);
    let fit = |&word: &u32| {
        usize::from(learned.follows(left, word)) + usize::from(learned.follows(word, right))
    };
    let fits: Vec<usize> = neighbors.iter().map(fit).collect();
    let Some(&best) = fits.iter().max() else { return false };
    let fitting: Vec<u32> = neighbors
        .iter()
        .zip(&fits)
        .filter(|entry| *entry.1 == best)
        .map(|entry| *entry.0)
        .collect();
    // The closer of two: neighbors far down the list stand in the same place, but often mean something else.
    let word = fitting[random.below(fitting.len()).min(random.below(fitting.len()))];
    let unit = &mut sentence.units[at];
    let surface = learned.surface(word);
    let raise = unit.class == Class::Plain && unit.text.starts_with(char::is_uppercase);
    unit.text = if raise { raised(surface) } else { Cow::Borrowed(surface) };
    unit.word = word;
    true
}

/// Drops a word if its neighbors were seen side by side.
fn drop_word(sentence: &mut Sentence<'_>, at: usize, learned: &Learned) -> bool {
    let inner = at > 0 && at + 1 < sentence.units.len();
    if !inner || !sentence.units[at].is_joined() || !sentence.units[at + 1].is_joined() {
        return false;
    }
    let (left, right) = Learned::around(sentence, at);
    let fits = learned.follows(left, right);
    if fits {
        sentence.units.remove(at);
    }
    fits
}

/// Puts in a frequent word that was seen between the word before and this one.
fn put_in<'a>(
    sentence: &mut Sentence<'a>,
    at: &mut usize,
    learned: &'a Learned,
    random: &mut Random,
) -> bool {
    if *at == 0 || !sentence.units[*at].is_joined() {
        return false;
    }
    let (left, right) = (sentence.units[*at - 1].word, sentence.units[*at].word);
    let fillers = learned.fillers(left, right);
    let Some(&(_, word)) = fillers.get(random.below(fillers.len())) else { return false };
    if word == left || word == right {
        return false;
    }
    let before = sentence.units[*at].before.clone();
    let class = sentence.units[*at].class;
    let class = if class == Class::Unspaced { class } else { Class::Plain };
    let text = Cow::Borrowed(learned.surface(word));
    sentence.units.insert(*at, Unit { before, text, word, class });
    *at += 1;
    true
}

#[cfg(test)]
mod tests {
    use super::super::learned::tests::{learned, texts};
    use super::*;

    fn edited(text: &str, edit: impl FnOnce(&mut Draft<'_>)) -> String {
        let learned = learned();
        let mut draft = learned.draft(text);
        edit(&mut draft);
        draft.text()
    }

    #[test]
    fn nothing_is_done_by_an_empty_recipe() {
        let (learned, text) = (learned(), &texts()[0]);
        let mut draft = learned.draft(text);
        reword(&mut draft, &Recipe::default(), &learned, &mut Random::new(0, ""));
        assert_eq!(draft.text(), text.trim_end());
    }

    #[test]
    fn words_keep_their_frame() {
        let learned = learned();
        let text = "The river often said that Mara has a school, and Mara left.";
        let mut draft = learned.draft(text);
        words(&mut draft.0[0].sentences[0], 1.0, &learned, &mut Random::new(5, "frame"));
        let after = draft.text();
        assert_ne!(after, text);
        assert!(after.ends_with('.') && after.contains(", and"), "{after}");
        assert!(after.starts_with(char::is_uppercase), "{after}");
    }

    #[test]
    fn clauses_change_places() {
        let after = edited("The market said that it has, and Mara left now.", |draft| {
            swap_clauses(&mut draft.0[0].sentences[0], &mut Random::new(1, "clauses"));
        });
        assert_eq!(after, "And Mara left now, the market said that it has.");
    }

    #[test]
    fn sentences_are_merged_and_shuffled() {
        let after = edited("Mara left. The river has a school.", |draft| {
            merge(&mut draft.0[0].sentences, 1.0, &mut Random::new(1, "merge"));
        });
        assert!(after.starts_with("Mara left") && after.ends_with(" the river has a school."));
        let after = edited("One. Two. Three. Four. Five. Six.", |draft| {
            shuffle(draft, &mut Random::new(1, "shuffle"));
        });
        assert!(after.starts_with("One.") && after != "One. Two. Three. Four. Five. Six.");
        assert_eq!(after.len(), "One. Two. Three. Four. Five. Six.".len());
    }

    #[test]
    fn cuts_leave_the_lead_and_half() {
        let after = edited("One two. Three four. Five six. Seven eight.", |draft| {
            cut(draft, 1.0, &mut Random::new(1, "cut"));
        });
        assert_eq!(after, "One two. Seven eight.");
    }
}
