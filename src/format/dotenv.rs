//! `.env` files and their relatives: a variable a line, its value bare or in
//! quotes, which may span lines.
//!
//! Read as python-dotenv and the `dotenv` of Node do where they agree. A line
//! of any other form is text. There is no look-up in such a file that would
//! not name itself, so values are masked.

use std::ops::Range;

use super::scalars::{Scalar, Scalars, span_in};
use super::{Format, Hint};
use crate::layer::quoted::{self, Mark, Quoting};

/// Environment files.
pub(super) const FORMAT: Format = Format {
    title: "an environment file",
    is_told,
    open: |hint| Ok(Box::new(open(hint.text))),
    is_strict: false,
};

fn is_told(hint: &Hint<'_>) -> bool {
    let name = hint.name();
    name.starts_with(".env")
        || name.ends_with(".env")
        || name.contains(".env.")
        || matches!(
            name.as_str(),
            "env" | "dotenv" | ".flaskenv" | ".renviron" | ".dev.vars"
        )
}

fn open(text: &str) -> Scalars<'_> {
    let entries = entries(text);
    let bones = entries.iter().map(|entry| entry.sign).collect();
    let scalars = entries
        .into_iter()
        .map(|entry| Scalar::new(entry.span, entry.quoting, Some(entry.name)));
    Scalars::new(text, scalars.collect(), bones)
}

/// A variable that a file sets.
#[derive(Debug)]
pub(crate) struct Entry<'t> {
    /// Its name.
    pub name: &'t str,
    /// Its value, without quotes.
    span: Range<usize>,
    quoting: &'static Quoting,
    /// The quote, `=` if there is none.
    sign: char,
}

impl Entry<'_> {
    /// The value as programs read it, without expansions.
    pub fn value(&self, text: &str) -> String {
        quoted::peel(text, self.span.clone(), self.quoting).text
    }
}

static SINGLE: Quoting = Quoting {
    marks: b"\\",
    read: |text| match text.as_bytes() {
        [_, sign @ (b'\\' | b'\''), ..] => Some(Mark::Char(char::from(*sign), 2)),
        _ => None,
    },
    write: |character, out| {
        if matches!(character, '\\' | '\'') {
            out.push('\\');
        }
        out.push(character);
    },
};

static DOUBLE: Quoting = Quoting {
    marks: b"\\",
    read: |text| match text.as_bytes() {
        [_, b'n', ..] => Some(Mark::Char('\n', 2)),
        [_, b'r', ..] => Some(Mark::Char('\r', 2)),
        [_, b't', ..] => Some(Mark::Char('\t', 2)),
        [_, sign @ (b'\\' | b'"' | b'\'' | b'$' | b'`'), ..] => {
            Some(Mark::Char(char::from(*sign), 2))
        }
        [_, b'\n', ..] => Some(Mark::Nothing(2)),
        [_, b'\r', b'\n', ..] => Some(Mark::Nothing(3)),
        _ => None,
    },
    write: quoted::write_escaped,
};

/// The variables of a text, in order. Later ones win, as in a shell.
pub(crate) fn entries(text: &str) -> Vec<Entry<'_>> {
    let mut entries = Vec::new();
    let mut rest = text.trim_start_matches('\u{feff}');
    // Quotes that close nowhere: one search says it for all of the text.
    let mut unclosed = String::new();
    while !rest.is_empty() {
        let (line, after) = rest.split_at(rest.find('\n').map_or(rest.len(), |at| at + 1));
        let Some((name, value)) = name_and_value(line) else {
            rest = after;
            continue;
        };
        let whole = &rest[line.len() - value.len()..];
        let entry =
            in_quotes(text, name, whole, &mut unclosed).unwrap_or_else(|| bare(text, name, value));
        let end = entry.span.end.max(text.len() - after.len());
        rest = match end > text.len() - after.len() {
            true => text[end..]
                .find('\n')
                .map_or("", |at| &text[end + at + 1..]),
            false => after,
        };
        entries.push(entry);
    }
    entries
}

/// `NAME` and what follows `=` of `export NAME = value`, or of `NAME: value`.
fn name_and_value(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let line = line
        .strip_prefix("export")
        .filter(|rest| rest.starts_with([' ', '\t']))
        .map_or(line, str::trim_start);
    let is_of_name = |c: char| c.is_alphanumeric() || "_.-".contains(c);
    let length = line.find(|c| !is_of_name(c)).unwrap_or(line.len());
    let (name, rest) = line.split_at(length);
    let rest = rest.trim_start_matches([' ', '\t']);
    let value = rest
        .strip_prefix('=')
        .or_else(|| rest.strip_prefix(": ").filter(|_| rest.len() < line.len()))?;
    (!name.is_empty()).then(|| (name, value.trim_start_matches([' ', '\t'])))
}

/// A value in quotes at the start of `whole`, behind which its line ends.
fn in_quotes<'t>(
    text: &str,
    name: &'t str,
    whole: &str,
    unclosed: &mut String,
) -> Option<Entry<'t>> {
    let quote = whole.chars().next()?;
    let quoting = match quote {
        '\'' => &SINGLE,
        '"' => &DOUBLE,
        '`' => &quoted::PLAIN,
        _ => return None,
    };
    if unclosed.contains(quote) {
        return None;
    }
    let inner = &whole[1..];
    let Some(length) = closing(inner, quote) else {
        unclosed.push(quote);
        return None;
    };
    let behind = inner[length + 1..].lines().next().unwrap_or_default();
    let behind = behind.trim_start();
    (behind.is_empty() || behind.starts_with('#')).then(|| Entry {
        name,
        span: span_in(text, &inner[..length]),
        quoting,
        sign: quote,
    })
}

/// Where the quote closes that opened before `inner`.
fn closing(inner: &str, quote: char) -> Option<usize> {
    let quote = u8::try_from(quote).ok()?;
    let bytes = inner.as_bytes();
    let mut at = 0;
    loop {
        at += memchr::memchr2(quote, b'\\', bytes.get(at..)?)?;
        if bytes[at] == quote {
            return Some(at);
        }
        at += if quote == b'`' { 1 } else { 2 };
    }
}

/// A value without quotes: to the end of the line or to a comment.
fn bare<'t>(text: &str, name: &'t str, value: &str) -> Entry<'t> {
    let comments = [" #", "\t#"]
        .into_iter()
        .filter_map(|comment| value.find(comment));
    let value = comments.min().map_or(value, |end| &value[..end]);
    Entry {
        name,
        span: span_in(text, value.trim_end()),
        quoting: &quoted::PLAIN,
        sign: '=',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(&str, String)> {
        let entries = entries(text).into_iter();
        entries
            .map(|entry| (entry.name, entry.value(text)))
            .collect()
    }

    #[test]
    fn every_way_to_write_a_value() {
        let text = "\u{feff}# A=no\r\nexport A = b # c\r\nB='d \\'e'\r\nC=\"f\\\"g\\n\" # h\r\nD=\r\nE: i\nF=`j\"k`\nG=\"l\nm\\\nn\"\nH=o#p\nno\n=q\n";
        let expected = [
            ("A", "b"),
            ("B", "d 'e"),
            ("C", "f\"g\n"),
            ("D", ""),
            ("E", "i"),
            ("F", "j\"k"),
            ("G", "l\nmn"),
            ("H", "o#p"),
        ];
        let expected: Vec<_> = expected
            .map(|(name, value)| (name, value.to_owned()))
            .into();
        assert_eq!(read(text), expected);
    }

    #[test]
    fn a_quote_that_closes_nowhere_is_a_sign() {
        assert_eq!(
            read("A=\"b\nC=\"d\"\nE='f\n"),
            [
                ("A", "\"b".to_owned()),
                ("C", "d".to_owned()),
                ("E", "'f".to_owned())
            ]
        );
    }
}
