//! Views: what a text says once an encoding within it is peeled off.
//!
//! A secret may stand in a text percent-encoded, as a `repr`, with character
//! references, in base64 or hexadecimal, or broken over lines by a printer. A
//! view is the same text with one such layer more, so that a rule matches
//! plain text only and an edit finds its way back.

use std::ops::Range;

use crate::layer::{Peeled, Stack, ansi, base64, escapes, hex, html, joins, percent, slice};

/// Layers upon layers are peeled this deep: base64 of JSON with escapes.
const DEEPEST: usize = 3;

/// Runs of base64 or hexadecimal shorter than this hold no credential.
const SHORTEST_RUN: usize = 16;

/// All views of the text within `stack`, views of views included.
pub fn views(stack: &Stack) -> Vec<Stack> {
    let mut found = Vec::new();
    let mut level = vec![stack.clone()];
    for _ in 0..DEEPEST {
        let next: Vec<Stack> = level.iter().flat_map(direct).collect();
        found.extend(next.iter().cloned());
        level = next;
        if level.is_empty() {
            break;
        }
    }
    found
}

/// The views of one text.
fn direct(stack: &Stack) -> Vec<Stack> {
    let text = stack.text();
    let whole: [fn(&str) -> Option<Peeled>; 5] = [
        percent_of_ascii,
        html::peel,
        escapes::peel,
        joins::peel,
        ansi::peel,
    ];
    let mut views: Vec<Stack> = whole
        .iter()
        .filter_map(|peel| peel(text))
        .filter(|peeled| peeled.text != text)
        .map(|peeled| stack.with(peeled))
        .collect();
    for run in runs(text) {
        let part = slice::peel(text, run);
        let inner = readable(&part.text);
        if let Some(inner) = inner {
            views.push(stack.with(part).with(inner));
        }
    }
    views
}

/// Percent-encoding counts only where it hides what could be in a credential.
fn percent_of_ascii(text: &str) -> Option<Peeled> {
    let hides = memchr::memchr_iter(b'%', text.as_bytes()).any(|at| {
        matches!(text.as_bytes().get(at + 1..at + 3), Some([b'2'..=b'7', low]) if low.is_ascii_hexdigit())
    });
    if hides { percent::peel(text) } else { None }
}

/// The text in a run of hexadecimal or base64, if there is text in it.
fn readable(run: &str) -> Option<Peeled> {
    if run.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return hex::peel(run);
    }
    // Most runs are pictures or keys: their beginning tells.
    let head = base64::peel(run.get(..SHORTEST_RUN)?)?;
    if !is_readable(&head.text) {
        return None;
    }
    base64::peel(run).filter(|peeled| is_readable(&peeled.text))
}

fn is_readable(text: &str) -> bool {
    text.chars()
        .all(|c| !c.is_control() || matches!(c, '\n' | '\r' | '\t' | '\u{1b}'))
}

/// Runs of the characters of base64, long enough to hold a credential.
fn runs(text: &str) -> impl Iterator<Item = Range<usize>> {
    let bytes = text.as_bytes();
    let mut start = 0;
    std::iter::from_fn(move || {
        // Words are short, so it is cheapest to look from the end of what
        // would be a run: few bytes of a text are looked at at all.
        while let Some(run) = bytes.get(start..start + SHORTEST_RUN) {
            if let Some(gap) = run.iter().rposition(|&byte| !is_base64(byte)) {
                start += gap + 1;
                continue;
            }
            let more = bytes[start + SHORTEST_RUN..].iter();
            let length = SHORTEST_RUN + more.take_while(|byte| is_base64(**byte)).count();
            let end = over_lines(bytes, start, start + length);
            let padding = bytes[end..].iter().take(2);
            let padding = padding.take_while(|byte| **byte == b'=').count();
            let run = start..end + padding;
            start = run.end;
            return Some(run);
        }
        None
    })
}

/// Where a run ends that a printer has wrapped (RFC 2045): lines of one length,
/// the last one as long or shorter.
fn over_lines(bytes: &[u8], start: usize, end: usize) -> usize {
    let width = end - start;
    let begins_line = start == 0 || bytes[start - 1] == b'\n';
    if !begins_line || !(60..=80).contains(&width) || !width.is_multiple_of(4) {
        return end;
    }
    let mut end = end;
    loop {
        let rest = &bytes[end..];
        let Some(line) = rest.strip_prefix(b"\n").or(rest.strip_prefix(b"\r\n")) else {
            return end;
        };
        let length = line.iter().take_while(|byte| is_base64(**byte)).count();
        let after = line.get(length);
        let whole = matches!(after, None | Some(b'\n' | b'\r' | b'=' | b'\'' | b'"'));
        if length == 0 || length > width || !whole {
            return end;
        }
        end += rest.len() - line.len() + length;
        if length < width {
            return end;
        }
    }
}

fn is_base64(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'-' | b'_')
}

#[cfg(test)]
mod tests {
    use ::base64::Engine as _;

    use super::*;

    fn seen(text: &str) -> Vec<String> {
        let stack = Stack::new(slice::peel(text, 0..text.len()));
        views(&stack)
            .iter()
            .map(|view| view.text().to_owned())
            .collect()
    }

    #[test]
    fn plain_text_has_no_views() {
        assert!(seen("x = 'plain', 50% off, a & b").is_empty());
    }

    #[test]
    fn every_encoding_is_a_view() {
        assert_eq!(seen("a%2Fb"), ["a/b"]);
        assert_eq!(seen("a&#x2F;b"), ["a/b"]);
        assert_eq!(seen(r"\x61b"), ["ab"]);
        assert_eq!(seen("'a'\n  'b'"), ["'ab'"]);
        assert_eq!(
            seen("data: eyJhcGlfa2V5IjogInNlY3JldCBvZiBtaW5lIn0= end"),
            [r#"{"api_key": "secret of mine"}"#]
        );
        let long = r#"{"note": "a text that does not fit on one line", "api_key": "of mine"}"#;
        let mut wrapped = ::base64::engine::general_purpose::STANDARD.encode(long);
        wrapped.insert(76, '\n');
        assert_eq!(seen(&wrapped), [long]);
        let digits: String = "secret of mine"
            .bytes()
            .map(|b| format!("{b:02x}"))
            .collect();
        assert_eq!(seen(&digits), ["secret of mine"]);
    }

    #[test]
    fn views_of_views() {
        assert!(seen("a%2526b").contains(&"a&b".to_owned()));
    }
}
