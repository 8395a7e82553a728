//! What git knows: which files of the corpus differ from a revision, and what stood in them.
//!
//! By the `git` command, so that every setting of the repository holds: filters of large files, attributes, partial
//! clones. Three calls, and one for each file that differs.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

use rayon::prelude::*;
use tempfile::TempDir;
use wirecopy::config::Config;
use wirecopy::judge::changes::{Changes, OldFile};
use wirecopy::judge::scope::Splits;
use wirecopy::{Error, Result};

/// What was added or changed under these paths since a revision.
pub(super) fn changes(
    since: &str,
    paths: &[PathBuf],
    config: &Config,
    splits: &Splits,
) -> Result<Changes> {
    let paths: Vec<&PathBuf> = paths.iter().filter(|path| *path != Path::new("-")).collect();
    let Some(first) = paths.first() else {
        return Err(Error::new("--since needs files: standard input is in no repository")
            .with_hint("the files themselves, or no --since"));
    };
    let repository = Repository::of(first)?;
    let commit = repository.commit(since)?;
    let names: Vec<String> =
        paths.iter().map(|path| repository.name(path)).collect::<Result<_>>()?;
    let before = repository.files(&commit, &names)?;
    let differing = repository.differing(&commit, &names)?;
    let differs = |name: &String| differing.binary_search(name).is_ok();
    let (old, unchanged): (Vec<String>, Vec<String>) = before.into_iter().partition(differs);
    let mut changes = Changes::new(since, &repository.top, unchanged);
    let folder = temporary(config)?;
    let copy = |(number, name): (usize, &String)| {
        repository.copy(
            &commit,
            name,
            &folder.path().join(number.to_string()),
            names.contains(name),
        )
    };
    let files: Vec<OldFile> = old.par_iter().enumerate().map(copy).collect::<Result<_>>()?;
    changes.remember(&files, &config.input, splits)?;
    Ok(changes)
}

fn temporary(config: &Config) -> Result<TempDir> {
    let folder = config.memory.folder.clone().unwrap_or_else(std::env::temp_dir);
    TempDir::new_in(&folder).map_err(|error| Error::io("write to", &folder, error))
}

/// A working tree.
struct Repository {
    /// Its top folder.
    top: PathBuf,
}

impl Repository {
    /// The working tree that a path is in.
    fn of(path: &Path) -> Result<Repository> {
        let whole = fs::canonicalize(path).map_err(|error| Error::io("open", path, error))?;
        let folder = if whole.is_dir() { &*whole } else { whole.parent().unwrap_or(&whole) };
        let top = git(folder, &["rev-parse", "--show-toplevel"])?.map_err(|said| {
            Error::new(format!("--since: {} is in no git repository\n{said}", path.display()))
                .at(path)
                .with_hint("a corpus that is committed, or no --since")
        })?;
        let top = PathBuf::from(top.trim_end_matches(['\n', '\r']));
        let top = fs::canonicalize(&top).map_err(|error| Error::io("open", &top, error))?;
        Ok(Repository { top })
    }

    /// The commit that a revision names.
    fn commit(&self, since: &str) -> Result<String> {
        let wanted = format!("{since}^{{commit}}");
        let commit =
            git(&self.top, &["rev-parse", "--verify", "--quiet", "--end-of-options", &wanted])?;
        commit.map(|commit| commit.trim_end().to_owned()).map_err(|_| {
            Error::new(format!("--since: git knows no revision {since:?}")).with_hint(
                "git fetch, with all history if the clone is shallow (fetch-depth: 0 on GitHub), or another revision",
            )
        })
    }

    /// The name of a path from the top folder.
    fn name(&self, path: &Path) -> Result<String> {
        let whole = fs::canonicalize(path).map_err(|error| Error::io("open", path, error))?;
        let name = whole.strip_prefix(&self.top).map_err(|_| {
            let top = self.top.display();
            Error::new(format!("--since: {} is not in the repository {top}", path.display()))
                .at(path)
                .with_hint("paths of one repository")
        })?;
        Ok(name.to_string_lossy().into_owned())
    }

    /// The files of a commit under some names, sorted.
    fn files(&self, commit: &str, names: &[String]) -> Result<Vec<String>> {
        let listed = self.list(&["ls-tree", "-r", "-z", "--full-tree", commit], names)?;
        // `MODE TYPE OBJECT<tab>NAME`; links and submodules have other modes, and are no files.
        let files = listed.iter().filter_map(|line| line.strip_prefix("100")?.split_once('\t'));
        let mut files: Vec<String> = files.map(|(_, name)| name.to_owned()).collect();
        files.sort_unstable();
        Ok(files)
    }

    /// The files under some names that differ from a commit today, committed or not; sorted.
    fn differing(&self, commit: &str, names: &[String]) -> Result<Vec<String>> {
        let mut files = self.list(
            &[
                "diff",
                "--name-only",
                "-z",
                "--no-renames",
                "--no-relative",
                "--no-ext-diff",
                commit,
            ],
            names,
        )?;
        files.sort_unstable();
        Ok(files)
    }

    /// The answer to a question about some names, which ends with them.
    fn list(&self, question: &[&str], names: &[String]) -> Result<Vec<String>> {
        let mut args = vec!["--literal-pathspecs"];
        args.extend(question);
        args.push("--");
        // The top folder itself has no name.
        args.extend(names.iter().map(|name| if name.is_empty() { "." } else { name.as_str() }));
        let answer = git(&self.top, &args)?.map_err(|said| {
            Error::new(format!("--since: git failed\n{said}"))
                .with_hint("git status, which may say why")
        })?;
        Ok(answer.split('\0').filter(|name| !name.is_empty()).map(str::to_owned).collect())
    }

    /// Writes a file as it was into a folder, under a name that tells its format.
    fn copy(&self, commit: &str, name: &str, folder: &Path, is_named: bool) -> Result<OldFile> {
        let object = format!("{commit}:{name}");
        let output = run(&self.top, &["cat-file", "--filters", &object])?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).trim().to_owned();
            return Err(Error::new(format!("--since: git cannot show {name}\n{said}"))
                .with_hint("git fsck, or git lfs fetch for large files"));
        }
        let file = folder.join(Path::new(name).file_name().unwrap_or_default());
        fs::create_dir(folder)
            .and_then(|()| fs::write(&file, output.stdout))
            .map_err(|error| Error::io("write", &file, error))?;
        // In a folder, files of unknown kind are passed over as they are in the corpus.
        let copy = if is_named { file } else { folder.to_owned() };
        Ok(OldFile { name: name.to_owned(), copy })
    }
}

/// What git answers, or what it says instead.
fn git(folder: &Path, args: &[&str]) -> Result<Result<String, String>> {
    let output = run(folder, args)?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    Ok(match output.status.success() {
        true => Ok(text(&output.stdout)),
        false => Err(text(&output.stderr).trim().to_owned()),
    })
}

fn run(folder: &Path, args: &[&str]) -> Result<std::process::Output> {
    let output = Command::new("git").arg("-C").arg(folder).args(args).output();
    output.map_err(|error| {
        let message = match error.kind() {
            io::ErrorKind::NotFound => {
                "--since needs git, which is not installed or not on the PATH".to_owned()
            }
            _ => format!("--since: git cannot be started: {error}"),
        };
        Error::new(message).with_hint("git, or no --since")
    })
}
