//! The fields that `--mark` adds to a record; the rest of it stays as it is, byte for byte.

use serde::Serialize;

use super::plan::Removal;
use crate::find::Group;
use crate::report::rounded;
use crate::scan::Outcome;

/// What the names of all added fields begin with, quotation mark included.
const PREFIX: &[u8] = b"\"wirecopy_";

/// What a member of a group is told about itself.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Fields<'a> {
    wirecopy_group: &'a str,
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

/// The fields of a member: `copy` if it would be removed, else `kept`.
pub(super) fn fields<'a>(
    group: &'a Group,
    removal: Option<&'a Removal>,
    outcome: &'a Outcome,
) -> Fields<'a> {
    let copy = removal.and_then(|removal| removal.steps.first().map(|link| (removal, link)));
    Fields {
        wirecopy_group: &group.id,
        wirecopy_role: if copy.is_some() { "copy" } else { "kept" },
        copy: copy.map(|(removal, link)| Copy {
            wirecopy_of: &outcome.articles[removal.kept as usize].id,
            wirecopy_relation: link.relation.name(),
            wirecopy_similarity: link.similarity,
            wirecopy_confidence: link.confidence,
        }),
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
    fn fields_go_before_the_closing_brace() {
        let fields = Fields { wirecopy_group: "w1", wirecopy_role: "kept", copy: None };
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
