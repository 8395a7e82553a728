//! Keeps what a broken file does to the decoders of other crates away from the run.
//!
//! They return errors for most broken files and panic on some. A panic in here says nothing but that the file is broken, and
//! leaves nothing behind that is used again: the decoder is dropped with it.

use std::panic::{AssertUnwindSafe, catch_unwind};

/// What `work` gives, or a message where it panicked.
pub(crate) fn guarded<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    catch_unwind(AssertUnwindSafe(work))
        .unwrap_or_else(|_| Err("it is broken: what is in it contradicts itself".to_owned()))
}
