//! WebP: chunks of RIFF, each padded to an even length.

use super::exif;
use super::{Format, Inner, Segment};
use crate::container::cursor::Cursor;
use crate::container::strings::Coding;
use crate::container::{Patch, ReadAt, Refusal, Room};

/// `RIFF`, a length, `WEBP`.
const HEAD: u64 = 12;

/// Where the length of the file stands; it counts what comes after it.
const LENGTH: u64 = 4;

pub(super) struct WebP;

/// Whether a file that begins like this is one.
pub(super) fn is(head: &[u8]) -> bool {
    head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP")
}

impl Format for WebP {
    fn title(&self) -> &'static str {
        "WebP picture"
    }

    fn segments(&self, source: &dyn ReadAt) -> Result<Vec<Segment>, Refusal> {
        let mut cursor = Cursor::new(source);
        cursor.skip(HEAD)?;
        let mut segments = Vec::new();
        while cursor.left() >= 8 {
            let start = cursor.at();
            let kind: [u8; 4] = cursor.array()?;
            let len = u64::from(cursor.u32()?);
            let data = cursor.at();
            cursor.skip(len)?;
            cursor.skip((len % 2).min(cursor.left()))?;
            segments.push(Segment {
                name: String::from_utf8_lossy(&kind).trim_end().to_owned(),
                span: start..cursor.at(),
                payload: data..data + len,
                is_text: !matches!(
                    &kind,
                    b"VP8 " | b"VP8L" | b"VP8X" | b"ALPH" | b"ANIM" | b"ANMF" | b"ICCP"
                ),
            });
        }
        Ok(segments)
    }

    fn strings(&self, segment: &Segment, payload: &[u8]) -> Vec<Inner> {
        const PREFIX: &[u8] = b"Exif\0\0";
        match segment.name.as_str() {
            "EXIF" if payload.starts_with(PREFIX) => exif::strings(payload, PREFIX.len()),
            "EXIF" => exif::strings(payload, 0),
            "XMP" => vec![Inner {
                name: None,
                span: 0..payload.len(),
                coding: Coding::Utf8,
                is_packed: false,
                room: Room::Any,
            }],
            _ => Inner::raw(payload).into_iter().collect(),
        }
    }

    fn sealed(&self, segment: &Segment, payload: &[u8]) -> Result<Vec<u8>, Refusal> {
        let mut bytes = format!("{:<4}", segment.name).into_bytes();
        let len = u32::try_from(payload.len());
        let len = len.map_err(|_| Refusal::Unsound("a chunk would be too large".into()))?;
        bytes.extend_from_slice(&len.to_le_bytes());
        bytes.extend_from_slice(payload);
        if bytes.len() % 2 == 1 {
            bytes.push(0);
        }
        Ok(bytes)
    }

    fn resized(&self, source: &dyn ReadAt, by: i64) -> Result<Vec<Patch>, Refusal> {
        if by == 0 {
            return Ok(Vec::new());
        }
        let old = Cursor::within(source, LENGTH..HEAD).u32()?;
        let new = u32::try_from(i64::from(old) + by);
        let new = new.map_err(|_| Refusal::Unsound("the picture would be too large".into()))?;
        Ok(vec![Patch::over(LENGTH, new.to_le_bytes().to_vec())])
    }
}
