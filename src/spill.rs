//! Bytes that are written once and read back by place: in memory while they are few, else in a temporary file.
//!
//! The file loses its name as soon as it is made (on Windows it is deleted on closing), so that nothing stays behind
//! however the program ends. Appending takes a lock and copies; threads may append at the same time, and only what they
//! are told of the place depends on which comes first. Whoever fills a block writes it to the file while others go on.

use std::borrow::Cow;
use std::fs::File;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

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
    /// Shared by those who write to the file; whoever reads it waits for them.
    writing: RwLock<()>,
}

#[derive(Debug, Default)]
struct State {
    /// What is not handed to the file.
    bytes: Vec<u8>,
    /// How many bytes are.
    handed: u64,
    file: Option<Arc<File>>,
    /// A block that was written, to be filled again.
    spare: Vec<u8>,
}

impl Spill {
    pub(crate) fn new(room: &Room) -> Self {
        Spill { room: room.clone(), ..Spill::default() }
    }

    /// Adds bytes and says at which place they stand.
    pub(crate) fn append(&self, bytes: &[u8]) -> Result<u64> {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        let place = state.handed + state.bytes.len() as u64;
        state.bytes.extend_from_slice(bytes);
        let most = if state.file.is_some() { BLOCK } else { self.room.kept };
        if state.bytes.len() >= most && self.room.folder.is_some() {
            let block = state.hand_out(&self.room)?;
            let writing = self.writing.read().unwrap_or_else(PoisonError::into_inner);
            drop(state);
            let mut spare = block.write(&self.room)?;
            drop(writing);
            spare.clear();
            // What was kept until now may have been much more than a block.
            spare.shrink_to(BLOCK + (BLOCK >> 2));
            self.state.lock().unwrap_or_else(PoisonError::into_inner).spare = spare;
        }
        Ok(place)
    }

    /// So many bytes from a place that [`Spill::append`] told.
    pub(crate) fn read(&self, place: u64, len: usize) -> Result<Vec<u8>> {
        let state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        // What was appended at once is in the file as a whole, or not at all.
        match &state.file {
            Some(file) if place < state.handed => {
                let _written = self.writing.write().unwrap_or_else(PoisonError::into_inner);
                let mut read = vec![0; len];
                read_at(file, &mut read, place)
                    .map_err(|error| self.room.failure("read back", &error))?;
                Ok(read)
            }
            _ => {
                let start = (place - state.handed) as usize;
                Ok(state.bytes[start..start + len].to_vec())
            }
        }
    }

    /// Ends writing.
    pub(crate) fn seal(self) -> Result<Sealed> {
        let mut state = self.state.into_inner().unwrap_or_else(PoisonError::into_inner);
        if state.file.is_some() {
            state.hand_out(&self.room)?.write(&self.room)?;
        }
        let State { bytes, file, handed, .. } = state;
        let len = if file.is_some() { handed } else { bytes.len() as u64 };
        Ok(Sealed { room: self.room, bytes, file, len })
    }
}

impl State {
    /// Takes out what is to be written, and makes the file if there is none.
    fn hand_out(&mut self, room: &Room) -> Result<Block> {
        let file = match &self.file {
            Some(file) => Arc::clone(file),
            None => {
                let folder = room.folder.as_deref().unwrap_or(Path::new(""));
                let made = tempfile::tempfile_in(folder);
                let made = made.map_err(|error| room.failure("make", &error))?;
                Arc::clone(self.file.insert(Arc::new(made)))
            }
        };
        let mut spare = std::mem::take(&mut self.spare);
        spare.reserve(BLOCK + (BLOCK >> 2));
        let bytes = std::mem::replace(&mut self.bytes, spare);
        let place = self.handed;
        self.handed += bytes.len() as u64;
        Ok(Block { file, place, bytes })
    }
}

/// Bytes on their way to a place in a file.
struct Block {
    file: Arc<File>,
    place: u64,
    bytes: Vec<u8>,
}

impl Block {
    /// Writes the bytes, and gives their room back.
    fn write(self, room: &Room) -> Result<Vec<u8>> {
        write_at(&self.file, &self.bytes, self.place)
            .map_err(|error| room.failure("write", &error))?;
        Ok(self.bytes)
    }
}

/// Bytes that were written, to be read by any thread.
#[derive(Debug, Default)]
pub(crate) struct Sealed {
    room: Room,
    bytes: Vec<u8>,
    file: Option<Arc<File>>,
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

#[cfg(unix)]
fn write_at(file: &File, bytes: &[u8], place: u64) -> io::Result<()> {
    std::os::unix::fs::FileExt::write_all_at(file, bytes, place)
}

#[cfg(windows)]
fn write_at(file: &File, mut bytes: &[u8], mut place: u64) -> io::Result<()> {
    while !bytes.is_empty() {
        match std::os::windows::fs::FileExt::seek_write(file, bytes, place)? {
            0 => return Err(io::ErrorKind::WriteZero.into()),
            count => {
                bytes = &bytes[count..];
                place += count as u64;
            }
        }
    }
    Ok(())
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
    fn threads_may_write_and_read_at_the_same_time() {
        let spill = Spill::new(&no_room());
        std::thread::scope(|scope| {
            for thread in 0..4u8 {
                let spill = &spill;
                scope.spawn(move || {
                    for round in 0..200usize {
                        let part = vec![thread; 1 + round * 97 % 30_000];
                        let place = spill.append(&part).unwrap();
                        assert_eq!(spill.read(place, part.len()).unwrap(), part);
                    }
                });
            }
        });
        let rounds: usize = (0..200).map(|round| 1 + round * 97 % 30_000).sum();
        let sealed = spill.seal().unwrap();
        assert_eq!(sealed.len(), 4 * rounds as u64);
        let all = sealed.read(0, sealed.len() as usize).unwrap();
        assert!((0..4).all(|thread| all.iter().filter(|&&byte| byte == thread).count() == rounds));
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
