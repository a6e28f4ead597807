//! The proof of a patched container: it is opened afresh, has the same bones,
//! and the same eyes that found the credentials look at all of it again.

use std::collections::BTreeMap;
use std::path::Path;

use super::Level;
use crate::container::{self, Container, Patch, ReadAt, pieces};
use crate::detect::Secret;
use crate::ledger::Ledger;
use crate::sanitize::{Found, Problem, Remedy, Sanitized, Sanitizer};

/// Larger results are searched part by part only, and compared with the old
/// file as they are saved.
const LARGE: u64 = 64 << 20;

impl Sanitizer {
    /// Checks that `after` is `before` with the patches of a result and still
    /// the same container, and that nothing is left that is not told.
    pub(super) fn prove(
        &self,
        name: &Path,
        [before, after]: [&dyn ReadAt; 2],
        old: &dyn Container,
        sanitized: &Sanitized,
        ledger: &Ledger,
        level: Level<'_>,
    ) -> Result<(), Problem> {
        let unproved = |why: &str| Problem::Unproved(why.to_owned());
        if before.len() <= LARGE {
            // Of a larger file the new one is compared once it is written.
            only_patches_changed(before, after, &sanitized.patches).map_err(unproved)?;
        }
        let shown = name.to_string_lossy();
        let new = container::open(&shown, after, level.budget)
            .map_err(|why| Problem::Unproved(format!("the result cannot be opened: {why}")))?
            .filter(|new| new.title() == old.title())
            .ok_or_else(|| unproved("the result would be another kind of file"))?;
        if new.outline()? != old.outline()? {
            return Err(unproved("the result would have other parts"));
        }
        if level.depth > 0 {
            // The container around it is looked at with all that it holds.
            return Ok(());
        }
        let again = self.inspect_parts(name, &*new, ledger, level)?;
        let mut told = counted(
            sanitized
                .found
                .iter()
                .filter(|found| matches!(found.remedy, Remedy::Report(_))),
        );
        for found in &again.found {
            match told.get_mut(&key(found)) {
                Some(count) if *count > 0 => *count -= 1,
                _ => return Err(Problem::Unproved(format!("{} would be left", place(found)))),
            }
        }
        nothing_in_the_bytes(after, sanitized, ledger)
    }
}

/// Law 1 for bytes: what no patch covers is the same.
pub(crate) fn only_patches_changed(
    before: &dyn ReadAt,
    after: &dyn ReadAt,
    patches: &[Patch],
) -> Result<(), &'static str> {
    let (mut old, mut new) = (0, 0);
    for patch in patches {
        let kept = patch.span.start.checked_sub(old).ok_or("patches overlap")?;
        same(before, after, (old, new), kept)?;
        new += kept;
        let len = patch.bytes.len() as u64;
        let placed = after.read_at(new..new + len);
        if placed.ok().as_deref() != Some(&patch.bytes[..]) {
            return Err("the result does not hold what was meant");
        }
        (old, new) = (patch.span.end, new + len);
    }
    let rest = before
        .len()
        .checked_sub(old)
        .ok_or("a patch leaves the file")?;
    match after.len() == new + rest {
        true => same(before, after, (old, new), rest),
        false => Err("the result has another length"),
    }
}

fn same(
    before: &dyn ReadAt,
    after: &dyn ReadAt,
    (old, new): (u64, u64),
    len: u64,
) -> Result<(), &'static str> {
    let before = container::Window::new(before, old..old + len);
    let after = container::Window::new(after, new..new + len);
    for (a, b) in pieces(&before).zip(pieces(&after)) {
        match (a, b) {
            (Ok(a), Ok(b)) if a == b => {}
            _ => return Err("the result would change more than the credentials"),
        }
    }
    Ok(())
}

/// Law 2 for bytes: a value that was taken out of every part stands nowhere
/// between them either.
fn nothing_in_the_bytes(
    after: &dyn ReadAt,
    sanitized: &Sanitized,
    ledger: &Ledger,
) -> Result<(), Problem> {
    let told = sanitized.found.iter().zip(&sanitized.sightings);
    let stays: Vec<&Secret> = told
        .filter(|(found, _)| matches!(found.remedy, Remedy::Report(_)))
        .map(|(_, sighting)| &sighting.value)
        .chain(&sanitized.uses.values)
        .collect();
    if after.len() > LARGE || !stays.is_empty() {
        return Ok(());
    }
    let bytes = container::whole(after).map_err(container::Refusal::from)?;
    for sighting in &sanitized.sightings {
        let value = sighting.value.expose();
        if value.len() < 12 || ledger.get(&sighting.value).is_none() {
            continue;
        }
        for width in [1, 2, 4] {
            if memchr::memmem::find(&bytes, &wide(value, width)).is_some() {
                return Err(Problem::Unproved(
                    "a value would be left between the parts of the file".to_owned(),
                ));
            }
        }
    }
    Ok(())
}

fn wide(value: &str, width: usize) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(value.len() * width);
    for byte in value.bytes() {
        bytes.push(byte);
        bytes.resize(bytes.len() + width - 1, 0);
    }
    bytes
}

fn key(found: &Found) -> (String, String, String) {
    let place = found.place.to_string();
    (found.within.clone(), place, found.fingerprint.clone())
}

fn counted<'f>(
    found: impl Iterator<Item = &'f Found>,
) -> BTreeMap<(String, String, String), usize> {
    let mut counted = BTreeMap::new();
    for found in found {
        *counted.entry(key(found)).or_default() += 1;
    }
    counted
}

fn place(found: &Found) -> String {
    match (found.within.as_str(), found.place.to_string().as_str()) {
        ("", place) => place.to_owned(),
        (within, "") => within.to_owned(),
        (within, place) => format!("{within}, {place}"),
    }
}
