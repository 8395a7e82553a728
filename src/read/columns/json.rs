//! A row of a table of columns as a JSON object, for the removed records: every column, structs and lists included.
//!
//! Moments are ISO 8601, as where they are read; bytes that are no text, and types that JSON has nothing for, are null.

use arrow_array::cast::AsArray;
use arrow_array::types::{Decimal128Type, Float32Type, Float64Type};
use arrow_array::{Array, RecordBatch};
use arrow_schema::DataType;
use serde::ser::{Serialize, SerializeMap, SerializeSeq, Serializer};

use super::leaves::{Shown, shown};

/// A row of a batch, from 0.
pub(crate) struct Row<'a> {
    pub(crate) batch: &'a RecordBatch,
    pub(crate) row: usize,
}

impl Serialize for Row<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_map(Some(self.batch.num_columns()))?;
        for (field, array) in self.batch.schema_ref().fields().iter().zip(self.batch.columns()) {
            object.serialize_entry(field.name(), &Value { array, row: self.row })?;
        }
        object.end()
    }
}

struct Value<'a> {
    array: &'a dyn Array,
    row: usize,
}

impl Value<'_> {
    fn list<S: Serializer>(items: &dyn Array, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(Some(items.len()))?;
        for row in 0..items.len() {
            list.serialize_element(&Value { array: items, row })?;
        }
        list.end()
    }
}

impl Serialize for Value<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Value { array, row } = *self;
        if array.is_null(row) {
            return serializer.serialize_none();
        }
        match array.data_type() {
            DataType::Struct(fields) => {
                let inside = array.as_struct();
                let mut object = serializer.serialize_map(Some(fields.len()))?;
                for (field, array) in fields.iter().zip(inside.columns()) {
                    object.serialize_entry(field.name(), &Value { array, row })?;
                }
                object.end()
            }
            DataType::List(_) => Self::list(&array.as_list::<i32>().value(row), serializer),
            DataType::LargeList(_) => Self::list(&array.as_list::<i64>().value(row), serializer),
            DataType::ListView(_) => {
                Self::list(&array.as_list_view::<i32>().value(row), serializer)
            }
            DataType::FixedSizeList(_, _) => {
                Self::list(&array.as_fixed_size_list().value(row), serializer)
            }
            DataType::Map(_, _) => Self::list(&array.as_map().value(row), serializer),
            DataType::Boolean => serializer.serialize_bool(array.as_boolean().value(row)),
            DataType::Float32 => {
                serializer.serialize_f32(array.as_primitive::<Float32Type>().value(row))
            }
            DataType::Float64 => {
                serializer.serialize_f64(array.as_primitive::<Float64Type>().value(row))
            }
            DataType::Decimal128(_, _) => serializer
                .serialize_str(&array.as_primitive::<Decimal128Type>().value_as_string(row)),
            _ => match shown(array, row) {
                Shown::Text(text) => serializer.serialize_str(&text),
                // What is no number with a fraction fits one of the two.
                Shown::Number(digits) => match (digits.parse::<i64>(), digits.parse::<u64>()) {
                    (Ok(number), _) => serializer.serialize_i64(number),
                    (_, Ok(number)) => serializer.serialize_u64(number),
                    _ => serializer.serialize_str(&digits),
                },
                Shown::Null | Shown::Other(_) => serializer.serialize_none(),
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use arrow_array::types::Int32Type;
    use arrow_array::{
        ArrayRef, BinaryArray, BooleanArray, Float64Array, ListArray, StringArray, StructArray,
        UInt64Array,
    };

    #[test]
    fn every_column_is_there() {
        let list =
            ListArray::from_iter_primitive::<Int32Type, _, _>(vec![Some(vec![Some(1), None])]);
        let text = Arc::new(StringArray::from(vec!["say \"é\"\n"])) as ArrayRef;
        let inside = StructArray::try_from(vec![("url", text.clone())]).unwrap();
        let batch = RecordBatch::try_from_iter([
            ("text", text),
            ("meta", Arc::new(inside) as ArrayRef),
            ("list", Arc::new(list) as ArrayRef),
            ("big", Arc::new(UInt64Array::from(vec![u64::MAX])) as ArrayRef),
            ("share", Arc::new(Float64Array::from(vec![0.5])) as ArrayRef),
            ("ok", Arc::new(BooleanArray::from(vec![true])) as ArrayRef),
            ("image", Arc::new(BinaryArray::from(vec![&b"\xff\xd8"[..]])) as ArrayRef),
        ])
        .unwrap();
        let json = serde_json::to_string(&Row { batch: &batch, row: 0 }).unwrap();
        let expected = r#"{"text":"say \"é\"\n","meta":{"url":"say \"é\"\n"},"list":[1,null],"big":18446744073709551615,"share":0.5,"ok":true,"image":null}"#;
        assert_eq!(json, expected);
    }
}
