//! `init`: a commented configuration file, to be filled in.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::path::PathBuf;

use wirecopy::Error;
use wirecopy::report::sanitize::sanitize;
use wirecopy::settings::TEMPLATE;
use wirecopy::settings::find::NAME;

use crate::cli::exit::Exit;

/// Write a commented configuration file
#[derive(Debug, clap::Args)]
pub(crate) struct InitArgs {
    /// Folder that the file is for
    #[arg(value_name = "FOLDER", default_value = ".")]
    folder: PathBuf,
}

/// Runs the command. A file that is there is never touched.
pub(crate) fn run(args: &InitArgs) -> anyhow::Result<Exit> {
    let path = args.folder.join(NAME);
    let opened = OpenOptions::new().write(true).create_new(true).open(&path);
    let written = opened.and_then(|mut file| file.write_all(TEMPLATE.as_bytes()));
    if let Err(error) = written {
        if error.kind() == io::ErrorKind::AlreadyExists {
            let message = format!("{} is there already, and stays as it is", path.display());
            return Err(Error::new(message).at(&path).with_hint("another folder").into());
        }
        return Err(Error::io("write", &path, error).into());
    }
    let name = sanitize(&path.display().to_string());
    // With stderr gone there is nobody left to tell.
    let _ = writeln!(
        anstream::stderr().lock(),
        "written: {name}; `wirecopy check --show-config` tells what is in force"
    );
    Ok(Exit::Done)
}
