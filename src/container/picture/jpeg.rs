//! JPEG: segments that begin with a marker and a length of two bytes.

use super::exif;
use super::{Format, Inner, Segment};
use crate::container::cursor::Cursor;
use crate::container::strings::Coding;
use crate::container::{ReadAt, Refusal, Room};

pub(super) const MAGIC: &[u8] = b"\xff\xd8\xff";

const EXIF: &[u8] = b"Exif\0\0";
const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

/// Markers: the start of the pixels, the end of the picture, a comment.
const SCAN: u8 = 0xda;
const END: u8 = 0xd9;
const COMMENT: u8 = 0xfe;

/// How much is looked at behind the start of the pixels for what follows them.
const LARGEST_SCAN: u64 = 128 * 1024 * 1024;

pub(super) struct Jpeg;

impl Format for Jpeg {
    fn title(&self) -> &'static str {
        "JPEG picture"
    }

    fn segments(&self, source: &dyn ReadAt) -> Result<Vec<Segment>, Refusal> {
        let mut cursor = Cursor::new(source);
        cursor.set_big_endian(true);
        cursor.skip(2)?;
        let mut segments = Vec::new();
        while cursor.left() > 0 {
            let start = cursor.at();
            let marker = marker(&mut cursor)?;
            if matches!(marker, 0x01 | 0xd0..=END) {
                // Markers without a segment.
                continue;
            }
            let len = u64::from(cursor.u16()?);
            let data = cursor.at();
            let payload = len.checked_sub(2).ok_or_else(|| malformed(data))?;
            cursor.skip(payload)?;
            segments.push(Segment {
                name: name(marker),
                span: start..cursor.at(),
                payload: data..cursor.at(),
                is_text: matches!(marker, 0xe1..=0xef | COMMENT),
            });
            if marker == SCAN {
                segments.extend(behind(&mut cursor, source)?);
                break;
            }
        }
        Ok(segments)
    }

    fn strings(&self, segment: &Segment, payload: &[u8]) -> Vec<Inner> {
        let text = |start: usize| Inner {
            name: None,
            span: start..payload.len(),
            coding: Coding::Utf8,
            is_packed: false,
            room: Room::Any,
        };
        match segment.name.as_str() {
            "comment" => vec![text(0)],
            "APP1" if payload.starts_with(EXIF) => exif::strings(payload, EXIF.len()),
            "APP1" if payload.starts_with(XMP) => vec![text(XMP.len())],
            _ => Inner::raw(payload).into_iter().collect(),
        }
    }

    fn sealed(&self, segment: &Segment, payload: &[u8]) -> Result<Vec<u8>, Refusal> {
        if segment.span == segment.payload {
            return Ok(payload.to_vec());
        }
        let len = u16::try_from(payload.len() + 2);
        let len = len.map_err(|_| Refusal::Unsound("a segment would be too large".into()))?;
        let marker = match segment.name.as_str() {
            "comment" => COMMENT,
            name => {
                let number = name
                    .strip_prefix("APP")
                    .and_then(|it| it.parse::<u8>().ok());
                0xe0 | number.unwrap_or_default()
            }
        };
        let mut bytes = vec![0xff, marker];
        bytes.extend_from_slice(&len.to_be_bytes());
        bytes.extend_from_slice(payload);
        Ok(bytes)
    }
}

/// The next marker, out of the bytes that may fill up the space before it.
fn marker(cursor: &mut Cursor<'_>) -> Result<u8, Refusal> {
    if cursor.u8()? != 0xff {
        return Err(malformed(cursor.at()));
    }
    loop {
        match cursor.u8()? {
            0xff => {}
            marker => return Ok(marker),
        }
    }
}

/// What stands behind the pixels and the end of the picture.
fn behind(cursor: &mut Cursor<'_>, source: &dyn ReadAt) -> Result<Option<Segment>, Refusal> {
    if cursor.left() > LARGEST_SCAN {
        return Ok(None);
    }
    let start = cursor.at();
    let left = cursor.left();
    let pixels = cursor.take(left)?;
    let end = memchr::memmem::find(pixels, &[0xff, END]);
    let rest = start + end.map_or(left, |at| at as u64 + 2)..source.len();
    Ok((!rest.is_empty()).then(|| Segment {
        name: "trailer".to_owned(),
        span: rest.clone(),
        payload: rest,
        is_text: true,
    }))
}

fn name(marker: u8) -> String {
    match marker {
        COMMENT => "comment".to_owned(),
        0xe0..=0xef => format!("APP{}", marker & 0x0f),
        _ => format!("segment {marker:02x}"),
    }
}

fn malformed(at: u64) -> Refusal {
    Refusal::Malformed(format!("at byte {at}: no segment of a JPEG picture"))
}
