//! What stands in a zip archive and in no member: a program before it, members
//! that were deleted and are still there, padding.

use std::ops::Range;

use super::super::inflate::{self, Coding};
use super::super::numbers::{u16_at, u32_at};
use super::super::{Budget, Content, Part, ReadAt, Refusal, Room, Take, Window};
use super::directory::Directory;
use super::member::{DEFLATED, HEADER, HEADER_LEN, Member, STORED};

/// Shorter ones hold no credential: padding, and signatures.
const SHORTEST: u64 = 16;

/// How programs begin that carry an archive: scripts, ELF, Windows.
const PROGRAMS: [&[u8]; 3] = [b"#!", b"\x7fELF", b"MZ"];

/// Whether bytes that don't begin as an archive may end as one.
pub fn may_precede_an_archive(bytes: &dyn ReadAt) -> Result<bool, Refusal> {
    let start = bytes.start(4)?;
    Ok(PROGRAMS.iter().any(|program| start.starts_with(program)))
}

/// The gaps, in order, what follows the archive among them. Of a member whose header
/// is broken nobody knows where it is: what stands there is a gap.
pub fn of(bytes: &dyn ReadAt, directory: &Directory) -> Result<Vec<Range<u64>>, Refusal> {
    let mut taken = Vec::with_capacity(directory.records.len());
    for record in &directory.records {
        let Ok(member) = Member::read(bytes, record) else {
            continue;
        };
        let end = match record.has_descriptor() {
            true => member.descriptor(bytes)?.map(|descriptor| descriptor.end),
            false => None,
        };
        taken.push(record.header..end.unwrap_or(member.content.end));
    }
    taken.sort_by_key(|span| span.start);
    taken.push(directory.span.start..directory.span.start);
    let mut gaps = Vec::new();
    let mut at = 0;
    for span in taken {
        if span.start > at && span.start - at >= SHORTEST {
            gaps.push(at..span.start);
        }
        at = at.max(span.end);
    }
    let end = directory.comment_at + directory.comment.len() as u64;
    if bytes.len().saturating_sub(end) >= SHORTEST {
        gaps.push(end..bytes.len());
    }
    Ok(gaps)
}

/// A member that the directory does not know any more.
pub struct Deleted {
    /// What it was called.
    pub name: String,
    /// Where its header begins.
    pub at: u64,
    method: u16,
    /// From the beginning of its content to the next member or the end of the
    /// gap.
    rest: Range<u64>,
    /// How many bytes its content takes; zero if its header does not say.
    len: u64,
}

/// How what stands in a gap is told.
pub struct Telling {
    /// Why it stays.
    pub room: Room,
    /// How a member is called that stands there.
    pub place: fn(&Deleted) -> String,
}

/// Shows what stands in a gap; each part takes the next `number`.
pub fn visit(
    bytes: &dyn ReadAt,
    gap: &Range<u64>,
    budget: &Budget,
    telling: &Telling,
    number: &mut usize,
    take: &mut Take<'_>,
) -> Result<(), Refusal> {
    let mut show = |place, content: Content<'_>| {
        let part = Part {
            number: *number,
            place,
            content,
            room: telling.room,
        };
        *number += 1;
        take(part)
    };
    let deleted = deleted(bytes, gap, budget)?;
    for piece in pieces(gap, &deleted) {
        let place = format!("between the members, byte {}", piece.start);
        let name = "between".into();
        // A member that nothing can be made of is no archive by itself.
        let header = HEADER.len() as u64;
        let start = match bytes.read_at(piece.start..piece.end.min(piece.start + header))? {
            start if *start == *HEADER => piece.start + header,
            _ => piece.start,
        };
        let bytes = &Window::new(bytes, start..piece.end);
        show(place, Content::File { name, bytes })?;
    }
    for deleted in deleted {
        let place = (telling.place)(&deleted);
        let name = deleted.name.as_str().into();
        match deleted.content(bytes, budget) {
            Ok(bytes) => {
                let bytes = &*bytes;
                show(place, Content::File { name, bytes })?;
            }
            Err(refusal) => show(place, refusal.of_a_part()?)?,
        }
    }
    Ok(())
}

/// The members that were deleted and still stand in a gap.
fn deleted(bytes: &dyn ReadAt, gap: &Range<u64>, budget: &Budget) -> Result<Vec<Deleted>, Refusal> {
    const BLOCK: u64 = 1 << 20;
    let mut found = Vec::new();
    let mut start = gap.start;
    while start < gap.end {
        // A mark may be cut by the end of a block.
        let end = gap.end.min(start + BLOCK + HEADER.len() as u64 - 1);
        let block = bytes.read_at(start..end)?;
        for at in memchr::memmem::find_iter(&block, HEADER) {
            found.extend(Deleted::read(bytes, start + at as u64, gap.end)?);
            budget.count(found.len() as u64)?;
        }
        start += BLOCK;
    }
    let mut end = gap.end;
    for deleted in found.iter_mut().rev() {
        deleted.rest.end = end.max(deleted.rest.start);
        end = deleted.at;
    }
    Ok(found)
}

/// The bytes of a gap without the headers of deleted members and without what
/// is shown as their content.
fn pieces(gap: &Range<u64>, deleted: &[Deleted]) -> Vec<Range<u64>> {
    let mut pieces = Vec::new();
    let mut at = gap.start;
    for deleted in deleted {
        pieces.push(at..deleted.at.max(at));
        at = deleted
            .stored()
            .map_or(deleted.rest.start, |stored| stored.end);
    }
    pieces.push(at..gap.end.max(at));
    pieces.retain(|piece| piece.end - piece.start >= SHORTEST);
    pieces
}

impl Deleted {
    /// The member whose header begins at `at`, if one can be there.
    fn read(bytes: &dyn ReadAt, at: u64, end: u64) -> Result<Option<Self>, Refusal> {
        let name_at = at + HEADER_LEN;
        if name_at > end {
            return Ok(None);
        }
        let header = bytes.read_at(at..name_at)?;
        let number = |from| u16_at(&header, from).unwrap_or_default();
        let start = name_at + u64::from(number(26)) + u64::from(number(28));
        let (flags, method) = (number(6), number(8));
        if start > end || flags & 1 == 1 || !matches!(method, STORED | DEFLATED) {
            return Ok(None);
        }
        let name = bytes.read_at(name_at..name_at + u64::from(number(26)))?;
        Ok(Some(Self {
            name: String::from_utf8_lossy(&name).into_owned(),
            at,
            method,
            rest: start..end,
            len: u32_at(&header, 18).map_or(0, u64::from),
        }))
    }

    /// Its content, as far as it is still there. What is stored is not copied:
    /// it may be the tensors of a checkpoint.
    fn content<'b>(
        &self,
        bytes: &'b dyn ReadAt,
        budget: &Budget,
    ) -> Result<Box<dyn ReadAt + 'b>, Refusal> {
        if let Some(stored) = self.stored() {
            return Ok(Box::new(Window::new(bytes, stored)));
        }
        let packed = Window::new(bytes, self.rest.clone());
        let content = inflate::salvage(&packed, Coding::Deflate, budget)?;
        Ok(Box::new(content))
    }

    /// Where its content stands, if it is not compressed.
    fn stored(&self) -> Option<Range<u64>> {
        let Range { start, end } = self.rest;
        (self.method == STORED).then(|| start..end.min(start.saturating_add(self.len)))
    }
}
