//! Bytes as a file: readers open files, so every input is written to one, in a folder that the process has to itself.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

/// The folder. What is left of it at the end goes with the temporary folder that `tests/fuzz/run` names.
static FOLDER: LazyLock<tempfile::TempDir> = LazyLock::new(|| {
    let threads = rayon::ThreadPoolBuilder::new().num_threads(1);
    threads.build_global().expect("nothing has started the threads before the first input");
    tempfile::tempdir().expect("a temporary folder can be made")
});

/// The folder of the process.
pub fn folder() -> &'static Path {
    FOLDER.path()
}

/// Writes a file of this name and gives its path.
pub fn holding(name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder().join(name);
    fs::write(&path, bytes).expect("the file can be written");
    path
}

/// True for what packed files and tables of columns begin with: such bytes are read as one whatever the name says.
pub fn has_magic(bytes: &[u8]) -> bool {
    let is_packed = matches!(
        bytes,
        [0x1f, 0x8b, ..]
            | [b'B', b'Z', b'h', b'1'..=b'9', ..]
            | [0xfd, b'7', b'z', b'X', b'Z', 0, ..]
            | [0x28, 0xb5, 0x2f, 0xfd, ..]
            | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..]
    );
    is_packed || bytes.starts_with(b"PAR1") || bytes.starts_with(b"ARROW1")
}
