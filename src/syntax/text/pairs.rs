//! Pairs: a name, an operator, a value.
//!
//! The operators are searched; from each the name is read backwards and, if
//! it is wanted, the value forwards. Both are bounded, so that no text is
//! slow.

use std::borrow::Cow;

use super::TextKind;
use super::value::{self, Value};
use crate::parts::Parts;
use crate::syntax::{Binding, Via, typographic};

/// No more of an address is asked for.
const LONGEST_QUERY: usize = 512;

/// Longer names are no names.
const LONGEST_NAME: usize = 120;

/// As Chinese and Japanese write it.
const WIDE_COLON: &[u8] = "：".as_bytes();

/// A name that stands before an operator.
struct Name<'t> {
    start: usize,
    text: Cow<'t, str>,
    via: Via,
}

/// Reads all pairs whose operators stand in the parts.
pub(super) fn read(
    text: &str,
    parts: &Parts,
    kind: TextKind,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let bytes = text.as_bytes();
    let wide = parts.find(bytes, |part| memchr::memmem::find_iter(part, WIDE_COLON));
    for at in wide {
        let name = name_before(text, at, kind).filter(|name| wanted(&name.text));
        found.extend(name.and_then(|name| bind(text, name, at + WIDE_COLON.len(), kind)));
    }
    for at in parts.find(bytes, |part| memchr::memchr3_iter(b'=', b':', b'<', part)) {
        let Some((before, after)) = operator(bytes, at) else {
            continue;
        };
        let comparison = bytes.get(at..at + 2) == Some(b"==");
        let Some(mut name) = name_before(text, before, kind) else {
            continue;
        };
        if !wanted(&name.text) {
            match declared(text, &name, kind).filter(|name| wanted(&name.text)) {
                Some(declared) => name = declared,
                None => continue,
            }
        }
        if comparison {
            name.via = Via::Comparison;
        }
        if name.via == Via::Url
            && kind == TextKind::Code
            && !is_of_query(bytes, &name, before, after)
        {
            name.via = Via::Assignment;
        }
        found.extend(bind(text, name, after, kind));
    }
    if kind == TextKind::Code || kind == TextKind::Html || kind.takes_bare() {
        read_arguments(text, parts, kind, wanted, found);
    }
}

/// Whether a pair in code may be of a URL's query, and not of `a?b.c+=d:e` and
/// `a&&b=c`, as programs that shorten code write it.
fn is_of_query(bytes: &[u8], name: &Name<'_>, before: usize, after: usize) -> bool {
    let near = &bytes[name.start.saturating_sub(LONGEST_QUERY)..name.start];
    let is_border = |byte: &u8| byte.is_ascii_whitespace() || b"\"'`".contains(byte);
    let start = near.iter().rposition(is_border).map_or(0, |at| at + 1);
    let address = &near[start..];
    // `a===""?b.c=d:e`
    let is_condition = near[..start].ends_with(br#""""#) || near[..start].ends_with(b"''");
    let is_begun =
        matches!(address.first(), Some(b'?' | b'&')) && !is_condition || address.contains(&b'/');
    bytes.get(before..after) == Some(b"=") && is_begun
}

/// Where the name before an operator at `at` ends, and where its value may
/// start.
fn operator(bytes: &[u8], at: usize) -> Option<(usize, usize)> {
    let next = bytes.get(at + 1).copied();
    let before = at.checked_sub(1).and_then(|at| bytes.get(at)).copied();
    match (bytes[at], next) {
        (b'<', Some(b'-')) => Some((at, at + 2)),
        (b'<', _) => None,
        (b':', Some(b':' | b'=')) => None,
        (b':', Some(b'/')) if bytes.get(at + 2) == Some(&b'/') => None,
        (b':', _) => (before != Some(b':')).then_some((at, at + 1)),
        (_, Some(b'=')) if before == Some(b'=') => None,
        (_, Some(b'=')) => {
            let width = if bytes.get(at + 2) == Some(&b'=') {
                3
            } else {
                2
            };
            (!matches!(before, Some(b'!'))).then_some((at, at + width))
        }
        (_, next) => match before {
            Some(b'=' | b'!' | b'>' | b'<') => None,
            Some(b':' | b'+' | b'?') => Some((at - 1, at + 1)),
            _ if next == Some(b'>') => Some((at, at + 2)),
            _ => Some((at, at + 1)),
        },
    }
}

fn name_before(text: &str, end: usize, kind: TextKind) -> Option<Name<'_>> {
    let bytes = text.as_bytes();
    let end = skip_back(bytes, end);
    let last = *bytes.get(end.checked_sub(1)?)?;
    match last {
        b'"' | b'\'' | b'`' => quoted_name(text, end),
        b']' => subscript_name(text, end - 1),
        _ if last.is_ascii() => plain_name(text, end, kind),
        _ => set_name(text, end).or_else(|| plain_name(text, end, kind)),
    }
}

/// `“name”`, as a word processor sets it.
fn set_name(text: &str, end: usize) -> Option<Name<'_>> {
    let within = text.get(..end)?.strip_suffix(typographic::is_mark)?;
    let near = within.get(value::floor(within, within.len().saturating_sub(LONGEST_NAME))..)?;
    let open = near.rfind(typographic::is_mark)?;
    let start = within.len() - near.len() + open;
    let name = near[open..].trim_start_matches(typographic::is_mark);
    is_name_in_quotes(name).then(|| Name {
        start,
        text: Cow::Borrowed(name),
        via: via_of_key(name),
    })
}

/// Whether what stands in quotes before an operator may be a name.
fn is_name_in_quotes(text: &str) -> bool {
    let is_plain = |c: char| c.is_alphanumeric() || "_-. $/:@".contains(c);
    !text.is_empty() && text.chars().all(is_plain)
}

/// `"name"`, `\"name\"`.
fn quoted_name(text: &str, end: usize) -> Option<Name<'_>> {
    let bytes = text.as_bytes();
    let quote = bytes[end - 1];
    let floor = end.saturating_sub(LONGEST_NAME);
    let stop = bytes[floor..end - 1]
        .iter()
        .rev()
        .take_while(|b| **b == b'\\')
        .count();
    let last = end - 1 - stop;
    let open = floor.min(last) + memchr::memrchr(quote, bytes.get(floor..last)?)?;
    let text = text.get(open + 1..last)?;
    is_name_in_quotes(text).then(|| Name {
        start: open - stop.min(open),
        text: Cow::Borrowed(text),
        via: via_of_key(text),
    })
}

/// `d["name"]`, `ENV["NAME"]`; `end` is where the bracket closes.
fn subscript_name(text: &str, end: usize) -> Option<Name<'_>> {
    let bytes = text.as_bytes();
    if !matches!(bytes.get(end.checked_sub(1)?), Some(b'"' | b'\'')) {
        return None;
    }
    let mut name = quoted_name(text, end)?;
    let bracket = name.start.checked_sub(1)?;
    if bytes.get(bracket) != Some(&b'[') {
        return None;
    }
    let owner = text.get(..bracket)?;
    if ["ENV", "environ", "env"]
        .iter()
        .any(|env| owner.ends_with(env))
    {
        name.via = Via::Environment;
    }
    name.start = bracket;
    Some(name)
}

fn plain_name(text: &str, end: usize, kind: TextKind) -> Option<Name<'_>> {
    let bytes = text.as_bytes();
    let length = bytes[..end]
        .iter()
        .rev()
        .take(LONGEST_NAME)
        .take_while(|b| is_name_byte(**b))
        .count();
    let mut start = match length {
        ..SHORTEST_NAME => in_any_alphabet(text, end).unwrap_or(end - length),
        _ => end - length,
    };
    let written = text.get(start..end)?;
    let mut name = written.trim_start_matches(['-', '.', '$']);
    if name.is_empty() {
        return None;
    }
    let before = start.checked_sub(1).map(|at| bytes[at]);
    let via = match before {
        _ if written.starts_with('-') => Via::Flag,
        Some(b'?' | b'&') => Via::Url,
        Some(b'(' | b',') if kind == TextKind::Code => Via::Keyword,
        _ => via_of_plain(text, start, kind, name),
    };
    let labels = matches!(kind, TextKind::Output | TextKind::Prose)
        && via != Via::Flag
        && bytes.get(end) == Some(&b':');
    if labels && before == Some(b' ') {
        let words = two_words(text, start, end);
        start = words.start;
        name = words.name.unwrap_or(name);
    }
    Some(Name {
        start,
        text: Cow::Borrowed(name),
        via,
    })
}

/// Shorter names may be the end of a word with letters beyond ASCII.
const SHORTEST_NAME: usize = 4;

/// Where a name begins whose letters are of any alphabet: `contraseña`, `密码`.
fn in_any_alphabet(text: &str, end: usize) -> Option<usize> {
    let letters = text.get(..end)?.char_indices().rev().take(24);
    let of_name = letters.take_while(|(_, c)| c.is_alphabetic() || *c == '_');
    of_name.last().map(|(start, _)| start)
}

struct Words<'a> {
    start: usize,
    name: Option<&'a str>,
}

/// `API key: …`: in text for people a name may be two words.
fn two_words(text: &str, start: usize, end: usize) -> Words<'_> {
    let bytes = text.as_bytes();
    let length = bytes[..start - 1]
        .iter()
        .rev()
        .take(24)
        .take_while(|b| b.is_ascii_alphabetic())
        .count();
    let from = start - 1 - length;
    let command = matches!(
        text.get(from..start - 1),
        Some("export" | "set" | "env" | "SET" | "ENV" | "ARG" | "const" | "let" | "var" | "val")
    );
    if length == 0 || length >= 24 || command {
        return Words { start, name: None };
    }
    Words {
        start: from,
        name: text.get(from..end),
    }
}

fn via_of_key(name: &str) -> Via {
    if is_header(name) {
        Via::Header
    } else {
        Via::Key
    }
}

/// How a structure binds a name to its value.
pub(super) fn via_of_whole(name: &str) -> Via {
    let is_capital = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    match name.contains('_') && name.bytes().all(is_capital) {
        true => Via::Environment,
        false => via_of_key(name),
    }
}

/// The words before a token that say how it is meant.
const SCHEMES: [&str; 6] = ["Bearer", "bearer", "Basic", "Token", "token", "Bot"];

/// How long the scheme at the start of a value is, with the spaces behind it.
pub(super) fn scheme_length(value: &str) -> usize {
    let behind = |scheme: &&str| value.strip_prefix(*scheme)?.strip_prefix(' ');
    let rest = SCHEMES.iter().find_map(behind);
    rest.map_or(0, |rest| value.len() - rest.trim_start().len())
}

fn is_header(name: &str) -> bool {
    let name = name.as_bytes();
    let ends_with = |word: &[u8]| {
        let end = name.len().saturating_sub(word.len());
        name[end..].eq_ignore_ascii_case(word)
    };
    ends_with(b"authorization") || ends_with(b"cookie") || matches!(name, [b'x' | b'X', b'-', ..])
}

fn via_of_plain(text: &str, start: usize, kind: TextKind, name: &str) -> Via {
    let is_exported = || {
        let line = &text[value::floor(text, start.saturating_sub(12))..start];
        line.trim_end().ends_with("export")
    };
    if is_header(name) {
        return Via::Header;
    }
    match kind {
        TextKind::Output | TextKind::Prose => Via::Text,
        TextKind::Code | TextKind::Html => Via::Assignment,
        TextKind::Shell | TextKind::Dotenv => Via::Environment,
        _ if is_exported() => Via::Environment,
        _ => Via::Key,
    }
}

/// `token: String = "…"`: what stands before the operator is a type.
fn declared<'t>(text: &'t str, of_type: &Name<'_>, kind: TextKind) -> Option<Name<'t>> {
    if kind != TextKind::Code {
        return None;
    }
    let bytes = text.as_bytes();
    if of_type.text == "default" {
        return of_variable(text, of_type.start);
    }
    let colon = skip_back(bytes, of_type.start).checked_sub(1)?;
    let end = (bytes.get(colon) == Some(&b':')).then(|| skip_back(bytes, colon))?;
    plain_name(text, end, kind)
}

/// The variable of Terraform whose default stands at `at`:
/// `variable "db_password" { default = "…" }`.
fn of_variable(text: &str, at: usize) -> Option<Name<'_>> {
    const OPENING: &str = "variable \"";
    const REACH: usize = 400;
    let before = text.get(value::floor(text, at.saturating_sub(REACH))..at)?;
    let block = &before[before.rfind(OPENING)? + OPENING.len()..];
    let (name, block) = block.split_once('"')?;
    (!block.contains("\n}")).then_some(Name {
        start: at,
        text: Cow::Borrowed(name),
        via: Via::Assignment,
    })
}

/// Calls: `setdefault("NAME", "value")`, `set_auth_token("value")`.
fn read_arguments(
    text: &str,
    parts: &Parts,
    kind: TextKind,
    wanted: &dyn Fn(&str) -> bool,
    found: &mut Vec<Binding>,
) {
    let bytes = text.as_bytes();
    for at in parts.find(bytes, |part| memchr::memchr2_iter(b',', b'(', part)) {
        let after = skip(bytes, at + 1, false);
        if bytes[at] == b'('
            && let Some((name, value)) = first_keyword(text, at, after)
            && wanted(&name.text)
        {
            found.extend(value::quoted(text, value, kind).map(|value| binding(name, value)));
            continue;
        }
        if !matches!(
            bytes.get(after),
            Some(b'"' | b'\'' | b'\\' | b'b' | b'r' | b'u' | b'f')
        ) {
            continue;
        }
        let end = skip_back(bytes, at);
        let name = match bytes[at] {
            b'(' => callee(text, end),
            _ => name_before_comma(text, end),
        };
        let Some(name) = name.filter(|name| wanted(&name.text)) else {
            continue;
        };
        if let Some(value) = value::quoted(text, after, kind) {
            found.push(binding(name, value));
        }
    }
}

fn callee(text: &str, end: usize) -> Option<Name<'_>> {
    let length = text.as_bytes()[..end]
        .iter()
        .rev()
        .take(LONGEST_NAME)
        .take_while(|b| b.is_ascii_alphanumeric() || b"_.".contains(b))
        .count();
    let name = text.get(end - length..end)?.trim_start_matches('.');
    (!name.is_empty()).then(|| Name {
        start: end - length,
        text: Cow::Owned(format!("{name}:0")),
        via: Via::Position,
    })
}

/// `login(key="value")`: the argument of that call, and where its value starts.
fn first_keyword(text: &str, open: usize, at: usize) -> Option<(Name<'_>, usize)> {
    let bytes = text.as_bytes();
    let rest = bytes.get(at..)?;
    let length = rest
        .iter()
        .take(LONGEST_NAME)
        .take_while(|b| b.is_ascii_alphanumeric() || **b == b'_')
        .count();
    let keyword = text.get(at..at + length).filter(|name| !name.is_empty())?;
    let equals = skip(bytes, at + length, false);
    if bytes.get(equals) != Some(&b'=') || bytes.get(equals + 1) == Some(&b'=') {
        return None;
    }
    let callee = callee(text, skip_back(bytes, open))?;
    let name = Name {
        text: Cow::Owned(format!("{}:{keyword}", callee.text.strip_suffix(":0")?)),
        ..callee
    };
    Some((name, skip(bytes, equals + 1, false)))
}

fn name_before_comma(text: &str, end: usize) -> Option<Name<'_>> {
    let bytes = text.as_bytes();
    if !matches!(bytes.get(end.checked_sub(1)?), Some(b'"' | b'\'')) {
        return None;
    }
    let name = quoted_name(text, end)?;
    let before = bytes[..name.start].iter().rev().take(64);
    let before = name.start - before.take_while(|b| b.is_ascii_whitespace()).count();
    (bytes.get(before.checked_sub(1)?) == Some(&b'(')).then_some(name)
}

fn bind(text: &str, name: Name<'_>, after: usize, kind: TextKind) -> Option<Binding> {
    let bytes = text.as_bytes();
    let over_lines = matches!(kind, TextKind::Json | TextKind::Code);
    let mut start = skip(bytes, after, over_lines);
    // `"PWD=" + folder`, `--env "PWD=" --env "…"`: the quote ends what begins
    // before the name.
    let opens = name.start.checked_sub(1).and_then(|at| bytes.get(at));
    if start == after && matches!(opens, Some(b'"' | b'\'')) && opens == bytes.get(start) {
        return None;
    }
    if matches!(kind, TextKind::Output | TextKind::Prose) {
        // `**API key:** …`
        let emphasis = bytes[start..]
            .iter()
            .take(3)
            .take_while(|b| **b == b'*')
            .count();
        // `password=*** dbname=…`
        if emphasis > 2 {
            return None;
        }
        start = skip(bytes, start + emphasis, false);
    }
    let value = match name.via {
        Via::Url => parameter(text, start),
        Via::Flag if !kind.takes_bare() => {
            value::quoted(text, start, kind).or_else(|| value::bare(text, start, TextKind::Output))
        }
        Via::Header if !kind.takes_bare() => {
            value::quoted(text, start, kind).or_else(|| header(text, &name, start))
        }
        _ => value::read(text, start, kind),
    }?;
    Some(binding(name, without_scheme(text, value, kind)))
}

/// `'Authorization: Bearer x'`: a header line within a literal.
fn header(text: &str, name: &Name<'_>, start: usize) -> Option<Value> {
    let before = *text.as_bytes().get(name.start.checked_sub(1)?)?;
    matches!(before, b'"' | b'\'').then(|| value::bare(text, start, TextKind::Output))?
}

fn parameter(text: &str, start: usize) -> Option<Value> {
    let rest = text.get(start..)?;
    let end = rest
        .find(|c: char| !c.is_ascii_alphanumeric() && !"_-.~%+/=:*!".contains(c))
        .unwrap_or(rest.len());
    let raw = rest.get(..end)?;
    (!raw.is_empty()).then(|| Value {
        span: start..start + end,
        text: super::urls::percent_decoded(raw),
    })
}

/// `Bearer x` binds `x`.
fn without_scheme(text: &str, value: Value, kind: TextKind) -> Value {
    let raw = &text[value.span.clone()];
    for scheme in SCHEMES {
        if raw == scheme {
            let start = skip(text.as_bytes(), value.span.end, false);
            let same_line = start > value.span.end;
            return match value::bare(text, start, kind).filter(|_| same_line) {
                Some(rest) => rest,
                None => value,
            };
        }
        let Some(rest) = raw
            .strip_prefix(scheme)
            .filter(|rest| rest.starts_with(' '))
        else {
            continue;
        };
        let start = value.span.end - rest.trim_start().len();
        return Value {
            span: start..value.span.end,
            text: value.text[scheme.len()..].trim_start().to_owned(),
        };
    }
    value
}

fn binding(name: Name<'_>, value: Value) -> Binding {
    Binding {
        name: name.text.into_owned(),
        span: value.span,
        value: value.text,
        via: name.via,
    }
}

fn is_name_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-.$".contains(&byte)
}

/// The end of what stands before the spaces before `end`.
fn skip_back(bytes: &[u8], end: usize) -> usize {
    let spaces = bytes[..end]
        .iter()
        .rev()
        .take(32)
        .take_while(|b| matches!(b, b' ' | b'\t'))
        .count();
    end - spaces
}

/// The start of what stands after the spaces at `at`.
fn skip(bytes: &[u8], at: usize, over_lines: bool) -> usize {
    let spaces = bytes
        .get(at..)
        .unwrap_or_default()
        .iter()
        .take(64)
        .take_while(|b| matches!(b, b' ' | b'\t') || over_lines && matches!(b, b'\n' | b'\r'))
        .count();
    at + spaces
}
