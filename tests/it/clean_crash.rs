//! A clean dump is whole or not there: runs that are killed, that meet each other, that run out of disk.

use std::fs::{self, File};
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use tempfile::TempDir;

use crate::clean::{Dump, tree};
use crate::example;
use crate::program::{command, said, skipped, wirecopy};
use crate::shuffle::Lcg;

/// Runs killed at random moments, and how long all of them may take.
const KILLS: usize = 20;
const PATIENCE: Duration = Duration::from_secs(600);

/// What is left beside the output by runs that did not end.
fn temporary(root: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(root).unwrap().map(|entry| entry.unwrap().path());
    entries.filter(|path| path.to_str().unwrap().contains(".out.wirecopy-")).collect()
}

/// Half of the kills come at any moment of a run, half while the folder is written and put to its place.
#[test]
#[cfg(unix)]
fn a_killed_run_leaves_the_old_output_or_the_new_one() {
    let dump = Dump::new();
    let start = Instant::now();
    let mut states = Vec::new();
    for flags in [&["--mark"][..], &[]] {
        assert_eq!(dump.clean(flags).code, Some(0));
        states.push(tree(&dump.out()));
    }
    let whole = start.elapsed() / 2;
    let mut random = Lcg(u64::from(start.elapsed().subsec_nanos()));
    let (mut old, mut new) = (0, 0);
    for kill in 0..KILLS {
        let before = tree(&dump.out());
        let wanted = states.iter().position(|state| *state != before).unwrap();
        let mut command = command();
        command.arg("clean").arg(dump.input()).arg("-o").arg(dump.out()).arg("-q");
        command.stdout(Stdio::null());
        if wanted == 0 {
            command.arg("--mark");
        }
        let mut child = command.spawn().unwrap();
        if kill % 2 == 0 {
            sleep(whole * random.below(1000) as u32 / 1000);
        } else {
            // A run clears away what others left before it makes its own.
            let own = format!("wirecopy-{}.tmp", child.id());
            let is_writing = || {
                temporary(dump.root.path()).iter().any(|path| path.ends_with(format!(".out.{own}")))
            };
            while !is_writing() && child.try_wait().unwrap().is_none() {}
            sleep(Duration::from_micros(random.below(20_000) as u64));
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let after = tree(&dump.out());
        assert!(states.contains(&after), "a mix: {:?}", after.keys());
        if after == before {
            old += 1;
        } else {
            new += 1;
        }
        assert!(start.elapsed() < PATIENCE, "{kill} kills took {PATIENCE:?}");
    }
    // Runs that all ended before they were killed would prove nothing.
    assert!(old > 0, "{old} old, {new} new");
    assert_eq!(dump.clean(&[]).code, Some(0));
    assert_eq!(tree(&dump.out()), states[1]);
    assert!(temporary(dump.root.path()).is_empty(), "and what they left is gone");
}

#[test]
#[cfg(unix)]
fn two_runs_never_share_a_folder() {
    let dump = Dump::new();
    assert_eq!(dump.clean(&[]).code, Some(0));
    let expected = tree(&dump.out());
    let mut children: Vec<_> = (0..3)
        .map(|_| {
            let mut command = command();
            command.arg("clean").arg(dump.input()).arg("-o").arg(dump.out()).arg("-q");
            command.stdout(Stdio::null()).stderr(Stdio::null());
            command.spawn().unwrap()
        })
        .collect();
    let codes: Vec<Option<i32>> =
        children.iter_mut().map(|child| child.wait().unwrap().code()).collect();
    assert!(codes.contains(&Some(0)), "{codes:?}");
    assert_eq!(tree(&dump.out()), expected);
    assert_eq!(dump.clean(&[]).code, Some(0));
    assert!(temporary(dump.root.path()).is_empty());
}

/// A disk of a megabyte.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<SmallDisk> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=1m", "none"]).arg(folder.path());
        mount.output().is_ok_and(|output| output.status.success()).then(|| SmallDisk(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = Command::new("umount").arg(self.0.path()).status();
        assert!(unmounted.is_ok_and(|status| status.success()), "{:?} stays mounted", self.0);
    }
}

#[test]
fn a_full_disk_leaves_the_old_output() {
    let Some(disk) = SmallDisk::mount() else {
        return skipped("no small disk could be mounted: that needs root on Linux");
    };
    let out = disk.0.path().join("out");
    let clean = |flags: &[&str]| {
        let mut command = command();
        said(command.arg("clean").arg(example::folder()).arg("-o").arg(&out).args(flags))
    };
    assert_eq!(clean(&[]).code, Some(0));
    let before = tree(disk.0.path());
    // Takes up all but a little of the room.
    let mut filler = File::create(disk.0.path().join("filler")).unwrap();
    while filler.write_all(&[0; 4096]).is_ok() {}
    drop(filler);
    let said = clean(&["--mark"]);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("cannot "), "{}", said.err);
    fs::remove_file(disk.0.path().join("filler")).unwrap();
    assert_eq!(tree(disk.0.path()), before);
    assert_eq!(clean(&["--mark"]).code, Some(0), "with room again it works");
}

/// What a full disk does, where none can be mounted: files may not grow beyond 8 KiB.
#[test]
#[cfg(unix)]
fn files_that_cannot_grow_leave_the_old_output() {
    let root = tempfile::tempdir().unwrap();
    let out = root.path().join("out");
    assert_eq!(
        wirecopy([Path::new("clean"), &example::folder(), Path::new("-o"), &out]).code,
        Some(0)
    );
    let before = tree(root.path());
    let limited = "trap '' XFSZ; ulimit -f 8; exec \"$0\" clean --mark \"$1\" -o \"$2\"";
    let mut shell = Command::new("sh");
    shell.args(["-c", limited, env!("CARGO_BIN_EXE_wirecopy")]).arg(example::folder()).arg(&out);
    let said = said(&mut shell);
    assert_eq!(said.code, Some(2), "{said:?}");
    assert!(said.err.contains("cannot ") && said.err.contains("cause: "), "{}", said.err);
    assert_eq!(tree(root.path()), before);
}
