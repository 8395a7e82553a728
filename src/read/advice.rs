//! What to say when no field of a file fits: the keys that were seen, and the flag to try next.

use super::fields;
use super::survey::{Survey, Tally};

/// Keys that are named at most.
const KEYS_SHOWN: usize = 20;

/// The keys that were seen, and the flag to try next.
pub(super) fn advice(survey: &Survey, flag: &str) -> String {
    // A parent is not told apart from its children: only what holds a value itself is named.
    let keys: Vec<_> =
        survey.seen().filter(|(_, tally)| tally.strings + tally.numbers > 0).collect();
    let mut shown: Vec<_> =
        keys.iter().take(KEYS_SHOWN).map(|(path, tally)| key(path, tally, survey)).collect();
    if keys.len() > KEYS_SHOWN {
        shown.push(format!("and {} more", keys.len() - KEYS_SHOWN));
    }
    if shown.is_empty() {
        shown.push("none with a value".to_owned());
    }
    let records = grouped(survey.records);
    let plural = if survey.records == 1 { "record" } else { "records" };
    let seen = format!("  keys seen in {records} {plural}: {}", shown.join(", "));
    match suggestion(survey, flag) {
        Some(name) => format!("{seen}\n  try: --{flag}-field {name}"),
        None => seen,
    }
}

fn key(path: &str, tally: &Tally, survey: &Survey) -> String {
    let share = 100 * (tally.strings + tally.numbers).min(survey.records) / survey.records.max(1);
    let path: String =
        path.chars().map(|c| if c.is_control() { ' ' } else { c }).take(60).collect();
    if tally.strings >= tally.numbers {
        format!("{path} ({share} %, avg {} chars)", grouped(tally.average()))
    } else {
        format!("{path} ({share} %, numbers)")
    }
}

/// For a text, the longest strings that are in most records and no markup; for other parts, what would have been found.
fn suggestion<'a>(survey: &'a Survey, flag: &str) -> Option<&'a str> {
    if let Some(name) = fields::known(survey, flag) {
        return Some(name);
    }
    if flag != "text" {
        return None;
    }
    let often =
        |(_, tally): &(&str, &Tally)| tally.strings * 2 >= survey.records && tally.strings > 0;
    let is_plain = |(path, tally): &(&str, &Tally)| {
        tally.markup * 2 < tally.strings && !path.to_ascii_lowercase().contains("html")
    };
    let longest = |found: Vec<(&'a str, &Tally)>| {
        found.into_iter().rev().max_by_key(|(_, tally)| tally.average()).map(|(path, _)| path)
    };
    longest(survey.seen().filter(often).filter(is_plain).collect())
        .or_else(|| longest(survey.seen().filter(often).collect()))
}

/// A count with commas between thousands.
fn grouped(count: u64) -> String {
    let digits = count.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_grouped_by_thousands() {
        assert_eq!(
            [0, 999, 1000, 48_000, 1_234_567].map(grouped),
            ["0", "999", "1,000", "48,000", "1,234,567"]
        );
    }

    #[test]
    fn long_lists_of_keys_are_cut_and_made_safe() {
        let mut survey = Survey::default();
        let keys: Vec<_> = (0..30).map(|i| format!("\"k{i}\\u001b\":\"v\"")).collect();
        survey.add(format!("{{{}}}", keys.join(",")).as_bytes());
        let words = advice(&survey, "title");
        assert!(words.ends_with(", and 10 more") && !words.contains('\u{1b}'), "{words}");
    }

    #[test]
    fn what_detection_would_take_is_suggested() {
        let mut survey = Survey::default();
        survey.add(br#"{"headline":"a","body":"b","long":"cccc"}"#);
        assert!(advice(&survey, "title").ends_with("--title-field headline"));
        assert!(advice(&survey, "text").ends_with("--text-field body"));
    }
}
