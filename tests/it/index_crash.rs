//! Nothing that was acknowledged is lost, and nothing wrong is served: writers that are killed, files that are cut, bits
//! that flip.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::thread::sleep;
use std::time::{Duration, Instant};

use wirecopy::article::Article;
use wirecopy::config::{Config, Matching};
use wirecopy::store::{Damage, Index, Writer, verify};

use crate::example;
use crate::program::{command, wirecopy};
use crate::shuffle::Lcg;

/// Runs killed at random moments unless WIRECOPY_KILLS says another number, and how long all of them may take.
const KILLS: usize = 20;
const PATIENCE: Duration = Duration::from_secs(600);

/// So many articles of a few words each, with ids from a number on.
fn dump(path: &Path, from: usize, articles: usize) {
    let record = |number: usize| {
        let words: Vec<String> = (0..40).map(|word| format!("n{number}w{word}")).collect();
        format!("{{\"id\":\"{number}\",\"text\":\"{}\"}}\n", words.join(" "))
    };
    fs::write(path, (from..from + articles).map(record).collect::<String>()).unwrap();
}

fn damages(folder: &Path) -> Vec<Damage> {
    let mut all = Vec::new();
    verify(folder, |damage| all.push(damage)).unwrap();
    all
}

/// Adds again and again and is killed again and again: what is there is what was there, or that and the whole batch.
#[test]
#[cfg(unix)]
fn a_killed_run_loses_at_most_what_it_has_not_acknowledged() {
    const BATCH: usize = 3000;
    let folder = tempfile::tempdir().unwrap();
    let (index, file) = (folder.path().join("index"), folder.path().join("batch.jsonl"));
    let kills: usize = std::env::var_os("WIRECOPY_KILLS")
        .map_or(KILLS, |wanted| wanted.to_str().unwrap().parse().unwrap());
    let start = Instant::now();
    dump(&file, 0, BATCH);
    let add = [Path::new("index"), Path::new("add"), Path::new("-q"), &index, &file];
    assert_eq!(wirecopy(add).code, Some(0));
    let mut random = Lcg(u64::from(start.elapsed().subsec_nanos()));
    let (mut batches, mut lost) = (1, 0);
    for kill in 0..kills {
        dump(&file, batches * BATCH, BATCH);
        let before = fs::read_dir(&index).unwrap().count();
        let mut adding = command();
        adding.args(["index", "add", "-q"]).arg(&index).arg(&file);
        let mut child = adding.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        if kill % 2 == 0 {
            sleep(Duration::from_micros(random.below(60_000) as u64));
        } else {
            // From when there is a file more: while it is written, and while it is put to its place.
            let is_writing = || fs::read_dir(&index).unwrap().count() > before;
            while !is_writing() && child.try_wait().unwrap().is_none() {}
            sleep(Duration::from_micros(random.below(300_000) as u64));
        }
        let acknowledged = child.try_wait().unwrap().is_some_and(|status| status.success());
        let _ = child.kill();
        child.wait().unwrap();
        assert_eq!(damages(&index), [], "kill {kill}");
        let held = Index::open(&index).unwrap().len();
        if held == ((batches + 1) * BATCH) as u64 {
            batches += 1;
        } else {
            assert!(!acknowledged, "kill {kill}: acknowledged and lost");
            assert_eq!(held, (batches * BATCH) as u64, "kill {kill}");
            lost += 1;
        }
        assert!(start.elapsed() < PATIENCE, "{kill} kills took {PATIENCE:?}");
    }
    // Runs that all ended before they were killed would prove nothing.
    assert!(lost > 0, "{batches} batches, {lost} lost");
    dump(&file, 0, (batches + 1) * BATCH);
    let said = wirecopy(["index", "add", index.to_str().unwrap(), file.to_str().unwrap()]);
    let expected = format!(
        "added {} articles; the index holds",
        wirecopy::report::figures::thousands(BATCH as u64)
    );
    assert!(said.out.starts_with(&expected), "{said:?}");
    assert_eq!(damages(&index), []);
    let names = fs::read_dir(&index).unwrap().count();
    let parts =
        fs::read_to_string(index.join("wirecopy-index")).unwrap().matches("\"file\"").count();
    assert_eq!(names, parts + 2, "nothing of killed runs is left");
}

/// An index of the example with removed articles and a table of common text, and what it answers.
fn indexed(folder: &Path) -> Vec<(Article, Vec<String>)> {
    let mut writer = Writer::open(folder, &Config::default()).unwrap();
    writer.read(&[example::folder()], &()).unwrap();
    writer.learn(&()).unwrap();
    assert!(writer.remove(["northwire-01", "harbor-post-01"]).unwrap().is_empty());
    writer.commit().unwrap();
    let outcome = writer.index().groups(&Config::default(), &()).unwrap();
    let mut asked: Vec<Article> = outcome.articles.held().iter().take(6).cloned().collect();
    wirecopy::read::read(
        &[example::folder()],
        &Config::default().input,
        |article| article,
        |batch| {
            for article in &mut asked {
                if let Some(same) = batch.records.iter().find(|read| read.id == article.id) {
                    article.text.clone_from(&same.text);
                }
            }
        },
    )
    .unwrap();
    asked
        .into_iter()
        .map(|article| (article.clone(), answers(writer.index(), &article).unwrap()))
        .collect()
}

fn answers(index: &Index, article: &Article) -> wirecopy::Result<Vec<String>> {
    let found = index.query(article, &Matching::default())?;
    Ok(found
        .iter()
        .map(|one| format!("{} {} {}", one.article.id, one.confidence, one.relation.name()))
        .collect())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let mut all: Vec<PathBuf> = all.filter(|path| !path.ends_with("lock")).collect();
    all.sort();
    all
}

/// What is damaged is told by whoever looks for it, and either told or not met by whoever asks.
#[test]
fn every_flipped_bit_and_every_cut_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let expected = indexed(folder.path());
    assert!(expected.iter().any(|(_, found)| !found.is_empty()));
    let files = files(folder.path());
    assert_eq!(files.len(), 4, "{files:?}");
    let mut random = Lcg(7);
    for file in &files {
        let whole = fs::read(file).unwrap();
        let is_manifest = file.ends_with("wirecopy-index");
        let mut check = |bytes: &[u8], from: usize, what: &str| {
            fs::write(file, bytes).unwrap();
            let told = match is_manifest {
                true => verify(folder.path(), |_| ()).is_err(),
                false => damages(folder.path())
                    .iter()
                    .any(|damage| &damage.file == file && damage.offset <= from as u64),
            };
            assert!(told, "{what} of {} at {from} is not told", file.display());
            if random.below(8) == 0 {
                let Ok(index) = Index::open(folder.path()) else { return };
                for (article, right) in &expected {
                    if let Ok(found) = answers(&index, article) {
                        assert_eq!(&found, right, "{what} of {} at {from}", file.display());
                    }
                }
            }
        };
        // No block is shorter than this but those of the smallest files.
        for at in (0..whole.len()).step_by(if whole.len() > 100_000 { 509 } else { 61 }) {
            let mut flipped = whole.clone();
            flipped[at] ^= 1 << (at % 8);
            check(&flipped, at, "a flipped bit");
        }
        for cut in (0..whole.len()).step_by(4096) {
            check(&whole[..cut], cut, "a cut");
        }
        fs::write(file, &whole).unwrap();
    }
    assert_eq!(damages(folder.path()), []);
}

/// What a full disk does: files may not grow beyond so many blocks of 512 bytes.
#[test]
#[cfg(unix)]
fn files_that_cannot_grow_leave_the_index_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let (index, file) = (folder.path().join("index"), folder.path().join("more.jsonl"));
    assert_eq!(
        wirecopy([Path::new("index"), Path::new("add"), &index, &example::folder()]).code,
        Some(0)
    );
    dump(&file, 0, 500);
    let limited = "trap '' XFSZ; ulimit -f 16; exec \"$0\" index add \"$1\" \"$2\"";
    let mut shell = std::process::Command::new("sh");
    shell.args(["-c", limited, env!("CARGO_BIN_EXE_wirecopy")]).arg(&index).arg(&file);
    let said = crate::program::said(&mut shell);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("cannot write ") && said.err.contains("cause: "), "{}", said.err);
    assert_eq!((damages(&index), Index::open(&index).unwrap().len()), (vec![], 79));
    assert_eq!(wirecopy([Path::new("index"), Path::new("add"), &index, &file]).code, Some(0));
    assert_eq!(Index::open(&index).unwrap().len(), 579);
}
