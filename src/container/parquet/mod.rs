//! Parquet files: the cells of their columns of strings or bytes, and the
//! metadata in their footer.
//!
//! A value in the metadata is replaced where it stands by one of the same
//! length, and with it the copy in `ARROW:schema`. A cell stands in compressed
//! pages, in dictionaries and in statistics, so its column is written anew.
//! Of each column a value is shown once, however often it stands there.

mod columns;
mod excerpt;
mod footer;
mod rewrite;
mod thrift;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet, HashMap};

use bytes::Bytes;
use sha2::{Digest, Sha256};

use super::strings::{self, Form, SHORTEST, may_hold_text};
use super::{
    Budget, Change, Container, Content, Part, Patch, ReadAt, Refusal, Room, Take, apply, whole,
};
use columns::{Chunk, Columns};
use rewrite::Changes;

const MAGIC: &[u8] = b"PAR1";
const ENCRYPTED: &[u8] = b"PARE";

/// So much is in memory at once: a chunk of a column, or the whole file when
/// it is written anew.
const LARGEST: u64 = 1 << 30;

const TOO_LARGE: &str = "the file is larger than 1 GiB, and such a one is not written anew here: \
     write it again without the value, with the library that wrote it";

/// Opens a Parquet file: told by its first bytes.
pub(super) fn open<'s>(
    _: &str,
    source: &'s dyn ReadAt,
    budget: &'s Budget,
) -> Result<Option<Box<dyn Container + 's>>, Refusal> {
    let is_parquet = source.begins(MAGIC)? || source.begins(ENCRYPTED)?;
    let parquet = || Parquet {
        source,
        budget,
        largest: LARGEST,
    };
    Ok(is_parquet.then(|| Box::new(parquet()) as Box<dyn Container>))
}

/// A Parquet file.
struct Parquet<'a> {
    source: &'a dyn ReadAt,
    budget: &'a Budget,
    /// Larger ones are only looked at.
    largest: u64,
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

    /// What may stand in the place of a cell.
    fn room(&self) -> Room {
        match self.source.len() > self.largest {
            true => Room::Fixed(TOO_LARGE),
            false => Room::Any,
        }
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
        let columns = Columns::open(self.source, self.budget)?;
        for chunk in columns.chunks() {
            let (path, name) = names(&columns, chunk);
            columns.distinct(chunk, &mut |value, row| {
                if let Some(form) = form(value, &name) {
                    let place = format!("column {path}, value {row}");
                    form.show(number, place, self.room(), take)?;
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
        if let Room::Fixed(why) = self.room() {
            return Err(Refusal::Unsound(why.to_owned()));
        }
        let old = Bytes::from(apply(&whole(self.source)?, &patches));
        let source: &[u8] = &old;
        let columns = Columns::open(&source, self.budget)?;
        let changes = changed(&columns, first_cell, &cells)?;
        let bytes = rewrite::rewritten(&columns, old.clone(), &changes)?;
        Ok(vec![Patch {
            span: 0..self.source.len(),
            bytes,
        }])
    }

    fn outline(&self) -> Result<Vec<String>, Refusal> {
        let mut lines = footer::outline(self.source)?;
        let columns = Columns::open(self.source, self.budget)?;
        let metadata = &columns.metadata;
        let schema = metadata.file_metadata().schema_descr().root_schema();
        lines.push(format!("{schema:?}"));
        let texts: BTreeSet<Chunk> = columns.chunks().into_iter().collect();
        for (group, meta) in metadata.row_groups().iter().enumerate() {
            lines.push(format!("row group {group}: {} rows", meta.num_rows()));
            for column in 0..meta.columns().len() {
                let chunk = Chunk { group, column };
                lines.push(match texts.contains(&chunk) {
                    true => structure(&columns, chunk)?,
                    false => columns.excerpt(chunk)?.digest(),
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

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use parquet::data_type::{ByteArray, ByteArrayType};
    use parquet::file::writer::SerializedFileWriter;
    use parquet::schema::parser::parse_message_type;

    use super::super::New;
    use super::*;

    fn file(texts: &[&str]) -> Vec<u8> {
        let schema = "message m { required binary text (STRING); }";
        let schema = Arc::new(parse_message_type(schema).unwrap());
        let mut bytes = Vec::new();
        let mut writer = SerializedFileWriter::new(&mut bytes, schema, Default::default()).unwrap();
        for text in texts {
            let mut group = writer.next_row_group().unwrap();
            let mut column = group.next_column().unwrap().unwrap();
            let value = ByteArray::from(*text);
            let typed = column.typed::<ByteArrayType>();
            typed.write_batch(&[value], None, None).unwrap();
            column.close().unwrap();
            group.close().unwrap();
        }
        writer.close().unwrap();
        bytes
    }

    #[test]
    fn a_file_that_is_too_large_to_be_written_is_looked_at() {
        let bytes = file(&["first text", "second text"]);
        let (budget, mut shown) = (Budget::default(), Vec::new());
        let parquet = Parquet {
            source: &bytes,
            budget: &budget,
            largest: 64,
        };
        let visited = parquet.visit(&mut |part| {
            if let Content::Text { text, .. } = &part.content {
                shown.push((text.to_string(), part.room, part.number));
            }
            Ok(())
        });
        visited.unwrap();
        let cells: Vec<_> = shown.iter().filter(|it| it.0.ends_with(" text")).collect();
        assert_eq!(cells.len(), 2, "{shown:?}");
        assert!(cells.iter().all(|it| it.1 == Room::Fixed(TOO_LARGE)));
        let change = Change {
            part: cells[0].2,
            new: New::Whole(b"REDACTED__".to_vec()),
        };
        let refused = parquet.patches(&[change]);
        assert!(matches!(refused, Err(Refusal::Unsound(why)) if why == TOO_LARGE));
    }
}
