//! Flags of commands: `--token value`, `-p value` of the commands whose `-p`
//! is a password, `login value`.

use std::ops::Range;

use super::TextKind;
use super::value;
use crate::parts::Parts;
use crate::syntax::{Binding, Via};

/// Reads `--name value` wherever it stands: in commands, in program text that
/// starts them, in help that was printed. (`--name=value` is a pair.)
pub(super) fn read(
    text: &str,
    parts: &Parts,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let bytes = text.as_bytes();
    for at in parts.find(bytes, |part| memchr::memmem::find_iter(part, b"--")) {
        let start = at + 2;
        let length = bytes[start..]
            .iter()
            .take(64)
            .take_while(|b| b.is_ascii_alphanumeric() || **b == b'-' || **b == b'_')
            .count();
        let end = start + length;
        let spaces = bytes[end..]
            .iter()
            .take(16)
            .take_while(|b| **b == b' ')
            .count();
        let name = &text[start..end];
        if spaces == 0 || name.is_empty() || name.starts_with('-') || !wanted(name) {
            continue;
        }
        let at = end + spaces;
        let value = value::quoted(text, at, TextKind::Shell)
            .or_else(|| value::bare(text, at, TextKind::Shell))
            .filter(|value| !value.text.starts_with('-'));
        found.extend(value.map(|value| Binding {
            name: name.to_owned(),
            span: value.span,
            value: value.text,
            via: Via::Flag,
        }));
    }
}

/// A word of a command line: its span without quotes.
struct Word<'a> {
    span: Range<usize>,
    text: &'a str,
}

/// Reads what only commands tell: short flags, `login value`, `set name value`.
pub(super) fn read_commands(
    text: &str,
    parts: &Parts,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    for (start, line) in parts.lines(text) {
        let words = words(line, start);
        short_flags(&words, wanted, found);
        logins(&words, wanted, found);
        settings(&words, wanted, found);
    }
}

/// Reads `login value`, which people also write down and programs print.
pub(super) fn read_logins(
    text: &str,
    parts: &Parts,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    if memchr::memmem::find(text.as_bytes(), b" login ").is_none() {
        return;
    }
    for (start, line) in parts.lines(text) {
        logins(&words(line, start), wanted, found);
    }
}

/// Reads `ConvertTo-SecureString "value"` of PowerShell.
pub(super) fn read_secure_strings(
    text: &str,
    parts: &Parts,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    const COMMAND: &str = "ConvertTo-SecureString ";
    let commands = |part| memchr::memmem::find_iter(part, COMMAND.as_bytes());
    for at in parts.find(text.as_bytes(), commands) {
        let mut rest = &text[at + COMMAND.len()..];
        for switch in ["-String ", "-AsPlainText ", "-Force "] {
            rest = rest.trim_start().strip_prefix(switch).unwrap_or(rest);
        }
        let rest = rest.trim_start_matches(' ');
        let value = value::quoted(text, text.len() - rest.len(), TextKind::Code);
        found.extend(
            value
                .filter(|_| wanted("password"))
                .map(|value| of_password(value.span, &value.text)),
        );
    }
}

fn words(line: &str, start: usize) -> Vec<Word<'_>> {
    let bytes = line.as_bytes();
    let mut words = Vec::new();
    let mut at = 0;
    while at < bytes.len() && words.len() < MOST_WORDS {
        if bytes[at].is_ascii_whitespace() {
            at += 1;
            continue;
        }
        let (from, to, next) = word_at(bytes, at);
        if let Some(text) = line.get(from..to) {
            words.push(Word {
                span: start + from..start + to,
                text,
            });
        }
        at = next;
    }
    words
}

/// The word at `at`: where its text starts and ends, and what follows it.
fn word_at(bytes: &[u8], at: usize) -> (usize, usize, usize) {
    let quote = bytes[at];
    if matches!(quote, b'"' | b'\'')
        && let Some(length) = memchr::memchr(quote, &bytes[at + 1..])
    {
        return (at + 1, at + 1 + length, at + 2 + length);
    }
    let length = bytes[at..]
        .iter()
        .take_while(|b| !b.is_ascii_whitespace())
        .count();
    (at, at + length, at + length)
}

/// More words than a command has.
const MOST_WORDS: usize = 4096;

/// Commands with a short flag whose value is a password.
const SHORT: &[(&str, &str)] = &[
    ("mysql", "-p"),
    ("mysqldump", "-p"),
    ("mysqladmin", "-p"),
    ("mariadb", "-p"),
    ("sshpass", "-p"),
    ("docker", "-p"),
    ("podman", "-p"),
    ("mongo", "-p"),
    ("mongosh", "-p"),
    ("mongoimport", "-p"),
    ("mongodump", "-p"),
    ("redis-cli", "-a"),
    ("unzip", "-P"),
    ("zip", "-P"),
    ("curl", "-u"),
    ("twine", "-p"),
    ("sqlcmd", "-P"),
    ("bcp", "-P"),
    ("ldapsearch", "-w"),
    ("curl", "--user"),
    ("curl", "-b"),
];

fn short_flags(words: &[Word], wanted: &dyn Fn(&str) -> bool, found: &mut Vec<Binding>) {
    let command = words.iter().position(|word| {
        let name = word.text.trim_start_matches('!');
        let name = name.rsplit('/').next().unwrap_or(name);
        SHORT.iter().any(|(command, _)| *command == name)
    });
    let Some(command) = command.filter(|_| wanted("password")) else {
        return;
    };
    let name = words[command].text.trim_start_matches('!');
    let name = name.rsplit('/').next().unwrap_or(name);
    let flags = || {
        SHORT
            .iter()
            .filter(|(of, _)| *of == name)
            .map(|(_, flag)| *flag)
    };
    let runs_container = matches!(name, "docker" | "podman");
    if runs_container
        && words
            .get(command + 1)
            .is_none_or(|word| word.text != "login")
    {
        return;
    }
    // With a space between, the next word is the database.
    let is_attached = name.starts_with("mysql") || name == "mariadb";
    for pair in words[command..].windows(2).filter(|_| !is_attached) {
        if flags().any(|flag| flag == pair[0].text) && !pair[1].text.starts_with('-') {
            found.extend(match pair[0].text {
                "-b" => Some(of_cookie(&pair[1])),
                _ => password(&pair[1], name == "curl"),
            });
        }
    }
    for word in &words[command..] {
        let attached = flags().find(|flag| {
            flag.len() == 2 && word.text.starts_with(flag) && word.text.len() > flag.len()
        });
        if attached.is_some() && !matches!(name, "curl" | "docker" | "podman") {
            let value = &word.text[2..];
            let inner = ['\'', '"']
                .into_iter()
                .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote));
            let start = word.span.start + 2 + usize::from(inner.is_some());
            let value = inner.unwrap_or(value);
            found.push(of_password(start..start + value.len(), value));
        }
    }
}

/// The password in a flag's value; with `user:` before it for curl.
fn password(word: &Word, with_user: bool) -> Option<Binding> {
    let skipped = match with_user {
        true => word.text.find(':')? + 1,
        false => 0,
    };
    let value = word.text.get(skipped..).filter(|value| !value.is_empty())?;
    Some(of_password(word.span.start + skipped..word.span.end, value))
}

fn of_password(span: Range<usize>, value: &str) -> Binding {
    Binding {
        name: "password".to_owned(),
        span,
        value: value.to_owned(),
        via: Via::Flag,
    }
}

fn of_cookie(word: &Word) -> Binding {
    Binding {
        name: "cookie".to_owned(),
        span: word.span.clone(),
        value: word.text.to_owned(),
        via: Via::Header,
    }
}

/// `wandb login VALUE` is the call `wandb.login:0`.
fn logins(words: &[Word], wanted: &dyn Fn(&str) -> bool, found: &mut Vec<Binding>) {
    for (at, pair) in words.windows(2).enumerate() {
        if pair[1].text != "login" {
            continue;
        }
        let command = pair[0].text.trim_start_matches(['!', '`', '#', '"', '\'']);
        let name = format!("{command}.login:0");
        let value = words[at + 2..]
            .iter()
            .find(|word| !word.text.starts_with('-'));
        if let Some(value) = value.filter(|_| wanted(&name)) {
            let text = value.text.trim_end_matches(['`', '"', '\'', ';', ')', '.']);
            let span = value.span.start..value.span.start + text.len();
            found.push(of_word(name, &Word { span, text }, Via::Position));
        }
    }
}

/// `%env NAME value`, `ENV NAME value` of a Dockerfile, `aws configure set NAME value`, `ngrok authtoken value`.
fn settings(words: &[Word], wanted: &dyn Fn(&str) -> bool, found: &mut Vec<Binding>) {
    for (at, pair) in words.windows(2).enumerate() {
        let before = at.checked_sub(1).and_then(|at| words.get(at));
        let set = before.is_some_and(|word| {
            let setters = [
                "set", "setx", "%env", "%set_env", "setenv", "SET", "ENV", "-x",
            ];
            setters.contains(&word.text)
        });
        let name = pair[0].text;
        let itself = matches!(name, "authtoken" | "add-authtoken");
        if (set || itself) && !name.contains('=') && wanted(name) {
            // `aws configure set` takes the names of a configuration.
            let is_variable = set && !name.bytes().any(|b| b.is_ascii_lowercase());
            let via = if is_variable {
                Via::Environment
            } else {
                Via::Key
            };
            found.push(of_word(name.to_owned(), &pair[1], via));
        }
    }
}

fn of_word(name: String, word: &Word, via: Via) -> Binding {
    Binding {
        name,
        span: word.span.clone(),
        value: word.text.to_owned(),
        via,
    }
}
