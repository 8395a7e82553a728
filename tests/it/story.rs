//! A corpus in a git repository over several commits: what `check` lets in, what it stops, and what it remembers.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;
use tempfile::TempDir;

use crate::example;
use crate::program::{Said, command, said};

/// A working tree with a corpus.
pub(crate) struct Repository(TempDir);

impl Repository {
    pub(crate) fn new() -> Repository {
        let repository = Repository(tempfile::tempdir().unwrap());
        repository.git(&["init", "--quiet"]);
        repository
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn git(&self, args: &[&str]) -> String {
        let settings =
            ["-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "commit.gpgsign=false"];
        let output = Command::new("git")
            .current_dir(self.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .args(settings)
            .args(args)
            .output()
            .expect("git is there");
        assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    pub(crate) fn commit(&self) {
        self.git(&["add", "--all"]);
        self.git(&["commit", "--quiet", "--allow-empty", "--message", "more"]);
    }

    pub(crate) fn write(&self, name: &str, records: &[String]) {
        let path = self.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, records.iter().map(|record| format!("{record}\n")).collect::<String>())
            .unwrap();
    }

    pub(crate) fn remove(&self, name: &str) {
        fs::remove_file(self.path().join(name)).unwrap();
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).unwrap()
    }

    pub(crate) fn check(&self, args: &[&str]) -> Said {
        said(command().current_dir(self.path()).arg("check").args(args))
    }

    /// The findings of a check and its exit code.
    pub(crate) fn findings(&self, args: &[&str]) -> (Option<i32>, Vec<Value>) {
        let said = self.check(&[args, &["--format", "json"]].concat());
        assert!(said.code != Some(2), "{said:?}");
        (said.code, said.of_type("finding"))
    }

    /// The codes that are found, with the place of each, and the exit code.
    pub(crate) fn told(&self, args: &[&str]) -> (Option<i32>, Vec<String>) {
        let (code, findings) = self.findings(args);
        let told = findings.iter().map(|finding| {
            let place = &finding["locations"][0];
            format!(
                "{} {}:{}",
                finding["code"].as_str().unwrap(),
                place["file"].as_str().unwrap(),
                place["line"]
            )
        });
        (code, told.collect())
    }
}

/// A record of the example with this id.
pub(crate) fn record(id: &str) -> String {
    let wanted = |record: &String| serde_json::from_str::<Value>(record).unwrap()["id"] == id;
    example::records().into_iter().find(wanted).unwrap_or_else(|| panic!("no {id}"))
}

/// Records of the example that are like no other, and of some length.
pub(crate) fn own(number: usize) -> Vec<String> {
    let labels = example::labels();
    let alike = labels.iter().filter(|label| label.is_copy() || label.relation != "independent");
    let alike: BTreeSet<&String> = alike.flat_map(|label| [&label.ids.0, &label.ids.1]).collect();
    let is_own = |record: &String| {
        let value: Value = serde_json::from_str(record).unwrap();
        let words = value["text"].as_str().unwrap().split_whitespace().count();
        words > 100 && !alike.contains(&value["id"].as_str().unwrap().to_owned())
    };
    let own: Vec<String> = example::records().into_iter().filter(is_own).collect();
    assert!(own.len() >= number, "{}", own.len());
    own.into_iter().take(number).collect()
}

/// A record with another id and other words in its text.
pub(crate) fn edited(record: &str, id: &str, words: &[(&str, &str)]) -> String {
    let mut value: Value = serde_json::from_str(record).unwrap();
    let mut text = value["text"].as_str().unwrap().to_owned();
    for (from, to) in words {
        assert!(text.contains(from), "no {from}");
        text = text.replacen(from, to, 1);
    }
    value["text"] = text.into();
    value["id"] = id.into();
    value.to_string()
}

const BASE: &[&str] = &["--baseline", "wirecopy-baseline.jsonl"];

#[test]
fn the_life_of_a_corpus() {
    let repository = Repository::new();
    let wire = record("northwire-09");
    let reworded = record("harbor-post-08");
    let mut base = own(6);
    base.push(wire.clone());
    repository.write("corpus/train/base.jsonl", &base);
    repository.write("corpus/test/held-out.jsonl", &own(9)[7..]);
    fs::write(
        repository.path().join("wirecopy.toml"),
        "[splits]\ntrain = [\"corpus/train/**\"]\ntest = [\"corpus/test/**\"]\n",
    )
    .unwrap();
    repository.commit();

    // A clean corpus passes.
    assert_eq!(repository.told(&["."]), (Some(0), vec![]));
    assert!(repository.check(&["."]).out.starts_with("nothing found; 0 copies among"));

    // A reworded copy in a new file fails, at the new record.
    let further = edited(&own(7)[6], "further", &[]);
    repository.write("corpus/train/new.jsonl", &[further.clone(), reworded.clone()]);
    let failed = (Some(1), vec!["near-copy ./corpus/train/new.jsonl:2".to_owned()]);
    assert_eq!(repository.told(&["."]), failed);
    assert_eq!(repository.told(&[".", "--since", "HEAD"]), failed);
    let said = repository.check(&["corpus", "--since", "HEAD"]);
    assert!(
        said.out.contains("error[near-copy]: harbor-post-08 is a reworded copy of northwire-09 ("),
        "{said:?}"
    );
    assert!(said.out.contains("\n  -->  corpus/train/new.jsonl:2   harbor-post-08"), "{said:?}");
    assert_eq!(repository.check(&[".", "--exit-zero"]).code, Some(0));
    repository.commit();

    // Accepted into the baseline it passes.
    let said = repository.check(&[&[".", "--update-baseline"], BASE].concat());
    assert_eq!((said.code, said.out.as_str()), (Some(0), "+1 -0 =0\n"));
    let accepted = repository.read("wirecopy-baseline.jsonl");
    assert_eq!(repository.told(&[&["."], BASE].concat()), (Some(0), vec![]));
    assert!(repository.check(&[&["."], BASE].concat()).out.contains("not told: 1 in the baseline"));
    assert_eq!(repository.told(&["."]).0, Some(1), "a baseline that is not named is not used");
    repository.commit();

    // A third copy joins, and so does one that is word for word the same as an accepted article.
    for (id, words) in
        [("third", &[("a builder's scaffold", "the scaffold of a builder")][..]), ("fourth", &[])]
    {
        repository.write("corpus/train/third.jsonl", &[edited(&wire, id, words)]);
        let joined = (Some(1), vec!["joined-known-group ./corpus/train/third.jsonl:1".to_owned()]);
        assert_eq!(repository.told(&[&["."], BASE].concat()), joined, "{id}");
        assert_eq!(repository.told(&[&[".", "--since", "HEAD"], BASE].concat()), joined, "{id}");
    }
    repository.remove("corpus/train/third.jsonl");

    // Records in another order and files with other names are nothing new.
    base.reverse();
    repository.remove("corpus/train/base.jsonl");
    repository.remove("corpus/train/new.jsonl");
    repository.write("corpus/train/deep/first.jsonl", &[reworded.clone(), base[0].clone()]);
    repository.write("corpus/train/second.jsonl", &base[1..]);
    repository.write("corpus/train/third.jsonl", std::slice::from_ref(&further));
    assert_eq!(repository.told(&[&["."], BASE].concat()), (Some(0), vec![]));
    assert_eq!(
        repository.told(&[".", "--since", "HEAD"]),
        (Some(0), vec![]),
        "not even without a baseline"
    );
    assert!(
        repository.check(&[".", "--since", "HEAD"]).out.contains("not told: 1 older than HEAD")
    );
    let said = repository.check(&[&[".", "--update-baseline"], BASE].concat());
    assert_eq!(said.out, "+0 -0 =1\n");
    assert_eq!(repository.read("wirecopy-baseline.jsonl"), accepted);
    repository.commit();

    // An accepted article that is edited is judged again.
    let again = edited(&reworded, "harbor-post-08", &[("museum", "gallery")]);
    repository.write("corpus/train/deep/first.jsonl", &[again, base[0].clone()]);
    let (code, told) = repository.told(&[&["."], BASE].concat());
    let expected =
        ["near-copy ./corpus/train/deep/first.jsonl:1", "stale-entry wirecopy-baseline.jsonl:1"];
    assert_eq!((code, told), (Some(1), expected.map(str::to_owned).to_vec()));

    // With the copy gone its entry is stale.
    repository.write("corpus/train/deep/first.jsonl", &base[..1]);
    let stale = vec!["stale-entry wirecopy-baseline.jsonl:1".to_owned()];
    assert_eq!(repository.told(&[&["."], BASE].concat()), (Some(0), stale.clone()));
    assert_eq!(
        repository.told(&[&[".", "--since", "HEAD"], BASE].concat()),
        (Some(0), stale.clone())
    );
    assert_eq!(repository.told(&[&[".", "-D", "stale-entry"], BASE].concat()), (Some(1), stale));
    let said = repository.check(&[&[".", "--update-baseline"], BASE].concat());
    assert_eq!(
        (said.out.as_str(), repository.read("wirecopy-baseline.jsonl").as_str()),
        ("+0 -1 =0\n", "")
    );
    repository.commit();

    // A test article that stands in train in other words is a leak, in whichever of the two it is new.
    repository.write("corpus/test/leak.jsonl", std::slice::from_ref(&reworded));
    let (code, findings) = repository.findings(&[".", "--since", "HEAD"]);
    assert_eq!((code, findings.len()), (Some(1), 1), "{findings:?}");
    assert_eq!(findings[0]["code"], "split-leak");
    assert_eq!(findings[0]["splits"], serde_json::json!(["test", "train"]));
    assert_eq!(findings[0]["locations"][0]["file"], "./corpus/test/leak.jsonl");

    // Moved to the other side it is a copy there, and moved back a leak again.
    repository.commit();
    repository.git(&["mv", "corpus/test/leak.jsonl", "corpus/train/leak.jsonl"]);
    let moved = (Some(1), vec!["near-copy ./corpus/train/leak.jsonl:1".to_owned()]);
    assert_eq!(repository.told(&[".", "--since", "HEAD"]), moved);
}

/// What `--since` tells is what the whole check tells of the records that changed, whatever else there is.
#[test]
fn since_tells_what_the_whole_check_tells_of_changed_records() {
    let repository = Repository::new();
    let all = example::records();
    let (old, new) = all.split_at(all.len() - 20);
    repository.write("a.jsonl", &old[..30]);
    repository.write("b.jsonl", &old[30..]);
    repository.commit();
    repository.write("b.jsonl", &[&new[..10], &old[30..]].concat());
    repository.write("c.jsonl", &new[10..]);
    let id = |record: &String| {
        serde_json::from_str::<Value>(record).unwrap()["id"].as_str().unwrap().to_owned()
    };
    let changed: BTreeSet<String> = new.iter().map(id).collect();
    let touched = |finding: &Value| {
        let places = finding["locations"].as_array().unwrap().iter();
        places.map(|place| place["id"].as_str().unwrap_or("")).any(|id| changed.contains(id))
    };
    let codes = ["-W", "shared-passage", "-W", "not-judged"];
    let identity = |finding: &Value| finding["fingerprint"].as_str().unwrap().to_owned();
    let (_, whole) = repository.findings(&[&["."][..], &codes].concat());
    let expected: BTreeSet<String> =
        whole.iter().filter(|finding| touched(finding)).map(identity).collect();
    let (_, since) = repository.findings(&[&[".", "--since", "HEAD"][..], &codes].concat());
    assert_eq!(since.iter().map(identity).collect::<BTreeSet<_>>(), expected);
    assert!(
        expected.len() > 3 && whole.len() > expected.len() + 3,
        "{} of {}",
        expected.len(),
        whole.len()
    );
    for finding in &since {
        assert_eq!(finding["locations"][0]["changed"], true, "{finding}");
    }
}

#[test]
fn without_a_repository_a_revision_or_git_it_is_said_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.txt"), "One two three.").unwrap();
    let outside = |command: &mut Command| {
        said(command.current_dir(folder.path()).args(["check", ".", "--since", "HEAD"]))
    };
    let said = outside(command().env("GIT_CEILING_DIRECTORIES", folder.path().parent().unwrap()));
    assert_eq!(said.code, Some(2));
    for part in [
        "error: --since: . is in no git repository",
        "try: a corpus that is committed, or no --since",
    ] {
        assert!(said.err.contains(part), "no {part} in {}", said.err);
    }
    let said = outside(command().env("PATH", folder.path()));
    assert_eq!(said.code, Some(2));
    assert!(
        said.err.contains("--since needs git, which is not installed or not on the PATH"),
        "{}",
        said.err
    );

    let repository = Repository::new();
    repository.write("a.jsonl", &own(2));
    repository.commit();
    let said = repository.check(&["a.jsonl", "--since", "main-of-long-ago"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("git knows no revision \"main-of-long-ago\""), "{}", said.err);
    let said = repository.check(&["a.jsonl", "--since", "--output=x"]);
    assert_eq!(said.code, Some(2), "a revision is never an option of git: {said:?}");
    let stray = folder.path().join("a.txt");
    let said = repository.check(&["a.jsonl", stray.to_str().unwrap(), "--since", "HEAD"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("is not in the repository"), "{}", said.err);
}
