//! The log of a run of Weights & Biases (`run-….wandb`): records cut into
//! chunks within blocks of 32 KiB, each chunk with its checksum.
//!
//! A record is put together from its chunks, walked over, and a string in it
//! replaced by one of the same length; so chunks stay where they are and only
//! their checksums are mended.

use std::ops::Range;

use super::cursor::Cursor;
use super::protobuf::model::Outline;
use super::protobuf::schema::WANDB;
use super::protobuf::{self, Told, Walker};
use super::strings::{self, Field, Tell};
use super::{Budget, Change, Container, Patch, ReadAt, Refusal, Room, Take};

/// Four letters, a magic number and a version.
const MAGIC: &[u8] = b":W&B\xe1\xbe\x00";

const BLOCK: u64 = 32 * 1024;

/// A checksum of four bytes, a length of two, a type of one.
const HEAD: u64 = 7;

/// No record is as large; a file that says so is broken.
const LARGEST: usize = 1 << 30;

/// Types of chunks.
const FULL: u8 = 1;
const FIRST: u8 = 2;
const MIDDLE: u8 = 3;
const LAST: u8 = 4;

/// Opens the log of a run: told by its first bytes.
pub(super) fn open<'s>(
    _: &str,
    source: &'s dyn ReadAt,
    _: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let is_log = source.begins(MAGIC)?;
    Ok(is_log.then(|| Box::new(Wandb { source }) as Box<dyn Container>))
}

/// The log of a run.
struct Wandb<'a> {
    source: &'a dyn ReadAt,
}

/// A piece of a record: its type stands before its data in the checksum.
struct Chunk {
    kind: u8,
    checksum: u32,
    data: Range<u64>,
}

/// A record put together.
#[derive(Default)]
struct Record {
    number: usize,
    bytes: Vec<u8>,
    chunks: Vec<Chunk>,
}

impl<'a> Wandb<'a> {
    fn records(&self, mut each: impl FnMut(&Record) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let mut cursor = Cursor::new(self.source);
        cursor.skip(MAGIC.len() as u64)?;
        let mut record = Record {
            number: 1,
            ..Record::default()
        };
        while let Some(chunk) = next_chunk(&mut cursor)? {
            let is_end = matches!(chunk.kind, FULL | LAST);
            record.add(chunk, self.source)?;
            if is_end {
                each(&record)?;
                record = Record {
                    number: record.number + 1,
                    ..Record::default()
                };
            }
        }
        match record.chunks.is_empty() {
            true => Ok(()),
            // The program that wrote it was ended; readers leave it out too,
            // but what stands there may be a secret all the same.
            false => each(&record),
        }
    }

    /// Strings with offsets within their record. What was cut off in the
    /// middle is no message any more and is one string.
    fn told(
        record: &Record,
        tell: &mut dyn FnMut(Told<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let bytes = record.bytes.as_slice();
        let place = format!("record {}", record.number);
        match protobuf::is_message(bytes, &WANDB) {
            true => Walker::new(&bytes, tell).walk(&place, &WANDB),
            false => tell(Told::Text(Field::utf8(place, None, 0, bytes))),
        }
    }

    /// Strings with offsets that count through all records.
    fn strings(&self, tell: &mut Tell<'_>) -> Result<(), Refusal> {
        let mut start = 0;
        self.records(|record| {
            Self::told(record, &mut |told| match told {
                Told::Text(mut field) => {
                    field.at += start;
                    tell(field)
                }
                Told::Shape { .. } => Ok(()),
            })?;
            start += record.bytes.len() as u64;
            Ok(())
        })
    }
}

impl Container for Wandb<'_> {
    fn title(&self) -> &'static str {
        "log of a Weights & Biases run"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        strings::show(&|tell| self.strings(tell), Room::Same, take)
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        let within = strings::replace(&|tell| self.strings(tell), changes)?;
        let mut patches = Vec::new();
        let mut start = 0;
        self.records(|record| {
            let end = start + record.bytes.len() as u64;
            let first = within.partition_point(|patch| patch.span.start < start);
            let next = within.partition_point(|patch| patch.span.start < end);
            if first < next {
                let new = record.with(&within[first..next], start)?;
                record.patch(&new, &mut patches)?;
            }
            start = end;
            Ok(())
        })?;
        Ok(patches)
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let mut lines = Vec::new();
        self.records(|record| {
            let mut outline = Outline::default();
            Self::told(record, &mut |told| {
                outline.add(&told);
                Ok(())
            })?;
            let (number, line) = (record.number, outline.line());
            let chunks: Vec<_> = record.chunks.iter().map(|it| it.data.clone()).collect();
            lines.push(format!("record {number}: {line}, at {chunks:?}"));
            Ok(())
        })?;
        Ok(lines)
    }
}

impl Record {
    fn add(&mut self, chunk: Chunk, source: &dyn ReadAt) -> Result<(), Refusal> {
        let fits = match chunk.kind {
            FULL | FIRST => self.chunks.is_empty(),
            MIDDLE | LAST => !self.chunks.is_empty(),
            _ => false,
        };
        let data = source.read_at(chunk.data.clone())?;
        if !fits || checksum(chunk.kind, &data) != chunk.checksum {
            let at = chunk.data.start;
            let why = format!("at byte {at}: a chunk whose type or checksum does not hold");
            return Err(Refusal::Malformed(why));
        }
        if self.bytes.len() + data.len() > LARGEST {
            let why = format!("record {} is larger than 1 GiB", self.number);
            return Err(Refusal::Limit(why));
        }
        self.bytes.extend_from_slice(&data);
        self.chunks.push(chunk);
        Ok(())
    }

    /// The record with `patches` on it, whose offsets begin at `start`.
    fn with(&self, patches: &[Patch], start: u64) -> Result<Vec<u8>, Refusal> {
        let mut new = self.bytes.clone();
        for patch in patches {
            let index = |at: u64| usize::try_from(at - start).ok();
            let place = index(patch.span.start)
                .zip(index(patch.span.end))
                .and_then(|(start, end)| new.get_mut(start..end))
                .filter(|place| place.len() == patch.bytes.len());
            let place = place.ok_or_else(|| Refusal::Malformed("a string is gone".into()))?;
            place.copy_from_slice(&patch.bytes);
        }
        Ok(new)
    }

    /// Patches for the chunks in which `new` differs, with their checksums.
    fn patch(&self, new: &[u8], patches: &mut Vec<Patch>) -> Result<(), Refusal> {
        let mut at = 0_usize;
        for chunk in &self.chunks {
            let len = usize::try_from(chunk.data.end - chunk.data.start).unwrap_or(usize::MAX);
            let range = at..at.saturating_add(len);
            let pieces = new.get(range.clone()).zip(self.bytes.get(range));
            let (piece, old) =
                pieces.ok_or_else(|| Refusal::Malformed("a chunk is gone".into()))?;
            if piece != old {
                let head = chunk.data.start - HEAD;
                patches.push(Patch {
                    span: head..head + 4,
                    bytes: checksum(chunk.kind, piece).to_le_bytes().to_vec(),
                });
                patches.push(Patch {
                    span: chunk.data.clone(),
                    bytes: piece.to_vec(),
                });
            }
            at += len;
        }
        Ok(())
    }
}

/// The next chunk; `None` at the end of the file, or where it was cut off.
fn next_chunk(cursor: &mut Cursor<'_>) -> Result<Option<Chunk>, Refusal> {
    loop {
        let rest = BLOCK - cursor.at() % BLOCK;
        if rest < HEAD {
            // Too little for another chunk: zeros up to the next block.
            cursor.skip(rest.min(cursor.left()))?;
        }
        if cursor.left() < HEAD {
            return Ok(None);
        }
        let checksum = cursor.u32()?;
        let len = u64::from(cursor.u16()?);
        let kind = cursor.u8()?;
        if kind == 0 && len == 0 && checksum == 0 {
            // A block that was made room for and never written.
            let rest = (BLOCK - cursor.at() % BLOCK) % BLOCK;
            cursor.skip(rest.min(cursor.left()))?;
            continue;
        }
        if len > cursor.left() {
            return Ok(None);
        }
        let start = cursor.at();
        cursor.skip(len)?;
        return Ok(Some(Chunk {
            kind,
            checksum,
            data: start..start + len,
        }));
    }
}

/// CRC-32 over the type of a chunk and its data.
fn checksum(kind: u8, data: &[u8]) -> u32 {
    let mut hasher = crc32fast::Hasher::new();
    hasher.update(&[kind]);
    hasher.update(data);
    hasher.finalize()
}
