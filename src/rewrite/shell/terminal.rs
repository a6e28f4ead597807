//! Would a command print what its words or its input hold?
//!
//! A look-up in `echo TOKEN` would print the secret when the code runs again,
//! so such a place gets the mask. `echo … > file`, `echo … | login` and
//! `X=$(echo …)` do not print, and keep the look-up.

use std::ops::Range;

use crate::syntax::shell::{HereDoc, Piece, PieceKind, Token, TokenKind};

/// Commands that print their words.
const PRINTERS: [&str; 3] = ["echo", "printf", "print"];

/// Commands that pass on what they read, some of it or all.
const FILTERS: [&str; 29] = [
    "awk", "base64", "cat", "column", "cut", "egrep", "fold", "gawk", "grep", "head", "hexdump",
    "jq", "less", "more", "nl", "od", "paste", "rev", "sed", "sort", "strings", "tac", "tail",
    "tee", "tr", "uniq", "xxd", "yq", "zcat",
];

/// Builtins whose words are assignments.
pub(super) const DECLARING: [&str; 5] = ["export", "declare", "typeset", "readonly", "local"];

/// Words before a command that are not its name.
const BEFORE: [&str; 20] = [
    "!", "builtin", "command", "do", "elif", "else", "env", "exec", "if", "in", "nohup", "sudo",
    "then", "time", "timeout", "until", "while", "{", "}", "nice",
];

/// Commands that run their words, or a script in one of them.
const RUNNERS: [&str; 11] = [
    "bash", "sh", "zsh", "dash", "ksh", "eval", "ssh", "xargs", "find", "watch", "parallel",
];

/// Others that run a script in one of their words, beside Python.
const INTERPRETERS: [&str; 8] = [
    "node", "deno", "bun", "perl", "ruby", "php", "Rscript", "julia",
];

/// How such scripts print, beside `print`.
const WRITERS: [&str; 5] = ["console.", "puts", "say ", "stdout", "message("];

/// Whether the token at `index` ends up on the terminal.
///
/// `outer` lists the token lists around it, innermost last: a command
/// substitution prints only if what it is a word of does.
pub(super) fn prints(script: &str, path: &[(&[Token], usize)]) -> bool {
    !path.is_empty()
        && path
            .iter()
            .all(|&(tokens, index)| reaches_terminal(script, tokens, index))
}

fn reaches_terminal(script: &str, tokens: &[Token], index: usize) -> bool {
    let (index, fed) = match tokens.get(index).map(|token| &token.kind) {
        Some(TokenKind::HereDoc(here)) => (operator_of(tokens, here, index), true),
        _ => (index, is_here_string(script, tokens, index)),
    };
    let mut command = command_at(tokens, index);
    if !shows(script, tokens, command.clone(), index, fed) {
        return false;
    }
    loop {
        if redirected(script, tokens, command.clone()) {
            return false;
        }
        let piped = tokens
            .get(command.end)
            .and_then(|token| script.get(token.span.clone()))
            .is_some_and(|sign| matches!(sign, "|" | "|&"));
        if !piped {
            return true;
        }
        let next = command_at(tokens, command.end + 1);
        if next.is_empty() || !name(script, tokens, next.clone()).is_some_and(is_filter) {
            return false;
        }
        command = next;
    }
}

/// Whether the command shows this word of it, or this input.
fn shows(script: &str, tokens: &[Token], command: Range<usize>, index: usize, fed: bool) -> bool {
    let Some(name) = name(script, tokens, command.clone()) else {
        return false;
    };
    if PRINTERS.contains(&name) {
        return true;
    }
    if name == "sed"
        && has_word(script, tokens, command.clone(), |word| {
            word.starts_with("-i")
        })
    {
        return false;
    }
    if RUNNERS.contains(&name) {
        let own = tokens
            .get(index)
            .and_then(|token| script.get(token.span.clone()));
        return !own.is_some_and(|word| word.contains('>'))
            && has_word(script, tokens, command, names_a_printer);
    }
    if is_python(name) || INTERPRETERS.contains(&name) {
        let own = tokens
            .get(index)
            .and_then(|token| script.get(token.span.clone()));
        if own.is_some_and(|word| names_a_printer(word) || WRITERS.iter().any(|w| word.contains(w)))
        {
            return true;
        }
    }
    // `python file --token X` does not show its words, `python <<EOF` might.
    is_filter(name) && (fed || !is_python(name))
}

fn names_a_printer(word: &str) -> bool {
    word.split(|c: char| !c.is_alphanumeric())
        .any(|part| PRINTERS.contains(&part) || FILTERS.contains(&part))
}

fn is_filter(name: &str) -> bool {
    FILTERS.contains(&name) || is_python(name)
}

fn is_python(name: &str) -> bool {
    name.trim_end_matches(|c: char| c.is_ascii_digit() || c == '.') == "python"
}

/// The token of the `<<` that a here-document belongs to.
fn operator_of(tokens: &[Token], here: &HereDoc, otherwise: usize) -> usize {
    tokens
        .iter()
        .position(|token| token.kind == TokenKind::Redirect && token.span.contains(&here.operator))
        .unwrap_or(otherwise)
}

fn is_here_string(script: &str, tokens: &[Token], index: usize) -> bool {
    index
        .checked_sub(1)
        .and_then(|before| tokens.get(before))
        .filter(|token| token.kind == TokenKind::Redirect)
        .and_then(|token| script.get(token.span.clone()))
        .is_some_and(|sign| sign.ends_with("<<<"))
}

/// The simple command around the token at `index`: the tokens between two
/// operators.
pub(super) fn command_at(tokens: &[Token], index: usize) -> Range<usize> {
    let ends = |token: &Token| !matches!(token.kind, TokenKind::Word(_) | TokenKind::Redirect);
    let index = index.min(tokens.len());
    let start = tokens
        .get(..index)
        .and_then(|before| before.iter().rposition(ends))
        .map_or(0, |operator| operator + 1);
    let end = tokens
        .get(index..)
        .and_then(|after| after.iter().position(ends))
        .map_or(tokens.len(), |operator| index + operator);
    start..end
}

/// The words of a command with their indices; files of redirections are none.
pub(super) fn words<'s>(
    script: &'s str,
    tokens: &[Token],
    command: Range<usize>,
) -> Vec<(usize, &'s str)> {
    let mut words = Vec::new();
    let mut after_redirect = false;
    for index in command {
        let Some(token) = tokens.get(index) else {
            break;
        };
        let is_word = matches!(token.kind, TokenKind::Word(_));
        if is_word
            && !after_redirect
            && let Some(text) = script.get(token.span.clone())
        {
            words.push((index, text));
        }
        after_redirect = token.kind == TokenKind::Redirect;
    }
    words
}

fn has_word(
    script: &str,
    tokens: &[Token],
    command: Range<usize>,
    is: impl Fn(&str) -> bool,
) -> bool {
    words(script, tokens, command)
        .iter()
        .any(|(_, word)| is(word))
}

/// The name of a command without its folder.
pub(super) fn name<'s>(
    script: &'s str,
    tokens: &[Token],
    command: Range<usize>,
) -> Option<&'s str> {
    words(script, tokens, command)
        .into_iter()
        .map(|(_, word)| word)
        .find(|word| {
            !BEFORE.contains(word)
                && !word.starts_with('-')
                && !word.starts_with(|c: char| c.is_ascii_digit())
                && assigned_name(word).is_none()
        })
        .map(|word| word.rsplit('/').next().unwrap_or(word))
}

/// The name that a word such as `NAME=value` assigns to.
pub(super) fn assigned_name(word: &str) -> Option<&str> {
    let (name, _) = word.split_once('=')?;
    let name = name.strip_suffix('+').unwrap_or(name);
    let starts_well = name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_');
    let is_name = name.bytes().all(crate::syntax::shell::is_name);
    (starts_well && is_name).then_some(name)
}

/// Whether the innermost token of the path sets a variable of the shell.
pub(super) fn sets(script: &str, path: &[(&[Token], usize)]) -> bool {
    let Some(&(tokens, index)) = path.last() else {
        return false;
    };
    let before = words(script, tokens, command_at(tokens, index));
    let mut before = before.iter().take_while(|(at, _)| *at <= index);
    let own = before.clone().last().map(|(_, word)| *word);
    own.and_then(assigned_name).is_some()
        && before.all(|(_, word)| DECLARING.contains(word) || assigned_name(word).is_some())
}

/// Whether a line is one of a session: what stands behind a prompt.
pub(super) fn is_prompt(line: &str) -> bool {
    let line = line.trim_start();
    line.starts_with("$ ")
        || line.starts_with("% ")
        || line.contains("]$ ")
        || line.contains(":~$ ")
}

/// Whether standard output goes to a file.
fn redirected(script: &str, tokens: &[Token], command: Range<usize>) -> bool {
    let mut to_file = false;
    for index in command {
        let Some(token) = tokens.get(index) else {
            break;
        };
        if token.kind != TokenKind::Redirect {
            continue;
        }
        let sign = script.get(token.span.clone()).unwrap_or("");
        let output = sign.contains('>') && !sign.starts_with('<');
        let of_stdout = sign.starts_with(['>', '&', '1']);
        let file = tokens
            .get(index + 1)
            .and_then(|file| script.get(file.span.clone()))
            .unwrap_or("");
        if output && of_stdout {
            let terminal = sign.ends_with(">&") && file.bytes().all(|byte| byte.is_ascii_digit());
            let device = ["/dev/stdout", "/dev/stderr", "/dev/tty"].contains(&file);
            to_file = !terminal && !device;
        }
    }
    to_file
}

/// The way down to the token that holds `span`: the token lists, outermost
/// first, and the index in each.
pub(super) fn path_to<'t>(tokens: &'t [Token], span: &Range<usize>) -> Vec<(&'t [Token], usize)> {
    let mut path = Vec::new();
    let mut level = Some(tokens);
    while let Some(tokens) = level {
        let after = tokens.partition_point(|token| token.span.start <= span.start);
        let holder = tokens[..after]
            .iter()
            .rposition(|token| holds(&token.span, span));
        let Some(index) = holder else {
            break;
        };
        path.push((tokens, index));
        level = match tokens.get(index).map(|token| &token.kind) {
            Some(TokenKind::Word(pieces)) => script_within(pieces, span),
            Some(TokenKind::HereDoc(here)) => script_within(&here.inner, span),
            _ => None,
        };
    }
    path
}

/// The script of the substitution that holds `span`.
fn script_within<'t>(pieces: &'t [Piece], span: &Range<usize>) -> Option<&'t [Token]> {
    let piece = pieces.iter().find(|piece| holds(&piece.content, span))?;
    match &piece.kind {
        PieceKind::Substitution(tokens) => Some(tokens),
        PieceKind::Double(inner) => script_within(inner, span),
        _ => None,
    }
}

pub(super) fn holds(outer: &Range<usize>, inner: &Range<usize>) -> bool {
    outer.start <= inner.start && inner.end <= outer.end
}
