//! Plain text and configuration: what binds a name to a value where there is
//! no parser to ask.
//!
//! One reader for all of them, since the same shapes stand everywhere: JSON
//! in a log, a header in a shell command, a URL in a table. What differs is
//! what counts as a value: program text must quote it, printed text need not.
//! Every reader is linear in the text.

mod cookies;
mod flags;
mod html;
mod pairs;
mod sentences;
mod table;
mod urls;
mod value;

use super::{Binding, Via};
use crate::parts::Parts;
use crate::region::Language;

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TextKind {
    /// What a program printed.
    Output,
    /// Text for people.
    Prose,
    /// `.env` files.
    Dotenv,
    /// JSON, also when it does not parse.
    Json,
    /// YAML.
    Yaml,
    /// TOML.
    Toml,
    /// INI and its relatives.
    Ini,
    /// Shell commands.
    Shell,
    /// Program text: only quoted values count.
    Code,
    /// HTML, with its scripts.
    Html,
}

impl TextKind {
    /// How text in a language is read if there is no better reader.
    pub fn of(language: Language) -> Self {
        match language {
            Language::Shell | Language::Console | Language::Dockerfile | Language::Makefile => {
                Self::Shell
            }
            Language::Dotenv => Self::Dotenv,
            Language::Json => Self::Json,
            Language::Yaml => Self::Yaml,
            Language::Toml => Self::Toml,
            Language::Ini => Self::Ini,
            Language::Html => Self::Html,
            Language::Markdown => Self::Prose,
            Language::Other => Self::Output,
            Language::Python
            | Language::R
            | Language::Julia
            | Language::JavaScript
            | Language::Scala
            | Language::Java
            | Language::Kotlin
            | Language::CSharp
            | Language::Go
            | Language::Rust
            | Language::Ruby
            | Language::Php
            | Language::Elixir
            | Language::PowerShell
            | Language::AnyCode
            | Language::BrowserScript
            | Language::Sql => Self::Code,
        }
    }

    /// Whether a value may stand without quotes.
    fn takes_bare(self) -> bool {
        !matches!(self, Self::Json | Self::Toml | Self::Code | Self::Html)
    }

    /// Whether a value without quotes goes on to the end of its line.
    fn takes_lines(self) -> bool {
        matches!(self, Self::Dotenv | Self::Yaml | Self::Ini)
    }
}

/// The bindings of a text whose names are `wanted`, by where they stand.
///
/// `wanted` is asked for every name before its value is read; names are given
/// as written, flags without dashes, positional arguments as `callee:index`.
pub fn bindings(text: &str, kind: TextKind, wanted: &dyn Fn(&str) -> bool) -> Vec<Binding> {
    bindings_in(text, &Parts::whole(text.len()), kind, wanted)
}

/// The bindings in parts of a text. The rest of it is read only as far as it
/// belongs to them: what stands before an operator, the header of a table.
pub fn bindings_in(
    text: &str,
    parts: &Parts,
    kind: TextKind,
    wanted: &dyn Fn(&str) -> bool,
) -> Vec<Binding> {
    let mut found = Vec::new();
    pairs::read(text, parts, kind, wanted, &mut found);
    urls::read(text, parts, wanted, &mut found);
    flags::read(text, parts, wanted, &mut found);
    match kind {
        TextKind::Shell => {
            flags::read_commands(text, parts, wanted, &mut found);
            sentences::read_clauses(text, parts, wanted, &mut found);
        }
        TextKind::Output | TextKind::Prose => {
            table::read(text, parts, wanted, &mut found);
            html::read_tables(text, parts, wanted, &mut found);
            sentences::read(text, parts, wanted, &mut found);
            cookies::read(text, parts, wanted, &mut found);
            flags::read_logins(text, parts, wanted, &mut found);
        }
        TextKind::Code => {
            sentences::read_clauses(text, parts, wanted, &mut found);
            flags::read_logins(text, parts, wanted, &mut found);
            flags::read_secure_strings(text, parts, wanted, &mut found);
        }
        TextKind::Html => {
            html::read(text, parts, wanted, &mut found);
            html::read_tables(text, parts, wanted, &mut found);
        }
        _ => {}
    }
    // A call says more of its argument than a keyword.
    found.sort_by_key(|binding| {
        let rest = binding.via != Via::Position;
        (binding.span.start, binding.span.end, rest)
    });
    found.dedup_by(|later, first| later.span == first.span);
    found
}

/// What only a command tells (`curl -u me:…`), in a line that a program gives to a
/// shell.
pub fn commands(line: &str) -> Vec<Binding> {
    let mut found = Vec::new();
    flags::read_commands(line, &Parts::whole(line.len()), &|_| true, &mut found);
    found
}

/// What a structure binds to a name: a whole text, without the scheme before
/// a token (`Bearer …`). A name in capitals is that of a variable.
pub fn whole(name: &str, text: &str) -> Binding {
    let start = pairs::scheme_length(text);
    Binding {
        name: name.to_owned(),
        span: start..text.len(),
        value: text.get(start..).unwrap_or_default().to_owned(),
        via: pairs::via_of_whole(name),
    }
}

/// Passwords in the user parts of URLs, wherever they stand in a text: for
/// readers of program text, which see only whole literals.
pub fn url_users(text: &str, wanted: &dyn Fn(&str) -> bool) -> Vec<Binding> {
    let mut found = Vec::new();
    urls::read(text, &Parts::whole(text.len()), wanted, &mut found);
    found
}
