//! CSV and its relatives: a header names the values of its column.
//!
//! Read as RFC 4180 says, with whatever separator the first line shows. Only
//! columns with a name like a credential's are read cell by cell; all other
//! cells are text, in blocks of rows, so that a large file costs little.

use std::ops::Range;

use super::{Format, Hint, Opened, Outline};
use crate::detect::names;
use crate::layer::mosaic::Mosaic;
use crate::lines::Lines;
use crate::region::{Extent, Place, Region, Role};

/// Tables.
pub(super) const FORMAT: Format = Format {
    title: "a table",
    is_told: |hint| hint.ends_in(&["csv", "tsv", "tab", "psv"]),
    open: |hint| Ok(Box::new(Table::new(hint))),
    is_strict: false,
};

/// How long a block of rows is, if no row is longer.
const BLOCK: usize = 16 * 1024;

/// A table.
#[derive(Debug)]
struct Table<'t> {
    text: &'t str,
    separator: u8,
    /// The columns that are read cell by cell: their numbers and names.
    named: Vec<(usize, String)>,
}

/// A row: its cells with their quotes.
struct Row {
    span: Range<usize>,
    cells: Vec<Range<usize>>,
}

impl<'t> Table<'t> {
    fn new(hint: &Hint<'t>) -> Self {
        let text = hint.text;
        let mut table = Self {
            text,
            separator: separator(hint.first_line()),
            named: Vec::new(),
        };
        table.named = table.sounding();
        table
    }

    /// The columns whose header sounds like a credential's name.
    fn sounding(&self) -> Vec<(usize, String)> {
        let header = self.rows(top(self.text)).next();
        let cells = header.map(|row| row.cells).unwrap_or_default();
        let name = |cell: Range<usize>| self.read(&[cell]).peeled(quoted).text;
        let names = cells.into_iter().map(name).enumerate();
        names
            .filter(|(_, name)| names::classify(name.trim()).is_some())
            .collect()
    }

    /// The rows from `start` on.
    fn rows(&self, start: usize) -> impl Iterator<Item = Row> {
        let mut at = start;
        std::iter::from_fn(move || {
            (at < self.text.len()).then(|| {
                let row = self.row(at);
                at = row.span.end;
                row
            })
        })
    }

    fn row(&self, start: usize) -> Row {
        let bytes = self.text.as_bytes();
        let mut cells = Vec::new();
        let mut from = start;
        loop {
            let end = cell_end(bytes, from, self.separator);
            cells.push(from..end);
            match bytes.get(end) {
                Some(byte) if *byte == self.separator => from = end + 1,
                Some(b'\r') if bytes.get(end + 1) == Some(&b'\n') => {
                    let span = start..end + 2;
                    return Row { span, cells };
                }
                found => {
                    let span = start..end + usize::from(found.is_some());
                    return Row { span, cells };
                }
            }
        }
    }

    /// Parts of the table, cells of them without their quotes.
    fn read(&self, cells: &[Range<usize>]) -> Mosaic<'t> {
        let start = cells.first().map_or(0, |cell| cell.start);
        let mut mosaic = Mosaic::new(self.text, start);
        for cell in cells {
            self.read_cell(&mut mosaic, cell.clone());
        }
        mosaic
    }

    fn read_cell(&self, mosaic: &mut Mosaic<'_>, cell: Range<usize>) {
        let Some(within) = unquoted(self.text, &cell) else {
            return mosaic.keep(cell);
        };
        let mut at = within.start;
        for quote in memchr::memmem::find_iter(&self.text.as_bytes()[within.clone()], b"\"\"") {
            let quote = within.start + quote;
            mosaic.keep(at..quote);
            mosaic.read_as(quote..quote + 2, "\"");
            at = quote + 2;
        }
        mosaic.keep(at..within.end);
        mosaic.skip_to(cell.end);
    }

    fn is_named(&self, column: usize) -> Option<&str> {
        let named = self.named.iter().find(|(number, _)| *number == column);
        named.map(|(_, name)| name.trim())
    }

    /// A block of rows without the cells that are read by themselves.
    fn block(&self, rows: &[Row], is_first: bool, lines: &Lines) -> Region {
        let start = rows.first().map_or(0, |row| row.span.start);
        let end = rows.last().map_or(start, |row| row.span.end);
        let mut mosaic = Mosaic::new(self.text, start);
        for (at, row) in rows.iter().enumerate() {
            for (column, cell) in row.cells.iter().enumerate() {
                let is_header = is_first && at == 0;
                if is_header || self.is_named(column).is_none() {
                    self.read_cell(&mut mosaic, cell.clone());
                }
                let next = row.cells.get(column + 1);
                mosaic.keep(cell.end..next.map_or(row.span.end, |next| next.start));
            }
        }
        Region {
            place: place(lines, start),
            ..Region::new(mosaic.peeled(quoted), start..end, Role::Output)
        }
    }

    fn cell(&self, extent: Extent, name: &str, lines: &Lines) -> Region {
        let role = Role::Value {
            name: name.to_owned(),
        };
        let cell = extent.span.clone();
        let peeled = self.read(std::slice::from_ref(&cell)).peeled(quoted);
        Region {
            place: place(lines, cell.start),
            extent,
            ..Region::new(peeled, cell, role)
        }
    }

    fn cells<'r>(&'r self, row: &'r Row) -> impl Iterator<Item = (&'r Range<usize>, &'r str)> {
        let cells = row.cells.iter().enumerate();
        cells.filter_map(|(column, cell)| Some((cell, self.is_named(column)?)))
    }
}

impl Opened for Table<'_> {
    fn texts(&self) -> Vec<Range<usize>> {
        let whole = 0..self.text.len();
        vec![whole]
    }

    fn names_from_afar(&self) -> bool {
        !self.named.is_empty()
    }

    fn regions(&self, wanted: &dyn Fn(&Extent) -> bool) -> Vec<Region> {
        let lines = Lines::of(self.text);
        let mut regions = Vec::new();
        let mut block: Vec<Row> = Vec::new();
        let mut is_first = true;
        let mut rows = self.rows(0).peekable();
        while let Some(row) = rows.next() {
            block.push(row);
            let start = block.first().map_or(0, |row| row.span.start);
            let end = block.last().map_or(start, |row| row.span.end);
            if end - start < BLOCK && rows.peek().is_some() {
                continue;
            }
            if wanted(&Extent::plain(start..end)) {
                regions.push(self.block(&block, is_first, &lines));
            }
            for row in block.iter().skip(usize::from(is_first)) {
                for (cell, name) in self.cells(row) {
                    let extent = Extent {
                        is_password: true,
                        ..Extent::plain(cell.clone())
                    };
                    if !cell.is_empty() && wanted(&extent) {
                        regions.push(self.cell(extent, name, &lines));
                    }
                }
            }
            block.clear();
            is_first = false;
        }
        regions
    }

    fn code(&self) -> Vec<Region> {
        Vec::new()
    }

    /// How many rows have how many cells.
    fn outline(&self) -> Outline {
        let mut counted: Vec<(usize, usize)> = Vec::new();
        for row in self.rows(0) {
            match counted.last_mut() {
                Some((cells, rows)) if *cells == row.cells.len() => *rows += 1,
                _ => counted.push((row.cells.len(), 1)),
            }
        }
        let told = |(cells, rows)| format!("{rows} rows of {cells} cells");
        Outline(counted.into_iter().map(told).collect())
    }
}

fn place(lines: &Lines, at: usize) -> Place {
    Place {
        lines_before: lines.line(at),
        ..Place::default()
    }
}

/// Where the first row begins: behind a byte order mark.
fn top(text: &str) -> usize {
    text.len() - text.trim_start_matches('\u{feff}').len()
}

/// The separator that the first line shows most.
fn separator(line: &str) -> u8 {
    let count = |separator: u8| {
        let mut is_quoted = false;
        let counts = |byte: &u8| {
            is_quoted ^= *byte == b'"';
            *byte == separator && !is_quoted
        };
        line.bytes().filter(counts).count()
    };
    // Of equals the last one is taken.
    [b'|', b';', b',', b'\t']
        .into_iter()
        .max_by_key(|separator| count(*separator))
        .unwrap_or(b',')
}

/// Where the cell that begins at `start` ends. A quote that nothing closes is
/// a character like others.
fn cell_end(bytes: &[u8], start: usize, separator: u8) -> usize {
    let rest = bytes.get(start..).unwrap_or_default();
    let mut at = 0;
    if rest.first() == Some(&b'"') {
        at = 1;
        while let Some(length) = memchr::memchr(b'"', &rest[at..]) {
            at += length + 1;
            if rest.get(at) != Some(&b'"') {
                break;
            }
            at += 1;
        }
    }
    let end = memchr::memchr3(separator, b'\n', b'\r', &rest[at.min(rest.len())..]);
    start + end.map_or(rest.len(), |length| at + length)
}

/// What stands between the quotes of a cell, if they are around all of it.
fn unquoted(text: &str, cell: &Range<usize>) -> Option<Range<usize>> {
    let within = text.get(cell.clone())?;
    let is_quoted = within.len() >= 2 && within.starts_with('"') && within.ends_with('"');
    is_quoted.then(|| cell.start + 1..cell.end - 1)
}

fn quoted(replacement: &str) -> String {
    replacement.replace('"', "\"\"")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn regions(text: &str) -> Vec<(String, Role)> {
        let table = Table::new(&Hint::new(Path::new("a.csv"), text));
        let regions = table.regions(&|_| true);
        let told = |region: &Region| (region.text().to_owned(), region.role.clone());
        regions.iter().map(told).collect()
    }

    fn password(text: &str) -> (String, Role) {
        let name = "password".to_owned();
        (text.to_owned(), Role::Value { name })
    }

    #[test]
    fn a_header_names_the_cells_below_it() {
        let text = "user;\"password\";note\r\na;x;\"1;\"\"2\"\"\"\r\nb;\"y\nz\";3";
        assert_eq!(
            regions(text),
            [
                (
                    "user;password;note\r\na;;1;\"2\"\r\nb;;3".to_owned(),
                    Role::Output
                ),
                password("x"),
                password("y\nz"),
            ]
        );
    }

    #[test]
    fn quotes_that_nothing_closes_and_rows_of_other_lengths_are_read() {
        let read = regions("a,password\n\"b,c\n");
        assert_eq!(read[0].0, "a,password\n\"b,\n");
        assert_eq!(read[1..], [password("c")]);
        assert_eq!(regions("a,password\n\n1,2,3")[1..], [password("2")]);
        assert_eq!(regions(""), []);
        assert_eq!(separator("a\tb,c\td"), b'\t');
        assert_eq!(separator("\"a,b,c\";d"), b';');
    }
}
