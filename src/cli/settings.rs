//! The configuration file of a run: found, read, laid under the flags, and shown if that is asked for.

use std::fs;
use std::path::{Path, PathBuf};

use clap::ArgMatches;
use clap::parser::ValueSource;
use wirecopy::Result;
use wirecopy::config::Config;
use wirecopy::settings::show::{InForce, render};
use wirecopy::settings::{Settings, find};

use crate::cli::exit::Exit;
use crate::cli::scan::write_stdout;

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Configuration")]
pub(crate) struct SettingsArgs {
    /// Configuration file [default: wirecopy.toml in the folder of the first path or above]
    ///
    /// Or the table [tool.wirecopy] of a pyproject.toml. Keys are named like flags, and flags go over them.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    config: Option<PathBuf>,
    /// Read no configuration file
    #[arg(long)]
    no_config: bool,
    /// Only show the values in force, and where each comes from
    #[arg(long)]
    pub(crate) show_config: bool,
}

impl SettingsArgs {
    /// The configuration file that goes with these paths.
    pub(super) fn find(&self, paths: &[PathBuf]) -> Result<Option<Settings>> {
        match &self.config {
            _ if self.no_config => Ok(None),
            Some(path) => find::load(path).map(Some),
            None => {
                let first = paths.first().map_or(Path::new("."), PathBuf::as_path);
                find::find(if first == Path::new("-") { Path::new(".") } else { first }, shown)
            }
        }
    }
}

/// The flags that were typed, by their long names.
#[derive(Debug, Default)]
pub(crate) struct Typed(Vec<String>);

impl Typed {
    /// Those of the command that was typed.
    pub(super) fn of(matches: &ArgMatches) -> Typed {
        let command = matches.subcommand().map(|(_, command)| command);
        let typed = command.into_iter().flat_map(|command| {
            command
                .ids()
                .filter(|id| command.value_source(id.as_str()) == Some(ValueSource::CommandLine))
        });
        Typed(typed.map(|id| id.as_str().replace('_', "-")).collect())
    }

    pub(super) fn has(&self, flag: &str) -> bool {
        self.0.iter().any(|typed| typed == flag)
    }
}

/// Lays the configuration file under the flags.
pub(super) fn settle(settings: Option<&Settings>, config: &mut Config, typed: &Typed) {
    if let Some(settings) = settings {
        settings.apply(config, |flag| typed.has(flag));
    }
}

/// Shows what is in force.
pub(super) fn show(shown: &InForce<'_>, typed: &Typed) -> anyhow::Result<Exit> {
    write_stdout(false, |out| render(shown, |flag| typed.has(flag), out))?;
    Ok(Exit::Done)
}

/// A path as it is shown to people: from the current folder where that is shorter.
pub(super) fn shown(path: &Path) -> PathBuf {
    let within = fs::canonicalize(".")
        .ok()
        .and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    within.unwrap_or_else(|| path.to_owned())
}
