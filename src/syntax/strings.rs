//! String literals and comments of R, Julia, JavaScript (with TypeScript) and
//! Scala.
//!
//! A lexer that knows just enough of each language to tell literals from
//! comments, regular expressions, characters and transposed matrices. What it
//! is not sure of it calls [`TokenKind::Opaque`].

use std::ops::Range;

/// Holes within holes beyond this are left unread.
const MAX_DEPTH: usize = 40;

/// A language that this lexer reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Dialect {
    /// R.
    R,
    /// Julia.
    Julia,
    /// JavaScript and TypeScript.
    JavaScript,
    /// Scala.
    Scala,
}

/// A token that is not plain code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Byte offsets in the text.
    pub span: Range<usize>,
    /// What it is.
    pub kind: TokenKind,
}

/// What a token is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenKind {
    /// A comment.
    Comment,
    /// A regular expression, a character, a quoted identifier, a string that
    /// is not closed: nothing may be put in its place.
    Opaque,
    /// A string.
    Literal(Literal),
}

/// A string literal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Literal {
    /// The identifier in front of the quote, often empty: `s`, `raw`.
    pub prefix: Range<usize>,
    /// What stands between the quotes.
    pub content: Range<usize>,
    /// How it is read.
    pub form: Form,
    /// The code within it.
    pub holes: Vec<Hole>,
}

/// How a literal is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// With escapes.
    Plain,
    /// As it stands.
    Raw,
    /// With escapes and holes.
    Template,
    /// Julia's backquotes: a command with holes.
    Command,
}

/// Code within a literal: `${x}`, `$(x)`, `$x`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hole {
    /// With its brackets.
    pub span: Range<usize>,
    /// The literals and comments of the code.
    pub tokens: Vec<Token>,
}

/// Reads a text.
pub fn lex(text: &str, dialect: Dialect) -> Vec<Token> {
    let mut lexer = Lexer {
        bytes: text.as_bytes(),
        at: 0,
        dialect,
        depth: 0,
    };
    lexer.tokens(None)
}

struct Lexer<'t> {
    bytes: &'t [u8],
    at: usize,
    dialect: Dialect,
    depth: usize,
}

impl Lexer<'_> {
    fn peek(&self, ahead: usize) -> Option<u8> {
        self.bytes.get(self.at + ahead).copied()
    }

    fn starts_with(&self, prefix: &[u8]) -> bool {
        self.bytes
            .get(self.at..)
            .is_some_and(|rest| rest.starts_with(prefix))
    }

    fn skip(&mut self, count: usize) {
        self.at = (self.at + count).min(self.bytes.len());
    }

    /// Tokens up to the closing bracket of a hole, or to the end.
    fn tokens(&mut self, close: Option<u8>) -> Vec<Token> {
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

    fn identifier(&mut self) -> Range<usize> {
        let start = self.at;
        while self.peek(0).is_some_and(is_identifier) {
            self.at += 1;
        }
        start..self.at
    }

    /// The token that begins at `byte`, if it is not plain code.
    fn token(&mut self, byte: u8, code_before: Option<usize>) -> Option<TokenKind> {
        let here = self.at..self.at;
        match (self.dialect, byte) {
            (Dialect::R, b'#') => Some(self.line_comment()),
            (Dialect::Julia, b'#') if self.peek(1) == Some(b'=') => {
                Some(self.block_comment(b"#=", b"=#"))
            }
            (Dialect::Julia, b'#') => Some(self.line_comment()),
            (Dialect::JavaScript | Dialect::Scala, b'/') => match self.peek(1) {
                Some(b'/') => Some(self.line_comment()),
                Some(b'*') if self.dialect == Dialect::Scala => {
                    Some(self.block_comment(b"/*", b"*/"))
                }
                Some(b'*') => Some(self.block_comment(b"", b"*/")),
                _ if self.dialect == Dialect::JavaScript && self.regex_may_stand(code_before) => {
                    self.regex()
                }
                _ => None,
            },
            (Dialect::R | Dialect::JavaScript, b'"' | b'\'') => Some(self.quoted(here, byte)),
            (Dialect::Julia, b'"') => Some(self.julia_string(here, b'"', Form::Template)),
            (Dialect::Julia, b'`') => Some(self.julia_string(here, b'`', Form::Command)),
            (Dialect::Scala, b'"') => Some(self.scala_string(here)),
            (Dialect::JavaScript, b'`') => Some(self.template(here)),
            (Dialect::R | Dialect::Scala, b'`') => Some(self.opaque_until(b'`')),
            (Dialect::Julia | Dialect::Scala, b'\'') => self.character(code_before),
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
            _ => None,
        }
    }

    fn line_comment(&mut self) -> TokenKind {
        while self.peek(0).is_some_and(|byte| byte != b'\n') {
            self.at += 1;
        }
        TokenKind::Comment
    }

    /// A comment up to `close`; nested if `open` is not empty.
    fn block_comment(&mut self, open: &[u8], close: &[u8]) -> TokenKind {
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

    fn opaque_until(&mut self, quote: u8) -> TokenKind {
        self.skip(1);
        while self.peek(0).is_some_and(|byte| byte != quote) {
            self.skip(1);
        }
        self.skip(1);
        TokenKind::Opaque
    }

    /// `"…"` with escapes; in JavaScript it ends with the line at the latest.
    fn quoted(&mut self, prefix: Range<usize>, quote: u8) -> TokenKind {
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

    fn closed(
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
    fn r_raw(&mut self, prefix: Range<usize>, quote: u8) -> Option<TokenKind> {
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

    fn julia_string(&mut self, prefix: Range<usize>, quote: u8, form: Form) -> TokenKind {
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

    fn scala_string(&mut self, prefix: Range<usize>) -> TokenKind {
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
    fn template(&mut self, prefix: Range<usize>) -> TokenKind {
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

    /// What a `$` begins within a literal.
    fn hole(&mut self, open: u8, close: u8) -> Option<Hole> {
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

/// A byte of an identifier in any of the languages.
pub fn is_identifier(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

#[cfg(test)]
mod tests {
    use super::*;

    fn literals(text: &str, dialect: Dialect) -> Vec<&str> {
        fn gather<'t>(text: &'t str, tokens: &[Token], into: &mut Vec<&'t str>) {
            for token in tokens {
                if let TokenKind::Literal(literal) = &token.kind {
                    into.push(&text[literal.content.clone()]);
                    for hole in &literal.holes {
                        gather(text, &hole.tokens, into);
                    }
                }
            }
        }
        let mut found = Vec::new();
        gather(text, &lex(text, dialect), &mut found);
        found
    }

    #[test]
    fn r() {
        let text = "x <- 'a\\'b' # 'no'\ny <- r\"---(c\")---\"; `z'` <- \"d\"";
        assert_eq!(literals(text, Dialect::R), ["a\\'b", "c\"", "d"]);
    }

    #[test]
    fn julia() {
        let text = "a' * \"x $(f(\"y\")) $z\" #= \"no\" #= =# =# c = '\"'; raw\"\\w\" `ls $q`";
        assert_eq!(
            literals(text, Dialect::Julia),
            ["x $(f(\"y\")) $z", "y", "\\w", "ls $q"]
        );
    }

    #[test]
    fn javascript() {
        let text = "a = /'\"/g; b = c / d; e = 'f' // 'no'\n`g${h('i')}` /* 'no' */; don't\n'j'";
        assert_eq!(
            literals(text, Dialect::JavaScript),
            ["f", "g${h('i')}", "i", "j"]
        );
    }

    #[test]
    fn scala() {
        let text = "val a = 'x'; val b = 'sym; \"c\" + s\"d${e(\"f\")}\" + \"\"\"g\"h\"\"\"\" /* /* \"no\" */ */";
        assert_eq!(
            literals(text, Dialect::Scala),
            ["c", "d${e(\"f\")}", "f", "g\"h\""]
        );
    }
}
