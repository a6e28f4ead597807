//! Tables in printed text: a column's header binds the values below it, and
//! in a table of two columns the first binds the second.

use std::cell::LazyCell;
use std::ops::Range;

use crate::parts::Parts;
use crate::syntax::{Binding, Via};

/// Rows below a header that are read, unless a line below it tells that it is
/// one.
const MOST_ROWS: usize = 64;

/// What parts the cells of a row, where lines are drawn.
const DRAWN: [char; 3] = ['|', '│', '┃'];

/// What parts the cells of a row where none are.
const DELIMITERS: [char; 3] = [',', '\t', ';'];

/// Reads Markdown tables, those that data frames and databases print, and
/// tables of values parted by commas or tabs. All of them end at an empty line,
/// so that what lies between two belongs together.
pub(super) fn read(
    text: &str,
    parts: &Parts,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let lines: Vec<Range<usize>> = lines(text).collect();
    let mut first = 0;
    for block in lines.chunk_by(|line, next| !line.is_empty() && !next.is_empty()) {
        let numbers = first..first + block.len();
        first = numbers.end;
        if let (Some(start), Some(end)) = (block.first(), block.last())
            && parts.touch(&(start.start..end.end))
        {
            let heads = LazyCell::new(|| heads(text, block));
            for (place, at) in numbers.enumerate() {
                let may_head = || heads[place];
                headed(text, &lines, at, &may_head, wanted, found);
            }
        }
    }
}

/// Which rows of a block may be headers: where one is underlined, the rows below
/// it are none, though the name of a credential may be a value in them.
fn heads(text: &str, block: &[Range<usize>]) -> Vec<bool> {
    let line = |at: usize| block.get(at).map(|line| &text[line.clone()]);
    let is_ruled = |at: usize| line(at).is_some_and(is_rule);
    let mut heads = vec![false; block.len()];
    let mut table = Table::default();
    for at in 0..block.len() {
        let is_below_rule = at.checked_sub(1).is_some_and(is_ruled);
        if is_ruled(at) {
            if is_below_rule {
                table.end(&mut heads);
            }
            table.rule();
        } else if line(at).is_some_and(is_drawn) {
            let cells = cells(text, &block[at], &DRAWN).count();
            let begins = table.rows.is_empty()
                || is_ruled(at + 1) && !is_below_rule
                // What stood above the rule were no headers.
                || is_below_rule && (table.above > 1 || cells != table.cells);
            heads[at] = begins;
            table.row(at, cells);
        } else {
            table.end(&mut heads);
        }
    }
    table.end(&mut heads);
    heads
}

/// What was read of a table so far.
#[derive(Default)]
struct Table {
    rows: Vec<usize>,
    is_ruled: bool,
    /// Rows since the last rule, and between it and the one before.
    section: usize,
    above: usize,
    /// Cells of the last row.
    cells: usize,
}

impl Table {
    fn row(&mut self, at: usize, cells: usize) {
        self.rows.push(at);
        self.section += 1;
        self.cells = cells;
    }

    fn rule(&mut self) {
        self.is_ruled = true;
        self.above = std::mem::take(&mut self.section);
    }

    /// Where nothing is underlined, each row may be a header.
    fn end(&mut self, heads: &mut [bool]) {
        let table = std::mem::take(self);
        if !table.is_ruled {
            table.rows.iter().for_each(|&row| heads[row] = true);
        }
    }
}

/// Reads a line as the header of a table, if it may be one, or as a row that
/// names its value.
fn headed(
    text: &str,
    lines: &[Range<usize>],
    at: usize,
    may_head: &dyn Fn() -> bool,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let line = &lines[at];
    let header = &text[line.clone()];
    let rows = lines.get(at + 1..).unwrap_or_default();
    let is_told = at == 0 || rows.first().is_some_and(|row| is_rule(&text[row.clone()]));
    let most = if is_told { usize::MAX } else { MOST_ROWS };
    let rows = &rows[..rows.len().min(most)];
    if header.len() > 1000 || header.trim().is_empty() {
        return;
    }
    if is_drawn(header) {
        named_row(text, line, wanted, found);
        if may_head() {
            drawn(text, line, rows, wanted, found);
        }
    } else if let Some(delimiter) = delimiter(header) {
        // Within a text commas part the words of a sentence.
        if at == 0 || text[lines[at - 1].clone()].trim().is_empty() {
            delimited(text, line, rows, delimiter, wanted, found);
        }
    } else if !header.contains(['=', ':', ',', '"', '(']) {
        spaced_row(text, line, wanted, found);
        aligned(text, line, rows, wanted, found);
    }
}

/// Whether a border stands in a line. All begin with one of two bytes, which few
/// lines hold.
fn is_drawn(line: &str) -> bool {
    memchr::memchr2(b'|', 0xe2, line.as_bytes()).is_some() && line.contains(DRAWN)
}

/// The line below a header (`|---|:--:|`), and what is drawn between rows.
fn is_rule(line: &str) -> bool {
    let is_drawn = |c: char| "-=+|:~ \t".contains(c) || ('\u{2500}'..='\u{257f}').contains(&c);
    line.chars().all(is_drawn)
        && ["--", "==", "──", "━━"]
            .iter()
            .any(|part| line.contains(part))
}

/// The delimiter of a header: every cell between two of it is a name.
fn delimiter(header: &str) -> Option<char> {
    DELIMITERS.into_iter().find(|delimiter| {
        let is_cell = |cell: &str| {
            let cell = cell.trim_matches(['"', ' ']);
            cell.len() < 40 && cell.split(' ').count() <= 2 && is_name(cell)
        };
        header.contains(*delimiter) && header.len() < 1000 && header.split(*delimiter).all(is_cell)
    })
}

fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let rest = Some(bytes.len()).filter(|_| !matches!(bytes.last(), None | Some(b'\n')));
    let mut start = 0;
    memchr::memchr_iter(b'\n', bytes)
        .chain(rest)
        .map(move |end| {
            let line = text[start..end].trim_end_matches('\r');
            let span = start..start + line.len();
            start = end + 1;
            span
        })
}

/// `| name | … |`: cells by their number.
fn drawn(
    text: &str,
    header: &Range<usize>,
    rows: &[Range<usize>],
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    for (number, cell) in cells(text, header, &DRAWN).enumerate() {
        let name = &text[cell];
        if name.is_empty() || !is_name(name) || !wanted(name) {
            continue;
        }
        for (at, row) in rows.iter().enumerate() {
            let line = &text[row.clone()];
            let ends = !is_drawn(line) && !is_rule(line) || at > MOST_ROWS && is_rule(line);
            if line.trim().is_empty() || ends {
                break;
            }
            let span = cells(text, row, &DRAWN).nth(number).unwrap_or(0..0);
            if !span.is_empty() && !is_rule(line) {
                found.push(of_cell(text, name, span));
            }
        }
    }
}

/// `| Password | … |`: the first of two cells names the second.
fn named_row(
    text: &str,
    row: &Range<usize>,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let mut filled = cells(text, row, &DRAWN).filter(|cell| !cell.is_empty());
    let (Some(name), Some(value), None) = (filled.next(), filled.next(), filled.next()) else {
        return;
    };
    let name = text[name].trim_matches(['*', '`', ':']);
    if is_name(name) && wanted(name) {
        let marked = &text[value.clone()];
        let plain = marked.trim_matches('`');
        let start = value.start + (marked.len() - marked.trim_start_matches('`').len());
        found.push(of_cell(text, name, start..start + plain.len()));
    }
}

/// `api_key    …`: what a series of a data frame prints.
fn spaced_row(
    text: &str,
    row: &Range<usize>,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let mut words = words(text, row);
    let (Some(name), Some(value), None) = (words.next(), words.next(), words.next()) else {
        return;
    };
    let name_text = &text[name.clone()];
    if value.start - name.end >= 2 && is_name(name_text) && wanted(name_text) {
        found.push(of_cell(text, name_text, value));
    }
}

/// `name,api_key`: as many cells in each row as in the header.
fn delimited(
    text: &str,
    header: &Range<usize>,
    rows: &[Range<usize>],
    delimiter: char,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let names: Vec<Range<usize>> = cells(text, header, &[delimiter]).collect();
    for (number, cell) in names.iter().enumerate() {
        let name = text[cell.clone()].trim_matches('"');
        if name.is_empty() || !wanted(name) {
            continue;
        }
        for row in rows.iter().take_while(|row| !row.is_empty()) {
            let row: Vec<Range<usize>> = cells(text, row, &[delimiter]).collect();
            let span = row.get(number).cloned().unwrap_or(0..0);
            let plain = text[span.clone()].trim_matches('"');
            if row.len() == names.len() && !plain.is_empty() {
                let start = span.start + text[span].find(plain).unwrap_or(0);
                found.push(of_cell(text, name, start..start + plain.len()));
            }
        }
    }
}

/// The cells of a line. A delimiter within quotes parts none.
fn cells<'a>(
    text: &'a str,
    line: &Range<usize>,
    borders: &'a [char],
) -> impl Iterator<Item = Range<usize>> + 'a {
    let base = line.start;
    let mut quoted = false;
    let quotes = !borders.contains(&'|');
    let border = move |c: char| {
        quoted ^= quotes && c == '"';
        !quoted && borders.contains(&c)
    };
    let line = &text[line.clone()];
    line.split(border).map(move |cell| {
        let start = base + (cell.as_ptr() as usize - line.as_ptr() as usize);
        let from = start + (cell.len() - cell.trim_start().len());
        from..from + cell.trim().len()
    })
}

/// Columns that end (data frames) or start where their header does.
fn aligned(
    text: &str,
    header: &Range<usize>,
    rows: &[Range<usize>],
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    for column in words(text, header) {
        let name = &text[column.clone()];
        if !is_name(name) || !stands_apart(text, header, &column) || !wanted(name) {
            continue;
        }
        // One word alone is no header of a table, unless an index numbers its rows.
        let columns = words(text, header).count();
        let starts = column.start - header.start;
        let ends = column.end - header.start;
        for row in rows.iter().take_while(|row| !row.is_empty()) {
            if columns == 1 && words(text, row).count() != 2 {
                break;
            }
            let cell = words(text, row)
                .find(|word| word.end - row.start == ends || word.start - row.start == starts);
            found.extend(cell.map(|span| of_cell(text, name, span)));
        }
    }
}

/// Whether a word is a column's header and no part of a sentence: what aligns
/// columns puts two spaces between them.
fn stands_apart(text: &str, line: &Range<usize>, word: &Range<usize>) -> bool {
    let before = &text[line.start..word.start];
    let after = &text[word.end..line.end];
    (before.trim().is_empty() || before.ends_with("  "))
        && (after.trim().is_empty() || after.starts_with("  "))
}

fn words<'a>(text: &'a str, line: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 'a {
    let start = line.start;
    let line = &text[line.clone()];
    line.split_whitespace().map(move |word| {
        let from = start + (word.as_ptr() as usize - line.as_ptr() as usize);
        from..from + word.len()
    })
}

fn is_name(word: &str) -> bool {
    word.bytes()
        .all(|b| b.is_ascii_alphanumeric() || b"_-. ".contains(&b))
}

fn of_cell(text: &str, name: &str, span: Range<usize>) -> Binding {
    Binding {
        name: name.to_owned(),
        value: text[span.clone()].to_owned(),
        span,
        via: Via::Text,
    }
}
