//! The columns of [`Words`] in the making: words are gathered in a block, then hashed together, one length after another.
//!
//! XXH3 has three ways to hash up to 16 bytes. One word after the other, the processor would have to guess each time which
//! comes, or take all of them; sorted by length, each way is a loop of its own. Columns that can grow are dear to extend one
//! by one, too.
//!
//! Linear. Room: 7 KB a text at work.

use std::ops::Range;

use pulp::Arch;

use super::block::{SIZE, each};
use super::hash::{self, Fingerprint, Sequence};
use super::runs::Sink;
use super::words::{Kind, Words};

/// Words of a block: as many as a byte can number.
const ROOM: usize = 256;

/// A block with more words is full: a block of text may begin one at each of its bytes, and one word may be unfinished.
const FULL: usize = ROOM - SIZE - 1;

/// Bytes of a word that is hashed from registers.
const WINDOW: usize = 16;

/// What is kept of each word while a text is read.
pub(super) struct Columns<'a> {
    text: &'a [u8],
    words: Words,
    sequence: Sequence,
    starts: [u32; ROOM],
    /// A word that was read and hashed elsewhere ends here where it begins, until the block is full.
    ends: [u32; ROOM],
    hashes: [u64; ROOM],
    kinds: [Kind; ROOM],
    /// The numbers, kinds and true ends of the words that were read elsewhere, packed.
    read: [u64; ROOM],
    /// Words in the block that have begun, that have ended, and that were read elsewhere.
    begun: usize,
    ended: usize,
    read_elsewhere: usize,
}

impl<'a> Columns<'a> {
    pub(super) fn new(text: &'a [u8]) -> Self {
        let capacity = text.len() / 5 + 1;
        Columns {
            text,
            words: Words {
                ids: Vec::with_capacity(capacity),
                kinds: Vec::with_capacity(capacity),
                spans: Vec::with_capacity(capacity),
                fingerprint: Fingerprint::default(),
            },
            sequence: Sequence::new(),
            starts: [0; ROOM],
            ends: [0; ROOM],
            hashes: [0; ROOM],
            kinds: [Kind::default(); ROOM],
            read: [0; ROOM],
            begun: 0,
            ended: 0,
            read_elsewhere: 0,
        }
    }

    pub(super) fn finish(&mut self) -> Words {
        self.flush();
        Words { fingerprint: self.sequence.fingerprint(), ..std::mem::take(&mut self.words) }
    }

    #[inline(always)]
    fn push(&mut self, hash: u64, span: Range<u32>, kind: Kind) {
        let at = self.ended % ROOM;
        self.starts[at] = span.start;
        self.ends[at] = span.start;
        self.hashes[at] = hash;
        self.read[self.read_elsewhere % ROOM] =
            u64::from(span.end) << 32 | u64::from(kind.to_byte()) << 8 | at as u64;
        self.read_elsewhere += 1;
        self.ended = at + 1;
        self.begun = self.ended;
        if self.ended > FULL {
            self.flush();
        }
    }

    #[inline(never)]
    fn flush(&mut self) {
        Arch::new().dispatch(
            #[inline(always)]
            move || {
                // Moved, not lent: the compiler wraps a closure that only borrows into a function of its own, and where
                // that is not inlined the work is compiled for any processor, not for this.
                let columns = self;
                columns.hash_block();
                columns.empty_block();
            },
        );
    }

    #[inline(always)]
    fn hash_block(&mut self) {
        let Columns { text, starts, ends, hashes, kinds, .. } = self;
        let mut of_class = [[0u8; ROOM]; 4];
        let mut lengths = [0usize; 4];
        let words = starts.iter().zip(ends.iter()).zip(kinds.iter_mut()).take(self.ended);
        for (((&start, &end), kind), at) in words.zip(0..) {
            let class = class(end - start);
            of_class[class][lengths[class] % ROOM] = at;
            lengths[class] += 1;
            *kind = Kind::of_plain_word(text[start as usize]);
        }
        let [_, to_3, to_8, longer] = &of_class;
        // A byte numbers any word of the block: no place needs a check.
        let word = |at: usize| (starts[at] as usize, ends[at] - starts[at]);
        for at in to_3[..lengths[1]].iter().map(|&at| usize::from(at)) {
            let (start, length) = word(at);
            hashes[at] = hash::word_of_1_to_3(window(text, start)[0], length);
        }
        for at in to_8[..lengths[2]].iter().map(|&at| usize::from(at)) {
            let (start, length) = word(at);
            hashes[at] = hash::word_of_4_to_8(window(text, start)[0], length);
        }
        for at in longer[..lengths[3]].iter().map(|&at| usize::from(at)) {
            let (start, length) = word(at);
            hashes[at] = if length as usize <= WINDOW {
                hash::word_of_9_to_16(window(text, start), length)
            } else {
                hash::word(&text[start..start + length as usize].to_ascii_lowercase())
            };
        }
        for &read in &self.read[..self.read_elsewhere] {
            let at = usize::from(read as u8);
            kinds[at] = Kind::from_byte((read >> 8) as u8);
            ends[at] = (read >> 32) as u32;
        }
    }

    #[inline(always)]
    fn empty_block(&mut self) {
        let count = self.ended;
        let hashes = &self.hashes[..count];
        let spans = self.starts[..count].iter().zip(&self.ends[..count]);
        self.words.ids.extend(hashes.iter().map(|&hash| hash::word_id(hash)));
        self.words.kinds.extend_from_slice(&self.kinds[..count]);
        self.words.spans.extend(spans.map(|(&start, &end)| start..end));
        self.sequence.extend(hashes);
        self.starts[0] = self.starts[count];
        self.begun -= count;
        self.ended = 0;
        self.read_elsewhere = 0;
    }
}

impl Sink for Columns<'_> {
    #[inline(always)]
    fn plain_words(&mut self, base: usize, starts: u64, ends: u64) {
        if starts | ends == 0 {
            return;
        }
        self.begun += lay_down(starts, base, &mut self.starts[self.begun..]);
        self.ended += lay_down(ends, base, &mut self.ends[self.ended..]);
        if self.ended > FULL {
            self.flush();
        }
    }

    #[inline(always)]
    fn take_unfinished(&mut self) -> Option<usize> {
        let start = (self.begun > self.ended).then(|| self.starts[self.ended] as usize);
        self.begun = self.ended;
        start
    }

    #[inline(always)]
    fn word(&mut self, letters: &[u8], span: Range<u32>, kind: Kind) {
        self.push(hash::word(letters), span, kind);
    }

    #[inline(always)]
    fn short_word(&mut self, letters: [u64; 2], span: Range<u32>, kind: Kind) {
        self.push(hash::short_word(letters, span.end - span.start), span, kind);
    }
}

/// By which of the three ways a plain word of so many bytes is hashed; 0 for none that was read elsewhere.
#[inline(always)]
fn class(length: u32) -> usize {
    static CLASSES: [u8; 10] = [0, 1, 1, 1, 2, 2, 2, 2, 2, 3];
    usize::from(CLASSES[length.min(9) as usize]) % 4
}

/// Writes where the bits of the block at `base` stand, and says how many there are.
#[inline(always)]
fn lay_down(mut bits: u64, base: usize, places: &mut [u32]) -> usize {
    /// As many are always written, so that no branch hangs on their number.
    const USUAL: usize = 12;
    let places: &mut [u32; SIZE] =
        places.first_chunk_mut().expect("a block that is not full has room for a block of text");
    let count = bits.count_ones() as usize;
    let mut next = || {
        let at = (base as u32).wrapping_add(bits.trailing_zeros());
        bits &= bits.wrapping_sub(1);
        at
    };
    places[..USUAL].fill_with(&mut next);
    if count > USUAL {
        places[USUAL..count].fill_with(&mut next);
    }
    count
}

/// The bytes of a window at `start` in lower case, the first lowest, and spaces behind the end.
#[inline(always)]
fn window(text: &[u8], start: usize) -> [u64; 2] {
    let window = match text[start..].first_chunk() {
        Some(window) => u128::from_le_bytes(*window),
        None => text[start..].iter().rev().fold(0, |sum, &b| sum << 8 | u128::from(b)),
    };
    // Digits have the bit of small letters.
    [window as u64 | each(0x20), (window >> 64) as u64 | each(0x20)]
}
