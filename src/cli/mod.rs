//! The command line: one file per command, and what they share. The only place that prints and reads the environment.

pub(crate) mod against;
mod args;
mod check;
mod clean;
mod compare;
mod eval;
mod exit;
mod explain;
mod git;
mod hints;
mod index;
mod index_args;
mod init;
mod memory;
pub mod options;
mod output;
mod progress;
mod scan;
mod settings;
mod shell;

use std::ffi::OsString;

use args::{Args, Command};
use clap::{CommandFactory, FromArgMatches};
pub use exit::Exit;
pub use scan::nothing_readable;
use settings::Typed;

/// Runs what was typed, the name of the program first.
pub fn run(typed: impl IntoIterator<Item = OsString>) -> Exit {
    match parse(typed) {
        Ok((args, typed)) => run_parsed(&args, &typed),
        Err(told) => {
            // With nobody left to tell there is nothing left to do.
            let _ = told.print();
            if told.use_stderr() { Exit::Failed } else { Exit::Done }
        }
    }
}

/// Parses what was typed, and remembers what that was: flags go over the configuration file, their defaults do not.
fn parse(typed: impl IntoIterator<Item = OsString>) -> Result<(Args, Typed), clap::Error> {
    let matches = Args::command().try_get_matches_from(typed)?;
    let typed = Typed::of(&matches);
    let args = Args::from_arg_matches(&matches);
    Ok((args.map_err(|error| error.format(&mut Args::command()))?, typed))
}

/// Runs the command that was asked for.
fn run_parsed(args: &Args, typed: &Typed) -> Exit {
    let result = match &args.command {
        Command::Scan(args) => scan::run(args, typed),
        Command::Clean(args) => clean::run(args, typed),
        Command::Check(args) => check::run(args, typed),
        Command::Init(args) => init::run(args),
        Command::Compare(args) => compare::run(args),
        Command::Explain(args) => explain::run(args),
        Command::Index(args) => index::run(args),
        Command::Eval(args) => eval::run(args),
        Command::Completions(args) => shell::completions(args),
        Command::Man(args) => shell::man(args),
    };
    result.unwrap_or_else(|error| {
        exit::report_fatal(&error, &mut anstream::stderr().lock());
        Exit::Failed
    })
}
