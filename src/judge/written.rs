//! An entry of a baseline as a line of its file: JSON, with the version of the form in each line, so that lines of two
//! branches merge.

use std::collections::BTreeSet;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::baseline::{Entry, Member, Sort};
use super::codes::Code;
use crate::error::{Error, Result};
use crate::text::Fingerprint;

/// The version of the form. Another one is refused: guessing what was accepted would let copies in.
const VERSION: u64 = 1;

/// An entry as it stands in the file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    v: u64,
    group: String,
    codes: Vec<String>,
    members: Vec<WrittenMember>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenMember {
    id: String,
    content: String,
}

/// The line of an entry.
pub(super) fn line(entry: &Entry) -> String {
    let members = entry.members.iter();
    let written = Written {
        v: VERSION,
        group: entry.members.first().map_or_else(String::new, |member| member.content.group_id()),
        codes: entry.codes.iter().map(|code| code.name().to_owned()).collect(),
        members: members
            .map(|member| WrittenMember {
                id: member.id.clone(),
                content: member.content.to_string(),
            })
            .collect(),
        reason: entry.reason.clone(),
    };
    serde_json::to_string(&written).expect("strings and numbers are JSON")
}

/// The entry on a line of the file.
pub(super) fn read(path: &Path, number: u64, line: &str) -> Result<Entry> {
    let wrong = |what: String| Error::new(format!("{}:{number}: {what}", path.display())).at(path);
    if ["<<<<<<<", "=======", ">>>>>>>", "|||||||"].iter().any(|mark| line.starts_with(mark)) {
        let hint = "git checkout --merge with the lines of both sides kept, then `wirecopy check --update-baseline`";
        return Err(wrong("a conflict of git that is not resolved".to_owned()).with_hint(hint));
    }
    let value: serde_json::Value = serde_json::from_str(line)
        .map_err(|error| wrong(format!("not an entry of a baseline: {error}")).with_hint(MAKE))?;
    match value.get("v").and_then(serde_json::Value::as_u64) {
        Some(VERSION) => {}
        Some(other) => {
            let what =
                format!("a baseline of version {other}; this wirecopy knows version {VERSION}");
            return Err(wrong(what).with_hint(
                "the wirecopy that wrote it, or a new baseline: delete the file, then `wirecopy check --update-baseline`",
            ));
        }
        None => {
            return Err(wrong("not an entry of a baseline: no version".to_owned()).with_hint(MAKE));
        }
    }
    let written: Written = serde_json::from_value(value)
        .map_err(|error| wrong(format!("not an entry of a baseline: {error}")).with_hint(MAKE))?;
    let code = |name: &String| {
        let code = Code::named(name).filter(|&code| Sort::of(code).is_some());
        code.ok_or_else(|| {
            wrong(format!("{name:?} is no code that can be accepted")).with_hint(MAKE)
        })
    };
    let codes: BTreeSet<Code> = written.codes.iter().map(code).collect::<Result<_>>()?;
    let sorts: BTreeSet<_> = codes.iter().map(|&code| Sort::of(code)).collect();
    if sorts.len() != 1 || written.members.is_empty() {
        return Err(
            wrong("an entry needs members, and codes of one sort".to_owned()).with_hint(MAKE)
        );
    }
    let member = |member: WrittenMember| {
        let digits = member.content.strip_prefix("c1:").filter(|digits| digits.len() == 32);
        let content = digits.and_then(|digits| u128::from_str_radix(digits, 16).ok());
        let content = content.ok_or_else(|| {
            wrong(format!("{:?} is no content of this version", member.content)).with_hint(MAKE)
        })?;
        Ok(Member { content: Fingerprint(content), id: member.id })
    };
    let members = written.members.into_iter().map(member).collect::<Result<_>>()?;
    Ok(Entry { reason: written.reason, line: number, ..Entry::new(&codes, members) })
}

/// What to do about a file that is no baseline.
const MAKE: &str = "--baseline with a file that `wirecopy check --update-baseline` wrote";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::baseline::Baseline;

    #[test]
    fn a_line_is_a_contract() {
        let member =
            |id: &str, content| Member { id: id.to_owned(), content: Fingerprint(content) };
        let near = |members: [(&str, u128); 2]| {
            let members = members.map(|(id, content)| member(id, content)).to_vec();
            Entry::new(&BTreeSet::from([Code::NearCopy]), members)
        };
        let mut second = near([("b", 2), ("a\n\"", 1)]);
        second.reason = Some("legacy".to_owned());
        let entries = vec![near([("d", u128::MAX), ("c", 3)]), second];
        let base = Baseline { path: "b.jsonl".into(), entries };
        let text = base.to_text();
        let expected = concat!(
            r#"{"v":1,"group":"w0000000000","codes":["near-copy"],"members":[{"id":"a\n\"","content":"c1:00000000000000000000000000000001"},{"id":"b","content":"c1:00000000000000000000000000000002"}],"reason":"legacy"}"#,
            "\n",
            r#"{"v":1,"group":"w0000000000","codes":["near-copy"],"members":[{"id":"c","content":"c1:00000000000000000000000000000003"},{"id":"d","content":"c1:ffffffffffffffffffffffffffffffff"}]}"#,
            "\n"
        );
        assert_eq!(text, expected);
        assert_eq!(Baseline::parse(&base.path, &text).unwrap().to_text(), text);
    }

    #[test]
    fn wrong_files_are_told_where_and_what_to_do() {
        let told = |text: &str| {
            let error = Baseline::parse(Path::new("b.jsonl"), text).unwrap_err();
            assert!(error.hint().is_some());
            error.to_string()
        };
        assert_eq!(
            told("\n{\"v\":2}"),
            "b.jsonl:2: a baseline of version 2; this wirecopy knows version 1"
        );
        assert!(told("x").contains("b.jsonl:1: not an entry of a baseline: expected value"));
        assert!(told("{}").contains("no version"));
        assert!(told("<<<<<<< HEAD").contains("conflict"));
        let line = |codes: &str, content: &str| {
            format!(
                r#"{{"v":1,"group":"w","codes":[{codes}],"members":[{{"id":"a","content":"{content}"}}]}}"#
            )
        };
        let good = "c1:00000000000000000000000000000001";
        assert!(told(&line("\"near-cpy\"", good)).contains("near-cpy"));
        assert!(told(&line("\"bad-record\"", good)).contains("bad-record"));
        assert!(told(&line("", good)).contains("codes of one sort"));
        assert!(told(&line("\"near-copy\"", "c2:1")).contains("c2:1"));
        assert!(told(r#"{"v":1,"group":"w","codes":[],"members":[],"why":""}"#).contains("why"));
    }
}
