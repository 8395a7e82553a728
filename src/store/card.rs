//! What an index keeps of an article besides its words: everything that answers show and that order and keep rules ask for.

use std::sync::Arc;

use super::number::{Bytes, put_number, put_string};
use crate::article::{Article, Date, Origin};
use crate::text::Fingerprint;
use crate::text::words::Kind;

/// What is stored of an article besides its words.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Card {
    /// Identity of the sequence of words.
    pub(super) fingerprint: Fingerprint,
    /// A hash of the text as it stood, which tells texts of equal words apart.
    pub(super) text_hash: u64,
    /// The article, without its text.
    pub(super) article: Article,
}

impl Card {
    /// As bytes: about 40 and the strings.
    pub(super) fn to_bytes(&self) -> Vec<u8> {
        let Article { id, text: _, title, date, source, url, origin, position: _ } = &self.article;
        let mut out = Vec::with_capacity(160);
        out.extend(self.fingerprint.0.to_le_bytes());
        out.extend(self.text_hash.to_le_bytes());
        out.push(date.map_or(2, |date| u8::from(date.day_only)));
        let seconds = date.map_or(0, |date| date.seconds);
        // The sign goes to the lowest bit, so that small numbers stay short.
        put_number((seconds << 1 ^ seconds >> 63) as u64, &mut out);
        put_number(origin.line, &mut out);
        put_number(origin.record, &mut out);
        let strings = [Some(id.as_str()), Some(&origin.file)];
        for string in strings.into_iter().chain([title, source, url].map(Option::as_deref)) {
            put_string(string, &mut out);
        }
        out
    }

    /// What [`Card::to_bytes`] gave.
    pub(super) fn from_bytes(bytes: &[u8]) -> Card {
        let mut bytes = Bytes(bytes);
        let fingerprint = Fingerprint(u128::from_le_bytes(bytes.take()));
        let text_hash = u64::from_le_bytes(bytes.take());
        let [day_only] = bytes.take();
        let folded = bytes.number();
        let seconds = (folded >> 1) as i64 ^ -((folded & 1) as i64);
        let date = (day_only < 2).then_some(Date { seconds, day_only: day_only == 1 });
        let (line, record) = (bytes.number(), bytes.number());
        let mut string = || bytes.string();
        let (id, file) = (string().unwrap_or_default(), string().unwrap_or_default());
        let (title, source, url) = (string(), string(), string());
        let origin = Origin { file: Arc::from(file), line, record };
        let article = Article { id, title, date, source, url, origin, ..Article::default() };
        Card { fingerprint, text_hash, article }
    }
}

/// Words as bytes: all identities, then all kinds. Frequent words repeat within a block, which packing makes use of.
pub(super) fn words_to_bytes(ids: &[u32], kinds: &[Kind]) -> Vec<u8> {
    let mut out = Vec::with_capacity(WORD * ids.len());
    out.extend(ids.iter().flat_map(|id| id.to_le_bytes()));
    out.extend(kinds.iter().map(|kind| kind.to_byte()));
    out
}

/// Bytes of one word.
const WORD: usize = 5;

/// What [`words_to_bytes`] gave.
pub(super) fn words_from_bytes(bytes: &[u8]) -> (Vec<u32>, Vec<Kind>) {
    let (ids, kinds) = bytes.split_at(bytes.len() / WORD * size_of::<u32>());
    let (ids, _) = ids.as_chunks();
    let ids = ids.iter().copied().map(u32::from_le_bytes).collect();
    (ids, kinds.iter().copied().map(Kind::from_byte).collect())
}

/// Several records as one payload: their number, their lengths, then the records.
pub(super) fn join(records: &[&[u8]]) -> Vec<u8> {
    let mut out =
        Vec::with_capacity(records.iter().map(|record| record.len() + 4).sum::<usize>() + 4);
    out.extend((records.len() as u32).to_le_bytes());
    out.extend(records.iter().flat_map(|record| (record.len() as u32).to_le_bytes()));
    records.iter().for_each(|record| out.extend(*record));
    out
}

/// The records of a payload that [`join`] gave.
pub(super) fn parts(payload: &[u8]) -> Vec<&[u8]> {
    let mut lengths = Bytes(payload);
    let count = u32::from_le_bytes(lengths.take()) as usize;
    let mut bodies = Bytes(payload.get(4 + 4 * count..).unwrap_or_default());
    (0..count).map(|_| bodies.slice(u32::from_le_bytes(lengths.take()) as usize)).collect()
}

/// One of the records of such a payload.
pub(super) fn part(payload: &[u8], at: usize) -> Option<&[u8]> {
    let mut lengths = Bytes(payload);
    let count = u32::from_le_bytes(lengths.take()) as usize;
    let before: usize =
        (0..at).map(|_| u32::from_le_bytes(lengths.take()) as usize).sum::<usize>() + 4 + 4 * count;
    let length = u32::from_le_bytes(lengths.take()) as usize;
    (at < count).then(|| payload.get(before..before + length)).flatten()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::text::Words;

    proptest! {
        #[test]
        fn what_is_read_is_what_was_written(
            strings in prop::collection::vec(prop::option::of(".{0,12}"), 5),
            numbers in any::<(u128, u64, i64, u64, u64)>(),
            date in prop::option::of(any::<bool>()),
            text in "[a-zA-Z0-9 “”字]{0,60}",
        ) {
            let string = |at: usize| strings[at].clone().unwrap_or_default();
            let article = Article {
                id: string(0),
                title: strings[1].clone(),
                date: date.map(|day_only| Date { seconds: numbers.2, day_only }),
                source: strings[2].clone(),
                url: strings[3].clone(),
                origin: Origin { file: Arc::from(string(4)), line: numbers.3, record: numbers.4 },
                ..Article::default()
            };
            let card = Card { fingerprint: Fingerprint(numbers.0), text_hash: numbers.1, article };
            prop_assert_eq!(Card::from_bytes(&card.to_bytes()), card);
            let words = Words::new(&text);
            let read = words_from_bytes(&words_to_bytes(&words.ids, &words.kinds));
            prop_assert_eq!(read, (words.ids, words.kinds));
        }

        #[test]
        fn records_come_apart_as_they_were_joined(records in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..9), 0..9)) {
            let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
            let payload = join(&records);
            prop_assert_eq!(&parts(&payload), &records);
            for at in 0..=records.len() {
                prop_assert_eq!(part(&payload, at), records.get(at).copied());
            }
        }
    }
}
