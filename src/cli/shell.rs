//! `completions` and `man`: what shells and `man` need to know of the command line, made from the same definitions.

use std::io::{self, Write};
use std::path::PathBuf;

use clap::CommandFactory;
use clap_complete::Shell;
use clap_mangen::Man;
use wirecopy::Error;

use crate::cli::args::Args;
use crate::cli::exit::Exit;
use crate::cli::scan::write_stdout;

/// Print completions for a shell
#[derive(Debug, clap::Args)]
#[command(after_long_help = INSTALL)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    shell: Shell,
}

const INSTALL: &str = "\
Where they go:
  bash        wirecopy completions bash > ~/.local/share/bash-completion/completions/wirecopy
  zsh         wirecopy completions zsh > ~/.zfunc/_wirecopy        (with ~/.zfunc in fpath)
  fish        wirecopy completions fish > ~/.config/fish/completions/wirecopy.fish
  PowerShell  wirecopy completions powershell >> $PROFILE";

/// Print a manual page
#[derive(Debug, clap::Args)]
#[command(after_long_help = PAGES)]
pub(crate) struct ManArgs {
    /// Page of this command [default: wirecopy itself]
    #[arg(value_name = "COMMAND")]
    command: Option<String>,
    /// Write all pages into this folder, which exists
    #[arg(long, value_name = "DIR", conflicts_with = "command")]
    all: Option<PathBuf>,
}

const PAGES: &str = "\
Examples:
  wirecopy man scan | man -l -
  wirecopy man --all ~/.local/share/man/man1";

/// Prints completions.
pub(crate) fn completions(args: &CompletionsArgs) -> anyhow::Result<Exit> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Args::command(), "wirecopy", &mut script);
    write_stdout(false, |out| out.write_all(&script))?;
    Ok(Exit::Done)
}

/// Prints or writes manual pages.
pub(crate) fn man(args: &ManArgs) -> anyhow::Result<Exit> {
    let mut all = Args::command().disable_help_subcommand(true);
    all.build();
    if let Some(folder) = &args.all {
        if !folder.is_dir() {
            let error = Error::new(format!("there is no folder {}", folder.display())).at(folder);
            return Err(error.with_hint(format!("mkdir -p {}", folder.display())).into());
        }
        clap_mangen::generate_to(all, folder)
            .map_err(|error| Error::io("write manual pages to", folder, error))?;
        return Ok(Exit::Done);
    }
    let command = match &args.command {
        None => all,
        Some(name) => match all.find_subcommand(name) {
            Some(command) => command.clone(),
            None => {
                let names: Vec<&str> = all.get_subcommands().map(clap::Command::get_name).collect();
                let error = Error::new(format!("there is no command {name:?}"));
                return Err(error.with_hint(format!("one of {}", names.join(", "))).into());
            }
        },
    };
    write_stdout(false, |out: &mut dyn Write| -> io::Result<()> {
        let mut page = Vec::new();
        Man::new(command).render(&mut page)?;
        out.write_all(&page)
    })?;
    Ok(Exit::Done)
}
