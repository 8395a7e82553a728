//! What is wrong with a record, by the name under which the output locates it, and what to do.

use super::{Page, Sort};

const fn record(name: &'static str, summary: &'static str, text: &'static str) -> Page {
    Page { name, sort: Sort::Record, summary, text, advice: "" }
}

/// The pages.
pub(super) const PAGES: &[Page] = &[
    record(
        "broken-json",
        "the line or record is not valid JSON, or not an object",
        "The record is left out, counted and located; the run goes on. Files that were cut off end so. Where every \
         record is broken, the file is of another format: name it with --input-format.",
    ),
    record(
        "broken-row",
        "a row of a table with more or fewer cells than the heading, or a quotation mark that never closes",
        "The record is left out, counted and located; the run goes on. A cell that holds the delimiter, a line end or a \
         quotation mark must stand in quotation marks, and those inside it are doubled. Where every row is broken, the \
         first line is no heading, or the file is of another format: name it with --input-format.",
    ),
    record(
        "bad-encoding",
        "the record holds bytes that are no text in any encoding",
        "The record is left out, counted and located; the run goes on. Pictures and archives among texts end so, and texts \
         in UTF-32. Where the encoding is known, name it with --encoding.",
    ),
    record(
        "no-text",
        "the field that holds the text is missing, null or no string",
        "The record is left out, counted and located; the run goes on. Where most records are such, the wrong field was \
         found: name it with --text-field. Dots lead into nested objects.",
    ),
    record(
        "empty-text",
        "the text is there and holds no words",
        "The record is left out, counted and located; the run goes on. Pages behind a paywall and galleries leave such \
         records in a scrape.",
    ),
    record(
        "long-text",
        "the text has more than 4 GiB",
        "The record is left out, counted and located; the run goes on. Places in a text are counted in 32 bits. Such a \
         text is seldom one article: check what --text-field names.",
    ),
    record(
        "broken-archive",
        "a record of a web archive is cut off, broken or compressed in an unknown way",
        "The record is left out, counted and located; the next one is sought, and the run goes on. Archives that were cut off \
         while they were fetched end so.",
    ),
    record(
        "broken-page",
        "an HTML page that cannot be taken apart",
        "The page is left out, counted and located; the run goes on. It is nested more than 500 deep or has more than 200,000 \
         tags, as pages made to hurt have, or the program was built without pages (the feature `html`).",
    ),
    record(
        "long-record",
        "the record is longer than --max-record",
        "The record is passed over without being held in memory, counted and located; the run goes on. A line of this length \
         is seldom one article: a list of records in one line is, which --input-format json reads.",
    ),
    record(
        "guessed-encoding",
        "the bytes are not UTF-8 and were read in an encoding that nobody named",
        "The article is used as it was guessed. Short texts are guessed wrong more often than long ones, and a text read in the \
         wrong encoding has no copies: look at one, and name the encoding with --encoding.",
    ),
    record(
        "damaged-text",
        "some bytes are nothing in the encoding of the text",
        "The article is used with U+FFFD in their place. Texts that were cut in the middle of a character end so, and texts in \
         two encodings at once.",
    ),
    record(
        "unclear-date",
        "a date in a form that can mean two days, or none",
        "The article is used without its date, so that `--keep earliest` puts it behind those that have one. Dates are \
         read as ISO 8601, RFC 2822 and seconds since 1970; 03/04/2024 is refused rather than guessed.",
    ),
];
