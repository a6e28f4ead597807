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
    let mut unpacked = Vec::new();
    let room = budget.room(packed.len());
    let read = decoder(packed, coding)
        .and_then(|decoder| decoder.take(room + 1).read_to_end(&mut unpacked));
    budget.spend(packed.len(), unpacked.len() as u64)?;
    match read {
        Ok(_) => Ok(unpacked),
        Err(error) => Err(broken(&error)),
    }
}

/// What comes out of bytes before their compression ends or breaks off; what
/// stands behind it is not looked at.
pub fn salvage(packed: &dyn ReadAt, coding: Coding, budget: &Budget) -> Result<Vec<u8>, Refusal> {
    let mut unpacked = Vec::new();
    let room = budget.room(packed.len());
    // Where it breaks off it ends.
    let _ = decoder(packed, coding)
        .and_then(|decoder| decoder.take(room + 1).read_to_end(&mut unpacked));
    budget.spend(packed.len(), unpacked.len() as u64)?;
    Ok(unpacked)
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
        Coding::Zstd => Box::new(Zstd::new(reader)),
        Coding::Lz4 => Box::new(Lz4::new(reader, packed)?),
    })
}

/// The same bytes compressed. Gzip has more to say than its content, so that
/// [`super::gzip`] writes it.
pub fn pack(bytes: &[u8], coding: Coding) -> Result<Vec<u8>, Refusal> {
    match coding {
        Coding::Deflate => {
            let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
            encoder.write_all(bytes)?;
            Ok(encoder.finish()?)
        }
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

fn broken(error: &io::Error) -> Refusal {
    Refusal::Malformed(format!("it cannot be unpacked: {error}"))
}
