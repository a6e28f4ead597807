//! Pictures: the text that programs write beside the pixels (PNG, JPEG, WebP).
//!
//! ComfyUI keeps its whole workflow there, with the keys typed into its nodes;
//! cameras and editors keep names and comments. A segment whose text changes
//! is written anew with its length and its checksum; pixels, colour profiles
//! and all other segments stay as they are, byte for byte.

mod exif;
mod jpeg;
mod png;
mod webp;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::ops::Range;

use flate2::Compression;
use flate2::read::ZlibDecoder;
use flate2::write::ZlibEncoder;

use super::cursor::Cursor;
use super::strings::{Coding, Form, may_hold_text};
use super::{Budget, Change, Container, Part, Patch, ReadAt, Refusal, Room, Take};

/// How much of a segment is looked at; the formats allow more, no file has it.
const LARGEST: u64 = 64 * 1024 * 1024;

/// A file format of pictures.
trait Format: Send + Sync {
    fn title(&self) -> &'static str;

    /// All segments, in their order.
    fn segments(&self, source: &dyn ReadAt) -> Result<Vec<Segment>, Refusal>;

    /// What a segment's payload says, as text.
    fn strings(&self, segment: &Segment, payload: &[u8]) -> Vec<Inner>;

    /// A segment with a new payload, from its first to its last byte.
    fn sealed(&self, segment: &Segment, payload: &[u8]) -> Result<Vec<u8>, Refusal>;

    /// Further patches, if the file has another length from now on.
    fn resized(&self, source: &dyn ReadAt, by: i64) -> Result<Vec<Patch>, Refusal> {
        let _ = (source, by);
        Ok(Vec::new())
    }
}

/// A piece of a picture's file.
#[derive(Debug, Clone)]
struct Segment {
    /// What the format calls it.
    name: String,
    /// All of it, with whatever says its length and its checksum.
    span: Range<u64>,
    /// What it carries.
    payload: Range<u64>,
    /// Whether it may carry text. Pixels are not looked at.
    is_text: bool,
}

/// A string in the payload of a segment.
#[derive(Debug)]
struct Inner {
    name: Option<String>,
    /// Where it stands in the payload.
    span: Range<usize>,
    coding: Coding,
    /// It is compressed.
    is_packed: bool,
    room: Room,
}

/// Opens a picture: told by its first bytes.
pub(crate) fn open<'s>(
    _: &str,
    source: &'s dyn ReadAt,
    budget: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let format = format(&source.start(16)?);
    Ok(format.map(|format| {
        Box::new(Picture {
            source,
            format,
            budget,
        }) as Box<dyn Container>
    }))
}

/// Whether a picture has text beside its pixels that is worth a look: not more
/// is read of it than tells that. Nothing is said of what is no whole picture.
pub(crate) fn is_worth_a_look(source: &dyn ReadAt) -> Option<bool> {
    /// What a library for plots writes into each of them.
    const PLOT: &[u8] = b"Software\0Matplotlib version";
    let format = format(&source.start(16).ok()?)?;
    let segments = format.segments(source).ok()?;
    for segment in segments.iter().filter(|segment| segment.is_text) {
        let Range { start, end } = segment.payload;
        let head = source.read_at(start..end.min(start + PLOT.len() as u64));
        if start < end && !head.ok()?.starts_with(PLOT) {
            return Some(true);
        }
    }
    Some(false)
}

/// The format of a picture that begins like this.
fn format(head: &[u8]) -> Option<&'static dyn Format> {
    match head {
        head if head.starts_with(png::MAGIC) => Some(&png::Png),
        head if head.starts_with(jpeg::MAGIC) => Some(&jpeg::Jpeg),
        head if webp::is(head) => Some(&webp::WebP),
        _ => None,
    }
}

/// A picture.
struct Picture<'a> {
    source: &'a dyn ReadAt,
    format: &'static dyn Format,
    budget: &'a Budget,
}

impl Picture<'_> {
    /// Each segment that may carry text, with its payload and the strings in
    /// it that can be shown.
    fn texts(
        &self,
        mut each: impl FnMut(&Segment, &[u8], &[Inner]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        for segment in self.format.segments(self.source)? {
            let payload = segment.payload.clone();
            if !segment.is_text || payload.end - payload.start > LARGEST {
                continue;
            }
            let mut cursor = Cursor::within(self.source, payload.clone());
            let bytes = cursor.take(payload.end - payload.start)?;
            let mut strings = self.format.strings(&segment, bytes);
            strings.retain(|inner| bytes.get(inner.span.clone()).is_some());
            each(&segment, bytes, &strings)?;
        }
        Ok(())
    }

    /// A string out of its compression.
    fn unpacked<'p>(&self, inner: &Inner, payload: &'p [u8]) -> Result<Cow<'p, [u8]>, Refusal> {
        let bytes = payload.get(inner.span.clone()).unwrap_or_default();
        if !inner.is_packed {
            return Ok(Cow::Borrowed(bytes));
        }
        let packed = bytes.len() as u64;
        let room = self.budget.room(packed);
        let mut text = Vec::new();
        ZlibDecoder::new(bytes)
            .take(room.saturating_add(1))
            .read_to_end(&mut text)
            .map_err(|_| Refusal::Malformed("a compressed text is broken".to_owned()))?;
        self.budget.spend(packed, text.len() as u64)?;
        Ok(Cow::Owned(text))
    }

    /// The payload of a segment with the changes of its strings, the first of
    /// which is number `first`.
    fn changed(
        &self,
        payload: &[u8],
        strings: &[Inner],
        first: usize,
        changes: &BTreeMap<usize, &Change>,
    ) -> Result<Option<Vec<u8>>, Refusal> {
        let mut patches = Vec::new();
        for (number, inner) in (first..).zip(strings) {
            let Some(change) = changes.get(&number) else {
                continue;
            };
            let old = self.unpacked(inner, payload)?;
            patches.push(Patch {
                span: inner.span.start as u64..inner.span.end as u64,
                bytes: inner.changed(&old, change)?,
            });
        }
        patches.sort_by_key(|patch| patch.span.start);
        let overlap = |pair: &[Patch]| pair[0].span.end > pair[1].span.start;
        if patches.windows(2).any(overlap) {
            let why = "two of its strings stand in the same place";
            return Err(Refusal::Malformed(why.to_owned()));
        }
        Ok((!patches.is_empty()).then(|| super::apply(payload, &patches)))
    }
}

impl Inner {
    /// A payload that nobody knows, if it may hold text.
    fn raw(payload: &[u8]) -> Option<Self> {
        may_hold_text(payload).then_some(Self {
            name: None,
            span: 0..payload.len(),
            coding: Coding::Utf8,
            is_packed: false,
            room: Room::Same,
        })
    }

    /// What the string is. What is no text is a file, if it may hold any.
    fn form<'t>(&'t self, bytes: Cow<'t, [u8]>) -> Form<'t> {
        let name = self.name.as_deref().map(Cow::Borrowed);
        match self.coding.decode(&bytes).map(Cow::into_owned) {
            Some(text) => Form::of(name, Cow::Owned(text)),
            None => Form::File {
                name: name.unwrap_or(Cow::Borrowed("data")),
                bytes,
            },
        }
    }

    fn changed(&self, old: &[u8], change: &Change) -> Result<Vec<u8>, Refusal> {
        let new = match self.coding.decode(old) {
            Some(text) => {
                let new = change.applied(text.as_bytes());
                let text = std::str::from_utf8(&new).ok();
                text.and_then(|text| self.coding.encode(text))
            }
            None => Some(change.applied(old)),
        };
        let fits = |new: &Vec<u8>| self.room != Room::Same || new.len() == old.len();
        let new = new.filter(fits).ok_or_else(|| {
            Refusal::Unsound("what is to stand in a text does not fit there".to_owned())
        })?;
        if !self.is_packed {
            return Ok(new);
        }
        let mut encoder = ZlibEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(&new)?;
        Ok(encoder.finish()?)
    }
}

impl Container for Picture<'_> {
    fn title(&self) -> &'static str {
        self.format.title()
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        let mut number = 0;
        self.texts(|segment, payload, strings| {
            for inner in strings {
                let place = match &inner.name {
                    Some(name) => format!("{} {name}", segment.name),
                    None => segment.name.clone(),
                };
                match self.unpacked(inner, payload) {
                    Ok(bytes) => (inner.form(bytes)).show(number, place, inner.room, take)?,
                    Err(refusal) => take(Part {
                        number,
                        place,
                        content: refusal.of_a_part()?,
                        room: inner.room,
                    })?,
                }
                number += 1;
            }
            Ok(())
        })
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        let changes: BTreeMap<usize, &Change> = changes.iter().map(|it| (it.part, it)).collect();
        let mut patches = Vec::new();
        let mut number = 0;
        self.texts(|segment, payload, strings| {
            if let Some(new) = self.changed(payload, strings, number, &changes)? {
                patches.push(Patch {
                    span: segment.span.clone(),
                    bytes: self.format.sealed(segment, &new)?,
                });
            }
            number += strings.len();
            Ok(())
        })?;
        let grown = |patch: &Patch| {
            let old = patch.span.end - patch.span.start;
            patch.bytes.len() as i64 - old as i64
        };
        let by = patches.iter().map(grown).sum();
        patches.extend(self.format.resized(self.source, by)?);
        patches.sort_by_key(|patch| patch.span.start);
        Ok(patches)
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let segments = self.format.segments(self.source)?;
        let line = |segment: &Segment| match segment.is_text {
            true => segment.name.clone(),
            false => {
                let len = segment.span.end - segment.span.start;
                format!("{}: {len} bytes", segment.name)
            }
        };
        Ok(segments.iter().map(line).collect())
    }
}
