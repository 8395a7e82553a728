//! What is known of one article besides its words, as bytes that can be put aside and read back.
//!
//! Nothing of this leaves the process: the form may change with every version.

use std::sync::Arc;

use crate::article::{Article, Date, Origin};
use crate::text::Fingerprint;
use crate::text::words::Kind;

/// What is put aside of an article.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Known {
    /// Identity of the sequence of words.
    pub(crate) fingerprint: Fingerprint,
    /// A hash of the text as it stood, to tell texts of equal words apart.
    pub(crate) text_hash: u64,
    /// The article; its text is empty unless it was to be kept.
    pub(crate) article: Article,
}

impl Known {
    /// Adds the bytes to others.
    pub(crate) fn write(&self, out: &mut Vec<u8>) {
        let Article { id, text, title, date, source, url, origin, position: _ } = &self.article;
        out.extend(self.fingerprint.0.to_le_bytes());
        out.extend(self.text_hash.to_le_bytes());
        let day_only = date.map_or(2, |date| u8::from(date.day_only));
        out.push(day_only);
        out.extend(date.map_or(0, |date| date.seconds).to_le_bytes());
        out.extend(origin.line.to_le_bytes());
        out.extend(origin.record.to_le_bytes());
        let strings = [Some(id.as_str()), Some(&origin.file), Some(text)];
        for string in strings.into_iter().chain([title, source, url].map(Option::as_deref)) {
            // Lengths are stored with one added: no string is of length zero, an empty one of one.
            let length = string.map_or(0, |string| string.len() as u64 + 1);
            out.extend(length.to_le_bytes());
            out.extend(string.unwrap_or("").as_bytes());
        }
    }

    /// What [`Known::write`] wrote.
    pub(crate) fn read(bytes: &[u8]) -> Known {
        let mut bytes = Bytes(bytes);
        let fingerprint = Fingerprint(u128::from_le_bytes(bytes.take()));
        let text_hash = u64::from_le_bytes(bytes.take());
        let [day_only] = bytes.take();
        let seconds = i64::from_le_bytes(bytes.take());
        let date = (day_only < 2).then_some(Date { seconds, day_only: day_only == 1 });
        let line = u64::from_le_bytes(bytes.take());
        let record = u64::from_le_bytes(bytes.take());
        let mut string = || bytes.string();
        let (id, file, text) = (string(), string(), string());
        let (title, source, url) = (string(), string(), string());
        let origin = Origin { file: Arc::from(file.unwrap_or_default()), line, record };
        let (id, text) = (id.unwrap_or_default(), text.unwrap_or_default());
        let article = Article { id, text, title, date, source, url, origin, position: 0 };
        Known { fingerprint, text_hash, article }
    }
}

/// Bytes still to be read.
struct Bytes<'a>(&'a [u8]);

impl Bytes<'_> {
    fn take<const N: usize>(&mut self) -> [u8; N] {
        let (taken, rest) = self.0.split_first_chunk().unwrap_or((&[0; N], &[]));
        self.0 = rest;
        *taken
    }

    fn string(&mut self) -> Option<String> {
        let length = u64::from_le_bytes(self.take()).checked_sub(1)? as usize;
        let (string, rest) = self.0.split_at(length.min(self.0.len()));
        self.0 = rest;
        Some(String::from_utf8_lossy(string).into_owned())
    }
}

/// Bytes of one word: its identity and its kind.
pub(crate) const WORD: usize = 5;

/// Adds the bytes of words to others: all identities, then all kinds.
pub(crate) fn write_words(ids: &[u32], kinds: &[Kind], out: &mut Vec<u8>) {
    out.extend(ids.iter().flat_map(|id| id.to_le_bytes()));
    out.extend(kinds.iter().map(|kind| kind.to_byte()));
}

/// What [`write_words`] wrote.
pub(crate) fn read_words(bytes: &[u8]) -> (Vec<u32>, Vec<Kind>) {
    let (ids, kinds) = bytes.split_at(bytes.len() / WORD * size_of::<u32>());
    let (ids, _) = ids.as_chunks();
    let ids = ids.iter().copied().map(u32::from_le_bytes).collect();
    (ids, kinds.iter().copied().map(Kind::from_byte).collect())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::Words;

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(
            strings in prop::collection::vec(prop::option::of(".{0,12}"), 6),
            numbers in any::<(u128, u64, i64, u64, u64)>(),
            date in prop::option::of(any::<bool>()),
            text in "[a-zA-Z0-9 “”字]{0,60}",
        ) {
            let string = |at: usize| strings[at].clone().unwrap_or_default();
            let article = Article {
                id: string(0),
                text: string(1),
                title: strings[2].clone(),
                date: date.map(|day_only| Date { seconds: numbers.2, day_only }),
                source: strings[3].clone(),
                url: strings[4].clone(),
                origin: Origin { file: Arc::from(string(5)), line: numbers.3, record: numbers.4 },
                position: 0,
            };
            let known = Known { fingerprint: Fingerprint(numbers.0), text_hash: numbers.1, article };
            let mut bytes = Vec::new();
            known.write(&mut bytes);
            prop_assert_eq!(Known::read(&bytes), known);

            let words = Words::new(&text);
            let mut bytes = Vec::new();
            write_words(&words.ids, &words.kinds, &mut bytes);
            prop_assert_eq!(bytes.len(), WORD * words.len());
            prop_assert_eq!(read_words(&bytes), (words.ids, words.kinds));
        }
    }
}
