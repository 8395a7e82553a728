//! The action for GitHub: its script, run as a runner does, with the variables and the files that a runner gives it.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::example::{self, root};
use crate::program::{Said, said};

/// Runs the script in a folder on the corpus in it.
fn run(folder: &Path, inputs: &[(&str, &str)]) -> Said {
    let program = Path::new(env!("CARGO_BIN_EXE_wirecopy")).parent().unwrap();
    let old = std::env::split_paths(&std::env::var_os("PATH").unwrap()).collect::<Vec<_>>();
    let path = std::env::join_paths([vec![program.to_owned()], old].concat()).unwrap();
    let mut script = Command::new("bash");
    script.arg(root().join(".github/actions/check/check.sh")).current_dir(folder);
    script.env("PATH", path).env("RUNNER_TEMP", folder);
    for (variable, file) in [("GITHUB_OUTPUT", "outputs"), ("GITHUB_STEP_SUMMARY", "summary")] {
        script.env(variable, folder.join(file));
    }
    for name in ["BASELINE", "SINCE", "ARGS"] {
        script.env(format!("INPUT_{name}"), "");
    }
    script
        .env("INPUT_PATHS", "corpus")
        .env("INPUT_SARIF", "out.sarif")
        .envs(inputs.iter().copied());
    said(&mut script)
}

fn outputs(folder: &Path) -> String {
    fs::read_to_string(folder.join("outputs")).unwrap()
}

#[test]
fn a_copy_is_annotated_summed_up_and_stops_the_job() {
    let folder = tempfile::tempdir().unwrap();
    let corpus = folder.path().join("corpus");
    fs::create_dir(&corpus).unwrap();
    for name in ["northwire.jsonl", "harbor-post.jsonl"] {
        fs::copy(example::folder().join(name), corpus.join(name)).unwrap();
    }
    let said = run(folder.path(), &[]);
    assert_eq!(said.code, Some(1), "{said:?}");
    assert!(said.out.starts_with("::notice title=wirecopy::"), "{}", said.out);
    assert!(said.out.contains("\n::error file=corpus/harbor-post.jsonl,line="), "{}", said.out);
    assert!(outputs(folder.path()).starts_with("verdict=fail\nerrors="));
    let summary = fs::read_to_string(folder.path().join("summary")).unwrap();
    assert!(summary.starts_with("## wirecopy check: failed\n"), "{summary}");
    let sarif: Value =
        serde_json::from_slice(&fs::read(folder.path().join("out.sarif")).unwrap()).unwrap();
    assert!(!sarif["runs"][0]["results"].as_array().unwrap().is_empty());
    // What is typed into the inputs is never run, and may stand over several lines.
    let inputs = [("INPUT_ARGS", "-A\nexact-copy\n\n--exit-zero"), ("INPUT_PATHS", "corpus\n\n")];
    assert_eq!(run(folder.path(), &inputs).code, Some(0));
    let hostile = run(folder.path(), &[("INPUT_PATHS", "$(touch hit)`touch hit`; touch hit")]);
    assert_eq!(hostile.code, Some(2), "{hostile:?}");
    assert!(!folder.path().join("hit").exists());
    assert!(outputs(folder.path()).contains("verdict=error\n"));
}

#[test]
fn its_inputs_are_those_that_the_script_reads() {
    let folder = root().join(".github/actions/check");
    let action = fs::read_to_string(folder.join("action.yml")).unwrap();
    let script = fs::read_to_string(folder.join("check.sh")).unwrap();
    for name in ["PATHS", "BASELINE", "SINCE", "ARGS", "SARIF"] {
        let given = format!("INPUT_{name}: ${{{{ inputs.{} }}}}", name.to_lowercase());
        assert!(action.contains(&given), "no {given}");
        assert!(script.contains(&format!("$INPUT_{name}\"")), "{name} is not read");
    }
    for output in ["verdict", "errors", "warnings", "groups"] {
        assert!(action.contains(&format!("steps.check.outputs.{output} }}}}")), "no {output}");
    }
}
