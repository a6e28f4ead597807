//! Literals of Java, Kotlin, C#, Go and Rust.

use std::ops::Range;

use super::lexer::Lexer;
use super::{Dialect, Form, TokenKind};

impl Lexer<'_> {
    /// The literal that begins at `byte`.
    pub(super) fn compiled(&mut self, byte: u8) -> Option<TokenKind> {
        let here = self.at..self.at;
        match (self.dialect, byte) {
            (Dialect::Go, b'`') => Some(self.until(here, b"`", 1, Form::Raw)),
            (Dialect::CSharp, b'$' | b'@') => self.csharp_prefixed(),
            (_, b'\'') => self.one_character(),
            (Dialect::Kotlin, b'"') => Some(self.kotlin(here)),
            (Dialect::Java | Dialect::CSharp, b'"') if self.starts_with(b"\"\"\"") => {
                Some(self.until(here, b"\"\"\"", 3, Form::Raw))
            }
            (_, b'"') => Some(self.plain(here)),
            _ => None,
        }
    }

    /// `"…"` with escapes; only in Rust it may run over lines.
    fn plain(&mut self, prefix: Range<usize>) -> TokenKind {
        self.skip(1);
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.skip(2),
                b'\n' if self.dialect != Dialect::Rust => return TokenKind::Opaque,
                b'"' => return self.closed(prefix, start, 1, Form::Plain, Vec::new()),
                _ => self.skip(1),
            }
        }
        TokenKind::Opaque
    }

    /// Text as it stands, from behind an opening of that length to `close`.
    pub(super) fn until(
        &mut self,
        prefix: Range<usize>,
        close: &[u8],
        opening: usize,
        form: Form,
    ) -> TokenKind {
        self.skip(opening);
        let start = self.at;
        let rest = self.bytes.get(start..).unwrap_or_default();
        match memchr::memmem::find(rest, close) {
            Some(length) => {
                self.skip(length);
                self.closed(prefix, start, close.len(), form, Vec::new())
            }
            None => {
                self.at = self.bytes.len();
                TokenKind::Opaque
            }
        }
    }

    /// `'x'`, `'\n'`; a quote that begins no character is a lifetime or a label.
    fn one_character(&mut self) -> Option<TokenKind> {
        let rest = self.bytes.get(self.at + 1..)?;
        let length = match rest.first()? {
            b'\\' => {
                let close = rest
                    .iter()
                    .take(14)
                    .skip(2)
                    .position(|&byte| byte == b'\'')?;
                close + 2
            }
            b'\'' | b'\n' => return None,
            _ => rest.iter().take(5).position(|&byte| byte == b'\'')?,
        };
        let is_one = rest.first() == Some(&b'\\')
            || std::str::from_utf8(rest.get(..length)?).is_ok_and(|text| text.chars().count() == 1);
        is_one.then(|| {
            self.skip(length + 2);
            TokenKind::Opaque
        })
    }

    fn kotlin(&mut self, prefix: Range<usize>) -> TokenKind {
        let is_raw = self.starts_with(b"\"\"\"");
        let quotes = if is_raw { 3 } else { 1 };
        self.skip(quotes);
        let start = self.at;
        let mut holes = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' if !is_raw => self.skip(2),
                b'\n' if !is_raw => return TokenKind::Opaque,
                b'$' => holes.extend(self.hole(b'{', b'}')),
                b'"' if !is_raw || self.starts_with(b"\"\"\"") => {
                    return self.closed(prefix, start, quotes, Form::Template, holes);
                }
                _ => self.skip(1),
            }
        }
        TokenKind::Opaque
    }

    /// `@"…"`, `$"…"`, `$@"…"`.
    fn csharp_prefixed(&mut self) -> Option<TokenKind> {
        let from = self.at;
        let signs = self.bytes.get(from..)?.iter().take(3);
        let length = signs.take_while(|byte| matches!(byte, b'$' | b'@')).count();
        let prefix = from..from + length;
        let signs = self.bytes.get(prefix.clone())?;
        if self.peek(length) != Some(b'"') {
            return None;
        }
        let (is_verbatim, is_template) = (signs.contains(&b'@'), signs.contains(&b'$'));
        self.skip(length);
        if self.starts_with(b"\"\"\"") {
            return Some(match self.until(prefix, b"\"\"\"", 3, Form::Raw) {
                // Its holes depend on how many signs stand before it.
                TokenKind::Literal(_) => TokenKind::Opaque,
                other => other,
            });
        }
        self.skip(1);
        Some(self.csharp(prefix, is_verbatim, is_template))
    }

    fn csharp(&mut self, prefix: Range<usize>, is_verbatim: bool, is_template: bool) -> TokenKind {
        let form = match (is_verbatim, is_template) {
            (_, true) => Form::Template,
            (true, false) => Form::Raw,
            (false, false) => Form::Plain,
        };
        let start = self.at;
        let mut holes = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                b'"' if is_verbatim && self.peek(1) == Some(b'"') => self.skip(2),
                b'"' => return self.closed(prefix, start, 1, form, holes),
                b'\\' if !is_verbatim => self.skip(2),
                b'\n' if !is_verbatim => return TokenKind::Opaque,
                b'{' if is_template && self.peek(1) == Some(b'{') => self.skip(2),
                b'{' if is_template => match self.braced(1, b'}') {
                    Some(hole) => holes.push(hole),
                    None => return TokenKind::Opaque,
                },
                _ => self.skip(1),
            }
        }
        TokenKind::Opaque
    }

    /// `r"…"`, `r#"…"#`, `b"…"`, `c"…"`.
    pub(super) fn rust_prefixed(&mut self, prefix: Range<usize>) -> Option<TokenKind> {
        let letters = self.bytes.get(prefix.clone())?;
        let is_raw = matches!(letters, b"r" | b"br" | b"cr");
        if !is_raw && !matches!(letters, b"b" | b"c") {
            return None;
        }
        let rest = self.bytes.get(self.at..)?;
        let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
        if rest.get(hashes) != Some(&b'"') || (!is_raw && hashes > 0) {
            return None;
        }
        if !is_raw {
            return Some(self.plain(prefix));
        }
        let mut close = vec![b'"'];
        close.resize(hashes + 1, b'#');
        Some(self.until(prefix, &close, hashes + 1, Form::Raw))
    }
}
