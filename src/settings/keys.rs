//! Every key of the configuration file: one table, which unknown keys, the template and --show-config go by.
//!
//! A key has the name of its flag, so that who knows one knows both.

/// The sections, in the order in which they are shown.
pub const SECTIONS: &[&str] = &["input", "match", "splits", "check", "allow", "clean"];

/// What a key may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Any text.
    Text,
    /// One of the names of an input format.
    Format,
    /// A number from 0 to 1.
    Share,
    /// A share of a whole, as 0.02 or "2%".
    Percent,
    /// A whole number.
    Whole,
    /// True or false.
    Switch,
    /// A span of time, such as "7d".
    Span,
    /// A number of bytes, such as "256M".
    Size,
    /// A whole number, at least 1.
    Positive,
    /// A name of an encoding.
    Encoding,
    /// Texts.
    Texts,
    /// Rules for the kept article.
    Keep,
    /// Names of codes.
    Codes,
}

/// A key with its section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Key {
    /// The section that it stands in.
    pub section: &'static str,
    /// Its name, which is that of its flag.
    pub name: &'static str,
    /// What it may hold.
    pub kind: Kind,
}

const fn key(section: &'static str, name: &'static str, kind: Kind) -> Key {
    Key { section, name, kind }
}

/// Every key of a fixed name. In `[splits]` names are free, and `[[allow]]` has keys of its own.
pub const KEYS: &[Key] = &[
    key("input", "input-format", Kind::Format),
    key("input", "glob", Kind::Texts),
    key("input", "no-ignore", Kind::Switch),
    key("input", "encoding", Kind::Encoding),
    key("input", "max-record", Kind::Size),
    key("input", "max-ratio", Kind::Positive),
    key("input", "max-records", Kind::Positive),
    key("input", "max-files", Kind::Positive),
    key("input", "text-field", Kind::Text),
    key("input", "title-field", Kind::Text),
    key("input", "id-field", Kind::Text),
    key("input", "date-field", Kind::Text),
    key("input", "source-field", Kind::Text),
    key("input", "url-field", Kind::Text),
    key("match", "min-confidence", Kind::Share),
    key("match", "threshold", Kind::Share),
    key("match", "min-words", Kind::Whole),
    key("match", "no-updates", Kind::Switch),
    key("match", "deep", Kind::Switch),
    key("match", "keep", Kind::Keep),
    key("match", "seed", Kind::Whole),
    key("check", "baseline", Kind::Text),
    key("check", "against", Kind::Text),
    key("check", "max-share", Kind::Percent),
    key("check", "max-groups", Kind::Whole),
    key("check", "allow", Kind::Codes),
    key("check", "warn", Kind::Codes),
    key("check", "deny", Kind::Codes),
    key("clean", "across-sources-only", Kind::Switch),
    key("clean", "within", Kind::Span),
];

/// The keys of an `[[allow]]` entry.
pub const ALLOW: &[&str] = &["code", "id", "source", "file", "pair", "reason"];
