//! Reads the bytes of a pickle one after the other, and leaps over what is
//! long: a pickle with the numbers of a model in it may be of any size.

use std::borrow::Cow;
use std::ops::Range;

use super::super::ReadAt;
use super::Stop;

/// Bytes that are read at once.
const BUFFER: u64 = 64 << 10;

/// No line of protocol 0 is longer.
const LONGEST_LINE: u64 = 16 << 20;

/// A place in the bytes.
pub struct Cursor<'c> {
    bytes: &'c dyn ReadAt,
    buffer: Cow<'c, [u8]>,
    /// Where the buffer begins.
    start: u64,
    at: u64,
}

impl<'c> Cursor<'c> {
    /// At the beginning.
    pub fn new(bytes: &'c dyn ReadAt) -> Self {
        Self {
            bytes,
            buffer: Cow::Borrowed(&[]),
            start: 0,
            at: 0,
        }
    }

    /// Where it is.
    pub fn at(&self) -> u64 {
        self.at
    }

    /// Whether it is behind the last byte.
    pub fn is_at_end(&self) -> bool {
        self.at >= self.bytes.len()
    }

    /// The next byte.
    pub fn byte(&mut self) -> Result<u8, Stop> {
        self.array::<1>().map(|[byte]| byte)
    }

    /// The next byte, without going on.
    pub fn peek(&mut self) -> Option<u8> {
        let at = self.at;
        let byte = self.byte().ok();
        self.at = at;
        byte
    }

    /// The next `N` bytes.
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], Stop> {
        let span = self.leap(N as u64)?;
        let within = |buffer: &[u8], start: u64| {
            let from = usize::try_from(span.start.checked_sub(start)?).ok()?;
            buffer.get(from..)?.first_chunk().copied()
        };
        if let Some(array) = within(&self.buffer, self.start) {
            return Ok(array);
        }
        let end = self.bytes.len().min(span.start + BUFFER);
        self.buffer = self.bytes.read_at(span.start..end)?;
        self.start = span.start;
        within(&self.buffer, self.start).ok_or(Stop::CutOff)
    }

    /// A number of `N` bytes, the lowest first.
    pub fn number<const N: usize>(&mut self) -> Result<u64, Stop> {
        let mut wide = [0; 8];
        for (to, from) in wide.iter_mut().zip(self.array::<N>()?) {
            *to = from;
        }
        Ok(u64::from_le_bytes(wide))
    }

    /// Goes over `len` bytes.
    pub fn leap(&mut self, len: u64) -> Result<Range<u64>, Stop> {
        let start = self.at;
        let end = start
            .checked_add(len)
            .filter(|end| *end <= self.bytes.len());
        self.at = end.ok_or(Stop::CutOff)?;
        Ok(start..self.at)
    }

    /// Goes over a line; the line is without its end.
    pub fn line(&mut self) -> Result<Range<u64>, Stop> {
        let start = self.at;
        loop {
            let end = self.bytes.len().min(self.at + BUFFER);
            if end == self.at || self.at - start > LONGEST_LINE {
                return Err(Stop::CutOff);
            }
            let piece = self.bytes.read_at(self.at..end)?;
            if let Some(found) = memchr::memchr(b'\n', &piece) {
                let line_end = self.at + found as u64;
                self.at = line_end + 1;
                return Ok(start..line_end);
            }
            self.at = end;
        }
    }

    /// The bytes at a span that was gone over.
    pub fn text(&self, span: Range<u64>) -> Result<Cow<'c, [u8]>, Stop> {
        Ok(self.bytes.read_at(span)?)
    }
}
