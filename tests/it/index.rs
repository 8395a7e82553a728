//! An index answers as a scan does, whatever the batches; ids stand for one article; readers and writers do not disturb
//! each other.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};

use serde_json::Value;
use tempfile::TempDir;
use wirecopy::article::Article;
use wirecopy::config::{Config, Input, Matching};
use wirecopy::find::Match;
use wirecopy::read;
use wirecopy::scan::{Outcome, scan_paths};
use wirecopy::store::{Added, Index, Writer, verify};

use crate::determinism::{assert_same, portrait};
use crate::example;
use crate::program::{Said, command, wirecopy, wirecopy_on};
use crate::shuffle::{Lcg, shuffled};

fn articles() -> Vec<Article> {
    let mut all = Vec::new();
    let sink = |batch: read::Batch<Article>| all.extend(batch.records);
    read::read(&[example::folder()], &Input::default(), |article| article, sink).unwrap();
    all
}

fn scanned() -> Outcome {
    scan_paths(&[example::folder()], &Config::default(), &()).unwrap()
}

fn writer(folder: &Path) -> Writer {
    Writer::open(folder, &Config::default()).unwrap()
}

/// An index of the example, compacted.
fn compacted() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let mut writer = writer(folder.path());
    writer.read(&[example::folder()], &()).unwrap();
    writer.compact(&()).unwrap();
    folder
}

fn assert_whole(folder: &Path) {
    verify(folder, |damage| panic!("{damage:?}")).unwrap();
}

#[test]
fn batches_in_any_order_give_the_groups_of_one_scan() {
    let expected = portrait(&scanned());
    assert!(expected.len() > 20, "{expected:?}");
    for seed in 0..6 {
        let mut random = Lcg(seed);
        let folder = tempfile::tempdir().unwrap();
        let mut all = shuffled(articles(), seed);
        while !all.is_empty() {
            let mut writer = writer(folder.path());
            let batch = all.split_off(all.len().saturating_sub(1 + random.below(30)));
            // What is added twice, or added and removed again, leaves no trace.
            for article in batch.iter().chain(&batch[..1]) {
                writer.add(article.clone()).unwrap().unwrap();
            }
            let mut passing = batch[0].clone();
            passing.id = "passing".to_owned();
            writer.add(passing).unwrap().unwrap();
            writer.commit().unwrap();
            assert!(writer.remove(["passing"]).unwrap().is_empty());
            writer.commit().unwrap();
            match random.below(4) {
                0 => writer.compact(&()).unwrap(),
                1 => drop(writer.learn(&()).unwrap()),
                _ => (),
            }
        }
        assert_whole(folder.path());
        let index = Index::open(folder.path()).unwrap();
        assert_eq!(index.len(), articles().len() as u64);
        let found = index.groups(&Config::default(), &()).unwrap();
        assert_same(&portrait(&found), &expected, &format!("batches {seed}"));
    }
}

/// Once it is compacted, a query knows every copy that a scan knows, by the same numbers.
#[test]
fn a_query_tells_of_a_pair_what_a_scan_tells() {
    let folder = compacted();
    let index = Index::open(folder.path()).unwrap();
    let outcome = scanned();
    let all = articles();
    let copies: Vec<&Match> = outcome.matches.iter().filter(|m| m.relation.is_copy()).collect();
    assert!(copies.len() > 20, "{}", copies.len());
    for pair in copies {
        let id = |article: u32| outcome.articles[article as usize].id.as_str();
        for (own, other) in [(pair.a, pair.b), (pair.b, pair.a)] {
            let article = all.iter().find(|article| article.id == id(own)).unwrap();
            let found = index.query(article, &Matching::default()).unwrap();
            assert!(found.iter().all(|earlier| earlier.article.id != article.id));
            let earlier = found.iter().find(|earlier| earlier.article.id == id(other));
            let earlier = earlier.unwrap_or_else(|| panic!("{} and {}", id(own), id(other)));
            assert_eq!(
                (earlier.relation, earlier.confidence, earlier.evidence.similarity),
                (pair.relation, pair.confidence, pair.evidence.similarity),
                "{} and {}",
                id(own),
                id(other)
            );
        }
    }
}

#[test]
fn an_id_stands_for_one_article() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let first = Article::new(
        "a",
        "The ferry stays in harbor until Friday, the port office said on Tuesday.",
    );
    let other = Article::new(
        "a",
        "Nine schools in the valley reopen today with new roofs and a shared kitchen.",
    );
    let mut plain = writer(&index);
    let add =
        |writer: &mut Writer, article: &Article| writer.add(article.clone()).unwrap().unwrap();
    assert_eq!(add(&mut plain, &first), Added::New);
    assert_eq!(add(&mut plain, &first), Added::Same, "in one batch");
    assert!(matches!(add(&mut plain, &other), Added::Refused(_)));
    plain.commit().unwrap();
    assert_eq!(add(&mut plain, &first), Added::Same, "in another batch");
    assert!(matches!(add(&mut plain, &other), Added::Refused(_)));
    let mut replacing = plain.replacing(true);
    assert_eq!(add(&mut replacing, &other), Added::Replaced);
    assert_eq!(add(&mut replacing, &first), Added::Replaced, "in one batch");
    assert_eq!(add(&mut replacing, &other), Added::Replaced);
    replacing.commit().unwrap();
    assert_eq!(replacing.index().len(), 1);
    let asked = |index: &Index, article: &Article| {
        let article = Article { id: "new".to_owned(), ..article.clone() };
        index.query(&article, &Matching::default()).unwrap().len()
    };
    assert_eq!((asked(replacing.index(), &first), asked(replacing.index(), &other)), (0, 1));
    assert_eq!(replacing.remove(["a", "b"]).unwrap(), ["b"]);
    replacing.commit().unwrap();
    assert_eq!((replacing.index().len(), asked(replacing.index(), &other)), (0, 0));
    assert_eq!(add(&mut replacing, &other), Added::New, "what was removed may come again");
    replacing.commit().unwrap();
    replacing.compact(&()).unwrap();
    let stats = replacing.index().stats().unwrap();
    assert_eq!((stats.articles, stats.removed, stats.segments), (1, 0, 1));
    assert_whole(&index);
}

#[test]
fn one_writes_and_the_others_are_told() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let first = writer(&index);
    let error = Writer::open(&index, &Config::default()).unwrap_err();
    assert!(error.to_string().contains("another run (process "), "{error}");
    drop(first);
    let seeded =
        Config { matching: Matching { seed: 7, ..Matching::default() }, ..Config::default() };
    let error = Writer::open(&index, &seeded).unwrap_err();
    assert!(error.to_string().contains("with --seed 0, not 7"), "{error}");
    let other = folder.path().join("other");
    fs::create_dir(&other).unwrap();
    fs::write(other.join("letter.txt"), "dear").unwrap();
    let error = Writer::open(&other, &Config::default()).unwrap_err();
    assert!(error.to_string().contains("holds letter.txt"), "{error}");
    assert_eq!(fs::read_dir(&other).unwrap().count(), 1, "nothing was left there");
    assert!(Index::open(&other).unwrap_err().hint().unwrap().starts_with("wirecopy index add "));
}

fn run(words: &[&str], index: &Path, paths: &[&Path]) -> Said {
    let mut args: Vec<&std::ffi::OsStr> = vec!["index".as_ref(), words[0].as_ref(), index.as_ref()];
    args.extend(paths.iter().map(|path| path.as_os_str()));
    args.extend(words[1..].iter().map(|word| std::ffi::OsStr::new(*word)));
    wirecopy(args)
}

/// What a line says: the id and those of its matches, or why there is none.
fn told(line: &Value) -> String {
    match line["type"].as_str().unwrap() {
        "match" => {
            let matches = line["matches"].as_array().unwrap();
            let ids: Vec<&str> = matches.iter().map(|one| one["id"].as_str().unwrap()).collect();
            format!("{}: {}", line["id"].as_str().unwrap(), ids.join(" "))
        }
        _ => format!("{}: {}", line["line"], line["reason"].as_str().unwrap()),
    }
}

#[test]
fn every_record_is_answered_in_order() {
    let folder = tempfile::tempdir().unwrap();
    let index = folder.path().join("index");
    let added = run(&["add"], &index, &[&example::folder()]);
    assert_eq!(added.code, Some(0), "{added:?}");
    assert!(added.out.starts_with("added 79 articles; the index holds 79\n"), "{added:?}");
    let mut lines = example::records();
    lines.truncate(20);
    lines.insert(3, "{\"id\":\"x\"}".to_owned());
    lines.insert(9, "nonsense".to_owned());
    let stream = lines.join("\n");
    let query = |stdin: &str, flags: &[&str]| {
        let args = ["index", "query", index.to_str().unwrap(), "-"];
        wirecopy_on(stdin.as_bytes(), args.iter().chain(flags))
    };
    let said = query(&stream, &[]);
    let answers: Vec<String> = said.lines().iter().map(told).collect();
    assert_eq!(answers.len(), lines.len(), "{said:?}");
    assert_eq!((answers[3].as_str(), answers[9].as_str()), ("4: no-text", "10: broken-json"));
    let file = folder.path().join("same.jsonl");
    fs::write(&file, &stream).unwrap();
    let of_file: Vec<String> = run(&["query"], &index, &[&file]).lines().iter().map(told).collect();
    assert_eq!(of_file, answers, "a file is answered as a stream is");

    // What was just added is found by what comes next, stored or not.
    let text = "An otter was seen in the town fountain on Monday, and the mayor of Lower Fell has asked everybody to \
                leave it in peace until the river keeper comes with his basket on Thursday morning.";
    let twice =
        format!("{{\"id\":\"o1\",\"text\":\"{text}\"}}\n{{\"id\":\"o2\",\"text\":\"{text}\"}}\n");
    let said = query(&twice, &["--add"]);
    assert_eq!(said.lines().iter().map(told).collect::<Vec<_>>(), ["o1: ", "o2: o1"]);
    assert!(said.err.contains("added 2 articles; the index holds 81"), "{said:?}");
    assert_eq!(
        query(&twice, &[]).lines().iter().map(told).collect::<Vec<_>>(),
        ["o1: o2", "o2: o1"]
    );
    let other = twice.replace("otter", "heron");
    let said = query(&other, &["--add"]);
    assert_eq!(said.code, Some(1), "refused: {said:?}");
    assert!(said.err.contains("2 articles refused: the id stands for another article"), "{said:?}");
    fs::write(&file, "o1\no9\n").unwrap();
    let said = run(&["remove", "--ids", file.to_str().unwrap()], &index, &[]);
    assert_eq!(
        (said.code, said.out.as_str()),
        (Some(1), "removed 1; the index holds 80\n  not there: o9\n")
    );
    assert_eq!(run(&["compact"], &index, &[]).code, Some(0));
    let said = run(&["stats"], &index, &[]);
    assert!(said.out.contains("articles           80\n"), "{said:?}");
    let said = run(&["verify"], &index, &[]);
    assert_eq!((said.code, said.out.as_str()), (Some(0), "every byte is as it was written\n"));
}

/// The next record is sent only after the answer for the last one was read.
#[test]
fn an_answer_comes_before_the_next_record_is_sent() {
    let folder = compacted();
    let mut command = command();
    command
        .args(["index", "query"])
        .arg(folder.path())
        .arg("-")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped());
    let mut child = command.stderr(Stdio::null()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut answers = BufReader::new(child.stdout.take().unwrap()).lines();
    for record in example::records().iter().take(10) {
        writeln!(stdin, "{record}").unwrap();
        let answer: Value = serde_json::from_str(&answers.next().unwrap().unwrap()).unwrap();
        let record: Value = serde_json::from_str(record).unwrap();
        assert_eq!(answer["id"], record["id"]);
    }
    drop(stdin);
    assert!(answers.next().is_none());
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn readers_see_whole_states_while_a_writer_works() {
    let folder = tempfile::tempdir().unwrap();
    let all = articles();
    let mut writing = writer(folder.path());
    all.iter().for_each(|article| drop(writing.add(article.clone()).unwrap().unwrap()));
    writing.learn(&()).unwrap();
    let asked = &all[..10];
    let ask = |index: &Index| -> Vec<Vec<String>> {
        let ids = |article| {
            let found = index.query(article, &Matching::default()).unwrap();
            found.into_iter().map(|earlier| earlier.article.id).collect()
        };
        asked.iter().map(ids).collect()
    };
    let expected = ask(&Index::open(folder.path()).unwrap());
    let done = AtomicBool::new(false);
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let mut index = Index::open(folder.path()).unwrap();
                let mut rounds = 0;
                while !done.load(Ordering::Relaxed) || rounds < 3 {
                    let held = index.len();
                    assert!(held == 79 || held % 50 == 29, "{held} is in no state");
                    assert_eq!(ask(&index), expected);
                    index.refresh().unwrap();
                    Index::open(folder.path()).unwrap();
                    rounds += 1;
                }
            });
        }
        for batch in 0..12 {
            for number in 0..50 {
                let words: Vec<String> =
                    (0..30).map(|word| format!("q{batch}w{number}x{word}")).collect();
                let article = Article::new(format!("extra-{batch}-{number}"), words.join(" "));
                writing.add(article).unwrap().unwrap();
            }
            writing.commit().unwrap();
            if batch % 5 == 4 {
                writing.compact(&()).unwrap();
            }
        }
        done.store(true, Ordering::Relaxed);
    });
    let extra = (0..12 * 50).map(|n| format!("extra-{}-{}", n / 50, n % 50)).collect::<Vec<_>>();
    assert!(writing.remove(extra.iter().map(String::as_str)).unwrap().is_empty());
    writing.commit().unwrap();
    assert_eq!((writing.index().len(), ask(writing.index())), (79, expected));
}

/// By hand, on real dumps: `cargo test --release --test it -- --ignored batches_of_real`. Ids that come twice are left out.
#[test]
#[ignore = "takes minutes, and the dumps are not part of the project"]
fn batches_of_real_dumps_give_the_groups_of_one_scan() {
    for name in ["fnc1", "reuters21578"] {
        let path: PathBuf = example::root().join(format!("../shared/corpora/{name}.jsonl.zst"));
        if !path.is_file() {
            crate::program::skipped(&format!("{} is not there", path.display()));
            continue;
        }
        let mut all: Vec<Article> = Vec::new();
        let sink = |batch: read::Batch<Article>| all.extend(batch.records);
        read::read(&[path], &Input::default(), |article| article, sink).unwrap();
        all.sort_by(|x, y| x.id.cmp(&y.id));
        all.dedup_by(|x, y| x.id == y.id);
        let mut scan = wirecopy::scan::Scan::default();
        scan.extend(all.clone());
        let expected = portrait(&scan.finish(&()).unwrap());
        let folder = tempfile::tempdir().unwrap();
        let mut writing = writer(folder.path());
        for batch in shuffled(all, 1).chunks(997) {
            batch.iter().for_each(|article| drop(writing.add(article.clone()).unwrap()));
            writing.commit().unwrap();
        }
        let found = writing.index().groups(&Config::default(), &()).unwrap();
        assert_same(&portrait(&found), &expected, name);
        assert!(expected.len() > 100, "{name}: {}", expected.len());
    }
}
