//! JSON Lines from a stream that may never end: each record as soon as its line is complete.
//!
//! Reading ahead to all threads, as files are read, would hold a record back until a mebibyte of them has come. Here one
//! line is read and handed on before the next. Fields are settled by the records that have come so far: a field that is
//! found stays the one that is taken.
//!
//! Limit: a stream in UTF-16, or in another encoding in which lines cannot be told before it is decoded, must be named.

use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;
use std::rc::Rc;
use std::sync::Arc;

use super::record::Layout;
use super::source::{too_long, too_many};
use super::transcode::Transcoded;
use super::{fields, open};
use crate::article::{Article, Problem};
use crate::config::Input;
use crate::error::{Error, Result};

/// What comes out of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Streamed {
    /// An article.
    Article(Article),
    /// A record that could not be used, or an article's date that could not.
    Problem(Problem),
    /// A line for people: fields that were taken.
    Notice(String),
    /// All that had come is done: the next record may take its time.
    Dry,
}

/// Gives the records of standard input to `take`, one by one and in order, until it fails.
///
/// # Errors
///
/// If standard input cannot be read to its end, or `take` fails.
pub fn stream(options: &Input, take: impl FnMut(Streamed) -> Result<()>) -> Result<()> {
    let path = Path::new("-");
    let opened =
        open::open(path, &options.limits).map_err(|error| Error::io("open", path, error))?;
    let explain = |error: &io::Error| opened.packing.explain(error);
    let stream: Box<dyn Read> = match options.encoding.filter(|asked| asked.hides_ascii()) {
        Some(asked) => Box::new(Transcoded::new(opened.stream, asked, Rc::default())),
        None => opened.stream,
    };
    records(BufReader::new(stream), options, explain, take)
}

fn records(
    mut lines: BufReader<impl Read>,
    options: &Input,
    explain: impl Fn(&io::Error) -> String,
    mut take: impl FnMut(Streamed) -> Result<()>,
) -> Result<()> {
    let file: Arc<str> = Arc::from("-");
    let mut survey = fields::survey(&options.fields);
    let mut wanted = options.fields.clone();
    let mut layout = Arc::new(Layout::new(Arc::clone(&file), fields::unseen(&wanted)));
    let mut line = Vec::new();
    let (mut number, mut record) = (0, 0);
    loop {
        line.clear();
        if lines.buffer().is_empty() {
            take(Streamed::Dry)?;
        }
        let fail = |error: io::Error| Error::new(format!("-: {}", explain(&error)));
        let longest = options.limits.record;
        let length = lines.by_ref().take(longest as u64 + 1).read_until(b'\n', &mut line);
        if length.map_err(fail)? == 0 {
            return Ok(());
        }
        number += 1;
        let is_long = line.len() > longest && !line.ends_with(b"\n");
        let bytes = match number {
            1 => line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&line),
            _ => &line,
        };
        let bytes = bytes.trim_ascii_end();
        if bytes.is_empty() && !is_long {
            continue;
        }
        record += 1;
        if let Some(most) = options.limits.records.filter(|most| record > *most) {
            return Err(too_many(most));
        }
        if is_long {
            lines.skip_until(b'\n').map_err(fail)?;
            take(Streamed::Problem(too_long(&file, number, longest)))?;
            continue;
        }
        if record <= fields::SAMPLE {
            survey.add(bytes);
            if let Ok(names) = fields::settle(&survey, &wanted, &file)
                && names != wanted
            {
                take(Streamed::Notice(fields::notice(&names, &file)))?;
                layout = Arc::new(Layout::new(Arc::clone(&file), names.clone()));
                wanted = names;
            }
        }
        let ((article, problem), finding) = layout.parse_decoded(bytes, (number, record), options);
        for problem in finding.into_iter().chain(problem) {
            take(Streamed::Problem(problem))?;
        }
        if let Some(article) = article {
            take(Streamed::Article(article))?;
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::config::Limits;

    /// Gives one line at a time, and counts them.
    struct Slow<'a>(std::vec::IntoIter<&'a [u8]>, &'a Cell<usize>);

    impl Read for Slow<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let Some(line) = self.0.next() else { return Ok(0) };
            buffer[..line.len()].copy_from_slice(line);
            self.1.set(self.1.get() + 1);
            Ok(line.len())
        }
    }

    #[test]
    fn each_record_comes_before_the_next_line_is_read() {
        let lines: Vec<&[u8]> = vec![
            b"{\"id\":1}\n",
            b"{\"id\":2,\"body\":\"a\"}\n",
            b"\n",
            b"nonsense\n",
            b"{\"id\":3,\"body\":\"b\",\"title\":\"t\"}\n",
            b"{\"id\":4,\"body\":\"c\",\"title\":\"u\"}\n",
            b"{\"id\":5,\"body\":\"ccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccccc\"}\n",
            b"{\"id\":6,\"body\":\"d\"}\n",
        ];
        let read = Cell::new(0);
        let mut seen = Vec::new();
        let slow = BufReader::new(Slow(lines.into_iter(), &read));
        let options =
            Input { limits: Limits { record: 70, ..Limits::default() }, ..Input::default() };
        records(slow, &options, io::Error::to_string, |streamed| {
            seen.push((read.get(), streamed));
            Ok(())
        })
        .unwrap();
        let told: Vec<String> = seen
            .iter()
            .filter_map(|(read, streamed)| match streamed {
                Streamed::Article(a) => Some(format!("{read} {} {} {:?}", a.id, a.text, a.title)),
                Streamed::Problem(p) => Some(format!("{read} {}", p.kind.name())),
                Streamed::Notice(line) => Some(format!("{read} {line}")),
                Streamed::Dry => None,
            })
            .collect();
        assert_eq!(
            told,
            [
                "1 no-text",
                "2 fields: text=body id=id   (found in -)",
                "2 2 a None",
                "4 broken-json",
                "5 3 b None",
                "6 fields: text=body title=title id=id   (found in -)",
                "6 4 c Some(\"u\")",
                "7 long-record",
                "8 6 d None",
            ]
        );
    }
}
