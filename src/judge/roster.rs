//! What a check wants to know of every article, in a group or not: its content, id, file and length.
//!
//! Taken before articles are compared, since a run that outgrew its memory afterwards holds only those in groups. Bytes an
//! article: 48, and about 300 for each that shares its id, repeats itself or is too short to judge.

use std::sync::Arc;

use ahash::AHashMap;
use rayon::prelude::*;

use super::repeat;
use crate::article::Article;
use crate::error::Result;
use crate::find::Collection;
use crate::text::{Fingerprint, hash};

/// Articles that are looked at together.
const TOGETHER: u32 = 1 << 16;

/// Every article of a run, by its index.
#[derive(Debug, Default)]
pub(super) struct Roster {
    pub(super) rows: Vec<Row>,
    /// The files that articles came from.
    pub(super) files: Vec<Arc<str>>,
    /// Articles that share an id, by id.
    pub(super) same_ids: Vec<Vec<u32>>,
    /// Articles that repeat themselves, and how many words; of equal ones the first.
    pub(super) repeats: Vec<(u32, u32)>,
    /// What is known of articles that a finding may be about and that the outcome may not hold.
    aside: AHashMap<u32, Article>,
}

/// One article.
#[derive(Clone, Copy, Debug)]
pub(super) struct Row {
    pub(super) content: Fingerprint,
    /// Hash of its id.
    pub(super) id: u64,
    /// Its file, by number.
    pub(super) file: u32,
    pub(super) words: u32,
    /// False if it is too short to be compared for more than equality.
    pub(super) is_judged: bool,
}

/// What is looked for besides.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wanted {
    pub(super) same_ids: bool,
    pub(super) repeats: bool,
    pub(super) short: bool,
}

impl Roster {
    pub(super) fn new(collection: &Collection, wanted: Wanted) -> Result<Roster> {
        let mut roster = Roster::default();
        roster.call(collection)?;
        if wanted.same_ids {
            roster.same_ids.clone_from(&collection.same_ids);
        }
        if wanted.repeats {
            roster.repeats = repeats(collection)?;
        }
        if collection.is_on_disk() {
            let short = (0..).zip(&roster.rows).filter(|(_, row)| wanted.short && !row.is_judged);
            let mut aside: Vec<u32> = short.map(|(article, _)| article).collect();
            aside.extend(roster.same_ids.iter().flatten());
            for &(first, _) in &roster.repeats {
                aside.extend(roster.equal(first));
            }
            roster.aside = aside
                .into_par_iter()
                .map(|article| Ok((article, collection.article(article)?)))
                .collect::<Result<Vec<_>>>()?
                .into_iter()
                .collect();
        }
        Ok(roster)
    }

    /// Takes in every article.
    fn call(&mut self, collection: &Collection) -> Result<()> {
        let all = collection.len() as u32;
        let mut numbers: AHashMap<Arc<str>, u32> = AHashMap::new();
        for start in (0..all).step_by(TOGETHER as usize) {
            let read: Vec<(Row, Arc<str>)> = (start..all.min(start + TOGETHER))
                .into_par_iter()
                .map(|article| {
                    let (known, content) = collection.identity(article)?;
                    let row = Row {
                        content,
                        id: hash::word(known.id.as_bytes()),
                        file: 0,
                        words: collection.words(article),
                        is_judged: collection.is_judged(article),
                    };
                    Ok((row, known.origin.file))
                })
                .collect::<Result<_>>()?;
            for (row, file) in read {
                let next = self.files.len() as u32;
                let number = *numbers.entry(file).or_insert_with_key(|file| {
                    self.files.push(Arc::clone(file));
                    next
                });
                self.rows.push(Row { file: number, ..row });
            }
        }
        Ok(())
    }

    /// The articles of the same words as this one, which is the first of them: they stand next to each other.
    pub(super) fn equal(&self, first: u32) -> std::ops::Range<u32> {
        let content = self.rows[first as usize].content;
        let same = self.rows[first as usize..].iter().take_while(|row| row.content == content);
        first..first + same.count() as u32
    }

    /// The first articles of each content of which this holds.
    pub(super) fn firsts(&self, holds: impl Fn(&Row) -> bool) -> Vec<u32> {
        let is_first = |at: usize| at == 0 || self.rows[at - 1].content != self.rows[at].content;
        let all = 0..self.rows.len();
        all.filter(|&at| is_first(at) && holds(&self.rows[at])).map(|at| at as u32).collect()
    }

    /// What was put aside of an article.
    pub(super) fn aside(&self, article: u32) -> Option<&Article> {
        self.aside.get(&article)
    }
}

/// The articles that repeat themselves, and how many words; of equal ones the first.
fn repeats(collection: &Collection) -> Result<Vec<(u32, u32)>> {
    let mut found: Vec<(u32, u32)> = Vec::new();
    collection.each_words(
        |article| collection.equal[article as usize] == article,
        &mut found,
        |_, batch| -> Vec<(u32, u32)> {
            let counted = batch
                .iter()
                .map(|(article, ids, _)| (*article, repeat::repeated_words(ids), ids.len()));
            let repeats = counted.filter(|&(_, again, all)| repeat::is_repeat(again, all as u32));
            repeats.map(|(article, again, _)| (article, again)).collect()
        },
        |found, repeats| found.extend(repeats.into_iter().flatten()),
    )?;
    found.sort_unstable();
    Ok(found)
}
