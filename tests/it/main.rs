//! The integration tests: the library and the program as strangers use them. One binary, so that it links once.

// `cfg(test)` tells clippy that the functions shared by tests are test code too.
#[cfg(test)]
#[cfg(unix)]
mod action;
#[cfg(test)]
mod against;
#[cfg(test)]
mod archives;
#[cfg(test)]
mod check;
#[cfg(test)]
mod clean;
#[cfg(test)]
mod clean_crash;
#[cfg(test)]
mod codes;
#[cfg(test)]
#[cfg(feature = "parquet")]
mod columns;
#[cfg(test)]
mod commands;
#[cfg(test)]
mod compare;
#[cfg(test)]
mod determinism;
#[cfg(test)]
mod example;
#[cfg(test)]
mod formats;
#[cfg(test)]
mod index;
#[cfg(test)]
mod index_crash;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod inputs;
#[cfg(test)]
mod languages;
#[cfg(test)]
mod memory;
#[cfg(test)]
mod oracle;
#[cfg(test)]
mod program;
#[cfg(test)]
mod relations;
#[cfg(test)]
mod rewrites;
#[cfg(test)]
mod seeds;
#[cfg(test)]
mod shuffle;
#[cfg(test)]
mod story;
#[cfg(test)]
mod tidy;
