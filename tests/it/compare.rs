//! `compare` as programs use it: what it prints is what stands in the files, and what a scan says of the pair.

use std::fs;

use serde_json::Value;
use wirecopy::text::Words;

use crate::example::{self, labels};
use crate::program::{wirecopy, wirecopy_on};

/// The text of a record of the example corpus.
fn text(id: &str) -> String {
    let record = |record: &String| serde_json::from_str::<Value>(record).unwrap();
    let mut records = example::records().iter().map(record).collect::<Vec<_>>().into_iter();
    let found = records.find(|record| record["id"] == id);
    found.unwrap()["text"].as_str().unwrap().to_owned()
}

fn cut<'a>(text: &'a str, range: &Value) -> &'a str {
    match (range[0].as_u64(), range[1].as_u64()) {
        (Some(from), Some(to)) => &text[from as usize..to as usize],
        _ => "",
    }
}

#[test]
fn passages_are_bytes_of_the_records_and_numbers_those_of_a_scan() {
    let folder = example::folder();
    let folder = folder.to_str().unwrap();
    let scan = wirecopy(["scan", "--format", "json", "--pairs", "--quiet", folder]);
    let pairs = scan.of_type("pair");
    for relation in ["exact", "edited", "reworded", "excerpt", "update", "shared-passage"] {
        // The last labels are those of scripts without blanks.
        let Some(pair) = pairs.iter().rfind(|pair| pair["relation"] == relation) else { continue };
        let [a, b] = ["a", "b"].map(|side| pair[side].as_str().unwrap().to_owned());
        let said = wirecopy(["compare", &a, &b, "--in", folder, "--format", "json", "--quiet"]);
        assert_eq!(said.code, Some(0), "{said:?}");
        let comparison = &said.of_type("comparison")[0];
        for value in
            ["relation", "similarity", "confidence", "jaccard", "containment", "words", "evidence"]
        {
            assert_eq!(comparison[value], pair[value], "{value} of {a} and {b}");
        }
        let (text_a, text_b) = (text(&a), text(&b));
        let (mut ids_a, mut ids_b) = (0, Vec::new());
        for passage in said.of_type("passage") {
            let (in_a, in_b) =
                (Words::new(cut(&text_a, &passage["a"])), Words::new(cut(&text_b, &passage["b"])));
            assert_eq!(passage["words_a"], in_a.len());
            assert_eq!(passage["words_b"], in_b.len());
            for run in passage["equal"].as_array().unwrap() {
                let (in_a, in_b) =
                    (Words::new(cut(&text_a, &run[0])), Words::new(cut(&text_b, &run[1])));
                assert_eq!(in_a.ids, in_b.ids);
            }
            ids_a += in_a.len();
            ids_b.extend(in_b.ids);
        }
        assert_eq!((ids_a, ids_b.len()), (Words::new(&text_a).len(), Words::new(&text_b).len()));
    }
    assert!(pairs.len() > 20 && !labels().is_empty());
}

#[test]
fn a_text_from_a_pipe_is_held_against_a_dump() {
    let folder = example::folder();
    let folder = folder.to_str().unwrap();
    let said = wirecopy_on(text("northwire-09").as_bytes(), ["compare", "-", "--in", folder]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(
        said.out.starts_with("2 matches of - among 79 articles\n")
            || said.out.contains("harbor-post-08"),
        "{}",
        said.out
    );
    let said = wirecopy_on(b"", ["compare", "-", "--in", folder]);
    assert_eq!(said.code, Some(2), "{said:?}");
}

#[test]
fn hostile_text_does_nothing_to_the_terminal() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, end: &str| {
        let path = folder.path().join(name);
        let text = format!(
            "\u{1b}]0;own\u{7}Prices rose\u{202e} again on Monday, \u{1b}[31mtraders said, and {end}\u{9b}2J\n"
        );
        fs::write(&path, text).unwrap();
        path
    };
    let (a, b) = (write("a.txt", "will rise"), write("b.txt", "may fall"));
    let said = wirecopy(["compare".as_ref(), a.as_os_str(), b.as_os_str()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    assert!(!said.out.contains(['\u{1b}', '\u{202e}', '\u{9b}', '\u{7}']), "{}", said.out);
}

#[test]
fn every_shell_and_every_command_has_its_page() {
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        let said = wirecopy(["completions", shell]);
        assert!(said.code == Some(0) && said.out.contains("compare"), "{shell}");
    }
    let folder = tempfile::tempdir().unwrap();
    let said = wirecopy(["man", "--all", folder.path().to_str().unwrap()]);
    assert_eq!(said.code, Some(0), "{said:?}");
    let page = fs::read_to_string(folder.path().join("wirecopy-compare.1")).unwrap();
    assert!(page.contains(".SH EXAMPLES") || page.contains("Examples:"), "{page}");
    assert!(wirecopy(["man", "scan"]).out.starts_with(".ie"));
}

/// One outcome, several reports: each is what it is by itself.
#[test]
fn reports_to_files_are_those_of_stdout() {
    let folder = tempfile::tempdir().unwrap();
    let mini = example::folder();
    let mini = mini.to_str().unwrap();
    let formats = ["json", "csv", "markdown", "text"];
    let mut line =
        vec!["scan".to_owned(), "--quiet".to_owned(), "--pairs".to_owned(), mini.to_owned()];
    for format in formats {
        line.push("--report".to_owned());
        line.push(format!("{format}={}", folder.path().join(format).display()));
    }
    assert_eq!(wirecopy(&line).code, Some(0));
    for format in formats {
        let alone = wirecopy(["scan", "--quiet", "--pairs", "--format", format, mini]);
        assert_eq!(fs::read_to_string(folder.path().join(format)).unwrap(), alone.out, "{format}");
    }
    let same = format!("csv={}", folder.path().join("json").display());
    let twice = wirecopy(line.iter().map(String::as_str).chain(["--report", &same]));
    assert_eq!(twice.code, Some(2), "{twice:?}");
}
