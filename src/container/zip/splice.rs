//! Changed members put into the bytes of a zip archive as they are.
//!
//! Only these bytes change: the content of a changed member, its checksum and
//! its lengths wherever they stand, and the numbers that say where the members
//! behind it and the directory are. Nothing is added, so names, order, times,
//! attributes, comments and extra fields stay.

use super::super::reading::crc32;
use super::super::{Budget, Change, New, Patch, Patched, ReadAt, Refusal, inflate, whole};
use super::directory::{Directory, Field, Number, Record};
use super::member::Member;

const BORDERS: &str = "the members behind it would leave the borders that they are aligned to";

/// A member with new content.
struct Changed<'d> {
    member: Member<'d>,
    /// Patches on its content as it stands in the file.
    content: Vec<Patch>,
    crc: u32,
    packed: u64,
    unpacked: u64,
}

/// The patches that give members new content. `changes` say which ones, by
/// their place in the directory.
pub fn patches(
    bytes: &dyn ReadAt,
    directory: &Directory,
    changes: &[(usize, &Change)],
    budget: &Budget,
) -> Result<Vec<Patch>, Refusal> {
    let mut patches = Vec::new();
    let mut moves = Vec::new();
    for &(index, change) in changes {
        let Some(record) = directory.records.get(index) else {
            continue;
        };
        let member = Member::read(bytes, record)?;
        let changed = Changed::of(bytes, member, change, budget)?;
        let grows = i128::from(changed.packed) - i128::from(record.packed.value);
        moves.push((record.header, grows));
        changed.mend(bytes, &mut patches)?;
    }
    shift(directory, moves, &mut patches)?;
    patches.sort_by_key(|patch| patch.span.start);
    let overlap = |pair: &[Patch]| pair[0].span.end > pair[1].span.start;
    match patches.windows(2).any(overlap) {
        true => Err(unsound("its members lie within one another")),
        false => Ok(patches),
    }
}

impl<'d> Changed<'d> {
    fn of(
        bytes: &dyn ReadAt,
        member: Member<'d>,
        change: &Change,
        budget: &Budget,
    ) -> Result<Self, Refusal> {
        let coding = member.coding().map_err(|why| unsound(&why))?;
        match coding {
            None => Self::stored(bytes, member, change),
            Some(coding) => {
                let old = member.unpacked(bytes, coding, budget)?;
                let new = change.applied(&old);
                let packed = match member.is_aligned {
                    true => {
                        let len = member.record.packed.value;
                        inflate::deflate_into(&new, len)?.ok_or_else(|| unsound(BORDERS))?
                    }
                    false => inflate::pack(&new, coding)?,
                };
                Ok(Self {
                    crc: new_crc(&member, &old, &new)?,
                    packed: packed.len() as u64,
                    unpacked: new.len() as u64,
                    content: vec![Patch {
                        span: member.content.clone(),
                        bytes: packed,
                    }],
                    member,
                })
            }
        }
    }

    fn stored(bytes: &dyn ReadAt, member: Member<'d>, change: &Change) -> Result<Self, Refusal> {
        let old = member.stored(bytes);
        let on_content = match &change.new {
            New::Patched(patches) => patches.clone(),
            New::Whole(new) => difference(&whole(&old)?, new),
        };
        let new = Patched::new(&old, &on_content);
        let len = new.len();
        let crc = new_crc(&member, &old, &new)?;
        let start = member.content.start;
        Ok(Self {
            crc,
            packed: len,
            unpacked: len,
            content: on_content
                .iter()
                .map(|patch| patch.shifted(start))
                .collect(),
            member,
        })
    }

    /// The patches for all places that depend on the content.
    fn mend(mut self, bytes: &dyn ReadAt, patches: &mut Vec<Patch>) -> Result<(), Refusal> {
        let record = self.member.record;
        let (packed, unpacked) = (self.packed, self.unpacked);
        if self.member.is_aligned && packed != record.packed.value {
            return Err(unsound(BORDERS));
        }
        patches.append(&mut self.content);
        patches.push(Patch::over(record.crc_at, self.crc.to_le_bytes().into()));
        put(record.packed, packed, patches)?;
        put(record.unpacked, unpacked, patches)?;
        self.mend_header(patches)?;
        if record.has_descriptor() {
            let descriptor = self.member.descriptor(bytes)?;
            let descriptor = descriptor
                .ok_or_else(|| unsound("what stands behind it contradicts its header"))?;
            patches.push(Patch::over(
                descriptor.crc_at,
                self.crc.to_le_bytes().into(),
            ));
            let number = |value, field| Number { value, field };
            put(
                number(record.packed.value, descriptor.packed),
                packed,
                patches,
            )?;
            put(
                number(record.unpacked.value, descriptor.unpacked),
                unpacked,
                patches,
            )?;
        }
        Ok(())
    }

    /// The local header: with a descriptor its numbers may be zero, and stay
    /// so.
    fn mend_header(&self, patches: &mut Vec<Patch>) -> Result<(), Refusal> {
        let record = self.member.record;
        let stays = |old: u64| record.has_descriptor() && old == 0;
        let (crc, crc_at) = self.member.crc;
        if !stays(u64::from(crc)) {
            same(u64::from(crc), u64::from(record.crc))?;
            patches.push(Patch::over(crc_at, self.crc.to_le_bytes().into()));
        }
        let numbers = [
            (self.member.packed, record.packed.value, self.packed),
            (self.member.unpacked, record.unpacked.value, self.unpacked),
        ];
        for (number, old, new) in numbers {
            if stays(number.value) || record.has_descriptor() && is_unset(number) {
                continue;
            }
            same(number.value, old)?;
            put(number, new, patches)?;
        }
        Ok(())
    }
}

/// The least that turns one content into another.
fn difference(old: &[u8], new: &[u8]) -> Vec<Patch> {
    if old.len() != new.len() {
        return vec![Patch {
            span: 0..old.len() as u64,
            bytes: new.to_vec(),
        }];
    }
    let differs = |at: &usize| old[*at] != new[*at];
    let first = (0..old.len()).find(differs);
    let last = (0..old.len()).rev().find(differs);
    first
        .zip(last)
        .map(|(first, last)| Patch::over(first as u64, new[first..=last].to_vec()))
        .into_iter()
        .collect()
}

/// The checksum from now on. One that was left out stays so; one that is wrong
/// says that something is wrong with the archive.
fn new_crc(member: &Member<'_>, old: &dyn ReadAt, new: &dyn ReadAt) -> Result<u32, Refusal> {
    let record: &Record = member.record;
    if record.crc == 0 && !record.is_empty() {
        return Ok(0);
    }
    if crc32(old)? != record.crc {
        return Err(unsound(&format!(
            "the checksum of {} is wrong already",
            record.name()
        )));
    }
    Ok(crc32(new)?)
}

/// Moves the members behind changed ones, and the directory. `moves` say where
/// a changed member begins, and how much longer it is.
fn shift(
    directory: &Directory,
    mut moves: Vec<(u64, i128)>,
    patches: &mut Vec<Patch>,
) -> Result<(), Refusal> {
    if moves.iter().all(|(_, by)| *by == 0) {
        return Ok(());
    }
    moves.sort_unstable();
    let mut sum = 0;
    for (_, by) in &mut moves {
        sum += *by;
        *by = sum;
    }
    let moved = |at: u64| match moves.partition_point(|(start, _)| *start < at) {
        0 => 0,
        earlier => moves[earlier - 1].1,
    };
    for record in &directory.records {
        if record.header >= directory.span.start {
            return Err(unsound("it has members behind its directory"));
        }
        put_moved(record.offset, moved(record.header), patches)?;
    }
    for &number in &directory.offsets {
        put_moved(number, moved(directory.span.start), patches)?;
    }
    Ok(())
}

fn put_moved(number: Number, by: i128, patches: &mut Vec<Patch>) -> Result<(), Refusal> {
    let value = u64::try_from(i128::from(number.value) + by);
    put(
        number,
        value.map_err(|_| unsound("a member would lie before it"))?,
        patches,
    )
}

/// Puts a number into the place of an old one, if it is another one.
fn put(old: Number, new: u64, patches: &mut Vec<Patch>) -> Result<(), Refusal> {
    if old.value == new {
        return Ok(());
    }
    let Field { at, wide } = old.field;
    let bytes = match (wide, u32::try_from(new)) {
        (true, _) => new.to_le_bytes().to_vec(),
        (false, Ok(new)) if new != u32::MAX => new.to_le_bytes().to_vec(),
        _ => return Err(unsound("it would need zip64 afterwards")),
    };
    patches.push(Patch::over(at, bytes));
    Ok(())
}

fn is_unset(number: Number) -> bool {
    number.value == u64::from(u32::MAX) && !number.field.wide
}

fn same(a: u64, b: u64) -> Result<(), Refusal> {
    match a == b {
        true => Ok(()),
        false => Err(unsound("its headers contradict its directory")),
    }
}

fn unsound(why: &str) -> Refusal {
    Refusal::Unsound(format!(
        "the archive cannot be changed in place: {why}; pack it again from clean files"
    ))
}
