//! The most memory the process has held, where the platform tells: `VmHWM` on Linux, unknown elsewhere.

use std::fs;

/// Peak resident memory in bytes.
pub(crate) fn peak() -> Option<u64> {
    parse(&fs::read_to_string("/proc/self/status").ok()?)
}

fn parse(status: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_found() {
        assert_eq!(
            parse("Name:\twirecopy\nVmPeak:\t 9 kB\nVmHWM:\t    2048 kB\nVmRSS:\t 7 kB\n"),
            Some(2_097_152)
        );
        assert_eq!(parse("Name:\twirecopy\n"), None);
    }
}
