//! The fields that `--mark` adds to a record; the rest of it stays as it is, byte for byte.
//!
//! In a table they are columns behind the others, empty in the rows of no group.

use serde::Serialize;

use super::plan::{Kept, Removal};
use crate::find::Group;
use crate::report::{rounded, rounded_share};
use crate::scan::Outcome;
use crate::store::Earlier;

/// What the names of all added fields begin with, quotation mark included.
const PREFIX: &[u8] = b"\"wirecopy_";

/// The names of all added fields, in order.
pub(super) const NAMES: [&str; 6] = [
    "wirecopy_group",
    "wirecopy_role",
    "wirecopy_of",
    "wirecopy_relation",
    "wirecopy_similarity",
    "wirecopy_confidence",
];

/// The number of the first added field that is a number; those before it are texts.
#[cfg_attr(
    not(feature = "parquet"),
    allow(dead_code, reason = "only tables of columns have types")
)]
pub(super) const FIRST_NUMBER: usize = 4;

/// What a member of a group is told about itself.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fields<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    wirecopy_group: Option<&'a str>,
    wirecopy_role: &'static str,
    #[serde(flatten)]
    copy: Option<Copy<'a>>,
}

#[derive(Clone, Debug, Serialize)]
struct Copy<'a> {
    wirecopy_of: &'a str,
    wirecopy_relation: &'static str,
    #[serde(serialize_with = "rounded")]
    wirecopy_similarity: f64,
    #[serde(serialize_with = "rounded")]
    wirecopy_confidence: f64,
}

impl Fields<'_> {
    /// The text of a field, by its number in [`NAMES`].
    pub(super) fn text(&self, field: usize) -> Option<&str> {
        let copy = self.copy.as_ref();
        match field {
            0 => self.wirecopy_group,
            1 => Some(self.wirecopy_role),
            2 => copy.map(|copy| copy.wirecopy_of),
            3 => copy.map(|copy| copy.wirecopy_relation),
            _ => None,
        }
    }

    /// The number of a field, rounded as everywhere.
    pub(super) fn number(&self, field: usize) -> Option<f64> {
        let copy = self.copy.as_ref()?;
        match field {
            4 => Some(rounded_share(copy.wirecopy_similarity)),
            5 => Some(rounded_share(copy.wirecopy_confidence)),
            _ => None,
        }
    }
}

/// True if one of these columns was added by an earlier `--mark`.
pub(super) fn is_marked<'a>(mut columns: impl Iterator<Item = &'a str>) -> bool {
    columns.any(|column| NAMES.contains(&column))
}

/// The fields of a member of a group, or of what was published before: `copy` if it would be removed, else `kept`.
pub(super) fn fields<'a>(
    group: Option<&'a Group>,
    removal: Option<&'a Removal>,
    outcome: &'a Outcome,
) -> Fields<'a> {
    let copy = removal.and_then(|removal| {
        let step =
            removal.steps.first().map(|link| (link.relation, link.similarity, link.confidence));
        let (of, (relation, similarity, confidence)) = match &removal.kept {
            Kept::Article(kept) => (&outcome.articles[*kept as usize], step?),
            Kept::Published(earlier) => {
                let Earlier { article, relation, confidence, evidence } = &**earlier;
                (article, step.unwrap_or((*relation, evidence.similarity, *confidence)))
            }
        };
        Some(Copy {
            wirecopy_of: &of.id,
            wirecopy_relation: relation.name(),
            wirecopy_similarity: similarity,
            wirecopy_confidence: confidence,
        })
    });
    Fields {
        wirecopy_group: group.map(|group| &*group.id),
        wirecopy_role: if copy.is_some() { "copy" } else { "kept" },
        copy,
    }
}

/// The record with the fields before its closing brace; `None` if it is no object, is empty, or was marked before.
pub(super) fn mark(record: &[u8], fields: &Fields<'_>) -> Option<Vec<u8>> {
    let inside = record.trim_ascii_end().strip_suffix(b"}")?;
    let body = inside.trim_ascii_end();
    // In a text, the quotation mark would stand behind a backslash.
    let is_field = |at: usize| record.get(at.wrapping_sub(1)) != Some(&b'\\');
    if body.ends_with(b"{") || memchr::memmem::find_iter(record, PREFIX).any(is_field) {
        return None;
    }
    let json = serde_json::to_vec(fields).ok()?;
    let mut marked = Vec::with_capacity(record.len() + json.len());
    marked.extend_from_slice(body);
    marked.push(b',');
    marked.extend_from_slice(json.strip_prefix(b"{")?.strip_suffix(b"}")?);
    marked.extend_from_slice(&record[body.len()..]);
    Some(marked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_gets_the_fields_of_a_record() {
        let copy = Copy {
            wirecopy_of: "a",
            wirecopy_relation: "edited",
            wirecopy_similarity: 0.87654,
            wirecopy_confidence: 1.0,
        };
        let fields = Fields { wirecopy_group: Some("w1"), wirecopy_role: "copy", copy: Some(copy) };
        let json = serde_json::to_value(&fields).unwrap();
        assert_eq!(json.as_object().unwrap().len(), NAMES.len());
        for (number, name) in NAMES.iter().enumerate() {
            match number < FIRST_NUMBER {
                true => assert_eq!(json[name].as_str(), fields.text(number)),
                false => assert_eq!(json[name].as_f64(), fields.number(number)),
            }
        }
    }

    #[test]
    fn fields_go_before_the_closing_brace() {
        let fields = Fields { wirecopy_group: Some("w1"), wirecopy_role: "kept", copy: None };
        let marked = |record: &str| {
            mark(record.as_bytes(), &fields).map(|marked| String::from_utf8(marked).unwrap())
        };
        let added = r#""wirecopy_group":"w1","wirecopy_role":"kept""#;
        assert_eq!(marked(r#"{"a":{}}"#).unwrap(), format!(r#"{{"a":{{}},{added}}}"#));
        let quoted = r#"{"a":"the field \"wirecopy_group\" of"}"#;
        assert_eq!(marked(quoted).unwrap().len(), quoted.len() + 1 + added.len());
        assert_eq!(marked("{\n \"a\":1\n}").unwrap(), format!("{{\n \"a\":1,{added}\n}}"));
        assert_eq!(marked(r#"{ }"#), None);
        assert_eq!(marked("[1]"), None);
        assert_eq!(marked(&marked(r#"{"a":1}"#).unwrap()), None, "not twice");
    }
}
