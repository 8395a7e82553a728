//! The command line: one file per command, and what they share. The only place that reads the environment.

pub(crate) mod args;
mod check;
mod clean;
mod compare;
mod eval;
mod exit;
mod explain;
mod git;
mod hints;
mod init;
mod memory;
mod output;
mod progress;
mod scan;
mod settings;
mod shell;

use args::{Args, Command};
use clap::{CommandFactory, FromArgMatches};
use exit::Exit;
use settings::Typed;

/// Parses what was typed, and remembers what that was: flags go over the configuration file, their defaults do not.
pub(crate) fn parse() -> (Args, Typed) {
    let matches = Args::command().get_matches();
    let typed = Typed::of(&matches);
    let args = Args::from_arg_matches(&matches);
    (args.unwrap_or_else(|error| error.format(&mut Args::command()).exit()), typed)
}

/// Runs the command that was asked for.
pub(crate) fn run((args, typed): (Args, Typed)) -> Exit {
    let result = match &args.command {
        Command::Scan(args) => scan::run(args, &typed),
        Command::Clean(args) => clean::run(args, &typed),
        Command::Check(args) => check::run(args, &typed),
        Command::Init(args) => init::run(args),
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
