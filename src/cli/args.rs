//! What the user said, as clap understands it, and from it the `Config` the program needs.
//!
//! Every default is taken from `Config::default()`: no number stands here twice. Flags are grouped so that later commands
//! share them; within a group they stand in the order in which people need them.

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::str::FromStr;
use std::{fmt, fs, io};

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ColorChoice, Parser, Subcommand};
use wirecopy::config::{
    Config, FieldNames, Folders, Format as InputFormat, Input, Keep, KeepRule, Limits, Matching,
    Memory,
};
use wirecopy::read::Encoding;
use wirecopy::report::{Format, keep_rule};
use wirecopy::settings::values::{self, share};

use crate::cli::against::AgainstArgs;
use crate::cli::check::CheckArgs;
use crate::cli::clean::CleanArgs;
use crate::cli::compare::CompareArgs;
use crate::cli::eval::EvalArgs;
use crate::cli::explain::ExplainArgs;
use crate::cli::index_args::IndexArgs;
use crate::cli::init::InitArgs;
use crate::cli::memory;
use crate::cli::settings::SettingsArgs;
use crate::cli::shell::{CompletionsArgs, ManArgs};

/// Finds near-duplicate articles: reworded, edited, cut or wrapped copies of one text.
#[derive(Debug, Parser)]
#[command(name = "wirecopy", version, max_term_width = 100)]
pub(crate) struct Args {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Scan(ScanArgs),
    Clean(CleanArgs),
    Check(CheckArgs),
    Compare(CompareArgs),
    Explain(ExplainArgs),
    Index(IndexArgs),
    Eval(EvalArgs),
    Init(InitArgs),
    Completions(CompletionsArgs),
    Man(ManArgs),
}

/// Find copies and print them in groups; change nothing
#[derive(Debug, clap::Args)]
#[command(args_override_self = true, after_long_help = EXAMPLES)]
pub(crate) struct ScanArgs {
    /// Files and folders to read; `-` is standard input
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    pub(crate) paths: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) listed: ListedArgs,
    #[command(flatten)]
    pub(crate) input: InputArgs,
    #[command(flatten)]
    pub(crate) matching: MatchingArgs,
    #[command(flatten)]
    pub(crate) against: AgainstArgs,
    #[command(flatten)]
    pub(crate) output: OutputArgs,
    #[command(flatten)]
    pub(crate) settings: SettingsArgs,
    #[command(flatten)]
    pub(crate) running: RunningArgs,
    /// Only tell what the run would take: memory, disk and time, from the beginning of the input
    #[arg(long, help_heading = "Running")]
    pub(crate) dry_run: bool,
}

const EXAMPLES: &str = "\
Examples:
  Find copies in a dump and read the summary:
    wirecopy scan dumps/2026-03/

  The same for a program, with every pair and the evidence behind it:
    wirecopy scan --format json --pairs -o copies.jsonl articles.jsonl.gz

  Records with field names of their own; keep what a preferred outlet has, else the earliest:
    wirecopy scan --text-field body.plain --source-field paper \\
      --keep prefer:northwire.example,ktown.example --keep earliest dump.jsonl

  Only close and certain copies, read from a pipe:
    zstdcat dump.jsonl.zst | wirecopy scan --min-confidence 0.9 --threshold 0.8 -

  Tonight's scrape, also against what was published before:
    wirecopy scan tonight/ --against published

Exit status:
  0 when done, copies found or not; 2 when it could not be done: wrong usage, an input that cannot
  be read to its end, nothing readable at all, an output that cannot be written. Bad records alone
  are counted, located and no failure.";

/// Files that are named in a list.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct ListedArgs {
    /// Also read the files and folders that FILE lists, one a line; `-` is standard input
    #[arg(long, value_name = "FILE")]
    files_from: Option<PathBuf>,
}

impl ListedArgs {
    /// The paths that were named, and those of the list behind them.
    pub(crate) fn after(&self, named: &[PathBuf]) -> wirecopy::Result<Vec<PathBuf>> {
        let mut paths = named.to_vec();
        if let Some(list) = &self.files_from {
            let fail = |error| wirecopy::Error::io("read", list, error);
            let lines = if list == Path::new("-") {
                io::read_to_string(io::stdin().lock()).map_err(fail)?
            } else {
                fs::read_to_string(list).map_err(fail)?
            };
            paths.extend(lines.lines().filter(|line| !line.is_empty()).map(PathBuf::from));
        }
        Ok(paths)
    }
}

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Input")]
pub(crate) struct InputArgs {
    /// Format of every input [default: by name, then by content]
    #[arg(long, value_name = "FORMAT", value_parser = named(InputFormat::NAMES))]
    input_format: Option<InputFormat>,
    /// Of folders, read only files that match; leave files out with ! in front; repeat for several
    ///
    /// As in .gitignore: `*.jsonl`, `2024/**`, `!drafts`. Files that are named themselves are always read.
    #[arg(long, value_name = "GLOB")]
    glob: Vec<String>,
    /// Of folders, also read what .gitignore, .ignore and .wirecopyignore in them leave out
    #[arg(long)]
    no_ignore: bool,
    /// Encoding of every input, such as windows-1251 [default: UTF-8, else told from the bytes]
    ///
    /// Without it, what is not UTF-8 is read as a byte order mark or a page says, else as guessed; every guess is told.
    #[arg(long, value_name = "NAME")]
    encoding: Option<Encoding>,
    /// The longest record or file of text to read; longer ones are told and passed over
    #[arg(long, value_name = "SIZE", value_parser = values::record, default_value = "256M")]
    max_record: usize,
    /// Give up compressed files that grow to more than N times their size (and 256 MiB)
    #[arg(long, value_name = "N", value_parser = values::at_least_one, default_value_t = Limits::default().ratio)]
    max_ratio: u64,
    /// Refuse input of more than N records, of all files together [default: any number]
    #[arg(long, value_name = "N", value_parser = values::at_least_one)]
    max_records: Option<u64>,
    /// Refuse input of more than N files, those in folders too [default: any number]
    #[arg(long, value_name = "N", value_parser = values::at_least_one)]
    max_files: Option<u64>,
    /// Field that holds the text; dots lead into nested objects
    ///
    /// Fields that are not named are found from the names that news dumps use, and said on stderr.
    #[arg(long, value_name = "FIELD")]
    text_field: Option<String>,
    /// Field that holds the headline
    #[arg(long, value_name = "FIELD")]
    title_field: Option<String>,
    /// Field that holds the id
    #[arg(long, value_name = "FIELD")]
    id_field: Option<String>,
    /// Field that holds the date of publication
    #[arg(long, value_name = "FIELD")]
    date_field: Option<String>,
    /// Field that holds the outlet
    #[arg(long, value_name = "FIELD")]
    source_field: Option<String>,
    /// Field that holds the address
    #[arg(long, value_name = "FIELD")]
    url_field: Option<String>,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Matching")]
pub(crate) struct MatchingArgs {
    /// How sure to be that a pair is a copy, 0 to 1
    ///
    /// The calibrated probability from which on a pair counts. This is the knob to turn: lower finds more, higher errs less.
    #[arg(long, value_name = "SHARE", value_parser = share, default_value_t = Matching::default().min_confidence)]
    min_confidence: f64,
    /// Also demand this similarity, 0 to 1 [default: off]
    ///
    /// Similarity is the share of the shorter article's words that stand in the other, in order, boilerplate not counted.
    #[arg(long, value_name = "SHARE", value_parser = share)]
    threshold: Option<f64>,
    /// Compare articles with fewer words for exact copies only
    #[arg(long, value_name = "WORDS", default_value_t = Matching::default().min_words)]
    min_words: usize,
    /// Do not count later versions of a story as copies
    #[arg(long)]
    no_updates: bool,
    /// Also find articles rewritten throughout, as language models do
    ///
    /// No run of words is left in them, but the order of their rare words. Slower, and now and then another report of the same
    /// event is taken for a copy.
    #[arg(long)]
    deep: bool,
    /// Which of a group is kept: earliest, longest, first, prefer:a.com,b.com; repeat for ties
    ///
    /// The first rule that decides wins. `first` goes by the order of the input, the others do not depend on it.
    #[arg(long, value_name = "RULE", default_values_t = default_keep())]
    keep: Vec<Rule>,
    /// Key of the signatures, for input from strangers
    ///
    /// With a key that nobody knows, nobody can craft articles that are all compared with each other.
    #[arg(long, value_name = "NUMBER", default_value_t = Matching::default().seed)]
    seed: u64,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct OutputArgs {
    /// Form of the report
    #[arg(long, value_name = "FORMAT", value_parser = named(Format::NAMES), default_value = Format::Text.name())]
    pub(crate) format: Format,
    /// File for the report, written whole or not at all; `-` is standard output
    #[arg(short, long, value_name = "FILE", default_value = "-")]
    pub(crate) output: PathBuf,
    /// Also write a report to a file: csv=copies.csv; repeat for several
    #[arg(long, value_name = "FORMAT=FILE", value_parser = named_file(Format::NAMES))]
    pub(crate) report: Vec<(Format, PathBuf)>,
    /// Also list every pair with its numbers, and pairs that share a passage (text, json)
    #[arg(long)]
    pub(crate) pairs: bool,
    /// List only the N largest groups (text, markdown; totals count all)
    #[arg(long, value_name = "N")]
    pub(crate) top: Option<usize>,
    #[command(flatten)]
    pub(crate) telling: TellingArgs,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Output")]
pub(crate) struct TellingArgs {
    /// Tell the counters of every stage, times and memory on stderr
    #[arg(long)]
    pub(crate) stats: bool,
    /// When to use colors
    #[arg(long, value_name = "WHEN", value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
    /// Show no progress bars (nor with NO_PROGRESS set)
    #[arg(long)]
    pub(crate) no_progress: bool,
    /// Print nothing but the report and errors
    #[arg(short, long)]
    pub(crate) quiet: bool,
}

#[derive(Debug, Default, clap::Args)]
#[command(next_help_heading = "Running")]
pub(crate) struct RunningArgs {
    /// Worker threads, which never change the result [default: all cores]
    #[arg(short = 'j', long, value_name = "N", value_parser = at_least_one)]
    pub(crate) threads: Option<NonZeroUsize>,
    /// Memory to stay within, such as 512M or 8G [default: half of the machine's]
    ///
    /// What does not fit goes to temporary files, which vanish with the run. Never changes the result.
    #[arg(long, value_name = "SIZE", value_parser = memory::size)]
    memory: Option<u64>,
    /// Folder for temporary files [default: the system's]
    #[arg(long, value_name = "FOLDER")]
    temp_dir: Option<PathBuf>,
}

impl InputArgs {
    /// How records are to be read.
    pub(crate) fn options(&self) -> Input {
        Input {
            format: self.input_format,
            fields: FieldNames {
                text: self.text_field.clone(),
                id: self.id_field.clone(),
                title: self.title_field.clone(),
                date: self.date_field.clone(),
                source: self.source_field.clone(),
                url: self.url_field.clone(),
            },
            folders: Folders { globs: self.glob.clone(), no_ignore: self.no_ignore },
            encoding: self.encoding,
            limits: Limits {
                record: self.max_record,
                ratio: self.max_ratio,
                records: self.max_records,
                files: self.max_files,
            },
        }
    }
}

impl RunningArgs {
    /// How much memory a run may take, and where the rest goes.
    pub(crate) fn memory(&self) -> Memory {
        Memory {
            budget: self.memory.or_else(memory::half).unwrap_or(memory::UNKNOWN),
            folder: Some(self.temp_dir.clone().unwrap_or_else(std::env::temp_dir)),
        }
    }
}

impl ScanArgs {
    /// What the program needs, from what the user said.
    pub(crate) fn config(&self) -> Config {
        let reports = self.output.report.iter().map(|(format, _)| *format);
        let near_misses = reports.chain([self.output.format]).any(|format| format == Format::Html);
        Config { near_misses, ..config(&self.input, &self.matching, &self.running) }
    }
}

/// What the program needs, from what the user said.
pub(crate) fn config(input: &InputArgs, matching: &MatchingArgs, running: &RunningArgs) -> Config {
    Config {
        input: input.options(),
        matching: Matching {
            min_confidence: matching.min_confidence,
            threshold: matching.threshold,
            min_words: matching.min_words,
            updates: !matching.no_updates,
            deep: matching.deep,
            seed: matching.seed,
        },
        keep: Keep(matching.keep.iter().map(|rule| rule.0.clone()).collect()),
        threads: running.threads,
        memory: running.memory(),
        near_misses: false,
    }
}

/// A `KeepRule` as it is typed.
#[derive(Clone, Debug)]
struct Rule(KeepRule);

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&keep_rule(&self.0))
    }
}

impl FromStr for Rule {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        values::keep_rule(text).map(Rule)
    }
}

fn default_keep() -> Vec<Rule> {
    Keep::default().0.into_iter().map(Rule).collect()
}

/// Parses one of the names, and lists them all in help and errors.
pub(crate) fn named<T: Copy + Send + Sync + 'static>(
    names: &'static [(&'static str, T)],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(names.iter().map(|(name, _)| *name)).try_map(move |typed| {
        names.iter().find(|(name, _)| *name == typed).map(|&(_, value)| value).ok_or("unknown name")
    })
}

/// Parses `NAME=FILE` with one of the names.
pub(crate) fn named_file<T: Copy + Send + Sync + 'static>(
    names: &'static [(&'static str, T)],
) -> impl Fn(&str) -> Result<(T, PathBuf), String> + Clone {
    move |text| {
        let known = || names.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
        let (name, file) = text.split_once('=').unwrap_or((text, ""));
        let format = names.iter().find(|(known, _)| *known == name).map(|&(_, value)| value);
        match format {
            Some(_) if file == "-" => Err(format!("needs a file: {name}=FILE")),
            Some(format) if !file.is_empty() => Ok((format, PathBuf::from(file))),
            _ => Err(format!("must be FORMAT=FILE; formats: {}", known())),
        }
    }
}

fn at_least_one(text: &str) -> Result<NonZeroUsize, String> {
    text.parse().map_err(|_| "must be a whole number, at least 1".to_owned())
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    fn parse(args: &[&str]) -> Result<ScanArgs, String> {
        let line = ["wirecopy", "scan"].iter().chain(args);
        match Args::try_parse_from(line).map_err(|error| error.to_string())?.command {
            Command::Scan(args) => Ok(args),
            other => Err(format!("{other:?}")),
        }
    }

    #[test]
    fn clap_finds_no_contradiction() {
        Args::command().debug_assert();
    }

    #[test]
    fn without_flags_the_config_is_the_default() {
        let config = parse(&["x"]).unwrap().config();
        assert_eq!(Config { memory: Memory::default(), ..config }, Config::default());
    }

    #[test]
    fn every_flag_reaches_the_config() {
        let line = "--input-format jsonl --glob *.txt --no-ignore --encoding iso-8859-2 --max-record 5M --max-ratio 9 --max-records 8 --max-files 4 --text-field a.b --title-field t --id-field i --date-field d --source-field s \
            --url-field u --min-confidence 0.9 --threshold 1 --min-words 5 --no-updates --deep --keep prefer:a.com,b.com \
            --keep first --seed 7 -j 3 --memory 2G --temp-dir t x y";
        let args = parse(&line.split_whitespace().collect::<Vec<_>>()).unwrap();
        let field = |name: &str| Some(name.to_owned());
        let expected = Config {
            input: Input {
                format: Some(InputFormat::Jsonl),
                fields: FieldNames {
                    text: field("a.b"),
                    id: field("i"),
                    title: field("t"),
                    date: field("d"),
                    source: field("s"),
                    url: field("u"),
                },
                folders: Folders { globs: vec!["*.txt".to_owned()], no_ignore: true },
                encoding: "latin2".parse().ok(),
                limits: Limits { record: 5 << 20, ratio: 9, records: Some(8), files: Some(4) },
            },
            matching: Matching {
                min_confidence: 0.9,
                threshold: Some(1.0),
                min_words: 5,
                updates: false,
                deep: true,
                seed: 7,
            },
            keep: Keep(vec![
                KeepRule::Prefer(vec!["a.com".to_owned(), "b.com".to_owned()]),
                KeepRule::First,
            ]),
            threads: NonZeroUsize::new(3),
            memory: Memory { budget: 2 << 30, folder: Some(PathBuf::from("t")) },
            near_misses: false,
        };
        assert_eq!(args.config(), expected);
        let page = parse(&["--report", "html=p.html", "x"]).unwrap().config();
        assert!(page.near_misses, "a page shows them");
        assert_eq!(args.paths, [PathBuf::from("x"), PathBuf::from("y")]);
    }

    #[test]
    fn wrong_values_are_told_what_is_right() {
        let told = |args: &[&str]| parse(args).unwrap_err();
        assert!(told(&["--min-confidence", "1.5", "x"]).contains("for 1.5 percent write 0.015"));
        assert!(told(&["--threshold", "80", "x"]).contains("for 80 percent write 0.8"));
        assert!(told(&["--threshold", "NaN", "x"]).contains("must be between 0 and 1"));
        assert!(told(&["--threshold", "-1", "x"]).contains("error: "));
        assert!(told(&["--keep", "newest", "x"]).contains("earliest, longest, first or prefer:"));
        assert!(told(&["--keep", "prefer:", "x"]).contains("needs an outlet"));
        assert!(told(&["-j", "0", "x"]).contains("at least 1"));
        assert!(told(&["--memory", "lots", "x"]).contains("such as 512M or 8G"));
        assert!(told(&["--max-record", "4G", "x"]).contains("between 1K and 2G"));
        assert!(told(&["--max-ratio", "0", "x"]).contains("at least 1"));
        assert!(told(&["--max-records", "1e6", "x"]).contains("whole number"));
        assert!(told(&["--encoding", "klingon", "x"]).contains("windows-1251"));
        assert!(told(&["--memory", "1M", "x"]).contains("at least 64M"));
        assert!(
            told(&["--format", "xml", "x"])
                .contains("[possible values: text, json, csv, markdown, html]")
        );
        assert!(
            told(&["--report", "csv", "x"]).contains("must be FORMAT=FILE; formats: text, json")
        );
        assert!(told(&["--report", "csv=-", "x"]).contains("needs a file: csv=FILE"));
        assert!(told(&[]).contains("<PATH>"));
    }

    #[test]
    fn of_a_flag_given_twice_the_last_wins() {
        assert_eq!(parse(&["--seed", "1", "--seed", "2", "x"]).unwrap().config().matching.seed, 2);
    }
}
