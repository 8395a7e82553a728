//! A comparison for people: what the pair is, why, all the evidence, and both texts as one, passage by passage.
//!
//! Everything is wrapped to the terminal and readable at 40 columns. Signs before the passages and inside say what color
//! only repeats. Long passages that hold no change are shortened in their middle, and say by how much.

use std::io::{self, Write};

use anstyle::{AnsiColor, Style};

use super::marks::{Mark, cut, marked, safe};
use super::why::why;
use super::{Options, explain};
use crate::article::Article;
use crate::compare::{Answer, Found, Standing};
use crate::config::Matching;
use crate::find::compare::{Comparison, Verdict};
use crate::find::passage::{Form, Passage};
use crate::find::relate::decides;
use crate::report::columns::{Cell, Column, cut as cut_to, write_table};
use crate::report::figures::{count, percent, thousands};
use crate::report::sanitize::sanitize;
use crate::report::wrap::{Piece, paragraph};
use crate::text::Words;

/// Characters of a long passage that are shown of its beginning and of its end.
const HEAD: usize = 180;
const TAIL: usize = 70;
/// Passages are shortened if that saves at least so many characters.
const WORTH: usize = 60;
/// Columns of one value of evidence: mark, name, number.
const VALUE_COLUMNS: usize = 26;

/// The sign before a passage.
fn sign(form: Form) -> char {
    match form {
        Form::Verbatim => '=',
        Form::Reworded => '~',
        Form::Moved => '^',
        Form::Boilerplate => '.',
        Form::OnlyA => '-',
        Form::OnlyB => '+',
    }
}

/// Writes the answer.
pub(super) fn render(
    answer: &Answer,
    matching: &Matching,
    options: &Options,
    out: &mut dyn Write,
) -> io::Result<()> {
    let page = &mut Page { options, out };
    if let (Some(dump), Some(found)) = (answer.dump, answer.found.first())
        && (answer.found.len() > 1 || options.list)
    {
        page.matches(answer, dump, found)?;
    }
    let Some(found) = answer.found.first() else {
        let dump = count(answer.dump.unwrap_or_default(), "article", "articles");
        return writeln!(page.out, "nothing like {} among {dump}", sanitize(&answer.article.id));
    };
    page.head(&answer.article, found)?;
    page.why(found, matching)?;
    page.evidence(&found.comparison, matching.deep)?;
    page.passages(&answer.article.text, &found.article.text, &found.comparison.passages)
}

struct Page<'a> {
    options: &'a Options,
    out: &'a mut dyn Write,
}

impl Page<'_> {
    fn paint(&self, style: Style) -> Style {
        if self.options.color { style } else { Style::new() }
    }

    fn line(&mut self, lead: &str, text: String, style: Style) -> io::Result<()> {
        let piece = Piece::new(text, self.paint(style));
        paragraph(lead, &[piece], self.options.width, self.out)
    }

    fn title(&mut self, title: &str) -> io::Result<()> {
        writeln!(self.out)?;
        self.line("", title.to_owned(), Style::new().bold())
    }

    /// What an article of the dump was found to be like, the closest first.
    fn matches(&mut self, answer: &Answer, dump: usize, first: &Found) -> io::Result<()> {
        let strong = self.paint(Style::new().bold());
        let articles = count(dump, "article", "articles");
        let id = sanitize(&answer.article.id);
        let found = count(answer.found.len(), "match", "matches");
        self.line("", format!("{found} of {id} among {articles}"), strong)?;
        let shown = self.options.top.min(answer.found.len());
        let rows: Vec<Vec<Cell>> = answer.found[..shown]
            .iter()
            .map(|found| {
                let Comparison { relation, confidence, evidence, .. } = &found.comparison;
                vec![
                    Cell::new(relation.name()),
                    Cell::new(percent(evidence.similarity)),
                    Cell::new(format!("{confidence:.3}")),
                    Cell::new(sanitize(&found.article.id)),
                    Cell::new(found.article.source.as_deref().map(sanitize).unwrap_or_default()),
                ]
            })
            .collect();
        let columns =
            [Column::LEFT, Column::RIGHT, Column::RIGHT, Column::cut_to(8), Column::cut_to(8)];
        write_table(&columns, &rows, 2, self.options.width, self.out)?;
        if shown < answer.found.len() {
            let more = count(answer.found.len() - shown, "more", "more");
            writeln!(self.out, "  … and {more}")?;
        }
        let best = sanitize(&first.article.id);
        self.line("", format!("the closest, {best}, passage by passage:"), Style::new())?;
        writeln!(self.out)
    }

    /// What the pair is, and what is known of its articles.
    fn head(&mut self, a: &Article, found: &Found) -> io::Result<()> {
        let Comparison { verdict, relation, confidence, evidence, .. } = &found.comparison;
        let share = percent(evidence.similarity);
        let (name, style) = (relation.name(), Style::new().bold());
        let heading = match verdict {
            Verdict::Copy => format!("{name}: {share} copied, confidence {confidence:.3}"),
            Verdict::NotCopy if relation.is_copy() => {
                format!(
                    "no copy by these settings ({name}): {share} in common, confidence {confidence:.3}"
                )
            }
            Verdict::NotCopy => {
                format!("no copy ({name}): {share} in common, confidence {confidence:.3}")
            }
            Verdict::Sifted => {
                format!("no copy: {share} in common, next to nothing of it in runs of words")
            }
            Verdict::TooShort => format!("too short to judge: {share} in common"),
        };
        self.line("", heading, style)?;
        if matches!(verdict, Verdict::Copy | Verdict::NotCopy) {
            let meaning = explain::page(name).map_or("", |page| page.summary);
            self.line("  ", meaning.to_owned(), Style::new().dimmed())?;
        }
        if let Some(standing) = &found.standing {
            let standing = match standing {
                Standing { group: Some(group), .. } => format!("both are in group {group}"),
                Standing { proposed: true, .. } => {
                    "a scan of the dump looks at the pair and puts it in no group".to_owned()
                }
                Standing { .. } => "a scan of the dump has no cause to look at the pair".to_owned(),
            };
            self.line("  ", standing, Style::new())?;
        }
        writeln!(self.out)?;
        self.article("A", a)?;
        self.article("B", &found.article)
    }

    fn article(&mut self, name: &str, article: &Article) -> io::Result<()> {
        let strong = self.paint(Style::new().bold());
        let mut known = vec![sanitize(&article.id)];
        known.extend(article.date.map(|date| date.to_string()));
        known.extend(article.source.as_deref().map(sanitize));
        let place = sanitize(&article.origin.to_string());
        let place = if place.is_empty() { place } else { format!("({place})") };
        known.extend(Some(place).filter(|place| !place.is_empty()));
        let pieces = [Piece::new(known.join("  "), Style::new())];
        let lead = format!("{name}  ");
        let mut first = Vec::new();
        paragraph(&lead, &pieces, self.options.width, &mut first)?;
        // The name is bold, and not part of what is wrapped.
        write!(self.out, "{strong}{name}{strong:#}")?;
        self.out.write_all(&first[name.len()..])?;
        match article.title.as_deref().map(sanitize) {
            Some(title) if !title.is_empty() => {
                let room = 2 * self.options.width;
                self.line("   ", format!("\"{}\"", cut_to(&title, room)), Style::new())
            }
            _ => Ok(()),
        }
    }

    fn why(&mut self, found: &Found, matching: &Matching) -> io::Result<()> {
        self.title("why")?;
        for sentence in why(&found.comparison, matching) {
            self.line("  ", sentence, Style::new())?;
        }
        Ok(())
    }

    /// Every value under its stable name, in as many columns as fit.
    fn evidence(&mut self, found: &Comparison, deep: bool) -> io::Result<()> {
        self.title("evidence (* decides; for what a value is: wirecopy explain NAME)")?;
        let e = &found.evidence;
        let mut values = vec![
            ("similarity", e.similarity),
            ("jaccard", e.jaccard),
            ("a_in_b", e.a_in_b),
            ("b_in_a", e.b_in_a),
        ];
        values.extend(e.named());
        let across = (self.options.width.saturating_sub(2) / VALUE_COLUMNS).clamp(1, 4);
        let down = values.len().div_ceil(across);
        let dim = self.paint(Style::new().dimmed());
        let rows: Vec<Vec<Cell>> = (0..down)
            .map(|row| {
                let cell = |column: usize| match values.get(column * down + row) {
                    Some((name, value)) => {
                        let mark = if decides(name, deep) { "*" } else { " " };
                        [
                            Cell::styled(format!("{mark}{name}"), dim),
                            Cell::new(format!("{value:.3}")),
                        ]
                    }
                    None => [Cell::default(), Cell::default()],
                };
                (0..across).flat_map(cell).collect()
            })
            .collect();
        let columns: Vec<Column> =
            (0..across).flat_map(|_| [Column::LEFT, Column::RIGHT]).collect();
        write_table(&columns, &rows, 1, self.options.width, self.out)
    }

    fn passages(&mut self, a: &str, b: &str, passages: &[Passage]) -> io::Result<()> {
        self.title("passages")?;
        for legend in [
            "= verbatim   ~ reworded, with [-only in A-] and {+only in B+}   ^ moved",
            "- only in A   + only in B   . boilerplate   … left out: --full",
        ] {
            self.line("  ", legend.to_owned(), Style::new().dimmed())?;
        }
        let shared = passages.iter().filter(|passage| passage.is_shared()).count();
        let digits = shared.to_string().len();
        let mut number = 0;
        for passage in passages {
            number += usize::from(passage.is_shared());
            let label = if passage.is_shared() { number.to_string() } else { String::new() };
            let lead = format!("{label:>digits$} {} ", sign(passage.form));
            let pieces = self.pieces(passage, passages, a, b);
            paragraph(&lead, &pieces, self.options.width, self.out)?;
        }
        self.summary(passages)
    }

    fn pieces(&self, passage: &Passage, all: &[Passage], a: &str, b: &str) -> Vec<Piece> {
        let only = |text: String, style: AnsiColor| {
            let text = if self.options.full { text } else { shortened(&text) };
            vec![Piece::new(text, self.paint(style.on_default()))]
        };
        let in_a = || safe(cut(a, passage.a.start, passage.a.end));
        let in_b = || safe(cut(b, passage.b.start, passage.b.end));
        match passage.form {
            Form::Reworded => marked(passage, a, b)
                .into_iter()
                .map(|(mark, text)| match mark {
                    Mark::Both => Piece::new(text, Style::new()),
                    Mark::OnlyA => {
                        Piece::new(format!("[-{text}-]"), self.paint(AnsiColor::Red.on_default()))
                    }
                    Mark::OnlyB => Piece::new(
                        format!("{{+{text}+}}"),
                        self.paint(AnsiColor::Green.on_default()),
                    ),
                })
                .collect(),
            Form::OnlyA => only(in_a(), AnsiColor::Red),
            Form::OnlyB => only(in_b(), AnsiColor::Green),
            Form::Boilerplate => {
                only(if passage.words_a > 0 { in_a() } else { in_b() }, AnsiColor::BrightBlack)
            }
            Form::Verbatim | Form::Moved => {
                let text = if self.options.full { in_a() } else { shortened(&in_a()) };
                let mut pieces = vec![Piece::new(text, Style::new())];
                if passage.form == Form::Moved {
                    let dim = self.paint(Style::new().dimmed());
                    pieces.push(Piece::new(place(passage, all), dim));
                }
                pieces
            }
        }
    }

    /// How many passages of each form there are, and how many words they have.
    fn summary(&mut self, passages: &[Passage]) -> io::Result<()> {
        let counts = Form::ALL.iter().filter_map(|&form| {
            let own = || passages.iter().filter(|passage| passage.form == form);
            let words: usize =
                own().map(|passage| passage.words.max(passage.words_a).max(passage.words_b)).sum();
            let number = own().count();
            (number > 0)
                .then(|| format!("{number} {} ({})", form.name(), count(words, "word", "words")))
        });
        let counts = counts.collect::<Vec<_>>().join(", ");
        if !counts.is_empty() {
            writeln!(self.out)?;
            self.line("", counts, Style::new())?;
        }
        Ok(())
    }
}

/// Where the twin of a moved passage stands.
fn place(passage: &Passage, all: &[Passage]) -> String {
    let in_order = (1..).zip(all.iter().filter(|other| other.is_shared()));
    let before = in_order
        .filter(|(_, other)| other.b.start < passage.b.start)
        .max_by_key(|(_, other)| other.b.start);
    match before {
        Some((number, _)) => format!(" (in B behind {number})"),
        None => " (in B at the beginning)".to_owned(),
    }
}

/// The beginning and the end of a long text, with the number of words left out between them.
fn shortened(text: &str) -> String {
    let spans = Words::new(text).spans;
    let offset = |at: usize| text.char_indices().nth(at).map_or(text.len(), |(at, _)| at);
    let characters = text.chars().count();
    if characters < HEAD + TAIL + WORTH {
        return text.to_owned();
    }
    let (head_most, tail_least) = (offset(HEAD), offset(characters - TAIL));
    let head = spans.partition_point(|span| span.end as usize <= head_most);
    let tail = spans.partition_point(|span| (span.start as usize) < tail_least);
    match (head.checked_sub(1).and_then(|last| spans.get(last)), spans.get(tail)) {
        (Some(last), Some(first)) if tail > head => {
            let left_out = thousands((tail - head) as u64);
            format!(
                "{} … ({left_out} words) … {}",
                &text[..last.end as usize],
                &text[first.start as usize..]
            )
        }
        _ => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use unicode_width::UnicodeWidthStr;

    use super::*;
    use crate::find::common::CommonText;
    use crate::find::compare::compare;

    const A: &str = "The ferry to Skerrow will stay in harbor until Friday, the port office said on Tuesday. A storm \
        damaged the landing stage. Sailors who were in the harbor bar at the time spoke of a night like none before it.";
    const B: &str = "The ferry to Skerrow stays in harbor until Friday, said the port office on Tuesday. A storm \
        damaged the landing stage. \u{1b}[2JNo\u{202e} word came from the island, where the telephone had been dead since noon.";

    fn answer(a: &str, b: &str) -> Answer {
        let article = |id: &str, text: &str| Article {
            title: Some("T\u{1b}[31m".to_owned()),
            ..Article::new(id, text)
        };
        let (a, b) = (article("a\u{202e}", a), article("b", b));
        let comparison = compare(&a, &b, &CommonText::new(0), &Matching::default());
        let standing = Some(Standing { proposed: true, group: None });
        let found = Found { article: b, comparison, standing };
        Answer { article: a, found: vec![found; 3], dump: Some(7), failures: Vec::new() }
    }

    fn page(answer: &Answer, width: usize, color: bool, full: bool) -> String {
        let options = Options { color, width, full, list: false, top: 2 };
        let mut out = Vec::new();
        render(answer, &Matching::default(), &options, &mut out).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_fit_any_terminal_and_carry_nothing_to_it() {
        for width in [40, 80, 120] {
            let page = page(&answer(A, B), width, false, false);
            assert!(
                page.lines().all(|line| line.width() <= width && line.trim_end() == line),
                "{page}"
            );
            assert!(!page.contains(['\u{1b}', '\u{202e}']), "{page}");
            assert!(page.contains("… and 1 more"), "{page}");
        }
    }

    #[test]
    fn colors_change_no_word() {
        let colored = page(&answer(A, B), 80, true, false);
        assert!(colored.contains("\u{1b}["));
        assert_eq!(
            anstream::adapter::strip_str(&colored).to_string(),
            page(&answer(A, B), 80, false, false)
        );
    }

    #[test]
    fn long_passages_are_cut_unless_they_are_wanted_whole() {
        let text: Vec<String> = (0..200)
            .map(|i| {
                format!("w{}", char::from(b'a' + i % 26).to_string().repeat(1 + i as usize / 26))
            })
            .collect();
        let text = text.join(" ");
        let answer = answer(&text, &text);
        assert!(page(&answer, 80, false, false).contains(" words) … "));
        let squeeze = |text: &str| text.split_whitespace().collect::<String>();
        assert!(squeeze(&page(&answer, 80, false, true)).contains(&squeeze(&text)));
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"x".repeat(1000)).len(), 1000, "nothing to cut at");
    }

    #[test]
    fn nothing_found_is_said_plainly() {
        let nothing = Answer { found: Vec::new(), ..answer(A, B) };
        assert_eq!(page(&nothing, 80, false, false), "nothing like a among 7 articles\n");
    }
}
