//! Parquet files: the cells of their columns of strings or bytes, and the
//! metadata in their footer.
//!
//! A value in the metadata is replaced where it stands by one of the same
//! length, and with it the copy in `ARROW:schema`. A cell stands in compressed
//! pages, in dictionaries and in statistics, so its column is written anew.
//! Of each column a value is shown once, however often it stands there.

mod columns;
mod footer;
mod rewrite;
mod thrift;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use bytes::Bytes;
use parquet::file::reader::FileReader;
use sha2::{Digest, Sha256};

use super::strings::{self, Form, SHORTEST, may_hold_text};
use super::{
    Budget, Change, Container, Content, Part, Patch, ReadAt, Refusal, Room, Take, apply, whole,
};
use columns::{Chunk, Columns};
use rewrite::Changes;

const MAGIC: &[u8] = b"PAR1";
const ENCRYPTED: &[u8] = b"PARE";

/// The whole file is in memory while its columns are decoded.
const LARGEST: u64 = 1 << 30;

/// Opens a Parquet file: told by its first bytes.
pub(super) fn open<'s>(
    _: &str,
    source: &'s dyn ReadAt,
    budget: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let head = source.start(MAGIC.len() as u64)?;
    let is_parquet = head.as_ref() == MAGIC || head.as_ref() == ENCRYPTED;
    Ok(is_parquet.then(|| Box::new(Parquet { source, budget }) as Box<dyn Container>))
}

/// A Parquet file.
struct Parquet<'a> {
    source: &'a dyn ReadAt,
    budget: &'a Budget,
}

impl Parquet<'_> {
    fn is_encrypted(&self) -> Result<bool, Refusal> {
        let len = self.source.len();
        let end = len.saturating_sub(MAGIC.len() as u64)..len;
        match self.source.read_at(end)?.as_ref() {
            MAGIC => Ok(false),
            ENCRYPTED => Ok(true),
            _ => Err(Refusal::Malformed("it is not written to its end".into())),
        }
    }

    fn bytes(&self) -> Result<Vec<u8>, Refusal> {
        if self.source.len() > LARGEST {
            let why = "a Parquet file larger than 1 GiB is not looked into";
            return Err(Refusal::Limit(why.to_owned()));
        }
        Ok(whole(self.source)?.into_owned())
    }

    fn columns(&self, bytes: Vec<u8>) -> Result<Columns<'_>, Refusal> {
        Columns::open(Bytes::from(bytes), self.budget)
    }
}

impl Container for Parquet<'_> {
    fn title(&self) -> &'static str {
        "Parquet file"
    }

    fn visit(&self, take: &mut Take<'_>) -> Result<(), Refusal> {
        if self.is_encrypted()? {
            return take(Part {
                number: 0,
                place: "footer".to_owned(),
                content: Content::Closed("it is encrypted".to_owned()),
                room: Room::Fixed("it is encrypted"),
            });
        }
        let mut number = 0;
        let walk: &strings::Walk<'_> = &|tell| footer::strings(self.source, tell);
        strings::show(walk, Room::Same, &mut |part| {
            number = part.number + 1;
            take(part)
        })?;
        let columns = self.columns(self.bytes()?)?;
        for chunk in columns.chunks() {
            let (path, name) = names(&columns, chunk);
            columns.distinct(chunk, &mut |value, row| {
                if let Some(form) = form(value, &name) {
                    let place = format!("column {path}, value {row}");
                    form.show(number, place, Room::Any, take)?;
                    number += 1;
                }
                Ok(())
            })?;
        }
        for (index, (chunk, refusal)) in columns.refused().enumerate() {
            let (path, _) = names(&columns, chunk);
            take(Part {
                number: number + index,
                place: format!("column {path}, row group {}", chunk.group),
                content: refusal.of_a_part()?,
                room: Room::Any,
            })?;
        }
        Ok(())
    }

    fn patches(&self, changes: &[Change]) -> Result<Vec<Patch>, Refusal> {
        if changes.is_empty() {
            return Ok(Vec::new());
        }
        let walk: &strings::Walk<'_> = &|tell| footer::strings(self.source, tell);
        let mut first_cell = 0;
        strings::show(walk, Room::Same, &mut |part| {
            first_cell = part.number + 1;
            Ok(())
        })?;
        let (metadata, cells): (Vec<_>, Vec<_>) =
            (changes.iter().cloned()).partition(|change| change.part < first_cell);
        let patches = footer::patches(self.source, strings::replace(walk, &metadata)?)?;
        if cells.is_empty() {
            return Ok(patches);
        }
        let columns = self.columns(apply(&self.bytes()?, &patches))?;
        let changes = changed(&columns, first_cell, &cells)?;
        Ok(vec![Patch {
            span: 0..self.source.len(),
            bytes: rewrite::rewritten(&columns, &changes)?,
        }])
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let mut lines = footer::outline(self.source)?;
        let columns = self.columns(self.bytes()?)?;
        let metadata = columns.reader.metadata();
        let schema = metadata.file_metadata().schema_descr().root_schema();
        lines.push(format!("{schema:?}"));
        let texts: BTreeSet<Chunk> = columns.chunks().into_iter().collect();
        for (group, meta) in metadata.row_groups().iter().enumerate() {
            lines.push(format!("row group {group}: {} rows", meta.num_rows()));
            for column in 0..meta.columns().len() {
                let chunk = Chunk { group, column };
                lines.push(match texts.contains(&chunk) {
                    true => structure(&columns, chunk)?,
                    false => format!("{:02x?}", Sha256::digest(columns.raw(chunk))),
                });
            }
        }
        Ok(lines)
    }
}

/// Which values of which columns become what: the cells are numbered from
/// `first` on.
fn changed(columns: &Columns<'_>, first: usize, cells: &[Change]) -> Result<Changes, Refusal> {
    let wanted: BTreeMap<usize, &Change> = cells.iter().map(|it| (it.part, it)).collect();
    let mut changes = Changes::new();
    let mut number = first;
    let mut count = 0;
    for chunk in columns.chunks() {
        let (_, name) = names(columns, chunk);
        let mut values = HashMap::new();
        columns.distinct(chunk, &mut |value, _| {
            if form(value, &name).is_some() {
                if let Some(change) = wanted.get(&number) {
                    values.insert(value.to_vec(), new_value(value, change)?);
                }
                number += 1;
            }
            Ok(())
        })?;
        count += values.len();
        if !values.is_empty() {
            changes.insert(chunk, values);
        }
    }
    match count == wanted.len() {
        true => Ok(changes),
        false => Err(Refusal::Malformed("a part that was shown is gone".into())),
    }
}

fn new_value(old: &[u8], change: &Change) -> Result<Vec<u8>, Refusal> {
    let new = change.applied(old);
    match std::str::from_utf8(old).is_ok() && std::str::from_utf8(&new).is_err() {
        true => Err(Refusal::Unsound(
            "a string would not be text any more".into(),
        )),
        false => Ok(new),
    }
}

/// What a cell is shown as, if it may hold something.
fn form<'t>(value: &'t [u8], name: &'t str) -> Option<Form<'t>> {
    if value.len() < SHORTEST {
        return None;
    }
    let name = Cow::Borrowed(name);
    match std::str::from_utf8(value) {
        Ok(text) => Some(Form::of(Some(name), Cow::Borrowed(text))),
        Err(_) if may_hold_text(value) => Some(Form::File {
            name,
            bytes: Cow::Borrowed(value),
        }),
        Err(_) => None,
    }
}

/// Where a column stands in the schema, and the name that a person gave it.
fn names(columns: &Columns<'_>, chunk: Chunk) -> (String, String) {
    const OF_LISTS: [&str; 6] = ["list", "element", "item", "array", "bag", "key_value"];
    let parts = columns
        .meta(chunk)
        .map(|meta| meta.column_path().parts().to_vec());
    let parts = parts.unwrap_or_default();
    let name = parts
        .iter()
        .rev()
        .find(|part| !OF_LISTS.contains(&part.as_str()));
    (parts.join("."), name.cloned().unwrap_or_default())
}

/// How many values a column has, and a digest of the levels that say which of
/// them are missing or in lists.
fn structure(columns: &Columns<'_>, chunk: Chunk) -> Result<String, Refusal> {
    let (mut values, mut digest) = (0, Sha256::new());
    columns.batches(chunk, &mut |batch| {
        values += batch.values.len();
        let levels = [batch.definitions(), batch.repetitions()];
        for level in levels.into_iter().flatten().flatten() {
            digest.update(level.to_le_bytes());
        }
        Ok(())
    })?;
    Ok(format!("{values} values, {:02x?}", digest.finalize()))
}
