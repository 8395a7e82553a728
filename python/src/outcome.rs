//! What a scan found, held until Python asks for it.

use pyo3::prelude::*;
use pyo3::types::PyBytes;
use wirecopy::config::Config;
use wirecopy::report::{self, Format, Options};
use wirecopy::scan;

use crate::pump::Ran;

/// The outcome of a scan.
#[pyclass(frozen)]
pub(crate) struct Outcome {
    outcome: scan::Outcome,
    config: Config,
    notices: Vec<String>,
}

impl Outcome {
    pub(crate) fn new(ran: Ran<scan::Outcome>, config: Config) -> Outcome {
        Outcome { outcome: ran.value, config, notices: ran.notices }
    }

    pub(crate) fn outcome(&self) -> &scan::Outcome {
        &self.outcome
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.outcome.articles.is_empty()
    }
}

#[pymethods]
impl Outcome {
    /// The report as JSON Lines, with or without the pairs.
    fn lines<'py>(&self, py: Python<'py>, pairs: bool) -> PyResult<Bound<'py, PyBytes>> {
        let options = Options { pairs, ..Options::default() };
        let lines = py.detach(|| {
            let mut lines = Vec::new();
            let written =
                report::render(&self.outcome, &self.config, Format::Json, &options, &mut lines);
            written.map(|()| lines)
        })?;
        Ok(PyBytes::new(py, &lines))
    }

    /// What the user may want to know: the fields that were taken, files that are empty.
    #[getter]
    fn notices(&self) -> Vec<String> {
        self.notices.clone()
    }

    /// Inputs that could not be read to their end: one message each.
    #[getter]
    fn failures(&self) -> Vec<String> {
        self.outcome.failures.clone()
    }
}
