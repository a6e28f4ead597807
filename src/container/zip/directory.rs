//! The central directory of a zip archive: which members there are, and where
//! each number stands that depends on them.
//!
//! Read by hand, since a change is put into the bytes as they are: every
//! record keeps the places of its numbers, be they narrow or in a field of
//! zip64. All places are those in the file, whatever stands before the
//! archive.

use std::ops::Range;

use super::super::numbers::{u16_at, u32_at, u64_at};
use super::super::{Budget, ReadAt, Refusal};

const END: &[u8] = b"PK\x05\x06";
const END_LEN: u64 = 22;
const LOCATOR: &[u8] = b"PK\x06\x07";
const LOCATOR_LEN: u64 = 20;
const END64: &[u8] = b"PK\x06\x06";
const RECORD: &[u8] = b"PK\x01\x02";
const RECORD_LEN: usize = 46;
/// No directory of a real archive is larger.
const LARGEST: u64 = 512 << 20;

/// Where a number stands, and how wide it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Its first byte.
    pub at: u64,
    /// Eight bytes rather than four.
    pub wide: bool,
}

/// A number, and where it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Number {
    /// The number.
    pub value: u64,
    /// Where it stands.
    pub field: Field,
}

/// What the directory says of a member.
#[derive(Debug, Clone)]
pub struct Record {
    /// Its name as it stands there.
    pub raw_name: Vec<u8>,
    /// Bits: encrypted, with a descriptor, name in UTF-8.
    pub flags: u16,
    /// How it is compressed.
    pub method: u16,
    /// The checksum of its content.
    pub crc: u32,
    /// Where the checksum stands.
    pub crc_at: u64,
    /// How many bytes it takes.
    pub packed: Number,
    /// How many bytes its content has.
    pub unpacked: Number,
    /// What the directory calls the place of its local header.
    pub offset: Number,
    /// Where its local header is.
    pub header: u64,
    /// What is said about it.
    pub comment: Vec<u8>,
    /// Where that stands.
    pub comment_at: u64,
    /// Everything else: versions, times, attributes, other fields.
    pub rest: Vec<u8>,
}

/// The directory of an archive.
#[derive(Debug)]
pub struct Directory {
    /// The members, in the order of the directory.
    pub records: Vec<Record>,
    /// Where the directory stands.
    pub span: Range<u64>,
    /// The numbers that say where the directory is, and where its second end.
    pub offsets: Vec<Number>,
    /// Bytes before the archive that the offsets don't count.
    pub prefix: u64,
    /// The archive's comment.
    pub comment: Vec<u8>,
    /// Where it stands.
    pub comment_at: u64,
}

/// How the archive ends.
struct End {
    at: u64,
    count: u64,
    size: u64,
    offset: Number,
    /// The same once more, if the second end says it, too.
    narrow_offset: Option<Number>,
    comment: Vec<u8>,
    /// Where the second end of zip64 is, and who says so.
    second: Option<(u64, Number)>,
}

impl Directory {
    /// Reads it. `None` if the bytes have no end of an archive.
    pub fn read(bytes: &dyn ReadAt, budget: &Budget) -> Result<Option<Self>, Refusal> {
        let Some(end) = End::find(bytes)? else {
            return Ok(None);
        };
        budget.count(end.count)?;
        let stop = end.second.map_or(end.at, |(at, _)| at);
        let start = stop
            .checked_sub(end.size)
            .filter(|_| end.size <= LARGEST)
            .ok_or_else(|| broken("its directory is larger than the file"))?;
        let prefix = start
            .checked_sub(end.offset.value)
            .ok_or_else(|| broken("its directory is not where it says"))?;
        let span = start..stop;
        let records = records(&bytes.read_at(span.clone())?, start, prefix, budget)?;
        if records.len() as u64 != end.count {
            return Err(broken("its directory has another number of members"));
        }
        let mut offsets = vec![end.offset];
        offsets.extend(end.narrow_offset);
        offsets.extend(end.second.map(|(_, number)| number));
        Ok(Some(Self {
            records,
            span,
            offsets,
            prefix,
            comment_at: end.at + END_LEN,
            comment: end.comment,
        }))
    }
}

impl End {
    /// The last end in the file whose comment is not cut off.
    fn find(bytes: &dyn ReadAt) -> Result<Option<Self>, Refusal> {
        let len = bytes.len();
        let from = len.saturating_sub(END_LEN + u64::from(u16::MAX));
        let tail = bytes.read_at(from..len)?;
        for at in memchr::memmem::rfind_iter(&tail, END) {
            let end = &tail[at..];
            let comment = u16_at(end, 20).map(usize::from);
            let comment = comment.and_then(|len| end.get(22..22 + len));
            let Some(comment) = comment else { continue };
            let narrow = Self::narrow(end, from + at as u64, comment);
            return match narrow {
                Some(end) => end.widened(bytes).map(Some),
                None => Ok(None),
            };
        }
        Ok(None)
    }

    fn narrow(end: &[u8], at: u64, comment: &[u8]) -> Option<Self> {
        Some(Self {
            at,
            count: u64::from(u16_at(end, 10)?),
            size: u64::from(u32_at(end, 12)?),
            offset: Number {
                value: u64::from(u32_at(end, 16)?),
                field: Field {
                    at: at + 16,
                    wide: false,
                },
            },
            narrow_offset: None,
            comment: comment.to_vec(),
            second: None,
        })
    }

    /// With what the second end says, if there is one.
    fn widened(mut self, bytes: &dyn ReadAt) -> Result<Self, Refusal> {
        let Some(locator_at) = self.at.checked_sub(LOCATOR_LEN) else {
            return Ok(self);
        };
        let locator = bytes.read_at(locator_at..self.at)?;
        if !locator.starts_with(LOCATOR) {
            return Ok(self);
        }
        let said = u64_at(&locator, 8).unwrap_or_default();
        // With bytes before the archive it stands later than it says; it is
        // of the usual length then.
        let usual = locator_at.saturating_sub(56);
        let place = [said, usual].into_iter().find(|&at| {
            let end = bytes.read_at(at..at.saturating_add(56));
            at < locator_at && end.is_ok_and(|end| end.starts_with(END64))
        });
        let at = place.ok_or_else(|| broken("its zip64 end is not where it says"))?;
        let end = bytes.read_at(at..at + 56)?;
        let number = |from: usize| u64_at(&end, from).unwrap_or_default();
        let wide = |from: u64, value: u64| Number {
            value,
            field: Field {
                at: from,
                wide: true,
            },
        };
        let narrow = self.offset;
        (self.count, self.size) = (number(32), number(40));
        self.offset = wide(at + 48, number(48));
        self.second = Some((at, wide(locator_at + 8, said)));
        if narrow.value != u64::from(u32::MAX) {
            self.narrow_offset = Some(narrow);
            if narrow.value != self.offset.value {
                return Err(broken("its two ends contradict each other"));
            }
        }
        Ok(self)
    }
}

fn records(bytes: &[u8], start: u64, prefix: u64, budget: &Budget) -> Result<Vec<Record>, Refusal> {
    let mut records = Vec::new();
    let mut at = 0;
    while bytes.get(at..).is_some_and(|rest| rest.starts_with(RECORD)) {
        budget.count(records.len() as u64 + 1)?;
        let (record, len) = Record::read(&bytes[at..], start + at as u64, prefix)
            .ok_or_else(|| broken("its directory is cut off"))?;
        records.push(record);
        at += len;
    }
    Ok(records)
}

impl Record {
    /// The record that `bytes` begin with, which stand at `at`, and its
    /// length.
    fn read(bytes: &[u8], at: u64, prefix: u64) -> Option<(Self, usize)> {
        let length = |from| u16_at(bytes, from).map(usize::from);
        let name = RECORD_LEN..RECORD_LEN + length(28)?;
        let extra = name.end..name.end + length(30)?;
        let comment = extra.end..extra.end + length(32)?;
        let mut wide = Wide::find(bytes.get(extra.clone())?, at + extra.start as u64);
        let mut number = |from: usize| {
            let value = u64::from(u32_at(bytes, from)?);
            let field = Field {
                at: at + from as u64,
                wide: false,
            };
            wide.instead(Number { value, field })
        };
        let (unpacked, packed, offset) = (number(24)?, number(20)?, number(42)?);
        let record = Self {
            raw_name: bytes.get(name)?.to_vec(),
            flags: u16_at(bytes, 8)?,
            method: u16_at(bytes, 10)?,
            crc: u32_at(bytes, 16)?,
            crc_at: at + 16,
            packed,
            unpacked,
            header: offset.value.checked_add(prefix)?,
            offset,
            comment: bytes.get(comment.clone())?.to_vec(),
            comment_at: at + comment.start as u64,
            rest: [bytes.get(4..16)?, bytes.get(36..42)?, bytes.get(extra)?].concat(),
        };
        Some((record, comment.end))
    }

    /// Its name for people. One that is not UTF-8 is in some code page.
    pub fn name(&self) -> String {
        match std::str::from_utf8(&self.raw_name) {
            Ok(name) => name.to_owned(),
            Err(_) => self.raw_name.iter().map(|&byte| char::from(byte)).collect(),
        }
    }

    /// Whether only who knows a password can read it.
    pub fn is_encrypted(&self) -> bool {
        self.flags & 1 == 1 || self.method == 99
    }

    /// Whether its numbers stand behind its content again.
    pub fn has_descriptor(&self) -> bool {
        self.flags & 8 == 8
    }

    /// Whether it is a folder, or an empty file.
    pub fn is_empty(&self) -> bool {
        self.unpacked.value == 0
    }
}

/// The numbers of a zip64 field, taken one after the other.
pub struct Wide<'e> {
    numbers: &'e [u8],
    at: u64,
}

impl<'e> Wide<'e> {
    /// The field among the extra ones, which stand at `at`.
    pub fn find(extra: &'e [u8], at: u64) -> Self {
        let found = fields(extra).find(|(id, _)| *id == 1);
        found.map_or(Self { numbers: &[], at }, |(_, span)| Self {
            numbers: &extra[span.clone()],
            at: at + span.start as u64,
        })
    }

    /// The next number of the field, if the narrow one says that it is there.
    pub fn instead(&mut self, narrow: Number) -> Option<Number> {
        if narrow.value != u64::from(u32::MAX) || self.numbers.is_empty() {
            return Some(narrow);
        }
        let value = u64_at(self.numbers, 0)?;
        let field = Field {
            at: self.at,
            wide: true,
        };
        self.numbers = &self.numbers[8..];
        self.at += 8;
        Some(Number { value, field })
    }
}

/// The extra fields: what each one is, and where its content stands. Ends at
/// the first that is cut off.
pub fn fields(extra: &[u8]) -> impl Iterator<Item = (u16, Range<usize>)> {
    let mut at = 0;
    std::iter::from_fn(move || {
        let id = u16_at(extra, at)?;
        let len = usize::from(u16_at(extra, at + 2)?);
        let span = at + 4..at + 4 + len;
        extra.get(span.clone())?;
        at = span.end;
        Some((id, span))
    })
}

fn broken(what: &str) -> Refusal {
    Refusal::Malformed(format!("not a sound zip archive: {what}"))
}
