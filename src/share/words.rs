//! Which part of a text is words, and which is names that a program goes by: a
//! name that a person and a variable share is replaced in the words alone.

use std::ops::Range;

use crate::format::program;
use crate::region::{Language, Role};
use crate::syntax::python;
use crate::syntax::strings::{self, Token, TokenKind};

/// The words of a text.
#[derive(Debug)]
pub(super) enum Words {
    /// All of it.
    Text,
    /// All of it but the variables of a shell.
    Script,
    /// What stands in quotes or in a comment, as far as its line tells.
    Lines,
    /// What stands here: strings and comments, sorted.
    Spans(Vec<Range<usize>>),
}

impl Words {
    /// The words of a text in this role.
    pub(super) fn of(text: &str, role: &Role) -> Self {
        match role {
            Role::Code(language) => Self::of_code(text, *language),
            _ => Self::Text,
        }
    }

    fn of_code(text: &str, language: Language) -> Self {
        let language = match language {
            Language::BrowserScript => Language::JavaScript,
            language => language,
        };
        if let Some(dialect) = program::dialect(language) {
            let mut spans = Vec::new();
            gather(&strings::lex(text, dialect), &mut spans);
            return Self::Spans(spans);
        }
        match language {
            Language::Python => Self::Spans(python::parse(text).words()),
            Language::AnyCode | Language::Sql => Self::Lines,
            Language::Shell | Language::Console | Language::Makefile | Language::Dockerfile => {
                Self::Script
            }
            _ => Self::Text,
        }
    }

    /// Whether what stands at `span` of the text belongs to its words.
    pub(super) fn hold(&self, text: &str, span: &Range<usize>) -> bool {
        match self {
            Self::Text => true,
            Self::Script => !is_variable(text, span),
            Self::Lines => is_quoted(text, span.start),
            Self::Spans(spans) => {
                let before = spans.partition_point(|words| words.start <= span.start);
                let words = before.checked_sub(1).and_then(|last| spans.get(last));
                words.is_some_and(|words| span.end <= words.end) && !is_hole(text, span)
            }
        }
    }

    /// The same for an address of a person: a shell logs in at others.
    pub(super) fn hold_address(&self, text: &str, span: &Range<usize>) -> bool {
        match self {
            Self::Script => is_quoted(text, span.start),
            _ => self.hold(text, span),
        }
    }
}

/// Strings without the code in them, and comments.
fn gather(tokens: &[Token], into: &mut Vec<Range<usize>>) {
    for token in tokens {
        match &token.kind {
            TokenKind::Comment => into.push(token.span.clone()),
            TokenKind::Opaque => {}
            TokenKind::Literal(literal) => {
                let mut at = literal.content.start;
                for hole in &literal.holes {
                    into.push(at..hole.span.start);
                    gather(&hole.tokens, into);
                    at = hole.span.end;
                }
                into.push(at..literal.content.end);
            }
        }
    }
}

/// Whether the byte at `at` stands in quotes or in a comment, where no lexer
/// knows.
fn is_quoted(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let line = before.rsplit('\n').next().unwrap_or_default();
    let is_comment = line.contains('#') || line.contains("//");
    is_comment || line.matches(['"', '\'']).count() % 2 == 1 || line.ends_with('<')
}

/// `{name}` and `$name` in a string: a program puts a variable there.
fn is_hole(text: &str, span: &Range<usize>) -> bool {
    let (before, after) = around(text, span);
    before.ends_with('$') || before.ends_with('{') && after.starts_with('}')
}

/// A variable or a function of a shell: where it is set, and where it is read.
fn is_variable(text: &str, span: &Range<usize>) -> bool {
    const SETS: &[&str] = &["for", "read", "export", "local", "declare", "unset"];
    let (before, after) = around(text, span);
    let line = before.rsplit('\n').next().unwrap_or_default();
    let is_bare = line.is_empty() || line.ends_with([' ', '\t', ';', '(']);
    let last = line.split_whitespace().next_back();
    before.ends_with(['$', '{'])
        || is_bare && after.starts_with(['=', '('])
        || is_bare && last.is_some_and(|word| SETS.contains(&word))
}

fn around<'t>(text: &'t str, span: &Range<usize>) -> (&'t str, &'t str) {
    let part = |range: Option<&'t str>| range.unwrap_or_default();
    (part(text.get(..span.start)), part(text.get(span.end..)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The text with `ann` as `_` wherever it is one of the words.
    fn marked(text: &str, language: Language) -> String {
        let words = Words::of(text, &Role::Code(language));
        let spans = text
            .match_indices("ann")
            .map(|(at, name)| at..at + name.len());
        let edits: Vec<_> = spans
            .filter(|span| words.hold(text, span))
            .map(|span| crate::edit::Edit::replace(span, "_"))
            .collect();
        crate::edit::apply_str(text, &edits)
    }

    #[test]
    fn names_of_variables_are_no_words() {
        for (language, text, after) in [
            (
                Language::Python,
                "ann = f\"ann {ann} {d['ann']}\"  # ann\n'''\nann\n''' + '{ann}'",
                "ann = f\"_ {ann} {d['_']}\"  # _\n'''\n_\n''' + '{ann}'",
            ),
            (
                Language::JavaScript,
                "let ann = `ann ${ann + 'ann'}`; // ann",
                "let ann = `_ ${ann + '_'}`; // _",
            ),
            (Language::R, "ann <- c(ann, 'ann')", "ann <- c(ann, '_')"),
            (
                Language::Sql,
                "select ann from x -- # ann",
                "select ann from x -- # _",
            ),
            (
                Language::Shell,
                "ann=1\nfor ann in ann; do ssh ann@x $ann ${ann} --user=ann; done",
                "ann=1\nfor ann in _; do ssh _@x $ann ${ann} --user=_; done",
            ),
            (Language::Yaml, "owner: ann", "owner: _"),
        ] {
            assert_eq!(marked(text, language), after);
        }
    }
}
