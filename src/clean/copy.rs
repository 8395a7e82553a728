//! One file of the dump, written without the records that leave it.
//!
//! A file that loses nothing is copied as it is, compression and all. Of others every kept record, and what stands around
//! it, comes through byte for byte, under the same compression. In JSON Lines a record goes with its line; in an array it
//! goes with what stands before it, so that commas still part the others; a record of a web archive goes with the empty
//! lines behind it, and each that is kept is a gzip member of its own; a text goes with its file. Rows of tables go with
//! their line ends (`cells`) or are left out of their batches (`columns`), and stand among the removed as JSON.

use std::fs::{self, File};
use std::io;
use std::path::Path;

use serde::Serialize;

use super::cells::Table;
use super::columns;
use super::dump::DumpFile;
use super::mark::{self, Fields};
use super::pack::Packer;
use super::plan::{Plan, Removal};
use super::{Jobs, Lines, Treatment};
use crate::article::Article;
use crate::config::Format;
use crate::error::{Error, Result};
use crate::read::raw::{Part, Raw, text_of};
use crate::scan::Outcome;

/// What is to be done with one record.
#[derive(Debug)]
pub(super) struct Job<'a> {
    /// Number of the record in its file, from 1.
    pub(super) record: u64,
    line: u64,
    /// Why it leaves the dump, if it does (or is marked as what would).
    pub(super) removal: Option<&'a Removal>,
    /// The fields to add, if it is to stay and be marked.
    pub(super) fields: Option<Fields<'a>>,
}

/// What became of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Done {
    Written,
    /// A text with members of groups in a dump that is marked.
    Unmarked,
    /// A text that left the dump.
    LeftOut,
}

/// What is to be done, by file.
pub(super) fn jobs<'a>(outcome: &'a Outcome, plan: &'a Plan, treatment: Treatment) -> Jobs<'a> {
    let mut jobs = Jobs::new();
    let mut add = |article: u32, removal: Option<&'a Removal>, fields| {
        let origin = &outcome.articles[article as usize].origin;
        let job = Job { record: origin.record, line: origin.line, removal, fields };
        jobs.entry(&*origin.file).or_default().push(job);
    };
    if treatment == Treatment::Remove {
        plan.removals.iter().for_each(|removal| add(removal.article, Some(removal), None));
        return jobs;
    }
    let mut removals = plan.removals.iter().peekable();
    for (group, number) in outcome.groups.iter().zip(0..) {
        for member in &group.members {
            // Both lists go by group, then by member.
            let removal =
                removals.next_if(|r| (r.group, r.article) == (Some(number), member.article));
            add(member.article, removal, Some(mark::fields(Some(group), removal, outcome)));
        }
    }
    for removal in removals {
        add(removal.article, Some(removal), Some(mark::fields(None, Some(removal), outcome)));
    }
    jobs
}

/// Writes one file below `folder`, and what it loses to the file `removed`; `jobs` are those of its records, in order.
pub(super) fn file(
    file: &DumpFile,
    jobs: &[Job<'_>],
    treatment: Treatment,
    outcome: &Outcome,
    folder: &Path,
    removed: &Path,
) -> Result<Done> {
    let to = folder.join(file.inside());
    let fail = |error| Error::io("write", &to, error);
    let create = || {
        to.parent().map_or(Ok(()), fs::create_dir_all)?;
        File::create_new(&to)
    };
    let marks = treatment == Treatment::Mark;
    if jobs.is_empty() && !marks {
        as_it_is(file, &mut create().map_err(fail)?)?;
        return Ok(Done::Written);
    }
    let raw = Raw::open(&file.entry, &file.input)?;
    let format = raw.format();
    // All tables of a dump get the same new columns, those without a copy too.
    let is_table = matches!(format, Format::Csv | Format::Parquet | Format::Arrow);
    if jobs.is_empty() && !is_table {
        as_it_is(file, &mut create().map_err(fail)?)?;
        return Ok(Done::Written);
    }
    if matches!(format, Format::Parquet | Format::Arrow) {
        let out = create().map_err(fail)?;
        let mut removed = Lines::create(removed.to_owned())?;
        columns::copy(file, &raw, jobs, marks, (out, &to), &mut removed)?;
        removed.finish()?;
        return Ok(Done::Written);
    }
    if marks && (format == Format::Warc || format.is_one_article()) {
        as_it_is(file, &mut create().map_err(fail)?)?;
        return Ok(Done::Unmarked);
    }
    let article = |removal: &Removal| &outcome.articles[removal.article as usize];
    if format.is_one_article() {
        let mut removed = Lines::create(removed.to_owned())?;
        raw.each(&mut |part| match (part, jobs) {
            (Part::Record { bytes, .. }, [Job { removal: Some(removal), .. }]) => {
                text_line(bytes, file, format, article(removal), &mut removed)
            }
            _ => Err(moved(file, 1)),
        })?;
        removed.finish()?;
        return Ok(Done::LeftOut);
    }
    let mut out = Packer::new(create().map_err(fail)?, raw.packing(), &to)?;
    let mut removed = Lines::create(removed.to_owned())?;
    let mut jobs = jobs.iter().peekable();
    let mut gaps = Gaps::new(format);
    let table = raw.heading().map(|heading| Table::new(heading.clone(), marks));
    if marks && table.as_ref().is_some_and(Table::is_marked) {
        return Err(marked_before(file, 1));
    }
    raw.each(&mut |part| match part {
        Part::Between(bytes) => gaps.between(bytes, &mut out, &mut removed),
        Part::Heading(bytes) => match &table {
            Some(table) => out.bytes(&table.heading(bytes)),
            None => out.bytes(bytes),
        },
        Part::Record { bytes, line, number } => {
            let Some(job) = jobs.next_if(|job| job.record == number) else {
                return match &table {
                    Some(table) => out.bytes(&table.row(bytes, None)),
                    None => gaps.keep(bytes, &mut out),
                };
            };
            if job.line != line {
                return Err(moved(file, line));
            }
            match (&table, &job.fields) {
                (Some(table), Some(fields)) => out.bytes(&table.row(bytes, Some(fields))),
                (Some(table), None) => {
                    gaps.dropping = true;
                    removed.line(&table.json(bytes, &file.input))
                }
                (None, Some(fields)) => {
                    let marked = mark::mark(bytes, fields);
                    gaps.keep(&marked.ok_or_else(|| marked_before(file, line))?, &mut out)
                }
                (None, None) => match job.removal {
                    Some(removal) if format == Format::Warc => {
                        gaps.dropping = true;
                        text_line(bytes, file, format, article(removal), &mut removed)
                    }
                    _ => gaps.remove(bytes, &mut removed),
                },
            }
        }
    })?;
    if let Some(job) = jobs.next() {
        return Err(moved(file, job.line));
    }
    gaps.finish(&mut out, &mut removed)?;
    removed.finish()?;
    out.finish()?;
    Ok(Done::Written)
}

fn as_it_is(file: &DumpFile, out: &mut File) -> Result<()> {
    let copied = File::open(file.path()).and_then(|mut from| io::copy(&mut from, out));
    copied.map(drop).map_err(|error| Error::io("copy", file.path(), error))
}

/// A text as a record of the kind that can be read again.
fn text_line(
    bytes: &[u8],
    from: &DumpFile,
    format: Format,
    article: &Article,
    removed: &mut Lines,
) -> Result<()> {
    #[derive(Serialize)]
    struct Text<'a> {
        id: &'a str,
        file: &'a str,
        text: &'a str,
    }
    let origin = &article.origin;
    let place = (origin.line, origin.record);
    let text = text_of(&origin.file, format, bytes, place, &from.input);
    let text = &*text.ok_or_else(|| moved(from, origin.line))?;
    removed.line(&Text { id: &article.id, file: &origin.file, text })
}

/// The record at this place is not the one that was scanned; rows of tables of columns have no line.
pub(super) fn moved(file: &DumpFile, line: u64) -> Error {
    Error::new(format!("{}:{line} is not what was read before; nothing was written", file.name()))
        .with_hint("the same command again, once nothing writes to the input")
}

/// The file was made by `--mark`.
pub(super) fn marked_before(file: &DumpFile, line: u64) -> Error {
    Error::new(format!(
        "{}:{line} has fields from an earlier --mark, which a second one would double",
        file.name()
    ))
    .with_hint("the dump that the marked one was made from")
}

/// What stands between records, and which of it goes with a record that is removed.
struct Gaps {
    format: Format,
    /// Lines and rows: the rest of the line goes with the record before it; archives: the empty lines do.
    dropping: bool,
    /// Arrays: what stands before the first record; it goes with none.
    lead: Option<Vec<u8>>,
    /// Arrays: what has been seen since the last record.
    gap: Vec<u8>,
    /// Arrays: a record was kept.
    any_kept: bool,
}

impl Gaps {
    fn new(format: Format) -> Gaps {
        Gaps { format, dropping: false, lead: None, gap: Vec::new(), any_kept: false }
    }

    fn between(&mut self, bytes: &[u8], out: &mut Packer, removed: &mut Lines) -> Result<()> {
        if self.format == Format::Json {
            self.gap.extend_from_slice(bytes);
            return Ok(());
        }
        if !self.dropping {
            return out.bytes(bytes);
        }
        if self.format == Format::Csv {
            // A row ends with its line end, which may be a bare carriage return; it is not part of its JSON.
            self.dropping = false;
            let end = if bytes.starts_with(b"\r\n") { 2 } else { 1 };
            return out.bytes(&bytes[end..]);
        }
        if self.format == Format::Warc {
            let rest = bytes.iter().position(|byte| !matches!(byte, b'\r' | b'\n'));
            self.dropping = rest.is_none();
            return out.bytes(&bytes[rest.unwrap_or(bytes.len())..]);
        }
        let end = memchr::memchr(b'\n', bytes).map(|at| at + 1);
        self.dropping = end.is_none();
        let (gone, rest) = bytes.split_at(end.unwrap_or(bytes.len()));
        removed.bytes(gone)?;
        out.bytes(rest)
    }

    fn keep(&mut self, record: &[u8], out: &mut Packer) -> Result<()> {
        if self.format == Format::Json {
            self.begin();
            match &self.lead {
                Some(lead) if !self.any_kept => out.bytes(lead)?,
                _ => out.bytes(&self.gap)?,
            }
            self.any_kept = true;
            self.gap.clear();
        }
        if self.format == Format::Warc {
            self.dropping = false;
            out.member()?;
        }
        out.bytes(record)
    }

    fn remove(&mut self, record: &[u8], removed: &mut Lines) -> Result<()> {
        if self.format != Format::Json {
            self.dropping = true;
            return removed.bytes(record);
        }
        self.begin();
        self.gap.clear();
        // Line ends stand between the values of a record, never in them: there, they are escaped.
        let flat: Vec<u8> = record
            .iter()
            .map(|&byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { byte })
            .collect();
        removed.bytes(&flat)?;
        removed.bytes(b"\n")
    }

    fn finish(&mut self, out: &mut Packer, removed: &mut Lines) -> Result<()> {
        if self.dropping && !matches!(self.format, Format::Csv | Format::Warc) {
            // The last line of the file had no end.
            removed.bytes(b"\n")?;
        }
        if let (false, Some(lead)) = (self.any_kept, &self.lead) {
            out.bytes(lead)?;
        }
        out.bytes(&self.gap)
    }

    /// Sets apart what stands before the first record.
    fn begin(&mut self) {
        if self.lead.is_none() {
            self.lead = Some(std::mem::take(&mut self.gap));
        }
    }
}
