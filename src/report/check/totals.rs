//! What a check came to, in one line, and the limits it went over.

use crate::judge::codes::Level;
use crate::judge::policy::{Exceeded, Verdict};
use crate::report::figures;

/// `2 errors, 1 warning; 5 copies among 100 articles (5.0 %); not told: 3 in the baseline`.
pub(super) fn totals(verdict: &Verdict) -> String {
    let errors = verdict.at(Level::Deny) + verdict.exceeded.len();
    let warnings = verdict.at(Level::Warn);
    let errors_told = figures::count(errors, "error", "errors");
    let warnings_told = figures::count(warnings, "warning", "warnings");
    let mut parts = vec![match (errors, warnings) {
        (0, 0) if verdict.articles == 0 => "nothing checked".to_owned(),
        (0, 0) => "nothing found".to_owned(),
        (0, _) => warnings_told,
        (_, 0) => errors_told,
        _ => format!("{errors_told}, {warnings_told}"),
    }];
    parts.push(format!(
        "{} among {} ({})",
        figures::count(verdict.copies, "copy", "copies"),
        figures::count(verdict.articles, "article", "articles"),
        figures::percent_of(verdict.copies, verdict.articles)
    ));
    let silent = [
        (verdict.known, "in the baseline".to_owned()),
        (verdict.excused, "excused by the configuration".to_owned()),
        (verdict.older, format!("older than {}", verdict.since.as_deref().unwrap_or_default())),
    ];
    let silent: Vec<String> = silent
        .into_iter()
        .filter(|(number, _)| *number > 0)
        .map(|(number, why)| format!("{} {why}", figures::thousands(number as u64)))
        .collect();
    if !silent.is_empty() {
        parts.push(format!("not told: {}", silent.join(", ")));
    }
    parts.join("; ")
}

/// The flag of a limit, and by how much it was exceeded.
pub(super) fn limit(exceeded: &Exceeded) -> (&'static str, String) {
    match exceeded {
        Exceeded::Share { share, most } => (
            "max-share",
            format!(
                "the share of copies is {:.2} %, more than --max-share {} %",
                share * 100.0,
                most * 100.0
            ),
        ),
        Exceeded::Groups { groups, most } => (
            "max-groups",
            format!(
                "there are {}, more than --max-groups {}",
                figures::count(*groups, "group", "groups"),
                figures::thousands(*most as u64)
            ),
        ),
    }
}
