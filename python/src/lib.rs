//! The compiled half of the Python package: values in, the library called without the interpreter's lock, values out.
//!
//! What was found leaves as JSON Lines, the documented output of the command, so that names and rounding are the same on
//! both sides. The Python half makes objects of them.

mod feed;
mod index;
mod outcome;
mod pump;
mod signed;
mod source;

use std::ffi::OsString;
use std::path::PathBuf;

use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyBytes;
use wirecopy::article::Article;
use wirecopy::cli::options::{self, Refused, Takes};
use wirecopy::config::{Config, Format};
use wirecopy::find::evidence::VALUES;
use wirecopy::read::Given;
use wirecopy::report::{TextOrJson, compare as report};
use wirecopy::scan::{scan_given, scan_paths};
use wirecopy::store::TOLD;
use wirecopy::{cli, compare};

use outcome::Outcome;
use pump::{error, error_after};
use source::{Articles, Source};

/// What articles from memory are called, in places and where they have no id of their own.
const NAME: &str = "articles";

/// Named options as they would be typed.
type Options = Vec<(String, Vec<String>)>;

#[pymodule]
fn _wirecopy(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add("__version__", env!("CARGO_PKG_VERSION"))?;
    module.add("EVIDENCE", VALUES.iter().map(|(name, _)| *name).collect::<Vec<_>>())?;
    module.add("TOLD", TOLD)?;
    module.add_class::<index::Index>()?;
    module.add_class::<index::Taken>()?;
    module.add_class::<Outcome>()?;
    module.add_function(wrap_pyfunction!(compare_articles, module)?)?;
    module.add_function(wrap_pyfunction!(known_options, module)?)?;
    module.add_function(wrap_pyfunction!(run_command, module)?)?;
    module.add_function(wrap_pyfunction!(scan, module)?)?;
    module.add_function(wrap_pyfunction!(signed::scan_signed, module)?)?;
    module.add_function(wrap_pyfunction!(signed::sign_batch, module)?)?;
    module.add_function(wrap_pyfunction!(signed::sign_lines, module)?)
}

/// Compares articles.
#[pyfunction]
fn scan(
    py: Python<'_>,
    articles: &Bound<'_, PyAny>,
    options: Options,
    progress: Option<Py<PyAny>>,
) -> PyResult<Outcome> {
    let config = configure(py, &options)?;
    let source = Source::of(articles)?;
    let paths = source.paths().map(<[PathBuf]>::to_vec);
    let found = source.run(py, progress, |watch, articles| match articles {
        Articles::Paths(paths) => scan_paths(paths, &config, watch),
        Articles::Given(given) => scan_given(given, &config, watch),
    });
    let found = Outcome::new(found?, config);
    if let Some(paths) = paths.filter(|_| found.is_empty()) {
        let nothing = cli::nothing_readable(&paths, found.outcome());
        return Err(error_after(py, &found.outcome().failures, &nothing));
    }
    Ok(found)
}

/// One of two articles to compare.
#[derive(FromPyObject)]
enum One {
    /// Bytes with one line of JSON.
    #[pyo3(transparent)]
    Line(Vec<u8>),
    /// A text.
    #[pyo3(transparent)]
    Text(String),
    /// A file.
    #[pyo3(transparent)]
    File(PathBuf),
}

/// Compares two articles: JSON Lines, and both texts.
#[pyfunction]
fn compare_articles<'py>(
    py: Python<'py>,
    a: One,
    b: One,
    options: Options,
) -> PyResult<(Bound<'py, PyBytes>, String, String)> {
    let config = configure(py, &options)?;
    let compared = py.detach(|| -> wirecopy::Result<_> {
        let (a, b) = (read_one(a, "a", &config)?, read_one(b, "b", &config)?);
        Ok(compare::articles(a, b, &config))
    });
    let answer = compared.map_err(|refused| error(py, &refused))?;
    let shown = report::Options {
        color: false,
        width: usize::MAX,
        full: true,
        list: false,
        top: usize::MAX,
    };
    let mut lines = Vec::new();
    report::render(&answer, &config.matching, TextOrJson::Json, &shown, &mut lines)?;
    let text_b = answer.found.into_iter().next().map(|found| found.article.text);
    Ok((PyBytes::new(py, &lines), answer.article.text, text_b.unwrap_or_default()))
}

fn read_one(one: One, name: &str, config: &Config) -> wirecopy::Result<Article> {
    match one {
        One::Text(text) => Ok(Article::new(name, text)),
        One::File(path) => compare::read_file(&path, config, &()),
        One::Line(line) => {
            let given = Given::bytes(name, Format::Jsonl, std::io::Cursor::new(line));
            compare::read_given(given, config, &())
        }
    }
}

/// Runs the command line, the name of the program first; gives its exit code.
#[pyfunction]
fn run_command(py: Python<'_>, typed: Vec<OsString>) -> u8 {
    py.detach(|| cli::run(typed).code())
}

/// Every option: (name, "switch", "value" or "values", help).
#[pyfunction]
fn known_options() -> Vec<(String, &'static str, String)> {
    let takes = |takes| match takes {
        Takes::Nothing => "switch",
        Takes::Value => "value",
        Takes::Values => "values",
    };
    let named = options::all().into_iter();
    named.map(|(name, what, help)| (in_python(&name), takes(what), help)).collect()
}

fn configure(py: Python<'_>, given: &Options) -> PyResult<Config> {
    let flags: Options =
        given.iter().map(|(name, values)| (name.replace('_', "-"), values.clone())).collect();
    options::configure(&flags).map_err(|refused| match refused {
        Refused::Unknown(name, near) => {
            let near: Vec<String> = near.iter().map(|near| in_python(near)).collect();
            let meant = if near.is_empty() {
                String::new()
            } else {
                format!("; did you mean {}?", near.join(" or "))
            };
            PyTypeError::new_err(format!("there is no option {}{meant}", in_python(&name)))
        }
        Refused::Wrong(wrong) if wrong.path().is_some() => error(py, &wrong),
        Refused::Wrong(wrong) => PyValueError::new_err(wrong.to_string()),
    })
}

/// The name of a flag as Python writes it.
fn in_python(flag: &str) -> String {
    flag.replace('-', "_")
}
