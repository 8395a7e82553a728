//! Rules of the house that a machine can check.

use std::fs;
use std::path::{Path, PathBuf};

use crate::example::root;

/// Names that say nothing about what is inside.
const EMPTY_NAMES: &[&str] =
    &["common_utils", "helper", "helpers", "manager", "misc", "util", "utils"];

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Every Rust file of the project.
fn rust_files() -> Vec<PathBuf> {
    let rooms = ["src", "tests", "benches", "python/src"].map(|room| root().join(room));
    let entries = rooms.iter().flat_map(walkdir::WalkDir::new).map(Result::unwrap);
    let files: Vec<PathBuf> = entries
        .map(walkdir::DirEntry::into_path)
        .filter(|path| path.extension().is_some_and(|extension| extension == "rs"))
        .collect();
    assert!(files.len() > 30, "{files:?}");
    files
}

#[test]
fn every_file_opens_with_its_purpose() {
    let silent: Vec<_> = rust_files()
        .into_iter()
        .filter(|path| {
            !read(path)
                .lines()
                .next()
                .is_some_and(|line| line.len() > 10 && line.starts_with("//! "))
        })
        .collect();
    assert!(silent.is_empty(), "{silent:?}");
}

#[test]
fn every_name_says_something() {
    let empty: Vec<_> = rust_files()
        .into_iter()
        .filter(|path| {
            let inside = path.strip_prefix(root()).unwrap().with_extension("");
            inside.iter().any(|part| EMPTY_NAMES.iter().any(|name| part == *name))
        })
        .collect();
    assert!(empty.is_empty(), "{empty:?}");
}

#[test]
fn the_changelog_knows_the_version() {
    let heading = format!("## [{}]", env!("CARGO_PKG_VERSION"));
    let changelog = read(&root().join("CHANGELOG.md"));
    assert!(changelog.lines().any(|line| line.starts_with(&heading)), "no {heading}");
}

#[test]
fn the_readme_shows_the_two_commands_to_begin_with() {
    let readme = read(&root().join("README.md"));
    for command in ["cargo run --release -- scan data/mini", "cargo test"] {
        assert!(readme.contains(command), "no {command}");
    }
}

#[test]
fn the_second_command_of_the_readme_is_what_ci_runs() {
    let ci = read(&root().join(".ci/run"));
    assert!(ci.lines().any(|line| line.trim() == "step cargo test"), "no `cargo test` of its own");
}

#[test]
fn every_dependency_says_what_it_is_for() {
    let manifest = read(&root().join("Cargo.toml"));
    let mut inside = false;
    let mut number = 0;
    for line in manifest.lines() {
        if let Some(table) = line.strip_prefix('[') {
            inside = table.trim_end_matches(']').ends_with("dependencies");
        } else if inside && !line.trim().is_empty() {
            let (_, why) = line.split_once(" # ").unwrap_or_default();
            assert!(why.len() > 3, "without a reason: {line}");
            number += 1;
        }
    }
    assert!(number > 15, "only {number} dependencies were seen");
}

#[test]
fn both_licenses_of_the_manifest_are_there() {
    let manifest = read(&root().join("Cargo.toml"));
    assert!(manifest.contains("license = \"MIT OR Apache-2.0\""));
    assert!(read(&root().join("LICENSE-MIT")).contains("Permission is hereby granted"));
    assert!(read(&root().join("LICENSE-APACHE")).contains("Version 2.0, January 2004"));
}
