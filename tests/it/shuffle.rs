//! Orders and words that look random and are the same in every run.

/// Knuth's 64-bit linear congruential generator (MMIX), of which the high half is used.
#[derive(Debug)]
pub(crate) struct Lcg(pub(crate) u64);

impl Lcg {
    /// A number below `limit`.
    pub(crate) fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % limit
    }
}

/// The same items in another order (Fisher and Yates).
pub(crate) fn shuffled<T>(items: impl IntoIterator<Item = T>, seed: u64) -> Vec<T> {
    let mut items: Vec<T> = items.into_iter().collect();
    let mut random = Lcg(seed);
    for last in (1..items.len()).rev() {
        items.swap(last, random.below(last + 1));
    }
    items
}

/// A word of lower-case letters, another for every number: three syllables, so that none has a meaning.
pub(crate) fn word(number: usize) -> String {
    const CONSONANTS: &[u8] = b"bdfghklmnprtvz";
    const VOWELS: &[u8] = b"aeiou";
    let syllables = CONSONANTS.len() * VOWELS.len();
    let mut rest = number;
    let mut word = String::with_capacity(6);
    for _ in 0..3 {
        let syllable = rest % syllables;
        rest /= syllables;
        word.push(char::from(CONSONANTS[syllable / VOWELS.len()]));
        word.push(char::from(VOWELS[syllable % VOWELS.len()]));
    }
    assert_eq!(rest, 0, "{number} is more than three syllables can say");
    word
}
