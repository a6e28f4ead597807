//! PNG: chunks with a length, a type and a checksum.

use super::exif;
use super::{Format, Inner, Segment};
use crate::container::cursor::Cursor;
use crate::container::strings::Coding;
use crate::container::{ReadAt, Refusal, Room};

pub(super) const MAGIC: &[u8] = b"\x89PNG\r\n\x1a\n";

pub(super) struct Png;

impl Format for Png {
    fn title(&self) -> &'static str {
        "PNG picture"
    }

    fn segments(&self, source: &dyn ReadAt) -> Result<Vec<Segment>, Refusal> {
        let mut cursor = Cursor::new(source);
        cursor.set_big_endian(true);
        cursor.skip(MAGIC.len() as u64)?;
        let mut segments = Vec::new();
        let mut is_over = false;
        while cursor.left() > 0 && !is_over {
            let start = cursor.at();
            let len = u64::from(cursor.u32()?);
            let kind: [u8; 4] = cursor.array()?;
            let data = cursor.at();
            cursor.skip(len + 4)?;
            is_over = &kind == b"IEND";
            segments.push(Segment {
                name: String::from_utf8_lossy(&kind).into_owned(),
                span: start..cursor.at(),
                payload: data..data + len,
                is_text: is_text(kind),
            });
        }
        if cursor.left() > 0 {
            let rest = cursor.at()..source.len();
            segments.push(Segment {
                name: "trailer".to_owned(),
                span: rest.clone(),
                payload: rest,
                is_text: true,
            });
        }
        Ok(segments)
    }

    fn strings(&self, segment: &Segment, payload: &[u8]) -> Vec<Inner> {
        match segment.name.as_str() {
            "tEXt" | "zTXt" => keyed(payload, segment.name == "zTXt").into_iter().collect(),
            "iTXt" => international(payload).into_iter().collect(),
            "eXIf" => exif::strings(payload, 0),
            _ => Inner::raw(payload).into_iter().collect(),
        }
    }

    fn sealed(&self, segment: &Segment, payload: &[u8]) -> Result<Vec<u8>, Refusal> {
        if segment.span == segment.payload {
            return Ok(payload.to_vec());
        }
        let len = u32::try_from(payload.len())
            .ok()
            .filter(|len| *len < 1 << 31);
        let len = len.ok_or_else(|| Refusal::Unsound("a chunk would be too large".into()))?;
        let mut bytes = len.to_be_bytes().to_vec();
        bytes.extend_from_slice(segment.name.as_bytes());
        bytes.extend_from_slice(payload);
        let checksum = crc32fast::hash(bytes.get(4..).unwrap_or_default());
        bytes.extend_from_slice(&checksum.to_be_bytes());
        Ok(bytes)
    }
}

/// Chunks that no reader needs for the pixels may be text, whoever made them
/// up; those of the format itself that are numbers are not looked at.
fn is_text(kind: [u8; 4]) -> bool {
    const NUMBERS: [&[u8; 4]; 19] = [
        b"bKGD", b"cHRM", b"cICP", b"cLLI", b"fcTL", b"fdAT", b"gAMA", b"gIFg", b"hIST", b"iCCP",
        b"mDCV", b"oFFs", b"pHYs", b"sBIT", b"sPLT", b"sRGB", b"sTER", b"tIME", b"tRNS",
    ];
    kind[0].is_ascii_lowercase() && kind.is_ascii() && !NUMBERS.contains(&&kind)
}

/// `tEXt` and `zTXt`: a keyword and a text, each character one byte.
fn keyed(payload: &[u8], is_packed: bool) -> Option<Inner> {
    let end = memchr::memchr(0, payload)?;
    let start = end + 1 + usize::from(is_packed);
    Some(Inner {
        name: Some(latin(payload.get(..end)?)),
        span: start..payload.len().max(start),
        coding: Coding::Latin1,
        is_packed,
        room: Room::Any,
    })
}

/// `iTXt`: a keyword, whether it is compressed, a language, the keyword in
/// it, and a text in UTF-8.
fn international(payload: &[u8]) -> Option<Inner> {
    let keyword = memchr::memchr(0, payload)?;
    let flag = *payload.get(keyword + 1)?;
    let language = keyword + 3;
    let translated = language + memchr::memchr(0, payload.get(language..)?)? + 1;
    let start = translated + memchr::memchr(0, payload.get(translated..)?)? + 1;
    Some(Inner {
        name: Some(latin(payload.get(..keyword)?)),
        span: start..payload.len(),
        coding: Coding::Utf8,
        is_packed: flag == 1,
        room: Room::Any,
    })
}

fn latin(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| char::from(*byte)).collect()
}
