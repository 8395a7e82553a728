//! The flags of a run as named options: for programs that pass values and have no command line.
//!
//! They are parsed as if they had been typed, so that names, defaults and messages exist once, in `args.rs`.

use std::path::PathBuf;

use clap::{ArgAction, CommandFactory, FromArgMatches, Parser};
use wirecopy::Error;
use wirecopy::config::Config;
use wirecopy::nearest::nearest;
use wirecopy::settings::find;

use crate::cli::args::{InputArgs, MatchingArgs, RunningArgs, config};

/// Names that are suggested for one that is not known.
const SUGGESTED: usize = 3;

#[derive(Debug, Parser)]
#[command(no_binary_name = true, disable_help_flag = true, args_override_self = true)]
struct Options {
    /// Configuration file; none is looked for
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    matching: MatchingArgs,
    #[command(flatten)]
    running: RunningArgs,
}

/// What an option takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Takes {
    /// Nothing: it is on or off.
    Nothing,
    /// One value.
    Value,
    /// One value or several.
    Values,
}

/// An option that was refused.
#[derive(Debug)]
pub enum Refused {
    /// There is none of this name; these are like it.
    Unknown(String, Vec<String>),
    /// The value cannot be, or the configuration file.
    Wrong(Error),
}

/// Every option: its name, which is that of its flag, what it takes, and one line of help.
pub fn all() -> Vec<(String, Takes, String)> {
    let command = Options::command();
    let about = |flag: &clap::Arg| {
        let takes = match flag.get_action() {
            ArgAction::SetTrue => Takes::Nothing,
            ArgAction::Append => Takes::Values,
            _ => Takes::Value,
        };
        let help = flag.get_help().map(ToString::to_string).unwrap_or_default();
        Some((flag.get_long()?.to_owned(), takes, help))
    };
    command.get_arguments().filter_map(about).collect()
}

/// The configuration that these options ask for: names, each with its values as they would be typed.
///
/// # Errors
///
/// If a name is not known, or a value cannot be.
pub fn configure(given: &[(String, Vec<String>)]) -> Result<Config, Refused> {
    let known = all();
    let mut typed = Vec::new();
    for (name, values) in given {
        let Some((_, takes, _)) = known.iter().find(|(known, ..)| known == name) else {
            let names = known.iter().map(|(known, ..)| known.as_str());
            let near = nearest(name, names, SUGGESTED).into_iter().map(str::to_owned).collect();
            return Err(Refused::Unknown(name.clone(), near));
        };
        match takes {
            Takes::Nothing => typed.push(format!("--{name}")),
            _ => typed.extend(values.iter().map(|value| format!("--{name}={value}"))),
        }
    }
    let parsed = Options::command().try_get_matches_from(typed);
    let parsed = parsed.and_then(|matches| Options::from_arg_matches(&matches));
    let options = parsed.map_err(|error| Refused::Wrong(wrong(&error)))?;
    let mut config = config(&options.input, &options.matching, &options.running);
    if let Some(path) = &options.config {
        let settings = find::load(path).map_err(Refused::Wrong)?;
        settings.apply(&mut config, |flag| given.iter().any(|(name, _)| name == flag));
    }
    Ok(config)
}

/// What clap says of a value, without what it says of a command line.
fn wrong(error: &clap::Error) -> Error {
    let told = error.to_string();
    let told = told.strip_prefix("error: ").unwrap_or(&told);
    let told = told.split("\n\nUsage:").next().unwrap_or(told);
    let told = told.split("\n\nFor more information").next().unwrap_or(told);
    Error::new(told.trim_end())
}

#[cfg(test)]
mod tests {
    use wirecopy::config::{KeepRule, Matching};

    use super::*;

    fn given(options: &[(&str, &[&str])]) -> Result<Config, Refused> {
        let own = |&(name, values): &(&str, &[&str])| {
            (name.to_owned(), values.iter().map(|&value| value.to_owned()).collect())
        };
        configure(&options.iter().map(own).collect::<Vec<_>>())
    }

    fn wrong_message(options: &[(&str, &[&str])]) -> String {
        match given(options) {
            Err(Refused::Wrong(error)) => error.to_string(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn options_are_what_flags_are() {
        assert_eq!(given(&[]).unwrap().matching, Matching::default());
        let config = given(&[
            ("threshold", &["0.7"]),
            ("deep", &[]),
            ("keep", &["longest", "first"]),
            ("text-field", &["=a b"]),
        ]);
        let config = config.unwrap();
        assert_eq!((config.matching.threshold, config.matching.deep), (Some(0.7), true));
        assert_eq!(config.keep.0, [KeepRule::Longest, KeepRule::First]);
        assert_eq!(config.input.fields.text.as_deref(), Some("=a b"));
    }

    #[test]
    fn what_is_refused_says_why() {
        match given(&[("min-confidnce", &["1"])]) {
            Err(Refused::Unknown(name, near)) => {
                assert_eq!((name.as_str(), near[0].as_str()), ("min-confidnce", "min-confidence"));
            }
            other => panic!("{other:?}"),
        }
        assert_eq!(
            wrong_message(&[("threshold", &["80"])]),
            "invalid value '80' for '--threshold <SHARE>': must be between 0 and 1: for 80 percent write 0.8"
        );
        let told = wrong_message(&[("input-format", &["xml"])]);
        assert!(told.contains("possible values: jsonl") && !told.contains("--help"), "{told}");
    }

    #[test]
    fn options_go_over_the_configuration_file() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("team.toml");
        std::fs::write(&path, "[match]\nmin-words = 7\nseed = 9\n").unwrap();
        let path = path.to_str().unwrap();
        let config = given(&[("config", &[path]), ("seed", &["3"])]).unwrap();
        assert_eq!((config.matching.min_words, config.matching.seed), (7, 3));
        assert!(wrong_message(&[("config", &["none.toml"])]).contains("cannot read none.toml"));
    }

    #[test]
    fn every_option_says_what_it_takes() {
        let all = all();
        let takes = |name: &str| all.iter().find(|(known, ..)| known == name).unwrap().1;
        assert_eq!(
            [takes("no-updates"), takes("threads"), takes("keep")],
            [Takes::Nothing, Takes::Value, Takes::Values]
        );
        assert!(all.iter().all(|(_, _, help)| !help.is_empty()));
    }
}
