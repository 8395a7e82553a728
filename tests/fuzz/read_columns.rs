//! Tables of columns give the texts that were written to them, and broken ones no more than a failure.
#![no_main]

use std::sync::Arc;

use arrow_array::{RecordBatch, StringArray};
use arrow_schema::{DataType, Field, Schema};
use libfuzzer_sys::fuzz_target;
use wirecopy::config::Input;
use wirecopy_fuzz::{file, panics, reading, texts};

/// The names of files and what writes them.
const KINDS: &[(&str, fn(&RecordBatch) -> Vec<u8>)] =
    &[("a.parquet", parquet), ("a.arrow", arrow), ("a.feather", stream)];

fn parquet(batch: &RecordBatch) -> Vec<u8> {
    let writer = parquet::arrow::ArrowWriter::try_new(Vec::new(), batch.schema(), None);
    let mut writer = writer.expect("strings can be written");
    writer.write(batch).expect("memory can be written");
    writer.into_inner().expect("memory can be written")
}

fn arrow(batch: &RecordBatch) -> Vec<u8> {
    let writer = arrow_ipc::writer::FileWriter::try_new(Vec::new(), &batch.schema());
    let mut writer = writer.expect("strings can be written");
    writer.write(batch).expect("memory can be written");
    writer.into_inner().expect("memory can be written")
}

fn stream(batch: &RecordBatch) -> Vec<u8> {
    let writer = arrow_ipc::writer::StreamWriter::try_new(Vec::new(), &batch.schema());
    let mut writer = writer.expect("strings can be written");
    writer.write(batch).expect("memory can be written");
    writer.into_inner().expect("memory can be written")
}

fuzz_target!(|input: (u8, u32, u8, &[u8])| {
    panics::of_libraries_may_be_caught();
    let (kind, at, bit, bytes) = input;
    let (name, write) = KINDS[usize::from(kind) % KINDS.len()];
    // The bytes as such a file, unless they hardly can be one.
    reading::read(&file::holding(name, bytes), &Input::default(), 17);

    let texts: Vec<Option<String>> = texts::several(bytes)
        .into_iter()
        .map(|text| Some(text).filter(|text| text != "null"))
        .collect();
    let ids: Vec<String> = (0..texts.len()).map(|id| id.to_string()).collect();
    let fields = ["text", "id"].map(|name| Field::new(name, DataType::Utf8, true));
    let (all, ids) = (StringArray::from(texts.clone()), StringArray::from(ids));
    let schema = Arc::new(Schema::new(fields.to_vec()));
    let batch = RecordBatch::try_new(schema, vec![Arc::new(all), Arc::new(ids)]);
    let mut table = write(&batch.expect("both columns are as long"));
    let whole = reading::read(&file::holding(name, &table), &Input::default(), 17);
    let expected: Vec<&str> =
        texts.iter().flatten().map(String::as_str).filter(|text| !text.trim().is_empty()).collect();
    let found: Vec<&str> = whole.articles.iter().map(|article| article.text.as_str()).collect();
    assert_eq!(found, expected);

    let place = at as usize % table.len();
    if kind >= 128 {
        table[place] ^= bit;
    } else {
        table.truncate(place);
    }
    reading::read(&file::holding(name, &table), &Input::default(), 17);
});
