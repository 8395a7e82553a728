//! How far a run has come, as a bar with the time left, on stderr.
//!
//! No bar is drawn where stderr is no terminal; notices are printed there all the same. One bar at a time: stages follow
//! each other, and the bar of a finished stage goes away.

use std::io::Write;
use std::sync::{PoisonError, RwLock};
use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use wirecopy::progress::Progress;
use wirecopy::report::sanitize::sanitize;

/// The stage that advances in bytes; all others count items.
const READ: &str = "read";
const BYTES: &str = "{msg:>12} [{wide_bar}] {decimal_bytes}/{decimal_total_bytes}, {decimal_bytes_per_sec}, {eta} left";
const BYTES_ONLY: &str = "{msg:>12} {spinner} {decimal_bytes}, {decimal_bytes_per_sec}";
const ITEMS: &str = "{msg:>12} [{wide_bar}] {human_pos}/{human_len}, {eta} left";
const ITEMS_ONLY: &str = "{msg:>12} {spinner} {human_pos}";

/// Bars and notices on stderr.
pub(crate) struct Bars {
    bar: RwLock<ProgressBar>,
    shown: bool,
    quiet: bool,
}

impl Bars {
    /// `shown` allows bars, `quiet` drops notices.
    pub(crate) fn new(shown: bool, quiet: bool) -> Self {
        Bars { bar: RwLock::new(ProgressBar::hidden()), shown, quiet }
    }

    /// Removes the last bar, so that what follows starts on a clean line.
    pub(crate) fn finish(&self) {
        self.current().finish_and_clear();
    }

    /// The bar of the current stage. A thread that panicked leaves the bar as good as it was.
    fn current(&self) -> ProgressBar {
        self.bar.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Progress for Bars {
    fn begin(&self, stage: &'static str, total: Option<u64>) {
        self.finish();
        if !self.shown {
            return;
        }
        let template = match (stage == READ, total.is_some()) {
            (true, true) => BYTES,
            (true, false) => BYTES_ONLY,
            (false, true) => ITEMS,
            (false, false) => ITEMS_ONLY,
        };
        let style =
            ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(total, ProgressDrawTarget::stderr());
        bar.set_style(style.progress_chars("=> "));
        bar.set_message(stage);
        // Keeps the clock moving while one long step makes no progress of its own.
        bar.enable_steady_tick(Duration::from_millis(200));
        *self.bar.write().unwrap_or_else(PoisonError::into_inner) = bar;
    }

    fn advance(&self, done: u64) {
        if self.shown {
            self.bar.read().unwrap_or_else(PoisonError::into_inner).inc(done);
        }
    }

    fn notice(&self, line: &str) {
        if self.quiet {
            return;
        }
        // With stderr gone there is nobody left to tell.
        self.current().suspend(|| {
            let _ = writeln!(anstream::stderr(), "{}", sanitize(line));
        });
    }
}

impl Drop for Bars {
    fn drop(&mut self) {
        self.finish();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_valid() {
        for template in [BYTES, BYTES_ONLY, ITEMS, ITEMS_ONLY] {
            assert!(ProgressStyle::with_template(template).is_ok());
        }
    }

    #[test]
    fn hidden_bars_draw_nothing() {
        let bars = Bars::new(false, true);
        bars.begin(READ, Some(10));
        bars.advance(3);
        bars.notice("not shown");
        assert!(bars.current().is_hidden());
        assert_eq!(bars.current().position(), 0);
    }
}
