//! Thrift's compact protocol, as far as Parquet's footer and its page headers
//! need it: fields are told, everything that nobody asks for is left out.

use std::ops::Range;

use crate::container::Refusal;
use crate::container::cursor::Cursor;

/// Structures within structures; the footer has less than ten.
const DEEPEST: usize = 32;

/// Types.
const TRUE: u8 = 1;
const FALSE: u8 = 2;
const BYTE: u8 = 3;
const I16: u8 = 4;
const I64: u8 = 6;
const DOUBLE: u8 = 7;
const BINARY: u8 = 8;
const LIST: u8 = 9;
const SET: u8 = 10;
const MAP: u8 = 11;
const STRUCT: u8 = 12;

/// What a field holds.
#[derive(Debug, Clone)]
pub(super) enum Told {
    /// A number.
    Number(i64),
    /// Bytes, and where they stand.
    Binary(Range<u64>),
    /// A structure in a list ends: all its fields have been told.
    Item,
}

/// Tells of the fields of a structure, each with the numbers of the fields on
/// the way to it.
pub(super) fn walk(
    cursor: &mut Cursor<'_>,
    tell: &mut dyn FnMut(&[i64], Told),
) -> Result<(), Refusal> {
    structure(cursor, &mut Vec::new(), tell)
}

type Tell<'t> = dyn FnMut(&[i64], Told) + 't;

fn structure(
    cursor: &mut Cursor<'_>,
    path: &mut Vec<i64>,
    tell: &mut Tell<'_>,
) -> Result<(), Refusal> {
    if path.len() > DEEPEST {
        return Err(Refusal::Limit("structures within too many others".into()));
    }
    let mut id = 0_i64;
    loop {
        let head = cursor.u8()?;
        if head == 0 {
            return Ok(());
        }
        id = match head >> 4 {
            0 => number(cursor)?,
            delta => id + i64::from(delta),
        };
        path.push(id);
        value(cursor, head & 0x0f, path, tell)?;
        path.pop();
    }
}

fn value(
    cursor: &mut Cursor<'_>,
    kind: u8,
    path: &mut Vec<i64>,
    tell: &mut Tell<'_>,
) -> Result<(), Refusal> {
    match kind {
        TRUE | FALSE => Ok(()),
        BYTE => cursor.skip(1),
        I16..=I64 => {
            let number = number(cursor)?;
            tell(path, Told::Number(number));
            Ok(())
        }
        DOUBLE => cursor.skip(8),
        BINARY => {
            let len = cursor.varint()?;
            let start = cursor.at();
            cursor.skip(len)?;
            tell(path, Told::Binary(start..start + len));
            Ok(())
        }
        LIST | SET => list(cursor, path, tell),
        MAP => map(cursor, path, tell),
        STRUCT => structure(cursor, path, tell),
        _ => {
            let why = format!("at byte {}: a field of unknown type", cursor.at());
            Err(Refusal::Malformed(why))
        }
    }
}

/// Each item takes a byte at least, so a count that lies is soon found out.
fn list(cursor: &mut Cursor<'_>, path: &mut Vec<i64>, tell: &mut Tell<'_>) -> Result<(), Refusal> {
    let head = cursor.u8()?;
    let count = match head >> 4 {
        15 => cursor.varint()?,
        count => u64::from(count),
    };
    for _ in 0..count {
        item(cursor, head & 0x0f, path, tell)?;
        if head & 0x0f == STRUCT {
            tell(path, Told::Item);
        }
    }
    Ok(())
}

fn map(cursor: &mut Cursor<'_>, path: &mut Vec<i64>, tell: &mut Tell<'_>) -> Result<(), Refusal> {
    let count = cursor.varint()?;
    if count == 0 {
        return Ok(());
    }
    let kinds = cursor.u8()?;
    for _ in 0..count {
        item(cursor, kinds >> 4, path, tell)?;
        item(cursor, kinds & 0x0f, path, tell)?;
    }
    Ok(())
}

/// In a list a truth takes a byte, in a field it is in the type.
fn item(
    cursor: &mut Cursor<'_>,
    kind: u8,
    path: &mut Vec<i64>,
    tell: &mut Tell<'_>,
) -> Result<(), Refusal> {
    match kind {
        TRUE | FALSE => cursor.skip(1),
        _ => {
            path.push(0);
            let result = value(cursor, kind, path, tell);
            path.pop();
            result
        }
    }
}

fn number(cursor: &mut Cursor<'_>) -> Result<i64, Refusal> {
    let zigzag = cursor.varint()?;
    Ok((zigzag >> 1) as i64 ^ -((zigzag & 1) as i64))
}
