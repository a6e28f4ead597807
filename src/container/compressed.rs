//! One file in one compression: `.gz`, `.bz2`, `.xz`, `.lzma`, `.zst`, `.lz4`,
//! and the zlib that joblib writes.
//!
//! Gzip and zlib are written again, the header of gzip as it was. The others
//! are only looked into: nobody could prove that what is written again is what
//! the program at hand expects.

use std::borrow::Cow;
use std::io::{BufReader, Read};

use flate2::bufread::GzDecoder;

use super::inflate::{self, Coding};
use super::numbers;
use super::reading::Reader;
use super::{Budget, Change, Container, Content, Part, Patch, ReadAt, Refusal, Room, Take};

const UNWRITTEN: &str = "its compression is only read here; unpack it, fix that, and pack it again";

const BROKEN: &str = "it is cut off or broken; unpack what there is, fix that, and pack it again";

/// What the first bytes say.
const MARKS: [(&[u8], Coding); 5] = [
    (b"\x1f\x8b\x08", Coding::Gzip),
    (b"BZh", Coding::Bzip2),
    (b"\xfd7zXZ\0", Coding::Xz),
    (b"\x28\xb5\x2f\xfd", Coding::Zstd),
    (b"\x04\x22\x4d\x18", Coding::Lz4),
];

/// Endings that a compression adds to a name.
const ENDINGS: [(&str, &str); 15] = [
    (".tgz", ".tar"),
    (".tbz2", ".tar"),
    (".tbz", ".tar"),
    (".txz", ".tar"),
    (".tzst", ".tar"),
    (".gz", ""),
    (".bz2", ""),
    (".xz", ""),
    (".zst", ""),
    (".lzma", ""),
    (".lz4", ""),
    (".tlz", ".tar"),
    (".zstd", ""),
    (".z", ""),
    (".gzip", ""),
];

/// A compressed file.
pub struct Compressed<'s> {
    name: String,
    bytes: &'s dyn ReadAt,
    budget: &'s Budget,
    coding: Coding,
}

/// Opens a compressed file. Zlib has no mark of its own: what is in it must be
/// a pickle.
pub fn open<'s>(
    name: &str,
    bytes: &'s dyn ReadAt,
    budget: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let start = bytes.start(13)?;
    let marked = MARKS.iter().find(|(mark, _)| start.starts_with(mark));
    let coding = match marked {
        Some((_, Coding::Bzip2)) if start.get(4..10) != Some(b"1AY&SY") => None,
        Some((_, coding)) => Some(*coding),
        None if is_lzma(&start, bytes) => Some(Coding::Lzma),
        None => is_zlib_with_a_pickle(&start, bytes).then_some(Coding::Zlib),
    };
    Ok(coding.map(|coding| {
        Box::new(Compressed {
            name: inner_name(name),
            bytes,
            budget,
            coding,
        }) as Box<dyn Container>
    }))
}

/// The older form of xz has no mark of its own either: what all programs write
/// is the usual properties, a dictionary of whole kilobytes, and no length or
/// one that a file may have.
fn is_lzma(start: &[u8], bytes: &dyn ReadAt) -> bool {
    let len = numbers::u64_at(start, 5);
    start.starts_with(b"\x5d\0\0")
        && len.is_some_and(|len| len == u64::MAX || len < 1 << 40)
        && inflate::peek(bytes, Coding::Lzma, 1).is_ok_and(|start| !start.is_empty())
}

fn is_zlib_with_a_pickle(start: &[u8], bytes: &dyn ReadAt) -> bool {
    let [first @ 0x78, second, ..] = start else {
        return false;
    };
    let is_zlib = (u16::from(*first) * 256 + u16::from(*second)).is_multiple_of(31);
    is_zlib
        && inflate::peek(bytes, Coding::Zlib, 2)
            .is_ok_and(|start| matches!(start[..], [0x80, 2..=5]))
}

/// The name of what is in it, without its folders.
fn inner_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or(name);
    let lower = name.to_ascii_lowercase();
    let ending = ENDINGS.iter().find(|(ending, _)| lower.ends_with(ending));
    match ending.and_then(|(ending, inner)| Some((name.get(..name.len() - ending.len())?, inner))) {
        Some((stem, inner)) if !stem.is_empty() => format!("{stem}{inner}"),
        _ => name.to_owned(),
    }
}

impl Compressed<'_> {
    fn unpacked(&self, budget: &Budget) -> Result<Vec<u8>, Refusal> {
        inflate::unpack(self.bytes, self.coding, budget)
    }

    /// The header of gzip, of which there must be only one.
    fn gzip_header(&self) -> Result<Vec<u8>, Refusal> {
        let mut first = GzDecoder::new(BufReader::new(Reader::new(self.bytes)));
        let copied = std::io::copy(
            &mut first.by_ref().take(self.budget.limits.size),
            &mut std::io::sink(),
        )?;
        let mut rest = [0];
        let behind = first.into_inner().read(&mut rest)?;
        if behind > 0 || copied >= self.budget.limits.size {
            return Err(Refusal::Unsound(
                "it consists of several compressed parts; unpack it, fix that, and pack it again"
                    .to_owned(),
            ));
        }
        let start = self.bytes.start(1 << 20)?;
        gzip_header(&start)
            .and_then(|len| start.get(..len))
            .map(<[u8]>::to_vec)
            .ok_or_else(|| Refusal::Malformed("its header is cut off".to_owned()))
    }

    fn packed(&self, new: &[u8]) -> Result<Vec<u8>, Refusal> {
        if self.coding != Coding::Gzip {
            return inflate::pack(new, self.coding);
        }
        let mut packed = self.gzip_header()?;
        packed.extend(inflate::pack(new, Coding::Deflate)?);
        packed.extend(crc32fast::hash(new).to_le_bytes());
        // The length is counted modulo 2^32.
        packed.extend((new.len() as u64 as u32).to_le_bytes());
        Ok(packed)
    }
}

/// How long the header of gzip is. Grammar: RFC 1952.
fn gzip_header(bytes: &[u8]) -> Option<usize> {
    let flags = *bytes.get(3)?;
    let mut at = 10;
    if flags & 4 != 0 {
        at += 2 + usize::from(numbers::u16_at(bytes, at)?);
    }
    for flag in [8, 16] {
        if flags & flag != 0 {
            at += memchr::memchr(0, bytes.get(at..)?)? + 1;
        }
    }
    if flags & 2 != 0 {
        at += 2;
    }
    Some(at)
}

impl Container for Compressed<'_> {
    fn title(&self) -> &'static str {
        match self.coding {
            Coding::Gzip => "gzip file",
            Coding::Bzip2 => "bzip2 file",
            Coding::Xz => "xz file",
            Coding::Lzma | Coding::ZipLzma => "lzma file",
            Coding::Zstd => "zstd file",
            Coding::Lz4 => "LZ4 file",
            Coding::Zlib | Coding::Deflate => "zlib file",
        }
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        let mut room = match self.coding.is_written() {
            true => Room::Any,
            false => Room::Fixed(UNWRITTEN),
        };
        let unpacked = match self.unpacked(self.budget) {
            Ok(unpacked) => unpacked,
            Err(refusal) if !matches!(refusal, Refusal::Malformed(_)) => {
                return Err(refusal);
            }
            Err(refusal) => {
                // What comes out before it breaks off may hold something.
                take(Part {
                    number: 1,
                    place: String::new(),
                    content: refusal.of_a_part()?,
                    room: Room::Fixed(BROKEN),
                })?;
                room = Room::Fixed(BROKEN);
                inflate::salvage(self.bytes, self.coding, self.budget)?
            }
        };
        take(Part {
            number: 0,
            place: String::new(),
            content: Content::File {
                name: Cow::Borrowed(&self.name),
                bytes: &unpacked,
            },
            room,
        })
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        let Some(change) = changes.first() else {
            return Ok(Vec::new());
        };
        let new = change.applied(&self.unpacked(&self.budget.anew())?);
        Ok(vec![Patch {
            span: 0..self.bytes.len(),
            bytes: self.packed(&new)?,
        }])
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let start = self.bytes.start(1 << 20)?;
        let header = match self.coding {
            Coding::Gzip => gzip_header(&start).and_then(|len| start.get(..len)),
            _ => None,
        };
        Ok(vec![format!("{:02x?}", header.unwrap_or_default())])
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, GzBuilder};

    use super::super::{New, apply};
    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let header = GzBuilder::new().mtime(7).filename("a.txt").comment("c");
        let mut encoder = header.write(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    fn changed(old: &[u8]) -> Result<Vec<u8>, Refusal> {
        let budget = Budget::default();
        let file = open("a.txt.gz", &old, &budget)?.unwrap();
        let change = Change {
            part: 0,
            new: New::Whole(b"new content".to_vec()),
        };
        Ok(apply(old, &file.patches(&[change])?))
    }

    #[test]
    fn gzip_keeps_its_header() {
        let old = gzip(b"old content");
        let new = changed(&old).unwrap();
        let end = memchr::memmem::find(&old, b"c\0").unwrap() + 2;
        assert_eq!(new[..end], old[..end]);
        let mut text = String::new();
        GzDecoder::new(&new[..]).read_to_string(&mut text).unwrap();
        assert_eq!(text, "new content");
    }

    #[test]
    fn several_parts_are_not_written() {
        let old = [gzip(b"old"), gzip(b"content")].concat();
        assert!(matches!(changed(&old), Err(Refusal::Unsound(_))));
    }

    #[test]
    fn names_lose_the_ending_of_their_compression() {
        for (name, inner) in [
            ("x/a.txt.gz", "a.txt"),
            ("b.TGZ", "b.tar"),
            ("model.joblib", "model.joblib"),
            (".gz", ".gz"),
        ] {
            assert_eq!(inner_name(name), inner);
        }
    }
}
