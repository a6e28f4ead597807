//! HTML: a form field's name binds its value, a table's header the cells of
//! its column.

use std::ops::Range;

use super::TextKind;
use super::value;
use crate::parts::Parts;
use crate::syntax::{Binding, Via};

/// Tags are shorter than this.
const LONGEST: usize = 4096;

/// Reads tags with a `name` or `id` and a `value` or `content`.
pub(super) fn read(
    text: &str,
    parts: &Parts,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let bytes = text.as_bytes();
    for at in parts.find(bytes, |part| memchr::memchr_iter(b'<', part)) {
        let limit = bytes.len().min(at + LONGEST);
        let Some(length) = memchr::memchr(b'>', &bytes[at..limit]) else {
            continue;
        };
        let tag = at..at + length;
        let name = attribute(text, &tag, &[" name=", " id="]).filter(|name| wanted(&name.text));
        let value = attribute(text, &tag, &[" value=", " content="]);
        if let (Some(name), Some(value)) = (name, value) {
            found.push(Binding {
                name: name.text,
                span: value.span,
                value: value.text,
                via: Via::Key,
            });
        }
    }
}

/// Tables have fewer columns and rows than are read.
const MOST_CELLS: usize = 8192;

/// Reads tables: a header cell (`th`, or any cell of the first row) binds what
/// stands in its column, the first cell of a row of two the other.
pub(super) fn read_tables(
    text: &str,
    parts: &Parts,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let mut at = 0;
    while let Some(length) = memchr::memmem::find(&text.as_bytes()[at..], b"<table") {
        let start = at + length;
        let end = memchr::memmem::find(&text.as_bytes()[start..], b"</table")
            .map_or(text.len(), |length| start + length);
        if parts.touch(&(start..end)) {
            table(text, start..end, wanted, found);
        }
        at = end;
    }
}

fn table(text: &str, span: Range<usize>, wanted: &dyn Fn(&str) -> bool, found: &mut Vec<Binding>) {
    let rows = rows(text, span);
    let Some((header, rows)) = rows.split_first() else {
        return;
    };
    let columns: Vec<Option<&str>> = header
        .iter()
        .map(|cell| Some(&text[cell.clone()]).filter(|name| !name.is_empty() && wanted(name)))
        .collect();
    for row in rows {
        for (column, cell) in columns.iter().zip(row) {
            found.extend(column.map(|name| of_cell(text, name, cell)));
        }
    }
    for row in std::iter::once(header).chain(rows) {
        if let [name, value] = row.as_slice()
            && wanted(&text[name.clone()])
        {
            found.push(of_cell(text, &text[name.clone()], value));
        }
    }
}

fn of_cell(text: &str, name: &str, cell: &Range<usize>) -> Binding {
    Binding {
        name: name.to_owned(),
        span: cell.clone(),
        value: text[cell.clone()].to_owned(),
        via: Via::Text,
    }
}

/// The cells of each row: where the text between their tags stands.
fn rows(text: &str, span: Range<usize>) -> Vec<Vec<Range<usize>>> {
    let bytes = text.as_bytes();
    let mut rows: Vec<Vec<Range<usize>>> = Vec::new();
    let mut count = 0;
    for open in memchr::memchr_iter(b'<', &bytes[span.clone()]).map(|at| span.start + at) {
        let tag = &bytes[open..span.end.min(open + 4)];
        if tag.starts_with(b"<tr") {
            rows.push(Vec::new());
        } else if tag.starts_with(b"<td") || tag.starts_with(b"<th") && tag != b"<the" {
            count += 1;
            let cell = content(text, open, span.end);
            if let (Some(row), Some(cell)) = (rows.last_mut(), cell)
                && count < MOST_CELLS
            {
                row.push(cell);
            }
        }
    }
    rows.retain(|row| !row.is_empty());
    rows
}

/// The text of a cell without what surrounds it, markup within included.
fn content(text: &str, open: usize, end: usize) -> Option<Range<usize>> {
    let start = open + memchr::memchr(b'>', text.as_bytes().get(open..end)?)? + 1;
    let rest = text.get(start..end.min(start + LONGEST))?;
    let length = rest.find("</t").or_else(|| rest.find('<'))?;
    let mut cell = rest[..length].trim();
    // `<code>…</code>` and its like around the whole.
    while cell.starts_with('<') && cell.ends_with('>') {
        let inner = cell.find('>')? + 1;
        let outer = cell.rfind('<')?;
        cell = cell.get(inner..outer)?.trim();
    }
    let from = start + (cell.as_ptr() as usize - rest.as_ptr() as usize);
    Some(from..from + cell.len())
}

fn attribute(text: &str, tag: &Range<usize>, names: &[&str]) -> Option<value::Value> {
    let within = text.get(tag.clone())?;
    names.iter().find_map(|name| {
        let at = tag.start + within.find(name)? + name.len();
        value::quoted(text, at, TextKind::Html)
    })
}
