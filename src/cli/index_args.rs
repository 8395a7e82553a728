//! What is typed after `wirecopy index`, as clap understands it.

use std::path::PathBuf;

use clap::Subcommand;
use wirecopy::config::Matching;
use wirecopy::settings::values::share;
use wirecopy::store::TOLD;

use crate::cli::args::{InputArgs, ListedArgs, MatchingArgs, OutputArgs, RunningArgs};
use crate::cli::progress::Bars;
use crate::cli::scan::bars;

/// Keep published articles on disk and hold new ones against them
#[derive(Debug, clap::Args)]
#[command(args_override_self = true, after_long_help = EXAMPLES)]
pub(crate) struct IndexArgs {
    #[command(subcommand)]
    pub(super) command: IndexCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum IndexCommand {
    Add(AddArgs),
    Query(QueryArgs),
    Groups(GroupsArgs),
    Stats(StatsArgs),
    Verify(VerifyArgs),
    Compact(CompactArgs),
    Remove(RemoveArgs),
}

/// The index that a command is about.
#[derive(Debug, clap::Args)]
pub(super) struct DirArg {
    /// Folder of the index
    #[arg(value_name = "DIR")]
    pub(super) index: PathBuf,
}

/// What a command that takes its time may tell and take.
#[derive(Debug, clap::Args)]
pub(super) struct WorkingArgs {
    #[command(flatten)]
    telling: TellArgs,
    #[command(flatten)]
    pub(super) running: RunningArgs,
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

impl WorkingArgs {
    /// The bars of the run.
    pub(super) fn bars(&self) -> Bars {
        bars(self.telling.no_progress, self.telling.quiet)
    }

    /// True if only answers and errors are wanted.
    pub(super) fn is_quiet(&self) -> bool {
        self.telling.quiet
    }
}

/// Add articles; make the index if there is none
///
/// An id stands for one article: the same id with the same words is there already, with other words it is refused, unless
/// --replace. What was added is safe when the command says so; a run that is killed loses what it has not said.
#[derive(Debug, clap::Args)]
pub(super) struct AddArgs {
    #[command(flatten)]
    pub(super) at: DirArg,
    /// Files and folders to read; `-` is standard input
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) listed: ListedArgs,
    /// Let articles take the place of those with their ids
    #[arg(long)]
    pub(super) replace: bool,
    #[command(flatten)]
    pub(super) making: MakingArgs,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) working: WorkingArgs,
}

/// What a new index is made with, and an old one must have been.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Making the index")]
pub(super) struct MakingArgs {
    /// Compare articles with fewer words for exact copies only [default: that of the index, or 10]
    #[arg(long, value_name = "WORDS")]
    pub(super) min_words: Option<usize>,
    /// Key of the signatures, for input from strangers [default: that of the index, or 0]
    #[arg(long, value_name = "NUMBER")]
    pub(super) seed: Option<u64>,
}

/// Say of each record what it is a copy of, in one line of JSON
///
/// Lines come in the order of the records, bad ones included; from standard input as soon as each is read.
#[derive(Debug, clap::Args)]
pub(super) struct QueryArgs {
    #[command(flatten)]
    pub(super) at: DirArg,
    /// Files and folders to read; `-` is standard input
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(super) listed: ListedArgs,
    /// Add each article after it was answered
    ///
    /// Stored every 4,096 articles, at the end, and when input runs dry for a second.
    #[arg(long)]
    pub(super) add: bool,
    /// With --add, let articles take the place of those with their ids
    #[arg(long, requires = "add")]
    pub(super) replace: bool,
    /// A pair is a copy if it is at least so sure, 0 to 1
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = Matching::default().min_confidence)]
    pub(super) min_confidence: f64,
    /// Also demand this similarity, 0 to 1 [default: off]
    #[arg(long, value_name = "SHARE", value_parser = share)]
    pub(super) threshold: Option<f64>,
    /// Do not count later versions of a story as copies
    #[arg(long)]
    pub(super) no_updates: bool,
    /// Tell only the N closest matches of each record
    #[arg(long, value_name = "N", default_value_t = TOLD)]
    pub(super) top: usize,
    #[command(flatten)]
    pub(super) input: InputArgs,
    #[command(flatten)]
    pub(super) working: WorkingArgs,
}

/// Group all articles of the index, as one scan of everything that was added
#[derive(Debug, clap::Args)]
pub(super) struct GroupsArgs {
    #[command(flatten)]
    pub(super) at: DirArg,
    #[command(flatten)]
    pub(super) matching: MatchingArgs,
    #[command(flatten)]
    pub(super) output: OutputArgs,
    #[command(flatten)]
    pub(super) running: RunningArgs,
}

/// Tell what the index consists of
#[derive(Debug, clap::Args)]
pub(super) struct StatsArgs {
    #[command(flatten)]
    pub(super) at: DirArg,
}

/// Read every byte of the index and tell of every damage, with file and offset
#[derive(Debug, clap::Args)]
pub(super) struct VerifyArgs {
    #[command(flatten)]
    pub(super) at: DirArg,
}

/// Put everything into one file and learn what recurs, so that queries are quick and judge as a scan does
///
/// Takes the time of a scan of all articles.
#[derive(Debug, clap::Args)]
pub(super) struct CompactArgs {
    #[command(flatten)]
    pub(super) at: DirArg,
    #[command(flatten)]
    pub(super) working: WorkingArgs,
}

/// Remove articles by their ids
///
/// They are no match any more at once; what they took on disk is free after `index compact`.
#[derive(Debug, clap::Args)]
pub(super) struct RemoveArgs {
    #[command(flatten)]
    pub(super) at: DirArg,
    /// File with one id a line
    #[arg(long, value_name = "FILE")]
    pub(super) ids: PathBuf,
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
