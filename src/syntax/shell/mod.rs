//! Shell scripts as tokens: words with their quoting, operators, redirections,
//! comments and here-documents, down into command substitutions.
//!
//! A lexer, not a parser: it knows what the shell would expand and what it
//! would not, and which words belong to one simple command. It reads anything
//! and never fails; what is not closed runs to the end.

mod lexer;
mod quoting;

use std::ops::Range;

use lexer::Lexer;

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
    Lexer::new(script).tokens(None)
}

/// A byte of a variable's name.
pub fn is_name(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}
