//! What stands in a zip archive and in no member: a program before it, members
//! that were deleted and are still there, padding.

use std::ops::Range;

use super::super::{ReadAt, Refusal};
use super::directory::Directory;
use super::member::Member;

/// Shorter ones hold no credential: padding, and signatures.
const SHORTEST: u64 = 16;

/// How programs begin that carry an archive: scripts, ELF, Windows.
const PROGRAMS: [&[u8]; 3] = [b"#!", b"\x7fELF", b"MZ"];

/// Whether bytes that don't begin as an archive may end as one.
pub fn may_precede_an_archive(bytes: &dyn ReadAt) -> Result<bool, Refusal> {
    let start = bytes.start(4)?;
    Ok(PROGRAMS.iter().any(|program| start.starts_with(program)))
}

/// The gaps, in order. Of a member whose header is broken nobody knows where it
/// is: what stands there is a gap.
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
    Ok(gaps)
}
