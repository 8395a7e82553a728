//! Everything in an index as the corpus of a scan: groups, and what recurs.
//!
//! The words of all articles are read back and signed anew, and the very stages of a scan run over them. So the groups are
//! those of one scan of everything, in whatever batches and order it was added. That holds for the articles that are in the
//! index: an id that came twice is in it once, where a scan has it twice.

use std::ops::Range;

use super::folder::{COMMON, NewFile, REMOVED, SEGMENT};
use super::index::Index;
use super::learned;
use super::manifest::Part;
use super::segment_writer::{Prepared, SegmentWriter};
use super::writer::{Writer, removed_part};
use crate::config::Config;
use crate::error::Result;
use crate::find::Signed;
use crate::progress::Progress;
use crate::scan::{Corpus, Outcome, Scan, with_threads};

/// Segments of about the same size that are put together.
const ALIKE: usize = 8;

/// An index of up to so many articles learns by itself what recurs, each time it has doubled: that takes seconds.
const LEARNS_ALONE: u64 = 50_000;

impl Index {
    /// The articles of the index as a corpus, by the seed and the least number of words of the index.
    ///
    /// # Errors
    ///
    /// If the index is damaged, or what outgrows memory cannot be written to disk.
    pub fn corpus(&self, config: &Config, progress: &dyn Progress) -> Result<Corpus> {
        let config = Config { matching: self.matching(&config.matching), ..config.clone() };
        let matching = &config.matching;
        progress.begin("load", Some(self.len()));
        let mut scan = Scan::new(config.clone());
        for (at, segment) in self.segments.iter().enumerate() {
            segment.each(
                |number, card, ids, kinds| {
                    Ok(self.holds(at, number).then(|| {
                        let signed = Signed::from_words(ids, kinds, card.fingerprint, matching);
                        (card.article, signed, card.text_hash)
                    }))
                },
                |found| {
                    progress.advance(found.len() as u64);
                    scan.extend_signed(found.into_iter().flatten().collect())
                },
            )?;
        }
        scan.corpus()
    }

    /// The groups among the articles of the index: those of one scan of everything that is in it.
    ///
    /// # Errors
    ///
    /// As [`Index::corpus`].
    pub fn groups(&self, config: &Config, progress: &dyn Progress) -> Result<Outcome> {
        with_threads(config, || {
            let corpus = self.corpus(config, progress)?;
            Ok(corpus.compare(progress, |_| Ok(()))?.0)
        })
    }
}

impl Writer {
    /// Learns what recurs where that takes seconds: if few articles are there, and twice as many as when it was learned last.
    /// Says whether anything was done.
    ///
    /// # Errors
    ///
    /// As [`Writer::learn`].
    pub fn learn_while_small(&mut self, progress: &dyn Progress) -> Result<bool> {
        let index = self.index();
        let learned = index.stats()?.learned_from.unwrap_or(0);
        let is_wanted =
            index.len() <= LEARNS_ALONE && !index.is_empty() && index.len() >= 2 * learned;
        Ok(is_wanted && self.learn(progress)?)
    }

    /// Learns what recurs in the index as a scan of everything learns it, and judges by that from now on. Does nothing if
    /// the index has not changed since that was done last; says whether anything was done.
    ///
    /// Takes the time of a scan of all articles. What was added since the last commit is committed first.
    ///
    /// # Errors
    ///
    /// If the index is damaged or the disk fails. The index is as it was then.
    pub fn learn(&mut self, progress: &dyn Progress) -> Result<bool> {
        self.commit()?;
        let manifest = &self.index().manifest;
        if manifest.common.is_some() && manifest.learned_at == manifest.changes {
            return Ok(false);
        }
        let config = self.config.clone();
        with_threads(&config, || {
            let mut manifest = self.index.manifest.clone();
            let file = NewFile::new(&self.index.folder, &mut manifest, COMMON);
            let corpus = self.index.corpus(&config, progress)?;
            let articles = corpus.len() as u32;
            let stamp = corpus
                .survey(progress, |survey| learned::write(survey.judge.common(), &file.path))?;
            manifest.common = Some(Part { file: file.name.clone(), stamp, articles });
            manifest.learned_at = manifest.changes;
            self.switch(manifest, vec![file])?;
            Ok(true)
        })
    }

    /// Puts all articles into one file, leaves out those that were removed, and learns what recurs: queries take less time
    /// then, and judge as a scan of everything does.
    ///
    /// Takes the time of a scan of all articles, and room for a second copy of the index until it is done.
    ///
    /// # Errors
    ///
    /// As [`Writer::learn`].
    pub fn compact(&mut self, progress: &dyn Progress) -> Result<()> {
        self.commit()?;
        let index = &self.index;
        if index.segments.len() > 1 || index.manifest.removed.is_some() {
            let config = self.config.clone();
            with_threads(&config, || self.merge(0..self.index.segments.len(), progress))?;
        }
        self.learn(progress).map(drop)
    }

    /// Puts the last segments together where there are [`ALIKE`] of a size, so that an article is written again a few times
    /// only, however many small batches come. What waits must be committed.
    pub(super) fn merge_small(&mut self) -> Result<()> {
        loop {
            let tier = |articles: u32| articles.max(1).ilog(ALIKE as u32);
            let tiers = self.index.segments.iter().map(|segment| tier(segment.len()));
            let tiers: Vec<u32> = tiers.collect();
            let Some(&last) = tiers.last() else { return Ok(()) };
            let alike = tiers.iter().rev().take_while(|tier| **tier <= last).count();
            if alike < ALIKE {
                return Ok(());
            }
            self.merge(tiers.len() - alike..tiers.len(), &())?;
        }
    }

    /// Puts some segments together into one, without the articles that were removed from them.
    fn merge(&mut self, together: Range<usize>, progress: &dyn Progress) -> Result<()> {
        let (index, config) = (&self.index, &self.config);
        progress.begin("merge", Some(index.len()));
        let mut manifest = index.manifest.clone();
        let file = NewFile::new(&index.folder, &mut manifest, SEGMENT);
        let mut merged = SegmentWriter::create(&file.path, &config.memory)?;
        for at in together.clone() {
            index.segments[at].each(
                |number, card, ids, kinds| {
                    Ok(index.holds(at, number).then(|| {
                        let matching = &config.matching;
                        let signed = Signed::from_words(ids, kinds, card.fingerprint, matching);
                        Prepared::new(card.article, &signed, card.text_hash)
                    }))
                },
                |found| {
                    progress.advance(found.len() as u64);
                    found.into_iter().flatten().try_for_each(|one| merged.add(one).map(drop))
                },
            )?;
        }
        let articles = merged.len();
        let part = Part { file: file.name.clone(), stamp: merged.finish()?, articles };
        manifest.segments.splice(together.clone(), [part]);
        let mut new = vec![file];
        let mut removed = index.removed.clone();
        removed.splice(together, [Vec::new()]);
        manifest.removed = None;
        if removed.iter().any(|numbers| !numbers.is_empty()) {
            let file = NewFile::new(&index.folder, &mut manifest, REMOVED);
            let part = removed_part(&file, &removed)?;
            manifest.removed = Some(part);
            new.push(file);
        }
        self.switch(manifest, new)
    }
}
