//! Tables in printed text: a column's header binds the values below it.

use std::ops::Range;

use crate::syntax::{Binding, Via};

/// Rows below a header that are read, unless a line below it tells that it is
/// one.
const MOST_ROWS: usize = 64;

/// Reads Markdown tables and the tables that data frames print.
pub(super) fn read(text: &str, wanted: &dyn Fn(&str) -> bool, found: &mut Vec<Binding>) {
    let lines: Vec<Range<usize>> = lines(text).collect();
    for (at, line) in lines.iter().enumerate() {
        let header = &text[line.clone()];
        let rows = lines.get(at + 1..).unwrap_or_default();
        let is_told = rows.first().is_some_and(|row| is_rule(&text[row.clone()]));
        let most = if is_told { usize::MAX } else { MOST_ROWS };
        let rows = &rows[..rows.len().min(most)];
        if header.len() > 1000 || header.trim().is_empty() || rows.is_empty() {
            continue;
        }
        if header.contains('|') {
            piped(text, line, rows, wanted, found);
        } else if !header.contains(['=', ':', ',', '"', '(']) {
            aligned(text, line, rows, wanted, found);
        }
    }
}

/// The line below a header: `|---|:--:|`.
fn is_rule(line: &str) -> bool {
    line.contains("--") && line.contains('|') && line.bytes().all(|b| b"|-: \t".contains(&b))
}

fn lines(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    text.split_inclusive('\n').map(move |line| {
        let span = start..start + line.trim_end_matches(['\n', '\r']).len();
        start += line.len();
        span
    })
}

/// `| name | … |`: cells by their number.
fn piped(
    text: &str,
    header: &Range<usize>,
    rows: &[Range<usize>],
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    for (number, cell) in cells(text, header).enumerate() {
        let name = &text[cell];
        if name.is_empty() || !is_name(name) || !wanted(name) {
            continue;
        }
        for row in rows
            .iter()
            .take_while(|row| text[(*row).clone()].contains('|'))
        {
            let span = cells(text, row).nth(number).unwrap_or(0..0);
            if !span.is_empty() {
                found.push(of_cell(text, name, span));
            }
        }
    }
}

fn cells<'a>(text: &'a str, line: &Range<usize>) -> impl Iterator<Item = Range<usize>> + 'a {
    let mut start = line.start;
    text[line.clone()].split('|').map(move |cell| {
        let from = start + (cell.len() - cell.trim_start().len());
        let span = from..from + cell.trim().len();
        start += cell.len() + 1;
        span
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
        if !is_name(name) || !wanted(name) {
            continue;
        }
        let starts = column.start - header.start;
        let ends = column.end - header.start;
        for row in rows.iter().take_while(|row| !row.is_empty()) {
            let cell = words(text, row)
                .find(|word| word.end - row.start == ends || word.start - row.start == starts);
            found.extend(cell.map(|span| of_cell(text, name, span)));
        }
    }
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
