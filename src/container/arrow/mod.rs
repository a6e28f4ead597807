//! Arrow's IPC files and streams, Feather among them: the strings in their
//! columns and in their metadata.
//!
//! Buffers lie one after the other at places that messages tell, so a string
//! is replaced by one of the same length. In buffers that are compressed
//! nothing can be replaced so: those files are looked at and not changed.

mod schema;
mod table;

use std::borrow::Cow;
use std::cell::RefCell;
use std::io::Read;
use std::ops::Range;

use super::cursor::Cursor;
use super::strings::{self, Coding, Field, Tell};
use super::{Budget, Change, Container, Part, Patch, ReadAt, Refusal, Room, Take, flat};
use schema::{Layout, Slot};
use table::Table;

const MAGIC: &[u8] = b"ARROW1";

/// What a message begins with.
const CONTINUATION: u32 = u32::MAX;

/// Kinds of messages.
const SCHEMA: u8 = 1;
const DICTIONARY: u8 = 2;
const BATCH: u8 = 3;

/// Metadata of one message is not larger.
const LARGEST_METADATA: u64 = 64 << 20;

const COMPRESSED: &str = "its buffers are compressed: write it again without the value";

/// Opens a file, told by its first bytes, or a stream, told by its name.
pub(super) fn open<'s>(
    name: &str,
    source: &'s dyn ReadAt,
    budget: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let head = source.start(8)?;
    let is_stream = name.ends_with(".arrow") || name.ends_with(".arrows");
    let start = match &*head {
        head if head.starts_with(MAGIC) => 8,
        [0xff, 0xff, 0xff, 0xff, ..] if is_stream => 0,
        _ => return Ok(None),
    };
    Ok(Some(Box::new(Arrow {
        source,
        start,
        budget,
    })))
}

/// Takes what cannot be looked at, with where it stands.
type Refuse<'r> = dyn Fn(String, Refusal) + 'r;

/// An Arrow file or stream.
struct Arrow<'a> {
    source: &'a dyn ReadAt,
    /// Where the first message stands.
    start: u64,
    budget: &'a Budget,
}

/// A message, and where its metadata and its buffers stand.
struct Message {
    number: usize,
    metadata: Range<u64>,
    body: Range<u64>,
}

/// Some buffers of one batch.
struct Batch<'b> {
    message: &'b Message,
    slots: &'b [Slot],
    buffers: Vec<(u64, u64)>,
    /// How many buffers each column of views has.
    views: Vec<u64>,
    codec: Option<u8>,
}

impl Arrow<'_> {
    fn messages(
        &self,
        mut each: impl FnMut(&Message, &[u8]) -> Result<(), Refusal>,
    ) -> Result<u64, Refusal> {
        let mut cursor = Cursor::new(self.source);
        cursor.go_to(self.start);
        let mut number = 0;
        while cursor.left() >= 8 && cursor.u32()? == CONTINUATION {
            let len = u64::from(cursor.u32()?);
            if len == 0 {
                return Ok(cursor.at());
            }
            if len > LARGEST_METADATA {
                return Err(Refusal::Limit("a message's metadata is too large".into()));
            }
            number += 1;
            let start = cursor.at();
            let bytes = cursor.take(len)?.to_vec();
            let table = Table::root(&bytes);
            let body = table.map_or(0, |it| it.u64(3));
            let message = Message {
                number,
                metadata: start..start + len,
                body: cursor.at()..cursor.at().saturating_add(body),
            };
            cursor.skip(body)?;
            each(&message, &bytes)?;
        }
        Ok(cursor.at())
    }

    /// Tells of all strings; those in compressed buffers only to look at. What
    /// is beyond a limit or broken is refused for itself.
    fn strings(&self, tell: &mut Tell<'_>, refuse: &Refuse<'_>) -> Result<(), Refusal> {
        let mut layout = None;
        let end = self.messages(|message, bytes| {
            let place = format!("message {}", message.number);
            tell_flat(&place, bytes, message.metadata.start, tell)?;
            let root = Table::root(bytes);
            let Some((kind, header)) = root.and_then(|it| Some((it.u8(1), it.table(2)?))) else {
                return Ok(());
            };
            if kind == SCHEMA {
                layout = Layout::read(header);
                return Ok(());
            }
            let Some(layout) = &layout else { return Ok(()) };
            match batch(message, layout, kind, header) {
                Some(batch) => self.batch(&batch, tell, refuse),
                None => Ok(()),
            }
        })?;
        // The footer repeats the schema with its metadata.
        if self.start > 0 && end < self.source.len() {
            let mut cursor = Cursor::within(self.source, end..self.source.len());
            let left = cursor.left();
            if left > LARGEST_METADATA {
                return Err(Refusal::Limit("the footer is too large".into()));
            }
            tell_flat("footer", cursor.take(left)?, end, tell)?;
        }
        Ok(())
    }

    fn batch(
        &self,
        batch: &Batch<'_>,
        tell: &mut Tell<'_>,
        refuse: &Refuse<'_>,
    ) -> Result<(), Refusal> {
        let place = |name: &str| format!("column {name}, batch {}", batch.message.number);
        let mut buffers = batch.buffers.iter();
        let mut views = batch.views.iter();
        for slot in batch.slots {
            let Some(first) = buffers.next() else { break };
            match slot {
                Slot::Other => {}
                Slot::Offsets { name, width } => {
                    let Some(data) = buffers.next() else { break };
                    let both = self.unpacked(batch, *first);
                    let both = both.and_then(|first| Ok((first, self.unpacked(batch, *data)?)));
                    match both {
                        Ok(((offsets, _), data)) => {
                            column(&place(name), name, *width, (&offsets, data), tell)?;
                        }
                        Err(refusal) => refuse(place(name), refusal),
                    }
                }
                Slot::Views { name } => {
                    let more = views.next().copied().unwrap_or(0);
                    for _ in 0..more {
                        let Some(data) = buffers.next() else { break };
                        match self.unpacked(batch, *data) {
                            Ok((data, start)) => {
                                tell(Field::utf8(place(name), Some(name), start, &data))?;
                            }
                            Err(refusal) => refuse(place(name), refusal),
                        }
                    }
                }
            }
        }
        Ok(())
    }

    /// A buffer out of its compression, with where it begins; one that is
    /// compressed begins nowhere in the file.
    fn unpacked(
        &self,
        batch: &Batch<'_>,
        (offset, len): (u64, u64),
    ) -> Result<(Cow<'_, [u8]>, u64), Refusal> {
        const PREFIX: u64 = 8;
        let start = batch.message.body.start.saturating_add(offset);
        let end = start.saturating_add(len).min(batch.message.body.end);
        if len == 0 || start >= end {
            return Ok((Cow::Borrowed(&[]), start));
        }
        let bytes = self.source.read_at(start..end)?;
        let Some(codec) = batch.codec else {
            return Ok((bytes, start));
        };
        let Some((head, packed)) = bytes.split_first_chunk::<8>() else {
            return Ok((Cow::Borrowed(&[]), start));
        };
        if i64::from_le_bytes(*head) < 0 {
            return Ok((Cow::Owned(packed.to_vec()), start + PREFIX));
        }
        Ok((Cow::Owned(self.inflated(codec, packed)?), start))
    }

    fn inflated(&self, codec: u8, packed: &[u8]) -> Result<Vec<u8>, Refusal> {
        let room = Budget::new(self.budget.limits).room(packed.len() as u64);
        let mut bytes = Vec::new();
        let read = match codec {
            0 => (lz4_flex::frame::FrameDecoder::new(packed))
                .take(room.saturating_add(1))
                .read_to_end(&mut bytes),
            _ => zstd::Decoder::new(packed)
                .and_then(|it| it.take(room.saturating_add(1)).read_to_end(&mut bytes)),
        };
        read.map_err(|_| Refusal::Malformed("a compressed buffer is broken".to_owned()))?;
        let len = bytes.len() as u64;
        Budget::new(self.budget.limits).spend(packed.len() as u64, len)?;
        Ok(bytes)
    }

    fn is_compressed(&self) -> Result<bool, Refusal> {
        let mut is_compressed = false;
        self.messages(|message, bytes| {
            let root = Table::root(bytes);
            let header = root.and_then(|it| Some((it.u8(1), it.table(2)?)));
            let layout = Layout::default();
            is_compressed |= header
                .and_then(|(kind, header)| batch(message, &layout, kind, header))
                .is_some_and(|batch| batch.codec.is_some());
            Ok(())
        })?;
        Ok(is_compressed)
    }

    fn room(&self) -> Result<Room, Refusal> {
        Ok(match self.is_compressed()? {
            true => Room::Fixed(COMPRESSED),
            false => Room::Same,
        })
    }
}

/// A column of strings: each with its own borders.
fn column(
    place: &str,
    name: &str,
    width: u64,
    (offsets, (data, start)): (&[u8], (Cow<'_, [u8]>, u64)),
    tell: &mut Tell<'_>,
) -> Result<(), Refusal> {
    let mut cursor = Cursor::new(&offsets);
    let mut last = None;
    let mut row = 0;
    while cursor.left() >= width {
        let offset = match width {
            8 => cursor.u64()?,
            _ => u64::from(cursor.u32()?),
        };
        let span = last.replace(offset).map(|last| last..offset);
        let text = span.and_then(|span| {
            let range = usize::try_from(span.start).ok()?..usize::try_from(span.end).ok()?;
            Some((span.start, data.get(range)?))
        });
        if let Some((at, bytes)) = text {
            row += 1;
            let place = format!("{place}, row {row}");
            tell(Field::utf8(place, Some(name), start + at, bytes))?;
        }
    }
    Ok(())
}

/// The buffers of a batch or of a dictionary, with what the schema says of
/// them.
fn batch<'b>(
    message: &'b Message,
    layout: &'b Layout,
    kind: u8,
    header: Table<'_>,
) -> Option<Batch<'b>> {
    let (table, slots) = match kind {
        BATCH => (header, layout.columns.as_slice()),
        DICTIONARY => {
            let slots = layout.dictionaries.get(&header.u64(0));
            (header.table(1)?, slots.map_or(&[][..], Vec::as_slice))
        }
        _ => return None,
    };
    Some(Batch {
        message,
        slots,
        buffers: table.pairs(2),
        views: table.numbers(4),
        codec: table.table(3).map(|it| it.u8(0)),
    })
}

fn tell_flat(place: &str, bytes: &[u8], start: u64, tell: &mut Tell<'_>) -> Result<(), Refusal> {
    for span in flat::strings(bytes) {
        tell(Field {
            place: format!("{place}, metadata"),
            name: None,
            at: start + span.start as u64,
            bytes: bytes.get(span).unwrap_or_default(),
            coding: Coding::Utf8,
        })?;
    }
    Ok(())
}

impl Container for Arrow<'_> {
    fn title(&self) -> &'static str {
        "Arrow file"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        let refused = RefCell::new(Vec::new());
        let refuse = |place, refusal| refused.borrow_mut().push((place, refusal));
        let mut number = 0;
        strings::show(
            &|tell| self.strings(tell, &refuse),
            self.room()?,
            &mut |part| {
                number = part.number + 1;
                take(part)
            },
        )?;
        for (index, (place, refusal)) in refused.take().into_iter().enumerate() {
            take(Part {
                number: number + index,
                place,
                content: refusal.of_a_part()?,
                room: Room::Fixed(COMPRESSED),
            })?;
        }
        Ok(())
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        if let Room::Fixed(why) = self.room()?
            && !changes.is_empty()
        {
            return Err(Refusal::Unsound(why.to_owned()));
        }
        strings::replace(&|tell| self.strings(tell, &|_, _| {}), changes)
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let mut lines = Vec::new();
        self.messages(|message, bytes| {
            let kind = Table::root(bytes).map_or(0, |it| it.u8(1));
            let (number, body) = (message.number, &message.body);
            lines.push(format!("message {number}: kind {kind}, body at {body:?}"));
            Ok(())
        })?;
        Ok(lines)
    }
}
