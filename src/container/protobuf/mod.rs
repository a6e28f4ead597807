//! Messages of Protocol Buffers: the strings in them, with the names that
//! their fields or their keys give them.
//!
//! Where a schema says what a field is, it is believed; everywhere else the
//! bytes tell: what reads as a message to its last byte is one, and a pair of
//! fields 1 and 2 is a key and its value. The structure is never written
//! anew: a string is replaced where it stands by one of the same length.

pub mod model;
pub mod schema;

use std::borrow::Cow;
use std::ops::Range;

use super::cursor::Cursor;
use super::strings::{Coding, Field};
use super::{ReadAt, Refusal};
use schema::{Kind, Schema};

/// Messages within messages; a real file has less than twenty.
const DEEPEST: usize = 64;

/// A field without a schema that is larger is data, not a message.
const LARGEST_GUESS: u64 = 16 * 1024 * 1024;

/// What a walk over a message tells of.
pub(super) enum Told<'f> {
    /// A field's number, how it is written, and its number or its length.
    Shape { tag: u64, value: u64, depth: usize },
    /// A string.
    Text(Field<'f>),
}

/// A walk over one message.
pub(super) struct Walker<'w, 'a> {
    cursor: Cursor<'a>,
    tell: &'w mut dyn FnMut(Told<'_>) -> Result<(), Refusal>,
}

/// Where in the message the walk is.
#[derive(Clone)]
struct Spot {
    /// The names of the fields on the way here.
    path: String,
    /// The key that names what is here.
    key: Option<String>,
    depth: usize,
}

impl Spot {
    fn within(&self, step: &str) -> Self {
        let mut path = self.path.clone();
        if !path.is_empty() && !step.is_empty() {
            path.push('.');
        }
        path.push_str(step);
        Self {
            path,
            key: self.key.clone(),
            depth: self.depth + 1,
        }
    }
}

/// Whether bytes can be walked over as a message to their end.
pub(super) fn is_message(bytes: &[u8], schema: &'static Schema) -> bool {
    let walked = Walker::new(&bytes, &mut |_| Ok(())).walk("", schema);
    walked.is_ok()
}

impl<'w, 'a> Walker<'w, 'a> {
    /// A walk over all of `source`.
    pub fn new(
        source: &'a dyn ReadAt,
        tell: &'w mut dyn FnMut(Told<'_>) -> Result<(), Refusal>,
    ) -> Self {
        Self::within(source, 0..source.len(), tell)
    }

    /// A walk over some of the bytes.
    pub fn within(
        source: &'a dyn ReadAt,
        span: Range<u64>,
        tell: &'w mut dyn FnMut(Told<'_>) -> Result<(), Refusal>,
    ) -> Self {
        let cursor = Cursor::within(source, span);
        Self { cursor, tell }
    }

    /// Walks over the message.
    pub fn walk(&mut self, place: &str, schema: &'static Schema) -> Result<(), Refusal> {
        let spot = Spot {
            path: place.to_owned(),
            key: None,
            depth: 0,
        };
        let end = self.cursor.at() + self.cursor.left();
        self.message(end, schema, spot)
    }

    fn message(&mut self, end: u64, schema: &'static Schema, spot: Spot) -> Result<(), Refusal> {
        if spot.depth > DEEPEST {
            let why = format!("messages within more than {DEEPEST} others");
            return Err(Refusal::Limit(why));
        }
        let mut spot = spot;
        while self.cursor.at() < end {
            let tag = self.cursor.varint()?;
            let value = self.value(tag)?;
            let depth = spot.depth;
            (self.tell)(Told::Shape { tag, value, depth })?;
            if tag & 7 == 2 {
                if value > end.saturating_sub(self.cursor.at()) {
                    return Err(self.malformed("a field is longer than its message"));
                }
                self.field(tag >> 3, value, schema, &mut spot)?;
            }
        }
        match self.cursor.at() == end {
            true => Ok(()),
            false => Err(self.malformed("a message does not end where it should")),
        }
    }

    /// A field's number, or the length of its bytes, which are next then.
    fn value(&mut self, tag: u64) -> Result<u64, Refusal> {
        match tag & 7 {
            0 | 2 => self.cursor.varint(),
            1 => self.cursor.u64(),
            5 => self.cursor.u32().map(u64::from),
            // Groups are markers around fields, which are told as the others.
            3 | 4 => Ok(0),
            _ => Err(self.malformed("a field of unknown type")),
        }
    }

    fn field(
        &mut self,
        number: u64,
        len: u64,
        schema: &'static Schema,
        spot: &mut Spot,
    ) -> Result<(), Refusal> {
        let end = self.cursor.at() + len;
        let (name, kind) = schema.field(number);
        match kind {
            Kind::Skip => self.cursor.skip(len),
            Kind::Of(schema) => self.message(end, schema, spot.within(name)),
            Kind::Key => {
                spot.key = Some(self.key(len)?);
                self.string(name, len, spot)
            }
            Kind::Json if self.is_quoted(len)? => {
                self.cursor.skip(1)?;
                self.string(name, len - 2, spot)?;
                self.cursor.skip(1)
            }
            Kind::Text | Kind::Json => self.string(name, len, spot),
            Kind::Guess => self.guess(len, spot),
        }
    }

    fn string(&mut self, name: &str, len: u64, spot: &Spot) -> Result<(), Refusal> {
        let at = self.cursor.at();
        let bytes = self.cursor.take(len)?;
        let key = spot.key.as_deref();
        let step = key.unwrap_or(name);
        let field = Field {
            place: spot.within(step).path,
            name: (!step.is_empty()).then_some(Cow::Borrowed(step)),
            at,
            bytes,
            coding: Coding::Utf8,
        };
        (self.tell)(Told::Text(field))
    }

    /// What is in a field that no schema knows.
    fn guess(&mut self, len: u64, spot: &Spot) -> Result<(), Refusal> {
        if len > LARGEST_GUESS {
            return self.cursor.skip(len);
        }
        let at = self.cursor.at();
        let schema = match told_by_itself(self.cursor.take(len)?) {
            Guess::Text => None,
            Guess::Message => Some(&schema::UNKNOWN),
            Guess::Entry => Some(&schema::ENTRY),
        };
        self.cursor.go_to(at);
        match schema {
            Some(schema) if spot.depth < DEEPEST => self.message(at + len, schema, spot.within("")),
            _ => self.string("", len, spot),
        }
    }

    /// The text of the next `len` bytes, which stay next.
    fn key(&mut self, len: u64) -> Result<String, Refusal> {
        let at = self.cursor.at();
        let key = String::from_utf8_lossy(self.cursor.take(len)?).into_owned();
        self.cursor.go_to(at);
        Ok(key)
    }

    /// Whether the next `len` bytes are a string of JSON without any escape,
    /// which can be looked at without its quotes.
    fn is_quoted(&mut self, len: u64) -> Result<bool, Refusal> {
        let at = self.cursor.at();
        let bytes = self.cursor.take(len)?;
        let inner = bytes
            .strip_prefix(b"\"")
            .and_then(|it| it.strip_suffix(b"\""));
        let quoted = inner.is_some_and(|it| memchr::memchr2(b'\\', b'"', it).is_none());
        self.cursor.go_to(at);
        Ok(quoted)
    }

    fn malformed(&self, why: &str) -> Refusal {
        Refusal::Malformed(format!("at byte {}: {why}", self.cursor.at()))
    }
}

enum Guess {
    Text,
    Message,
    Entry,
}

/// What bytes are whose schema nobody knows.
fn told_by_itself(bytes: &[u8]) -> Guess {
    // A message that begins with its field 1 begins like a line that is empty.
    if is_print(bytes) && !bytes.starts_with(b"\n") {
        return Guess::Text;
    }
    match tags_of(&bytes) {
        Some(tags) if matches!(tags.as_slice(), [10, 18]) => Guess::Entry,
        Some(_) => Guess::Message,
        None => Guess::Text,
    }
}

fn is_print(bytes: &[u8]) -> bool {
    let is_control = |c: char| c.is_control() && !matches!(c, '\t' | '\n' | '\r' | '\x1b');
    std::str::from_utf8(bytes).is_ok_and(|text| !text.contains(is_control))
}

/// Whether bytes are a sequence of fields to their end; none of them is looked
/// into.
fn is_fields(source: &dyn ReadAt) -> bool {
    tags_of(source).is_some()
}

/// The tags of the first fields, if the bytes are a message to their end.
fn tags_of(source: &dyn ReadAt) -> Option<Vec<u64>> {
    const HIGHEST: u64 = 20_000;
    let mut cursor = Cursor::new(source);
    let mut tags = Vec::new();
    while cursor.left() > 0 {
        let tag = cursor.varint().ok()?;
        if !(1..=HIGHEST).contains(&(tag >> 3)) {
            return None;
        }
        if tags.len() < 3 {
            tags.push(tag);
        }
        match tag & 7 {
            0 => drop(cursor.varint().ok()?),
            1 => cursor.skip(8).ok()?,
            2 => {
                let len = cursor.varint().ok()?;
                cursor.skip(len).ok()?;
            }
            5 => cursor.skip(4).ok()?,
            _ => return None,
        }
    }
    (!tags.is_empty()).then_some(tags)
}
