//! `index`: articles that were published, kept on disk so that new ones can be held against them.

use std::fs;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use wirecopy::Error;
use wirecopy::config::{Config, Format as InputFormat, Input, Matching};
use wirecopy::report::index as report;
use wirecopy::store::{self, Answer, Index, Intake, Writer};

use crate::cli::args::{InputArgs, RunningArgs, config};
use crate::cli::exit::{Exit, report_failure};
use crate::cli::index_args::{
    AddArgs, CompactArgs, GroupsArgs, IndexArgs, IndexCommand, MakingArgs, QueryArgs, RemoveArgs,
    StatsArgs, VerifyArgs,
};
use crate::cli::output::Output;
use crate::cli::scan::{bars, checked_reports, deliver, write_stdout};

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
    let MakingArgs { seed, min_words } = args.making;
    let matching = store::settled(&args.at.index, &Matching::default(), seed, min_words)?;
    let config = settings(matching, args.input.options(), &args.working.running);
    let mut writer = Writer::open(&args.at.index, &config)?.replacing(args.replace);
    let progress = args.working.bars();
    let intake = writer.read(paths, &progress)?;
    writer.learn_while_small(&progress)?;
    progress.finish();
    let held = writer.index().len();
    if !args.working.is_quiet() {
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
    let config = settings(matching, args.input.options(), &args.working.running);
    let progress = args.working.bars();
    let is_stream = paths.iter().any(|path| path.as_os_str() == "-")
        && matches!(config.input.format, None | Some(InputFormat::Jsonl));
    let mut out = BufWriter::new(io::stdout());
    let take = |answer: Answer| {
        let written = report::answer(&answer, args.top, &mut out);
        let written = written.and_then(|()| if is_stream { out.flush() } else { Ok(()) });
        written.map_err(|error| Error::io("write", "standard output".as_ref(), error))
    };
    let answered = if args.add {
        let matching = store::settled(&args.at.index, &config.matching, None, None)?;
        let config = Config { matching, ..config };
        let mut writer = Writer::open(&args.at.index, &config)?.replacing(args.replace);
        writer.answer(paths, &progress, take)
    } else {
        Index::open(&args.at.index)?.answer(paths, &config, &progress, take)
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
    if args.add && !args.working.is_quiet() {
        let held = Index::open(&args.at.index)?.len();
        // With stderr gone there is nobody left to tell.
        let _ = report::intake(&answered.intake, held, &mut anstream::stderr().lock());
    }
    Ok(ended(&answered.intake, &answered.failures))
}

fn is_closed(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref());
    source.is_some_and(|source: &io::Error| source.kind() == io::ErrorKind::BrokenPipe)
}

fn groups(args: &GroupsArgs) -> anyhow::Result<Exit> {
    let place = Output::new(&args.output.output, &[])?;
    checked_reports(&args.output.report, &place, &[])?;
    let index = Index::open(&args.at.index)?;
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
    let stats = Index::open(&args.at.index)?.stats()?;
    write_stdout(true, |out| report::stats(&stats, out))?;
    Ok(Exit::Done)
}

fn verify(args: &VerifyArgs) -> anyhow::Result<Exit> {
    let mut damages = Vec::new();
    store::verify(&args.at.index, |damage| damages.push(damage))?;
    write_stdout(true, |out| {
        damages.iter().try_for_each(|damage| report::damage(damage, out))?;
        if damages.is_empty() { writeln!(out, "every byte is as it was written") } else { Ok(()) }
    })?;
    Ok(if damages.is_empty() { Exit::Done } else { Exit::Findings })
}

fn compact(args: &CompactArgs) -> anyhow::Result<Exit> {
    let mut writer = open(&args.at.index, &args.working.running)?;
    let progress = args.working.bars();
    writer.compact(&progress)?;
    Ok(Exit::Done)
}

fn remove(args: &RemoveArgs) -> anyhow::Result<Exit> {
    let list = fs::read_to_string(&args.ids);
    let list = list.map_err(|error| Error::io("read", &args.ids, error))?;
    let ids = list.lines().map(str::trim_end).filter(|id| !id.is_empty());
    let wanted = ids.clone().count();
    let mut writer = open(&args.at.index, &RunningArgs::default())?;
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
fn open(folder: &Path, running: &RunningArgs) -> wirecopy::Result<Writer> {
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
