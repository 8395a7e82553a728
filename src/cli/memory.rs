//! Memory as the machine tells it and as users say it: how much there is, how much was taken, how much a run may take.
//!
//! Linux tells all of this in `/proc`; elsewhere it is unknown.

use std::fs;

use wirecopy::settings::values;

/// What a run may take where the machine does not tell how much it has.
pub(crate) const UNKNOWN: u64 = 4 << 30;

/// No run can do with less.
const LEAST: u64 = 64 << 20;

/// Half of the memory of the machine, or of what its control group allows.
pub(crate) fn half() -> Option<u64> {
    let machine = kilobytes(&fs::read_to_string("/proc/meminfo").ok()?, "MemTotal:")?;
    let group = fs::read_to_string("/sys/fs/cgroup/memory.max").ok();
    let group = group.and_then(|limit| limit.trim().parse().ok()).unwrap_or(u64::MAX);
    Some((machine.min(group) / 2).max(LEAST))
}

/// A number of bytes as it is typed: `512M`, `1.5G`, `2GiB`. Letters stand for powers of 1,024.
pub(crate) fn size(text: &str) -> Result<u64, String> {
    let bytes = values::bytes(text)?;
    if bytes < LEAST { Err(format!("must be at least {}M", LEAST >> 20)) } else { Ok(bytes) }
}

/// Peak resident memory in bytes.
pub(crate) fn peak() -> Option<u64> {
    kilobytes(&fs::read_to_string("/proc/self/status").ok()?, "VmHWM:")
}

fn kilobytes(status: &str, name: &str) -> Option<u64> {
    let line = status.lines().find_map(|line| line.strip_prefix(name))?;
    let kilobytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kilobytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_high_water_mark_is_found() {
        assert_eq!(
            kilobytes(
                "Name:\twirecopy\nVmPeak:\t 9 kB\nVmHWM:\t    2048 kB\nVmRSS:\t 7 kB\n",
                "VmHWM:"
            ),
            Some(2_097_152)
        );
        assert_eq!(kilobytes("Name:\twirecopy\n", "VmHWM:"), None);
    }

    #[test]
    fn sizes_are_read_as_people_write_them() {
        for (text, bytes) in [
            ("512M", 512 << 20),
            ("8g", 8 << 30),
            ("1.5G", 3 << 29),
            ("2GiB", 2 << 30),
            ("64 MB", 64 << 20),
            ("100000000", 100_000_000),
        ] {
            assert_eq!(size(text), Ok(bytes), "{text}");
        }
        for text in ["", "G", "-1G", "2X", "1,5G", "half"] {
            assert!(size(text).unwrap_err().contains("such as"), "{text}");
        }
        assert!(size("63M").unwrap_err().contains("at least 64M"));
    }
}
