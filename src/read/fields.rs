//! Which field of a file's records holds what: known names, tried in a fixed order on its first records.

use super::advice::advice;
use super::pick::Plan;
use super::survey::{Survey, Tally, letters};
use crate::config::FieldNames;

/// Records that are looked at before the fields of a file are settled.
pub(super) const SAMPLE: u64 = 1_000;
/// Lines after which no more are looked at, however few of them are records.
pub(super) const TRIED: u64 = 100_000;
/// Bytes after which no more records are looked at.
pub(super) const SAMPLE_BYTES: u64 = 16 << 20;

/// A part of an article, and the names of the field that holds it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Part {
    /// What flags and notices call it.
    pub(crate) name: &'static str,
    /// Names in dumps that are around, best first. Case does not count, nor do `_`, `-` and spaces between words.
    pub(crate) fields: &'static [&'static str],
}

/// Every name that is known, by part, in the order of the slots of [`Plan`].
///
/// They are those of news-please, trafilatura, newspaper4k, passim, datatrove, schema.org, of published data sets and news
/// APIs, and of exports from spreadsheets.
pub(crate) const PARTS: &[Part; super::pick::SLOTS] = &[
    Part {
        name: "text",
        fields: &[
            "maintext",
            "text",
            "content",
            "body",
            "articleBody",
            "article",
            "full_text",
            "article_text",
            "raw_text",
            "lead_paragraph",
        ],
    },
    Part { name: "id", fields: &["id", "_id", "guid", "uuid", "doc_id", "article_id"] },
    Part {
        name: "title",
        fields: &["title", "headline", "headline.main", "metadata.title", "title_page"],
    },
    Part {
        name: "date",
        fields: &[
            "date_publish",
            "date",
            "published_date",
            "publish_date",
            "datePublished",
            "published_at",
            "pub_date",
            "publication_date",
            "published",
            "metadata.date",
        ],
    },
    Part {
        name: "source",
        fields: &[
            "source_domain",
            "source",
            "hostname",
            "sitename",
            "domain",
            "domain_url",
            "publisher.name",
            "publisher",
            "outlet",
            "series",
            "source_url",
            "publication",
            "newspaper",
            "metadata.source",
        ],
    },
    Part { name: "url", fields: &["url", "link", "web_url", "canonical_url", "metadata.url"] },
];

/// Share of the records (in percent) in which a name for the text must hold a text to be taken at once.
const TEXT_SHARE: u64 = 90;
/// Share (in percent) that is enough for the best name when none reaches [`TEXT_SHARE`].
const TEXT_SHARE_LOW: u64 = 10;
/// Share (in percent) in which every other name must hold something.
const OTHER_SHARE: u64 = 50;
/// Files with fewer records are too small for shares: one text is enough.
const FEW_RECORDS: u64 = 20;

/// A survey that has room for every name that could be taken.
pub(super) fn survey(wanted: &FieldNames) -> Survey {
    let known = PARTS.iter().flat_map(|part| part.fields).copied();
    Survey::of(known.chain(slots(wanted).into_iter().flatten()))
}

/// The names by slot, in the order of [`Plan`]: text, id, title, date, source, url.
pub(super) fn slots(names: &FieldNames) -> [Option<&str>; super::pick::SLOTS] {
    [&names.text, &names.id, &names.title, &names.date, &names.source, &names.url]
        .map(|name| name.as_deref())
}

/// A plan that picks these fields.
pub(super) fn plan(names: &FieldNames) -> Plan {
    Plan::new(slots(names))
}

/// Settles the fields of a file from its first records; the error is a message for people.
///
/// `wanted` wins over what would be found. A file without ids takes the URL for one.
pub(super) fn settle(
    survey: &Survey,
    wanted: &FieldNames,
    file: &str,
) -> Result<FieldNames, String> {
    for (part, name) in PARTS.iter().zip(slots(wanted)) {
        if let Some(name) = name
            && survey.get(name).present == 0
            && (survey.records > 1 || part.name == "text")
        {
            let advice = advice(survey, part.name);
            return Err(format!("no field `{name}` found in {file}\n{advice}"));
        }
    }
    let text = wanted.text.clone().or_else(|| text(survey).map(str::to_owned));
    if text.is_none() {
        return Err(format!("no text field found in {file}\n{}", advice(survey, "text")));
    }
    let strings = |tally: &Tally| tally.strings;
    let values = |tally: &Tally| tally.strings + tally.numbers;
    let [_, id, title, date, source, url] = PARTS;
    let url = other(survey, &wanted.url, url, strings);
    Ok(FieldNames {
        text,
        id: other(survey, &wanted.id, id, values).or_else(|| url.clone()),
        title: other(survey, &wanted.title, title, strings),
        date: other(survey, &wanted.date, date, values),
        source: other(survey, &wanted.source, source, strings),
        url,
    })
}

/// The fields of a file in whose first records nothing could be seen.
pub(super) fn unseen(wanted: &FieldNames) -> FieldNames {
    FieldNames { text: wanted.text.clone().or_else(|| Some("text".to_owned())), ..wanted.clone() }
}

/// One line that says what was taken.
pub(super) fn notice(names: &FieldNames, file: &str) -> String {
    let mut line = "fields:".to_owned();
    let id_is_url = names.id == names.url;
    let [text, id, title, date, source, url] = slots(names);
    let url = if id_is_url { None } else { url };
    let shown = [
        ("text", text),
        ("title", title),
        ("id", id),
        ("date", date),
        ("source", source),
        ("url", url),
    ];
    for (part, name) in shown {
        if let Some(name) = name {
            line.push_str(&format!(" {part}={name}"));
        }
    }
    format!("{line}   (found in {file})")
}

/// Mappings that were told already, so that each is told once.
#[derive(Default)]
pub(super) struct Told(Vec<FieldNames>);

impl Told {
    /// True if `names` says something new. Files of few records lack one field or the other: that is nothing new.
    pub(super) fn is_new(&mut self, names: &FieldNames) -> bool {
        let known = self.0.iter().any(|told| {
            slots(names).iter().zip(slots(told)).all(|(name, told)| name.is_none() || *name == told)
        });
        if !known {
            self.0.push(names.clone());
        }
        !known
    }
}

fn text(survey: &Survey) -> Option<&str> {
    let names: Vec<&str> = PARTS[0].fields.iter().filter_map(|name| survey.spelled(name)).collect();
    let filled = |name: &str| survey.get(name).strings;
    if let Some(name) = names.iter().find(|name| reaches(filled(name), TEXT_SHARE, survey)) {
        return Some(name);
    }
    // Dumps where every tenth text is missing are common; their bad records are reported one by one.
    let best = names.iter().rev().max_by_key(|name| filled(name))?;
    if filled(best) > 0
        && (survey.records < FEW_RECORDS || reaches(filled(best), TEXT_SHARE_LOW, survey))
    {
        return Some(best);
    }
    // A file of one record without its text is a bad record, not a file of another kind.
    (survey.records == 1).then_some(names[0])
}

fn other(
    survey: &Survey,
    wanted: &Option<String>,
    part: &Part,
    usable: impl Fn(&Tally) -> u64,
) -> Option<String> {
    wanted.clone().or_else(|| found(survey, part, usable).map(str::to_owned))
}

/// The first known name of a part under which most records hold something.
fn found<'a>(survey: &'a Survey, part: &Part, usable: impl Fn(&Tally) -> u64) -> Option<&'a str> {
    part.fields
        .iter()
        .filter_map(|name| survey.spelled(name))
        .find(|name| reaches(usable(&survey.get(name)), OTHER_SHARE, survey))
}

fn reaches(count: u64, percent: u64, survey: &Survey) -> bool {
    count > 0 && count * 100 >= survey.records * percent
}

/// What would be found for a part of an article, by its name in flags.
pub(super) fn known<'a>(survey: &'a Survey, flag: &str) -> Option<&'a str> {
    if flag == PARTS[0].name {
        return text(survey);
    }
    let part = PARTS.iter().find(|part| part.name == flag)?;
    found(survey, part, |tally| tally.strings + tally.numbers)
}

/// True if this is a name of the field that holds the text, in any spelling.
pub(super) fn is_text_name(name: &str) -> bool {
    let letters = letters(name);
    PARTS[0].fields.iter().any(|known| self::letters(known) == letters)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn surveyed(wanted: &FieldNames, records: impl IntoIterator<Item = String>) -> Survey {
        let mut survey = survey(wanted);
        records.into_iter().for_each(|record| survey.add(record.as_bytes()));
        survey
    }

    fn settled(records: impl IntoIterator<Item = String>) -> Result<FieldNames, String> {
        let none = FieldNames::default();
        settle(&surveyed(&none, records), &none, "x.jsonl")
    }

    fn times(count: usize, record: &str) -> impl Iterator<Item = String> {
        std::iter::repeat_n(record.to_owned(), count)
    }

    #[test]
    fn names_are_taken_in_their_order() {
        let record = r#"{"text":null,"maintext":"a","title":"t","url":"u","date_publish":"d","date":"e",
            "source":{"id":1},"source_domain":"s"}"#;
        let names = settled(times(3, record)).unwrap();
        assert_eq!(
            notice(&names, "x.jsonl"),
            "fields: text=maintext title=title id=url date=date_publish source=source_domain   (found in x.jsonl)"
        );
        let nested = settled(times(
            3,
            r#"{"body":"a","headline":{"main":"h"},"_id":4,"publisher":{"name":"p"}}"#,
        ));
        let nested = nested.unwrap();
        assert_eq!(
            slots(&nested),
            [Some("body"), Some("_id"), Some("headline.main"), None, Some("publisher.name"), None]
        );
    }

    #[test]
    fn an_unset_name_gives_way_to_the_next() {
        let mixed = times(50, r#"{"maintext":"a","text":"b"}"#)
            .chain(times(50, r#"{"maintext":"","text":"b"}"#));
        assert_eq!(settled(mixed).unwrap().text.as_deref(), Some("text"));
        let nine_in_ten =
            times(90, r#"{"maintext":"a","text":"b"}"#).chain(times(10, r#"{"text":"b"}"#));
        assert_eq!(settled(nine_in_ten).unwrap().text.as_deref(), Some("maintext"));
    }

    #[test]
    fn spreadsheets_spell_names_their_way() {
        let record = r#"{"Full Text":"a","HEADLINE":"t","Published Date":"d","URL":"u","Id":1}"#;
        let names = settled(times(3, record)).unwrap();
        assert_eq!(
            slots(&names),
            [
                Some("Full Text"),
                Some("Id"),
                Some("HEADLINE"),
                Some("Published Date"),
                None,
                Some("URL")
            ]
        );
        let both = settled(times(3, r#"{"Text":"a","text":"b"}"#)).unwrap();
        assert_eq!(both.text.as_deref(), Some("text"), "the usual spelling first");
    }

    #[test]
    fn a_few_missing_texts_are_bad_records_and_no_reason_to_stop() {
        let some = [r#"{"id":1,"content":"a"}"#, r#"{"id":2,"content":null}"#, r#"{"id":3}"#]
            .map(str::to_owned);
        assert_eq!(settled(some).unwrap().text.as_deref(), Some("content"));
        assert_eq!(
            settled(times(1, r#"{"maintext":null}"#)).unwrap().text.as_deref(),
            Some("maintext")
        );
        let rare = times(95, r#"{"t":"x"}"#).chain(times(5, r#"{"text":"b"}"#));
        assert!(settled(rare).is_err());
    }

    #[test]
    fn without_a_text_the_keys_are_told() {
        let html = format!("<html>{}", "x".repeat(47_994));
        let record = format!(
            r#"{{"u":"{}","raw_html":"{html}","t":"{}","n":5}}"#,
            "u".repeat(60),
            "t".repeat(2900)
        );
        let message =
            settled(times(98, &record).chain(times(2, r#"{"u":"","m":[]}"#))).unwrap_err();
        assert_eq!(
            message,
            "no text field found in x.jsonl\n  keys seen in 100 records: u (98 %, avg 60 chars), \
             raw_html (98 %, avg 48,000 chars), t (98 %, avg 2,900 chars), n (98 %, numbers)\n  \
             try: --text-field t"
        );
    }

    #[test]
    fn a_wanted_name_wins_and_must_be_there() {
        let wanted = FieldNames {
            text: Some("t.x".into()),
            title: Some("text".into()),
            ..FieldNames::default()
        };
        let survey = surveyed(&wanted, times(2, r#"{"text":"a","t":{"x":"b"}}"#));
        let names = settle(&survey, &wanted, "x").unwrap();
        assert_eq!((names.text.as_deref(), names.title.as_deref()), (Some("t.x"), Some("text")));

        let wanted = FieldNames { text: Some("nope".into()), ..FieldNames::default() };
        let message =
            settle(&surveyed(&wanted, times(2, r#"{"body":"abc"}"#)), &wanted, "x").unwrap_err();
        assert_eq!(
            message,
            "no field `nope` found in x\n  keys seen in 2 records: body (100 %, avg 3 chars)\n  try: --text-field body"
        );
    }

    #[test]
    fn a_mapping_is_told_once() {
        let mut told = Told::default();
        let full = FieldNames {
            text: Some("text".into()),
            title: Some("title".into()),
            ..FieldNames::default()
        };
        let part = FieldNames { title: None, ..full.clone() };
        let new = FieldNames { text: Some("body".into()), ..full.clone() };
        assert_eq!(
            [&full, &part, &full, &new].map(|names| told.is_new(names)),
            [true, false, false, true]
        );
    }
}
