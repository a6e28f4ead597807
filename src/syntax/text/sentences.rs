//! Sentences: `my API key is …`, `Password for user ada: …`, and the clauses of
//! SQL, `IDENTIFIED BY '…'`.

use std::ops::Range;

use super::TextKind;
use super::value;
use crate::parts::Parts;
use crate::syntax::{Binding, Via};

/// What joins a name and its value in a sentence.
const VERBS: [&str; 4] = [" is ", " was ", " ist ", " = "];

/// Reads sentences and clauses.
pub(super) fn read(
    text: &str,
    parts: &Parts,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    for verb in VERBS {
        let verbs = |part| memchr::memmem::find_iter(part, verb.as_bytes());
        for at in parts.find(text.as_bytes(), verbs) {
            let name = names_before(text, at).find(|name| wanted(&text[name.clone()]));
            if let Some(name) = name {
                found.extend(bound(text, name, at + verb.len()));
            }
        }
    }
    let marked = |part| memchr::memmem::find_iter(part, b" `");
    for at in parts.find(text.as_bytes(), marked) {
        // ``the user `admin` with password `…` ``
        let name = names_before(text, at).find(|name| wanted(&text[name.clone()]));
        if let Some(name) = name {
            found.extend(bound(text, name, at + 1));
        }
    }
    let prompts = |part| memchr::memmem::find_iter(part, b" for ");
    for at in parts.find(text.as_bytes(), prompts) {
        prompt(text, at, wanted, found);
    }
    read_clauses(text, parts, wanted, found);
}

/// The two words before `at`, and the last of them.
fn names_before(text: &str, at: usize) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let word = |end: usize| {
        let is_part = |byte: &&u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
        end - bytes[..end]
            .iter()
            .rev()
            .take(64)
            .take_while(is_part)
            .count()
    };
    let last = word(at);
    let spaced = last.checked_sub(1).filter(|&space| bytes[space] == b' ');
    let both = spaced.map(word).filter(|&start| start + 1 < last);
    [both, Some(last).filter(|&start| start < at)]
        .into_iter()
        .flatten()
        .map(move |start| start..at)
}

fn bound(text: &str, name: Range<usize>, at: usize) -> Option<Binding> {
    let at = at + text[at..].len() - text[at..].trim_start_matches(['*', ' ', ':']).len();
    let value = value::quoted(text, at, TextKind::Output)
        .or_else(|| value::bare(text, at, TextKind::Output))?;
    Some(Binding {
        name: text[name].to_owned(),
        span: value.span,
        value: value.text,
        via: Via::Sentence,
    })
}

/// `Password for user ada: …`, on one line.
fn prompt(text: &str, at: usize, wanted: &dyn Fn(&str) -> bool, found: &mut Vec<Binding>) {
    let Some(name) = names_before(text, at).find(|name| wanted(&text[name.clone()])) else {
        return;
    };
    let line = &text[at..value::floor(text, at + 120)];
    let line = line.split('\n').next().unwrap_or(line);
    if let Some(colon) = line.find(": ") {
        found.extend(bound(text, name, at + colon + 2));
    }
}

/// Clauses of SQL that a quoted value follows, and what it is.
const CLAUSES: [(&str, &str); 6] = [
    ("identified by ", "password"),
    ("password ", "password"),
    ("secret ", "secret"),
    ("access_key_id ", "access_key"),
    ("secret_access_key ", "secret_key"),
    ("session_token ", "session_token"),
];

/// `identified with caching_sha2_password by `, which names how the password is
/// kept (dev.mysql.com/doc/refman/8.4/en/create-user.html); `as` has a hash behind it.
fn with_plugin(head: &str) -> Option<&'static (&'static str, &'static str)> {
    const BY: (&str, &str) = (" by ", "password");
    let (_, plugin) = head.strip_suffix(BY.0)?.rsplit_once("identified with ")?;
    (!plugin.contains(char::is_whitespace)).then_some(&BY)
}

/// Reads the clauses of SQL: a word, and a literal in single quotes.
pub(super) fn read_clauses(
    text: &str,
    parts: &Parts,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let clauses = |part| memchr::memmem::find_iter(part, b" '");
    for at in parts.find(text.as_bytes(), clauses) {
        let before = value::floor(text, at.saturating_sub(60));
        let head = text[before..=at].to_ascii_lowercase();
        let clause = CLAUSES.iter().find(|(clause, _)| {
            let begins = head.strip_suffix(clause);
            begins.is_some_and(|rest| {
                // Migrations of a database are revisions identified by hashes.
                !rest.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '_')
                    && !rest.ends_with("revision ")
            })
        });
        let clause = clause.or_else(|| with_plugin(&head));
        let clause = clause.filter(|(_, name)| wanted(name));
        let clause = clause.filter(|(clause, _)| {
            // `revision identified by '…'` is no SQL.
            let line = &text[value::floor(text, at.saturating_sub(200))..at];
            let line = line.to_ascii_lowercase();
            let of_user = line.contains("user") || line.contains("role");
            !matches!(*clause, "identified by " | " by ") || of_user
        });
        let value = value::quoted(text, at + 1, TextKind::Output);
        if let (Some((_, name)), Some(value)) = (clause, value) {
            found.push(Binding {
                name: (*name).to_owned(),
                span: value.span,
                value: value.text,
                via: Via::Key,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::bindings;
    use super::*;

    fn read_as(text: &str, kind: TextKind) -> Vec<(String, String)> {
        let wanted = |name: &str| {
            let name = name.to_lowercase().replace(' ', "_");
            ["api_key", "password", "secret"].contains(&name.as_str())
        };
        bindings(text, kind, &wanted)
            .into_iter()
            .map(|binding| (binding.name.to_lowercase(), binding.value))
            .collect()
    }

    #[test]
    fn a_sentence_says_what_a_value_is() {
        for (text, name) in [
            ("My API key is vvv9.", "api key"),
            ("the password is `vvv9`", "password"),
            ("Password for user ada: vvv9", "password"),
        ] {
            let all = read_as(text, TextKind::Prose);
            let wanted = (name.to_owned(), "vvv9".to_owned());
            assert!(all.contains(&wanted), "{text}: {all:?}");
        }
    }

    #[test]
    fn clauses_of_sql() {
        for text in [
            "CREATE USER ada WITH PASSWORD 'vvv9'",
            "create user 'ada'@'%' identified by 'vvv9'",
            "ALTER USER ada IDENTIFIED WITH mysql_native_password BY 'vvv9'",
        ] {
            let all = read_as(text, TextKind::Code);
            assert_eq!(all, [("password".to_owned(), "vvv9".to_owned())], "{text}");
        }
        assert!(read_as("WHERE password = 'x' AND y LIKE 'vvv9'", TextKind::Code).len() == 1);
    }
}
