//! Cuts a decoded stream into blocks of whole records, so that many threads can parse one file.
//!
//! Memory: one block, plus the longest record that is read. A longer one is passed over and told where the cutter can find
//! its end without holding it; elsewhere it ends the file with a failure, since what has no borders is no file of records.

use std::cell::Cell;
use std::io::Read;
use std::rc::Rc;

use super::open::Packing;

/// Where one record lies in its block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub(super) start: usize,
    pub(super) end: usize,
    /// Line of the file (1-based) on which it starts.
    pub(super) line: u64,
}

/// Whole records of one file.
#[derive(Debug, Default)]
pub(super) struct Block {
    pub(super) data: Vec<u8>,
    pub(super) spans: Vec<Span>,
    /// The lines on which records start that were too long to be read; they have no numbers.
    pub(super) overlong: Vec<u64>,
    /// Records of the file before this block.
    pub(super) records_before: u64,
    /// Decoded bytes of the file before this block.
    pub(super) decoded_before: u64,
    /// Bytes of the file itself (before decompression) taken for it.
    pub(super) bytes: u64,
}

/// Finds the borders of records in bytes that arrive piece by piece.
///
/// A cutter keeps offsets into the data it was shown last; the caller only ever appends to that data, or removes bytes
/// in front and says so with [`Cut::rebase`].
pub(super) trait Cut {
    /// Looks at what is new in `data` and adds the records that are complete.
    fn cut(&mut self, data: &[u8], spans: &mut Vec<Span>);
    /// Offset of the first byte that is still needed.
    fn kept(&self) -> usize;
    /// So many bytes in front (never more than [`Cut::kept`]) were removed.
    fn rebase(&mut self, removed: usize);
    /// No more bytes will come. `whole` is false if they should have.
    fn finish(&mut self, data: &[u8], whole: bool, spans: &mut Vec<Span>);
    /// What is wrong with a stream that ended here, if the format can tell.
    fn complaint(&self) -> Option<&'static str>;
    /// Passes over the record that is not complete yet, holding none of it, and gives the line on which it starts; `None`
    /// if the cutter cannot find its end that way.
    fn skip(&mut self) -> Option<u64> {
        None
    }
}

/// A stream as blocks.
pub(super) struct Blocks {
    stream: Box<dyn Read>,
    taken: Rc<Cell<u64>>,
    packing: Packing,
    cutter: Box<dyn Cut>,
    size: usize,
    longest: usize,
    buffer: Vec<u8>,
    spans: Vec<Span>,
    overlong: Vec<u64>,
    told: u64,
    records: u64,
    decoded: u64,
    last_line: u64,
    ended: bool,
    too_long: bool,
    failure: Option<String>,
}

impl Blocks {
    /// Blocks of about `size` bytes, with records of at most `longest`.
    pub(super) fn new(
        stream: Box<dyn Read>,
        taken: Rc<Cell<u64>>,
        packing: Packing,
        cutter: Box<dyn Cut>,
        size: usize,
        longest: usize,
    ) -> Blocks {
        Blocks {
            stream,
            taken,
            packing,
            cutter,
            size: size.max(1),
            longest,
            buffer: Vec::new(),
            spans: Vec::new(),
            overlong: Vec::new(),
            told: 0,
            records: 0,
            decoded: 0,
            last_line: 0,
            ended: false,
            too_long: false,
            failure: None,
        }
    }

    /// Why the stream could not be read to its end, once it has ended; to be put behind the name of the file.
    pub(super) fn failure(&mut self) -> Option<String> {
        self.failure.take()
    }

    /// Records delivered so far.
    pub(super) fn records(&self) -> u64 {
        self.records
    }

    fn fill(&mut self) {
        self.buffer.reserve(self.size);
        // What was read before an error stays in the buffer.
        match self.stream.by_ref().take(self.size as u64).read_to_end(&mut self.buffer) {
            Ok(count) => self.ended = count < self.size,
            Err(error) => {
                self.ended = true;
                self.failure = Some(self.packing.explain(&error));
            }
        }
        self.cutter.cut(&self.buffer, &mut self.spans);
        if !self.ended && self.buffer.len() - self.cutter.kept() > self.longest {
            match self.cutter.skip() {
                Some(line) => self.overlong.push(line),
                None => {
                    self.ended = true;
                    self.too_long = true;
                    self.failure = Some(format!("a record is longer than {} bytes", self.longest));
                }
            }
        }
        if self.ended {
            self.cutter.finish(&self.buffer, self.failure.is_none(), &mut self.spans);
            if self.failure.is_none() {
                self.failure = self.cutter.complaint().map(str::to_owned);
            }
        }
        // Whether a record is too long must not depend on how much of it was there at once.
        let (longest, overlong) = (self.longest, &mut self.overlong);
        self.spans.retain(|span| {
            let fits = span.end - span.start <= longest;
            if !fits {
                overlong.push(span.line);
            }
            fits
        });
    }

    fn take(&mut self) -> Block {
        let kept = if self.ended { self.buffer.len() } else { self.cutter.kept() };
        let mut rest = Vec::new();
        if kept < self.buffer.len() {
            rest.reserve(self.buffer.len() - kept + self.size);
            rest.extend_from_slice(&self.buffer[kept..]);
        }
        self.cutter.rebase(kept);
        self.buffer.truncate(kept);
        let data = std::mem::replace(&mut self.buffer, rest);
        let taken = self.taken.get();
        let block = Block {
            data,
            spans: std::mem::take(&mut self.spans),
            overlong: std::mem::take(&mut self.overlong),
            records_before: self.records,
            decoded_before: self.decoded,
            bytes: taken - self.told,
        };
        self.told = taken;
        self.records += block.spans.len() as u64;
        self.decoded += kept as u64;
        self.last_line = block.spans.last().map_or(self.last_line, |span| span.line);
        block
    }

    fn place_failure(&mut self) {
        if let Some(failure) = &mut self.failure {
            let decoded = if self.packing == Packing::Plain { "" } else { " of decompressed data" };
            let hint = if self.too_long {
                "name the format with --input-format"
            } else {
                "fetch the file again"
            };
            let records = match self.last_line {
                0 => "no record could be read".to_owned(),
                line => format!("{} records, up to line {line}, were read", self.records),
            };
            failure.push_str(&format!(" at byte {}{decoded}; {records}; {hint}", self.decoded));
        }
    }
}

impl Iterator for Blocks {
    type Item = Block;

    fn next(&mut self) -> Option<Block> {
        while !self.ended {
            self.fill();
            // Blank lines and what is passed over come as blocks without records: nobody has to hold them.
            if self.ended || !self.spans.is_empty() || self.cutter.kept() > 0 {
                let block = self.take();
                if self.ended {
                    self.place_failure();
                }
                return Some(block);
            }
        }
        None
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use std::io::{self, Cursor};

    /// Every record with its line, for tests of cutters.
    pub(in super::super) fn cut_all(
        cutter: Box<dyn Cut>,
        data: &[u8],
        size: usize,
    ) -> (Vec<(u64, Vec<u8>)>, Option<String>) {
        let stream = Box::new(Cursor::new(data.to_vec()));
        let longest = 1 << 30;
        let mut blocks = Blocks::new(stream, Rc::default(), Packing::Plain, cutter, size, longest);
        let mut out = Vec::new();
        for block in blocks.by_ref() {
            assert_eq!(block.records_before, out.len() as u64);
            assert!(data[block.decoded_before as usize..].starts_with(&block.data));
            out.extend(block.spans.iter().map(|s| (s.line, block.data[s.start..s.end].to_vec())));
        }
        (out, blocks.failure())
    }

    struct Failing;

    impl Read for Failing {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::Error::from(io::ErrorKind::UnexpectedEof))
        }
    }

    fn lines(stream: impl Read + 'static, size: usize) -> Blocks {
        let cutter = Box::new(super::super::jsonl::Lines::default());
        Blocks::new(Box::new(stream), Rc::default(), Packing::Gzip, cutter, size, 1000)
    }

    #[test]
    fn a_broken_stream_delivers_what_came_before() {
        for (data, whole) in [("{}\n{}\n{\"a", 2), ("{}\n{}\n{}", 3)] {
            let mut blocks = lines(Cursor::new(data).chain(Failing), 4);
            let records: usize = blocks.by_ref().map(|block| block.spans.len()).sum();
            assert_eq!(records, whole);
            let failure = blocks.failure().unwrap();
            let size = data.len();
            let words = format!(
                "the gzip stream ends too early at byte {size} of decompressed data; \
                 {whole} records, up to line {whole}, were read; fetch the file again"
            );
            assert_eq!(failure, words);
        }
    }

    #[test]
    fn what_is_too_long_is_passed_over_and_told() {
        let long = || io::repeat(b'x').take(100_000);
        let end = Cursor::new("\n{}\n");
        let mut blocks = lines(Cursor::new("{}\n\n").chain(long()).chain(end), 64);
        let (mut records, mut overlong) = (Vec::new(), Vec::new());
        for block in blocks.by_ref() {
            assert!(block.data.capacity() < 4096);
            let numbers = block.records_before + 1..;
            records.extend(block.spans.iter().zip(numbers).map(|(span, n)| (span.line, n)));
            overlong.extend(block.overlong);
        }
        assert_eq!((records, overlong), (vec![(1, 1), (4, 2)], vec![3]));
        assert_eq!(blocks.failure(), None);
    }

    #[test]
    fn what_has_no_borders_is_given_up() {
        struct Endless;
        impl Cut for Endless {
            fn cut(&mut self, _: &[u8], _: &mut Vec<Span>) {}
            fn kept(&self) -> usize {
                0
            }
            fn rebase(&mut self, _: usize) {}
            fn finish(&mut self, _: &[u8], _: bool, _: &mut Vec<Span>) {}
            fn complaint(&self) -> Option<&'static str> {
                None
            }
        }
        let mut blocks = lines(io::repeat(b'x'), 64);
        blocks.cutter = Box::new(Endless);
        assert_eq!(blocks.by_ref().map(|block| block.spans.len()).sum::<usize>(), 0);
        assert!(
            blocks.failure().unwrap().starts_with("a record is longer than 1000 bytes at byte")
        );
    }

    #[test]
    fn blank_lines_do_not_pile_up() {
        let mut blocks = lines(io::repeat(b'\n').take(1 << 20).chain(Cursor::new("{}\n")), 64);
        let last = blocks.by_ref().last().unwrap();
        assert!(last.data.len() < 256 && blocks.buffer.capacity() < 1024);
        assert_eq!((blocks.records(), blocks.last_line), (1, (1 << 20) + 1));
    }
}
