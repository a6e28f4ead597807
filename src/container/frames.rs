//! Compressed frames one after the other, as zstd and LZ4 allow them: what
//! stands in any of them belongs to the file, and one that is cut off or whose
//! checksum is wrong is an error, never an end.

use std::io::{self, BufRead, Read};

use lz4_flex::frame::FrameDecoder as Lz4Decoder;
use ruzstd::decoding::errors::{FrameDecoderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::cursor::Cursor;
use super::{ReadAt, Refusal};

/// What the flags of an LZ4 frame announce.
const LZ4_LENGTH: u8 = 0x08;
const LZ4_DICTIONARY: u8 = 0x01;
const LZ4_CHECKSUM: u8 = 0x04;
const LZ4_BLOCK_CHECKSUMS: u8 = 0x10;

/// The frames of a zstd file.
pub struct Zstd<R> {
    source: R,
    decoder: FrameDecoder,
    is_in_frame: bool,
}

impl<R: BufRead> Zstd<R> {
    /// From the first frame on.
    pub fn new(source: R) -> Self {
        Self {
            source,
            decoder: FrameDecoder::new(),
            is_in_frame: false,
        }
    }

    /// Goes on to the next frame with content; `false` at the end.
    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.source.fill_buf()?.is_empty() {
            match self.decoder.reset(&mut self.source) {
                Ok(()) => {
                    self.is_in_frame = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => self.skip(u64::from(length))?,
                Err(error) => return Err(io::Error::other(error)),
            }
        }
        Ok(false)
    }

    /// Leaves out a frame of a program's own.
    fn skip(&mut self, len: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.source.by_ref().take(len), &mut io::sink())?;
        match skipped == len {
            true => Ok(()),
            false => Err(io::ErrorKind::UnexpectedEof.into()),
        }
    }

    fn end_frame(&mut self) -> io::Result<()> {
        self.is_in_frame = false;
        match self.decoder.get_checksum_from_data() {
            Some(sum) if Some(sum) != self.decoder.get_calculated_checksum() => {
                Err(io::Error::other("its checksum is wrong"))
            }
            _ => Ok(()),
        }
    }
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            if !self.is_in_frame && !self.next_frame()? {
                return Ok(0);
            }
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.decoder.is_finished() {
                self.end_frame()?;
                continue;
            }
            self.decoder
                .decode_blocks(&mut self.source, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(io::Error::other)?;
        }
    }
}

/// The frames of an LZ4 file.
pub struct Lz4<R: BufRead>(Lz4Decoder<R>);

impl<R: BufRead> Lz4<R> {
    /// From the first frame on; `whole` is all that is read from `source`. The
    /// decoder takes an end between two blocks for the end of the file, so
    /// whether the frames have one is seen before.
    pub fn new(source: R, whole: &dyn ReadAt) -> io::Result<Self> {
        let mut cursor = Cursor::new(whole);
        while cursor.left() > 0 {
            pass_frame(&mut cursor).map_err(io::Error::other)?;
        }
        Ok(Self(Lz4Decoder::new(source)))
    }
}

/// Goes over a frame by what it says of its lengths.
fn pass_frame(cursor: &mut Cursor<'_>) -> Result<(), Refusal> {
    let _magic = cursor.u32()?;
    let flags = cursor.u8()?;
    let if_set = |flag: u8, len| if flags & flag == 0 { 0 } else { len };
    // The size of blocks, the length and the dictionary, the checksum of these.
    cursor.skip(1 + if_set(LZ4_LENGTH, 8) + if_set(LZ4_DICTIONARY, 4) + 1)?;
    loop {
        // The highest bit says that it is not compressed.
        match u64::from(cursor.u32()? & !(1 << 31)) {
            0 => return cursor.skip(if_set(LZ4_CHECKSUM, 4)),
            len => cursor.skip(len + if_set(LZ4_BLOCK_CHECKSUMS, 4))?,
        }
    }
}

impl<R: BufRead> Read for Lz4<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            let read = self.0.read(buffer)?;
            if read > 0 || buffer.is_empty() || self.0.get_mut().fill_buf()?.is_empty() {
                return Ok(read);
            }
        }
    }
}
