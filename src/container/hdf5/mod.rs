//! HDF5 files: the strings in their attributes, heaps and datasets.
//!
//! Strings of any length stand in heaps, whose form tells where each begins;
//! all others are runs of printable characters. With the old superblock the
//! headers have no checksum, and a string is replaced where it stands by one of
//! the same length. With a newer one every header has a checksum over itself:
//! such a file is only looked at. So are files whose chunks have checksums, and
//! chunks that are compressed. Names are left: the library finds what they name
//! by their order.

mod chunks;

use std::ops::Range;

use memchr::memmem;

use super::cursor::Cursor;
use super::numbers::u16_at;
use super::strings::{self, Field, Tell};
use super::{Budget, Change, Container, Content, Part, Patch, ReadAt, Refusal, Room, Take};
use chunks::{Chunk, Sizes};

const MAGIC: &[u8] = b"\x89HDF\r\n\x1a\n";

/// A file may begin with a block of the user's own of one of these sizes.
const USER_BLOCKS: [u64; 8] = [0, 512, 1024, 2048, 4096, 8192, 16384, 32768];

/// A heap of strings: its signature, and the bytes before its first object.
const HEAP: &[u8] = b"GCOL";
const HEAP_HEAD: u64 = 16;

/// Before an object of a heap: its number, its uses, its length.
const OBJECT_HEAD: u64 = 16;

/// What stands in headers that have a checksum.
const CHECKED: &[u8] = b"OHDR";

/// Shorter runs of characters are nearly always numbers that look like text.
const SHORTEST_RUN: usize = 12;

/// How much is searched at once.
const BLOCK: u64 = 1 << 20;

const NEWER: &str = "its headers have checksums: save it again without the value, with the \
     library that wrote it";
const CHECKED_CHUNKS: &str = "its chunks have checksums: save it again without the value, with \
     the library that wrote it";

const IN_NAME: &str = "it is the name of a group, a dataset or an attribute: give that another \
     name with the library that wrote it";
const IN_CHUNK: &str = "it stands in a compressed chunk: save the dataset again without the value, \
     with the library that wrote it";

/// A heap of names, and what stands before the place of the names: the
/// signature, a version, their length, the first free place.
const NAMES: &[u8] = b"HEAP";
const NAMES_HEAD: u64 = 8;

/// Names under which compressions stand in the headers that nobody undoes here.
const COMPRESSIONS: [&[u8]; 4] = [b"lzf\0", b"szip\0", b"blosc", b"zstd"];
const CHECKSUM: &[u8] = b"fletcher32";

/// Opens an HDF5 file: told by its first bytes, or by those after a block of
/// the user's own.
pub(super) fn open<'s>(
    name: &str,
    source: &'s dyn ReadAt,
    budget: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let is_named = [".h5", ".hdf5", ".hdf"].iter().any(|it| name.ends_with(it));
    let places = USER_BLOCKS
        .iter()
        .take(if is_named { USER_BLOCKS.len() } else { 1 });
    for start in places {
        let head = start + MAGIC.len() as u64 + 1;
        if head <= source.len()
            && let [magic @ .., version] = &*source.read_at(*start..head)?
            && magic == MAGIC
        {
            let version = *version;
            return Ok(Some(Box::new(Hdf5 {
                source,
                version,
                budget,
                base: *start,
            })));
        }
    }
    Ok(None)
}

/// An HDF5 file.
struct Hdf5<'a> {
    source: &'a dyn ReadAt,
    version: u8,
    budget: &'a Budget,
    /// Where it begins, and all places are counted from.
    base: u64,
}

/// What a search over the whole file finds besides strings.
#[derive(Default)]
struct Marks {
    has_checked_headers: bool,
    has_checked_chunks: bool,
    is_compressed: bool,
    heaps: Vec<Range<u64>>,
    names: Vec<Range<u64>>,
    sizes: Sizes,
}

impl Hdf5<'_> {
    fn marks(&self) -> Result<Marks, Refusal> {
        let mut marks = Marks::default();
        let finders = COMPRESSIONS.map(memmem::Finder::new);
        let heaps = memmem::Finder::new(HEAP);
        let names = memmem::Finder::new(NAMES);
        let mut end_of_heap = 0;
        self.blocks(|start, block| {
            marks.has_checked_headers |= memmem::find(block, CHECKED).is_some();
            marks.has_checked_chunks |= memmem::find(block, CHECKSUM).is_some();
            marks.is_compressed |= finders.iter().any(|it| it.find(block).is_some());
            for at in heaps.find_iter(block) {
                let at = start + at as u64;
                if at >= end_of_heap
                    && let Some(heap) = self.heap(at)
                {
                    end_of_heap = heap.end;
                    marks.heaps.push(heap);
                }
            }
            let names = names.find_iter(block);
            (marks.names).extend(names.filter_map(|at| self.names(start + at as u64)));
            marks.sizes.look(block);
            Ok(())
        })?;
        marks.names.sort_by_key(|names| names.start);
        Ok(marks)
    }

    /// All bytes, in blocks that overlap by what a mark may be cut by.
    fn blocks(
        &self,
        mut each: impl FnMut(u64, &[u8]) -> Result<(), Refusal>,
    ) -> Result<(), Refusal> {
        const OVERLAP: u64 = 24;
        let len = self.source.len();
        let mut start = 0;
        while start < len {
            let end = len.min(start + BLOCK + OVERLAP);
            each(start, &self.source.read_at(start..end)?)?;
            start += BLOCK;
        }
        Ok(())
    }

    /// The heap that begins at `at`, if that is one.
    fn heap(&self, at: u64) -> Option<Range<u64>> {
        let mut cursor = Cursor::within(self.source, at..self.source.len());
        let head: [u8; 8] = cursor.array().ok()?;
        let len = cursor.u64().ok()?;
        let is_heap = head.starts_with(HEAP) && head[4] == 1;
        let fits = len >= HEAP_HEAD && len - HEAP_HEAD <= cursor.left();
        (is_heap && fits).then(|| at..at + len)
    }

    /// Where the names of a group stand, if its heap begins at `at`.
    fn names(&self, at: u64) -> Option<Range<u64>> {
        let mut cursor = Cursor::within(self.source, at..self.source.len());
        cursor.skip(NAMES_HEAD).ok()?;
        let (len, _free, place) = (cursor.u64().ok()?, cursor.u64().ok()?, cursor.u64().ok()?);
        let start = self.base.checked_add(place)?;
        let end = start.checked_add(len)?;
        (end <= self.source.len()).then_some(start..end)
    }

    /// Whether a string is a name: it stands among those of a group, or behind
    /// the head of an attribute, which tells its length.
    fn is_name(&self, marks: &Marks, field: &Field<'_>) -> bool {
        let before = marks.names.partition_point(|names| names.start <= field.at);
        let within = before.checked_sub(1).and_then(|last| marks.names.get(last));
        if within.is_some_and(|names| field.at < names.end) {
            return true;
        }
        let start = field.at.saturating_sub(9);
        let Ok(head) = self.source.read_at(start..field.at) else {
            return false;
        };
        [(1, 8), (2, 8), (3, 9)].into_iter().any(|(version, len)| {
            let head = head.len().checked_sub(len).and_then(|at| head.get(at..));
            let head = head.filter(|head| head.first() == Some(&version));
            let said = head.and_then(|head| u16_at(head, 2)).map(usize::from);
            // A zero at its end is counted.
            said == Some(field.bytes.len() + 1)
        })
    }

    /// The strings in a chunk, as parts of which the first is number `number`.
    fn show_chunk(
        &self,
        chunk: &Chunk,
        number: &mut usize,
        take: &mut Take<'_>,
    ) -> Result<(), Refusal> {
        for content in &chunk.contents {
            let inner = Hdf5 {
                source: content,
                version: self.version,
                budget: self.budget,
                base: 0,
            };
            let first = *number;
            let walk: &strings::Walk<'_> = &|tell| inner.runs(0..content.len() as u64, tell);
            strings::show(walk, Room::Fixed(IN_CHUNK), &mut |mut part| {
                part.number += first;
                part.place = format!("compressed chunk at byte {}", chunk.at);
                *number = part.number + 1;
                take(part)
            })?;
        }
        Ok(())
    }

    fn strings(&self, heaps: &[Range<u64>], tell: &mut Tell<'_>) -> Result<(), Refusal> {
        let mut at = 0;
        for heap in heaps {
            self.runs(at..heap.start, tell)?;
            self.objects(heap, tell)?;
            at = heap.end;
        }
        self.runs(at..self.source.len(), tell)
    }

    /// The strings of a heap.
    fn objects(&self, heap: &Range<u64>, tell: &mut Tell<'_>) -> Result<(), Refusal> {
        let mut cursor = Cursor::within(self.source, heap.start + HEAP_HEAD..heap.end);
        while cursor.left() >= OBJECT_HEAD {
            let number = cursor.u16()?;
            cursor.skip(6)?;
            let len = cursor.u64()?;
            // The object without a number is the room that is left.
            if number == 0 || len > cursor.left() {
                break;
            }
            let at = cursor.at();
            let place = format!("heap at {}, string {number}", heap.start);
            let bytes = cursor.take(len)?;
            let end = bytes.iter().rposition(|byte| *byte != 0);
            let text = bytes.get(..end.map_or(0, |end| end + 1));
            tell(Field::utf8(place, None, at, text.unwrap_or_default()))?;
            cursor.go_to(at + len.next_multiple_of(8));
        }
        Ok(())
    }

    /// Runs of printable characters.
    fn runs(&self, span: Range<u64>, tell: &mut Tell<'_>) -> Result<(), Refusal> {
        let mut run = Vec::new();
        let mut start = span.start;
        let mut at = span.start;
        while at < span.end {
            let end = span.end.min(at + BLOCK);
            let block = self.source.read_at(at..end)?;
            for piece in block.split_inclusive(|byte| !is_print(*byte)) {
                let (last, text) = match piece.split_last() {
                    Some((last, text)) if !is_print(*last) => (true, text),
                    _ => (false, piece),
                };
                run.extend_from_slice(text);
                if last || run.len() as u64 >= BLOCK {
                    tell_run(&run, start, tell)?;
                    start += run.len() as u64 + u64::from(last);
                    run.clear();
                }
            }
            at = end;
        }
        tell_run(&run, start, tell)
    }

    fn room(&self, marks: &Marks) -> Room {
        match self.version {
            0 | 1 if marks.has_checked_chunks => Room::Fixed(CHECKED_CHUNKS),
            0 | 1 if !marks.has_checked_headers => Room::Same,
            _ => Room::Fixed(NEWER),
        }
    }
}

impl Container for Hdf5<'_> {
    fn title(&self) -> &'static str {
        "HDF5 file"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        let marks = self.marks()?;
        let mut number = 0;
        let walk: &strings::Walk<'_> = &|tell| self.strings(&marks.heaps, tell);
        let room = |field: &Field<'_>| match self.is_name(&marks, field) {
            true => Room::Fixed(IN_NAME),
            false => self.room(&marks),
        };
        strings::show_each(walk, &room, &mut |part| {
            number = part.number + 1;
            take(part)
        })?;
        chunks::visit(self.source, &marks.sizes, self.budget, &mut |at, chunk| {
            match chunk {
                Ok(chunk) => return self.show_chunk(&chunk, &mut number, take),
                Err(refusal) => take(Part {
                    number,
                    place: format!("compressed chunk at byte {at}"),
                    content: refusal.of_a_part()?,
                    room: Room::Fixed(IN_CHUNK),
                })?,
            }
            number += 1;
            Ok(())
        })?;
        if !marks.is_compressed {
            return Ok(());
        }
        take(Part {
            number,
            place: "compressed chunks".to_owned(),
            content: Content::Closed("its compressed chunks are not looked into".to_owned()),
            room: Room::Fixed("they are compressed"),
        })
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        let marks = self.marks()?;
        if let Room::Fixed(why) = self.room(&marks)
            && !changes.is_empty()
        {
            return Err(Refusal::Unsound(why.to_owned()));
        }
        strings::replace(&|tell| self.strings(&marks.heaps, tell), changes)
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let marks = self.marks()?;
        let heaps = marks.heaps.iter().map(|heap| format!("heap at {heap:?}"));
        let head = format!("superblock {}, {} bytes", self.version, self.source.len());
        Ok(std::iter::once(head).chain(heaps).collect())
    }
}

fn tell_run(run: &[u8], start: u64, tell: &mut Tell<'_>) -> Result<(), Refusal> {
    if run.len() < SHORTEST_RUN {
        return Ok(());
    }
    tell(Field::utf8(format!("at byte {start}"), None, start, run))
}

fn is_print(byte: u8) -> bool {
    matches!(byte, b' '..=b'~' | b'\t' | b'\n' | b'\r')
}
