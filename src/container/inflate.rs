//! Compressions: bytes out of one, and back into those that we write.
//!
//! How much comes out is never believed: it is counted while it comes.

use std::io::{self, BufReader, Read, Write};

use flate2::Compression;
use flate2::read::{DeflateDecoder, MultiGzDecoder, ZlibDecoder};
use flate2::write::{DeflateEncoder, ZlibEncoder};

use super::frames::{Lz4, Zstd};
use super::reading::{ReadAt, Reader};
use super::{Budget, Refusal};

/// How bytes are compressed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coding {
    /// Within zip archives.
    Deflate,
    /// `.gz`
    Gzip,
    /// Python's `zlib`, joblib.
    Zlib,
    /// `.bz2`
    Bzip2,
    /// `.xz`
    Xz,
    /// `.lzma`, which came before it.
    Lzma,
    /// The same within zip archives.
    ZipLzma,
    /// `.lz4`
    Lz4,
    /// `.zst`
    Zstd,
}

impl Coding {
    /// Whether it can be written here.
    pub fn is_written(self) -> bool {
        matches!(self, Self::Deflate | Self::Gzip | Self::Zlib)
    }
}

/// Bytes out of their compression.
pub fn unpack(packed: &dyn ReadAt, coding: Coding, budget: &Budget) -> Result<Vec<u8>, Refusal> {
    match read_out(packed, coding, budget)? {
        (unpacked, Ok(_)) => Ok(unpacked),
        (_, Err(error)) => Err(broken(&error)),
    }
}

/// What comes out of bytes before their compression ends or breaks off; what
/// stands behind it is not looked at.
pub fn salvage(packed: &dyn ReadAt, coding: Coding, budget: &Budget) -> Result<Vec<u8>, Refusal> {
    Ok(read_out(packed, coding, budget)?.0)
}

/// What comes out of bytes, and whether that is all.
fn read_out(
    packed: &dyn ReadAt,
    coding: Coding,
    budget: &Budget,
) -> Result<(Vec<u8>, io::Result<usize>), Refusal> {
    let mut unpacked = Vec::new();
    let room = budget.room(packed.len());
    let read = decoder(packed, coding)
        .and_then(|decoder| decoder.take(room + 1).read_to_end(&mut unpacked));
    budget.spend(packed.len(), unpacked.len() as u64)?;
    Ok((unpacked, read))
}

/// The first bytes of what is compressed, to see what it is.
pub fn peek(packed: &dyn ReadAt, coding: Coding, len: u64) -> io::Result<Vec<u8>> {
    let mut start = Vec::new();
    decoder(packed, coding)?.take(len).read_to_end(&mut start)?;
    Ok(start)
}

fn decoder<'p>(packed: &'p dyn ReadAt, coding: Coding) -> io::Result<Box<dyn Read + 'p>> {
    let reader = BufReader::new(Reader::new(packed));
    Ok(match coding {
        Coding::Deflate => Box::new(DeflateDecoder::new(reader)),
        Coding::Gzip => Box::new(MultiGzDecoder::new(reader)),
        Coding::Zlib => Box::new(ZlibDecoder::new(reader)),
        Coding::Bzip2 => Box::new(bzip2::read::MultiBzDecoder::new(reader)),
        Coding::Xz => Box::new(lzma_rust2::XzReader::new(reader, true)),
        Coding::Lzma => Box::new(lzma_rust2::LzmaReader::new_mem_limit(
            reader,
            u32::MAX,
            None,
        )?),
        Coding::ZipLzma => Box::new(zip_lzma(reader)?),
        Coding::Zstd => Box::new(Zstd::new(reader)),
        Coding::Lz4 => Box::new(Lz4::new(reader, packed)?),
    })
}

/// LZMA behind the header that zip archives give it: a version, how long the
/// properties are, and these.
fn zip_lzma<R: Read>(mut reader: R) -> io::Result<lzma_rust2::LzmaReader<R>> {
    let mut head = [0; 9];
    reader.read_exact(&mut head)?;
    let [_, _, len @ .., properties, a, b, c, d] = head;
    match u16::from_le_bytes(len) {
        5 => {
            let dictionary = u32::from_le_bytes([a, b, c, d]);
            lzma_rust2::LzmaReader::new_with_props(reader, u64::MAX, properties, dictionary, None)
        }
        _ => Err(io::ErrorKind::InvalidData.into()),
    }
}

/// The same bytes compressed. Gzip has more to say than its content, so that
/// [`super::gzip`] writes it.
pub fn pack(bytes: &[u8], coding: Coding) -> Result<Vec<u8>, Refusal> {
    match coding {
        Coding::Deflate => deflated(bytes, Compression::default()),
        Coding::Zlib => {
            let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes)?;
            Ok(encoder.finish()?)
        }
        _ => Err(Refusal::Unsound(
            "what is compressed so is not written here".to_owned(),
        )),
    }
}

fn deflated(bytes: &[u8], level: Compression) -> Result<Vec<u8>, Refusal> {
    let mut encoder = DeflateEncoder::new(Vec::new(), level);
    encoder.write_all(bytes)?;
    Ok(encoder.finish()?)
}

/// The same bytes deflated into exactly so many, where nothing behind them may
/// move: what is missing is filled with blocks that hold nothing. `None` if
/// that is not possible.
pub fn deflate_into(bytes: &[u8], len: u64) -> Result<Option<Vec<u8>>, Refusal> {
    for level in (1..=9).rev() {
        let packed = deflated(bytes, Compression::new(level))?;
        let missing = len.checked_sub(packed.len() as u64);
        if let Some(mut filled) = missing.and_then(filler) {
            filled.extend(packed);
            return Ok(Some(filled));
        }
    }
    Ok(None)
}

/// Blocks of deflate that hold nothing, in so many bytes: one that is stored
/// takes five, and up to two more if blocks of no letters stand before it.
fn filler(len: u64) -> Option<Vec<u8>> {
    const BLOCKS: [&[u8]; 3] = [
        b"\x00\x00\x00\xff\xff",
        b"\x02\x00\x00\x00\xff\xff",
        b"\x02\x08\x00\x00\x00\xff\xff",
    ];
    let len = usize::try_from(len).ok()?;
    let (count, mut more) = (len / 5, len % 5);
    if more > 2 * count {
        return None;
    }
    let mut filler = Vec::with_capacity(len);
    for _ in 0..count {
        let here = more.min(2);
        filler.extend_from_slice(BLOCKS.get(here)?);
        more -= here;
    }
    Some(filler)
}

fn broken(error: &io::Error) -> Refusal {
    Refusal::Malformed(format!("it cannot be unpacked: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_that_hold_nothing_fill_what_is_missing() {
        let text = b"import os\nlogin(os.environ['HF_TOKEN'])\n".repeat(9);
        let least = deflated(&text, Compression::best()).unwrap().len() as u64;
        let mut fitting = 0;
        for len in least..least + 60 {
            let Some(packed) = deflate_into(&text, len).unwrap() else {
                continue;
            };
            assert_eq!(packed.len() as u64, len);
            let out = unpack(&packed, Coding::Deflate, &Budget::default()).unwrap();
            assert_eq!(out, text);
            fitting += 1;
        }
        assert!(fitting >= 54, "{fitting}");
        assert!(deflate_into(&text, 3).unwrap().is_none());
    }
}
