//! Tokens: operators, redirections, comments, here-documents.

use std::ops::Range;

use super::{HereDoc, Piece, PieceKind, Token, TokenKind};

/// A reader of a script, or of a part of it.
pub(super) struct Lexer<'s> {
    pub(super) text: &'s str,
    pub(super) at: usize,
    pub(super) depth: usize,
    pub(super) in_backquotes: bool,
    pub(super) pending: Vec<Pending>,
}

/// A here-document whose body comes after the line end.
pub(super) struct Pending {
    operator: usize,
    delimiter: Range<usize>,
    name: String,
    quoted: bool,
    tabs_stripped: bool,
}

impl<'s> Lexer<'s> {
    /// Begins at the start of a script.
    pub(super) fn new(text: &'s str) -> Self {
        Self {
            text,
            at: 0,
            depth: 0,
            in_backquotes: false,
            pending: Vec::new(),
        }
    }

    pub(super) fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.text
            .as_bytes()
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(prefix.as_bytes()))
    }

    /// Tokens up to `stop` (which is left unread) or to the end.
    pub(super) fn tokens(&mut self, stop: Option<u8>) -> Vec<Token> {
        let mut tokens = Vec::new();
        let mut parentheses = 0usize;
        while let Some(byte) = self.peek(0) {
            if Some(byte) == stop && (byte != b')' || parentheses == 0) {
                break;
            }
            match byte {
                b' ' | b'\t' | b'\r' => self.at += 1,
                b'\\' if self.peek(1) == Some(b'\n') => self.at += 2,
                b'\\' if self.peek(1) == Some(b'\r') && self.peek(2) == Some(b'\n') => {
                    self.at += 3;
                }
                b'#' => tokens.push(self.comment()),
                b'\n' => {
                    tokens.push(self.operator(1));
                    self.here_documents(&mut tokens);
                }
                b'&' if self.peek(1) == Some(b'>') => self.redirect(&mut tokens),
                b'<' | b'>' if self.peek(1) != Some(b'(') => self.redirect(&mut tokens),
                b';' | b'&' | b'|' | b'(' | b')' => {
                    parentheses = match byte {
                        b'(' => parentheses + 1,
                        b')' => parentheses.saturating_sub(1),
                        _ => parentheses,
                    };
                    let next = self.peek(1);
                    let double = match byte {
                        b'(' | b')' => false,
                        b'|' => matches!(next, Some(b'|' | b'&')),
                        _ => next == Some(byte),
                    };
                    tokens.push(self.operator(1 + usize::from(double)));
                }
                _ => tokens.push(self.word()),
            }
        }
        tokens
    }

    fn operator(&mut self, len: usize) -> Token {
        let start = self.at;
        self.at += len;
        Token {
            span: start..self.at,
            kind: TokenKind::Operator,
        }
    }

    fn comment(&mut self) -> Token {
        let start = self.at;
        while let Some(byte) = self.peek(0) {
            if byte == b'\n' || (self.in_backquotes && byte == b'`') {
                break;
            }
            self.at += 1;
        }
        Token {
            span: start..self.at,
            kind: TokenKind::Comment,
        }
    }

    fn redirect(&mut self, tokens: &mut Vec<Token>) {
        const SIGNS: [&str; 12] = [
            "<<<", "<<-", "&>>", "<<", "<&", "<>", ">>", ">&", ">|", "&>", "<", ">",
        ];
        let operator = self.at;
        let sign = SIGNS
            .into_iter()
            .find(|sign| self.starts_with(sign))
            .unwrap_or("<");
        let mut start = operator;
        if let Some(before) = tokens.last()
            && before.span.end == operator
            && self.is_number(before)
        {
            start = before.span.start;
            tokens.pop();
        }
        self.at += sign.len();
        tokens.push(Token {
            span: start..self.at,
            kind: TokenKind::Redirect,
        });
        if matches!(sign, "<<" | "<<-") {
            self.here_delimiter(operator, sign == "<<-", tokens);
        }
    }

    fn is_number(&self, token: &Token) -> bool {
        self.text
            .get(token.span.clone())
            .is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
    }

    fn here_delimiter(&mut self, operator: usize, tabs_stripped: bool, tokens: &mut Vec<Token>) {
        while matches!(self.peek(0), Some(b' ' | b'\t')) {
            self.at += 1;
        }
        if self.peek(0).is_none_or(ends_word) {
            return;
        }
        let word = self.word();
        if let TokenKind::Word(pieces) = &word.kind {
            let bare = |piece: &Piece| matches!(piece.kind, PieceKind::Bare);
            self.pending.push(Pending {
                operator,
                delimiter: word.span.clone(),
                name: pieces
                    .iter()
                    .filter_map(|piece| self.text.get(piece.content.clone()))
                    .collect(),
                quoted: !pieces.iter().all(bare),
                tabs_stripped,
            });
        }
        tokens.push(word);
    }

    /// The bodies that follow the line end just read.
    fn here_documents(&mut self, tokens: &mut Vec<Token>) {
        for pending in std::mem::take(&mut self.pending) {
            let start = self.at;
            let mut end = self.text.len();
            self.at = end;
            let mut line_start = start;
            for line in self.text.get(start..).unwrap_or("").split_inclusive('\n') {
                let bare = line.trim_end_matches(['\n', '\r']);
                let bare = if pending.tabs_stripped {
                    bare.trim_start_matches('\t')
                } else {
                    bare
                };
                if bare == pending.name {
                    end = line_start;
                    self.at = line_start + line.trim_end_matches('\n').len();
                    break;
                }
                line_start += line.len();
            }
            let inner = if pending.quoted {
                Vec::new()
            } else {
                self.within(start..end)
            };
            tokens.push(Token {
                span: start..end,
                kind: TokenKind::HereDoc(HereDoc {
                    operator: pending.operator,
                    delimiter: pending.delimiter,
                    name: pending.name,
                    quoted: pending.quoted,
                    inner,
                }),
            });
        }
    }

    /// What the shell expands in the body of a here-document.
    fn within(&self, body: Range<usize>) -> Vec<Piece> {
        let mut lexer = Lexer::new(self.text.get(..body.end).unwrap_or(""));
        lexer.at = body.start;
        lexer.depth = self.depth + 1;
        lexer.expansions(None)
    }
}

/// Whether a byte ends a word that is not quoted.
pub(super) fn ends_word(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>'
    )
}
