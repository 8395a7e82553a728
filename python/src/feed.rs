//! Pieces of input on their way from Python to the readers of the library: bytes of JSON Lines, batches of rows.

use std::io::{self, Cursor, Read};

use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::{RecordBatch, RecordBatchReader};
use arrow_schema::{ArrowError, SchemaRef};
use pyo3::prelude::*;

use crate::pump::{Fed, Feed};

/// An iterator of bytes.
pub(crate) struct Lines(pub(crate) Py<PyAny>);

impl Feed for Lines {
    type Piece = Vec<u8>;

    fn next(&mut self, py: Python<'_>) -> PyResult<Option<Vec<u8>>> {
        let mut pieces = self.0.bind(py).try_iter()?;
        pieces.next().transpose()?.map(|piece| piece.extract()).transpose()
    }
}

/// A table.
pub(crate) struct Batches(pub(crate) RecordBatchStreamReader);

impl Batches {
    pub(crate) fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}

impl Feed for Batches {
    type Piece = Result<RecordBatch, ArrowError>;

    fn next(&mut self, py: Python<'_>) -> PyResult<Option<Self::Piece>> {
        // Whoever makes the rows may wait for a thread that needs the interpreter.
        Ok(py.detach(|| self.0.next()))
    }
}

/// Bytes as they are read.
pub(crate) struct Bytes {
    fed: Fed<Vec<u8>>,
    piece: Cursor<Vec<u8>>,
}

impl Bytes {
    pub(crate) fn new(fed: Fed<Vec<u8>>) -> Bytes {
        Bytes { fed, piece: Cursor::default() }
    }
}

impl Read for Bytes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.piece.read(buffer)?;
            if count > 0 || buffer.is_empty() {
                return Ok(count);
            }
            match self.fed.next() {
                Some(piece) => self.piece = Cursor::new(piece),
                None => return Ok(0),
            }
        }
    }
}

/// Rows as they are read.
pub(crate) struct Rows {
    fed: Fed<Result<RecordBatch, ArrowError>>,
    schema: SchemaRef,
}

impl Rows {
    pub(crate) fn new(fed: Fed<Result<RecordBatch, ArrowError>>, schema: SchemaRef) -> Rows {
        Rows { fed, schema }
    }
}

impl Iterator for Rows {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.fed.next()
    }
}

impl RecordBatchReader for Rows {
    fn schema(&self) -> SchemaRef {
        SchemaRef::clone(&self.schema)
    }
}
