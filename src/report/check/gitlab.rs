//! GitLab's code quality report: one array, one object a finding.
//!
//! <https://docs.gitlab.com/ci/testing/code_quality/#code-quality-report-format>. Every object needs a place, so limits
//! that were exceeded and inputs that could not be read are not in it: the exit code tells of them.

use std::io::{self, Write};

use serde::Serialize;

use crate::judge::codes::Level;
use crate::judge::finding::Finding;
use crate::judge::policy::Verdict;
use crate::report::sanitize::sanitize;

use super::message::message;
use super::spot::{line, path};

/// Writes the array.
pub(super) fn render(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let issues: Vec<Issue> = verdict.findings.iter().map(issue).collect();
    serde_json::to_writer_pretty(&mut *out, &issues)?;
    out.write_all(b"\n")
}

#[derive(Serialize)]
struct Issue<'a> {
    description: String,
    check_name: &'static str,
    fingerprint: &'a str,
    severity: &'static str,
    location: Place<'a>,
}

#[derive(Serialize)]
struct Place<'a> {
    path: &'a str,
    lines: Lines,
}

#[derive(Serialize)]
struct Lines {
    begin: u64,
}

fn issue(finding: &Finding) -> Issue<'_> {
    let place = finding.primary();
    Issue {
        description: sanitize(&message(finding)),
        check_name: finding.code.name(),
        fingerprint: &finding.fingerprint,
        severity: if finding.level == Level::Deny { "major" } else { "minor" },
        location: Place { path: path(place), lines: Lines { begin: line(place) } },
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::report::check::sample;

    #[test]
    fn the_documented_shape() {
        let mut out = Vec::new();
        let verdict = sample::verdict();
        render(&verdict, &mut out).unwrap();
        let issues: Vec<Value> = serde_json::from_slice(&out).unwrap();
        assert_eq!(issues.len(), verdict.findings.len());
        for issue in &issues {
            let text = |key: &str| issue[key].as_str().unwrap();
            assert!(!text("description").is_empty() && !text("check_name").is_empty());
            assert!(["info", "minor", "major", "critical", "blocker"].contains(&text("severity")));
            assert!(issue["location"]["lines"]["begin"].as_u64().unwrap() >= 1);
            assert!(!issue["location"]["path"].as_str().unwrap().starts_with("./"));
        }
        let mut prints: Vec<&str> =
            issues.iter().map(|issue| issue["fingerprint"].as_str().unwrap()).collect();
        prints.sort_unstable();
        prints.dedup();
        assert_eq!(prints.len(), issues.len(), "fingerprints are unique");
    }

    #[test]
    fn nothing_found_is_an_empty_array() {
        let mut out = Vec::new();
        render(&Verdict::default(), &mut out).unwrap();
        assert_eq!(out, b"[]\n");
    }
}
