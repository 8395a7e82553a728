//! Runs the built program and keeps what it said.

use std::ffi::OsStr;
use std::io::Write;
use std::process::{Command, Stdio};

use serde_json::Value;

/// How a run of the program ended and what it said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

/// The program, with nothing from the environment that changes its output.
pub(crate) fn command() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_wirecopy"));
    command.env_remove("CLICOLOR_FORCE").env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// Runs the program. A panic fails the test, whatever it wanted to know.
pub(crate) fn wirecopy<S: AsRef<OsStr>>(args: impl IntoIterator<Item = S>) -> Said {
    said(command().args(args))
}

/// Runs the program with something on its standard input.
pub(crate) fn wirecopy_on<S: AsRef<OsStr>>(
    stdin: &[u8],
    args: impl IntoIterator<Item = S>,
) -> Said {
    // A file rather than a pipe: nothing has to be written while the answer is read.
    let mut file = tempfile::tempfile().unwrap();
    file.write_all(stdin).unwrap();
    std::io::Seek::rewind(&mut file).unwrap();
    said(command().args(args).stdin(file))
}

/// Runs a command to its end.
pub(crate) fn said(command: &mut Command) -> Said {
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).expect("the program writes UTF-8");
    let said =
        Said { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    assert!(!said.err.contains("panicked"), "{said:?}");
    said
}

impl Said {
    /// The lines of a JSON report.
    pub(crate) fn lines(&self) -> Vec<Value> {
        let line = |line: &str| {
            serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"))
        };
        self.out.lines().map(line).collect()
    }

    /// The lines of one type in a JSON report.
    pub(crate) fn of_type(&self, name: &str) -> Vec<Value> {
        self.lines().into_iter().filter(|line| line["type"] == name).collect()
    }

    /// The articles that were read and the records that were lost, which the first and the last line tell.
    pub(crate) fn articles_and_bad_records(&self) -> (u64, u64) {
        let lines = self.lines();
        let (first, last) = (&lines[0], &lines[lines.len() - 1]);
        assert_eq!((&first["type"], &last["type"]), (&"begin".into(), &"end".into()), "{self:?}");
        let bad_records = last["bad_records"].as_u64().unwrap();
        assert_eq!(self.of_type("bad-record").len() as u64, bad_records, "each has its line");
        (first["articles"].as_u64().unwrap(), bad_records)
    }
}

/// Tells that a test had nothing to test, past the harness, which hides what passing tests print.
pub(crate) fn skipped(why: &str) {
    // With stderr gone there is nobody left to tell.
    let _ = writeln!(std::io::stderr(), "skipped: {why}");
}
