//! `scan`: find copies, print them, change nothing.
//!
//! The report is written first; then, on stderr, come counters, hints and what failed, so that failures are read last.

use std::env;
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};

use anstream::{AutoStream, ColorChoice};
use anstyle::AnsiColor;
use wirecopy::Error;
use wirecopy::article::ProblemKind;
use wirecopy::config::Config;
use wirecopy::forecast::forecast;
use wirecopy::report::sanitize::sanitize;
use wirecopy::report::{self, Format, Options, stats};
use wirecopy::scan::{Outcome, load_texts, scan_against};
use wirecopy::settings::show::InForce;

use crate::cli::args::{OutputArgs, ScanArgs};
use crate::cli::exit::{Exit, report_failure};
use crate::cli::hints::hints;
use crate::cli::memory;
use crate::cli::output::Output;
use crate::cli::progress::Bars;
use crate::cli::settings::{Typed, settle, show, shown};

/// Narrower terminals are treated as this wide: lines run over rather than lose everything.
const LEAST_WIDTH: usize = 40;
/// A terminal that does not tell its width is taken to have this one.
const USUAL_WIDTH: usize = 80;
/// Longer lines of prose are hard to read.
const MOST_PROSE: usize = 120;

/// Runs the command.
pub(crate) fn run(args: &ScanArgs, typed: &Typed) -> anyhow::Result<Exit> {
    color(args.output.telling.color).write_global();
    let paths = &args.listed.after(&args.paths)?;
    let settings = args.settings.find(paths)?;
    let mut config = args.config();
    settle(settings.as_ref(), &mut config, typed);
    if args.settings.show_config {
        let name = settings.as_ref().map(|settings| shown(&settings.path).display().to_string());
        let in_force = InForce {
            config: &config,
            policy: None,
            others: &[],
            settings: settings.as_ref().zip(name.as_deref()),
            sections: &["input", "match"],
        };
        return show(&in_force, typed);
    }
    let place = Output::new(&args.output.output, paths)?;
    checked_reports(&args.output.report, &place, paths)?;
    if args.dry_run {
        let told = forecast(paths, &config)?;
        // With stderr gone there is nobody left to tell.
        let _ = stats::render_forecast(&told, &mut anstream::stderr().lock());
        return Ok(Exit::Done);
    }
    let index = args.against.open()?;
    let mut outcome = {
        let progress = bars(args.output.telling.no_progress, args.output.telling.quiet);
        scan_against(paths, &config, index.as_ref(), &progress)?
    };
    deliver(&mut outcome, &config, &args.output, paths, &place)
}

/// Writes the reports of an outcome, then tells what there is to tell on stderr.
///
/// Texts that are shown and not held are read again from `paths`.
pub(super) fn deliver(
    outcome: &mut Outcome,
    config: &Config,
    args: &OutputArgs,
    paths: &[PathBuf],
    place: &Output,
) -> anyhow::Result<Exit> {
    let files = &args.report;
    let formats = files.iter().map(|(format, _)| *format).chain([args.format]);
    let shown = options(args, false);
    let texts: Vec<u32> =
        formats.flat_map(|format| report::texts_shown(outcome, format, &shown)).collect();
    load_texts(outcome, texts, paths, config)?;
    // Files first: whoever reads standard output may close it.
    for (format, path) in files {
        let options = options(args, false);
        Output::write_file(path, |out| report::render(outcome, config, *format, &options, out))?;
    }
    let written = match place {
        Output::Stdout => to_stdout(outcome, config, args),
        Output::File(path) => {
            let options = options(args, false);
            Output::write_file(path, |out| {
                report::render(outcome, config, args.format, &options, out)
            })
            .map(|()| true)
        }
    };
    // Whoever read the report has closed the pipe and wants no more of it.
    if !written? {
        return Ok(Exit::Done);
    }
    let err = &mut anstream::stderr().lock();
    // With stderr gone there is nobody left to tell: errors of writing to it are dropped here and below.
    if args.telling.stats {
        let _ = stats::render(&outcome.stats, memory::peak(), err);
    }
    if !args.telling.quiet {
        advise(outcome, config, args, err);
    }
    for failure in &outcome.failures {
        report_failure(failure, err);
    }
    if outcome.articles.is_empty() {
        return Err(nothing_readable(paths, outcome).into());
    }
    Ok(if outcome.failures.is_empty() { Exit::Done } else { Exit::Failed })
}

/// Makes sure that each of the further reports can be written, and no two go to one file.
pub(super) fn checked_reports<F>(
    reports: &[(F, PathBuf)],
    place: &Output,
    inputs: &[PathBuf],
) -> wirecopy::Result<()> {
    let mut places = vec![place.path().map(Path::to_owned)];
    for (_, path) in reports {
        Output::new(path, inputs)?;
        if places.contains(&Some(path.clone())) {
            let error = Error::new(format!("two reports cannot be one file: {}", path.display()));
            return Err(error.at(path).with_hint("another file for one of them"));
        }
        places.push(Some(path.clone()));
    }
    Ok(())
}

/// The bars of a run, if they are to be shown; dropping them takes the last one away.
pub(super) fn bars(no_progress: bool, quiet: bool) -> Bars {
    let wanted = env::var_os("NO_PROGRESS").is_none_or(|value| value.is_empty());
    let shown = wanted && !no_progress && !quiet && io::stderr().is_terminal();
    Bars::new(shown, quiet)
}

/// Writes the report to standard output; false if its reader went away.
fn to_stdout(outcome: &Outcome, config: &Config, args: &OutputArgs) -> wirecopy::Result<bool> {
    let options = options(args, colored_stdout());
    write_stdout(args.format == Format::Text, |out| {
        report::render(outcome, config, args.format, &options, out)
    })
}

/// True if colors are wanted on standard output.
pub(super) fn colored_stdout() -> bool {
    AutoStream::choice(&io::stdout()) != ColorChoice::Never
}

/// Has a report written to standard output; false if its reader went away.
pub(super) fn write_stdout(
    text: bool,
    write: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> wirecopy::Result<bool> {
    let choice = AutoStream::choice(&io::stdout());
    let stdout = io::stdout().lock();
    let written = if text {
        // Translates colors where a terminal does not know them.
        let mut out = BufWriter::new(AutoStream::new(stdout, choice));
        write(&mut out).and_then(|()| out.flush())
    } else {
        // Data goes out byte for byte.
        let mut out = BufWriter::new(stdout);
        write(&mut out).and_then(|()| out.flush())
    };
    match written {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(false),
        Err(error) => Err(Error::io("write", "standard output".as_ref(), error)),
    }
}

fn options(args: &OutputArgs, color: bool) -> Options {
    let width = width(&args.output);
    Options {
        pairs: args.pairs,
        color: color || args.telling.color == clap::ColorChoice::Always,
        width,
        limit: args.top,
    }
}

/// The columns that a report may take.
pub(super) fn width(output: &Path) -> usize {
    // A file or a pipe gets whole ids, whatever terminal the run was started from.
    if output != Path::new("-") || !io::stdout().is_terminal() {
        return usize::MAX;
    }
    let told = terminal_size::terminal_size_of(io::stdout());
    told.map_or(USUAL_WIDTH, |(width, _)| usize::from(width.0).max(LEAST_WIDTH))
}

/// The columns that prose is wrapped to, wherever it goes: those of COLUMNS, else of the terminal.
pub(super) fn prose_width() -> usize {
    let told = env::var_os("COLUMNS").and_then(|value| value.to_str()?.trim().parse().ok());
    let seen = || {
        let (width, _) = terminal_size::terminal_size_of(io::stdout())?;
        Some(usize::from(width.0))
    };
    let width = told.filter(|&width| width > 0).or_else(seen).unwrap_or(USUAL_WIDTH);
    width.clamp(LEAST_WIDTH, MOST_PROSE)
}

pub(super) fn color(choice: clap::ColorChoice) -> ColorChoice {
    match choice {
        clap::ColorChoice::Auto => ColorChoice::Auto,
        clap::ColorChoice::Always => ColorChoice::Always,
        clap::ColorChoice::Never => ColorChoice::Never,
    }
}

fn advise(outcome: &Outcome, config: &Config, args: &OutputArgs, err: &mut dyn Write) {
    let style = AnsiColor::Cyan.on_default();
    for hint in hints(outcome, config, args.format, args.pairs) {
        let _ = writeln!(err, "{style}hint:{style:#} {}", sanitize(&hint.to_string()));
    }
    let mut formats = args.report.iter().map(|(format, _)| *format).chain([args.format]);
    if outcome.published.is_some() && formats.any(|format| format == Format::Html) {
        let says = "a page does not list what was published before; all other formats do";
        let _ = writeln!(err, "{style}hint:{style:#} {says}");
    }
}

/// There was no article in anything that was named.
pub fn nothing_readable(paths: &[PathBuf], outcome: &Outcome) -> Error {
    let names: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
    let error = Error::new(format!("nothing readable in {}", names.join(", ")));
    if !outcome.failures.is_empty() {
        // They have been told one by one, and say more than advice could.
        error
    } else if outcome.problems.count(ProblemKind::NoText) > 0 {
        error.with_hint("--text-field with the name of the field that holds the text")
    } else if outcome.problems.count(ProblemKind::Json) > 0 {
        error.with_hint(
            "--input-format with the format of the files; see `wirecopy explain formats`",
        )
    } else {
        error.with_hint(
            "articles in a format that `wirecopy explain formats` lists, such as .jsonl, .csv, .parquet, .txt or .warc.gz",
        )
    }
}

#[cfg(test)]
mod tests {
    use wirecopy::article::{Origin, Problem};

    use super::*;

    #[test]
    fn nothing_readable_says_what_to_do() {
        let paths = [PathBuf::from("a"), PathBuf::from("b")];
        let error = nothing_readable(&paths, &Outcome::default());
        assert_eq!(error.to_string(), "nothing readable in a, b");
        assert!(error.hint().unwrap().contains(".jsonl"));
        let problem =
            Problem { origin: Origin::default(), kind: ProblemKind::NoText, detail: String::new() };
        let error = nothing_readable(
            &paths,
            &Outcome { problems: vec![problem].into(), ..Outcome::default() },
        );
        assert!(error.hint().unwrap().starts_with("--text-field"));
    }
}
