//! Pieces of HTML: tables, and text from the input made harmless.

use std::fmt::Write;

use crate::judge::scores::Kind;
use crate::report::entities::entities;
use crate::report::sanitize::sanitize;

/// A table of cells that are HTML already.
pub(super) struct Table(String);

impl Table {
    pub(super) fn new(header: &[&str]) -> Table {
        let cells: String =
            header.iter().map(|name| format!("<th scope=\"col\">{name}</th>")).collect();
        Table(format!("<table><thead><tr>{cells}</tr></thead><tbody>"))
    }

    pub(super) fn row(&mut self, class: &str, cells: &[String]) {
        let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
        let _ = writeln!(self.0, "<tr{class}>{cells}</tr>");
    }

    pub(super) fn end(self) -> String {
        self.0 + "</tbody></table>"
    }
}

/// The name of a kind.
pub(super) fn named(kind: &Kind) -> String {
    let name = escape(&kind.name);
    if name.is_empty() { "(no kind)".to_owned() } else { name }
}

/// Text from the input as HTML shows it: no markup, no hidden characters.
pub(super) fn escape(text: &str) -> String {
    entities(&sanitize(text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_only_text() {
        assert_eq!(escape("a<b>&'\"\u{202e}\u{1b}[2Jc"), "a&lt;b&gt;&amp;&#39;&quot;c");
        assert_eq!(named(&Kind::default()), "(no kind)");
    }

    #[test]
    fn a_table() {
        let mut table = Table::new(&["x", "y"]);
        table.row("pool", &["1".to_owned(), "2".to_owned()]);
        assert_eq!(
            table.end(),
            "<table><thead><tr><th scope=\"col\">x</th><th scope=\"col\">y</th></tr></thead><tbody>\
             <tr class=\"pool\"><td>1</td><td>2</td></tr>\n</tbody></table>"
        );
    }
}
