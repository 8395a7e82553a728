//! Bytes that are written once and read back by place: in memory while they are few, else in a temporary file.
//!
//! The file loses its name as soon as it is made (on Windows it is deleted on closing), so that nothing stays behind
//! however the program ends. Appending takes a lock and copies; threads may append at the same time, and only what they
//! are told of the place depends on which comes first.

use std::borrow::Cow;
use std::fs::File;
use std::io::{self, Seek, SeekFrom, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use crate::config::Memory;
use crate::error::{Error, Result};

/// Bytes handed to the file at once.
const BLOCK: usize = 1 << 20;

/// The most that one spill keeps in memory, however much of it there may be: the file stands in the page cache anyway.
const MOST_KEPT: u64 = 64 << 20;

/// The share of the budget that one spill may keep in memory.
const SHARE: u64 = 32;

/// Bytes that one spill keeps in memory before it goes to disk.
pub(crate) fn most_kept(budget: u64) -> u64 {
    (budget / SHARE).min(MOST_KEPT)
}

/// Where bytes may be kept.
#[derive(Clone, Debug)]
pub(crate) struct Room {
    folder: Option<Arc<Path>>,
    kept: usize,
}

impl Room {
    /// The room that the settings leave to each of a few spills.
    pub(crate) fn new(memory: &Memory) -> Self {
        let kept = most_kept(memory.budget) as usize;
        Room { folder: memory.folder.as_deref().map(Arc::from), kept }
    }

    fn failure(&self, action: &str, error: &io::Error) -> Error {
        let folder = self.folder.as_deref().unwrap_or(Path::new("")).display();
        let message = format!("cannot {action} a temporary file in {folder}: {error}");
        Error::new(message)
            .with_hint("--temp-dir with a folder that has room, or a larger --memory")
    }
}

impl Default for Room {
    fn default() -> Self {
        Room::new(&Memory::default())
    }
}

/// Bytes that are being written.
#[derive(Debug, Default)]
pub(crate) struct Spill {
    room: Room,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    /// What is not in the file.
    bytes: Vec<u8>,
    /// Length of the file.
    written: u64,
    file: Option<File>,
}

impl Spill {
    pub(crate) fn new(room: &Room) -> Self {
        Spill { room: room.clone(), state: Mutex::default() }
    }

    /// Adds bytes and says at which place they stand.
    pub(crate) fn append(&self, bytes: &[u8]) -> Result<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let place = state.written + state.bytes.len() as u64;
        state.bytes.extend_from_slice(bytes);
        let most = if state.file.is_some() { BLOCK } else { self.room.kept };
        if state.bytes.len() >= most && self.room.folder.is_some() {
            state.flush(&self.room)?;
        }
        Ok(place)
    }

    /// So many bytes from a place that [`Spill::append`] told.
    pub(crate) fn read(&self, place: u64, len: usize) -> Result<Vec<u8>> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let State { bytes, written, file } = &mut *state;
        // What was appended at once is in the file as a whole, or not at all.
        match file {
            Some(file) if place < *written => {
                let mut read = vec![0; len];
                read_at(file, &mut read, place)
                    // Reading moves the place of writing on some platforms.
                    .and_then(|()| file.seek(SeekFrom::End(0)))
                    .map_err(|error| self.room.failure("read back", &error))?;
                Ok(read)
            }
            _ => {
                let start = (place - *written) as usize;
                Ok(bytes[start..start + len].to_vec())
            }
        }
    }

    /// Ends writing.
    pub(crate) fn seal(self) -> Result<Sealed> {
        let mut state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if state.file.is_some() {
            state.flush(&self.room)?;
        }
        let State { bytes, file, written } = state;
        let len = if file.is_some() { written } else { bytes.len() as u64 };
        Ok(Sealed { room: self.room, bytes, file, len })
    }
}

impl State {
    fn flush(&mut self, room: &Room) -> Result<()> {
        let file = match &mut self.file {
            Some(file) => file,
            None => {
                let folder = room.folder.as_deref().unwrap_or(Path::new(""));
                let made = tempfile::tempfile_in(folder);
                self.file.insert(made.map_err(|error| room.failure("make", &error))?)
            }
        };
        file.write_all(&self.bytes).map_err(|error| room.failure("write", &error))?;
        self.written += self.bytes.len() as u64;
        // What was kept until now may have been much more than a block.
        self.bytes = Vec::with_capacity(BLOCK + (BLOCK >> 2));
        Ok(())
    }
}

/// Bytes that were written, to be read by any thread.
#[derive(Debug, Default)]
pub(crate) struct Sealed {
    room: Room,
    bytes: Vec<u8>,
    file: Option<File>,
    len: u64,
}

impl Sealed {
    /// Number of bytes.
    pub(crate) fn len(&self) -> u64 {
        self.len
    }

    /// True if the bytes are in a file.
    pub(crate) fn is_on_disk(&self) -> bool {
        self.file.is_some()
    }

    /// So many bytes from a place that [`Spill::append`] told.
    pub(crate) fn read(&self, place: u64, len: usize) -> Result<Cow<'_, [u8]>> {
        match &self.file {
            None => Ok(Cow::Borrowed(&self.bytes[place as usize..place as usize + len])),
            Some(file) => {
                let mut bytes = vec![0; len];
                read_at(file, &mut bytes, place)
                    .map_err(|error| self.room.failure("read back", &error))?;
                Ok(Cow::Owned(bytes))
            }
        }
    }
}

#[cfg(unix)]
pub(crate) fn read_at(file: &File, bytes: &mut [u8], place: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::read_exact_at(file, bytes, place)
}

#[cfg(windows)]
pub(crate) fn read_at(file: &File, mut bytes: &mut [u8], mut place: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_read(file, bytes, place)? {
            0 => return Err(io::ErrorKind::UnexpectedEof.into()),
            count => {
                bytes = &mut bytes[count..];
                place += count as u64;
            }
        }
    }
    Ok(())
}

#[cfg(test)]
pub(crate) mod tests {
    use std::path::PathBuf;

    use proptest::prelude::*;

    use super::*;

    /// Room for so few bytes that nearly everything goes to disk.
    pub(crate) fn no_room() -> Room {
        Room { folder: Some(Arc::from(std::env::temp_dir())), kept: 100 }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn what_is_read_is_what_was_written(parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..60), 0..20)) {
            for room in [Room::default(), no_room()] {
                let spill = Spill::new(&room);
                let mut places: Vec<u64> = Vec::new();
                for part in &parts {
                    places.push(spill.append(part).unwrap());
                    let middle = places.len() / 2;
                    for at in [middle, places.len() - 1] {
                        prop_assert_eq!(spill.read(places[at], parts[at].len()).unwrap(), &parts[at][..]);
                    }
                }
                let sealed = spill.seal().unwrap();
                let total: usize = parts.iter().map(Vec::len).sum();
                prop_assert_eq!(sealed.len(), total as u64);
                prop_assert_eq!(sealed.is_on_disk(), room.kept == 100 && total >= 100);
                for (part, place) in parts.iter().zip(places) {
                    prop_assert_eq!(&*sealed.read(place, part.len()).unwrap(), &part[..]);
                }
            }
        }
    }

    #[test]
    fn a_folder_that_is_not_there_is_named() {
        let folder: PathBuf = std::env::temp_dir().join("wirecopy-no-such-folder");
        let room = Room { folder: Some(Arc::from(folder)), kept: 0 };
        let error = Spill::new(&room).append(&[1]).unwrap_err();
        assert!(error.to_string().contains("wirecopy-no-such-folder"), "{error}");
        assert!(error.hint().is_some());
    }
}
