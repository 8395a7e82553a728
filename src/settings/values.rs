//! Values as people write them, in the file and as flags: shares, spans, sizes, rules for the kept article.

use crate::config::KeepRule;

/// No record may be longer: places in a text are counted in 32 bits, and records are held more than once.
const MOST_RECORD: usize = 2 << 30;

/// A number from 0 to 1.
///
/// # Errors
///
/// What would be right.
pub fn share(text: &str) -> Result<f64, String> {
    let share: f64 =
        text.parse().map_err(|_| "must be a number between 0 and 1, such as 0.8".to_owned())?;
    if (0.0..=1.0).contains(&share) {
        Ok(share)
    } else if share > 1.0 && share <= 100.0 {
        Err(format!("must be between 0 and 1: for {share} percent write {}", share / 100.0))
    } else {
        Err("must be between 0 and 1".to_owned())
    }
}

/// A share of a whole: `2%`, or 0.02.
///
/// # Errors
///
/// What would be right.
pub fn percent(text: &str) -> Result<f64, String> {
    const WRONG: &str = "must be a share such as 2% or 0.02";
    let Some(number) = text.strip_suffix('%') else {
        return share(text).map_err(|_| WRONG.to_owned());
    };
    let number: f64 = number.trim().parse().map_err(|_| WRONG.to_owned())?;
    if (0.0..=100.0).contains(&number) { Ok(number / 100.0) } else { Err(WRONG.to_owned()) }
}

/// Seconds of a span such as `12h`, `7d` or `2w`.
///
/// # Errors
///
/// What would be right.
pub fn span(text: &str) -> Result<u64, String> {
    const WRONG: &str = "must be a number of hours, days or weeks, such as 12h, 7d or 2w";
    let parse = || {
        let (at, unit) = text.char_indices().next_back()?;
        let seconds: u64 = match unit {
            'h' => 3600,
            'd' => 24 * 3600,
            'w' => 7 * 24 * 3600,
            _ => return None,
        };
        let number = &text[..at];
        let digits = number.bytes().all(|byte| byte.is_ascii_digit());
        let number: u64 = number.parse().ok().filter(|_| digits)?;
        number.checked_mul(seconds)
    };
    parse().ok_or_else(|| WRONG.to_owned())
}

/// A number of bytes: `512M`, `1.5G`, `2GiB`. Letters stand for powers of 1,024.
///
/// # Errors
///
/// What would be right.
pub fn bytes(text: &str) -> Result<u64, String> {
    const RIGHT: &str = "must be a size such as 512M or 8G";
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at(end);
    let number: f64 = number.parse().map_err(|_| RIGHT.to_owned())?;
    let unit = unit.trim().to_ascii_uppercase();
    let power = match unit.strip_suffix("IB").or_else(|| unit.strip_suffix('B')).unwrap_or(&unit) {
        "" => 0,
        "K" => 10,
        "M" => 20,
        "G" => 30,
        "T" => 40,
        _ => return Err(RIGHT.to_owned()),
    };
    Ok((number * (1u64 << power) as f64) as u64)
}

/// The longest record, in bytes.
///
/// # Errors
///
/// What would be right.
pub fn record(text: &str) -> Result<usize, String> {
    let bytes = usize::try_from(bytes(text)?).unwrap_or(usize::MAX);
    if (1024..=MOST_RECORD).contains(&bytes) {
        Ok(bytes)
    } else {
        Err("must be between 1K and 2G".to_owned())
    }
}

/// A number of things, or of times that something may grow.
///
/// # Errors
///
/// What would be right.
pub fn at_least_one(text: &str) -> Result<u64, String> {
    let number: Option<u64> = text.parse().ok().filter(|number| *number > 0);
    number.ok_or_else(|| "must be a whole number, at least 1".to_owned())
}

/// A rule for the kept article.
///
/// # Errors
///
/// What would be right.
pub fn keep_rule(text: &str) -> Result<KeepRule, String> {
    Ok(match text {
        "earliest" => KeepRule::Earliest,
        "longest" => KeepRule::Longest,
        "first" => KeepRule::First,
        _ => KeepRule::Prefer(preferred(text)?),
    })
}

fn preferred(text: &str) -> Result<Vec<String>, String> {
    let list = text
        .strip_prefix("prefer:")
        .ok_or("must be earliest, longest, first or prefer:a.com,b.com")?;
    let sources: Vec<String> = list
        .split(',')
        .map(str::trim)
        .filter(|source| !source.is_empty())
        .map(str::to_owned)
        .collect();
    if sources.is_empty() {
        Err("prefer: needs an outlet, as in prefer:a.com,b.com".to_owned())
    } else {
        Ok(sources)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_are_hours_days_or_weeks() {
        let seconds = ["12h", "7d", "2w", "0d"].map(|text| span(text).unwrap());
        assert_eq!(seconds, [43_200, 604_800, 1_209_600, 0]);
        for wrong in ["", "7", "d", "-1d", "+1d", "7 d", "1m", "7é", "99999999999999999w"] {
            assert!(span(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn shares_of_a_whole_are_percent_or_plain() {
        assert_eq!(
            ["2%", "0.5 %", "0.02", "100%"].map(|text| percent(text).unwrap()),
            [0.02, 0.005, 0.02, 1.0]
        );
        for wrong in ["2", "101%", "-1%", "%", "two", "NaN", "NaN%"] {
            assert!(percent(wrong).is_err(), "{wrong}");
        }
    }
}
