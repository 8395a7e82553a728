//! Parquet: a table by columns, read a batch of rows at a time, and of those only the columns that are wanted.
//!
//! The table of contents stands at the end of a file, so it needs one that can be read from any place: no pipe. What the
//! file says about itself is checked against its length before anything is reserved for it. Memory: a page of every
//! wanted column, and a batch of about 1 MiB.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use bytes::Bytes;
use parquet::arrow::ProjectionMask;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReader,
    ParquetRecordBatchReaderBuilder,
};
use parquet::errors::ParquetError;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::reader::{ChunkReader, Length};

use super::super::open::Packing;
use super::super::walk::Entry;
use super::leaves::{Leaf, leaves};
use super::{Source, guarded};

/// Bytes of a batch, by what the file says of its columns.
const BATCH: u64 = 1 << 20;
/// Rows of a batch at most: a value may be there once in the file and in every row.
const ROWS: u64 = 1_024;

/// An opened file.
pub(super) struct Table {
    file: Checked,
    contents: ArrowReaderMetadata,
    leaves: Vec<Leaf>,
    /// Number of the column of each leaf, in the order of the file.
    columns: Vec<Option<usize>>,
    reader: Option<ParquetRecordBatchReader>,
    given: u64,
    rows: u64,
}

impl Table {
    /// Opens a file and reads its table of contents.
    pub(super) fn open(entry: &Entry, packing: Packing) -> Result<Table, String> {
        if packing != Packing::Plain {
            return Err(
                "Parquet inside of another compression is not read: unpack it first".to_owned()
            );
        }
        if entry.size.is_none() {
            return Err(
                "Parquet cannot be read from a pipe, since its table of contents stands at its end: save it to a file first"
                    .to_owned(),
            );
        }
        // What the writer's own Arrow types were does not matter for reading.
        let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
        let (file, contents) = load(&entry.path, options)?;
        let leaves = leaves(contents.schema().fields());
        let paths: Vec<&[String]> = contents
            .parquet_schema()
            .columns()
            .iter()
            .map(|column| column.path().parts())
            .collect();
        let columns =
            leaves.iter().map(|leaf| paths.iter().position(|path| *path == leaf.parts)).collect();
        let rows = contents.metadata().file_metadata().num_rows().max(0) as u64;
        Ok(Table { file, contents, leaves, columns, reader: None, given: 0, rows })
    }
}

impl Source for Table {
    fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    fn want(&mut self, leaves: &[usize]) -> Result<(), String> {
        let columns: Vec<usize> = leaves.iter().filter_map(|leaf| self.columns[*leaf]).collect();
        let mask = ProjectionMask::leaves(self.contents.parquet_schema(), columns.iter().copied());
        let batch = batch_rows(self.contents.metadata(), &columns);
        let builder = ParquetRecordBatchReaderBuilder::new_with_metadata(
            self.file.clone(),
            self.contents.clone(),
        );
        let reader = builder
            .with_projection(mask)
            .with_batch_size(batch)
            .with_offset(self.given as usize)
            .build();
        self.reader = Some(reader.map_err(|error| broken(&error))?);
        Ok(())
    }

    fn next(&mut self) -> Result<Option<RecordBatch>, String> {
        let next = self.reader.as_mut().and_then(Iterator::next).transpose();
        let next = next.map_err(|error| broken(&error))?;
        match &next {
            Some(batch) => self.given += batch.num_rows() as u64,
            None if self.given != self.rows => {
                return Err(format!("the Parquet file should have {} rows", self.rows));
            }
            None => {}
        }
        Ok(next)
    }

    fn taken(&self) -> u64 {
        let share = self.given as f64 / self.rows.max(1) as f64;
        (self.file.len as f64 * share.min(1.0)) as u64
    }
}

/// Opens a file and reads its table of contents, which is checked.
pub(crate) fn load(
    path: &Path,
    options: ArrowReaderOptions,
) -> Result<(Checked, ArrowReaderMetadata), String> {
    let file = File::open(path).and_then(Checked::new);
    let file = file.map_err(|error| format!("cannot be opened ({error})"))?;
    let contents = guarded(|| {
        ArrowReaderMetadata::load(&file, options)
            .map_err(|error| format!("no Parquet file, or one that was cut off ({error})"))
    })?;
    check(contents.metadata(), file.len)?;
    Ok((file, contents))
}

/// The rows of a batch in which these columns are wanted.
pub(crate) fn batch_rows(contents: &ParquetMetaData, columns: &[usize]) -> usize {
    let sizes = contents.row_groups().iter().flat_map(|group| {
        columns.iter().map(|column| group.column(*column).uncompressed_size().max(0) as u64)
    });
    let rows = contents.file_metadata().num_rows().max(1) as u64;
    let row = sizes.fold(0_u64, u64::saturating_add) / rows;
    (BATCH / row.max(1)).clamp(1, ROWS) as usize
}

fn broken(error: &impl std::fmt::Display) -> String {
    format!("the Parquet file is broken ({error})")
}

/// An error unless every piece of the file that the table of contents names can be there.
fn check(contents: &ParquetMetaData, len: u64) -> Result<(), String> {
    let mut rows = 0_u64;
    for group in contents.row_groups() {
        let can_be = |start: i64, size: i64| {
            let end = u64::try_from(start).ok()?.checked_add(u64::try_from(size).ok()?)?;
            (end <= len).then_some(())
        };
        let columns = group.columns().iter().all(|column| {
            let start = column.dictionary_page_offset().unwrap_or(column.data_page_offset());
            can_be(start, column.compressed_size()).is_some()
        });
        rows =
            match u64::try_from(group.num_rows()) {
                Ok(count) if columns => rows.saturating_add(count),
                _ => return Err(
                    "the Parquet file is broken (its table of contents names what is not there)"
                        .to_owned(),
                ),
            };
    }
    match u64::try_from(contents.file_metadata().num_rows()) {
        Ok(told) if told == rows => Ok(()),
        _ => Err("the Parquet file is broken (it does not have the rows it tells of)".to_owned()),
    }
}

/// A file that is never asked for more than it has.
#[derive(Clone)]
pub(crate) struct Checked {
    file: Arc<File>,
    len: u64,
}

impl Checked {
    pub(crate) fn new(file: File) -> std::io::Result<Checked> {
        let len = file.metadata()?.len();
        Ok(Checked { file: Arc::new(file), len })
    }
}

impl Length for Checked {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for Checked {
    type T = BufReader<File>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        self.file.get_read(start)
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        match start.checked_add(length as u64) {
            Some(end) if end <= self.len => self.file.get_bytes(start, length),
            _ => Err(ParquetError::EOF("a piece lies behind the end of the file".to_owned())),
        }
    }
}
