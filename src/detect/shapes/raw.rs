//! The first look at a file: do its raw bytes hold an anchor at all?
//!
//! The text still stands escaped here (JSON strings, lists of lines), so only
//! what any escaping leaves alone is asked: the literal, the letter before
//! it, and for short or common literals whether enough of the characters
//! follow that such a value is made of. Prose (`learning-as-a-service`, `https://…`) is
//! dropped that way; a wrong yes only costs the parsing of the file.

use base64::prelude::*;

use super::{Cuts, Form, Shapes, borders, marks};
use crate::detect::veils::character;

/// So many characters of a value must follow a short anchor.
const ENOUGH: usize = 16;

/// The shortest base64 of a user with a password.
const SHORTEST_PAIR: usize = 8;

/// Anchors of this length and more are rare enough to need no look behind.
const TELLING: usize = 6;

impl Shapes {
    /// The literals that [`Self::may_belong`] is to be asked about.
    pub(in crate::detect) fn literals(&self) -> &[String] {
        &self.literals
    }

    /// Where literals are cut in two.
    pub(in crate::detect) fn cuts(&self) -> &Cuts {
        &self.cuts
    }

    /// Whether raw bytes hold a literal that may belong to a value.
    pub fn hits(&self, bytes: &[u8]) -> bool {
        let mut any = false;
        self.anchors().each(bytes, 0..bytes.len(), |at, literal| {
            any |= self.may_belong(bytes, at, literal);
        });
        any
    }

    /// Whether a literal at `at` of raw bytes may belong to a value.
    pub(in crate::detect) fn may_belong(&self, bytes: &[u8], at: usize, literal: usize) -> bool {
        if literal >= self.users.len() {
            let mark = self.literals().get(literal);
            return mark.is_some_and(|mark| marks::counts(bytes, at, mark));
        }
        self.users.get(literal).into_iter().flatten().any(|user| {
            self.forms
                .get(user.form)
                .is_some_and(|form| form.may_start(bytes, at, user.anchor))
        })
    }
}

impl Form {
    fn may_start(&self, bytes: &[u8], at: usize, anchor: usize) -> bool {
        let (Some(lead), Some(literal)) = (
            self.measure.leads.get(anchor),
            self.kind.anchors.get(anchor),
        ) else {
            return false;
        };
        if *lead.end() == 0 && !borders::begins(bytes, at, None) {
            return false;
        }
        if borders::in_blob(bytes, at) {
            return false;
        }
        let rest = bytes.get(at + literal.len()..).unwrap_or_default();
        match literal.as_ref() {
            "Basic " => may_be_encoded_text(rest) && self.goes_on(rest, SHORTEST_PAIR),
            "://" => has_user_part(rest),
            "machine " => has_login(rest),
            "/t/" => is_behind_host(&bytes[..at]) && self.goes_on(rest, ENOUGH),
            _ if literal.len() >= TELLING => true,
            _ => {
                let behind = self
                    .measure
                    .shortest
                    .saturating_sub(lead.end() + literal.len());
                self.goes_on(rest, behind.min(ENOUGH))
            }
        }
    }

    /// Whether `wanted` characters follow that the kind's values are made of,
    /// in any writing, counting on over the joint of two lines of a list and
    /// over colours.
    fn goes_on(&self, mut rest: &[u8], wanted: usize) -> bool {
        let mut count = 0;
        while count < wanted {
            match rest {
                [byte, tail @ ..] if self.measure.bytes.has(*byte) => {
                    count += 1;
                    rest = tail;
                }
                _ => match (character(rest), after_joint(rest)) {
                    (Some((byte, length)), _) if self.measure.bytes.has(byte) => {
                        count += 1;
                        rest = &rest[length..];
                    }
                    (_, Some(tail)) => rest = tail,
                    (_, None) => return is_over(rest),
                },
            }
        }
        true
    }
}

/// What follows a joint: `",` newline and spaces `"`, the quotes between two
/// parts of a literal, or a colour code, as a JSON file writes them.
pub(super) fn after_joint(text: &[u8]) -> Option<&[u8]> {
    after_lines(text).or_else(|| after_parts(text))
}

/// `"hf_" + "…"`, and what a printer breaks over lines: `'hf_…'`, newline,
/// spaces, `'…'`.
fn after_parts(text: &[u8]) -> Option<&[u8]> {
    let quote: &[u8] = match text {
        [b'\'', ..] => b"'",
        [b'\\', b'"', ..] => b"\\\"",
        _ => return None,
    };
    let tail = &text[quote.len()..text.len().min(120)];
    let next = memchr::memmem::find(tail, quote)?;
    let between = &tail[..next];
    let is_joint = between.iter().all(|byte| is_between_parts(*byte));
    is_joint.then(|| &text[quote.len() * 2 + next..])
}

/// What stands between the quotes of two parts: blanks, line ends, a sign, a
/// comma, a parenthesis and the prefixes that Python knows.
pub(super) fn is_between_parts(byte: u8) -> bool {
    b" +\\n\n\r\t\",bBrRfFuU()".contains(&byte)
}

/// The joint of two lines, or a colour.
fn after_lines(text: &[u8]) -> Option<&[u8]> {
    if let Some(tail) = text.strip_prefix(b"\\u001b[") {
        let end = tail.iter().take(12).position(u8::is_ascii_alphabetic)?;
        return tail.get(end + 1..);
    }
    let tail = text.strip_prefix(b"\\n").unwrap_or(text);
    let tail = tail.strip_prefix(b"\"")?;
    let gap = tail
        .iter()
        .take(64)
        .position(|byte| !matches!(byte, b',' | b' ' | b'\n' | b'\r' | b'\t'))?;
    tail.get(gap..)?.strip_prefix(b"\"")
}

/// Whether the text of a string ends here for good: a stream that goes on in
/// another output cannot be followed in raw bytes.
pub(super) fn is_over(text: &[u8]) -> bool {
    let Some(tail) = text.strip_prefix(b"\"") else {
        return false;
    };
    let next = tail
        .iter()
        .take(64)
        .find(|byte| !byte.is_ascii_whitespace());
    matches!(next, Some(b']' | b'}' | b','))
}

/// Whether base64 that stands here in plain begins with text: what follows
/// "Basic" in prose seldom does.
fn may_be_encoded_text(rest: &[u8]) -> bool {
    let letters = rest.iter().take(SHORTEST_PAIR);
    let count = letters
        .take_while(|byte| byte.is_ascii_alphanumeric())
        .count();
    if count < SHORTEST_PAIR && rest.get(count) == Some(&b' ') {
        return false;
    }
    let Some(first) = rest.first_chunk::<SHORTEST_PAIR>() else {
        return true;
    };
    let Ok(decoded) = BASE64_STANDARD.decode(first) else {
        // It is escaped, or not base64: what goes on tells.
        return true;
    };
    match std::str::from_utf8(&decoded) {
        Ok(text) => !text.contains(char::is_control),
        Err(error) => error.error_len().is_none(),
    }
}

/// Whether a scheme may stand before: base64 has slashes, but no colon, as it is
/// or encoded.
fn is_behind_host(before: &[u8]) -> bool {
    const LONGEST: usize = 256;
    let near = &before[before.len().saturating_sub(LONGEST)..];
    memchr::memchr2(b':', b'%', near).is_some()
}

/// `user:password@` within what can be the first part of a URL.
fn has_user_part(rest: &[u8]) -> bool {
    let mut rest = &rest[..rest.len().min(384)];
    let mut colon = false;
    while let Some((byte, tail)) = rest.split_first() {
        match byte {
            b':' => colon = true,
            b'@' if colon => return true,
            // A literal that goes on in the next one.
            b'"' | b'\'' | b'\\' => match after_joint(rest) {
                Some(tail) => {
                    rest = tail;
                    continue;
                }
                None if *byte != b'\\' => return false,
                None => {}
            },
            b' ' | b'<' | b'>' | b'/' | b'\n' => return false,
            _ => {}
        }
        rest = tail;
    }
    false
}

/// A host with a dot, and the words that a netrc entry holds behind it.
fn has_login(rest: &[u8]) -> bool {
    let near = &rest[..rest.len().min(512)];
    let mut host = near.iter().take_while(|byte| byte.is_ascii_graphic());
    if !host.any(|byte| *byte == b'.') {
        return false;
    }
    let Some(login) = memchr::memmem::find(near, b"login") else {
        return false;
    };
    memchr::memmem::find(&near[login..], b"password").is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hits(text: &str) -> bool {
        Shapes::builtin().hits(text.as_bytes())
    }

    #[test]
    fn what_only_looks_like_the_beginning_is_passed_over() {
        let token = "kQ3vZ8rLw0XyTbN5mJcHs7PfGd2AeUiV";
        for seen in [
            format!("https://repo.example.org/t/{token}/main"),
            format!("x=https%3A%2F%2Frepo.example.org/t/{token}/main"),
            format!("Basic {}", BASE64_STANDARD.encode("ada:kQ3vZ8rL")),
            format!("Basic {} to", BASE64_STANDARD.encode("a:bK7x")),
            format!("Basic {}", BASE64_STANDARD.encode("a~?:kQ3vZ8rL?>")),
        ] {
            assert!(hits(&seen), "{seen}");
        }
        for passed in [
            format!("iVBOR/t/{token}/main"),
            "https://discuss.example.org/t/how-to/12345".to_owned(),
            "Basic RAG suffered from it".to_owned(),
        ] {
            assert!(!hits(&passed), "{passed}");
        }
    }

    #[test]
    fn values_are_seen_in_escaped_text() {
        let body = format!("{}{}", "kQ3vZ8rLw0XyTb", "N5mJcHs7PfGd2AeUiV9oKq");
        for text in [
            format!("\"token = \\\"hf_{body}\\\"\\n\","),
            format!("\"hf_{}\\n\",\n    \"{}\"", &body[..5], &body[5..]),
            format!("\"\\nhf_{body}\""),
            format!("\"hf_&#65;{body}\""),
            format!("\"hf_a%41{body}\""),
            format!("\"hf_ab\\\\x41{body}\""),
            format!("\"hf_{}\\u001b[0m{}\"", &body[..4], &body[4..]),
            format!("Basic {}", BASE64_STANDARD.encode(format!("ada:{body}"))),
            format!("Basic {}", BASE64_STANDARD.encode("é:p4w")),
            format!("\"https://ada:{body}@db.corp.test/x\""),
            format!("\"machine api.io\\n\",\n \"  login me\\n\",\n \"  password {body}\""),
        ] {
            assert!(hits(&text), "{text}");
        }
    }

    #[test]
    fn prose_and_code_are_not() {
        for text in [
            "from huggingface_hub import hf_hub_download, hf_hub_url",
            "learning-as-a-service, task-ak-47, pa-system",
            "https://huggingface.co/docs and http://localhost:8888/tree",
            "machine learning needs a login and a password",
            "pathlib.Path, patterns, patience",
            "https://fonts.googleapis.com/css2?family=Roboto:wght@400",
            "Basic salary: 7.50, Basic Architecture, Basic $ 0.10",
        ] {
            assert!(!hits(text), "{text}");
        }
    }
}
