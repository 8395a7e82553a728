//! `clean`: find copies and write the dump without them, or with them marked.
//!
//! Whatever can be refused is refused before the scan. The report comes after the dump is written, then, on stderr, where it
//! is and what is not in it; what keeps it from being written is read last.

use std::io::Write;
use std::path::PathBuf;

use anstyle::AnsiColor;
use wirecopy::Error;
use wirecopy::clean::shares::MOST;
use wirecopy::clean::{self, Dump, Place, Plan, Rules, Share, Treatment, Written, shares};
use wirecopy::config::Config;
use wirecopy::report::clean::{self as report, Cleaned, Fate};
use wirecopy::report::sanitize::sanitize;
use wirecopy::report::{Format, Options, TextOrJson, figures, stats};
use wirecopy::scan::scan_against;
use wirecopy::settings::show::InForce;
use wirecopy::settings::{Settings, Value, values};

use crate::cli::against::AgainstArgs;
use crate::cli::args::{
    InputArgs, ListedArgs, MatchingArgs, RunningArgs, TellingArgs, config, named,
};
use crate::cli::exit::{Exit, report_failure};
use crate::cli::hints::{Hint, hints};
use crate::cli::memory;
use crate::cli::scan::{bars, color, colored_stdout, nothing_readable, width, write_stdout};
use crate::cli::settings::{SettingsArgs, Typed, settle, show, shown};

/// Sources that are listed after a dump was written; a dry run lists all.
const SOURCES: usize = 10;
/// Files that are named where some are passed over.
const NAMED: usize = 3;

/// Write the dump without the copies, and say of each why
///
/// Kept records are copied byte for byte, under the same file names and compression. Beside them stand removed.jsonl, the
/// records that were removed, and map.jsonl, which says of each what was kept for it and why. Inputs are never changed.
#[derive(Debug, clap::Args)]
#[command(args_override_self = true, after_long_help = EXAMPLES)]
pub(crate) struct CleanArgs {
    /// Files and folders to read, all as one corpus
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    listed: ListedArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matching: MatchingArgs,
    #[command(flatten)]
    against: AgainstArgs,
    #[command(flatten)]
    removing: RemovingArgs,
    #[command(flatten)]
    output: CleanOutputArgs,
    #[command(flatten)]
    telling: TellingArgs,
    #[command(flatten)]
    settings: SettingsArgs,
    #[command(flatten)]
    running: RunningArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Removing")]
struct RemovingArgs {
    /// Remove a copy only if the kept article is of another outlet
    ///
    /// Copies within one outlet stay, as do those of which an outlet is unknown.
    #[arg(long)]
    across_sources_only: bool,
    /// Remove a copy only if published within this time of the kept article: 12h, 7d, 2w
    ///
    /// Before or after it. Articles without a date stay.
    #[arg(long, value_name = "SPAN", value_parser = values::span)]
    within: Option<u64>,
    /// Remove nothing; add fields that tell copies to the records of groups (JSON only)
    ///
    /// wirecopy_group, wirecopy_role (kept or copy), and for copies wirecopy_of, wirecopy_relation, wirecopy_similarity
    /// and wirecopy_confidence. The rest of each record stays as it is.
    #[arg(long)]
    mark: bool,
    /// Write even if an outlet would lose nearly all of its articles
    ///
    /// Otherwise nothing is written when one of at least 20 articles would lose more than 90 %.
    #[arg(long)]
    force: bool,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
struct CleanOutputArgs {
    /// Folder for the clean dump, which appears whole or not at all
    ///
    /// It must be new, empty, or from an earlier `clean`, which is then replaced.
    #[arg(short, long, value_name = "DIR", required_unless_present = "dry_run")]
    output: Option<PathBuf>,
    /// Write nothing; tell what every outlet would lose
    #[arg(long)]
    dry_run: bool,
    /// Form of the report
    #[arg(long, value_name = "FORMAT", value_parser = named(TextOrJson::NAMES), default_value = "text")]
    format: TextOrJson,
}

const EXAMPLES: &str = "\
Examples:
  What would be removed, by outlet:
    wirecopy clean dumps/ --dry-run

  A clean dump that keeps what the agencies wrote, else the earliest:
    wirecopy clean dumps/ -o clean --keep prefer:northwire.example --keep earliest

  Keep what an outlet repeats of itself, and reports that come back after a week:
    wirecopy clean dumps/ -o clean --across-sources-only --within 7d

  Everything stays, with fields that tell the copies:
    wirecopy clean dumps/ -o marked --mark

  Tonight's scrape without what was published before:
    wirecopy clean tonight/ -o new --against published

Exit status:
  0 when done; 1 when an outlet of at least 20 articles would lose more than 90 % and nothing was
  written (see --force); 2 when it could not be done: wrong usage, an input that cannot be read to
  its end, an output that cannot be written. Then the folder is as it was.
  Records that cannot be parsed stay in the dump as they are, and are counted and located.";

/// Runs the command.
pub(crate) fn run(args: &CleanArgs, typed: &Typed) -> anyhow::Result<Exit> {
    color(args.telling.color).write_global();
    let paths = &args.listed.after(&args.paths)?;
    let settings = args.settings.find(paths)?;
    let mut config = config(&args.input, &args.matching, &args.running);
    settle(settings.as_ref(), &mut config, typed);
    let rules = args.removing.rules(settings.as_ref());
    if args.settings.show_config {
        return in_force(&config, rules, settings.as_ref(), typed);
    }
    let dump = Dump::list(paths, &config.input)?;
    let place = args.output.output.as_deref().map(|path| Place::new(path, paths, &dump));
    let place = place.transpose()?.filter(|_| !args.output.dry_run);
    let index = args.against.open()?;
    let progress = bars(args.telling.no_progress, args.telling.quiet);
    let outcome = scan_against(paths, &config, index.as_ref(), &progress)?;
    let plan = Plan::new(&outcome, &rules);
    let shares = shares(&plan, &outcome);
    let treatment = if args.removing.mark { Treatment::Mark } else { Treatment::Remove };
    let guarded = treatment == Treatment::Remove && !args.removing.force;
    let too_much = guarded && shares.iter().any(Share::is_too_much);
    let (fate, written) = match &place {
        _ if !outcome.failures.is_empty() || outcome.articles.is_empty() => (Fate::Failed, None),
        None => (Fate::Dry, None),
        Some(_) if too_much => (Fate::Refused, None),
        Some(place) => {
            let written =
                clean::write(&dump, place, &outcome, &plan, treatment, &config, &progress)?;
            (Fate::Written, Some(written))
        }
    };
    drop(progress);
    let cleaned = Cleaned { outcome: &outcome, plan: &plan, shares: &shares, treatment, fate };
    // A reader that goes away wants no more of the report; the dump is written, and how it went still matters.
    let heard = report(&cleaned, args)?;
    let err = &mut anstream::stderr().lock();
    // With stderr gone there is nobody left to tell: errors of writing to it are dropped here and below.
    if heard && args.telling.stats {
        let _ = stats::render(&outcome.stats, memory::peak(), err);
    }
    if let (Some(written), false) = (written, args.telling.quiet) {
        tell(&dump, &written, treatment, args, err);
    }
    if !args.telling.quiet {
        let format = match args.output.format {
            TextOrJson::Text => Format::Text,
            TextOrJson::Json => Format::Json,
        };
        advise(hints(&outcome, &config, format, false), err);
    }
    for failure in &outcome.failures {
        report_failure(failure, err);
    }
    if outcome.articles.is_empty() {
        return Err(nothing_readable(paths, &outcome).into());
    }
    if fate == Fate::Failed {
        let error = Error::new("nothing was written: what could not be read would be missing");
        return Err(error.with_hint("inputs that can be read to their end").into());
    }
    if too_much {
        refuse(&shares, err);
        return Ok(Exit::Findings);
    }
    Ok(Exit::Done)
}

/// Prints the report; false if its reader went away.
fn report(cleaned: &Cleaned<'_>, args: &CleanArgs) -> wirecopy::Result<bool> {
    let options = Options {
        color: colored_stdout() || args.telling.color == clap::ColorChoice::Always,
        width: width("-".as_ref()),
        limit: (cleaned.fate == Fate::Written).then_some(SOURCES),
        ..Options::default()
    };
    write_stdout(args.output.format == TextOrJson::Text, |out| {
        report::render(cleaned, args.output.format, &options, out)
    })
}

/// Says what is where, and what is not.
fn tell(
    dump: &Dump,
    written: &Written,
    treatment: Treatment,
    args: &CleanArgs,
    err: &mut dyn Write,
) {
    let place = args.output.output.as_deref().unwrap_or("-".as_ref()).display().to_string();
    let beside = if treatment == Treatment::Remove { ", removed.jsonl" } else { "" };
    let files = figures::count(written.files, "file", "files");
    let _ = writeln!(err, "written: {files} to {}; map.jsonl{beside}", sanitize(&place));
    if written.unmarked > 0 {
        let texts = figures::count(written.unmarked, "text file", "text files");
        let _ = writeln!(err, "{texts} without fields to mark: see map.jsonl");
    }
    let skipped = dump.skipped();
    if !skipped.is_empty() {
        let files = figures::count(skipped.len(), "file", "files");
        let mut names: Vec<String> =
            skipped.iter().take(NAMED).map(|path| sanitize(&path.display().to_string())).collect();
        if skipped.len() > NAMED {
            names.push("…".to_owned());
        }
        let _ = writeln!(err, "{files} of unknown kind not copied: {}", names.join(", "));
    }
}

/// Passes on the advice that bears on what is kept and removed.
fn advise(hints: Vec<Hint>, err: &mut dyn Write) {
    let style = AnsiColor::Cyan.on_default();
    for hint in hints {
        if matches!(hint, Hint::NoDates { .. } | Hint::Loose { .. }) {
            let _ = writeln!(err, "{style}hint:{style:#} {}", sanitize(&hint.to_string()));
        }
    }
}

/// Says why the guard refused.
fn refuse(shares: &[Share], err: &mut dyn Write) {
    for share in shares.iter().filter(|share| share.is_too_much()) {
        let name =
            share.source.as_deref().map_or_else(|| "articles without outlet".into(), sanitize);
        let (removed, all) = (share.removed as u64, share.articles as u64);
        let (removed, all) = (figures::thousands(removed), figures::thousands(all));
        report_failure(&format!("{name} would lose {removed} of {all} articles"), err);
    }
    let style = AnsiColor::Cyan.on_default();
    let _ = writeln!(
        err,
        "nothing was written: more than {MOST} % of an outlet is more often a mistake than copies\n\
         {style}hint:{style:#} look at it with `wirecopy scan`; write all the same with --force"
    );
}

impl RemovingArgs {
    /// Which copies are removed: flags over the file.
    fn rules(&self, settings: Option<&Settings>) -> Rules {
        let value = |name: &str| settings.and_then(|settings| settings.value("clean", name));
        let within = match value("within") {
            Some(Value::Text(text)) => values::span(text).ok(),
            _ => None,
        };
        Rules {
            across_sources_only: self.across_sources_only
                || value("across-sources-only") == Some(&Value::Switch(true)),
            within: self.within.or(within),
        }
    }
}

/// Shows what a clean dump would go by.
fn in_force(
    config: &Config,
    rules: Rules,
    settings: Option<&Settings>,
    typed: &Typed,
) -> anyhow::Result<Exit> {
    let name = settings.map(|settings| shown(&settings.path).display().to_string());
    let across = ("across-sources-only", Value::Switch(rules.across_sources_only));
    let within =
        rules.within.map(|seconds| ("within", Value::Text(format!("{}h", seconds / 3600))));
    let others: Vec<(&str, Value)> = [across].into_iter().chain(within).collect();
    let in_force = InForce {
        config,
        policy: None,
        others: &others,
        settings: settings.zip(name.as_deref()),
        sections: &["input", "match", "clean"],
    };
    show(&in_force, typed)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::cli::args::{Args, Command};

    fn parse(args: &[&str]) -> Result<CleanArgs, String> {
        let line = ["wirecopy", "clean"].iter().chain(args);
        match Args::try_parse_from(line).map_err(|error| error.to_string())?.command {
            Command::Clean(args) => Ok(args),
            _ => Err("another command".to_owned()),
        }
    }

    #[test]
    fn a_place_is_needed_unless_nothing_is_written() {
        assert!(parse(&["x"]).unwrap_err().contains("--output <DIR>"));
        assert!(parse(&["x", "--dry-run"]).is_ok());
        let args = parse(&["x", "-o", "y", "--within", "7d"]).unwrap();
        assert_eq!(args.removing.within, Some(604_800));
    }
}
