//! Which words stand in each other's place, learned from the corpus itself: no dictionary, any language.
//!
//! Besides neighbors, the words met in the same places ([`neighbors`]), it knows which word follows which, and which
//! frequent words stand between which two: so a place in a text can choose what fits there.
//!
//! Three passes over at most [`SAMPLE`] bytes of text, whole articles chosen by a hash of their text: which characters
//! make words, which words are frequent, what stands between what. Measured for a full sample: 3 to 6 s, and 150 MB on
//! top of the texts.

use std::borrow::Cow;
use std::cmp::Reverse;

use ahash::AHashMap;
use rayon::prelude::*;
use wirecopy::text::hash;

use super::draft::{Class, Draft, Sentence, UNKNOWN};
use super::neighbors;
use super::pairs::Pairs;
use super::random;

/// Bytes of text that are learned from.
const SAMPLE: usize = 24 << 20;
/// Words that are told apart, the most frequent ones.
const WORDS: usize = 1 << 18;
/// Words that are frequent enough to be put in anywhere.
const FILLERS: u32 = 400;
/// Words that carry no content, and are replaced less readily.
const FUNCTION: u32 = 60;
/// Bits of the filter that knows which word follows which: one wrong answer in a hundred at two million pairs.
const FILTER_BITS: u64 = 1 << 28;
/// What stands on the other side of a mark or of the end of a sentence.
const MARK: u32 = UNKNOWN - 1;

/// What was learned.
#[derive(Debug)]
pub(crate) struct Learned {
    pairs: Pairs,
    surfaces: Vec<(Box<str>, Class)>,
    numbers: AHashMap<Box<str>, u32>,
    neighbors: Vec<Vec<u32>>,
    /// Left and right word, and a frequent word met between them: sorted.
    fillers: Vec<(u64, u32)>,
    follows: Vec<u64>,
}

impl Learned {
    /// Learns from these texts; their order does not matter.
    pub(crate) fn new(texts: &[&str]) -> Self {
        let sample = sample(texts);
        let pairs = Pairs::new(&sample);
        let (surfaces, counts) = most_frequent(&sample, &pairs);
        let numbers = surfaces.iter().zip(0..).map(|((word, _), at)| (word.clone(), at)).collect();
        let mut learned = Learned {
            pairs,
            surfaces,
            numbers,
            neighbors: Vec::new(),
            fillers: Vec::new(),
            follows: vec![0; (FILTER_BITS / 64) as usize],
        };
        let mut contexts = learned.contexts(&sample);
        contexts.par_sort_unstable();
        learned.neighbors = neighbors::closest(&learned.surfaces, &counts, &contexts);
        learned.fillers = contexts
            .chunk_by(|a, b| a == b)
            .filter(|run| run.len() > 1 && run[0].1 < FILLERS)
            .map(|run| run[0])
            .filter(|entry| matches!(learned.class(entry.1), Some(Class::Plain | Class::Unspaced)))
            .collect();
        learned
    }

    /// Words that were told apart, and those among them that have neighbors.
    pub(crate) fn sizes(&self) -> (usize, usize) {
        (self.surfaces.len(), self.neighbors.iter().filter(|list| !list.is_empty()).count())
    }

    /// A text cut into words, each with its number.
    pub(crate) fn draft<'a>(&self, text: &'a str) -> Draft<'a> {
        let mut draft = Draft::new(text, &self.pairs);
        for sentence in draft.sentences_mut() {
            for (at, unit) in sentence.units.iter_mut().enumerate() {
                (unit.word, unit.class) = self.number(&unit.text, unit.class, at == 0);
            }
        }
        draft
    }

    /// The letters of a word.
    pub(crate) fn surface(&self, word: u32) -> &str {
        &self.surfaces[word as usize].0
    }

    /// Words that stand where this one does, the closest first.
    pub(crate) fn neighbors(&self, word: u32) -> &[u32] {
        self.neighbors.get(word as usize).map_or(&[], Vec::as_slice)
    }

    /// True for the words that carry no content.
    pub(crate) fn is_function(&self, word: u32) -> bool {
        word < FUNCTION
    }

    /// True if the second word was seen right after the first (or, once in a hundred, was not).
    pub(crate) fn follows(&self, first: u32, second: u32) -> bool {
        let bit = hash::mix(context(first, second)) % FILTER_BITS;
        self.follows[(bit / 64) as usize] & (1 << (bit % 64)) != 0
    }

    /// Frequent words that were seen between these two, more than once.
    pub(crate) fn fillers(&self, left: u32, right: u32) -> &[(u64, u32)] {
        let key = context(left, right);
        let start = self.fillers.partition_point(|entry| entry.0 < key);
        let length = self.fillers[start..].partition_point(|entry| entry.0 == key);
        &self.fillers[start..start + length]
    }

    /// The words to the left and right of word `at`, as contexts know them.
    pub(crate) fn around(sentence: &Sentence<'_>, at: usize) -> (u32, u32) {
        let units = &sentence.units;
        let left = match at {
            0 => MARK,
            _ if units[at].is_joined() => units[at - 1].word,
            _ => MARK,
        };
        let right = match units.get(at + 1) {
            Some(next) if next.is_joined() => next.word,
            _ => MARK,
        };
        (left, right)
    }

    /// A word with a capital only because it begins a sentence counts as plain.
    fn number(&self, surface: &str, class: Class, first: bool) -> (u32, Class) {
        let number = self.numbers.get(surface).copied();
        if first && class == Class::Capital {
            let lower = self.numbers.get(&*lowered(surface)).copied();
            // The smaller number is the more frequent word.
            if let Some(lower) = lower.filter(|&lower| number.is_none_or(|number| lower < number)) {
                return (lower, Class::Plain);
            }
        }
        (number.unwrap_or(UNKNOWN), class)
    }

    fn class(&self, word: u32) -> Option<Class> {
        self.surfaces.get(word as usize).map(|entry| entry.1)
    }

    /// Every word that is known between two that are known, with those two; notes what follows what.
    fn contexts(&mut self, sample: &[&str]) -> Vec<(u64, u32)> {
        let mut contexts = Vec::new();
        for text in sample {
            for sentence in self.draft(text).sentences() {
                for (at, unit) in sentence.units.iter().enumerate() {
                    let (left, right) = Learned::around(sentence, at);
                    for (first, second) in [(left, unit.word), (unit.word, right)] {
                        let bit = hash::mix(context(first, second)) % FILTER_BITS;
                        self.follows[(bit / 64) as usize] |= 1 << (bit % 64);
                    }
                    if ![unit.word, left, right].contains(&UNKNOWN) && (left, right) != (MARK, MARK)
                    {
                        contexts.push((context(left, right), unit.word));
                    }
                }
            }
        }
        contexts
    }
}

/// The text with its first letter in lower case.
pub(crate) fn lowered(text: &str) -> Cow<'_, str> {
    recased(text, char::is_uppercase, |c, out| out.extend(c.to_lowercase()))
}

/// The text with its first letter in upper case.
pub(crate) fn raised(text: &str) -> Cow<'_, str> {
    recased(text, char::is_lowercase, |c, out| out.extend(c.to_uppercase()))
}

fn recased(
    text: &str,
    is_other: fn(char) -> bool,
    put: impl Fn(char, &mut String),
) -> Cow<'_, str> {
    match text.chars().next() {
        Some(first) if is_other(first) => {
            let mut out = String::with_capacity(text.len());
            put(first, &mut out);
            out.push_str(&text[first.len_utf8()..]);
            Cow::Owned(out)
        }
        _ => Cow::Borrowed(text),
    }
}

fn context(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

/// Whole texts in an order that depends on nothing but them, as many as are learned from.
fn sample<'a>(texts: &[&'a str]) -> Vec<&'a str> {
    let mut keyed: Vec<(u64, &str)> =
        texts.par_iter().map(|text| (random::key(0, text), *text)).collect();
    keyed.par_sort_unstable();
    let mut left = SAMPLE;
    keyed.retain(|(_, text)| {
        let fits = text.len() <= left;
        left -= if fits { text.len() } else { 0 };
        fits
    });
    keyed.into_iter().map(|entry| entry.1).collect()
}

/// The words that occur more than once, the most frequent first, with how often.
fn most_frequent(sample: &[&str], pairs: &Pairs) -> (Vec<(Box<str>, Class)>, Vec<u32>) {
    let mut counts = AHashMap::<Box<str>, (u32, Class)>::new();
    for text in sample {
        for sentence in Draft::new(text, pairs).sentences() {
            for (at, unit) in sentence.units.iter().enumerate() {
                // A capital that begins a sentence says nothing about the word.
                if at == 0 && unit.class == Class::Capital {
                    continue;
                }
                match counts.get_mut(&*unit.text) {
                    Some(entry) => entry.0 += 1,
                    None => {
                        counts.insert((&*unit.text).into(), (1, unit.class));
                    }
                }
            }
        }
    }
    let mut words: Vec<(Reverse<u32>, Box<str>, Class)> = counts
        .into_iter()
        .filter(|(_, (count, _))| *count > 1)
        .map(|(word, (count, class))| (Reverse(count), word, class))
        .collect();
    words.sort_unstable_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    words.truncate(WORDS);
    let counts = words.iter().map(|entry| entry.0.0).collect();
    (words.into_iter().map(|entry| (entry.1, entry.2)).collect(), counts)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::generate::random::Random;

    /// Texts of a small made-up language, in which words of one list can be exchanged.
    pub(crate) fn texts() -> Vec<String> {
        let verbs = ["said", "told", "wrote", "claimed"];
        let nouns = ["market", "council", "harbor", "school", "river"];
        let adverbs = ["often", "still", "never", "now"];
        let names = ["Mara", "Oslo", "Bern", "Tillo"];
        (0..60)
            .map(|at| {
                let mut random = Random::new(at, "texts");
                let mut pick = |from: &[&str]| from[random.below(from.len())].to_owned();
                let mut text = String::new();
                for line in 0..12 {
                    let (verb, noun, other) = (pick(&verbs), pick(&nouns), pick(&nouns));
                    let (adverb, name) = (pick(&adverbs), pick(&names));
                    text += &format!(
                        "The {noun} {adverb} {verb} that {name} has a {other}, and {name} left \
                         the {other} with {line}{at} people. "
                    );
                    if line % 4 == 3 {
                        text.push_str("\n\n");
                    }
                }
                text
            })
            .collect()
    }

    pub(crate) fn learned() -> Learned {
        let texts = texts();
        Learned::new(&texts.iter().map(String::as_str).collect::<Vec<_>>())
    }

    #[test]
    fn words_in_one_place_are_neighbors() {
        let learned = learned();
        let neighbors = |word: &str| -> Vec<&str> {
            let mut list: Vec<&str> = learned
                .neighbors(learned.numbers[word])
                .iter()
                .map(|&other| learned.surface(other))
                .collect();
            list.sort_unstable();
            list
        };
        assert_eq!(neighbors("said"), ["claimed", "told", "wrote"]);
        assert_eq!(neighbors("Oslo"), ["Bern", "Mara", "Tillo"]);
        let (the, said) = (learned.numbers["the"], learned.numbers["said"]);
        assert!(!learned.follows(the, said) && learned.follows(said, learned.numbers["that"]));
    }

    #[test]
    fn the_order_of_texts_does_not_matter() {
        let mut texts = texts();
        let before = learned().neighbors;
        texts.reverse();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        assert_eq!(Learned::new(&texts).neighbors, before);
    }

    #[test]
    fn the_first_word_of_a_sentence_is_known_in_lower_case() {
        let learned = learned();
        let draft = learned.draft("The river. Mara left.");
        let found: Vec<Class> = draft.sentences().map(|sentence| sentence.units[0].class).collect();
        assert_eq!(found, [Class::Plain, Class::Capital]);
    }
}
