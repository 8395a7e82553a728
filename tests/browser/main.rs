//! The page of a scan in a real browser, used as people use it. Skipped with a word where there is no Chromium.

// `cfg(test)` tells clippy that the functions shared by tests are test code too.
#[cfg(test)]
mod chrome;
#[cfg(test)]
mod corpus;
#[cfg(test)]
mod groups;
#[cfg(test)]
mod hostile;
#[cfg(test)]
mod looks;
#[cfg(test)]
mod many;
#[cfg(test)]
mod texts;
