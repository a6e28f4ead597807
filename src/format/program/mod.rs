//! Programs: a file in one language, told by its name, by its ending or by its
//! first line. The whole file is one scope.
//!
//! What is only masked is cut into blocks of lines, and so is what is too long
//! to be a program: then it is data, and reading it as code would take much
//! memory for little.

mod browser;

use super::parts::{Part, Parts};
use super::{Format, Hint, plain};
use crate::region::{Language, Role};
use crate::syntax::strings::{self, Dialect};
use crate::syntax::{dockerfile, language, shell};

/// Programs.
pub(super) const FORMAT: Format = Format {
    title: "a program",
    is_told: |hint| language_of(hint).is_some(),
    open: |hint| Ok(Box::new(open(hint))),
    is_strict: false,
};

/// A longer program is data: bundles, dumps, tables.
const LONGEST: usize = 8 * 1024 * 1024;

/// The language of a file that is a program.
fn language_of(hint: &Hint<'_>) -> Option<Language> {
    let name = hint.name();
    let by_name = language::of_file(&name);
    let language = match hint.interpreter() {
        // The ending says more than a first line, which may call anything.
        Some(program) if by_name == Language::Other => language::of_program(program),
        _ => by_name,
    };
    let is_markup = hint.first_line().starts_with('<') && language == Language::JavaScript;
    (is_program(language) && !is_markup).then(|| place(hint, language))
}

/// Whether a language is one of programs, not of configuration or prose.
fn is_program(language: Language) -> bool {
    !matches!(
        language,
        Language::Dotenv
            | Language::Json
            | Language::Yaml
            | Language::Toml
            | Language::Ini
            | Language::Html
            | Language::Markdown
            | Language::Other
    )
}

/// The language with the place in mind: where a program has no environment to
/// look in, nothing can be looked up.
fn place(hint: &Hint<'_>, language: Language) -> Language {
    match language {
        Language::JavaScript if browser::runs_in_one(hint) => Language::BrowserScript,
        Language::Java | Language::Kotlin if is_for_a_phone(hint.text) => Language::AnyCode,
        _ => language,
    }
}

/// Android has an environment, but nobody who could set a variable in it.
fn is_for_a_phone(text: &str) -> bool {
    ["import android.", "import androidx."]
        .iter()
        .any(|sign| memchr::memmem::find(text.as_bytes(), sign.as_bytes()).is_some())
}

fn open<'t>(hint: &Hint<'t>) -> Parts<'t> {
    let text = hint.text;
    let language = language_of(hint).unwrap_or(Language::AnyCode);
    let only_masked = matches!(
        language,
        Language::AnyCode | Language::Sql | Language::BrowserScript
    );
    if only_masked || text.len() > LONGEST {
        let language = match language {
            Language::Sql => language,
            _ => Language::AnyCode,
        };
        let blocks =
            plain::blocks(text, 0..text.len()).map(|span| Part::new(span, Role::Code(language)));
        return Parts::new(text, blocks.collect());
    }
    let whole = Part::program(0..text.len(), language);
    Parts::new(text, vec![whole]).with_bones(bones(text, language))
}

/// What stays as it is in a program, whatever is edited: how many comments it
/// has, how many here-documents, how many strings that are not closed.
fn bones(text: &str, language: Language) -> Vec<String> {
    let Some(dialect) = dialect(language) else {
        return match language {
            Language::Shell => shell_bones(text),
            Language::Dockerfile => dockerfile::instructions(text)
                .into_iter()
                .map(|instruction| instruction.keyword)
                .collect(),
            _ => Vec::new(),
        };
    };
    let tokens = strings::lex(text, dialect);
    let count = |kind: &strings::TokenKind| tokens.iter().filter(|it| it.kind == *kind).count();
    vec![
        format!("{} comments", count(&strings::TokenKind::Comment)),
        format!("{} other tokens", count(&strings::TokenKind::Opaque)),
    ]
}

/// How the strings of a language are read, if a lexer knows it.
pub(crate) fn dialect(language: Language) -> Option<Dialect> {
    Some(match language {
        Language::R => Dialect::R,
        Language::Julia => Dialect::Julia,
        Language::JavaScript => Dialect::JavaScript,
        Language::Scala => Dialect::Scala,
        Language::Java => Dialect::Java,
        Language::Kotlin => Dialect::Kotlin,
        Language::CSharp => Dialect::CSharp,
        Language::Go => Dialect::Go,
        Language::Rust => Dialect::Rust,
        Language::Ruby => Dialect::Ruby,
        Language::Php => Dialect::Php,
        Language::Elixir => Dialect::Elixir,
        Language::PowerShell => Dialect::PowerShell,
        _ => return None,
    })
}

fn shell_bones(text: &str) -> Vec<String> {
    let tokens = shell::lex(text);
    let count = |is: fn(&shell::TokenKind) -> bool| tokens.iter().filter(|it| is(&it.kind)).count();
    let comments = count(|kind| *kind == shell::TokenKind::Comment);
    let operators = count(|kind| *kind == shell::TokenKind::Operator);
    let here = count(|kind| matches!(kind, shell::TokenKind::HereDoc(_)));
    vec![format!(
        "{comments} comments, {operators} operators, {here} here-documents"
    )]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::Path;

    fn told(path: &str, text: &str) -> Option<Language> {
        language_of(&Hint::new(Path::new(path), text))
    }

    #[test]
    fn by_name_then_by_the_first_line() {
        assert_eq!(told("train.py", ""), Some(Language::Python));
        assert_eq!(
            told("run", "#!/usr/bin/env python3\n"),
            Some(Language::Python)
        );
        assert_eq!(told("run", "#!/bin/sh -e\n"), Some(Language::Shell));
        assert_eq!(told("run.js", "#!/bin/sh\n"), Some(Language::JavaScript));
        assert_eq!(told("run", "import os\n"), None);
        assert_eq!(told("config.yaml", "#!/bin/sh\n"), None);
        assert_eq!(told("notes.txt", "#!/bin/sh\n"), None);
        // A translation of Qt's.
        assert_eq!(
            told("de.ts", "<?xml version=\"1.0\"?>\n<!DOCTYPE TS>"),
            None
        );
    }

    #[test]
    fn where_it_runs_decides() {
        let android = "package a\nimport android.app.Activity\n";
        assert_eq!(told("A.kt", android), Some(Language::AnyCode));
        assert_eq!(told("A.kt", "package a\n"), Some(Language::Kotlin));
    }

    #[test]
    fn what_is_too_long_to_be_a_program_is_cut() {
        let line = format!("x = \"{}\"\n", "y".repeat(990));
        let long = line.repeat(LONGEST / line.len() + 2);
        let hint = Hint::new(Path::new("a.py"), &long);
        let regions = super::super::Opened::regions(&open(&hint), &|_| true);
        assert!(regions.len() > 10);
        assert_eq!(regions[0].role, Role::Code(Language::AnyCode));
    }
}
