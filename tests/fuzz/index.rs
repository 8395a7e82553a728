//! An index with a broken file is refused, or answers, and can be verified: no damage brings the program down.
#![no_main]

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use wirecopy::article::Article;
use wirecopy::config::{Config, Matching};
use wirecopy::store::{self, Index, Writer};
use wirecopy_fuzz::file;

/// The files of a small index, with what is in them.
static WHOLE: LazyLock<Vec<(PathBuf, Vec<u8>)>> = LazyLock::new(|| {
    let folder = file::folder().join("whole");
    let mut writer = Writer::open(&folder, &Config::default()).expect("a folder can be made");
    for part in [0..3, 3..6] {
        for number in part {
            let words: Vec<String> =
                (0..40).map(|word| format!("w{}", word * (number + 1))).collect();
            let article = Article::new(format!("a{number}"), words.join(" "));
            writer.add(article).expect("the index is whole").expect("the text has words");
        }
        writer.commit().expect("a folder can be written");
    }
    drop(writer);
    let mut files = Vec::new();
    read(&folder, &folder, &mut files);
    files
});

fn read(root: &Path, folder: &Path, files: &mut Vec<(PathBuf, Vec<u8>)>) {
    let entries = fs::read_dir(folder).expect("it was written");
    let mut paths: Vec<PathBuf> =
        entries.map(|entry| entry.expect("it was written").path()).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            read(root, &path, files);
        } else {
            let name = path.strip_prefix(root).expect("it is below").to_owned();
            files.push((name, fs::read(&path).expect("it was written")));
        }
    }
}

fuzz_target!(|input: (u8, u32, u8, &[u8])| {
    let (which, at, bit, bytes) = input;
    let folder = file::folder().join("broken");
    let _ = fs::remove_dir_all(&folder);
    let broken = usize::from(which) % WHOLE.len();
    for (number, (name, whole)) in WHOLE.iter().enumerate() {
        let path = folder.join(name);
        fs::create_dir_all(path.parent().expect("it is below")).expect("a folder can be made");
        let mut content = whole.clone();
        let place = at as usize % content.len().max(1);
        match bit {
            _ if number != broken || content.is_empty() => {}
            0 => content.truncate(place),
            1 => content = bytes.to_vec(),
            2 => drop(content.splice(place..place, bytes.iter().copied())),
            _ => content[place] ^= bit,
        }
        fs::write(path, content).expect("a file can be written");
    }
    let text = String::from_utf8_lossy(bytes).into_owned();
    if let Ok(index) = Index::open(&folder) {
        let _ = index.query(&Article::new("new", text), &Matching::default());
        let _ = index.stats();
    }
    let _ = store::verify(&folder, |_| ());
});
