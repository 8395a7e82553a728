//! The example corpus in Parquet and Arrow, in the ways in which other tools write them: the same groups, ids and numbers as
//! from JSON Lines, clean dumps that keep what the files were, and files that are none.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Int64Array, LargeStringArray, ListArray, RecordBatch,
    StringArray, StringViewArray, StructArray,
};
use arrow_ipc::CompressionType;
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_ipc::writer::{FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{Schema, SchemaRef};
use arrow_select::concat::concat_batches;
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use parquet::basic::Compression;
use parquet::file::metadata::{KeyValue, ParquetMetaData};
use parquet::file::properties::WriterProperties;
use proptest::prelude::*;
use serde_json::{Map, Value};
use tempfile::TempDir;

use crate::example;
use crate::formats::{clean, files, ids, is_the_example, records_of, removed_ids, rewritten};
use crate::program::wirecopy;

type Records = [Map<String, Value>];

fn column(records: &Records, field: &str) -> Vec<Option<String>> {
    let text = |record: &Map<String, Value>| record.get(field)?.as_str().map(str::to_owned);
    records.iter().map(text).collect()
}

/// Which of Arrow's ways to hold texts is taken.
#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Small,
    Large,
    View,
    Dictionary,
    /// Most fields in structs, beside columns that hold no text.
    Nested,
}

fn texts(kind: Kind, texts: Vec<Option<String>>) -> ArrayRef {
    match kind {
        Kind::Small | Kind::Nested => Arc::new(StringArray::from(texts)),
        Kind::Large => Arc::new(LargeStringArray::from(texts)),
        Kind::View => Arc::new(StringViewArray::from(texts)),
        Kind::Dictionary => {
            let texts = texts.iter().map(Option::as_deref);
            Arc::new(texts.collect::<DictionaryArray<Int32Type>>())
        }
    }
}

fn batch(kind: Kind, records: &Records) -> RecordBatch {
    let of = |field: &str| texts(kind, column(records, field));
    if kind != Kind::Nested {
        let fields = ["id", "title", "text", "date", "source", "url"];
        return RecordBatch::try_from_iter(fields.map(|field| (field, of(field)))).unwrap();
    }
    let numbers = || 0..records.len() as i64;
    let lists = numbers().map(|number| Some(vec![Some(number as i32); 2]));
    let metadata = StructArray::try_from(vec![
        ("title", of("title")),
        ("date", of("date")),
        ("url", of("url")),
    ]);
    let publisher = StructArray::try_from(vec![("name", of("source"))]);
    RecordBatch::try_from_iter([
        ("tokens", Arc::new(ListArray::from_iter_primitive::<Int32Type, _, _>(lists)) as ArrayRef),
        ("text", of("text")),
        ("length", Arc::new(numbers().collect::<Int64Array>())),
        ("metadata", Arc::new(metadata.unwrap())),
        ("publisher", Arc::new(publisher.unwrap())),
        ("id", of("id")),
    ])
    .unwrap()
}

/// Row groups of three rows, and a note about the file.
fn parquet(kind: Kind, compression: Compression, records: &Records) -> Vec<u8> {
    let batch = batch(kind, records);
    let note = KeyValue::new("huggingface".to_owned(), "{\"info\":1}".to_owned());
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_max_row_group_row_count(Some(3))
        .set_key_value_metadata(Some(vec![note]))
        .build();
    let mut writer = ArrowWriter::try_new(Vec::new(), batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.into_inner().unwrap()
}

/// Batches of three rows.
fn arrow(
    kind: Kind,
    is_file: bool,
    compression: Option<CompressionType>,
    records: &Records,
) -> Vec<u8> {
    let batch = batch(kind, records);
    let about = [("pandas".to_owned(), "{}".to_owned())];
    let schema = Schema::clone(&batch.schema())
        .with_metadata(about.into_iter().collect::<arrow_schema::Metadata>());
    let batch = batch.with_schema(Arc::new(schema)).unwrap();
    let options = IpcWriteOptions::default().try_with_compression(compression).unwrap();
    let parts = (0..batch.num_rows())
        .step_by(3)
        .map(|from| batch.slice(from, 3.min(batch.num_rows() - from)));
    let mut bytes = Vec::new();
    if is_file {
        let mut writer =
            FileWriter::try_new_with_options(&mut bytes, &batch.schema(), options).unwrap();
        parts.for_each(|part| writer.write(&part).unwrap());
        writer.write_metadata("made", "by hand");
        writer.finish().unwrap();
    } else {
        let mut writer =
            StreamWriter::try_new_with_options(&mut bytes, &batch.schema(), options).unwrap();
        parts.for_each(|part| writer.write(&part).unwrap());
        writer.finish().unwrap();
    }
    bytes
}

fn codecs() -> [Compression; 6] {
    [
        Compression::UNCOMPRESSED,
        Compression::SNAPPY,
        Compression::GZIP(Default::default()),
        Compression::BROTLI(Default::default()),
        Compression::LZ4_RAW,
        Compression::ZSTD(Default::default()),
    ]
}

#[test]
fn the_corpus_is_the_same_in_parquet() {
    for codec in codecs() {
        let root = rewritten("parquet", |records| parquet(Kind::Small, codec, records));
        is_the_example(&format!("{codec}"), &root);
    }
    for kind in [Kind::Large, Kind::View, Kind::Dictionary, Kind::Nested] {
        let root = rewritten("parquet", |records| parquet(kind, Compression::SNAPPY, records));
        is_the_example("another way to hold texts", &root);
    }
}

#[test]
fn the_corpus_is_the_same_in_arrow() {
    let (lz4, zstd) = (Some(CompressionType::LZ4_FRAME), Some(CompressionType::ZSTD));
    for (name, kind, is_file, codec) in [
        ("plain.arrow", Kind::Small, true, None),
        ("lz4.feather", Kind::Large, true, lz4),
        ("zstd.ipc", Kind::View, true, zstd),
        ("dictionary.arrow", Kind::Dictionary, true, lz4),
        ("stream.arrow", Kind::Nested, false, None),
        ("packed-stream.arrow", Kind::View, false, zstd),
    ] {
        let ending = name.rsplit_once('.').unwrap().1;
        is_the_example(name, &rewritten(ending, |records| arrow(kind, is_file, codec, records)));
    }
    let packed = |records: &Records| {
        zstd::encode_all(&arrow(Kind::Small, true, None, records)[..], 1).unwrap()
    };
    is_the_example("arrow.zst", &rewritten("arrow.zst", packed));
}

fn contents(bytes: &[u8]) -> (Arc<ParquetMetaData>, RecordBatch) {
    let builder =
        ParquetRecordBatchReaderBuilder::try_new(bytes::Bytes::copy_from_slice(bytes)).unwrap();
    let (metadata, schema) = (Arc::clone(builder.metadata()), Arc::clone(builder.schema()));
    let batches: Vec<RecordBatch> = builder.build().unwrap().map(Result::unwrap).collect();
    (metadata, concat_batches(&schema, &batches).unwrap())
}

/// The rows whose ids are not gone.
fn staying(batch: &RecordBatch, gone: &BTreeSet<String>) -> RecordBatch {
    let all = batch.column_by_name("id").unwrap();
    let id = |row: usize| match all.as_string_opt::<i32>() {
        Some(ids) => ids.value(row).to_owned(),
        None => all.as_string_view().value(row).to_owned(),
    };
    let parts: Vec<RecordBatch> = (0..batch.num_rows())
        .filter(|&row| !gone.contains(&id(row)))
        .map(|row| batch.slice(row, 1))
        .collect();
    concat_batches(&batch.schema(), &parts).unwrap()
}

#[test]
fn a_clean_parquet_file_is_as_it_was() {
    let gone = removed_ids();
    for (kind, codec) in [
        (Kind::Small, Compression::SNAPPY),
        (Kind::Nested, Compression::ZSTD(Default::default())),
        (Kind::View, Compression::UNCOMPRESSED),
    ] {
        let root = rewritten("parquet", |records| parquet(kind, codec, records));
        let (out, _) = clean(&root, &[]);
        let mut groups = 0;
        for (name, _) in files("parquet") {
            let (before, rows) = contents(&fs::read(root.path().join("mini").join(&name)).unwrap());
            let (after, found) = contents(&fs::read(out.join(&name)).unwrap());
            assert_eq!(found, staying(&rows, &gone), "{name}");
            let (old, new) = (before.file_metadata(), after.file_metadata());
            assert_eq!(new.schema_descr(), old.schema_descr(), "{name}");
            assert_eq!(new.key_value_metadata(), old.key_value_metadata(), "{name}");
            for group in after.row_groups() {
                groups += 1;
                for (column, was) in group.columns().iter().zip(before.row_group(0).columns()) {
                    assert_eq!(column.compression_codec(), was.compression_codec());
                    assert!(group.num_rows() <= 3, "row groups stay apart");
                }
            }
        }
        assert!(groups > 20);
        let removed = fs::read_to_string(out.join("removed.jsonl")).unwrap();
        assert_eq!(ids(&removed), gone);
    }
}

fn ipc(bytes: &[u8]) -> (SchemaRef, Vec<(String, String)>, RecordBatch) {
    let mut about = Vec::new();
    let (schema, batches): (_, Vec<RecordBatch>) = if bytes.starts_with(b"ARROW1") {
        let reader = FileReader::try_new(std::io::Cursor::new(bytes), None).unwrap();
        about.extend(reader.custom_metadata().iter().map(|(k, v)| (k.clone(), v.clone())));
        (reader.schema(), reader.map(Result::unwrap).collect())
    } else {
        let reader = StreamReader::try_new(bytes, None).unwrap();
        (reader.schema(), reader.map(Result::unwrap).collect())
    };
    let all = concat_batches(&schema, &batches).unwrap();
    (schema, about, all)
}

#[test]
fn a_clean_arrow_file_is_as_it_was() {
    let gone = removed_ids();
    for (kind, is_file, codec) in [
        (Kind::Small, true, None),
        (Kind::View, true, Some(CompressionType::ZSTD)),
        (Kind::Nested, false, Some(CompressionType::LZ4_FRAME)),
    ] {
        let root = rewritten("arrow", |records| arrow(kind, is_file, codec, records));
        let (out, _) = clean(&root, &[]);
        for (name, _) in files("arrow") {
            let bytes = fs::read(root.path().join("mini").join(&name)).unwrap();
            let (schema, about, rows) = ipc(&bytes);
            let cleaned = fs::read(out.join(&name)).unwrap();
            let (found_schema, found_about, found) = ipc(&cleaned);
            assert_eq!((&found_schema, &found_about), (&schema, &about), "{name}");
            assert_eq!(found, staying(&rows, &gone), "{name}");
            assert_eq!(cleaned.starts_with(b"ARROW1"), is_file);
            if codec.is_some() && rows.num_rows() > 5 {
                assert!(cleaned.len() < bytes.len() + 1_000, "still compressed");
            }
        }
        assert_eq!(ids(&fs::read_to_string(out.join("removed.jsonl")).unwrap()), gone);
    }
    let root = rewritten("arrow", |records| arrow(Kind::Dictionary, true, None, records));
    let (out, _) = clean(&root, &[]);
    let rows: usize =
        files("arrow").map(|(name, _)| ipc(&fs::read(out.join(name)).unwrap()).2.num_rows()).sum();
    assert_eq!(rows, example::records().len() - gone.len());
}

#[test]
fn marks_are_columns_behind_the_others() {
    let gone = removed_ids();
    for (ending, write) in [
        (
            "parquet",
            (|records: &Records| parquet(Kind::Nested, Compression::SNAPPY, records))
                as fn(&Records) -> Vec<u8>,
        ),
        ("arrow", |records| arrow(Kind::Nested, true, None, records)),
    ] {
        let root = rewritten(ending, write);
        let (out, _) = clean(&root, &["--mark"]);
        let mut copies = BTreeSet::new();
        for (name, _) in files(ending) {
            let rows = |path: &Path| {
                let bytes = fs::read(path).unwrap();
                if ending == "arrow" { ipc(&bytes).2 } else { contents(&bytes).1 }
            };
            let (before, after) =
                (rows(&root.path().join("mini").join(&name)), rows(&out.join(&name)));
            let width = before.num_columns();
            assert_eq!(after.num_columns(), width + 6, "{name}");
            assert_eq!(&after.columns()[..width], before.columns(), "{name}");
            let text =
                |column: &str| after.column_by_name(column).unwrap().as_string::<i32>().clone();
            let (ids, roles) = (text("id"), text("wirecopy_role"));
            let copy = |row: &usize| roles.is_valid(*row) && roles.value(*row) == "copy";
            copies.extend((0..after.num_rows()).filter(copy).map(|row| ids.value(row).to_owned()));
        }
        assert_eq!(copies, gone);
    }
}

fn scan(path: &Path) -> crate::program::Said {
    wirecopy([Path::new("scan"), Path::new("--format"), Path::new("json"), path])
}

#[test]
fn a_row_without_a_text_is_located_by_its_number() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("a.parquet");
    let text = StringArray::from(vec![Some("One report."), None, Some(" "), Some("Two reports.")]);
    let batch = RecordBatch::try_from_iter([("body", Arc::new(text) as ArrayRef)]).unwrap();
    let mut writer =
        ArrowWriter::try_new(File::create(&path).unwrap(), batch.schema(), None).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let said = scan(&path);
    assert_eq!((said.code, said.articles_and_bad_records()), (Some(0), (2, 2)), "{said:?}");
    let lines: Vec<u64> =
        said.of_type("bad-record").iter().map(|bad| bad["line"].as_u64().unwrap()).collect();
    assert_eq!(lines, [2, 3]);
    let said = wirecopy([Path::new("scan"), &path]);
    assert!(said.out.contains("a.parquet:row 2"), "{said:?}");
}

#[test]
fn files_that_are_none_are_told() {
    let root = tempfile::tempdir().unwrap();
    let records = records_of(&example::folder().join("northwire.jsonl"));
    let whole = parquet(Kind::Small, Compression::SNAPPY, &records);
    let (file, stream) =
        (arrow(Kind::Small, true, None, &records), arrow(Kind::Small, false, None, &records));
    let cut = |bytes: &[u8]| bytes[..bytes.len() * 2 / 3].to_vec();
    for (name, bytes, told) in [
        ("cut.parquet", cut(&whole), "no Parquet file, or one that was cut off"),
        ("text.parquet", b"just a text".to_vec(), "no Parquet file, or one that was cut off"),
        ("packed.parquet.zst", zstd::encode_all(&whole[..], 1).unwrap(), "unpack it first"),
        ("cut.arrow", cut(&file), "rows were read"),
        ("end.arrow", file[..file.len() - 3].to_vec(), "the Arrow file ends too early"),
        ("cut-stream.arrow", cut(&stream), "the Arrow data ends too early"),
        ("text.arrow", b"just a text".to_vec(), "no Arrow file or stream"),
        ("old.feather", b"FEA1....".to_vec(), "pyarrow.feather.write_feather"),
    ] {
        let path = root.path().join(name);
        fs::write(&path, bytes).unwrap();
        let said = scan(&path);
        assert_eq!(said.code, Some(2), "{name}: {said:?}");
        assert!(said.err.contains(told) && said.err.contains(name), "{name}: {said:?}");
    }
    let said = crate::program::wirecopy_on(&whole, ["scan", "-"]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("Parquet cannot be read from a pipe"), "{said:?}");
}

#[test]
fn a_column_that_holds_no_text_is_told() {
    let root: TempDir = tempfile::tempdir().unwrap();
    let records = records_of(&example::folder().join("northwire.jsonl"));
    let path = root.path().join("a.parquet");
    fs::write(&path, parquet(Kind::Nested, Compression::SNAPPY, &records)).unwrap();
    let said = wirecopy([Path::new("scan"), Path::new("--text-field"), Path::new("tokens"), &path]);
    assert_eq!(said.code, Some(2));
    assert!(said.err.contains("the field `tokens` is a list, not a text"), "{said:?}");
}

/// Small files of a few records, one of each kind.
fn small_files() -> Vec<(&'static str, usize, Vec<u8>)> {
    let records = &records_of(&example::folder().join("northwire.jsonl"))[..4];
    let zstd = Some(CompressionType::ZSTD);
    let codec = Compression::ZSTD(Default::default());
    vec![
        ("a.parquet", 4, parquet(Kind::Small, Compression::SNAPPY, records)),
        ("b.parquet", 4, parquet(Kind::Nested, codec, records)),
        ("c.arrow", 4, arrow(Kind::Small, true, Some(CompressionType::LZ4_FRAME), records)),
        ("d.arrow", 4, arrow(Kind::View, true, None, records)),
        ("e.arrow", 4, arrow(Kind::Dictionary, false, zstd, records)),
        ("f.arrow", 4, arrow(Kind::Nested, false, None, records)),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Every row is an article or a problem, or the file is told to be broken. A decoder that asked for more memory than
    /// there is would end the tests.
    #[test]
    fn broken_files_lose_nothing_in_silence(
        number in 0usize..6,
        flips in prop::collection::vec((any::<prop::sample::Index>(), 1u8..), 1..4),
        cut in prop::option::weighted(0.2, any::<prop::sample::Index>()),
        at_the_end: bool,
    ) {
        let (name, rows, mut bytes) = small_files().swap_remove(number);
        let all = bytes.len();
        // What a file says about itself stands at its ends.
        let from = if at_the_end { all - all / 4 } else { 0 };
        for (place, flip) in &flips {
            bytes[from + place.index(all - from)] ^= flip;
        }
        if let Some(cut) = cut {
            bytes.truncate(cut.index(all));
        }
        let root = tempfile::tempdir().unwrap();
        let path = root.path().join(name);
        fs::write(&path, bytes).unwrap();
        let mut found = 0;
        let summary = wirecopy::read::read(&[path], &Default::default(), |_| (), |batch| {
            found += batch.records.len();
            found += batch.problems.iter().filter(|problem| problem.kind.loses_record()).count();
        }).unwrap();
        prop_assert!(found == rows || !summary.failures.is_empty(), "{found} rows");
    }
}
