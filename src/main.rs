//! Runs the command line.

use std::process::ExitCode;

/// Each article takes some twenty pieces of a few KiB, which the allocator of most systems has no quick place for.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    wirecopy::cli::run(std::env::args_os()).into()
}
