//! A Parquet file written anew as it was: schema, row groups, codecs, dictionaries, and what else it says about itself.
//!
//! Moments of the old kind INT96 are refused, since they could only be written as another kind.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::sync::Arc;

use arrow_array::RecordBatch;
use arrow_schema::{Field, Schema, SchemaRef};
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::arrow::{ARROW_SCHEMA_META_KEY, ArrowSchemaConverter, ArrowWriter};
use parquet::basic::{Encoding, Type as Kind};
use parquet::file::metadata::{FileMetaData, KeyValue};
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder};
use parquet::schema::types::{SchemaDescriptor, Type};

use crate::read::columns::guarded;
use crate::read::columns::parquet::{Checked, batch_rows, load};

/// A file that is read to be written. Errors are to be put behind its name.
pub(super) struct Original {
    file: Checked,
    contents: ArrowReaderMetadata,
}

impl Original {
    pub(super) fn open(path: &Path) -> Result<Original, String> {
        let (file, contents) = load(path, ArrowReaderOptions::new())?;
        let kinds = contents.parquet_schema().columns().iter();
        match kinds.into_iter().find(|column| column.physical_type() == Kind::INT96) {
            Some(column) => Err(format!(
                "the column `{}` holds moments of the old kind INT96, which cannot be kept",
                column.path().string()
            )),
            None => Ok(Original { file, contents }),
        }
    }

    /// The columns.
    pub(super) fn schema(&self) -> &SchemaRef {
        self.contents.schema()
    }

    /// Number of row groups.
    pub(super) fn groups(&self) -> usize {
        self.contents.metadata().num_row_groups()
    }

    /// All columns of a row group, in batches.
    pub(super) fn batches(
        &self,
        group: usize,
    ) -> Result<impl Iterator<Item = Result<RecordBatch, String>>, String> {
        let contents = self.contents.clone();
        let columns: Vec<usize> = (0..contents.parquet_schema().num_columns()).collect();
        let rows = batch_rows(contents.metadata(), &columns);
        let builder =
            ParquetRecordBatchReaderBuilder::new_with_metadata(self.file.clone(), contents);
        let reader = builder.with_row_groups(vec![group]).with_batch_size(rows).build();
        let mut reader = reader.map_err(|error| error.to_string())?;
        Ok(std::iter::from_fn(move || {
            guarded(|| reader.next().transpose().map_err(|error| error.to_string())).transpose()
        }))
    }

    /// A file like this one, with these columns behind the others.
    pub(super) fn writer(
        &self,
        out: BufWriter<File>,
        marks: Option<&[Field]>,
        schema: SchemaRef,
    ) -> Result<Rewritten, String> {
        let about = self.contents.metadata().file_metadata();
        let root = self.contents.parquet_schema().root_schema();
        let mut fields = root.get_fields().to_vec();
        if let Some(marks) = marks {
            let converted = ArrowSchemaConverter::new().convert(&Schema::new(marks.to_vec()));
            let converted = converted.map_err(|error| error.to_string())?;
            fields.extend_from_slice(converted.root_schema().get_fields());
        }
        let root = Type::group_type_builder(root.name()).with_fields(fields).build();
        let root = root.map_err(|error| error.to_string())?;
        let parquet_schema = SchemaDescriptor::new(Arc::new(root));
        let options = ArrowWriterOptions::new()
            .with_properties(self.properties(about, marks.is_some()))
            // Without new columns it is taken over as it stands, if there is one.
            .with_skip_arrow_metadata(marks.is_none())
            .with_parquet_schema(parquet_schema);
        let writer = ArrowWriter::try_new_with_options(out, schema, options);
        Ok(Rewritten { writer: writer.map_err(|error| error.to_string())? })
    }

    fn properties(&self, about: &FileMetaData, is_marked: bool) -> WriterProperties {
        let told = about.key_value_metadata().into_iter().flatten();
        let told: Vec<KeyValue> = told
            .filter(|told| !(is_marked && told.key == ARROW_SCHEMA_META_KEY))
            .cloned()
            .collect();
        let properties = WriterProperties::builder()
            .set_key_value_metadata(Some(told).filter(|told| !told.is_empty()))
            // Row groups end where they ended before.
            .set_max_row_group_row_count(None);
        let Some(group) = self.contents.metadata().row_groups().first() else {
            return properties.build();
        };
        let properties = properties.set_sorting_columns(group.sorting_columns().cloned());
        let like = |properties: WriterPropertiesBuilder,
                    column: &parquet::file::metadata::ColumnChunkMetaData| {
            let path = column.column_path().clone();
            let mut encodings = column.encodings();
            let has_dictionary = encodings.any(|encoding| {
                matches!(encoding, Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY)
            });
            properties
                .set_column_compression(path.clone(), column.compression())
                .set_column_dictionary_enabled(path, has_dictionary)
        };
        group.columns().iter().fold(properties, like).build()
    }
}

/// A file that is being written.
pub(super) struct Rewritten {
    writer: ArrowWriter<BufWriter<File>>,
}

impl Rewritten {
    /// Adds rows to the row group.
    pub(super) fn write(&mut self, batch: &RecordBatch) -> Result<(), String> {
        self.writer.write(batch).map_err(|error| error.to_string())
    }

    /// Ends the row group, if there is anything in it.
    pub(super) fn end_group(&mut self) -> Result<(), String> {
        self.writer.flush().map_err(|error| error.to_string())
    }

    /// Writes the table of contents.
    pub(super) fn finish(self) -> Result<(), String> {
        let out = self.writer.into_inner().map_err(|error| error.to_string());
        out?.flush().map_err(|error| error.to_string())
    }
}
