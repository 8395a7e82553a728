//! Bytes to text: UTF-8 first, then what the bytes or somebody say, then a guess, which is told.
//!
//! In this order: the encoding that was asked for; a byte order mark; UTF-8; UTF-8 with some damage; the encoding that the
//! record declares (HTML, HTTP); a guess by `chardetng`, which is made for pages of some hundred bytes and more. What no
//! encoding makes text of is no text. Linear; a text that is UTF-8 is neither copied nor looked at twice.
//!
//! Not taken: one guess for a whole file of records. Dumps that were put together from several sources mix encodings by
//! line, and a wrong guess for one line must not cost the others.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};

use super::foreign;
use super::sniff::Decoded;
use crate::article::ProblemKind;
use crate::config::Input;

/// An encoding of text, by the names that the web uses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Encoding(&'static encoding_rs::Encoding);

impl Encoding {
    pub(super) const UTF_16LE: Encoding = Encoding(encoding_rs::UTF_16LE);
    pub(super) const UTF_16BE: Encoding = Encoding(encoding_rs::UTF_16BE);

    /// The name in the encoding standard, such as `windows-1251`.
    pub fn name(self) -> &'static str {
        self.0.name()
    }

    /// The encoding that a page or an answer of a server names, if it is known.
    pub(super) fn of_label(label: &[u8]) -> Option<Encoding> {
        encoding_rs::Encoding::for_label(label).map(Encoding)
    }

    /// True if line ends, quotes and backslashes cannot be found before it is decoded.
    pub(super) fn hides_ascii(self) -> bool {
        use encoding_rs::{BIG5, GB18030, GBK, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE};
        [BIG5, GB18030, GBK, ISO_2022_JP, SHIFT_JIS, UTF_16BE, UTF_16LE].contains(&self.0)
    }

    /// A decoder for a stream, which drops a byte order mark.
    pub(super) fn decoder(self) -> encoding_rs::Decoder {
        self.0.new_decoder_with_bom_removal()
    }
}

impl FromStr for Encoding {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, Self::Err> {
        // `replacement` stands for encodings that are not to be decoded any more.
        let known =
            Encoding::of_label(name.as_bytes()).filter(|found| found.name() != "replacement");
        known.ok_or_else(|| {
            "is no encoding that is known; try utf-8, windows-1252, windows-1251, shift_jis, gb18030, euc-kr, \
             iso-8859-2 or utf-16le"
                .to_owned()
        })
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What there is to tell about bytes: a kind of problem and words.
pub(super) type Finding = (ProblemKind, String);

/// The text of some bytes, and what there is to tell about it.
///
/// # Errors
///
/// What kept it from being text.
pub(super) fn decode(
    bytes: &[u8],
    asked: Option<Encoding>,
    declared: Option<Encoding>,
) -> Result<(Cow<'_, str>, Option<Finding>), Finding> {
    if let Some(asked) = asked {
        return Ok(decode_as(bytes, asked));
    }
    match bytes {
        [0xff, 0xfe, 0, 0, ..] | [0, 0, 0xfe, 0xff, ..] => {
            let words = "it looks like UTF-32: convert it with `iconv -f UTF-32 -t UTF-8`";
            return Err((ProblemKind::Encoding, words.to_owned()));
        }
        [0xff, 0xfe, ..] => return Ok(decode_as(bytes, Encoding::UTF_16LE)),
        [0xfe, 0xff, ..] => return Ok(decode_as(bytes, Encoding::UTF_16BE)),
        _ => {}
    }
    let Err(error) = std::str::from_utf8(bytes) else {
        return Ok(ascii_in_shifts(bytes));
    };
    if let Some(what) = foreign::name(bytes) {
        return Err((ProblemKind::Encoding, format!("it is {what}, no text")));
    }
    if let Some(found) = damaged(bytes) {
        return Ok(found);
    }
    if let Some(declared) = declared {
        return Ok(decode_as(bytes, declared));
    }
    guess(bytes).ok_or_else(|| {
        let offset = error.valid_up_to();
        (ProblemKind::Encoding, super::record::not_utf8(bytes, offset))
    })
}

/// The encoding that was asked for, if records are still in it when they are parsed.
pub(super) fn of_records(options: &Input) -> Option<Encoding> {
    options.encoding.filter(|asked| !asked.hides_ascii())
}

/// What there is to tell about a stream that was decoded as a whole, once it was read.
pub(super) fn findings(decoded: Decoded) -> Vec<Finding> {
    let Decoded { encoding, guessed, replaced } = decoded;
    let mut findings = Vec::new();
    if guessed {
        let words = format!("the file is read as {encoding}, which is a guess");
        findings.push((ProblemKind::GuessedEncoding, words));
    }
    if replaced.get() > 0 {
        findings.push(in_places(encoding, replaced.get()));
    }
    findings
}

fn decode_as(bytes: &[u8], encoding: Encoding) -> (Cow<'_, str>, Option<Finding>) {
    let (text, used, lossy) = encoding.0.decode(bytes);
    let finding = lossy.then(|| replaced(&text, Encoding(used)));
    (text, finding)
}

fn replaced(text: &str, encoding: Encoding) -> Finding {
    in_places(encoding, text.matches('\u{fffd}').count() as u64)
}

fn in_places(encoding: Encoding, places: u64) -> Finding {
    let plural = if places == 1 { "place" } else { "places" };
    (ProblemKind::Damaged, format!("not {encoding} in {places} {plural}: replaced by U+FFFD"))
}

/// Text of UTF-8 characters that is ISO-2022-JP in truth: seven bits, with escapes between alphabets.
fn ascii_in_shifts(bytes: &[u8]) -> (Cow<'_, str>, Option<Finding>) {
    let shifts = memchr::memchr(0x1b, bytes).is_some() && bytes.is_ascii();
    if let Some(found) = shifts.then(|| guess(bytes)).flatten()
        && found.1.as_ref().is_some_and(|(_, words)| words.contains("ISO-2022-JP"))
    {
        return found;
    }
    (String::from_utf8_lossy(bytes), None)
}

/// UTF-8 with a few broken bytes: most of what is not ASCII is well formed, which by chance it is not.
fn damaged(bytes: &[u8]) -> Option<(Cow<'_, str>, Option<Finding>)> {
    let (mut whole, mut broken) = (0usize, 0usize);
    let mut cut_at_end = false;
    for chunk in bytes.utf8_chunks() {
        whole += chunk.valid().chars().filter(|c| !c.is_ascii()).count();
        broken += usize::from(!chunk.invalid().is_empty());
        cut_at_end =
            std::str::from_utf8(chunk.invalid()).is_err_and(|error| error.error_len().is_none());
    }
    if whole < 2 * broken && !(cut_at_end && broken == 1 && whole > 0) {
        return None;
    }
    let text = String::from_utf8_lossy(bytes);
    let finding = replaced(&text, Encoding(encoding_rs::UTF_8));
    Some((text, Some(finding)))
}

/// What `chardetng` takes the bytes for, unless that makes no text of them.
fn guess(bytes: &[u8]) -> Option<(Cow<'_, str>, Option<Finding>)> {
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(bytes, true);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let (text, lossy) = encoding.decode_without_bom_handling(bytes);
    let is_text = !lossy && !text.chars().any(is_no_text);
    let words = format!("not UTF-8: read as {}, which is a guess", encoding.name());
    is_text.then_some((text, Some((ProblemKind::GuessedEncoding, words))))
}

/// Controls that stand in binary data and in wrong guesses.
fn is_no_text(c: char) -> bool {
    c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{1a}' | '\u{85}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RUSSIAN: &str = "Паром на остров не ходит до пятницы, сообщили в порту во вторник.";
    const JAPANESE: &str = "島へのフェリーは金曜日まで欠航すると、港の事務所が火曜日に発表した。";

    fn encoded(text: &str, label: &str) -> Vec<u8> {
        let (bytes, _, lossy) = Encoding::of_label(label.as_bytes()).unwrap().0.encode(text);
        assert!(!lossy, "{label} cannot write {text}");
        bytes.into_owned()
    }

    fn text(bytes: &[u8]) -> String {
        decode(bytes, None, None).unwrap().0.into_owned()
    }

    #[test]
    fn legacy_encodings_are_guessed_and_told() {
        for (label, sample) in [
            ("windows-1251", RUSSIAN),
            ("koi8-r", RUSSIAN),
            ("windows-1252", "Le bac vers l’île « Skerrow » n’a pas été rétabli après la tempête."),
            ("iso-8859-2", "Przeprawa na wyspę jest zamknięta do piątku, łódź zatonęła w święta."),
            ("windows-1253", "Το πλοίο για το νησί δεν θα φύγει πριν από την Παρασκευή."),
            ("windows-1255", "המעבורת לאי לא תצא לפני יום שישי, כך נמסר מהנמל ביום שלישי."),
            (
                "windows-1256",
                "لن تغادر العبارة إلى الجزيرة قبل يوم الجمعة، حسبما قال مكتب الميناء.",
            ),
            (
                "windows-1254",
                "Adaya giden vapur cuma gününe kadar kalkmayacak, dedi liman müdürlüğü.",
            ),
            ("shift_jis", JAPANESE),
            ("euc-jp", JAPANESE),
            ("iso-2022-jp", JAPANESE),
            ("gb18030", "港务局周二表示,开往该岛的渡轮在周五之前不会恢复通航。"),
            ("big5", "港務局週二表示,開往該島的渡輪在週五之前不會恢復通航。"),
            ("euc-kr", "항만 사무소는 섬으로 가는 여객선이 금요일까지 운항하지 않는다고 밝혔다."),
        ] {
            let bytes = encoded(&sample.repeat(3), label);
            let (text, finding) = decode(&bytes, None, None).unwrap();
            assert_eq!(text, sample.repeat(3), "{label}");
            let (kind, words) = finding.unwrap();
            assert_eq!(kind, ProblemKind::GuessedEncoding, "{label}: {words}");
        }
    }

    #[test]
    fn what_is_asked_for_or_declared_is_no_guess() {
        let bytes = encoded("Łódź", "iso-8859-2");
        let latin2 = Encoding::of_label(b"latin2");
        for found in [decode(&bytes, latin2, None), decode(&bytes, None, latin2)] {
            assert_eq!(found, Ok((Cow::Borrowed("Łódź"), None)));
        }
        // UTF-8 is known when it is seen, whatever a page says about itself.
        assert_eq!(decode("Łódź".as_bytes(), None, latin2).unwrap().0, "Łódź");
        let wrong = decode(b"a\xffb", Some("euc-kr".parse().unwrap()), None).unwrap();
        assert_eq!(wrong.1.unwrap().1, "not EUC-KR in 1 place: replaced by U+FFFD");
    }

    #[test]
    fn byte_order_marks_decide() {
        for (mark, units) in [
            ([0xff, 0xfe], u16::to_le_bytes as fn(u16) -> [u8; 2]),
            ([0xfe, 0xff], u16::to_be_bytes),
        ] {
            let mut bytes = mark.to_vec();
            bytes.extend("Łódź 😀".encode_utf16().flat_map(units));
            assert_eq!(decode(&bytes, None, None), Ok((Cow::Borrowed("Łódź 😀"), None)));
        }
        let wide = decode(b"\xff\xfe\0\0a\0\0\0", None, None).unwrap_err();
        assert!(wide.1.contains("UTF-32"), "{wide:?}");
    }

    #[test]
    fn a_broken_byte_does_not_make_latin_of_utf_8() {
        let mut bytes = "après l’été, déjà vu".as_bytes().to_vec();
        bytes.insert(3, 0xff);
        let (text, finding) = decode(&bytes, None, None).unwrap();
        assert_eq!(text, "apr\u{fffd}ès l’été, déjà vu");
        let words = "not UTF-8 in 1 place: replaced by U+FFFD";
        assert_eq!(finding, Some((ProblemKind::Damaged, words.to_owned())));
        let cut = &"déjà".as_bytes()[..5];
        assert_eq!(text_of_cut(cut), "déj\u{fffd}");
    }

    fn text_of_cut(bytes: &[u8]) -> String {
        text(bytes)
    }

    #[test]
    fn binary_data_is_no_text() {
        for bytes in [&b"\xff\x00\xfe"[..], b"\x89PNG\r\n\x1a\n\0\0", b"\0\x80\0\x80 text \x80"] {
            let (kind, words) = decode(bytes, None, None).unwrap_err();
            assert_eq!(kind, ProblemKind::Encoding, "{words}");
        }
        assert!(decode(b"\x89PNG\r\n\x1a\n\0", None, None).unwrap_err().1.contains("PNG"));
    }

    #[test]
    fn names_are_those_of_the_web() {
        for (typed, name) in [("latin1", "windows-1252"), ("GBK", "GBK"), ("utf8", "UTF-8")] {
            assert_eq!(typed.parse::<Encoding>().unwrap().name(), name);
        }
        for typed in ["klingon", "iso-2022-kr", ""] {
            assert!(typed.parse::<Encoding>().unwrap_err().contains("windows-1251"), "{typed}");
        }
    }

    proptest! {
        #[test]
        fn no_bytes_panic_and_utf_8_comes_back_as_it_is(bytes: Vec<u8>, plain: String) {
            let _ = decode(&bytes, None, None);
            // An escape may begin ISO-2022-JP, a NUL pair a mark of UTF-32.
            if !plain.contains('\u{1b}') && !plain.starts_with('\0') {
                prop_assert_eq!(decode(plain.as_bytes(), None, None), Ok((Cow::Borrowed(&*plain), None)));
            }
        }
    }
}
