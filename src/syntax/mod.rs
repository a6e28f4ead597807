//! Reading code: what binds a name to a value, where literals lie, which
//! part of a cell is in which language. One file a language.
//!
//! These readers are shared by detection (which asks for names) and by
//! rewriting (which asks what may stand in a literal's place). They know
//! nothing of credentials.

pub(crate) mod cookies;
pub mod dockerfile;
pub mod language;
pub mod magic;
pub mod markdown;
pub mod markup;
pub mod python;
pub mod rst;
pub mod shell;
pub mod strings;
pub mod text;
pub(crate) mod typographic;

use std::ops::Range;

/// A name bound to a literal value by the structure of the text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Binding {
    /// The name as written: variable, keyword, key, attribute, header, flag.
    pub name: String,
    /// The span of the value in the text, without its quotes.
    pub span: Range<usize>,
    /// The value as the program would see it: unescaped, parts joined.
    pub value: String,
    /// How the name is bound.
    pub via: Via,
}

/// How a name is bound to a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Via {
    /// `name = value`, also attributes, annotations and walrus.
    Assignment,
    /// `f(name=value)`.
    Keyword,
    /// `f(value)`: the name is the dotted callee, a colon and the argument's
    /// index from 0: `wandb.login:0`.
    Position,
    /// `{"name": value}`, `d["name"] = value`, keys of JSON, YAML, TOML, INI.
    Key,
    /// A variable of the environment: `os.environ["NAME"] = value`,
    /// `%env NAME=value`, `export NAME=value`, `os.getenv("NAME", value)`.
    Environment,
    /// `def f(name=value)`.
    Default,
    /// `name == value`.
    Comparison,
    /// `--name value`, `-n value`.
    Flag,
    /// An HTTP header: `Authorization: value`.
    Header,
    /// User part of a URL: the name is `user` or `password`; also query
    /// parameters, then the name is the parameter's.
    Url,
    /// `NAME=value`, `NAME: value` in printed text.
    Text,
    /// `the NAME is value` in a sentence.
    Sentence,
}
