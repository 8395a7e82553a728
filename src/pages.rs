//! Zeros on large pages, for tables of many megabytes that are looked up at random.
//!
//! With pages of 4 KiB most of such a look goes to finding the page, and each page costs a fault when it is first touched:
//! two and a message to every processor, where it is read before it is written. Linux is asked for pages of 2 MiB; where
//! that, or the mapping, is refused, everything works as before and slower.

use std::ops::{Deref, DerefMut};

use memmap2::MmapMut;

/// Bytes that begin as zeros.
#[derive(Debug)]
pub(crate) enum Pages {
    /// From the system, at the start of a page.
    Mapped(MmapMut),
    /// From the allocator.
    Allocated(Vec<u8>),
}

impl Pages {
    /// So many zeros.
    pub(crate) fn zeros(length: usize) -> Self {
        match MmapMut::map_anon(length) {
            Ok(map) => {
                // A system without large pages says so, and nothing is lost.
                #[cfg(target_os = "linux")]
                let _ = map.advise(memmap2::Advice::HugePage);
                Pages::Mapped(map)
            }
            Err(_) => Pages::Allocated(vec![0; length]),
        }
    }
}

impl Deref for Pages {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        match self {
            Pages::Mapped(map) => map,
            Pages::Allocated(bytes) => bytes,
        }
    }
}

impl DerefMut for Pages {
    fn deref_mut(&mut self) -> &mut [u8] {
        match self {
            Pages::Mapped(map) => map,
            Pages::Allocated(bytes) => bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn zeros_can_be_written_over() {
        for length in [1, 4096, 5 << 20] {
            let mut pages = Pages::zeros(length);
            assert!(pages.len() == length && pages.iter().all(|&byte| byte == 0));
            pages[length - 1] = 7;
            assert_eq!(pages.iter().map(|&byte| u64::from(byte)).sum::<u64>(), 7);
        }
    }
}
