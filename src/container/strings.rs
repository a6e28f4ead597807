//! Strings that stand in a container's bytes as they are, so that another of
//! the same length can take their place and nothing else moves.
//!
//! A walker tells where its strings are; showing them and replacing them is
//! the same for all walkers and is done here. What a string is, is told by
//! itself: JSON goes the road as JSON, what is no text goes it as a file.

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::{Change, Content, Part, Patch, Refusal, Room, Take};

/// Shorter than any secret.
pub(super) const SHORTEST: usize = 6;

/// A string where it stands.
#[derive(Debug)]
pub(super) struct Field<'f> {
    /// Where it stands, for people.
    pub place: String,
    /// What the structure calls it.
    pub name: Option<Cow<'f, str>>,
    /// Its first byte in the container.
    pub at: u64,
    /// Its bytes.
    pub bytes: &'f [u8],
    /// How they are text.
    pub coding: Coding,
}

/// How the bytes of a string are text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Coding {
    /// UTF-8; what is not is a file.
    Utf8,
    /// One byte a character.
    Latin1,
    /// Two bytes a character, the lower one first.
    Utf16Le,
    /// Two bytes a character, the higher one first.
    Utf16Be,
    /// Four bytes a character.
    Utf32 {
        /// The highest one first.
        big_endian: bool,
    },
}

/// Who is told of the strings of a container.
pub(super) type Tell<'t> = dyn FnMut(Field<'_>) -> Result<(), Refusal> + 't;

/// A container's walk over its strings.
pub(super) type Walk<'w> = dyn Fn(&mut Tell<'_>) -> Result<(), Refusal> + 'w;

/// Shows every string that may hold something, as a part.
pub(super) fn show(walk: &Walk<'_>, room: Room, take: &mut Take<'_>) -> Result<(), Refusal> {
    show_each(walk, &|_| room, take)
}

/// The same where not every string has the same room.
pub(super) fn show_each(
    walk: &Walk<'_>,
    room: &dyn Fn(&Field<'_>) -> Room,
    take: &mut Take<'_>,
) -> Result<(), Refusal> {
    let mut number = 0;
    walk(&mut |field| {
        if let Some(form) = field.form() {
            let room = room(&field);
            form.show(number, field.place, room, take)?;
            number += 1;
        }
        Ok(())
    })
}

/// The patches that put `changes` in the places of the strings shown by
/// [`show`].
pub(super) fn replace(walk: &Walk<'_>, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
    let wanted: BTreeMap<usize, &Change> = changes.iter().map(|it| (it.part, it)).collect();
    let mut number = 0;
    let mut patches = Vec::with_capacity(wanted.len());
    walk(&mut |field| {
        if field.form().is_some() {
            if let Some(change) = wanted.get(&number) {
                patches.push(field.patch(change)?);
            }
            number += 1;
        }
        Ok(())
    })?;
    if patches.len() != wanted.len() {
        return Err(Refusal::Malformed("a part that was shown is gone".into()));
    }
    patches.sort_by_key(|patch| patch.span.start);
    Ok(patches)
}

impl<'f> Field<'f> {
    /// A string in UTF-8.
    pub fn utf8(place: String, name: Option<&'f str>, at: u64, bytes: &'f [u8]) -> Self {
        Self {
            place,
            name: name.map(Cow::Borrowed),
            at,
            bytes,
            coding: Coding::Utf8,
        }
    }

    fn form(&self) -> Option<Form<'f>> {
        if self.bytes.len() < SHORTEST {
            return None;
        }
        let name = self.name.clone();
        match self.coding.decode(self.bytes) {
            Some(text) => Some(Form::of(name, text)),
            None if may_hold_text(self.bytes) => Some(Form::File {
                name: name.unwrap_or(Cow::Borrowed("data")),
                bytes: Cow::Borrowed(self.bytes),
            }),
            None => None,
        }
    }

    fn patch(&self, change: &Change) -> Result<Patch, Refusal> {
        let bytes = match self.coding.decode(self.bytes) {
            Some(old) => {
                let new = change.applied(old.as_bytes());
                let new = std::str::from_utf8(&new).ok();
                new.and_then(|text| self.coding.encode(text))
            }
            None => Some(change.applied(self.bytes)),
        };
        let bytes = bytes.filter(|bytes| bytes.len() == self.bytes.len());
        let bytes = bytes.ok_or_else(|| {
            let why = "what is to stand there has another length";
            Refusal::Unsound(format!("{}: {why}", self.place))
        })?;
        Ok(Patch::over(self.at, bytes))
    }
}

impl Coding {
    /// The bytes as text, if they are text.
    pub fn decode(self, bytes: &[u8]) -> Option<Cow<'_, str>> {
        let wide = |read: fn([u8; 2]) -> u16| {
            let (pairs, rest) = bytes.as_chunks::<2>();
            let units: Vec<u16> = pairs.iter().map(|pair| read(*pair)).collect();
            let text = String::from_utf16(&units).ok()?;
            rest.is_empty().then_some(Cow::Owned(text))
        };
        match self {
            Self::Utf8 => std::str::from_utf8(bytes).ok().map(Cow::Borrowed),
            Self::Latin1 if bytes.is_ascii() => Self::Utf8.decode(bytes),
            Self::Latin1 => Some(bytes.iter().map(|byte| char::from(*byte)).collect()),
            Self::Utf16Le => wide(u16::from_le_bytes),
            Self::Utf16Be => wide(u16::from_be_bytes),
            Self::Utf32 { big_endian } => {
                let (units, rest) = bytes.as_chunks::<4>();
                let code = |unit: &[u8; 4]| match big_endian {
                    true => u32::from_be_bytes(*unit),
                    false => u32::from_le_bytes(*unit),
                };
                let text: Option<String> =
                    units.iter().map(|it| char::from_u32(code(it))).collect();
                text.filter(|_| rest.is_empty()).map(Cow::Owned)
            }
        }
    }

    /// The text as bytes, if it can be written so.
    pub fn encode(self, text: &str) -> Option<Vec<u8>> {
        let wide = |write: fn(u16) -> [u8; 2]| text.encode_utf16().flat_map(write).collect();
        match self {
            Self::Utf8 => Some(text.as_bytes().to_vec()),
            Self::Latin1 => text.chars().map(|c| u8::try_from(c).ok()).collect(),
            Self::Utf16Le => Some(wide(u16::to_le_bytes)),
            Self::Utf16Be => Some(wide(u16::to_be_bytes)),
            Self::Utf32 { big_endian } => {
                let unit = |c: char| match big_endian {
                    true => u32::from(c).to_be_bytes(),
                    false => u32::from(c).to_le_bytes(),
                };
                Some(text.chars().flat_map(unit).collect())
            }
        }
    }
}

/// A string as what it is.
pub(super) enum Form<'t> {
    /// Text, with what the structure calls it.
    Text {
        name: Option<Cow<'t, str>>,
        text: Cow<'t, str>,
    },
    /// A file: JSON, or what is no text.
    File {
        name: Cow<'t, str>,
        bytes: Cow<'t, [u8]>,
    },
}

impl<'t> Form<'t> {
    /// What a text is: JSON goes the road as a file of that format.
    pub fn of(name: Option<Cow<'t, str>>, text: Cow<'t, str>) -> Self {
        if !is_json(&text) {
            return Self::Text { name, text };
        }
        let name = name.as_deref().unwrap_or("data");
        Self::File {
            name: Cow::Owned(format!("{name}.json")),
            bytes: match text {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            },
        }
    }

    /// Shows it as a part.
    pub fn show(
        self,
        number: usize,
        place: String,
        room: Room,
        take: &mut Take<'_>,
    ) -> Result<(), Refusal> {
        let show = |content: Content<'_>| {
            take(Part {
                number,
                place,
                content,
                room,
            })
        };
        match self {
            Self::Text { name, text } => show(Content::Text { name, text }),
            Self::File { name, bytes } => {
                let bytes: &[u8] = &bytes;
                show(Content::File {
                    name,
                    bytes: &bytes,
                })
            }
        }
    }
}

/// Whether a text is an object or a list of JSON.
fn is_json(text: &str) -> bool {
    text.trim_start().starts_with(['{', '['])
        && serde_json::from_str::<serde::de::IgnoredAny>(text).is_ok()
}

/// How files begin whose text is compressed or wide.
const PACKED: [&[u8]; 12] = [
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"RIFF",
    b"PK\x03\x04",
    b"\x1f\x8b\x08",
    b"BZh",
    b"\xfd7zXZ\0",
    b"\x28\xb5\x2f\xfd",
    b"\x04\x22\x4d\x18",
    b"\x93NUMPY",
    b"\x89HDF\r\n\x1a\n",
    b"ARROW1",
];

/// Whether bytes that are no text may hold a secret: in a run of text, or out
/// of a compression.
pub(super) fn may_hold_text(bytes: &[u8]) -> bool {
    // Of zlib, which has no mark, what joblib and `pickle` make.
    let is_packed = PACKED.iter().any(|mark| bytes.starts_with(mark))
        || matches!(bytes, [0x78, 0x01 | 0x5e | 0x9c | 0xda, ..]);
    let mut run = 0;
    is_packed
        || bytes.iter().any(|byte| {
            run = if byte.is_ascii_graphic() { run + 1 } else { 0 };
            run >= 12
        })
}
