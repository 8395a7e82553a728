//! A run of the library on a thread of its own, while the thread that called feeds it, reports and looks for Ctrl-C.
//!
//! All Python code runs on the caller's thread: generators and database cursors may be bound to theirs, and a callback
//! that raises ends the run. The thread of the run never touches the interpreter. Whatever happens, the call returns
//! after the run has ended.

use std::panic;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use pyo3::exceptions::PyException;
use pyo3::intern;
use pyo3::prelude::*;
use wirecopy::progress::Progress;

/// Time between two looks for Ctrl-C, and between two calls of the callback.
const TICK: Duration = Duration::from_millis(50);

/// Where the number of a stage begins among the bits of what is done.
const STAGE: u32 = 56;
const DONE: u64 = (1 << STAGE) - 1;

/// Pieces that may wait to be taken.
const WAITING: usize = 4;

/// What the run tells the caller.
pub(crate) enum Told {
    /// A piece was taken.
    Taken,
    /// A stage, its total, and what was done of the one before.
    Begun(&'static str, Option<u64>, u64),
    Notice(String),
    Ended,
}

/// The library's side: how far the run has come, and whether it is to end.
pub(crate) struct Watch {
    /// The number of the stage in the top byte, below it what is done: never what is done of another stage.
    done: AtomicU64,
    is_stopped: AtomicBool,
    told: Sender<Told>,
}

impl Watch {
    fn tell(&self, told: Told) {
        // The caller waits for the end of the run, so it listens.
        let _ = self.told.send(told);
    }

    /// Has the run end early.
    pub(crate) fn stop(&self) {
        self.is_stopped.store(true, Ordering::Relaxed);
    }
}

impl Progress for Watch {
    fn begin(&self, stage: &'static str, total: Option<u64>) {
        let next = (self.done.load(Ordering::Relaxed) >> STAGE).wrapping_add(1) << STAGE;
        let before = self.done.swap(next, Ordering::Relaxed);
        self.tell(Told::Begun(stage, total, before & DONE));
    }

    fn advance(&self, done: u64) {
        self.done.fetch_add(done, Ordering::Relaxed);
    }

    fn notice(&self, line: &str) {
        self.tell(Told::Notice(line.to_owned()));
    }

    fn is_stopped(&self) -> bool {
        self.is_stopped.load(Ordering::Relaxed)
    }
}

/// Tells that the run has ended, however it did.
struct Ending<'a>(&'a Watch);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.tell(Told::Ended);
    }
}

/// Where pieces come from. Asked on the caller's thread.
pub(crate) trait Feed {
    /// A piece of the input.
    type Piece: Send;
    /// The next piece; none at the end.
    fn next(&mut self, py: Python<'_>) -> PyResult<Option<Self::Piece>>;
}

/// A run that is fed nothing.
pub(crate) enum Nothing {}

impl Feed for Nothing {
    type Piece = ();

    fn next(&mut self, _: Python<'_>) -> PyResult<Option<()>> {
        match *self {}
    }
}

/// Pieces as the run takes them.
pub(crate) struct Fed<T> {
    pieces: Receiver<T>,
    told: Sender<Told>,
}

impl<T> Iterator for Fed<T> {
    type Item = T;

    fn next(&mut self) -> Option<T> {
        let piece = self.pieces.recv().ok()?;
        // The caller waits for the end of the run, so it listens.
        let _ = self.told.send(Told::Taken);
        Some(piece)
    }
}

/// What a run came to.
pub(crate) struct Ran<T> {
    pub(crate) value: T,
    pub(crate) notices: Vec<String>,
}

/// The caller's side.
pub(crate) struct Pump {
    callback: Option<Py<PyAny>>,
    stage: Option<(&'static str, Option<u64>)>,
    /// Stages that have begun.
    begun: u64,
    told: Option<Instant>,
    notices: Vec<String>,
}

impl Pump {
    /// `callback` is called with the stage, what is done of it, and how much that is in all if it is known.
    pub(crate) fn new(callback: Option<Py<PyAny>>) -> Pump {
        Pump { callback, stage: None, begun: 0, told: None, notices: Vec::new() }
    }

    /// Runs `work`, feeding it what `feed` gives.
    pub(crate) fn run<F: Feed, T: Send>(
        mut self,
        py: Python<'_>,
        feed: Option<F>,
        work: impl FnOnce(&Watch, Fed<F::Piece>) -> wirecopy::Result<T> + Send,
    ) -> PyResult<Ran<T>> {
        let (tell, mut told) = channel();
        let (give, pieces) = sync_channel(WAITING);
        let watch = &Watch {
            done: AtomicU64::new(0),
            is_stopped: AtomicBool::new(false),
            told: tell.clone(),
        };
        let fed = Fed { pieces, told: tell };
        let (pumped, ended) = thread::scope(|scope| {
            let run =
                thread::Builder::new().name("wirecopy".to_owned()).spawn_scoped(scope, || {
                    let _ending = Ending(watch);
                    work(watch, fed)
                });
            let run = match run {
                Ok(run) => run,
                Err(failed) => return (Err(failed.into()), None),
            };
            let mut feed = feed.map(|feed| (feed, give));
            let pumped = self.pump(py, &mut feed, &mut told, watch);
            if pumped.is_err() {
                watch.stop();
            }
            // Only now: an input that ends because the run does must not look whole.
            drop(feed);
            (pumped, Some(py.detach(|| run.join())))
        });
        pumped?;
        match ended {
            Some(Ok(Ok(value))) => Ok(Ran { value, notices: self.notices }),
            Some(Ok(Err(failed))) => Err(error(py, &failed)),
            Some(Err(panicked)) => panic::resume_unwind(panicked),
            None => Err(PyException::new_err("the run did not begin")),
        }
    }

    /// Feeds and tells until the run has ended.
    fn pump<F: Feed>(
        &mut self,
        py: Python<'_>,
        feed: &mut Option<(F, SyncSender<F::Piece>)>,
        told: &mut Receiver<Told>,
        watch: &Watch,
    ) -> PyResult<()> {
        let mut room = WAITING;
        loop {
            py.check_signals()?;
            if room > 0
                && let Some((source, give)) = feed
            {
                match source.next(py)?.map(|piece| give.send(piece)) {
                    Some(Ok(())) => room -= 1,
                    // At the end, or nobody wants more.
                    _ => *feed = None,
                }
            }
            let wait = if feed.is_some() && room > 0 { Duration::ZERO } else { TICK };
            let listening = &mut *told;
            match py.detach(move || listening.recv_timeout(wait)) {
                Ok(Told::Taken) => room += 1,
                Ok(Told::Begun(stage, total, before)) => {
                    self.tell(py, before)?;
                    self.stage = Some((stage, total));
                    self.begun += 1;
                    self.tell(py, 0)?;
                }
                Ok(Told::Notice(line)) => self.notices.push(line),
                Ok(Told::Ended) => return self.tell(py, watch.done.load(Ordering::Relaxed) & DONE),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return Ok(()),
            }
            let done = watch.done.load(Ordering::Relaxed);
            let is_of_stage = done >> STAGE == self.begun & 0xff;
            if is_of_stage && self.told.is_none_or(|told| told.elapsed() >= TICK) {
                self.tell(py, done & DONE)?;
            }
        }
    }

    /// Calls the callback, if there is one and a stage has begun.
    fn tell(&mut self, py: Python<'_>, done: u64) -> PyResult<()> {
        if let (Some(callback), Some((stage, total))) = (&self.callback, self.stage) {
            callback.call1(py, (stage, done, total))?;
            self.told = Some(Instant::now());
        }
        Ok(())
    }
}

/// An error of the library as `wirecopy.Error`: its message and cause in the words of the command, and the hint.
pub(crate) fn error(py: Python<'_>, error: &wirecopy::Error) -> PyErr {
    error_after(py, &[], error)
}

/// The same, after what was told before it.
pub(crate) fn error_after(py: Python<'_>, before: &[String], error: &wirecopy::Error) -> PyErr {
    let cause = std::error::Error::source(error).map(|cause| format!(": {cause}"));
    let last = format!("{error}{}", cause.unwrap_or_default());
    let message = before.iter().chain([&last]).map(String::as_str).collect::<Vec<_>>().join("\n");
    let raised = || -> PyResult<PyErr> {
        let class = py.import(intern!(py, "wirecopy._errors"))?.getattr(intern!(py, "Error"))?;
        let path = error.path().map(|path| path.to_string_lossy().into_owned());
        Ok(PyErr::from_value(class.call1((message, error.hint(), path))?))
    };
    raised().unwrap_or_else(|failed| failed)
}
