//! TOML: every string is a value that goes by its key.
//!
//! The grammar is read by `toml_parser`, the reader beneath the `toml` crate,
//! which gives spans and goes on behind mistakes. No program expands
//! variables in TOML by itself, so values are masked.
//!
//! Grammar: TOML 1.0.

use std::ops::Range;

use toml_parser::decoder::Encoding;
use toml_parser::parser::{EventReceiver, RecursionGuard, parse_document};
use toml_parser::{ErrorSink, ParseError, Source, Span};

use super::scalars::{Flags, Scalar, Scalars};
use super::{Format, Malformed, Opened};
use crate::layer::quoted::{self, Mark, Quoting};

/// TOML files.
pub(super) const FORMAT: Format = Format {
    title: "TOML",
    is_told: |hint| {
        let name = hint.name();
        let is_named = matches!(
            name.as_str(),
            "pipfile" | "poetry.lock" | "uv.lock" | "pdm.lock" | "cargo.lock"
        );
        hint.ends_in(&["toml"]) || is_named || name == "credentials" && hint.is_in(".cargo")
    },
    open: |hint| open(hint.text),
    is_strict: false,
};

/// Nobody nests deeper by hand, and the reader recurses.
const DEEPEST: u32 = 100;

fn open(text: &str) -> Result<Box<dyn Opened + '_>, Malformed> {
    let tokens = Source::new(text).lex().into_vec();
    let mut reader = Reader {
        text,
        scalars: Vec::new(),
        bones: String::new(),
        key: None,
        above: Vec::new(),
        flags: Flags::default(),
        is_broken: false,
    };
    let mut error: Option<ParseError> = None;
    parse_document(
        &tokens,
        &mut RecursionGuard::new(&mut reader, DEEPEST),
        &mut error,
    );
    if let Some(error) = error {
        let at = error
            .unexpected()
            .or(error.context())
            .map_or(0, |span| span.start());
        return Err(Malformed::at(text, at, error.description()));
    }
    if reader.is_broken {
        return Err(Malformed::at(
            text,
            text.len(),
            "a value is missing or does not end",
        ));
    }
    Ok(Box::new(Scalars::new(text, reader.scalars, reader.bones)))
}

/// Takes in what the parser meets.
struct Reader<'t> {
    text: &'t str,
    scalars: Vec<Scalar<'t>>,
    bones: String,
    key: Option<&'t str>,
    /// The keys of inline tables that are open.
    above: Vec<Option<&'t str>>,
    flags: Flags<'t>,
    is_broken: bool,
}

impl<'t> Reader<'t> {
    fn string(&mut self, span: Span, encoding: Encoding) {
        let (quotes, quoting) = match encoding {
            Encoding::BasicString => (1, &BASIC),
            Encoding::LiteralString => (1, &quoted::PLAIN),
            Encoding::MlBasicString => (3, &BASIC),
            Encoding::MlLiteralString => (3, &quoted::PLAIN),
        };
        let content = span.start() + quotes..span.end().saturating_sub(quotes);
        // The parser takes a string that does not end to the end of the line.
        let is_closed = self
            .text
            .get(content.end..span.end())
            .is_some_and(|quotes| {
                !quotes.is_empty() && quotes.bytes().all(|byte| byte == b'"' || byte == b'\'')
            });
        self.is_broken |= !is_closed;
        if let Some(raw) = self.text.get(content.clone()) {
            let name = self.flags.name(raw).or(self.key);
            self.scalars.push(Scalar::new(content, quoting, name));
        }
    }
}

impl EventReceiver for Reader<'_> {
    fn std_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.bones.push('[');
    }

    fn array_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.bones.push_str("[[");
    }

    fn inline_table_open(&mut self, _: Span, _: &mut dyn ErrorSink) -> bool {
        self.bones.push('{');
        self.above.push(self.key);
        true
    }

    fn inline_table_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.bones.push('}');
        self.key = self.above.pop().flatten();
    }

    fn array_open(&mut self, _: Span, _: &mut dyn ErrorSink) -> bool {
        self.bones.push('(');
        self.flags = Flags::default();
        true
    }

    fn array_close(&mut self, _: Span, _: &mut dyn ErrorSink) {
        self.bones.push(')');
        self.flags = Flags::default();
    }

    fn simple_key(&mut self, span: Span, encoding: Option<Encoding>, _: &mut dyn ErrorSink) {
        let quotes = usize::from(encoding.is_some());
        let key: Range<usize> = span.start() + quotes..span.end().saturating_sub(quotes);
        self.key = self.text.get(key);
        self.flags = Flags::default();
        self.bones.push('.');
    }

    fn scalar(&mut self, span: Span, encoding: Option<Encoding>, _: &mut dyn ErrorSink) {
        self.bones.push(match encoding {
            None => '0',
            Some(Encoding::BasicString) => '"',
            Some(Encoding::LiteralString) => '\'',
            Some(Encoding::MlBasicString | Encoding::MlLiteralString) => '3',
        });
        // The parser says of a value that is missing that it is empty.
        self.is_broken |= span.is_empty();
        if let Some(encoding) = encoding {
            self.string(span, encoding);
        }
    }
}

/// Basic strings, on one line or several.
static BASIC: Quoting = Quoting {
    marks: b"\\",
    read: |text| match text.as_bytes().get(1)? {
        b'b' => Some(Mark::Char('\u{8}', 2)),
        b't' => Some(Mark::Char('\t', 2)),
        b'n' => Some(Mark::Char('\n', 2)),
        b'f' => Some(Mark::Char('\u{c}', 2)),
        b'r' => Some(Mark::Char('\r', 2)),
        b'e' => Some(Mark::Char('\u{1b}', 2)),
        b'"' => Some(Mark::Char('"', 2)),
        b'\\' => Some(Mark::Char('\\', 2)),
        _ => quoted::coded(text).or_else(|| quoted::folded(text)),
    },
    write: quoted::write_escaped,
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::region::Role;

    fn read(text: &str) -> Vec<String> {
        let opened = open(text).expect("is TOML");
        let regions = opened.regions(&|_| true).into_iter();
        let value = |region: crate::region::Region| match &region.role {
            Role::Value { name } => Some(format!("{name}|{}", region.text())),
            _ => None,
        };
        regions.filter_map(value).collect()
    }

    #[test]
    fn every_string_goes_by_its_key() {
        let text = "\u{feff}a = \"b\\u0041\\\"\" # \"no\"\r\n[t.u]\n\"k k\" = 'c\\'\nn = 1\nx.y = { z = [\"d\", 'e'], w = \"f\" }\nm = \"\"\"\ng\\\n   h\"\"\"\n[[l]]\nargs = [\"--token\", \"i\"]\n";
        assert_eq!(
            read(text.trim_start_matches('\u{feff}')),
            [
                "a|bA\"",
                "k k|c\\",
                "z|d",
                "z|e",
                "w|f",
                "m|\ngh",
                "args|--token",
                "token|i"
            ]
        );
        assert_eq!(read(text).len(), 8);
    }

    #[test]
    fn what_is_no_toml_is_said_to_be_none() {
        for text in [
            "a = ",
            "[a",
            "{{ x }}",
            "a = \"b",
            &format!("a = {}", "[".repeat(100_000)),
        ] {
            assert!(open(text).is_err(), "{}", &text[..text.len().min(20)]);
        }
    }
}
