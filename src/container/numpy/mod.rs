//! Arrays of numpy: a header as a literal of Python, then the items.
//!
//! Strings have a fixed length and are filled up with zeros, so another one of
//! the same length takes their place. An array of objects is a pickle. Numbers
//! are never read.

mod dtype;

use std::borrow::Cow;

pub use self::dtype::Dtype;
use super::numbers::{u16_at, u32_at};
use super::strings::{self, Coding, Field, Tell};
use super::{Budget, Change, Container, Content, Part, Patch, ReadAt, Refusal, Room, Take, Window};

const MAGIC: &[u8] = b"\x93NUMPY";

/// Longer headers are refused by numpy, too.
const LONGEST: u64 = 1 << 20;

/// How much of the items is read at once.
const CHUNK: u64 = 1 << 20;

/// Items in a row.
#[derive(Debug, Clone)]
pub struct Items {
    /// Where the first one begins.
    pub start: u64,
    /// How many bytes they take together.
    pub len: u64,
    /// What each one is.
    pub dtype: Dtype,
}

impl Items {
    /// Tells each string among them. Its place is that of the item.
    pub fn walk(&self, bytes: &dyn ReadAt, tell: &mut Tell<'_>) -> Result<(), Refusal> {
        let size = self.dtype.size;
        if size == 0 || self.dtype.strings.is_empty() {
            return Ok(());
        }
        let count = self.len.min(bytes.len().saturating_sub(self.start)) / size;
        let at_once = (CHUNK / size).max(1);
        let mut first = 0;
        while first < count {
            let number = at_once.min(count - first);
            let start = self.start + first * size;
            let chunk = bytes.read_at(start..start + number * size)?;
            for index in 0..number {
                self.item(first + index, start, index * size, &chunk, tell)?;
            }
            first += number;
        }
        Ok(())
    }

    fn item(
        &self,
        number: u64,
        start: u64,
        at: u64,
        chunk: &[u8],
        tell: &mut Tell<'_>,
    ) -> Result<(), Refusal> {
        for field in &self.dtype.strings {
            let from = at + field.at;
            let span = usize::try_from(from)
                .ok()
                .zip(usize::try_from(from + field.len).ok());
            let Some(bytes) = span.and_then(|(from, to)| chunk.get(from..to)) else {
                continue;
            };
            let coding = match field.wide {
                Some(big_endian) => Coding::Utf32 { big_endian },
                None if std::str::from_utf8(bytes).is_ok() => Coding::Utf8,
                None => Coding::Latin1,
            };
            let place = match &field.name {
                Some(name) => format!("item {number}, {name}"),
                None => format!("item {number}"),
            };
            tell(Field {
                place,
                name: field.name.as_deref().map(Cow::Borrowed),
                at: start + from,
                bytes: filled(bytes, coding),
                coding,
            })?;
        }
        Ok(())
    }
}

/// A string without the zeros that fill it up.
fn filled(bytes: &[u8], coding: Coding) -> &[u8] {
    let used = bytes.len() - bytes.iter().rev().take_while(|&&byte| byte == 0).count();
    let width = match coding {
        Coding::Utf32 { .. } => 4,
        _ => 1,
    };
    &bytes[..used.next_multiple_of(width).min(bytes.len())]
}

/// An array in a file.
pub struct Array<'s> {
    bytes: &'s dyn ReadAt,
    header: String,
    items: Items,
}

/// Opens an array.
pub fn open<'s>(
    _: &str,
    bytes: &'s dyn ReadAt,
    _: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let start = bytes.start(12)?;
    if !start.starts_with(MAGIC) {
        return Ok(None);
    }
    let is_short = start.get(6) == Some(&1);
    let len = match is_short {
        true => u16_at(&start, 8).map(u64::from),
        false => u32_at(&start, 8).map(u64::from),
    };
    let from = if is_short { 10 } else { 12 };
    let len = len.filter(|len| *len <= LONGEST && from + *len <= bytes.len());
    let len = len.ok_or_else(|| broken("its header is cut off"))?;
    let header = bytes.read_at(from..from + len)?;
    let header = String::from_utf8_lossy(&header).into_owned();
    let descr = header
        .split_once("'descr':")
        .ok_or_else(|| broken("its header does not say what it holds"))?
        .1;
    let dtype = Dtype::read(descr).ok_or_else(|| broken("its type cannot be read"))?;
    let start = from + len;
    let items = Items {
        start,
        len: bytes.len() - start,
        dtype,
    };
    Ok(Some(Box::new(Array {
        bytes,
        header,
        items,
    })))
}

impl Container for Array<'_> {
    fn title(&self) -> &'static str {
        "numpy array"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        if !self.items.dtype.has_objects {
            let walk = |tell: &mut Tell<'_>| self.items.walk(self.bytes, tell);
            return strings::show(&walk, Room::Same, take);
        }
        let start = self.items.start;
        take(Part {
            number: 0,
            place: "objects".to_owned(),
            content: Content::File {
                name: Cow::Borrowed("objects.pkl"),
                bytes: &Window::new(self.bytes, start..self.bytes.len()),
            },
            room: Room::Same,
        })
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        if !self.items.dtype.has_objects {
            let walk = |tell: &mut Tell<'_>| self.items.walk(self.bytes, tell);
            return strings::replace(&walk, changes);
        }
        let start = self.items.start;
        let patches = changes.iter().flat_map(|change| match &change.new {
            super::New::Patched(patches) => patches.clone(),
            super::New::Whole(bytes) => vec![Patch::over(0, bytes.clone())],
        });
        Ok(patches.map(|patch| patch.shifted(start)).collect())
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        Ok(vec![self.header.clone(), self.items.len.to_string()])
    }
}

fn broken(what: &str) -> Refusal {
    Refusal::Malformed(format!("not a sound numpy array: {what}"))
}
