//! Tables stored by columns: which columns hold what, and the rows as articles.
//!
//! The first rows are looked at in every column that could hold a text, all others only in the columns that were taken.
//! A batch of rows at a time is in memory, and what the threads have of the batches before it. Rows count from 1 and have
//! no lines.
//!
//! Columns are decoded on the one thread that reads: signing a text takes much longer than decoding it.

pub(crate) mod arrow;
pub(crate) mod json;
mod leaves;
pub(crate) mod parquet;
mod trust;

use std::cell::Cell;
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchReader};

use self::leaves::{Column, Leaf, Shown};
pub(crate) use self::trust::guarded;
use super::fields;
use super::open::Packing;
use super::pick::{Found, SLOTS};
use super::record::Layout;
use super::sniff::Head;
use super::source::Piece;
use super::survey::{Survey, Value};
use super::walk::Entry;
use crate::config::{FieldNames, Format};

/// Bytes of columns that one thread gets at once.
const SHARE: usize = 1 << 20;

/// Rows of a table that wait to become articles.
pub(super) struct Rows {
    batch: RecordBatch,
    leaves: Arc<[Option<Leaf>; SLOTS]>,
}

impl Rows {
    /// Gives the fields of each row whose place, from 0, is wanted.
    pub(super) fn each(
        &self,
        wanted: impl Fn(usize) -> bool,
        mut take: impl FnMut(usize, [Found; SLOTS]),
    ) {
        let columns = self
            .leaves
            .each_ref()
            .map(|leaf| leaf.as_ref().and_then(|leaf| Column::of(&self.batch, leaf)));
        for row in (0..self.batch.num_rows()).filter(|row| wanted(*row)) {
            let found = columns.each_ref().map(|column| {
                column.as_ref().map_or(Found::Missing, |column| found(column.at(row)))
            });
            take(row, found);
        }
    }
}

fn found(shown: Shown<'_>) -> Found {
    match shown {
        Shown::Null => Found::Null,
        Shown::Text(text) => Found::Text(text.into_owned()),
        Shown::Number(digits) => Found::Number(digits),
        Shown::Other(what) => Found::Other(what),
    }
}

/// A table whose rows come in batches. Errors are to be put behind the name of the file.
trait Source {
    /// Everything that may hold a value, and what may not.
    fn leaves(&self) -> &[Leaf];
    /// From the next batch on, only these leaves are of interest, by their numbers.
    fn want(&mut self, leaves: &[usize]) -> Result<(), String>;
    /// The next rows; none at the end.
    fn next(&mut self) -> Result<Option<RecordBatch>, String>;
    /// Bytes of the file that were needed so far.
    fn taken(&self) -> u64;
}

/// What was opened of a file, besides its head.
pub(super) struct Rest {
    pub(super) taken: Rc<Cell<u64>>,
    pub(super) packing: Packing,
}

/// Gives the pieces of a table to `out` until that returns false.
pub(super) fn pour(
    format: Format,
    head: Head,
    rest: Rest,
    entry: &Entry,
    wanted: &FieldNames,
    out: &mut dyn FnMut(Piece) -> bool,
) {
    let opened = guarded(|| -> Result<Box<dyn Source>, String> {
        if format == Format::Parquet {
            return Ok(Box::new(parquet::Table::open(entry, rest.packing)?));
        }
        let by_contents = arrow::Stream::of_file(&entry.path, rest.packing);
        let stream = by_contents.unwrap_or_else(|| {
            arrow::Stream::new(head.into_stream(false), rest.taken, rest.packing)
        });
        Ok(Box::new(stream?))
    });
    let mut told = 0;
    let poured =
        opened.and_then(|mut source| pour_source(&mut *source, entry, wanted, &mut told, out));
    if let Err(failure) = poured {
        out(Piece::Failure(format!("{}: {failure}", entry.name)));
    }
    out(Piece::Passed(entry.size.unwrap_or(told).saturating_sub(told)));
}

/// The same for rows that have no file.
pub(super) fn pour_batches(
    rows: Box<dyn RecordBatchReader + Send>,
    entry: &Entry,
    wanted: &FieldNames,
    out: &mut dyn FnMut(Piece) -> bool,
) {
    if !out(Piece::Opened) {
        return;
    }
    let leaves = leaves::leaves(rows.schema().fields());
    let mut source = Batches { rows, leaves, wanted: None, taken: 0 };
    if let Err(failure) = pour_source(&mut source, entry, wanted, &mut 0, out) {
        out(Piece::Failure(format!("{}: {failure}", entry.name)));
    }
}

/// Batches as another program hands them over.
struct Batches {
    rows: Box<dyn RecordBatchReader + Send>,
    leaves: Vec<Leaf>,
    /// The names of the columns that are of interest.
    wanted: Option<Vec<String>>,
    taken: u64,
}

impl Source for Batches {
    fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    fn want(&mut self, leaves: &[usize]) -> Result<(), String> {
        self.wanted = Some(leaves.iter().map(|leaf| self.leaves[*leaf].parts[0].clone()).collect());
        Ok(())
    }

    fn next(&mut self) -> Result<Option<RecordBatch>, String> {
        let broken = |error| format!("the rows cannot be read to their end ({error})");
        let Some(batch) = self.rows.next().transpose().map_err(broken)? else { return Ok(None) };
        let fields = batch.schema();
        let is_wanted = |name: &String| self.wanted.as_ref().is_none_or(|all| all.contains(name));
        let columns = fields.fields().iter().enumerate();
        let columns: Vec<usize> = columns
            .filter(|(_, field)| is_wanted(field.name()))
            .map(|(number, _)| number)
            .collect();
        let batch = batch.project(&columns).map_err(broken)?;
        self.taken += batch.get_array_memory_size() as u64;
        Ok(Some(batch))
    }

    fn taken(&self) -> u64 {
        self.taken
    }
}

/// The same for a table that is open; `told` counts the bytes that pieces accounted for.
fn pour_source(
    source: &mut dyn Source,
    entry: &Entry,
    wanted: &FieldNames,
    told: &mut u64,
    out: &mut dyn FnMut(Piece) -> bool,
) -> Result<(), String> {
    let Sample { survey, held, mut failure } = sample(source, wanted)?;
    if survey.records == 0 {
        if failure.is_none() {
            out(Piece::Notice(format!("{}: empty", entry.name)));
        }
        return failure.map_or(Ok(()), Err);
    }
    let names = match fields::settle(&survey, wanted, &entry.name) {
        Ok(names) => names,
        Err(message) => {
            out(Piece::Failure(message));
            return Ok(());
        }
    };
    if !out(Piece::Settled { names: names.clone(), file: Arc::clone(&entry.name) }) {
        return Ok(());
    }
    let numbers = fields::slots(&names).map(|name| leaves::named(source.leaves(), name?));
    if let Some(Leaf { other: Some(what), path, .. }) =
        numbers[0].map(|leaf| &source.leaves()[leaf])
    {
        return Err(format!("the field `{path}` is {what}, not a text"));
    }
    let columns = numbers.map(|leaf| Some(source.leaves()[leaf?].clone()));
    let needed: Vec<usize> = numbers.into_iter().flatten().collect();
    source.want(&needed)?;
    let layout = Arc::new(Layout::new(Arc::clone(&entry.name), names));
    let columns = Arc::new(columns);
    let mut before = 0;
    let mut held = held.into_iter();
    loop {
        let next = match (held.next(), failure.take()) {
            (Some(batch), later) => {
                failure = later;
                Ok(Some(batch))
            }
            (None, Some(failure)) => Err(failure),
            (None, None) => guarded(|| source.next()),
        };
        let next =
            next.map_err(|why| format!("{why}; {before} rows were read; fetch the file again"))?;
        let Some(batch) = next else { return Ok(()) };
        let step = (batch.num_rows() * SHARE / batch.get_array_memory_size().max(1)).max(1);
        for from in (0..batch.num_rows()).step_by(step) {
            let part = batch.slice(from, step.min(batch.num_rows() - from));
            let rows = part.num_rows() as u64;
            let bytes = source.taken().saturating_sub(*told);
            *told += bytes;
            let piece = Piece::Rows {
                layout: Arc::clone(&layout),
                rows: Rows { batch: part, leaves: Arc::clone(&columns) },
                before,
                bytes,
            };
            if !out(piece) {
                return Ok(());
            }
            before += rows;
        }
    }
}

/// The first rows of a table.
struct Sample {
    survey: Survey,
    held: Vec<RecordBatch>,
    /// Why there are no more.
    failure: Option<String>,
}

/// Looks at the first rows, and gives back their batches.
fn sample(source: &mut dyn Source, wanted: &FieldNames) -> Result<Sample, String> {
    let mut survey = fields::survey(wanted);
    let values = |leaf: &usize| source.leaves()[*leaf].other.is_none();
    let values: Vec<usize> = (0..source.leaves().len()).filter(values).collect();
    source.want(&values)?;
    let (mut held, mut bytes, mut failure) = (Vec::new(), 0, None);
    while survey.records < fields::SAMPLE && bytes < fields::SAMPLE_BYTES {
        let batch = match guarded(|| source.next()) {
            Ok(Some(batch)) => batch,
            Ok(None) => break,
            Err(why) => {
                failure = Some(why);
                break;
            }
        };
        let columns: Vec<_> =
            source.leaves().iter().map(|leaf| (&*leaf.path, Column::of(&batch, leaf))).collect();
        for row in 0..batch.num_rows() {
            if survey.records == fields::SAMPLE || bytes >= fields::SAMPLE_BYTES {
                break;
            }
            let shown = columns.iter().map(|(path, column)| {
                let shown = column.as_ref().map_or(Shown::Null, |column| column.at(row));
                (*path, shown)
            });
            let shown: Vec<_> = shown.collect();
            let values = shown.iter().map(|(path, shown)| match shown {
                Shown::Text(text) => {
                    bytes += text.len() as u64;
                    (*path, Value::Text(text))
                }
                Shown::Number(_) => (*path, Value::Number),
                Shown::Null | Shown::Other(_) => (*path, Value::Other),
            });
            survey.add_values(values);
        }
        held.push(batch);
    }
    Ok(Sample { survey, held, failure })
}
