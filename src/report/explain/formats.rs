//! Getting a dump in: the formats that are read, the names of fields that are known, what `clean` keeps
//! of each, and the limits.
//!
//! Made of the tables that reading goes by, so that it cannot tell of what is not there.

use std::io::{self, Write};

use anstyle::Style;

use crate::config::{Format, Limits};
use crate::read::{ENDINGS, LISTS, PAGE_LEVELS, PARTS, PATHS};
use crate::report::columns::{Cell, Column, write_table};
use crate::report::figures::thousands;
use crate::report::wrap::{Piece, paragraph};

/// The name of the page.
pub const FORMATS: &str = "formats";

/// What there is to know about a format besides its endings: its records, how they are located, what `clean` keeps.
fn about(format: Format) -> [&'static str; 3] {
    match format {
        Format::Jsonl => ["a JSON object a line", "line", "lines, byte for byte"],
        Format::Json => ["a list of objects", "line", "records, byte for byte"],
        Format::Csv => ["rows under a heading", "line", "rows, byte for byte"],
        Format::Parquet => ["rows of columns", "row", "schema, row groups, codecs"],
        Format::Arrow => ["rows of columns", "row", "schema, batches, codec"],
        Format::Text => ["the file is one article", "file", "files"],
        Format::Markdown => ["the file, without its marks", "file", "files"],
        Format::Html => ["the article of the page", "file", "files"],
        Format::Warc => ["pages and texts of answers", "line", "records, byte for byte"],
    }
}

const PROSE: &[(&str, &str)] = &[
    (
        "Where to begin",
        "Name files, folders and `-` for standard input, all as one corpus: `wirecopy scan dumps/ more.parquet`. In folders, \
         files are taken by their endings, and those of a compression may follow: news.csv.gz, .zst, .bz2, .xz. What a file \
         is, its first bytes tell; --input-format decides for all. Hidden files of folders are left out, and what \
         .gitignore, .ignore and .wirecopyignore in them say; --glob and --no-ignore decide otherwise.",
    ),
    (
        "Fields",
        "The field that holds each part of an article is found by its name in the first 1,000 records, and said on stderr. \
         Case does not count, nor do `_`, `-` and spaces between words. Dots lead into objects and structs. A flag such \
         as --text-field wins over all of them. Without an id the address is taken, else file and record.",
    ),
    (
        "Tables of cells",
        "Comma, tab, semicolon or bar: the one that explains the first rows. Cells with line ends or the delimiter in them \
         stand in quotation marks, and marks inside are doubled. The first row names the columns; a file without one \
         needs it put above. Rows with more or fewer cells than the heading are bad records.",
    ),
    (
        "Tables of columns",
        "Parquet with snappy, gzip, brotli, LZ4 or zstd, from files only; folders of shards as data sets are published. Arrow \
         files (Feather 2) and streams, from pipes too. Only the columns that are needed are read. Texts may be \
         strings of any kind, dictionaries, or bytes in UTF-8. Lists and maps hold no field. What outputs call \"line\" is \
         the row. A build without the feature `parquet` refuses these files.",
    ),
    (
        "Pages and archives",
        "Of an HTML page the article is read, without menus and notices, with its title, date and address. Markdown loses its \
         marks; a title and a date in its front matter are taken. Of web archives (WARC of pages, WET of texts) every answer \
         with a page or a text is one article; others are passed over. A build without the feature `html` refuses pages.",
    ),
    (
        "Encodings",
        "Text is UTF-8, else what a byte order mark or the page says, else a guess for each record, which is told. UTF-16 is \
         known without a mark. --encoding names another for all. Parquet and Arrow say theirs themselves.",
    ),
    (
        "What clean writes",
        "The same files, without the copies, under the same compression. Parquet and Arrow are written anew: pages, statistics \
         and levels of compression may differ. Rows that were removed stand in removed.jsonl as JSON. --mark adds six \
         columns behind the others to every table.",
    ),
];

/// What input may ask for: each limit, where it stands, and what becomes of more.
fn limits() -> [(&'static str, String, &'static str); 8] {
    let Limits { record, ratio, records, files } = Limits::default();
    let any = || "any number".to_owned();
    let most = |most: Option<u64>| most.map_or_else(any, thousands);
    [
        (
            "--max-record",
            format!("{}M", record >> 20),
            "a longer record or text is told and passed over without being held; of tables of columns, whole rows are \
             always held",
        ),
        (
            "--max-ratio",
            thousands(ratio),
            "a compressed file that grows to more times its size, once that is 256 MiB, is told and given up",
        ),
        (
            "--max-records",
            most(records),
            "with more in all files together the run ends, exit status 2",
        ),
        (
            "--max-files",
            most(files),
            "with more in all folders together the run ends, exit status 2",
        ),
        (
            "levels of folders",
            any(),
            "a path that is too long for the system is told, and links to folders are not followed",
        ),
        (
            "levels inside a record",
            any(),
            "only the fields that are taken are held; brackets that are never closed make a bad record",
        ),
        (
            "names of fields",
            thousands(PATHS as u64),
            "further ones, and those more than three levels deep, are not looked at unless a flag names them",
        ),
        (
            "levels of a page",
            thousands(PAGE_LEVELS as u64),
            "a page with more, or with too many tags, is a bad record",
        ),
    ]
}

/// Writes the page.
pub fn render(color: bool, width: usize, out: &mut dyn Write) -> io::Result<()> {
    let strong = if color { Style::new().bold() } else { Style::new() };
    let mut rows = vec![
        ["format", "endings", "records", "place", "clean keeps"]
            .map(|name| Cell::styled(name, strong))
            .to_vec(),
    ];
    for (name, format) in Format::NAMES {
        let endings: Vec<String> = ENDINGS
            .iter()
            .filter(|(_, of)| of == format)
            .map(|(ending, _)| format!(".{ending}"))
            .collect();
        let [records, place, clean] = about(*format);
        rows.push([*name, &endings.join(" "), records, place, clean].map(Cell::new).to_vec());
    }
    let columns =
        [Column::LEFT, Column::LEFT, Column::ends_at(8), Column::LEFT, Column::ends_at(8)];
    write_table(&columns, &rows, 2, width, out)?;
    writeln!(out)?;
    for (at, part) in PARTS.iter().enumerate() {
        if at == 0 {
            writeln!(out, "{strong}names of fields, best first{strong:#}")?;
        }
        let line = format!("{}: {}", part.name, part.fields.join(", "));
        paragraph("  ", &[Piece::new(line, Style::new())], width, out)?;
    }
    writeln!(out)?;
    writeln!(out, "{strong}keys of lists inside an object{strong:#}")?;
    paragraph("  ", &[Piece::new(LISTS.join(", "), Style::new())], width, out)?;
    for (heading, text) in PROSE {
        writeln!(out, "\n{strong}{heading}{strong:#}")?;
        paragraph("  ", &[Piece::new(*text, Style::new())], width, out)?;
    }
    writeln!(out, "\n{strong}Limits{strong:#}")?;
    for (limit, value, more) in limits() {
        paragraph(
            "  ",
            &[Piece::new(format!("{limit}, {value}: {more}"), Style::new())],
            width,
            out,
        )?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_format_and_every_name_is_told() {
        let mut out = Vec::new();
        render(false, 72, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert!(text.lines().all(|line| line.chars().count() <= 74), "{text}");
        let words: Vec<&str> =
            text.split([' ', '\n', ',', ':']).map(|word| word.trim_start_matches('.')).collect();
        let formats = Format::NAMES.iter().map(|(name, _)| *name);
        let endings = ENDINGS.iter().map(|(ending, _)| *ending);
        let fields = PARTS.iter().flat_map(|part| part.fields.iter().copied());
        let limits = limits();
        assert!(
            limits.iter().all(|(limit, value, _)| text.contains(&format!("{limit}, {value}: ")))
        );
        for name in formats.chain(endings).chain(fields).chain(LISTS.iter().copied()) {
            assert!(words.contains(&name), "{name} in {text}");
        }
    }
}
