//! Rows of a table are those that the `csv` crate reads, in blocks of any size.
#![no_main]

use libfuzzer_sys::fuzz_target;
use wirecopy::config::{FieldNames, Format, Input};
use wirecopy_fuzz::{file, reading};

/// Two columns, and a row in which the text is found.
const FIRST: &str = "text,id\nfirst,0\n";

fuzz_target!(|text: &str| {
    let fields = FieldNames { text: Some("text".to_owned()), ..FieldNames::default() };
    let input = Input { format: Some(Format::Csv), fields, ..Input::default() };
    let whole = format!("{FIRST}{text}");
    let path = file::holding("a.csv", whole.as_bytes());
    let reading = reading::read(&path, &input, 1 + text.len() % 61);

    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(whole.as_bytes());
    let rows = reader.records().map(|row| row.expect("the text is UTF-8"));
    // A row of other than two cells is a bad record: a text may stand under a wrong name.
    let texts: Vec<String> = rows
        .filter(|row| row.len() == 2 && !row[0].trim().is_empty())
        .map(|row| row[0].to_owned())
        .collect();
    let found: Vec<&str> = reading.articles.iter().map(|article| article.text.as_str()).collect();
    if reading.failures.is_empty() {
        assert_eq!(found, texts);
    } else {
        // The mark that never closes is in the last row.
        assert!(found == texts[..found.len()] && found.len() + 1 >= texts.len(), "{reading:?}");
    }
});
