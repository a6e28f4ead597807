//! Shell scripts as tokens: words with their quoting, operators, redirections,
//! comments and here-documents, down into command substitutions.
//!
//! A lexer, not a parser: it knows what the shell would expand and what it
//! would not, and which words belong to one simple command. It reads anything
//! and never fails; what is not closed runs to the end.

use std::ops::Range;

/// Substitutions within one another beyond this are left unread.
const MAX_DEPTH: usize = 40;

/// A token of a script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Byte offsets in the script.
    pub span: Range<usize>,
    /// What it is.
    pub kind: TokenKind,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// A word: pieces that follow one another without gaps.
    Word(Vec<Piece>),
    /// What ends a simple command: `;`, `&&`, `|`, a line end, a parenthesis.
    Operator,
    /// `>`, `2>>`, `<<`, `<<<`; its file or delimiter is the next word.
    Redirect,
    /// From `#` to the end of the line.
    Comment,
    /// The body of a here-document.
    HereDoc(HereDoc),
}

/// The body of a here-document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HereDoc {
    /// Where the `<<` stands that it belongs to.
    pub operator: usize,
    /// The delimiter after the `<<`, with its quotes.
    pub delimiter: Range<usize>,
    /// The delimiter without them.
    pub name: String,
    /// A quoted delimiter: nothing in the body is expanded.
    pub quoted: bool,
    /// What the shell expands in the body; empty if `quoted`.
    pub inner: Vec<Piece>,
}

/// A piece of a word, of a double-quoted string or of a here-document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// With its quotes.
    pub span: Range<usize>,
    /// Without them.
    pub content: Range<usize>,
    /// How it is quoted.
    pub kind: PieceKind,
}

/// How a piece is quoted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PieceKind {
    /// Not at all.
    Bare,
    /// A backslash and a character.
    Escape,
    /// `'…'`
    Single,
    /// `$'…'`
    Ansi,
    /// `"…"`, with what the shell expands in it.
    Double(Vec<Piece>),
    /// `$X`, `${X}`, `$((1))`
    Expansion,
    /// `$(…)` and backquotes: a script within.
    Substitution(Vec<Token>),
}

/// Reads a script.
pub fn lex(script: &str) -> Vec<Token> {
    let mut lexer = Lexer {
        text: script,
        at: 0,
        depth: 0,
        in_backquotes: false,
        pending: Vec::new(),
    };
    lexer.tokens(None)
}

struct Lexer<'s> {
    text: &'s str,
    at: usize,
    depth: usize,
    in_backquotes: bool,
    pending: Vec<Pending>,
}

/// A here-document whose body comes after the line end.
struct Pending {
    operator: usize,
    delimiter: Range<usize>,
    name: String,
    quoted: bool,
    tabs_stripped: bool,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.text.as_bytes().get(self.at + ahead).copied()
    }

    fn starts_with(&self, prefix: &str) -> bool {
        self.text
            .as_bytes()
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(prefix.as_bytes()))
    }

    /// Tokens up to `stop` (which is left unread) or to the end.
    fn tokens(&mut self, stop: Option<u8>) -> Vec<Token> {
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
        let mut lexer = Lexer {
            text: self.text.get(..body.end).unwrap_or(""),
            at: body.start,
            depth: self.depth + 1,
            in_backquotes: false,
            pending: Vec::new(),
        };
        lexer.expansions(None)
    }

    fn word(&mut self) -> Token {
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
    fn expansions(&mut self, stop: Option<u8>) -> Vec<Piece> {
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

fn ends_word(byte: u8) -> bool {
    matches!(
        byte,
        b' ' | b'\t' | b'\r' | b'\n' | b';' | b'&' | b'|' | b'(' | b')' | b'<' | b'>'
    )
}

/// A byte of a variable's name.
pub fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
