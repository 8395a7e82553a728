//! Whole commands as data files: what is typed, how it ends, and every word of what it says.
//!
//! `TRYCMD=overwrite cargo test --test it commands::` writes what is said now into the files; read the difference, and put
//! `[..]` back where a file had it: versions, and confidences, which change when the model is trained anew.

#[test]
fn commands_say_what_their_files_say() {
    trycmd::TestCases::new()
        .env("COLUMNS", "100")
        .env("NO_COLOR", "1")
        .env("CLICOLOR_FORCE", "0")
        .case("tests/cmd/*.toml")
        .run();
}
