//! Articles in whatever form Python has them: paths, rows of a table, pieces of JSON Lines.

use std::path::PathBuf;

use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_pyarrow::PyArrowType;
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::PyList;
use wirecopy::config::Format;
use wirecopy::read::Given;

use crate::NAME;
use crate::feed::{Batches, Bytes, Lines, Rows};
use crate::pump::{Nothing, Pump, Ran, Watch};

/// Articles as Python gave them.
pub(crate) enum Source {
    /// A list of files and folders.
    Paths(Vec<PathBuf>),
    /// What has an Arrow stream.
    Rows(RecordBatchStreamReader),
    /// An iterator of bytes.
    Pieces(Py<PyAny>),
}

/// Articles as the library takes them.
pub(crate) enum Articles<'a> {
    Paths(&'a [PathBuf]),
    Given(Given),
}

impl Source {
    /// A list is one of paths, what has an Arrow stream a table, and anything else an iterator of pieces.
    pub(crate) fn of(articles: &Bound<'_, PyAny>) -> PyResult<Source> {
        if articles.is_instance_of::<PyList>() {
            Ok(Source::Paths(articles.extract()?))
        } else if articles.hasattr(intern!(articles.py(), "__arrow_c_stream__"))? {
            let rows: PyArrowType<RecordBatchStreamReader> = articles.extract()?;
            Ok(Source::Rows(rows.0))
        } else {
            Ok(Source::Pieces(articles.clone().unbind()))
        }
    }

    /// The paths, if it is these.
    pub(crate) fn paths(&self) -> Option<&[PathBuf]> {
        match self {
            Source::Paths(paths) => Some(paths),
            _ => None,
        }
    }

    /// Runs `work` on a thread of its own and feeds it the articles.
    pub(crate) fn run<T: Send>(
        self,
        py: Python<'_>,
        progress: Option<Py<PyAny>>,
        work: impl FnOnce(&Watch, Articles<'_>) -> wirecopy::Result<T> + Send,
    ) -> PyResult<Ran<T>> {
        let pump = Pump::new(progress);
        match self {
            Source::Paths(paths) => {
                pump.run(py, None::<Nothing>, |watch, _| work(watch, Articles::Paths(&paths)))
            }
            Source::Rows(rows) => {
                let rows = Batches(rows);
                let schema = rows.schema();
                pump.run(py, Some(rows), |watch, fed| {
                    work(watch, Articles::Given(Given::batches(NAME, Rows::new(fed, schema))))
                })
            }
            Source::Pieces(pieces) => pump.run(py, Some(Lines(pieces)), |watch, fed| {
                let given = Given::bytes(NAME, Format::Jsonl, Bytes::new(fed));
                work(watch, Articles::Given(given))
            }),
        }
    }
}
