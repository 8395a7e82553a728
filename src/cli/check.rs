//! `check`: hold a corpus against a policy, for continuous integration.
//!
//! Reports are written whatever the verdict, and before the exit code is decided: 1 for findings over policy, 2 for what
//! could not be done, which wins, since an incomplete look is no verdict.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use wirecopy::Error;
use wirecopy::config::Config;
use wirecopy::judge::baseline::{Baseline, Difference};
use wirecopy::judge::codes::TABLE;
use wirecopy::judge::{Code, Examined, Level, Policy, Rules, Verdict};
use wirecopy::read::BASELINE;
use wirecopy::report::check::{self as report, Format};
use wirecopy::report::{Options, stats};
use wirecopy::settings::show::InForce;
use wirecopy::settings::{Settings, Value, values};
use wirecopy::store::Index;

use crate::cli::against::AgainstArgs;
use crate::cli::args::{
    InputArgs, ListedArgs, MatchingArgs, RunningArgs, TellingArgs, config, named, named_file,
};
use crate::cli::exit::{Exit, report_failure};
use crate::cli::output::Output;
use crate::cli::scan::{
    bars, checked_reports, color, colored_stdout, nothing_readable, width, write_stdout,
};
use crate::cli::settings::{SettingsArgs, Typed, settle, show, shown};
use crate::cli::{git, memory};

/// Check a corpus: copies, leaks between its parts, and other findings over policy fail
#[derive(Debug, clap::Args)]
#[command(args_override_self = true, after_long_help = after_help())]
pub(crate) struct CheckArgs {
    /// Files and folders to read; `-` is standard input
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    listed: ListedArgs,
    #[command(flatten)]
    judging: JudgingArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matching: MatchingArgs,
    #[command(flatten)]
    against: AgainstArgs,
    #[command(flatten)]
    output: CheckOutputArgs,
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(flatten)]
    running: RunningArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Judging")]
struct JudgingArgs {
    /// Do not tell findings of this code
    #[arg(short = 'A', long, value_name = "CODE", value_parser = code_names(), hide_possible_values = true)]
    allow: Vec<String>,
    /// Tell findings of this code
    #[arg(short = 'W', long, value_name = "CODE", value_parser = code_names(), hide_possible_values = true)]
    warn: Vec<String>,
    /// Tell findings of this code, and fail
    #[arg(short = 'D', long, value_name = "CODE", value_parser = code_names(), hide_possible_values = true)]
    deny: Vec<String>,
    /// Fail if more than this share of the articles are copies: 2% or 0.02
    #[arg(long, value_name = "SHARE", value_parser = values::percent)]
    max_share: Option<f64>,
    /// Fail if there are more groups of copies
    #[arg(long, value_name = "N")]
    max_groups: Option<usize>,
    /// File of accepted findings, which are not told
    #[arg(long, value_name = "FILE")]
    baseline: Option<PathBuf>,
    /// Accept what there is: write the baseline, and tell what changed in it as +added -removed =kept
    #[arg(long, conflicts_with_all = ["since", "output", "report", "format"])]
    update_baseline: bool,
    /// Tell only findings about records that were added or changed since this git revision
    ///
    /// The whole corpus is compared all the same. Records are compared by their text, so that files may be reordered and
    /// renamed. In a pull request: --since "$(git merge-base origin/main HEAD)".
    #[arg(long, value_name = "REVISION")]
    since: Option<String>,
    /// Exit with 0 also if findings are over policy
    #[arg(long)]
    exit_zero: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
struct CheckOutputArgs {
    /// Form of the report
    #[arg(long, value_name = "FORMAT", value_parser = named(Format::NAMES), default_value = "text")]
    format: Format,
    /// File for the report, written whole or not at all; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    output: PathBuf,
    /// Also write a report to a file: json=check.jsonl; repeat for several
    #[arg(long, value_name = "FORMAT=FILE", value_parser = named_file(Format::NAMES))]
    report: Vec<(Format, PathBuf)>,
    /// List only the N gravest findings (text; totals count all)
    #[arg(long, value_name = "N")]
    top: Option<usize>,
    #[command(flatten)]
    telling: TellingArgs,
}

fn code_names() -> PossibleValuesParser {
    PossibleValuesParser::new(TABLE.iter().map(|about| about.name))
}

/// The codes, from their table, and the rest.
fn after_help() -> String {
    let mut text = "Codes, and the level of each unless you set another:\n".to_owned();
    for about in TABLE {
        text.push_str(&format!("  {:<18} {:<5}  {}\n", about.name, about.level.name(), about.what));
    }
    text + EXAMPLES
}

const EXAMPLES: &str = "
Examples:
  The copies in a corpus, as errors:
    wirecopy check corpus/

  Accept today's, then fail on new ones only:
    wirecopy check corpus/ --baseline wirecopy-baseline.jsonl --update-baseline
    wirecopy check corpus/ --baseline wirecopy-baseline.jsonl

  In a pull request, with a report for programs:
    wirecopy check corpus/ --since origin/main --report json=check.jsonl

  A commented configuration file, for all of this and more:
    wirecopy init

Exit status:
  0 when nothing is over policy; 1 when a finding has the level deny or a limit is exceeded; 2 when
  it could not be done: wrong usage or configuration, an input that cannot be read to its end, no
  baseline where one was named. 2 wins over 1. Reports are written in either case.";

/// Runs the command.
pub(crate) fn run(args: &CheckArgs, typed: &Typed) -> anyhow::Result<Exit> {
    color(args.output.telling.color).write_global();
    let paths = &args.listed.after(&args.paths)?;
    let settings = args.settings.find(paths)?;
    let mut config = config(&args.input, &args.matching, &args.running);
    settle(settings.as_ref(), &mut config, typed);
    let levels = args.judging.levels()?;
    let rules = rules(&args.judging, &levels, settings.as_ref());
    let place = place_of(args.judging.baseline.as_deref(), "baseline", settings.as_ref());
    let against = place_of(args.against.folder(), "against", settings.as_ref());
    if args.settings.show_config {
        let places = [("baseline", place), ("against", against)];
        return in_force(&config, &rules, &levels, places, settings.as_ref(), typed);
    }
    let index = against.as_deref().map(Index::open).transpose()?;
    let index = index.as_ref();
    if let Some(place) = &place {
        is_apart(place, paths)?;
    }
    if args.judging.update_baseline {
        return update(args, paths, &config, &rules, place.as_deref(), index);
    }
    let baseline = place.as_deref().map(|place| existing(place, paths)).transpose()?;
    let output = Output::new(&args.output.output, paths)?;
    checked_reports(&args.output.report, &output, paths)?;
    let changes = args.judging.since.as_deref();
    let changes =
        changes.map(|since| git::changes(since, paths, &config, &rules.splits)).transpose()?;
    let examined = examine(args, paths, &config, &rules, index)?;
    let verdict = examined.judge(&rules, baseline.as_ref(), changes)?;
    // A gate tells by its code, even if nobody reads the report to its end.
    let heard = tell(args, &verdict, &config, &output)?;
    let err = &mut anstream::stderr().lock();
    // With stderr gone there is nobody left to tell: errors of writing to it are dropped here and below.
    if heard && args.output.telling.stats {
        let _ = stats::render(&examined.outcome.stats, memory::peak(), err);
    }
    for failure in &verdict.failures {
        report_failure(failure, err);
    }
    if verdict.articles == 0 {
        return Err(nothing_readable(paths, &examined.outcome).into());
    }
    if !verdict.failures.is_empty() {
        return Ok(Exit::Failed);
    }
    let fails = verdict.is_over() && !args.judging.exit_zero;
    Ok(if fails { Exit::Findings } else { Exit::Done })
}

fn examine(
    args: &CheckArgs,
    paths: &[PathBuf],
    config: &Config,
    rules: &Rules,
    index: Option<&Index>,
) -> wirecopy::Result<Examined> {
    let progress = bars(args.output.telling.no_progress, args.output.telling.quiet);
    Examined::paths(paths, config, rules, index, &progress)
}

impl JudgingArgs {
    /// The levels that flags set.
    fn levels(&self) -> wirecopy::Result<Vec<(Code, Level)>> {
        let lists =
            [(&self.allow, Level::Allow), (&self.warn, Level::Warn), (&self.deny, Level::Deny)];
        let mut levels: Vec<(Code, Level)> = Vec::new();
        for (names, level) in lists {
            for code in names.iter().filter_map(|name| Code::named(name)) {
                if let Some((_, other)) =
                    levels.iter().find(|(one, other)| *one == code && *other != level)
                {
                    let message = format!(
                        "{} has two levels: {} and {}",
                        code.name(),
                        other.name(),
                        level.name()
                    );
                    return Err(Error::new(message).with_hint("one of -A, -W and -D for each code"));
                }
                levels.push((code, level));
            }
        }
        Ok(levels)
    }
}

/// What the corpus is held against: flags over the file over the defaults.
fn rules(judging: &JudgingArgs, levels: &[(Code, Level)], settings: Option<&Settings>) -> Rules {
    let mut policy = Policy {
        max_share: judging.max_share,
        max_groups: judging.max_groups,
        ..Policy::default()
    };
    let mut rules = Rules::default();
    if let Some(settings) = settings {
        settings.levels(&mut policy.levels);
        let share = match settings.value("check", "max-share") {
            Some(Value::Share(share)) => Some(*share),
            _ => None,
        };
        let groups = match settings.value("check", "max-groups") {
            Some(Value::Whole(groups)) => Some(*groups as usize),
            _ => None,
        };
        policy.max_share = policy.max_share.or(share);
        policy.max_groups = policy.max_groups.or(groups);
        rules.splits = settings.splits();
        rules.allow = settings.allow.clone();
        rules.settings = shown(&settings.path);
    }
    levels.iter().for_each(|&(code, level)| policy.levels.set(code, level));
    Rules { policy, ..rules }
}

/// A path of a flag, else of its key in the file: nothing that was not named.
fn place_of(typed: Option<&Path>, key: &str, settings: Option<&Settings>) -> Option<PathBuf> {
    let in_file = || {
        let settings = settings?;
        Some(shown(&settings.folder().join(settings.text("check", key)?)))
    };
    typed.map(Path::to_owned).or_else(in_file)
}

/// A baseline among the inputs would be read as articles, but for its usual name, which is passed over.
fn is_apart(place: &Path, paths: &[PathBuf]) -> wirecopy::Result<()> {
    let whole = |path: &Path| fs::canonicalize(path).ok();
    let folder = place.parent().filter(|folder| *folder != Path::new("")).unwrap_or(Path::new("."));
    let is_inside = |path: &PathBuf| match (whole(path), whole(folder)) {
        (Some(path), Some(folder)) => path.is_dir() && folder.starts_with(path),
        _ => false,
    };
    if !place.ends_with(BASELINE) && paths.iter().any(is_inside) {
        let message =
            format!("{} would be read as articles, in a folder of the corpus", place.display());
        let hint = format!("{BASELINE} as its name, or a place outside");
        return Err(Error::new(message).at(place).with_hint(hint));
    }
    Ok(())
}

/// Reads a baseline that must be there.
fn existing(place: &Path, paths: &[PathBuf]) -> wirecopy::Result<Baseline> {
    let text = fs::read_to_string(place).map_err(|error| {
        let paths: Vec<String> = paths.iter().map(|path| path.display().to_string()).collect();
        let missing = error.kind() == io::ErrorKind::NotFound;
        let error = Error::io("read the baseline", place, error);
        let create = format!(
            "wirecopy check {} --baseline {} --update-baseline, which writes one",
            paths.join(" "),
            place.display()
        );
        if missing { error.with_hint(create) } else { error }
    })?;
    Baseline::parse(place, &text)
}

/// Accepts what there is.
fn update(
    args: &CheckArgs,
    paths: &[PathBuf],
    config: &Config,
    rules: &Rules,
    place: Option<&Path>,
    index: Option<&Index>,
) -> anyhow::Result<Exit> {
    let Some(place) = place else {
        let hint = format!(
            "--baseline {BASELINE}, or baseline = \"{BASELINE}\" in [check] of wirecopy.toml"
        );
        return Err(Error::new("no baseline is named that could be updated")
            .with_hint(hint)
            .into());
    };
    // Before hours are spent on what goes there.
    Output::new(place, &[])?;
    let before = match place.exists() {
        true => existing(place, paths)?,
        false => Baseline { path: place.to_owned(), ..Baseline::default() },
    };
    let examined = examine(args, paths, config, rules, index)?;
    let outcome = &examined.outcome;
    let err = &mut anstream::stderr().lock();
    if args.output.telling.stats {
        let _ = stats::render(&outcome.stats, memory::peak(), err);
    }
    for failure in &outcome.failures {
        report_failure(failure, err);
    }
    if outcome.articles.is_empty() {
        return Err(nothing_readable(paths, outcome).into());
    }
    if !outcome.failures.is_empty() {
        let error =
            Error::new("the baseline stays as it is: what could not be read would be missing");
        return Err(error.with_hint("inputs that can be read to their end").into());
    }
    let (baseline, difference): (Baseline, Difference) = before.updated(examined.accept(rules)?);
    Output::write_file(place, |out| out.write_all(baseline.to_text().as_bytes()))?;
    write_stdout(false, |out| writeln!(out, "{difference}"))?;
    Ok(Exit::Done)
}

/// Writes every report; false if the reader of standard output went away.
fn tell(
    args: &CheckArgs,
    verdict: &Verdict,
    config: &Config,
    place: &Output,
) -> wirecopy::Result<bool> {
    let options = |color: bool| Options {
        color: color || args.output.telling.color == clap::ColorChoice::Always,
        width: width(&args.output.output),
        limit: args.output.top,
        ..Options::default()
    };
    let format = args.output.format;
    // Files first: whoever reads standard output may close it.
    for (format, path) in &args.output.report {
        let options = Options { width: usize::MAX, ..options(false) };
        Output::write_file(path, |out| report::render(verdict, config, *format, &options, out))?;
    }
    match place {
        Output::Stdout => write_stdout(format == Format::Text, |out| {
            report::render(verdict, config, format, &options(colored_stdout()), out)
        }),
        Output::File(path) => {
            let render =
                |out: &mut dyn Write| report::render(verdict, config, format, &options(false), out);
            Output::write_file(path, render).map(|()| true)
        }
    }
}

/// Shows what a check would go by.
fn in_force(
    config: &Config,
    rules: &Rules,
    levels: &[(Code, Level)],
    places: [(&str, Option<PathBuf>); 2],
    settings: Option<&Settings>,
    typed: &Typed,
) -> anyhow::Result<Exit> {
    let name = rules.settings.display().to_string();
    let text = |place: PathBuf| Value::Text(place.display().to_string());
    let others = places.into_iter().filter_map(|(name, place)| Some((name, text(place?))));
    let others: Vec<(&str, Value)> = others.collect();
    let in_force = InForce {
        config,
        policy: Some((&rules.policy, levels)),
        others: &others,
        settings: settings.map(|settings| (settings, name.as_str())),
        sections: &["input", "match", "splits", "check", "allow"],
    };
    show(&in_force, typed)
}
