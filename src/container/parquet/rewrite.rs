//! Writes a Parquet file anew in which some cells are others.
//!
//! A column without a change is copied as it is, byte for byte. A column with
//! one is encoded and compressed as it was, with statistics and filters of its
//! new values: the old ones quote cells. So do indexes of pages: those of a
//! copied column are copied, too, and those of another are made anew.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::writer::ColumnCloseResult;
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader,
};
use parquet::file::properties::{EnabledStatistics, ReaderProperties, WriterProperties};
use parquet::file::reader::FileReader;
use parquet::file::serialized_reader::{ReadOptionsBuilder, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};

use super::columns::{Batch, Chunk, Columns, guarded};
use crate::container::Refusal;

/// Of each chunk the values that are others from now on.
pub(super) type Changes = BTreeMap<Chunk, HashMap<Vec<u8>, Vec<u8>>>;

/// The whole new file.
pub(super) fn rewritten(
    columns: &Columns<'_>,
    old: Bytes,
    changes: &Changes,
) -> Result<Vec<u8>, Refusal> {
    let metadata = &columns.metadata;
    let old = Old::open(old)?;
    let schema = metadata.file_metadata().schema_descr().root_schema_ptr();
    let properties = Arc::new(properties(metadata, changes));
    let mut file = Vec::with_capacity(old.bytes.len());
    let mut writer = guarded(|| SerializedFileWriter::new(&mut file, schema, properties))?;
    for (group, meta) in metadata.row_groups().iter().enumerate() {
        let mut rows = guarded(|| writer.next_row_group())?;
        for column in 0..meta.columns().len() {
            let chunk = Chunk { group, column };
            match changes.get(&chunk) {
                Some(changes) => change(columns, chunk, changes, &mut rows)?,
                None => old.copy(chunk, &mut rows)?,
            }
        }
        guarded(|| rows.close())?;
    }
    guarded(|| writer.close())?;
    Ok(file)
}

/// The whole file as it was.
struct Old {
    bytes: Bytes,
    reader: SerializedFileReader<Bytes>,
    /// Its metadata with the indexes of its pages. Nothing is read by them: if
    /// they are broken they are left out.
    indexes: Option<ParquetMetaData>,
}

fn has_offsets(meta: &ColumnChunkMetaData) -> bool {
    meta.offset_index_range().is_some()
}

/// Everything that the file says of itself, and how each column is written.
fn properties(metadata: &ParquetMetaData, changes: &Changes) -> WriterProperties {
    let file = metadata.file_metadata();
    let sorting = metadata
        .row_groups()
        .first()
        .and_then(|it| it.sorting_columns());
    let mut builder = WriterProperties::builder()
        .set_key_value_metadata(file.key_value_metadata().cloned())
        .set_sorting_columns(sorting.cloned())
        .set_offset_index_disabled(
            !(metadata.row_groups().iter()).any(|group| group.columns().iter().any(has_offsets)),
        )
        .set_statistics_enabled(EnabledStatistics::Chunk);
    if let Some(program) = file.created_by() {
        builder = builder.set_created_by(program.to_owned());
    }
    for chunk in changes.keys() {
        let groups = metadata.row_groups();
        let meta = groups
            .get(chunk.group)
            .and_then(|it| it.columns().get(chunk.column));
        let Some(meta) = meta else { continue };
        let path = meta.column_path().clone();
        builder = builder
            .set_column_compression(path.clone(), meta.compression())
            .set_column_dictionary_enabled(path.clone(), has_dictionary(meta))
            .set_column_bloom_filter_enabled(path.clone(), meta.bloom_filter_offset().is_some());
        if let Some(encoding) = encoding(meta) {
            builder = builder.set_column_encoding(path.clone(), encoding);
        }
        let statistics = match meta.statistics() {
            _ if meta.column_index_range().is_some() => EnabledStatistics::Page,
            Some(_) => EnabledStatistics::Chunk,
            None => EnabledStatistics::None,
        };
        builder = builder.set_column_statistics_enabled(path, statistics);
    }
    builder.build()
}

fn has_dictionary(meta: &ColumnChunkMetaData) -> bool {
    let mut encodings = meta.encodings();
    #[allow(deprecated, reason = "old files have it")]
    encodings.any(|it| matches!(it, Encoding::RLE_DICTIONARY | Encoding::PLAIN_DICTIONARY))
}

/// How strings are encoded beside a dictionary.
fn encoding(meta: &ColumnChunkMetaData) -> Option<Encoding> {
    let mut encodings = meta.encodings();
    encodings.find(|it| {
        matches!(
            it,
            Encoding::DELTA_BYTE_ARRAY | Encoding::DELTA_LENGTH_BYTE_ARRAY
        )
    })
}

impl Old {
    fn open(bytes: Bytes) -> Result<Self, Refusal> {
        let filters = ReaderProperties::builder().set_read_bloom_filter(true);
        let options = ReadOptionsBuilder::new().with_reader_properties(filters.build());
        let options = options.build();
        let reader = guarded(|| SerializedFileReader::new_with_options(bytes.clone(), options))?;
        let all = ParquetMetaDataReader::new().with_page_index_policy(PageIndexPolicy::Optional);
        let indexes = guarded(|| all.parse_and_finish(&bytes)).ok();
        Ok(Self {
            bytes,
            reader,
            indexes,
        })
    }

    /// Copies a column chunk as it is.
    fn copy(
        &self,
        chunk: Chunk,
        to: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
    ) -> Result<(), Refusal> {
        let missing = || ParquetError::General("a column is missing".to_owned());
        guarded(|| {
            let group = self.reader.get_row_group(chunk.group)?;
            let columns = group.metadata().columns();
            let meta = columns.get(chunk.column).ok_or_else(missing)?;
            let indexes = self.indexes.as_ref();
            let indexes = indexes.map(|all| all.page_index_for_row_group(chunk.group));
            let indexes = indexes.as_ref();
            // What stands elsewhere in the old file is told anew.
            let metadata = meta
                .clone()
                .into_builder()
                .set_column_index_offset(None)
                .set_column_index_length(None)
                .set_offset_index_offset(None)
                .set_offset_index_length(None)
                .build()?;
            let close = ColumnCloseResult {
                bytes_written: u64::try_from(meta.compressed_size()).unwrap_or(0),
                rows_written: u64::try_from(group.metadata().num_rows()).unwrap_or(0),
                metadata,
                bloom_filter: group.get_column_bloom_filter(chunk.column).cloned(),
                column_index: indexes.and_then(|it| it.column_index(chunk.column).cloned()),
                offset_index: indexes.and_then(|it| it.offset_index(chunk.column).cloned()),
            };
            to.append_column::<Bytes>(&self.bytes, close)
        })
    }
}

/// Writes a column chunk anew.
fn change(
    columns: &Columns<'_>,
    chunk: Chunk,
    changes: &HashMap<Vec<u8>, Vec<u8>>,
    to: &mut SerializedRowGroupWriter<'_, &mut Vec<u8>>,
) -> Result<(), Refusal> {
    let missing = || ParquetError::General("a column is missing".to_owned());
    let mut writer = guarded(|| to.next_column()?.ok_or_else(missing))?;
    columns.batches(chunk, &mut |mut batch: Batch| {
        for value in &mut batch.values {
            if let Some(new) = changes.get(value.data()) {
                *value = ByteArray::from(new.clone());
            }
        }
        guarded(|| {
            writer.typed::<ByteArrayType>().write_batch(
                &batch.values,
                batch.definitions(),
                batch.repetitions(),
            )
        })?;
        Ok(())
    })?;
    guarded(|| writer.close())
}
