//! Articles of a batch that is not stored yet, so that a query sees what was added just before it.
//!
//! In memory, about 5 kB an article of 400 words: batches that are looked into are small.

use ahash::AHashMap;

use super::blocks::Section;
use super::postings::{self, key_of};
use super::query::Holding;
use super::segment::id_hash;
use crate::article::Article;
use crate::error::Result;
use crate::find::Signed;
use crate::find::bands::short_keys;
use crate::find::sketch::{Sketch, sketch};
use crate::text::Fingerprint;
use crate::text::words::Kind;

/// Articles by number, and what they are looked up by.
#[derive(Debug, Default)]
pub(super) struct Recent {
    articles: Vec<(Article, Signed)>,
    places: AHashMap<(u8, u64), Vec<u32>>,
}

impl Recent {
    /// Adds an article with the next number; its text is left out.
    pub(super) fn add(&mut self, mut article: Article, signed: Signed) {
        article.text = String::new();
        let number = self.articles.len() as u32;
        let mut place = |section: Section, key: u64| {
            self.places.entry((section as u8, key)).or_default().push(number);
        };
        if let Some(signature) = &signed.signature {
            let keys = short_keys(signature);
            keys.iter()
                .enumerate()
                .for_each(|(band, &hash)| place(Section::Bands, key_of(band, hash)));
            signed
                .sample
                .iter()
                .for_each(|&shingle| place(Section::Samples, postings::key(shingle)));
        }
        place(Section::Ids, postings::key(id_hash(&article.id)));
        place(Section::Prints, postings::key((signed.fingerprint.0 >> 64) as u64));
        self.articles.push((article, signed));
    }
}

impl Holding for Recent {
    fn find(&self, section: Section, key: u64, most: usize) -> Result<Vec<u32>> {
        let found = self.places.get(&(section as u8, key));
        Ok(found.map_or_else(Vec::new, |all| all[..all.len().min(most)].to_vec()))
    }

    fn sketch(&self, number: u32) -> Result<Option<(Sketch, u32)>> {
        let signed = &self.articles[number as usize].1;
        Ok(signed.signature.as_deref().map(|signature| (sketch(signature), signed.shingles)))
    }

    fn identity(&self, number: u32) -> Result<(Article, Fingerprint)> {
        let (article, signed) = &self.articles[number as usize];
        Ok((article.clone(), signed.fingerprint))
    }

    fn words(&self, number: u32) -> Result<(Vec<u32>, Vec<Kind>)> {
        let signed = &self.articles[number as usize].1;
        Ok((signed.ids.to_vec(), signed.kinds.to_vec()))
    }
}
