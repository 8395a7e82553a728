//! SARIF 2.1.0 (OASIS), which GitHub and other code hosts take: one result a finding, its primary place the new record.
//!
//! GitHub refuses a run of more than 25,000 results and a result of more than 1,000 places, and shows 100 of these; what
//! is beyond is left out, and a notification of the run, or the message of the result, says so. Fingerprints are made of
//! contents, so that an alert outlives moves and new line numbers; GitHub reads the one named `primaryLocationLineHash`.
//! Limits of the policy and inputs that could not be read have no place: they are notifications too.
//!
//! <https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html>. Road not taken: a crate of all its types, for a
//! dozen of which there is a use here.

use std::io::{self, Write};

use serde::Serialize;

use crate::judge::codes::{About, Level, TABLE};
use crate::judge::finding::{Finding, Location};
use crate::judge::policy::Verdict;
use crate::report::figures;
use crate::report::sanitize::sanitize;

use super::message::{help, message};
use super::spot::{line, path};
use super::totals::limit;

/// Results that a host takes.
const MOST_RESULTS: usize = 25_000;
/// Places of a result that a host shows, the primary one among them.
const MOST_PLACES: usize = 100;

/// Writes the log.
pub(super) fn render(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let shown = verdict.findings.len().min(MOST_RESULTS);
    let log = Log {
        schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        version: "2.1.0",
        runs: [Run {
            tool: Tool {
                driver: Driver {
                    name: "wirecopy",
                    semantic_version: env!("CARGO_PKG_VERSION"),
                    rules: TABLE.iter().map(rule).collect(),
                },
            },
            invocations: [Invocation {
                execution_successful: verdict.failures.is_empty(),
                tool_execution_notifications: notifications(verdict, shown),
            }],
            results: verdict.findings[..shown].iter().map(result).collect(),
            column_kind: "unicodeCodePoints",
        }],
    };
    serde_json::to_writer_pretty(&mut *out, &log)?;
    out.write_all(b"\n")
}

fn rule(about: &About) -> Rule {
    Rule {
        id: about.name,
        short_description: Text::new(about.what),
        full_description: Text::new(about.why),
        help: Text::new(about.fix),
        default_configuration: Configuration {
            enabled: about.level > Level::Allow,
            level: level(about.level),
        },
    }
}

fn level(level: Level) -> &'static str {
    match level {
        Level::Deny => "error",
        Level::Warn => "warning",
        Level::Allow => "none",
    }
}

fn notifications(verdict: &Verdict, shown: usize) -> Vec<Notification> {
    let mut told: Vec<Notification> = Vec::new();
    let mut tell = |level, text| told.push(Notification { level, message: Text { text } });
    verdict.failures.iter().for_each(|failure| tell("error", sanitize(failure)));
    verdict.exceeded.iter().for_each(|exceeded| tell("error", limit(exceeded).1));
    let hidden = verdict.findings.len() - shown;
    if hidden > 0 {
        let left = figures::count(hidden, "finding", "findings");
        tell("warning", format!("{left} left out: hosts take {MOST_RESULTS} results"));
    }
    told
}

fn result(finding: &Finding) -> Answer<'_> {
    let mut text = format!("{}\nhelp: {}", sanitize(&message(finding)), sanitize(&help(finding)));
    let hidden = finding.locations.len().saturating_sub(MOST_PLACES);
    if hidden > 0 {
        let more = figures::count(hidden, "more article is", "more articles are");
        text.push_str(&format!("\n{more} not listed here"));
    }
    let related = finding.others().iter().take(MOST_PLACES - 1).enumerate();
    Answer {
        rule_id: finding.code.name(),
        rule_index: finding.code as usize,
        level: level(finding.level),
        message: Text { text },
        locations: [Place {
            id: None,
            physical_location: physical(finding.primary()),
            message: None,
        }],
        related_locations: related
            .map(|(at, place)| Place {
                id: Some(at + 1),
                physical_location: physical(place),
                message: Some(Text { text: said_of(place) }),
            })
            .collect(),
        partial_fingerprints: Fingerprints {
            line_hash: &finding.fingerprint,
            own: &finding.fingerprint,
        },
    }
}

/// `n-9: edited copy of nw-7781 (95 %)`, `nw-7781: kept`.
fn said_of(place: &Location) -> String {
    let id = sanitize(&place.id);
    match &place.link {
        Some(link) => {
            let (relation, share) = (link.relation.name(), figures::percent(link.similarity));
            format!("{id}: {relation} copy of {} ({share})", sanitize(&link.of))
        }
        None => format!("{id}: {}", place.role.name()),
    }
}

fn physical(place: &Location) -> Physical {
    let path = path(place);
    let is_relative = !path.starts_with('/');
    Physical {
        artifact_location: Artifact {
            uri: uri(path),
            uri_base_id: is_relative.then_some("%SRCROOT%"),
        },
        region: Region { start_line: line(place) },
    }
}

/// A path as a URI reference (RFC 3986): each byte that is not plain is written as `%XX`.
fn uri(path: &str) -> String {
    let mut out = String::with_capacity(path.len());
    if path.starts_with('/') {
        out.push_str("file://");
    }
    for byte in path.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                out.push(char::from(byte));
            }
            b'\\' if cfg!(windows) => out.push('/'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[derive(Serialize)]
struct Log<'a> {
    #[serde(rename = "$schema")]
    schema: &'static str,
    version: &'static str,
    runs: [Run<'a>; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Run<'a> {
    tool: Tool,
    invocations: [Invocation; 1],
    results: Vec<Answer<'a>>,
    column_kind: &'static str,
}

#[derive(Serialize)]
struct Tool {
    driver: Driver,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Driver {
    name: &'static str,
    semantic_version: &'static str,
    rules: Vec<Rule>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Rule {
    id: &'static str,
    short_description: Text,
    full_description: Text,
    help: Text,
    default_configuration: Configuration,
}

#[derive(Serialize)]
struct Configuration {
    enabled: bool,
    level: &'static str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Invocation {
    execution_successful: bool,
    tool_execution_notifications: Vec<Notification>,
}

#[derive(Serialize)]
struct Notification {
    level: &'static str,
    message: Text,
}

#[derive(Serialize)]
struct Text {
    text: String,
}

impl Text {
    fn new(text: &str) -> Self {
        Text { text: text.to_owned() }
    }
}

/// A `result` of the standard, whose name Rust has taken.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Answer<'a> {
    rule_id: &'static str,
    rule_index: usize,
    level: &'static str,
    message: Text,
    locations: [Place; 1],
    #[serde(skip_serializing_if = "Vec::is_empty")]
    related_locations: Vec<Place>,
    partial_fingerprints: Fingerprints<'a>,
}

#[derive(Serialize)]
struct Fingerprints<'a> {
    #[serde(rename = "primaryLocationLineHash")]
    line_hash: &'a str,
    #[serde(rename = "wirecopyFinding/v1")]
    own: &'a str,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Place {
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<usize>,
    physical_location: Physical,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<Text>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Physical {
    artifact_location: Artifact,
    region: Region,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Artifact {
    uri: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    uri_base_id: Option<&'static str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Region {
    start_line: u64,
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::judge::codes::Code;
    use crate::report::check::sample;

    fn shown(verdict: &Verdict) -> Value {
        let mut out = Vec::new();
        render(verdict, &mut out).unwrap();
        serde_json::from_slice(&out).unwrap()
    }

    fn find(log: &Value, code: Code) -> &Value {
        let results = log["runs"][0]["results"].as_array().unwrap();
        results.iter().find(|result| result["ruleId"] == code.name()).unwrap()
    }

    #[test]
    fn every_code_is_a_rule_and_every_result_points_to_it() {
        let log = shown(&sample::verdict());
        let rules = log["runs"][0]["tool"]["driver"]["rules"].as_array().unwrap();
        assert_eq!(rules.len(), TABLE.len());
        for result in log["runs"][0]["results"].as_array().unwrap() {
            let index = result["ruleIndex"].as_u64().unwrap() as usize;
            assert_eq!(rules[index]["id"], result["ruleId"]);
        }
        for code in Code::all() {
            find(&log, code);
        }
    }

    #[test]
    fn the_primary_place_is_the_new_record_and_the_others_are_related() {
        let log = shown(&sample::verdict());
        let near = find(&log, Code::NearCopy);
        let place = |place: &Value| {
            let physical = &place["physicalLocation"];
            let uri = physical["artifactLocation"]["uri"].as_str().unwrap().to_owned();
            (uri, physical["region"]["startLine"].as_u64().unwrap())
        };
        assert_eq!(place(&near["locations"][0]), ("new/b.jsonl".to_owned(), 3));
        assert_eq!(place(&near["relatedLocations"][0]), ("a.jsonl".to_owned(), 1));
        assert_eq!(
            near["relatedLocations"][1]["message"]["text"],
            "n-9: edited copy of nw-7781 (95 %)"
        );
        let odd = find(&log, Code::ExactCopy);
        assert_eq!(place(&odd["locations"][0]).0, "a%2050%25%20off%2Cb%3Ac.jsonl");
        assert_eq!(place(&find(&log, Code::SelfRepeat)["locations"][0]).1, 1, "hosts want a line");
    }

    #[test]
    fn limits_of_hosts_are_kept_and_said() {
        let mut verdict = sample::verdict();
        let near = verdict.findings.iter().find(|found| found.code == Code::NearCopy).cloned();
        let mut near = near.unwrap();
        let small = Finding { locations: vec![near.locations[0].clone()], ..near.clone() };
        near.locations.extend(std::iter::repeat_n(near.locations[1].clone(), 150));
        verdict.findings = vec![small; MOST_RESULTS + 5];
        verdict.findings[0] = near;
        let log = shown(&verdict);
        let run = &log["runs"][0];
        assert_eq!(run["results"].as_array().unwrap().len(), MOST_RESULTS);
        let first = &run["results"][0];
        assert_eq!(first["relatedLocations"].as_array().unwrap().len(), MOST_PLACES - 1);
        let says = first["message"]["text"].as_str().unwrap();
        assert!(says.ends_with("\n53 more articles are not listed here"), "{says}");
        let told = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap();
        assert_eq!(told[2]["message"]["text"], "5 findings left out: hosts take 25000 results");
    }

    #[test]
    fn inputs_that_failed_make_the_run_unsuccessful() {
        let verdict =
            Verdict { failures: vec!["cut.gz: ends early".to_owned()], ..Verdict::default() };
        let log = shown(&verdict);
        let invocation = &log["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        assert_eq!(
            invocation["toolExecutionNotifications"][0]["message"]["text"],
            "cut.gz: ends early"
        );
        assert_eq!(log["runs"][0]["results"], Value::Array(Vec::new()));
    }

    #[test]
    fn paths_are_uris() {
        assert_eq!(uri("a/b c#d?.jsonl"), "a/b%20c%23d%3F.jsonl");
        assert_eq!(uri("/é"), "file:///%C3%A9");
    }
}
