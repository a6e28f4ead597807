//! Reads a container's numbers and strings one after the other.
//!
//! Every length is held against what is left before anything is read or
//! allocated, so a length that lies costs nothing. Small reads are served from
//! a window, so that a walk over many short strings of a file is few reads.

use std::borrow::Cow;
use std::ops::Range;

use super::{ReadAt, Refusal};

/// No single string of a model, a picture or a log is larger than this.
const LARGEST: u64 = 256 * 1024 * 1024;

/// A place in a container's bytes that moves on with what is read.
pub(super) struct Cursor<'a> {
    source: &'a dyn ReadAt,
    at: u64,
    end: u64,
    window: Cow<'a, [u8]>,
    window_start: u64,
    big_endian: bool,
}

impl<'a> Cursor<'a> {
    /// A cursor over all bytes.
    pub fn new(source: &'a dyn ReadAt) -> Self {
        Self::within(source, 0..source.len())
    }

    /// A cursor over some of the bytes.
    pub fn within(source: &'a dyn ReadAt, span: Range<u64>) -> Self {
        Self {
            source,
            at: span.start,
            end: span.end.min(source.len()),
            window: Cow::Borrowed(&[]),
            window_start: 0,
            big_endian: false,
        }
    }

    /// From here on numbers begin with their highest byte, or do not.
    pub fn set_big_endian(&mut self, big_endian: bool) {
        self.big_endian = big_endian;
    }

    /// Where the next byte stands in the container.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// How many bytes are left.
    pub fn left(&self) -> u64 {
        self.end.saturating_sub(self.at)
    }

    /// Goes on at `at`, which may be past the end.
    pub fn go_to(&mut self, at: u64) {
        self.at = at;
    }

    /// Leaves out `len` bytes.
    pub fn skip(&mut self, len: u64) -> Result<(), Refusal> {
        self.check(len)?;
        self.at += len;
        Ok(())
    }

    /// The next `len` bytes.
    pub fn take(&mut self, len: u64) -> Result<&[u8], Refusal> {
        self.check(len)?;
        if len > LARGEST {
            let why = format!("at byte {}: {len} bytes in one piece", self.at);
            return Err(Refusal::Limit(why));
        }
        let end = self.at + len;
        if self.at < self.window_start || end > self.window_start + self.window.len() as u64 {
            let upto = end.max(self.end.min(self.at.saturating_add(self.source.stride())));
            self.window = self.source.read_at(self.at..upto)?;
            self.window_start = self.at;
        }
        let from = usize::try_from(self.at - self.window_start).ok();
        let piece = from
            .zip(usize::try_from(len).ok())
            .and_then(|(from, len)| self.window.get(from..from.checked_add(len)?));
        self.at = end;
        piece.ok_or_else(|| Refusal::Malformed(format!("ends before byte {end}")))
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Refusal> {
        let mut array = [0; N];
        array.copy_from_slice(self.take(N as u64)?);
        Ok(array)
    }

    /// The next byte.
    pub fn u8(&mut self) -> Result<u8, Refusal> {
        Ok(u8::from_le_bytes(self.array()?))
    }

    /// A number of two bytes.
    pub fn u16(&mut self) -> Result<u16, Refusal> {
        let bytes = self.array()?;
        Ok(match self.big_endian {
            true => u16::from_be_bytes(bytes),
            false => u16::from_le_bytes(bytes),
        })
    }

    /// A number of four bytes.
    pub fn u32(&mut self) -> Result<u32, Refusal> {
        let bytes = self.array()?;
        Ok(match self.big_endian {
            true => u32::from_be_bytes(bytes),
            false => u32::from_le_bytes(bytes),
        })
    }

    /// A number of eight bytes.
    pub fn u64(&mut self) -> Result<u64, Refusal> {
        let bytes = self.array()?;
        Ok(match self.big_endian {
            true => u64::from_be_bytes(bytes),
            false => u64::from_le_bytes(bytes),
        })
    }

    /// A number of seven bits a byte, the lowest first.
    pub fn varint(&mut self) -> Result<u64, Refusal> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.u8()?;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Ok(value);
            }
        }
        Err(Refusal::Malformed(format!(
            "at byte {}: a number without an end",
            self.at
        )))
    }

    fn check(&self, len: u64) -> Result<(), Refusal> {
        if len > self.left() {
            let (at, left) = (self.at, self.left());
            let why = format!("at byte {at}: {len} bytes are announced, {left} are left");
            return Err(Refusal::Malformed(why));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_strings_come_one_after_the_other() {
        let bytes: &[u8] = b"\x01\x02\x00\xac\x02abc";
        let mut cursor = Cursor::new(&bytes);
        assert_eq!(cursor.u8().unwrap(), 1);
        assert_eq!(cursor.u16().unwrap(), 2);
        assert_eq!(cursor.varint().unwrap(), 300);
        assert_eq!(cursor.take(3).unwrap(), b"abc");
        assert_eq!(cursor.left(), 0);
        assert!(cursor.u8().is_err());
    }

    #[test]
    fn a_length_that_lies_is_refused_before_it_is_read() {
        let bytes: &[u8] = &[0xff; 16];
        let mut cursor = Cursor::new(&bytes);
        assert!(cursor.take(u64::MAX).is_err());
        assert!(cursor.skip(17).is_err());
        assert!(cursor.varint().is_err());
    }
}
