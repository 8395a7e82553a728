//! `index`: articles that were published, kept on disk so that new ones can be held against them.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::PathBuf;

use clap::Subcommand;
use wirecopy::Error;
use wirecopy::config::{Config, Format as InputFormat, Input, Matching};
use wirecopy::report::index as report;
use wirecopy::settings::values::share;
use wirecopy::store::{self, Answer, Index, Intake, TOLD, Writer};

use crate::cli::args::{InputArgs, ListedArgs, MatchingArgs, OutputArgs, RunningArgs, config};
use crate::cli::exit::{Exit, report_failure};
use crate::cli::output::Output;
use crate::cli::scan::{bars, checked_reports, deliver, write_stdout};

/// An index of up to so many articles learns by itself what recurs, each time it has doubled: that takes seconds.
const LEARNS_ALONE: u64 = 50_000;

/// Keep published articles on disk and hold new ones against them
#[derive(Debug, clap::Args)]
#[command(args_override_self = true, after_long_help = EXAMPLES)]
pub(crate) struct IndexArgs {
    #[command(subcommand)]
    command: IndexCommand,
}

#[derive(Debug, Subcommand)]
enum IndexCommand {
    Add(AddArgs),
    Query(QueryArgs),
    Groups(GroupsArgs),
    Stats(StatsArgs),
    Verify(VerifyArgs),
    Compact(CompactArgs),
    Remove(RemoveArgs),
}

/// Add articles; make the index if there is none
///
/// An id stands for one article: the same id with the same words is there already, with other words it is refused, unless
/// --replace. What was added is safe when the command says so; a run that is killed loses what it has not said.
#[derive(Debug, clap::Args)]
struct AddArgs {
    /// Folder of the index
    #[arg(value_name = "DIR")]
    index: PathBuf,
    /// Files and folders to read; `-` is standard input
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    listed: ListedArgs,
    /// Let articles take the place of those with their ids
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    making: MakingArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    telling: TellArgs,
    #[command(flatten)]
    running: RunningArgs,
}

/// What a new index is made with, and an old one must have been.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Making the index")]
struct MakingArgs {
    /// Compare articles with fewer words for exact copies only [default: that of the index, or 10]
    #[arg(long, value_name = "WORDS")]
    min_words: Option<usize>,
    /// Key of the signatures, for input from strangers [default: that of the index, or 0]
    #[arg(long, value_name = "NUMBER")]
    seed: Option<u64>,
}

/// Say of each record what it is a copy of, in one line of JSON
///
/// Lines come in the order of the records, bad ones included; from standard input as soon as each is read.
#[derive(Debug, clap::Args)]
struct QueryArgs {
    /// Folder of the index
    #[arg(value_name = "DIR")]
    index: PathBuf,
    /// Files and folders to read; `-` is standard input
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    listed: ListedArgs,
    /// Add each article after it was answered
    ///
    /// Stored every 4,096 articles, at the end, and when input runs dry for a second.
    #[arg(long)]
    add: bool,
    /// With --add, let articles take the place of those with their ids
    #[arg(long, requires = "add")]
    replace: bool,
    /// A pair is a copy if it is at least so sure, 0 to 1
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = Matching::default().min_confidence)]
    min_confidence: f64,
    /// Also demand this similarity, 0 to 1 [default: off]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    threshold: Option<f64>,
    /// Do not count later versions of a story as copies
    #[arg(long)]
    no_updates: bool,
    /// Tell only the N closest matches of each record
    #[arg(long, value_name = "N", default_value_t = TOLD)]
    top: usize,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    telling: TellArgs,
    #[command(flatten)]
    running: RunningArgs,
}

/// Group all articles of the index, as one scan of everything that was added
#[derive(Debug, clap::Args)]
struct GroupsArgs {
    /// Folder of the index
    #[arg(value_name = "DIR")]
    index: PathBuf,
    #[command(flatten)]
    matching: MatchingArgs,
    #[command(flatten)]
    output: OutputArgs,
    #[command(flatten)]
    running: RunningArgs,
}

/// Tell what the index consists of
#[derive(Debug, clap::Args)]
struct StatsArgs {
    /// Folder of the index
    #[arg(value_name = "DIR")]
    index: PathBuf,
}

/// Read every byte of the index and tell of every damage, with file and offset
#[derive(Debug, clap::Args)]
struct VerifyArgs {
    /// Folder of the index
    #[arg(value_name = "DIR")]
    index: PathBuf,
}

/// Put everything into one file and learn what recurs, so that queries are quick and judge as a scan does
///
/// Takes the time of a scan of all articles.
#[derive(Debug, clap::Args)]
struct CompactArgs {
    /// Folder of the index
    #[arg(value_name = "DIR")]
    index: PathBuf,
    #[command(flatten)]
    telling: TellArgs,
    #[command(flatten)]
    running: RunningArgs,
}

/// Remove articles by their ids
///
/// They are no match any more at once; what they took on disk is free after `index compact`.
#[derive(Debug, clap::Args)]
struct RemoveArgs {
    /// Folder of the index
    #[arg(value_name = "DIR")]
    index: PathBuf,
    /// File with one id a line
    #[arg(long, value_name = "FILE")]
    ids: PathBuf,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
struct TellArgs {
    /// Show no progress bars (nor with NO_PROGRESS set)
    #[arg(long)]
    no_progress: bool,
    /// Print nothing but answers and errors
    #[arg(short, long)]
    quiet: bool,
}

const EXAMPLES: &str = "\
Examples:
  Remember what was published, and judge tonight's scrape against it:
    wirecopy index add published dumps/2026-03/
    wirecopy index query published tonight.jsonl > copies.jsonl

  Answer a stream line by line, and remember what passes:
    tail -f scrape.jsonl | wirecopy index query published - --add

  Once in a while, and after a power cut:
    wirecopy index compact published
    wirecopy index verify published

Exit status:
  0 when done; 1 when articles were refused because their ids stand for others, when ids to remove
  are not there, or when verify finds damage; 2 when it could not be done.";

/// Runs the command.
pub(crate) fn run(args: &IndexArgs) -> anyhow::Result<Exit> {
    match &args.command {
        IndexCommand::Add(args) => add(args),
        IndexCommand::Query(args) => query(args),
        IndexCommand::Groups(args) => groups(args),
        IndexCommand::Stats(args) => stats(args),
        IndexCommand::Verify(args) => verify(args),
        IndexCommand::Compact(args) => compact(args),
        IndexCommand::Remove(args) => remove(args),
    }
}

fn add(args: &AddArgs) -> anyhow::Result<Exit> {
    let paths = &args.listed.after(&args.paths)?;
    let known = store::params(&args.index)?;
    let default = Matching::default();
    let matching = Matching {
        seed: args.making.seed.or(known.as_ref().map(|known| known.seed)).unwrap_or(default.seed),
        min_words: (args.making.min_words)
            .or(known.as_ref().map(|known| known.min_words))
            .unwrap_or(default.min_words),
        ..default
    };
    let config = settings(matching, args.input.options(), &args.running);
    let mut writer = Writer::open(&args.index, &config)?.replacing(args.replace);
    let progress = bars(args.telling.no_progress, args.telling.quiet);
    let intake = writer.read(paths, &progress)?;
    if wants_to_learn(writer.index())? {
        writer.learn(&progress)?;
    }
    progress.finish();
    let held = writer.index().len();
    if !args.telling.quiet {
        write_stdout(true, |out| report::intake(&intake, held, out))?;
        advise(writer.index())?;
    }
    Ok(ended(&intake, &intake.failures))
}

fn query(args: &QueryArgs) -> anyhow::Result<Exit> {
    let paths = &args.listed.after(&args.paths)?;
    let matching = Matching {
        min_confidence: args.min_confidence,
        threshold: args.threshold,
        updates: !args.no_updates,
        ..Matching::default()
    };
    let config = settings(matching, args.input.options(), &args.running);
    let progress = bars(args.telling.no_progress, args.telling.quiet);
    let is_stream = paths.iter().any(|path| path.as_os_str() == "-")
        && matches!(config.input.format, None | Some(InputFormat::Jsonl));
    let mut out = BufWriter::new(io::stdout());
    let take = |answer: Answer| {
        let written = report::answer(&answer, args.top, &mut out);
        let written = written.and_then(|()| if is_stream { out.flush() } else { Ok(()) });
        written.map_err(|error| Error::io("write", "standard output".as_ref(), error))
    };
    let answered = if args.add {
        let matching = known(&args.index, &config.matching)?;
        let config = Config { matching, ..config };
        let mut writer = Writer::open(&args.index, &config)?.replacing(args.replace);
        writer.answer(paths, &progress, take)
    } else {
        Index::open(&args.index)?.answer(paths, &config, &progress, take)
    };
    progress.finish();
    let answered = match answered {
        // Whoever read the answers wants no more of them.
        Err(error) if is_closed(&error) => return Ok(Exit::Done),
        answered => answered?,
    };
    if let Err(error) = out.flush()
        && error.kind() != io::ErrorKind::BrokenPipe
    {
        return Err(Error::io("write", "standard output".as_ref(), error).into());
    }
    if args.add && !args.telling.quiet {
        let held = Index::open(&args.index)?.len();
        // With stderr gone there is nobody left to tell.
        let _ = report::intake(&answered.intake, held, &mut anstream::stderr().lock());
    }
    Ok(ended(&answered.intake, &answered.failures))
}

/// The settings, with what an index was made with if there is one.
fn known(folder: &std::path::Path, matching: &Matching) -> wirecopy::Result<Matching> {
    let params = store::params(folder)?;
    Ok(params.map_or_else(
        || matching.clone(),
        |params| Matching { seed: params.seed, min_words: params.min_words, ..matching.clone() },
    ))
}

fn is_closed(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref());
    source.is_some_and(|source: &io::Error| source.kind() == io::ErrorKind::BrokenPipe)
}

fn groups(args: &GroupsArgs) -> anyhow::Result<Exit> {
    let place = Output::new(&args.output.output, &[])?;
    checked_reports(&args.output.report, &place, &[])?;
    let index = Index::open(&args.index)?;
    let config = Config {
        input: Input::default(),
        ..config(&InputArgs::default(), &args.matching, &args.running)
    };
    let default = Matching::default();
    // What was not typed is that of the index.
    if (config.matching.seed, config.matching.min_words) != (default.seed, default.min_words) {
        index.agree(&config.matching)?;
    }
    let config = Config { matching: index.matching(&config.matching), ..config };
    let mut outcome = {
        let telling = &args.output.telling;
        let progress = bars(telling.no_progress, telling.quiet);
        index.groups(&config, &progress)?
    };
    deliver(&mut outcome, &config, &args.output, &[], &place)
}

fn stats(args: &StatsArgs) -> anyhow::Result<Exit> {
    let stats = Index::open(&args.index)?.stats()?;
    write_stdout(true, |out| report::stats(&stats, out))?;
    Ok(Exit::Done)
}

fn verify(args: &VerifyArgs) -> anyhow::Result<Exit> {
    let mut damages = Vec::new();
    store::verify(&args.index, |damage| damages.push(damage))?;
    write_stdout(true, |out| {
        damages.iter().try_for_each(|damage| report::damage(damage, out))?;
        if damages.is_empty() { writeln!(out, "every byte is as it was written") } else { Ok(()) }
    })?;
    Ok(if damages.is_empty() { Exit::Done } else { Exit::Findings })
}

fn compact(args: &CompactArgs) -> anyhow::Result<Exit> {
    let mut writer = open(&args.index, &args.running)?;
    let progress = bars(args.telling.no_progress, args.telling.quiet);
    writer.compact(&progress)?;
    Ok(Exit::Done)
}

fn remove(args: &RemoveArgs) -> anyhow::Result<Exit> {
    let list = fs::read_to_string(&args.ids);
    let list = list.map_err(|error| Error::io("read", &args.ids, error))?;
    let ids = list.lines().map(str::trim_end).filter(|id| !id.is_empty());
    let wanted = ids.clone().count();
    let mut writer = open(&args.index, &RunningArgs::default())?;
    let unknown = writer.remove(ids)?;
    writer.commit()?;
    let held = writer.index().len();
    write_stdout(true, |out| {
        writeln!(out, "removed {}; the index holds {held}", wanted - unknown.len())?;
        unknown.iter().try_for_each(|id| {
            writeln!(out, "  not there: {}", wirecopy::report::sanitize::sanitize(id))
        })
    })?;
    Ok(if unknown.is_empty() { Exit::Done } else { Exit::Findings })
}

/// The writer of an index that must be there.
fn open(folder: &std::path::Path, running: &RunningArgs) -> wirecopy::Result<Writer> {
    // Fails with the right words where there is none.
    let index = Index::open(folder)?;
    let matching = index.matching(&Matching::default());
    drop(index);
    Writer::open(folder, &settings(matching, Input::default(), running))
}

fn settings(matching: Matching, input: Input, running: &RunningArgs) -> Config {
    Config {
        input,
        matching,
        threads: running.threads,
        memory: running.memory(),
        ..Config::default()
    }
}

/// True if so few articles are there that it takes seconds to learn what recurs, and twice as many as when it was learned.
fn wants_to_learn(index: &Index) -> wirecopy::Result<bool> {
    let learned = index.stats()?.learned_from.unwrap_or(0);
    Ok(index.len() <= LEARNS_ALONE && !index.is_empty() && index.len() >= 2 * learned)
}

/// Says when compacting would make queries better.
fn advise(index: &Index) -> wirecopy::Result<()> {
    let stats = index.stats()?;
    if stats.articles >= 2 * stats.learned_from.unwrap_or(0).max(1) {
        let folder = index.folder().display();
        let hint = format!(
            "hint: wirecopy index compact {folder} learns what recurs and makes queries quicker"
        );
        // With stderr gone there is nobody left to tell.
        let _ = writeln!(anstream::stderr(), "{hint}");
    }
    Ok(())
}

fn ended(intake: &Intake, failures: &[String]) -> Exit {
    let err = &mut anstream::stderr().lock();
    for failure in failures {
        report_failure(failure, err);
    }
    if !failures.is_empty() {
        Exit::Failed
    } else if intake.refused.is_empty() {
        Exit::Done
    } else {
        Exit::Findings
    }
}
