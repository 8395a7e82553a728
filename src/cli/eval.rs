//! `eval`: scan, and score what was found against labels.
//!
//! Labels are read first, so that a wrong line is told before hours are spent. Scores go to the report, doubts about labels
//! to stderr; whatever the scores are, the run was a success.

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anstyle::AnsiColor;
use wirecopy::Error;
use wirecopy::judge::eval::{self, Evaluation};
use wirecopy::judge::labels;
use wirecopy::report::TextOrJson;
use wirecopy::report::eval as report;
use wirecopy::report::sanitize::sanitize;
use wirecopy::report::stats;

use crate::cli::args::{
    InputArgs, MatchingArgs, RunningArgs, TellingArgs, config, named, named_file,
};
use crate::cli::exit::{Exit, report_failure};
use crate::cli::memory;
use crate::cli::output::Output;
use crate::cli::scan::{bars, color, colored_stdout, nothing_readable, width, write_stdout};

/// Score a scan against labelled pairs or clusters
///
/// Precision, recall and F1 by data set and by kind, recall of candidates, a sweep over --min-confidence, and whether
/// confidence means what it says.
#[derive(Debug, clap::Args)]
#[command(args_override_self = true, after_long_help = LABELS)]
pub(crate) struct EvalArgs {
    /// Files and folders to read, all as one corpus; `-` is standard input
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Labels, plain, .gz or .zst; repeat for several data sets
    ///
    /// Tab-separated lines: `id1 id2 1|0|grey [kind]` for pairs, or `id cluster`.
    #[arg(long, required = true, value_name = "FILE")]
    labels: Vec<PathBuf>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matching: MatchingArgs,
    #[command(flatten)]
    output: EvalOutputArgs,
    #[command(flatten)]
    telling: TellingArgs,
    #[command(flatten)]
    running: RunningArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
struct EvalOutputArgs {
    /// Form of the report
    #[arg(long, value_name = "FORMAT", value_parser = named(TextOrJson::NAMES), default_value = "text")]
    format: TextOrJson,
    /// File for the report, written whole or not at all; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Also write a page with plots: html=FILE
    #[arg(long, value_name = "html=FILE", value_parser = named_file(PAGES))]
    report: Option<((), PathBuf)>,
}

/// What can be written besides the report.
const PAGES: &[(&str, ())] = &[("html", ())];

const LABELS: &str = "\
Labels:
  One file is one data set, named by its file. Columns are separated by tabs; blank lines and lines
  that begin with # are skipped. The first line decides what the file holds:

    id1  id2  1|0|grey  [kind]    1: copies of one text; 0: not; grey: left out of every score
    id   cluster                  two articles are copies if their clusters are the same

  Kinds are scored apart, under what stands before the first `:`. Further columns are notes.
  A pair counts as found when both articles are in one group.

Examples:
  Score the default settings, and look at the plots:
    wirecopy eval --labels labels.tsv --report html=scores.html articles.jsonl

  Two data sets in one corpus, for a program:
    wirecopy eval --labels a.tsv --labels b.tsv --format json -o scores.jsonl dumps/

Exit status:
  0 when scores were made, good or bad; 2 when it could not be done: wrong usage, a wrong line in a
  file of labels, labels of another corpus, an input that cannot be read to its end.";

/// Runs the command.
pub(crate) fn run(args: &EvalArgs) -> anyhow::Result<Exit> {
    color(args.telling.color).write_global();
    let config = config(&args.input, &args.matching, &args.running);
    let kept: Vec<PathBuf> = args.paths.iter().chain(&args.labels).cloned().collect();
    if kept.iter().filter(|path| *path == Path::new("-")).count() > 1 {
        let error = Error::new("standard input can be read only once");
        return Err(error.with_hint("a file for the labels").into());
    }
    let place = Output::new(&args.output.output, &kept)?;
    let page = args.output.report.as_ref();
    let page = page.map(|(_, page)| Output::new(page, &kept)).transpose()?;
    if page.as_ref() == Some(&place) {
        let error = Error::new("the report and the page cannot be one file");
        return Err(error.with_hint("-o with another file than --report").into());
    }
    let labels = labels::read_all(&args.labels)?;
    let (outcome, evaluation) = {
        let progress = bars(args.telling.no_progress, args.telling.quiet);
        eval::run(&args.paths, &labels, &config, &progress)?
    };
    if let Some(evaluation) = &evaluation {
        // The page first: whoever reads standard output may close it.
        if let Some(Output::File(path)) = &page {
            Output::write_file(path, |out| report::html(evaluation, out))?;
        }
        if !write(evaluation, &place, args)? {
            return Ok(Exit::Done);
        }
    }
    let err = &mut anstream::stderr().lock();
    // With stderr gone there is nobody left to tell: errors of writing to it are dropped here and below.
    if args.telling.stats {
        let _ = stats::render(&outcome.stats, memory::peak(), err);
    }
    let style = AnsiColor::Yellow.on_default();
    for line in evaluation.iter().flat_map(report::warnings) {
        let _ = writeln!(err, "{style}warning:{style:#} {}", sanitize(&line));
    }
    for failure in &outcome.failures {
        report_failure(failure, err);
    }
    if evaluation.is_none() {
        return Err(nothing_readable(&args.paths, &outcome).into());
    }
    Ok(if outcome.failures.is_empty() { Exit::Done } else { Exit::Failed })
}

/// Writes the report to its place; false if its reader went away.
fn write(evaluation: &Evaluation, place: &Output, args: &EvalArgs) -> wirecopy::Result<bool> {
    let always = args.telling.color == clap::ColorChoice::Always;
    let format = args.output.format;
    let width = width(&args.output.output);
    let render = |colored: bool, out: &mut dyn Write| -> io::Result<()> {
        report::render(evaluation, format, colored || always, width, out)
    };
    match place {
        Output::Stdout => {
            write_stdout(format == TextOrJson::Text, |out| render(colored_stdout(), out))
        }
        Output::File(path) => Output::write_file(path, |out| render(false, out)).map(|()| true),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use wirecopy::config::{Config, Memory};

    use super::*;
    use crate::cli::args::{Args, Command};

    fn parse(args: &[&str]) -> Result<EvalArgs, String> {
        let line = ["wirecopy", "eval"].iter().chain(args);
        match Args::try_parse_from(line).map_err(|error| error.to_string())?.command {
            Command::Eval(args) => Ok(args),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn settings_are_those_of_a_scan() {
        let args = parse(&["--labels", "a.tsv", "--labels", "b.tsv", "x", "y"]).unwrap();
        let found = config(&args.input, &args.matching, &args.running);
        assert_eq!(Config { memory: Memory::default(), ..found }, Config::default());
        assert_eq!(args.labels, [PathBuf::from("a.tsv"), PathBuf::from("b.tsv")]);
        assert_eq!((args.paths.len(), args.output.format), (2, TextOrJson::Text));
        let args =
            parse(&["--labels", "a", "--min-confidence", "0.7", "--report", "html=p.html", "x"]);
        let args = args.unwrap();
        assert_eq!(args.output.report, Some(((), PathBuf::from("p.html"))));
        assert_eq!(config(&args.input, &args.matching, &args.running).matching.min_confidence, 0.7);
    }

    #[test]
    fn wrong_usage_is_told_what_is_right() {
        let told = |args: &[&str]| parse(args).unwrap_err();
        assert!(told(&["x"]).contains("--labels <FILE>"));
        assert!(told(&["--labels", "a"]).contains("<PATH>"));
        assert!(
            told(&["--labels", "a", "--report", "p.html", "x"])
                .contains("must be FORMAT=FILE; formats: html")
        );
        assert!(told(&["--labels", "a", "--report", "html=-", "x"]).contains("needs a file"));
        let args = parse(&["--labels", "-", "-"]).unwrap();
        assert!(run(&args).unwrap_err().to_string().contains("only once"));
    }
}
