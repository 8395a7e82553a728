//! What several fuzz targets need: bytes as a file, as articles of a read, as two texts or more; alignments and panics judged.

pub mod aligned;
pub mod file;
pub mod panics;
pub mod reading;
pub mod texts;
