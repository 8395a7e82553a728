//! Adds articles to an index and removes them: batch by batch, each of which is there as a whole or not at all.
//!
//! A batch is one new segment, and perhaps a new list of removed articles. Both are written and synced under names that
//! nobody knows yet; then the manifest is replaced, which is the moment at which the batch is there for good. A process that
//! is killed, a full disk or a power cut before that leaves files that the next writer removes.
//!
//! An id stands for one article. Adding it again with the same words does nothing; with other words it is refused, or takes
//! the place of the first. In memory are 5 to 8 bytes for each stored id, and about 100 bytes an article of the batch
//! besides what waits to be sorted.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::Arc;

use ahash::{AHashMap, AHashSet};
use rayon::prelude::*;

use super::blocks::Section;
use super::cache::Cache;
use super::folder::{NewFile, REMOVED, SEGMENT, clear, is_free};
use super::index::{CACHE, Index, write_removed};
use super::lock::Lock;
use super::manifest::{Manifest, Part};
use super::postings;
use super::query::{Earlier, Holding, Shelf};
use super::recent::Recent;
use super::segment::id_hash;
use super::segment_writer::{Prepared, SegmentWriter};
use crate::article::{Article, Origin, Problem};
use crate::config::{Config, Matching};
use crate::error::{Error, Result};
use crate::find::Signed;
use crate::find::gathering::text_hash;
use crate::signing::sign_text;
use crate::text::Fingerprint;

/// What became of an article that was to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is new.
    New,
    /// The same id with the same words is there already: nothing was done.
    Same,
    /// The same id had other words, which are replaced.
    Replaced,
    /// The same id has other words: nothing was done. Where those came from.
    Refused(Origin),
}

/// Puts articles into an index. One at a time can have this right.
#[derive(Debug)]
pub struct Writer {
    /// The state that was stored last.
    pub(super) index: Index,
    pub(super) config: Config,
    _lock: Lock,
    replace: bool,
    /// Forty bits of the hash of every stored id, sorted.
    ids: Vec<u64>,
    /// For each segment the numbers of all removed articles; then those of the batch.
    removed: Vec<AHashSet<u32>>,
    batch: Option<Batch>,
    is_changed: bool,
    /// The articles of the batch, if queries are to see them.
    recent: Option<Recent>,
}

/// Articles that are not stored yet.
#[derive(Debug)]
struct Batch {
    segment: SegmentWriter,
    file: NewFile,
    ids: AHashMap<Box<str>, (u32, Fingerprint, Origin)>,
}

impl Writer {
    /// Opens the index in a folder for writing; makes one if there is none, with the seed and the least number of words
    /// of the settings.
    ///
    /// # Errors
    ///
    /// If another process writes to it, if it was made with other settings or is damaged, or if the folder holds something else.
    pub fn open(folder: &Path, config: &Config) -> Result<Writer> {
        let fail = |error| Error::io("create", folder, error);
        match fs::create_dir(folder) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(fail(error)),
            _ => {}
        }
        if Manifest::load(folder)?.is_none() {
            is_free(folder)?;
        }
        let lock = Lock::take(folder)?;
        // Read again: another writer may just have ended.
        let manifest = match Manifest::load(folder)? {
            Some(manifest) => manifest,
            None => {
                let mut manifest = Manifest::new(&config.matching);
                manifest.store(folder)?;
                manifest
            }
        };
        manifest.params.agree(&config.matching, folder)?;
        clear(folder, &manifest)?;
        let index = Index::with(folder, manifest, &Arc::new(Cache::new(CACHE)), None)?;
        let of_segments: Vec<Vec<u64>> =
            index.segments.iter().map(|segment| segment.id_keys()).collect::<Result<_>>()?;
        let mut ids = of_segments.concat();
        ids.par_sort();
        let mut writer = Writer {
            index,
            config: config.clone(),
            _lock: lock,
            replace: false,
            ids,
            removed: Vec::new(),
            batch: None,
            is_changed: false,
            recent: None,
        };
        writer.begin();
        Ok(writer)
    }

    /// Lets articles take the place of those that have their ids.
    #[must_use]
    pub fn replacing(mut self, replace: bool) -> Self {
        self.replace = replace;
        self
    }

    /// The state that was stored last.
    pub fn index(&self) -> &Index {
        &self.index
    }

    /// Adds an article, which is not there for anybody before [`Writer::commit`].
    ///
    /// # Errors
    ///
    /// If the disk fails. What was added since the last commit is lost then.
    pub fn add(&mut self, article: Article) -> Result<Result<Added, Problem>> {
        match prepare(article, &self.config.matching) {
            Ok(prepared) => self.put(prepared).map(Ok),
            Err(problem) => Ok(Err(problem)),
        }
    }

    /// From now on queries see what is not stored yet. For a batch that has not begun.
    pub(super) fn remember(&mut self) {
        self.recent = Some(Recent::default());
    }

    /// The same as [`Writer::put`] of an article that queries may be asked for.
    pub(super) fn put_signed(&mut self, prepared: Prepared, signed: Signed) -> Result<Added> {
        let article = prepared.article.clone();
        let added = self.put(prepared)?;
        if let (Added::New | Added::Replaced, Some(recent)) = (&added, &mut self.recent) {
            recent.add(article, signed);
        }
        Ok(added)
    }

    /// What a signed article is a copy of, among what is stored and what waits.
    pub(super) fn query_signed(
        &self,
        article: &Article,
        signed: &Signed,
        matching: &Matching,
    ) -> Result<Vec<Earlier>> {
        let stored = self.index.segments.iter().map(|segment| &**segment as &dyn Holding);
        let recent = self.recent.iter().map(|recent| recent as &dyn Holding);
        let all = stored.chain(recent).enumerate();
        let shelves: Vec<Shelf<'_>> = all.map(|(at, holding)| self.shelf(at, holding)).collect();
        self.index.query_signed(article, signed, matching, &shelves)
    }

    fn shelf<'a>(&'a self, at: usize, holding: &'a dyn Holding) -> Shelf<'a> {
        let is_there = move |number| !self.removed[at].contains(&number);
        Shelf { holding, is_there: Box::new(is_there) }
    }

    /// Number of articles since the last commit.
    pub fn waiting(&self) -> u32 {
        self.batch.as_ref().map_or(0, |batch| batch.segment.len())
    }

    /// Adds what was prepared on some thread.
    pub(super) fn put(&mut self, prepared: Prepared) -> Result<Added> {
        let id = prepared.article.id.as_str();
        let own = self.batch.as_ref().and_then(|batch| batch.ids.get(id));
        let earlier = match own {
            Some((number, fingerprint, origin)) => {
                Some((self.index.segments.len(), *number, *fingerprint, origin.clone()))
            }
            None => self.stored(id, prepared.id)?,
        };
        let mut added = Added::New;
        if let Some((segment, number, fingerprint, origin)) = earlier {
            if fingerprint == prepared.fingerprint {
                return Ok(Added::Same);
            }
            if !self.replace {
                return Ok(Added::Refused(origin));
            }
            self.removed[segment].insert(number);
            added = Added::Replaced;
        }
        let batch = match &mut self.batch {
            Some(batch) => batch,
            None => {
                let folder = &self.index.folder;
                let file = NewFile::new(folder, &mut self.index.manifest, SEGMENT);
                let segment = SegmentWriter::create(&file.path, &self.config.memory)?;
                self.batch.insert(Batch { segment, file, ids: AHashMap::new() })
            }
        };
        let Article { id, origin, .. } = &prepared.article;
        let (id, origin, fingerprint) = (id.as_str().into(), origin.clone(), prepared.fingerprint);
        let number = batch.segment.add(prepared)?;
        batch.ids.insert(id, (number, fingerprint, origin));
        self.is_changed = true;
        Ok(added)
    }

    /// Removes the articles with these ids, and gives those ids that there are none of. Needs [`Writer::commit`] too.
    ///
    /// # Errors
    ///
    /// If the index is damaged.
    pub fn remove<'a>(&mut self, ids: impl IntoIterator<Item = &'a str>) -> Result<Vec<&'a str>> {
        let mut unknown = Vec::new();
        for id in ids {
            let own = self.batch.as_mut().and_then(|batch| batch.ids.remove(id));
            let own = own.map(|(number, ..)| (self.index.segments.len(), number));
            let stored = match own {
                Some(own) => Some(own),
                None => {
                    self.stored(id, id_hash(id))?.map(|(segment, number, ..)| (segment, number))
                }
            };
            match stored {
                Some((segment, number)) => {
                    self.removed[segment].insert(number);
                    self.is_changed = true;
                }
                None => unknown.push(id),
            }
        }
        Ok(unknown)
    }

    /// Makes everything since the last commit part of the index: durable when this returns, and seen by whoever opens it.
    ///
    /// # Errors
    ///
    /// If the disk fails. The index is as it was then, and what was added since the last commit is lost.
    pub fn commit(&mut self) -> Result<()> {
        if !self.is_changed {
            return Ok(());
        }
        let stored = self.store();
        if stored.is_err() {
            self.begin();
        }
        stored
    }

    fn store(&mut self) -> Result<()> {
        let mut manifest = self.index.manifest.clone();
        let mut new = Vec::new();
        let mut ids = Vec::new();
        manifest.changes += 1;
        if let Some(Batch { segment, file, ids: of_batch }) = self.batch.take() {
            let articles = segment.len();
            let part = Part { file: file.name.clone(), stamp: segment.finish()?, articles };
            manifest.segments.push(part);
            new.push(file);
            ids.extend(of_batch.keys().map(|id| postings::key(id_hash(id))));
        } else {
            self.removed.pop();
        }
        let sorted = |numbers: &AHashSet<u32>| {
            let mut numbers: Vec<u32> = numbers.iter().copied().collect();
            numbers.sort_unstable();
            numbers
        };
        let removed: Vec<Vec<u32>> = self.removed.iter().map(sorted).collect();
        let count = |removed: &[Vec<u32>]| removed.iter().map(Vec::len).sum::<usize>();
        // Removed articles only ever become more.
        if count(&removed) > count(&self.index.removed) {
            let file = NewFile::new(&self.index.folder, &mut manifest, REMOVED);
            manifest.removed = Some(removed_part(&file, &removed)?);
            new.push(file);
        }
        self.switch(manifest, new)?;
        self.ids.extend(ids);
        // What was known is sorted: this is a merge.
        self.ids.par_sort();
        Ok(())
    }

    /// Replaces the manifest, and removes the files that are in no state any more.
    pub(super) fn switch(&mut self, mut manifest: Manifest, new: Vec<NewFile>) -> Result<()> {
        let folder = self.index.folder.clone();
        // Even if it fails, the new manifest may be the one that stands there now.
        new.into_iter().for_each(NewFile::keep);
        if let Err(error) = manifest.store(&folder) {
            if let Ok(Some(present)) = Manifest::load(&folder) {
                clear(&folder, &present)?;
            }
            return Err(error);
        }
        let cache = Arc::clone(&self.index.cache);
        self.index = Index::with(&folder, manifest, &cache, Some(&self.index))?;
        clear(&folder, &self.index.manifest)?;
        self.begin();
        Ok(())
    }

    /// Begins a batch on the state that was stored last.
    fn begin(&mut self) {
        self.batch = None;
        self.is_changed = false;
        self.recent = self.recent.take().map(|_| Recent::default());
        let removed = self.index.removed.iter().map(|numbers| numbers.iter().copied().collect());
        self.removed = removed.chain([AHashSet::new()]).collect();
    }

    /// The article of the stored state that has an id and was not removed.
    fn stored(&self, id: &str, hash: u64) -> Result<Option<(usize, u32, Fingerprint, Origin)>> {
        let key = postings::key(hash);
        if self.ids.binary_search(&key).is_err() {
            return Ok(None);
        }
        for (at, segment) in self.index.segments.iter().enumerate() {
            for number in segment.find(Section::Ids, key, usize::MAX)? {
                let card = segment.card(number)?;
                if card.article.id == id && !self.removed[at].contains(&number) {
                    return Ok(Some((at, number, card.fingerprint, card.article.origin)));
                }
            }
        }
        Ok(None)
    }
}

/// Writes which articles were removed, by segment.
pub(super) fn removed_part(file: &NewFile, removed: &[Vec<u32>]) -> Result<Part> {
    let stamp = write_removed(&file.path, removed)?;
    let articles = removed.iter().map(Vec::len).sum::<usize>() as u32;
    Ok(Part { file: file.name.clone(), stamp, articles })
}

/// Signs an article, on any thread.
pub(super) fn prepare(article: Article, matching: &Matching) -> Result<Prepared, Problem> {
    let signed = sign_text(&article, matching)?;
    let text_hash = text_hash(&article.text);
    Ok(Prepared::new(article, &signed, text_hash))
}
