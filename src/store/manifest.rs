//! What an index consists of right now, in one small file that is replaced in one step.
//!
//! `wirecopy-index`: one line of JSON, and its checksum on a second line. A new state is written beside it, synced and renamed
//! over it, and the folder is synced: whoever opens the index sees the old state or the new one, and so does a machine that
//! lost its power. Files that the manifest does not name are not part of the index: the next writer removes them.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::blocks::Stamp;
use super::damage::Damage;
use crate::config::Matching;
use crate::error::{Error, Result};
use crate::find::bands::WIDE;
use crate::find::sketch::SLOTS;
use crate::text::{hash, normalize, shingle};

/// The name of the file.
pub(super) const NAME: &str = "wirecopy-index";

/// The name it is written under.
pub(super) const TEMPORARY: &str = ".wirecopy-index.tmp";

/// The version of the form of an index.
const FORMAT: u32 = 1;

/// Everything that an index stands on. An index of other parameters cannot be used together with this program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Params {
    /// Version of the form of the files.
    pub format: u32,
    /// Version of the normalizer.
    pub normalizer: String,
    /// Version of the hashes.
    pub hash: String,
    /// Version of the shingles.
    pub shingle: String,
    /// Slots of a signature.
    pub slots: usize,
    /// Bands that articles are looked up by.
    pub bands: usize,
    /// Slots a band.
    pub rows: usize,
    /// Key of the signatures.
    pub seed: u64,
    /// Articles with fewer words are compared for equality only.
    pub min_words: usize,
}

impl Params {
    /// The parameters of this program under these settings.
    pub(super) fn new(matching: &Matching) -> Self {
        Params {
            format: FORMAT,
            normalizer: normalize::VERSION.to_owned(),
            hash: hash::VERSION.to_owned(),
            shingle: shingle::VERSION.to_owned(),
            slots: SLOTS,
            bands: WIDE.bands,
            rows: WIDE.rows,
            seed: matching.seed,
            min_words: matching.min_words,
        }
    }

    /// Fails if an index of these parameters cannot be used by this program.
    fn check(&self, folder: &Path) -> Result<()> {
        let matching =
            Matching { seed: self.seed, min_words: self.min_words, ..Matching::default() };
        let own = Params::new(&matching);
        let pairs = [
            ("format", self.format.to_string(), own.format.to_string()),
            ("normalizer", self.normalizer.clone(), own.normalizer),
            ("hashes", self.hash.clone(), own.hash),
            ("shingles", self.shingle.clone(), own.shingle),
            ("slots", self.slots.to_string(), own.slots.to_string()),
            ("bands", self.bands.to_string(), own.bands.to_string()),
            ("rows", self.rows.to_string(), own.rows.to_string()),
        ];
        let Some((what, there, here)) = pairs.into_iter().find(|(_, there, here)| there != here)
        else {
            return Ok(());
        };
        let name = folder.display();
        let message =
            format!("the index {name} was made with {what} {there}, and this program has {here}");
        let hint = format!(
            "make it anew: wirecopy index add {name}-new PATH...; or use the version that made it"
        );
        Err(Error::new(message).at(folder).with_hint(hint))
    }

    /// Fails if other settings are wished for than an index was made with.
    pub(super) fn agree(&self, wished: &Matching, folder: &Path) -> Result<()> {
        for (flag, there, here) in [
            ("--seed", self.seed, wished.seed),
            ("--min-words", self.min_words as u64, wished.min_words as u64),
        ] {
            if there != here {
                let name = folder.display();
                let message = format!("the index {name} was made with {flag} {there}, not {here}");
                let hint =
                    format!("{flag} {there}, or another folder for an index with {flag} {here}");
                return Err(Error::new(message).at(folder).with_hint(hint));
            }
        }
        Ok(())
    }
}

/// A file of an index.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Part {
    /// Its name in the folder.
    pub(super) file: String,
    /// By what it is known.
    pub(super) stamp: Stamp,
    /// Articles in it; of what was learned, those it was learned from.
    pub(super) articles: u32,
}

/// What an index consists of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// What the index stands on.
    pub(super) params: Params,
    /// How many states there were before.
    pub(super) generation: u64,
    /// The number of the next file.
    pub(super) next: u64,
    /// How often articles were added or removed.
    pub(super) changes: u64,
    /// How many changes were behind what was learned.
    pub(super) learned_at: u64,
    /// The articles, in the order in which they were added.
    pub(super) segments: Vec<Part>,
    /// Which of them were removed.
    pub(super) removed: Option<Part>,
    /// What recurs in them.
    pub(super) common: Option<Part>,
}

impl Manifest {
    /// An index without articles.
    pub(super) fn new(matching: &Matching) -> Self {
        Manifest {
            params: Params::new(matching),
            generation: 0,
            next: 1,
            changes: 0,
            learned_at: 0,
            segments: Vec::new(),
            removed: None,
            common: None,
        }
    }

    /// All files besides the manifest.
    pub(super) fn parts(&self) -> impl Iterator<Item = &Part> {
        self.segments.iter().chain(&self.removed).chain(&self.common)
    }

    /// The name of the next file.
    pub(super) fn name(&mut self, ending: &str) -> String {
        self.next += 1;
        format!("{:06}.{ending}", self.next - 1)
    }

    /// The present state of an index; `None` if there is none.
    pub(super) fn load(folder: &Path) -> Result<Option<Manifest>> {
        let path = folder.join(NAME);
        let bytes = match fs::read(&path) {
            Ok(bytes) => bytes,
            // A file has nothing below it, and is no index either.
            Err(error)
                if [io::ErrorKind::NotFound, io::ErrorKind::NotADirectory]
                    .contains(&error.kind()) =>
            {
                return Ok(None);
            }
            Err(error) => return Err(Error::io("read", &path, error)),
        };
        let manifest = Manifest::parse(&bytes, &path).map_err(|damage| damage.error())?;
        manifest.params.check(folder)?;
        Ok(Some(manifest))
    }

    fn parse(bytes: &[u8], path: &Path) -> Result<Manifest, Damage> {
        let damage = |what: &str| Damage::new(path, 0, what);
        let text = str::from_utf8(bytes).map_err(|_| damage("it is no text"))?;
        let (json, sum) = text.split_once('\n').ok_or_else(|| damage("it has no second line"))?;
        if sum != Self::sum(json) {
            return Err(damage("it has another checksum"));
        }
        serde_json::from_str(json).map_err(|error| damage(&error.to_string()))
    }

    fn sum(json: &str) -> String {
        format!("{:016x}\n", hash::checksum(json.as_bytes(), 0))
    }

    /// Makes this the present state of an index, durably.
    pub(super) fn store(&mut self, folder: &Path) -> Result<()> {
        self.generation += 1;
        let (path, temporary) = (folder.join(NAME), folder.join(TEMPORARY));
        let json = serde_json::to_string(self)
            .map_err(|error| Error::new(format!("cannot write a manifest: {error}")))?;
        let write = || -> io::Result<()> {
            let mut file = File::create(&temporary)?;
            file.write_all(format!("{json}\n{}", Self::sum(&json)).as_bytes())?;
            file.sync_all()?;
            // The files that it names must be found in the folder before it is.
            sync(folder)?;
            fs::rename(&temporary, &path)?;
            sync(folder)
        };
        write().map_err(|error| Error::io("write", &path, error))
    }
}

/// Makes the names in a folder durable, where that can be asked for.
fn sync(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_as_it_was_stored() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Manifest::load(folder.path()).unwrap(), None);
        let mut manifest = Manifest::new(&Matching { seed: 3, ..Matching::default() });
        let file = manifest.name("segment");
        assert_eq!(file, "000001.segment");
        manifest.segments.push(Part { file, stamp: Stamp { bytes: 9, id: u64::MAX }, articles: 4 });
        manifest.store(folder.path()).unwrap();
        assert_eq!(Manifest::load(folder.path()).unwrap(), Some(manifest.clone()));
        assert!(
            manifest
                .params
                .agree(&Matching { seed: 3, ..Matching::default() }, folder.path())
                .is_ok()
        );
        let error = manifest.params.agree(&Matching::default(), folder.path()).unwrap_err();
        assert!(error.to_string().ends_with("was made with --seed 3, not 0"), "{error}");
    }

    #[test]
    fn every_damage_is_seen_and_other_parameters_are_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let mut manifest = Manifest::new(&Matching::default());
        manifest.store(folder.path()).unwrap();
        let bytes = fs::read(&path).unwrap();
        for at in 0..bytes.len() {
            let mut flipped = bytes.clone();
            flipped[at] ^= 1 << (at % 8);
            fs::write(&path, flipped).unwrap();
            assert!(Manifest::load(folder.path()).is_err(), "byte {at}");
            fs::write(&path, &bytes[..at]).unwrap();
            assert!(Manifest::load(folder.path()).is_err(), "cut at {at}");
        }
        manifest.params.normalizer = "n0".to_owned();
        manifest.store(folder.path()).unwrap();
        let error = Manifest::load(folder.path()).unwrap_err();
        assert!(
            error.to_string().contains("was made with normalizer n0, and this program has n1"),
            "{error}"
        );
        assert!(error.hint().unwrap().starts_with("make it anew: wirecopy index add "));
    }
}
