//! The columns of a Parquet file that hold strings or bytes. One chunk of one
//! column is in memory at a time, however large the file is.

use std::collections::HashMap;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use parquet::column::reader::{ColumnReader, ColumnReaderImpl, get_column_reader};
use parquet::data_type::{ByteArray, ByteArrayType};
use parquet::errors::ParquetError;
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::serialized_reader::SerializedPageReader;
use sha2::{Digest, Sha256};

use super::excerpt::Excerpt;
use super::thrift::{self, Told};
use super::{LARGEST, footer};
use crate::container::cursor::Cursor;
use crate::container::{Budget, ReadAt, Refusal};

/// How many records are decoded at once.
const BATCH: usize = 8192;

/// A run of equal values takes a few bytes, however long it is: this is where
/// a column is not believed any more.
const MOST: u64 = 100_000_000;

/// A row group and a column of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Chunk {
    pub group: usize,
    pub column: usize,
}

/// Takes a value and the row in which it stands.
type EachValue<'e> = dyn FnMut(&[u8], u64) -> Result<(), Refusal> + 'e;

/// Values with the levels that say which of them are missing or in lists.
#[derive(Default)]
pub(super) struct Batch {
    pub values: Vec<ByteArray>,
    definitions: Vec<i16>,
    repetitions: Vec<i16>,
}

impl Batch {
    /// Which values are missing; nothing, if none can be.
    pub fn definitions(&self) -> Option<&[i16]> {
        Some(self.definitions.as_slice()).filter(|levels| !levels.is_empty())
    }

    /// Which values belong to one list; nothing, if there are no lists.
    pub fn repetitions(&self) -> Option<&[i16]> {
        Some(self.repetitions.as_slice()).filter(|levels| !levels.is_empty())
    }
}

/// An open file.
pub(super) struct Columns<'b> {
    source: &'b dyn ReadAt,
    pub metadata: ParquetMetaData,
    budget: &'b Budget,
}

impl<'b> Columns<'b> {
    pub fn open(source: &'b dyn ReadAt, budget: &'b Budget) -> Result<Self, Refusal> {
        let start = footer::span(source)?.start;
        let tail = Excerpt::of(source, start..source.len())?;
        let metadata = guarded(|| ParquetMetaDataReader::new().parse_and_finish(&tail))?;
        Ok(Self {
            source,
            metadata,
            budget,
        })
    }

    /// The chunks that hold strings or bytes, in their order.
    pub fn chunks(&self) -> Vec<Chunk> {
        let mut chunks = self.texts();
        chunks.retain(|chunk| self.afford(*chunk).is_ok());
        chunks
    }

    /// Those among them that nobody can look at, and why.
    pub fn refused(&self) -> impl Iterator<Item = (Chunk, Refusal)> {
        let texts = self.texts().into_iter();
        texts.filter_map(|chunk| Some((chunk, self.afford(chunk).err()?)))
    }

    fn texts(&self) -> Vec<Chunk> {
        let groups = self.metadata.row_groups().iter().enumerate();
        let chunks = groups.flat_map(|(group, meta)| {
            let columns = 0..meta.columns().len();
            columns.map(move |column| Chunk { group, column })
        });
        let is_text = |chunk: &Chunk| {
            self.meta(*chunk)
                .is_some_and(|it| it.column_type() == parquet::basic::Type::BYTE_ARRAY)
        };
        chunks.filter(is_text).collect()
    }

    pub fn meta(&self, chunk: Chunk) -> Option<&ColumnChunkMetaData> {
        let group = self.metadata.row_groups().get(chunk.group)?;
        group.columns().get(chunk.column)
    }

    /// Where a chunk stands in the file.
    fn span(&self, chunk: Chunk) -> Range<u64> {
        let span = self.meta(chunk).and_then(|meta| {
            // The crate asserts that both are not negative.
            let start = meta
                .dictionary_page_offset()
                .unwrap_or(meta.data_page_offset());
            let start = u64::try_from(start).ok()?;
            let end = start.checked_add(u64::try_from(meta.compressed_size()).ok()?)?;
            (end <= self.source.len()).then_some(start..end)
        });
        span.unwrap_or_default()
    }

    /// A chunk as it stands in the file.
    pub fn excerpt(&self, chunk: Chunk) -> Result<Excerpt, Refusal> {
        Excerpt::of(self.source, self.span(chunk))
    }

    /// Hands out all values of a chunk, batch by batch.
    pub fn batches(
        &self,
        chunk: Chunk,
        each: &mut dyn FnMut(Batch) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let mut reader = self.values(chunk)?;
        let mut total = 0;
        loop {
            let mut batch = Batch::default();
            let (records, levels, _) = guarded(|| {
                reader.read_records(
                    BATCH,
                    Some(&mut batch.definitions),
                    Some(&mut batch.repetitions),
                    &mut batch.values,
                )
            })?;
            total += levels.max(records) as u64;
            if total > MOST {
                let why = format!("a column has more than {MOST} values");
                return Err(Refusal::Limit(why));
            }
            if records == 0 && levels == 0 {
                return Ok(());
            }
            each(batch)?;
        }
    }

    /// Each value of a chunk once, with the row in which it stands first.
    pub fn distinct(&self, chunk: Chunk, each: &mut EachValue<'_>) -> Result<(), Refusal> {
        let mut seen = HashMap::new();
        let mut row = 0;
        self.batches(chunk, &mut |batch| {
            for value in &batch.values {
                row += 1;
                let is_new = seen.insert(sum(value.data()), ()).is_none();
                if is_new {
                    each(value.data(), row)?;
                }
            }
            Ok(())
        })
    }

    fn values(&self, chunk: Chunk) -> Result<ColumnReaderImpl<ByteArrayType>, Refusal> {
        let missing = || Refusal::Malformed("a column is missing".to_owned());
        let excerpt = Arc::new(self.excerpt(chunk)?);
        let groups = self.metadata.row_groups();
        let rows = groups.get(chunk.group).map(|group| group.num_rows());
        let rows = rows.and_then(|rows| usize::try_from(rows).ok());
        let (meta, rows) = self.meta(chunk).zip(rows).ok_or_else(missing)?;
        let reader = guarded(|| {
            let pages = SerializedPageReader::new(excerpt, meta, rows, None)?;
            Ok(get_column_reader(meta.column_descr_ptr(), Box::new(pages)))
        })?;
        match reader {
            ColumnReader::ByteArrayColumnReader(reader) => Ok(reader),
            _ => Err(missing()),
        }
    }

    /// Counts what comes out of the pages of a chunk, by their headers, before
    /// any of them is taken out of its compression.
    fn afford(&self, chunk: Chunk) -> Result<(), Refusal> {
        let span = self.span(chunk);
        let len = span.end - span.start;
        if len > LARGEST {
            let why = "a column of more than 1 GiB in one row group was not looked at";
            return Err(Refusal::Limit(why.to_owned()));
        }
        let mut cursor = Cursor::within(self.source, span);
        let mut unpacked = 0_u64;
        while cursor.left() > 0 {
            let (mut inner, mut outer) = (0, 0);
            thrift::walk(&mut cursor, &mut |path, told| match (path, told) {
                ([2], Told::Number(len)) => inner = len,
                ([3], Told::Number(len)) => outer = len,
                _ => {}
            })?;
            let size = |len| u64::try_from(len);
            let sizes = size(inner).ok().zip(size(outer).ok());
            let (inner, outer) =
                sizes.ok_or_else(|| Refusal::Malformed("a page with a negative length".into()))?;
            cursor.skip(outer)?;
            unpacked = unpacked.saturating_add(inner);
        }
        // A column is decoded more than once: each time it may be as large.
        Budget::new(self.budget.limits).spend(len, unpacked)
    }
}

/// Strings of a column can be many: what is known of each is its digest.
fn sum(bytes: &[u8]) -> [u8; 16] {
    let mut sum = [0; 16];
    let digest = Sha256::digest(bytes);
    let len = sum.len();
    if let Some(first) = digest.get(..len) {
        sum.copy_from_slice(first);
    }
    sum
}

/// Calls the crate that decodes the format. It is careful with broken files,
/// but not everywhere: where it gives up by a panic, that is an answer too.
pub(super) fn guarded<T>(call: impl FnOnce() -> Result<T, ParquetError>) -> Result<T, Refusal> {
    match catch_unwind(AssertUnwindSafe(call)) {
        Ok(Ok(value)) => Ok(value),
        // The message may quote what it read.
        Ok(Err(_)) | Err(_) => Err(Refusal::Malformed(
            "its columns cannot be decoded".to_owned(),
        )),
    }
}
