//! A signed article as bytes that another process takes into its own scan, so that signing can be done on many machines.
//!
//! Bytes: 40 and the words (5 each), 576 for the signature, about 512 for the sample, 110 to 300 for what else is known.
//! The text is not among them. The form is that of one version: a parcel of another one is refused.

use super::record::{self, Known, WORD};
use super::signed::Signed;
use super::sketch::{SLOTS, Signature};
use crate::article::Article;
use crate::error::{Error, Result};

/// What every parcel of this version begins with.
const FORM: &[u8; 8] = b"wirepar1";

/// A signed article, and the hash of its text.
#[derive(Clone, Debug)]
pub(crate) struct Parcel {
    pub(crate) article: Article,
    pub(crate) signed: Signed,
    pub(crate) text_hash: u64,
}

impl Parcel {
    /// Packs it, without the text of the article.
    pub(crate) fn pack(self) -> Vec<u8> {
        let Parcel { article, signed, text_hash } = self;
        let mut bytes = Vec::with_capacity(
            1024 + WORD * signed.ids.len() + 8 * signed.sample.len() + article.id.len(),
        );
        bytes.extend(FORM);
        let judged = signed.signature.is_some();
        let sizes =
            [signed.ids.len() as u32, signed.sample.len() as u32, signed.shingles, judged.into()];
        bytes.extend(sizes.into_iter().flat_map(u32::to_le_bytes));
        let slots = signed.signature.iter().flat_map(|signature| signature.iter());
        bytes.extend(slots.flat_map(|slot| slot.to_le_bytes()));
        bytes.extend(signed.sample.iter().flat_map(|shingle| shingle.to_le_bytes()));
        record::write_words(&signed.ids, &signed.kinds, &mut bytes);
        let article = Article { text: String::new(), ..article };
        Known { fingerprint: signed.fingerprint, text_hash, article }.write(&mut bytes);
        bytes
    }

    /// Unpacks what [`Parcel::pack`] has packed.
    pub(crate) fn unpack(bytes: &[u8]) -> Result<Parcel> {
        let rest = bytes.strip_prefix(FORM).ok_or_else(foreign)?;
        let (sizes, rest) = numbers::<4>(rest, 4)?;
        let [words, sample, shingles, judged] =
            [0, 1, 2, 3].map(|at| u32::from_le_bytes(sizes[at]));
        let (slots, rest) = numbers::<4>(rest, if judged == 0 { 0 } else { SLOTS })?;
        let mut signature: Option<Box<Signature>> = (judged != 0).then(|| Box::new([0; SLOTS]));
        for (slot, bytes) in signature.iter_mut().flat_map(|all| all.iter_mut()).zip(slots) {
            *slot = u32::from_le_bytes(*bytes);
        }
        let (sample, rest) = numbers::<8>(rest, sample as usize)?;
        let sample = sample.iter().copied().map(u64::from_le_bytes).collect();
        let (words, rest) = rest.split_at_checked(WORD * words as usize).ok_or_else(foreign)?;
        let (ids, kinds) = record::read_words(words);
        let Known { fingerprint, text_hash, article } = Known::read(rest);
        let (ids, kinds) = (ids.into(), kinds.into());
        let signed = Signed { fingerprint, ids, kinds, shingles, signature, sample };
        Ok(Parcel { article, signed, text_hash })
    }
}

/// So many numbers of so many bytes, and what follows them.
fn numbers<const N: usize>(bytes: &[u8], count: usize) -> Result<(&[[u8; N]], &[u8])> {
    let (numbers, rest) = bytes.split_at_checked(N * count).ok_or_else(foreign)?;
    Ok((numbers.as_chunks().0, rest))
}

fn foreign() -> Error {
    Error::new("an article was signed by another version of wirecopy, or its bytes are broken")
        .with_hint("the same version everywhere, and the articles signed anew")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::article::Date;
    use crate::config::Matching;

    fn parcel(text: &str, id: &str) -> Parcel {
        let article = Article {
            id: id.to_owned(),
            date: Some(Date { seconds: 7, day_only: true }),
            source: Some("s".to_owned()),
            ..Article::default()
        };
        Parcel { article, signed: Signed::new(text, &Matching::default()), text_hash: 9 }
    }

    proptest! {
        #[test]
        fn what_is_unpacked_is_what_was_packed(text in "([a-z字]{1,3} ){0,90}", id in ".{0,9}") {
            let sent = parcel(&text, &id);
            let got = Parcel::unpack(&sent.clone().pack()).unwrap();
            prop_assert_eq!((got.article, got.text_hash), (sent.article, sent.text_hash));
            let (got, sent) = (got.signed, sent.signed);
            prop_assert_eq!((got.fingerprint, got.shingles), (sent.fingerprint, sent.shingles));
            prop_assert_eq!((got.ids, got.kinds), (sent.ids, sent.kinds));
            prop_assert_eq!((got.signature, got.sample), (sent.signature, sent.sample));
        }

        #[test]
        fn what_was_cut_or_comes_from_elsewhere_is_refused(cut in 0usize..700, other in any::<Vec<u8>>()) {
            let whole = parcel(&"one two three four five six seven eight nine ten eleven ".repeat(3), "x");
            let whole = whole.pack();
            prop_assert!(Parcel::unpack(&whole[..cut]).is_err());
            prop_assert!(Parcel::unpack(&other).is_err());
        }
    }
}
