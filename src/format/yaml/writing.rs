//! How scalars are written in YAML, and where their content lies.

use std::ops::Range;

use saphyr_parser::ScalarStyle;

use crate::format::scalars::Writing;
use crate::layer::quoted::{self, Mark, Quoting};

static PLAIN: Quoting = Quoting {
    marks: b"\r\n",
    read: quoted::folded,
    write: |character, out| out.push(character),
};

static SINGLE: Quoting = Quoting {
    marks: b"'\r\n",
    read: |text| match text.starts_with("''") {
        true => Some(Mark::Char('\'', 2)),
        false => quoted::folded(text),
    },
    write: |character, out| {
        if character == '\'' {
            out.push('\'');
        }
        out.push(character);
    },
};

static DOUBLE: Quoting = Quoting {
    marks: b"\\\r\n",
    read: |text| match text.as_bytes() {
        [b'\\', escape, ..] => simple(*escape)
            .map(|character| Mark::Char(character, 2))
            .or_else(|| quoted::coded(text))
            .or_else(|| quoted::folded(text)),
        _ => quoted::folded(text),
    },
    write: quoted::write_escaped,
};

fn simple(escape: u8) -> Option<char> {
    Some(match escape {
        b'0' => '\0',
        b'a' => '\u{7}',
        b'b' => '\u{8}',
        b't' | b'\t' => '\t',
        b'n' => '\n',
        b'v' => '\u{b}',
        b'f' => '\u{c}',
        b'r' => '\r',
        b'e' => '\u{1b}',
        b' ' | b'"' | b'/' | b'\\' => char::from(escape),
        b'N' => '\u{85}',
        b'_' => '\u{a0}',
        b'L' => '\u{2028}',
        b'P' => '\u{2029}',
        _ => return None,
    })
}

/// The content of the scalar at `span` of `text`, and how it is written.
pub(super) fn content(
    text: &str,
    span: Range<usize>,
    style: ScalarStyle,
) -> (Range<usize>, Writing) {
    let span = without_properties(text, span);
    let raw = text.get(span.clone()).unwrap_or_default();
    let end = span.start + raw.trim_end().len();
    // The parser's span may go on to what follows the closing quote.
    let within = |quoting, length: Option<usize>| {
        let length = length.unwrap_or(raw.trim_end().len().saturating_sub(2));
        let content = span.start + 1..span.start + 1 + length;
        (content, Writing::Quoted(quoting))
    };
    match style {
        ScalarStyle::SingleQuoted if raw.starts_with('\'') => {
            within(&SINGLE, end_of_single(&raw[1..]))
        }
        ScalarStyle::DoubleQuoted if raw.starts_with('"') => {
            within(&DOUBLE, end_of_double(&raw[1..]))
        }
        ScalarStyle::Literal | ScalarStyle::Folded => block(text, span.start..end),
        _ => (span.start..end, Writing::Quoted(&PLAIN)),
    }
}

/// Where the single quote closes that opened before `inner`.
fn end_of_single(inner: &str) -> Option<usize> {
    let bytes = inner.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr(b'\'', bytes.get(at..)?)?;
        if bytes.get(at + 1) != Some(&b'\'') {
            return Some(at);
        }
        at += 2;
    }
}

/// Where the double quote closes that opened before `inner`.
fn end_of_double(inner: &str) -> Option<usize> {
    let bytes = inner.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr2(b'"', b'\\', bytes.get(at..)?)?;
        if bytes[at] == b'"' {
            return Some(at);
        }
        at += 2;
    }
}

/// The span without the anchor and the tag before a scalar, as none begins
/// with their signs.
fn without_properties(text: &str, span: Range<usize>) -> Range<usize> {
    let mut rest = text.get(span.clone()).unwrap_or_default();
    while rest.starts_with(['&', '!']) {
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        rest = rest[end..].trim_start();
    }
    span.end - rest.len()..span.end
}

/// A block: the lines below its sign, which are indented.
fn block(text: &str, span: Range<usize>) -> (Range<usize>, Writing) {
    let raw = &text[span.clone()];
    let is_signed = raw.starts_with(['|', '>']);
    let start = match is_signed {
        true => span.start + raw.find('\n').map_or(raw.len(), |at| at + 1),
        // The spaces before the first line are part of its indent.
        false => {
            span.start
                - text[..span.start]
                    .bytes()
                    .rev()
                    .take_while(|b| *b == b' ')
                    .count()
        }
    };
    let lines = text[start..span.end]
        .lines()
        .filter(|line| !line.trim().is_empty());
    let indents = lines.map(|line| line.len() - line.trim_start_matches(' ').len());
    (start..span.end, Writing::Block(indents.min().unwrap_or(0)))
}
