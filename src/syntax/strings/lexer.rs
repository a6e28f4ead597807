//! Code between literals: comments, identifiers, characters, regular
//! expressions. The literals themselves: [`super::quoted`],
//! [`super::compiled`], [`super::scripted`].

use std::ops::Range;

use super::{Dialect, Form, Token, TokenKind, is_identifier};

/// A reader of a text.
pub(super) struct Lexer<'t> {
    pub(super) bytes: &'t [u8],
    pub(super) at: usize,
    pub(super) dialect: Dialect,
    pub(super) depth: usize,
}

impl<'t> Lexer<'t> {
    /// Begins at the start of a text.
    pub(super) fn new(text: &'t str, dialect: Dialect) -> Self {
        Self {
            bytes: text.as_bytes(),
            at: 0,
            dialect,
            depth: 0,
        }
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    pub(super) fn starts_with(&self, prefix: &[u8]) -> bool {
        self.bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(prefix))
    }

    pub(super) fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.bytes.len());
    }

    /// Tokens up to the closing bracket of a hole, or to the end.
    pub(super) fn tokens(&mut self, close: Option<u8>) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut depth = 0usize;
        let mut code_before = None;
        while let Some(byte) = self.peek(0) {
            if Some(byte) == close && depth == 0 {
                break;
            }
            let start = self.at;
            if let Some(kind) = self.token(byte, code_before) {
                code_before = match kind {
                    TokenKind::Comment => code_before,
                    _ => Some(start),
                };
                tokens.push(Token {
                    span: start..self.at,
                    kind,
                });
                continue;
            }
            if is_identifier(byte) {
                let prefix = self.identifier();
                code_before = Some(self.at - 1);
                if let Some(kind) = self.prefixed(prefix.clone()) {
                    tokens.push(Token {
                        span: prefix.start..self.at,
                        kind,
                    });
                }
                continue;
            }
            match byte {
                b'{' | b'(' | b'[' => depth += 1,
                b'}' | b')' | b']' => depth = depth.saturating_sub(1),
                _ => {}
            }
            if !byte.is_ascii_whitespace() {
                code_before = Some(self.at);
            }
            self.at += 1;
        }
        tokens
    }

    pub(super) fn identifier(&mut self) -> Range<usize> {
        let start = self.at;
        while self.peek(0).is_some_and(is_identifier) {
            self.at += 1;
        }
        start..self.at
    }

    /// The token that begins at `byte`, if it is not plain code.
    fn token(&mut self, byte: u8, code_before: Option<usize>) -> Option<TokenKind> {
        if let Some(comment) = self.comment(byte) {
            return Some(comment);
        }
        if byte == b'/' && self.dialect.has_regexes() && self.regex_may_stand(code_before) {
            return self.regex();
        }
        let here = self.at..self.at;
        match (self.dialect, byte) {
            (Dialect::R | Dialect::JavaScript, b'"' | b'\'') => Some(self.quoted(here, byte)),
            (Dialect::Julia, b'"') => Some(self.julia_string(here, b'"', Form::Template)),
            (Dialect::Julia, b'`') => Some(self.julia_string(here, b'`', Form::Command)),
            (Dialect::Scala, b'"') => Some(self.scala_string(here)),
            (Dialect::JavaScript, b'`') => Some(self.template(here)),
            (Dialect::R | Dialect::Scala | Dialect::Kotlin, b'`') => Some(self.opaque_until(b'`')),
            (Dialect::Julia | Dialect::Scala, b'\'') => self.character(code_before),
            (
                Dialect::Java | Dialect::Kotlin | Dialect::CSharp | Dialect::Go | Dialect::Rust,
                _,
            ) => self.compiled(byte),
            (Dialect::Ruby | Dialect::Php | Dialect::Elixir | Dialect::PowerShell, _) => {
                self.scripted(byte, code_before)
            }
            _ => None,
        }
    }

    /// The comment that begins here.
    fn comment(&mut self, byte: u8) -> Option<TokenKind> {
        let next = self.peek(1);
        match (self.dialect, byte, next) {
            (Dialect::Julia, b'#', Some(b'=')) => Some(self.block_comment(b"#=", b"=#")),
            (Dialect::PowerShell, b'<', Some(b'#')) => Some(self.block_comment(b"", b"#>")),
            // An attribute.
            (Dialect::Php, b'#', Some(b'[')) => None,
            (dialect, b'#', _) if dialect.has_hashes() => Some(self.line_comment()),
            (dialect, b'/', Some(b'/')) if dialect.has_slashes() => Some(self.line_comment()),
            (dialect, b'/', Some(b'*')) if dialect.has_slashes() => {
                let open: &[u8] = if dialect.nests() { b"/*" } else { b"" };
                Some(self.block_comment(open, b"*/"))
            }
            _ => None,
        }
    }

    /// A literal with an identifier directly in front of its quote.
    fn prefixed(&mut self, prefix: Range<usize>) -> Option<TokenKind> {
        let quote = self.peek(0)?;
        match self.dialect {
            Dialect::R if matches!(quote, b'"' | b'\'') && prefix.len() == 1 => {
                let raw = matches!(self.bytes.get(prefix.start), Some(b'r' | b'R'));
                raw.then(|| self.r_raw(prefix, quote)).flatten()
            }
            Dialect::Julia if quote == b'"' => Some(self.julia_string(prefix, quote, Form::Raw)),
            Dialect::Scala if quote == b'"' => Some(self.scala_string(prefix)),
            Dialect::JavaScript if quote == b'`' => Some(self.template(prefix)),
            Dialect::Rust => self.rust_prefixed(prefix),
            _ => None,
        }
    }

    pub(super) fn line_comment(&mut self) -> TokenKind {
        while self.peek(0).is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
        TokenKind::Comment
    }

    /// A comment up to `close`; nested if `open` is not empty.
    pub(super) fn block_comment(&mut self, open: &[u8], close: &[u8]) -> TokenKind {
        self.skip(2);
        let mut depth = 1usize;
        while self.at < self.bytes.len() {
            if self.starts_with(close) {
                self.skip(close.len());
                depth -= 1;
                if depth == 0 {
                    break;
                }
            } else if !open.is_empty() && self.starts_with(open) {
                self.skip(open.len());
                depth += 1;
            } else {
                self.skip(1);
            }
        }
        TokenKind::Comment
    }

    /// `'a'`, unless the quote transposes (Julia) or begins a symbol (Scala).
    fn character(&mut self, code_before: Option<usize>) -> Option<TokenKind> {
        let adjacent = self
            .at
            .checked_sub(1)
            .filter(|&at| code_before == Some(at))
            .and_then(|at| self.bytes.get(at).copied());
        if adjacent.is_some_and(|byte| is_identifier(byte) || b")]}'.".contains(&byte)) {
            return None;
        }
        let rest = self.bytes.get(self.at + 1..).unwrap_or(&[]);
        let len = match rest.first()? {
            b'\\' => {
                1 + rest
                    .get(1..)?
                    .iter()
                    .skip(1)
                    .position(|&byte| byte == b'\'')?
                    + 1
            }
            b'\'' | b'\n' => return None,
            _ => rest.iter().position(|&byte| byte == b'\'')?,
        };
        // The longest character is an escape of ten: `'\U0001F600'`.
        if len > 10 {
            return None;
        }
        self.skip(len + 2);
        Some(TokenKind::Opaque)
    }

    /// Whether a slash after this code begins a regular expression.
    fn regex_may_stand(&self, code_before: Option<usize>) -> bool {
        const KEYWORDS: [&[u8]; 8] = [
            b"return", b"typeof", b"case", b"in", b"of", b"delete", b"void", b"await",
        ];
        let Some(at) = code_before else {
            return true;
        };
        let Some(&byte) = self.bytes.get(at) else {
            return true;
        };
        if is_identifier(byte) {
            let before = self.bytes.get(..=at).unwrap_or(&[]);
            let start = before
                .iter()
                .rposition(|&byte| !is_identifier(byte))
                .map_or(0, |at| at + 1);
            return before
                .get(start..)
                .is_some_and(|word| KEYWORDS.contains(&word));
        }
        !matches!(byte, b')' | b']' | b'}' | b'"' | b'\'' | b'`' | b'<')
    }

    fn regex(&mut self) -> Option<TokenKind> {
        let mut at = self.at + 1;
        let mut in_class = false;
        loop {
            match *self.bytes.get(at)? {
                b'\n' => return None,
                b'\\' => at += 1,
                b'[' => in_class = true,
                b']' => in_class = false,
                b'/' if !in_class => break,
                _ => {}
            }
            at += 1;
        }
        self.at = at + 1;
        while self.peek(0).is_some_and(|byte| byte.is_ascii_alphabetic()) {
            self.at += 1;
        }
        Some(TokenKind::Opaque)
    }
}
