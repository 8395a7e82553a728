//! The columns of a table that can hold a value, by dotted path, and what stands in them row by row.
//!
//! Texts come as they are, in every encoding that Arrow has for them; so do bytes that are UTF-8, since some writers do not
//! say that their strings are text. Moments become ISO 8601. Lists, maps and the like hold no field of an article: they are
//! known by name only, so that it can be said what they are.

use std::borrow::Cow;

use arrow_array::cast::AsArray;
use arrow_array::types::{
    Date32Type, Date64Type, Float32Type, Float64Type, Int8Type, Int16Type, Int32Type, Int64Type,
    TimestampMicrosecondType, TimestampMillisecondType, TimestampNanosecondType,
    TimestampSecondType, UInt8Type, UInt16Type, UInt32Type, UInt64Type,
};
use arrow_array::{Array, ArrayRef, RecordBatch};
use arrow_schema::{DataType, Fields, TimeUnit};

use super::super::survey::LEVELS;

/// A column, or a field of structs in one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Leaf {
    /// The names on the way to it, joined by dots.
    pub(super) path: String,
    pub(super) parts: Vec<String>,
    /// What it is, if it cannot hold a value.
    pub(super) other: Option<&'static str>,
}

/// All columns and fields of structs, down to the level to which records are looked at.
pub(super) fn leaves(fields: &Fields) -> Vec<Leaf> {
    let mut leaves = Vec::new();
    add(fields, &[], &mut leaves);
    leaves
}

fn add(fields: &Fields, above: &[String], leaves: &mut Vec<Leaf>) {
    for field in fields {
        let parts = [above, &[field.name().clone()]].concat();
        let path = parts.join(".");
        let other = other(field.data_type());
        leaves.push(Leaf { path, parts: parts.clone(), other });
        if let DataType::Struct(inside) = field.data_type()
            && parts.len() <= LEVELS
        {
            add(inside, &parts, leaves);
        }
    }
}

/// The leaf of that name: of several, the one that is entered through the fewest structs.
pub(super) fn named(leaves: &[Leaf], name: &str) -> Option<usize> {
    let named = leaves.iter().enumerate().filter(|(_, leaf)| leaf.path == name);
    named.min_by_key(|(_, leaf)| leaf.parts.len()).map(|(number, _)| number)
}

/// What a type is, if no value of it can be a field of an article.
fn other(data_type: &DataType) -> Option<&'static str> {
    use DataType::{
        Binary, BinaryView, Boolean, Date32, Date64, Dictionary, Float32, Float64, Int8, Int16,
        Int32, Int64, LargeBinary, LargeUtf8, Map, Null, Struct, Timestamp, UInt8, UInt16, UInt32,
        UInt64, Utf8, Utf8View,
    };
    match data_type {
        Utf8
        | LargeUtf8
        | Utf8View
        | Binary
        | LargeBinary
        | BinaryView
        | Boolean
        | Date32
        | Date64
        | Timestamp(_, _)
        | Int8
        | Int16
        | Int32
        | Int64
        | UInt8
        | UInt16
        | UInt32
        | UInt64
        | Float32
        | Float64 => None,
        Dictionary(_, values) => other(values),
        Struct(_) => Some("a struct"),
        Map(_, _) => Some("a map"),
        Null => Some("a column of nulls"),
        list if list.is_list() => Some("a list"),
        _ => Some("of a type that holds no text"),
    }
}

/// What stands in a row of a column.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Shown<'a> {
    Null,
    Text(Cow<'a, str>),
    /// As digits.
    Number(String),
    /// Something else, in words.
    Other(&'static str),
}

/// A leaf in a batch of rows.
pub(super) struct Column<'a> {
    /// The structs it is in.
    above: Vec<&'a dyn Array>,
    values: &'a dyn Array,
}

impl<'a> Column<'a> {
    /// The leaf, if the batch has it.
    pub(super) fn of(batch: &'a RecordBatch, leaf: &Leaf) -> Option<Column<'a>> {
        let (first, inside) = leaf.parts.split_first()?;
        let mut values: &ArrayRef = batch.column_by_name(first)?;
        let mut above: Vec<&dyn Array> = Vec::new();
        for part in inside {
            above.push(values);
            values = values.as_struct_opt()?.column_by_name(part)?;
        }
        Some(Column { above, values })
    }

    /// What stands in a row, from 0.
    pub(super) fn at(&self, row: usize) -> Shown<'a> {
        if self.above.iter().any(|array| array.is_null(row)) {
            return Shown::Null;
        }
        shown(self.values, row)
    }
}

pub(super) fn shown(array: &dyn Array, row: usize) -> Shown<'_> {
    if array.is_null(row) {
        return Shown::Null;
    }
    macro_rules! number {
        ($type:ty) => {
            Shown::Number(array.as_primitive::<$type>().value(row).to_string())
        };
    }
    macro_rules! moment {
        ($type:ty, $in_a_second:expr) => {
            moment(array.as_primitive::<$type>().value(row).div_euclid($in_a_second))
        };
    }
    match array.data_type() {
        DataType::Utf8 => text(array.as_string::<i32>().value(row)),
        DataType::LargeUtf8 => text(array.as_string::<i64>().value(row)),
        DataType::Utf8View => text(array.as_string_view().value(row)),
        DataType::Binary => bytes(array.as_binary::<i32>().value(row)),
        DataType::LargeBinary => bytes(array.as_binary::<i64>().value(row)),
        DataType::BinaryView => bytes(array.as_binary_view().value(row)),
        DataType::Boolean => {
            Shown::Other(if array.as_boolean().value(row) { "true" } else { "false" })
        }
        DataType::Int8 => number!(Int8Type),
        DataType::Int16 => number!(Int16Type),
        DataType::Int32 => number!(Int32Type),
        DataType::Int64 => number!(Int64Type),
        DataType::UInt8 => number!(UInt8Type),
        DataType::UInt16 => number!(UInt16Type),
        DataType::UInt32 => number!(UInt32Type),
        DataType::UInt64 => number!(UInt64Type),
        DataType::Float32 => number!(Float32Type),
        DataType::Float64 => number!(Float64Type),
        DataType::Date32 => day(i64::from(array.as_primitive::<Date32Type>().value(row))),
        DataType::Date64 => {
            day(array.as_primitive::<Date64Type>().value(row).div_euclid(86_400_000))
        }
        DataType::Timestamp(TimeUnit::Second, _) => moment!(TimestampSecondType, 1),
        DataType::Timestamp(TimeUnit::Millisecond, _) => moment!(TimestampMillisecondType, 1_000),
        DataType::Timestamp(TimeUnit::Microsecond, _) => {
            moment!(TimestampMicrosecondType, 1_000_000)
        }
        DataType::Timestamp(TimeUnit::Nanosecond, _) => {
            moment!(TimestampNanosecondType, 1_000_000_000)
        }
        DataType::Dictionary(_, _) => in_dictionary(array, row),
        other_type => Shown::Other(other(other_type).unwrap_or("of an unknown type")),
    }
}

fn text(text: &str) -> Shown<'_> {
    Shown::Text(Cow::Borrowed(text))
}

fn bytes(bytes: &[u8]) -> Shown<'_> {
    std::str::from_utf8(bytes).map_or(Shown::Other("bytes that are not UTF-8"), text)
}

fn in_dictionary(array: &dyn Array, row: usize) -> Shown<'_> {
    let Some(dictionary) = array.as_any_dictionary_opt() else { return Shown::Null };
    let key = match shown(dictionary.keys(), row) {
        Shown::Number(digits) => digits.parse().ok(),
        _ => None,
    };
    match key {
        Some(key) if key < dictionary.values().len() => shown(dictionary.values(), key),
        _ => Shown::Null,
    }
}

/// Seconds since 1970, as UTC.
fn moment(seconds: i64) -> Shown<'static> {
    match jiff::Timestamp::from_second(seconds) {
        Ok(moment) => Shown::Text(Cow::Owned(moment.to_string())),
        Err(_) => Shown::Number(seconds.to_string()),
    }
}

/// Days since 1970.
fn day(days: i64) -> Shown<'static> {
    let moment = jiff::Timestamp::from_second(days.saturating_mul(86_400));
    match moment {
        Ok(moment) => Shown::Text(Cow::Owned(moment.strftime("%Y-%m-%d").to_string())),
        Err(_) => Shown::Number(days.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use arrow_array::{
        BinaryArray, Date32Array, DictionaryArray, Float64Array, Int64Array, LargeStringArray,
        ListArray, StringArray, StringViewArray, StructArray, TimestampMillisecondArray,
    };
    use arrow_buffer::NullBuffer;
    use arrow_schema::Field;

    fn at(array: impl Array + 'static, row: usize) -> String {
        match shown(&array, row) {
            Shown::Null => "null".to_owned(),
            Shown::Text(text) => format!("\"{text}\""),
            Shown::Number(digits) => digits,
            Shown::Other(what) => what.to_owned(),
        }
    }

    #[test]
    fn every_way_to_hold_a_text_is_read() {
        let words = vec![Some("a"), None, Some("é b")];
        assert_eq!(at(StringArray::from(words.clone()), 2), "\"é b\"");
        assert_eq!(at(LargeStringArray::from(words.clone()), 2), "\"é b\"");
        assert_eq!(at(StringViewArray::from(words.clone()), 2), "\"é b\"");
        assert_eq!(at(StringArray::from(words), 1), "null");
        let dictionary: DictionaryArray<Int32Type> =
            vec![Some("x"), None, Some("x")].into_iter().collect();
        assert_eq!(at(dictionary.clone(), 2), "\"x\"");
        assert_eq!(at(dictionary, 1), "null");
        assert_eq!(at(BinaryArray::from(vec![&b"ok"[..], b"\xff"]), 0), "\"ok\"");
        assert_eq!(at(BinaryArray::from(vec![&b"ok"[..], b"\xff"]), 1), "bytes that are not UTF-8");
    }

    #[test]
    fn numbers_and_moments_are_as_in_json() {
        assert_eq!(at(Int64Array::from(vec![-7]), 0), "-7");
        assert_eq!(at(Float64Array::from(vec![7.0]), 0), "7");
        assert_eq!(at(Date32Array::from(vec![19_000]), 0), "\"2022-01-08\"");
        let moments = TimestampMillisecondArray::from(vec![1_656_115_200_999, -1]);
        assert_eq!(at(moments.clone(), 0), "\"2022-06-25T00:00:00Z\"");
        assert_eq!(at(moments, 1), "\"1969-12-31T23:59:59Z\"");
    }

    #[test]
    fn dots_lead_into_structs_and_a_column_with_a_dot_wins() {
        let text =
            |text: &str| Arc::new(StringArray::from(vec![Some(text), Some(text)])) as ArrayRef;
        let url = Arc::new(Field::new("url", DataType::Utf8, true));
        let inside = StructArray::new(
            vec![url].into(),
            vec![text("in")],
            Some(NullBuffer::from(vec![true, false])),
        );
        let list =
            ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1)]), None]);
        let batch = RecordBatch::try_from_iter([
            ("m", Arc::new(inside) as ArrayRef),
            ("l", Arc::new(list) as ArrayRef),
        ])
        .unwrap();
        let found = leaves(batch.schema().fields());
        let known: Vec<_> = found.iter().map(|leaf| (&*leaf.path, leaf.other)).collect();
        assert_eq!(known, [("m", Some("a struct")), ("m.url", None), ("l", Some("a list"))]);
        let column = Column::of(&batch, &found[1]).unwrap();
        assert_eq!(column.at(0), Shown::Text("in".into()));
        assert_eq!(column.at(1), Shown::Null, "a struct that is null holds nothing");

        let both = [("m.url", text("literal")), ("m", batch.column(0).clone())];
        let both = RecordBatch::try_from_iter(both).unwrap();
        let found = leaves(both.schema().fields());
        assert_eq!(named(&found, "m.url"), Some(0));
    }
}
