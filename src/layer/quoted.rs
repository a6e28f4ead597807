//! The values of configuration files: in quotes with escapes, over several
//! lines, or indented as a block. Each format names its way of quoting.
//!
//! Unlike the views of [`super::escapes`] these know exactly what is written,
//! so what an edit puts in is quoted as its format reads it.

use std::ops::Range;
use std::sync::Arc;

use super::{Map, Peeled, Wrapping};

/// What stands where one of a quoting's marks does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mark {
    /// So many bytes that stand for one character.
    Char(char, usize),
    /// So many bytes that stand for nothing.
    Nothing(usize),
}

/// How a format quotes a value.
#[derive(Debug)]
pub struct Quoting {
    /// Bytes that may mean something else than themselves.
    pub marks: &'static [u8],
    /// What stands at the start of a text, which begins with a mark. `None`:
    /// the mark stands for itself.
    pub read: fn(&str) -> Option<Mark>,
    /// How a character is written.
    pub write: fn(char, &mut String),
}

impl Wrapping for &'static Quoting {
    fn encode(&self, replacement: &str) -> String {
        let mut out = String::with_capacity(replacement.len());
        for character in replacement.chars() {
            (self.write)(character, &mut out);
        }
        out
    }
}

/// Everything stands for itself.
pub static PLAIN: Quoting = Quoting {
    marks: b"",
    read: |_| None,
    write: |character, out| out.push(character),
};

/// Peels the value at `span` of `source`.
pub fn peel(source: &str, span: Range<usize>, quoting: &'static Quoting) -> Peeled {
    let raw = &source[span.clone()];
    let mut text = String::with_capacity(raw.len());
    let mut map = Map::starting_at(span.start);
    let mut at = 0;
    let mut done = 0;
    while let Some(found) = next_mark(&raw.as_bytes()[at..], quoting.marks) {
        at += found;
        let Some(mark) = (quoting.read)(&raw[at..]) else {
            at += 1;
            continue;
        };
        text.push_str(&raw[done..at]);
        map.verbatim(at - done);
        at += match mark {
            Mark::Char(character, length) => {
                text.push(character);
                map.unit(character.len_utf8(), length);
                length
            }
            Mark::Nothing(length) => {
                map.gap(length);
                length
            }
        };
        done = at;
    }
    text.push_str(&raw[done..]);
    map.verbatim(raw.len() - done);
    Peeled {
        text,
        map,
        wrapping: Arc::new(quoting),
    }
}

fn next_mark(bytes: &[u8], marks: &[u8]) -> Option<usize> {
    match *marks {
        [] => None,
        [a] => memchr::memchr(a, bytes),
        [a, b] => memchr::memchr2(a, b, bytes),
        [a, b, c] => memchr::memchr3(a, b, c, bytes),
        _ => bytes.iter().position(|byte| marks.contains(byte)),
    }
}

/// Peels lines that are indented as a block by `indent` spaces.
pub fn block(source: &str, span: Range<usize>, indent: usize) -> Peeled {
    let mut text = String::with_capacity(span.len());
    let mut map = Map::starting_at(span.start);
    for line in source[span].split_inclusive('\n') {
        let spaces = line.bytes().take(indent).take_while(|b| *b == b' ').count();
        map.kept_gap(spaces);
        text.push_str(&line[spaces..]);
        map.verbatim(line.len() - spaces);
    }
    Peeled {
        text,
        map,
        wrapping: Arc::new(Block { indent }),
    }
}

/// A line that is put in is indented, too.
#[derive(Debug)]
struct Block {
    indent: usize,
}

impl Wrapping for Block {
    fn encode(&self, replacement: &str) -> String {
        replacement.replace('\n', &format!("\n{}", " ".repeat(self.indent)))
    }
}

/// The character of a backslash escape with hexadecimal digits: `\x41`,
/// `\u0041`, `\U00000041`; `text` begins with the backslash.
pub fn coded(text: &str) -> Option<Mark> {
    let digits = match text.as_bytes().get(1)? {
        b'x' => 2,
        b'u' => 4,
        b'U' => 8,
        _ => return None,
    };
    let code = text.get(2..2 + digits)?;
    let is_hex = code.bytes().all(|byte| byte.is_ascii_hexdigit());
    let code = u32::from_str_radix(code, 16).ok().filter(|_| is_hex)?;
    Some(Mark::Char(char::from_u32(code)?, 2 + digits))
}

/// A line end that goes on, with the space around it: as one blank, as nothing
/// if a backslash stands before it. `text` begins where that does.
pub fn folded(text: &str) -> Option<Mark> {
    let line_end = text
        .trim_start_matches('\\')
        .trim_start_matches([' ', '\t', '\r']);
    if !line_end.starts_with('\n') {
        return None;
    }
    let length = text.len() - line_end.trim_start_matches([' ', '\t', '\r', '\n']).len();
    Some(match text.starts_with('\\') {
        true => Mark::Nothing(length),
        false => Mark::Char(' ', length),
    })
}

/// Writes a character within double quotes as JSON, YAML and TOML read it.
pub fn write_escaped(character: char, out: &mut String) {
    match character {
        '"' => out.push_str("\\\""),
        '\\' => out.push_str("\\\\"),
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        other => out.push(other),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edit::{Edit, apply_str};

    static DOUBLE: Quoting = Quoting {
        marks: b"\\\n",
        read: |text| match text.as_bytes() {
            [b'\\', b'"', ..] => Some(Mark::Char('"', 2)),
            _ => folded(text).or_else(|| coded(text)),
        },
        write: write_escaped,
    };

    #[test]
    fn what_is_put_in_is_quoted() {
        let text = "k: \"a \\\"b\\\" \\x41\\u00e9 c\\\n  d\n  e\" # x";
        let peeled = peel(text, 4..text.len() - 5, &DOUBLE);
        assert_eq!(peeled.text, "a \"b\" Aé cd e");
        let at = peeled.text.find("Aé cd").expect("is there");
        let edits = peeled.wrap(&[Edit::replace(at..at + 6, "\"x\"")]);
        assert_eq!(
            apply_str(text, &edits),
            "k: \"a \\\"b\\\" \\\"x\\\"\n  e\" # x"
        );
    }

    #[test]
    fn blocks_keep_their_indent() {
        let text = "run: |\n  a\n    b\n\n  c\n";
        let peeled = block(text, 7..text.len(), 2);
        assert_eq!(peeled.text, "a\n  b\n\nc\n");
        let edits = peeled.wrap(&[Edit::replace(4..5, "x"), Edit::insert(7, "y\nz\n")]);
        assert_eq!(
            apply_str(text, &edits),
            "run: |\n  a\n    x\n\n  y\n  z\n  c\n"
        );
    }
}
