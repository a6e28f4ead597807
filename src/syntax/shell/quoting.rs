//! Words: their quotes, and what the shell expands in them.

use std::ops::Range;

use super::lexer::{Lexer, ends_word};
use super::{Piece, PieceKind, Token, TokenKind, is_name};

/// Substitutions within one another beyond this are left unread.
const MAX_DEPTH: usize = 40;

impl Lexer<'_> {
    pub(super) fn word(&mut self) -> Token {
        let start = self.at;
        let mut pieces = Vec::new();
        while let Some(byte) = self.peek(0) {
            if byte == b'`' && self.in_backquotes {
                break;
            }
            let process = matches!(byte, b'<' | b'>') && self.peek(1) == Some(b'(');
            if process && pieces.is_empty() {
                pieces.push(self.parenthesised(2));
                continue;
            }
            if ends_word(byte) {
                break;
            }
            pieces.push(self.piece(byte));
        }
        if self.at == start {
            // A stray closing backquote: read on, as a piece of its own.
            let span = self.advance_char();
            pieces.push(plain(span, PieceKind::Bare));
        }
        Token {
            span: start..self.at,
            kind: TokenKind::Word(pieces),
        }
    }

    fn piece(&mut self, byte: u8) -> Piece {
        match byte {
            b'\'' => self.single(1, PieceKind::Single),
            b'"' => self.double(1),
            b'\\' => self.escape(),
            b'`' => self.backquotes(),
            b'$' => match self.peek(1) {
                Some(b'\'') => self.single(2, PieceKind::Ansi),
                Some(b'"') => self.double(2),
                _ => self.dollar(),
            },
            _ => self.bare(),
        }
    }

    fn bare(&mut self) -> Piece {
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            if ends_word(byte) || matches!(byte, b'\'' | b'"' | b'\\' | b'`' | b'$') {
                break;
            }
            self.at += 1;
        }
        plain(start..self.at, PieceKind::Bare)
    }

    fn advance_char(&mut self) -> Range<usize> {
        let start = self.at;
        let rest = self.text.get(start..).unwrap_or("");
        self.at += rest.chars().next().map_or(1, char::len_utf8);
        self.at = self.at.min(self.text.len());
        start..self.at
    }

    fn escape(&mut self) -> Piece {
        let start = self.at;
        self.at += 1;
        if self.at < self.text.len() {
            self.advance_char();
        }
        Piece {
            span: start..self.at,
            content: start + 1..self.at,
            kind: PieceKind::Escape,
        }
    }

    /// `'…'`, or `$'…'` where a backslash escapes.
    fn single(&mut self, open: usize, kind: PieceKind) -> Piece {
        let start = self.at;
        self.at += open;
        let content = self.at;
        while let Some(byte) = self.peek(0) {
            match byte {
                b'\'' => break,
                b'\\' if kind == PieceKind::Ansi => self.at = (self.at + 2).min(self.text.len()),
                _ => self.at += 1,
            }
        }
        let end = self.at;
        self.at = (end + 1).min(self.text.len());
        Piece {
            span: start..self.at,
            content: content..end,
            kind,
        }
    }

    fn double(&mut self, open: usize) -> Piece {
        let start = self.at;
        self.at += open;
        let content = self.at;
        let inner = self.expansions(Some(b'"'));
        let end = self.at;
        self.at = (end + 1).min(self.text.len());
        Piece {
            span: start..self.at,
            content: content..end,
            kind: PieceKind::Double(inner),
        }
    }

    /// What is expanded or escaped up to `stop`, in text that is otherwise
    /// literal.
    pub(super) fn expansions(&mut self, stop: Option<u8>) -> Vec<Piece> {
        let mut pieces = Vec::new();
        while let Some(byte) = self.peek(0) {
            if Some(byte) == stop {
                break;
            }
            match byte {
                b'\\' => pieces.push(self.escape()),
                b'`' if self.in_backquotes => break,
                b'`' => pieces.push(self.backquotes()),
                b'$' => {
                    let piece = self.dollar();
                    if piece.kind != PieceKind::Bare {
                        pieces.push(piece);
                    }
                }
                _ => self.at += 1,
            }
        }
        pieces
    }

    /// What a `$` begins; bare if nothing.
    fn dollar(&mut self) -> Piece {
        let start = self.at;
        match self.peek(1) {
            Some(b'(') if self.peek(2) == Some(b'(') => {
                self.at += 2;
                self.balanced(b'(', b')');
            }
            Some(b'(') if self.depth < MAX_DEPTH => return self.parenthesised(2),
            Some(b'{') => {
                self.at += 1;
                self.balanced(b'{', b'}');
            }
            Some(byte) if is_name(byte) && !byte.is_ascii_digit() => {
                self.at += 1;
                while self.peek(0).is_some_and(is_name) {
                    self.at += 1;
                }
            }
            Some(b'0'..=b'9' | b'?' | b'!' | b'#' | b'@' | b'*' | b'$' | b'-') => self.at += 2,
            _ => {
                self.at += 1;
                return plain(start..self.at, PieceKind::Bare);
            }
        }
        plain(start..self.at, PieceKind::Expansion)
    }

    /// Moves behind the bracket that closes the one at hand; quotes hide.
    fn balanced(&mut self, open: u8, close: u8) {
        let mut depth = 0usize;
        while let Some(byte) = self.peek(0) {
            self.at += 1;
            match byte {
                b'\\' => self.at = (self.at + 1).min(self.text.len()),
                _ if byte == open => depth += 1,
                _ if byte == close => {
                    depth = depth.saturating_sub(1);
                    if depth == 0 {
                        break;
                    }
                }
                _ => {}
            }
        }
        while !self.text.is_char_boundary(self.at) {
            self.at += 1;
        }
    }

    /// `$(…)`, `<(…)`: a script up to the parenthesis.
    fn parenthesised(&mut self, open: usize) -> Piece {
        let start = self.at;
        self.at += open;
        let content = self.at;
        let in_backquotes = std::mem::replace(&mut self.in_backquotes, false);
        let tokens = self.nested(b')');
        self.in_backquotes = in_backquotes;
        self.substitution(start, content, tokens)
    }

    fn backquotes(&mut self) -> Piece {
        let start = self.at;
        self.at += 1;
        let content = self.at;
        self.in_backquotes = true;
        let tokens = self.nested(b'`');
        self.in_backquotes = false;
        self.substitution(start, content, tokens)
    }

    fn nested(&mut self, stop: u8) -> Vec<Token> {
        if self.depth >= MAX_DEPTH {
            while self.peek(0).is_some_and(|byte| byte != stop) {
                self.at += 1;
            }
            return Vec::new();
        }
        self.depth += 1;
        let pending = std::mem::take(&mut self.pending);
        let tokens = self.tokens(Some(stop));
        self.pending = pending;
        self.depth -= 1;
        tokens
    }

    fn substitution(&mut self, start: usize, content: usize, tokens: Vec<Token>) -> Piece {
        let end = self.at;
        self.at = (end + 1).min(self.text.len());
        Piece {
            span: start..self.at,
            content: content..end,
            kind: PieceKind::Substitution(tokens),
        }
    }
}

fn plain(span: Range<usize>, kind: PieceKind) -> Piece {
    Piece {
        content: span.clone(),
        span,
        kind,
    }
}
