//! The values in force, as a file that would say the same, and of each where it comes from.

use std::io::{self, Write};

use super::keys::{KEYS, Key};
use super::{Settings, Value};
use crate::config::Config;
use crate::judge::codes::{Code, Level, Levels};
use crate::judge::policy::Policy;
use crate::report::keep_rule;

/// What is in force.
#[derive(Clone, Copy, Debug)]
pub struct InForce<'a> {
    /// What every command goes by.
    pub config: &'a Config,
    /// What `check` goes by, and the levels that flags have set.
    pub policy: Option<(&'a Policy, &'a [(Code, Level)])>,
    /// Values of flags that no configuration holds: (name, value).
    pub others: &'a [(&'a str, Value)],
    /// The file, if there is one, and the name to show for it.
    pub settings: Option<(&'a Settings, &'a str)>,
    /// The sections that the command goes by.
    pub sections: &'a [&'a str],
}

/// Writes all values. `is_typed` tells which flags were typed.
pub fn render(
    shown: &InForce<'_>,
    is_typed: impl Fn(&str) -> bool,
    out: &mut dyn Write,
) -> io::Result<()> {
    match shown.settings {
        Some((_, name)) => writeln!(out, "# {name}, and flags over it")?,
        None => writeln!(out, "# no configuration file")?,
    }
    for section in shown.sections {
        match *section {
            "splits" => splits(shown, out)?,
            "allow" => allow(shown, out)?,
            _ => {
                writeln!(out, "\n[{section}]")?;
                for key in KEYS.iter().filter(|key| key.section == *section) {
                    match Level::NAMES.iter().find(|(name, _)| *name == key.name) {
                        Some(&(_, level)) if *section == "check" => levels(shown, level, out)?,
                        _ => one(shown, key, is_typed(key.name), out)?,
                    }
                }
            }
        }
    }
    Ok(())
}

/// One key: its value, or that it has none.
fn one(shown: &InForce<'_>, key: &Key, is_typed: bool, out: &mut dyn Write) -> io::Result<()> {
    let origin =
        if is_typed { format!("--{}", key.name) } else { from_file(shown, key.section, key.name) };
    match value(shown, key) {
        Some(value) => writeln!(out, "{} = {value}  # {origin}", key.name),
        None => writeln!(out, "# {} is not set", key.name),
    }
}

/// `wirecopy.toml:7`, or `default`.
fn from_file(shown: &InForce<'_>, section: &str, name: &str) -> String {
    let set =
        shown.settings.and_then(|(settings, file)| Some((file, settings.set(section, name)?.line)));
    set.map_or_else(|| "default".to_owned(), |(file, line)| format!("{file}:{line}"))
}

/// The value of a key in the notation of the file.
fn value(shown: &InForce<'_>, key: &Key) -> Option<String> {
    let Config { input, matching, keep, .. } = shown.config;
    let text = |name: &Option<String>| name.as_deref().map(quoted);
    match key.name {
        "input-format" => input.format.map(|format| quoted(format.name())),
        "glob" => Some(list(input.folders.globs.iter().map(|glob| quoted(glob)))),
        "no-ignore" => Some(input.folders.no_ignore.to_string()),
        "encoding" => input.encoding.map(|encoding| quoted(encoding.name())),
        "max-record" => Some(input.limits.record.to_string()),
        "max-ratio" => Some(input.limits.ratio.to_string()),
        "max-records" => input.limits.records.map(|most| most.to_string()),
        "max-files" => input.limits.files.map(|most| most.to_string()),
        "text-field" => text(&input.fields.text),
        "title-field" => text(&input.fields.title),
        "id-field" => text(&input.fields.id),
        "date-field" => text(&input.fields.date),
        "source-field" => text(&input.fields.source),
        "url-field" => text(&input.fields.url),
        "min-confidence" => Some(matching.min_confidence.to_string()),
        "threshold" => matching.threshold.map(|share| share.to_string()),
        "min-words" => Some(matching.min_words.to_string()),
        "no-updates" => Some((!matching.updates).to_string()),
        "deep" => Some(matching.deep.to_string()),
        "keep" => Some(list(keep.0.iter().map(|rule| quoted(&keep_rule(rule))))),
        "seed" => Some(matching.seed.to_string()),
        "max-share" => shown.policy?.0.max_share.map(|share| share.to_string()),
        "max-groups" => shown.policy?.0.max_groups.map(|groups| groups.to_string()),
        name => {
            let (_, value) = shown.others.iter().find(|(other, _)| *other == name)?;
            Some(match value {
                Value::Text(text) => quoted(text),
                Value::Share(share) => share.to_string(),
                Value::Whole(number) => number.to_string(),
                Value::Switch(on) => on.to_string(),
                Value::List(texts) => list(texts.iter().map(|text| quoted(text))),
            })
        }
    }
}

/// The codes of one level, each with its origin.
fn levels(shown: &InForce<'_>, level: Level, out: &mut dyn Write) -> io::Result<()> {
    let Some((Policy { levels, .. }, typed)) = shown.policy else { return Ok(()) };
    let mut in_file = Levels::default();
    if let Some((settings, _)) = shown.settings {
        settings.levels(&mut in_file);
    }
    writeln!(out, "{} = [", level.name())?;
    for code in Code::all().filter(|&code| levels.of(code) == level) {
        let named = |name: &str| {
            matches!(shown.settings.and_then(|(settings, _)| settings.value("check", name)),
                Some(Value::List(codes)) if codes.iter().any(|named| named == code.name()))
        };
        let origin = if typed.iter().any(|(one, _)| *one == code) {
            format!("--{}", level.name())
        } else if named(level.name()) {
            from_file(shown, "check", level.name())
        } else {
            "default".to_owned()
        };
        writeln!(out, "  {},  # {origin}", quoted(code.name()))?;
    }
    writeln!(out, "]")
}

fn splits(shown: &InForce<'_>, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "\n[splits]")?;
    let Some((settings, file)) = shown.settings else { return Ok(()) };
    for split in &settings.splits {
        let patterns = list(split.patterns().iter().map(|pattern| quoted(pattern)));
        writeln!(out, "{} = {patterns}  # {file}:{}", quoted(&split.name), split.line)?;
    }
    Ok(())
}

fn allow(shown: &InForce<'_>, out: &mut dyn Write) -> io::Result<()> {
    let Some((settings, file)) = shown.settings else { return Ok(()) };
    for allow in &settings.allow {
        writeln!(out, "\n[[allow]]  # {file}:{}", allow.line)?;
        let pair = allow.about.pair.as_ref().map(|pair| list(pair.iter().map(|id| quoted(id))));
        let of = |text: Option<&str>| text.map(quoted);
        let values = [
            ("code", of(allow.code.map(Code::name))),
            ("id", of(allow.about.id.as_deref())),
            ("source", of(allow.about.source.as_deref())),
            ("file", of(allow.about.file.as_ref().map(globset::Glob::glob))),
            ("pair", pair),
            ("reason", of(Some(&allow.reason))),
        ];
        for (name, value) in values.into_iter().filter_map(|(name, value)| Some((name, value?))) {
            writeln!(out, "{name} = {value}")?;
        }
    }
    Ok(())
}

fn list(items: impl Iterator<Item = String>) -> String {
    format!("[{}]", items.collect::<Vec<_>>().join(", "))
}

/// A text in quotation marks, with what TOML and terminals act on escaped.
fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => out.push_str(&format!("\\u{:04X}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn shown(text: &str, typed: &[&str]) -> String {
        let settings =
            Settings::parse(Path::new("/c/wirecopy.toml"), Path::new("w"), text).unwrap();
        let mut config = Config::default();
        settings.apply(&mut config, |_| false);
        let mut policy = Policy::default();
        settings.levels(&mut policy.levels);
        policy.levels.set(Code::Excerpt, Level::Deny);
        let shown = InForce {
            config: &config,
            policy: Some((&policy, &[(Code::Excerpt, Level::Deny)])),
            others: &[("baseline", Value::Text("b.jsonl".to_owned()))],
            settings: Some((&settings, "wirecopy.toml")),
            sections: &["input", "match", "splits", "check", "allow"],
        };
        let mut out = Vec::new();
        render(&shown, |name| typed.contains(&name), &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    const FILE: &str = "[input]\ntext-field = \"a\\\"\\u001b\"\n[match]\nmin-words = 7\n[splits]\n\"a b\" = \"x/**\"\n\
        [check]\nwarn = [\"near-copy\"]\n[[allow]]\npair = [\"a\", \"b\"]\nreason = \"r\"\n";

    #[test]
    fn every_value_says_where_it_comes_from() {
        let text = shown(FILE, &["seed"]);
        for line in [
            "text-field = \"a\\\"\\u001B\"  # wirecopy.toml:2",
            "# title-field is not set",
            "min-confidence = 0.5  # default",
            "min-words = 7  # wirecopy.toml:4",
            "seed = 0  # --seed",
            "\"a b\" = [\"x/**\"]  # wirecopy.toml:6",
            "baseline = \"b.jsonl\"  # default",
            "  \"near-copy\",  # wirecopy.toml:8",
            "  \"excerpt\",  # --deny",
            "  \"exact-copy\",  # default",
            "[[allow]]  # wirecopy.toml:9",
        ] {
            assert!(text.contains(&format!("{line}\n")), "no {line} in {text}");
        }
    }

    #[test]
    fn what_is_shown_would_do_as_a_file() {
        let again = shown(&shown(FILE, &[]), &[]);
        let values = |text: &str| {
            text.lines()
                .map(|line| line.split("  #").next().unwrap().to_owned())
                .collect::<Vec<_>>()
        };
        assert_eq!(values(&again), values(&shown(FILE, &[])));
    }
}
