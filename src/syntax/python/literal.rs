//! String literals: what they say, and where each character of it stands.

use std::ops::Range;

use ruff_python_ast::{Expr, FString, FStringPart, InterpolatedStringElement};

use super::{Node, Parsed, fold, span_of};
use crate::layer::Map;

/// Stands in a [`Literal::value`] where an f-string has a `{…}`.
pub const INTERPOLATION: char = '\u{FFFC}';

/// One string as the program sees it: a literal, several adjacent ones, or an
/// expression of literals that always has the same value.
#[derive(Debug, Clone)]
pub struct Literal {
    /// The whole expression, with prefixes and quotes.
    pub span: Range<usize>,
    /// The decoded value; bytes as Latin-1, a `{…}` of an f-string as
    /// [`INTERPOLATION`].
    pub value: String,
    /// From spans of the value to spans of the cell.
    pub map: Map,
    /// The literals it is made of, in order.
    pub parts: Vec<Part>,
    /// Made by folding (`"a" + "b"`, `"".join([…])`, `"…"[::-1]`).
    pub folded: bool,
}

/// One literal with its own prefix and quotes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// With prefix and quotes.
    pub span: Range<usize>,
    /// Between the quotes.
    pub body: Range<usize>,
    /// Its share of the value.
    pub value: Range<usize>,
    /// The prefix as written: `rb`, `F`, or nothing.
    pub prefix: String,
    /// The opening quote as written: one or three characters.
    pub quote: String,
}

impl Part {
    fn has(&self, letter: char) -> bool {
        self.prefix.to_ascii_lowercase().contains(letter)
    }

    /// `r"…"`
    pub fn is_raw(&self) -> bool {
        self.has('r')
    }

    /// `b"…"`
    pub fn is_bytes(&self) -> bool {
        self.has('b')
    }

    /// `f"…"`
    pub fn is_format(&self) -> bool {
        self.has('f')
    }
}

impl Literal {
    /// Whether the value is of type `bytes`.
    pub fn is_bytes(&self) -> bool {
        self.parts.iter().any(Part::is_bytes)
    }

    /// Whether all parts are `str`, or all are `bytes`.
    pub(super) fn is_of_one_type(&self) -> bool {
        let bytes = self.is_bytes();
        self.parts.iter().all(|part| part.is_bytes() == bytes)
    }

    /// Whether an f-string's `{…}` is part of it.
    pub fn is_interpolated(&self) -> bool {
        self.value.contains(INTERPOLATION)
    }
}

/// Every string of the cell: literals as they stand, in the order of the
/// text, then the foldings of several.
pub fn literals(parsed: &Parsed) -> Vec<Literal> {
    let mut plain = Vec::new();
    let mut folded = Vec::new();
    parsed.walk(&mut |road| {
        let [.., Node::Expr(expr)] = road else { return };
        plain.extend(literal(parsed.text(), expr));
        fold::outermost(parsed.text(), road, &mut folded);
    });
    plain.append(&mut folded);
    plain
}

/// The strings whose value does not stand in the cell as it is: written with
/// escapes, or in several parts.
pub fn broken_up(parsed: &Parsed) -> Vec<Literal> {
    let mut literals = literals(parsed);
    literals.retain(|literal| {
        let raw = parsed.text().get(literal.map.hull(0..literal.value.len()));
        raw != Some(&literal.value)
    });
    literals
}

/// The literal that `expr` is, adjacent ones joined.
pub(crate) fn literal(text: &str, expr: &Expr) -> Option<Literal> {
    let mut reader = Reader::new(text, span_of(expr).start);
    reader
        .read(expr)
        .then(|| reader.finish(span_of(expr), false))
}

/// Puts a value together from literals, in the order of the text.
pub(super) struct Reader<'t> {
    text: &'t str,
    value: String,
    map: Map,
    parts: Vec<Part>,
}

impl<'t> Reader<'t> {
    /// A reader of an expression that starts at `start`.
    pub(super) fn new(text: &'t str, start: usize) -> Self {
        Self {
            text,
            value: String::new(),
            map: Map::starting_at(start),
            parts: Vec::new(),
        }
    }

    /// What was read, as the value of the expression at `span`.
    pub(super) fn finish(self, span: Range<usize>, folded: bool) -> Literal {
        Literal {
            span,
            value: self.value,
            map: self.map,
            parts: self.parts,
            folded,
        }
    }

    /// As [`Reader::finish`], but the characters stand in another order, so
    /// that the value has its place only as a whole.
    pub(super) fn finish_reversed(self, span: Range<usize>) -> Literal {
        let value: String = self.value.chars().rev().collect();
        let mut map = Map::starting_at(span.start);
        map.unit(value.len(), span.len());
        Literal {
            span,
            value,
            map,
            parts: self.parts,
            folded: true,
        }
    }

    /// Adds text that stands nowhere (the separator of a `join`).
    pub(super) fn add_nowhere(&mut self, text: &str) {
        self.value.push_str(text);
        self.map.unit(text.len(), 0);
    }

    /// Adds a literal; says whether `expr` was one.
    pub(super) fn read(&mut self, expr: &Expr) -> bool {
        match expr {
            Expr::StringLiteral(string) => {
                for part in &string.value {
                    self.plain(span_of(part), Some(&part.value));
                }
            }
            Expr::BytesLiteral(bytes) => {
                for part in &bytes.value {
                    self.plain(span_of(part), None);
                }
            }
            Expr::FString(format) => {
                for part in &format.value {
                    match part {
                        FStringPart::Literal(part) => {
                            self.plain(span_of(part), Some(&part.value));
                        }
                        FStringPart::FString(part) => self.format(part),
                    }
                }
            }
            _ => return false,
        }
        true
    }

    fn plain(&mut self, span: Range<usize>, known: Option<&str>) {
        let Some(mut part) = self.part(span) else {
            return;
        };
        self.skip_to(part.body.start);
        part.value.start = self.value.len();
        self.decode(part.body.clone(), &part, known);
        part.value.end = self.value.len();
        self.parts.push(part);
    }

    fn format(&mut self, string: &FString) {
        let Some(mut part) = self.part(span_of(string)) else {
            return;
        };
        self.skip_to(part.body.start);
        part.value.start = self.value.len();
        for element in &string.elements {
            let span = span_of(element);
            self.skip_to(span.start);
            match element {
                InterpolatedStringElement::Literal(literal) => {
                    self.decode(span, &part, Some(&literal.value));
                }
                InterpolatedStringElement::Interpolation(_) => {
                    self.value.push(INTERPOLATION);
                    self.map.unit(INTERPOLATION.len_utf8(), span.len());
                }
            }
        }
        part.value.end = self.value.len();
        self.parts.push(part);
    }

    fn skip_to(&mut self, outer: usize) {
        self.map
            .kept_gap(outer.saturating_sub(self.map.outer_end()));
    }

    /// The literal at `span`, its value still empty. A broken one may lack
    /// its closing quote.
    fn part(&self, span: Range<usize>) -> Option<Part> {
        let source = self.text.get(span.clone())?;
        let prefix_len = source.find(['"', '\''])?;
        let (prefix, quoted) = source.split_at(prefix_len);
        let one = quoted.get(..1)?;
        let three = quoted.get(..3).filter(|&start| start == one.repeat(3));
        let quote = three.filter(|_| quoted.len() >= 6).unwrap_or(one);
        let inner = &quoted[quote.len()..];
        let inner = inner.strip_suffix(quote).unwrap_or(inner);
        let start = span.start + prefix_len + quote.len();
        Some(Part {
            span,
            body: start..start + inner.len(),
            value: 0..0,
            prefix: prefix.to_owned(),
            quote: quote.to_owned(),
        })
    }

    /// Decodes source text. `known` is the parser's own value, from which
    /// the characters come that only their Unicode name tells.
    fn decode(&mut self, span: Range<usize>, part: &Part, known: Option<&str>) {
        let Some(source) = self.text.get(span) else {
            return;
        };
        let start = self.value.len();
        let mut at = 0;
        while let Some(next) = source[at..].chars().next() {
            let rest = &source[at..];
            let (len, meant) =
                if part.is_format() && (rest.starts_with("{{") || rest.starts_with("}}")) {
                    (2, Meant::Char(next))
                } else if rest.starts_with("\r\n") {
                    (2, Meant::Char('\n'))
                } else if next == '\\' && !part.is_raw() {
                    escape(rest, part.is_bytes()).unwrap_or((1, Meant::Char('\\')))
                } else {
                    (next.len_utf8(), Meant::Char(next))
                };
            at += len;
            let meant = match meant {
                Meant::Nothing => {
                    self.map.gap(len);
                    continue;
                }
                Meant::Char(char) => char,
                Meant::Named => known
                    .and_then(|known| known.get(self.value.len() - start..))
                    .and_then(|known| known.chars().next())
                    .unwrap_or(char::REPLACEMENT_CHARACTER),
            };
            self.value.push(meant);
            if meant == next && len == next.len_utf8() {
                self.map.verbatim(len);
            } else {
                self.map.unit(meant.len_utf8(), len);
            }
        }
    }
}

/// What an escape stands for.
enum Meant {
    Char(char),
    /// A character known by its Unicode name.
    Named,
    /// A line continuation.
    Nothing,
}

/// The length of the escape that `rest` begins with, and what it means;
/// `None` if the backslash stands for itself.
/// <https://docs.python.org/3/reference/lexical_analysis.html#escape-sequences>
fn escape(rest: &str, bytes: bool) -> Option<(usize, Meant)> {
    let code = |from: usize, len: usize, radix: u32| {
        let digits = rest.get(from..from + len)?;
        let code = u32::from_str_radix(digits, radix).ok()?;
        let char = char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER);
        Some((from + len, Meant::Char(char)))
    };
    let simple = |char: char| Some((2, Meant::Char(char)));
    match rest.as_bytes().get(1)? {
        b'\n' => Some((2, Meant::Nothing)),
        b'\r' if rest.as_bytes().get(2) == Some(&b'\n') => Some((3, Meant::Nothing)),
        b'\r' => Some((2, Meant::Nothing)),
        b'\\' => simple('\\'),
        b'\'' => simple('\''),
        b'"' => simple('"'),
        b'a' => simple('\x07'),
        b'b' => simple('\x08'),
        b'f' => simple('\x0C'),
        b'n' => simple('\n'),
        b'r' => simple('\r'),
        b't' => simple('\t'),
        b'v' => simple('\x0B'),
        b'0'..=b'7' => {
            let digits = rest[1..]
                .bytes()
                .take(3)
                .take_while(|byte| (b'0'..=b'7').contains(byte));
            code(1, digits.count(), 8)
        }
        b'x' => code(2, 2, 16),
        b'u' if !bytes => code(2, 4, 16),
        b'U' if !bytes => code(2, 8, 16),
        b'N' if !bytes && rest.as_bytes().get(2) == Some(&b'{') => {
            Some((rest.find('}')? + 1, Meant::Named))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::super::parse;
    use super::*;

    /// The value of the only plain literal of a cell.
    fn only(cell: &str) -> Literal {
        let mut all = literals(&parse(cell));
        all.retain(|literal| !literal.folded);
        assert_eq!(all.len(), 1, "{cell}");
        all.remove(0)
    }

    #[test]
    fn decodes_as_python_does() {
        for (cell, value) in [
            (
                r#"x = "a\x68\150\u0068\U00000068\N{LATIN SMALL LETTER H}b""#,
                "ahhhhhb",
            ),
            (r#"x = r"\x68\n""#, r"\x68\n"),
            (r#"x = b"\x68\u0068""#, r"h\u0068"),
            ("x = 'a\\\nb'", "ab"),
            ("x = '''a\r\n\"b'''", "a\n\"b"),
            (r#"x = ("a" 'b' r"\c")"#, r"ab\c"),
            (r#"x = "\q\'""#, r"\q'"),
            (r#"x = f"{{a}}{y!r:>{w}}\x62""#, "{a}\u{FFFC}b"),
            (r#"x = """""""#, ""),
        ] {
            assert_eq!(only(cell).value, value, "{cell}");
        }
    }

    #[test]
    fn spans_of_the_value_lead_back() {
        let cell = r#"é = f("Bearer \x68f_" 'abc')"#;
        let literal = only(cell);
        assert_eq!(literal.value, "Bearer hf_abc");
        assert_eq!(&cell[literal.map.hull(7..13)], r#"\x68f_" 'abc"#);
        let runs = literal.map.runs(7..13);
        let runs: Vec<_> = runs.into_iter().map(|run| &cell[run]).collect();
        assert_eq!(runs, [r"\x68f_", "abc"]);
        assert_eq!(literal.parts[1].value, 10..13);
        assert_eq!(&cell[literal.parts[0].span.clone()], r#""Bearer \x68f_""#);
    }
}
