//! The footer of a Parquet file: the pairs of keys and values in it.
//!
//! Writers keep a second copy of all pairs in `ARROW:schema`, in base64. A
//! value is replaced by one of the same length in both, so nothing moves.

use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::thrift::{self, Told};
use crate::container::cursor::Cursor;
use crate::container::strings::{Coding, Field, Tell};
use crate::container::{Patch, ReadAt, Refusal, flat};

/// Length and magic after the footer.
const TAIL: u64 = 8;

/// The fields of the footer: its list of pairs, with key and value.
const KEY: &[i64] = &[5, 0, 1];
const VALUE: &[i64] = &[5, 0, 2];
const PAIRS: &[i64] = &[5];

const ARROW: &str = "ARROW:schema";

/// A key with its value.
pub(super) struct Pair {
    key: String,
    value: Range<u64>,
}

/// Where the footer stands.
pub(super) fn span(source: &dyn ReadAt) -> Result<Range<u64>, Refusal> {
    let end = source.len().saturating_sub(TAIL);
    let len = Cursor::within(source, end..source.len()).u32()?;
    let start = end.checked_sub(u64::from(len)).filter(|start| *start >= 4);
    let start =
        start.ok_or_else(|| Refusal::Malformed("the footer is larger than the file".into()))?;
    Ok(start..end)
}

/// The pairs.
pub(super) fn pairs(source: &dyn ReadAt) -> Result<Vec<Pair>, Refusal> {
    let mut cursor = Cursor::within(source, span(source)?);
    let (mut key, mut value) = (None, None);
    let mut spans = Vec::new();
    thrift::walk(&mut cursor, &mut |path, told| match (path, told) {
        (KEY, Told::Binary(span)) => key = Some(span),
        (VALUE, Told::Binary(span)) => value = Some(span),
        (PAIRS, Told::Item) => spans.extend(key.take().zip(value.take())),
        _ => {}
    })?;
    let pair = |(key, value): (Range<u64>, _)| {
        let key = source.read_at(key)?;
        let key = String::from_utf8_lossy(&key).into_owned();
        Ok(Pair { key, value })
    };
    spans.into_iter().map(pair).collect()
}

/// Tells of the strings in the values of the pairs. Those in the copy have
/// offsets past the end of the file: see [`patches`].
pub(super) fn strings(source: &dyn ReadAt, tell: &mut Tell<'_>) -> Result<(), Refusal> {
    for (index, pair) in pairs(source)?.iter().enumerate() {
        let bytes = source.read_at(pair.value.clone())?;
        let place = format!("metadata {}", pair.key);
        let copy = copy(pair, &bytes);
        let Some(copy) = copy else {
            tell(Field::utf8(
                place,
                Some(&pair.key),
                pair.value.start,
                &bytes,
            ))?;
            continue;
        };
        for span in flat::strings(&copy) {
            tell(Field {
                place: place.clone(),
                name: None,
                at: Shift::of(index).0 + span.start as u64,
                bytes: copy.get(span).unwrap_or_default(),
                coding: Coding::Utf8,
            })?;
        }
    }
    Ok(())
}

/// Patches on the strings as patches on the file: those in the copy of a pair
/// become one on its base64.
pub(super) fn patches(source: &dyn ReadAt, strings: Vec<Patch>) -> Result<Vec<Patch>, Refusal> {
    let (mut patches, copies): (Vec<_>, Vec<_>) =
        (strings.into_iter()).partition(|patch| patch.span.start < Shift::of(0).0);
    for (index, pair) in pairs(source)?.iter().enumerate() {
        let shift = Shift::of(index);
        let within: Vec<Patch> = copies.iter().filter_map(|it| shift.back(it)).collect();
        if within.is_empty() {
            continue;
        }
        let old = source.read_at(pair.value.clone())?;
        let copy = copy(pair, &old).unwrap_or_default();
        let new = STANDARD.encode(crate::container::apply(&copy, &within));
        if new.len() != old.len() {
            let why = format!("{}: its base64 would have another length", pair.key);
            return Err(Refusal::Unsound(why));
        }
        patches.push(Patch::over(pair.value.start, new.into_bytes()));
    }
    patches.sort_by_key(|patch| patch.span.start);
    Ok(patches)
}

/// The keys with the lengths of their values.
pub(super) fn outline(source: &dyn ReadAt) -> Result<Vec<String>, Refusal> {
    let line = |pair: &Pair| format!("{}: {} bytes", pair.key, pair.value.end - pair.value.start);
    Ok(pairs(source)?.iter().map(line).collect())
}

/// The copy of all pairs, out of its base64.
fn copy(pair: &Pair, bytes: &[u8]) -> Option<Vec<u8>> {
    (pair.key == ARROW)
        .then(|| STANDARD.decode(bytes).ok())
        .flatten()
}

/// Where the strings in the copy of a pair begin to count: past any file.
struct Shift(u64);

impl Shift {
    const ONE: u64 = 1 << 40;

    fn of(pair: usize) -> Self {
        Self(Self::ONE.saturating_mul(pair as u64 + 1))
    }

    fn back(&self, patch: &Patch) -> Option<Patch> {
        let start = patch.span.start.checked_sub(self.0)?;
        (start < Self::ONE).then(|| Patch::over(start, patch.bytes.clone()))
    }
}
