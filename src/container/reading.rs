//! Bytes that can be read at any place: a slice, a file too large to load, or
//! a part of either.

use std::borrow::Cow;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;

const PIECE: u64 = 256 << 10;

/// Bytes that can be read at any place.
pub trait ReadAt: Send + Sync {
    /// How many bytes there are.
    fn len(&self) -> u64;

    /// The bytes at `span`, all of them; an error if they end before. Who asks
    /// for much gets much: nobody may pass on a length that the bytes
    /// themselves tell without having held it against [`ReadAt::len`].
    fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>>;

    /// How much is worth reading at once by those who go through the bytes one
    /// after the other.
    fn stride(&self) -> u64 {
        64 * 1024
    }

    /// Whether there is nothing to read.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether the first bytes are these.
    fn begins(&self, mark: &[u8]) -> io::Result<bool> {
        Ok(self.start(mark.len() as u64)?.as_ref() == mark)
    }

    /// The first bytes, at most `len` of them.
    fn start(&self, len: u64) -> io::Result<Cow<'_, [u8]>> {
        self.read_at(0..len.min(self.len()))
    }
}

impl ReadAt for [u8] {
    fn len(&self) -> u64 {
        <[u8]>::len(self) as u64
    }

    fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>> {
        let index = |at: u64| usize::try_from(at).ok();
        let bytes = index(span.start)
            .zip(index(span.end))
            .and_then(|(start, end)| self.get(start..end));
        bytes
            .map(Cow::Borrowed)
            .ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

impl ReadAt for &[u8] {
    fn len(&self) -> u64 {
        (**self).len() as u64
    }

    fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>> {
        ReadAt::read_at(*self, span)
    }
}

impl ReadAt for Vec<u8> {
    fn len(&self) -> u64 {
        self.as_slice().len() as u64
    }

    fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>> {
        self.as_slice().read_at(span)
    }
}

/// A part of other bytes, as bytes of its own.
#[derive(Clone)]
pub struct Window<'w> {
    bytes: &'w dyn ReadAt,
    span: Range<u64>,
}

impl<'w> Window<'w> {
    /// The bytes at `span`; as many of them as there are.
    pub fn new(bytes: &'w dyn ReadAt, span: Range<u64>) -> Self {
        let end = span.end.min(bytes.len());
        Self {
            bytes,
            span: span.start.min(end)..end,
        }
    }
}

impl ReadAt for Window<'_> {
    fn len(&self) -> u64 {
        self.span.end - self.span.start
    }

    fn read_at(&self, span: Range<u64>) -> io::Result<Cow<'_, [u8]>> {
        if span.start > span.end || span.end > self.len() {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        self.bytes
            .read_at(self.span.start + span.start..self.span.start + span.end)
    }
}

/// Reads bytes one after the other, as libraries want them.
pub struct Reader<'r> {
    bytes: &'r dyn ReadAt,
    at: u64,
}

impl<'r> Reader<'r> {
    /// From the beginning.
    pub fn new(bytes: &'r dyn ReadAt) -> Self {
        Self { bytes, at: 0 }
    }
}

impl Read for Reader<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = self.bytes.len().saturating_sub(self.at);
        let len = left.min(buffer.len() as u64);
        let bytes = self.bytes.read_at(self.at..self.at + len)?;
        buffer[..bytes.len()].copy_from_slice(&bytes);
        self.at += len;
        Ok(bytes.len())
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let at = match to {
            SeekFrom::Start(at) => Some(at),
            SeekFrom::Current(by) => self.at.checked_add_signed(by),
            SeekFrom::End(by) => self.bytes.len().checked_add_signed(by),
        };
        self.at = at.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.at)
    }
}

/// The checksum that gzip, zip and PNG use, read in pieces.
pub fn crc32(bytes: &dyn ReadAt) -> io::Result<u32> {
    let mut hasher = crc32fast::Hasher::new();
    for piece in pieces(bytes) {
        hasher.update(&piece?);
    }
    Ok(hasher.finalize())
}

/// The bytes in pieces that fit into a cache.
pub fn pieces(bytes: &dyn ReadAt) -> impl Iterator<Item = io::Result<Cow<'_, [u8]>>> {
    let len = bytes.len();
    let starts = (0..len.div_ceil(PIECE)).map(|number| number * PIECE);
    starts.map(move |start| bytes.read_at(start..len.min(start + PIECE)))
}

/// All of the bytes.
pub fn whole(bytes: &dyn ReadAt) -> io::Result<Cow<'_, [u8]>> {
    bytes.read_at(0..bytes.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_window_shows_its_part_and_nothing_else() {
        let bytes = b"abcdef".to_vec();
        let window = Window::new(&bytes, 1..4);
        assert_eq!(whole(&window).unwrap().as_ref(), b"bcd");
        assert_eq!(window.read_at(1..3).unwrap().as_ref(), b"cd");
        assert!(window.read_at(1..4).is_err());
        assert_eq!(Window::new(&bytes, 4..900).len(), 2);
        assert!(Window::new(&bytes, 90..900).is_empty());
        assert_eq!(window.start(9).unwrap().as_ref(), b"bcd");
    }
}
