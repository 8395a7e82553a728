//! Numbers as people read them: `48,213`, `84 %`, `148.2 MB`, `31 h`.
//!
//! Always the same form, whatever the locale: reports are compared byte by byte.

use std::time::Duration;

/// A whole number in groups of three digits.
pub fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// A number with its noun: `1 copy`, `30 copies`.
pub fn count(number: usize, one: &str, many: &str) -> String {
    format!("{} {}", thousands(number as u64), if number == 1 { one } else { many })
}

/// A share as whole percent. Only all of it is 100 %: people read that as "the same".
pub fn percent(share: f64) -> String {
    let rounded = (share * 100.0).round();
    let shown = if share < 1.0 { rounded.min(99.0) } else { rounded };
    format!("{shown:.0} %")
}

/// A part of a whole as percent with one decimal; of nothing, `0.0 %`.
pub fn percent_of(part: usize, whole: usize) -> String {
    format!("{:.1} %", part as f64 / whole.max(1) as f64 * 100.0)
}

/// A number of bytes, in powers of ten as disks and networks count.
pub fn bytes(number: u64) -> String {
    match number {
        0..1_000 => format!("{number} B"),
        1_000..1_000_000 => format!("{:.1} kB", number as f64 / 1e3),
        1_000_000..1_000_000_000 => format!("{:.1} MB", number as f64 / 1e6),
        _ => format!("{:.2} GB", number as f64 / 1e9),
    }
}

/// How long something took.
pub fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0 if time.as_millis() < 10 => format!("{:.2} ms", time.as_secs_f64() * 1e3),
        0 => format!("{} ms", time.as_millis()),
        1..120 => format!("{:.1} s", time.as_secs_f64()),
        seconds => format!("{} min {:02} s", seconds / 60, seconds % 60),
    }
}

/// The span between two dates in seconds; in days if no more than days are known.
pub fn span(seconds: u64, days_only: bool) -> String {
    const HOUR: u64 = 3600;
    const DAY: u64 = 24 * HOUR;
    match seconds {
        0..DAY if days_only => "same day".to_owned(),
        0..HOUR => format!("{} min", seconds / 60),
        _ if !days_only && seconds < 3 * DAY => format!("{} h", (seconds + HOUR / 2) / HOUR),
        _ => {
            let days = ((seconds + DAY / 2) / DAY) as usize;
            count(days, "day", "days")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_numbers() {
        assert_eq!(
            [0, 12, 999, 1_000, 48_213, 1_234_567].map(thousands),
            ["0", "12", "999", "1,000", "48,213", "1,234,567"]
        );
        assert_eq!(count(1, "copy", "copies"), "1 copy");
        assert_eq!(count(0, "copy", "copies"), "0 copies");
    }

    #[test]
    fn only_all_of_it_is_a_hundred_percent() {
        assert_eq!(
            [0.0, 0.784, 0.9951, 0.9999, 1.0].map(percent),
            ["0 %", "78 %", "99 %", "99 %", "100 %"]
        );
        assert_eq!(percent_of(30, 72), "41.7 %");
        assert_eq!(percent_of(0, 0), "0.0 %");
    }

    #[test]
    fn sizes_and_times() {
        assert_eq!(
            [7, 1_500, 148_200_000, 2_340_000_000].map(bytes),
            ["7 B", "1.5 kB", "148.2 MB", "2.34 GB"]
        );
        assert_eq!(
            [4, 250, 41_250, 185_000].map(|ms| seconds(Duration::from_millis(ms))),
            ["4.00 ms", "250 ms", "41.2 s", "3 min 05 s"]
        );
    }

    #[test]
    fn spans_are_as_fine_as_the_dates() {
        assert_eq!(span(0, true), "same day");
        assert_eq!(span(86_400, true), "1 day");
        assert_eq!(span(0, false), "0 min");
        assert_eq!(span(111_480, false), "31 h");
        assert_eq!(span(10 * 86_400, false), "10 days");
    }
}
