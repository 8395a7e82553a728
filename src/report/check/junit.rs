//! JUnit XML, which Jenkins, GitLab and most others show as tests: a suite, and in it a case for each finding.
//!
//! A code that found nothing is one case that passed, so that a clean corpus is not taken for a run without tests. Denied
//! findings are failures, warned ones pass and say so in their output.
//! There is no schema of it that all agree on; these are the elements and attributes that all read. No times: the same
//! input gives the same bytes.

use std::io::{self, Write};

use crate::judge::codes::{Level, TABLE};
use crate::judge::finding::Finding;
use crate::judge::policy::Verdict;
use crate::report::entities::entities;
use crate::report::sanitize::sanitize;

use super::message::{help, message};
use super::spot::spot;
use super::totals::limit;

/// Writes the suite.
pub(super) fn render(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let cases = cases(verdict);
    let count = |is: fn(&Outcome) -> bool| cases.iter().filter(|case| is(&case.outcome)).count();
    let numbers = format!(
        r#"tests="{}" failures="{}" errors="{}""#,
        cases.len(),
        count(|outcome| matches!(outcome, Outcome::Failed { .. })),
        count(|outcome| matches!(outcome, Outcome::Error(_))),
    );
    writeln!(out, r#"<?xml version="1.0" encoding="UTF-8"?>"#)?;
    writeln!(out, r#"<testsuites name="wirecopy check" {numbers}>"#)?;
    writeln!(out, r#"  <testsuite name="wirecopy check" {numbers}>"#)?;
    for case in &cases {
        write!(
            out,
            r#"    <testcase classname="wirecopy.{}" name="{}""#,
            case.class,
            entities(&case.name)
        )?;
        match &case.outcome {
            Outcome::Passed => writeln!(out, "/>")?,
            Outcome::Warned(says) => {
                writeln!(out, "><system-out>{}</system-out></testcase>", entities(says))?;
            }
            Outcome::Failed { message, detail } => writeln!(
                out,
                r#"><failure type="{}" message="{}">{}</failure></testcase>"#,
                case.class,
                entities(message),
                entities(detail)
            )?,
            Outcome::Error(message) => writeln!(
                out,
                r#"><error type="input" message="{}"/></testcase>"#,
                entities(message)
            )?,
        }
    }
    writeln!(out, "  </testsuite>\n</testsuites>")
}

struct Case {
    class: &'static str,
    name: String,
    outcome: Outcome,
}

enum Outcome {
    Passed,
    Warned(String),
    Failed { message: String, detail: String },
    Error(String),
}

fn cases(verdict: &Verdict) -> Vec<Case> {
    let mut cases = Vec::new();
    for failure in &verdict.failures {
        let outcome = Outcome::Error(sanitize(failure));
        cases.push(Case { class: "input", name: "every input can be read".to_owned(), outcome });
    }
    for exceeded in &verdict.exceeded {
        let (class, message) = limit(exceeded);
        let outcome = Outcome::Failed { message, detail: String::new() };
        cases.push(Case { class, name: class.to_owned(), outcome });
    }
    for about in TABLE {
        let found = verdict.findings.iter().filter(|finding| finding.code == about.code);
        let before = cases.len();
        cases.extend(found.map(case));
        if cases.len() == before {
            let name = format!("no {}: {}", about.name, about.what);
            cases.push(Case { class: about.name, name, outcome: Outcome::Passed });
        }
    }
    cases
}

fn case(finding: &Finding) -> Case {
    let says = sanitize(&message(finding));
    let mut detail: Vec<String> =
        finding.locations.iter().map(|place| sanitize(&spot(place))).collect();
    detail.push(format!("help: {}", sanitize(&help(finding))));
    let detail = detail.join("\n");
    let name = format!("{}: {says}", sanitize(&spot(finding.primary())));
    let outcome = match finding.level {
        Level::Deny => Outcome::Failed { message: says, detail },
        _ => Outcome::Warned(format!("warning: {says}\n{detail}")),
    };
    Case { class: finding.code.name(), name, outcome }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::judge::codes::Code;
    use crate::report::check::sample;

    fn shown(verdict: &Verdict) -> String {
        let mut out = Vec::new();
        render(verdict, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn findings_are_cases() {
        let text = shown(&sample::verdict());
        assert!(text.contains(r#"tests="15" failures="8" errors="0""#), "{text}");
        let expected = r#"<testcase classname="wirecopy.near-copy" name="new/b.jsonl:3: n-3 is a reworded copy of nw-7781 (78 %); 1 more such copy in this group"><failure type="near-copy" message="n-3 is a reworded copy of nw-7781 (78 %); 1 more such copy in this group">new/b.jsonl:3
a.jsonl:1
new/b.jsonl:9
help: wirecopy compare nw-7781 n-3 --in new/b.jsonl a.jsonl</failure></testcase>
"#;
        assert!(text.contains(expected), "{text}");
        assert!(text.contains("near `&lt;a &amp; &quot;b&quot;&gt;`"), "{text}");
    }

    #[test]
    fn a_code_that_found_nothing_passes() {
        let mut verdict = sample::verdict();
        verdict.findings.retain(|finding| finding.code == Code::NearCopy);
        verdict.exceeded.clear();
        let text = shown(&verdict);
        for about in TABLE.iter().filter(|about| about.code != Code::NearCopy) {
            let passed = format!(r#"classname="wirecopy.{}" name="no {}"#, about.name, about.name);
            assert!(text.contains(&passed), "{passed}");
        }
        assert!(text.contains(r#"tests="13" failures="1""#), "{text}");
        let empty = shown(&Verdict { failures: vec!["cut.gz".to_owned()], ..Verdict::default() });
        assert!(empty.contains(r#"tests="14" failures="0" errors="1""#), "{empty}");
    }
}
