//! Literals: one function for each way to write one.

use std::ops::Range;

use super::lexer::Lexer;
use super::{Dialect, Form, Hole, Literal, TokenKind, is_identifier};

/// Holes within holes beyond this are left unread.
const MAX_DEPTH: usize = 40;

impl Lexer<'_> {
    pub(super) fn opaque_until(&mut self, quote: u8) -> TokenKind {
        self.skip(1);
        while self.peek(0).is_some_and(|byte| byte != quote) {
            self.skip(1);
        }
        self.skip(1);
        TokenKind::Opaque
    }

    /// `"…"` with escapes; in JavaScript it ends with the line at the latest.
    pub(super) fn quoted(&mut self, prefix: Range<usize>, quote: u8) -> TokenKind {
        self.skip(1);
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.skip(2),
                b'\n' if self.dialect == Dialect::JavaScript => return TokenKind::Opaque,
                _ if byte == quote => {
                    return self.closed(prefix, start, 1, Form::Plain, Vec::new());
                }
                _ => self.skip(1),
            }
        }
        TokenKind::Opaque
    }

    pub(super) fn closed(
        &mut self,
        prefix: Range<usize>,
        start: usize,
        quotes: usize,
        form: Form,
        holes: Vec<Hole>,
    ) -> TokenKind {
        let content = start..self.at;
        self.skip(quotes);
        TokenKind::Literal(Literal {
            prefix,
            content,
            form,
            holes,
        })
    }

    /// `r"---(…)---"`
    pub(super) fn r_raw(&mut self, prefix: Range<usize>, quote: u8) -> Option<TokenKind> {
        let mut dashes = 0;
        while self.peek(1 + dashes) == Some(b'-') {
            dashes += 1;
        }
        let close = match self.peek(1 + dashes)? {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            _ => return None,
        };
        let mut end = vec![close];
        end.extend(std::iter::repeat_n(b'-', dashes));
        end.push(quote);
        self.skip(2 + dashes);
        let start = self.at;
        while self.at < self.bytes.len() {
            if self.starts_with(&end) {
                return Some(self.closed(prefix, start, end.len(), Form::Raw, Vec::new()));
            }
            self.skip(1);
        }
        Some(TokenKind::Opaque)
    }

    pub(super) fn julia_string(
        &mut self,
        prefix: Range<usize>,
        quote: u8,
        form: Form,
    ) -> TokenKind {
        let triple = [quote; 3];
        let quotes = if self.starts_with(&triple) { 3 } else { 1 };
        self.skip(quotes);
        let start = self.at;
        let mut holes = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.skip(2),
                b'$' if form != Form::Raw => holes.extend(self.hole(b'(', b')')),
                _ if byte == quote && (quotes == 1 || self.starts_with(&triple)) => {
                    return self.closed(prefix, start, quotes, form, holes);
                }
                _ => self.skip(1),
            }
        }
        TokenKind::Opaque
    }

    pub(super) fn scala_string(&mut self, prefix: Range<usize>) -> TokenKind {
        let triple = self.starts_with(b"\"\"\"");
        let quotes = if triple { 3 } else { 1 };
        let form = match (prefix.is_empty(), triple) {
            (false, _) => Form::Template,
            (true, true) => Form::Raw,
            (true, false) => Form::Plain,
        };
        self.skip(quotes);
        let start = self.at;
        let mut holes = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' if !triple => self.skip(2),
                b'\n' if !triple => return TokenKind::Opaque,
                b'$' if form == Form::Template => holes.extend(self.hole(b'{', b'}')),
                b'"' if !triple => return self.closed(prefix, start, 1, form, holes),
                b'"' if self.starts_with(b"\"\"\"") => {
                    // Of more than three quotes the first belong to the text.
                    while self.peek(3) == Some(b'"') {
                        self.skip(1);
                    }
                    return self.closed(prefix, start, 3, form, holes);
                }
                _ => self.skip(1),
            }
        }
        TokenKind::Opaque
    }

    /// A JavaScript template; the prefix is its tag.
    pub(super) fn template(&mut self, prefix: Range<usize>) -> TokenKind {
        self.skip(1);
        let start = self.at;
        let mut holes = Vec::new();
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.skip(2),
                b'$' if self.peek(1) == Some(b'{') => holes.extend(self.hole(b'{', b'}')),
                b'`' => return self.closed(prefix, start, 1, Form::Template, holes),
                _ => self.skip(1),
            }
        }
        TokenKind::Opaque
    }

    /// Code within a literal behind `opening` bytes, up to `close`.
    pub(super) fn braced(&mut self, opening: usize, close: u8) -> Option<Hole> {
        let start = self.at;
        self.skip(opening);
        if self.depth >= MAX_DEPTH {
            return None;
        }
        self.depth += 1;
        let tokens = self.tokens(Some(close));
        self.depth -= 1;
        self.skip(1);
        Some(Hole {
            span: start..self.at,
            tokens,
        })
    }

    /// What a `$` begins within a literal.
    pub(super) fn hole(&mut self, open: u8, close: u8) -> Option<Hole> {
        let start = self.at;
        self.skip(1);
        let mut tokens = Vec::new();
        match self.peek(0) {
            Some(byte) if byte == open && self.depth < MAX_DEPTH => {
                self.skip(1);
                self.depth += 1;
                tokens = self.tokens(Some(close));
                self.depth -= 1;
                self.skip(1);
            }
            Some(b'$') => {
                self.skip(1);
                return None;
            }
            Some(byte) if is_identifier(byte) => {
                self.identifier();
            }
            _ => return None,
        }
        Some(Hole {
            span: start..self.at,
            tokens,
        })
    }
}
