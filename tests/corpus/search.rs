//! Looks for values in a notebook in every encoding that one may stand in,
//! with its own decoders: what the program misses must not be missed here for
//! the same reason.

#![allow(dead_code, reason = "each program uses its own part")]

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::json::{Node, Shape, decode};

/// A text of the notebook, in all its readings.
pub fn readings(text: &str) -> Vec<String> {
    let mut all = vec![text.to_owned()];
    if text.contains('\u{1b}') {
        all.push(without_colours(text));
    }
    if text.contains('&') {
        all.push(without_entities(text));
    }
    if text.contains('%') {
        all.push(without_percent(text));
    }
    if text.contains('\\') {
        all.push(without_backslashes(text));
    }
    if text.contains(['"', '\'']) {
        all.push(joined_literals(text));
    }
    let packed: String = text.split_whitespace().collect();
    if packed.len() >= 16
        && let Ok(bytes) = STANDARD.decode(&packed)
        && let Ok(inner) = String::from_utf8(bytes)
    {
        all.push(inner);
    }
    all
}

/// Every text of a notebook: strings, lists of strings joined, and the parts
/// of a stream that other outputs lie between.
pub fn texts(text: &str, root: &Node) -> Vec<String> {
    let mut all = Vec::new();
    collect(text, root, &mut all);
    all
}

fn collect(text: &str, node: &Node, all: &mut Vec<String>) {
    match &node.shape {
        Shape::Text => all.push(decode(node.raw(text))),
        Shape::Scalar => {}
        Shape::Array(elements) => {
            if elements.len() > 1 && node.is_text_list() {
                all.extend(node.decoded(text));
            }
            for name in ["\"stdout\"", "\"stderr\""] {
                let of_name = |output: &&Node| {
                    let stream = output.get(text, "name");
                    stream.is_some_and(|stream| stream.raw(text) == name)
                };
                let parts = elements.iter().filter(of_name);
                let whole: String = parts
                    .filter_map(|output| output.get(text, "text")?.decoded(text))
                    .collect();
                if !whole.is_empty() {
                    all.push(whole);
                }
            }
            elements.iter().for_each(|item| collect(text, item, all));
        }
        Shape::Object(members) => {
            for (key, value) in members {
                all.push(decode(&text[key.clone()]));
                collect(text, value, all);
            }
        }
    }
}

/// The first of `needles` that the notebook still holds, in any reading.
pub fn left<'n>(text: &str, root: &Node, needles: &[&'n str]) -> Vec<&'n str> {
    let texts = texts(text, root);
    let readings: Vec<String> = texts.iter().flat_map(|text| readings(text)).collect();
    let stands = |needle: &str| {
        text.contains(needle) || readings.iter().any(|reading| reading.contains(needle))
    };
    needles
        .iter()
        .copied()
        .filter(|needle| stands(needle))
        .collect()
}

fn without_colours(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(char) = chars.next() {
        if char != '\u{1b}' {
            out.push(char);
            continue;
        }
        if chars.next() == Some('[') {
            let _ = chars.by_ref().find(char::is_ascii_alphabetic);
        }
    }
    out
}

fn without_entities(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('&') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let end = rest.find(';').filter(|end| *end < 12);
        match end.and_then(|end| Some((end, entity(&rest[1..end])?))) {
            Some((end, char)) => {
                out.push(char);
                rest = &rest[end + 1..];
            }
            None => {
                out.push('&');
                rest = &rest[1..];
            }
        }
    }
    out + rest
}

fn entity(name: &str) -> Option<char> {
    if let Some(hex) = name.strip_prefix("#x").or(name.strip_prefix("#X")) {
        return char::from_u32(u32::from_str_radix(hex, 16).ok()?);
    }
    if let Some(number) = name.strip_prefix('#') {
        return char::from_u32(number.parse().ok()?);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => return None,
    })
}

fn without_percent(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => {
                out.push(byte);
                at += 3;
            }
            None => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn without_backslashes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('\\') {
        out.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        let digits = match rest.as_bytes().first() {
            Some(b'x') => 2,
            Some(b'u') => 4,
            _ => 0,
        };
        let code = rest.get(1..1 + digits).filter(|_| digits > 0);
        let meant = code
            .and_then(|code| u32::from_str_radix(code, 16).ok())
            .and_then(char::from_u32);
        match meant {
            Some(char) => {
                out.push(char);
                rest = &rest[1 + digits..];
            }
            // A letter's escape means something else than the letter, which
            // parts what stands around it; a sign's means the sign.
            None => {
                let next = rest.chars().next().unwrap_or(' ');
                let is_sign = next.is_ascii_punctuation();
                out.push(if is_sign { next } else { ' ' });
                rest = rest.get(next.len_utf8()..).unwrap_or_default();
            }
        }
    }
    out + rest
}

/// The text with the quotes and signs between adjacent literals taken away.
fn joined_literals(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(['"', '\'']) {
        out.push_str(&rest[..at]);
        let quote = &rest[at..=at];
        let behind = &rest[at + 1..];
        let next = behind.trim_start_matches(|c: char| c.is_whitespace() || c == '+' || c == '\\');
        match next.strip_prefix(quote) {
            Some(next) if next.len() + 1 < behind.len() => rest = next,
            _ => {
                out.push_str(quote);
                rest = behind;
            }
        }
    }
    out + rest
}
