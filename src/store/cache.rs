//! Blocks that were read lately, shared by all threads, within a budget of bytes.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use quick_cache::Weighter;
use quick_cache::sync::Cache as Kept;

use super::blocks::Block;
use crate::error::Result;

/// Which block: name of the file, section, place in the section.
type Key = (u32, u8, u32);

/// Bytes that keeping a block takes besides its own.
const BESIDES: u64 = 100;

/// Blocks by what they are known.
#[derive(Debug)]
pub(super) struct Cache {
    kept: Kept<Key, Arc<Block>, Weight>,
    names: AtomicU32,
}

impl Cache {
    /// A cache for so many bytes.
    pub(super) fn new(bytes: u64) -> Self {
        let blocks = (bytes / 4096).max(16) as usize;
        Cache { kept: Kept::with_weighter(blocks, bytes, Weight), names: AtomicU32::new(0) }
    }

    /// A name that no other file has.
    pub(super) fn name(&self) -> u32 {
        self.names.fetch_add(1, Ordering::Relaxed)
    }

    /// The block, read unless it is kept.
    pub(super) fn get(&self, key: Key, read: impl FnOnce() -> Result<Block>) -> Result<Arc<Block>> {
        self.kept.get_or_insert_with(&key, || Ok(Arc::new(read()?)))
    }
}

#[derive(Clone, Debug)]
struct Weight;

impl Weighter<Key, Arc<Block>> for Weight {
    fn weight(&self, _: &Key, block: &Arc<Block>) -> u64 {
        BESIDES + block.len() as u64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::Error;

    #[test]
    fn what_is_kept_is_not_read_again_and_what_is_kept_is_bounded() {
        let cache = Cache::new(100_000);
        let (first, second) = (cache.name(), cache.name());
        assert_ne!(first, second);
        for at in 0..1000 {
            let read = || Ok(vec![at as u8; 1000].into());
            assert_eq!(cache.get((first, 0, at), read).unwrap()[0], at as u8);
        }
        assert!(cache.kept.weight() <= 100_000, "{}", cache.kept.weight());
        let failing = || Err(Error::new("read"));
        assert!(cache.get((second, 0, 999), failing).is_err());
        cache.get((second, 0, 999), || Ok(vec![1].into())).unwrap();
        assert_eq!(cache.get((second, 0, 999), failing).unwrap()[..], [1]);
    }
}
