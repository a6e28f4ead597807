//! What stands in the compressed chunks of an HDF5 file.
//!
//! The indexes of chunks are not read, of which there are six kinds: a chunk
//! is told by being a sound zlib stream. Its bytes may have been shuffled
//! before they were compressed, by the size of an element, which the headers
//! tell; they are put back by each size that stands there.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::ZlibDecoder;
use memchr::memmem;

use super::super::numbers::{u16_at, u32_at};
use super::super::{Budget, ReadAt, Reader, Refusal, Window};

/// No library makes larger chunks unless it is told to.
const LARGEST: u64 = 256 << 20;

/// A stream that breaks off after so much was one.
const LEAST: usize = 1024;

/// More sizes of elements are not tried.
const MOST_SIZES: usize = 16;

/// How much is searched at once.
const BLOCK: u64 = 1 << 20;

/// The first byte of a zlib stream with the usual window.
const ZLIB: u8 = 0x78;

/// A chunk out of its compression.
pub struct Chunk {
    /// Where it stands in the file.
    pub at: u64,
    /// What is in it, in every order that it may have.
    pub contents: Vec<Vec<u8>>,
}

/// Sizes of elements by which bytes are shuffled, as headers tell them.
#[derive(Default)]
pub struct Sizes(BTreeSet<usize>);

impl Sizes {
    /// Takes in what stands in a block of the file. The older description of a
    /// filter has its name, the newer one only its number, 2; what comes after
    /// it is 1, the compression.
    pub fn look(&mut self, block: &[u8]) {
        for at in memmem::find_iter(block, b"shuffle\0") {
            self.add(u32_at(block, at + 8));
        }
        for at in memmem::find_iter(block, &[1, 0, 1, 0]) {
            let is_shuffle = at >= 2 && u16_at(block, at - 2) == Some(2);
            if is_shuffle && u16_at(block, at + 8) == Some(1) {
                self.add(u32_at(block, at + 4));
            }
        }
    }

    fn add(&mut self, size: Option<u32>) {
        let size = size.and_then(|size| usize::try_from(size).ok());
        let size = size.filter(|size| (2..1 << 20).contains(size));
        if self.0.len() < MOST_SIZES {
            self.0.extend(size);
        }
    }

    /// Some bytes as they may have been before.
    fn contents(&self, bytes: Vec<u8>) -> Vec<Vec<u8>> {
        let sizes = self.0.iter().filter(|size| **size < bytes.len());
        let mut contents: Vec<_> = sizes.map(|size| unshuffled(&bytes, *size)).collect();
        contents.insert(0, bytes);
        contents
    }
}

/// The bytes of a chunk that holds first the first bytes of all elements, then
/// the second ones, and so on; what is too little for an element is the end.
fn unshuffled(bytes: &[u8], size: usize) -> Vec<u8> {
    let count = bytes.len() / size;
    let mut elements = vec![0; count * size];
    for (number, byte) in bytes.iter().take(count * size).enumerate() {
        let (place, element) = (number / count, number % count);
        if let Some(to) = elements.get_mut(element * size + place) {
            *to = *byte;
        }
    }
    elements.extend_from_slice(bytes.get(count * size..).unwrap_or_default());
    elements
}

/// Hands out all chunks, in their order. What is refused is handed out too,
/// and ends the walk.
pub fn visit(
    source: &dyn ReadAt,
    sizes: &Sizes,
    budget: &Budget,
    each: &mut dyn FnMut(u64, Result<Chunk, Refusal>) -> Result<(), Refusal>,
) -> Result<(), Refusal> {
    let (mut start, mut at) = (0, 0);
    while start + 1 < source.len() {
        let block = source.read_at(start..source.len().min(start + BLOCK))?;
        for place in heads(&block) {
            let head = start + place as u64;
            if head < at || !is_stream(block.get(place..).unwrap_or_default()) {
                continue;
            }
            match unpacked(source, head, budget) {
                Ok(Some((bytes, len))) => {
                    at = head + len;
                    let contents = sizes.contents(bytes);
                    each(head, Ok(Chunk { at: head, contents }))?;
                }
                Ok(None) => {}
                Err(refusal) => return each(head, Err(refusal)),
            }
        }
        // Both bytes of a head stand in one block.
        start += block.len() as u64 - 1;
    }
    Ok(())
}

/// Where zlib streams may begin.
fn heads(block: &[u8]) -> impl Iterator<Item = usize> {
    // The second byte makes both a multiple of 31, for four levels.
    let is_head = |place: &usize| matches!(block.get(place + 1), Some(0x01 | 0x5e | 0x9c | 0xda));
    memchr::memchr_iter(ZLIB, block).filter(is_head)
}

/// Whether bytes may be a stream as far as they go: of what begins like one by
/// chance no more is read.
fn is_stream(bytes: &[u8]) -> bool {
    let mut out = [0; 64];
    let mut decoder = ZlibDecoder::new(bytes);
    decoder.read(&mut out).is_ok() || decoder.total_in() == bytes.len() as u64
}

/// A stream out of its compression, and its length. `None` if it is none.
fn unpacked(
    source: &dyn ReadAt,
    at: u64,
    budget: &Budget,
) -> Result<Option<(Vec<u8>, u64)>, Refusal> {
    let window = Window::new(source, at..at.saturating_add(LARGEST));
    let room = budget.room(window.len());
    let mut decoder = ZlibDecoder::new(Reader::new(&window));
    let mut bytes = Vec::new();
    let read = decoder.by_ref().take(room + 1).read_to_end(&mut bytes);
    budget.spend(window.len(), bytes.len() as u64)?;
    match read {
        Ok(_) => Ok(Some((bytes, decoder.total_in()))),
        Err(_) if bytes.len() >= LEAST => Ok(Some((bytes, 1))),
        Err(_) => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_put_together_again() {
        assert_eq!(unshuffled(b"adgbehcfi", 3), b"abcdefghi");
        assert_eq!(unshuffled(b"adbecfXY", 3), b"abcdefXY");
    }

    #[test]
    fn sizes_are_told_by_both_kinds_of_headers() {
        let mut sizes = Sizes::default();
        sizes.look(b"..shuffle\0\x30\0\0\0..");
        sizes.look(&[
            9, 2, 0, 1, 0, 1, 0, 7, 0, 0, 0, 1, 0, 1, 0, 1, 0, 4, 0, 0, 0,
        ]);
        assert_eq!(sizes.0.into_iter().collect::<Vec<_>>(), [7, 0x30]);
    }
}
