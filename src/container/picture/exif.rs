//! EXIF: the strings in the directories of a TIFF structure.
//!
//! Everything in it is found by offsets that are counted from its beginning,
//! so a string is replaced by one of the same length.

use std::collections::BTreeSet;

use super::Inner;
use crate::container::cursor::Cursor;
use crate::container::strings::Coding;
use crate::container::{Refusal, Room};

/// Directories of one picture; real ones have up to five.
const MOST: usize = 64;

/// Bytes of an entry whose value does not fit into it stand elsewhere.
const INLINE: u64 = 4;

/// Types of values.
const BYTES: u16 = 1;
const ASCII: u16 = 2;
const UNDEFINED: u16 = 7;

/// One value of a directory.
struct Entry {
    tag: u16,
    kind: u16,
    /// Within the payload.
    at: u64,
    len: u64,
}

/// The strings of the structure that begins at `start`; none, if it is broken
/// before the first of them.
pub(super) fn strings(payload: &[u8], start: usize) -> Vec<Inner> {
    let mut strings = Vec::new();
    let whole = entries(payload, start as u64, &mut |entry| {
        strings.extend(string(payload, &entry));
    });
    match whole {
        Ok(()) => strings,
        // What cannot be walked over is looked at as it is.
        Err(_) => Inner::raw(payload).into_iter().collect(),
    }
}

fn entries(payload: &[u8], start: u64, each: &mut dyn FnMut(Entry)) -> Result<(), Refusal> {
    let mut cursor = Cursor::new(&payload);
    cursor.go_to(start);
    let order: [u8; 4] = cursor.array()?;
    match &order {
        b"II*\0" => {}
        b"MM\0*" => cursor.set_big_endian(true),
        _ => return Err(Refusal::Malformed("no TIFF structure".into())),
    }
    let mut waiting = vec![cursor.u32()?];
    let mut seen = BTreeSet::new();
    while let Some(offset) = waiting.pop() {
        if offset == 0 || seen.len() >= MOST || !seen.insert(offset) {
            continue;
        }
        cursor.go_to(start + u64::from(offset));
        for _ in 0..cursor.u16()? {
            let tag = cursor.u16()?;
            let kind = cursor.u16()?;
            let count = u64::from(cursor.u32()?);
            let here = cursor.at();
            let value = cursor.u32()?;
            match tag {
                // Directories of the camera, of the place, of the format.
                0x8769 | 0x8825 | 0xa005 => waiting.push(value),
                _ if matches!(kind, BYTES | ASCII | UNDEFINED) => each(Entry {
                    tag,
                    kind,
                    at: match count > INLINE {
                        true => start + u64::from(value),
                        false => here,
                    },
                    len: count,
                }),
                _ => {}
            }
        }
        waiting.push(cursor.u32().unwrap_or(0));
    }
    Ok(())
}

fn string(payload: &[u8], entry: &Entry) -> Option<Inner> {
    let start = usize::try_from(entry.at).ok()?;
    let end = start.checked_add(usize::try_from(entry.len).ok()?)?;
    let bytes = payload.get(start..end)?;
    let (skipped, coding) = match entry.tag {
        0x9c9b..=0x9c9f => (0, Coding::Utf16Le),
        _ => comment(bytes),
    };
    let text = bytes.get(skipped..)?;
    let text = match coding {
        Coding::Utf8 | Coding::Latin1 => without_zeros(text),
        _ => text,
    };
    let (label, text_start) = label(text, coding);
    let coding = match std::str::from_utf8(text) {
        Err(_) if entry.kind == ASCII => Coding::Latin1,
        _ => coding,
    };
    let start = start + skipped + text_start;
    let inner = Inner {
        name: label.or_else(|| tag_name(entry.tag).map(str::to_owned)),
        span: start..start + text.len() - text_start,
        coding,
        is_packed: false,
        room: Room::Same,
    };
    let is_text = coding.decode(text).is_some() || Inner::raw(text).is_some();
    (text.len() >= 6 && is_text).then_some(inner)
}

/// How many bytes say how a comment is encoded, and how it is.
fn comment(bytes: &[u8]) -> (usize, Coding) {
    match bytes.split_first_chunk::<8>() {
        Some((b"ASCII\0\0\0", _)) => (8, Coding::Utf8),
        Some((b"UNICODE\0", [0, ..])) => (8, Coding::Utf16Be),
        Some((b"UNICODE\0", _)) => (8, Coding::Utf16Le),
        _ => (0, Coding::Utf8),
    }
}

/// ComfyUI writes `prompt:{…}` into the fields for the camera's maker and
/// model: what is before the colon is the name, what is after it the value.
fn label(text: &[u8], coding: Coding) -> (Option<String>, usize) {
    let is_word = |word: &[u8]| {
        (1..=32).contains(&word.len()) && word.iter().all(|byte| byte.is_ascii_alphabetic())
    };
    let colon = memchr::memchr(b':', text.get(..33.min(text.len())).unwrap_or_default());
    let word = colon.and_then(|colon| text.get(..colon));
    match word.zip(colon) {
        Some((word, colon))
            if coding == Coding::Utf8
                && is_word(word)
                && matches!(text.get(colon + 1), Some(b'{' | b'[')) =>
        {
            let word = String::from_utf8_lossy(word).into_owned();
            (Some(word), colon + 1)
        }
        _ => (None, 0),
    }
}

fn tag_name(tag: u16) -> Option<&'static str> {
    Some(match tag {
        0x010e => "ImageDescription",
        0x010f => "Make",
        0x0110 => "Model",
        0x0131 => "Software",
        0x013b => "Artist",
        0x8298 => "Copyright",
        0x9286 => "UserComment",
        0x9c9b => "XPTitle",
        0x9c9c => "XPComment",
        0x9c9d => "XPAuthor",
        0x9c9e => "XPKeywords",
        0x9c9f => "XPSubject",
        _ => return None,
    })
}

/// Strings here end with a zero, which may be missing or there many times.
fn without_zeros(bytes: &[u8]) -> &[u8] {
    let end = bytes.iter().rposition(|byte| *byte != 0);
    bytes
        .get(..end.map_or(0, |end| end + 1))
        .unwrap_or_default()
}
