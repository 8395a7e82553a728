//! Workflow commands that GitHub Actions shows as annotations of a change: the totals, then the largest findings.
//!
//! A step shows ten errors and ten warnings; what is beyond is not printed, and the totals say so. The largest come
//! first: findings with the most places. A limit that was exceeded takes the place of an error.
//!
//! <https://docs.github.com/actions/reference/workflow-commands-for-github-actions>; the escapes are those of
//! `@actions/core`.

use std::cmp::Reverse;
use std::io::{self, Write};

use crate::judge::codes::Level;
use crate::judge::finding::Finding;
use crate::judge::policy::Verdict;
use crate::report::figures;
use crate::report::sanitize::sanitize;

use super::message::{help, message};
use super::spot::{line, path};
use super::totals::{limit, totals};

/// Annotations of one level that a step shows.
const SHOWN: usize = 10;

/// Writes a command a line.
pub(super) fn render(verdict: &Verdict, out: &mut dyn Write) -> io::Result<()> {
    let mut says = totals(verdict);
    let hidden: usize = [(Level::Deny, verdict.exceeded.len()), (Level::Warn, 0)]
        .map(|(level, before)| (verdict.at(level) + before).saturating_sub(SHOWN))
        .iter()
        .sum();
    if hidden > 0 {
        let hidden = figures::count(hidden, "finding is", "findings are");
        says.push_str(&format!("; {hidden} not annotated, see a report in another format"));
    }
    command("notice", &[("title", "wirecopy")], &says, out)?;
    for exceeded in &verdict.exceeded {
        let (flag, says) = limit(exceeded);
        command("error", &[("title", flag)], &says, out)?;
    }
    for failure in &verdict.failures {
        command("error", &[("title", "wirecopy")], &sanitize(failure), out)?;
    }
    let room = SHOWN.saturating_sub(verdict.exceeded.len());
    for (level, name, room) in [(Level::Deny, "error", room), (Level::Warn, "warning", SHOWN)] {
        let of_level = verdict.findings.iter().filter(|finding| finding.level == level);
        let mut largest: Vec<&Finding> = of_level.collect();
        largest.sort_by_key(|finding| Reverse(finding.locations.len()));
        for finding in largest.into_iter().take(room) {
            annotation(name, finding, out)?;
        }
    }
    Ok(())
}

fn annotation(name: &str, finding: &Finding, out: &mut dyn Write) -> io::Result<()> {
    let place = finding.primary();
    let number = line(place).to_string();
    let title = format!("wirecopy {}", finding.code.name());
    let places = [("file", path(place)), ("line", &number), ("title", &title)];
    let says = format!("{}\nhelp: {}", sanitize(&message(finding)), sanitize(&help(finding)));
    command(name, &places, &says, out)
}

/// `::error file=a.jsonl,line=3,title=wirecopy near-copy::what is said`.
fn command(
    name: &str,
    properties: &[(&str, &str)],
    says: &str,
    out: &mut dyn Write,
) -> io::Result<()> {
    let properties: Vec<String> =
        properties.iter().map(|(key, value)| format!("{key}={}", property(value))).collect();
    writeln!(out, "::{name} {}::{}", properties.join(","), data(says))
}

/// What stands after the second `::`.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// The value of a property, which a colon or a comma would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
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
    fn the_totals_then_the_largest() {
        let text = shown(&sample::verdict());
        let lines: Vec<&str> = text.lines().collect();
        assert!(
            lines[0].starts_with("::notice title=wirecopy::8 errors, 7 warnings; 3,540 copies")
        );
        assert!(lines[1].starts_with("::error title=max-share::the share of copies is 3.54 %25"));
        let near = "::error file=new/b.jsonl,line=3,title=wirecopy near-copy::n-3 is a reworded copy of nw-7781 \
                    (78 %25); 1 more such copy in this group%0Ahelp: wirecopy compare nw-7781 n-3 --in new/b.jsonl a.jsonl";
        assert!(lines.contains(&near), "{text}");
        assert!(text.contains("::error file=a 50%25 off%2Cb%3Ac.jsonl,line=2,"), "{text}");
        assert!(!text.contains('\u{1b}'));
    }

    #[test]
    fn a_step_shows_ten_of_each() {
        let mut verdict = sample::verdict();
        let copies: Vec<Finding> =
            verdict.findings.iter().filter(|found| found.code == Code::NearCopy).cloned().collect();
        verdict.findings.extend(std::iter::repeat_n(copies[0].clone(), 20));
        let text = shown(&verdict);
        assert_eq!(text.lines().filter(|line| line.starts_with("::error ")).count(), 10);
        assert_eq!(text.lines().filter(|line| line.starts_with("::warning ")).count(), 7);
        assert!(text.contains("18 findings are not annotated"), "{text}");
    }

    /// The slow twin undoes the escapes as the runner does.
    #[test]
    fn what_is_escaped_comes_back() {
        let undone = |text: &str| {
            let text = text.replace("%3A", ":").replace("%2C", ",");
            text.replace("%0D", "\r").replace("%0A", "\n").replace("%25", "%")
        };
        for text in ["100 %, a:b\r\n::error::x", "%0A%25", "::set-output name=x::y"] {
            assert_eq!(undone(&property(text)), text);
            assert!(!property(text).contains([',', ':', '\n', '\r']));
        }
    }
}
