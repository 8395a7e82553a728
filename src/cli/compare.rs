//! `compare`: two articles, passage by passage, or one against a dump.
//!
//! What is a file is read as a file; any other name is an id in the dump. Whatever the pair turns out to be, the run was
//! a success.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use wirecopy::Error;
use wirecopy::compare::{Answer, Asked, files, in_dump};
use wirecopy::config::Config;
use wirecopy::report::TextOrJson;
use wirecopy::report::compare::{Options, render};

use crate::cli::args::{InputArgs, MatchingArgs, RunningArgs, config, named};
use crate::cli::exit::{Exit, report_failure};
use crate::cli::output::Output;
use crate::cli::progress::Bars;
use crate::cli::scan::{bars, color, colored_stdout, prose_width, write_stdout};

/// Compare two articles, passage by passage, and say why they count as copies or not
#[derive(Debug, clap::Args)]
#[command(args_override_self = true, after_long_help = EXAMPLES)]
pub(crate) struct CompareArgs {
    /// A file with one article, `-` for standard input, or an id in the dump
    #[arg(value_name = "A")]
    a: PathBuf,
    /// The same; without it, the matches of A in the dump are sought
    #[arg(value_name = "B")]
    b: Option<PathBuf>,
    /// The dump: files and folders that ids are sought in, and that boilerplate is learned from
    #[arg(long = "in", value_name = "PATH", num_args = 1..)]
    dump: Vec<PathBuf>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matching: MatchingArgs,
    #[command(flatten)]
    output: CompareOutputArgs,
    #[command(flatten)]
    running: RunningArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
struct CompareOutputArgs {
    /// Form of the report; json has byte offsets into both texts
    #[arg(long, value_name = "FORMAT", value_parser = named(TextOrJson::NAMES), default_value = "text")]
    format: TextOrJson,
    /// File for the report, written whole or not at all; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Show long passages to their last word (text)
    #[arg(long)]
    full: bool,
    /// List only the N closest matches (text)
    #[arg(long, value_name = "N", default_value_t = 10)]
    top: usize,
    /// When to use colors
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = clap::ColorChoice::Auto)]
    color: clap::ColorChoice,
    /// Show no progress bars (nor with NO_PROGRESS set)
    #[arg(long)]
    no_progress: bool,
    /// Print nothing but the report and errors
    #[arg(short, long)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  Two files:
    wirecopy compare original.txt copy.txt

  Two articles of a dump, by their ids, as a scan of the dump sees them:
    wirecopy compare northwire-09 harbor-post-08 --in data/mini

  What an article is a copy of, or was copied to; and the same for a text that is not in the dump:
    wirecopy compare northwire-09 --in data/mini
    pbpaste | wirecopy compare - --in dumps/2026-03/

  For a program: passages with byte offsets into both texts:
    wirecopy compare --format json original.txt copy.txt

Both texts are shown as one, in the order of A. What a sign or a number means: wirecopy explain.

Exit status:
  0 when compared, whatever was found; 2 when it could not be done: wrong usage, no such id or file,
  an input that cannot be read to its end.";

/// Runs the command.
pub(crate) fn run(args: &CompareArgs) -> anyhow::Result<Exit> {
    color(args.output.color).write_global();
    let config = config(&args.input, &args.matching, &args.running);
    let inputs: Vec<PathBuf> = args.dump.iter().chain([&args.a]).chain(&args.b).cloned().collect();
    let stdin = inputs.iter().filter(|path| *path == Path::new("-")).count();
    if stdin > 1 {
        let error = Error::new("standard input can be read only once");
        return Err(error.with_hint("a file for the others").into());
    }
    let place = Output::new(&args.output.output, &inputs)?;
    let answer = {
        let progress = bars(args.output.no_progress, args.output.quiet);
        ask(args, &config, &progress)?
    };
    let always = args.output.color == clap::ColorChoice::Always;
    let write = |colored: bool, out: &mut dyn Write| -> io::Result<()> {
        let options = Options {
            color: colored || always,
            width: prose_width(),
            full: args.output.full,
            list: args.b.is_none(),
            top: args.output.top,
        };
        render(&answer, &config.matching, args.output.format, &options, out)
    };
    let is_text = args.output.format == TextOrJson::Text;
    match place.path() {
        None => drop(write_stdout(is_text, |out| write(colored_stdout(), out))?),
        Some(path) => Output::write_file(path, |out| write(false, out))?,
    }
    let err = &mut anstream::stderr().lock();
    for failure in &answer.failures {
        report_failure(failure, err);
    }
    Ok(if answer.failures.is_empty() { Exit::Done } else { Exit::Failed })
}

fn ask(args: &CompareArgs, config: &Config, progress: &Bars) -> wirecopy::Result<Answer> {
    if !args.dump.is_empty() {
        let asked = |name: &PathBuf| match name.is_file() || name == Path::new("-") {
            true => Asked::File(name.clone()),
            false => Asked::Id(name.to_string_lossy().into_owned()),
        };
        return in_dump(
            &asked(&args.a),
            args.b.as_ref().map(asked).as_ref(),
            &args.dump,
            config,
            progress,
        );
    }
    let Some(b) = &args.b else {
        let error = Error::new("nothing to compare with");
        return Err(error.with_hint("a second file, or --in with the dump to look in"));
    };
    for name in [&args.a, b] {
        if name != Path::new("-") && !name.exists() {
            let error = Error::new(format!("there is no file {}", name.display())).at(name);
            return Err(error.with_hint("--in with the dump, if it is the id of an article"));
        }
    }
    files(&args.a, b, config, progress)
}
