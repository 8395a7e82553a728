//! Exit codes, and how an error that ends a run is told.
//!
//! An interrupted run (Ctrl-C) dies by its signal, which shells report as 130 (128 + SIGINT); nothing is done about it here.

use std::io::Write;
use std::process::ExitCode;

use anstyle::{AnsiColor, Style};
use wirecopy::report::sanitize::sanitize;

/// How a run ended. The codes are a contract with scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// 0: done, and within policy. A reader that closed its pipe early is no error.
    Done,
    /// 1: findings over policy, or a guard that refused to write.
    Findings,
    /// 2: could not do it: usage, configuration, an input that cannot be read to its end, an output that cannot be written.
    Failed,
}

impl Exit {
    /// The code that the process ends with.
    pub fn code(self) -> u8 {
        match self {
            Exit::Done => 0,
            Exit::Findings => 1,
            Exit::Failed => 2,
        }
    }
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(exit.code())
    }
}

/// Tells why a run could not go on: what failed, what lies behind it, what to type next.
pub(crate) fn report_fatal(error: &anyhow::Error, out: &mut dyn Write) {
    report_failure(&error.to_string(), out);
    for cause in error.chain().skip(1) {
        // With stderr gone there is nobody left to tell.
        let _ = writeln!(out, "  cause: {}", safe_lines(&cause.to_string()));
    }
    let hint = error.chain().find_map(|cause| cause.downcast_ref::<wirecopy::Error>()?.hint());
    if let Some(hint) = hint {
        let style = Style::new().bold();
        let _ = writeln!(out, "  {style}try:{style:#} {}", safe_lines(hint));
    }
}

/// Tells of one thing that failed, in one or more lines.
pub(crate) fn report_failure(message: &str, out: &mut dyn Write) {
    let style = AnsiColor::Red.on_default().bold();
    let _ = writeln!(out, "{style}error:{style:#} {}", safe_lines(message));
}

/// File names and quoted records are not trusted with the terminal; the line breaks of a message stay, indented.
fn safe_lines(message: &str) -> String {
    message.lines().map(sanitize).collect::<Vec<_>>().join("\n  ")
}

#[cfg(test)]
mod tests {
    use std::io;
    use std::path::Path;

    use super::*;

    fn told(error: impl Into<anyhow::Error>) -> String {
        let mut out = Vec::new();
        report_fatal(&error.into(), &mut out);
        String::from_utf8_lossy(&anstream::adapter::strip_bytes(&out).into_vec()).into_owned()
    }

    #[test]
    fn codes_are_a_contract() {
        assert_eq!([Exit::Done, Exit::Findings, Exit::Failed].map(Exit::code), [0, 1, 2]);
    }

    #[test]
    fn what_failed_why_and_what_to_type() {
        let source = io::Error::new(io::ErrorKind::NotFound, "no such file");
        let error = wirecopy::Error::io("open", Path::new("a\u{1b}[2J.jsonl"), source)
            .with_hint("wirecopy scan b.jsonl");
        assert_eq!(
            told(error),
            "error: cannot open a.jsonl\n  cause: no such file\n  try: wirecopy scan b.jsonl\n"
        );
    }

    #[test]
    fn further_lines_are_indented() {
        let error = wirecopy::Error::new("no text field in a.jsonl\nkeys seen: t, u");
        assert_eq!(told(error), "error: no text field in a.jsonl\n  keys seen: t, u\n");
    }

    #[test]
    fn a_hint_is_found_behind_context() {
        let error =
            anyhow::Error::new(wirecopy::Error::new("inner").with_hint("x")).context("outer");
        assert_eq!(told(error), "error: outer\n  cause: inner\n  try: x\n");
    }
}
