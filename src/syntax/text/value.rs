//! Values: from where one starts to where it ends, and what it means.

use std::ops::Range;

use super::TextKind;
use crate::syntax::typographic;

/// A value in a text.
pub(super) struct Value {
    /// Where it stands, without quotes.
    pub(super) span: Range<usize>,
    /// What it means.
    pub(super) text: String,
}

/// Longer values are not read: private keys and signed tokens are shorter.
const LONGEST: usize = 16 * 1024;

/// The value that starts at `at`, quoted or (if the kind of text has such
/// values) bare.
pub(super) fn read(text: &str, at: usize, kind: TextKind) -> Option<Value> {
    quoted(text, at, kind).or_else(|| kind.takes_bare().then(|| bare(text, at, kind))?)
}

/// A string literal at `at`, whose quotes may be escaped (JSON within a
/// string), prefixed (`b"…"`) or those of a word processor.
pub(super) fn quoted(text: &str, at: usize, kind: TextKind) -> Option<Value> {
    let bytes = text.as_bytes();
    let Some((slashes, open)) = opening(bytes, at) else {
        return set_in_marks(text, at);
    };
    let quote = *bytes.get(open)?;
    if slashes == 0 && bytes.get(open..open + 3) == Some(&[quote; 3]) {
        return tripled(text, open, quote);
    }
    let start = open + 1;
    let end = closing(bytes, start, quote, slashes, kind)?;
    let raw = text.get(start..end)?;
    Some(Value {
        span: start..end,
        text: meaning(raw, quote, slashes, kind),
    })
}

/// The quote that opens a literal at `at`: how many backslashes stand before
/// it, and where it is.
fn opening(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let prefix = bytes
        .get(at..)?
        .iter()
        .take(3)
        .take_while(|b| b"bBrRuUfFs".contains(b))
        .count();
    let mut open = at + prefix;
    let slashes = bytes
        .get(open..)?
        .iter()
        .take(8)
        .take_while(|b| **b == b'\\')
        .count();
    open += slashes;
    matches!(bytes.get(open), Some(b'"' | b'\'' | b'`')).then_some((slashes, open))
}

/// Where a literal with `slashes` backslashes before its quotes ends.
fn closing(bytes: &[u8], start: usize, quote: u8, slashes: usize, kind: TextKind) -> Option<usize> {
    let limit = bytes.len().min(start + LONGEST);
    let one_line =
        !matches!(kind, TextKind::Dotenv | TextKind::Yaml | TextKind::Shell) && quote != b'`';
    let mut from = start;
    loop {
        let at = from + memchr::memchr2(quote, b'\n', bytes.get(from..limit)?)?;
        if bytes[at] == b'\n' {
            if one_line {
                return None;
            }
            from = at + 1;
            continue;
        }
        let before = bytes[start..at]
            .iter()
            .rev()
            .take_while(|b| **b == b'\\')
            .count();
        let closes = match slashes {
            0 => before % 2 == 0 || is_literal(quote, kind),
            _ => before == slashes,
        };
        if closes {
            return Some(at - slashes);
        }
        if before < slashes {
            return None;
        }
        from = at + 1;
    }
}

/// Whether a quote of the kind takes what stands within it as it is.
fn is_literal(quote: u8, kind: TextKind) -> bool {
    let literal = matches!(
        kind,
        TextKind::Dotenv | TextKind::Yaml | TextKind::Toml | TextKind::Shell
    );
    literal && quote == b'\''
}

/// `“value”` at `at`, on one line.
fn set_in_marks(text: &str, at: usize) -> Option<Value> {
    let rest = text.get(at..)?;
    let close = typographic::closing(rest)?;
    let start = at + rest.chars().next()?.len_utf8();
    let within = text.get(start..floor(text, start + LONGEST))?;
    let end = within.find(|c| c == '\n' || close.contains(&c))?;
    let value = within
        .get(..end)
        .filter(|_| !within[end..].starts_with('\n'))?;
    Some(Value {
        span: start..start + end,
        text: value.to_owned(),
    })
}

fn tripled(text: &str, open: usize, quote: u8) -> Option<Value> {
    let start = open + 3;
    let limit = text.len().min(start + LONGEST);
    let within = text.as_bytes().get(start..limit)?;
    let end = start + memchr::memmem::find(within, &[quote; 3])?;
    Some(Value {
        span: start..end,
        text: text.get(start..end)?.to_owned(),
    })
}

fn meaning(raw: &str, quote: u8, slashes: usize, kind: TextKind) -> String {
    if is_literal(quote, kind) || !raw.contains('\\') {
        return raw.to_owned();
    }
    // One level of quoting doubles the backslashes before a quote: 0, 1, 3.
    let levels = (slashes + 1).ilog2() + 1;
    (0..levels).fold(raw.to_owned(), |text, _| unescape(&text))
}

/// One level of the escapes that JSON, Python, JavaScript and R share.
fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        let after = &rest[at + 1..];
        let Some(c) = after.chars().next() else {
            out.push('\\');
            return out;
        };
        let digits = match c {
            'x' => 2,
            'u' => 4,
            _ => 0,
        };
        let code = after
            .get(1..1 + digits)
            .filter(|hex| !hex.is_empty())
            .and_then(|hex| u32::from_str_radix(hex, 16).ok())
            .and_then(char::from_u32);
        rest = match (c, code) {
            (_, Some(code)) => {
                out.push(code);
                &after[1 + digits..]
            }
            ('n', _) => push(&mut out, '\n', after),
            ('t', _) => push(&mut out, '\t', after),
            ('r', _) => push(&mut out, '\r', after),
            ('"' | '\'' | '\\' | '/' | '`', _) => push(&mut out, c, after),
            _ => {
                out.push('\\');
                after
            }
        };
    }
    out.push_str(rest);
    out
}

fn push<'a>(out: &mut String, c: char, after: &'a str) -> &'a str {
    out.push(c);
    &after[1..]
}

/// A value without quotes at `at`.
pub(super) fn bare(text: &str, at: usize, kind: TextKind) -> Option<Value> {
    let rest = text.get(at..)?;
    let rest = rest.get(..floor(rest, LONGEST))?;
    let end = if kind.takes_lines() {
        line_end(rest, kind)
    } else {
        rest.find(|c: char| c.is_whitespace() || ends_bare(c, kind))
            .unwrap_or(rest.len())
    };
    let raw = rest.get(..end)?.trim_end();
    // Dots say that something was cut off, and belong to it.
    let raw = match raw.ends_with("...") {
        true => raw,
        false => raw.trim_end_matches(['.', ',', ' ', '\t', '\r']),
    };
    (!raw.is_empty()).then(|| Value {
        span: at..at + raw.len(),
        text: raw.to_owned(),
    })
}

fn ends_bare(c: char, kind: TextKind) -> bool {
    match kind {
        TextKind::Shell => "\"';|&<>()`".contains(c),
        _ => "\"'`,;<>()[]{}|\\".contains(c),
    }
}

/// The end of a value that goes on to the end of its line or its comment.
fn line_end(rest: &str, kind: TextKind) -> usize {
    let line = rest.find('\n').unwrap_or(rest.len());
    let comment = rest[..line].find(" #");
    let semicolon = (kind == TextKind::Ini)
        .then(|| rest[..line].find(" ;"))
        .flatten();
    let flow = (kind == TextKind::Yaml)
        .then(|| {
            rest[..line]
                .find([',', '}'])
                .filter(|_| rest[..line].contains('}'))
        })
        .flatten();
    [comment, semicolon, flow]
        .into_iter()
        .flatten()
        .fold(line, usize::min)
}

/// The last border of a character at or before `limit`.
pub(super) fn floor(text: &str, limit: usize) -> usize {
    let mut at = limit.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}
