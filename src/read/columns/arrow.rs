//! Arrow: messages with the schema, dictionaries and batches of rows, one after another, as a stream or as a file (Feather).
//!
//! A file is such a stream with a mark before it and a table of contents behind it, by which it is read; one that comes from
//! a pipe or out of a compression, or was cut off, is read as the stream it holds (polars writes files that hold none).
//! Messages are framed here and not by the crate: what a message says of its
//! length and of the buffers in it is checked before anything is reserved for it. Memory: the batch as it stands, which its
//! writer chose, and the wanted columns of it unpacked.
//!
//! Format: <https://arrow.apache.org/docs/format/Columnar.html#serialization-and-interprocess-communication-ipc>

use std::cell::Cell;
use std::collections::VecDeque;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::convert::try_fb_to_schema;
use arrow_ipc::reader::{read_dictionary, read_record_batch};
use arrow_ipc::{Block, CompressionType, MessageHeader, root_as_footer, root_as_message};
use arrow_schema::SchemaRef;

use super::super::open::{Packing, open};
use super::super::sniff::ARROW_FILE;
use super::leaves::{Leaf, leaves};
use super::{Source, guarded};
use crate::config::Limits;

/// What stands before the length of a message, in all but very old files.
const CONTINUATION: [u8; 4] = [0xff; 4];
/// Bytes of a file before its first message: the mark, padded.
const FILE_START: usize = 8;
/// Bytes behind its table of contents: the length of that, and the mark.
const FILE_END: u64 = 4 + ARROW_FILE.len() as u64;
/// Words of zeros that may follow.
const PADDING: usize = 16;
/// The longest description of a message.
const DESCRIPTION: usize = 256 << 20;
/// The longest table of contents of a file.
const CONTENTS: usize = 64 << 20;
/// Bytes that every buffer may be unpacked to, however small it is packed.
const FEW_UNPACKED: u64 = 64 << 20;
/// How many times its packed size a larger buffer may be unpacked to: LZ4 cannot do more, and texts are far below.
const MOST_UNPACKED: u64 = 256;

#[expect(
    clippy::disallowed_types,
    reason = "the crate asks for this map; nothing depends on its order"
)]
type Dictionaries = std::collections::HashMap<i64, ArrayRef>;

/// An opened stream or file.
pub(crate) struct Stream {
    bytes: Box<dyn Read>,
    taken: Rc<Cell<u64>>,
    packing: Packing,
    is_file: bool,
    schema: SchemaRef,
    leaves: Vec<Leaf>,
    /// The columns that are decoded.
    wanted: Option<Vec<usize>>,
    dictionaries: Dictionaries,
    compression: Option<CompressionType>,
    is_over: bool,
    /// Batches of rows that were read.
    batches: usize,
    about: Vec<(String, String)>,
    /// The file, and where the messages stand that are still to come, by its table of contents.
    blocks: Option<(File, VecDeque<Block>)>,
}

/// A message: its description and what it describes.
struct Message {
    description: Vec<u8>,
    body: Buffer,
}

impl Stream {
    /// Reads the schema at the start of a stream.
    pub(super) fn new(
        bytes: Box<dyn Read>,
        taken: Rc<Cell<u64>>,
        packing: Packing,
    ) -> Result<Stream, String> {
        let mut stream = Stream {
            bytes,
            taken,
            packing,
            is_file: false,
            schema: Arc::new(arrow_schema::Schema::empty()),
            leaves: Vec::new(),
            wanted: None,
            dictionaries: Dictionaries::default(),
            compression: None,
            is_over: false,
            batches: 0,
            about: Vec::new(),
            blocks: None,
        };
        let mut start = stream.piece(4)?;
        if ARROW_FILE.starts_with(&start) && start.len() == 4 {
            stream.is_file = true;
            stream.exactly(FILE_START - 4)?;
            start = stream.piece(4)?;
            // Some writers begin their messages at larger steps.
            for _ in 0..PADDING {
                if start != [0; 4] {
                    break;
                }
                start = stream.piece(4)?;
            }
        } else if start == b"FEA1" {
            return Err("Feather of version 1 is not read: write it anew with pyarrow.feather.write_feather".to_owned());
        }
        let none = || "no Arrow file or stream: it does not begin with a schema".to_owned();
        let message = stream.message(&start).map_err(|_| none())?.ok_or_else(none)?;
        let about = root_as_message(&message.description).map_err(|_| none())?;
        let schema = about.header_as_schema().ok_or_else(none)?;
        stream.schema = Arc::new(try_fb_to_schema(schema).map_err(|error| broken(&error))?);
        stream.leaves = leaves(stream.schema.fields());
        Ok(stream)
    }

    /// Opens a file or stream by its path.
    pub(crate) fn open(path: &Path, limits: &Limits) -> Result<Stream, String> {
        let opened = open(path, limits).map_err(|error| format!("cannot be opened ({error})"))?;
        guarded(|| {
            Stream::of_file(path, opened.packing)
                .unwrap_or_else(|| Stream::new(opened.stream, opened.taken, opened.packing))
        })
    }

    /// Opens a file by its table of contents; none if that is not to be had.
    pub(super) fn of_file(path: &Path, packing: Packing) -> Option<Result<Stream, String>> {
        let mut file = File::open(path).ok()?;
        let about = file.metadata().ok()?;
        let size = about.len();
        if packing != Packing::Plain || !about.is_file() || size < 2 * FILE_START as u64 {
            return None;
        }
        let mut read = |start: u64, length: u64| {
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(start)).ok()?;
            file.by_ref().take(length).read_to_end(&mut bytes).ok()?;
            (bytes.len() as u64 == length).then_some(bytes)
        };
        let start = read(0, ARROW_FILE.len() as u64)?;
        let end = read(size - FILE_END, FILE_END)?;
        let (length, mark) = end.split_first_chunk::<4>()?;
        let length = u64::from(u32::from_le_bytes(*length));
        if start != ARROW_FILE || mark != ARROW_FILE || length > CONTENTS as u64 {
            return None;
        }
        let contents = read((size - FILE_END).checked_sub(length)?, length)?;
        let contents = root_as_footer(&contents).ok()?;
        let schema = match try_fb_to_schema(contents.schema()?) {
            Ok(schema) => Arc::new(schema),
            Err(error) => return Some(Err(broken(&error))),
        };
        let dictionaries = contents.dictionaries().into_iter().flatten();
        let batches = contents.recordBatches().into_iter().flatten();
        let blocks = dictionaries.chain(batches).copied().collect();
        let told = contents.custom_metadata().into_iter().flatten();
        let about = told
            .filter_map(|told| Some((told.key()?.to_owned(), told.value()?.to_owned())))
            .collect();
        Some(Ok(Stream {
            bytes: Box::new(std::io::empty()),
            taken: Rc::new(Cell::new(0)),
            packing,
            is_file: true,
            leaves: leaves(schema.fields()),
            schema,
            wanted: None,
            dictionaries: Dictionaries::default(),
            compression: None,
            is_over: false,
            batches: 0,
            about,
            blocks: Some((file, blocks)),
        }))
    }

    /// What the file says about itself at its end, in its order; known once all was read.
    pub(crate) fn about_the_file(&self) -> &[(String, String)] {
        &self.about
    }

    /// The schema as the file has it.
    pub(crate) fn schema(&self) -> &SchemaRef {
        &self.schema
    }

    /// True for a file, false for a stream.
    pub(crate) fn is_file(&self) -> bool {
        self.is_file
    }

    /// How the last batch was compressed.
    pub(crate) fn compression(&self) -> Option<CompressionType> {
        self.compression
    }

    /// The next rows, in the columns that are wanted.
    pub(crate) fn batch(&mut self) -> Result<Option<RecordBatch>, String> {
        while !self.is_over {
            let Some(message) = self.next_message()? else { break };
            let about = root_as_message(&message.description).map_err(|error| broken(&error))?;
            let missing = || "the Arrow data is broken (a message without content)".to_owned();
            match about.header_type() {
                MessageHeader::DictionaryBatch => {
                    let dictionary = about.header_as_dictionary_batch().ok_or_else(missing)?;
                    check(dictionary.data().ok_or_else(missing)?, &message.body)?;
                    let read = read_dictionary(
                        &message.body,
                        dictionary,
                        &self.schema,
                        &mut self.dictionaries,
                        &about.version(),
                    );
                    read.map_err(|error| broken(&error))?;
                }
                MessageHeader::RecordBatch => {
                    let batch = about.header_as_record_batch().ok_or_else(missing)?;
                    check(batch, &message.body)?;
                    self.batches += 1;
                    self.compression = batch.compression().map(|compression| compression.codec());
                    let read = read_record_batch(
                        &message.body,
                        batch,
                        Arc::clone(&self.schema),
                        &self.dictionaries,
                        self.wanted.as_deref(),
                        &about.version(),
                    );
                    return read.map(Some).map_err(|error| broken(&error));
                }
                _ => {
                    return Err(
                        "the Arrow data is broken (a second schema, or a tensor)".to_owned()
                    );
                }
            }
        }
        self.finish()?;
        Ok(None)
    }

    /// The next message, by the table of contents or one behind the other; none at the end.
    fn next_message(&mut self) -> Result<Option<Message>, String> {
        let Some((file, blocks)) = &mut self.blocks else {
            let start = self.piece(4)?;
            return self.message(&start);
        };
        let Some(block) = blocks.pop_front() else { return Ok(None) };
        let impossible = || {
            "the Arrow file is broken (its table of contents names what is not there)".to_owned()
        };
        let number = |number: i64| u64::try_from(number).map_err(|_| impossible());
        let (place, length) = (number(block.offset())?, number(block.metaDataLength().into())?);
        let body = number(block.bodyLength())?;
        let mut read = |start: u64, length: u64| {
            let mut bytes = Vec::new();
            file.seek(SeekFrom::Start(start)).map_err(|_| impossible())?;
            file.take(length).read_to_end(&mut bytes).map_err(|_| impossible())?;
            if bytes.len() as u64 == length { Ok(bytes) } else { Err(impossible()) }
        };
        let framed = read(place, length)?;
        let inside = framed.strip_prefix(&CONTINUATION).unwrap_or(&framed);
        let description = inside.get(4..).ok_or_else(impossible)?.to_vec();
        let behind = place.checked_add(length).ok_or_else(impossible)?;
        let message = Message { description, body: Buffer::from_vec(read(behind, body)?) };
        self.taken.set(behind + body);
        Ok(Some(message))
    }

    /// Reads what stands behind the last message: nothing, or the table of contents of a file, which must fit what was read.
    fn finish(&mut self) -> Result<(), String> {
        if std::mem::replace(&mut self.is_over, true) || self.blocks.is_some() {
            return Ok(());
        }
        let mut rest = Vec::new();
        loop {
            let piece = self.piece(1 << 20)?;
            if piece.is_empty() {
                break;
            }
            rest.extend_from_slice(&piece);
            rest.drain(..rest.len().saturating_sub(CONTENTS));
        }
        if !self.is_file {
            return match rest.is_empty() {
                true => Ok(()),
                false => {
                    Err("the Arrow data is broken (something stands behind its end)".to_owned())
                }
            };
        }
        let early = || "the Arrow file ends too early".to_owned();
        let (rest, length) = rest
            .strip_suffix(ARROW_FILE)
            .and_then(|rest| rest.split_last_chunk::<4>())
            .ok_or_else(early)?;
        let length = u32::from_le_bytes(*length) as usize;
        let start = rest.len().checked_sub(length).ok_or_else(early)?;
        let contents = root_as_footer(&rest[start..]).map_err(|error| broken(&error))?;
        let batches = contents.recordBatches().map_or(0, |batches| batches.len());
        if batches != self.batches {
            return Err(format!(
                "the Arrow file is broken ({} of {batches} batches were found)",
                self.batches
            ));
        }
        let told = contents.custom_metadata().into_iter().flatten();
        self.about = told
            .filter_map(|told| Some((told.key()?.to_owned(), told.value()?.to_owned())))
            .collect();
        Ok(())
    }

    /// The message whose first four bytes were read; none at the end.
    fn message(&mut self, start: &[u8]) -> Result<Option<Message>, String> {
        if start.is_empty() {
            return Ok(None);
        }
        let mut length: [u8; 4] = start.try_into().map_err(|_| too_early())?;
        if length == CONTINUATION {
            length = self.exactly(4)?.try_into().map_err(|_| too_early())?;
        }
        let length = match usize::try_from(i32::from_le_bytes(length)) {
            Ok(0) => return Ok(None),
            Ok(length) if length <= DESCRIPTION => length,
            _ => return Err("the Arrow data is broken (a message of impossible length)".to_owned()),
        };
        let description = self.exactly(length)?;
        let about = root_as_message(&description).map_err(|error| broken(&error))?;
        let body = usize::try_from(about.bodyLength())
            .map_err(|_| "the Arrow data is broken (a body of negative length)".to_owned())?;
        let body = Buffer::from_vec(self.exactly(body)?);
        Ok(Some(Message { description, body }))
    }

    fn exactly(&mut self, length: usize) -> Result<Vec<u8>, String> {
        let piece = self.piece(length)?;
        if piece.len() == length { Ok(piece) } else { Err(too_early()) }
    }

    /// At most so many bytes, fewer only at the end. What is reserved grows with what is there, not with what is asked for.
    fn piece(&mut self, length: usize) -> Result<Vec<u8>, String> {
        let mut piece = Vec::new();
        let read = self.bytes.by_ref().take(length as u64).read_to_end(&mut piece);
        read.map_err(|error| self.packing.explain(&error))?;
        Ok(piece)
    }
}

impl Source for Stream {
    fn leaves(&self) -> &[Leaf] {
        &self.leaves
    }

    fn want(&mut self, leaves: &[usize]) -> Result<(), String> {
        let is_wanted =
            |name: &String| leaves.iter().any(|leaf| self.leaves[*leaf].parts[0] == *name);
        let columns = self.schema.fields().iter().enumerate();
        let wanted = columns.filter(|(_, field)| is_wanted(field.name())).map(|(number, _)| number);
        self.wanted = Some(wanted.collect());
        Ok(())
    }

    fn next(&mut self) -> Result<Option<RecordBatch>, String> {
        self.batch()
    }

    fn taken(&self) -> u64 {
        self.taken.get()
    }
}

fn too_early() -> String {
    "the Arrow data ends too early".to_owned()
}

fn broken(error: &impl std::fmt::Display) -> String {
    format!("the Arrow data is broken ({error})")
}

/// An error unless the buffers of a batch lie in its body, and none claims to be unpacked to what cannot be.
fn check(batch: arrow_ipc::RecordBatch<'_>, body: &Buffer) -> Result<(), String> {
    let impossible = || "the Arrow data is broken (a buffer outside of its message)".to_owned();
    let rows = u64::try_from(batch.length()).map_err(|_| impossible())?;
    let nodes = batch.nodes().into_iter().flatten();
    for node in nodes {
        let (length, nulls) = (node.length(), node.null_count());
        if length < 0 || nulls < 0 || nulls > length {
            return Err(impossible());
        }
    }
    let most = |packed: &[u8]| FEW_UNPACKED.max(MOST_UNPACKED.saturating_mul(packed.len() as u64));
    if rows > most(body).saturating_mul(8) {
        return Err(impossible());
    }
    for buffer in batch.buffers().into_iter().flatten() {
        let place = |number: i64| usize::try_from(number).map_err(|_| impossible());
        let (start, length) = (place(buffer.offset())?, place(buffer.length())?);
        let end = start.checked_add(length).filter(|end| *end <= body.len());
        let bytes = &body.as_slice()[start..end.ok_or_else(impossible)?];
        if batch.compression().is_none() || bytes.is_empty() {
            continue;
        }
        let unpacked = bytes.first_chunk::<8>().ok_or_else(impossible)?;
        let unpacked = i64::from_le_bytes(*unpacked);
        // -1: not compressed.
        if unpacked != -1 && u64::try_from(unpacked).map_err(|_| impossible())? > most(bytes) {
            return Err(impossible());
        }
    }
    Ok(())
}
