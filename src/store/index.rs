//! An index as readers see it: one state, whatever a writer does meanwhile.
//!
//! All files of a state are opened at once and stay readable as long as they are open, also after a writer has put others
//! in their place. In memory are the fences of all blocks (about 7 bytes an article), the table of common text (at most
//! 260 MiB) and the cache of blocks.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::block_writer::BlockWriter;
use super::blocks::{self, BlockFile, Section, Stamp};
use super::cache::Cache;
use super::damage::Damage;
use super::learned;
use super::manifest::{self, Manifest, Params, Part};
use super::segment::Segment;
use crate::config::Matching;
use crate::error::{Error, Result};
use crate::find::common::CommonText;

/// Bytes of blocks that are kept in memory, unless another number is wished for.
pub const CACHE: u64 = 48 << 20;

/// Readers may meet a state whose files a writer is just removing: they look again, so often.
const PATIENCE: usize = 20;

/// Articles that were published, to be asked what a new one is a copy of.
#[derive(Debug)]
pub struct Index {
    pub(super) folder: PathBuf,
    pub(super) manifest: Manifest,
    pub(super) segments: Vec<Arc<Segment>>,
    /// For each segment the numbers of its removed articles, sorted.
    pub(super) removed: Vec<Vec<u32>>,
    /// What recurs, and the stamp of the file that says so.
    pub(super) common: Arc<CommonText>,
    pub(super) cache: Arc<Cache>,
}

impl Index {
    /// Opens the index in a folder, as it is now.
    ///
    /// # Errors
    ///
    /// If there is none, if it was made with other parameters than this program has, or if it is damaged.
    pub fn open(folder: &Path) -> Result<Index> {
        Index::open_with(folder, CACHE)
    }

    /// The same with another size of the cache, in bytes.
    ///
    /// # Errors
    ///
    /// As [`Index::open`].
    pub fn open_with(folder: &Path, cache: u64) -> Result<Index> {
        let cache = Arc::new(Cache::new(cache));
        let mut tried = 0;
        loop {
            let manifest = Manifest::load(folder)?.ok_or_else(|| absent(folder))?;
            let generation = manifest.generation;
            let opened = Index::with(folder, manifest, &cache, None);
            tried += 1;
            // A file that is gone may have belonged to a state that is gone too.
            let is_old = || {
                let now = Manifest::load(folder);
                matches!(now, Ok(Some(now)) if now.generation != generation)
            };
            if opened.is_ok() || tried == PATIENCE || !is_old() {
                return opened;
            }
        }
    }

    /// Opens the files of a state; those that another state has open already are taken from it.
    pub(super) fn with(
        folder: &Path,
        manifest: Manifest,
        cache: &Arc<Cache>,
        earlier: Option<&Index>,
    ) -> Result<Index> {
        let known = |part: &Part| {
            let segments = earlier.iter().flat_map(|index| &index.segments);
            let mut same = segments.filter(|segment| {
                segment.file().stamp() == part.stamp
                    && segment.file().path().file_name() == Some(part.file.as_ref())
            });
            same.next().cloned()
        };
        let segments: Vec<Arc<Segment>> = manifest
            .segments
            .iter()
            .map(|part| match known(part) {
                Some(segment) => Ok(segment),
                None => {
                    let path = folder.join(&part.file);
                    Segment::open(&path, part.stamp, part.articles, cache).map(Arc::new)
                }
            })
            .collect::<Result<_>>()?;
        let removed = match &manifest.removed {
            Some(part) => read_removed(&folder.join(&part.file), part.stamp, segments.len())?,
            None => vec![Vec::new(); segments.len()],
        };
        let same = earlier.filter(|index| index.manifest.common == manifest.common);
        let common = match (&manifest.common, same) {
            (_, Some(index)) => Arc::clone(&index.common),
            (Some(part), None) => Arc::new(learned::read(&folder.join(&part.file), part.stamp)?),
            (None, None) => Arc::new(CommonText::new(0)),
        };
        let (folder, cache) = (folder.to_owned(), Arc::clone(cache));
        Ok(Index { folder, manifest, segments, removed, common, cache })
    }

    /// Opens the present state, if it is another one; says whether it is.
    ///
    /// # Errors
    ///
    /// As [`Index::open`]; this state is left as it was then.
    pub fn refresh(&mut self) -> Result<bool> {
        for _ in 0..PATIENCE {
            let manifest = Manifest::load(&self.folder)?.ok_or_else(|| absent(&self.folder))?;
            if manifest.generation == self.manifest.generation {
                return Ok(false);
            }
            if let Ok(index) = Index::with(&self.folder, manifest, &self.cache, Some(self)) {
                *self = index;
                return Ok(true);
            }
        }
        *self = Index::open(&self.folder)?;
        Ok(true)
    }

    /// The folder it is in.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// What it stands on.
    pub fn params(&self) -> &Params {
        &self.manifest.params
    }

    /// These settings, with the ones that the index was made with.
    pub fn matching(&self, matching: &Matching) -> Matching {
        let Params { seed, min_words, .. } = self.manifest.params;
        Matching { seed, min_words, ..matching.clone() }
    }

    /// Fails if other settings are wished for than the index was made with.
    ///
    /// # Errors
    ///
    /// If the seed or the least number of words differ.
    pub fn agree(&self, matching: &Matching) -> Result<()> {
        self.manifest.params.agree(matching, &self.folder)
    }

    /// Number of articles.
    pub fn len(&self) -> u64 {
        let all: u64 = self.segments.iter().map(|segment| u64::from(segment.len())).sum();
        all - self.removed.iter().map(|removed| removed.len() as u64).sum::<u64>()
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// True if an article is there, and was not removed.
    pub(super) fn holds(&self, segment: usize, number: u32) -> bool {
        self.removed[segment].binary_search(&number).is_err()
    }

    /// What it consists of.
    ///
    /// # Errors
    ///
    /// If a file cannot be opened.
    pub fn stats(&self) -> Result<Stats> {
        let mut bytes: Vec<(&'static str, u64)> =
            Section::ALL.iter().map(|&(_, name)| (name, 0)).collect();
        let mut add = |file: &BlockFile| {
            for (&(section, _), (_, bytes)) in Section::ALL.iter().zip(&mut bytes) {
                *bytes += file.bytes(section);
            }
        };
        self.segments.iter().for_each(|segment| add(segment.file()));
        for part in self.manifest.removed.iter().chain(&self.manifest.common) {
            add(&BlockFile::open(&self.folder.join(&part.file), part.stamp)?);
        }
        let total: u64 = self.manifest.parts().map(|part| part.stamp.bytes).sum();
        let in_sections: u64 = bytes.iter().map(|(_, bytes)| bytes).sum();
        bytes.push(("fences", total - in_sections));
        bytes.retain(|(_, bytes)| *bytes > 0);
        let learned = &self.manifest.common;
        Ok(Stats {
            articles: self.len(),
            removed: self.removed.iter().map(|removed| removed.len() as u64).sum(),
            segments: self.segments.len(),
            learned_from: learned.as_ref().map(|part| u64::from(part.articles)),
            learned: learned.as_ref().map(|part| format!("{:016x}", part.stamp.id)),
            generation: self.manifest.generation,
            bytes,
        })
    }
}

/// What an index consists of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Stats {
    /// Articles.
    pub articles: u64,
    /// Removed articles that still take room, until the index is compacted.
    pub removed: u64,
    /// Files that articles are in; each takes its time in a query.
    pub segments: usize,
    /// Articles that common text was learned from, if it was.
    pub learned_from: Option<u64>,
    /// The id of what was learned.
    pub learned: Option<String>,
    /// How often the index has changed.
    pub generation: u64,
    /// Bytes on disk by what they are for.
    pub bytes: Vec<(&'static str, u64)>,
}

/// Reads every byte of an index and tells of everything that is not what was written.
///
/// # Errors
///
/// If there is no index, or its manifest is damaged: what else there is cannot be known then.
pub fn verify(folder: &Path, mut tell: impl FnMut(Damage)) -> Result<()> {
    let manifest = Manifest::load(folder)?.ok_or_else(|| absent(folder))?;
    for part in manifest.parts() {
        blocks::verify(&folder.join(&part.file), part.stamp, &mut tell);
    }
    Ok(())
}

pub(super) fn absent(folder: &Path) -> Error {
    let name = folder.display();
    let why = if folder.is_dir() {
        format!("it holds no {}", manifest::NAME)
    } else if folder.exists() {
        let error = Error::new(format!("{name} is no index: it is no folder")).at(folder);
        return error.with_hint("the folder that `wirecopy index add` made");
    } else {
        "there is no such folder".to_owned()
    };
    let error = Error::new(format!("{name} is no index: {why}")).at(folder);
    error.with_hint(format!("wirecopy index add {name} PATH..."))
}

/// Writes which articles were removed, by segment.
pub(super) fn write_removed(path: &Path, removed: &[Vec<u32>]) -> Result<Stamp> {
    let mut file = BlockWriter::create(path)?;
    for (segment, numbers) in (0..).zip(removed) {
        // A part at a time, so that no block is too long for its checksum to be of use.
        for numbers in numbers.chunks(1 << 16) {
            let bytes: Vec<u8> = numbers.iter().flat_map(|number| number.to_le_bytes()).collect();
            file.put(Section::Removed, segment, &bytes)?;
        }
    }
    file.finish()
}

fn read_removed(path: &Path, stamp: Stamp, segments: usize) -> Result<Vec<Vec<u32>>> {
    let file = BlockFile::open(path, stamp)?;
    let mut removed = vec![Vec::new(); segments];
    for (at, &segment) in file.keys(Section::Removed).iter().enumerate() {
        let bytes = file.read(Section::Removed, at)?;
        let (numbers, _) = bytes.as_chunks();
        let of = removed
            .get_mut(segment as usize)
            .ok_or_else(|| file.damage(Section::Removed, at, "there is no such segment").error())?;
        of.extend(numbers.iter().copied().map(u32::from_le_bytes));
    }
    Ok(removed)
}

/// These settings, for an index in a folder: the seed and the least number of words are those that were wished for, else
/// those of the index if there is one, else those of `matching`.
///
/// # Errors
///
/// As [`params`].
pub fn settled(
    folder: &Path,
    matching: &Matching,
    seed: Option<u64>,
    min_words: Option<usize>,
) -> Result<Matching> {
    let known = params(folder)?;
    let seed = seed.or(known.as_ref().map(|known| known.seed)).unwrap_or(matching.seed);
    let known = known.map(|known| known.min_words);
    let min_words = min_words.or(known).unwrap_or(matching.min_words);
    Ok(Matching { seed, min_words, ..matching.clone() })
}

/// What the index in a folder stands on; `None` if there is no index.
///
/// # Errors
///
/// If it was made with other parameters than this program has, or its manifest is damaged.
pub fn params(folder: &Path) -> Result<Option<Params>> {
    Ok(Manifest::load(folder)?.map(|manifest| manifest.params))
}
