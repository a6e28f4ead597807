//! GGUF models: the strings among the key-value pairs in their header.
//!
//! Tensors are aligned to the end of the header, so a string is replaced by
//! one of the same length and nothing moves. Tensor data is not looked at.

use super::cursor::Cursor;
use super::strings::{self, Field, Tell};
use super::{Budget, Change, Container, Patch, ReadAt, Refusal, Room, Take};

const MAGIC: &[u8] = b"GGUF";

/// Arrays may hold arrays; no file goes deeper.
const DEEPEST: usize = 8;

/// Types of values.
const STRING: u32 = 8;
const ARRAY: u32 = 9;

/// Opens a GGUF model: told by its first bytes.
pub(super) fn open<'s>(
    _: &str,
    source: &'s dyn ReadAt,
    _: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let is_model = source.begins(MAGIC)?;
    Ok(is_model.then(|| Box::new(Gguf { source }) as Box<dyn Container>))
}

/// A GGUF model.
struct Gguf<'a> {
    source: &'a dyn ReadAt,
}

/// One tensor, as the header tells of it.
struct Tensor {
    name: String,
    dimensions: Vec<u64>,
    kind: u32,
    offset: u64,
}

/// What a walk over the header tells of.
enum Told<'f> {
    Pair { key: &'f str, kind: u32, len: u64 },
    Text(Field<'f>),
    Tensor(Tensor),
}

impl<'a> Gguf<'a> {
    fn walk(&self, tell: &mut dyn FnMut(Told<'_>) -> Result<(), Refusal>) -> Result<(), Refusal> {
        let mut header = Header::read(self.source)?;
        for _ in 0..header.pairs {
            header.pair(tell)?;
        }
        for _ in 0..header.tensors {
            let tensor = header.tensor()?;
            tell(Told::Tensor(tensor))?;
        }
        Ok(())
    }

    fn strings(&self, tell: &mut Tell<'_>) -> Result<(), Refusal> {
        self.walk(&mut |told| match told {
            Told::Text(field) => tell(field),
            _ => Ok(()),
        })
    }
}

impl Container for Gguf<'_> {
    fn title(&self) -> &'static str {
        "GGUF model"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        strings::show(&|tell| self.strings(tell), Room::Same, take)
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        strings::replace(&|tell| self.strings(tell), changes)
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let mut lines = Vec::new();
        self.walk(&mut |told| {
            lines.push(match told {
                Told::Pair { key, kind, len } => format!("{key}: type {kind}, {len} bytes"),
                Told::Text(_) => return Ok(()),
                Told::Tensor(it) => format!(
                    "tensor {}: {:?}, type {}, at {}",
                    it.name, it.dimensions, it.kind, it.offset
                ),
            });
            Ok(())
        })?;
        Ok(lines)
    }
}

/// A header that is read from its beginning to its end.
struct Header<'a> {
    cursor: Cursor<'a>,
    /// Lengths have four bytes in version 1, eight since.
    is_first_version: bool,
    tensors: u64,
    pairs: u64,
}

impl<'a> Header<'a> {
    fn read(source: &'a dyn ReadAt) -> Result<Self, Refusal> {
        let mut cursor = Cursor::new(source);
        if cursor.take(MAGIC.len() as u64)? != MAGIC {
            return Err(Refusal::Malformed("not a GGUF model".into()));
        }
        let mut version = cursor.u32()?;
        if version & 0xffff == 0 {
            // Written for a machine of the other byte order.
            cursor.set_big_endian(true);
            version = version.swap_bytes();
        }
        if !(1..=3).contains(&version) {
            let why = format!("GGUF version {version}: 1 to 3 are known");
            return Err(Refusal::Malformed(why));
        }
        let mut header = Self {
            cursor,
            is_first_version: version == 1,
            tensors: 0,
            pairs: 0,
        };
        header.tensors = header.length()?;
        header.pairs = header.length()?;
        Ok(header)
    }

    fn length(&mut self) -> Result<u64, Refusal> {
        match self.is_first_version {
            true => self.cursor.u32().map(u64::from),
            false => self.cursor.u64(),
        }
    }

    /// A key or a tensor's name.
    fn name(&mut self) -> Result<String, Refusal> {
        let len = self.length()?;
        Ok(String::from_utf8_lossy(self.cursor.take(len)?).into_owned())
    }

    fn pair(
        &mut self,
        tell: &mut dyn FnMut(Told<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let key = self.name()?;
        let kind = self.cursor.u32()?;
        let start = self.cursor.at();
        self.value(&key, kind, 0, tell)?;
        let len = self.cursor.at() - start;
        let key = key.as_str();
        tell(Told::Pair { key, kind, len })
    }

    fn value(
        &mut self,
        key: &str,
        kind: u32,
        depth: usize,
        tell: &mut dyn FnMut(Told<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        match kind {
            STRING => self.text(key, tell),
            ARRAY if depth < DEEPEST => {
                let kind = self.cursor.u32()?;
                let count = self.length()?;
                self.items(key, kind, count, depth + 1, tell)
            }
            _ => self.cursor.skip(self.width(kind)?),
        }
    }

    /// The items of an array. Numbers are left out in one step, so that a
    /// count that lies is found out at once; each string takes bytes.
    fn items(
        &mut self,
        key: &str,
        kind: u32,
        count: u64,
        depth: usize,
        tell: &mut dyn FnMut(Told<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        if kind == STRING || kind == ARRAY {
            for _ in 0..count {
                self.value(key, kind, depth, tell)?;
            }
            return Ok(());
        }
        let len = self.width(kind)?.checked_mul(count);
        let len = len.ok_or_else(|| Refusal::Malformed(format!("{key}: {count} items")))?;
        self.cursor.skip(len)
    }

    fn text(
        &mut self,
        key: &str,
        tell: &mut dyn FnMut(Told<'_>) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        let len = self.length()?;
        let at = self.cursor.at();
        let bytes = self.cursor.take(len)?;
        let name = key.rsplit('.').next();
        tell(Told::Text(Field::utf8(key.to_owned(), name, at, bytes)))
    }

    fn tensor(&mut self) -> Result<Tensor, Refusal> {
        let name = self.name()?;
        let count = self.cursor.u32()?;
        if count > 16 {
            let why = format!("tensor {name}: {count} dimensions");
            return Err(Refusal::Malformed(why));
        }
        let dimensions = (0..count).map(|_| self.length());
        Ok(Tensor {
            dimensions: dimensions.collect::<Result<_, _>>()?,
            kind: self.cursor.u32()?,
            offset: self.cursor.u64()?,
            name,
        })
    }

    /// The bytes of a value that is a number.
    fn width(&self, kind: u32) -> Result<u64, Refusal> {
        Ok(match kind {
            0 | 1 | 7 => 1,
            2 | 3 => 2,
            4..=6 => 4,
            10..=12 => 8,
            _ => {
                let at = self.cursor.at();
                let why = format!("at byte {at}: a value of unknown type {kind}");
                return Err(Refusal::Malformed(why));
            }
        })
    }
}
