//! `wirecopy.toml`: what a team has settled once for a corpus, under the names of the flags.
//!
//! `find` seeks the file, `parse` reads it and refuses what it does not know, with the line and what was probably
//! meant. Flags go over the file, the file over the defaults: [`Settings::apply`] takes what was not typed.

pub mod find;
pub mod keys;
mod parse;
pub mod show;
pub mod values;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::config::{Config, Format, Input, Keep};
use crate::error::Result;
use crate::judge::codes::{Code, Level, Levels};
use crate::judge::scope::{Allow, Split, Splits};

/// The commented file that `wirecopy init` writes.
pub const TEMPLATE: &str = include_str!("template.toml");

/// A value and the line (1-based) that it stands on.
#[derive(Clone, Debug, PartialEq)]
pub struct Set<T> {
    /// The value.
    pub value: T,
    /// The line.
    pub line: u64,
}

/// A value of any kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Text.
    Text(String),
    /// A share, 0 to 1.
    Share(f64),
    /// A whole number.
    Whole(u64),
    /// True or false.
    Switch(bool),
    /// Texts.
    List(Vec<String>),
}

/// What a file says.
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// The file.
    pub path: PathBuf,
    /// Every value, by section and name as in [`keys::KEYS`]. All are valid.
    pub values: BTreeMap<(&'static str, &'static str), Set<Value>>,
    /// Files that must not share copies.
    pub splits: Vec<Split>,
    /// Findings that are excused.
    pub allow: Vec<Allow>,
}

impl Settings {
    /// Reads the text of the configuration file at `path`, which messages call `name`; of a `pyproject.toml` its table
    /// `tool.wirecopy`.
    ///
    /// # Errors
    ///
    /// If it is no TOML, has an unknown key, or a value that cannot be: each with its line and what would be right.
    pub fn parse(path: &Path, name: &Path, text: &str) -> Result<Settings> {
        parse::parse(path, name, text)
    }

    /// The folder that patterns and names of files start from.
    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new(""))
    }

    /// Takes every value into the configuration whose flag was not typed.
    pub fn apply(&self, config: &mut Config, is_typed: impl Fn(&str) -> bool) {
        let free = |((section, name), set): (&(&'static str, &'static str), &Set<Value>)| {
            (!is_typed(name)).then(|| (*section, *name, set.value.clone()))
        };
        let Input { format, fields, encoding, folders, limits } = &mut config.input;
        let matching = &mut config.matching;
        for (section, name, value) in self.values.iter().filter_map(free) {
            match (section, name, value) {
                ("input", "input-format", Value::Text(name)) => {
                    let known = Format::NAMES.iter().find(|(known, _)| *known == name);
                    *format = known.map(|&(_, format)| format);
                }
                ("input", "glob", Value::List(globs)) => folders.globs = globs,
                ("input", "no-ignore", Value::Switch(on)) => folders.no_ignore = on,
                ("input", "encoding", Value::Text(name)) => {
                    *encoding = name.parse().ok();
                }
                ("input", "max-record", Value::Whole(bytes)) => {
                    limits.record = bytes as usize;
                }
                ("input", "max-ratio", Value::Whole(ratio)) => limits.ratio = ratio,
                ("input", "max-records", Value::Whole(most)) => limits.records = Some(most),
                ("input", "max-files", Value::Whole(most)) => limits.files = Some(most),
                ("input", "text-field", Value::Text(name)) => fields.text = Some(name),
                ("input", "title-field", Value::Text(name)) => fields.title = Some(name),
                ("input", "id-field", Value::Text(name)) => fields.id = Some(name),
                ("input", "date-field", Value::Text(name)) => fields.date = Some(name),
                ("input", "source-field", Value::Text(name)) => fields.source = Some(name),
                ("input", "url-field", Value::Text(name)) => fields.url = Some(name),
                ("match", "min-confidence", Value::Share(share)) => matching.min_confidence = share,
                ("match", "threshold", Value::Share(share)) => matching.threshold = Some(share),
                ("match", "min-words", Value::Whole(words)) => matching.min_words = words as usize,
                ("match", "no-updates", Value::Switch(off)) => matching.updates = !off,
                ("match", "deep", Value::Switch(on)) => matching.deep = on,
                ("match", "seed", Value::Whole(seed)) => matching.seed = seed,
                ("match", "keep", Value::List(rules)) => {
                    let rules = rules.iter().filter_map(|rule| values::keep_rule(rule).ok());
                    config.keep = Keep(rules.collect());
                }
                // Asked for by the commands that know them.
                _ => {}
            }
        }
    }

    /// Sets the levels that the file names.
    pub fn levels(&self, levels: &mut Levels) {
        for &(name, level) in Level::NAMES {
            if let Some(Value::List(codes)) = self.value("check", name) {
                codes
                    .iter()
                    .filter_map(|code| Code::named(code))
                    .for_each(|code| levels.set(code, level));
            }
        }
    }

    /// The splits, with patterns that start from the folder of the file.
    pub fn splits(&self) -> Splits {
        Splits::new(self.splits.clone(), self.folder())
    }

    /// The value of a key.
    pub fn value(&self, section: &str, name: &str) -> Option<&Value> {
        self.set(section, name).map(|set| &set.value)
    }

    /// The value of a key, and its line.
    pub fn set(&self, section: &str, name: &str) -> Option<&Set<Value>> {
        let mut all = self.values.iter();
        all.find(|((in_section, key), _)| (*in_section, *key) == (section, name))
            .map(|(_, set)| set)
    }

    /// The text of a key.
    pub fn text(&self, section: &str, name: &str) -> Option<&str> {
        match self.value(section, name) {
            Some(Value::Text(text)) => Some(text),
            _ => None,
        }
    }
}
