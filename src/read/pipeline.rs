//! Spreads reading over the threads of the current rayon pool, and puts the results back in input order.
//!
//! One thread of its own opens big files and cuts them into blocks; the pool parses a handful of blocks at a time, while
//! what came of the handful before is delivered. Small files are handed out by the batch and read whole by whoever gets
//! them. The number of threads never shows in the result.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;

use rayon::prelude::*;

use super::fields::{self, Told};
use super::given::Given;
use super::plain;
use super::record::{Layout, Parsed};
use super::source::{Piece, pour, too_many};
use super::walk::{self, Entry};
use super::warc;
use super::{Batch, Summary};
use crate::article::Article;
use crate::config::{FieldNames, Input};
use crate::error::{Error, Result};

/// Bytes read and cut at once: so few that threads seldom wait for the last one of a handful.
const BLOCK: usize = 256 << 10;
/// Blocks of a handful for each thread.
const BLOCKS_A_THREAD: usize = 8;
/// Files up to this size (packed or not) are read whole by one thread.
const SMALL: u64 = 256 << 10;
/// Small files handed out together.
const SMALL_FILES: usize = 64;

/// Sizes that change nothing but speed and memory.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sizes {
    pub(super) block: usize,
    pub(super) small: u64,
}

impl Default for Sizes {
    fn default() -> Self {
        Sizes { block: BLOCK, small: SMALL }
    }
}

/// What a thread can do on its own.
enum Work<'a> {
    Piece(Piece),
    Files(Vec<&'a Entry>),
}

/// What came of it.
struct Done<T> {
    batch: Batch<T>,
    settled: Vec<(FieldNames, std::sync::Arc<str>)>,
    failures: Vec<String>,
    files: u64,
}

/// Reads all `paths`; see [`super::read`]. Of every file only the records that are
/// `wanted` by their number are parsed, and reading ends when the sink says so.
pub(super) fn run<T: Send>(
    paths: &[PathBuf],
    options: &Input,
    sizes: Sizes,
    wanted: impl Fn(&str, u64) -> bool + Sync,
    map: impl Fn(Article) -> T + Sync,
    sink: impl FnMut(Batch<T>) -> bool,
) -> Result<Summary> {
    let listing = walk::list(paths, options)?;
    let summary = Summary { files: 0, failures: listing.failures, skipped: listing.skipped };
    let entries = &listing.entries;
    spread(summary, |send| feed(entries, options, sizes, send), options, sizes, wanted, map, sink)
}

/// The same for what has no path: all of its records.
pub(super) fn run_given<T: Send>(
    given: Given,
    options: &Input,
    sizes: Sizes,
    map: impl Fn(Article) -> T + Sync,
    sink: impl FnMut(Batch<T>) -> bool,
) -> Result<Summary> {
    spread(
        Summary::default(),
        |send| given.pour(options, sizes.block, &mut |piece| send.send(Work::Piece(piece)).is_ok()),
        options,
        sizes,
        |_, _| true,
        map,
        sink,
    )
}

/// Has a thread of its own feed work to all others, and puts what came of it in order.
fn spread<'a, T: Send>(
    mut summary: Summary,
    feed: impl FnOnce(&SyncSender<Work<'a>>) + Send,
    options: &Input,
    sizes: Sizes,
    wanted: impl Fn(&str, u64) -> bool + Sync,
    map: impl Fn(Article) -> T + Sync,
    mut sink: impl FnMut(Batch<T>) -> bool,
) -> Result<Summary> {
    let handful = BLOCKS_A_THREAD * rayon::current_num_threads();
    thread::scope(|scope| {
        let (send, receive) = sync_channel(handful);
        thread::Builder::new()
            .name("read".to_owned())
            .spawn_scoped(scope, move || feed(&send))
            .map_err(|error: io::Error| {
                Error::io("start a thread to read", Path::new("the input"), error)
            })?;
        let parse = |hand: Vec<Work<'_>>| -> Vec<Done<T>> {
            let hand = hand.into_par_iter().with_max_len(1);
            hand.map(|work| finish(work, options, sizes, &wanted, &map)).collect()
        };
        let mut told = Told::default();
        let mut records = 0;
        let mut deliver_all = |parsed: Vec<Done<T>>| {
            for done in parsed {
                records += done.records();
                if let Some(most) = options.limits.records.filter(|most| records > *most) {
                    return Err(too_many(most));
                }
                if !deliver(done, &mut told, &mut summary, &mut sink) {
                    return Ok(false);
                }
            }
            Ok(true)
        };
        let mut parsed = Vec::new();
        loop {
            let mut hand: Vec<Work<'_>> = receive.recv().into_iter().collect();
            hand.extend(receive.try_iter().take(handful - 1));
            let is_last = hand.is_empty();
            // The others parse the next handful while this thread delivers the one before.
            let mut next = Vec::new();
            let goes_on = rayon::in_place_scope(|others| {
                others.spawn(|_| next = parse(hand));
                deliver_all(parsed)
            })?;
            if is_last || !goes_on {
                break;
            }
            parsed = next;
        }
        // Whoever still reads finds nobody to send to, and ends.
        drop(receive);
        Ok(())
    })?;
    Ok(summary)
}

/// Sends out the work in input order, until nobody wants it any more.
fn feed<'a>(entries: &'a [Entry], options: &Input, sizes: Sizes, send: &SyncSender<Work<'a>>) {
    let mut small = Vec::new();
    let mut weight = 0;
    for entry in entries {
        let is_small = entry.size.is_some_and(|size| size <= sizes.small);
        if is_small {
            small.push(entry);
            weight += entry.size.unwrap_or(0);
        }
        let full = small.len() == SMALL_FILES || weight >= sizes.block as u64;
        if !small.is_empty() && (full || !is_small) {
            weight = 0;
            if send.send(Work::Files(std::mem::take(&mut small))).is_err() {
                return;
            }
        }
        if !is_small {
            let mut wanted = true;
            pour(entry, options, sizes.block, &mut |piece| {
                wanted = send.send(Work::Piece(piece)).is_ok();
                wanted
            });
            if !wanted {
                return;
            }
        }
    }
    if !small.is_empty() {
        // If nobody listens any more, nothing is lost that anybody waits for.
        let _ = send.send(Work::Files(small));
    }
}

fn finish<T>(
    work: Work<'_>,
    options: &Input,
    sizes: Sizes,
    wanted: &(impl Fn(&str, u64) -> bool + Sync),
    map: &(impl Fn(Article) -> T + Sync),
) -> Done<T> {
    let mut done =
        Done { batch: Batch::default(), settled: Vec::new(), failures: Vec::new(), files: 0 };
    match work {
        Work::Piece(piece) => done.add(piece, options, wanted, map),
        Work::Files(entries) => {
            for entry in entries {
                pour(entry, options, sizes.block, &mut |piece| {
                    done.add(piece, options, wanted, map);
                    true
                });
            }
        }
    }
    done
}

impl<T> Done<T> {
    /// Number of records, good and bad.
    fn records(&self) -> u64 {
        self.batch.records.len() as u64 + self.batch.problems.lost()
    }

    fn add(
        &mut self,
        piece: Piece,
        options: &Input,
        wanted: &impl Fn(&str, u64) -> bool,
        map: &impl Fn(Article) -> T,
    ) {
        match piece {
            Piece::Opened => self.files += 1,
            Piece::Settled { names, file } => self.settled.push((names, file)),
            Piece::Problem(problem) => self.batch.problems.push(problem),
            Piece::Records { layout, block } => {
                self.batch.bytes += block.bytes;
                for (span, number) in block.spans.iter().zip(block.records_before + 1..) {
                    if !wanted(layout.file(), number) {
                        continue;
                    }
                    let bytes = &block.data[span.start..span.end];
                    self.record(&layout, bytes, (span.line, number), options, map);
                }
            }
            Piece::Rows { layout, rows, before, bytes } => {
                self.batch.bytes += bytes;
                let number = |row: usize| before + row as u64 + 1;
                let wanted = |row| wanted(layout.file(), number(row));
                rows.each(wanted, |row, found| {
                    self.keep(layout.row(found, number(row)), map);
                });
            }
            Piece::Archive { file, block } => {
                self.batch.bytes += block.bytes;
                for (span, number) in block.spans.iter().zip(block.records_before + 1..) {
                    if wanted(&file, number) {
                        let bytes = &block.data[span.start..span.end];
                        self.keep(warc::article(&file, bytes, (span.line, number), options), map);
                    }
                }
            }
            Piece::Text { file, id, format, data, bytes } => {
                self.batch.bytes += bytes;
                if !wanted(&file, 1) {
                    return;
                }
                self.keep(plain::parse(&file, &id, format, &data, options), map);
            }
            Piece::Notice(line) => self.batch.notices.push(line),
            Piece::Failure(message) => self.failures.push(message),
            Piece::Passed(bytes) => self.batch.bytes += bytes,
        }
    }

    /// Parses a record, decoded first if it must be.
    fn record(
        &mut self,
        layout: &Layout,
        bytes: &[u8],
        (line, number): (u64, u64),
        options: &Input,
        map: &impl Fn(Article) -> T,
    ) {
        let (parsed, finding) = layout.parse_decoded(bytes, (line, number), options);
        self.batch.problems.extend(finding);
        self.keep(parsed, map);
    }

    fn keep(&mut self, (article, problem): Parsed, map: &impl Fn(Article) -> T) {
        self.batch.records.extend(article.map(map));
        self.batch.problems.extend(problem);
    }
}

/// Gives one result to the sink. Called in input order, so what is told once is told at the same place every time.
fn deliver<T>(
    done: Done<T>,
    told: &mut Told,
    summary: &mut Summary,
    sink: &mut impl FnMut(Batch<T>) -> bool,
) -> bool {
    let Done { mut batch, settled, failures, files } = done;
    summary.files += files;
    summary.failures.extend(failures);
    for (names, file) in settled {
        if told.is_new(&names) {
            batch.notices.push(fields::notice(&names, &file));
        }
        batch.fields.get_or_insert(names);
    }
    let says_nothing = batch.records.is_empty()
        && batch.problems.is_empty()
        && batch.notices.is_empty()
        && batch.fields.is_none();
    if says_nothing && batch.bytes == 0 { true } else { sink(batch) }
}
