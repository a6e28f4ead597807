//! Some bytes of a file, which the crate that decodes the format takes for the
//! whole of it: it asks for nothing else.

use std::ops::Range;

use bytes::buf::Reader;
use bytes::{Buf, Bytes};
use parquet::errors::ParquetError;
use parquet::file::reader::{ChunkReader, Length};
use sha2::{Digest, Sha256};

use super::LARGEST;
use crate::container::{ReadAt, Refusal};

/// Some bytes of a file.
pub(super) struct Excerpt {
    bytes: Bytes,
    /// Where they begin.
    start: u64,
    /// How many the file has.
    len: u64,
}

impl Excerpt {
    /// The bytes at `span`.
    pub fn of(source: &dyn ReadAt, span: Range<u64>) -> Result<Self, Refusal> {
        if span.end - span.start > LARGEST {
            let why = "more than 1 GiB of it would have to be in memory at once";
            return Err(Refusal::Limit(why.to_owned()));
        }
        let start = span.start;
        Ok(Self {
            bytes: Bytes::from(source.read_at(span)?.into_owned()),
            start,
            len: source.len(),
        })
    }

    /// A digest of the bytes.
    pub fn digest(&self) -> String {
        format!("{:02x?}", Sha256::digest(&self.bytes))
    }

    fn from(&self, at: u64) -> Result<Bytes, ParquetError> {
        let within = at.checked_sub(self.start);
        let within = within.and_then(|within| usize::try_from(within).ok());
        let within = within.filter(|within| *within <= self.bytes.len());
        let missing = || ParquetError::EOF("bytes that are not there".to_owned());
        within.map(|at| self.bytes.slice(at..)).ok_or_else(missing)
    }
}

impl Length for Excerpt {
    fn len(&self) -> u64 {
        self.len
    }
}

impl ChunkReader for Excerpt {
    type T = Reader<Bytes>;

    fn get_read(&self, start: u64) -> Result<Self::T, ParquetError> {
        Ok(self.from(start)?.reader())
    }

    fn get_bytes(&self, start: u64, length: usize) -> Result<Bytes, ParquetError> {
        let rest = self.from(start)?;
        match length <= rest.len() {
            true => Ok(rest.slice(..length)),
            false => Err(ParquetError::EOF("bytes that are not there".to_owned())),
        }
    }
}
