//! Tables of columns in a clean dump: Parquet and Arrow, with the same columns, order of rows and compression.
//!
//! Rows cannot be cut out of columns, so these files are written anew, batch by batch: in Parquet with the same row groups
//! (but for the rows that left), schema, codec and dictionaries of every column, and what else is said about the file; in Arrow
//! the same schema, batches and codec. Pages, statistics and the level of compression are as their writer here makes
//! them. With `--mark` the columns of [`super::mark`] come last.
//!
//! Memory: in Parquet the compressed columns of one row group, in Arrow a batch.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Float64Array, RecordBatch, StringArray};
use arrow_ipc::writer::{DictionaryHandling, FileWriter, IpcWriteOptions, StreamWriter};
use arrow_schema::{DataType, Field, Schema, SchemaRef};
use arrow_select::filter::filter_record_batch;

use super::Lines;
use super::copy::{Job, marked_before, moved};
use super::dump::DumpFile;
use super::mark::{self, FIRST_NUMBER, NAMES};
use super::pack::{BUFFER, Packer};
use super::parquet::Original;
use crate::config::Format;
use crate::error::{Error, Result};
use crate::read::columns::arrow::Stream;
use crate::read::columns::json::Row;
use crate::read::raw::Raw;

/// Writes the table without the rows that leave it; `jobs` are those of its rows, in order.
pub(super) fn copy(
    file: &DumpFile,
    raw: &Raw,
    jobs: &[Job<'_>],
    marks: bool,
    out: (File, &Path),
    removed: &mut Lines,
) -> Result<()> {
    let mut rows = Rows { file, jobs, marks, before: 0 };
    if raw.format() == Format::Parquet {
        parquet(&mut rows, out, removed)?;
    } else {
        arrow(&mut rows, raw, out, removed)?;
    }
    match rows.jobs.first() {
        Some(job) => Err(moved(file, job.record)),
        None => Ok(()),
    }
}

fn parquet(rows: &mut Rows<'_>, out: (File, &Path), removed: &mut Lines) -> Result<()> {
    let file = rows.file;
    let fail = |why: String| Error::new(format!("{}: {why}", file.name()));
    let write = |why: String| Error::new(format!("cannot write {}: {why}", out.1.display()));
    let table = Original::open(file.path()).map_err(fail)?;
    let marks = rows.marks.then(|| rows.columns(table.schema())).transpose()?;
    let schema = with(table.schema(), marks.as_deref().unwrap_or_default());
    let target = BufWriter::with_capacity(BUFFER, out.0);
    let mut writer = table.writer(target, marks.as_deref(), schema).map_err(fail)?;
    for group in 0..table.groups() {
        for batch in table.batches(group).map_err(fail)? {
            let batch = rows.treat(batch.map_err(fail)?, removed)?;
            writer.write(&batch).map_err(write)?;
        }
        writer.end_group().map_err(write)?;
    }
    writer.finish().map_err(write)
}

fn arrow(rows: &mut Rows<'_>, raw: &Raw, out: (File, &Path), removed: &mut Lines) -> Result<()> {
    let file = rows.file;
    let fail = |why: String| Error::new(format!("{}: {why}", file.name()));
    let failed = |error: arrow_schema::ArrowError| {
        Error::new(format!("cannot write {}: {error}", out.1.display()))
    };
    let mut stream = Stream::open(file.path(), &file.input.limits).map_err(fail)?;
    let schema = if rows.marks {
        with(stream.schema(), &rows.columns(stream.schema())?)
    } else {
        Arc::clone(stream.schema())
    };
    let mut next = stream.batch().map_err(fail)?;
    let options = IpcWriteOptions::default().try_with_compression(stream.compression());
    let options = options.map_err(failed)?;
    let mut target = Target(Packer::new(out.0, raw.packing(), out.1)?);
    let mut writer = if stream.is_file() {
        let options = options.with_dictionary_handling(DictionaryHandling::Delta);
        let writer = FileWriter::try_new_with_options(&mut target, &schema, options);
        Writer::File(Box::new(writer.map_err(failed)?))
    } else {
        let writer = StreamWriter::try_new_with_options(&mut target, &schema, options);
        Writer::Stream(Box::new(writer.map_err(failed)?))
    };
    while let Some(batch) = next {
        let batch = rows.treat(batch, removed)?;
        if batch.num_rows() > 0 {
            writer.write(&batch).map_err(failed)?;
        }
        next = stream.batch().map_err(fail)?;
    }
    if let Writer::File(writer) = &mut writer {
        for (key, value) in stream.about_the_file() {
            writer.write_metadata(key, value);
        }
    }
    writer.finish().map_err(failed)?;
    target.0.finish()
}

/// The rows of a table on their way to the clean one.
struct Rows<'a> {
    file: &'a DumpFile,
    /// Those that are still to come.
    jobs: &'a [Job<'a>],
    marks: bool,
    before: u64,
}

impl Rows<'_> {
    /// The columns of `--mark`, unless the table has them already.
    fn columns(&self, schema: &Schema) -> Result<Vec<Field>> {
        if mark::is_marked(schema.fields().iter().map(|field| field.name().as_str())) {
            return Err(marked_before(self.file, 1));
        }
        Ok(mark_fields())
    }

    /// The rows of the next batch that stay, with their marks.
    fn treat(&mut self, batch: RecordBatch, removed: &mut Lines) -> Result<RecordBatch> {
        let first = self.before + 1;
        self.before += batch.num_rows() as u64;
        let count = self.jobs.partition_point(|job| job.record <= self.before);
        let (jobs, later) = self.jobs.split_at(count);
        self.jobs = later;
        let failed = |error| Error::new(format!("{}: {error}", self.file.name()));
        if self.marks {
            return self.marked(&batch, jobs, first).map_err(failed);
        }
        if jobs.is_empty() {
            return Ok(batch);
        }
        let mut stays = vec![true; batch.num_rows()];
        for job in jobs {
            let row = (job.record - first) as usize;
            stays[row] = false;
            removed.line(&Row { batch: &batch, row })?;
        }
        filter_record_batch(&batch, &BooleanArray::from(stays)).map_err(failed)
    }

    fn marked(
        &self,
        batch: &RecordBatch,
        jobs: &[Job<'_>],
        first: u64,
    ) -> std::result::Result<RecordBatch, arrow_schema::ArrowError> {
        let mut fields = vec![None; batch.num_rows()];
        for job in jobs {
            fields[(job.record - first) as usize] = job.fields.as_ref();
        }
        let mut columns = batch.columns().to_vec();
        for number in 0..NAMES.len() {
            let texts =
                || fields.iter().map(|fields| fields.and_then(|fields| fields.text(number)));
            let numbers =
                || fields.iter().map(|fields| fields.and_then(|fields| fields.number(number)));
            columns.push(match number < FIRST_NUMBER {
                true => Arc::new(texts().collect::<StringArray>()) as ArrayRef,
                false => Arc::new(numbers().collect::<Float64Array>()),
            });
        }
        RecordBatch::try_new(with(batch.schema_ref(), &mark_fields()), columns)
    }
}

/// The columns of `--mark`.
fn mark_fields() -> Vec<Field> {
    let kind = |number| if number < FIRST_NUMBER { DataType::Utf8 } else { DataType::Float64 };
    let names = NAMES.iter().enumerate();
    names.map(|(number, name)| Field::new(*name, kind(number), true)).collect()
}

/// A schema with these columns behind the others.
fn with(schema: &Schema, marks: &[Field]) -> SchemaRef {
    let marks = marks.iter().cloned().map(Arc::new);
    let fields: Vec<_> = schema.fields().iter().cloned().chain(marks).collect();
    Arc::new(Schema::new_with_metadata(fields, schema.metadata().clone()))
}

/// A file or a stream, as the input was.
enum Writer<'a> {
    File(Box<FileWriter<&'a mut Target>>),
    Stream(Box<StreamWriter<&'a mut Target>>),
}

impl Writer<'_> {
    fn write(&mut self, batch: &RecordBatch) -> std::result::Result<(), arrow_schema::ArrowError> {
        match self {
            Writer::File(writer) => writer.write(batch),
            Writer::Stream(writer) => writer.write(batch),
        }
    }

    fn finish(&mut self) -> std::result::Result<(), arrow_schema::ArrowError> {
        match self {
            Writer::File(writer) => writer.finish(),
            Writer::Stream(writer) => writer.finish(),
        }
    }
}

/// A packed file for those who want to write bytes.
struct Target(Packer);

impl Write for Target {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.bytes(bytes).map(|()| bytes.len()).map_err(io::Error::other)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
