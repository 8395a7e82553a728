//! Files of labels: pairs that are copies or not, or articles in clusters.
//!
//! Tab-separated text in UTF-8, plain, gzip or zstd; blank lines and lines that begin with `#` say nothing. The first
//! line that says something decides the form:
//!
//! - pairs, `id1 TAB id2 TAB 1|0|grey [TAB kind]`: 1 is a copy, 0 is not, grey is left out of every score. Kinds are
//!   scored apart, under what stands before the first `:` of the kind. Further columns are notes;
//! - clusters, `id TAB cluster`: two articles are copies if and only if their clusters are the same.
//!
//! A pair may stand on several lines, as one of several kinds: each line counts, and all must agree. The whole file is
//! held in memory.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use ahash::AHashMap;

use crate::error::{Error, Result};
use crate::read;

const PAIRS: &str = "id1 TAB id2 TAB 1|0|grey [TAB kind]";
const CLUSTERS: &str = "id TAB cluster";

/// The labels of one file: one data set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Labels {
    /// The name of the file without its ending.
    pub name: String,
    /// What the file holds.
    pub form: Form,
}

/// The two forms of labels.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Form {
    /// Pairs of articles, as they stand in the file.
    Pairs(Vec<Pair>),
    /// Articles and the names of their clusters, each article once.
    Clusters(Vec<(String, String)>),
}

/// A labelled pair.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Id of one article.
    pub a: String,
    /// Id of the other.
    pub b: String,
    /// What the label says.
    pub label: Label,
    /// The kind up to the first `:`; may be empty.
    pub kind: String,
}

/// What is said of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Label {
    /// 1: the articles are copies of one text.
    Copy,
    /// 0: they are not.
    Other,
    /// Either answer is fair.
    Grey,
}

/// Reads the files, each as one data set. Of two with the same name both are called by their paths.
///
/// # Errors
///
/// If a file cannot be read, a line is wrong (named as `file:line`), a file holds no label or is named twice.
pub fn read_all(paths: &[PathBuf]) -> Result<Vec<Labels>> {
    let mut names: BTreeMap<String, usize> = BTreeMap::new();
    paths.iter().for_each(|path| *names.entry(stem(path)).or_default() += 1);
    let mut all: Vec<Labels> = Vec::with_capacity(paths.len());
    for path in paths {
        let mut name = stem(path);
        if names.get(&name).is_some_and(|&times| times > 1) {
            name = path.with_file_name(&name).display().to_string();
        }
        if all.iter().any(|labels| labels.name == name) {
            let message = format!("the labels {name} are named twice: {}", path.display());
            return Err(Error::new(message).at(path).with_hint("each file of labels once"));
        }
        all.push(parse(&name, path, &read::whole(path)?)?);
    }
    Ok(all)
}

/// Parses the bytes of a file; `path` is for messages.
///
/// # Errors
///
/// If a line is wrong, or none says anything.
pub fn parse(name: &str, path: &Path, bytes: &[u8]) -> Result<Labels> {
    let mut lines = Lines { path, pairs: Vec::new(), clusters: Vec::new(), seen: AHashMap::new() };
    let bytes = bytes.strip_prefix("\u{feff}".as_bytes()).unwrap_or(bytes);
    for (line, number) in bytes.split(|&byte| byte == b'\n').zip(1..) {
        let line = std::str::from_utf8(line)
            .map_err(|_| lines.wrong(number, "the line is not UTF-8".to_owned(), PAIRS))?;
        let line = line.strip_suffix('\r').unwrap_or(line);
        if !line.trim().is_empty() && !line.starts_with('#') {
            lines.add(line, number)?;
        }
    }
    let form = match (lines.pairs.is_empty(), lines.clusters.is_empty()) {
        (false, _) => Form::Pairs(lines.pairs),
        (_, false) => Form::Clusters(lines.clusters),
        _ => {
            let message = format!("{} holds no labels", path.display());
            return Err(Error::new(message).at(path).with_hint(expected(PAIRS)));
        }
    };
    Ok(Labels { name: name.to_owned(), form })
}

/// Lines that have been understood so far.
struct Lines<'a> {
    path: &'a Path,
    pairs: Vec<Pair>,
    clusters: Vec<(String, String)>,
    /// What was labelled (with an empty second id for clusters), and where: the line, and the number of the label.
    seen: AHashMap<(String, String), (u64, usize)>,
}

impl Lines<'_> {
    fn add(&mut self, line: &str, number: u64) -> Result<()> {
        let columns: Vec<&str> = line.split('\t').map(str::trim).collect();
        match columns[..] {
            [id, cluster] if self.pairs.is_empty() => self.cluster(id, cluster, number),
            [a, b, label, ..] if self.clusters.is_empty() => {
                self.pair(a, b, label, columns.get(3).copied().unwrap_or_default(), number)
            }
            _ => {
                let form = if self.clusters.is_empty() { PAIRS } else { CLUSTERS };
                let columns = match columns.len() {
                    1 => "1 column".to_owned(),
                    many => format!("{many} columns"),
                };
                Err(self.wrong(number, format!("{columns} in {}", quoted(line)), form))
            }
        }
    }

    fn pair(&mut self, a: &str, b: &str, label: &str, kind: &str, number: u64) -> Result<()> {
        let label = match label {
            "1" => Label::Copy,
            "0" => Label::Other,
            "grey" => Label::Grey,
            other => {
                let seen = format!("the label is {}, not 1, 0 or grey", quoted(other));
                return Err(self.wrong(number, seen, PAIRS));
            }
        };
        if a.is_empty() || b.is_empty() {
            return Err(self.wrong(number, "an id is empty".to_owned(), PAIRS));
        }
        if a == b {
            let seen = format!("{} is paired with itself", quoted(a));
            return Err(self.wrong(number, seen, PAIRS));
        }
        let key = (a.min(b).to_owned(), a.max(b).to_owned());
        let &mut (first, at) = self.seen.entry(key).or_insert((number, self.pairs.len()));
        if self.pairs.get(at).is_some_and(|earlier| earlier.label != label) {
            let seen =
                format!("{} and {} have another label on line {first}", quoted(a), quoted(b));
            return Err(self.wrong(number, seen, "one label for each pair"));
        }
        let kind = kind.split(':').next().unwrap_or_default().trim().to_owned();
        self.pairs.push(Pair { a: a.to_owned(), b: b.to_owned(), label, kind });
        Ok(())
    }

    fn cluster(&mut self, id: &str, cluster: &str, number: u64) -> Result<()> {
        if id.is_empty() || cluster.is_empty() {
            let seen = if id.is_empty() { "the id is empty" } else { "the cluster is empty" };
            return Err(self.wrong(number, seen.to_owned(), CLUSTERS));
        }
        let new = (number, self.clusters.len());
        let &mut (first, at) = self.seen.entry((id.to_owned(), String::new())).or_insert(new);
        match self.clusters.get(at) {
            None => self.clusters.push((id.to_owned(), cluster.to_owned())),
            Some((_, earlier)) if earlier == cluster => {}
            Some((_, earlier)) => {
                let seen =
                    format!("{} is in cluster {} on line {first}", quoted(id), quoted(earlier));
                return Err(self.wrong(number, seen, "one cluster for each article"));
            }
        }
        Ok(())
    }

    fn wrong(&self, line: u64, seen: String, form: &str) -> Error {
        let message = format!("{}:{line}: {seen}", self.path.display());
        Error::new(message).at(self.path).with_hint(expected(form))
    }
}

fn expected(form: &str) -> String {
    if form == PAIRS {
        format!("{PAIRS}, or {CLUSTERS}; lines that begin with # are skipped")
    } else {
        form.to_owned()
    }
}

/// The beginning of what stands in a file, in quotation marks and with its tabs and control characters visible.
fn quoted(text: &str) -> String {
    let mut shown: String = text.chars().take(60).collect();
    if shown.len() < text.len() {
        shown.push('…');
    }
    format!("{shown:?}")
}

/// The name of a file without its endings: `a/fnc1.tsv.gz` is `fnc1`.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let name = name.strip_suffix(".gz").or(name.strip_suffix(".zst")).unwrap_or(&name);
    match name.rsplit_once('.') {
        Some((stem, _)) if !stem.is_empty() => stem.to_owned(),
        _ => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<Form, (String, String)> {
        let labels = parse("x", Path::new("x.tsv"), text.as_bytes());
        labels
            .map(|labels| labels.form)
            .map_err(|error| (error.to_string(), error.hint().unwrap_or_default().to_owned()))
    }

    fn pair(a: &str, b: &str, label: Label, kind: &str) -> Pair {
        Pair { a: a.to_owned(), b: b.to_owned(), label, kind: kind.to_owned() }
    }

    #[test]
    fn pairs_with_comments_kinds_and_notes() {
        let text = "\u{feff}# labels\r\n\r\na\tb\t1\treworded:news\tnote\r\nb\tc\t0\nc\ta\tgrey\t\nb\ta\t1\tcut";
        let expected = vec![
            pair("a", "b", Label::Copy, "reworded"),
            pair("b", "c", Label::Other, ""),
            pair("c", "a", Label::Grey, ""),
            pair("b", "a", Label::Copy, "cut"),
        ];
        assert_eq!(parsed(text), Ok(Form::Pairs(expected)));
    }

    #[test]
    fn two_columns_are_clusters() {
        let own = |text: &str| text.to_owned();
        let expected = vec![(own("a"), own("k1")), (own("b"), own("k1")), (own("c"), own("k2"))];
        assert_eq!(parsed("a\tk1\nb\tk1\na\tk1\nc\tk2\n"), Ok(Form::Clusters(expected)));
    }

    #[test]
    fn wrong_lines_are_named_with_what_was_seen_and_what_is_right() {
        let told = |text: &str| parsed(text).unwrap_err();
        for (text, seen) in [
            ("id1\tid2\tlabel\n", "x.tsv:1: the label is \"label\", not 1, 0 or grey"),
            ("#\na b 1\n", "x.tsv:2: 1 column in \"a b 1\""),
            ("a\tb\t1\nc\td\n", "x.tsv:2: 2 columns in \"c\\td\""),
            ("a\tk\nc\td\t1\n", "x.tsv:2: 3 columns in \"c\\td\\t1\""),
            ("a\t\t1\n", "x.tsv:1: an id is empty"),
            ("a\ta\t1\n", "x.tsv:1: \"a\" is paired with itself"),
            ("a\tb\t1\nb\ta\t0\n", "x.tsv:2: \"b\" and \"a\" have another label on line 1"),
            ("a\tk\n\na\tl\n", "x.tsv:3: \"a\" is in cluster \"k\" on line 1"),
            ("a\t\n", "x.tsv:1: the cluster is empty"),
            ("# nothing\n", "x.tsv holds no labels"),
        ] {
            assert_eq!(told(text).0, seen);
        }
        assert!(
            told("a b 1").1.starts_with("id1 TAB id2 TAB 1|0|grey [TAB kind], or id TAB cluster")
        );
        assert_eq!(told("a\tk\nc\td\t1\n").1, "id TAB cluster");
        let error = parse("x", Path::new("x.tsv"), b"a\tb\t1\n\xff\tb\t1\n").unwrap_err();
        assert_eq!(error.to_string(), "x.tsv:2: the line is not UTF-8");
    }

    #[test]
    fn sets_are_named_by_their_files() {
        assert_eq!(stem(Path::new("a/fnc1.tsv")), "fnc1");
        assert_eq!(stem(Path::new("fnc1.dev.tsv.zst")), "fnc1.dev");
        assert_eq!(stem(Path::new("a/labels")), "labels");
        assert_eq!(stem(Path::new(".tsv")), ".tsv");
    }

    #[test]
    fn two_files_of_one_name_are_told_apart_by_their_paths() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, bytes: &[u8]| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(&path, bytes).unwrap();
            path
        };
        let packed = zstd::encode_all(&b"c\tk\n"[..], 1).unwrap();
        let paths = [write("x/l.tsv", b"a\tb\t1\n"), write("y/l.tsv.zst", &packed)];
        let names: Vec<String> =
            read_all(&paths).unwrap().into_iter().map(|labels| labels.name).collect();
        let expected = ["x/l", "y/l"].map(|name| folder.path().join(name).display().to_string());
        assert_eq!(names, expected);
        let twice = [paths[0].clone(), paths[0].clone()];
        assert!(read_all(&twice).unwrap_err().to_string().contains("named twice"));
        let error = read_all(&[folder.path().join("none.tsv")]).unwrap_err();
        assert!(error.to_string().starts_with("cannot open "));
    }
}
