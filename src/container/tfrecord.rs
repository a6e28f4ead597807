//! TFRecord files, of which the event files of TensorBoard are one: records
//! with a checksum of their length and one of their data.
//!
//! A reader stops at the first checksum that does not hold and says nothing,
//! so all that come after would be lost: a record whose string is replaced
//! gets a new one. A record that is wrong already stays as it is.

use super::cursor::Cursor;
use super::protobuf::model::Outline;
use super::protobuf::schema::{self, Schema};
use super::protobuf::{self, Told, Walker};
use super::strings::{self, Field, Tell};
use super::{Budget, Change, Container, Patch, ReadAt, Refusal, Room, Take};

/// A length of eight bytes and its checksum.
const HEAD: u64 = 12;

/// The checksum after the data.
const FOOT: u64 = 4;

/// What the first event of a log of TensorBoard says of itself.
const EVENTS: &[u8] = b"brain.Event:";

/// Opens a file of records: told by the checksum of the first length.
pub(super) fn open<'s>(
    _: &str,
    source: &'s dyn ReadAt,
    _: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let head = source.start(HEAD)?;
    let is_record = head
        .split_first_chunk::<8>()
        .is_some_and(|(len, sum)| u64::from_le_bytes(*len) > 0 && sum == masked(len).to_le_bytes());
    Ok(is_record.then(|| Box::new(TfRecords { source }) as Box<dyn Container>))
}

/// A file of records.
struct TfRecords<'a> {
    source: &'a dyn ReadAt,
}

/// One record, or the unfinished rest of a file that is being written.
struct Record {
    number: usize,
    start: u64,
    len: u64,
    is_whole: bool,
}

impl<'a> TfRecords<'a> {
    fn records(&self, mut each: impl FnMut(Record) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let mut cursor = Cursor::new(self.source);
        let mut number = 1;
        while cursor.left() > 0 {
            let len = match cursor.left() < HEAD {
                true => None,
                false => self.length(&mut cursor, number)?,
            };
            let start = cursor.at();
            each(Record {
                number,
                start,
                len: len.unwrap_or(self.source.len() - start),
                is_whole: len.is_some(),
            })?;
            let Some(len) = len else { break };
            cursor.skip(len + FOOT)?;
            number += 1;
        }
        Ok(())
    }

    /// The length of the next record; `None` if it is not written to its end.
    fn length(&self, cursor: &mut Cursor<'_>, number: usize) -> Result<Option<u64>, Refusal> {
        let len: [u8; 8] = cursor.array()?;
        if cursor.u32()? != masked(&len) {
            let why = format!("record {number}: its length and the checksum of it do not agree");
            return Err(Refusal::Malformed(why));
        }
        let len = u64::from_le_bytes(len);
        Ok((len.saturating_add(FOOT) <= cursor.left()).then_some(len))
    }

    fn walk(&self, tell: &mut dyn FnMut(Told<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let mut schema = &schema::UNKNOWN;
        self.records(|record| {
            if record.number == 1 && self.is_event(&record)? {
                schema = &schema::EVENT;
            }
            self.record(&record, schema, tell)
        })
    }

    fn is_event(&self, record: &Record) -> Result<bool, Refusal> {
        let end = record.start + record.len.min(64);
        let head = self.source.read_at(record.start..end)?;
        Ok(memchr::memmem::find(&head, EVENTS).is_some())
    }

    /// A record is a message, unless its bytes say that it is not.
    fn record(
        &self,
        record: &Record,
        schema: &'static Schema,
        tell: &mut dyn FnMut(Told<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let place = format!("record {}", record.number);
        let span = record.start..record.start + record.len;
        let mut cursor = Cursor::within(self.source, span.clone());
        let bytes = cursor.take(record.len)?;
        match record.is_whole && protobuf::is_message(bytes, schema) {
            true => Walker::within(self.source, span, tell).walk(&place, schema),
            false => tell(Told::Text(Field::utf8(place, None, record.start, bytes))),
        }
    }

    fn strings(&self, tell: &mut Tell<'_>) -> Result<(), Refusal> {
        self.walk(&mut |told| match told {
            Told::Text(field) => tell(field),
            Told::Shape { .. } => Ok(()),
        })
    }

    /// The new checksum of a record with `patches` in it.
    fn mended(&self, record: &Record, patches: &[Patch]) -> Result<Patch, Refusal> {
        let end = record.start + record.len;
        let old = self.source.read_at(record.start..end)?;
        let foot: [u8; 4] = Cursor::within(self.source, end..end + FOOT).array()?;
        if u32::from_le_bytes(foot) != masked(&old) {
            let number = record.number;
            let why = format!(
                "record {number}: its data and the checksum of it do not agree: readers stop there"
            );
            return Err(Refusal::Malformed(why));
        }
        let mut new = old.into_owned();
        for patch in patches {
            let index = |at: u64| usize::try_from(at - record.start).ok();
            let place = index(patch.span.start)
                .zip(index(patch.span.end))
                .and_then(|(start, end)| new.get_mut(start..end));
            let place = place.filter(|place| place.len() == patch.bytes.len());
            let place = place.ok_or_else(|| Refusal::Malformed("a string is gone".into()))?;
            place.copy_from_slice(&patch.bytes);
        }
        Ok(Patch {
            span: end..end + FOOT,
            bytes: masked(&new).to_le_bytes().to_vec(),
        })
    }
}

impl Container for TfRecords<'_> {
    fn title(&self) -> &'static str {
        "TFRecord file"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        strings::show(&|tell| self.strings(tell), Room::Same, take)
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        let mut patches = strings::replace(&|tell| self.strings(tell), changes)?;
        let mut mended = Vec::new();
        self.records(|record| {
            let end = record.start + record.len;
            let first = patches.partition_point(|patch| patch.span.start < record.start);
            let next = patches.partition_point(|patch| patch.span.start < end);
            if record.is_whole && first < next {
                mended.push(self.mended(&record, &patches[first..next])?);
            }
            Ok(())
        })?;
        patches.extend(mended);
        patches.sort_by_key(|patch| patch.span.start);
        Ok(patches)
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let mut lines = Vec::new();
        let mut schema = &schema::UNKNOWN;
        self.records(|record| {
            if record.number == 1 && self.is_event(&record)? {
                schema = &schema::EVENT;
            }
            let mut outline = Outline::default();
            self.record(&record, schema, &mut |told| {
                outline.add(&told);
                Ok(())
            })?;
            let (number, len, line) = (record.number, record.len, outline.line());
            lines.push(format!("record {number}: {len} bytes, {line}"));
            Ok(())
        })?;
        Ok(lines)
    }
}

/// The checksum of the format: CRC-32C, turned and moved so that a checksum of
/// checksums is no trouble.
fn masked(bytes: &[u8]) -> u32 {
    crc32c::crc32c(bytes)
        .rotate_right(15)
        .wrapping_add(0xa282_ead8)
}
