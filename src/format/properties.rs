//! Java's `.properties`: a key and a value a line, with backslashes before
//! what is not meant as a sign, also before the end of a line that goes on.
//!
//! Grammar: the documentation of `java.util.Properties.load`.

use super::Format;
use super::scalars::{Scalar, Scalars, span_in};
use crate::layer::quoted::{self, Mark, Quoting};

/// Properties.
pub(super) const FORMAT: Format = Format {
    title: "a file of properties",
    is_told: |hint| hint.ends_in(&["properties"]),
    open: |hint| Ok(Box::new(open(hint.text))),
    is_strict: false,
};

static ESCAPED: Quoting = Quoting {
    marks: b"\\",
    read: |text| match text.as_bytes().get(1)? {
        b'n' => Some(Mark::Char('\n', 2)),
        b'r' => Some(Mark::Char('\r', 2)),
        b't' => Some(Mark::Char('\t', 2)),
        b'\r' | b'\n' => quoted::folded(text),
        b'u' => quoted::coded(text),
        byte if byte.is_ascii() => Some(Mark::Char(char::from(*byte), 2)),
        _ => None,
    },
    write: |character, out| match character {
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        other => out.push(other),
    },
};

fn open(text: &str) -> Scalars<'_> {
    let mut scalars = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let (line, after) = rest.split_at(end_of_line(rest));
        rest = after;
        let bare = line.trim_start();
        if bare.is_empty() || bare.starts_with(['#', '!']) {
            // A comment does not go on.
            rest = &rest_of(text, line)[line.find('\n').map_or(line.len(), |at| at + 1)..];
            continue;
        }
        if let Some((key, value)) = key_and_value(bare.trim_end_matches(['\r', '\n'])) {
            scalars.push(Scalar::new(span_in(text, value), &ESCAPED, Some(key)));
        }
    }
    let bones = "=".repeat(scalars.len());
    Scalars::new(text, scalars, bones)
}

/// The text from where a part of it begins.
fn rest_of<'t>(text: &'t str, part: &str) -> &'t str {
    &text[span_in(text, part).start..]
}

/// The end of a line and of those on which it goes on, behind the line feed.
fn end_of_line(text: &str) -> usize {
    let bytes = text.as_bytes();
    for at in memchr::memchr_iter(b'\n', bytes) {
        let line = bytes[..at].strip_suffix(b"\r").unwrap_or(&bytes[..at]);
        let slashes = line.iter().rev().take_while(|byte| **byte == b'\\').count();
        if slashes % 2 == 0 {
            return at + 1;
        }
    }
    text.len()
}

/// A key ends at the first `=`, `:` or blank without a backslash before it.
fn key_and_value(line: &str) -> Option<(&str, &str)> {
    let bytes = line.as_bytes();
    let mut end = 0;
    while !matches!(bytes.get(end)?, b'=' | b':' | b' ' | b'\t') {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    let rest = line[end..].trim_start_matches([' ', '\t']);
    let value = rest.strip_prefix(['=', ':']).unwrap_or(rest);
    Some((&line[..end], value.trim_start_matches([' ', '\t'])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::format::Opened as _;
    use crate::region::{Region, Role};

    #[test]
    fn every_way_to_write_a_property() {
        let text = "# a=no \\\nb = c\\\n   d\nx\\:y:z\\u0041\r\n!n\nk v w\nalone\n";
        let regions = open(text).regions(&|_| true);
        let value = |region: &Region| match &region.role {
            Role::Value { name } => Some(format!("{name}|{}", region.text())),
            _ => None,
        };
        let told: Vec<_> = regions.iter().filter_map(value).collect();
        assert_eq!(told, ["b|cd", "x\\:y|zA", "k|v w"]);
        let texts: String = regions
            .iter()
            .map(|region| &text[region.extent.span.clone()])
            .collect();
        assert_eq!(texts, text);
    }
}
