//! Dissociated press: text chained from a corpus, word by word, by chains of varying order.
//!
//! A chain walks along the corpus. At each word it goes on (an order as high as the run is long), or breaks: it jumps to
//! another place of the word where it stands and goes on from there (order 1), or, if the corpus knows that word too
//! little, to a place after the last word that it knows well, so that it stays in the language it is in. Frequent breaks
//! make shingles that no other article has; a break that looks for a common shingle makes those that many have.
//!
//! A word here is a word of the library with all that follows it up to the next, so that marks, line ends and scripts
//! without spaces need no rules. Building takes time linear in the text (a sort aside), a step of a chain two or three
//! memory accesses. Memory: the text, and 12 bytes a word.

use std::cmp::Reverse;
use std::hint::black_box;
use std::ops::Range;

use ahash::AHashMap;
use rayon::prelude::*;
use wirecopy::text::Words;
use wirecopy::text::shingle::each_shingle;

use crate::generate::random::Random;

/// Places a word must have for a chain to break at it.
const KNOWN: u32 = 16;
/// Share of all shingles, the most frequent first, that count as common: one in so many.
const COMMON: usize = 50;
/// Walks that go side by side, so that their waits for memory overlap: alone, a walk does little else but wait.
const TOGETHER: usize = 16;

/// How a chain moves: probabilities.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Style {
    /// Of a break after each word.
    pub(crate) breaks: f64,
    /// Of a break to look for a common shingle.
    pub(crate) phrases: f64,
}

/// A corpus to walk along.
#[derive(Debug, Default)]
pub(crate) struct Chain {
    text: String,
    places: Vec<Place>,
    /// Where the places of each word number start, in `by_word`; one more at the end.
    starts: Vec<u32>,
    /// How many of them begin a common shingle.
    commons: Vec<u32>,
    /// Every place, by word number; those that begin a common shingle first.
    by_word: Vec<u32>,
}

/// One way through a corpus: what becomes of it is its text.
#[derive(Debug)]
pub(crate) struct Walk {
    /// What chance does on the way.
    pub(crate) random: Random,
    /// The words so far; in the end, all, without the white space behind the last.
    pub(crate) text: String,
    at: usize,
    left: usize,
    /// The last word that the corpus knows well.
    known: Option<u32>,
    /// Words from here on that belong together.
    held: usize,
    /// The place to go on after, in `by_word`, and whether a common shingle begins there.
    next: Option<(usize, bool)>,
}

impl Walk {
    /// A walk of so many words, from a place on.
    pub(crate) fn new(from: u32, length: usize, random: Random) -> Self {
        let text = String::with_capacity(length * 8);
        Walk { random, text, at: from as usize, left: length, known: None, held: 1, next: None }
    }
}

/// One word of the text.
#[derive(Clone, Copy, Debug)]
struct Place {
    /// Where it ends in the text, with what follows it.
    end: u32,
    /// The number of the word, and above [`NUMBER`] bits what a chain must know at once.
    word: u32,
}

/// Bits of a word number: there are fewer words in the largest text.
const NUMBER: u32 = 26;
/// Set if the word has many places.
const IS_KNOWN: u32 = 1 << 31;

impl Place {
    fn number(self) -> u32 {
        self.word & ((1 << NUMBER) - 1)
    }

    fn is_known(self) -> bool {
        self.word & IS_KNOWN != 0
    }

    /// Words of the common shingle that begins here; 0 if that one is not common.
    fn common(self) -> u32 {
        (self.word & !IS_KNOWN) >> NUMBER
    }
}

impl Chain {
    /// Takes texts in; returns the words of each, as a range of places. All together must be shorter than 64 MiB or so.
    pub(crate) fn new(texts: &[&str]) -> (Self, Vec<Range<u32>>) {
        let cut: Vec<Cut> = texts.par_iter().map(|text| Cut::new(text)).collect();
        let common = common(&cut);
        let mut chain = Chain::default();
        let mut numbers = AHashMap::<&str, u32>::new();
        let mut ranges = Vec::with_capacity(texts.len());
        for (cut, text) in cut.iter().zip(texts) {
            let first = chain.places.len() as u32;
            let offset = chain.text.len();
            chain.text.push_str(&text[cut.start..]);
            let mut before = cut.start;
            for &end in &cut.ends {
                let next = numbers.len() as u32;
                let word = *numbers.entry(&text[before..end]).or_insert(next);
                chain.places.push(Place { end: (offset + end - cut.start) as u32, word });
                before = end;
            }
            if !cut.ends.is_empty()
                && let Some(last) = chain.places.last_mut()
            {
                // What follows the last word of an article is the next article.
                chain.text.truncate(chain.text.trim_end().len());
                chain.text.push_str("\n\n");
                last.end = chain.text.len() as u32;
            }
            ranges.push(first..chain.places.len() as u32);
        }
        for (place, common) in chain.places.iter_mut().zip(common) {
            place.word |= u32::from(common) << NUMBER;
        }
        chain.sort(numbers.len());
        (chain, ranges)
    }

    /// Number of places.
    pub(crate) fn len(&self) -> u32 {
        self.places.len() as u32
    }

    /// Goes all these ways to their ends.
    pub(crate) fn go(&self, walks: &mut [Walk], style: Style) {
        if self.places.is_empty() {
            return;
        }
        for walks in walks.chunks_mut(TOGETHER) {
            while walks.iter().any(|walk| walk.left > 0) {
                // Nothing here depends on what is read, so the processor fetches for all at once.
                for walk in walks.iter_mut() {
                    if let Some((next, common)) = walk.next.take() {
                        walk.at = (self.by_word[next] as usize + 1) % self.places.len();
                        walk.held = usize::from(common);
                    }
                }
                black_box(walks.iter().fold(0, |sum, walk| sum ^ self.places[walk.at].end));
                let text = self.text.as_bytes();
                black_box(walks.iter().fold(0, |sum, walk| sum ^ text[self.start(walk.at)]));
                for walk in walks.iter_mut().filter(|walk| walk.left > 0) {
                    self.run(walk, style);
                }
            }
            for walk in walks {
                walk.text.truncate(walk.text.trim_end().len());
            }
        }
    }

    /// One run of words that stand like this in the corpus, and where to go on.
    fn run(&self, walk: &mut Walk, style: Style) {
        if walk.held > 0 && walk.at > 0 {
            // The first of the common shingle is the word before.
            walk.held = (self.places[walk.at - 1].common() as usize).saturating_sub(1);
        }
        let most = walk.left.min(self.places.len() - walk.at);
        let mut words = walk.held.clamp(1, most);
        while words < most && !walk.random.chance(style.breaks) {
            words += 1;
        }
        let run = &self.places[walk.at..walk.at + words];
        walk.text.push_str(&self.text[self.start(walk.at)..run[words - 1].end as usize]);
        walk.left -= words;
        let known = run.iter().rev().find(|place| place.is_known());
        walk.known = known.map(|place| place.number()).or(walk.known);
        let Some(word) = walk.known.map(|word| word as usize) else {
            walk.at = (walk.at + words) % self.places.len();
            walk.held = 0;
            return;
        };
        let commons = self.commons[word];
        let common = commons > 0 && walk.random.chance(style.phrases);
        let among = if common { commons } else { self.starts[word + 1] - self.starts[word] };
        let next = self.starts[word] as usize + walk.random.below(among as usize);
        walk.next = Some((next, common));
    }

    fn start(&self, at: usize) -> usize {
        at.checked_sub(1).map_or(0, |before| self.places[before].end as usize)
    }

    /// Notes where each of so many different words has its places.
    fn sort(&mut self, different: usize) {
        self.starts = vec![0; different + 1];
        self.commons = vec![0; different];
        for place in &self.places {
            self.starts[place.number() as usize + 1] += 1;
            self.commons[place.number() as usize] += u32::from(place.common() > 0);
        }
        for at in 1..self.starts.len() {
            self.starts[at] += self.starts[at - 1];
        }
        let mut common = self.starts.clone();
        let mut other: Vec<u32> =
            self.starts.iter().zip(&self.commons).map(|(a, b)| a + b).collect();
        self.by_word = vec![0; self.places.len()];
        for (at, place) in self.places.iter().enumerate() {
            let next = if place.common() > 0 { &mut common } else { &mut other };
            let free = &mut next[place.number() as usize];
            self.by_word[*free as usize] = at as u32;
            *free += 1;
        }
        for place in &mut self.places {
            let word = place.number() as usize;
            if self.starts[word + 1] - self.starts[word] >= KNOWN {
                place.word |= IS_KNOWN;
            }
        }
    }
}

/// One text, cut.
struct Cut {
    start: usize,
    ends: Vec<usize>,
    /// The hash of the shingle at each word but the last, with its words.
    shingles: Vec<(u64, u8)>,
}

impl Cut {
    fn new(text: &str) -> Self {
        let words = Words::new(text);
        let start = words.spans.first().map_or(0, |span| span.start as usize);
        let mut ends: Vec<usize> =
            words.spans.iter().skip(1).map(|span| span.start as usize).collect();
        if !words.is_empty() {
            ends.push(text.len());
        }
        let mut shingles = Vec::with_capacity(words.len());
        each_shingle(&words.ids, &words.kinds, 0, |hash, range| {
            shingles.push((hash, range.len() as u8));
        });
        Cut { start, ends, shingles }
    }
}

/// For each word of all texts, the words of the shingle that begins there if that is one of the most frequent.
fn common(cut: &[Cut]) -> Vec<u8> {
    let mut all: Vec<u64> =
        cut.par_iter().flat_map_iter(|cut| cut.shingles.iter().map(|entry| entry.0)).collect();
    all.par_sort_unstable();
    let mut runs: Vec<(Reverse<usize>, u64)> = all
        .chunk_by(|a, b| a == b)
        .filter(|run| run.len() > 2)
        .map(|run| (Reverse(run.len()), run[0]))
        .collect();
    runs.par_sort_unstable();
    let mut left = all.len() / COMMON;
    runs.retain(|run| {
        let fits = run.0.0 <= left;
        left = if fits { left - run.0.0 } else { 0 };
        fits
    });
    let mut frequent: Vec<u64> = runs.into_iter().map(|run| run.1).collect();
    frequent.sort_unstable();
    let flags: Vec<Vec<u8>> = cut
        .par_iter()
        .map(|cut| {
            let mut flags = vec![0; cut.ends.len()];
            for (flag, (hash, length)) in flags.iter_mut().zip(&cut.shingles) {
                if frequent.binary_search(hash).is_ok() {
                    *flag = *length;
                }
            }
            flags
        })
        .collect();
    flags.concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str =
        "The dog, said Ann, saw the cat. The cat saw the dog and the dog saw Ann.\n\n北京";

    fn chain() -> (Chain, Vec<Range<u32>>) {
        let text = format!("{TEXT} ").repeat(20);
        Chain::new(&[" “One two three four five.”", &text])
    }

    fn text(chain: &Chain, from: u32, length: usize, style: Style) -> String {
        let mut walks: Vec<Walk> =
            (1..40).map(|seed| Walk::new(from, length, Random::new(seed / 2, "walk"))).collect();
        chain.go(&mut walks, style);
        // What a walk becomes does not depend on those beside it.
        assert!(walks[1..].chunks(2).all(|pair| pair[0].text == pair[1].text));
        walks.swap_remove(20).text
    }

    #[test]
    fn without_breaks_the_corpus_is_told_word_by_word() {
        let (chain, ranges) = chain();
        let walk = |range: &Range<u32>| text(&chain, range.start, range.len(), Style::default());
        assert_eq!(walk(&ranges[0]), "One two three four five.”");
        assert!(walk(&ranges[1]).starts_with(TEXT));
        assert_eq!(ranges[1].len(), 20 * 19);
    }

    #[test]
    fn breaks_lead_from_word_to_the_same_word() {
        let (chain, ranges) = chain();
        let style = Style { breaks: 1.0, phrases: 0.5 };
        let text = text(&chain, ranges[1].start, 300, style);
        assert_eq!(Words::new(&text).len(), 300);
        let source = Words::new(&chain.text.repeat(2));
        let pairs: Vec<&[u32]> = source.ids.windows(2).collect();
        let words = Words::new(&text);
        let strange = words.ids.windows(2).filter(|pair| !pairs.contains(pair)).count();
        // After the one word of its kind, at the very end, the chain goes on from the one before.
        assert!(strange < 15, "{strange}: {text}");
        assert!(!format!("{TEXT} ").repeat(20).contains(&text));
    }

    #[test]
    fn frequent_shingles_are_common() {
        let texts: Vec<String> = (0..100)
            .map(|at| {
                let rare = (0..60).map(|word| format!("w{}", at * 60 + word)).collect::<Vec<_>>();
                format!("{} one of the", rare.join(" "))
            })
            .collect();
        let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
        let (chain, ranges) = Chain::new(&texts);
        let common = |at: u32| chain.places[at as usize].common();
        let common: Vec<u32> = ranges[7].clone().map(common).collect();
        let (rare, frequent) = common.split_at(common.len() - 3);
        assert_eq!(frequent, [3, 0, 0]);
        assert!(rare.iter().all(|&length| length == 0));
    }
}
