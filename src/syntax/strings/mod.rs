//! String literals and comments of languages that are not parsed: R, Julia,
//! JavaScript (with TypeScript), Scala, Java, Kotlin, C#, Go, Rust, Ruby, PHP,
//! Elixir, PowerShell.
//!
//! A lexer that knows just enough of each language to tell literals from
//! comments, regular expressions, characters and transposed matrices. What it
//! is not sure of it calls [`TokenKind::Opaque`].

mod compiled;
mod lexer;
mod quoted;
mod scripted;

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
    /// Java.
    Java,
    /// Kotlin.
    Kotlin,
    /// C#.
    CSharp,
    /// Go.
    Go,
    /// Rust.
    Rust,
    /// Ruby.
    Ruby,
    /// PHP, within whatever text.
    Php,
    /// Elixir.
    Elixir,
    /// PowerShell.
    PowerShell,
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

/// The token that holds the byte at `at`.
pub fn at(tokens: &[Token], at: usize) -> Option<&Token> {
    let before = tokens.partition_point(|token| token.span.start <= at);
    let token = tokens.get(before.checked_sub(1)?)?;
    token.span.contains(&at).then_some(token)
}

impl Dialect {
    /// Comments begin with two slashes, or stand between `/*` and `*/`.
    fn has_slashes(self) -> bool {
        !matches!(
            self,
            Self::R | Self::Julia | Self::Ruby | Self::Elixir | Self::PowerShell
        )
    }

    /// Comments begin with `#`.
    fn has_hashes(self) -> bool {
        matches!(
            self,
            Self::R | Self::Julia | Self::Ruby | Self::Elixir | Self::PowerShell | Self::Php
        )
    }

    /// A statement that is only a value shows it, in a notebook or at a prompt.
    pub fn displays(self) -> bool {
        !matches!(self, Self::Go | Self::Php)
    }

    /// Comments stand within comments.
    fn nests(self) -> bool {
        matches!(self, Self::Scala | Self::Kotlin | Self::Rust)
    }

    /// A slash may begin a regular expression.
    fn has_regexes(self) -> bool {
        matches!(self, Self::JavaScript | Self::Ruby)
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

    #[test]
    fn java_and_kotlin() {
        let text = "a = \"b\\\"\" + '\"' /* \"no\" */ + \"\"\"\n c \"d\"\n\"\"\" // \"no\"";
        assert_eq!(literals(text, Dialect::Java), ["b\\\"", "\n c \"d\"\n"]);
        let text = "\"a$b${f(\"c\")}\" + \"\"\"d${\"e\"}\"\"\" /* /* \"no\" */ */";
        assert_eq!(
            literals(text, Dialect::Kotlin),
            ["a$b${f(\"c\")}", "c", "d${\"e\"}", "e"]
        );
    }

    #[test]
    fn csharp_go_and_rust() {
        let text = "@\"a\"\"b\" + $\"c{d(\"e\")}{{f\" + '\"' + \"g\" + \"\"\"h \"i\" \"\"\"";
        assert_eq!(
            literals(text, Dialect::CSharp),
            ["a\"\"b", "c{d(\"e\")}{{f", "e", "g", "h \"i\" "]
        );
        let text = "`a\"b` + '\"' + \"c\" // \"no\"";
        assert_eq!(literals(text, Dialect::Go), ["a\"b", "c"]);
        let text = "fn f<'a>(x: &'a str) { r#\"a\"b\"#; b\"c\"; '\"'; \"d\" } /* /* \"no\" */ */";
        assert_eq!(literals(text, Dialect::Rust), ["a\"b", "c", "d"]);
    }

    #[test]
    fn ruby_and_php() {
        let text = "a = \"b#{c('d')}\" # 'no'\ne = /'\"/ + 'f' + %w[g' h]\nx = <<~T\n  it's\nT\ny = 'i'\n=begin\n'no'\n=end\n";
        assert_eq!(literals(text, Dialect::Ruby), ["b#{c('d')}", "d", "f", "i"]);
        let text = "<b>it's</b><?php $a = 'b'; # 'no'\n$c = \"d{$e['f']}\"; ?>it's<?= 'g' ?>";
        assert_eq!(literals(text, Dialect::Php), ["b", "d{$e['f']}", "f", "g"]);
    }

    #[test]
    fn elixir_and_powershell() {
        let text = "a = \"b#{c(\"d\")}\" # \"no\"\n@doc \"\"\"\n\"e\"\n\"\"\"\n~s(f\") <> \"g\"";
        assert_eq!(
            literals(text, Dialect::Elixir),
            ["b#{c(\"d\")}", "d", "\n\"e\"\n", "g"]
        );
        let text = "<# 'no' #> $a = 'b''c' # 'no'\n\"d`\"$(f 'g')\"\n@'\nit's\n'@\n\"h\"";
        assert_eq!(
            literals(text, Dialect::PowerShell),
            ["b''c", "d`\"$(f 'g')", "g", "it's", "h"]
        );
    }
}
