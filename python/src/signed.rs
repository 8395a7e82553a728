//! Articles that are signed on one machine and compared on another: batches in, parcels out, parcels in, an outcome out.
//!
//! Parcels travel as a column of binaries. Each is copied once, because it outlives its batch.

use std::io::Cursor;
use std::sync::Arc;

use arrow_array::builder::{BinaryBuilder, StringBuilder};
use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator};
use arrow_pyarrow::PyArrowType;
use arrow_schema::ArrowError;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use wirecopy::config::Config;
use wirecopy::read::Given;
use wirecopy::scan::{scan_signed as scan, sign_given};

use crate::feed::Batches;
use crate::outcome::Outcome;
use crate::pump::{Pump, error, error_after};
use crate::{NAME, Options, configure};

/// Signs the rows of a batch: a parcel for each article, a reason and details for each row that is none.
#[pyfunction]
pub(crate) fn sign_batch(
    py: Python<'_>,
    batch: PyArrowType<RecordBatch>,
    options: Options,
) -> PyResult<PyArrowType<RecordBatch>> {
    let schema = batch.0.schema();
    let rows = RecordBatchIterator::new([Ok(batch.0)], schema);
    sign(py, Given::batches(NAME, rows), &configure(py, &options)?)
}

/// The same for lines of JSON, whose fields are those of the options.
#[pyfunction]
pub(crate) fn sign_lines(
    py: Python<'_>,
    lines: Vec<u8>,
    options: Options,
) -> PyResult<PyArrowType<RecordBatch>> {
    let config = configure(py, &options)?;
    let given = Given::part(NAME, config.input.fields.clone(), Cursor::new(lines));
    sign(py, given, &config)
}

fn sign(py: Python<'_>, given: Given, config: &Config) -> PyResult<PyArrowType<RecordBatch>> {
    let mut parcels = BinaryBuilder::new();
    let (mut reasons, mut details) = (StringBuilder::new(), StringBuilder::new());
    let signed = py.detach(|| {
        sign_given(given, config, |one| match one {
            Ok(parcel) => {
                parcels.append_value(parcel);
                reasons.append_null();
                details.append_null();
            }
            Err(problem) => {
                parcels.append_null();
                reasons.append_value(problem.kind.name());
                details.append_value(problem.detail);
            }
        })
    });
    let failures = signed.map_err(|failed| error(py, &failed))?;
    if let Some((last, before)) = failures.split_last() {
        return Err(error_after(py, before, &wirecopy::Error::new(last.clone())));
    }
    let columns: [(&str, ArrayRef); 3] = [
        ("parcel", Arc::new(parcels.finish())),
        ("reason", Arc::new(reasons.finish())),
        ("detail", Arc::new(details.finish())),
    ];
    let columns = columns.map(|(name, column)| (name, column, true));
    let batch = RecordBatch::try_from_iter_with_nullable(columns);
    let refused = |failed: ArrowError| PyValueError::new_err(failed.to_string());
    Ok(PyArrowType(batch.map_err(refused)?))
}

/// Compares articles that were signed: rows with the column `parcel`; those that are null are passed over.
#[pyfunction]
pub(crate) fn scan_signed(
    py: Python<'_>,
    rows: PyArrowType<RecordBatchStreamReader>,
    options: Options,
    progress: Option<Py<PyAny>>,
) -> PyResult<Outcome> {
    let config = configure(py, &options)?;
    let found = Pump::new(progress).run(py, Some(Batches(rows.0)), |watch, fed| {
        let mut failure = None;
        let parcels = fed.map_while(|batch| match batch.and_then(|batch| parcels(&batch)) {
            Ok(parcels) => Some(parcels),
            Err(failed) => {
                failure = Some(wirecopy::Error::new(failed.to_string()));
                // What came so far must not pass for everything.
                watch.stop();
                None
            }
        });
        let found = scan(parcels, &config, watch);
        failure.map_or(found, Err)
    });
    Ok(Outcome::new(found?, config))
}

fn parcels(batch: &RecordBatch) -> Result<Vec<Vec<u8>>, ArrowError> {
    let wrong = |what: &str| ArrowError::SchemaError(format!("the column `parcel` {what}"));
    let column = batch.column_by_name("parcel").ok_or_else(|| wrong("is missing"))?;
    let binaries = column.as_binary_opt::<i32>();
    let binaries =
        binaries.ok_or_else(|| wrong(&format!("holds {} and no binaries", column.data_type())))?;
    Ok(binaries.iter().flatten().map(<[u8]>::to_vec).collect())
}
