//! What every stage talks about: one article, where it came from, and what went wrong on the way in.

use std::fmt;
use std::ops::{Deref, Index};
use std::sync::Arc;

/// One article as it stood in the input, with the fields that matter for grouping and for people.
///
/// `text` is what copies are sought in; everything else is shown, and used to choose the kept member of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Article {
    /// The id from the input; else the URL; else `file:record` (for plain files: the file name without its ending).
    pub id: String,
    /// The body, exactly as it stood in the input. Offsets in evidence are byte offsets into this string.
    pub text: String,
    /// The headline, if the input has one.
    pub title: Option<String>,
    /// When it was published, if the input says so in a form that could be parsed.
    pub date: Option<Date>,
    /// The outlet: the source field, else the host of the URL.
    pub source: Option<String>,
    /// The address it was scraped from.
    pub url: Option<String>,
    /// File and record it was read from.
    pub origin: Origin,
    /// Place in the order of the whole input, from 0. Looked at by `--keep first` only.
    pub position: u64,
}

impl Article {
    /// An article with an id and a text, and nothing else known about it.
    pub fn new(id: impl Into<String>, text: impl Into<String>) -> Self {
        Article { id: id.into(), text: text.into(), ..Article::default() }
    }
}

/// Articles by their index, of which not all need be held.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Articles {
    /// How many there are.
    len: usize,
    held: Vec<Article>,
    /// The index of each that is held, ascending; absent where all are.
    indexes: Option<Vec<u32>>,
}

impl Articles {
    /// Holds some of `len` articles: those with these indexes, which must ascend.
    pub(crate) fn some(len: usize, indexes: Vec<u32>, held: Vec<Article>) -> Self {
        debug_assert!(indexes.len() == held.len() && indexes.is_sorted());
        Articles { len, held, indexes: Some(indexes) }
    }

    /// How many articles there are, held or not.
    pub fn len(&self) -> usize {
        self.len
    }

    /// True if there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The article with this index, if it is held.
    pub fn get(&self, index: usize) -> Option<&Article> {
        self.held.get(self.place(index)?)
    }

    /// The same, to be changed.
    pub fn get_mut(&mut self, index: usize) -> Option<&mut Article> {
        let place = self.place(index)?;
        self.held.get_mut(place)
    }

    /// The articles that are held, in the order of their indexes.
    pub fn held(&self) -> &[Article] {
        &self.held
    }

    /// The same with their indexes, to be changed.
    pub(crate) fn held_mut(&mut self) -> impl Iterator<Item = (u32, &mut Article)> {
        let indexes = self.indexes.as_deref();
        let index = move |place: usize| indexes.map_or(place as u32, |indexes| indexes[place]);
        self.held.iter_mut().enumerate().map(move |(place, article)| (index(place), article))
    }

    fn place(&self, index: usize) -> Option<usize> {
        match &self.indexes {
            None => Some(index),
            Some(indexes) => indexes.binary_search(&u32::try_from(index).ok()?).ok(),
        }
    }
}

impl From<Vec<Article>> for Articles {
    fn from(held: Vec<Article>) -> Self {
        Articles { len: held.len(), held, indexes: None }
    }
}

impl Index<usize> for Articles {
    type Output = Article;

    /// # Panics
    ///
    /// Like a slice, if the index is not that of an article that is held.
    fn index(&self, index: usize) -> &Article {
        &self.held[self.place(index).unwrap_or(usize::MAX)]
    }
}

/// What holds every file that some articles came from: the one file, or the folder that all are in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place(Option<String>);

impl Place {
    /// Takes in a file, by its path as origins have it.
    pub fn add(&mut self, file: &str) {
        match &mut self.0 {
            None => self.0 = Some(file.to_owned()),
            Some(shared) if shared == file => (),
            Some(shared) => {
                let same = shared.split('/').zip(file.split('/')).take_while(|(x, y)| x == y);
                let length: usize = same.map(|(name, _)| name.len() + 1).sum();
                shared.truncate(length.saturating_sub(1));
            }
        }
    }

    /// Its path: absent of no articles, empty if they have nothing in common.
    pub fn path(&self) -> Option<&str> {
        self.0.as_deref()
    }
}

/// Where a record stands in the input.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// The path as it was given or found, `-` for standard input, empty for articles made in memory.
    pub file: Arc<str>,
    /// Line (1-based) on which the record starts; 0 when there is no such thing, as in a table of columns.
    pub line: u64,
    /// Number of the record in its file (1-based); 0 when there is no such thing.
    pub record: u64,
}

impl Default for Origin {
    fn default() -> Self {
        Origin { file: Arc::from(""), line: 0, record: 0 }
    }
}

impl Origin {
    /// What outputs call the line: the line on which the record starts, or its row in a table of columns; else 0.
    pub fn place(&self) -> u64 {
        if self.line == 0 { self.record } else { self.line }
    }
}

impl fmt::Display for Origin {
    /// `a.jsonl:7`, or of a table of columns `a.parquet:row 7`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (self.line, self.record) {
            (0, 0) => write!(f, "{}", self.file),
            (0, row) => write!(f, "{}:row {row}", self.file),
            (line, _) => write!(f, "{}:{line}", self.file),
        }
    }
}

/// A moment of publication, to the second or to the day, in UTC.
///
/// Ordered by time; a bare day counts as its first second.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    /// Seconds since 1970-01-01T00:00:00Z.
    pub seconds: i64,
    /// True if only the day is known.
    pub day_only: bool,
}

impl fmt::Display for Date {
    /// `2026-03-04` or `2026-03-04T09:12:00Z`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match jiff::Timestamp::from_second(self.seconds) {
            Ok(time) if self.day_only => write!(f, "{}", time.strftime("%Y-%m-%d")),
            Ok(time) => write!(f, "{time}"),
            Err(_) => write!(f, "@{}", self.seconds),
        }
    }
}

/// A record that could not be used: counted, located and reported, while the run goes on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Where the record stands.
    pub origin: Origin,
    /// What kind of trouble it is.
    pub kind: ProblemKind,
    /// What was seen, in words for people.
    pub detail: String,
}

/// Problems that are held to be listed; of all others only the number is kept.
///
/// A million lines that are no records must not take more memory than a million articles.
pub const PROBLEMS_HELD: usize = 50_000;

/// The problems of a run: the first [`PROBLEMS_HELD`], and how many there are of every kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Problems {
    held: Vec<Problem>,
    counts: [u64; ProblemKind::ALL.len()],
}

impl Problems {
    /// Takes one in.
    pub fn push(&mut self, problem: Problem) {
        self.counts[problem.kind as usize] += 1;
        if self.held.len() < PROBLEMS_HELD {
            self.held.push(problem);
        }
    }

    /// Takes in all of others.
    pub fn append(&mut self, others: Problems) {
        for (count, more) in self.counts.iter_mut().zip(others.counts) {
            *count += more;
        }
        let room = PROBLEMS_HELD - self.held.len();
        self.held.extend(others.held.into_iter().take(room));
    }

    /// How many there are of a kind, held or not.
    pub fn count(&self, kind: ProblemKind) -> u64 {
        self.counts[kind as usize]
    }

    /// How many there are of all kinds.
    pub fn total(&self) -> u64 {
        self.counts.iter().sum()
    }

    /// How many records were lost.
    pub fn lost(&self) -> u64 {
        let lost = ProblemKind::ALL.iter().filter(|kind| kind.loses_record());
        lost.map(|&kind| self.count(kind)).sum()
    }

    /// Puts those that are held in the order of their places.
    pub(crate) fn sort(&mut self) {
        self.held.sort_by(|x, y| (&x.origin, x.kind).cmp(&(&y.origin, y.kind)));
    }
}

impl Deref for Problems {
    type Target = [Problem];

    /// Those that are held.
    fn deref(&self) -> &[Problem] {
        &self.held
    }
}

impl Extend<Problem> for Problems {
    fn extend<T: IntoIterator<Item = Problem>>(&mut self, problems: T) {
        problems.into_iter().for_each(|problem| self.push(problem));
    }
}

impl From<Vec<Problem>> for Problems {
    fn from(all: Vec<Problem>) -> Self {
        let mut problems = Problems::default();
        problems.extend(all);
        problems
    }
}

/// The kinds of trouble a record can be in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ProblemKind {
    /// The line or record is not valid JSON, or not an object.
    Json,
    /// The row has other cells than the heading, or a quotation mark in it never closes.
    Row,
    /// Bytes that are no text in any encoding.
    Encoding,
    /// The text field is missing or not a string.
    NoText,
    /// The text is there but holds no words.
    EmptyText,
    /// The text is longer than 4 GiB.
    LongText,
    /// A record of a web archive that is cut off, compressed in an unknown way or none at all.
    Archive,
    /// A page that cannot be taken apart.
    Page,
    /// The record is longer than [`Limits::record`](crate::config::Limits::record).
    LongRecord,
    /// A date that no known form fits; the article is still used.
    Date,
    /// The id is that of another article too; both are used.
    DuplicateId,
    /// Bytes that are not UTF-8 and were read in an encoding that nobody named.
    GuessedEncoding,
    /// Bytes that their encoding does not know, replaced by U+FFFD.
    Damaged,
}

impl ProblemKind {
    /// Every kind, in the order in which they are listed to people.
    pub const ALL: &[ProblemKind] = &[
        ProblemKind::Json,
        ProblemKind::Row,
        ProblemKind::Encoding,
        ProblemKind::NoText,
        ProblemKind::EmptyText,
        ProblemKind::LongText,
        ProblemKind::Archive,
        ProblemKind::Page,
        ProblemKind::LongRecord,
        ProblemKind::Date,
        ProblemKind::DuplicateId,
        ProblemKind::GuessedEncoding,
        ProblemKind::Damaged,
    ];

    /// The name used in every output.
    pub fn name(self) -> &'static str {
        match self {
            ProblemKind::Json => "broken-json",
            ProblemKind::Row => "broken-row",
            ProblemKind::Encoding => "bad-encoding",
            ProblemKind::NoText => "no-text",
            ProblemKind::EmptyText => "empty-text",
            ProblemKind::LongText => "long-text",
            ProblemKind::Archive => "broken-archive",
            ProblemKind::Page => "broken-page",
            ProblemKind::LongRecord => "long-record",
            ProblemKind::Date => "unclear-date",
            ProblemKind::DuplicateId => "duplicate-id",
            ProblemKind::GuessedEncoding => "guessed-encoding",
            ProblemKind::Damaged => "damaged-text",
        }
    }

    /// True if the record was lost to the run; otherwise its article was used.
    pub fn loses_record(self) -> bool {
        use ProblemKind::{Damaged, Date, DuplicateId, GuessedEncoding};
        !matches!(self, Date | DuplicateId | GuessedEncoding | Damaged)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_stands_at_its_place() {
        let places: Vec<usize> = ProblemKind::ALL.iter().map(|&kind| kind as usize).collect();
        assert!(places.iter().copied().eq(0..ProblemKind::ALL.len()), "{places:?}");
    }

    #[test]
    fn a_flood_of_problems_is_counted_and_not_held() {
        let problem = |kind| Problem { origin: Origin::default(), kind, detail: "x".to_owned() };
        let mut problems = Problems::default();
        problems.extend((0..PROBLEMS_HELD + 7).map(|_| problem(ProblemKind::Json)));
        problems.push(problem(ProblemKind::Date));
        assert_eq!(problems.len(), PROBLEMS_HELD);
        assert_eq!((problems.lost(), problems.count(ProblemKind::Date)), (50_007, 1));
        problems.append(problems.clone());
        assert_eq!(problems.len(), PROBLEMS_HELD);
        assert_eq!((problems.lost(), problems.count(ProblemKind::Date)), (100_014, 2));
    }
}
