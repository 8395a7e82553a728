//! The command line: one file per command, and what they share. The only place that reads the environment.

pub(crate) mod args;
mod clean;
mod compare;
mod eval;
mod exit;
mod explain;
mod hints;
mod memory;
mod output;
mod progress;
mod scan;
mod shell;

use args::{Args, Command};
use exit::Exit;

/// Runs the command that was asked for.
pub(crate) fn run(args: Args) -> Exit {
    let result = match &args.command {
        Command::Scan(args) => scan::run(args),
        Command::Clean(args) => clean::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Completions(args) => shell::completions(args),
        Command::Man(args) => shell::man(args),
    };
    result.unwrap_or_else(|error| {
        exit::report_fatal(&error, &mut anstream::stderr().lock());
        Exit::Failed
    })
}
