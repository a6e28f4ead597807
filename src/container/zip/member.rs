//! A member of a zip archive where it stands: its local header, its content,
//! and the descriptor behind it.

use std::ops::Range;

use super::super::inflate::{self, Coding};
use super::super::numbers::{u16_at, u32_at, u64_at};
use super::super::{Budget, ReadAt, Refusal, Window};
use super::directory::{Field, Number, Record, Wide, fields};

pub(super) const HEADER: &[u8] = b"PK\x03\x04";
pub(super) const HEADER_LEN: u64 = 30;
const DESCRIPTOR: &[u8] = b"PK\x07\x08";

pub(super) const STORED: u16 = 0;
pub(super) const DEFLATED: u16 = 8;

/// Extra fields that put the content on a border: PyTorch's, Android's.
const PADDING: [u16; 2] = [0x4246, 0xD935];

/// A member where it stands.
#[derive(Debug)]
pub struct Member<'d> {
    /// What the directory says of it.
    pub record: &'d Record,
    /// Where its content stands, as compressed as it is.
    pub content: Range<u64>,
    /// The checksum in its header, and where it stands.
    pub crc: (u32, u64),
    /// What its header says of both lengths.
    pub packed: Number,
    /// What its header says of both lengths.
    pub unpacked: Number,
    /// Whether a field puts its content on a border.
    pub is_aligned: bool,
}

/// What stands behind a member's content.
#[derive(Debug, Clone, Copy)]
pub struct Descriptor {
    /// Where the checksum stands.
    pub crc_at: u64,
    /// Where the length as it is compressed stands.
    pub packed: Field,
    /// Where the length of the content stands.
    pub unpacked: Field,
    /// Where it ends.
    pub end: u64,
}

impl<'d> Member<'d> {
    /// Reads the local header of a member.
    pub fn read(bytes: &dyn ReadAt, record: &'d Record) -> Result<Self, Refusal> {
        let at = record.header;
        let cut_off = || broken(record, "its header is not where the directory says");
        let end = at.checked_add(HEADER_LEN).ok_or_else(cut_off)?;
        let header = bytes.read_at(at..end).map_err(|_| cut_off())?;
        if !header.starts_with(HEADER) {
            return Err(cut_off());
        }
        let length = |from| u16_at(&header, from).map_or(0, u64::from);
        let extra_at = end + length(26);
        let start = extra_at + length(28);
        let extra = bytes
            .read_at(extra_at..start)
            .map_err(|_| broken(record, "its header is cut off"))?;
        let mut wide = Wide::find(&extra, extra_at);
        let mut number = |from: usize| {
            let value = u32_at(&header, from).map_or(0, u64::from);
            let field = Field {
                at: at + from as u64,
                wide: false,
            };
            wide.instead(Number { value, field })
        };
        let (unpacked, packed) = number(22).zip(number(18)).ok_or_else(cut_off)?;
        let content_end = start.checked_add(record.packed.value);
        let content_end = content_end.filter(|end| *end <= bytes.len());
        Ok(Self {
            record,
            content: start..content_end.ok_or_else(|| broken(record, "it is cut off"))?,
            crc: (u32_at(&header, 14).unwrap_or_default(), at + 14),
            packed,
            unpacked,
            is_aligned: fields(&extra).any(|(id, _)| PADDING.contains(&id)),
        })
    }

    /// Where the descriptor is, whose layout only its numbers tell: with or
    /// without a signature, narrow or wide. `None` if no layout fits.
    pub fn descriptor(&self, bytes: &dyn ReadAt) -> Result<Option<Descriptor>, Refusal> {
        let at = self.content.end;
        let tail = bytes.read_at(at..bytes.len().min(at + 24))?;
        let layouts = [(4, false), (4, true), (0, false), (0, true)];
        Ok(layouts.into_iter().find_map(|(signature, wide)| {
            if signature > 0 && !tail.starts_with(DESCRIPTOR) {
                return None;
            }
            let number = |from| match wide {
                true => u64_at(&tail, from),
                false => u32_at(&tail, from).map(u64::from),
            };
            let width = if wide { 8 } else { 4 };
            let (packed, unpacked) = (signature + 4, signature + 4 + width);
            let fits = u32_at(&tail, signature)? == self.record.crc
                && number(packed)? == self.record.packed.value
                && number(unpacked)? == self.record.unpacked.value;
            let field = |from: usize| Field {
                at: at + from as u64,
                wide,
            };
            fits.then(|| Descriptor {
                crc_at: at + signature as u64,
                packed: field(packed),
                unpacked: field(unpacked),
                end: at + (unpacked + width) as u64,
            })
        }))
    }

    /// How its content is compressed; `None` if it is not, and a refusal's
    /// words if nobody can tell.
    pub fn coding(&self) -> Result<Option<Coding>, String> {
        match self.record.method {
            STORED => Ok(None),
            DEFLATED => Ok(Some(Coding::Deflate)),
            12 => Ok(Some(Coding::Bzip2)),
            14 => Ok(Some(Coding::ZipLzma)),
            93 => Ok(Some(Coding::Zstd)),
            95 => Ok(Some(Coding::Xz)),
            method => Err(format!(
                "it is compressed by method {method}, which is not known here"
            )),
        }
    }

    /// Its content as it stands there.
    pub fn stored<'b>(&self, bytes: &'b dyn ReadAt) -> Window<'b> {
        Window::new(bytes, self.content.clone())
    }

    /// Its content out of its compression.
    pub fn unpacked(
        &self,
        bytes: &dyn ReadAt,
        coding: Coding,
        budget: &Budget,
    ) -> Result<Vec<u8>, Refusal> {
        let packed = self.stored(bytes);
        let unpacked = match coding {
            // It may end without a mark: its length is checked here.
            Coding::ZipLzma => inflate::salvage(&packed, coding, budget)?,
            _ => inflate::unpack(&packed, coding, budget)?,
        };
        if unpacked.len() as u64 != self.record.unpacked.value {
            return Err(broken(
                self.record,
                "it has another length than the directory says",
            ));
        }
        Ok(unpacked)
    }
}

fn broken(record: &Record, what: &str) -> Refusal {
    Refusal::Malformed(format!(
        "not a sound zip archive: of {} {what}",
        record.name()
    ))
}
