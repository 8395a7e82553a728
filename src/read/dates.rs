//! Dates as news dumps write them.
//!
//! A form in which day and month could be swapped (`03/04/2024`) is refused rather than guessed.

use std::ops::RangeInclusive;

use jiff::civil::{self, DateTime};
use jiff::fmt::rfc2822;
use jiff::fmt::strtime::{self, BrokenDownTime};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::article::Date;

/// Forms with the month in words. The weekday, if there is one, has been cut off.
const DAYS: &[&str] =
    &["%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y", "%Y/%m/%d"];

/// Forms with a time but no zone that ISO 8601 does not know.
const TIMES: &[&str] = &["%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y%m%d%H%M%S"];

/// Forms with an offset that ISO 8601 does not know.
const OFFSETS: &[&str] = &["%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M %z", "%a %b %d %H:%M:%S %z %Y"];

/// Years as they are written in full: in `March 1, 24` and `24/03/01`, a number of two digits may be the day as well.
const YEARS: RangeInclusive<i16> = 1000..=9999;

/// Epoch values below this have too few digits to be told from years and days.
const EPOCH_MIN: f64 = 1e8;
/// Epoch values from here on are milliseconds.
const MILLIS_MIN: f64 = 1e11;
/// Epoch values from here on are nothing known.
const EPOCH_END: f64 = 1e14;

/// Reads a date, or `None` if no known form fits. Without a time zone, UTC is meant.
///
/// Forms: ISO 8601 (`T` or a space, fraction, offset or `Z` optional), `YYYY-MM-DD`, `YYYY/MM/DD`, `YYYYMMDD`,
/// `YYYYMMDDhhmmss`, RFC 2822, epoch seconds or milliseconds, `DD Month YYYY`, `Month D, YYYY`.
/// Fractions of a second are dropped.
///
/// ```
/// let date = wirecopy::read::parse_date("2024-03-01 10:00").expect("a known form");
/// assert_eq!(date.to_string(), "2024-03-01T10:00:00Z");
/// ```
pub fn parse_date(text: &str) -> Option<Date> {
    let text = text.trim();
    if text.is_empty() || text.len() > 64 {
        return None;
    }
    if text.bytes().all(|b| b.is_ascii_digit() || b == b'.') {
        return numeric(text);
    }
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(moment(time));
    }
    if text.len() <= 10
        && let Ok(date) = text.parse::<civil::Date>()
    {
        return day(date);
    }
    let bare = text.strip_suffix(" UTC").or_else(|| text.strip_suffix(" GMT")).unwrap_or(text);
    if let Ok(time) = bare.parse::<DateTime>() {
        return local(time);
    }
    worded(text, bare)
}

fn worded(text: &str, bare: &str) -> Option<Date> {
    let mail = rfc2822::DateTimeParser::new().relaxed_weekday(true);
    if let Ok(time) = mail.parse_timestamp(text) {
        return Some(moment(time));
    }
    for form in OFFSETS {
        if let Some(time) = written(form, text).and_then(|t| t.to_timestamp().ok()) {
            return Some(moment(time));
        }
    }
    for form in TIMES {
        if let Some(time) = written(form, bare).and_then(|t| t.to_datetime().ok()) {
            return local(time);
        }
    }
    let without_weekday = match text.split_once(", ") {
        Some((weekday, rest)) if weekday.ends_with("day") || weekday.len() == 3 => rest,
        _ => text,
    };
    let date = DAYS.iter().find_map(|form| written(form, without_weekday)?.to_date().ok())?;
    day(date)
}

/// What a form finds in a text, if the year is written in full.
fn written(form: &str, text: &str) -> Option<BrokenDownTime> {
    let found = strtime::parse(form, text).ok()?;
    found.year().is_some_and(|year| YEARS.contains(&year)).then_some(found)
}

/// A run of digits: a day if it can be one, else a full date and time, else seconds or milliseconds.
fn numeric(text: &str) -> Option<Date> {
    if text.len() == 8
        && let Ok(date) = strtime::parse("%Y%m%d", text).and_then(|t| t.to_date())
        && (1400..2200).contains(&date.year())
    {
        return day(date);
    }
    if text.len() == 14
        && let Ok(time) = strtime::parse("%Y%m%d%H%M%S", text).and_then(|t| t.to_datetime())
    {
        return local(time);
    }
    let value: f64 = text.parse().ok()?;
    if !(EPOCH_MIN..EPOCH_END).contains(&value) {
        return None;
    }
    let seconds = if value < MILLIS_MIN { value } else { value / 1000.0 };
    Some(Date { seconds: seconds.floor() as i64, day_only: false })
}

fn moment(time: Timestamp) -> Date {
    // Flooring keeps fractions before 1970 on the right side.
    let whole = time.as_duration();
    let below =
        i64::from(whole.subsec_nanos() < 0 && whole != SignedDuration::from_secs(whole.as_secs()));
    Date { seconds: whole.as_secs() - below, day_only: false }
}

fn local(time: DateTime) -> Option<Date> {
    TimeZone::UTC.to_timestamp(time).ok().map(moment)
}

fn day(date: civil::Date) -> Option<Date> {
    let time = TimeZone::UTC.to_timestamp(date.at(0, 0, 0, 0)).ok()?;
    Some(Date { day_only: true, ..moment(time) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_forms_are_read() {
        for (text, shown) in [
            ("2024-03-01T10:00:00Z", "2024-03-01T10:00:00Z"),
            ("2024-03-01T10:00:00.123Z", "2024-03-01T10:00:00Z"),
            ("2024-03-01T10:00:00+02:00", "2024-03-01T08:00:00Z"),
            ("2024-03-01T10:00:00+0200", "2024-03-01T08:00:00Z"),
            ("2024-03-01 10:00:00+02:00", "2024-03-01T08:00:00Z"),
            ("2024-03-01 10:00:00 +0200", "2024-03-01T08:00:00Z"),
            ("2024-03-01T10:00:00", "2024-03-01T10:00:00Z"),
            ("2024-03-01 10:00:00", "2024-03-01T10:00:00Z"),
            ("2024-03-01 10:00:00.5", "2024-03-01T10:00:00Z"),
            ("2024-03-01 10:00", "2024-03-01T10:00:00Z"),
            ("2024-03-01 10:00:00 UTC", "2024-03-01T10:00:00Z"),
            ("2024/03/01 10:00:00", "2024-03-01T10:00:00Z"),
            ("20240301100000", "2024-03-01T10:00:00Z"),
            ("2024-03-01", "2024-03-01"),
            (" 2024-03-01\n", "2024-03-01"),
            ("2024/03/01", "2024-03-01"),
            ("20240301", "2024-03-01"),
            ("Fri, 01 Mar 2024 10:00:00 GMT", "2024-03-01T10:00:00Z"),
            ("Fri, 1 Mar 2024 10:00:00 +0200", "2024-03-01T08:00:00Z"),
            ("1709287200", "2024-03-01T10:00:00Z"),
            ("1709287200.25", "2024-03-01T10:00:00Z"),
            ("1709287200000", "2024-03-01T10:00:00Z"),
            ("1 March 2024", "2024-03-01"),
            ("01 Mar 2024", "2024-03-01"),
            ("March 1, 2024", "2024-03-01"),
            ("Mar 1, 2024", "2024-03-01"),
            ("Friday, March 1, 2024", "2024-03-01"),
            ("1969-12-31T23:59:59.5Z", "1969-12-31T23:59:59Z"),
        ] {
            let date = parse_date(text).map(|d| d.to_string());
            assert_eq!(date.as_deref(), Some(shown), "{text:?}");
        }
    }

    #[test]
    fn unclear_forms_are_refused() {
        for text in [
            "",
            "yesterday",
            "03/04/2024",
            "2024",
            "0",
            "2024-13-01",
            "99999999999999999999",
            "1.2.3",
            "2024-02-30",
            "March 1, 24",
            "March24-8",
            "24/03/01 10:00",
        ] {
            assert_eq!(parse_date(text), None, "{text:?}");
        }
    }

    proptest::proptest! {
        #[test]
        fn what_is_shown_can_be_read_back(seconds in -60_000_000_000i64..250_000_000_000) {
            let date = Date { seconds, day_only: false };
            proptest::prop_assert_eq!(parse_date(&date.to_string()), Some(date));
        }

        #[test]
        fn no_text_panics(text in "\\PC{0,40}") {
            parse_date(&text);
        }
    }
}
