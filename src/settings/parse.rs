//! The text of a configuration file to settings. Whatever is not understood is an error with its line.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::find::PYPROJECT;
use super::keys::{ALLOW, KEYS, Kind, SECTIONS};
use super::{Set, Settings, Value, values};
use crate::config::Format;
use crate::error::{Error, Result};
use crate::judge::codes::{Code, Level, TABLE};
use crate::judge::scope::{About, Allow, Split, pattern};
use crate::nearest::nearest;
use crate::read::Encoding;

type Spot<'a> = &'a Spanned<DeValue<'a>>;

/// A file while it is read.
struct File<'a> {
    /// As messages name it.
    path: &'a Path,
    /// The folder that patterns start from.
    folder: &'a Path,
    text: &'a str,
}

/// Reads a file.
pub(super) fn parse(path: &Path, name: &Path, text: &str) -> Result<Settings> {
    let file = File { path: name, folder: path.parent().unwrap_or(Path::new("")), text };
    let root = file.table()?;
    let mut settings = Settings { path: path.to_owned(), ..Settings::default() };
    let is_python = path.file_name().is_some_and(|name| name == PYPROJECT);
    let table = if is_python { python_table(root.get_ref()) } else { Some(root.get_ref()) };
    for (name, value) in table.into_iter().flatten() {
        file.section(name, value, &mut settings)?;
    }
    file.contradictions(&settings)?;
    Ok(settings)
}

/// True if a `pyproject.toml` has a table for this program.
pub(super) fn has_python_table(path: &Path, text: &str) -> Result<bool> {
    let root = File { path, folder: path, text }.table()?;
    Ok(python_table(root.get_ref()).is_some())
}

fn python_table<'a>(root: &'a DeTable<'a>) -> Option<&'a DeTable<'a>> {
    root.get("tool")?.get_ref().get("wirecopy")?.get_ref().as_table()
}

impl<'a> File<'a> {
    fn table(&self) -> Result<Spanned<DeTable<'a>>> {
        DeTable::parse(self.text).map_err(|error| {
            let line = error.span().map_or(1, |span| self.line(&span));
            let error = Error::new(format!("{}:{line}: {}", self.path.display(), error.message()));
            error
                .at(self.path)
                .with_hint("`wirecopy init` in another folder, which writes a file to compare with")
        })
    }

    fn line(&self, span: &Range<usize>) -> u64 {
        1 + self.text.as_bytes()[..span.start].iter().filter(|byte| **byte == b'\n').count() as u64
    }

    fn wrong(&self, span: &Range<usize>, what: impl std::fmt::Display) -> Error {
        Error::new(format!("{}:{}: {what}", self.path.display(), self.line(span))).at(self.path)
    }

    /// An unknown name among those there are.
    fn unknown(
        &self,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        what: &str,
        known: &[&str],
    ) -> Error {
        let error = self.wrong(&name.span(), format!("unknown {what} {:?}", name.get_ref()));
        match nearest(name.get_ref(), known.iter().copied(), 1).first() {
            Some(near) => error.with_hint(*near),
            None => error.with_hint(format!("one of: {}", known.join(", "))),
        }
    }

    fn section(
        &self,
        name: &Spanned<std::borrow::Cow<'_, str>>,
        value: Spot<'_>,
        settings: &mut Settings,
    ) -> Result<()> {
        let known = SECTIONS.iter().find(|section| *section == name.get_ref());
        let Some(&section) = known else {
            // A key without a section is more likely than a section of that name.
            let key = KEYS.iter().find(|key| key.name == name.get_ref());
            return Err(match key {
                Some(key) => {
                    let hint = format!("[{}] above it", key.section);
                    self.wrong(&name.span(), format!("{:?} stands in no section", key.name))
                        .with_hint(hint)
                }
                None => self.unknown(name, "section", SECTIONS),
            });
        };
        if section == "allow" {
            let entries = value
                .get_ref()
                .as_array()
                .filter(|entries| entries.iter().all(|one| one.get_ref().is_table()));
            let entries = entries.ok_or_else(|| {
                let hint =
                    "[[allow]], with a code, an id, a source, a file or a pair, and a reason";
                self.wrong(&value.span(), "allow entries are tables, one for each").with_hint(hint)
            })?;
            for entry in entries {
                settings.allow.push(self.allow(entry)?);
            }
            return Ok(());
        }
        let table = value.get_ref().as_table().ok_or_else(|| {
            self.wrong(&value.span(), format!("{section} is a section"))
                .with_hint(format!("[{section}]"))
        })?;
        // In the order of the file, so that the first mistake is told first.
        let mut keys: Vec<_> = table.iter().collect();
        keys.sort_by_key(|(name, _)| name.span().start);
        for (name, value) in keys {
            if section == "splits" {
                settings.splits.push(self.split(name, value)?);
                continue;
            }
            let of_section = KEYS.iter().filter(|key| key.section == section);
            let Some(key) = of_section.clone().find(|key| key.name == name.get_ref()) else {
                let names: Vec<&str> = of_section.map(|key| key.name).collect();
                return Err(self.unknown(name, &format!("key in [{section}]:"), &names));
            };
            let told = |what: String| {
                self.wrong(&value.span(), format!("{} {what}", key.name))
                    .with_hint(format!("wirecopy {} --help", command(section)))
            };
            let set = Set {
                value: read(key.kind, value.get_ref()).map_err(told)?,
                line: self.line(&name.span()),
            };
            settings.values.insert((key.section, key.name), set);
        }
        Ok(())
    }

    fn split(&self, name: &Spanned<std::borrow::Cow<'_, str>>, value: Spot<'_>) -> Result<Split> {
        let wrong = |what: String| {
            let hint = format!("{} = [\"corpus/{}/**\"]", name.get_ref(), name.get_ref());
            self.wrong(&value.span(), format!("split {}: {what}", name.get_ref())).with_hint(hint)
        };
        let patterns = texts(value.get_ref()).map_err(wrong)?;
        if patterns.is_empty() {
            return Err(wrong("needs a pattern of files".to_owned()));
        }
        Split::new(name.get_ref(), self.line(&name.span()), &patterns).map_err(wrong)
    }

    fn allow(&self, entry: Spot<'_>) -> Result<Allow> {
        let mut about = About::default();
        let (mut code, mut reason) = (None, None);
        for (name, value) in entry.get_ref().as_table().into_iter().flatten() {
            let wrong = |what: String| {
                let hint =
                    "wirecopy explain, which lists all codes; wirecopy init, which shows an entry";
                self.wrong(&value.span(), format!("{} {what}", name.get_ref())).with_hint(hint)
            };
            let text = || text(value.get_ref()).map_err(wrong);
            match &**name.get_ref() {
                "code" => {
                    code = Some(Code::named(&text()?).ok_or_else(|| self.unknown_code(value))?)
                }
                "id" => about.id = Some(text()?),
                "source" => about.source = Some(text()?),
                "file" => about.file = Some(pattern(&text()?).map_err(wrong)?),
                "pair" => {
                    let pair = texts(value.get_ref())
                        .ok()
                        .and_then(|ids| <[String; 2]>::try_from(ids).ok());
                    about.pair = Some(pair.ok_or_else(|| wrong("must be two ids".to_owned()))?);
                }
                "reason" => reason = Some(text()?),
                _ => return Err(self.unknown(name, "key in [[allow]]:", ALLOW)),
            }
        }
        let span = entry.span();
        let Some(reason) = reason.filter(|reason| !reason.trim().is_empty()) else {
            let error = self.wrong(&span, "an allow entry without a reason");
            return Err(
                error.with_hint("reason = \"why these are no mistake, and who has looked\"")
            );
        };
        if about.id.is_none()
            && about.source.is_none()
            && about.file.is_none()
            && about.pair.is_none()
        {
            let error = self.wrong(&span, "an allow entry that names no article");
            return Err(error.with_hint(
                "id, source, file or pair; for all of a code: allow = [\"CODE\"] in [check]",
            ));
        }
        Ok(Allow::new(code, about, reason, self.line(&span), self.folder))
    }

    fn unknown_code(&self, value: Spot<'_>) -> Error {
        let typed = value.get_ref().as_str().unwrap_or_default();
        let error = self.wrong(&value.span(), format!("unknown code {typed:?}"));
        match nearest(typed, TABLE.iter().map(|about| about.name), 1).first() {
            Some(near) => error.with_hint(*near),
            None => error.with_hint("wirecopy explain, which lists all codes"),
        }
    }

    /// A code with two levels.
    fn contradictions(&self, settings: &Settings) -> Result<()> {
        let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
        for &(level, _) in Level::NAMES {
            let Some(Set { value: Value::List(codes), line }) = settings.set("check", level) else {
                continue;
            };
            for code in codes {
                if let Some(other) = seen.insert(code, level).filter(|other| *other != level) {
                    let message = format!(
                        "{}:{line}: {code} has two levels: {other} and {level}",
                        self.path.display()
                    );
                    return Err(Error::new(message).at(self.path).with_hint("one of them"));
                }
            }
        }
        Ok(())
    }
}

/// The command whose help tells of a section.
fn command(section: &str) -> &str {
    if section == "clean" { "clean" } else { "check" }
}

/// A value of this kind, or what would be right.
fn read(kind: Kind, value: &DeValue<'_>) -> std::result::Result<Value, String> {
    let number = || match value {
        DeValue::Integer(number) => Some(number.as_str().replace('_', "")),
        DeValue::Float(number) => Some(number.as_str().replace('_', "")),
        _ => None,
    };
    match kind {
        Kind::Text => text(value).map(Value::Text),
        Kind::Format => {
            let typed = text(value)?;
            let names: Vec<&str> = Format::NAMES.iter().map(|(name, _)| *name).collect();
            let known = names.contains(&&*typed);
            if known {
                Ok(Value::Text(typed))
            } else {
                Err(format!("must be one of {}", names.join(", ")))
            }
        }
        Kind::Share => values::share(&number().unwrap_or_default()).map(Value::Share),
        Kind::Percent => {
            let typed = number().or_else(|| value.as_str().map(str::to_owned));
            values::percent(&typed.unwrap_or_default()).map(Value::Share)
        }
        Kind::Whole => {
            let whole = number().and_then(|number| number.parse().ok());
            whole.map(Value::Whole).ok_or_else(|| "must be a whole number".to_owned())
        }
        Kind::Switch => {
            value.as_bool().map(Value::Switch).ok_or_else(|| "must be true or false".to_owned())
        }
        Kind::Span => {
            let typed = text(value)?;
            values::span(&typed).map(|_| Value::Text(typed))
        }
        Kind::Size => {
            let typed = number().or_else(|| value.as_str().map(str::to_owned));
            values::record(&typed.unwrap_or_default()).map(|bytes| Value::Whole(bytes as u64))
        }
        Kind::Positive => values::at_least_one(&number().unwrap_or_default()).map(Value::Whole),
        Kind::Encoding => {
            let typed = text(value)?;
            typed.parse::<Encoding>().map(|_| Value::Text(typed))
        }
        Kind::Texts => texts(value).map(Value::List),
        Kind::Keep => {
            let rules = texts(value)?;
            rules.iter().try_for_each(|rule| values::keep_rule(rule).map(drop))?;
            if rules.is_empty() { Err("needs a rule".to_owned()) } else { Ok(Value::List(rules)) }
        }
        Kind::Codes => {
            let codes = texts(value)?;
            match codes.iter().find(|code| Code::named(code).is_none()) {
                None => Ok(Value::List(codes)),
                Some(wrong) => {
                    let near = nearest(wrong, TABLE.iter().map(|about| about.name), 1);
                    let near = near
                        .first()
                        .map(|near| format!(", did you mean {near}?"))
                        .unwrap_or_default();
                    Err(format!("names an unknown code {wrong:?}{near}"))
                }
            }
        }
    }
}

fn text(value: &DeValue<'_>) -> std::result::Result<String, String> {
    let text = value.as_str().filter(|text| !text.is_empty());
    text.map(str::to_owned).ok_or_else(|| "must be a text in quotation marks".to_owned())
}

/// A list of texts; one alone will do.
fn texts(value: &DeValue<'_>) -> std::result::Result<Vec<String>, String> {
    const WRONG: &str = "must be a list of texts, such as [\"a\", \"b\"]";
    match value.as_array() {
        None => text(value).map(|text| vec![text]).map_err(|_| WRONG.to_owned()),
        Some(list) => list
            .iter()
            .map(|one| text(one.get_ref()))
            .collect::<std::result::Result<_, _>>()
            .map_err(|_| WRONG.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::{Config, KeepRule, Limits};
    use crate::judge::codes::Levels;
    use crate::settings::TEMPLATE;

    fn settings(text: &str) -> Result<Settings> {
        parse(Path::new("/c/wirecopy.toml"), Path::new("wirecopy.toml"), text)
    }

    #[track_caller]
    fn told(text: &str, message: &str, hint: &str) {
        let error = settings(text).unwrap_err();
        assert!(error.to_string().contains(message), "{error}");
        assert!(error.hint().unwrap_or_default().contains(hint), "{:?}", error.hint());
    }

    #[test]
    fn every_key_reaches_its_place() {
        let text = r#"
            [input]
            input-format = "jsonl"
            glob = ["*.jsonl", "!drafts"]
            no-ignore = true
            encoding = "latin1"
            max-record = "5M"
            max-ratio = 9
            max-records = 8
            max-files = 4
            text-field = "a.b"
            title-field = "t"
            id-field = "i"
            date-field = "d"
            source-field = "s"
            url-field = "u"
            [match]
            min-confidence = 0.9
            threshold = 1
            min-words = 5
            no-updates = true
            deep = true
            keep = ["prefer:a.com,b.com", "first"]
            seed = 1_000
            [check]
            max-share = "2%"
            max-groups = 12
            baseline = "b.jsonl"
            against = "published"
            allow = ["near-copy"]
            deny = ["excerpt"]
            [clean]
            across-sources-only = true
            within = "7d"
            [splits]
            train = ["train/**"]
            test = "test/*.jsonl"
            [[allow]]
            code = "near-copy"
            source = "obituaries.example"
            reason = "templates"
            [[allow]]
            pair = ["a", "b"]
            reason = "one court ruling"
        "#;
        let settings = settings(text).unwrap();
        assert_eq!(settings.values.len() + 1, KEYS.len(), "every key but warn");
        let mut config = Config::default();
        settings.apply(&mut config, |flag| flag == "min-words");
        assert_eq!(config.input.fields.text.as_deref(), Some("a.b"));
        assert_eq!(config.input.fields.url.as_deref(), Some("u"));
        assert_eq!(config.input.format, Some(Format::Jsonl));
        assert_eq!(config.input.folders.globs, ["*.jsonl", "!drafts"]);
        assert_eq!(config.input.encoding.map(Encoding::name), Some("windows-1252"));
        assert!(config.input.folders.no_ignore);
        let limits = Limits { record: 5 << 20, ratio: 9, records: Some(8), files: Some(4) };
        assert_eq!(config.input.limits, limits);
        assert_eq!((config.matching.min_confidence, config.matching.threshold), (0.9, Some(1.0)));
        assert_eq!(
            (config.matching.min_words, config.matching.seed),
            (10, 1000),
            "what was typed stays"
        );
        assert!(!config.matching.updates && config.matching.deep);
        assert_eq!(config.keep.0[1], KeepRule::First);
        let mut levels = Levels::default();
        settings.levels(&mut levels);
        assert_eq!(
            (levels.of(Code::NearCopy), levels.of(Code::Excerpt)),
            (Level::Allow, Level::Deny)
        );
        assert_eq!(
            settings.splits.iter().map(|split| &*split.name).collect::<Vec<_>>(),
            ["train", "test"]
        );
        assert_eq!(
            (settings.allow[0].line, settings.allow[1].reason.as_str()),
            (38, "one court ruling")
        );
        assert_eq!(settings.value("check", "max-share"), Some(&Value::Share(0.02)));
        assert_eq!(settings.set("match", "threshold").unwrap().line, 19);
    }

    #[test]
    fn mistakes_are_told_with_their_line_and_what_was_meant() {
        told(
            "[match]\n\nmin-confidnce = 1",
            "wirecopy.toml:3: unknown key in [match]: \"min-confidnce\"",
            "min-confidence",
        );
        told("[mtach]", "wirecopy.toml:1: unknown section \"mtach\"", "match");
        told("threshold = 0.5", "\"threshold\" stands in no section", "[match] above it");
        told(
            "[check]\ndeny = [\"near-cpy\"]",
            "wirecopy.toml:2: deny names an unknown code \"near-cpy\", did you mean near-copy?",
            "check --help",
        );
        told(
            "[check]\ndeny = [\"excerpt\"]\nwarn = [\"excerpt\"]",
            "excerpt has two levels: warn and deny",
            "",
        );
        told(
            "[match]\nthreshold = 80",
            "threshold must be between 0 and 1: for 80 percent write 0.8",
            "",
        );
        told("[match]\nthreshold = \"0.8\"", "threshold must be a number", "");
        told("[match]\nmin-words = -1", "must be a whole number", "");
        told("[match]\ndeep = 1", "must be true or false", "");
        told("[match]\nkeep = [\"newest\"]", "earliest, longest, first or prefer:", "");
        told("[clean]\nwithin = \"7\"", "such as 12h, 7d or 2w", "clean --help");
        told("[input]\ninput-format = \"xml\"", "must be one of jsonl, json, csv", "");
        told("[input]\nmax-record = \"9G\"", "max-record must be between 1K and 2G", "");
        told("[input]\nencoding = \"klingon\"", "encoding is no encoding that is known", "");
        told("[input]\ntext-field = \"\"", "must be a text in quotation marks", "");
        told("[splits]\ntest = []", "split test: needs a pattern", "test = [");
        told("[splits]\ntest = [\"a{b\"]", "split test: ", "test = [");
        told(
            "[[allow]]\nid = \"a\"",
            "wirecopy.toml:1: an allow entry without a reason",
            "reason = ",
        );
        told("[[allow]]\ncode = \"excerpt\"\nreason = \"x\"", "names no article", "[check]");
        told("[[allow]]\nids = \"a\"", "unknown key in [[allow]]: \"ids\"", "id");
        told("[[allow]]\npair = [\"a\"]", "pair must be two ids", "");
        told("[[allow]]\ncode = \"nearcopy\"", "unknown code \"nearcopy\"", "near-copy");
        told("[allow]\nid = \"a\"", "allow entries are tables", "[[allow]]");
        told("[match\n", "wirecopy.toml:1: ", "wirecopy init");
    }

    /// The template says nothing until somebody takes the marks of comments away, and then all of it is right.
    #[test]
    fn the_template_has_every_key() {
        let silent = settings(TEMPLATE).unwrap();
        assert!(silent.values.is_empty() && silent.splits.is_empty() && silent.allow.is_empty());
        let lines = TEMPLATE.lines().map(|line| match line.strip_prefix("#") {
            Some(rest) if !rest.starts_with(' ') => format!("{rest}\n"),
            _ => format!("{line}\n"),
        });
        let full = settings(&lines.collect::<String>()).unwrap();
        for key in KEYS {
            assert!(full.set(key.section, key.name).is_some(), "{}", key.name);
        }
        assert!(!full.splits.is_empty() && full.allow.len() > 1);
        let named: Vec<&str> = ALLOW.to_vec();
        assert!(named.iter().all(|name| TEMPLATE.contains(&format!("#{name} = "))), "{named:?}");
    }
}
