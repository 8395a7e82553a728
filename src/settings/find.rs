//! Where the configuration is: `wirecopy.toml` in the folder of the first path or above, else `[tool.wirecopy]` in a
//! `pyproject.toml` there. The nearest folder that has either wins.

use std::fs;
use std::path::{Path, PathBuf};

use super::Settings;
use crate::error::{Error, Result};

/// The name of the file.
pub const NAME: &str = "wirecopy.toml";

/// The file that projects in Python settle everything in.
pub(super) const PYPROJECT: &str = "pyproject.toml";

/// The settings for what lies at `start`, if there are any. The path in them is absolute; `name` says what messages call
/// a path.
///
/// # Errors
///
/// If a folder has both kinds, or the file cannot be read or understood.
pub fn find(start: &Path, name: impl Fn(&Path) -> PathBuf) -> Result<Option<Settings>> {
    let start = if start == Path::new("") { Path::new(".") } else { start };
    // What does not exist is told by whoever reads it.
    let Ok(start) = fs::canonicalize(start) else { return Ok(None) };
    for folder in start.ancestors().filter(|folder| folder.is_dir()) {
        let own = folder.join(NAME);
        let shared = folder.join(PYPROJECT);
        let python = python_table(&shared, &name)?;
        match (own.is_file(), python) {
            (true, true) => {
                let message = format!(
                    "{NAME} and [tool.wirecopy] in {PYPROJECT} are both in {}",
                    folder.display()
                );
                return Err(Error::new(message).at(&own).with_hint("one of the two"));
            }
            (true, false) => return read(&own, &name(&own)).map(Some),
            (false, true) => return read(&shared, &name(&shared)).map(Some),
            (false, false) => {}
        }
    }
    Ok(None)
}

/// Reads the settings of a file.
///
/// # Errors
///
/// If it cannot be read or understood.
pub fn load(path: &Path) -> Result<Settings> {
    read(path, path)
}

fn read(path: &Path, name: &Path) -> Result<Settings> {
    let text = fs::read_to_string(path).map_err(|error| {
        let error = Error::io("read", name, error);
        error.with_hint("--config with a file that is there; `wirecopy init` writes one")
    })?;
    let path = fs::canonicalize(path).unwrap_or_else(|_| PathBuf::from(path));
    Settings::parse(&path, name, &text)
}

/// True if there is such a file with a table for this program. The file is others' too: unless it names the program, it
/// is not so much as parsed.
fn python_table(path: &Path, name: impl Fn(&Path) -> PathBuf) -> Result<bool> {
    let Ok(text) = fs::read_to_string(path) else { return Ok(false) };
    if !text.contains("wirecopy") {
        return Ok(false);
    }
    super::parse::has_python_table(&name(path), &text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_folder_wins() {
        let root = tempfile::tempdir().unwrap();
        let deep = root.path().join("a/b");
        fs::create_dir_all(&deep).unwrap();
        let write = |name: &str, text: &str| fs::write(root.path().join(name), text).unwrap();
        write("a/b/x.jsonl", "");
        write(
            "pyproject.toml",
            "[project]\nname = \"wirecopy-corpus\"\n[tool.wirecopy.match]\nmin-words = 7\n",
        );
        let words = |start: &Path| {
            let settings = find(start, Path::to_owned).unwrap().unwrap();
            (
                settings.path.file_name().unwrap().to_owned(),
                settings.set("match", "min-words").unwrap().line,
            )
        };
        assert_eq!(words(&deep), ("pyproject.toml".into(), 4));
        write("a/wirecopy.toml", "[match]\nmin-words = 8\n");
        assert_eq!(words(&deep.join("x.jsonl")), ("wirecopy.toml".into(), 2));
        write("a/b/pyproject.toml", "[project]\nname = \"other\"\n");
        assert_eq!(words(&deep), ("wirecopy.toml".into(), 2), "a table of others is passed over");
        write("a/pyproject.toml", "[tool.wirecopy]\n");
        assert!(find(&deep, Path::to_owned).unwrap_err().to_string().contains("are both in"));
    }
}
