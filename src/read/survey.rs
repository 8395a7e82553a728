//! What keys the first records of a file have, and what stands in them.
//!
//! Objects are entered three levels deep; at most 1,000 different paths are told apart.

use std::fmt;

use ahash::AHashMap;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};

/// Levels of objects whose keys are looked at.
pub(super) const LEVELS: usize = 3;
/// Paths that are told apart, so that an object used as a table cannot fill the memory.
pub(crate) const PATHS: usize = 1_000;

/// Counts over the records seen.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// Records that were objects.
    pub(super) records: u64,
    tallies: Vec<(String, Tally)>,
    places: AHashMap<String, usize>,
}

/// What stood under one path.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Tally {
    /// Records that have the key, null or not.
    pub(super) present: u64,
    /// Strings that hold more than white space.
    pub(super) strings: u64,
    /// Numbers.
    pub(super) numbers: u64,
    /// Characters of all those strings.
    pub(super) chars: u64,
    /// Strings that begin like HTML or XML.
    pub(super) markup: u64,
}

impl Tally {
    /// Average length of its strings, in characters.
    pub(super) fn average(&self) -> u64 {
        self.chars / self.strings.max(1)
    }
}

impl Survey {
    /// A survey that will surely count `paths`, whatever else the records hold.
    pub(super) fn of<'a>(paths: impl IntoIterator<Item = &'a str>) -> Survey {
        let mut survey = Survey::default();
        for path in paths {
            survey.tally(path, usize::MAX);
        }
        survey
    }

    /// Counts the keys of one record; anything that is no object is left out.
    pub(super) fn add(&mut self, record: &[u8]) {
        let Ok(text) = std::str::from_utf8(record) else { return };
        // Broken records must not count by halves.
        if serde_json::from_str::<IgnoredAny>(text).is_err() || !text.trim_start().starts_with('{')
        {
            return;
        }
        let mut json = serde_json::Deserializer::from_str(text);
        let path = String::new();
        if (Level { survey: self, path, level: 0 }).deserialize(&mut json).is_ok() {
            self.records += 1;
        }
    }

    /// Counts a record whose values are known one by one, by path.
    pub(super) fn add_values<'a>(&mut self, values: impl Iterator<Item = (&'a str, Value<'a>)>) {
        for (path, value) in values {
            match value {
                Value::Text(text) => self.note_text(path, text),
                Value::Number => self.note(path, |tally| tally.numbers += 1),
                Value::Other => self.note(path, |_| ()),
            }
        }
        self.records += 1;
    }

    /// A name as the records spell it: just so, else in other case or with other marks between its words.
    pub(super) fn spelled<'a>(&'a self, name: &'a str) -> Option<&'a str> {
        if self.get(name).present > 0 {
            return Some(name);
        }
        let letters = letters(name);
        self.seen().map(|(path, _)| path).find(|path| self::letters(path) == letters)
    }

    /// The counts of one path.
    pub(super) fn get(&self, path: &str) -> Tally {
        self.places.get(path).map(|at| self.tallies[*at].1).unwrap_or_default()
    }

    /// Every path that was seen, with its counts.
    pub(super) fn seen(&self) -> impl Iterator<Item = (&str, &Tally)> {
        self.tallies
            .iter()
            .filter(|(_, tally)| tally.present > 0)
            .map(|(path, tally)| (path.as_str(), tally))
    }

    fn tally(&mut self, path: &str, limit: usize) -> Option<&mut Tally> {
        let at = match self.places.get(path) {
            Some(at) => *at,
            None if self.tallies.len() >= limit => return None,
            None => {
                self.tallies.push((path.to_owned(), Tally::default()));
                self.places.insert(path.to_owned(), self.tallies.len() - 1);
                self.tallies.len() - 1
            }
        };
        Some(&mut self.tallies[at].1)
    }

    fn note_text(&mut self, path: &str, text: &str) {
        let trimmed = text.trim_start();
        self.note(path, |tally| {
            if !trimmed.is_empty() {
                tally.strings += 1;
                tally.chars += text.chars().count() as u64;
                tally.markup += u64::from(trimmed.starts_with('<'));
            }
        });
    }

    fn note(&mut self, path: &str, change: impl FnOnce(&mut Tally)) {
        if let Some(tally) = self.tally(path, PATHS) {
            tally.present += 1;
            change(tally);
        }
    }
}

/// What stands under a path of a record that is no JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Value<'a> {
    Text(&'a str),
    #[cfg_attr(
        not(feature = "parquet"),
        allow(dead_code, reason = "only tables of columns hold numbers")
    )]
    Number,
    /// Nothing, or something that is neither text nor number.
    #[cfg_attr(
        not(feature = "parquet"),
        allow(dead_code, reason = "only tables of columns hold such")
    )]
    Other,
}

/// A name without what parts its words, in lower case. Dots stay: they lead into nested objects.
pub(super) fn letters(name: &str) -> String {
    let marks = |c: &char| !matches!(c, '_' | '-' | ' ');
    name.chars().filter(marks).flat_map(char::to_lowercase).collect()
}

/// A value under a path (the whole record under the empty one).
struct Level<'a> {
    survey: &'a mut Survey,
    path: String,
    level: usize,
}

impl<'de> DeserializeSeed<'de> for Level<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Level<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.survey.note(&self.path, |_| ());
        Ok(())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.survey.note(&self.path, |_| ());
        Ok(())
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.survey.note(&self.path, |tally| tally.numbers += 1);
        Ok(())
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.visit_i64(0)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.visit_i64(0)
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<(), E> {
        self.survey.note_text(&self.path, value);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<(), A::Error> {
        while seq.next_element::<IgnoredAny>()?.is_some() {}
        self.survey.note(&self.path, |_| ());
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        if self.level > 0 {
            self.survey.note(&self.path, |_| ());
        }
        while let Some(key) = map.next_key::<String>()? {
            if self.level == LEVELS {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            let path = if self.level == 0 { key } else { format!("{}.{key}", self.path) };
            map.next_value_seed(Level { survey: self.survey, path, level: self.level + 1 })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_counted_with_their_lengths() {
        let mut survey = Survey::of(["text"]);
        for record in [
            r#"{"text":"four","m":{"t":"<p>"},"n":1}"#,
            r#"{"text":" ","m":null,"l":[{"x":1}]}"#,
            "[1]",
            "{",
        ] {
            survey.add(record.as_bytes());
        }
        assert_eq!(survey.records, 2);
        assert_eq!(
            survey.get("text"),
            Tally { present: 2, strings: 1, chars: 4, ..Tally::default() }
        );
        assert_eq!(
            survey.get("m.t"),
            Tally { present: 1, strings: 1, chars: 3, markup: 1, ..Tally::default() }
        );
        assert_eq!(survey.get("n").numbers, 1);
        let seen: Vec<_> = survey.seen().map(|(path, _)| path).collect();
        assert_eq!(seen, ["text", "m", "m.t", "n", "l"]);
    }

    #[test]
    fn an_object_used_as_a_table_is_not_kept_whole() {
        let mut survey = Survey::of(["text"]);
        let keys: Vec<_> = (0..5_000).map(|i| format!("\"k{i}\":1")).collect();
        survey.add(format!("{{{},\"text\":\"a\"}}", keys.join(",")).as_bytes());
        assert_eq!(survey.seen().count(), PATHS);
        assert_eq!(survey.get("text").strings, 1);
    }
}
