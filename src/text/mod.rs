//! Text to words to shingles: everything that is decided from one article alone.

pub mod normalize;
mod letters;
pub mod words;
mod block;
mod runs;
mod columns;
mod segment;
pub mod quotes;
pub mod shingle;
pub mod hash;

pub use hash::Fingerprint;
pub use words::Words;
