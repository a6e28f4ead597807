//! String literals and comments of R, Julia, JavaScript (with TypeScript) and
//! Scala.
//!
//! A lexer that knows just enough of each language to tell literals from
//! comments, regular expressions, characters and transposed matrices. What it
//! is not sure of it calls [`TokenKind::Opaque`].

mod lexer;
mod quoted;

use std::ops::Range;

use lexer::Lexer;

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
    Lexer::new(text, dialect).tokens(None)
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
