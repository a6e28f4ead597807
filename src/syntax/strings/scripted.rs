//! Literals of Ruby, PHP, Elixir and PowerShell.

use std::ops::Range;

use super::lexer::Lexer;
use super::{Dialect, Form, TokenKind, is_identifier};

impl Lexer<'_> {
    /// The literal, or what is to be passed over, that begins at `byte`.
    pub(super) fn scripted(&mut self, byte: u8, code_before: Option<usize>) -> Option<TokenKind> {
        let here = self.at..self.at;
        if self.dialect == Dialect::Php && (self.at == 0 || self.starts_with(b"?>")) {
            return self.outside();
        }
        match (self.dialect, byte) {
            (Dialect::Ruby, b'=') if self.begins_line(b"=begin") => Some(self.ruby_comment()),
            (Dialect::Ruby, b'%') => self.percent(),
            (Dialect::Ruby, b'<') if self.starts_with(b"<<") => self.here_document(2),
            (Dialect::Php, b'<') if self.starts_with(b"<<<") => self.here_document(3),
            (Dialect::Ruby | Dialect::Elixir, b'?') => self.question(code_before),
            (Dialect::Elixir, b'~') => self.sigil(),
            (Dialect::Elixir, b'\'') => Some(self.opaque_until(b'\'')),
            (Dialect::PowerShell, b'@') => self.powershell_here(),
            (Dialect::PowerShell, b'\'') => Some(self.doubled(here)),
            (Dialect::Ruby | Dialect::Php, b'`') => Some(self.opaque_until(b'`')),
            (Dialect::Ruby | Dialect::Php, b'\'') => Some(self.quoted(here, b'\'')),
            (_, b'"') => Some(self.interpolated(here)),
            _ => None,
        }
    }

    fn begins_line(&self, word: &[u8]) -> bool {
        let at_start = self.at == 0 || self.bytes.get(self.at - 1) == Some(&b'\n');
        at_start && self.starts_with(word)
    }

    fn ruby_comment(&mut self) -> TokenKind {
        self.block_comment(b"", b"\n=end")
    }

    /// The text around PHP, up to the tag that begins it.
    fn outside(&mut self) -> Option<TokenKind> {
        if self.at == 0 && self.starts_with(b"<?") {
            return None;
        }
        let rest = self.bytes.get(self.at + 1..).unwrap_or_default();
        self.at = match memchr::memmem::find(rest, b"<?") {
            Some(length) => self.at + 1 + length,
            None => self.bytes.len(),
        };
        Some(TokenKind::Opaque)
    }

    /// `"…"`, `"""…"""` with holes.
    fn interpolated(&mut self, prefix: Range<usize>) -> TokenKind {
        let is_triple = self.dialect == Dialect::Elixir && self.starts_with(b"\"\"\"");
        let quotes = if is_triple { 3 } else { 1 };
        let escape = match self.dialect {
            Dialect::PowerShell => b'`',
            _ => b'\\',
        };
        self.skip(quotes);
        let start = self.at;
        let mut holes = Vec::new();
        while let Some(byte) = self.peek(0) {
            match (self.dialect, byte, self.peek(1)) {
                _ if byte == escape => self.skip(2),
                (Dialect::Ruby | Dialect::Elixir, b'#', Some(b'{')) => match self.braced(2, b'}') {
                    Some(hole) => holes.push(hole),
                    None => return TokenKind::Opaque,
                },
                (Dialect::Php, b'{', Some(b'$')) => match self.braced(1, b'}') {
                    Some(hole) => holes.push(hole),
                    None => return TokenKind::Opaque,
                },
                (Dialect::PowerShell, b'$', Some(b'(')) => match self.braced(2, b')') {
                    Some(hole) => holes.push(hole),
                    None => return TokenKind::Opaque,
                },
                (Dialect::Php | Dialect::PowerShell, b'$', _) => {
                    holes.extend(self.hole(b'{', b'}'));
                }
                (Dialect::PowerShell, b'"', Some(b'"')) => self.skip(2),
                (_, b'"', _) if !is_triple || self.starts_with(b"\"\"\"") => {
                    return self.closed(prefix, start, quotes, Form::Template, holes);
                }
                _ => self.skip(1),
            }
        }
        TokenKind::Opaque
    }

    /// `'…'` in which a quote is doubled.
    fn doubled(&mut self, prefix: Range<usize>) -> TokenKind {
        self.skip(1);
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            match (byte, self.peek(1)) {
                (b'\'', Some(b'\'')) => self.skip(2),
                (b'\'', _) => return self.closed(prefix, start, 1, Form::Raw, Vec::new()),
                _ => self.skip(1),
            }
        }
        TokenKind::Opaque
    }

    /// `@'` and `@"` up to a line that begins with the same.
    fn powershell_here(&mut self) -> Option<TokenKind> {
        let quote = self.peek(1).filter(|byte| matches!(byte, b'"' | b'\''))?;
        if !matches!(self.peek(2), Some(b'\n' | b'\r')) {
            return None;
        }
        let prefix = self.at..self.at + 1;
        let close = [b'\n', quote, b'@'];
        let opening = if self.peek(2) == Some(b'\r') { 4 } else { 3 };
        match self.until(prefix, &close, opening, Form::Raw) {
            TokenKind::Literal(_) if quote == b'"' => Some(TokenKind::Opaque),
            kind => Some(kind),
        }
    }

    /// `%w[…]`, `%q(…)`.
    fn percent(&mut self) -> Option<TokenKind> {
        let letter = self.peek(1)?;
        let (length, open) = match letter {
            b'w' | b'W' | b'q' | b'Q' | b'i' | b'I' | b'r' | b'x' | b's' => (3, self.peek(2)?),
            _ => return None,
        };
        self.delimited(length, open)
    }

    /// `~s(…)`, `~r/…/i`.
    fn sigil(&mut self) -> Option<TokenKind> {
        let letter = self.peek(1).filter(u8::is_ascii_alphabetic)?;
        let _ = letter;
        if self.starts_with(b"~S\"\"\"") || self.starts_with(b"~s\"\"\"") {
            let here = self.at..self.at;
            self.until(here, b"\n", 5, Form::Raw);
            let here = self.at..self.at;
            self.until(here, b"\"\"\"", 0, Form::Raw);
            return Some(TokenKind::Opaque);
        }
        let open = self.peek(2)?;
        self.delimited(3, open)
    }

    fn delimited(&mut self, length: usize, open: u8) -> Option<TokenKind> {
        let close = match open {
            b'(' => b')',
            b'[' => b']',
            b'{' => b'}',
            b'<' => b'>',
            b'|' | b'/' | b'!' | b'"' | b'\'' => open,
            _ => return None,
        };
        self.skip(length);
        let mut depth = 1_usize;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\\' => self.skip(1),
                _ if byte == close => depth -= 1,
                _ if byte == open => depth += 1,
                _ => {}
            }
            self.skip(1);
            if depth == 0 {
                break;
            }
        }
        Some(TokenKind::Opaque)
    }

    /// `?x`, a character.
    fn question(&mut self, code_before: Option<usize>) -> Option<TokenKind> {
        let adjacent = code_before.is_some_and(|at| at + 1 == self.at);
        let is_one = self.peek(1).is_some_and(|byte| !byte.is_ascii_whitespace())
            && !self.peek(2).is_some_and(is_identifier);
        (is_one && !adjacent).then(|| {
            self.skip(2);
            TokenKind::Opaque
        })
    }

    /// `<<~NAME`, `<<<'NAME'`: up to the line that begins with the name. What
    /// stands behind it on its own line is passed over too.
    fn here_document(&mut self, signs: usize) -> Option<TokenKind> {
        let rest = self.bytes.get(self.at + signs..)?;
        let lead = rest
            .iter()
            .take(4)
            .take_while(|byte| matches!(byte, b'~' | b'-' | b' ' | b'"' | b'\''))
            .count();
        if self.dialect == Dialect::Ruby && !rest.first().is_some_and(|b| b"~-\"'".contains(b)) {
            // Something is shifted or appended.
            return None;
        }
        let name = rest.get(lead..)?;
        let length = name.iter().take_while(|byte| is_identifier(**byte)).count();
        let name = name.get(..length).filter(|name| !name.is_empty())?;
        let first_line = memchr::memchr(b'\n', rest)?;
        let mut end = self.at + signs + first_line + 1;
        for line in rest
            .get(first_line + 1..)?
            .split_inclusive(|byte| *byte == b'\n')
        {
            if line.trim_ascii_start().starts_with(name) {
                let indent = line.len() - line.trim_ascii_start().len();
                self.at = end + indent + name.len();
                return Some(TokenKind::Opaque);
            }
            end += line.len();
        }
        self.at = self.bytes.len();
        Some(TokenKind::Opaque)
    }
}
